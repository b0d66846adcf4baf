"""Programmes, and when and where they are heard."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal

from apiflask import abort
from pydantic import Field, StrictInt
from sqlalchemy import select

from admin import clashes
from admin.api.door import In, Out, Page, RowNumber, Words, auth, doors, refusals, rows
from admin.desk import find, find_area, now, one_act, person, session
from articles.models import Article
from playlists import calendar, playlist
from playlists.days import NAMED_MOST
from playlists.models import Occurrence, Playlist, Schedule
from playlists.playlist import Item
from playlists.slots import Clash
from station.models import Area
from station.people import visible
from tts.models import Clip


class ItemIn(In):
    kind: Literal["article", "clip", "chime", "pause"]
    article_id: RowNumber | None = None
    clip_id: RowNumber | None = None
    pause_ms: Annotated[StrictInt, Field(ge=0, le=600_000)] = 0
    gain_db: Annotated[float, Field(ge=-30, le=12)] = 0.0


class ItemOut(Out):
    kind: str
    article_id: int | None
    clip_id: int | None
    pause_ms: int
    gain_db: float


class PlaylistIn(In):
    area_id: RowNumber
    title: Annotated[Words, Field(min_length=1, max_length=200)]
    items: Annotated[list[ItemIn], Field(max_length=200)] = []


class ItemsIn(In):
    version: RowNumber
    items: Annotated[list[ItemIn], Field(max_length=200)]


class PlaylistOut(Out):
    id: int
    area_id: int
    title: str
    version: int
    items: list[ItemOut]


class Playlists(Out):
    playlists: list[PlaylistOut]


DayCodes = Annotated[list[Annotated[Words, Field(max_length=24)]], Field(max_length=NAMED_MOST)]


class ScheduleIn(In):
    """``lunar`` (for that kind): days of the moon like "*-1", "8-15", "12-last" or a festival. ``on_days`` and ``off_days``: kinds of day
    (/api/areas/{id}/day-kinds, or "restday") on which it is heard only, or never."""

    playlist_id: RowNumber
    area_id: RowNumber
    kind: Literal["once", "daily", "weekly", "lunar"]
    times: Annotated[list[Annotated[str, Field(max_length=8)]], Field(min_length=1, max_length=48)]
    weekdays: Annotated[list[Annotated[StrictInt, Field(ge=0, le=6)]], Field(max_length=7)] = []
    lunar: Annotated[list[Annotated[Words, Field(max_length=10)]], Field(max_length=calendar.MAX_LUNAR)] = []
    on_days: DayCodes = []
    off_days: DayCodes = []
    since: date
    until: date | None = None
    start: Literal["hard", "after", "free"] = "hard"
    brk: Literal["resume", "skip", "mix"] = "resume"
    volume: Annotated[StrictInt, Field(ge=-1, le=100)] = -1
    priority: Annotated[StrictInt, Field(ge=4, le=7)] = 6
    window_s: Annotated[StrictInt, Field(ge=0, le=calendar.MAX_WINDOW_S)] = 300


class ScheduleOut(Out):
    id: int
    playlist_id: int
    area_id: int
    kind: str
    tz: str
    times: list[str]
    weekdays: list[int]
    lunar: list[str]
    on_days: list[str]
    off_days: list[str]
    since: date
    until: date | None
    start: str
    brk: str
    volume: int
    priority: int
    window_s: int
    active: bool


class ClashOut(Out):
    """``becomes`` is what becomes of the new one: quiet, waits, resumes, skipped, under, after; before: it is heard first and ``occurrence_id``
    (null: not written out yet) of the other schedule gives way."""

    starts_at: datetime
    becomes: str
    schedule_id: int | None
    occurrence_id: int | None
    title: str
    by_ms: int
    next_free: str | None
    words: str


class ScheduleMade(ScheduleOut):
    """``conflicts``: what it meets in its first week, each with the next free time of day."""

    conflicts: list[ClashOut]


class Schedules(Out):
    schedules: list[ScheduleOut]


class Conflicts(Out):
    conflicts: list[ClashOut]


class OccurrenceOut(Out):
    id: int
    schedule_id: int
    playlist_id: int
    area_id: int
    starts_at: datetime
    state: str
    note: str


class Occurrences(Out):
    occurrences: list[OccurrenceOut]


class Span(In):
    since: datetime | None = None
    until: datetime | None = None


def _items(rows: list[ItemIn]) -> list[Item]:
    """Items whose articles and clips the person may see; 404 for others."""
    for row in rows:
        if row.kind == "article":
            find(Article, row.article_id or 0)
        if row.kind == "clip":
            find(Clip, row.clip_id or 0)
    return [
        Item(
            kind=row.kind, article_id=row.article_id if row.kind == "article" else None,
            clip_id=row.clip_id if row.kind == "clip" else None, pause_ms=row.pause_ms, gain_db=row.gain_db,
        )
        for row in rows
    ]  # fmt: skip


@doors.get("/playlists")
@doors.auth_required(auth)
@doors.input(Page, location="query")
@doors.output(Playlists)
def list_playlists(query_data: Page) -> Any:
    """The programmes."""
    return {"playlists": rows(Playlist, query_data, Playlist.archived.is_(False))}


@doors.post("/playlists")
@doors.auth_required(auth)
@doors.input(PlaylistIn)
@doors.output(PlaylistOut, status_code=201)
@refusals
def make_playlist(json_data: PlaylistIn) -> Any:
    """A programme, with its items at once if you like."""
    area = find_area(json_data.area_id, "schedule")
    items = _items(json_data.items)
    with one_act():
        made = playlist.make_playlist(session(), person(), area, json_data.title, now())
        if items:
            playlist.set_items(session(), person(), made, items, made.version, now())
    session().refresh(made)
    return made


@doors.get("/playlists/<row:playlist_id>")
@doors.auth_required(auth)
@doors.output(PlaylistOut)
def read_playlist(playlist_id: int) -> Any:
    """One programme."""
    return find(Playlist, playlist_id)


@doors.put("/playlists/<row:playlist_id>/items")
@doors.auth_required(auth)
@doors.input(ItemsIn)
@doors.output(PlaylistOut)
@refusals
def set_items(playlist_id: int, json_data: ItemsIn) -> Any:
    """All items, in order; ``version`` is the one that was read (409 when somebody changed it)."""
    found = find(Playlist, playlist_id, "schedule")
    items = _items(json_data.items)
    with one_act():
        playlist.set_items(session(), person(), found, items, json_data.version, now())
    session().refresh(found)
    return found


@doors.get("/schedules")
@doors.auth_required(auth)
@doors.input(Page, location="query")
@doors.output(Schedules)
def list_schedules(query_data: Page) -> Any:
    """The rules of the calendar."""
    return {"schedules": rows(Schedule, query_data)}


@doors.post("/schedules")
@doors.auth_required(auth)
@doors.input(ScheduleIn)
@doors.output(ScheduleMade, status_code=201)
@refusals
def make_schedule(json_data: ScheduleIn) -> Any:
    """Say when and where a programme is heard; times are local to the area. What it meets is said in the answer (ask before: /api/schedules/check)."""
    found, area = find(Playlist, json_data.playlist_id), find_area(json_data.area_id, "schedule")
    there = clashes.met(found, area, json_data.model_dump())
    with one_act():
        said_so = json_data.model_dump(exclude={"playlist_id", "area_id"})
        made = calendar.make_schedule(session(), person(), found, area, now=now(), **said_so)
    return ScheduleOut.model_validate(made).model_dump() | {"conflicts": said(there)}


def said(there: list[Clash]) -> list[dict[str, Any]]:
    """What a time meets, for machines."""
    return [
        {
            "starts_at": each.starts_at, "becomes": each.becomes, "schedule_id": each.other.schedule_id if each.other else None, "occurrence_id": each.other.id if each.other else None,
            "title": each.other.playlist.title if each.other else "", "by_ms": each.by // timedelta(milliseconds=1),
            "next_free": each.free.isoformat("minutes") if each.free else None, "words": clashes.clash_in_words(each),
        }
        for each in there
    ]  # fmt: skip


@doors.post("/schedules/check")
@doors.auth_required(auth)
@doors.input(ScheduleIn)
@doors.output(Conflicts)
@refusals
def check_schedule(json_data: ScheduleIn) -> Any:
    """What such a schedule would meet in its first week, and the next free time of day; nothing is written."""
    found, area = find(Playlist, json_data.playlist_id), find_area(json_data.area_id, "schedule")
    return {"conflicts": said(clashes.met(found, area, json_data.model_dump()))}


@doors.post("/schedules/<row:schedule_id>/stop")
@doors.auth_required(auth)
@doors.output(ScheduleOut)
@refusals
def stop_schedule(schedule_id: int) -> Any:
    """This and all that follow."""
    found = find(Schedule, schedule_id, "schedule")
    with one_act():
        calendar.stop_schedule(session(), person(), found, now())
    return found


@doors.get("/occurrences")
@doors.auth_required(auth)
@doors.input(Span, location="query")
@doors.output(Occurrences)
def list_occurrences(query_data: Span) -> Any:
    """What is heard between two moments (without them: from now on), in order of time, at most 1,000."""
    for name, moment in (("since", query_data.since), ("until", query_data.until)):
        if moment is not None and moment.tzinfo is None:
            hint = "a time zone is needed, e.g. 2026-11-24T06:30:00+08:00"
            abort(422, message="some fields are not right", detail={"query": {name: [hint]}})
    query = (
        select(Occurrence).join(Area, Occurrence.area_id == Area.id)
        .where(visible(session(), person()), Occurrence.starts_at >= (query_data.since or now()))
        .order_by(Occurrence.starts_at).limit(1000)
    )  # fmt: skip
    if query_data.until is not None:
        query = query.where(Occurrence.starts_at < query_data.until)
    return {"occurrences": list(session().scalars(query))}


@doors.post("/occurrences/<row:occurrence_id>/cancel")
@doors.auth_required(auth)
@doors.output(OccurrenceOut)
@refusals
def cancel_occurrence(occurrence_id: int) -> Any:
    """This one time only."""
    found = find(Occurrence, occurrence_id, "schedule")
    with one_act():
        calendar.cancel_occurrence(session(), person(), found, now())
    return found
