"""The same acts from the command line: the ``xiangyin`` command and its words."""

from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from sqlalchemy import select

from admin.alert_commands import alert
from admin.audit_commands import audit
from admin.backup_commands import back_up, backups, rehearse, restore
from admin.day_commands import day
from admin.duty_commands import duty
from admin.emergency_commands import emergency, keys
from admin.fleet_commands import fleet, register
from admin.heard_commands import heard
from admin.hours_commands import hours
from admin.https_commands import https
from admin.lexicon_commands import lexicon, words_of_file, words_of_place
from admin.notice_commands import notice
from admin.people_commands import people
from admin.relay_commands import relay
from admin.release_commands import releases
from admin.talk_commands import talk
from admin.webhook_commands import webhooks
from admin.week_commands import week
from station import clock
from station.access import make_link
from station.database import Database
from station.models import Person
from station.settings import Settings, SettingsError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Xiangyin 乡音: voice and broadcast service for village loudspeakers and TV."""


cli.add_command(lexicon)
cli.add_command(fleet)
cli.add_command(releases)
cli.add_command(hours)
cli.add_command(day)
cli.add_command(week)
cli.add_command(heard)
cli.add_command(register)
cli.add_command(alert)
cli.add_command(emergency)
cli.add_command(keys)
cli.add_command(notice)
cli.add_command(talk)
cli.add_command(relay)
cli.add_command(audit)
cli.add_command(people)
cli.add_command(https)
cli.add_command(webhooks)
cli.add_command(duty)
for _word in (back_up, backups, rehearse, restore):
    cli.add_command(_word)


def settings_or_say() -> Settings:
    """The settings, or a ClickException that names every mistake."""
    try:
        return Settings.load()
    except SettingsError as error:
        raise click.ClickException(str(error)) from error


@cli.command()
@click.option(
    "--article",
    "articles",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Text to speak (.txt .md .docx .html); may be given several times.",
)
@click.option(
    "--lang", "langs", multiple=True, help="Written language of each --article, in the same order (zh-Hans zh-Hant en bo ug)."
)
@click.option("--once", is_flag=True, help="Stop by itself when everybody has heard it.")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON at the end, for machines.")
@click.option("--broker", default="auto", show_default=True, help="auto, mosquitto, amqtt, or mqtt://user:password@host:port.")
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    default=Path("data/demo"),
    show_default=True,
    help="Folder of this demo; an earlier demo in it is cleared.",
)
def demo(articles: tuple[Path, ...], langs: tuple[str, ...], once: bool, as_json: bool, broker: str, data: Path) -> None:
    """The main job once, from an article to a sound in two villages."""
    from admin.demo import Options, run_demo
    from admin.demo_stage import DemoFailed

    try:
        sys.exit(run_demo(Options(articles, langs, once, as_json, broker, data)))
    except DemoFailed as error:
        raise click.ClickException(str(error)) from error


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def doctor(as_json: bool) -> None:
    """What is missing on this machine, and how to get it."""
    from admin.doctor import examine

    checks = examine(settings_or_say())
    if as_json:
        click.echo(json.dumps([each.as_dict() for each in checks], ensure_ascii=False))
    else:
        table = Table(box=None)
        for heading in ("", "what", "found", "next step"):
            table.add_column(heading)
        signs = {"good": "[green]✓[/]", "note": "[yellow]•[/]", "bad": "[red]✗[/]"}
        for each in checks:
            table.add_row(signs[each.state], each.what, each.found, each.step)
        Console().print(table)
    if any(each.state == "bad" for each in checks):
        sys.exit(1)


@cli.command("link")
@click.argument("login")
def sign_in_link(login: str) -> None:
    """A one-time sign-in link for LOGIN, good for fifteen minutes (when a password is lost)."""
    settings = settings_or_say()
    with Database(settings.database_url).session() as session:
        person = session.scalar(select(Person).where(Person.login == login))
        if person is None:
            raise click.ClickException(f"nobody signs in as {login!r}: look at the page People")
        click.echo(f"{settings.public_url}/link/{make_link(session, person, clock.now())}")


@cli.command("read")
@click.option("--dialect", "code", required=True, help="cmn, yue, hak, bo, ug or en.")
@click.option("--text", help="One text; without it every line of the standard input is one.")
@click.option("--area", "named", help="Read with the readings that hold in this place (its number, name, or the end of its path).")
@click.option(
    "--lexicon", "table", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Read with the readings of this table (CSV: word, reading); they win over the place's.",
)
def read_aloud(code: str, text: str | None, named: str | None, table: Path | None) -> None:
    """How texts are read in a dialect: a line in, one JSON object a line out.

    spoken: the text in words. readings: [place in the line, character or word, reading in dictionary tones]. unknown: [place, what
    nobody can read]. doubtful: the places a person should look at.
    """
    from tts.dialects import UnknownDialect
    from tts.engines import EngineError
    from tts.reading import Lexicon, front_end, read_sentence

    try:
        front_end(code)
    except UnknownDialect as error:
        raise click.BadParameter(str(error), param_hint="--dialect") from error
    except EngineError as error:
        raise click.ClickException(str(error)) from error
    book = Lexicon((words_of_place(named, code) if named else {}) | (words_of_file(table, code) if table else {}))
    lines = [text] if text is not None else io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8", errors="replace", newline="\n")
    for line in lines:
        found = read_sentence(code, line.rstrip("\r\n"), book)
        told = {
            "spoken": found.spoken,
            "readings": [[mark.at, mark.text, mark.reading] for mark in found.marks],
            "unknown": [list(each) for each in found.unknown],
            "doubtful": [mark.at for mark in found.marks if mark.doubtful],
        }
        click.echo(json.dumps(told, ensure_ascii=False).encode("utf-8", "surrogatepass"))
        sys.stdout.flush()


@cli.command("speak")
@click.option("--dialect", "code", required=True, help="cmn, yue, hak, bo, ug or en.")
@click.option("--voice", "name", default="", help="male, female, slow or lively; the first without it.")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="File to write: .mp3, .wav, .opus or .m4a.")
@click.option("--file", "source", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Text (UTF-8); without it the standard input.")
@click.option("--title", default="", help="Spoken first, with a pause after it.")
@click.option("--area", "named", help="Speak with the readings that hold in this place (its number, name, or the end of its path).")
@click.option(
    "--lexicon", "table", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Speak with the readings of this table (CSV: word, reading); they win over the place's.",
)
@click.option("--chime", is_flag=True, help="The station's chime goes before it.")
@click.option("--music", is_flag=True, help="The station's own piece of music under it.")
def speak_out(
    code: str, name: str, out: Path, source: Path | None, title: str, named: str | None, table: Path | None, chime: bool, music: bool
) -> None:
    """A text in, a sound file out, and one JSON object about it.

    seconds; lufs and true_peak_db, measured in the file; cues: [start ms, end ms, sentence]; engine: who spoke; unknown: [place in the text,
    what nobody can read].
    """
    from tts import tunes
    from tts.audio import to_mp3
    from tts.dialects import UnknownDialect
    from tts.engines import TtsError
    from tts.engines.options import EngineOptions
    from tts.export import MIME, spoken_file
    from tts.pool import Pool
    from tts.speak import Around
    from tts.voices import Manner, UnknownVoice, voice

    suffix = out.suffix.lower().removeprefix(".")
    if suffix not in MIME:
        raise click.BadParameter(f"{out.name!r} ends in none of {', '.join('.' + each for each in MIME)}", param_hint="--out")
    try:
        spoken_by = voice(code, name).name
    except UnknownDialect as error:
        raise click.BadParameter(str(error), param_hint="--dialect") from error
    except UnknownVoice as error:
        raise click.BadParameter(str(error), param_hint="--voice") from error
    if not out.parent.is_dir():  # said at once, not after an hour of speech
        raise click.ClickException(f"{out} cannot be written: there is no folder {out.parent}")
    raw = source.read_bytes() if source else sys.stdin.buffer.read()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise click.ClickException(f"the text is not UTF-8 (byte {error.start}): save it as UTF-8") from error
    words = (words_of_place(named, code, f"{title}\n{text}") if named else {}) | (words_of_file(table, code) if table else {})
    manner = Manner(code, spoken_by, words)
    around = Around(to_mp3(tunes.chime()) if chime else b"", tunes.library_piece() if music else None)
    settings = settings_or_say()
    pool = Pool(1, sentence_seconds=settings.speech_timeout_s, options=EngineOptions.of(settings))
    try:
        made, told = spoken_file(text, title, manner, suffix, pool, around)
    except TtsError as error:
        raise click.ClickException(str(error)) from error
    finally:
        pool.close()
    half = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        half.write_bytes(made)
        half.replace(out)  # whoever waits for the file never finds half of it
    except OSError as error:
        half.unlink(missing_ok=True)
        raise click.ClickException(f"{out} cannot be written: {error.strerror}") from error
    click.echo(json.dumps(told, ensure_ascii=False).encode("utf-8", "surrogatepass"))


@cli.command("settings")
def show_settings() -> None:
    """Every setting as it is now, secrets hidden."""
    table = Table("setting", "value", box=None)
    for name, value in settings_or_say().shown().items():
        table.add_row(name, value)
    Console().print(table)
