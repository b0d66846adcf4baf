"""Reading into the browser's microphone: record, listen, keep, hear; and what the page says where there is no microphone to be had."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from sqlalchemy import select

from devices.keys import StationKeys
from station.database import Database
from station.files import Files
from tests.browser.conftest import launched
from tests.browser.test_day import Stage, Visitor
from tests.builders import an_article
from tts.audio import measure
from tts.models import Recording

pytestmark = pytest.mark.outer
BODY = "各位村民请注意，明天上午八点到十二点停水。\n请大家提前储水。"


@pytest.fixture(scope="module")
def microphone() -> Iterator[Browser]:
    """A browser with a microphone that beeps once a second, which every page may have."""
    with launched(["--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", "--autoplay-policy=no-user-gesture-required"]) as browser:
        yield browser


@pytest.fixture
def stage(db: Database, files: Files, tmp_path: Path, now: datetime) -> Iterator[Stage]:
    built = Stage(db, files, StationKeys.load_or_make(tmp_path / "keys"), now)
    yield built
    built.close()


@pytest.fixture
def path(stage: Stage) -> str:
    with stage.db.session() as session:
        number = an_article(session, stage.village.operator, stage.village.village_a, stage.now, body=BODY, approved=True).id
    return f"/articles/{number}/recordings/cmn"


def heard_here(visitor: Visitor) -> None:
    """What was recorded is listened to from the page's own memory: such an address leaves nothing."""
    own = f"left: blob:{visitor.stage.url}"
    visitor.complaints[:] = [said for said in visitor.complaints if not said.startswith(own)]
    visitor.close()


def test_a_sentence_is_read_into_the_microphone_and_heard(microphone: Browser, stage: Stage, path: str, files: Files) -> None:
    visitor = Visitor(microphone, stage, stage.village.operator)
    page = visitor.go(path)
    sentence = page.locator("article.line").nth(1)
    sentence.locator("button:has-text('录音')").click()
    page.wait_for_selector("[data-level]:not([value='0'])")
    page.wait_for_timeout(2500)
    page.click("button:has-text('停止')")
    page.wait_for_function("() => { const a = document.querySelector('.take audio'); return a && a.readyState > 0 && !a.error }")
    assert visitor.fits()
    sentence.locator("button:has-text('再录一遍')").click()  # not good: once more
    page.wait_for_timeout(2500)
    page.click("button:has-text('停止')")
    page.wait_for_selector(".take audio")
    page.click("button:has-text('采用'):visible")
    page.wait_for_selector(".flash:has-text('已采用')")
    page.wait_for_selector("article.line:nth-of-type(2) audio")
    with stage.db.reading() as session:
        (row,) = session.scalars(select(Recording)).all()
    assert row.sentence == BODY.splitlines()[0] and row.ms > 1500
    assert -20 < (measure(files.get(row.audio_sha256)).lufs or -99) < -15  # single beeps: their peaks hold them down
    assert "已读 1 / 3" in page.inner_text("main")
    page.click("article.line:nth-of-type(2) button.danger")
    page.click("dialog button[value=yes]")
    page.wait_for_selector(".flash:has-text('已删除')")
    heard_here(visitor)


def test_a_browser_that_may_not_listen_says_so(microphone: Browser, stage: Stage, path: str) -> None:
    visitor = Visitor(microphone, stage, stage.village.operator)
    visitor.context.add_init_script("navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('no', 'NotAllowedError') }")
    page = visitor.go(path)
    page.click("button:has-text('录音') >> nth=0")
    page.wait_for_selector("[data-why=denied]:visible")
    assert page.is_visible("text=上传录音文件 >> nth=0")
    visitor.close()


def test_a_page_without_encryption_says_why_it_cannot_record(microphone: Browser, stage: Stage, path: str) -> None:
    visitor = Visitor(microphone, stage, stage.village.operator)
    visitor.context.add_init_script("Object.defineProperty(window, 'isSecureContext', { value: false })")
    page = visitor.go(path)
    assert page.is_visible("[data-why=insecure]") and "https://" in page.inner_text("[data-why=insecure]")
    assert not page.is_visible("[data-record] >> nth=0")
    visitor.close()


@pytest.mark.parametrize("look", [{}, {"color_scheme": "dark"}, {"locale": "en-GB", "viewport": {"width": 1280, "height": 860}}])
def test_the_page_fits_and_every_button_is_large_enough(microphone: Browser, stage: Stage, path: str, look: dict[str, object]) -> None:
    visitor = Visitor(microphone, stage, stage.village.operator, **look)
    page = visitor.go(path)
    assert visitor.fits()
    page.click("[data-record] >> nth=1")
    page.wait_for_selector("[data-stop]")
    small = page.eval_on_selector_all(
        "main button, main a.button, main summary, nav a",
        "all => all.filter(e => e.offsetParent && e.getBoundingClientRect().height < 43.5).map(e => e.outerHTML)",
    )
    assert small == [] and visitor.fits()
    page.click("[data-stop]")
    page.wait_for_selector("[data-drop]")
    page.click("[data-drop]")
    heard_here(visitor)
