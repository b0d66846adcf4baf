"""The speakers: how they are, letting them in and out, how loud they are."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StrictBool, StrictInt

from admin import devices as device_pages
from admin import home
from admin.api.door import In, Out, Page, RowNumber, Words, auth, doors, refusals, rows
from admin.desk import find, find_area, now, person, session
from broadcast.commands import send_command, update_some
from devices import enrol, where
from devices.models import Terminal
from devices.standing import Standing, by_child, children


class TerminalOut(Out):
    id: int
    did: str
    area_id: int
    name: str
    kind: str
    dialect: str | None
    volume: int
    state: str
    presence: str
    last_seen_at: datetime | None
    clock_error_ms: float | None
    fault: str
    caps: list[str]
    metered: bool
    head: bool


class Terminals(Out):
    terminals: list[TerminalOut]


class PairIn(In):
    code: Annotated[str, Field(min_length=8, max_length=12)]
    area_id: RowNumber
    name: Annotated[Words, Field(min_length=1, max_length=100)]
    dialect: Annotated[str, Field(max_length=8)] | None = None


class VolumeIn(In):
    volume: Annotated[StrictInt, Field(ge=0, le=100)]


class CommandIn(In):
    op: Literal["chime", "report", "stop", "mute", "unmute", "selftest", "log"]


class UpdateIn(In):
    version: Annotated[str, Field(min_length=1, max_length=40)]
    area_id: RowNumber
    percent: Annotated[StrictInt, Field(ge=1, le=100)] = 100


class LineIn(In):
    metered: StrictBool | None = None
    head: StrictBool | None = None


class WhereIn(In):
    lat: Annotated[float, Field(ge=-90, le=90)] | None
    lon: Annotated[float, Field(ge=-180, le=180)] | None


class WhereOut(Out):
    area_id: int
    lat: float | None
    lon: float | None


class StandingOut(Out):
    ready: int
    not_ready: int
    unknown: int


class ChildOut(StandingOut):
    area_id: int
    name: str
    level: str
    state: Literal["ready", "not_ready", "unknown", "none"]
    lat: float | None
    lon: float | None


class StandingsOut(Out):
    area_id: int
    total: StandingOut
    below: list[ChildOut]


class CommandsOut(Out):
    ordered: int


class CommandOut(Out):
    id: str
    op: str
    expires_at: datetime


@doors.get("/terminals")
@doors.auth_required(auth)
@doors.input(Page, location="query")
@doors.output(Terminals)
def list_terminals(query_data: Page) -> Any:
    """The speakers and how they are."""
    return {"terminals": rows(Terminal, query_data)}


@doors.get("/terminals/ready")
@doors.auth_required(auth)
@doors.doc(responses={200: "how many speakers are ready, of how many"})
def ready() -> Any:
    """How many speakers are ready, of how many in service."""
    alive, total = home.speakers(session(), person())
    return {"ready": alive, "total": total}


@doors.get("/terminals/<row:terminal_id>")
@doors.auth_required(auth)
@doors.output(TerminalOut)
def read_terminal(terminal_id: int) -> Any:
    """One speaker."""
    return find(Terminal, terminal_id)


@doors.post("/terminals/pair")
@doors.auth_required(auth)
@doors.input(PairIn)
@doors.output(TerminalOut, status_code=201)
@refusals
def pair(json_data: PairIn) -> Any:
    """Let the terminal in that shows this code."""
    area = find_area(json_data.area_id, "devices")
    return device_pages.let_in(area, json_data.code, json_data.name, json_data.dialect)


@doors.post("/terminals/<row:terminal_id>/revoke")
@doors.auth_required(auth)
@doors.output(TerminalOut)
@refusals
def revoke(terminal_id: int) -> Any:
    """Its papers count no more; it is thrown off the line."""
    found = find(Terminal, terminal_id, "devices")
    enrol.revoke(session(), person=person(), terminal=found, now=now())
    return found


@doors.put("/terminals/<row:terminal_id>/volume")
@doors.auth_required(auth)
@doors.input(VolumeIn)
@doors.output(TerminalOut)
@refusals
def volume(terminal_id: int, json_data: VolumeIn) -> Any:
    """How loud it is, 0 to 100."""
    found = find(Terminal, terminal_id, "devices")
    enrol.change(session(), person=person(), terminal=found, now=now(), volume=json_data.volume)
    return found


@doors.post("/terminals/<row:terminal_id>/chime")
@doors.auth_required(auth)
@doors.output(CommandOut, status_code=202)
@refusals
def chime(terminal_id: int) -> Any:
    """A test chime, now."""
    return send_command(session(), person=person(), terminal=find(Terminal, terminal_id, "devices"), op="chime", now=now())


@doors.post("/terminals/<row:terminal_id>/commands")
@doors.auth_required(auth)
@doors.input(CommandIn)
@doors.output(CommandOut, status_code=202)
@refusals
def command(terminal_id: int, json_data: CommandIn) -> Any:
    """Something now: chime, report, stop, mute, unmute, a silent self-test, its log."""
    op, args = device_pages.TEST_ACTS[json_data.op]
    return send_command(session(), person=person(), terminal=find(Terminal, terminal_id, "devices"), op=op, args=args, now=now())


@doors.patch("/terminals/<row:terminal_id>/line")
@doors.auth_required(auth)
@doors.input(LineIn)
@doors.output(TerminalOut)
@refusals
def line(terminal_id: int, json_data: LineIn) -> Any:
    """Whether every byte of its line is paid for, and whether it serves its neighbours."""
    found = find(Terminal, terminal_id, "devices")
    enrol.change(session(), person=person(), terminal=found, now=now(), metered=json_data.metered, head=json_data.head)
    return found


@doors.post("/terminals/update")
@doors.auth_required(auth)
@doors.input(UpdateIn)
@doors.output(CommandsOut, status_code=202)
@refusals
def update(json_data: UpdateIn) -> Any:
    """A released version for a share of a branch's loudspeakers, on trial; ordered again with a larger share it reaches the rest."""
    area = find_area(json_data.area_id, "devices")
    return {"ordered": len(update_some(session(), person=person(), area=area, version=json_data.version, percent=json_data.percent, now=now()))}


@doors.get("/areas/<row:area_id>/standing")
@doors.auth_required(auth)
@doors.output(StandingsOut)
def read_standing(area_id: int) -> Any:
    """How many speakers are ready, not ready or unknown, in the place and in each place right below."""
    place = find_area(area_id)
    counts = by_child(session(), place)
    rows, itself = children(session(), place, counts), counts.get(place.id, Standing())
    return {
        "area_id": place.id, "total": sum((each for _, each in rows), itself),
        "below": [
            {
                "area_id": each.id, "name": each.name, "level": each.level, "state": counted.worst, "lat": each.lat, "lon": each.lon, "ready": counted.ready,
                "not_ready": counted.not_ready, "unknown": counted.unknown,
            }
            for each, counted in rows
        ],
    }  # fmt: skip


@doors.put("/areas/<row:area_id>/where")
@doors.auth_required(auth)
@doors.input(WhereIn)
@doors.output(WhereOut)
@refusals
def put_where(area_id: int, json_data: WhereIn) -> Any:
    """Where the place lies, in degrees; both null: nobody knows."""
    area = find_area(area_id, "people")
    where.set_where(session(), person=person(), area=area, lat=json_data.lat, lon=json_data.lon, now=now())
    return {"area_id": area.id, "lat": area.lat, "lon": area.lon}
