"""Calendars of others by machine: the week as iCalendar, links for subscriptions, and a calendar file that is read or brought in."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, StrictBool

from admin import calendars as pages
from admin.api.door import In, Out, RowNumber, Words, auth, doors, refusals
from admin.api.playlists import ScheduleOut
from admin.desk import find, find_area, now, one_act, person, session
from playlists import calendar_in, calendar_out
from playlists.models import CalendarLink, Playlist


class CalendarLinkIn(In):
    name: Annotated[Words, Field(min_length=1, max_length=calendar_out.NAME_MAX)]


class CalendarLinkOut(Out):
    id: int
    area_id: int
    name: str
    created_at: datetime


class LinkMade(CalendarLinkOut):
    """``path`` is the address on this station, shown this once."""

    path: str


class LinksOut(Out):
    links: list[CalendarLinkOut]


class CalendarIn(In):
    """``calendar``: the text of an iCalendar file. ``programmes``: the number of a programme by title of an event; one of the same title is found by itself.
    Without ``write`` nothing is written."""

    calendar: Annotated[str, Field(min_length=1, max_length=calendar_in.BYTES_MOST)]
    programmes: Annotated[dict[str, RowNumber], Field(max_length=calendar_in.EVENTS_MOST)] = {}
    write: StrictBool = False


class CalendarEventOut(Out):
    """An event that can be carried: when in words, the programme it would be (null: none of its name), what is not carried, what it meets."""

    uid: str
    title: str
    when: str
    playlist_id: int | None
    notes: list[str]
    meets: list[str]
    already: bool


class RefusedOut(Out):
    title: str
    why: str


class CalendarReadOut(Out):
    events: list[CalendarEventOut]
    refused: list[RefusedOut]
    made: list[ScheduleOut]


@doors.get("/areas/<row:area_id>/week.ics")
@doors.auth_required(auth)
def week_as_calendar(area_id: int) -> Any:
    """The week of a place as iCalendar (text/calendar)."""
    return pages.feed(find_area(area_id))


@doors.get("/areas/<row:area_id>/calendar-links")
@doors.auth_required(auth)
@doors.output(LinksOut)
def list_calendar_links(area_id: int) -> Any:
    """The open links of a place."""
    return {"links": calendar_out.links_of(session(), find_area(area_id, "schedule"))}


@doors.post("/areas/<row:area_id>/calendar-links")
@doors.auth_required(auth)
@doors.input(CalendarLinkIn)
@doors.output(LinkMade, status_code=201)
@refusals
def make_calendar_link(area_id: int, json_data: CalendarLinkIn) -> Any:
    """A link under which calendars read the week of a place."""
    area = find_area(area_id, "schedule")
    with one_act():
        row, token = calendar_out.make_link(session(), person(), area, json_data.name, now())
    return CalendarLinkOut.model_validate(row).model_dump() | {"path": f"/calendar/{token}.ics"}


@doors.delete("/calendar-links/<row:link_id>")
@doors.auth_required(auth)
@doors.output({}, status_code=204)
def close_calendar_link(link_id: int) -> Any:
    """Nobody reads through it any more."""
    link = find(CalendarLink, link_id, "schedule")
    with one_act():
        calendar_out.close_link(session(), person(), link, now())
    return ""


@doors.post("/areas/<row:area_id>/calendar")
@doors.auth_required(auth)
@doors.input(CalendarIn)
@doors.output(CalendarReadOut)
@refusals
def bring_calendar_in(area_id: int, json_data: CalendarIn) -> Any:
    """What becomes of a calendar file: each event with its programme, what is not carried and why; with ``write`` the schedules that were made."""
    area = find_area(area_id, "schedule")
    found = pages.read_for(area, json_data.calendar.encode("utf-8", "surrogatepass"))
    named = {title: find(Playlist, number) for title, number in json_data.programmes.items()}
    rows = pages.rows_of(area, found)
    for row in rows:
        row["programme"] = named.get(row["wanted"].title, row["programme"])
    refused = [{"title": title, "why": str(why)} for title, why in found.refused]
    made = []
    if json_data.write:
        brought = calendar_in.bring_in(session(), person(), area, [(row["wanted"], row["programme"]) for row in rows if row["programme"] is not None], now())
        made, refused = brought.made, [*({"title": title, "why": why} for title, why in brought.refused), *refused]
    return {"events": [event_out(row) for row in rows], "refused": refused, "made": made}


def event_out(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "uid": row["wanted"].uid, "title": row["wanted"].title, "when": row["when"], "playlist_id": row["programme"].id if row["programme"] else None, "notes": row["notes"],
        "meets": row["met"], "already": row["there"],
    }  # fmt: skip
