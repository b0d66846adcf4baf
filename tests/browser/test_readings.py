"""Readings in a real browser: a word is tapped, its reading corrected, the sentence heard, and the correction taken back."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from sqlalchemy import select

from devices.keys import StationKeys
from station.database import Database
from station.files import Files
from station.loop import Loop, Step
from tests.browser.test_day import Stage, Visitor
from tests.builders import an_article
from tts.models import LexiconEntry, Preview
from tts.pool import Pool
from tts.preview import preview_one

pytestmark = pytest.mark.outer


@pytest.fixture
def stage(db: Database, files: Files, tmp_path: Path, now: datetime) -> Iterator[Stage]:
    """The pages, with the part of the station that serves trials."""
    built = Stage(db, files, StationKeys.load_or_make(tmp_path / "keys"), now)
    pool, stop = Pool(1), threading.Event()
    loop = Loop([Step("preview", 0.05, lambda moment: preview_one(db, now, pool, files, clock=lambda: now))])
    thread = threading.Thread(target=loop.run, args=(stop,))
    thread.start()
    yield built
    stop.set()
    thread.join()
    pool.close()
    built.close()


def test_a_reading_is_corrected_and_the_sentence_heard(chromium: Browser, stage: Stage) -> None:
    with stage.db.session() as session:
        number = an_article(session, stage.village.operator, stage.village.village_a, stage.now, body="请单家庄村民明天上午开会。").id
    visitor = Visitor(chromium, stage, stage.village.operator)
    page = visitor.go(f"/articles/{number}/readings/cmn")
    page.wait_for_selector("#s1 rt")  # the voices have read it, and the page looked again by itself
    page.click("#s1 a.word:has-text('单')")
    page.click("text=加后一字")
    page.click("text=加后一字")
    assert page.input_value("#word") == "单家庄"
    page.fill("#reading", "shan9")
    page.click("text=就这样读")
    assert "shan9" in page.inner_text("#fix [role=alert]") and page.input_value("#word") == "单家庄"
    assert [said for said in visitor.complaints if "422" not in said] == []  # the refusal is what was asked for
    visitor.complaints.clear()
    page.fill("#reading", "shàn jiā zhuāng")
    page.click("text=就这样读")
    page.wait_for_selector("#s1 a.word:has-text('单') rt:text-is('shàn')")
    assert visitor.fits()

    page.click("#s1 button:has-text('试听')")
    page.wait_for_selector("#s1 audio")
    for _ in range(900):  # it plays by itself: nobody left the page
        if page.eval_on_selector("#s1 audio", "sound => sound.currentTime > 0.3"):
            break
        page.wait_for_timeout(100)
    assert page.eval_on_selector("#s1 audio", "sound => sound.currentTime > 0.3")
    with stage.db.reading() as session:
        heard = session.scalars(select(Preview).where(Preview.kind == "speak")).one()
        assert heard.words == {"单家庄": "shan4 jia1 zhuang1"}

    page.click("text=撤销")
    page.wait_for_selector(".flash:has-text('已撤销')")
    with stage.db.reading() as session:
        assert session.scalars(select(LexiconEntry)).all() == []
    visitor.close()


def test_it_works_without_scripts(chromium: Browser, stage: Stage) -> None:
    with stage.db.session() as session:
        number = an_article(session, stage.village.operator, stage.village.village_a, stage.now, body="单家庄开会。").id
    visitor = Visitor(chromium, stage, stage.village.operator, java_script_enabled=False)
    page = visitor.go(f"/articles/{number}/readings/cmn")
    for _ in range(450):
        if page.query_selector("#s1 rt"):
            break
        page.wait_for_timeout(200)
        page.click("text=刷新")
    page.click("#s1 a.word:has-text('单')")
    page.fill("#reading", "shan4")
    page.click("text=就这样读")
    assert page.inner_text(".flash").startswith("“单”今后读作 shan4")
    page.click("#s1 button:has-text('试听')")
    for _ in range(450):
        if page.query_selector("#s1 audio"):
            break
        page.wait_for_timeout(200)
        page.reload()
    assert page.query_selector("#s1 audio") is not None
    visitor.close()


@pytest.mark.parametrize("look", [{"color_scheme": "dark"}, {"locale": "en-GB", "viewport": {"width": 1280, "height": 860}}])
def test_the_pages_fit_and_every_button_is_large_enough(chromium: Browser, stage: Stage, look: dict[str, object]) -> None:
    with stage.db.session() as session:
        number = an_article(session, stage.village.operator, stage.village.village_a, stage.now, body="单家庄3月开会☃。" * 3, approved=True).id
    visitor = Visitor(chromium, stage, stage.village.operator, **look)
    page = visitor.go(f"/articles/{number}/readings/cmn")
    page.wait_for_selector("#s1 rt")
    for path in (f"/articles/{number}/readings/cmn?s=1&a=0&b=2", "/lexicon"):
        page = visitor.go(path)
        assert visitor.fits(), path
        small = page.eval_on_selector_all(
            "main button, main a.button, main select, nav a",
            "all => all.filter(e => e.offsetParent && e.getBoundingClientRect().height < 43.5).map(e => e.outerHTML)",
        )
        assert small == [], path
    visitor.close()
