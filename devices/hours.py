"""Quiet hours of a place and everywhere below it, and how loud one speaker may be at which hour."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from devices.models import QuietHours, Terminal
from devices.wanted import new_wants
from station import audit
from station.areas import ancestors, branch
from station.hours import read_spans
from station.models import Area, Person
from station.people import require


def quiet_rows(session: Session, places: Sequence[Area]) -> dict[int, list[str]]:
    """The quiet hours that these places have of their own, by area."""
    rows = session.execute(select(QuietHours.area_id, QuietHours.hours).where(QuietHours.area_id.in_([each.id for each in places])))
    return {row.area_id: list(row.hours) for row in rows}


def nearest(places: Sequence[Area], rows: dict[int, list[str]]) -> list[str]:
    """The hours that count in the last of these places (from the root down): its own, else those of the nearest above it."""
    return next((rows[each.id] for each in reversed(places) if each.id in rows), [])


def quiet_of(session: Session, places: Sequence[Area]) -> list[str]:
    """The quiet hours that count in the last of these places (from the root down)."""
    return nearest(places, quiet_rows(session, places))


def quiet_source(session: Session, area: Area) -> QuietHours | None:
    """The row that counts in the place: its own or the nearest above it."""
    places = ancestors(session, area)
    found = {row.area_id: row for row in session.scalars(select(QuietHours).where(QuietHours.area_id.in_([each.id for each in places])))}
    return next((found[each.id] for each in reversed(places) if each.id in found), None)


def set_quiet(session: Session, *, person: Person, area: Area, hours: Sequence[str] | None, now: datetime) -> list[str]:
    """In these hours nothing but an emergency begins there and below; [] none at all, None as above it. What counts there now.

    Every terminal below is told, by one UPDATE. Raises NotAllowed, HoursRefused.
    """
    require(session, person, "devices", area)
    wanted = None if hours is None else read_spans(hours)
    row = session.get(QuietHours, area.id)
    before = None if row is None else list(row.hours)
    if wanted != before:
        if row is not None and wanted is None:
            session.delete(row)
        elif row is not None and wanted is not None:
            row.hours, row.changed_at = wanted, now
        elif wanted is not None:
            session.add(QuietHours(area_id=area.id, hours=wanted, changed_at=now))
        session.flush()
        told = Terminal.area_id.in_(select(Area.id).where(branch(area)))
        new_wants(session, told)
        audit.record(session, person=person, act="quiet", subject="area", subject_id=area.id, area=area, now=now, before=before, after=wanted)
    return quiet_of(session, ancestors(session, area))


def set_caps(session: Session, *, person: Person, terminal: Terminal, caps: Sequence[str], now: datetime) -> list[str]:
    """All its caps ("06:00-08:00=40"): in these hours it is no louder, but for emergencies. Raises NotAllowed, HoursRefused."""
    require(session, person, "devices", terminal.area)
    wanted, before = read_spans(caps, top=100), list(terminal.caps)
    if wanted != before:
        terminal.caps = wanted
        terminal.want_rev += 1
        session.flush()
        audit.record(
            session, person=person, act="caps", subject="terminal", subject_id=terminal.id, area=terminal.area, now=now, before=before, after=wanted,
        )  # fmt: skip
    return wanted
