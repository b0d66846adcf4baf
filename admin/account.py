"""My own account: password, where I am signed in, tokens for machines."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from admin.desk import Refused, cookie_name, now, number_of, person, session, text_of, tops
from admin.people import pages
from admin.refusals import told
from admin.tongue import _
from admin.web import limiter
from station import access
from station.audit import record
from station.models import ApiToken, Grant, Person, SignIn
from station.people import ACTS


@pages.get("/me")
def me() -> str:
    """My own account: password, where I am signed in, tokens."""
    rows = session().scalars(select(ApiToken).where(ApiToken.person_id == person().id).order_by(ApiToken.id.desc()))
    grants = session().scalars(select(Grant).where(Grant.person_id == person().id))
    return render_template(
        "me.html", tokens=list(rows), grants=list(grants), acts=[act for act in ACTS if act != "see" and tops(act)],
        sessions=access.open_sessions(session(), person(), now()), this_browser=access.digest(request.cookies.get(cookie_name(), "")),
    )  # fmt: skip


def it_is_me(password: str) -> None:
    """Nothing when the password is the person's of this request: a browser that somebody left open is not enough for what comes now. Whoever
    has none (they sign in by link) has none to give. Raises Refused."""
    mine = session().get_one(Person, person().id)
    if mine.password_hash and access.check_password(session(), mine.login, password[:300], now()) is None:
        raise Refused(_("That is not your password. Nothing was done."), "password")


@pages.post("/me/sessions/end")
def end_others() -> ResponseReturnValue:
    """Sign me out everywhere but here."""
    ended = access.end_sessions(session(), person(), now(), request.cookies.get(cookie_name(), ""))
    record(session(), person=person(), act="end_sessions", subject="person", subject_id=person().id, area=None, now=now(), ended=ended)
    return redirect(url_for("people.me"), 303)


@pages.post("/me/sessions/<row:session_id>/end")
def end_one(session_id: int) -> ResponseReturnValue:
    """Sign me out in one browser."""
    row = session().get(SignIn, session_id)
    if row is None or row.person_id != person().id or row.kind != "session":
        abort(404)
    row.ended_at = row.ended_at or now()
    record(session(), person=person(), act="end_session", subject="person", subject_id=person().id, area=None, now=now(), browser=row.agent)
    return redirect(url_for("people.me"), 303)


@pages.post("/me/password")
@limiter.limit("10 per minute")
def password() -> ResponseReturnValue:
    """A new password; the old one is asked for when there is one. Other browsers are signed out."""
    mine = session().get_one(Person, person().id)
    old = request.form.get("old", "")[:300]
    if mine.password_hash and access.check_password(session(), mine.login, old, now()) is None:
        flash(_("The old password is not right."), "bad")
        return redirect(url_for("people.me"), 303)
    try:
        access.set_password(session(), mine, request.form.get("new", ""))
    except access.WeakPassword as error:
        flash(told(error), "bad")
        return redirect(url_for("people.me"), 303)
    access.end_sessions(session(), mine, now(), request.cookies.get(cookie_name(), ""))
    record(session(), person=mine, act="set_password", subject="person", subject_id=mine.id, area=None, now=now())
    flash(_("The new password counts from now on."), "good")
    return redirect(url_for("people.me"), 303)


@pages.post("/me/tokens")
def make_token() -> ResponseReturnValue:
    """A bearer token with my rights, shown on this answer and never again."""
    name, days = text_of("name", 100), number_of("days", 1, 366, 90)
    chosen = request.form.getlist("scopes")
    if not set(chosen) <= set(ACTS):
        abort(422)
    token = access.make_token(session(), person(), name, now(), days, chosen if chosen else None)
    record(
        session(), person=person(), act="make_token", subject="person", subject_id=person().id, area=None, now=now(), name=name,
        days=days, scopes=sorted(chosen),
    )  # fmt: skip
    return render_template("shown_once.html", what="token", secret=token, back=url_for("people.me"))


@pages.post("/me/tokens/<row:token_id>/revoke")
def revoke_token(token_id: int) -> ResponseReturnValue:
    """Switch a token off for ever."""
    row = session().get(ApiToken, token_id)
    if row is None or row.person_id != person().id:
        abort(404)
    row.revoked_at = row.revoked_at or now()
    record(
        session(), person=person(), act="revoke_token", subject="person", subject_id=person().id, area=None, now=now(),
        name=row.name,
    )  # fmt: skip
    return redirect(url_for("people.me"), 303)
