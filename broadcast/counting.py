"""What a whole city or province heard is counted beforehand, in the database, so that no page waits for a hundred thousand rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select
from sqlalchemy.orm import Session, selectinload

from broadcast.coverage import LARGE, dispatches_of, expected_there
from broadcast.models import STOPPED, Dispatch, HeardCount, Receipt
from devices.models import Terminal
from playlists.models import Occurrence
from station.clock import monotonic_s
from station.database import Database
from station.models import Area

# The first of those who did not hear it, by name; more than anybody reads.
LISTED = 200
# Looked at from shortly before it begins until a week after; a terminal tells after a week without a line what it played.
BEFORE, AFTER = timedelta(minutes=10), timedelta(days=8)
EVERY, LOOK_AGAIN = timedelta(seconds=10), timedelta(hours=1)
# Counting may take this share of one processor.
SHARE = 0.05


class Census:
    """Counts what became of the occurrences that more than LARGE terminals should hear: every few seconds while they sound, ever more seldom
    afterwards."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self._small: dict[int, datetime] = {}

    def count_one(self, now: datetime) -> bool:
        """Counts one occurrence whose count is too old, the newest first; whether there was any."""
        with self.db.reading() as session:
            due = self._due(session, now)
            if due is None:
                return False
            began = monotonic_s()
            states, missed = count(session, due, now)
            took = monotonic_s() - began
        with self.db.session() as session:
            session.merge(HeardCount(occurrence_id=due.id, states=states, missed=missed, counted_at=now, took_s=took))
        return True

    def _due(self, session: Session, now: datetime) -> Occurrence | None:
        query = (
            select(Occurrence, HeardCount).outerjoin(HeardCount, HeardCount.occurrence_id == Occurrence.id)
            .where(or_(Occurrence.state == "planned", Occurrence.note == STOPPED), Occurrence.starts_at < now + BEFORE, Occurrence.starts_at > now - AFTER)
            .options(selectinload(Occurrence.area)).order_by(Occurrence.starts_at.desc())
        )  # fmt: skip
        for occurrence, row in session.execute(query):
            if row is not None:
                if now >= row.counted_at + _interval(occurrence, row, now):
                    return occurrence
            elif self._small.get(occurrence.id, now) <= now:
                if self._is_large(session, occurrence):
                    return occurrence
                self._small[occurrence.id] = now + LOOK_AGAIN
        self._small = {name: until for name, until in self._small.items() if until > now}
        return None

    def _is_large(self, session: Session, occurrence: Occurrence) -> bool:
        _, ends = dispatches_of(session, occurrence)
        query = select(Terminal.id).join(Area).where(*expected_there(session, occurrence, ends)).offset(LARGE).limit(1)
        return session.scalar(query) is not None


def _interval(occurrence: Occurrence, row: HeardCount, now: datetime) -> timedelta:
    """How long a count is good: a tenth of the time since it began, and never so short that counting is all that is done."""
    return max(EVERY, timedelta(seconds=row.took_s / SHARE), (now - occurrence.starts_at) / 10)


def count(session: Session, occurrence: Occurrence, now: datetime) -> tuple[dict[str, int], list[int]]:
    """How many terminals are in which state of ``broadcast.coverage``, and the first ids of those that did not hear it, or only partly."""
    dispatches, ends = dispatches_of(session, occurrence)
    there = expected_there(session, occurrence, ends)
    found = states_of(occurrence, list(dispatches.values()), there, now > ends).subquery()
    states = {state: number for state, number in session.execute(select(found.c.state, func.count()).group_by(found.c.state))}
    missed = select(found.c.id).where(found.c.state.in_(("not_heard", "partly"))).order_by(found.c.id).limit(LISTED)
    return states, list(session.scalars(missed))


def states_of(
    occurrence: Occurrence, dispatches: Sequence[Dispatch], there: Sequence[ColumnElement[bool]], over: bool
) -> Select[Any]:
    """Terminal (``id``, ``area_id``) and ``state`` of those ``there``: what ``broadcast.coverage`` says of one terminal, as one statement about all of
    them. ``which``: the number, from 1, of the dispatch that is for it, 0 for none; ``late``: how many ms late its latest item began; ``failed``:
    how many items it says failed."""

    def number(*results: str) -> ColumnElement[int]:
        return func.sum(case((Receipt.result.in_(results), 1), else_=0))

    told = (
        select(
            Receipt.terminal_id, number("finished").label("finished"), number("started").label("started"), number("stored").label("stored"),
            number("failed", "missed", "preempted").label("bad"), func.min(Receipt.item).label("item"),
            func.max(case((Receipt.result == "started", Receipt.late_ms))).label("late"), number("failed").label("failed"),
        )
        .where(Receipt.occurrence_id == occurrence.id).group_by(Receipt.terminal_id).subquery()
    )  # fmt: skip

    def of_dispatch(values: Sequence[int]) -> ColumnElement[int]:
        """The value of the dispatch that is for the terminal: the one it told of, else the only one, else that of its dialect."""
        spoken = [(told.c.item.like(f"{occurrence.id}-{each.dialect}-%"), value) for each, value in zip(dispatches, values, strict=True)]
        dialect = func.coalesce(func.nullif(Terminal.dialect, ""), Area.dialect, "")
        likely = [(dialect == each.dialect, value) for each, value in zip(dispatches, values, strict=True)] if len(dispatches) > 1 else []
        otherwise = values[0] if len(values) == 1 else 0
        return case(*spoken, *likely, else_=otherwise) if spoken else literal(0)

    items = of_dispatch([len(each.items) for each in dispatches])
    which = of_dispatch(range(1, len(dispatches) + 1))
    empty = of_dispatch([int(each.state == "empty") for each in dispatches])
    finished, started, bad = (func.coalesce(told.c[name], 0) for name in ("finished", "started", "bad"))
    some = or_(finished > 0, and_(started > 0, literal(over)))
    state = case(
        (and_(items > 0, finished >= items), "heard"),
        (and_(some, or_(literal(over), bad > 0)), "partly"),
        (or_(some, started > 0), "started"),
        (or_(bad > 0, empty == 1, literal(over)), "not_heard"),
        (func.coalesce(told.c.stored, 0) > 0, "stored"),
        else_="waiting",
    )
    return (
        select(
            Terminal.id, Terminal.area_id, state.label("state"), which.label("which"), told.c.late, func.coalesce(told.c.failed, 0).label("failed"),
        )
        .join(Area, Area.id == Terminal.area_id).outerjoin(told, told.c.terminal_id == Terminal.id)
        .where(*there)
    )  # fmt: skip
