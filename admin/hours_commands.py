"""``xiangyin hours``: quiet hours and metered lines of a place, volume caps of a speaker, from the command line, as the owner of the machine."""

from __future__ import annotations

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.lexicon_commands import acting, find_place, opened
from devices import enrol
from devices.hours import quiet_of, quiet_source, set_caps, set_quiet
from devices.models import Terminal
from station import clock
from station.areas import ancestors
from station.hours import HoursRefused
from station.models import Area

login_option = click.option("--login", required=True, help="Who orders it: somebody who may see to the terminals there.")


@click.group("hours")
def hours() -> None:
    """When a place is quiet, and how loud a speaker may be when."""


def _speaker(session: Session, did: str) -> Terminal:
    found = session.scalar(select(Terminal).where(Terminal.did == did, Terminal.state == "active"))
    if found is None:
        raise click.ClickException(f"no speaker here is called {did!r}: take its device id from its page")
    return found


def _said(session: Session, area: Area) -> str:
    """The quiet hours that count in the place, and where they come from."""
    source, found = quiet_source(session, area), quiet_of(session, ancestors(session, area))
    words = " ".join(found) or "none"
    return f"{area.name}: quiet {words}" + (f" (from {source.area.name})" if source is not None and source.area_id != area.id else "")


@hours.command("show")
@click.argument("place")
def show(place: str) -> None:
    """The quiet hours that count in PLACE (number, name or path), whether its lines are metered, and the caps of its speakers."""
    with opened() as session:
        area = find_place(session, place)
        click.echo(_said(session, area))
        if any(each.metered for each in ancestors(session, area)):
            click.echo("every byte of its lines is paid for")
        for each in session.scalars(select(Terminal).where(Terminal.area_id == area.id, Terminal.state == "active").order_by(Terminal.name)):
            if each.caps:
                click.echo(f"{each.did}  {each.name}  {' '.join(each.caps)}")


@hours.command("quiet")
@click.argument("place")
@click.argument("spans", nargs=-1)
@click.option("--none", "empty", is_flag=True, help="No quiet hours there, whatever counts above.")
@click.option("--as-above", is_flag=True, help="Those of the place above.")
@login_option
def quiet(place: str, spans: tuple[str, ...], empty: bool, as_above: bool, login: str) -> None:
    """In SPANS (22:00-06:00 ...) nothing but an emergency begins in PLACE and below."""
    if bool(spans) + empty + as_above != 1:
        raise click.UsageError("give hours like 22:00-06:00, or --none, or --as-above")
    with acting(login, HoursRefused) as (session, person):
        area = find_place(session, place)
        set_quiet(session, person=person, area=area, hours=None if as_above else list(spans), now=clock.now())
        click.echo(_said(session, area))


@hours.command("caps")
@click.argument("did")
@click.argument("spans", nargs=-1)
@login_option
def caps(did: str, spans: tuple[str, ...], login: str) -> None:
    """In SPANS (06:00-08:00=40 ...) the speaker DID is no louder, but for emergencies; without SPANS all caps go."""
    with acting(login, HoursRefused) as (session, person):
        found = _speaker(session, did)
        click.echo(f"{found.name}: {' '.join(set_caps(session, person=person, terminal=found, caps=spans, now=clock.now())) or 'no caps'}")


@hours.command("metered")
@click.argument("place")
@click.argument("state", type=click.Choice(("on", "off")))
@login_option
def metered(place: str, state: str, login: str) -> None:
    """Whether every byte of the lines of PLACE and below is paid for: small sound, no logs."""
    with acting(login, HoursRefused) as (session, person):
        area = find_place(session, place)
        enrol.set_metered(session, person=person, area=area, metered=state == "on", now=clock.now())
        click.echo(f"{area.name}: metered {state}")
