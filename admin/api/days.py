"""Kinds of day by machine: what a date is in a place, days that are marked, what a kind does, public holidays and make-up working days."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any, Literal

from apiflask import abort
from pydantic import Field, StrictBool
from sqlalchemy import select

from admin.api.door import In, Out, Words, auth, doors, refusals
from admin.api.hours import Spans
from admin.day_words import kind_names
from admin.days import today_in
from admin.desk import find, find_area, now, one_act, person, session
from devices.days import BUILT_IN, Kind, kinds_of
from devices.models import DayKind, MarkedDay
from playlists import days, holidays
from playlists.days import Days
from playlists.holidays import Public
from playlists.lunar import lunar
from station.areas import ancestors
from station.models import Area

FIRST, LAST = date(2000, 1, 3), date(2100, 1, 1)
SHOWN_MOST = 100
Day = Annotated[date, Field(ge=FIRST, le=LAST)]
Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{1,23}$")]


class SpanAsked(In):
    """From ``since`` (today in the place) on, so many ``days``."""

    since: Day | None = None
    days: Annotated[int, Field(ge=1, le=SHOWN_MOST)] = 31


class MarkIn(In):
    """``hours``: quiet in these instead of those of the kind; [] not at all, null as the kind says."""

    code: Code
    first: Day
    last: Day | None = None
    hours: Spans | None = None
    note: Annotated[Words, Field(max_length=200)] = ""


class MarkOut(Out):
    id: int
    area_id: int
    code: str
    first: date
    last: date
    hours: list[str] | None
    note: str


class PublicOut(Out):
    """``off``: nobody works; else a weekend on which one works."""

    day: date
    off: bool
    name: str


class MoonOut(Out):
    year: int
    month: int
    leap: bool
    day: int


class DateOut(Out):
    """``codes``: all that the date is, workday or restday among it. In ``quiet`` hours nothing but an emergency begins."""

    date: date
    codes: list[str]
    quiet: list[str]
    music: bool
    moon: MoonOut | None
    public: PublicOut | None
    marks: list[MarkOut]


class DatesOut(Out):
    area_id: int
    dates: list[DateOut]


class KindIn(In):
    name: Annotated[Words, Field(max_length=60)] = ""
    quiet: Spans = []
    music: StrictBool = True


class KindOut(Out):
    """``built_in``: every place has it; ``words`` is what it is called in the language of the asker."""

    code: str
    name: str
    words: str
    quiet: list[str]
    music: bool
    built_in: bool


class KindsOut(Out):
    area_id: int
    kinds: list[KindOut]


class PublicIn(In):
    day: Day
    off: StrictBool
    name: Annotated[Words, Field(max_length=60)] = ""


class YearIn(In):
    days: Annotated[list[PublicIn], Field(min_length=1, max_length=holidays.LINES_MOST)]


class YearOut(Out):
    """``source``: own (entered here), announced (by the State Council), or "" when nobody has told us: weekends count as they fall."""

    year: int
    source: Literal["own", "announced", ""]
    days: list[PublicOut]


def dates_out(area: Area, first: date, count: int) -> list[dict[str, Any]]:
    """So many dates of a place from ``first`` on."""
    known = Days(session(), first - timedelta(days=1), first + timedelta(days=count), area)
    return [
        {
            "date": day, "codes": sorted(known.codes(area, day)), "quiet": known.quiet(area, day), "music": known.music(area, day), "moon": lunar(day), "public": known.public(day),
            "marks": known.marks(area, day),
        }
        for day in (first + timedelta(days=n) for n in range(count))
    ]  # fmt: skip


def kinds_out(area: Area) -> dict[str, Any]:
    words, found = kind_names(area), kinds_of(session(), area)
    return {"area_id": area.id, "kinds": [kind_out(each, words[each.code]) for each in found.values()]}


def kind_out(kind: Kind, words: str) -> dict[str, Any]:
    return {"code": kind.code, "name": kind.name, "words": words, "quiet": list(kind.quiet), "music": kind.music, "built_in": kind.code in BUILT_IN}


@doors.get("/areas/<row:area_id>/days")
@doors.auth_required(auth)
@doors.input(SpanAsked, location="query")
@doors.output(DatesOut)
def read_days(area_id: int, query_data: SpanAsked) -> Any:
    """What each date is in a place: its kinds, its day of the moon, the public holidays, what is marked there and above."""
    area = find_area(area_id)
    return {"area_id": area.id, "dates": dates_out(area, query_data.since or today_in(area), query_data.days)}


@doors.post("/areas/<row:area_id>/days")
@doors.auth_required(auth)
@doors.input(MarkIn)
@doors.output(MarkOut, status_code=201)
@refusals
def mark_days(area_id: int, json_data: MarkIn) -> Any:
    """Days from ``first`` to ``last`` are of a kind there and below: speakers learn what is quiet, programmes ahead are decided anew."""
    area = find_area(area_id, "schedule")
    with one_act():
        return days.mark_day(
            session(), person(), area, json_data.code, json_data.first, json_data.last or json_data.first, now(), hours=json_data.hours, note=json_data.note
        )


@doors.delete("/days/<row:mark_id>")
@doors.auth_required(auth)
@doors.output({}, status_code=204)
def unmark_days(mark_id: int) -> Any:
    """Days like any other again."""
    found = find(MarkedDay, mark_id, "schedule")
    with one_act():
        days.unmark_day(session(), person(), found, now())
    return ""


@doors.get("/areas/<row:area_id>/day-kinds")
@doors.auth_required(auth)
@doors.output(KindsOut)
def read_kinds(area_id: int) -> Any:
    """The kinds of day that can be marked in a place, and what each does there."""
    return kinds_out(find_area(area_id))


@doors.put("/areas/<row:area_id>/day-kinds/<code>")
@doors.auth_required(auth)
@doors.input(KindIn)
@doors.output(KindsOut)
@refusals
def set_kind(area_id: int, code: str, json_data: KindIn) -> Any:
    """A kind of day of the place's own, or what one of ours does there and below."""
    area = find_area(area_id, "schedule")
    with one_act():
        days.set_kind(session(), person(), area, code, now(), name=json_data.name, quiet=json_data.quiet, music=json_data.music)
    return kinds_out(area)


@doors.delete("/areas/<row:area_id>/day-kinds/<code>")
@doors.auth_required(auth)
@doors.output(KindsOut)
@refusals
def drop_kind(area_id: int, code: str) -> Any:
    """As above the place again; a kind of its own is no more, unless days to come are marked so."""
    area = find_area(area_id, "schedule")
    row = session().scalar(select(DayKind).where(DayKind.area_id == area.id, DayKind.code == code))
    if row is None:
        abort(404)
    with one_act():
        days.drop_kind(session(), person(), row, now())
    return kinds_out(area)


@doors.get("/holidays/<int:year>")
@doors.auth_required(auth)
@doors.output(YearOut)
def read_year(year: int) -> Any:
    """The public holidays and make-up working days of a year."""
    return year_out(year)


@doors.put("/areas/<row:area_id>/holidays")
@doors.auth_required(auth)
@doors.input(YearIn)
@doors.output(YearOut)
@refusals
def write_year(area_id: int, json_data: YearIn) -> Any:
    """The table of the year (or years) that its days name, instead of what was there. The place is the top of the tree: it counts for the station."""
    root = ancestors(session(), find_area(area_id))[0]
    table = [Public(each.day, each.off, each.name) for each in json_data.days]
    with one_act():
        years = days.write_holidays(session(), person(), root, table, now())
    return year_out(years[0])


def year_out(year: int) -> dict[str, Any]:
    """A year for machines; 404 for one that no calendar of ours has."""
    if not FIRST.year <= year <= LAST.year:
        abort(404)
    found = holidays.public_days(session(), [year])
    return {"year": year, "source": holidays.source(session(), year), "days": [found[day] for day in sorted(found)]}
