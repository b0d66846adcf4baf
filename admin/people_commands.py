"""People from the command line, for whoever owns the machine: who has a second step, and taking it away when the telephone is lost."""

from __future__ import annotations

import json

import click
from rich.console import Console
from rich.table import Table
from sqlalchemy import select

from station import access, clock, second_step
from station.audit import record
from station.database import Database
from station.models import Person
from station.settings import Settings, SettingsError


@click.group()
def people() -> None:
    """Who signs in here."""


def _settings() -> Settings:
    try:
        return Settings.load()
    except SettingsError as error:
        raise click.ClickException(str(error)) from error


@people.command("list")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def everybody(as_json: bool) -> None:
    """Everybody, and whether signing in takes a second step."""
    settings = _settings()
    db = Database(settings.database_url)
    try:
        with db.reading() as session:
            rows = [
                {
                    "login": each.login, "name": each.name, "active": each.active, "second_step_at": at.isoformat() if (at := each.second_step_at) else None,
                    "must": second_step.asked_for(session, each, settings.second_step_roles.split()), "codes_left": second_step.codes_left(session, each),
                }
                for each in session.scalars(select(Person).order_by(Person.login))
            ]  # fmt: skip
    finally:
        db.close()
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    table = Table("signs in as", "name", "second step", "asked for", "codes on paper", box=None)
    for row in rows:
        table.add_row(str(row["login"]), str(row["name"]), str(row["second_step_at"] or "-"), "yes" if row["must"] else "no", str(row["codes_left"]))
    Console().print(table)


@people.command("without-second-step")
@click.argument("login")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def without_second_step(login: str, as_json: bool) -> None:
    """Take the second step of LOGIN away (a lost telephone) and sign the person out everywhere."""
    settings = _settings()
    db = Database(settings.database_url)
    try:
        with db.session() as session:
            person = session.scalar(select(Person).where(Person.login == login))
            if person is None:
                raise click.ClickException(f"nobody signs in as {login!r}: xiangyin people list names everybody")
            had, now = second_step.take_away(session, person), clock.now()
            ended = access.end_sessions(session, person, now) if had else 0
            record(
                session, person=None, act="take_second_step", subject="person", subject_id=person.id, area=None, now=now,
                before="set up" if had else "none", after="none", ended=ended,
            )  # fmt: skip
    finally:
        db.close()
    if as_json:
        click.echo(json.dumps({"login": login, "taken": had, "sessions_ended": ended}))
    else:
        click.echo(f"{login} signs in without a second step until it is set up again" if had else f"{login} had none")
