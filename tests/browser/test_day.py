"""A day in a real browser: sign in, write, a second person approves, it is being spoken, a programme, a speaker.

``XIANGYIN_SCREENSHOTS=1 python -m pytest tests/browser`` also paints docs/screenshots anew.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from sqlalchemy import select
from werkzeug.serving import make_server

from admin.web import WebSettings, create_web
from articles.models import Article
from broadcast.ledger import Ledger
from broadcast.models import Dispatch, Receipt
from devices.keys import StationKeys
from devices.models import Terminal
from playlists.calendar import unroll_one
from playlists.models import Occurrence, Playlist, PlaylistItem, Schedule
from station import access
from station.database import Database
from station.files import Files
from station.models import Person
from station.shelf import Shelf
from tests.admin.test_devices import asking
from tests.people import Village, settle
from tts.models import Rendition

pytestmark = pytest.mark.outer
PICTURES = Path(__file__).parents[2] / "docs" / "screenshots"
PAINT = os.environ.get("XIANGYIN_SCREENSHOTS") == "1"
PAINTED = {
    "article-zh-light", "home-zh-light", "home-zh-dark", "heard-zh-dark", "speakers-zh-light", "week-zh-light", "playlist-zh-light", "home-en",
    "week-en", "speakers-en", "heard-en",
}  # fmt: skip
PATIENCE_MS = 90_000
PASSWORD = "four words in a row"


class Stage:
    """The station behind a real port, with a county that has been at work for a while."""

    def __init__(self, db: Database, files: Files, keys: StationKeys, now: datetime) -> None:
        self.db, self.now = db, now
        with db.session() as session:
            self.village: Village = settle(session, now)
            for person in (self.village.operator, self.village.reviewer):
                access.set_password(session, person, PASSWORD)
        settings = WebSettings("a key only for tests, of no worth", rate_limits=False, live_seconds=2.0, shelf=Shelf(files.root.parent / "backups", files.root.parent))
        app = create_web(settings, db, files, keys, lambda password: "hash of it", lambda: now)
        self.server = make_server("127.0.0.1", 0, app, threaded=True)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join(10)
        self.server.server_close()

    def furnish(self) -> None:
        """Speakers, a programme on the calendar and one that was heard this morning."""
        village, now = self.village, self.now
        with self.db.session() as session:
            speakers = [
                Terminal(
                    did=f"tdemo{n}", area_id=area.id, name=name, presence=presence, last_seen_at=now - timedelta(minutes=n), dialect="cmn",
                    created_at=now - timedelta(days=30), clock_error_ms=0.4, volume=70,
                    reported={"model": "Horn 30 W", "version": "1.0", "stored": 12, "wanted": 12, "free_bytes": 3_400_000_000, "volume": 70},
                )
                for n, (area, name, presence) in enumerate((
                    (village.village_a, "村委会屋顶", "online"), (village.village_a, "学校门口", "online"), (village.village_b, "码头", "lost"),
                ))
            ]  # fmt: skip
            programme = Playlist(area_id=village.county.id, title="早间广播", created_at=now, updated_at=now)
            session.add_all([*speakers, programme])
            session.flush()
            session.add_all([
                PlaylistItem(playlist_id=programme.id, position=0, kind="chime"),
                PlaylistItem(playlist_id=programme.id, position=1, kind="pause", pause_ms=2000),
            ])  # fmt: skip
            rule = Schedule(
                playlist_id=programme.id, area_id=village.town.id, kind="daily", tz="Asia/Shanghai", times=["06:30", "18:00"],
                since=date(2026, 11, 20), created_at=now,
            )  # fmt: skip
            session.add(rule)
            session.flush()
            while unroll_one(session, now):
                pass
            start = now - timedelta(hours=3, minutes=30)
            past = session.scalar(select(Occurrence).where(Occurrence.schedule_id == rule.id, Occurrence.starts_at == start))
            past = past or Occurrence(
                schedule_id=rule.id, playlist_id=programme.id, area_id=village.town.id, starts_at=start, created_at=start
            )
            session.add(past)
            session.flush()
            item = f"{past.id}-cmn-0"
            session.add(Dispatch(
                occurrence_id=past.id, area_id=village.town.id, dialect="cmn", zid="z", items=[{"id": item}], starts_at=start,
                ends_at=start + timedelta(minutes=4), planned_at=start,
            ))  # fmt: skip
            for speaker in speakers[:2]:
                for result in ("started", "finished"):
                    session.add(Receipt(
                        terminal_id=speaker.id, occurrence_id=past.id, item=item, result=result, late_ms=1.5 + speaker.id, received_at=start
                    ))  # fmt: skip
            self.past = past.id
        while Ledger(self.db).enter_one(now):  # the book of what was heard is kept
            pass

    def speak(self, number: int) -> None:
        """The voices at work on an article: one ready, one on its way, one that failed."""
        with self.db.session() as session:
            said = [[0, 3200, "各位村民请注意，明天上午八点到十二点停水。"], [3200, 6100, "请大家提前储水。"]]
            session.add_all([
                Rendition(
                    article_id=number, revision=1, dialect="cmn", lang="zh-Hans", state="ready", progress=1.0, audio_sha256="a" * 64,
                    audio_bytes=101_000, ms=6100, lufs=-16.02, voice="cmn", engine="system", cues=said, created_at=self.now,
                ),
                Rendition(article_id=number, revision=1, dialect="yue", state="rendering", progress=0.4, created_at=self.now),
                Rendition(article_id=number, revision=1, dialect="en", state="no_voice", error="no English text", created_at=self.now),
            ])  # fmt: skip

    def further(self, number: int) -> None:
        with self.db.session() as session:
            session.scalars(select(Rendition).where(Rendition.article_id == number, Rendition.dialect == "yue")).one().progress = 0.9


@pytest.fixture
def stage(db: Database, files: Files, tmp_path: Path, now: datetime) -> Iterator[Stage]:
    built = Stage(db, files, StationKeys.load_or_make(tmp_path / "keys"), now)
    built.furnish()
    yield built
    built.close()


class Visitor:
    """One person's browser; it notes every complaint of the page and every request that would leave the machine."""

    def __init__(self, chromium: Browser, stage: Stage, person: Person | None = None, **kwargs: object) -> None:
        self.stage = stage
        self.context: BrowserContext = chromium.new_context(**{"locale": "zh-CN", "viewport": {"width": 390, "height": 844}, **kwargs})  # type: ignore[arg-type]
        self.complaints: list[str] = []
        if person is not None:
            with stage.db.session() as session:
                token = access.open_session(session, person, stage.now)
            self.context.add_cookies([{"name": "xiangyin", "value": token, "url": stage.url}])
        self.context.set_default_timeout(PATIENCE_MS)
        self.page: Page = self.context.new_page()
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda asked: None if asked.url.startswith(stage.url) else self.complaints.append(f"left: {asked.url}"))

    def go(self, path: str) -> Page:
        self.page.goto(self.stage.url + path)
        return self.page

    def fits(self) -> bool:
        """Whether nothing sticks out of the screen to the side."""
        return bool(self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"))

    def paint(self, name: str) -> None:
        if PAINT and name in PAINTED:
            PICTURES.mkdir(exist_ok=True)
            self.page.screenshot(path=PICTURES / f"{name}.png")

    def close(self) -> None:
        self.context.close()
        assert self.complaints == []


def number_of(stage: Stage) -> int:
    with stage.db.reading() as session:
        return session.scalars(select(Article)).one().id


def test_from_writing_to_a_voice_on_its_way(chromium: Browser, stage: Stage) -> None:
    author = Visitor(chromium, stage)
    page = author.go("/articles/new")
    page.fill("#login", "lan")
    page.fill("#password", PASSWORD)
    page.click("main button")
    page.fill("#title", "停水通知")
    page.fill("#body", "各位村民请注意，明天上午八点到十二点停水。\n请大家提前储水。")
    page.click("main form button")
    page.click("text=送审")
    assert "待审" in page.inner_text("main")

    reviewer = Visitor(chromium, stage, stage.village.reviewer)
    page = reviewer.go("/")
    page.click("text=停水通知")
    page.click("button:text-is('批准')")
    assert "已批准" in page.inner_text("main")
    number = number_of(stage)
    stage.speak(number)

    page = author.go(f"/articles/{number}")
    page.wait_for_selector("progress[value='40']")
    author.paint("article-zh-light")
    stage.further(number)
    page.wait_for_selector("progress[value='90']")  # without a reload
    assert author.fits()
    author.close()
    reviewer.close()


def test_pairing_and_a_question_before_it_is_too_late(chromium: Browser, stage: Stage, request: pytest.FixtureRequest) -> None:
    code = asking(stage)  # type: ignore[arg-type]  # it needs db and now only
    visitor = Visitor(chromium, stage, stage.village.operator)
    page = visitor.go("/devices")
    page.fill("#code", code)
    page.fill("#name", "祠堂")
    page.click("#pair button")
    page.wait_for_selector("h1:text('祠堂')")
    page.click("button:text-is('吊销')")
    page.click("dialog button.plain")
    page.click("button:text-is('吊销')")
    page.click("dialog button[value=yes]")
    page.wait_for_selector(".flash:has-text('已吊销')")
    with stage.db.reading() as session:
        assert session.scalars(select(Terminal).where(Terminal.name == "祠堂")).one().state == "revoked"
    visitor.close()


def test_a_lost_speaker_comes_back_on_the_page_by_itself(chromium: Browser, stage: Stage) -> None:
    visitor = Visitor(chromium, stage, stage.village.operator)
    page = visitor.go("/devices")
    assert "3 个喇叭中 2 个就绪" in page.inner_text("main")
    with stage.db.session() as session:
        session.scalars(select(Terminal).where(Terminal.name == "码头")).one().presence = "online"
    page.wait_for_selector("text=3 个喇叭中 3 个就绪")
    visitor.close()


def test_every_page_fits_a_phone_and_a_desk(chromium: Browser, stage: Stage) -> None:
    shots = {
        "/": "home", "/articles": "articles", "/playlists/1": "playlist", "/week": "week", "/devices": "speakers", "/devices/1": "speaker",
        "/heard": "heard", "/heard/report": "report", f"/heard/{stage.past}": "heard-one", "/playlists/1/schedule": "schedule", "/people": "people", "/audit": "audit", "/library": "library",
        "/articles/new": "write",
    }  # fmt: skip
    looks = (
        ("zh-light", {"color_scheme": "light"}), ("zh-dark", {"color_scheme": "dark"}),
        ("en", {"locale": "en-GB", "viewport": {"width": 1280, "height": 860}}),
    )  # fmt: skip
    with stage.db.session() as session:
        admin = session.get_one(Person, stage.village.admin.id)
        admin.locale = ""
    for look, options in looks:
        visitor = Visitor(chromium, stage, stage.village.admin, **options)
        for path, name in shots.items():
            page = visitor.go(path)
            assert visitor.fits(), (path, look)
            small = page.eval_on_selector_all(
                "main button, main a.button, main select, nav a",
                "all => all.filter(e => e.offsetParent && e.getBoundingClientRect().height < 43.5).map(e => e.outerHTML)",
            )
            assert small == [], (path, look)
            visitor.paint(f"{name}-{look}")
        visitor.close()
