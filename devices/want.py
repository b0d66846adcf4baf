"""What the station wants of a terminal: the zones it follows, its dialect, its volume, its hours, where its audio is."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from devices.days import WHOLE_DAY, QuietDays, quiet_days
from devices.hours import nearest, quiet_rows
from devices.models import Group, GroupMember, Terminal
from station.areas import DEFAULT_DIALECT, DEFAULT_TZ, dialect_of, lineage, with_ancestors, zone
from station.models import Area
from wire.messages import Want, quiet_day

# When terminals try themselves in silence, by the village's clock, and how many heads of the village a terminal is told of.
SELFTEST, HEADS_MAX = "03:30", 4


def effective_dialect(session: Session, terminal: Terminal) -> str:
    """What the terminal speaks: its own choice, else its area's."""
    return terminal.dialect or dialect_of(session, terminal.area)


@dataclass(frozen=True)
class Around:
    """What lies around many terminals, read at once: their places with all above them, their groups by terminal, quiet hours by place,
    by place the heads (terminal, address) that serve their neighbours, and the days that are quiet by what they are."""

    areas: Sequence[Area]
    groups: dict[int, list[Group]]
    quiet: dict[int, list[str]]
    heads: dict[int, list[tuple[int, str]]]
    days: QuietDays
    _places: dict[int, tuple[Area, ...]] = field(default_factory=dict)
    _zones: dict[tuple[int, str], tuple[str, ...]] = field(default_factory=dict)
    _days: dict[int, tuple[str, ...]] = field(default_factory=dict)

    def places(self, terminal: Terminal) -> tuple[Area, ...]:
        """From the root of the tree down to where it hangs; found once a place, for the thousand that come back together."""
        if not self._places:
            known = {each.id: each for each in self.areas}
            self._places.update({each.id: tuple(known[number] for number in lineage(each)) for each in self.areas})
        return self._places[terminal.area_id]

    def dialect(self, terminal: Terminal) -> str:
        """What it speaks: its own choice, else its area's."""
        return terminal.dialect or next((each.dialect for each in reversed(self.places(terminal)) if each.dialect), DEFAULT_DIALECT)

    def zones(self, terminal: Terminal) -> tuple[str, ...]:
        """What it follows: every place above it, then its groups."""
        dialect = self.dialect(terminal)
        key = (terminal.area_id, dialect)
        if key not in self._zones:
            self._zones[key] = tuple(zone(area, dialect) for area in self.places(terminal))
        return (*self._zones[key], *(f"{group.zid}_{dialect}" for group in self.groups[terminal.id]))

    def quiet_days(self, terminal: Terminal) -> tuple[str, ...]:
        """The days on which nothing but an emergency begins there, as a want says them; worked out once a place."""
        if terminal.area_id not in self._days:
            found = self.days.of([each.id for each in self.places(terminal)])
            self._days[terminal.area_id] = tuple(
                each for day, hours in found for each in quiet_day(day, () if WHOLE_DAY in hours else hours)
            )
        return self._days[terminal.area_id]


def around(session: Session, terminals: Sequence[Terminal], since: date | None = None) -> Around:
    """For ``want_of`` of each of them: a few statements instead of several a terminal. Quiet days are read from ``since`` on; None: none are asked for."""
    groups: dict[int, list[Group]] = {each.id: [] for each in terminals}
    query = select(GroupMember.terminal_id, Group).join(Group, Group.id == GroupMember.group_id).where(GroupMember.terminal_id.in_(groups))
    for terminal_id, group in session.execute(query.order_by(Group.id)):
        groups[terminal_id].append(group)
    areas = with_ancestors(session, {each.area_id for each in terminals})
    days = QuietDays({}, []) if since is None else quiet_days(session, [each.id for each in areas], since)
    return Around(areas, groups, quiet_rows(session, areas), _heads(session, {each.area_id for each in terminals}), days)


def _heads(session: Session, areas: set[int]) -> dict[int, list[tuple[int, str]]]:
    """Where the heads of these places say that they serve; only addresses of private networks count."""
    found: dict[int, list[tuple[int, str]]] = {}
    query = select(Terminal.area_id, Terminal.id, Terminal.reported).where(Terminal.area_id.in_(areas), Terminal.head, Terminal.state == "active")
    for area_id, terminal_id, reported in session.execute(query.order_by(Terminal.id)):
        if is_near(serves := str((reported or {}).get("serves") or "")):
            found.setdefault(area_id, []).append((terminal_id, serves))
    return found


def is_near(address: str) -> bool:
    """Whether it is http on an address of a private network."""
    try:
        parts = urlsplit(address)
        return parts.scheme == "http" and ipaddress.ip_address(parts.hostname or "").is_private and len(address) <= 100
    except ValueError:
        return False


def want_of(session: Session, terminal: Terminal, base_urls: Sequence[str], heartbeat_s: int = 30, near: Around | None = None) -> Want:
    """The message; its ``rev`` is the terminal's ``want_rev``. ``near`` was read for many terminals at once."""
    near = near or around(session, [terminal], date.min)
    places = near.places(terminal)
    stagger_ms = max((group.stagger_ms for group in near.groups[terminal.id]), default=0)
    return Want(
        rev=terminal.want_rev, zones=near.zones(terminal), dialect=near.dialect(terminal), area=places[-1].name,
        tz=next((each.tz for each in reversed(places) if each.tz), DEFAULT_TZ),
        volume=terminal.volume, heartbeat_s=heartbeat_s, base=tuple(base_urls), revoked=terminal.state != "active",
        caps=tuple(terminal.caps), quiet=tuple(nearest(places, near.quiet)), stagger_ms=stagger_ms,
        selftest=SELFTEST, metered=terminal.metered or any(area.metered for area in places), head=terminal.head,
        lan=tuple(address for head, address in near.heads.get(terminal.area_id, [])[:HEADS_MAX] if head != terminal.id),
        quiet_days=near.quiet_days(terminal),
    )  # fmt: skip
