"""Who wins when two programmes fall on the same moment and place, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from playlists.models import Occurrence, Schedule
from playlists.playlist import durations
from station.areas import ancestors, branch, is_below
from station.models import Area

LONGEST = timedelta(hours=6)  # how far back a programme may have begun that is still heard


@dataclass(frozen=True)
class Conflict:
    """Two occurrences that overlap in a place; ``why`` is "priority" (the smaller number is heard), "earlier" or "order" (the same in both)."""

    winner: Occurrence
    loser: Occurrence
    why: str


def conflicts(session: Session, area: Area, start: datetime, end: datetime) -> list[Conflict]:
    """What overlaps in the area or below it between two moments, by time. A length counts what is spoken by now."""
    above = [each.id for each in ancestors(session, area)]
    query = (
        select(Occurrence).join(Area, Occurrence.area_id == Area.id).options(joinedload(Occurrence.schedule))
        .where(or_(branch(area), Area.id.in_(above)), Occurrence.state == "planned")
        .where(Occurrence.starts_at >= start - LONGEST, Occurrence.starts_at < end).order_by(Occurrence.starts_at, Occurrence.id)
    )  # fmt: skip
    found = list(session.scalars(query))
    lengths: dict[int, timedelta] = {}
    for each in found:
        if each.playlist_id not in lengths:
            lengths[each.playlist_id] = timedelta(milliseconds=sum(ms or 0 for ms in durations(session, each.playlist)))
    ends = {each.id: each.starts_at + lengths[each.playlist_id] for each in found}
    open_now: list[Occurrence] = []
    pairs: list[Conflict] = []
    for later in found:
        open_now = [each for each in open_now if ends[each.id] > later.starts_at or each.starts_at == later.starts_at]
        if later.starts_at >= start:
            pairs += [_decided(each, later) for each in open_now if _meet(each.area, later.area)]
        open_now.append(later)
    return pairs


def _meet(one: Area, other: Area) -> bool:
    return is_below(one, other) or is_below(other, one)


def _decided(first: Occurrence, second: Occurrence) -> Conflict:
    """The smaller priority number wins, as at the terminal; between equals what began first, then what was planned first."""
    one, other = _priority(first.schedule), _priority(second.schedule)
    if one != other:
        return Conflict(first, second, "priority") if one < other else Conflict(second, first, "priority")
    return Conflict(first, second, "earlier" if first.starts_at < second.starts_at else "order")


def _priority(schedule: Schedule) -> int:
    return schedule.priority
