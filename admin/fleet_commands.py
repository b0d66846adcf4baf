"""The fleet and the register from the command line: ``fleet``, ``register make`` and ``register bring``."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import click

from station import clock
from station.database import Database
from station.migrations import upgrade
from station.settings import Settings, SettingsError


@click.command()
@click.option("--terminals", default=100, show_default=True, help="How many virtual terminals.")
@click.option("--areas", default=10, show_default=True, help="In how many villages.")
@click.option("--minutes", default=2.0, show_default=True, help="For how long programmes are played to them.")
@click.option("--json", "as_json", is_flag=True, help="The summary as one line of JSON.")
@click.option("--broker", default="auto", show_default=True, help="auto, mosquitto, amqtt, or mqtt://user:password@host:port.")
@click.option("--faults", default="", help="Any of lines,power,clocks,disks,kill: cut lines, power cuts, wrong clocks, slow disks, SIGKILL.")
@click.option("--fault-every", default=120.0, show_default=True, help="Mean seconds between two faults of one terminal.")
@click.option("--join", is_flag=True, help="Enrol them at the station of these settings, which is running, instead of one of their own; revoked at the end.")
def fleet(terminals: int, areas: int, minutes: float, as_json: bool, broker: str, faults: str, fault_every: float, join: bool) -> None:
    """Thousands of virtual terminals: the same agent over real MQTT connections, and what became of everything planned."""
    from admin.fleet import FleetFailed, Options, run_fleet
    from broadcast.brokers import BrokerError

    known = ("lines", "power", "clocks", "disks", "kill")
    named = set(filter(None, faults.split(",")))
    unknown = sorted(named - set(known))
    if unknown:
        raise click.BadParameter(f"no fault is called {', '.join(unknown)}: take of {', '.join(known)}", param_hint="--faults")
    if "kill" in named and ("clocks" in named or join):
        raise click.BadParameter("kill goes neither with clocks nor with --join", param_hint="--faults")
    try:
        sys.exit(run_fleet(Options(terminals, areas, minutes, as_json, broker, faults, join, fault_every)))
    except (FleetFailed, BrokerError, SettingsError) as error:
        raise click.ClickException(str(error)) from error


@click.group()
def register() -> None:
    """The register of terminals: bring a table of them, or make a large one for a trial."""


def _database() -> Database:
    try:
        settings = Settings.load()
    except SettingsError as error:
        raise click.ClickException(str(error)) from error
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    db = Database(settings.database_url)
    upgrade(db.engine)
    return db


@register.command("make")
@click.option("--terminals", default=277_000, show_default=True)
@click.option("--areas", default=37_000, show_default=True, help="How many villages; the places above them are made too.")
def make(terminals: int, areas: int) -> None:
    """A province's register to try the pages with. These terminals have no papers: none can connect."""
    from devices.registry import make_places, make_terminals

    if not (1 <= areas <= 200_000 and 0 <= terminals <= 1_000_000):
        raise click.ClickException("1 to 200000 areas and up to 1000000 terminals")
    began = clock.monotonic_s()
    with _database().session() as session:
        villages = make_places(session, areas, clock.now())
        make_terminals(session, villages, terminals, clock.now())
    click.echo(f"{terminals} terminals in {areas} villages made in {clock.monotonic_s() - began:.1f} s")


@register.command("bring")
@click.argument("table", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--papers", required=True, type=click.Path(dir_okay=False, path_type=Path), help="File for names on the wire and passwords (CSV); told once.")
def bring_table(table: Path, papers: Path) -> None:
    """Take the terminals of TABLE (CSV: name, place, kind, dialect, volume, model) into the register, all or none."""
    from broadcast.brokers import hash_password
    from devices.registry import BadRegister, bring, read_table
    from tts.dialects import DIALECTS

    if papers.exists():
        raise click.ClickException(f"{papers} exists: name a new file")
    try:
        entries = read_table(table.read_text(encoding="utf-8-sig"), DIALECTS)
        papers.touch(0o600)
        with _database().session() as session, papers.open("w", newline="", encoding="utf-8") as file:
            made = bring(session, entries, clock.now(), hash_password)
            writer = csv.writer(file)
            writer.writerow(("did", "password", "name", "place"))
            writer.writerows((each.did, each.password, each.name, each.place) for each in made)
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{table} is not UTF-8 (byte {error.start}): save it as UTF-8") from error
    except BadRegister as error:
        papers.unlink(missing_ok=True)
        raise click.ClickException(str(error)) from error
    click.echo(f"{len(made)} terminals taken; their papers are in {papers}")
