"""``xiangyin relay``: pass a stream on as a live talk (an upper level's live programme, a line-in), and take it up again when it breaks."""

from __future__ import annotations

import threading

import click

from admin.lexicon_commands import acting, find_place
from broadcast.door import Visitor
from broadcast.relay import CannotRelay, Relay, checked, sound_of
from broadcast.studio import LONGEST_MAX_S
from station.clock import now, to_ms
from station.people import NotAllowed, require

DAY_S = 24 * 60


@click.command("relay")
@click.argument("url")
@click.option("--area", "place", required=True, help="A place: its number, its name, or the end of its path (石桥镇/上坪村).")
@click.option("--title", default="", help="What screens and the log call it; else the speaker's name.")
@click.option("--minutes", type=click.IntRange(1, DAY_S), default=60, show_default=True, help="After so long it ends by itself.")
@click.option("--chime/--no-chime", default=False, help="A chime before it, each time it begins anew.")
@click.option("--login", required=True, help="Who answers for it: somebody who may speak live there.")
def relay(url: str, place: str, title: str, minutes: int, chime: bool, login: str) -> None:
    """Pass on the stream at URL (http or https: mp3, aac, ogg, wav) live to a place and everything below it, with the priority of a live talk.
    When it breaks, the speakers go back to their schedule, and it is looked for again."""
    from admin.commands import settings_or_say

    folder = settings_or_say().data_dir
    try:
        checked(url)
        with acting(login) as (session, person):
            area = find_place(session, place)
            require(session, person, "play", area, kind="live")
            who, where = person.id, area.id
    except (CannotRelay, NotAllowed) as error:
        raise click.ClickException(str(error)) from error
    clock, since = threading.Event(), to_ms(now())

    def sit_down() -> Visitor:
        return Visitor(folder, who, where, title, min(LONGEST_MAX_S, minutes * 60), chime, source="relay", unstopped_since_ms=since)

    click.echo(Relay(lambda: sound_of(url), sit_down, clock.wait, lambda said: click.echo(said, err=True)).run(minutes * 60))
