"""The audit log from the command line: whether it is whole."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

import click

from station.audit import check
from station.database import Database
from station.settings import Settings, SettingsError


@click.group()
def audit() -> None:
    """Who did what."""


@audit.command("check")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def check_log(as_json: bool) -> None:
    """Compute the chain of seals over the audit log anew; ends with 1 when an entry was changed or removed."""
    try:
        settings = Settings.load()
    except SettingsError as error:
        raise click.ClickException(str(error)) from error
    db = Database(settings.database_url)
    try:
        with db.reading() as session:
            found = check(session)
    finally:
        db.close()
    if as_json:
        click.echo(json.dumps({**asdict(found), "whole": not found.broken}))
    elif found.broken:
        click.echo(f"the audit log is not what it was: {found.broken}; compare it with a backup", err=True)
    else:
        click.echo(f"{found.sealed} entries under {found.seals} seals are whole, {found.unsealed} are too young for a seal")
        click.echo(f"last seal {found.digest or '-'} (worth noting down elsewhere)")
    if found.broken:
        sys.exit(1)
