"""Warnings from outside: cards that wait for a person, what is on air by them, and who may send them."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from admin.desk import (
    LARGEST_ID,
    Refused,
    areas_for,
    demand_anywhere,
    desk,
    find,
    find_area,
    id_of,
    now,
    one_act,
    person,
    ring_bell,
    session,
    text_of,
)
from admin.refusals import told
from admin.tongue import _, _l
from articles.alerts import receive as coming_in
from articles.alerts.errors import BadAlert
from articles.alerts.model import LEVELS
from articles.errors import Refused as ArticleRefused
from articles.models import AlertSource, ReceivedAlert
from broadcast.exchange import set_exchange
from broadcast.models import Exchange
from station.models import Area
from station.people import visible

pages = Blueprint("alerts", __name__)
REFUSALS = (ArticleRefused, BadAlert, Refused)
LEVEL_WORDS = {"red": _l("Red"), "orange": _l("Orange"), "yellow": _l("Yellow"), "blue": _l("Blue")}
STATE_WORDS = {
    "inbox": _l("Waits for you"), "play": _l("To be heard"), "ended": _l("Over"), "dismissed": _l("Not heard: somebody decided so"), "done": _l("Nothing to be heard"),
}  # fmt: skip
HOW_WORDS = {
    "cancelled": _l("cancelled by its sender"), "replaced": _l("replaced by a newer one"), "all_clear": _l("all clear"), "stopped": _l("stopped here"),
    "expired": _l("its time is over"),
}  # fmt: skip
# What the form offers: from which level on a source plays by itself.
BY_ITSELF = ("", *LEVELS)


def rows(*conditions: Any, limit: int = 30) -> list[ReceivedAlert]:
    """The warnings of the sources that I may see, the newest first."""
    query = (
        select(ReceivedAlert).join(AlertSource, ReceivedAlert.source_id == AlertSource.id).join(Area, AlertSource.area_id == Area.id)
        .where(visible(session(), person()), *conditions).order_by(ReceivedAlert.id.desc()).limit(limit)
    )  # fmt: skip
    return list(session().scalars(query))


def one(alert_id: int) -> ReceivedAlert:
    """The warning, when its source lies in my branch; 404 otherwise."""
    found = rows(ReceivedAlert.id == alert_id, limit=1)
    return found[0] if found else abort(404)


def places_of(alerts: list[ReceivedAlert]) -> dict[int, str]:
    """The names of the places that these warnings name, by number."""
    numbers = {number for row in alerts for part in row.parts for number in part["areas"]}
    return {row.id: row.name for row in session().execute(select(Area.id, Area.name).where(Area.id.in_(numbers)))} if numbers else {}


@pages.get("/alerts")
def inbox() -> str:
    """What waits for a person, what is on air, what came lately."""
    waiting, on_air = rows(ReceivedAlert.state == "inbox", limit=100), rows(ReceivedAlert.state == "play", limit=100)
    lately = rows(ReceivedAlert.state.not_in(("inbox", "play")), ReceivedAlert.action != "ignore")
    return render_template(
        "alerts.html", waiting=waiting, on_air=on_air, lately=lately, names=places_of([*waiting, *on_air, *lately]), areas=areas_for("emergency"),
        levels=LEVEL_WORDS, states=STATE_WORDS, hows=HOW_WORDS,
    )  # fmt: skip


@pages.post("/alerts/<row:alert_id>/play")
def play(alert_id: int) -> ResponseReturnValue:
    """One tap: it is heard (or ends what it names). ``areas`` and ``level`` where the warning does not tell."""
    found = one(alert_id)
    numbers = {int(each) for each in request.form.getlist("areas") if each.isdecimal() and len(each) < 10 and int(each) <= LARGEST_ID}
    try:
        chosen = [find_area(number, "emergency") for number in sorted(numbers)]
        with one_act():
            coming_in.accept(session(), found, person(), now(), chosen, request.form.get("level", ""))
        ring_bell()
        flash(_("It is on its way to the speakers.") if found.state == "play" else _("Done: what it names is ended."), "good")
    except REFUSALS as error:
        flash(told(error), "bad")
    return redirect(url_for("alerts.inbox"), 303)


@pages.post("/alerts/<row:alert_id>/dismiss")
def dismiss(alert_id: int) -> ResponseReturnValue:
    """Nobody hears it, and why."""
    found = one(alert_id)
    try:
        coming_in.dismiss(session(), found, person(), text_of("reason", 500), now())
        flash(_("Nobody hears it; your reason is kept."), "good")
    except REFUSALS as error:
        flash(told(error), "bad")
    return redirect(url_for("alerts.inbox"), 303)


@pages.post("/alerts/<row:alert_id>/stop")
def stop(alert_id: int) -> ResponseReturnValue:
    """It ends at once."""
    found = one(alert_id)
    try:
        coming_in.stop(session(), found, person(), now())
        ring_bell()
        flash(_("It ends now."), "good")
    except REFUSALS as error:
        flash(told(error), "bad")
    return redirect(url_for("alerts.inbox"), 303)


def trust_of_form() -> dict[str, Any]:
    """The trust that the form tells; the field of JSON is for what the form does not ask."""
    more = text_of("more", 20_000, required=False)
    try:
        given = json.loads(more) if more else {}
    except ValueError as error:
        raise Refused(_("The further fields are no JSON: %(why)s", why=told(error)), "more") from error
    if not isinstance(given, dict):
        raise Refused(_("The further fields are a JSON object."), "more")
    lowest = text_of("lowest", 10, required=False)
    senders = [each for each in (part.strip() for part in text_of("senders", 2000, required=False).splitlines()) if each]
    certificate = text_of("certificates", 20_000, required=False)
    asked: dict[str, Any] = {"signature": text_of("signature", 20), "level": text_of("level", 20), "senders": senders}
    asked |= {"lowest": lowest} if lowest else {"highest": ""}
    asked |= {"certificates": [f"{each.strip()}\n{_END}\n" for each in certificate.split(_END) if each.strip()]} if certificate else {}
    return {**asked, **given}


_END = "-----END CERTIFICATE-----"


@pages.get("/alerts/sources")
@pages.post("/alerts/sources")
def sources() -> ResponseReturnValue:
    """Who may send warnings for a place, and a new one."""
    demand_anywhere("people")
    wrong, token = "", ""
    if request.method == "POST":
        area = find_area(id_of("area"), "people")
        try:
            with one_act():
                _made, token = coming_in.add_source(
                    session(), person(), area, name=text_of("name", 100), url=text_of("url", 1000, required=False), trust=trust_of_form(), now=now()
                )
            flash(_("The source was added."), "good")
            if not token:
                return redirect(url_for("alerts.sources"), 303)
        except REFUSALS as error:
            wrong = told(error)
    query = select(AlertSource).join(Area, AlertSource.area_id == Area.id).where(visible(session(), person(), "people"))
    page = render_template(
        "alert_sources.html", rows=list(session().scalars(query.order_by(AlertSource.id))), areas=areas_for("people"), wrong=wrong, token=token,
        form=request.form if wrong else MultiDict(), by_itself=BY_ITSELF, levels=LEVEL_WORDS, push=url_for("api.push_alert", _external=True),
        exchanges={row.source_id: row for row in session().scalars(select(Exchange))}, packages=url_for("api.push_ebd", token=token or "TOKEN", _external=True),
    )  # fmt: skip
    return page, 422 if wrong else 200


@pages.post("/alerts/sources/<row:source_id>/exchange")
def exchange(source_id: int) -> ResponseReturnValue:
    """Its platform is told what becomes of its messages; no more with an empty address."""
    found = find(AlertSource, source_id, "people")
    try:
        with one_act():
            made = set_exchange(
                session(), found, person(), resource=text_of("resource", 23, required=False), url=text_of("url", 1000, required=False), now=now(),
                private=desk().settings.private_peers,
            )  # fmt: skip
        flash(_("It is told what becomes of its messages.") if made else _("It is told nothing any more."), "good")
    except REFUSALS as error:
        flash(told(error), "bad")
    return redirect(url_for("alerts.sources"), 303)


@pages.post("/alerts/sources/<row:source_id>/active")
def switch(source_id: int) -> ResponseReturnValue:
    """A source is heard no more, or again."""
    found = find(AlertSource, source_id, "people")
    wanted = request.form.get("active")
    if wanted not in ("0", "1"):
        abort(422)
    coming_in.switch(session(), found, person(), wanted == "1", now())
    return redirect(url_for("alerts.sources"), 303)
