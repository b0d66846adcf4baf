"""Who may do what, where: a person's grants, the acts a role allows, the branch it reaches."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import Session

from station.access import hash_password
from station.areas import below, is_below, tz_of
from station.hours import read_spans, split, within
from station.models import KINDS, LEVELS, ROLES, Area, Grant, Person

LANG = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?\Z")
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

# The acts that the limits of a right (kinds, hours, languages, highest level) bear on; looking on, looking after the speakers and reading the
# log reach the whole branch.
LIMITED = frozenset({"write", "review", "schedule", "play", "emergency"})


@dataclass(frozen=True)
class Limits:
    """What a right is limited to; None where there is no limit."""

    kinds: tuple[str, ...] | None = None
    hours: tuple[str, ...] | None = None
    langs: tuple[str, ...] | None = None
    highest: str | None = None

    @classmethod
    def of(cls, held: Grant) -> Limits:
        def listed(names: list[str] | None) -> tuple[str, ...] | None:
            return None if names is None else tuple(names)

        return cls(listed(held.kinds), listed(held.hours), listed(held.langs), held.highest)

    @classmethod
    def read(cls, kinds: Iterable[str] = (), hours: str = "", langs: Iterable[str] = (), highest: str = "") -> Limits:
        """From what somebody chose; nothing chosen is no limit. Raises BadPerson, HoursRefused."""
        chosen, spoken = tuple(each for each in KINDS if each in (asked := set(kinds))), tuple(sorted(set(langs)))
        if asked - set(KINDS):
            raise BadPerson(f"no kind is called {min(asked - set(KINDS))!r}: take of {', '.join(KINDS)}")
        if highest and highest not in LEVELS:
            raise BadPerson(f"no level is called {highest!r}: take one of {', '.join(LEVELS)}")
        if any(not LANG.match(each) for each in spoken):
            raise BadPerson("written languages are named like zh-Hans, zh-Hant, en, bo, ug")
        return cls(chosen or None, tuple(read_spans(split(hours))) or None, spoken or None, highest or None)

    def cover(self, other: Limits) -> bool:
        """Whether whoever holds these may give the others away: nothing in them reaches further."""
        return (
            _within(other.kinds, self.kinds) and _within(other.langs, self.langs) and _hours_within(other.hours, self.hours)
            and (self.highest is None or (other.highest is not None and _low_enough(other.highest, self.highest)))
        )  # fmt: skip

    def said(self) -> dict[str, object]:
        """Plain JSON values of the limits there are, for the audit log."""
        found: dict[str, object] = {name: list(getattr(self, name)) for name in ("kinds", "hours", "langs") if getattr(self, name) is not None}
        return {**found, "highest": self.highest} if self.highest else found


def _within(inner: tuple[str, ...] | None, outer: tuple[str, ...] | None) -> bool:
    return outer is None or (inner is not None and set(inner) <= set(outer))


def _hours_within(inner: tuple[str, ...] | None, outer: tuple[str, ...] | None) -> bool:
    """Minute by minute: spans may be cut differently and go over midnight."""
    if outer is None or inner is None:
        return outer is None
    day = [time(minute // 60, minute % 60) for minute in range(24 * 60)]
    return all(within(outer, each) for each in day if within(inner, each))


class NotAllowed(PermissionError):
    """This person may not do this there; the text says who may."""


class BadPerson(ValueError):
    """A person's entry that cannot be; the text says why."""


def roots(session: Session, person: Person, act: str) -> list[Area]:
    """The tops of the branches where the person may do the act."""
    if not person.active or (person.scopes is not None and act not in person.scopes):
        return []
    query = select(Area).join(Grant).where(Grant.person_id == person.id, Grant.role.in_(ACTS[act])).order_by(Area.path)
    tops: list[Area] = []
    for area in session.scalars(query):
        if not any(is_below(area, top) for top in tops):
            tops.append(area)
    return tops


def may(
    session: Session, person: Person, act: str, area: Area, *, kind: str | None = None, lang: str | None = None, at: datetime | None = None
) -> bool:
    """Whether the person may do the act in this area: with something of this kind, in this written language, at this moment. What is not
    given is not asked for; the level of the place always is."""
    return _hindered(session, person, act, area, kind, lang, at) is None


def require(
    session: Session, person: Person, act: str, area: Area, *, kind: str | None = None, lang: str | None = None, at: datetime | None = None
) -> None:
    """Nothing when allowed; NotAllowed, saying what stands in the way, otherwise."""
    why = _hindered(session, person, act, area, kind, lang, at)
    if why is not None:
        raise NotAllowed(f"{person.name} may not {act} in {area.name}: {why}")


def _hindered(
    session: Session, person: Person, act: str, area: Area, kind: str | None, lang: str | None, at: datetime | None
) -> str | None:
    """None when allowed, else what stands in the way: of several rights there the one that reaches furthest speaks."""
    why = f"this takes one of these roles there: {', '.join(sorted(ACTS[act]))}"
    if not person.active:
        return why
    if person.scopes is not None and act not in person.scopes:
        return f"the token is for {', '.join(sorted(person.scopes))} only"
    query = select(Grant, Area.path).join(Area).where(Grant.person_id == person.id, Grant.role.in_(ACTS[act]))
    for held, path in session.execute(query):
        if area.path.startswith(path):
            limit = _limit(session, held, act, area, kind, lang, at)
            if limit is None:
                return None
            why = limit
    return why


def _limit(session: Session, held: Grant, act: str, area: Area, kind: str | None, lang: str | None, at: datetime | None) -> str | None:
    """Which limit of the right stands in the way, None for none. Looking and reading the log have no limits but the branch."""
    if act not in LIMITED:
        return None
    if not _low_enough(area.level, held.highest):
        return f"the right reaches up to places of the level {held.highest}"
    if kind is not None and held.kinds is not None and kind not in held.kinds:
        return f"the right is for {', '.join(held.kinds)} only"
    if lang is not None and held.langs is not None and lang not in held.langs:
        return f"the right is for texts in {', '.join(held.langs)} only"
    if at is not None and held.hours is not None and not within(held.hours, at.astimezone(ZoneInfo(tz_of(session, area))).time()):
        return f"the right is for the hours {', '.join(held.hours)} only"
    return None


def _low_enough(level: str, highest: str | None) -> bool:
    return highest is None or LEVELS.index(level) >= LEVELS.index(highest)


def visible(session: Session, person: Person, act: str = "see") -> ColumnElement[bool]:
    """SQL condition on Area: the places where the person may do the act."""
    if act in LIMITED and person.active and (person.scopes is None or act in person.scopes):
        query = select(Area.path, Grant.highest).join(Grant).where(Grant.person_id == person.id, Grant.role.in_(ACTS[act]))
        reach = {(path, highest) for path, highest in session.execute(query)}
        if any(highest is not None for _, highest in reach):
            return or_(*(and_(below(path), Area.level.in_([each for each in LEVELS if _low_enough(each, highest)])) for path, highest in reach))
    tops = roots(session, person, act)
    return or_(*(below(top.path) for top in tops)) if tops else false()


def sees_all(session: Session, person: Person, act: str = "see") -> bool:
    """Whether the person's branches, or those where the act is theirs, are the whole tree: then nothing has to be joined to know what is theirs."""
    mine = {top.id for top in roots(session, person, act)}
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


def grant(session: Session, person: Person, area: Area, role: str, limits: Limits | None = None) -> Grant:
    """The role in the branch, with these limits; giving it twice changes the limits and nothing else."""
    if role not in ROLES:
        raise BadPerson(f"no role is called {role!r}: take one of {', '.join(ROLES)}")
    mine = (Grant.person_id == person.id, Grant.area_id == area.id, Grant.role == role)
    found = session.scalar(select(Grant).where(*mine))
    if found is None:
        found = Grant(person_id=person.id, area_id=area.id, role=role)
        session.add(found)
    given = limits or Limits()
    for name in ("kinds", "hours", "langs"):
        names = getattr(given, name)
        setattr(found, name, None if names is None else list(names))
    found.highest = given.highest
    session.flush()
    return found


def covers(session: Session, giver: Person, area: Area, limits: Limits) -> bool:
    """Whether one administration of the giver reaches the area and everything that the limits leave."""
    if not may(session, giver, "people", area):
        return False
    query = select(Grant, Area.path).join(Area).where(Grant.person_id == giver.id, Grant.role.in_(ACTS["people"]))
    return any(area.path.startswith(path) and Limits.of(held).cover(limits) for held, path in session.execute(query))


def hand_on(session: Session, giver: Person, person: Person, area: Area, role: str, limits: Limits) -> Grant:
    """A role given by somebody: only in the giver's branch, and only what the giver holds. What the person already holds there and the giver
    does not cover is not the giver's to change. Raises NotAllowed, BadPerson."""
    require(session, giver, "people", area)
    held = session.scalar(select(Grant).where(Grant.person_id == person.id, Grant.area_id == area.id, Grant.role == role))
    if not covers(session, giver, area, limits) or (held is not None and not covers(session, giver, area, Limits.of(held))):
        raise NotAllowed(f"{giver.name} may give in {area.name} only what {giver.name} holds there: limit the kinds, hours, languages or the level")
    return grant(session, person, area, role, limits)
