"""Places, and who did what there."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from admin.api.door import Out, Page, auth, doors, refusals
from admin.desk import Refused, areas_for, find_area, person, session
from admin.places import take_away
from station.models import Area, AuditEntry
from station.people import visible


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
