"""``xiangyin notice``: write one, see who hears it, send it, take it back, break it off, say it again, from the command line, as a person of the station."""

from __future__ import annotations

import json
import secrets
import sys
from datetime import datetime, timedelta
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.lexicon_commands import acting, find_place
from articles.errors import Refused as NotTaken
from broadcast import missed, notices
from broadcast.audience import audience, length_ms
from broadcast.models import Notice
from playlists.errors import PlaylistError
from station import clock
from station.models import Area, Person
from station.people import visible

login_option = click.option("--login", required=True, help="Who does it: somebody who may put things on air there.")
json_option = click.option("--json", "as_json", is_flag=True, help="For machines.")


@click.group("notice")
def notice() -> None:
    """Say something: write, look who hears it, send, undo, stop, again; and what people said of it."""


def _find(session: Session, person: Person, number: int) -> Notice:
    found = session.scalar(select(Notice).join(Area, Notice.area_id == Area.id).where(Notice.id == number, visible(session, person)))
    if found is None:
        raise click.ClickException(f"there is no notice {number} in the places of {person.login}: look at “xiangyin notice list”")
    return found


def _row(each: Notice) -> dict[str, Any]:
    return {
        "id": each.id, "place": each.area.name, "title": each.article.title, "text": notices.text_of(each).body, "state": each.state,
        "sent_at": each.sent_at.isoformat() if each.sent_at else None, "undo_until": each.undo_until.isoformat() if each.undo_until else None, "error": each.error,
    }  # fmt: skip


def _say(each: Notice, as_json: bool) -> None:
    click.echo(json.dumps(_row(each), ensure_ascii=False) if as_json else f"{each.id}  {each.state}  {each.area.name}  {notices.text_of(each).body[:60]}")


@notice.command("list")
@login_option
@json_option
def listed(login: str, as_json: bool) -> None:
    """The latest notices of one's places."""
    with acting(login, NotTaken, PlaylistError) as (session, person):
        query = select(Notice).join(Area, Notice.area_id == Area.id).where(visible(session, person)).order_by(Notice.id.desc()).limit(50)
        rows = [_row(each) for each in session.scalars(query)]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    table = Table("no.", "place", "state", "sent", "text", box=None)
    for each in rows:
        table.add_row(str(each["id"]), each["place"], each["state"], each["sent_at"] or "—", each["text"][:60])
    Console().print(table)


@notice.command("write")
@click.argument("place")
@click.argument("text")
@click.option("--title", default="", help="Said first; else “Notice”.")
@click.option("--lang", help="zh-Hans zh-Hant en bo ug; else found by the script.")
@click.option("--send", "at_once", is_flag=True, help="Send it too; ten seconds to undo.")
@login_option
@json_option
def write(place: str, text: str, title: str, lang: str | None, at_once: bool, login: str, as_json: bool) -> None:
    """Write TEXT (“-”: from standard input) for PLACE (number, name or path). Nothing is sent without --send."""
    body = sys.stdin.read() if text == "-" else text
    with acting(login, NotTaken, PlaylistError) as (session, person):
        made = notices.draft(session, person, find_place(session, place), key=secrets.token_hex(16), title=title, body=body, lang=lang, now=clock.now())
        if at_once:
            notices.send(session, person, made, clock.now())
        _say(made, as_json)


@notice.command("who")
@click.argument("number", type=int)
@login_option
@json_option
def who(number: int, login: str, as_json: bool) -> None:
    """Who hears notice NUMBER if it is sent now, and who does not."""
    with acting(login, NotTaken, PlaylistError) as (session, person):
        found = _find(session, person, number)
        seen = audience(session, found.area, clock.now(), timedelta(milliseconds=(length_ms(notices.text_of(found).body) + notices.PAUSE_MS) * found.repeats), found.only)
        told: dict[str, Any] = {
            "ready": seen.ready, "away": seen.away, "quiet": seen.quiet, "missing": [{"name": each.name, "why": why} for each, why in seen.missing],
            "interrupts": [each.playlist.title for each in seen.interrupts],
        }  # fmt: skip
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    click.echo(f"{seen.ready} hear it, {seen.away} not now, {seen.quiet} in quiet hours")
    for title in told["interrupts"]:
        click.echo(f"interrupts {title}")


@notice.command("send")
@click.argument("number", type=int)
@click.option("--at", "at_text", help="A moment with its offset (2026-11-25T18:00:00+08:00); now without it.")
@login_option
@json_option
def send(number: int, at_text: str | None, login: str, as_json: bool) -> None:
    """Send notice NUMBER; ten seconds to undo. Sent twice it is said once."""
    with acting(login, NotTaken, PlaylistError) as (session, person):
        found = _find(session, person, number)
        notices.send(session, person, found, clock.now(), play_at=_moment(at_text) if at_text else None)
        _say(found, as_json)


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is no moment: write it like 2026-11-25T18:00:00+08:00", param_hint="--at") from error
    if found.tzinfo is None:
        raise click.BadParameter(f"{text!r} has no offset: add +08:00, or the one of the place", param_hint="--at")
    return found


@notice.command("undo")
@click.argument("number", type=int)
@login_option
@json_option
def undo(number: int, login: str, as_json: bool) -> None:
    """Nobody hears notice NUMBER, as long as nothing has left the station."""
    with acting(login, NotTaken, PlaylistError) as (session, person):
        found = _find(session, person, number)
        notices.undo(session, person, found, clock.now())
        _say(found, as_json)


@notice.command("stop")
@click.argument("number", type=int)
@login_option
@json_option
def stop(number: int, login: str, as_json: bool) -> None:
    """Break notice NUMBER off, now and for later."""
    with acting(login, NotTaken, PlaylistError) as (session, person):
        found = _find(session, person, number)
        notices.stop_notice(session, person, found, clock.now())
        _say(found, as_json)


@notice.command("again")
@click.argument("number", type=int)
@click.option("--missed-only", is_flag=True, help="Only where it was not heard.")
@login_option
@json_option
def again(number: int, missed_only: bool, login: str, as_json: bool) -> None:
    """The words of notice NUMBER as a new draft; “send” says it."""
    with acting(login, NotTaken, PlaylistError) as (session, person):
        _say(notices.again(session, person, _find(session, person, number), clock.now(), missed_only=missed_only), as_json)


@notice.command("said")
@click.option("--dealt-with", "dealt", nargs=2, metavar="PLACE KIND", help="What people of PLACE said (loud, unheard) is dealt with.")
@login_option
@json_option
def said(dealt: tuple[str, str] | None, login: str, as_json: bool) -> None:
    """What people said in the last day: too loud, or not heard."""
    with acting(login, NotTaken, PlaylistError) as (session, person):
        if dealt:
            if dealt[1] not in missed.KINDS:
                raise click.BadParameter(f"nobody says {dealt[1]!r}: take one of {', '.join(missed.KINDS)}", param_hint="--dealt-with")
            click.echo(f"{missed.dealt_with(session, person, find_place(session, dealt[0]), dealt[1], clock.now())} dealt with")
            return
        rows = [{"place": each.area.name, "kind": each.kind, "count": each.count, "at": each.at.isoformat()} for each in missed.sayings(session, person, clock.now())]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for each in rows:
        click.echo(f"{each['count']} × {each['kind']}  {each['place']}")
