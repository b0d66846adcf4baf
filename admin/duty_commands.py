"""``xiangyin duty``: the duty book of a place from the command line."""

from __future__ import annotations

import json
from datetime import timedelta

import click
from rich.console import Console
from rich.table import Table
from sqlalchemy import true

from admin.lexicon_commands import acting, find_place, opened
from station import clock
from station import duty as book
from station.audit import record
from station.duty import BadDuty


@click.group("duty")
def duty() -> None:
    """Who was on, what was said, what was handed over."""


@duty.command("show")
@click.argument("place")
@click.option("--days", default=2, type=click.IntRange(1, 366), show_default=True, help="So many days back.")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def show(place: str, days: int, as_json: bool) -> None:
    """Who is on in PLACE (number, name or path), and the lines there and below, newest first."""
    with opened() as session:
        area, now = find_place(session, place), clock.now()
        watch = book.on_duty(session, area)
        rows = [
            {
                "at": each.at.isoformat(), "place": each.area.name if each.area else "", "person": each.person.login if each.person else "", "kind": each.kind,
                "text": each.text, "relieves": each.other.login if each.other else "", "subject": each.subject, "subject_id": each.subject_id,
            }
            for each in book.lines(session, area, now - timedelta(days=days), now + timedelta(seconds=1), true())
        ]  # fmt: skip
        on = {"on_duty": watch.person.login if watch else None, "since": watch.since.isoformat() if watch else None}
    if as_json:
        click.echo(json.dumps({**on, "lines": rows}, ensure_ascii=False))
        return
    click.echo(f"on duty: {on['on_duty']} since {str(on['since'])[:16]} UTC" if watch else "nobody is on duty")
    table = Table("when (UTC)", "who", "what", "", "where", box=None)
    for row in rows:
        table.add_row(row["at"][:16], row["person"], " ".join(filter(None, (row["subject"], row["kind"], row["subject_id"], row["relieves"]))), row["text"], row["place"])
    Console().print(table)


def _write(place: str, login: str, kind: str, text: str) -> None:
    with acting(login, BadDuty) as (session, person):
        area, now = find_place(session, place), clock.now()
        made = {"on": book.begin, "off": book.end, "note": book.note}[kind](session, person, area, text, now)
        if kind != "note":
            record(session, person=person, act=f"duty_{kind}", subject="duty", subject_id=made.id, area=area, now=now)
        click.echo(f"{area.name}: {kind} {person.name}" + (f", relieves {made.other.name}" if made.other else ""))


def _word(kind: str, doc: str) -> None:
    @duty.command(kind, help=doc)
    @click.argument("place")
    @click.option("--login", required=True, help="Who it is.")
    @click.option("--text", default="", help="What happened, what is left to do.")
    def word(place: str, login: str, text: str) -> None:
        _write(place, login, kind, text)


_word("on", "On duty in PLACE from now; whoever was on is relieved.")
_word("off", "Off duty, with what is left to do.")
_word("note", "Something worth knowing.")
