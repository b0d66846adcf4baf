"""Who is heard when two programmes fall on the same moment and place, why, and what becomes of the other: as terminals decide it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from playlists.models import Occurrence
from playlists.playlist import durations
from station.areas import ancestors, branch, is_below
from station.models import LEVELS, Area

# The priorities of programmes: upper level, own (GD/J 084 section 6.4).
PROGRAMMES = (5, 6)
LONGEST = timedelta(hours=6)  # how far back a programme may have begun that is still heard


@dataclass(frozen=True)
class Conflict:
    """Two occurrences that overlap in a place; both are the same in ``why`` "order".

    ``why`` the winner is heard first: "priority" (the smaller number), "level" (the upper place), "earlier", "free" (the other one asked to
    wait until nobody is on), "order". What ``becomes`` of the loser: "resumes" (interrupted, goes on where it stopped while its window is
    open), "skipped" (interrupted, over), "under" (goes on softly underneath), "after" (interrupted at the end of an item), "waits".
    """

    winner: Occurrence
    loser: Occurrence
    why: str
    becomes: str


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


def rank_of(priority: int, area: Area) -> int:
    """Among programmes the place on the upper level comes first: 0 centre, 1 province .. 7 campus; what is not a programme has one rank."""
    return LEVELS.index(area.level) if priority in PROGRAMMES else 0


def _strength(occurrence: Occurrence) -> tuple[int, int]:
    priority = occurrence.schedule.priority
    return priority, rank_of(priority, occurrence.area)


def _decided(first: Occurrence, second: Occurrence) -> Conflict:
    """As terminals do it: the more important interrupts at its start, equals and lesser ones wait; first is never later than second."""
    one, other = _strength(first), _strength(second)
    together = first.starts_at == second.starts_at
    if one == other:
        return Conflict(first, second, "order" if together else "earlier", "waits")
    why = "priority" if one[0] != other[0] else "level"
    if one < other:
        return Conflict(first, second, why, "waits")
    if together:
        return Conflict(second, first, why, "waits")
    if second.schedule.start == "free":
        return Conflict(first, second, "free", "waits")
    if second.schedule.start == "after":
        return Conflict(second, first, why, "after")
    return Conflict(second, first, why, {"resume": "resumes", "skip": "skipped", "mix": "under"}[second.schedule.brk])
