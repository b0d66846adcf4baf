"""Backups from the page: for whoever administers the whole station, with the password for the file itself, and written into the log."""

from __future__ import annotations

import json
import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from admin.web import create_web
from devices.keys import StationKeys
from station.access import set_password
from station.database import Database
from station.files import Files
from station.migrations import upgrade
from station.models import AuditEntry
from station.shelf import Keeper, Shelf, State, start_command
from tests.admin.conftest import Pages, settings
from tests.people import settle

WORD = "four words in a row"
NAME = "xiangyin-20261124-010000.zip"


@pytest.fixture
def here(db: Database, files: Files, keys: StationKeys, now: datetime, tmp_path: Path) -> Pages:
    with db.session() as session:
        village = settle(session, now)
        set_password(session, village.admin, WORD)
    shelf = Shelf(tmp_path / "backups", tmp_path)
    app = create_web(settings(data_dir=tmp_path, shelf=shelf), db, files, keys, lambda password: "", lambda: now)
    shelf.tell(State())
    (shelf.folder / NAME).write_bytes(b"the keys of the station")
    return Pages(app, db, village, now)


def acts(pages: Pages) -> list[str]:
    with pages.db.reading() as session:
        return list(session.scalars(select(AuditEntry.act).where(AuditEntry.subject == "backup").order_by(AuditEntry.id)))


def test_one_button_asks_for_it_and_the_second_time_says_wait(here: Pages, tmp_path: Path) -> None:
    browser, shelf = here.browser(here.village.admin), Shelf(tmp_path / "backups", tmp_path)
    assert NAME in browser.get("/backups").text
    assert browser.post("/backups/take").status_code == 303 and "It begins in a moment" in browser.get("/backups").text
    browser.post("/backups/take")
    assert "under way already" in browser.get("/backups").text
    assert shelf.wished() == ("backup", "") and acts(here) == ["ask_backup"]
    shelf.tell(State("backup", "x", "receipt", 3, 40))
    parts = browser.get("/live.json?what=backups&id=0").json
    assert "receipt" in parts["shelf"] and 'value="3"' in parts["shelf"]  # type: ignore[index]
    shelf.tell(State(error="no room"))
    assert "no room" in browser.get("/backups").text
    assert browser.post(f"/backups/{NAME}/rehearse").status_code == 303 and shelf.wished() == ("rehearse", NAME)
    assert browser.post("/backups/xiangyin-20200101-000000.zip/rehearse").status_code == 404


def test_the_file_itself_takes_the_password(here: Pages) -> None:
    browser = here.browser(here.village.admin)
    assert browser.post(f"/backups/{NAME}/download", {"password": "wrong"}).status_code == 303
    assert acts(here) == [] and "not your password" in browser.get("/backups").text
    got = browser.post(f"/backups/{NAME}/download", {"password": WORD})
    assert got.data == b"the keys of the station" and NAME in got.headers["Content-Disposition"] and acts(here) == ["download_backup"]
    got.close()
    assert browser.post("/backups/..%2fkeys/download", {"password": WORD}).status_code == 404


def test_nobody_else_comes_near_it(here: Pages) -> None:
    for person in (here.village.operator, here.village.reviewer, here.village.stranger):
        browser, machine = here.browser(person), here.machine(person)
        assert browser.get("/backups").status_code == browser.post("/backups/take").status_code == 403
        assert browser.post(f"/backups/{NAME}/download", {"password": WORD}).status_code == 403
        assert browser.get("/live.json?what=backups&id=0").status_code == 403
        assert machine("GET", "/api/backups").status_code == machine("GET", f"/api/backups/{NAME}/file").status_code == 403


def test_machines_do_the_same(here: Pages, tmp_path: Path) -> None:
    call, shelf = here.machine(here.village.admin), Shelf(tmp_path / "backups", tmp_path)
    assert [each["name"] for each in call("GET", "/api/backups").json["backups"]] == [NAME]  # type: ignore[index]
    assert call("POST", "/api/backups").status_code == 202 and call("POST", "/api/backups").status_code == 422
    assert shelf.wished() == ("backup", "")
    assert call("POST", f"/api/backups/{NAME}/rehearse").status_code == 202
    assert call("POST", "/api/backups/other.zip/rehearse").status_code == 422
    got = call("GET", f"/api/backups/{NAME}/file")
    assert got.data == b"the keys of the station"
    got.close()


def test_a_real_backup_is_taken_and_really_restored_by_programs_of_their_own(tmp_path: Path, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [each for each in os.environ if each.startswith("XIANGYIN_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XIANGYIN_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    db = Database(f"sqlite:///{tmp_path / 'xiangyin.db'}")
    upgrade(db.engine)
    with db.session() as session:
        settle(session, now)
    db.close()
    shelf = Shelf(tmp_path / "backups", tmp_path)
    keeper = Keeper(shelf, now, timedelta(), timedelta(), 3, start_command)

    def finished(do: str, name: str = "") -> State:
        shelf.wish(do, name)
        keeper.tend(now)
        child = keeper._child
        assert child is not None
        child.wait(240)
        keeper.tend(now)
        return shelf.state()

    assert finished("backup").error == "" and (tmp_path / "last-backup.json").exists()
    (kept,) = shelf.kept()
    assert finished("rehearse", kept.name).error == "" and shelf.kept()[0].tried_at is not None
    assert shelf.path(kept.name).stat().st_mode & 0o777 == 0o600  # type: ignore[union-attr]
    (shelf.folder / "xiangyin-20200101-000000.zip").write_bytes(b"half a backup")
    assert "cannot be read as a backup" in finished("rehearse", "xiangyin-20200101-000000.zip").error
    assert json.loads((tmp_path / "last-rehearsal.json").read_text())["file"] == kept.name
