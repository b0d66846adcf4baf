"""What the station wants of a terminal: the zones it follows, its dialect, its volume, where its audio is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from devices.models import Group, GroupMember, Terminal
from station.areas import ancestors, dialect_of, tz_of, with_ancestors, zone
from station.models import Area
from wire.messages import Want


def effective_dialect(session: Session, terminal: Terminal) -> str:
    """What the terminal speaks: its own choice, else its area's."""
    return terminal.dialect or dialect_of(session, terminal.area)


@dataclass(frozen=True)
class Around:
    """What lies around many terminals, read at once: their places with all above them, and their groups' zids by terminal."""

    areas: Sequence[Area]
    groups: dict[int, list[str]]


def around(session: Session, terminals: Sequence[Terminal]) -> Around:
    """For ``want_of`` of each of them: three statements instead of several a terminal."""
    groups: dict[int, list[str]] = {each.id: [] for each in terminals}
    query = select(GroupMember.terminal_id, Group.zid).join(Group, Group.id == GroupMember.group_id).where(GroupMember.terminal_id.in_(groups))
    for terminal_id, zid in session.execute(query.order_by(Group.id)):
        groups[terminal_id].append(zid)
    return Around(with_ancestors(session, {each.area_id for each in terminals}), groups)


def zones_of(session: Session, terminal: Terminal, dialect: str, near: Around | None = None) -> tuple[str, ...]:
    """The zones it follows: every place above it, then its groups."""
    groups: Sequence[str]
    if near is not None:
        groups = near.groups[terminal.id]
    else:
        query = select(Group.zid).join(GroupMember).where(GroupMember.terminal_id == terminal.id).order_by(Group.id)
        groups = session.scalars(query).all()
    return (*(zone(area, dialect) for area in ancestors(session, terminal.area)), *(f"{zid}_{dialect}" for zid in groups))


def want_of(session: Session, terminal: Terminal, base_urls: Sequence[str], heartbeat_s: int = 30, near: Around | None = None) -> Want:
    """The message; its ``rev`` is the terminal's ``want_rev``. ``near`` was read for many terminals at once."""
    dialect = effective_dialect(session, terminal)
    return Want(
        rev=terminal.want_rev, zones=zones_of(session, terminal, dialect, near), dialect=dialect, area=terminal.area.name, tz=tz_of(session, terminal.area),
        volume=terminal.volume, heartbeat_s=heartbeat_s, base=tuple(base_urls), revoked=terminal.state != "active",
    )  # fmt: skip
