"""Is it alive? Births, wills, farewells and heartbeats say so; silence says so too."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session, object_session

from devices.models import Terminal
from devices.wanted import new_wants
from station.areas import branch
from station.models import Area
from wire.messages import FILM, FORMATS, BadMessage, Report, State

STATES = ("on", "lost", "off")
CONN_MAX = 2**31 - 1


def heard_state(terminal: Terminal, state: State, now: datetime, retained: bool = False) -> None:
    """A birth (on), a will (lost) or a farewell (off). The late will of an older connection is not believed.

    ``retained``: the broker kept it; it tells how things stand, but nobody spoke just now. Raises BadMessage.
    """
    if state.st not in STATES or not 0 <= state.conn <= CONN_MAX:
        raise BadMessage(f"st, conn: {state.st[:20]!r} with connection {state.conn} is no state")
    same_boot = state.boot[:64] == terminal.boot
    if state.st == "on":
        if same_boot and state.conn < terminal.conn:
            return
        terminal.boot, terminal.conn = state.boot[:64], state.conn
        terminal.presence = "online"
        if not retained or terminal.last_seen_at is None:
            terminal.last_seen_at = now
    elif state.conn > terminal.conn or (same_boot and state.conn == terminal.conn):
        # a newer connection than any we know: it came and went while nobody listened
        terminal.boot, terminal.conn, terminal.presence = state.boot[:64], state.conn, state.st


def heard_report(terminal: Terminal, report: Report, now: datetime, retained: bool = False) -> None:
    """What it says of itself; saying anything is a sign of life, unless the broker only kept it."""
    if terminal.head and report.serves != (terminal.reported or {}).get("serves", ""):
        _tell_neighbours(terminal)
    terminal.reported = report.as_dict()
    terminal.clock_error_ms = report.clock_error_ms
    terminal.fault = report.faults[0][:200] if report.faults else ""
    terminal.format = next((name for name in report.capabilities if name in FORMATS), "mp3")
    if report.capabilities:
        terminal.kind = "stb" if FILM in report.capabilities else "loudspeaker"
    if report.model:
        terminal.model = report.model[:100]
    if not retained:
        heard_anything(terminal, now)


def _tell_neighbours(head: Terminal) -> None:
    """The head of a village is found elsewhere now: the others there are told by their next want."""
    session = object_session(head)
    if session is not None:
        new_wants(session, Terminal.area_id == head.area_id, Terminal.id != head.id)


def heard_anything(terminal: Terminal, now: datetime) -> None:
    """Any word from it is a sign of life."""
    terminal.last_seen_at = now
    if terminal.state == "active":
        terminal.presence = "online"


def sweep_one(
    session: Session, now: datetime, silent_after_s: int = 90, lost_after_s: int = 600, listening_since: datetime | None = None
) -> bool:
    """Terminals that have said nothing for too long become silent, then lost. Whether any did.

    Nobody is silent to a station that was not listening itself: ``listening_since`` is when its line came up.
    """
    changed = 0
    for frm, to, after in (("silent", "lost", lost_after_s), ("online", "silent", silent_after_s)):
        if listening_since is not None and listening_since > now - timedelta(seconds=after):
            continue
        overdue = Terminal.last_seen_at < now - timedelta(seconds=after)
        result = session.execute(update(Terminal).where(Terminal.presence == frm, overdue).values(presence=to))
        changed += result.rowcount  # type: ignore[attr-defined]
    return changed > 0


def counts(session: Session, area: Area) -> dict[str, int]:
    """How many active terminals of the branch are in which presence."""
    query = select(Terminal.presence, func.count()).group_by(Terminal.presence)
    others = area.parent_id is not None or session.scalar(select(Area.id).where(Area.parent_id.is_(None), Area.id != area.id).limit(1))
    # of the whole tree the index of states alone answers
    query = query.join(Area).where(branch(area), in_service()) if others else query.where(Terminal.state == "active")
    return {presence: count for presence, count in session.execute(query)}


def in_service() -> ColumnElement[bool]:
    """SQL condition: an active terminal, which nearly all are. Said so that no database takes the index of states for a short way to a few:
    it would walk through all of a country's for the ten of a village."""
    return Terminal.state.concat("") == "active"
