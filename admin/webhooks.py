"""Webhooks on their page: who is told of what in my branches, a trial, and what became of each message."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from werkzeug.wrappers import Response

from admin.desk import areas_for, demand, demand_anywhere, desk, find, find_area, id_of, now, person, session, text_of
from admin.refusals import told
from admin.tongue import _, _l
from broadcast import hooks
from broadcast.hooks import SUBJECTS, BadHook
from station.audit import record
from station.models import Area, Webhook, WebhookDelivery
from station.people import visible

pages = Blueprint("webhooks", __name__, url_prefix="/webhooks")
REFUSALS = (BadHook,)
MOST = 100
NAMES = {
    "emergency": _l("Emergencies"), "received_alert": _l("Warnings from outside"), "notice": _l("Notices"), "talk": _l("Live talks"), "article": _l("Articles"),
    "playlist": _l("Programmes"), "schedule": _l("Schedules"), "occurrence": _l("What is on"), "terminal": _l("Speakers"), "group": _l("Groups of speakers"),
    "area": _l("Places"), "person": _l("People"), "day": _l("Day types"),
}  # fmt: skip


def mine() -> list[Webhook]:
    """Those of the branches that I administer."""
    return list(session().scalars(select(Webhook).join(Area).where(visible(session(), person(), "people")).order_by(Webhook.id)))


def one(hook_id: int) -> Webhook:
    """One of mine; 404 for what I may not see, 403 for what is not mine to change."""
    return find(Webhook, hook_id, "people")


def deliveries(hook: Webhook, most: int = MOST) -> list[WebhookDelivery]:
    """What became of its messages, newest first."""
    return list(session().scalars(select(WebhookDelivery).where(WebhookDelivery.webhook_id == hook.id).order_by(WebhookDelivery.id.desc()).limit(most)))


def add(area: Area, name: str, url: str, subjects: Sequence[str]) -> tuple[Webhook, str]:
    """A new one and its secret. Raises BadHook."""
    demand("people", area)
    made, secret = hooks.add(
        session(), desk().vault, person(), area, name=name, url=url, subjects=subjects, now=now(), allowed=desk().settings.webhook_networks
    )
    _written("add", made, url=url, subjects=made.subjects)
    return made, secret


def switch(hook: Webhook, active: bool) -> None:
    before = hook.active
    hooks.switch(hook, active)
    _written("switch", hook, before=before, after=active)


def renew_secret(hook: Webhook) -> str:
    """Another secret; the old one counts no more."""
    _written("new_secret", hook)
    return hooks.fresh_secret(desk().vault, hook)


def try_out(hook: Webhook) -> WebhookDelivery:
    return hooks.try_out(session(), hook, now())


def remove(hook: Webhook) -> None:
    _written("remove", hook, name=hook.name, url=hook.url)
    session().delete(hook)


def _written(act: str, hook: Webhook, **detail: object) -> None:
    record(session(), person=person(), act=act, subject="webhook", subject_id=hook.id, area=hook.area or session().get(Area, hook.area_id), now=now(), **detail)


def _page(wrong: str = "", status: int = 200) -> tuple[str, int]:
    demand_anywhere("people")
    words = render_template("webhooks.html", rows=mine(), areas=areas_for("people"), subjects=SUBJECTS, names=NAMES, wrong=wrong, form=request.form)
    return words, status


def _secret(secret: str) -> str:
    return render_template("shown_once.html", what="webhook", secret=secret, back=url_for("webhooks.shown"))


@pages.get("")
def shown() -> ResponseReturnValue:
    """Who is told."""
    return _page()


@pages.post("")
def add_one() -> ResponseReturnValue:
    """A new one; its secret is shown once."""
    demand_anywhere("people")
    area = find_area(id_of("area"), "people")
    try:
        _made, secret = add(area, text_of("name", 100), text_of("url", 1000), request.form.getlist("subjects"))
    except BadHook as error:
        return _page(told(error), 422)
    return _secret(secret)


@pages.get("/<row:hook_id>")
def log(hook_id: int) -> str:
    """Its messages, and what became of them."""
    hook = one(hook_id)
    return render_template("webhook.html", hook=hook, rows=deliveries(hook), names=NAMES)


@pages.post("/<row:hook_id>/<act>")
def change(hook_id: int, act: str) -> ResponseReturnValue:
    """Try it, switch it on or off, give it another secret, take it off."""
    hook = one(hook_id)
    if act == "secret":
        return _secret(renew_secret(hook))
    if act == "try":
        try_out(hook)
        flash(_("A trial message is on its way."), "good")
    elif act in ("on", "off"):
        switch(hook, act == "on")
    elif act == "remove":
        remove(hook)
        return _to(url_for("webhooks.shown"))
    else:
        abort(404)
    return _to(url_for("webhooks.log", hook_id=hook_id))


def _to(address: str) -> Response:
    return redirect(address, 303)
