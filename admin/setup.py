"""The first run: an administrator, the places, the first speaker, and a chime that is heard."""

from __future__ import annotations

import hmac

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from admin.desk import (
    Refused,
    areas_for,
    cookie_name,
    demand_anywhere,
    desk,
    find,
    find_area,
    id_of,
    maybe_person,
    now,
    one_act,
    only_secure,
    person,
    session,
    text_of,
)
from admin.devices import command_state, let_in, recent_commands
from admin.refusals import told
from admin.tongue import _, get_locale
from admin.web import limiter
from broadcast.commands import BadCommand, send_command
from devices.enrol import EnrolError
from devices.models import Terminal
from station import access
from station.areas import BadArea, add_area
from station.audit import record
from station.models import Area, Person
from station.people import BadPerson, add_person, grant
from tts.dialects import DIALECTS

pages = Blueprint("setup", __name__, url_prefix="/setup")
TREE = ("province", "city", "county", "town", "village")


def _key_fits(given: str) -> bool:
    token = desk().settings.setup_token
    return bool(token) and hmac.compare_digest(given.encode(), token.encode())


def _first_run() -> bool:
    return session().scalar(select(func.count()).select_from(Person)) == 0


@pages.get("")
@pages.post("")
@limiter.limit("20 per minute", methods=["POST"])
def wizard() -> ResponseReturnValue:
    """Administrator and places, while nobody exists yet and the key that the station printed is given."""
    if not _first_run():
        abort(404)
    given = request.values.get("key", "")[:200]
    if request.method == "GET" or not _key_fits(given):
        wrong = _("That is not the key the station printed when it started.") if given and not _key_fits(given) else ""
        return _form(given, wrong), 403 if wrong else 200
    try:
        with one_act():
            first = _settle()
    except (BadPerson, BadArea, access.WeakPassword, Refused) as error:
        return _form(given, told(error)), 422
    token = access.open_session(session(), first, now(), request.user_agent.string, request.remote_addr)
    answer = redirect(url_for("setup.speaker"), 303)
    answer.set_cookie(
        cookie_name(), token, max_age=access.SESSION_DAYS * 86400, httponly=True, samesite="Lax",
        secure=only_secure(),
    )  # fmt: skip
    return answer


def _form(key: str, wrong: str) -> str:
    ok = _key_fits(key)
    return render_template("setup.html", step=1, key=key, ok=ok, wrong=wrong, tree=TREE, dialects=DIALECTS, form=request.form)


def _settle() -> Person:
    """The administrator, and the places from the province down to the village; levels left empty are skipped."""
    if request.form.get("password", "") != request.form.get("again", ""):
        raise Refused(_("The two passwords differ."), "again")
    dialect = text_of("dialect", 8)
    if dialect not in DIALECTS:
        raise Refused(_("Choose one of the six dialects."), "dialect")
    admin = add_person(
        session(), text_of("login", 64), text_of("name", 100), now(), request.form.get("password", ""),
        "en" if str(get_locale()).startswith("en") else "zh",
    )  # fmt: skip
    parent: Area | None = None
    for level in TREE:
        name = text_of(level, 100, required=False)
        if name:
            first = parent is None
            parent = add_area(
                session(), parent=parent, level=level, name=name, now=now(), tz=text_of("tz", 64) if first else None,
                dialect=dialect if first else None,
            )  # fmt: skip
            if first:
                grant(session(), admin, parent, "admin")
                record(session(), person=admin, act="set_up", subject="person", subject_id=admin.id, area=parent, now=now())
    if parent is None:
        raise Refused(_("Name at least one place."), "village")
    return admin


@pages.get("/speaker")
@pages.post("/speaker")
@limiter.limit("20 per minute", methods=["POST"])
def speaker() -> ResponseReturnValue:
    """The first speaker, by the code it shows."""
    if maybe_person() is None:
        return redirect(url_for("people.sign_in"), 303)
    demand_anywhere("people")
    wrong = ""
    if request.method == "POST":
        area = find_area(id_of("area"), "devices")
        try:
            made = let_in(area, text_of("code", 20), text_of("name", 100))
            return redirect(url_for("setup.chime", terminal_id=made.id), 303)
        except (EnrolError, Refused) as error:
            wrong = told(error)
    return render_template("setup.html", step=2, areas=areas_for("devices"), wrong=wrong, form=request.form), 422 if wrong else 200


@pages.get("/chime/<row:terminal_id>")
@pages.post("/chime/<row:terminal_id>")
def chime(terminal_id: int) -> ResponseReturnValue:
    """A test chime; the page says when it was heard."""
    if maybe_person() is None:
        return redirect(url_for("people.sign_in"), 303)
    found = find(Terminal, terminal_id, "devices")
    if request.method == "POST":
        try:
            send_command(session(), person=person(), terminal=found, op="chime", now=now())
        except BadCommand as error:
            flash(told(error), "bad")
        return redirect(url_for("setup.chime", terminal_id=found.id), 303)
    return render_template(
        "setup.html", step=3, terminal=found, rows=recent_commands(session(), found), state_of=command_state
    )
