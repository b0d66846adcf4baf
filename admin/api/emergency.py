"""Emergencies by machine: order, release, new words, all clear, cancel, report; phrases of a place; stop."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from apiflask import abort
from pydantic import Field, StrictBool, StrictInt

from admin.alerts_out import press
from admin.api.door import In, Out, RowNumber, Words, auth, doors, refusals
from admin.desk import demand_anywhere, desk, find_area, now, one_act, person, ring_bell, session
from admin.emergency import find_emergency, seen
from broadcast import emergency, notices, stopping
from broadcast.emergency_report import report
from broadcast.models import Emergency, EmergencyPhrase

Level = Literal["red", "orange", "yellow", "blue"]
Texts = dict[Annotated[str, Field(max_length=16)], Annotated[Words, Field(max_length=emergency.TEXT_MOST)]]


class OrderIn(In):
    """``texts`` by written language; ``phrase_id`` is stored beforehand; ``minutes`` until it ends by itself."""

    area_ids: Annotated[list[RowNumber], Field(min_length=1, max_length=200)]
    level: Level = "red"
    title: Annotated[str, Field(max_length=200)] = ""
    texts: Texts = {}
    phrase_id: RowNumber | None = None
    drill: StrictBool = False
    siren: StrictBool = True
    repeats: Annotated[StrictInt, Field(ge=1, le=50)] = emergency.REPEATS
    minutes: Annotated[StrictInt, Field(ge=1, le=24 * 60)] = 30


class WordsIn(In):
    texts: Texts
    title: Annotated[str, Field(max_length=200)] = ""


class ClearIn(In):
    texts: Texts = {}


class EmergencyOut(Out):
    id: int
    key: str
    state: str
    how: str
    level: str
    source: str
    drill: bool
    all_clear: bool
    title: str
    texts: dict[str, str]
    area_ids: list[int]
    starts_at: datetime
    until: datetime
    ordered_at: datetime
    released_at: datetime | None
    ended_at: datetime | None


class Emergencies(Out):
    emergencies: list[EmergencyOut]


class LineOut(Out):
    """How far it came at one speaker; the terminal's own times."""

    terminal_id: int
    name: str
    state: str
    sent: datetime | None
    received: datetime | None
    started: datetime | None
    finished: datetime | None
    heard: int
    problem: str


class ReportOut(Out):
    ordered_at: datetime
    terminals: int
    sent: int
    received: int
    started: int
    finished: int
    first_sound_p50_ms: float | None
    first_sound_p99_ms: float | None
    lines: list[LineOut]


class PhraseIn(In):
    title: Annotated[Words, Field(min_length=1, max_length=60)]
    texts: Texts
    level: Level = "red"


class PhraseOut(Out):
    id: int
    area_id: int
    place: int
    title: str
    level: str
    texts: dict[str, str]


class Phrases(Out):
    phrases: list[PhraseOut]


class EndedOut(Out):
    programmes: int
    emergencies: int
    zones: int


def _told(row: Emergency) -> dict[str, Any]:
    names = [name for name in EmergencyOut.model_fields if name != "area_ids"]
    return {name: getattr(row, name) for name in names} | {"area_ids": [area.id for area in row.areas]}


@doors.get("/emergencies")
@doors.auth_required(auth)
@doors.output(Emergencies)
def read_emergencies() -> Any:
    """The latest that are heard in places of yours, the newest first."""
    return {"emergencies": [_told(each) for each in seen(session(), person())]}


class MessageOut(Out):
    """``content`` is the CAP (XML), or the EBD package (TAR) in base 64; ``lost`` says in words what the format cannot carry."""

    identifier: str
    kind: str
    form: str
    content: str
    lost: list[str]


class MessageQuery(In):
    form: Literal["cap", "ebm"] = "cap"
    resource: Annotated[str, Field(max_length=23)] = ""


@doors.get("/emergencies/<row:emergency_id>/message")
@doors.auth_required(auth)
@doors.input(MessageQuery, location="query")
@doors.output(MessageOut)
@refusals
def emergency_for_others(emergency_id: int, query_data: MessageQuery) -> Any:
    """How others are told of it: what holds now, or how it ended, as CAP 1.2 (signed) or as an EBD package (``resource``: our number there)."""
    row = find_emergency(emergency_id)
    if row.released_at is None:
        abort(409, message="nobody has released it yet: nobody else is told")
    ours = press()
    out = ours.last(row)
    if query_data.form == "cap":
        xml, lost = ours.cap(row, now())
        return {"identifier": out.identifier, "kind": out.kind, "form": "cap", "content": xml.decode(), "lost": lost}
    _number, packed, lost = ours.ebm(row, query_data.resource, now())
    return {"identifier": out.identifier, "kind": out.kind, "form": "ebm", "content": base64.b64encode(packed).decode(), "lost": lost}


@doors.post("/emergencies")
@doors.auth_required(auth)
@doors.input(OrderIn)
@doors.output(EmergencyOut, status_code=201)
@refusals
def order_emergency(json_data: OrderIn) -> Any:
    """Order one: live at once, or ``proposed`` until a second person releases it."""
    areas = [find_area(each, "emergency") for each in json_data.area_ids]
    what = emergency.Order(
        level=json_data.level, title=json_data.title, texts=json_data.texts, phrase=session().get(EmergencyPhrase, json_data.phrase_id or 0),
        drill=json_data.drill, siren=json_data.siren, repeats=json_data.repeats, lasts=timedelta(minutes=json_data.minutes),
    )  # fmt: skip
    with one_act():
        row = emergency.order(session(), areas, what, now(), person=person(), two_persons=desk().settings.two_persons)
    ring_bell()
    return _told(row)


@doors.get("/emergencies/<row:number>")
@doors.auth_required(auth)
@doors.output(EmergencyOut)
def read_emergency(number: int) -> Any:
    """One emergency as it is now."""
    return _told(find_emergency(number))


@doors.get("/emergencies/<row:number>/report")
@doors.auth_required(auth)
@doors.output(ReportOut)
def read_report(number: int) -> Any:
    """Ordered, sent, received, started, finished: per speaker, with times, as far as is known."""
    row = find_emergency(number)
    told = report(session(), row)
    lines = [
        {
            "terminal_id": each.terminal.id, "name": each.terminal.name, "state": each.state, "sent": each.sent, "received": each.received,
            "started": each.started, "finished": each.finished, "heard": each.heard, "problem": each.problem,
        }
        for each in told.lines
    ]  # fmt: skip
    return {"ordered_at": row.ordered_at, **told.counts, "first_sound_p50_ms": told.share(50), "first_sound_p99_ms": told.share(99), "lines": lines}


@doors.post("/emergencies/<row:number>/release")
@doors.auth_required(auth)
@doors.output(EmergencyOut)
@refusals
def release_emergency(number: int) -> Any:
    """The second person agrees."""
    row = find_emergency(number)
    with one_act():
        emergency.release(session(), row, person(), now())
    ring_bell()
    return _told(row)


@doors.post("/emergencies/<row:number>/all-clear")
@doors.auth_required(auth)
@doors.input(ClearIn)
@doors.output(EmergencyOut)
@refusals
def clear_emergency(number: int, json_data: ClearIn) -> Any:
    """It ends at once, and that it is over is said once."""
    row = find_emergency(number)
    with one_act():
        emergency.all_clear(session(), row, person(), now(), json_data.texts)
    ring_bell()
    return _told(row)


@doors.post("/emergencies/<row:number>/cancel")
@doors.auth_required(auth)
@doors.output(EmergencyOut)
@refusals
def cancel_emergency(number: int) -> Any:
    """It ends at once, without a word."""
    row = find_emergency(number)
    with one_act():
        emergency.cancel(session(), row, person(), now())
    ring_bell()
    return _told(row)


@doors.put("/emergencies/<row:number>/words")
@doors.auth_required(auth)
@doors.input(WordsIn)
@doors.output(EmergencyOut)
@refusals
def reword_emergency(number: int, json_data: WordsIn) -> Any:
    """Other words from now on: what is being said is heard out first."""
    row = find_emergency(number)
    with one_act():
        emergency.reword(session(), row, person(), now(), json_data.texts, json_data.title)
    ring_bell()
    return _told(row)


@doors.get("/areas/<row:area_id>/phrases")
@doors.auth_required(auth)
@doors.output(Phrases)
def read_phrases(area_id: int) -> Any:
    """What may be said at a touch in this place: its own phrases, then those of the places above it; at most six."""
    return {"phrases": list(emergency.phrases_for(session(), find_area(area_id)))}


@doors.put("/areas/<row:area_id>/phrases/<row:place>")
@doors.auth_required(auth)
@doors.input(PhraseIn)
@doors.output(PhraseOut)
@refusals
def put_phrase(area_id: int, place: int, json_data: PhraseIn) -> Any:
    """The phrase at this place (1 to 6), spoken and placed on the speakers from now on."""
    area = find_area(area_id, "emergency")
    with one_act():
        said = {"title": json_data.title, "texts": json_data.texts, "level": json_data.level}
        return emergency.save_phrase(session(), area, place, person(), now(), **said)  # type: ignore[arg-type]


@doors.post("/stop")
@doors.auth_required(auth)
@doors.output(EndedOut)
@refusals
def stop_what_i_started() -> Any:
    """Everything I started ends: programmes, emergencies, and notices that wait."""
    demand_anywhere("play")
    done = notices.stop_mine(session(), person(), now())
    ring_bell()
    return done


@doors.post("/areas/<row:area_id>/stop")
@doors.auth_required(auth)
@doors.output(EndedOut)
@refusals
def stop_area(area_id: int) -> Any:
    """Everything that sounds there and below ends, except emergencies."""
    done = stopping.stop_area(session(), person(), find_area(area_id, "play"), now())
    ring_bell()
    return done
