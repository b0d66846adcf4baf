"""``xiangyin release``: versions of the terminals' program from the command line, as the owner of the machine."""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy import select

from admin.lexicon_commands import opened
from devices.keys import StationKeys
from devices.releases import BadRelease, all_releases, archive_of, release
from station import clock
from station.files import Files
from station.models import Area, Person
from station.people import NotAllowed

HOUSE = Path(__file__).parents[1]


@click.group("release")
def releases() -> None:
    """Versions of the terminals' program."""


@releases.command("list")
def listed() -> None:
    """The versions that were released, the newest first."""
    with opened() as session:
        for each in all_releases(session):
            click.echo(f"{each.version}  {each.bytes} bytes  {each.sha256[:16]}  {each.created_at:%Y-%m-%d}")


@releases.command("make")
@click.argument("version")
@click.option("--login", required=True, help="Who releases it: somebody who may see to the terminals of the whole station.")
@click.option("--minutes", default=10, show_default=True, help="A terminal that has not reported after so long returns to its old version.")
def make(version: str, login: str, minutes: int) -> None:
    """Release the program of this tree as VERSION: stored, signed, ready to be ordered on the pages or by REST."""
    from admin.commands import settings_or_say

    settings = settings_or_say()
    with opened() as session:
        person = session.scalar(select(Person).where(Person.login == login, Person.active))
        root = session.scalar(select(Area).where(Area.parent_id.is_(None)).order_by(Area.id).limit(1))
        if person is None or root is None:
            raise click.ClickException(f"nobody here has the login {login!r}" if person is None else "there is no place yet: set the station up first")
        try:
            made = release(
                session, person=person, root=root, archive=archive_of(HOUSE, version), version=version, files=Files(settings.data_dir / "files"),
                keys=StationKeys.load_or_make(settings.data_dir / "keys", settings.mqtt_domain), now=clock.now(), minutes=minutes,
            )  # fmt: skip
        except (BadRelease, NotAllowed) as error:
            raise click.ClickException(str(error)) from error
        click.echo(f"{made.version}: {made.bytes} bytes, {made.sha256}")
