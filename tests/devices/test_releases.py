"""Versions of the terminals' program: the same tree is the same file, signed by the key for updates alone."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from devices.keys import StationKeys
from devices.releases import BadRelease, archive_of, newest, release
from station.files import Files
from station.models import AuditEntry
from station.people import NotAllowed
from tests.people import Village
from wire.messages import Keys
from wire.messages import Release as Word
from wire.signing import verify

HOUSE = Path(__file__).parents[2]


def test_the_same_tree_is_the_same_file_and_calls_itself_by_its_version() -> None:
    made = archive_of(HOUSE, "2.0")
    assert made == archive_of(HOUSE, "2.0") != archive_of(HOUSE, "2.1")
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert b'__version__ = "2.0"' in archive.read("terminal/__init__.py")
        assert {name.partition("/")[0] for name in archive.namelist()} == {"terminal", "wire"}
        assert not any("__pycache__" in name for name in archive.namelist())
    with pytest.raises(BadRelease):
        archive_of(HOUSE, "../2.0")


def test_what_is_released_is_what_terminals_believe(
    session: Session, village: Village, files: Files, tmp_path: Path, now: datetime
) -> None:
    keys = StationKeys.load_or_make(tmp_path / "keys")
    made = release(session, person=village.admin, root=village.province, archive=b"zip", version="2.0", files=files, keys=keys, now=now)
    known = {key.kid: key for key in Keys.from_json(keys.key_set(now).partition(b"\n")[2]).keys}
    found = verify(made.signed.encode(), known, typ=Word.typ, auds={"xy"}, now_s=now.timestamp(), use="update")
    word = Word.from_json(found.payload)
    assert (word.version, word.sha, word.bytes) == ("2.0", made.sha256, 3) and files.get(word.sha) == b"zip"
    assert newest(session) is made
    assert session.scalars(select(AuditEntry.act).order_by(AuditEntry.id.desc()).limit(1)).one() == "release"
    with pytest.raises(BadRelease, match="already"):
        release(session, person=village.admin, root=village.province, archive=b"zip2", version="2.0", files=files, keys=keys, now=now)


def test_who_sees_to_one_county_releases_nothing(session: Session, village: Village, files: Files, tmp_path: Path, now: datetime) -> None:
    keys = StationKeys.load_or_make(tmp_path / "keys")
    with pytest.raises(NotAllowed):
        release(session, person=village.operator, root=village.province, archive=b"zip", version="2.0", files=files, keys=keys, now=now)


def test_a_station_of_an_earlier_release_gets_the_key_and_a_new_key_set(tmp_path: Path) -> None:
    old = StationKeys.load_or_make(tmp_path / "keys")
    (tmp_path / "keys" / "update").unlink()
    new = StationKeys.load_or_make(tmp_path / "keys")
    assert new.seq == old.seq + 1 and new.programme.seed == old.programme.seed
    assert StationKeys.load_or_make(tmp_path / "keys").seq == new.seq
