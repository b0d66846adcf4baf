"""Calendars of others: links under which telephones read the week, and a calendar file whose events become schedules."""

from __future__ import annotations

import base64
import binascii
from datetime import timedelta
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale  # type: ignore[import-untyped,unused-ignore]

from admin import clashes
from admin.day_words import kind_word
from admin.days import REFUSALS
from admin.desk import areas_for, find, find_area, id_of, now, one_act, session, text_of, tops, zone_name, zone_of
from admin.desk import desk as here
from admin.desk import person as who
from admin.playlists import in_words, pages
from admin.refusals import told
from admin.tongue import _
from admin.words import length
from devices.days import Kind, kinds_of
from devices.models import MarkedDay
from playlists import calendar_in, calendar_out
from playlists.calendar import Rule
from playlists.calendar_in import BYTES_MOST, CalendarRefused, Read, Said, Wanted
from playlists.calendar_out import FROM_HERE, MEDIA_TYPE
from playlists.coming import Lengths
from playlists.models import CalendarLink, Playlist, Schedule
from playlists.slots import Clash
from station.models import Area
from station.people import may

SHOWN_MEETINGS = 40
# An event becomes a programme that waits its turn.
PLAIN: dict[str, Any] = {"priority": 6, "start": "hard", "brk": "resume", "on_days": [], "off_days": []}


def domain() -> str:
    """The name of this station in the names of its events."""
    return f"{here().settings.domain}.xiangyin"


def mark_word(mark: MarkedDay) -> str:
    """What a marked day is called."""
    return kind_word(kinds_of(session(), mark.area).get(mark.code, Kind(mark.code)))


def feed(area: Area) -> Response:
    """The week of the place for calendars."""
    raw = calendar_out.calendar_of(session(), area, now(), domain(), mark_word)
    answer = Response(raw, mimetype=MEDIA_TYPE, headers={"Cache-Control": "private, max-age=600", "Content-Disposition": 'inline; filename="week.ics"'})
    answer.add_etag()
    answer.make_conditional(request)
    return answer


def saying(said: Said) -> str:
    """What is said of an event, in the language of the page."""
    return told(str(said))


@pages.get("/calendar/<token>.ics")
def subscribed(token: str) -> ResponseReturnValue:
    """The week of a place for whoever has its link."""
    link = calendar_out.find_link(session(), token[:100])
    if link is None:
        abort(404)
    with force_locale(link.made_by.locale or "zh"):
        return feed(link.area)


def _page(area: Area, status: int = 200, **more: Any) -> ResponseReturnValue:
    mine = may(session(), who(), "schedule", area)
    page = render_template(
        "calendars.html", area=area, areas=areas_for("see"), links=calendar_out.links_of(session(), area) if mine else [], mine=mine,
        **{"address": "", "read": None, "brought": None, "wrong": "", **more},
    )  # fmt: skip
    return page, status


@pages.get("/calendars")
def calendars() -> ResponseReturnValue:
    """The links of a place, and the way in for a calendar file."""
    wanted = id_of("area")
    area = find_area(wanted) if wanted is not None else (tops()[0] if tops() else None)
    return redirect(url_for("playlists.week"), 303) if area is None else _page(area)


@pages.post("/areas/<row:area_id>/calendar-links")
def make_calendar_link(area_id: int) -> ResponseReturnValue:
    """A link for calendars; it is shown once."""
    area = find_area(area_id, "schedule")
    try:
        with one_act():
            _row, token = calendar_out.make_link(session(), who(), area, text_of("name", 100), now())
    except REFUSALS as error:
        return _page(area, 422, wrong=told(error))
    return _page(area, address=url_for("playlists.subscribed", token=token, _external=True))


@pages.post("/calendar-links/<row:link_id>/close")
def close_calendar_link(link_id: int) -> ResponseReturnValue:
    """Nobody reads through it any more."""
    link = find(CalendarLink, link_id, "schedule")
    with one_act():
        calendar_out.close_link(session(), who(), link, now())
    flash(_("Closed: no calendar reads through it any more."), "good")
    return redirect(url_for("playlists.calendars", area=link.area_id), 303)


# in


def _uploaded() -> bytes:
    """The file of the form, or what it carried along from the page before. Raises CalendarRefused."""
    sent = request.files.get("file")
    if sent is not None and sent.filename:
        raw: bytes = sent.read(BYTES_MOST + 1)
        return raw
    try:
        return base64.b64decode(request.form.get("carried", ""), validate=True)
    except (binascii.Error, ValueError) as error:
        raise CalendarRefused("this file is no iCalendar file: export it from the calendar as .ics", "file") from error


def read_for(area: Area, raw: bytes) -> Read:
    """What a file wants of the place; what came from here does not come in again. Raises CalendarRefused."""
    found = calendar_in.read_calendar(raw, zone_name(area), now())
    mine = [each for each in found.wanted if calendar_out.ours(each.uid, domain())]
    return Read([each for each in found.wanted if each not in mine], [*found.refused, *((each.title, Said(FROM_HERE)) for each in mine)])


def when(area: Area, wanted: Wanted) -> str:
    """When an event comes there, in one line."""
    zone, said = zone_of(area), []
    if wanted.rule is not None:
        rule = wanted.rule
        said.append(in_words(Schedule(
            kind=rule.kind, times=[f"{each:%H:%M}" for each in rule.times], weekdays=list(rule.weekdays), since=rule.since, until=rule.until, lunar=[], on_days=[], off_days=[],
        )))  # fmt: skip
    said += [each.astimezone(zone).strftime("%Y-%m-%d %H:%M") for each in wanted.moments[:3]]
    return "; ".join(said) + (_(" and %(n)s more", n=len(wanted.moments) - 3) if len(wanted.moments) > 3 else "")


def meets(area: Area, wanted: Wanted, programme: Playlist) -> list[Clash]:
    """What an event would meet there in its first week."""
    zone = zone_of(area)
    local = [each.astimezone(zone) for each in wanted.moments[:3]]
    rules = [wanted.rule] if wanted.rule is not None else [
        Rule("once", str(zone), (each.time(),), (), each.date(), each.date()) for each in local
    ]  # fmt: skip
    return [clash for rule in rules for clash in clashes.met_by(programme, area, rule, PLAIN, lambda _each: False)]


def rows_of(area: Area, found: Read) -> list[dict[str, Any]]:
    """Each event with the programme of its name, what it would meet, and how long both are."""
    lengths, there = Lengths(session()), calendar_in.known(session(), area, [each.uid for each in found.wanted])
    rows = []
    for number, each in enumerate(found.wanted):
        programme = calendar_in.programme_for(session(), who(), area, each.title)
        notes = [saying(note) for note in each.notes]
        if programme is not None and each.lasts is not None and abs(lengths.of(programme) - each.lasts) > timedelta(minutes=1):
            notes.append(_("lasts %(said)s in the file, the programme %(is_so)s", said=length(each.lasts / timedelta(milliseconds=1)), is_so=length(lengths.of(programme) / timedelta(milliseconds=1))))
        met = meets(area, each, programme) if programme is not None and number < SHOWN_MEETINGS and each.uid not in there else []
        rows.append({"wanted": each, "when": when(area, each), "programme": programme, "notes": notes, "met": [clashes.clash_in_words(one) for one in met[:3]], "there": each.uid in there})
    return rows


@pages.post("/areas/<row:area_id>/calendar")
def bring_in(area_id: int) -> ResponseReturnValue:
    """A file is read and shown first; ``sure`` writes what was chosen."""
    area = find_area(area_id, "schedule")
    try:
        raw = _uploaded()
        found = read_for(area, raw)
    except REFUSALS as error:
        return _page(area, 422, wrong=told(error))
    refused = [(title, saying(why)) for title, why in found.refused]
    if request.form.get("sure") != "yes":
        return _page(area, read=rows_of(area, found), refused=refused, carried=base64.b64encode(raw).decode(), programmes=calendar_in.programmes(session(), who(), area))
    chosen = [(each, find(Playlist, number)) for place, each in enumerate(found.wanted) if (number := id_of(f"programme-{place}")) is not None]
    brought = calendar_in.bring_in(session(), who(), area, chosen, now())
    return _page(area, brought=brought, in_words=in_words, refused=[*((title, told(why)) for title, why in brought.refused), *refused])
