"""The operator's day on a phone, in a real browser before a real station with real speakers: every tap is counted, every notice heard.

``python -m pytest -s tests/journeys/test_taps.py`` prints how many taps and seconds each took.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import func, select

from articles import review
from broadcast.models import Notice, Receipt
from devices.models import Terminal
from station import access, clock
from station.models import Area, Person
from tests.journeys.speaker import Speaker
from tests.journeys.station import Station, until

pytestmark = [pytest.mark.outer, pytest.mark.timeout(400)]
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
COUNT = """addEventListener("pointerdown", (event) => {
  if (event.isTrusted) sessionStorage.setItem("taps", String(1 + Number(sessionStorage.getItem("taps") || 0)));
}, true);"""
WORDS = "各位村民请注意，明天上午八点到十二点停水。"


@dataclass
class Phone:
    """One person's phone: it counts the taps of a thumb, and every complaint of a page."""

    station: Station
    page: Page
    complaints: list[str] = field(default_factory=list)
    began: float = 0.0

    def at(self, path: str) -> Page:
        """Open a page to begin from; taps and time are counted from here."""
        self.page.goto(self.station.url + path)
        self.page.evaluate("sessionStorage.setItem('taps', '0')")
        self.began = clock.monotonic_s()
        return self.page

    def tap(self, what: str) -> None:
        self.page.tap(what)

    def taps(self, what: str) -> int:
        count = int(self.page.evaluate("sessionStorage.getItem('taps')"))
        print(f"{what}: {count} taps, {clock.monotonic_s() - self.began:.1f} s")
        return count


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("chromium is not installed: apt install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def phone(chromium: Browser, station: Station) -> Iterator[Callable[[Person], Phone]]:
    """``phone(person)``: somebody who is signed in. Nobody's page may complain or leave the machine."""
    made: list[Phone] = []

    def of(person: Person) -> Phone:
        context = chromium.new_context(locale="zh-CN", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
        context.add_init_script(COUNT)
        with station.db.session() as session:
            token = access.open_session(session, session.get_one(Person, person.id), clock.now())
        context.add_cookies([{"name": "xiangyin", "value": token, "url": station.url}])
        found = Phone(station, context.new_page())
        found.page.on("console", lambda said: found.complaints.append(said.text) if said.type in ("error", "warning") else None)
        found.page.on("pageerror", lambda error: found.complaints.append(str(error)))
        found.page.on("request", lambda asked: None if asked.url.startswith(station.url) else found.complaints.append(f"left: {asked.url}"))
        made.append(found)
        return found

    yield of
    for each in made:
        each.page.context.close()
        assert each.complaints == []


@pytest.fixture(scope="module")
def pair(station: Station, new_speaker: Callable[..., Speaker]) -> tuple[Speaker, Speaker]:
    """Two speakers of one village, where a notice needs no review."""
    places = station.village
    with station.db.session() as session:
        review.set_reviews(session, session.get_one(Person, places.admin.id), session.get_one(Area, places.village_a.id), "notice", 0, clock.now())
    near, far = new_speaker("taps-near"), new_speaker("taps-far")
    near.pair(places.village_a.id)
    far.pair(places.village_a.id)
    for each in (near, far):
        ready(station, each)
    return near, far


def ready(station: Station, speaker: Speaker) -> None:
    until(f"{speaker.name} to be online", lambda: presence(station, speaker.did) == "online")


def presence(station: Station, did: str) -> str:
    with station.db.reading() as session:
        return session.scalars(select(Terminal.presence).where(Terminal.did == did)).one()


def newest(station: Station) -> Notice:
    with station.db.reading() as session:
        found = session.scalars(select(Notice).order_by(Notice.id.desc())).first()
        assert found is not None
        return found


def count(station: Station) -> int:
    with station.db.reading() as session:
        return session.scalar(select(func.count()).select_from(Notice)) or 0


def told(station: Station, did: str, schedule: int | None, result: str) -> list[Receipt]:
    with station.db.reading() as session:
        from playlists.models import Occurrence

        query = select(Receipt).join(Terminal).join(Occurrence, Occurrence.id == Receipt.occurrence_id)
        return list(session.scalars(query.where(Terminal.did == did, Occurrence.schedule_id == schedule, Receipt.result == result)))


def heard(station: Station, speaker: Speaker, notice: int) -> bool:
    """Chime and words, both to their end."""
    with station.db.reading() as session:
        schedule = session.get_one(Notice, notice).schedule_id
    return schedule is not None and len(told(station, speaker.did, schedule, "finished")) == 2


def test_a_notice_from_the_text_in_hand_to_the_air(station: Station, phone: Callable[[Person], Phone], pair: tuple[Speaker, Speaker]) -> None:
    operator = phone(station.village.operator)
    page = operator.at("/")
    operator.tap("text=发通知")
    operator.tap("#body")
    page.keyboard.insert_text(WORDS)  # as a paste does
    page.select_option("#area", str(station.village.village_a.id))
    operator.tap("button:has-text('谁会听到')")
    assert "上坪村" in page.inner_text(".who") and "不打断任何节目" in page.inner_text(".who")
    operator.tap("button:has-text('现在播')")
    page.wait_for_selector("button:has-text('撤销')")
    notice = newest(station).id
    for each in pair:
        until("the first sound", lambda each=each: told(station, each.did, newest(station).schedule_id, "started") if newest(station).schedule_id else None)  # type: ignore[misc]
    assert operator.taps("notice, text in hand to on air") + 2 <= 6, "two more for the choice of the place"
    page.wait_for_selector("text=2 个中 2 个已播出", timeout=60_000)  # the page says it by itself
    assert all(heard(station, each, notice) for each in pair)


def test_again_is_two_taps(station: Station, phone: Callable[[Person], Phone], pair: tuple[Speaker, Speaker]) -> None:
    operator = phone(station.village.operator)
    operator.at("/")
    operator.tap("button:has-text('再播一次')")
    operator.tap("button:has-text('现在播')")
    operator.page.wait_for_selector("button:has-text('撤销')")
    assert operator.taps("again") == 2
    operator.tap("main button:has-text('撤销')")
    operator.page.wait_for_selector("text=没有人听到")
    assert newest(station).state == "undone" and newest(station).schedule_id is None


def test_again_there_is_heard_only_there(station: Station, phone: Callable[[Person], Phone], pair: tuple[Speaker, Speaker]) -> None:
    near, far = pair
    far.stop()
    until("the station to know that it is away", lambda: presence(station, far.did) != "online")
    operator = phone(station.village.operator)
    operator.at("/")
    operator.tap("button:has-text('再播一次')")
    operator.tap("button:has-text('现在播')")
    operator.page.wait_for_selector("button:has-text('撤销')")
    first = newest(station).id
    until("the near one to hear it", lambda: heard(station, near, first))
    with station.db.session() as session:  # the ten minutes in which it might come back are over
        from broadcast.models import Dispatch
        from playlists.models import Occurrence

        for row in session.scalars(select(Dispatch).join(Occurrence).where(Occurrence.schedule_id == session.get_one(Notice, first).schedule_id)):
            row.ends_at = clock.now()
        taken = session.scalars(select(Occurrence).where(Occurrence.schedule_id == session.get_one(Notice, first).schedule_id)).one()
        taken.state = "cancelled"
    far.start()
    ready(station, far)
    operator.at(f"/notices/{first}")
    operator.tap("button:has-text('在那里再播')")
    assert "只给没听到的" in operator.page.inner_text(".who")
    operator.tap("button:has-text('现在播')")
    operator.page.wait_for_selector("button:has-text('撤销')")
    second = newest(station).id
    assert second != first and operator.taps("again, only there") == 2
    until("the far one to hear it", lambda: heard(station, far, second), told=lambda: station.log()[-600:])
    with station.db.reading() as session:
        schedule = session.get_one(Notice, second).schedule_id
    assert told(station, near.did, schedule, "stored") == told(station, near.did, schedule, "started") == []


def test_a_review_is_two_taps(station: Station, phone: Callable[[Person], Phone]) -> None:
    made = station.done("lan", "POST", "/api/articles", {"area_id": station.village.village_b.id, "kind": "notice", "lang": "zh-Hans", "title": "集市通知", "body": "周六有集市。"})
    station.done("lan", "POST", f"/api/articles/{made['id']}/submit")
    reviewer = phone(station.village.reviewer)
    reviewer.at("/")
    reviewer.tap("a:has-text('集市通知')")
    reviewer.tap("button:text-is('批准')")
    reviewer.page.wait_for_selector("text=已批准")
    assert reviewer.taps("review") == 2


def test_quieter_is_two_taps(station: Station, phone: Callable[[Person], Phone], pair: tuple[Speaker, Speaker]) -> None:
    operator = phone(station.village.operator)
    operator.at("/devices")
    operator.tap("main a.title >> nth=0")
    operator.tap("main button:has-text('06–08')")
    operator.page.wait_for_selector("text=06:00-08:00")
    assert operator.taps("quieter") == 2


def test_a_lost_line_loses_no_text_and_sends_nothing_twice(station: Station, phone: Callable[[Person], Phone]) -> None:
    operator = phone(station.village.operator)
    page = operator.at("/notice")
    page.fill("#body", WORDS)
    page.select_option("#area", str(station.village.village_a.id))
    page.context.set_offline(True)
    before = count(station)
    page.click("button:has-text('谁会听到')")
    page.wait_for_timeout(300)
    page.context.set_offline(False)
    operator.complaints.clear()  # a browser without a line says so
    page.goto(station.url + "/notice")
    assert page.input_value("#body") == WORDS and count(station) == before
    page.evaluate("const form = document.querySelector('main form'); const twice = form.querySelector('button:not([type=button])'); twice.click(); twice.click();")
    page.wait_for_selector("text=个喇叭")
    page.go_back()
    page.goto(station.url + "/notice")
    assert page.input_value("#body") == "", "what has arrived is no draft any more"
    assert count(station) == before + 1
