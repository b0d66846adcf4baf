"""Rows that wait to be made: claimed by one worker at a time, tried again when it failed, free again when the worker died."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, update

from station.clock import Clock
from station.database import Database
from tts.models import Made

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 3
BACK_OFF = timedelta(seconds=20)
"""After the first failure; three times as long after each further one."""


@dataclass(frozen=True)
class Claim:
    """A row that is ours until the lease runs out; ``attempt`` tells our claim from a later one."""

    kind: type[Any]
    id: int
    attempt: int


def due(kind: type[Made], now: datetime) -> ColumnElement[bool]:
    waiting = and_(kind.state == "wanted", or_(kind.not_before.is_(None), kind.not_before <= now))
    return or_(waiting, and_(kind.state == "making", kind.lease_until < now))


def take(db: Database, kind: type[Any], now: datetime, lease: timedelta, first: Any = None) -> Claim | bool:
    """The oldest due row (of those with the least ``first``, an expression to order by), now ours; True when somebody else was quicker or it was given up, False when nothing is due."""
    with db.reading() as session:
        query = select(kind.id, kind.attempts).where(due(kind, now)).order_by(*([] if first is None else [first]), kind.attempts, kind.id).limit(1)
        found = session.execute(query).first()
    if found is None:
        return False
    ours = and_(kind.id == found.id, kind.attempts == found.attempts, due(kind, now))
    values: dict[str, Any] = {"state": "making", "attempts": found.attempts + 1, "lease_until": now + lease}
    if found.attempts >= 2 * MAX_ATTEMPTS:
        values |= {"state": "failed", "lease_until": None, "error": "the station stopped each time it made this; look at its log"}
    with db.session() as session:
        done = session.execute(update(kind).where(ours).values(**values).execution_options(synchronize_session=False))
        got = done.rowcount == 1  # type: ignore[attr-defined]
    return Claim(kind, found.id, found.attempts + 1) if got and values["state"] == "making" else True


def write(db: Database, claim: Claim, clock: Clock | None = None, **values: Any) -> bool:
    """Change our row, unless somebody else took it over meanwhile; with a clock it is ready from this moment on."""
    kind = claim.kind
    ours = and_(kind.id == claim.id, kind.state == "making", kind.attempts == claim.attempt)
    with db.session() as session:
        session.connection()
        if clock is not None:
            values["ready_at"] = clock()
        done = session.execute(update(kind).where(ours).values(**values).execution_options(synchronize_session=False))
        return bool(done.rowcount == 1)  # type: ignore[attr-defined]


def ready(db: Database, claim: Claim, clock: Clock, **values: Any) -> bool:
    """It is made. The moment is read inside the transaction: whoever looks at the row later also has a later moment."""
    return write(db, claim, clock, state="ready", error="", lease_until=None, not_before=None, **values)


def failed(db: Database, claim: Claim, problem: Exception, now: datetime, *, permanent: bool) -> None:
    """Tried again later, three times; a permanent problem is the end at once."""
    final = permanent or claim.attempt >= MAX_ATTEMPTS
    log.warning("%s %s, attempt %s: %s", claim.kind.__tablename__, claim.id, claim.attempt, problem)
    wait = None if final else now + BACK_OFF * 3 ** (claim.attempt - 1)
    write(db, claim, state="failed" if final else "wanted", error=str(problem)[:500], lease_until=None, not_before=wait)


def again(row: Made, now: datetime) -> None:
    """It is wanted anew, from the first attempt."""
    row.state, row.attempts, row.error, row.not_before, row.lease_until = "wanted", 0, "", now, None


def release(db: Database, kind: type[Any]) -> int:
    """At the start of the only station on this database: what its predecessor was making when it died is due at once."""
    with db.session() as session:
        freed = session.execute(
            update(kind).where(kind.state == "making").values(state="wanted", lease_until=None, not_before=None)
            .execution_options(synchronize_session=False)
        )  # fmt: skip
        return int(freed.rowcount)  # type: ignore[attr-defined]
