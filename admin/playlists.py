"""Programmes: what is heard in which order, how long it takes in each dialect, when and where it is due."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from admin import auditions, clashes
from admin.day_words import kind_names, moon_in_words
from admin.desk import (
    Refused,
    areas_for,
    find,
    find_area,
    id_of,
    now,
    number_of,
    one_act,
    person,
    session,
    text_of,
    zone_name,
    zone_of,
)
from admin.refusals import told
from admin.tongue import _
from articles.models import Article
from playlists import calendar, playlist
from playlists.errors import PlaylistError
from playlists.models import Occurrence, Playlist, PlaylistItem, Schedule
from playlists.playlist import Item
from station.areas import is_below
from station.models import Area
from station.people import visible
from tts.dialects import DIALECTS
from tts.models import Clip

pages = Blueprint("playlists", __name__)
REFUSALS = (PlaylistError, Refused)


def listed() -> list[Playlist]:
    """The programmes of the person's branches."""
    mine = select(Playlist).join(Area, Playlist.area_id == Area.id).where(visible(session(), person()))
    return list(session().scalars(mine.where(Playlist.archived.is_(False)).order_by(Playlist.id.desc()).limit(300)))


def as_items(found: Playlist) -> list[Item]:
    """The items of a playlist as plain values, to be put back in another order."""
    return [
        Item(kind=each.kind, article_id=each.article_id, clip_id=each.clip_id, pause_ms=each.pause_ms, gain_db=each.gain_db)
        for each in found.items
    ]


@pages.get("/playlists")
@pages.post("/playlists")
def all() -> ResponseReturnValue:
    """The programmes, and a new one."""
    if request.method == "POST":
        area = find_area(id_of("area"), "schedule")
        try:
            with one_act():
                made = playlist.make_playlist(session(), person(), area, text_of("title", 200), now())
        except REFUSALS as error:
            flash(told(error), "bad")
            return redirect(url_for("playlists.all"), 303)
        return redirect(url_for("playlists.one", playlist_id=made.id), 303)
    return render_template("playlists.html", rows=listed(), areas=areas_for("schedule"))


def _choices(found: Playlist) -> dict[str, Any]:
    """What may be put into a programme: articles and clips of my branches."""
    articles = session().scalars(
        select(Article).join(Area, Article.area_id == Area.id)
        .where(visible(session(), person()), Article.state != "withdrawn").order_by(Article.id.desc()).limit(200)
    )  # fmt: skip
    clips = session().scalars(
        select(Clip).join(Area, Clip.area_id == Area.id).where(visible(session(), person())).order_by(Clip.id.desc()).limit(200)
    )
    def near(area: Area) -> bool:
        return is_below(area, found.area) or is_below(found.area, area)

    return {"articles": [each for each in articles if near(each.area)], "clips": [each for each in clips if near(each.area)]}


def name_of(item: PlaylistItem) -> str:
    """What an item is called in a list."""
    if item.kind == "article" and item.article is not None:
        return item.article.title
    if item.kind == "clip" and item.clip is not None:
        return item.clip.title
    if item.kind == "pause":
        return _("Pause of %(seconds)s s", seconds=f"{item.pause_ms / 1000:g}")
    return _("Chime")


def lengths(session: Session, found: Playlist) -> dict[str, tuple[int, int]]:
    """Per dialect that a voice speaks: the whole length in milliseconds, and how many items have no sound yet."""
    each = {code: playlist.durations(session, found, code) for code, dialect in DIALECTS.items() if dialect.speaks}
    return {code: (sum(ms or 0 for ms in row), row.count(None)) for code, row in each.items()}


@pages.get("/playlists/<row:playlist_id>")
def one(playlist_id: int) -> str:
    """One programme: its items, how long it is, when it is heard."""
    found = find(Playlist, playlist_id)
    rules = select(Schedule).where(Schedule.playlist_id == found.id).order_by(Schedule.active.desc(), Schedule.id.desc())
    schedules = session().scalars(rules)
    return render_template(
        "playlist.html", playlist=found, name_of=name_of, lengths=lengths(session(), found), choices=_choices(found),
        schedules=list(schedules), in_words=in_words, voiced=auditions.of_playlist(session(), found),
    )  # fmt: skip


def _changed(found: Playlist, items: list[Item]) -> Response:
    """Put the items back, unless somebody changed the programme since the page was shown."""
    try:
        with one_act():
            playlist.set_items(session(), person(), found, items, number_of("version", 1, 10**6), now())
    except REFUSALS as error:
        flash(told(error), "bad")
    return redirect(url_for("playlists.one", playlist_id=found.id), 303)


@pages.post("/playlists/<row:playlist_id>/items")
def add_item(playlist_id: int) -> ResponseReturnValue:
    """Put an article, a sound, the chime or a pause at the end."""
    found = find(Playlist, playlist_id, "schedule")
    what, _colon, number = request.form.get("what", "").partition(":")
    row = int(number) if number.isascii() and number.isdecimal() and len(number) < 10 else 0
    if what == "article":
        new = Item(kind="article", article_id=find(Article, row).id)
    elif what == "clip":
        new = Item(kind="clip", clip_id=find(Clip, row).id)
    elif what == "pause":
        new = Item(kind="pause", pause_ms=number_of("seconds", 1, 600, 2) * 1000)
    elif what == "chime":
        new = Item(kind="chime")
    else:
        flash(_("Choose what to add."), "bad")
        return redirect(url_for("playlists.one", playlist_id=found.id), 303)
    return _changed(found, [*as_items(found), new])


@pages.post("/playlists/<row:playlist_id>/items/<row:position>/<act>")
def move_item(playlist_id: int, position: int, act: str) -> ResponseReturnValue:
    """One item up, down or out."""
    found = find(Playlist, playlist_id, "schedule")
    items = as_items(found)
    if act not in ("up", "down", "out"):
        abort(404)
    if position >= len(items):
        flash(_("Somebody changed this programme meanwhile; look at it again."), "bad")
        return redirect(url_for("playlists.one", playlist_id=found.id), 303)
    moved = items.pop(position)
    if act != "out":
        items.insert(max(0, position + (-1 if act == "up" else 1)), moved)
    return _changed(found, items)


def in_words(schedule: Schedule) -> str:
    """When a schedule is due, in one line."""
    from admin.words import WEEKDAYS

    times = ", ".join(str(each) for each in schedule.times)
    since, until = schedule.since.isoformat(), schedule.until.isoformat() if schedule.until else ""
    if schedule.kind == "once":
        return (f"{since} {times}" if until in ("", since) else f"{since} – {until} {times}") + _days_in_words(schedule)
    if schedule.kind == "lunar":
        days = ", ".join(moon_in_words(each) for each in schedule.lunar)
    else:
        days = _("every day") if schedule.kind == "daily" else " ".join(str(WEEKDAYS[day]) for day in schedule.weekdays)
    span = _("from %(since)s until %(until)s", since=since, until=until) if until else _("from %(since)s on", since=since)
    return f"{days} {times}, {span}{_days_in_words(schedule)}"


def _days_in_words(schedule: Schedule) -> str:
    """On which kinds of day it is heard, behind when."""
    names = kind_names(schedule.area) if schedule.on_days or schedule.off_days else {}
    on, off = (", ".join(names.get(each, each) for each in some or ()) for some in (schedule.on_days, schedule.off_days))
    return (_("; only on: %(days)s", days=on) if on else "") + (_("; not on: %(days)s", days=off) if off else "")


def read_schedule() -> dict[str, Any]:
    """The fields of the schedule form as values. Raises Refused naming the field."""
    kind = text_of("kind", 8)
    times = _parted("instead") or _parted("times")
    weekdays = sorted({int(day) for day in request.form.getlist("weekday") if day in ("0", "1", "2", "3", "4", "5", "6")})
    return {
        "kind": kind, "times": times, "weekdays": weekdays if kind == "weekly" else [], "since": _date("since"),
        "until": _date("until", False) if kind != "once" else None, "start": text_of("start", 8),
        "brk": request.form.get("brk", "resume")[:8], "volume": number_of("volume", 0, 100, -1),
        "lunar": sorted({each for each in [*request.form.getlist("lunar"), *_parted("lunar_more")] if each}) if kind == "lunar" else [],
        "on_days": request.form.getlist("on_days"), "off_days": request.form.getlist("off_days"), "priority": number_of("priority", 4, 7, 6),
        "window_s": 60 * number_of("window", 0, calendar.MAX_WINDOW_S // 60, 5),
    }  # fmt: skip


def _parted(name: str) -> list[str]:
    """The words of a field, parted by blanks or commas, Chinese ones too."""
    return request.form.get(name, "")[:400].replace(",", " ").replace("，", " ").replace("、", " ").replace("：", ":").split()


def _date(name: str, required: bool = True) -> date | None:
    raw = text_of(name, 10, required)
    if not raw:
        return None
    try:
        return date.fromisoformat(raw)
    except ValueError as error:
        raise Refused(f"{name}: a date like 2026-11-24 is needed", name) from error


@pages.get("/playlists/<row:playlist_id>/schedule")
@pages.post("/playlists/<row:playlist_id>/schedule")
def schedule(playlist_id: int) -> ResponseReturnValue:
    """Say when and where the programme is heard."""
    found = find(Playlist, playlist_id)
    wrong, there, area, free = "", [], None, ""
    if request.method == "POST":
        area = find_area(id_of("area"), "schedule")
        try:
            said = read_schedule()
            there = [] if request.form.get("sure") == "yes" else clashes.met(found, area, said)
            free = clashes.free_of(there, said["times"])
            if not there:
                with one_act():
                    calendar.make_schedule(session(), person(), found, area, now=now(), **said)
                flash(_("It is on the calendar now."), "good")
                return redirect(url_for("playlists.week", area=area.id, **{"from": said["since"].isoformat()}), 303)
        except REFUSALS as error:
            wrong = told(error)
    areas = areas_for("schedule")
    page = render_template(
        "schedule_new.html", playlist=found, areas=areas, zones={area.id: zone_name(area) for area in areas}, wrong=wrong,
        form=request.form if wrong or there else MultiDict(), area=area, met=there, free=free, met_words=clashes.clash_in_words, kinds=kind_names(found.area),
        today=now().astimezone(zone_of(found.area)).date(),
    )  # fmt: skip
    return page, 422 if wrong else 409 if there else 200


@pages.get("/schedule")
def schedules() -> str:
    """Every rule of the calendar, as a list."""
    rows = session().scalars(
        select(Schedule).join(Area, Schedule.area_id == Area.id).where(visible(session(), person()))
        .order_by(Schedule.active.desc(), Schedule.id.desc()).limit(300)
    )  # fmt: skip
    return render_template("schedules.html", rows=list(rows), in_words=in_words)


@pages.post("/occurrences/<row:occurrence_id>/cancel")
def cancel(occurrence_id: int) -> ResponseReturnValue:
    """This one time only."""
    found = find(Occurrence, occurrence_id, "schedule")
    try:
        calendar.cancel_occurrence(session(), person(), found, now())
        flash(_("This one is cancelled; the others stay."), "good")
    except REFUSALS as error:
        flash(told(error), "bad")
    return redirect(url_for("playlists.week", area=found.area_id), 303)


@pages.post("/schedules/<row:schedule_id>/stop")
def stop(schedule_id: int) -> ResponseReturnValue:
    """This and all that follow."""
    found = find(Schedule, schedule_id, "schedule")
    try:
        calendar.stop_schedule(session(), person(), found, now())
        flash(_("Stopped: nothing of it is heard from now on."), "good")
    except REFUSALS as error:
        flash(told(error), "bad")
    return redirect(url_for("playlists.schedules"), 303)
