"""``xiangyin lexicon``: the readings of people and places from the command line, as the owner of the machine."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from sqlalchemy import select, true
from sqlalchemy.orm import Session

from station import clock
from station.areas import ancestors
from station.database import Database
from station.models import Area, Person
from station.people import NotAllowed
from tts.dialects import DIALECTS
from tts.engines import EngineError
from tts.lexicon import listed, put_all, set_reading, words_for
from tts.lexicon_file import LINES_MAX, BadFile, Parsed, parse, to_csv
from tts.models import LexiconEntry
from tts.spelling import LexiconRefused

DIALECT = click.Choice(tuple(DIALECTS))
PLACE_HELP = "A place: its number, its name, or the end of its path (石桥镇/上坪村)."


@contextmanager
def database() -> Iterator[Database]:
    """The station's database."""
    from admin.commands import settings_or_say

    db = Database(settings_or_say().database_url)
    try:
        yield db
    finally:
        db.close()


@contextmanager
def opened() -> Iterator[Session]:
    """One transaction on the station's database."""
    with database() as db, db.session() as session:
        yield session


@contextmanager
def acting(login: str, *refusals: type[Exception]) -> Iterator[tuple[Session, Person]]:
    """One transaction of this person; what the rooms refuse is said in words."""
    known: tuple[type[Exception], ...] = (NotAllowed, *refusals)
    with opened() as session:
        person = session.scalar(select(Person).where(Person.login == login, Person.active))
        if person is None:
            raise click.ClickException(f"nobody here has the login {login!r}")
        try:
            yield session, person
        except known as error:
            raise click.ClickException(str(error)) from error


def find_place(session: Session, named: str) -> Area:
    """The one place of this number, name, or end of a path. Raises BadParameter that lists what it could be."""
    if named.isascii() and named.isdecimal() and len(named) < 10:
        found = session.get(Area, int(named))
        if found is not None:
            return found
    parts = [part.strip() for part in named.replace("／", "/").split("/") if part.strip()]
    if parts:
        rows = session.scalars(select(Area).where(Area.name == parts[-1]).order_by(Area.path))
        fitting = [(area, path) for area in rows if (path := [each.name for each in ancestors(session, area)])[-len(parts) :] == parts]
        if len(fitting) == 1:
            return fitting[0][0]
        if fitting:
            choices = ", ".join(f"{area.id} ({'/'.join(path)})" for area, path in fitting)
            raise click.BadParameter(f"{named!r} names several places: {choices}; give the number", param_hint="--area")
    raise click.BadParameter(f"no place is called {named!r}: look at the page Places, or at “xiangyin lexicon list”", param_hint="--area")


def words_of_file(source: Path, code: str) -> dict[str, str]:
    """The readings of one dialect in a table. Raises ClickException that names every bad line."""
    found = _parsed(source, code)
    if found.bad:
        lines = "\n".join(f"  line {each.line}: {each.reason}" for each in found.bad[:20])
        raise click.ClickException(f"{source.name} has {len(found.bad)} lines that are not right:\n{lines}")
    return {row.word: row.reading for row in found.rows if row.dialect == code}


def words_of_place(named: str, code: str, text: str | None = None) -> dict[str, str]:
    """The readings that hold in a place, of the words that may be heard in the text (None: of all)."""
    with opened() as session:
        return words_for(session, find_place(session, named), code, text)


def _parsed(source: Path, code: str | None) -> Parsed:
    try:
        return parse(source.read_bytes(), code)
    except (BadFile, OSError) as error:
        raise click.ClickException(f"{source}: {error}") from error


@click.group()
def lexicon() -> None:
    """Readings of people and places: list, add, import, export."""


def _plain(entry: LexiconEntry) -> dict[str, Any]:
    kept = {name: getattr(entry, name) for name in ("id", "area_id", "dialect", "word", "reading", "note")}
    return {**kept, "area": entry.area.name, "updated_at": entry.updated_at.isoformat()}


@lexicon.command("list")
@click.option("--area", "named", help=PLACE_HELP)
@click.option("--dialect", "code", type=DIALECT, default=None)
@click.option("--word", default="", help="Only words that hold these characters.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, for machines.")
def show(named: str | None, code: str | None, word: str, as_json: bool) -> None:
    """The readings that were given, the newest first."""
    with opened() as session:
        area = find_place(session, named) if named else None
        rows = listed(session, true(), code=code or "", word=word, area=area, limit=LINES_MAX)
        if as_json:
            for row in rows:
                click.echo(json.dumps(_plain(row), ensure_ascii=False))
            return
        table = Table("word", "reading", "dialect", "place", "note", box=None)
        for row in rows:
            table.add_row(row.word, row.reading, row.dialect, f"{row.area.name} ({row.area_id})", row.note)
        Console().print(table if rows else "No reading was given yet: “xiangyin lexicon add --help”.")


@lexicon.command()
@click.option("--area", "named", required=True, help=PLACE_HELP + " The reading holds there and everywhere below.")
@click.option("--dialect", "code", type=DIALECT, required=True)
@click.option("--note", default="", help="Where the reading comes from.")
@click.argument("word")
@click.argument("reading")
def add(named: str, code: str, note: str, word: str, reading: str) -> None:
    """Give WORD its READING (shan4 jia1 zhuang1, sin6 gaa1 zong1, IPA); one it has is replaced."""
    try:
        with opened() as session:
            change = set_reading(session, None, find_place(session, named), code=code, word=word, reading=reading, note=note, now=clock.now())
    except (LexiconRefused, EngineError) as error:
        raise click.ClickException(str(error)) from error
    if change is None:
        click.echo(f"{word} is read like this already.")
    else:
        click.echo(f"{change.word}: {change.before or '(as the dictionaries say)'} → {change.after}")


@lexicon.command("import")
@click.option("--area", "named", required=True, help=PLACE_HELP + " The readings hold there and everywhere below.")
@click.option("--dialect", "code", type=DIALECT, default=None, help="Of lines that name none.")
@click.option("--good", is_flag=True, help="Take the good lines; without it a bad line keeps everything out.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for machines.")
@click.argument("source", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def bring(named: str, code: str | None, good: bool, as_json: bool, source: Path) -> None:
    """A table (CSV: word, reading, dialect, note) into a place; every bad line is named. Ends with 1 when one was."""
    found = _parsed(source, code)
    done = None
    if good or not found.bad:
        with database() as db:
            with db.reading() as session:
                area = find_place(session, named)
            with click.progressbar(length=len(found.rows), label=source.name, file=sys.stderr) as bar:  # draws only where somebody watches
                done = put_all(db, None, area, found.rows, clock.now(), source.name, bar.update)
    if as_json:
        bad = [{"line": each.line, "text": each.text, "reason": each.reason} for each in found.bad]
        click.echo(json.dumps({**(vars(done) if done else {"added": 0, "changed": 0, "unchanged": 0}), "bad": bad}, ensure_ascii=False))
    else:
        if found.bad:
            table = Table("line", "what stands there", "why it was not taken", box=None)
            for each in found.bad:
                table.add_row(str(each.line), each.text, each.reason)
            Console(stderr=True).print(table)
        if done is not None:
            click.echo(f"{done.added} added, {done.changed} changed, {done.unchanged} as they were; articles in which they are heard are spoken again")
        else:
            click.echo("nothing was taken: mend these lines, or take the good ones with --good", err=True)
    if found.bad:
        sys.exit(1)


@lexicon.command()
@click.option("--area", "named", help=PLACE_HELP)
@click.option("--dialect", "code", type=DIALECT, default=None)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="File to write; without it the standard output.")
def export(named: str | None, code: str | None, out: Path | None) -> None:
    """The readings as a table (CSV in UTF-8 with its mark, so that office programs read it right)."""
    with opened() as session:
        area = find_place(session, named) if named else None
        data = to_csv(listed(session, true(), code=code or "", area=area, limit=LINES_MAX))
    if out is None:
        click.echo(data, nl=False)
        return
    try:
        out.write_bytes(data)
    except OSError as error:
        raise click.ClickException(f"{out} cannot be written: {error.strerror}") from error
