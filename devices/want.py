"""What the station wants of a terminal: the zones it follows, its dialect, its volume, where its audio is."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from devices.models import Group, GroupMember, Terminal
from station.areas import ancestors, dialect_of, tz_of, zone
from wire.messages import Want


def effective_dialect(session: Session, terminal: Terminal) -> str:
    """What the terminal speaks: its own choice, else its area's."""
    return terminal.dialect or dialect_of(session, terminal.area)


def want_of(session: Session, terminal: Terminal, base_urls: Sequence[str], heartbeat_s: int = 30) -> Want:
    """The message; its ``rev`` is the terminal's ``want_rev``."""
    dialect = effective_dialect(session, terminal)
    zones = [zone(area, dialect) for area in ancestors(session, terminal.area)]
    groups = session.scalars(select(Group.zid).join(GroupMember).where(GroupMember.terminal_id == terminal.id).order_by(Group.id))
    zones += [f"{zid}_{dialect}" for zid in groups]
    return Want(
        rev=terminal.want_rev, zones=tuple(zones), dialect=dialect, area=terminal.area.name, tz=tz_of(session, terminal.area),
        volume=terminal.volume, heartbeat_s=heartbeat_s, base=tuple(base_urls), revoked=terminal.state != "active",
    )  # fmt: skip
