"""Backup and restore from the command line, and the rehearsal that shows a backup is worth something."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress

from station import backup, clock
from station.backup import LAST_REHEARSAL, BadBackup, Manifest
from station.database import Database
from station.settings import Settings, SettingsError


def _settings() -> Settings:
    try:
        return Settings.load()
    except SettingsError as error:
        raise click.ClickException(str(error)) from error


@contextmanager
def _shown(quiet: bool) -> Iterator[backup.Progress]:
    """Progress on the terminal, on the error channel."""
    with Progress(console=Console(stderr=True), disable=quiet, transient=True) as bar:
        task = bar.add_task("")
        yield lambda what, done, of: bar.update(task, description=what, completed=done, total=of)


def _say(found: Manifest, what: str, as_json: bool) -> None:
    told = {"taken_at": found.taken_at, "rows": sum(found.rows.values()), "tables": len(found.rows), "files": len(found.files)}
    if as_json:
        click.echo(json.dumps(told))
    else:
        click.echo(f"{what}: {told['rows']} rows of {told['tables']} tables, {told['files']} files, taken at {found.taken_at}")


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def back_up(file: Path, as_json: bool) -> None:
    """Everything of the station into one FILE, while it works. It holds the keys: keep it where nobody else reads."""
    settings = _settings()
    if file.exists():
        raise click.ClickException(f"{file} is there already: name another file")
    db = Database(settings.database_url)
    try:
        with _shown(as_json) as progress:
            found = backup.back_up(db, settings.data_dir, file, clock.now(), progress)
    finally:
        db.close()
    _say(found, f"{file} is written", as_json)


@click.command("rehearse")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def rehearse(file: Path, as_json: bool) -> None:
    """Really restore the backup FILE into a folder that is thrown away, and compare every row and file."""
    settings = _settings()
    try:
        with _shown(as_json) as progress:
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
