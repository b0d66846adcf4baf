"""``xiangyin emergency`` and ``xiangyin keys``: break in, end it, see how far it came; who may sign, as the owner of the machine."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.lexicon_commands import opened
from articles.errors import Refused
from broadcast import emergency as acts
from broadcast import notices, stopping
from broadcast.alerts_out import Press
from broadcast.emergency_report import report
from broadcast.models import Emergency, EmergencyPhrase
from devices.keys import NoSuchKey, StationKeys, add_branch, revoke, rotate
from station import clock
from station.bell import ring
from station.models import Area, Person
from station.people import NotAllowed
from station.settings import Settings
from wire.messages import SEVERITIES


@click.group("emergency")
def emergency() -> None:
    """Break in, end it, see how far it came."""


def _person(session: Session, login: str) -> Person:
    found = session.scalar(select(Person).where(Person.login == login, Person.active))
    if found is None:
        raise click.ClickException(f"nobody here has the login {login!r}")
    return found


def _areas(session: Session, numbers: tuple[int, ...]) -> list[Area]:
    found = list(session.scalars(select(Area).where(Area.id.in_(numbers))))
    if len(found) != len(set(numbers)):
        raise click.ClickException("no such place: `xiangyin emergency order --help` names how to give one")
    return found


def _row(session: Session, key: str) -> Emergency:
    found = session.scalar(select(Emergency).where(Emergency.key == key))
    if found is None:
        raise click.ClickException(f"no emergency is called {key!r}; `xiangyin emergency list` names those there are")
    return found


def _ring() -> None:
    from admin.commands import settings_or_say

    ring(settings_or_say().data_dir)


@emergency.command("order")
@click.option("--area", "areas", type=int, multiple=True, required=True, help="Number of a place; may be given several times.")
@click.option("--login", required=True, help="Who orders it.")
@click.option("--level", type=click.Choice(SEVERITIES), default="red", show_default=True)
@click.option("--text", default="", help="Words, spoken at once.")
@click.option("--lang", default="zh-Hans", show_default=True, help="Written language of the words.")
@click.option("--phrase", type=int, help="Number of a stored phrase.")
@click.option("--drill", is_flag=True, help="A drill: its own chime, and it says that it is one.")
@click.option("--repeats", default=acts.REPEATS, show_default=True)
@click.option("--minutes", default=30, show_default=True, help="It ends by itself after so long.")
def order(areas: tuple[int, ...], login: str, level: str, text: str, lang: str, phrase: int | None, drill: bool, repeats: int, minutes: int) -> None:
    """Order an emergency. Prints its name, by which it is ended."""
    from admin.commands import settings_or_say

    with opened() as session:
        stored = session.get(EmergencyPhrase, phrase or 0)
        what = acts.Order(level=level, texts={lang: text}, phrase=stored, drill=drill, repeats=repeats, lasts=timedelta(minutes=minutes))
        try:
            row = acts.order(
                session, _areas(session, areas), what, clock.now(), person=_person(session, login), two_persons=settings_or_say().emergency_two_persons
            )
        except (acts.BadEmergency, NotAllowed) as error:
            raise click.ClickException(str(error)) from error
        click.echo(f"{row.key} {row.state}")
    _ring()


@emergency.command("list")
def listed() -> None:
    """What is live or waits for a second person."""
    with opened() as session:
        for each in session.scalars(select(Emergency).where(Emergency.state != "ended").order_by(Emergency.id)):
            click.echo(f"{each.key}  {each.state}  {each.level}{' drill' if each.drill else ''}  {', '.join(area.name for area in each.areas)}  {each.title}")


@emergency.command("end")
@click.argument("key")
@click.option("--login", required=True, help="Who ends it.")
@click.option("--silently", is_flag=True, help="Without saying that it is over.")
def end(key: str, login: str, silently: bool) -> None:
    """All clear for KEY: it ends at once, and that is said once."""
    with opened() as session:
        try:
            (acts.cancel if silently else acts.all_clear)(session, _row(session, key), _person(session, login), clock.now())
        except NotAllowed as error:
            raise click.ClickException(str(error)) from error
    _ring()


@emergency.command("release")
@click.argument("key")
@click.option("--login", required=True, help="The second person.")
def released(key: str, login: str) -> None:
    """KEY, which somebody else ordered, may sound."""
    with opened() as session:
        try:
            acts.release(session, _row(session, key), _person(session, login), clock.now())
        except (acts.BadEmergency, NotAllowed) as error:
            raise click.ClickException(str(error)) from error
    _ring()


@emergency.command("report")
@click.argument("key")
def told(key: str) -> None:
    """How far KEY came: one line of JSON."""
    with opened() as session:
        row = _row(session, key)
        found = report(session, row)
        said = {"key": key, "state": row.state, **found.counts, "first_sound_p50_ms": found.share(50), "first_sound_p99_ms": found.share(99)}
        click.echo(json.dumps(said))


@emergency.command("stop")
@click.option("--login", required=True, help="Who stops.")
@click.option("--area", type=int, help="Number of a place: everything that sounds there ends, except emergencies. Without it, everything you started.")
def stop(login: str, area: int | None) -> None:
    """Stop an area, or everything you started."""
    with opened() as session:
        person = _person(session, login)
        try:
            done = stopping.stop_area(session, person, _areas(session, (area,))[0], clock.now()) if area else notices.stop_mine(session, person, clock.now())
        except NotAllowed as error:
            raise click.ClickException(str(error)) from error
        click.echo(f"{done.programmes} programmes, {done.emergencies} emergencies")
    _ring()


@click.group("keys")
def keys() -> None:
    """Who may sign: programmes, emergencies, and emergencies of one branch alone. A running station takes a change when it starts anew."""


def _folder() -> tuple[StationKeys, tuple[Path, str]]:
    from admin.commands import settings_or_say

    settings = settings_or_say()
    where = (settings.data_dir / "keys", settings.mqtt_domain)
    return StationKeys.load_or_make(*where), where


@keys.command("list")
def list_keys() -> None:
    """The keys that are believed."""
    found, _ = _folder()
    for name, kid, where in [
        ("programme", found.programme.kid, ""), ("alert", found.alert.kid, "everywhere"), ("update", found.update.kid, ""),
        *((f"alert-{each.zid}", each.signer.kid, f"{each.level} {each.zid}") for each in found.branches),
        *(("retired", each.kid, f"until {clock.from_ms(each.to_ms):%Y-%m-%d %H:%M} UTC") for each in found.retired),
    ]:  # fmt: skip
        click.echo(f"{name}  {kid}  {where}".rstrip())


@keys.command("rotate")
@click.argument("name", default="programme")
@click.option("--days", default=8.0, show_default=True, help="So long the old one is believed beside it.")
def rotate_key(name: str, days: float) -> None:
    """A new key in the place of NAME (programme, alert, alert-ZID)."""
    _, (folder, domain) = _folder()
    try:
        rotate(folder, domain, clock.now(), timedelta(days=days), name)
    except NoSuchKey as error:
        raise click.ClickException(str(error)) from error
    click.echo("done; start the station anew")


@keys.command("revoke")
@click.argument("kid")
def revoke_key(kid: str) -> None:
    """KID is believed no more, at once; what it ordered ends."""
    _, (folder, domain) = _folder()
    try:
        revoke(folder, domain, kid, clock.now())
    except NoSuchKey as error:
        raise click.ClickException(str(error)) from error
    click.echo("done; start the station anew")


@keys.command("branch")
@click.option("--area", type=int, required=True, help="Number of a place, such as a county.")
def branch_key(area: int) -> None:
    """A key of its own for the emergencies of a branch: it speaks nowhere else, and as no upper level."""
    _, (folder, domain) = _folder()
    with opened() as session:
        place = _areas(session, (area,))[0]
        made = add_branch(folder, domain, place.zid, place.level)
    click.echo(f"{next(each.signer.kid for each in made.branches if each.zid == place.zid)}; start the station anew")


@emergency.command("out")
@click.argument("key")
@click.option("--as", "form", type=click.Choice(["cap", "ebm"]), default="cap", show_default=True, help="CAP 1.2, signed; or an EBD package.")
@click.option("--resource", default="", help="Our number at the other platform (18 or 23 digits), for EBM.")
@click.option("--out", "target", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The file to write.")
def out_(key: str, form: str, resource: str, target: Path) -> None:
    """Write emergency KEY as a message for others; prints as JSON what the format could not carry."""
    settings = Settings.load()
    with opened() as session:
        row = _row(session, key)
        if row.released_at is None:
            raise click.ClickException("nobody has released it yet: nobody else is told")
        ours = Press(session, settings.public_url, settings.data_dir / "keys")
        try:
            data, lost = ours.cap(row, clock.now()) if form == "cap" else ours.ebm(row, resource, clock.now())[1:]
        except Refused as error:
            raise click.BadParameter(str(error), param_hint="--resource") from error
        target.write_bytes(data)
        click.echo(json.dumps({"file": str(target), "identifier": ours.last(row).identifier, "lost": lost}, ensure_ascii=False))
