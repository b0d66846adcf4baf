"""The audit log: who did what to which thing, where and when. Rows are only ever added, and a chain of digests shows whether that is so."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from station.database import Database
from station.models import Area, AuditEntry, AuditSeal, Person

# Entries are sealed when they are this old: whatever transaction wrote an earlier number has long ended.
SEALED_AFTER = timedelta(minutes=15)


def record(
    session: Session, *, person: Person | None, act: str, subject: str, subject_id: object, area: Area | None, now: datetime,
    **detail: Any,
) -> None:  # fmt: skip
    """Write an act down, in the same transaction as the act. ``detail`` holds plain JSON values, e.g. before and after."""
    session.add(
        AuditEntry(
            at=now, person_id=person.id if person else None, act=act, subject=subject, subject_id=str(subject_id),
            area_id=area.id if area else None, detail=detail,
        )  # fmt: skip
    )


def _digest(before: str, entries: Iterable[AuditEntry]) -> tuple[str, int]:
    """The digest over the one before and these entries, and how many they are. The place is left out: it may be taken from the map."""
    chain, count = hashlib.sha256(before.encode()), 0
    for row in entries:
        told = [row.id, row.at.isoformat(), row.person_id, row.act, row.subject, row.subject_id, row.detail]
        chain.update(json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass") + b"\n")
        count += 1
    return chain.hexdigest(), count


def _between(session: Session, after: int, last: int) -> Iterable[AuditEntry]:
    query = select(AuditEntry).where(AuditEntry.id > after, AuditEntry.id <= last).order_by(AuditEntry.id)
    return session.scalars(query.execution_options(yield_per=1000))


def seal_one(db: Database, now: datetime) -> bool:
    """Add a link to the chain for the entries that have none yet; False when there are none. Two stations at once add it once."""
    try:
        with db.session() as session:
            before = session.scalar(select(AuditSeal).order_by(AuditSeal.id.desc()).limit(1))
            after, digest = (before.last_id, before.digest) if before else (0, "")
            last = session.scalar(select(func.max(AuditEntry.id)).where(AuditEntry.id > after, AuditEntry.at < now - SEALED_AFTER))
            if last is None:
                return False
            digest, count = _digest(digest, _between(session, after, last))
            session.add(AuditSeal(last_id=last, entries=count, digest=digest, at=now))
    except IntegrityError:
        return False
    return True


@dataclass(frozen=True)
class Verdict:
    """What a look at the whole chain found. ``broken`` says which entries are not what they were, "" when all are; ``digest`` of the last seal is
    worth noting down outside the station: it vouches for everything before it."""

    seals: int
    sealed: int
    unsealed: int
    digest: str
    broken: str


def check(session: Session) -> Verdict:
    """Compute every seal anew."""
    after, digest, seals, sealed, broken = 0, "", 0, 0, ""
    for seal in session.scalars(select(AuditSeal).order_by(AuditSeal.last_id)).all():
        found, count = _digest(digest, _between(session, after, seal.last_id))
        if (found, count) != (seal.digest, seal.entries) and not broken:
            broken = f"entries {after + 1} to {seal.last_id}, sealed at {seal.at:%Y-%m-%d %H:%M} UTC: {count} are there of {seal.entries}" + (
                "" if count != seal.entries else ", and one of them was changed"
            )
        after, digest, seals, sealed = seal.last_id, seal.digest, seals + 1, sealed + count
    left = session.scalar(select(func.count()).select_from(AuditEntry).where(AuditEntry.id > after)) or 0
    return Verdict(seals, sealed, left, digest, broken)
