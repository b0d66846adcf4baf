"""Places, and who did what there."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import StrictBool
from sqlalchemy import select

from admin.api.door import In, Out, Page, auth, doors, refusals
from admin.desk import Refused, areas_for, find_area, person, session
from admin.places import take_away
from admin.second_step import ask_of, must, take_theirs, theirs
from station.models import Area, AuditEntry, Person
from station.people import visible
from station.second_step import codes_left


class AreaOut(Out):
    id: int
    parent_id: int | None
    level: str
    name: str
    code: str | None
    tz: str | None
    dialect: str | None


class Areas(Out):
    areas: list[AreaOut]


class AuditOut(Out):
    id: int
    at: datetime
    person_id: int | None
    act: str
    subject: str
    subject_id: str
    area_id: int | None
    detail: dict[str, Any]


class AuditLog(Out):
    entries: list[AuditOut]


@doors.get("/areas")
@doors.auth_required(auth)
@doors.output(Areas)
def areas() -> Any:
    """The places where the token may look."""
    return {"areas": areas_for("see")}


@doors.delete("/areas/<row:area_id>")
@doors.auth_required(auth)
@doors.output({}, status_code=204)
@refusals
def remove_area(area_id: int) -> Any:
    """A place in which there is nothing any more; 422 names what there still is, and the next step."""
    why = take_away(find_area(area_id))
    if why:
        raise Refused(why)
    return "", 204


@doors.get("/audit")
@doors.auth_required(auth)
@doors.input(Page, location="query")
@doors.output(AuditLog)
def audit(query_data: Page) -> Any:
    """Who did what, newest first, in the branches where the token may read the log."""
    query = select(AuditEntry).join(Area, AuditEntry.area_id == Area.id).where(visible(session(), person(), "audit"))
    if query_data.before is not None:
        query = query.where(AuditEntry.id < query_data.before)
    return {"entries": list(session().scalars(query.order_by(AuditEntry.id.desc()).limit(query_data.limit)))}


class SecondStepIn(In):
    asked: StrictBool


class SecondStepOut(Out):
    asked: bool
    must: bool
    set_up_at: datetime | None
    codes_left: int


def _second_step(found: Person) -> dict[str, Any]:
    return {"asked": found.second_step_asked, "must": must(found), "set_up_at": found.second_step_at, "codes_left": codes_left(session(), found)}


@doors.get("/people/<row:person_id>/second-step")
@doors.auth_required(auth)
@doors.output(SecondStepOut)
def second_step(person_id: int) -> Any:
    """Whether signing in takes a person a second step."""
    return _second_step(theirs(person_id))


@doors.put("/people/<row:person_id>/second-step")
@doors.auth_required(auth)
@doors.input(SecondStepIn)
@doors.output(SecondStepOut)
def ask_second_step(person_id: int, json_data: SecondStepIn) -> Any:
    """Ask a person for it whatever the roles say, or as the roles say."""
    found = theirs(person_id)
    ask_of(found, json_data.asked)
    return _second_step(found)


@doors.delete("/people/<row:person_id>/second-step")
@doors.auth_required(auth)
@doors.output({}, status_code=204)
def take_second_step(person_id: int) -> Any:
    """A lost telephone: the second step goes and the person is signed out everywhere; taking none away changes nothing."""
    take_theirs(theirs(person_id))
    return "", 204
