"""A lost line loses no text: what was typed comes back and says so, never over what somebody else saved meanwhile."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser
from sqlalchemy import select

from articles import collect
from articles.models import Article
from station.models import Person
from tests.browser.test_day import Stage, Visitor, stage  # noqa: F401  the same county

pytestmark = pytest.mark.outer
MINE = "明天下午两点停水。"
FORM = "form[data-draft$='-zh-Hans']"


def test_what_was_typed_comes_back_and_is_not_saved_over_newer_words(chromium: Browser, stage: Stage) -> None:  # noqa: F811
    with stage.db.session() as session:
        made = collect.collect_paste(session, stage.village.operator, stage.village.county, kind="notice", title="停水", body="明天上午停水。", now=stage.now)
        number = made.id
    visitor = Visitor(chromium, stage, stage.village.operator)
    page = visitor.go(f"/articles/{number}")
    page.click("summary:text-is('编辑')")
    page.fill(f"{FORM} textarea", MINE)
    page.context.set_offline(True)
    page.click(f"{FORM} button")
    page.wait_for_url("chrome-error://**")
    page.context.set_offline(False)
    visitor.complaints.clear()  # a browser without a line says so
    with stage.db.session() as session:
        article = session.get_one(Article, number)
        collect.edit(session, session.get_one(Person, stage.village.reviewer.id), article, lang="zh-Hans", title="停水", body="后天上午停水。", now=stage.now, revision=1)

    page = visitor.go(f"/articles/{number}")
    page.wait_for_selector(f"{FORM} .flash:has-text('已恢复')")
    assert page.input_value(f"{FORM} textarea") == MINE
    page.click(f"{FORM} > button")
    page.wait_for_selector("#both")
    assert "后天上午停水。" in page.inner_text("#both") and page.input_value(f"{FORM} textarea") == MINE
    visitor.complaints[:] = [each for each in visitor.complaints if "409" not in each]
    page.click(f"{FORM} > button")
    page.wait_for_selector("text=已保存")
    with stage.db.reading() as session:
        assert session.scalars(select(Article).where(Article.id == number)).one().texts[0].body == MINE
    page = visitor.go(f"/articles/{number}")
    assert page.query_selector(f"{FORM} .flash") is None, "what has arrived is no draft any more"
    visitor.close()
