"""The way in: name and password, a link, the way out again, and the language at the door."""

from __future__ import annotations

import logging
from urllib.parse import urlsplit

from flask import abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from admin.desk import cookie_name, desk, maybe_person, now, only_secure, person, session
from admin.people import pages
from admin.refusals import told
from admin.web import LANGUAGES, limiter
from station import access, second_step
from station.audit import record
from station.models import Person
from station.second_step import WrongCode
from station.vault import Locked

LOG = logging.getLogger("xiangyin.admin")

def safe_next(target: str) -> str:
    """Where to go after signing in: a page of ours, or the first page."""
    parts = urlsplit(target)
    ours = target.startswith("/") and not target.startswith("//") and "\\" not in target and not parts.netloc
    return target if ours and target.isprintable() else url_for("home.first")


HALF = "xiangyin_half"


def _welcome(found: Person, target: str) -> Response:
    """In; or, for whoever has a second step, on to the page that asks for it."""
    if found.second_step_at is None:
        return _let_in(found, target, "password")
    answer = redirect(url_for("people.second", next=target), 303)
    answer.set_cookie(
        cookie_name(HALF), access.open_half(session(), found, now()), max_age=access.HALF_MINUTES * 60, httponly=True, samesite="Lax",
        secure=only_secure(),
    )  # fmt: skip
    return answer


def _let_in(found: Person, target: str, by: str) -> Response:
    token = access.open_session(session(), found, now(), request.user_agent.string, request.remote_addr)
    record(session(), person=found, act="sign_in", subject="person", subject_id=found.id, area=None, now=now(), by=by)
    answer = redirect(target, 303)
    answer.set_cookie(
        cookie_name(), token, max_age=access.SESSION_DAYS * 86400, httponly=True, samesite="Lax",
        secure=only_secure(),
    )  # fmt: skip
    return answer


@pages.get("/sign-in")
@pages.post("/sign-in")
@limiter.limit("10 per minute; 100 per hour", methods=["POST"])
def sign_in() -> ResponseReturnValue:
    """Name and password; a wrong one is told apart from nothing."""
    if request.method == "POST":
        login, password = request.form.get("login", "")[:100], request.form.get("password", "")[:300]
        with desk().db.reading() as looking:
            found = access.check_password(looking, login, password, now()) if "\0" not in login else None
        if found is not None:
            session().add(found)
            return _welcome(found, safe_next(request.form.get("next", "")))
        return render_template("sign_in.html", login=login, next=request.form.get("next", ""), wrong=True), 401
    if maybe_person() is not None:
        return redirect(url_for("home.first"))
    if session().scalar(select(func.count()).select_from(Person)) == 0:
        return redirect(url_for("setup.wizard"))
    return render_template("sign_in.html", login="", next=request.args.get("next", ""), wrong=False)


@pages.get("/sign-in/second")
@pages.post("/sign-in/second")
@limiter.limit("20 per minute", methods=["POST"])
def second() -> ResponseReturnValue:
    """The digits of the telephone, or a code on paper; for whoever has given name and password a moment ago."""
    half, target = request.cookies.get(cookie_name(HALF), ""), safe_next(request.values.get("next", ""))
    found = access.person_of_half(session(), half, now())
    if found is None or found.second_step_at is None:
        return redirect(url_for("people.sign_in", next=target), 303)
    if request.method == "GET":
        return render_template("sign_in_second.html", next=target, wrong="")
    try:
        by = second_step.check(session(), desk().vault, found, request.form.get("code", "")[:40], now())
    except Locked as error:
        LOG.error("%s", error)
        return render_template("sign_in_second.html", next=target, wrong=told(error)), 503
    except WrongCode as error:
        record(session(), person=found, act="wrong_code", subject="person", subject_id=found.id, area=None, now=now(), address=request.remote_addr)
        return render_template("sign_in_second.html", next=target, wrong=told(error)), 401
    access.end_session(session(), half, now())
    answer = _let_in(found, target, by)
    answer.delete_cookie(cookie_name(HALF), secure=only_secure(), httponly=True, samesite="Lax")
    return answer


@pages.get("/link/<token>")
@pages.post("/link/<token>")
@limiter.limit("20 per minute", methods=["POST"])
def link(token: str) -> ResponseReturnValue:
    """A one-time link: looking at it changes nothing (a preview must not use it up), its button signs in."""
    if request.method == "POST":
        found = access.use_link(session(), token[:200], now())
        if found is not None:
            return _welcome(found, url_for("home.first"))
        return render_template("link.html", used=True), 410
    return render_template("link.html", used=False)


@pages.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End this browser's session."""
    access.end_session(session(), request.cookies.get(cookie_name(), ""), now())
    answer = redirect(url_for("people.sign_in"), 303)
    answer.delete_cookie(cookie_name(), secure=only_secure(), httponly=True, samesite="Lax")
    return answer


@pages.post("/language")
def language() -> ResponseReturnValue:
    """The language of the pages, kept in a cookie and, when signed in, with the person."""
    chosen = request.form.get("lang", "")
    if chosen not in LANGUAGES:
        abort(404)
    if g.person is not None:
        mine = session().get(Person, person().id)
        if mine is not None:
            mine.locale = chosen
    answer = redirect(safe_next(request.form.get("next", "")), 303)
    answer.set_cookie("lang", chosen, max_age=365 * 86400, httponly=True, samesite="Lax", secure=desk().settings.secure_cookies)
    return answer
