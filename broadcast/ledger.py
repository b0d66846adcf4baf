"""The book of what was heard: every programme that is over is entered once, per place, day, programme and dialect, and corrected when late receipts come."""

from __future__ import annotations

import json
import zlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, Table, case, exists, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, selectinload

from broadcast.counting import states_of
from broadcast.coverage import dispatches_of, expected_there
from broadcast.models import FIGURES, STOPPED, Dispatch, HeardDay, HeardEntry, HeardMonth
from playlists.conflicts import LONGEST
from playlists.models import Occurrence
from station.areas import branch, lineage, tz_of
from station.database import Database
from station.models import Area

# After the end a terminal has so long to tell before the first entry; then it is looked at again at these ages. A terminal tells after a week
# without a line what it played.
SETTLED = timedelta(seconds=30)
AGAIN = (timedelta(hours=1), timedelta(days=1), timedelta(days=8))
# How far back a station looks that never kept the book.
BACK = timedelta(days=62)
AT_ONCE = 20
# Upper ends in ms of what FIGURES call in_50ms .. in_60s; what is later has no end.
LATE_MS = (50, 200, 1_000, 5_000, 60_000)
ROWS = 2_000
_FIRST_LATE = FIGURES.index("in_50ms")
_STATES = {"heard": "heard", "partly": "partly", "not_heard": "not_heard"}

Parts = dict[int, dict[str, list[int]]]
"""Place -> dialect -> FIGURES in their order."""


@dataclass(frozen=True)
class Entry:
    """What one occurrence adds to the book: ``parts`` by the places in which the terminals hang; ``paths`` of those places."""

    occurrence: Occurrence
    day: str
    parts: Parts
    paths: Mapping[int, str]

    def totals(self) -> list[int]:
        return [sum(column) for column in zip(*(row for each in self.parts.values() for row in each.values()), strict=True)] or [0] * len(FIGURES)


class Ledger:
    """Enters what is over, a few occurrences a time, the oldest first; a killed station goes on where it was."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self._since: datetime | None = None

    def enter_one(self, now: datetime) -> bool:
        """Enters up to AT_ONCE occurrences that are not in the book, or else corrects as many; whether there were any."""
        with self.db.reading() as session:
            due = self._new(session, now) or list(session.scalars(
                select(Occurrence).join(HeardEntry, HeardEntry.occurrence_id == Occurrence.id).where(HeardEntry.next_at <= now)
                .options(selectinload(Occurrence.area)).order_by(HeardEntry.next_at).limit(AT_ONCE)
            ))  # fmt: skip
            found = [entry_of(session, each, now) for each in due]
        for each in found:
            with self.db.session() as session:
                write(session, each, now)
        return bool(found)

    def _new(self, session: Session, now: datetime) -> list[Occurrence]:
        since = self._since or now - BACK
        sounds = exists().where(Dispatch.occurrence_id == Occurrence.id, Dispatch.ends_at > now - SETTLED)
        query = (
            select(Occurrence).outerjoin(HeardEntry, HeardEntry.occurrence_id == Occurrence.id)
            .where(
                Occurrence.starts_at >= since, Occurrence.starts_at < now - SETTLED, or_(Occurrence.state == "planned", Occurrence.note == STOPPED),
                HeardEntry.occurrence_id.is_(None), ~sounds,
            )
            .options(selectinload(Occurrence.area)).order_by(Occurrence.starts_at, Occurrence.id).limit(AT_ONCE)
        )  # fmt: skip
        due = list(session.scalars(query))
        # whatever began earlier and is not over yet began less than LONGEST ago
        self._since = min(due[-1].starts_at, now - 2 * LONGEST) if len(due) == AT_ONCE else now - 2 * LONGEST
        return due


def day_of(session: Session, occurrence: Occurrence) -> str:
    """The day on which it was heard, by the clock of its place: 2026-11-24."""
    return occurrence.starts_at.astimezone(ZoneInfo(tz_of(session, occurrence.area))).date().isoformat()


def entry_of(session: Session, occurrence: Occurrence, now: datetime) -> Entry:
    """What became of it, by place and dialect, in one statement."""
    dispatches, ends = dispatches_of(session, occurrence)
    codes = ["", *dispatches]
    each = states_of(occurrence, list(dispatches.values()), expected_there(session, occurrence, ends), now > ends).subquery()
    # named first, grouped then: PostgreSQL takes two equal expressions with values in them for different ones
    found = select(
        each.c.area_id, each.c.which, each.c.state, _bucket(each.c.late).label("late"), case((each.c.failed > 0, 1), else_=0).label("failed")
    ).subquery()
    query: Select[Any] = select(*found.c, func.count()).group_by(*found.c)
    parts: Parts = defaultdict(dict)
    for area_id, which, state, bucket, bad, number in session.execute(query):
        row = parts[area_id].setdefault(codes[which], [0] * len(FIGURES))
        row[0] += number
        row[FIGURES.index(_STATES.get(state, "not_yet"))] += number
        row[FIGURES.index("failed")] += number * bad
        if bucket >= 0:
            row[_FIRST_LATE + bucket] += number
    paths = {number: path for number, path in session.execute(select(Area.id, Area.path).where(branch(occurrence.area)))} if parts else {}
    return Entry(occurrence, day_of(session, occurrence), dict(parts), paths)


def _bucket(late: ColumnElement[Any]) -> ColumnElement[int]:
    """Which of the figures of lateness it belongs to, from 0; -1 where nothing began."""
    ends: list[tuple[ColumnElement[bool], int]] = [(late.is_(None), -1)]
    ends += [(late <= most, n) for n, most in enumerate(LATE_MS)]
    return case(*ends, else_=len(LATE_MS))


def write(session: Session, entry: Entry, now: datetime) -> None:
    """The entry takes the place of what the same occurrence had entered before, in this transaction."""
    number = entry.occurrence.id
    old = session.scalar(select(HeardEntry).where(HeardEntry.occurrence_id == number).with_for_update())
    before = unpack(old.parts) if old is not None else {}
    _add(session, entry, difference(entry.parts, before))
    age = now - entry.occurrence.starts_at
    after = next((entry.occurrence.starts_at + each for each in AGAIN if each > age), None)
    fresh = HeardEntry(occurrence_id=number, parts=pack(entry.parts), totals=entry.totals(), counted_at=now, next_at=after)
    if old is None:
        session.add(fresh)
    else:
        old.parts, old.totals, old.counted_at, old.next_at = fresh.parts, fresh.totals, now, after
    session.flush()


def difference(new: Parts, old: Parts) -> Parts:
    """What has to be added to the old to make it the new; nothing where they agree."""
    nothing = [0] * len(FIGURES)
    found: Parts = {}
    for place in new.keys() | old.keys():
        mine, theirs = new.get(place, {}), old.get(place, {})
        for dialect in mine.keys() | theirs.keys():
            row = [a - b for a, b in zip(mine.get(dialect, nothing), theirs.get(dialect, nothing), strict=True)]
            if any(row):
                found.setdefault(place, {})[dialect] = row
    return found


def _add(session: Session, entry: Entry, parts: Parts) -> None:
    """Adds the parts to every place from where the terminals hang up to the root; above the occurrence's own place under no programme's name."""
    top, playlist = entry.occurrence.area, entry.occurrence.playlist_id
    above = frozenset(lineage(top)[:-1])
    days: dict[tuple[int, int, str], list[int]] = {}
    months: dict[int, list[int]] = {}
    for place, rows in parts.items():
        path = entry.paths.get(place) or session.scalar(select(Area.path).where(Area.id == place)) or f"/{place}/"
        for each in map(int, path.strip("/").split("/")):
            for dialect, row in rows.items():
                _sum(days, (each, 0 if each in above else playlist, dialect), row)
                _sum(months, each, row)
    _upsert(session, HeardDay, (
        {"area_id": key[0], "day": entry.day, "playlist_id": key[1], "dialect": key[2], **_named(row)} for key, row in sorted(days.items())
    ))  # fmt: skip
    _upsert(session, HeardMonth, ({"month": entry.day[:7], "area_id": place, **_named(row)} for place, row in sorted(months.items())))


def _sum(into: dict[Any, list[int]], key: Any, row: Sequence[int]) -> None:
    held = into.get(key)
    into[key] = list(row) if held is None else [a + b for a, b in zip(held, row, strict=True)]


def _named(row: Sequence[int]) -> dict[str, int]:
    return dict(zip(FIGURES, row, strict=True))


def _upsert(session: Session, kind: type[HeardDay] | type[HeardMonth], rows: Iterable[dict[str, Any]]) -> None:
    table = cast(Table, kind.__table__)
    make: Any = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = make(table)
    statement = statement.on_conflict_do_update(
        index_elements=list(table.primary_key.columns), set_={name: table.c[name] + statement.excluded[name] for name in FIGURES}
    )
    held: list[dict[str, Any]] = []
    for row in rows:
        held.append(row)
        if len(held) == ROWS:
            session.execute(statement, held)
            held = []
    if held:
        session.execute(statement, held)


def pack(parts: Parts) -> bytes:
    """As it is kept."""
    return zlib.compress(json.dumps(parts, separators=(",", ":")).encode(), 3)


def unpack(kept: bytes) -> Parts:
    """Back from how it is kept; JSON knows no numbers as names."""
    return {int(place): rows for place, rows in json.loads(zlib.decompress(kept)).items()}


def in_branch(session: Session, parts: Parts, place: Area, dialect: str = "") -> list[int]:
    """FIGURES of the parts that lie in the branch of the place, in one dialect or all."""
    total = [0] * len(FIGURES)
    inside = set(session.scalars(select(Area.id).where(branch(place))))
    for number in inside & parts.keys():
        for code, row in parts[number].items():
            if not dialect or code == dialect:
                total = [a + b for a, b in zip(total, row, strict=True)]
    return total
