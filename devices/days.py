"""What kind of day it is in a place and below it: an examination, a funeral, a market, a holiday, and how quiet such a day is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from devices.models import DayKind, MarkedDay, Terminal
from devices.wanted import new_wants
from station import audit
from station.areas import branch, lineage
from station.hours import HoursRefused, read_spans, within
from station.models import Area, Person
from station.people import require
from wire.messages import QUIET_DAYS_MAX

WHOLE_DAY = "00:00-24:00"
DAY = timedelta(days=1)
LONGEST_DAYS = 62  # a mark longer than a school holiday is a mistake of the pen
AHEAD = timedelta(days=800)
QUIET_DAYS_MOST = QUIET_DAYS_MAX  # parts of days that a terminal remembers
_CODE = re.compile(r"[a-z][a-z0-9_-]{1,23}\Z")


class DayRefused(ValueError):
    """A mark or a kind of day that cannot be; ``field`` names the field of the form."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Kind:
    """What a kind of day does: in ``quiet`` hours nothing but an emergency begins; without ``music`` programmes of the place leave music out.
    ``name`` is empty for the built-in ones, which every language has a word for."""

    code: str
    name: str = ""
    quiet: tuple[str, ...] = ()
    music: bool = True


BUILT_IN = {
    each.code: each
    for each in (
        Kind("holiday"), Kind("exam", quiet=("08:00-12:00", "14:00-17:00")), Kind("market"), Kind("funeral", quiet=(WHOLE_DAY,), music=False),
        Kind("workday"),
    )
}  # fmt: skip
# What programmes may name besides: a day on which people do not go to work, weekends too. It follows from the others and is never marked.
RESTDAY = "restday"


# what counts where


def kinds_in(places: Iterable[int], rows: Iterable[DayKind]) -> dict[str, Kind]:
    """The kinds that count in the last of these places (ids from the root down): built in, changed or added on the way down."""
    by_place: dict[int, list[DayKind]] = {}
    for row in rows:
        by_place.setdefault(row.area_id, []).append(row)
    found = dict(BUILT_IN)
    for place in places:
        found.update({row.code: Kind(row.code, row.name, tuple(row.quiet), row.music) for row in by_place.get(place, ())})
    return found


def kinds_of(session: Session, area: Area) -> dict[str, Kind]:
    """The kinds of day that can be marked in this place."""
    places = lineage(area)
    return kinds_in(places, session.scalars(select(DayKind).where(DayKind.area_id.in_(places)).order_by(DayKind.area_id, DayKind.code)))


def quiet_by(mark: MarkedDay, kinds: Mapping[str, Kind]) -> tuple[str, ...]:
    """The quiet hours of a marked day: those of the mark itself, else of its kind."""
    if mark.hours is not None:
        return tuple(mark.hours)
    kind = kinds.get(mark.code)
    return kind.quiet if kind is not None else ()


def marks_of(session: Session, places: Sequence[int], first: date, last: date) -> list[MarkedDay]:
    """What is marked in exactly these places on days between (both count), by day."""
    query = select(MarkedDay).where(MarkedDay.area_id.in_(places), MarkedDay.last >= first, MarkedDay.first <= last)
    return list(session.scalars(query.order_by(MarkedDay.first, MarkedDay.id)))


def days_of(mark: MarkedDay) -> Iterable[date]:
    """Every day of a mark."""
    return (date.fromordinal(number) for number in range(mark.first.toordinal(), mark.last.toordinal() + 1))


@dataclass(frozen=True)
class QuietDays:
    """Which days are quiet where: read once for many terminals."""

    marks: dict[int, list[MarkedDay]]
    kinds: list[DayKind]

    def of(self, places: Sequence[int]) -> list[tuple[date, tuple[str, ...]]]:
        """The quiet days of the last of these places, each with its hours, the earliest first; at most QUIET_DAYS_MOST parts of days."""
        quiet, count = [], 0
        for day, hours in self._all(places):
            count += len(hours)
            if count > QUIET_DAYS_MOST:
                break
            quiet.append((day, hours))
        return quiet

    def _all(self, places: Sequence[int]) -> list[tuple[date, tuple[str, ...]]]:
        if not any(each in self.marks for each in places):
            return []
        kinds = kinds_in(places, self.kinds)
        found: dict[date, set[str]] = {}
        for place in places:
            for mark in self.marks.get(place, ()):
                for day in days_of(mark):
                    found.setdefault(day, set()).update(quiet_by(mark, kinds))
        return [(day, (WHOLE_DAY,) if WHOLE_DAY in found[day] else tuple(sorted(found[day]))) for day in sorted(found) if found[day]]

    def parts(self, places: Sequence[int]) -> int:
        """How many parts of days a terminal there has to remember."""
        return sum(len(hours) for _day, hours in self._all(places))

    def is_quiet(self, places: Sequence[int], local: datetime) -> bool:
        """Whether one of these days makes it quiet there at a local time; a span over midnight reaches into the morning after."""
        known = {day: hours for day, hours in self.of(places) if local.date() - DAY <= day <= local.date()}
        return any(reaches(span, day, local) for day, hours in known.items() for span in hours)


def reaches(span: str, day: date, local: datetime) -> bool:
    """Whether a span of hours that begins on a day reaches a local moment; "22:00-06:00" goes over midnight."""
    over = span[:5] > span[6:]
    if local.date() == day:
        return within([f"{span[:5]}-24:00" if over else span], local.time())
    return over and local.date() == day + DAY and within([f"00:00-{span[6:]}"], local.time())


def quiet_days(session: Session, places: Iterable[int], since: date) -> QuietDays:
    """What is marked in any of these places from a day on."""
    ids = list(places)
    marks: dict[int, list[MarkedDay]] = {}
    for mark in session.scalars(select(MarkedDay).where(MarkedDay.area_id.in_(ids), MarkedDay.last >= since).order_by(MarkedDay.first, MarkedDay.id)):
        marks.setdefault(mark.area_id, []).append(mark)
    kinds = list(session.scalars(select(DayKind).where(DayKind.area_id.in_(ids)))) if marks else []
    return QuietDays(marks, kinds)


# the acts


def mark(
    session: Session, person: Person, area: Area, code: str, first: date, last: date, now: datetime, *, hours: Sequence[str] | None = None, note: str = "",
) -> MarkedDay:  # fmt: skip
    """These days (both count) are of this kind there and below. ``hours``: quiet in these instead of those of the kind; [] not at all.

    Every terminal below learns what is quiet. Raises NotAllowed, DayRefused, HoursRefused.
    """
    require(session, person, "schedule", area)
    kind = kinds_of(session, area).get(code)
    if kind is None:
        raise DayRefused(f"no kind of day is called {code!r} in {area.name}: add it first, or take one of {', '.join(kinds_of(session, area))}", "code")
    today = now.date()
    if last < first:
        raise DayRefused(f"the last day {last} lies before the first day {first}: exchange them", "last")
    if last < today - timedelta(days=1):
        raise DayRefused(f"{last} is over: choose a day to come", "last")
    if first > today + AHEAD or (last - first).days >= LONGEST_DAYS:
        raise DayRefused(f"mark at most {LONGEST_DAYS} days at once, and not farther ahead than {AHEAD.days} days", "last")
    spans = None if hours is None else read_spans(hours)
    if any(each.code == code for each in marks_of(session, [area.id], first, last)):
        raise DayRefused(f"this day is marked so already in {area.name}: take that mark away first", "code")
    made = MarkedDay(area_id=area.id, code=code, first=first, last=last, hours=spans, note=note.strip()[:200], made_by_id=person.id, created_at=now)
    session.add(made)
    session.flush()
    if quiet_by(made, {code: kind}):
        _fits(session, area, today)
        _tell(session, area)
    audit.record(
        session, person=person, act="mark day", subject="day", subject_id=made.id, area=area, now=now, code=code, first=first.isoformat(), last=last.isoformat(),
        hours=spans,
    )  # fmt: skip
    return made


def unmark(session: Session, person: Person, mark: MarkedDay, now: datetime) -> None:
    """It is a day like any other again. Raises NotAllowed."""
    area = mark.area
    require(session, person, "schedule", area)
    quiet = bool(quiet_by(mark, kinds_of(session, area)))
    audit.record(
        session, person=person, act="unmark day", subject="day", subject_id=mark.id, area=area, now=now, code=mark.code, first=mark.first.isoformat(),
        last=mark.last.isoformat(), hours=mark.hours,
    )  # fmt: skip
    session.delete(mark)
    session.flush()
    if quiet:
        _tell(session, area)


def set_kind(
    session: Session, person: Person, area: Area, code: str, now: datetime, *, name: str = "", quiet: Sequence[str] = (), music: bool = True,
) -> DayKind:  # fmt: skip
    """A kind of day of one's own, or what a built-in one does there and below. Raises NotAllowed, DayRefused, HoursRefused."""
    require(session, person, "schedule", area)
    if not _CODE.match(code) or code == RESTDAY:
        raise DayRefused("a kind of day is named by 2 to 24 small letters, digits, - and _, beginning with a letter", "code")
    name = name.strip()[:60]
    if code not in BUILT_IN and not name:
        raise DayRefused("give the kind of day a name", "name")
    spans = read_spans(quiet)
    row = session.scalar(select(DayKind).where(DayKind.area_id == area.id, DayKind.code == code))
    before = {"name": row.name, "quiet": list(row.quiet), "music": row.music} if row is not None else None
    if row is None:
        row = DayKind(area_id=area.id, code=code)
        session.add(row)
    row.name, row.quiet, row.music, row.changed_at = name, spans, music, now
    session.flush()
    _fits(session, area, now.date())
    _tell(session, area)
    audit.record(
        session, person=person, act="day kind", subject="area", subject_id=area.id, area=area, now=now, code=code, before=before,
        after={"name": name, "quiet": spans, "music": music},
    )  # fmt: skip
    return row


def drop_kind(session: Session, person: Person, kind: DayKind, now: datetime) -> None:
    """What was said of a kind there goes: a built-in one is as it was, one's own is no more. Raises NotAllowed; DayRefused while days are marked so."""
    area = kind.area
    require(session, person, "schedule", area)
    marked = select(MarkedDay.id).join(Area, Area.id == MarkedDay.area_id).where(branch(area), MarkedDay.code == kind.code, MarkedDay.last >= now.date())
    if kind.code not in BUILT_IN and session.scalar(marked.limit(1)) is not None:
        raise DayRefused(f"days to come are marked “{kind.name}”: take those marks away first", "code")
    audit.record(session, person=person, act="day kind", subject="area", subject_id=area.id, area=area, now=now, code=kind.code, before={"name": kind.name}, after=None)
    session.delete(kind)
    session.flush()
    _tell(session, area)


def _fits(session: Session, area: Area, today: date) -> None:
    """DayRefused when a terminal anywhere in the branch would have more to remember than it can (the act is then not to be committed)."""
    above = lineage(area)
    below = list(session.scalars(select(Area).where(branch(area), or_(Area.id.in_(select(MarkedDay.area_id)), Area.id.in_(select(DayKind.area_id)), Area.id == area.id))))
    known = quiet_days(session, {*above, *(number for each in below for number in lineage(each))}, today - DAY)
    full = next((each for each in below if known.parts(lineage(each)) > QUIET_DAYS_MOST), None)
    if full is not None:
        raise DayRefused(f"more than {QUIET_DAYS_MOST} quiet days, or hours of such days, would lie ahead in {full.name}: a speaker cannot remember them all", "last")


def _tell(session: Session, area: Area) -> None:
    new_wants(session, Terminal.area_id.in_(select(Area.id).where(branch(area))))


__all__ = [
    "BUILT_IN", "RESTDAY", "WHOLE_DAY", "DayRefused", "HoursRefused", "Kind", "QuietDays", "days_of", "drop_kind", "kinds_in", "kinds_of", "mark", "marks_of",
    "quiet_by", "quiet_days", "reaches", "set_kind", "unmark",
]  # fmt: skip
