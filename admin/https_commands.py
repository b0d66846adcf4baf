"""The certificate of the encrypted pages from the command line: what it is, its authority's fingerprint, made anew."""

from __future__ import annotations

import json
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from station import clock
from station import https as ours
from station.https import BadCertificate, Shown
from station.settings import Settings, SettingsError


@click.group("https")
def https() -> None:
    """The encrypted pages of this station: its authority and certificate."""


def _settings() -> Settings:
    try:
        settings = Settings.load()
    except SettingsError as error:
        raise click.ClickException(str(error)) from error
    if not settings.https_port:
        raise click.ClickException("HTTPS is switched off: set https_port, such as 8443")
    return settings


def _made_of(settings: Settings) -> tuple[Shown | None, Shown]:
    """The authority (None with a certificate of one's own) and the certificate that is served."""
    try:
        ours.renew(settings, clock.now())
        files = ours.files_of(settings)
        assert files is not None
        ours.context_of(*files)
        own = ours.show(ours.read_first(files[0].read_bytes()))
        if settings.https_certificate:
            return None, own
        return ours.show(ours.read_first(ours.authority_path(settings.data_dir).read_bytes())), own
    except (BadCertificate, OSError) as error:
        raise click.ClickException(str(error)) from error


def _plain(shown: Shown | None) -> dict[str, Any] | None:
    if shown is None:
        return None
    return {
        "subject": shown.subject, "names": list(shown.names), "since": shown.since.isoformat(), "until": shown.until.isoformat(), "sha256": shown.fingerprint,
    }  # fmt: skip


def _tell(settings: Settings, as_json: bool, why: str = "") -> None:
    authority, own = _made_of(settings)
    public = [] if settings.https_certificate else ours.unvouched(settings, clock.now())
    if as_json:
        click.echo(json.dumps({"port": settings.https_port, "renewed": why, "authority": _plain(authority), "certificate": _plain(own), "not_vouched_for": public}, ensure_ascii=False))
        return
    table = Table(show_header=False, box=None)
    table.add_row("port", str(settings.https_port))
    if authority:
        table.add_row("authority", f"{authority.subject}, until {authority.until:%Y-%m-%d}")
        table.add_row("its SHA-256", authority.fingerprint)
    table.add_row("certificate", f"until {own.until:%Y-%m-%d}" + (f" (made anew: {why})" if why else ""))
    table.add_row("stands for", "\n".join(own.names))
    Console().print(table)
    for name in public:
        click.echo(f"not for {name}: the authority is bound to private names; for a public one set https_certificate and https_key", err=True)


@https.command("show")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def show(as_json: bool) -> None:
    """The authority and the certificate as they are."""
    _tell(_settings(), as_json)


@https.command("renew")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def renew(as_json: bool) -> None:
    """Make the certificate anew now; the authority stays, nothing has to be installed again. A station that runs takes it at once."""
    settings = _settings()
    if settings.https_certificate:
        raise click.ClickException("https_certificate names a certificate of your own: renew it where it came from, the station reads it when the file changes")
    try:
        why = ours.renew(settings, clock.now(), always=True)
    except (BadCertificate, OSError) as error:
        raise click.ClickException(str(error)) from error
    _tell(settings, as_json, why)


@https.command("fingerprint")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def fingerprint(as_json: bool) -> None:
    """The authority's SHA-256, to compare with what a telephone shows before it is installed."""
    authority, own = _made_of(_settings())
    if as_json:
        click.echo(json.dumps({"sha256": (authority or own).fingerprint}))
    else:
        click.echo((authority or own).fingerprint)
