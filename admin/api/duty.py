"""The duty book for machines."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field

from admin import duty
from admin.api.door import In, Out, RowNumber, Words, auth, doors, refusals
from admin.desk import LARGEST_ID, find_area, now
from station.duty import TEXT_MOST, Line


class DutyLineOut(Out):
    at: datetime
    area_id: int | None
    person: str | None
    kind: str
    text: str
    relieves: str | None
    subject: str
    subject_id: str


class Book(Out):
    on_duty: str | None
    since: datetime | None
    lines: list[DutyLineOut]


class DutyQuery(In):
    area_id: Annotated[int, Field(ge=1, le=LARGEST_ID)]
    days: Annotated[int, Field(ge=1, le=duty.DAYS_MOST)] = duty.DAYS


class DutyIn(In):
    area_id: RowNumber
    kind: Literal["on", "off", "note"]
    text: Annotated[Words, Field(max_length=TEXT_MOST)] = ""


def _line(line: Line) -> dict[str, Any]:
    return {
        "at": line.at, "area_id": line.area.id if line.area else None, "person": line.person.login if line.person else None, "kind": line.kind, "text": line.text,
        "relieves": line.other.login if line.other else None, "subject": line.subject, "subject_id": line.subject_id,
    }  # fmt: skip


def _book(area_id: int, days: int) -> dict[str, Any]:
    watch, rows = duty.read(find_area(area_id), now() - timedelta(days=days), now() + timedelta(seconds=1))
    return {"on_duty": watch.person.login if watch else None, "since": watch.since if watch else None, "lines": [_line(each) for each in rows]}


@doors.get("/duty")
@doors.auth_required(auth)
@doors.input(DutyQuery, location="query")
@doors.output(Book)
def duty_book(query_data: DutyQuery) -> Any:
    """Who is on in a place, and the lines of the last days there and below, with what was said meanwhile; newest first."""
    return _book(query_data.area_id, query_data.days)


@doors.post("/duty")
@doors.auth_required(auth)
@doors.input(DutyIn)
@doors.output(Book, status_code=201)
@refusals
def write_duty(json_data: DutyIn) -> Any:
    """A line: on (whoever was on is relieved), off, note. It stays."""
    duty.write(find_area(json_data.area_id), json_data.kind, json_data.text)
    return _book(json_data.area_id, duty.DAYS)
