"""Everybody can use every page: axe-core finds nothing in it, thumbs find what they press, large letters push nothing out of sight, keys reach it all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, Page

from articles import collect, desk, links, review
from broadcast import notices
from station.database import Database
from tests.browser.test_day import Stage, Visitor, stage  # noqa: F401  the same county
from tests.builders import an_article

pytestmark = [pytest.mark.outer, pytest.mark.timeout(900)]
AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
# what WCAG 2.2 asks for at the levels A and AA
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
LOOK = """async (tags) => (await axe.run(document, {runOnly: {type: "tag", values: tags}, resultTypes: ["violations"]}))
  .violations.map((each) => each.id + ": " + each.nodes.map((node) => node.target.join(" ") + " " + node.failureSummary).join(" | ").slice(0, 900))"""
SMALL = """() => [...document.querySelectorAll("main button, main .button, main select, main input:not([type=hidden],[type=checkbox],[type=radio]), nav a, summary")]
  .filter((each) => each.checkVisibility({visibilityProperty: true}) && each.getBoundingClientRect().height < 43.5).map((each) => each.outerHTML.slice(0, 200))"""
WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
STICKING = """() => [...document.querySelectorAll("body *")].filter((each) => each.getBoundingClientRect().right > document.documentElement.clientWidth + 1
  && !each.closest(".scroll, .aside, .skip")).map((each) => each.outerHTML.slice(0, 120)).slice(0, 5)"""


@pytest.fixture
def county(stage: Stage, db: Database) -> Iterator[tuple[Stage, list[str]]]:  # noqa: F811
    """The county with something on every kind of page, and the addresses of these pages."""
    village, now = stage.village, stage.now
    with db.session() as session:
        draft = an_article(session, village.operator, village.village_a, now)
        waiting = an_article(session, village.operator, village.village_b, now, title="集市通知", body="周六有集市。")
        review.submit(session, waiting, village.operator, now)
        draft_number, waiting_number = draft.id, waiting.id
        collect.edit(session, village.operator, draft, lang="zh-Hans", title=draft.title, body="后天上午停水，请提前储水。", now=now)
        desk.remark(session, village.reviewer, draft, "时间对吗？", now)
        desk.assign(session, village.operator, draft, village.admin, now, now)
        _link, token = links.make(session, village.operator, village.village_a, "村民", 30, now)
        links.contribute(session, _link, sender="王五", title="路灯", body="桥头的路灯坏了。", now=now)
        notice = notices.draft(
            session, village.operator, village.village_a, key="k" * 32, title="", body="各位村民请注意，明天上午八点到十二点停水。", lang="zh-Hans", now=now
        )
        number, zid, place, person = notice.id, village.village_a.zid, village.village_a.id, village.operator.id
    stage.speak(draft_number)
    yield stage, [
        "/", "/articles", f"/articles/{draft_number}", f"/articles/{waiting_number}", f"/articles/{draft_number}/readings/cmn",
        f"/articles/{draft_number}/recordings/cmn", "/articles/new", "/articles/file", "/feeds", "/notice", "/notice?form=water", f"/notices/{number}", f"/speak?area={place}", "/talks",
        "/playlists", "/playlists/1", "/playlists/1/schedule", "/schedule", "/week", "/days", "/calendars", "/week/board", "/devices", "/devices/1", "/devices/places", f"/areas/{place}/where", "/heard", "/heard/programmes", "/heard/report", f"/heard/{stage.past}", "/emergency",
        f"/areas/{place}/phrases", f"/areas/{place}/hours", "/alerts", "/alerts/sources", "/areas", "/people", f"/people/{person}", "/me/second-step", "/audit", "/library", "/voices",
        "/presentation", "/lexicon", "/https", "/backups", "/webhooks", "/duty", f"/articles/{draft_number}/versions/zh-Hans", f"/articles/{draft_number}/adapt?to=yue", "/feeds/desk", "/contributions", f"/write/{token}", "/me", f"/v/{zid}", "/no-such-page",
    ]  # fmt: skip


def wrongs(page: Page) -> list[str]:
    """What stands in the way of somebody on this page."""
    page.evaluate(AXE)
    found: list[str] = page.evaluate(LOOK, TAGS)
    found += [f"too small for a thumb: {each}" for each in page.evaluate(SMALL)]
    if page.evaluate(WIDE):
        found.append(f"wider than the screen: {page.evaluate(STICKING)}")
    return found


def walked(chromium: Browser, stage: Stage, paths: list[str], **options: Any) -> str:  # noqa: F811
    """Every page with what is wrong with it in lines, as this visitor sees it; then once more at the width that double letters leave."""
    visitor = Visitor(chromium, stage, stage.village.admin, reduced_motion="reduce", **options)
    found: list[str] = []
    for path in paths:
        page = visitor.go(path)
        for each in page.query_selector_all("main details:not([open]) > summary"):
            each.evaluate("summary => { summary.parentElement.open = true }")
        size = page.viewport_size
        assert size is not None
        # as high as the page: what the bar at the foot of the screen covers can be scrolled from under it
        page.set_viewport_size({"width": size["width"], "height": int(page.evaluate("document.documentElement.scrollHeight")) + 100})
        said = wrongs(page)
        page.set_viewport_size({"width": 320, "height": 400})
        if page.evaluate(WIDE):
            said.append(f"wider than a screen of large letters: {page.evaluate(STICKING)}")
        page.set_viewport_size(size)
        found += [f"{path}: {each}" for each in said]
    visitor.complaints[:] = [each for each in visitor.complaints if "404" not in each]  # the page that is not there
    visitor.close()
    return "\n".join(found)


def test_nothing_stands_in_the_way_on_a_phone_in_chinese_in_the_light(chromium: Browser, county: tuple[Stage, list[str]]) -> None:
    said = walked(chromium, *county, color_scheme="light")
    assert not said, said


def test_nothing_stands_in_the_way_at_a_desk_in_english_in_the_dark(chromium: Browser, county: tuple[Stage, list[str]]) -> None:
    said = walked(chromium, *county, color_scheme="dark", locale="en-GB", viewport={"width": 1280, "height": 860})
    assert not said, said


def test_keys_alone_lead_past_the_head_and_to_every_act(chromium: Browser, county: tuple[Stage, list[str]]) -> None:
    built, paths = county
    visitor = Visitor(chromium, built, built.village.operator)
    page = visitor.go("/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#main"
    wanted = page.evaluate("document.querySelectorAll('main a, main button, main summary, main input:not([type=hidden])').length")
    reached = page.evaluate_handle("new Set()")
    for _step in range(wanted + 40):
        page.keyboard.press("Tab")
        outlined = page.evaluate(
            """(seen) => { const at = document.activeElement; if (!at || at === document.body) return true; if (at.closest("main")) seen.add(at);
              const look = getComputedStyle(at); return look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= 2; }""",
            reached,
        )
        assert outlined, "where the keys are is to be seen"
    hidden = "[...document.querySelectorAll('main a, main button, main summary, main input:not([type=hidden])')].filter((each) => each.checkVisibility() && !seen.has(each)).map((each) => each.outerHTML)"
    assert page.evaluate(f"(seen) => {hidden}", reached) == []
    assert paths
    visitor.close()
