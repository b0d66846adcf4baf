"""The truth in three states: a speaker is ready, it is not ready, or nobody knows; counted by place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session, selectinload

from devices.models import Terminal
from station.areas import branch
from station.models import Area

STANDINGS = ("ready", "not_ready", "unknown")


@dataclass(frozen=True)
class Standing:
    """How many speakers are ready (on the line, without a fault), not ready (lost, switched off, or with a fault) or unknown (silent for a while,
    or never seen)."""

    ready: int = 0
    not_ready: int = 0
    unknown: int = 0

    @property
    def total(self) -> int:
        return self.ready + self.not_ready + self.unknown

    @property
    def worst(self) -> str:
        """The state that a place is shown in: one speaker that is not ready is enough; "none" where no speaker hangs."""
        if not self.total:
            return "none"
        return "not_ready" if self.not_ready else "unknown" if self.unknown else "ready"

    def __add__(self, other: Standing) -> Standing:
        return Standing(self.ready + other.ready, self.not_ready + other.not_ready, self.unknown + other.unknown)


def standing_of(terminal: Terminal) -> str:
    """The state of one speaker."""
    if terminal.presence == "online":
        return "not_ready" if terminal.fault else "ready"
    return "not_ready" if terminal.presence in ("lost", "off") else "unknown"


def _standing() -> ColumnElement[str]:
    """The same in SQL."""
    return case(
        ((Terminal.presence == "online") & (Terminal.fault == ""), "ready"), (Terminal.presence.in_(("online", "lost", "off")), "not_ready"), else_="unknown"
    )


def _by(key: Any, *conditions: Any) -> Select[Any]:
    """Counts by a key and the state, named first and grouped then."""
    inner = select(key.label("key"), _standing().label("state")).join(Area, Area.id == Terminal.area_id).where(Terminal.state == "active", *conditions).subquery()
    return select(inner.c.key, inner.c.state, func.count()).group_by(inner.c.key, inner.c.state)


def _gathered(rows: Iterable[Any]) -> dict[int, Standing]:
    found: dict[int, dict[str, int]] = {}
    for key, state, number in rows:
        found.setdefault(int(key), {})[state] = number
    return {key: Standing(**counts) for key, counts in found.items()}


def by_place(session: Session, place: Area, *conditions: ColumnElement[bool]) -> dict[int, Standing]:
    """The places of the branch in which speakers hang, each by itself."""
    return _gathered(session.execute(_by(Terminal.area_id, branch(place), *conditions)))


def by_child(session: Session, place: Area) -> dict[int, Standing]:
    """The place itself (what hangs right in it) and the places right below with everything in them: one look at the table, counted there."""
    begin = len(place.path) + 1
    rest = func.substr(Area.path, begin)
    if session.get_bind().dialect.name == "postgresql":
        child = func.split_part(rest, "/", 1)
    else:
        child = func.substr(rest, 1, func.instr(rest, "/") - 1)
    key = case((Area.path == place.path, str(place.id)), else_=child)
    return _gathered(session.execute(_by(key, branch(place))))


def children(session: Session, place: Area, counts: Mapping[int, Standing] | None = None) -> list[tuple[Area, Standing]]:
    """The places right below, those with most that is not ready first; then by name. ``counts``: what ``by_child`` has found already."""
    counts = by_child(session, place) if counts is None else counts
    below = session.scalars(select(Area).where(Area.parent_id == place.id)).all()
    rows = [(each, counts.get(each.id, Standing())) for each in below]
    return sorted(rows, key=lambda row: (-row[1].not_ready, -row[1].unknown, row[0].name))


def amiss(session: Session, place: Area, limit: int = 12) -> list[Terminal]:
    """Speakers of the branch that are not ready, those that were last alive longest ago first; the places come with them."""
    query = (
        select(Terminal).join(Area, Area.id == Terminal.area_id).where(branch(place), Terminal.state == "active", _standing() == "not_ready")
        .options(selectinload(Terminal.area)).order_by(Terminal.last_seen_at, Terminal.id).limit(limit)
    )  # fmt: skip
    return list(session.scalars(query))
