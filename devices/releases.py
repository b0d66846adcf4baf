"""Versions of the terminals' program: built from this very tree, stored by their digest, signed by the key for updates."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from devices.keys import StationKeys
from devices.models import Release
from station import audit
from station.clock import to_ms
from station.files import Files
from station.models import Area, Person
from station.people import require
from wire.messages import Release as ReleaseWord

VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z.+-]{0,38}\Z")
PACKAGES = ("terminal", "wire")
LEFT_OUT = ("__pycache__", "vectors", "tv")
# A zip keeps no time of its own, so that the same tree is the same file.
EPOCH = (1980, 1, 1, 0, 0, 0)


class BadRelease(ValueError):
    """A version that cannot be released; the text says why."""


def archive_of(house: Path, version: str) -> bytes:
    """The terminal's program in this tree as a zip that calls itself ``version``."""
    if not VERSION.match(version):
        raise BadRelease(f"{version[:60]!r} is no version: use figures, letters, . + and -")
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for package in PACKAGES:
            for path in sorted((house / package).rglob("*")):
                name = path.relative_to(house)
                if path.is_file() and not set(LEFT_OUT) & set(name.parts):
                    archive.writestr(zipfile.ZipInfo(name.as_posix(), EPOCH), _content(path, name, version), zipfile.ZIP_DEFLATED)
    return made.getvalue()


def _content(path: Path, name: Path, version: str) -> bytes:
    if name.as_posix() != "terminal/__init__.py":
        return path.read_bytes()
    lines = [f'__version__ = "{version}"' if line.startswith("__version__") else line for line in path.read_text().splitlines()]
    return ("\n".join(lines) + "\n").encode()


def release(
    session: Session, *, person: Person, root: Area, archive: bytes, version: str, files: Files, keys: StationKeys, now: datetime, minutes: int = 10
) -> Release:
    """Stored and signed; who may see to the terminals of the whole station may do it. Raises NotAllowed, BadRelease."""
    require(session, person, "devices", root)
    if not VERSION.match(version):
        raise BadRelease(f"{version[:60]!r} is no version: use figures, letters, . + and -")
    if session.scalar(select(Release.id).where(Release.version == version)):
        raise BadRelease(f"there is a version {version} already: give this one another name")
    if not 1 <= minutes <= 120:
        raise BadRelease("a trial takes 1 to 120 minutes")
    sha = files.put(archive)
    word = ReleaseWord(version, sha, f"/release/{sha}.zip", len(archive), minutes)
    made = Release(
        version=version, sha256=sha, bytes=len(archive), signed=keys.sign_release(word, to_ms(now), now).decode(), made_by_id=person.id, created_at=now,
    )  # fmt: skip
    session.add(made)
    session.flush()
    audit.record(session, person=person, act="release", subject="release", subject_id=made.id, area=root, now=now, version=version, sha256=sha)
    return made


def newest(session: Session) -> Release | None:
    """The version released last."""
    return session.scalar(select(Release).order_by(Release.id.desc()).limit(1))


def all_releases(session: Session) -> Sequence[Release]:
    return session.scalars(select(Release).order_by(Release.id.desc())).all()
