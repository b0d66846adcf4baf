"""Who may do what, where: a person's grants, the acts a role allows, the branch it reaches."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import ColumnElement, false, or_, select
from sqlalchemy.orm import Session

from station.access import hash_password
from station.areas import below, is_below
from station.models import ROLES, Area, Grant, Person

LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}\Z")

# Which roles may do which act; a role counts in its branch only.
ACTS: dict[str, frozenset[str]] = {
    "see": frozenset({"admin", "reviewer", "operator"}),
    "write": frozenset({"admin", "reviewer", "operator"}),
    "review": frozenset({"admin", "reviewer"}),
    "schedule": frozenset({"admin", "operator"}),
    "play": frozenset({"admin", "operator"}),
    "emergency": frozenset({"admin", "operator"}),
    "devices": frozenset({"admin", "operator"}),
    "people": frozenset({"admin"}),
    "audit": frozenset({"admin", "reviewer"}),
}


class NotAllowed(PermissionError):
    """This person may not do this there; the text says who may."""


class BadPerson(ValueError):
    """A person's entry that cannot be; the text says why."""


def roots(session: Session, person: Person, act: str) -> list[Area]:
    """The tops of the branches where the person may do the act."""
    if not person.active:
        return []
    query = select(Area).join(Grant).where(Grant.person_id == person.id, Grant.role.in_(ACTS[act])).order_by(Area.path)
    tops: list[Area] = []
    for area in session.scalars(query):
        if not any(is_below(area, top) for top in tops):
            tops.append(area)
    return tops


def may(session: Session, person: Person, act: str, area: Area) -> bool:
    """Whether the person may do the act in this area."""
    return any(is_below(area, top) for top in roots(session, person, act))


def require(session: Session, person: Person, act: str, area: Area) -> None:
    """Nothing when allowed; NotAllowed otherwise."""
    if not may(session, person, act, area):
        who = ", ".join(sorted(ACTS[act]))
        raise NotAllowed(f"{person.name} may not {act} in {area.name}: this takes one of these roles there: {who}")


def visible(session: Session, person: Person, act: str = "see") -> ColumnElement[bool]:
    """SQL condition on Area: the branches where the person may do the act."""
    tops = roots(session, person, act)
    return or_(*(below(top.path) for top in tops)) if tops else false()


def sees_all(session: Session, person: Person) -> bool:
    """Whether the person's branches are the whole tree: then nothing has to be joined to know what is theirs."""
    mine = {top.id for top in roots(session, person, "see")}
    return bool(mine) and not session.scalar(select(Area.id).where(Area.parent_id.is_(None), Area.id.not_in(mine)).limit(1))


def add_person(
    session: Session, login: str, name: str, now: datetime, password: str | None = None, locale: str = "zh"
) -> Person:
    """A new person without any right yet. Raises BadPerson (bad or taken login, no name) or WeakPassword."""
    login = login.strip().lower()
    if not LOGIN.match(login):
        raise BadPerson("a sign-in name has 2 to 64 of a-z, 0-9, dot, underscore and hyphen")
    if not name.strip() or len(name) > 100:
        raise BadPerson("give the person a name of 1 to 100 characters")
    if session.scalar(select(Person.id).where(Person.login == login)):
        raise BadPerson(f"the sign-in name {login!r} is taken")
    hashed = hash_password(password) if password is not None else None
    person = Person(login=login, name=name.strip(), password_hash=hashed, locale=locale, active=True, created_at=now)
    session.add(person)
    session.flush()
    return person


def grant(session: Session, person: Person, area: Area, role: str) -> Grant:
    """The role in the branch; giving it twice changes nothing."""
    if role not in ROLES:
        raise BadPerson(f"no role is called {role!r}: take one of {', '.join(ROLES)}")
    mine = (Grant.person_id == person.id, Grant.area_id == area.id, Grant.role == role)
    found = session.scalar(select(Grant).where(*mine))
    if found is None:
        found = Grant(person_id=person.id, area_id=area.id, role=role)
        session.add(found)
        session.flush()
    return found
