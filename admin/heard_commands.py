"""``xiangyin heard``: what was heard in a place, and its month as a file, from the command line, as the owner of the machine."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.table import Table

from admin.lexicon_commands import database, find_place
from broadcast.heard import Asked, below, by_day, total
from broadcast.report import days_of, table, write_workbook
from station import clock
from station.areas import tz_of


@click.group("heard")
def heard() -> None:
    """What was heard, by place and day, and the month as a file."""


@heard.command("show")
@click.argument("place")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="First day; six days before the last without it.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Last day; today without it.")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def show(place: str, since: datetime | None, until: datetime | None, as_json: bool) -> None:
    """Hearings (one programme at one speaker) of PLACE (number, name or path), day by day and in the places right below."""
    with database() as db, db.reading() as session:
        area = find_place(session, place)
        last: date = until.date() if until else clock.now().astimezone(ZoneInfo(tz_of(session, area))).date()
        asked = Asked(area, since.date() if since else last - timedelta(days=6), last)
        whole, days, places = total(session, asked), by_day(session, asked), [(each.name, told) for each, told in below(session, asked)]
    if as_json:
        click.echo(json.dumps({
            "place": area.name, "since": asked.since.isoformat(), "until": asked.until.isoformat(), "total": whole.as_dict(),
            "days": [{"day": name, **told.as_dict()} for name, told in days], "below": [{"place": name, **told.as_dict()} for name, told in places],
        }, ensure_ascii=False))  # fmt: skip
        return
    shown = Table("", "planned", "heard", "partly", "not heard", "not yet", box=None)
    for name, told in [*days, *places, (area.name, whole)]:
        shown.add_row(name, *map(str, (told.expected, told.heard, told.partly, told.not_heard, told.not_yet)))
    Console().print(shown)


@heard.command("report")
@click.argument("place")
@click.option("--month", required=True, help="Like 2026-11.")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="File to write: .xlsx or .csv.")
@click.option("--lines", is_flag=True, help="CSV: a line for each place, day, programme and dialect.")
def report(place: str, month: str, out: Path, lines: bool) -> None:
    """The month of PLACE and everything below it as a workbook or a table."""
    suffix = out.suffix.lower()
    if suffix not in (".xlsx", ".csv"):
        raise click.BadParameter(f"{out.name!r} ends neither in .xlsx nor in .csv", param_hint="--out")
    try:
        days_of(month)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--month") from error
    with database() as db, db.reading() as session:
        area = find_place(session, place)
        if suffix == ".xlsx":
            with out.open("wb") as file:
                write_workbook(session, area, month, file)
        else:
            with out.open("w", encoding="utf-8", newline="") as written:
                written.writelines(table(session, area, month, lines))
    click.echo(str(out))
