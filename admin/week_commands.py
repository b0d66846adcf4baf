"""``xiangyin week``: what is heard in a place, day by day, from the command line; times moved and left out; calendars out and in."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.table import Table
from sqlalchemy.orm import Session

from admin.lexicon_commands import acting, database, find_place
from devices.days import DayRefused
from devices.hours import quiet_of
from devices.models import MarkedDay
from playlists import calendar_in, calendar_out, holidays, moving
from playlists.calendar import to_utc
from playlists.calendar_in import Read, Said
from playlists.calendar_out import FROM_HERE
from playlists.days import Days
from playlists.errors import PlaylistError
from playlists.lunar import lunar
from playlists.models import Playlist, Schedule
from playlists.slots import Quiet, Remark, Slot, slots
from station import clock
from station.areas import ancestors, tz_of
from station.hours import HoursRefused, within
from station.models import Area
from station.settings import Settings

REFUSALS = (PlaylistError, DayRefused, HoursRefused)
DAY = timedelta(days=1)
login_option = click.option("--login", required=True, help="Who orders it: somebody who may plan there.")
SAYS = {
    "quiet": "falls into quiet hours", "empty": "nothing to play", "unspoken": "{count} items have no sound yet", "gap": "{by} of silence, then {other}",
    "before": "runs into or interrupts {other}", "resumes": "interrupted by {other}, then goes on", "skipped": "broken off by {other}", "under": "goes on under {other}",
    "after": "gives way to {other}", "waits": "waits until {other} is over",
}  # fmt: skip


@click.group("week")
def week() -> None:
    """What is heard in a place, day by day."""


def quiet_in(session: Session, area: Area, zone: ZoneInfo, known: Days) -> Quiet:
    """Whether it is quiet there at a moment: by the hour, or by what the day is."""
    spans = quiet_of(session, ancestors(session, area))

    def quiet(moment: datetime) -> bool:
        local = moment.astimezone(zone)
        return within(spans, local.time()) or known.is_quiet(area, local) is not None

    return quiet


def said(remark: Remark) -> str:
    """A remark in words."""
    seconds = round(remark.by.total_seconds())
    other = f"“{remark.other.playlist.title}”" if remark.other is not None else ""
    return SAYS[remark.what].format(count=remark.count, by=f"{seconds // 60}:{seconds % 60:02}", other=other)


def days_of(session: Session, area: Area, first: date, count: int) -> list[dict[str, Any]]:
    """Each day with what it is and all that is heard there, in order."""
    zone = ZoneInfo(tz_of(session, area))
    since, until = (to_utc(zone, datetime.combine(day, datetime.min.time())).starts_at for day in (first, first + count * DAY))
    known = Days(session, first - DAY, first + count * DAY, area)
    by_day: dict[date, list[Slot]] = {}
    for each in slots(session, area, since, until, quiet=quiet_in(session, area, zone, known)):
        by_day.setdefault(each.starts_at.astimezone(zone).date(), []).append(each)
    return [
        {
            "date": day.isoformat(), "codes": sorted(known.codes(area, day)), "quiet": known.quiet(area, day),
            "slots": [_slot(each, zone) for each in by_day.get(day, [])],
        }
        for day in (first + n * DAY for n in range(count))
    ]  # fmt: skip


def _slot(slot: Slot, zone: ZoneInfo) -> dict[str, Any]:
    each = slot.occurrence
    return {
        "schedule_id": each.schedule_id, "starts_at": each.starts_at.isoformat(), "ends_at": slot.ends_at.isoformat(), "local": f"{each.starts_at.astimezone(zone):%H:%M}",
        "title": each.playlist.title, "place": each.area.name, "state": each.state, "remarks": [said(one) for one in slot.remarks] if each.state == "planned" else [],
    }  # fmt: skip


@week.command("show")
@click.argument("place")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="First day; today without it.")
@click.option("--days", "count", type=click.IntRange(1, 62), default=7, show_default=True, help="How many days.")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def show(place: str, since: datetime | None, count: int, as_json: bool) -> None:
    """All that is heard in PLACE (number, name or path), of places above and below it too, with what runs into what."""
    with database() as db, db.reading() as session:
        area = find_place(session, place)
        first = since.date() if since else clock.now().astimezone(ZoneInfo(tz_of(session, area))).date()
        told, name, tz, lacking = days_of(session, area, first, count), area.name, tz_of(session, area), holidays.lacking(session, first)
    if as_json:
        click.echo(json.dumps({"place": name, "tz": tz, "days": told}, ensure_ascii=False))
        return
    table = Table("day", "time", "programme", "place", "remarks", "schedule", title=f"{name} ({tz})", title_justify="left", box=None)
    for day in told:
        when = date.fromisoformat(day["date"])
        moon = lunar(when)
        head = f"{when:%a %m-%d} {moon.chinese if moon else ''}"
        what = " ".join(each for each in day["codes"] if each not in ("workday", "restday")) + (f" quiet {' '.join(day['quiet'])}" if day["quiet"] else "")
        table.add_row(f"[bold]{head}[/]", "", f"[yellow]{what}[/]" if what else "" if day["slots"] else "[dim]nothing is planned[/]", "", "", "")
        for each in day["slots"]:
            off = {"cancelled": "cancelled", "off": "not on such a day"}.get(each["state"], "")
            style = "dim" if off else None
            table.add_row("", each["local"], each["title"], each["place"], off or "; ".join(each["remarks"]), str(each["schedule_id"]), style=style)
    Console().print(table)
    if lacking:
        click.echo(f"the public holidays of {lacking} are not known here yet: weekends count as they fall")


def _moment(session: Session, schedule: Schedule, text: str) -> datetime:
    """A local day and time of the schedule as a moment."""
    try:
        local = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.ClickException(f"{text!r} is no moment: write it like 2026-12-01T18:30") from error
    return local.astimezone(UTC) if local.tzinfo else to_utc(ZoneInfo(schedule.tz), local).starts_at


def _schedule(session: Session, number: int) -> Schedule:
    found = session.get(Schedule, number)
    if found is None:
        raise click.ClickException(f"there is no schedule {number}: its number stands in the last column of xiangyin week show")
    return found


@week.command("move")
@click.argument("schedule", type=click.IntRange(1, 2**31 - 1))
@click.argument("at")
@click.argument("to")
@click.option("--following", is_flag=True, help="All that follow likewise.")
@login_option
def move(schedule: int, at: str, to: str, following: bool, login: str) -> None:
    """The time AT (2026-12-01T18:30, local) of SCHEDULE is heard at TO instead."""
    with acting(login, *REFUSALS) as (session, person):
        found = _schedule(session, schedule)
        made = moving.move(session, person, found, _moment(session, found, at), _moment(session, found, to), following and found.kind != "once", clock.now())
        click.echo(f"{made.playlist.title}: {to}{' and all that follow' if following else ''} (schedule {made.id})")


@week.command("leave-out")
@click.argument("schedule", type=click.IntRange(1, 2**31 - 1))
@click.argument("at")
@click.option("--following", is_flag=True, help="All that follow too.")
@login_option
def leave_out(schedule: int, at: str, following: bool, login: str) -> None:
    """The time AT (2026-12-01T18:30, local) of SCHEDULE is not heard."""
    with acting(login, *REFUSALS) as (session, person):
        found = _schedule(session, schedule)
        moving.leave_out(session, person, found, _moment(session, found, at), following, clock.now())
        click.echo(f"{found.playlist.title}: not {at}{' and none after it' if following else ''}")


# calendars


def _domain() -> str:
    return f"{Settings.load().mqtt_domain}.xiangyin"


def _mark_word(mark: MarkedDay) -> str:
    return mark.code


@week.command("ics")
@click.argument("place")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="File to write; the standard output without it.")
def ics(place: str, out: Path | None) -> None:
    """The week of PLACE as iCalendar."""
    with database() as db, db.reading() as session:
        raw = calendar_out.calendar_of(session, find_place(session, place), clock.now(), _domain(), _mark_word)
    if out is None:
        click.echo(raw, nl=False)
        return
    out.write_bytes(raw)
    click.echo(str(out))


@week.command("link")
@click.argument("place")
@click.argument("name")
@login_option
def link(place: str, name: str, login: str) -> None:
    """A link for NAME under which calendars read the week of PLACE; it is shown this once."""
    with acting(login, *REFUSALS) as (session, person):
        _row, token = calendar_out.make_link(session, person, find_place(session, place), name, clock.now())
        click.echo(f"{Settings.load().public_url}/calendar/{token}.ics")


@week.command("bring")
@click.argument("place")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--programme", "named", multiple=True, help="TITLE=N: events of this title are the programme N; may be given several times.")
@click.option("--write", is_flag=True, help="Put it on the calendar; without it only say what would become of it.")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@login_option
def bring(place: str, file: Path, named: tuple[str, ...], write: bool, as_json: bool, login: str) -> None:
    """What becomes of the calendar FILE (.ics) in PLACE: each event, the programme it is, and what cannot be carried."""
    with acting(login, *REFUSALS) as (session, person):
        area, now = find_place(session, place), clock.now()
        found = _others(calendar_in.read_calendar(file.read_bytes(), tz_of(session, area), now))
        given = {title: _programme(session, number) for title, equals, number in (each.rpartition("=") for each in named) if equals}
        rows = [(each, given.get(each.title) or calendar_in.programme_for(session, person, area, each.title)) for each in found.wanted]
        refused = [(title, str(why)) for title, why in found.refused] + [(each.title, "no programme is called so here: name one with --programme") for each, programme in rows if programme is None]
        made: list[Schedule] = []
        if write:
            brought = calendar_in.bring_in(session, person, area, [(each, programme) for each, programme in rows if programme is not None], now)
            made, refused = brought.made, [*brought.refused, *refused]
        told: dict[str, Any] = {
            "events": [{"uid": each.uid, "title": each.title, "playlist_id": programme.id if programme else None, "notes": [str(note) for note in each.notes]} for each, programme in rows],
            "refused": [{"title": title, "why": why} for title, why in refused], "made": [each.id for each in made],
        }  # fmt: skip
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    for event in told["events"]:
        click.echo(f"{event['title']}: {'programme ' + str(event['playlist_id']) if event['playlist_id'] else 'no programme'}" + "".join(f"; {note}" for note in event["notes"]))
    for title, why in refused:
        click.echo(f"not carried: {title}: {why}")
    click.echo(f"{len(made)} schedules were made" if write else "nothing was written: say so with --write")


def _others(found: Read) -> Read:
    """Without what came from here."""
    domain = _domain()
    mine = [each for each in found.wanted if calendar_out.ours(each.uid, domain)]
    return Read([each for each in found.wanted if each not in mine], [*found.refused, *((each.title, Said(FROM_HERE)) for each in mine)])


def _programme(session: Session, number: str) -> Playlist:
    found = session.get(Playlist, int(number)) if number.isascii() and number.isdecimal() and len(number) < 10 else None
    if found is None:
        raise click.ClickException(f"there is no programme {number}")
    return found
