"""What is on now, and until when. Stopping it is the matter of ``broadcast.stopping``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from broadcast.models import Dispatch, Receipt
from playlists.conflicts import LONGEST
from playlists.models import Occurrence, Schedule
from station.clock import from_ms, to_ms
from station.models import Area, Person
from station.people import visible


@dataclass(frozen=True)
class OnNow:
    """An occurrence that sounds, and when its last dialect is over."""

    occurrence: Occurrence
    until: datetime


def on_now(session: Session, person: Person, now: datetime, started_by: Person | None = None) -> list[OnNow]:
    """What sounds now in the person's branches, the more important first; of ``started_by`` only when given."""
    query = (
        select(Dispatch).join(Occurrence, Occurrence.id == Dispatch.occurrence_id).join(Area, Area.id == Occurrence.area_id)
        .where(
            visible(session, person), Occurrence.starts_at > now - LONGEST, Occurrence.starts_at <= now, Occurrence.state == "planned",
            Dispatch.state == "planned", Dispatch.ends_at > now,
        )
        .options(
            selectinload(Dispatch.occurrence).selectinload(Occurrence.schedule), selectinload(Dispatch.occurrence).selectinload(Occurrence.playlist),
            selectinload(Dispatch.occurrence).selectinload(Occurrence.area),
        ).limit(500)
    )  # fmt: skip
    if started_by is not None:
        query = query.join(Schedule, Schedule.id == Occurrence.schedule_id).where(Schedule.made_by_id == started_by.id)
    rows = list(session.scalars(query))
    late = _late_ms(session, {row.occurrence_id for row in rows})
    found: dict[int, OnNow] = {}
    for row in rows:
        until = min(row.ends_at, from_ms(round(_ends_ms(row) + late.get(row.occurrence_id, 0.0))))
        known = found.get(row.occurrence_id)
        if until > now and (known is None or known.until < until):
            found[row.occurrence_id] = OnNow(row.occurrence, until)
    return sorted(found.values(), key=lambda each: (each.occurrence.schedule.priority, each.until, each.occurrence.id))


def _ends_ms(dispatch: Dispatch) -> int:
    """When it is over if it began in time."""
    return max((item["at_ms"] + item["ms"] for item in dispatch.items if "at_ms" in item), default=to_ms(dispatch.starts_at))


def _late_ms(session: Session, occurrence_ids: set[int]) -> dict[int, float]:
    """How late these began where they began latest, as their terminals say."""
    query = (
        select(Receipt.occurrence_id, func.max(Receipt.late_ms)).where(Receipt.occurrence_id.in_(occurrence_ids), Receipt.result == "started")
        .group_by(Receipt.occurrence_id)
    )  # fmt: skip
    return {number: max(0.0, late or 0.0) for number, late in session.execute(query) if number is not None}
