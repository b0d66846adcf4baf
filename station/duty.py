"""The duty book: who is on in a place, what was said meanwhile, what was handed over. Lines are only ever added."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload

from station.areas import branch
from station.models import Area, AuditEntry, DutyEntry, Person
from station.people import require

TEXT_MOST = 2000
# What of the audit log was said to the village, or stopped being said.
SAID = ("emergency", "received_alert", "notice", "talk", "schedule", "occurrence")


class BadDuty(ValueError):
    """A line that cannot stand in the book; the text says why."""


@dataclass(frozen=True)
class Watch:
    """Who is on, and since when."""

    person: Person
    since: datetime


@dataclass(frozen=True)
class Line:
    """A line as it is read: one of the book, or something that was said meanwhile (``act`` of ``subject``)."""

    at: datetime
    area: Area | None
    person: Person | None
    kind: str
    text: str = ""
    other: Person | None = None
    subject: str = ""
    subject_id: str = ""


def on_duty(session: Session, area: Area) -> Watch | None:
    """Whoever is on in this place; None when the last one went off, or nobody ever was."""
    last = session.scalar(
        select(DutyEntry).where(DutyEntry.area_id == area.id, DutyEntry.kind != "note").order_by(DutyEntry.id.desc()).limit(1).options(joinedload(DutyEntry.person))
    )
    return Watch(last.person, last.at) if last is not None and last.kind == "on" else None


def begin(session: Session, person: Person, area: Area, text: str, now: datetime) -> DutyEntry:
    """I am on from now; whoever was on is relieved. Raises NotAllowed, BadDuty."""
    before = on_duty(session, area)
    if before is not None and before.person.id == person.id:
        raise BadDuty(f"{person.name} is on already")
    return _add(session, person, area, "on", text, now, before.person if before else None)


def end(session: Session, person: Person, area: Area, text: str, now: datetime) -> DutyEntry:
    """I go off; ``text`` is what is left to do. Raises NotAllowed, BadDuty."""
    before = on_duty(session, area)
    if before is None or before.person.id != person.id:
        raise BadDuty(f"{person.name} is not on" + (f": {before.person.name} is" if before else ": nobody is"))
    return _add(session, person, area, "off", text, now)


def note(session: Session, person: Person, area: Area, text: str, now: datetime) -> DutyEntry:
    """Something worth knowing. Raises NotAllowed, BadDuty."""
    if not text.strip():
        raise BadDuty("write something")
    return _add(session, person, area, "note", text, now)


def _add(session: Session, person: Person, area: Area, kind: str, text: str, now: datetime, other: Person | None = None) -> DutyEntry:
    require(session, person, "write", area)
    if len(text) > TEXT_MOST:
        raise BadDuty(f"a line has at most {TEXT_MOST} characters, not {len(text)}")
    made = DutyEntry(area_id=area.id, at=now, person_id=person.id, kind=kind, other_id=other.id if other else None, text=text.strip())
    session.add(made)
    session.flush()
    return made


def lines(session: Session, area: Area, since: datetime, until: datetime, sees: ColumnElement[bool]) -> list[Line]:
    """The book of a place and everything below it, with what was said there, from ``since`` to ``until``, newest first. ``sees``: the places that
    the reader may look at."""
    there = (branch(area), sees)
    book = session.scalars(
        select(DutyEntry).join(Area, DutyEntry.area_id == Area.id).where(*there, DutyEntry.at >= since, DutyEntry.at < until)
        .options(joinedload(DutyEntry.person), joinedload(DutyEntry.other), joinedload(DutyEntry.area))
    )  # fmt: skip
    said = session.scalars(
        select(AuditEntry).join(Area, AuditEntry.area_id == Area.id).where(*there, AuditEntry.at >= since, AuditEntry.at < until, AuditEntry.subject.in_(SAID))
        .options(joinedload(AuditEntry.person), joinedload(AuditEntry.area))
    )  # fmt: skip
    rows = [(each.at, 1, each.id, Line(each.at, each.area, each.person, each.kind, each.text, each.other)) for each in book]
    rows += [(each.at, 0, each.id, Line(each.at, each.area, each.person, each.act, _title(each), None, each.subject, each.subject_id)) for each in said]
    return [line for _at, _book, _id, line in sorted(rows, key=lambda row: row[:3], reverse=True)]


def _title(entry: AuditEntry) -> str:
    """What the log says it was, where it says so."""
    found = entry.detail.get("title") or entry.detail.get("headline") or ""
    return str(found)[:200]


def of_day(now: datetime, days: int = 2) -> tuple[datetime, datetime]:
    """The last days up to now."""
    return now - timedelta(days=days), now + timedelta(seconds=1)
