"""Warnings from the command line: ``alert check`` says what the station would do with a file. Light: it opens no station."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from articles.alerts import package
from articles.alerts.decide import Decision, Part, Speakers, Words, decide
from articles.alerts.errors import BadAlert
from articles.alerts.model import moment
from articles.alerts.places import Map, read_places
from articles.alerts.read import read
from articles.alerts.signatures import with_signatures
from articles.alerts.trust import Trust, read_trust
from station import clock
from tts.dialects import DIALECTS, normalise_writing

MAX_AREAS_BYTES = 64 * 1024 * 1024


def speakers() -> Speakers:
    """Which dialects of this station are spoken from which written language."""
    return Speakers(_writing, _dialects, _guess)


def _writing(lang: str) -> str:
    first, dash, rest = lang.partition("-")
    return normalise_writing(f"{ {'zho': 'zh', 'chi': 'zh'}.get(first.lower(), first)}{dash}{rest}")


def _dialects(writing: str) -> tuple[str, ...]:
    return tuple(each.code for each in DIALECTS.values() if writing in each.writings and each.speaks)


def _guess(text: str) -> str:
    from articles.language import detect  # its tables are large, and seldom needed

    return detect(text)


@click.group()
def alert() -> None:
    """Warnings from outside (CAP, EBM)."""


@alert.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--at", "at_text", help="The moment to decide for (2026-11-25T06:00:00+08:00); now without it.")
@click.option("--areas", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Our places: JSON, GeoJSON or CSV (docs/alerts.md).")
@click.option("--trust", "trust_file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="How far the source is trusted: JSON (docs/alerts.md).")
def check(file: Path, at_text: str | None, areas: Path | None, trust_file: Path | None) -> None:
    """What the station would do with the warnings in FILE, as JSON.

    action: play, drill, inbox (a person decides), ignore, cancel or all_clear; why in words. Never fails on a file that can be read.
    """
    try:
        trust = read_trust(json.loads(trust_file.read_text(encoding="utf-8"))) if trust_file else Trust()
        places = Map(read_places(_some(areas, MAX_AREAS_BYTES))) if areas else None
    except (BadAlert, ValueError, TypeError, AttributeError) as error:
        raise click.ClickException(f"{trust_file or areas} cannot be used: {error}") from error
    now = _moment(at_text, trust) if at_text else clock.now()
    click.echo(json.dumps(checked(_some(file, package.MAX_BYTES), now, trust, places), ensure_ascii=False).encode("utf-8", "surrogatepass"))


@alert.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def places(file: Path) -> None:
    """Bring codes and outlines for our places from FILE (JSON, GeoJSON or CSV), so that warnings find them."""
    from articles.alerts.tree import bring
    from station.database import Database
    from station.migrations import upgrade
    from station.settings import Settings, SettingsError

    try:
        settings, found = Settings.load(), read_places(_some(file, MAX_AREAS_BYTES))
    except (BadAlert, SettingsError) as error:
        raise click.ClickException(str(error)) from error
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    db = Database(settings.database_url)
    upgrade(db.engine)
    with db.session() as session:
        marked, strange = bring(session, found, clock.now())
    db.close()
    for each in strange[:20]:
        click.echo(each, err=True)
    click.echo(f"{marked} of {len(found)} places are marked")


def _some(path: Path, most: int) -> bytes:
    """The bytes of a file, one more than may be at most: what is too large is not read to its end."""
    try:
        with path.open("rb") as opened:
            return opened.read(most + 1)
    except OSError as error:
        raise click.ClickException(f"{path} cannot be read: {error.strerror}") from error


def _moment(text: str, trust: Trust) -> datetime:
    at = moment(text, trust.zone)
    if at is None:
        raise click.BadParameter(f"{text!r} is no moment: write it like 2026-11-25T06:00:00+08:00", param_hint="--at")
    return at


def checked(data: bytes, now: datetime, trust: Trust, places: Map | None) -> dict[str, Any]:
    """The decisions about everything in a file, ready for JSON."""
    found = read(data, trust.zone)

    decisions = decide(with_signatures(found.sources, trust, now), now=now, trust=trust, places=places, speakers=speakers())
    problems = list(found.problems)
    for each in decisions:
        problems += [f"{each.alert.identifier or 'an alert'}: {text}" for text in (*each.alert.doubts, *each.alert.notes)]
    return {"alerts": [told(each, trust, places) for each in decisions], "problems": problems}


def told(decision: Decision, trust: Trust, places: Map | None) -> dict[str, Any]:
    """One decision for JSON; ``parts`` where its pieces differ in place, time, level or words."""
    row: dict[str, Any] = {
        "key": decision.key, "action": decision.action, "why": decision.why, "level": decision.level, "source_level": trust.level,
        **_where(decision.areas, places), "languages": _languages(decision.languages), "starts": _iso(decision.starts), "ends": _iso(decision.ends),
        "form": decision.alert.form, "status": decision.alert.status, "signature": decision.alert.signed.state,
    }  # fmt: skip
    if decision.stops:
        row["stops"] = [f"{each.sender},{each.identifier},{_iso(each.sent) or ''}" for each in decision.stops]
    if len(decision.parts) > 1:
        row["parts"] = [_part(each, places) for each in decision.parts]
    return row


def _part(part: Part, places: Map | None) -> dict[str, Any]:
    return {"level": part.level, **_where(part.areas, places), "languages": _languages(part.languages), "starts": _iso(part.starts), "ends": _iso(part.ends)}


def _where(ids: tuple[str, ...], places: Map | None) -> dict[str, list[str]]:
    return {"areas": list(ids), "area_names": [places.by_id[each].name for each in ids] if places else list(ids)}


def _languages(words: Mapping[str, Words]) -> dict[str, dict[str, Any]]:
    return {lang: {"title": said.title, "text": said.text, "dialects": list(said.dialects)} for lang, said in words.items()}


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
