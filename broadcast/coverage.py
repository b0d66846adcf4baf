"""Did it reach them: planned, stored, heard, not heard, per occurrence, area and dialect, with the list of those who did not hear."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, selectinload

from broadcast.models import STOPPED, Dispatch, HeardCount, Receipt
from broadcast.only import only_of
from devices.models import Terminal
from playlists.models import Occurrence
from station.areas import branch
from station.models import Area, Person
from station.people import visible

# Up to so many terminals are looked at one by one when somebody asks; more are counted beforehand.
LARGE = 2_000


@dataclass(frozen=True)
class Hearer:
    """One terminal and one occurrence. ``state``: heard (all of it), partly, started, stored, waiting, not_heard; ``why`` in words."""

    terminal: Terminal
    state: str
    why: str
    late_ms: float | None
    started_ms: float | None
    finished: int
    items: int


@dataclass(frozen=True)
class Coverage:
    """The terminals that should hear an occurrence, and what became of it there.

    Where thousands should hear it, ``counted`` is what ``broadcast.counting`` counted at ``counted_at`` (nothing yet: it has not come to it), and
    ``hearers`` are the first of those who did not hear it; otherwise they are all.
    """

    occurrence: Occurrence
    hearers: tuple[Hearer, ...]
    over: bool
    counted: Counter[str] | None = None
    counted_at: datetime | None = None

    @property
    def whole(self) -> bool:
        """Whether every terminal is listed."""
        return self.counted is None

    @property
    def counts(self) -> Counter[str]:
        return Counter(each.state for each in self.hearers) if self.counted is None else self.counted

    @property
    def expected(self) -> int:
        return self.counts.total()

    @property
    def heard(self) -> int:
        return self.counts["heard"]

    @property
    def not_heard(self) -> tuple[Hearer, ...]:
        return tuple(each for each in self.hearers if each.state in ("not_heard", "partly"))


def dispatches_of(session: Session, occurrence: Occurrence) -> tuple[dict[str, Dispatch], datetime]:
    """What is sent of it, by dialect, and when the last of it ends."""
    found = {each.dialect: each for each in session.scalars(select(Dispatch).where(Dispatch.occurrence_id == occurrence.id))}
    return found, max((each.ends_at for each in found.values()), default=occurrence.starts_at)


def expected_there(session: Session, occurrence: Occurrence, ends: datetime) -> tuple[ColumnElement[bool], ...]:
    """SQL conditions on Terminal and its Area: it hung at or below the occurrence's area in its time, or is one of those alone for whom it was.
    One that was paired after it was over is not asked for; one that was revoked since still counts."""
    there = or_(Terminal.state == "active", Terminal.revoked_at > occurrence.starts_at)
    only = only_of(session, {occurrence.schedule_id}).get(occurrence.schedule_id)
    alone = () if only is None else (Terminal.id.in_(only.terminals),)
    return branch(occurrence.area), there, Terminal.created_at <= ends, *alone


def coverage(session: Session, occurrence: Occurrence, now: datetime, place: Area | None = None) -> Coverage:
    """Every terminal that should hear it (in the branch of ``place`` only, when one is given), and what its receipts say; of thousands, what was
    counted last."""
    dispatches, ends = dispatches_of(session, occurrence)
    over = now > ends
    query = select(Terminal).join(Area).options(selectinload(Terminal.area))
    row = session.get(HeardCount, occurrence.id) if place is None else None
    inside = () if place is None else (branch(place),)
    if row is not None:
        missed = session.scalars(query.where(Terminal.id.in_(row.missed)).order_by(Area.path, Terminal.id)).all()
        return Coverage(occurrence, _hearers(session, occurrence, missed, dispatches, over), over, Counter(row.states), row.counted_at)
    terminals = session.scalars(query.where(*expected_there(session, occurrence, ends), *inside).order_by(Area.path, Terminal.id).limit(LARGE + 1)).all()
    if len(terminals) > LARGE:
        return Coverage(occurrence, (), over, Counter())
    return Coverage(occurrence, _hearers(session, occurrence, terminals, dispatches, over), over)


def _hearers(
    session: Session, occurrence: Occurrence, terminals: Sequence[Terminal], dispatches: dict[str, Dispatch], over: bool
) -> tuple[Hearer, ...]:
    told: dict[int, list[Receipt]] = defaultdict(list)
    ids = [each.id for each in terminals]
    for begin in range(0, len(ids), 500):
        query = select(Receipt).where(Receipt.occurrence_id == occurrence.id, Receipt.terminal_id.in_(ids[begin : begin + 500]))
        for receipt in session.scalars(query):
            told[receipt.terminal_id].append(receipt)
    return tuple(_hearer(each, dispatches, told[each.id], over) for each in terminals)


def _hearer(terminal: Terminal, dispatches: dict[str, Dispatch], receipts: list[Receipt], over: bool) -> Hearer:
    spoken = {each.item.split("-")[1] for each in receipts if each.item.count("-") == 2}
    mine = next((dispatches[code] for code in spoken if code in dispatches), None)
    likely = mine or (next(iter(dispatches.values())) if len(dispatches) == 1 else dispatches.get(terminal.dialect or terminal.area.dialect or ""))
    items = len(likely.items) if likely else 0
    by_result: dict[str, list[Receipt]] = defaultdict(list)
    for each in receipts:
        by_result[each.result].append(each)
    finished = len(by_result["finished"])
    first = min(by_result["started"], key=lambda each: each.n, default=None)
    state, why = _judge(items, finished, by_result, terminal, likely, over)
    return Hearer(terminal, state, why, first.late_ms if first else None, first.start_ms if first else None, finished, items)


def _judge(
    items: int, finished: int, by_result: dict[str, list[Receipt]], terminal: Terminal, dispatch: Dispatch | None, over: bool
) -> tuple[str, str]:
    failed = by_result["failed"] + by_result["missed"] + by_result["preempted"]
    why = next((each.detail or each.result for each in failed), "")
    if items and finished >= items:
        return "heard", ""
    if finished or (by_result["started"] and over):
        return ("partly", why or f"{finished} of {items} items") if over or failed else ("started", "")
    if by_result["started"]:
        return "started", ""
    if failed:
        return "not_heard", why
    if dispatch is not None and dispatch.state == "empty":
        return "not_heard", dispatch.error
    if over:
        return "not_heard", "no receipt yet" if terminal.presence == "online" else f"the terminal is {terminal.presence}"
    return ("stored", "") if by_result["stored"] else ("waiting", "")


def recent(session: Session, person: Person, now: datetime, days: int = 7, limit: int = 50) -> list[Occurrence]:
    """Occurrences of the person's branch that began in the last days, the newest first."""
    query = (
        select(Occurrence).join(Area, Area.id == Occurrence.area_id)
        .where(visible(session, person), Occurrence.starts_at <= now, Occurrence.starts_at > now - timedelta(days=days), or_(Occurrence.state == "planned", Occurrence.note == STOPPED))
        .options(selectinload(Occurrence.area), selectinload(Occurrence.playlist), selectinload(Occurrence.schedule))
        .order_by(Occurrence.starts_at.desc()).limit(limit)
    )  # fmt: skip
    return list(session.scalars(query))
