"""What a kind of day makes of programmes: which are heard on it, and whether with music; told anew when a day is marked."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from devices import days as marked
from devices.days import DAY, RESTDAY, Kind, kinds_in, quiet_by, reaches
from devices.models import DayKind, MarkedDay
from playlists import holidays
from playlists.errors import RuleRefused
from playlists.holidays import Public, public_days
from playlists.models import WRITTEN_OUT, Occurrence, Schedule
from station.areas import branch, lineage
from station.models import Area, Person

NAMED_MOST = 12


# the rule


def codes(day: date, marks: Collection[str], public: Public | None) -> frozenset[str]:
    """What a date is: the kinds it is marked with, holiday by the announcement, and always either workday or restday.

    What a person marked counts before the announcement, and workday before holiday: a make-up day that somebody forgot is put right so.
    """
    found = set(marks)
    if "workday" in found:
        found.discard("holiday")
    elif "holiday" in found or (public is not None and public.off):
        found |= {"holiday", RESTDAY}
    elif public is not None or day.weekday() < 5:
        found.add("workday")
    else:
        found.add(RESTDAY)
    return frozenset(found)


def plays(on: Collection[str], off: Collection[str], what: Collection[str]) -> bool:
    """Whether a programme is heard on a day that is all this: one of ``on`` (none named: any day), and none of ``off``."""
    return (not on or any(each in what for each in on)) and not any(each in what for each in off)


def check_days(names: Sequence[str], known: Collection[str], field: str) -> list[str]:
    """Kinds of day that a programme names. Raises RuleRefused."""
    found = sorted(set(names))
    unknown = [each for each in found if each not in known and each != RESTDAY]
    if unknown or len(found) > NAMED_MOST:
        raise RuleRefused(f"no kind of day is called {unknown[0]!r} here" if unknown else f"name at most {NAMED_MOST} kinds of day", field)
    return found


# what counts where


class Days:
    """What kind of day it is between two dates (both count), in one place or (None) in any: read once."""

    def __init__(self, session: Session, first: date, last: date, place: Area | None = None) -> None:
        marks, kinds = select(MarkedDay).where(MarkedDay.last >= first, MarkedDay.first <= last), select(DayKind)
        if place is not None:
            marks, kinds = marks.where(MarkedDay.area_id.in_(lineage(place))), kinds.where(DayKind.area_id.in_(lineage(place)))
        self._marks: dict[int, list[MarkedDay]] = {}
        for row in session.scalars(marks.order_by(MarkedDay.first, MarkedDay.id)):
            self._marks.setdefault(row.area_id, []).append(row)
        self._kinds = list(session.scalars(kinds.order_by(DayKind.id)))
        self._public = public_days(session, range(first.year, last.year + 1))
        self._known: dict[tuple[int, ...], dict[str, Kind]] = {}

    def public(self, day: date) -> Public | None:
        """What the announcement says of a date."""
        return self._public.get(day)

    def kinds(self, area: Area) -> dict[str, Kind]:
        """The kinds that can be marked there."""
        places = tuple(lineage(area))
        if places not in self._known:
            self._known[places] = kinds_in(places, self._kinds)
        return self._known[places]

    def marks(self, area: Area, day: date) -> list[MarkedDay]:
        """What is marked there and above, from the root down."""
        return [each for place in lineage(area) for each in self._marks.get(place, ()) if each.first <= day <= each.last]

    def codes(self, area: Area, day: date) -> frozenset[str]:
        """All that a date is there."""
        return codes(day, [each.code for each in self.marks(area, day)], self.public(day))

    def quiet(self, area: Area, day: date) -> list[str]:
        """In which hours of the date nothing but an emergency begins there, because of what the day is."""
        kinds = self.kinds(area)
        return sorted({span for each in self.marks(area, day) for span in quiet_by(each, kinds)})

    def is_quiet(self, area: Area, local: datetime) -> MarkedDay | None:
        """The mark for which it is quiet at a local time; a span over midnight reaches into the morning after."""
        kinds = self.kinds(area)
        for day in (local.date(), local.date() - DAY):
            for each in self.marks(area, day):
                if any(reaches(span, day, local) for span in quiet_by(each, kinds)):
                    return each
        return None

    def plays(self, schedule: Schedule, area: Area, day: date) -> bool:
        """Whether a programme is heard on a date."""
        if not schedule.on_days and not schedule.off_days:
            return True
        return plays(schedule.on_days or (), schedule.off_days or (), self.codes(area, day))

    def music(self, area: Area, day: date) -> bool:
        """Whether programmes of the place have their music on a date."""
        if not self._marks:
            return True
        kinds = self.kinds(area)
        return all(kinds[each.code].music for each in self.marks(area, day) if each.code in kinds)


def settled(days: Days, schedule: Schedule, area: Area, starts_at: datetime) -> tuple[str, bool]:
    """What becomes of a time of a schedule: ("planned" or "off", with music or without)."""
    if schedule.unrolled_to == WRITTEN_OUT:  # a notice, or what somebody said for these moments and no other
        return "planned", True
    day = starts_at.astimezone(ZoneInfo(schedule.tz)).date()
    return "planned" if days.plays(schedule, area, day) else "off", days.music(area, day)


# the acts


def settle(session: Session, area: Area | None, now: datetime, first: date | None = None, last: date | None = None) -> int:
    """What lies ahead in the branch (None: everywhere) on these days is decided anew; how many times were changed."""
    query = (
        select(Occurrence).join(Area, Area.id == Occurrence.area_id).join(Schedule, Schedule.id == Occurrence.schedule_id)
        .options(selectinload(Occurrence.schedule), selectinload(Occurrence.area))
        .where(Occurrence.starts_at > now, Occurrence.state.in_(("planned", "off")), Schedule.unrolled_to != WRITTEN_OUT)
    )  # fmt: skip
    if area is not None:
        query = query.where(branch(area))
    if first is not None and last is not None:  # a zone lies within a day of UTC
        query = query.where(Occurrence.starts_at >= _midnight(first - DAY), Occurrence.starts_at < _midnight(last + 2 * DAY))
    rows = list(session.scalars(query))
    if not rows:
        return 0
    times = [each.starts_at.date() for each in rows]
    days, changed = Days(session, min(times) - DAY, max(times) + DAY), 0
    for each in rows:
        state, music = settled(days, each.schedule, each.area, each.starts_at)
        if (each.state, each.music) != (state, music):
            each.state, each.music, each.changed_at = state, music, now
            changed += 1
    session.flush()
    return changed


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def mark_day(
    session: Session, person: Person, area: Area, code: str, first: date, last: date, now: datetime, *, hours: Sequence[str] | None = None, note: str = "",
) -> MarkedDay:  # fmt: skip
    """Days are of a kind there and below: terminals learn what is quiet, programmes ahead are settled. Raises NotAllowed, DayRefused, HoursRefused."""
    made = marked.mark(session, person, area, code, first, last, now, hours=hours, note=note)
    settle(session, area, now, first, last)
    return made


def unmark_day(session: Session, person: Person, mark: MarkedDay, now: datetime) -> None:
    """Days like any other again. Raises NotAllowed."""
    area, first, last = mark.area, mark.first, mark.last
    marked.unmark(session, person, mark, now)
    settle(session, area, now, first, last)


def set_kind(
    session: Session, person: Person, area: Area, code: str, now: datetime, *, name: str = "", quiet: Sequence[str] = (), music: bool = True,
) -> DayKind:  # fmt: skip
    """What a kind of day does there and below. Raises NotAllowed, DayRefused, HoursRefused."""
    made = marked.set_kind(session, person, area, code, now, name=name, quiet=quiet, music=music)
    settle(session, area, now)
    return made


def drop_kind(session: Session, person: Person, kind: DayKind, now: datetime) -> None:
    """A kind does what it did before, or is no more. Raises NotAllowed, DayRefused."""
    area = kind.area
    marked.drop_kind(session, person, kind, now)
    settle(session, area, now)


def write_holidays(session: Session, person: Person, root: Area, table: list[Public], now: datetime) -> list[int]:
    """The operator's table of holidays counts from now on; the years it names. Raises NotAllowed."""
    years = holidays.write_table(session, person, root, table, now)
    settle(session, None, now)
    return years
