"""The week of a place by machine: what is heard there with its remarks; a time is moved or left out, this one or all that follow."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Any

from apiflask import abort
from pydantic import AwareDatetime, Field, StrictBool

from admin import clashes
from admin import week as pages
from admin.api.days import DateOut, dates_out
from admin.api.door import In, Out, auth, doors, refusals
from admin.api.playlists import ClashOut, ScheduleOut, said
from admin.desk import find, find_area, now, one_act, person, session, zone_of
from playlists import moving
from playlists.models import Schedule
from playlists.slots import Slot

FIRST, LAST = date(2000, 1, 3), date(2100, 1, 1)


class WeekAsked(In):
    since: Annotated[date, Field(ge=FIRST, le=LAST)] | None = None


class ProgrammeRemarkOut(Out):
    """``what``: resumes, skipped, under, after, waits (what becomes of it), before (it is heard first), gap, empty, unspoken, quiet."""

    what: str
    schedule_id: int | None
    starts_at: datetime | None
    by_ms: int
    count: int
    words: str


class SlotOut(Out):
    """``occurrence_id`` is null while no step has written it out; ``locked``: it comes from a place above that is not yours to change."""

    schedule_id: int
    occurrence_id: int | None
    playlist_id: int
    area_id: int
    title: str
    starts_at: datetime
    ends_at: datetime
    state: str
    priority: int
    locked: bool
    movable: bool
    remarks: list[ProgrammeRemarkOut]


class WeekDayOut(DateOut):
    slots: list[SlotOut]


class WeekOut(Out):
    area_id: int
    tz: str
    quiet: list[str]
    below: bool
    days: list[WeekDayOut]


class MoveIn(In):
    at: AwareDatetime
    to: AwareDatetime
    following: StrictBool = False


class LeaveOutIn(In):
    at: AwareDatetime
    following: StrictBool = False


class MovedOut(ScheduleOut):
    conflicts: list[ClashOut]


def slot_out(slot: Slot, found: pages.Week) -> dict[str, Any]:
    """A slot for machines."""
    each = slot.occurrence
    return {
        "schedule_id": each.schedule_id, "occurrence_id": each.id, "playlist_id": each.playlist_id, "area_id": each.area_id, "title": each.playlist.title,
        "starts_at": each.starts_at, "ends_at": slot.ends_at, "state": each.state, "priority": each.schedule.priority, "locked": pages.locked(each, found.area),
        "movable": pages.movable(each),
        "remarks": [
            {
                "what": one.what, "schedule_id": one.other.schedule_id if one.other else None, "starts_at": one.other.starts_at if one.other else None,
                "by_ms": one.by // timedelta(milliseconds=1), "count": one.count, "words": clashes.in_words(one, each.starts_at),
            }
            for one in slot.remarks
        ],
    }  # fmt: skip


@doors.get("/areas/<row:area_id>/week")
@doors.auth_required(auth)
@doors.input(WeekAsked, location="query")
@doors.output(WeekOut)
def read_week(area_id: int, query_data: WeekAsked) -> Any:
    """Seven days from ``since`` on (today, in the time of the place): everything that is heard there, of places above and below it too."""
    area = find_area(area_id)
    found = pages.week_of(area, query_data.since or now().astimezone(zone_of(area)).date())
    told = dates_out(area, found.first, len(found.days))
    days = [one | {"slots": [slot_out(each, found) for each in day.slots]} for one, day in zip(told, found.days, strict=True)]
    return {"area_id": area.id, "tz": str(found.zone), "quiet": found.quiet, "below": found.below, "days": days}


@doors.post("/schedules/<row:schedule_id>/moves")
@doors.auth_required(auth)
@doors.input(MoveIn)
@doors.output(MovedOut, status_code=201)
@refusals
def move(schedule_id: int, json_data: MoveIn) -> Any:
    """The time ``at`` is heard at ``to`` instead, with ``following`` all later ones likewise: the schedule that says so now, and what it meets."""
    found = find(Schedule, schedule_id, "schedule")
    following = json_data.following and found.kind != "once"
    there = pages.meets(found, json_data.at, json_data.to, following)
    with one_act():
        made = moving.move(session(), person(), found, json_data.at, json_data.to, following, now())
    return ScheduleOut.model_validate(made).model_dump() | {"conflicts": said(there)}


@doors.post("/schedules/<row:schedule_id>/leave-out")
@doors.auth_required(auth)
@doors.input(LeaveOutIn)
@doors.output(ScheduleOut)
@refusals
def leave_out(schedule_id: int, json_data: LeaveOutIn) -> Any:
    """The time ``at`` is not heard, with ``following`` none after it."""
    found = find(Schedule, schedule_id, "schedule")
    if not FIRST <= json_data.at.date() <= LAST:
        abort(422, message=f"dates lie between {FIRST} and {LAST}", detail={"json": {"at": ["no such day"]}})
    with one_act():
        moving.leave_out(session(), person(), found, json_data.at, json_data.following, now())
    return found
