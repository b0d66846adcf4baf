"""Hours by machine: quiet hours of places, caps and mute of speakers, staggered groups, what fills the pauses."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StrictBool, StrictInt

from admin.api.devices import CommandOut, TerminalOut
from admin.api.door import In, Out, Page, RowNumber, Words, auth, doors, refusals, rows
from admin.desk import find, find_area, now, one_act, person, session
from broadcast.commands import send_command
from devices import enrol, hours
from devices.models import Group, QuietHours, Terminal
from playlists import fill
from playlists.models import Playlist
from station.areas import ancestors

Spans = Annotated[list[Annotated[str, Field(max_length=20)]], Field(max_length=12)]


class QuietIn(In):
    hours: Spans | None


class QuietOut(Out):
    area_id: int
    own: list[str] | None
    hours: list[str]


class CapsIn(In):
    caps: Spans


class CapsOut(Out):
    id: int
    caps: list[str]


class GroupIn(In):
    area_id: RowNumber
    name: Annotated[Words, Field(min_length=1, max_length=100)]
    stagger_ms: Annotated[StrictInt, Field(ge=0, le=enrol.STAGGER_MAX_MS)] = 0


class StaggerIn(In):
    stagger_ms: Annotated[StrictInt, Field(ge=0, le=enrol.STAGGER_MAX_MS)]


class MemberIn(In):
    member: StrictBool


class GroupOut(Out):
    id: int
    area_id: int
    name: str
    stagger_ms: int
    members: list[TerminalOut]


class Groups(Out):
    groups: list[GroupOut]


class FillIn(In):
    playlist_id: RowNumber | None
    hours: Spans = []


class FillOut(Out):
    kind: str
    playlist_id: int | None
    hours: list[str]


class Fills(Out):
    fills: list[FillOut]


class MuteIn(In):
    muted: StrictBool


def _quiet(area: Any) -> dict[str, Any]:
    own = session().get(QuietHours, area.id)
    return {"area_id": area.id, "own": None if own is None else own.hours, "hours": hours.quiet_of(session(), ancestors(session(), area))}


@doors.get("/areas/<row:area_id>/quiet")
@doors.auth_required(auth)
@doors.output(QuietOut)
def read_quiet(area_id: int) -> Any:
    """The quiet hours that count in a place, and its own (null: as above it)."""
    return _quiet(find_area(area_id))


@doors.put("/areas/<row:area_id>/quiet")
@doors.auth_required(auth)
@doors.input(QuietIn)
@doors.output(QuietOut)
@refusals
def put_quiet(area_id: int, json_data: QuietIn) -> Any:
    """Quiet hours of a place and everywhere below: a list, [] for none, null for those of the place above."""
    area = find_area(area_id, "devices")
    hours.set_quiet(session(), person=person(), area=area, hours=json_data.hours, now=now())
    return _quiet(area)


@doors.put("/terminals/<row:terminal_id>/caps")
@doors.auth_required(auth)
@doors.input(CapsIn)
@doors.output(CapsOut)
@refusals
def put_caps(terminal_id: int, json_data: CapsIn) -> Any:
    """How loud a speaker may be at which hours, e.g. 06:00-08:00=40; the whole list."""
    found = find(Terminal, terminal_id, "devices")
    hours.set_caps(session(), person=person(), terminal=found, caps=json_data.caps, now=now())
    return found


@doors.post("/terminals/<row:terminal_id>/mute")
@doors.auth_required(auth)
@doors.input(MuteIn)
@doors.output(CommandOut, status_code=202)
@refusals
def mute(terminal_id: int, json_data: MuteIn) -> Any:
    """Silent but for emergencies until it is unmuted."""
    found = find(Terminal, terminal_id, "devices")
    return send_command(session(), person=person(), terminal=found, op="mute", args={"muted": json_data.muted}, now=now())


@doors.get("/groups")
@doors.auth_required(auth)
@doors.input(Page, location="query")
@doors.output(Groups)
def list_groups(query_data: Page) -> Any:
    """Groups of speakers, and how much later than planned each begins."""
    return {"groups": rows(Group, query_data)}


@doors.post("/groups")
@doors.auth_required(auth)
@doors.input(GroupIn)
@doors.output(GroupOut, status_code=201)
@refusals
def make_group(json_data: GroupIn) -> Any:
    """A group of speakers that are addressed together."""
    area = find_area(json_data.area_id, "devices")
    return enrol.make_group(session(), person=person(), area=area, name=json_data.name, stagger_ms=json_data.stagger_ms, now=now())


@doors.put("/groups/<row:group_id>/stagger")
@doors.auth_required(auth)
@doors.input(StaggerIn)
@doors.output(GroupOut)
@refusals
def put_stagger(group_id: int, json_data: StaggerIn) -> Any:
    """How much later than planned its speakers begin, in milliseconds; 0 for one common start."""
    found = find(Group, group_id, "devices")
    enrol.set_stagger(session(), person=person(), group=found, stagger_ms=json_data.stagger_ms, now=now())
    return found


@doors.put("/groups/<row:group_id>/terminals/<row:terminal_id>")
@doors.auth_required(auth)
@doors.input(MemberIn)
@doors.output(GroupOut)
@refusals
def put_member(group_id: int, terminal_id: int, json_data: MemberIn) -> Any:
    """Put a speaker into the group, or take it out."""
    group, terminal = find(Group, group_id, "devices"), find(Terminal, terminal_id, "devices")
    enrol.set_member(session(), person=person(), group=group, terminal=terminal, member=json_data.member, now=now())
    session().refresh(group)
    return group


@doors.get("/areas/<row:area_id>/fills")
@doors.auth_required(auth)
@doors.output(Fills)
def read_fills(area_id: int) -> Any:
    """What fills the pauses of exactly this place; places above it add theirs."""
    return {"fills": list(fill.fills_of(session(), find_area(area_id)).values())}


def _order(area_id: int, kind: Literal["default", "fallback"], said: FillIn) -> Any:
    area = find_area(area_id, "schedule")
    chosen = find(Playlist, said.playlist_id) if said.playlist_id else None
    with one_act():
        return fill.set_fill(session(), person(), area, kind, chosen, said.hours, now())


@doors.put("/areas/<row:area_id>/fills/default")
@doors.auth_required(auth)
@doors.input(FillIn)
@doors.output(FillOut)
@refusals
def put_default(area_id: int, json_data: FillIn) -> Any:
    """The playlist that sounds in these hours whenever nothing else does; null: none."""
    return _order(area_id, "default", json_data)


@doors.put("/areas/<row:area_id>/fills/fallback")
@doors.auth_required(auth)
@doors.input(FillIn)
@doors.output(FillOut)
@refusals
def put_fallback(area_id: int, json_data: FillIn) -> Any:
    """The playlist that sounds when a programme or the default playlist is not there; null: none."""
    return _order(area_id, "fallback", json_data)
