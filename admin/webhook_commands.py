"""``xiangyin webhooks``: other programs that are told of what happens, from the command line, as the owner of the machine."""

from __future__ import annotations

import json
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.lexicon_commands import acting, find_place, opened
from broadcast import hooks
from broadcast.hooks import SUBJECTS, BadHook
from station import clock
from station.audit import record
from station.models import Person, Webhook, WebhookDelivery
from station.people import require
from station.settings import Settings
from station.vault import Vault

login_option = click.option("--login", required=True, help="Who orders it: somebody who administers the place.")
json_option = click.option("--json", "as_json", is_flag=True, help="For machines.")


@click.group("webhooks")
def webhooks() -> None:
    """Other programs are told of what happens here, signed, until they have heard it."""


def _vault() -> Vault:
    return Vault(Settings.load().with_secret())


def _found(session: Session, number: int, person: Person | None = None) -> Webhook:
    hook = session.get(Webhook, number)
    if hook is None:
        raise click.ClickException(f"there is no webhook {number}: xiangyin webhooks list")
    if person is not None:
        require(session, person, "people", hook.area)
    return hook


def _plain(hook: Webhook) -> dict[str, Any]:
    return {
        "id": hook.id, "place": hook.area.path, "name": hook.name, "url": hook.url, "subjects": hook.subjects, "active": hook.active, "off_because": hook.off_because,
    }  # fmt: skip


def _written(session: Session, person: Person, act: str, hook: Webhook, **detail: object) -> None:
    record(session, person=person, act=act, subject="webhook", subject_id=hook.id, area=hook.area, now=clock.now(), **detail)


@webhooks.command("list")
@json_option
def all_of_them(as_json: bool) -> None:
    """Everybody who is told."""
    with opened() as session:
        rows = [_plain(each) for each in session.scalars(select(Webhook).order_by(Webhook.id))]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    table = Table("id", "name", "address", "told of", "state", box=None)
    for row in rows:
        table.add_row(str(row["id"]), row["name"], row["url"], " ".join(row["subjects"]), "active" if row["active"] else row["off_because"] or "off")
    Console().print(table)


@webhooks.command("add")
@click.argument("place")
@click.argument("url")
@click.option("--name", required=True, help="What it is called on the page.")
@click.option("--of", "subjects", multiple=True, required=True, type=click.Choice(SUBJECTS), help="Of what it is told; several times.")
@login_option
@json_option
def add(place: str, url: str, name: str, subjects: tuple[str, ...], login: str, as_json: bool) -> None:
    """Tell URL of what happens in PLACE and below it. Its secret is printed this once."""
    with acting(login, BadHook) as (session, person):
        area = find_place(session, place)
        require(session, person, "people", area)
        made, secret = hooks.add(session, _vault(), person, area, name=name, url=url, subjects=subjects, now=clock.now(), allowed=Settings.load().webhook_networks)
        _written(session, person, "add", made, url=url, subjects=made.subjects)
        told = {**_plain(made), "secret": secret}
    click.echo(json.dumps(told, ensure_ascii=False) if as_json else f"webhook {told['id']}, secret {secret} (shown this once)")


@webhooks.command("switch")
@click.argument("number", type=int)
@click.argument("state", type=click.Choice(["on", "off"]))
@login_option
def switch(number: int, state: str, login: str) -> None:
    """Tell it again, or no more."""
    with acting(login) as (session, person):
        hook = _found(session, number, person)
        before = hook.active
        hooks.switch(hook, state == "on")
        _written(session, person, "switch", hook, before=before, after=hook.active)
    click.echo(f"webhook {number} is {state}")


@webhooks.command("secret")
@click.argument("number", type=int)
@login_option
@json_option
def secret(number: int, login: str, as_json: bool) -> None:
    """Another secret, printed this once; the old one counts no more."""
    with acting(login) as (session, person):
        hook = _found(session, number, person)
        fresh = hooks.fresh_secret(_vault(), hook)
        _written(session, person, "new_secret", hook)
    click.echo(json.dumps({"id": number, "secret": fresh}) if as_json else fresh)


@webhooks.command("remove")
@click.argument("number", type=int)
@login_option
def remove(number: int, login: str) -> None:
    """Take it off, with the list of its messages."""
    with acting(login) as (session, person):
        hook = _found(session, number, person)
        _written(session, person, "remove", hook, name=hook.name, url=hook.url)
        session.delete(hook)
    click.echo(f"webhook {number} is gone")


@webhooks.command("try")
@click.argument("number", type=int)
@login_option
def try_out(number: int, login: str) -> None:
    """Send it a trial message: a station that runs brings it within a second; `log` shows what became of it."""
    with acting(login) as (session, person):
        hook = _found(session, number, person)
        made = hooks.try_out(session, hook, clock.now())
        name = made.name
    click.echo(name)


@webhooks.command("log")
@click.argument("number", type=int)
@json_option
def log(number: int, as_json: bool) -> None:
    """Its last messages and what became of them."""
    with opened() as session:
        _found(session, number)
        query = select(WebhookDelivery).where(WebhookDelivery.webhook_id == number).order_by(WebhookDelivery.id.desc()).limit(50)
        rows = [
            {"name": each.name, "type": json.loads(each.body)["type"], "state": each.state, "attempts": each.attempts, "status": each.status, "error": each.error, "created_at": each.created_at.isoformat()}
            for each in session.scalars(query)
        ]  # fmt: skip
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    table = Table("when", "what", "state", "tries", "answer", box=None)
    for row in rows:
        table.add_row(str(row["created_at"])[:19], row["type"], row["state"], str(row["attempts"]), f"{row['status'] or ''} {row['error']}")
    Console().print(table)
