"""Backup and restore from the command line, and the rehearsal that shows a backup is worth something."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from sqlalchemy.exc import SQLAlchemyError

from station import backup, clock
from station.backup import LAST_BACKUP, LAST_REHEARSAL, BadBackup, Manifest
from station.database import Database
from station.settings import Settings, SettingsError
from station.shelf import Shelf, State, write_whole


def _settings() -> Settings:
    try:
        return Settings.load()
    except SettingsError as error:
        raise click.ClickException(str(error)) from error


# How often whoever watches a page is told how far it is (seconds).
TOLD_EVERY_S = 0.5


@contextmanager
def _shown(quiet: bool, told_to: Path | None = None, doing: str = "", file: Path = Path()) -> Iterator[backup.Progress]:
    """Progress on the terminal, on the error channel; or into the file that the station's shelf reads, with the reason when it fails."""
    if told_to is not None:
        with _told(told_to, State(doing, file.name)) as progress:
            yield progress
        return
    with Progress(console=Console(stderr=True), disable=quiet, transient=True) as bar:
        task = bar.add_task("")
        yield lambda what, done, of: bar.update(task, description=what, completed=done, total=of)


@contextmanager
def _told(path: Path, state: State) -> Iterator[backup.Progress]:
    last = 0.0

    def progress(what: str, done: int, of: int) -> None:
        nonlocal last
        if clock.monotonic_s() - last > TOLD_EVERY_S:
            last = clock.monotonic_s()
            write_whole(path, json.dumps(asdict(replace(state, what=what, done=done, of=of))))

    try:
        yield progress
    except (BadBackup, OSError, SQLAlchemyError) as error:
        write_whole(path, json.dumps(asdict(replace(state, error=str(error)[:500]))))
        raise


def _say(found: Manifest, what: str, as_json: bool) -> None:
    told = {"taken_at": found.taken_at, "rows": sum(found.rows.values()), "tables": len(found.rows), "files": len(found.files)}
    if as_json:
        click.echo(json.dumps(told))
    else:
        click.echo(f"{what}: {told['rows']} rows of {told['tables']} tables, {told['files']} files, taken at {found.taken_at}")


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--state", type=click.Path(dir_okay=False, path_type=Path), hidden=True, help="Where the station's shelf reads how far it is.")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def back_up(file: Path, as_json: bool, state: Path | None) -> None:
    """Everything of the station into one FILE, while it works. It holds the keys: keep it where nobody else reads."""
    settings = _settings()
    if file.exists():
        raise click.ClickException(f"{file} is there already: name another file")
    db = Database(settings.database_url)
    try:
        with _shown(as_json, state, "backup", file) as progress:
            found = backup.back_up(db, settings.data_dir, file, clock.now(), progress)
    finally:
        db.close()
    write_whole(settings.data_dir / LAST_BACKUP, json.dumps({"taken_at": found.taken_at, "file": file.name}))
    _say(found, f"{file} is written", as_json)


@click.command("rehearse")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--state", type=click.Path(dir_okay=False, path_type=Path), hidden=True, help="Where the station's shelf reads how far it is.")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def rehearse(file: Path, as_json: bool, state: Path | None) -> None:
    """Really restore the backup FILE into a folder that is thrown away, and compare every row and file."""
    settings = _settings()
    try:
        with _shown(as_json, state, "rehearse", file) as progress:
            found = backup.rehearse(file, progress)
    except BadBackup as error:
        raise click.ClickException(str(error)) from error
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    (settings.data_dir / LAST_REHEARSAL).write_text(json.dumps({"at": clock.now().isoformat(), "taken_at": found.taken_at, "file": file.name}))
    _say(found, f"{file} was restored for a trial and is whole", as_json)


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def restore(file: Path, as_json: bool) -> None:
    """Build the station of the backup FILE in the data folder and database that the settings name; both must be empty."""
    settings = _settings()
    try:
        with _shown(as_json) as progress:
            found = backup.restore(file, settings.database_url, settings.data_dir, progress)
    except BadBackup as error:
        raise click.ClickException(str(error)) from error
    _say(found, "restored", as_json)


@click.command("backups")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def backups(as_json: bool) -> None:
    """The backups on the station's shelf (backup_dir), and when one was last restored for a trial."""
    settings = _settings()
    shelf = Shelf(settings.shelf, settings.data_dir)
    rows = shelf.kept()
    if as_json:
        told = [{"name": each.name, "taken_at": each.taken_at.isoformat(), "bytes": each.bytes, "tried_at": each.tried_at.isoformat() if each.tried_at else None} for each in rows]
        click.echo(json.dumps({"folder": str(shelf.folder), "backups": told, "state": asdict(shelf.state())}, ensure_ascii=False))
        return
    table = Table("backup", "MB", "restored for a trial", title=str(shelf.folder), box=None)
    for each in rows:
        table.add_row(each.name, f"{each.bytes / 2**20:.1f}", f"{each.tried_at:%Y-%m-%d %H:%M} UTC" if each.tried_at else "-")
    Console().print(table)
