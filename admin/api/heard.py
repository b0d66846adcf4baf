"""What was heard in a place, by day, programme, dialect and the places below; the month as a file."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any

from apiflask import abort
from flask import Response
from pydantic import Field

from admin import report as report_pages
from admin.api.door import In, Out, auth, doors
from admin.desk import LARGEST_ID, find_area, now, session, zone_of
from admin.heard import LONGEST_DAYS
from broadcast.heard import Asked, Told, below, by_day, by_dialect, by_programme, total, worst
from broadcast.report import days_of
from station.models import Area


class HeardQuery(In):
    """From a day to a day, both counted; without days the last seven. ``playlist_id`` 0: programmes made for places further below."""

    since: date | None = None
    until: date | None = None
    playlist_id: Annotated[int, Field(ge=0, le=LARGEST_ID)] | None = None
    dialect: Annotated[str, Field(max_length=8)] = ""


class MonthQuery(In):
    month: Annotated[str, Field(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")] | None = None


class LinesQuery(MonthQuery):
    lines: bool = False


class FiguresOut(Out):
    expected: int
    heard: int
    partly: int
    not_heard: int
    not_yet: int
    failed: int
    late: list[int]  # how many began at most 50, 200, 1000, 5000, 60000 ms and more late
    late_50_ms: int | None  # half of what began was at most so late; 0: more than a minute
    late_95_ms: int | None


class DayOut(FiguresOut):
    day: str


class ProgrammeOut(FiguresOut):
    playlist_id: int
    title: str


class DialectOut(FiguresOut):
    dialect: str


class PlaceOut(FiguresOut):
    area_id: int
    name: str


class BookOut(Out):
    area_id: int
    since: date
    until: date
    total: FiguresOut
    days: list[DayOut]
    programmes: list[ProgrammeOut]
    dialects: list[DialectOut]
    below: list[PlaceOut]
    worst: list[PlaceOut]  # the villages that missed most in the month of the last day


def figures(told: Told) -> dict[str, Any]:
    counts = {name: getattr(told, name) for name in ("expected", "heard", "partly", "not_heard", "not_yet", "failed")}
    return {**counts, "late": list(told.late), "late_50_ms": told.late_ms(0.5), "late_95_ms": told.late_ms(0.95)}


def book(session: Any, asked: Asked) -> dict[str, Any]:
    """Everything the book says of what is asked for, as plain values."""
    return {
        "area_id": asked.place.id, "since": asked.since, "until": asked.until, "total": figures(total(session, asked)),
        "days": [{"day": day, **figures(told)} for day, told in by_day(session, asked)],
        "programmes": [{"playlist_id": number, "title": title, **figures(told)} for number, title, told in by_programme(session, asked)],
        "dialects": [{"dialect": code, **figures(told)} for code, told in by_dialect(session, asked)],
        "below": [{"area_id": place.id, "name": place.name, **figures(told)} for place, told in below(session, asked)],
        "worst": [{"area_id": place.id, "name": place.name, **figures(told)} for place, told in worst(session, asked.place, asked.month)],
    }  # fmt: skip


@doors.get("/areas/<row:area_id>/heard")
@doors.auth_required(auth)
@doors.input(HeardQuery, location="query")
@doors.output(BookOut)
def read_book(area_id: int, query_data: HeardQuery) -> Any:
    """What became of the hearings (one programme at one speaker) of the place and everything below it."""
    place = find_area(area_id)
    until = query_data.until or now().astimezone(zone_of(place)).date()
    since = query_data.since or until - timedelta(days=min(6, until.toordinal() - 1))
    if not 0 <= (until - since).days <= LONGEST_DAYS:
        abort(422, message=f"since lies at most {LONGEST_DAYS} days before until", detail={"query": {"since": ["not so many days before until"]}})
    return book(session(), Asked(place, since, until, query_data.playlist_id, query_data.dialect))


def _month(place: Area, query: MonthQuery) -> str:
    month = query.month or now().astimezone(zone_of(place)).date().isoformat()[:7]
    try:
        days_of(month)
    except ValueError as error:
        abort(422, message=str(error), detail={"query": {"month": [str(error)]}})
    return month


@doors.get("/areas/<row:area_id>/heard/report.xlsx")
@doors.auth_required(auth)
@doors.input(MonthQuery, location="query")
@doors.doc(responses={200: "the workbook"})
def read_workbook(area_id: int, query_data: MonthQuery) -> Response:
    """The month of the place as a workbook."""
    place = find_area(area_id)
    return report_pages.workbook(place, _month(place, query_data))


@doors.get("/areas/<row:area_id>/heard/report.csv")
@doors.auth_required(auth)
@doors.input(LinesQuery, location="query")
@doors.doc(responses={200: "the table"})
def read_table(area_id: int, query_data: LinesQuery) -> Response:
    """The month as a table, a line a place; with ``lines`` a line for each place, day, programme and dialect."""
    place = find_area(area_id)
    return report_pages.table(place, _month(place, query_data), query_data.lines)
