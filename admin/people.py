"""People: who works in my branches, who may do what where, and the ways in that one hands out."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import or_, select

from admin.desk import (
    Refused,
    areas_for,
    cookie_name,
    demand,
    demand_anywhere,
    desk,
    find_area,
    id_of,
    now,
    one_act,
    person,
    session,
    text_of,
    tops,
)
from admin.refusals import told
from admin.tongue import _
from station import access, second_step
from station.audit import record
from station.hours import HoursRefused
from station.models import KINDS, LEVELS, ROLES, Area, Grant, Person
from station.people import BadPerson, Limits, add_person, covers, hand_on, visible

pages = Blueprint("people", __name__)


def mine(person_id: int) -> Person:
    """A person of my branches: with a role below me, or without any role yet; 404 otherwise."""
    found = session().get(Person, person_id)
    if found is None or not _reachable(found):
        abort(404)
    return found


def _reachable(found: Person) -> bool:
    rows = list(session().scalars(select(Area).join(Grant).where(Grant.person_id == found.id)))
    return not rows or any(row.path.startswith(top.path) for row in rows for top in tops("people"))


def wholly_mine(found: Person) -> bool:
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
        flash(told(error), "bad")
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
    found = mine(person_id)
    rows = list(session().scalars(select(Grant).join(Area).where(Grant.person_id == found.id).order_by(Area.path)))
    return render_template(
        "one_person.html", found=found, grants=rows, areas=areas_for("people"), roles=ROLES, wholly=wholly_mine(found), kinds=KINDS, levels=LEVELS,
        sessions=len(access.open_sessions(session(), found, now())),
        must=second_step.asked_for(session(), found, desk().settings.second_step_roles),
    )


@pages.post("/people/<row:person_id>/sessions/end")
def end_theirs(person_id: int) -> ResponseReturnValue:
    """Sign a person out everywhere (a lost phone)."""
    demand_anywhere("people")
    found = mine(person_id)
    if not wholly_mine(found):
        abort(403)
    ended = access.end_sessions(session(), found, now(), request.cookies.get(cookie_name(), ""))
    record(session(), person=person(), act="end_sessions", subject="person", subject_id=found.id, area=None, now=now(), ended=ended)
    flash(_("Signed out everywhere."), "good")
    return redirect(url_for("people.one", person_id=found.id), 303)


@pages.post("/people/<row:person_id>/grants")
def give(person_id: int) -> ResponseReturnValue:
    """A role in a branch of mine."""
    demand_anywhere("people")
    found, area = mine(person_id), find_area(id_of("area"), "people")
    role = text_of("role", 16)
    held = session().scalar(select(Grant).where(Grant.person_id == found.id, Grant.area_id == area.id, Grant.role == role))
    before = Limits.of(held).said() if held else None
    try:
        given = hand_on(session(), person(), found, area, role, _limits())
    except (BadPerson, HoursRefused) as error:
        flash(told(error), "bad")
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
    found = mine(person_id)
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
    found = mine(person_id)
    if not wholly_mine(found):
        abort(403)
    token = access.make_link(session(), found, now())
    record(session(), person=person(), act="make_link", subject="person", subject_id=found.id, area=None, now=now())
    address = url_for("people.link", token=token, _external=True)
    return render_template("shown_once.html", what="link", secret=address, back=url_for("people.one", person_id=found.id))


@pages.post("/people/<row:person_id>/active")
def switch(person_id: int) -> ResponseReturnValue:
    """Let a person in no more, or again."""
    demand_anywhere("people")
    found = mine(person_id)
    if not wholly_mine(found) or found.id == person().id:
        abort(403)
    found.active = request.form.get("active") == "1"
    record(
        session(), person=person(), act="switch_on" if found.active else "switch_off", subject="person", subject_id=found.id,
        area=None, now=now(),
    )  # fmt: skip
    return redirect(url_for("people.one", person_id=found.id), 303)
