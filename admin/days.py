"""Kinds of day of a place: a day becomes a market day, an examination, a funeral, a holiday, and one like any other again."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from admin import clashes
from admin.day_words import does, kind_names, kind_word, mark_does
from admin.desk import Refused, areas_for, find, find_area, id_of, now, one_act, session, text_of, tops, zone_of
from admin.desk import person as who
from admin.playlists import REFUSALS as REFUSED
from admin.playlists import pages
from admin.refusals import told
from admin.tongue import _
from devices.days import BUILT_IN, DayRefused, kinds_of, marks_of
from devices.models import DayKind, MarkedDay
from playlists import days, holidays
from playlists.holidays import Public
from station.areas import ancestors, is_below, lineage
from station.hours import HoursRefused, split
from station.models import Area
from station.people import may

REFUSALS = (DayRefused, HoursRefused, *REFUSED)
SHOWN_AHEAD = timedelta(days=400)


def today_in(area: Area) -> date:
    """The date there."""
    return now().astimezone(zone_of(area)).date()


def date_of(name: str, otherwise: date | None = None) -> date:
    """A date of the form. Raises Refused."""
    raw = text_of(name, 10, otherwise is None)
    found = clashes.day_of(raw) if raw else otherwise
    if found is None or (raw and found.isoformat() != raw):
        raise Refused(_("Give a day like 2026-12-01."), name)
    return found


def hours_said() -> list[str] | None:
    """In which hours it is quiet, of the form: as the kind says (None), not at all, or these; hours that were written count though nothing was ticked.
    Raises Refused."""
    how, written = request.form.get("how", "kind"), split(text_of("hours", 300, required=request.form.get("how") == "own"))
    return [] if how == "none" else written or None


def back(area: Area, day: date) -> ResponseReturnValue:
    """To the page where it was said: the week, as columns or as a list, or the days of the place."""
    if request.form.get("back") == "days":
        return redirect(url_for("playlists.days", area=area.id), 303)
    asked: dict[str, Any] = {"from": day.isoformat(), "area": area.id} | ({"view": "list"} if request.form.get("view") == "list" else {})
    return redirect(url_for("playlists.week", **asked), 303)


@pages.get("/days", endpoint="days")
def all() -> ResponseReturnValue:
    """What is marked in a place, by the places above it too; the kinds of day there; the public holidays."""
    wanted = id_of("area")
    area = find_area(wanted) if wanted is not None else (tops()[0] if tops() else None)
    if area is None:
        return redirect(url_for("playlists.week"), 303)
    today = today_in(area)
    return render_template(
        "days.html", area=area, areas=areas_for("see"), today=today, kinds=kinds_of(session(), area), does=does, built_in=BUILT_IN, word=kind_word,
        marks=[(each, mark_does(each, kinds_of(session(), each.area).get(each.code))) for each in marks_of(session(), lineage(area), today, today + SHOWN_AHEAD)],
        names=kind_names(area), own={row.code: row for row in session().scalars(select(DayKind).where(DayKind.area_id == area.id))},
        year=(year := _year(today)), table=(table := sorted(holidays.public_days(session(), [year]).values(), key=lambda each: each.day)), today_year=today.year,
        source=holidays.source(session(), year), lacking=holidays.lacking(session(), today), root=(root := ancestors(session(), area)[0]), rules=may(session(), who(), "schedule", root),
        lines=as_lines(table) or _example(year),
    )  # fmt: skip


def _year(today: date) -> int:
    raw = request.args.get("year", "")
    return int(raw) if raw.isascii() and raw.isdecimal() and 2000 <= int(raw) <= 2199 else today.year


@pages.post("/areas/<row:area_id>/days")
def mark(area_id: int) -> ResponseReturnValue:
    """These days are of a kind there and below."""
    area = find_area(area_id, "schedule")
    first = today_in(area)
    try:
        first = date_of("day")
        last = date_of("last", first)
        code = text_of("code", 24)
        with one_act():
            made = days.mark_day(session(), who(), area, code, first, last, now(), hours=hours_said(), note=text_of("note", 200, required=False))
        kind = kinds_of(session(), area).get(code)
        name = kind_word(kind) if kind is not None else code
        what = mark_does(made, kind)
        when = f"{first:%m-%d}" if last == first else f"{first:%m-%d} – {last:%m-%d}"
        flash(
            _("%(when)s in %(place)s and below: %(kind)s (%(what)s).", when=when, place=area.name, kind=name, what=what) if what
            else _("%(when)s in %(place)s and below: %(kind)s.", when=when, place=area.name, kind=name),
            "good",
        )  # fmt: skip
    except REFUSALS as error:
        flash(told(error), "bad")
    return back(area, first)


@pages.post("/days/<row:mark_id>/take-back")
def take_back(mark_id: int) -> ResponseReturnValue:
    """Days like any other again."""
    found = find(MarkedDay, mark_id, "schedule")
    area, first = found.area, found.first
    with one_act():
        days.unmark_day(session(), who(), found, now())
    flash(_("Taken back: a day like any other."), "good")
    return back(area, clashes.day_of(request.form.get("day", "")) or first)


@pages.post("/areas/<row:area_id>/day-kinds")
def kind(area_id: int) -> ResponseReturnValue:
    """A kind of day of the place's own, or what one of ours does there; ``away``: as it was, or no more."""
    area = find_area(area_id, "schedule")
    try:
        code = text_of("code", 24)
        with one_act():
            if request.form.get("away") == "yes":
                row = session().scalar(select(DayKind).where(DayKind.area_id == area.id, DayKind.code == code))
                if row is not None:
                    days.drop_kind(session(), who(), row, now())
            else:
                days.set_kind(
                    session(), who(), area, code, now(), name=text_of("name", 60, required=False), quiet=split(text_of("hours", 300, required=False)),
                    music=request.form.get("music") == "yes",
                )  # fmt: skip
        flash(_("Saved."), "good")
    except REFUSALS as error:
        flash(told(error), "bad")
    return redirect(url_for("playlists.days", area=area.id), 303)


@pages.post("/holidays")
def public() -> ResponseReturnValue:
    """The operator's table of a year: a file or pasted lines."""
    area = find_area(id_of("area"))
    root = ancestors(session(), area)[0]
    sent = request.files.get("file")
    try:
        raw = sent.read() if sent is not None and sent.filename else request.form.get("lines", "").encode()
        table = holidays.read_table(raw)
        with one_act():
            years = days.write_holidays(session(), who(), root, table, now())
        flash(_("The holidays of %(years)s count as they stand there now.", years=", ".join(map(str, years))), "good")
        return redirect(url_for("playlists.days", area=area.id, year=years[0]), 303)
    except REFUSALS as error:
        flash(told(error), "bad")
    return redirect(url_for("playlists.days", area=area.id), 303)


def _example(year: int) -> str:
    """What is sure of a year whose arrangement is not announced: its statutory days, to be made longer by hand."""
    return as_lines(holidays.statutory(year))


def as_lines(table: list[Public]) -> str:
    """The table as it is pasted back."""
    return "\n".join(f"{each.day},{'off' if each.off else 'work'},{each.name}" for each in table)


def mine(mark: MarkedDay) -> bool:
    """Whether the person may take it back."""
    return any(is_below(mark.area, top) for top in tops("schedule"))
