"""A backup comes back whole, in a fresh place, on either database; what was tampered with does not."""

from __future__ import annotations

import json
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from station.audit import record
from station.backup import BadBackup, back_up, rehearse, restore
from station.database import Base, Database
from station.files import Files
from station.migrations import upgrade
from station.models import Area, AuditEntry, Person
from station.people import Limits, grant
from tests.people import settle


def lived_in(db: Database, folder: Path, now: datetime) -> None:
    """A station with people, places, entries and files, at today's schema."""
    Base.metadata.drop_all(db.engine)
    upgrade(db.engine)
    with db.session() as session:
        village = settle(session, now)
        grant(session, village.operator, village.town, "operator", Limits.read(["notice"], "06:00-20:00"))
        for number in range(1200):
            record(session, person=village.admin, act="test", subject="thing", subject_id=number, area=village.town, now=now, after={"乡": [0.1, None, number]})
    Files(folder / "files").put(b"a sound")
    (folder / "keys").mkdir()
    (folder / "keys" / "station.pem").write_text("a key")
    (folder / "secret-key").write_text("a secret")


@pytest.mark.both_databases
def test_a_backup_comes_back_whole_in_either_database(db: Database, tmp_path: Path, now: datetime) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    lived_in(db, old, now)
    taken = back_up(db, old, tmp_path / "one.zip", now)
    assert taken.rows["audit_entry"] == 1200 and len(taken.files) == 3
    assert (tmp_path / "one.zip").stat().st_mode & 0o077 == 0, "it holds the keys"
    assert rehearse(tmp_path / "one.zip") == taken
    restore(tmp_path / "one.zip", f"sqlite:///{tmp_path / 'new.db'}", new)
    there = Database(f"sqlite:///{tmp_path / 'new.db'}")
    with there.session() as session:
        assert session.scalar(select(func.count()).select_from(AuditEntry)) == 1200
        assert session.scalars(select(Person).where(Person.login == "lan")).one().created_at == now
        town = session.scalars(select(Area).where(Area.name == "石桥镇")).one()
        assert town.parent is not None and town.parent.name == "云岭县"
        record(session, person=None, act="later", subject="thing", subject_id=0, area=None, now=now)
    with there.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM audit_entry")).scalar() == 1201
    there.close()
    assert Files(new / "files").get(next(name for name in taken.files if name.startswith("files/")).rpartition("/")[2]) == b"a sound"
    assert (new / "secret-key").stat().st_mode & 0o077 == 0 and (new / "keys" / "station.pem").read_text() == "a key"


@pytest.mark.both_databases
def test_a_backup_of_sqlite_comes_back_into_this_database_too(db: Database, tmp_path: Path, now: datetime) -> None:
    from_sqlite = Database(f"sqlite:///{tmp_path / 'from.db'}")
    (tmp_path / "old").mkdir()
    lived_in(from_sqlite, tmp_path / "old", now)
    back_up(from_sqlite, tmp_path / "old", tmp_path / "one.zip", now)
    from_sqlite.close()
    Base.metadata.drop_all(db.engine)
    restore(tmp_path / "one.zip", db.engine.url.render_as_string(hide_password=False), tmp_path / "new")
    with db.session() as session:  # new rows get new numbers
        record(session, person=None, act="later", subject="thing", subject_id=0, area=None, now=now)
        session.flush()
        assert session.scalar(select(func.max(AuditEntry.id))) == 1201


def test_what_was_tampered_with_is_refused_and_nothing_is_written_over(db: Database, tmp_path: Path, now: datetime) -> None:
    (tmp_path / "old").mkdir()
    lived_in(db, tmp_path / "old", now)
    back_up(db, tmp_path / "old", tmp_path / "one.zip", now)

    def changed(name: str, content: bytes) -> Path:
        target = tmp_path / "changed.zip"
        with zipfile.ZipFile(tmp_path / "one.zip") as old, zipfile.ZipFile(target, "w") as new:
            for each in old.namelist():
                new.writestr(each, content if each == name else old.read(each))
        return target

    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        people, manifest = archive.read("rows/person.jsonl"), json.loads(archive.read("manifest.json"))
    with pytest.raises(BadBackup, match="person came back"):
        rehearse(changed("rows/person.jsonl", people.replace("阿兰".encode(), "阿狼".encode())))
    with pytest.raises(BadBackup, match="secret-key is not what was put"):
        rehearse(changed("secret-key", b"another"))
    with pytest.raises(BadBackup, match="somebody made it up"):
        rehearse(changed("manifest.json", json.dumps({**manifest, "files": {"files/../../evil": "0"}}).encode()))
    with pytest.raises(BadBackup, match="no backup of a station"):
        rehearse(changed("manifest.json", b"{}"))
    (tmp_path / "cut.zip").write_bytes((tmp_path / "one.zip").read_bytes()[:-100])
    with pytest.raises(BadBackup, match="cannot be read"):
        rehearse(tmp_path / "cut.zip")
    # nothing that is there is written over
    with pytest.raises(BadBackup, match="is there already"):
        restore(tmp_path / "one.zip", f"sqlite:///{tmp_path / 'new.db'}", tmp_path / "old")
    with pytest.raises(BadBackup, match="not empty"):
        restore(tmp_path / "one.zip", str(db.engine.url), tmp_path / "new")
