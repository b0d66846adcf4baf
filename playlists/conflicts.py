"""Who is heard when two programmes fall on the same moment and place, why, and what becomes of the other: as terminals decide it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from playlists.coming import LONGEST, Lengths, coming
from playlists.models import Occurrence
from station.areas import is_below
from station.models import LEVELS, Area

__all__ = ["LONGEST", "Conflict", "conflicts", "decided", "meet", "overlapping", "rank_of"]

# The priorities of programmes: upper level, own (GD/J 084 section 6.4).
PROGRAMMES = (5, 6)


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
    found = coming(session, area, start - LONGEST, end)
    return [each for each in overlapping(found, Lengths(session)) if max(each.winner.starts_at, each.loser.starts_at) >= start]


def overlapping(found: Sequence[Occurrence], lengths: Lengths) -> list[Conflict]:
    """Which of these, in order of time, overlap in a place that hears both."""
    open_now: list[tuple[Occurrence, datetime]] = []
    pairs: list[Conflict] = []
    for later in found:
        open_now = [each for each in open_now if each[1] > later.starts_at or each[0].starts_at == later.starts_at]
        pairs += [decided(each, later) for each, _ends in open_now if meet(each.area, later.area)]
        open_now.append((later, later.starts_at + lengths.of(later.playlist)))
    return pairs


def meet(one: Area, other: Area) -> bool:
    """Whether some place hears both."""
    return is_below(one, other) or is_below(other, one)


def rank_of(priority: int, area: Area) -> int:
    """Among programmes the place on the upper level comes first: 0 centre, 1 province .. 7 campus; what is not a programme has one rank."""
    return LEVELS.index(area.level) if priority in PROGRAMMES else 0


def _strength(occurrence: Occurrence) -> tuple[int, int]:
    priority = occurrence.schedule.priority
    return priority, rank_of(priority, occurrence.area)


def decided(first: Occurrence, second: Occurrence) -> Conflict:
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
