"""My second step: set up with a code that the telephone photographs, codes on paper, left out again; and taken away for somebody who lost all."""

from __future__ import annotations

from typing import Any

import segno
from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin.account import it_is_me
from admin.desk import Refused, cookie_name, demand_anywhere, desk, now, person, session
from admin.people import mine, pages, wholly_mine
from admin.refusals import told
from admin.tongue import _
from admin.web import limiter
from station import access, second_step
from station.audit import record
from station.models import Person
from station.second_step import WrongCode
from station.vault import Locked

STATION = "Xiangyin"


def must(found: Person) -> bool:
    """Whether the person signs in with a second step only."""
    return second_step.asked_for(session(), found, desk().settings.second_step_roles)


def _me() -> Person:
    return session().get_one(Person, person().id)


def _page(wrong: str = "", **more: Any) -> str:
    me = _me()
    return render_template(
        "second_step.html", must=must(me), wrong=wrong, left=second_step.codes_left(session(), me), begun=second_step.begun(session(), me), **more
    )


def _written(act: str, found: Person, **detail: Any) -> None:
    record(session(), person=person(), act=act, subject="person", subject_id=found.id, area=None, now=now(), **detail)


@pages.get("/me/second-step")
def my_second_step() -> str:
    """Whether I have one, and how to set it up."""
    return _page()


@pages.post("/me/second-step/begin")
@limiter.limit("20 per hour")
def begin_second_step() -> ResponseReturnValue:
    """A fresh code for the telephone, shown on this answer and never again."""
    try:
        it_is_me(request.form.get("password", ""))
        secret = second_step.begin(session(), desk().vault, _me(), now())
    except (WrongCode, Refused) as error:
        return _page(told(error)), 422
    drawn = segno.make(second_step.address(secret, person().login, STATION), error="m").svg_data_uri(scale=6, border=4, light="#fff")
    return _page(drawn=drawn, secret=secret)


@pages.post("/me/second-step/confirm")
@limiter.limit("20 per minute")
def confirm_second_step() -> ResponseReturnValue:
    """The telephone shows the right digits: it counts, and other browsers have to sign in with it."""
    me = _me()
    try:
        codes = second_step.confirm(session(), desk().vault, me, request.form.get("code", "")[:40], now())
    except (WrongCode, Locked) as error:
        return _page(told(error)), 422
    access.end_sessions(session(), me, now(), request.cookies.get(cookie_name(), ""))
    _written("set_up_second_step", me)
    return _page(codes=codes)


@pages.post("/me/second-step/codes")
@limiter.limit("20 per minute")
def fresh_codes() -> ResponseReturnValue:
    """Ten new codes on paper for whoever shows the digits of now."""
    me = _me()
    try:
        second_step.check(session(), desk().vault, me, request.form.get("code", "")[:40], now())
    except (WrongCode, Locked) as error:
        return _page(told(error)), 422
    _written("fresh_codes", me)
    return _page(codes=second_step.fresh_codes(session(), me))


@pages.post("/me/second-step/off")
@limiter.limit("20 per minute")
def without_second_step() -> ResponseReturnValue:
    """Without one from now on, where nothing asks for it; the digits of now, or a code on paper, show that it is me."""
    me = _me()
    if must(me):
        abort(403)
    try:
        second_step.check(session(), desk().vault, me, request.form.get("code", "")[:40], now())
    except (WrongCode, Locked) as error:
        return _page(told(error)), 422
    second_step.take_away(session(), me)
    _written("take_second_step", me)
    flash(_("Signing in takes no second step any more."), "good")
    return redirect(url_for("people.me"), 303)


def theirs(person_id: int) -> Person:
    """Somebody whose ways in are wholly mine to hand out, and not I myself; 404 or 403 otherwise."""
    demand_anywhere("people")
    found = mine(person_id)
    if not wholly_mine(found) or found.id == person().id:
        abort(403)
    return found


def take_theirs(found: Person) -> bool:
    """A person's second step goes (a lost telephone), and all browsers of that person are signed out; False when there was none."""
    had = second_step.take_away(session(), found)
    ended = access.end_sessions(session(), found, now()) if had else 0
    _written("take_second_step", found, before="set up" if had else "none", after="none", ended=ended)
    return had


def ask_of(found: Person, asked: bool) -> None:
    """From now on this person signs in with a second step only, or as the roles say."""
    before, found.second_step_asked = found.second_step_asked, asked
    _written("ask_second_step", found, before=before, after=asked)


@pages.post("/people/<row:person_id>/second-step/take")
def take_second_step(person_id: int) -> ResponseReturnValue:
    """Take a person's second step away, so that it can be set up with another telephone."""
    found = theirs(person_id)
    take_theirs(found)
    flash(_("The second step was taken away, and %(name)s is signed out everywhere.", name=found.name), "good")
    return redirect(url_for("people.one", person_id=found.id), 303)


@pages.post("/people/<row:person_id>/second-step/ask")
def ask_second_step(person_id: int) -> ResponseReturnValue:
    """Ask a person for a second step whatever the roles say, or no longer."""
    found = theirs(person_id)
    ask_of(found, request.form.get("asked") == "1")
    return redirect(url_for("people.one", person_id=found.id), 303)
