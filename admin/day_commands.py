"""``xiangyin day``: what kind of day it is in a place, from the command line: a market, an examination, a funeral, a holiday."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.table import Table
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.lexicon_commands import acting, database, find_place
from devices.days import DayRefused, kinds_of
from devices.models import DayKind, MarkedDay
from playlists import days, holidays
from playlists.days import Days
from playlists.errors import PlaylistError
from playlists.lunar import lunar
from station import clock
from station.areas import tz_of
from station.hours import HoursRefused
from station.models import Area

REFUSALS = (DayRefused, HoursRefused, PlaylistError)
DAY = click.DateTime(["%Y-%m-%d"])
login_option = click.option("--login", required=True, help="Who says so: somebody who may plan there.")


@click.group("day")
def day() -> None:
    """What kind of day it is, and what that does."""


def today_in(session: Session, area: Area) -> date:
    """The date there."""
    return clock.now().astimezone(ZoneInfo(tz_of(session, area))).date()


def as_dict(known: Days, area: Area, when: date) -> dict[str, object]:
    """One date for machines."""
    moon, public = lunar(when), known.public(when)
    return {
        "date": when.isoformat(), "codes": sorted(known.codes(area, when)), "quiet": known.quiet(area, when), "music": known.music(area, when),
        "moon": {"month": moon.month, "leap": moon.leap, "day": moon.day} if moon else None, "public": {"off": public.off, "name": public.name} if public else None,
        "marks": [{"code": each.code, "place": each.area.name, "first": each.first.isoformat(), "last": each.last.isoformat(), "note": each.note} for each in known.marks(area, when)],
    }  # fmt: skip


@day.command("show")
@click.argument("place")
@click.option("--since", type=DAY, help="First day; today without it.")
@click.option("--days", "count", type=click.IntRange(1, 400), default=31, show_default=True, help="How many days.")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def show(place: str, since: datetime | None, count: int, as_json: bool) -> None:
    """What each day is in PLACE (number, name or path): what is marked, the public holidays, the day of the moon."""
    with database() as db, db.reading() as session:
        area = find_place(session, place)
        first = since.date() if since else today_in(session, area)
        known = Days(session, first - timedelta(days=1), first + timedelta(days=count), area)
        told = [as_dict(known, area, first + timedelta(days=n)) for n in range(count)]
        name, lacking = area.name, holidays.lacking(session, first)
    if as_json:
        click.echo(json.dumps({"place": name, "days": told}, ensure_ascii=False))
        return
    table = Table("day", "moon", "what it is", "quiet", "note", title=name, title_justify="left", box=None)
    for each in told:
        when = date.fromisoformat(str(each["date"]))
        moon, public = lunar(when), known.public(when)
        words = [*sorted(known.codes(area, when)), *([holidays.NAMES.get(public.name, public.name) + ("" if public.off else " (work)")] if public else [])]
        notes = [f"{mark.area.name}: {mark.note}" if mark.note else mark.area.name for mark in known.marks(area, when)]
        table.add_row(f"{when} {when:%a}", moon.chinese if moon else "", " ".join(words), " ".join(known.quiet(area, when)), "; ".join(notes))
    Console().print(table)
    if lacking:
        click.echo(f"the public holidays of {lacking} are not known here yet: weekends count as they fall; enter them with: xiangyin day holidays FILE")


@day.command("mark")
@click.argument("place")
@click.argument("kind")
@click.argument("first", type=DAY)
@click.argument("last", type=DAY, required=False)
@click.option("--quiet", "hours", multiple=True, help="Quiet in these hours (08:00-12:00) instead of those of the kind; may be given several times.")
@click.option("--not-quiet", is_flag=True, help="Not quiet at all, whatever the kind says.")
@click.option("--note", default="", help="For your colleagues.")
@login_option
def mark(place: str, kind: str, first: datetime, last: datetime | None, hours: tuple[str, ...], not_quiet: bool, note: str, login: str) -> None:
    """FIRST (to LAST) is a KIND of day (holiday, exam, market, funeral, workday, or one of the place's own) in PLACE and below."""
    if hours and not_quiet:
        raise click.UsageError("give --quiet or --not-quiet, not both")
    with acting(login, *REFUSALS) as (session, person):
        area = find_place(session, place)
        said = [] if not_quiet else list(hours) or None
        made = days.mark_day(session, person, area, kind, first.date(), (last or first).date(), clock.now(), hours=said, note=note)
        click.echo(f"{area.name}: {_span(made)} {kind}")


@day.command("unmark")
@click.argument("place")
@click.argument("kind")
@click.argument("when", type=DAY)
@login_option
def unmark(place: str, kind: str, when: datetime, login: str) -> None:
    """WHEN is no such KIND of day in PLACE any more; a mark of several days goes as a whole."""
    with acting(login, *REFUSALS) as (session, person):
        area, asked = find_place(session, place), when.date()
        query = select(MarkedDay).where(MarkedDay.area_id == area.id, MarkedDay.code == kind, MarkedDay.first <= asked, MarkedDay.last >= asked)
        found = session.scalar(query)
        if found is None:
            raise click.ClickException(f"{asked} is not marked {kind} in {area.name}: look with xiangyin day show; a mark from above is taken back there")
        span = _span(found)
        days.unmark_day(session, person, found, clock.now())
        click.echo(f"{area.name}: {span} no {kind}")


def _span(mark: MarkedDay) -> str:
    return mark.first.isoformat() + ("" if mark.last == mark.first else f" – {mark.last.isoformat()}")


@day.command("kinds")
@click.argument("place")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def kinds(place: str, as_json: bool) -> None:
    """The kinds of day that can be marked in PLACE, and what each does there."""
    with database() as db, db.reading() as session:
        area = find_place(session, place)
        found = list(kinds_of(session, area).values())
    if as_json:
        click.echo(json.dumps([{"code": each.code, "name": each.name, "quiet": list(each.quiet), "music": each.music} for each in found], ensure_ascii=False))
        return
    table = Table("kind", "name", "quiet", "music", box=None)
    for each in found:
        table.add_row(each.code, each.name, " ".join(each.quiet), "yes" if each.music else "no")
    Console().print(table)


@day.command("kind")
@click.argument("place")
@click.argument("code")
@click.option("--name", default="", help="What it is called; a kind of your own needs one.")
@click.option("--quiet", "hours", multiple=True, help="Quiet in these hours (08:00-12:00); may be given several times.")
@click.option("--no-music", is_flag=True, help="Programmes leave music out.")
@click.option("--away", is_flag=True, help="As above the place again; a kind of its own is no more.")
@login_option
def kind(place: str, code: str, name: str, hours: tuple[str, ...], no_music: bool, away: bool, login: str) -> None:
    """What a kind of day (CODE) does in PLACE and below, or a new kind."""
    with acting(login, *REFUSALS) as (session, person):
        area = find_place(session, place)
        if not away:
            made = days.set_kind(session, person, area, code, clock.now(), name=name, quiet=hours, music=not no_music)
            click.echo(f"{area.name}: {made.name or code}: quiet {' '.join(made.quiet) or 'never'}, {'with' if made.music else 'no'} music")
            return
        row = session.scalar(select(DayKind).where(DayKind.area_id == area.id, DayKind.code == code))
        if row is None:
            raise click.ClickException(f"{area.name} says nothing of its own of {code!r}")
        days.drop_kind(session, person, row, clock.now())
        click.echo(f"{area.name}: {code} as it was")


@day.command("holidays")
@click.argument("table", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
@click.option("--year", type=click.IntRange(2000, 2100), help="Show this year; without TABLE only.")
@click.option("--login", help="Who says so: somebody who may plan for the whole station.")
def public(table: Path | None, year: int | None, login: str | None) -> None:
    """Show the public holidays of a year as CSV, or read TABLE (CSV: day, off or work, name) instead of what counted in its years."""
    if table is None:
        with database() as db, db.reading() as session:
            asked = year or clock.now().year
            found = holidays.public_days(session, [asked])
        if not found:
            raise click.ClickException(f"the public holidays of {asked} are not known here yet: write a table and read it in")
        for each in sorted(found.values(), key=lambda one: one.day):
            click.echo(f"{each.day},{'off' if each.off else 'work'},{holidays.NAMES.get(each.name, each.name)}")
        return
    if not login:
        raise click.UsageError("say who you are with --login")
    with acting(login, *REFUSALS) as (session, person):
        top = session.scalar(select(Area).where(Area.parent_id.is_(None)).order_by(Area.id).limit(1))
        if top is None:
            raise click.ClickException("there is no place yet: set the station up first")
        years = days.write_holidays(session, person, top, holidays.read_table(table.read_bytes()), clock.now())
        click.echo(f"the holidays of {', '.join(map(str, years))} count as they stand there now")
