"""What is due in a place between two moments: what is written out already, and what a rule will still write."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, selectinload

from playlists.calendar import DAY, occurrences, rule_of
from playlists.days import Days, settled
from playlists.errors import NotNow
from playlists.models import Occurrence, Playlist, Schedule
from playlists.playlist import durations
from station.areas import branch, lineage
from station.models import Area

LONGEST = timedelta(hours=6)  # how far back a programme may have begun that is still heard
AHEAD = timedelta(days=400)  # rules are followed so far into the future and not farther
# So many times and rules of places below are looked at for one page; a province has its villages do that themselves.
BELOW_MOST = 400


def heard_in(area: Area, *, below: bool) -> ColumnElement[bool]:
    """SQL condition on Area: what is sent there is heard in this place; with ``below`` also what is sent to places below it."""
    above = Area.id.in_(lineage(area))
    return or_(above, branch(area)) if below else above


def coming(session: Session, area: Area, start: datetime, end: datetime, *, below: bool = True, cancelled: bool = False) -> list[Occurrence]:
    """What begins there in [start, end), in order. What no step has written out yet is given as rows that belong to no session (``id`` None).

    With ``cancelled`` also what is cancelled, or off because of what the day is.
    """
    states = ("planned", "cancelled", "off") if cancelled else ("planned",)
    there = heard_in(area, below=below)
    query = (
        select(Occurrence).join(Area, Occurrence.area_id == Area.id)
        .options(selectinload(Occurrence.schedule), selectinload(Occurrence.area), selectinload(Occurrence.playlist).selectinload(Playlist.items))
        .where(there, Occurrence.starts_at >= start, Occurrence.starts_at < end).order_by(Occurrence.starts_at, Occurrence.id)
    )  # fmt: skip
    written = list(session.scalars(query))
    known = {(each.schedule_id, each.starts_at) for each in written}
    rules = (
        select(Schedule).join(Area, Schedule.area_id == Area.id).options(selectinload(Schedule.area), selectinload(Schedule.playlist).selectinload(Playlist.items))
        .where(there, Schedule.active, or_(Schedule.unrolled_to.is_(None), Schedule.unrolled_to < end), or_(Schedule.until.is_(None), Schedule.until >= start.date() - timedelta(days=2)))
        .order_by(Schedule.id)
    )  # fmt: skip
    ahead = list(session.scalars(rules))
    days = Days(session, start.date() - DAY, end.date() + DAY) if ahead else None
    still = [row for each in ahead for row in _unwritten(each, start, end, days) if (row.schedule_id, row.starts_at) not in known]
    found = [each for each in [*written, *still] if each.state in states]
    return sorted(found, key=lambda each: (each.starts_at, each.schedule_id))


def _unwritten(schedule: Schedule, start: datetime, end: datetime, days: Days | None) -> Iterator[Occurrence]:
    """What the rule will write out between two moments, as rows that belong to no session."""
    begin = max(start, schedule.unrolled_to or schedule.created_at)
    end = min(end, begin + AHEAD)
    for due in occurrences(rule_of(schedule), begin, end) if begin < end else ():
        yield unwritten(schedule, due.starts_at, due.note, days)


def unwritten(schedule: Schedule, starts_at: datetime, note: str = "", days: Days | None = None) -> Occurrence:
    """A time of the schedule as a row that belongs to no session; ``days`` say what becomes of it on such a day."""
    state, music = ("planned", True) if days is None else settled(days, schedule, schedule.area, starts_at)
    return Occurrence(
        schedule_id=schedule.id, playlist_id=schedule.playlist_id, area_id=schedule.area_id, starts_at=starts_at, state=state, music=music, note=note,
        schedule=schedule, playlist=schedule.playlist, area=schedule.area,
    )  # fmt: skip


def written_out(session: Session, schedule: Schedule, starts_at: datetime, now: datetime) -> Occurrence:
    """The time of a schedule as a row of the database, written now when no step has done so. Raises NotNow when it is due at no such moment."""
    found = session.scalar(select(Occurrence).where(Occurrence.schedule_id == schedule.id, Occurrence.starts_at == starts_at))
    if found is not None:
        return found
    begin = max(now, schedule.unrolled_to or schedule.created_at)
    due = next((each for each in occurrences(rule_of(schedule), starts_at, starts_at + timedelta(seconds=1)) if each.starts_at == starts_at), None)
    if due is None or not schedule.active or not begin <= starts_at < begin + AHEAD:
        raise NotNow(f"“{schedule.playlist.title}” is not due at {starts_at:%Y-%m-%d %H:%M} UTC: look at the week again")
    made = unwritten(schedule, starts_at, due.note, Days(session, starts_at.date() - DAY, starts_at.date() + DAY, schedule.area))
    made.created_at = now
    session.add(made)
    session.flush()
    return made


class Lengths:
    """How long programmes are in the dialect of their place, and how many of their items have no sound yet; each is asked once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[int, tuple[timedelta, int]] = {}

    def _of(self, programme: Playlist) -> tuple[timedelta, int]:
        if programme.id not in self._known:
            each = durations(self._session, programme)
            self._known[programme.id] = timedelta(milliseconds=sum(ms or 0 for ms in each)), each.count(None)
        return self._known[programme.id]

    def of(self, programme: Playlist) -> timedelta:
        """What is spoken by now."""
        return self._of(programme)[0]

    def lacking(self, programme: Playlist) -> int:
        return self._of(programme)[1]
