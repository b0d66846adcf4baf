"""The first run: only while nobody exists, only with the key that the station printed, and never with a default password."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from admin.web import create_web
from devices.keys import StationKeys
from devices.models import Terminal
from station.database import Database
from station.files import Files
from station.models import Area, Person
from tests.admin.conftest import Browser, Pages, settings

KEY = "printed-by-the-station"
FORM = {
    "key": KEY, "name": "站长", "login": "boss", "password": "four words in a row", "again": "four words in a row", "province": "青山省",
    "village": "上坪村", "tz": "Asia/Shanghai", "dialect": "yue",
}  # fmt: skip


@pytest.fixture
def fresh(db: Database, files: Files, keys: StationKeys, now: datetime) -> Browser:
    """A station that nobody has set up yet."""
    app = create_web(settings(setup_token=KEY), db, files, keys, lambda password: "hash of it", lambda: now)
    return Browser(app.test_client())


def post(browser: Browser, path: str, data: dict[str, Any]) -> Any:
    import re

    found = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/setup?key=" + KEY).text)
    return browser.client.post(path, data={"csrf_token": found[1] if found else "", **data})


def people(db: Database) -> int:
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(Person)) or 0


def test_from_the_printed_key_to_a_place_an_administrator_and_the_first_speaker(fresh: Browser, db: Database) -> None:
    assert fresh.get("/").location.startswith("/sign-in") and fresh.get("/sign-in").location == "/setup"
    answer = post(fresh, "/setup", FORM)
    assert answer.status_code == 303 and answer.location == "/setup/speaker", answer.text
    page = fresh.get("/setup/speaker").text
    assert "The first speaker" in page and "上坪村" in page
    with db.reading() as session:
        village = session.scalars(select(Area).where(Area.level == "village")).one()
        assert village.parent and (village.parent.name, village.parent.tz, village.parent.dialect) == ("青山省", "Asia/Shanghai", "yue")
    assert fresh.get("/").status_code == 200


@pytest.mark.parametrize(("asked", "locale"), [("en-GB,en;q=0.9", "en"), ("zh-CN,zh;q=0.9,en;q=0.5", "zh")])
def test_the_pages_stay_in_the_language_in_which_the_first_was_read(fresh: Browser, db: Database, asked: str, locale: str) -> None:
    fresh.client.delete_cookie("lang")
    fresh.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = asked
    assert post(fresh, "/setup", FORM).status_code == 303
    with db.reading() as session:
        assert session.scalars(select(Person.locale)).one() == locale
    assert ('<html lang="en"' in fresh.get("/setup/speaker").text) == (locale == "en")


def test_it_opens_once(fresh: Browser, db: Database) -> None:
    post(fresh, "/setup", FORM)
    assert fresh.get("/setup?key=" + KEY).status_code == 404
    assert fresh.post("/setup", {**FORM, "login": "second"}).status_code == 404
    assert people(db) == 1


@pytest.mark.parametrize(("change", "said"), [
    ({"key": "guessed"}, "not the key"), ({"key": ""}, "Key"), ({"password": "short", "again": "short"}, "10 to 200"),
    ({"again": "something else"}, "differ"), ({"province": "", "village": ""}, "at least one place"), ({"tz": "Mars/Base"}, "time zone"),
    ({"dialect": "klingon"}, "six dialects"), ({"login": "<b>"}, "sign-in name"),
])  # fmt: skip
def test_what_does_not_fit_is_said_and_leaves_nothing_behind(fresh: Browser, db: Database, change: dict[str, str], said: str) -> None:
    answer = post(fresh, "/setup", {**FORM, **change})
    assert said in answer.text and answer.status_code in (200, 403, 422)
    assert people(db) == 0
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Area)) == 0


def test_the_chime_page_waits_until_the_speaker_says_it_sounded(pages: Pages) -> None:
    with pages.db.session() as session:
        terminal = Terminal(did="t1", area_id=pages.village.village_a.id, name="村口", created_at=pages.now)
        session.add(terminal)
        session.flush()
        number = terminal.id
    browser = pages.browser(pages.village.admin)
    assert browser.post(f"/setup/chime/{number}").status_code == 303
    page = browser.get(f"/setup/chime/{number}").text
    assert "Waiting its turn" in page and "what=terminal" in page
    assert pages.browser().get(f"/setup/chime/{number}").status_code == 303
    assert pages.browser(pages.village.stranger).get(f"/setup/chime/{number}").status_code == 404
