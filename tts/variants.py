"""Sound in the formats that terminals ask for: made once per sound and format, only where somebody plays it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from station.clock import Clock
from station.clock import now as clock_now
from station.database import Database
from station.files import Files, NoSuchFile
from tts import claim
from tts.formats import FORMATS, MASTER, FormatError, convert
from tts.models import Variant

LEASE = timedelta(minutes=10)


def want_variants(session: Session, sounds: Mapping[str, int], formats: Collection[str], now: datetime) -> dict[tuple[str, str], Variant]:
    """The variants of these sounds (sha256 -> skip) in these formats, by (sha256, format); those that were lacking are wanted now."""
    wanted = {(sha, name) for sha in sounds for name in formats if name != MASTER and name in FORMATS}
    if not wanted:
        return {}
    rows = session.scalars(select(Variant).where(Variant.source_sha256.in_({sha for sha, _ in wanted}), Variant.format.in_(formats)))
    found = {(row.source_sha256, row.format): row for row in rows}
    for sha, name in sorted(wanted - set(found)):
        row = Variant(source_sha256=sha, source_skip=sounds[sha], format=name, state="wanted", created_at=now)
        session.add(row)
        found[sha, name] = row
    session.flush()
    return found


def make_variant_one(db: Database, now: datetime, files: Files, clock: Clock = clock_now) -> bool:
    """One wanted variant is made and stored; False when none is due."""
    found = claim.take(db, Variant, now, LEASE)
    if not isinstance(found, claim.Claim):
        return found
    with db.reading() as session:
        row = session.get_one(Variant, found.id)
        wanted, sha, skip = FORMATS[row.format], row.source_sha256, row.source_skip
    try:
        made = convert(files.get(sha), skip, wanted)
    except NoSuchFile:
        claim.failed(db, found, FormatError(f"the sound {sha} is gone from the files"), clock(), permanent=True)
        return True
    except FormatError as problem:
        claim.failed(db, found, problem, clock(), permanent=False)
        return True
    claim.ready(db, found, clock, audio_sha256=files.put(made), audio_bytes=len(made), skip=wanted.skip)
    return True
