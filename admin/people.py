"""People: signing in and out, who may do what where, tokens for machines, and the audit log."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, Select, func, or_, select
from werkzeug.wrappers import Response

from admin.desk import (
    COOKIE,
    Refused,
    areas_for,
    demand,
    demand_anywhere,
    desk,
    find_area,
    id_of,
    maybe_person,
    now,
    number_of,
    one_act,
    person,
    session,
    text_of,
    tops,
    zone_of,
)
from admin.tongue import _
from admin.web import LANGUAGES, limiter
from station import access
from station.areas import BadArea, add_area, branch
from station.audit import record
from station.hours import HoursRefused
from station.models import KINDS, LEVELS, ROLES, ApiToken, Area, AuditEntry, Grant, Person, SignIn
from station.people import ACTS, BadPerson, Limits, add_person, covers, hand_on, visible
from tts.dialects import DIALECTS

pages = Blueprint("people", __name__)
PER_PAGE = 100
CSV_MOST = 50_000


def safe_next(target: str) -> str:
    """Where to go after signing in: a page of ours, or the first page."""
    parts = urlsplit(target)
    ours = target.startswith("/") and not target.startswith("//") and "\\" not in target and not parts.netloc
    return target if ours and target.isprintable() else url_for("home.first")


def _welcome(found: Person, target: str) -> Response:
    token = access.open_session(session(), found, now(), request.user_agent.string, request.remote_addr)
    record(session(), person=found, act="sign_in", subject="person", subject_id=found.id, area=None, now=now())
    answer = redirect(target, 303)
    answer.set_cookie(
        COOKIE, token, max_age=access.SESSION_DAYS * 86400, httponly=True, samesite="Lax",
        secure=desk().settings.secure_cookies or request.is_secure,
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
    access.end_session(session(), request.cookies.get(COOKIE, ""), now())
    answer = redirect(url_for("people.sign_in"), 303)
    answer.delete_cookie(COOKIE)
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


def _mine(person_id: int) -> Person:
    """A person of my branches: with a role below me, or without any role yet; 404 otherwise."""
    found = session().get(Person, person_id)
    if found is None or not _reachable(found):
        abort(404)
    return found


def _reachable(found: Person) -> bool:
    rows = list(session().scalars(select(Area).join(Grant).where(Grant.person_id == found.id)))
    return not rows or any(row.path.startswith(top.path) for row in rows for top in tops("people"))


def _wholly_mine(found: Person) -> bool:
    """Whether I hold every role of the person, with all it reaches: only then may I hand out a way to be that person."""
    rows = session().scalars(select(Grant).where(Grant.person_id == found.id))
    return all(covers(session(), person(), row.area, Limits.of(row)) for row in rows)


def _limits() -> Limits:
    """What the form limits a role to."""
    return Limits.read(request.form.getlist("kinds"), text_of("hours", 200, required=False), request.form.getlist("langs"), text_of("highest", 16, required=False))


@pages.get("/people")
def everybody() -> str:
    """Who works in my branches."""
    demand_anywhere("people")
    below = select(Grant.person_id).join(Area).where(visible(session(), person(), "people"))
    anywhere = select(Grant.person_id)
    rows = session().scalars(
        select(Person).where(or_(Person.id.in_(below), Person.id.not_in(anywhere))).order_by(Person.name)
    )
    grants: dict[int, list[Grant]] = {}
    for each in session().scalars(select(Grant).join(Area).where(visible(session(), person(), "people")).order_by(Area.path)):
        grants.setdefault(each.person_id, []).append(each)
    return render_template("people.html", rows=list(rows), grants=grants, areas=areas_for("people"), roles=ROLES, kinds=KINDS, levels=LEVELS)


@pages.post("/people")
def add() -> ResponseReturnValue:
    """A new person with a first role; how to sign in is a link shown once."""
    demand_anywhere("people")
    area = find_area(id_of("area"), "people")
    try:
        with one_act():
            new = add_person(session(), text_of("login", 64), text_of("name", 100), now())
            given = hand_on(session(), person(), new, area, text_of("role", 16), _limits())
    except (BadPerson, HoursRefused, Refused) as error:
        flash(str(error), "bad")
        return redirect(url_for("people.everybody"), 303)
    record(
        session(), person=person(), act="add", subject="person", subject_id=new.id, area=area, now=now(),
        login=new.login, role=given.role, **Limits.of(given).said(),
    )  # fmt: skip
    flash(_("%(name)s was added. Now make a sign-in link.", name=new.name), "good")
    return redirect(url_for("people.one", person_id=new.id), 303)


@pages.get("/people/<row:person_id>")
def one(person_id: int) -> str:
    """One person: roles, and ways to sign in."""
    demand_anywhere("people")
    found = _mine(person_id)
    rows = list(session().scalars(select(Grant).join(Area).where(Grant.person_id == found.id).order_by(Area.path)))
    return render_template(
        "one_person.html", found=found, grants=rows, areas=areas_for("people"), roles=ROLES, wholly=_wholly_mine(found), kinds=KINDS, levels=LEVELS,
        sessions=len(access.open_sessions(session(), found, now())),
    )


@pages.post("/people/<row:person_id>/sessions/end")
def end_theirs(person_id: int) -> ResponseReturnValue:
    """Sign a person out everywhere (a lost phone)."""
    demand_anywhere("people")
    found = _mine(person_id)
    if not _wholly_mine(found):
        abort(403)
    ended = access.end_sessions(session(), found, now(), request.cookies.get(COOKIE, ""))
    record(session(), person=person(), act="end_sessions", subject="person", subject_id=found.id, area=None, now=now(), ended=ended)
    flash(_("Signed out everywhere."), "good")
    return redirect(url_for("people.one", person_id=found.id), 303)


@pages.post("/people/<row:person_id>/grants")
def give(person_id: int) -> ResponseReturnValue:
    """A role in a branch of mine."""
    demand_anywhere("people")
    found, area = _mine(person_id), find_area(id_of("area"), "people")
    role = text_of("role", 16)
    held = session().scalar(select(Grant).where(Grant.person_id == found.id, Grant.area_id == area.id, Grant.role == role))
    before = Limits.of(held).said() if held else None
    try:
        given = hand_on(session(), person(), found, area, role, _limits())
    except (BadPerson, HoursRefused) as error:
        flash(str(error), "bad")
        return redirect(url_for("people.one", person_id=found.id), 303)
    record(
        session(), person=person(), act="grant", subject="person", subject_id=found.id, area=area, now=now(), role=given.role,
        before=before, after=Limits.of(given).said(),
    )  # fmt: skip
    flash(_("The role was given."), "good")
    return redirect(url_for("people.one", person_id=found.id), 303)


@pages.post("/people/<row:person_id>/grants/<row:grant_id>/take")
def take(person_id: int, grant_id: int) -> ResponseReturnValue:
    """Take a role away; one's own last administration stays, so that nobody locks himself out."""
    demand_anywhere("people")
    found = _mine(person_id)
    row = session().get(Grant, grant_id)
    if row is None or row.person_id != found.id:
        abort(404)
    demand("people", row.area)
    if found.id == person().id and row.role == "admin":
        flash(_("You cannot take your own administration away; another administrator can."), "bad")
        return redirect(url_for("people.one", person_id=found.id), 303)
    if not covers(session(), person(), row.area, Limits.of(row)):
        abort(403)
    record(
        session(), person=person(), act="take", subject="person", subject_id=found.id, area=row.area, now=now(), role=row.role,
        before=Limits.of(row).said(),
    )  # fmt: skip
    session().delete(row)
    flash(_("The role was taken away."), "good")
    return redirect(url_for("people.one", person_id=found.id), 303)


@pages.post("/people/<row:person_id>/link")
def make_link(person_id: int) -> ResponseReturnValue:
    """A sign-in link, shown on this answer and never again."""
    demand_anywhere("people")
    found = _mine(person_id)
    if not _wholly_mine(found):
        abort(403)
    token = access.make_link(session(), found, now())
    record(session(), person=person(), act="make_link", subject="person", subject_id=found.id, area=None, now=now())
    address = url_for("people.link", token=token, _external=True)
    return render_template("shown_once.html", what="link", secret=address, back=url_for("people.one", person_id=found.id))


@pages.post("/people/<row:person_id>/active")
def switch(person_id: int) -> ResponseReturnValue:
    """Let a person in no more, or again."""
    demand_anywhere("people")
    found = _mine(person_id)
    if not _wholly_mine(found) or found.id == person().id:
        abort(403)
    found.active = request.form.get("active") == "1"
    record(
        session(), person=person(), act="switch_on" if found.active else "switch_off", subject="person", subject_id=found.id,
        area=None, now=now(),
    )  # fmt: skip
    return redirect(url_for("people.one", person_id=found.id), 303)


@pages.get("/me")
def me() -> str:
    """My own account: password, where I am signed in, tokens."""
    rows = session().scalars(select(ApiToken).where(ApiToken.person_id == person().id).order_by(ApiToken.id.desc()))
    grants = session().scalars(select(Grant).where(Grant.person_id == person().id))
    return render_template(
        "me.html", tokens=list(rows), grants=list(grants), acts=[act for act in ACTS if act != "see" and tops(act)],
        sessions=access.open_sessions(session(), person(), now()), this_browser=access.digest(request.cookies.get(COOKIE, "")),
    )  # fmt: skip


@pages.post("/me/sessions/end")
def end_others() -> ResponseReturnValue:
    """Sign me out everywhere but here."""
    ended = access.end_sessions(session(), person(), now(), request.cookies.get(COOKIE, ""))
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
        flash(str(error), "bad")
        return redirect(url_for("people.me"), 303)
    access.end_sessions(session(), mine, now(), request.cookies.get(COOKIE, ""))
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


@pages.get("/areas")
def areas() -> str:
    """The places of my branches."""
    demand_anywhere("see")
    rows, parents = areas_for("see"), areas_for("people")
    mine = {each.id for each in parents}  # asked once, not for each of hundreds of places
    return render_template("areas.html", rows=rows, parents=parents, mine=mine, levels=LEVELS, dialects=DIALECTS)


@pages.post("/areas")
def new_area() -> ResponseReturnValue:
    """A new place below one that I administer."""
    parent = find_area(id_of("parent"), "people")
    dialect = request.form.get("dialect", "") or None
    try:
        if dialect is not None and dialect not in DIALECTS:
            raise Refused(_("Choose one of the six dialects."), "dialect")
        made = add_area(
            session(), parent=parent, level=text_of("level", 16), name=text_of("name", 100), now=now(),
            tz=text_of("tz", 64, required=False) or None, dialect=dialect,
        )  # fmt: skip
    except (BadArea, Refused) as error:
        flash(str(error), "bad")
        return redirect(url_for("people.areas"), 303)
    record(session(), person=person(), act="add", subject="area", subject_id=made.id, area=made, now=now(), name=made.name)
    flash(_("%(name)s was added.", name=made.name), "good")
    return redirect(url_for("people.areas"), 303)


@pages.get("/audit")
def audit() -> str:
    """Who did what, newest first; in my branches, and my own acts; of one person, place, thing or day."""
    demand_anywhere("audit")
    before = id_of("before")
    query = _entries().limit(PER_PAGE + 1)
    if before is not None:
        query = query.where(AuditEntry.id < before)
    rows = list(session().scalars(query))
    asked = {name: request.args.get(name, "")[:60] for name in ("who", "place", "thing", "day")}
    return render_template(
        "audit.html", rows=rows[:PER_PAGE], more=rows[PER_PAGE - 1].id if len(rows) > PER_PAGE else None, asked=asked,
        names=list(session().scalars(select(Person).where(_known_to_me()).order_by(Person.name))),
        areas=areas_for("audit"), things=sorted({row.subject for row in rows}),
    )  # fmt: skip


def _known_to_me() -> ColumnElement[bool]:
    """SQL condition on Person: who has a role in my branches, and I myself."""
    below = select(Grant.person_id).join(Area).where(visible(session(), person(), "audit"))
    return or_(Person.id == person().id, Person.id.in_(below))


def _entries() -> Select[Any]:
    """What the address asks for of the log, newest first."""
    query = (
        select(AuditEntry).outerjoin(Area, AuditEntry.area_id == Area.id)
        .where(or_(visible(session(), person(), "audit"), AuditEntry.person_id == person().id))
        .order_by(AuditEntry.id.desc())
    )  # fmt: skip
    who, place, thing, day = id_of("who"), id_of("place"), request.args.get("thing", "").strip(), request.args.get("day", "").strip()
    if who is not None:
        query = query.where(AuditEntry.person_id == who)
    if place is not None:
        query = query.where(branch(find_area(place, "audit")))
    if thing:
        subject, _blank, number = thing.partition(" ")
        query = query.where(AuditEntry.subject == subject[:24], *([AuditEntry.subject_id == number[:40]] if number else []))
    if day:
        try:
            since = datetime.combine(date.fromisoformat(day), time(), zone_of(None))
        except ValueError as error:
            raise Refused(_("Write the day like 2026-11-25."), "day") from error
        query = query.where(AuditEntry.at >= since, AuditEntry.at < since + timedelta(days=1))
    return query


@pages.get("/audit.csv")
def audit_csv() -> Response:
    """The same entries for a spreadsheet; cells that a spreadsheet would take for a formula are text."""
    demand_anywhere("audit")
    sheet = io.StringIO()
    lines = csv.writer(sheet)
    lines.writerow(["id", "at_utc", "person", "act", "subject", "subject_id", "area", "detail"])
    for row in session().scalars(_entries().limit(CSV_MOST)):
        cells = (
            row.id, row.at.isoformat(), row.person.name if row.person else "", row.act, row.subject, row.subject_id, row.area.name if row.area else "",
            json.dumps(row.detail, ensure_ascii=False, sort_keys=True),
        )  # fmt: skip
        lines.writerow([f"'{cell}" if str(cell)[:1] in ("=", "+", "-", "@", "\t") else cell for cell in cells])
    return Response("\ufeff" + sheet.getvalue(), mimetype="text/csv", headers={"Content-Disposition": "attachment; filename=audit.csv"})
