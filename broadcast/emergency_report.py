"""Did it reach them: of one emergency, per terminal, when it was sent, believed, first heard and heard to the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from broadcast.models import Emergency, EmergencySent, Receipt
from devices.models import Terminal
from devices.want import around, effective_dialect
from station.areas import zone
from station.clock import from_ms
from station.models import Area

# So many terminals are listed; of more only the figures.
LISTED = 500


@dataclass(frozen=True)
class Line:
    """One terminal. ``sent``: when the broker had it for its zone; ``received``: when the terminal believed it; ``started``: its first sound;
    ``finished``: the end of the last sound heard whole. ``problem`` in words."""

    terminal: Terminal
    sent: datetime | None
    received: datetime | None
    started: datetime | None
    finished: datetime | None
    heard: int
    problem: str

    @property
    def state(self) -> str:
        """finished, started, received, sent or waiting: how far it came."""
        reached = (("finished", self.finished), ("started", self.started), ("received", self.received), ("sent", self.sent))
        return next((name for name, at in reached if at is not None), "waiting")


@dataclass(frozen=True)
class Report:
    """All terminals of an emergency: the lines of the first LISTED, those not heard first, and how many reached each state at least."""

    lines: Sequence[Line]
    counts: dict[str, int]
    first_sound_ms: tuple[float, ...]

    def share(self, percent: int) -> float | None:
        """Milliseconds from the order to the first sound within which so many of a hundred terminals (of those heard) sounded."""
        ms = sorted(self.first_sound_ms)
        return ms[min(len(ms) - 1, len(ms) * percent // 100)] if ms else None


def report(session: Session, row: Emergency, *, listed: int = LISTED) -> Report:
    """What is known at this moment."""
    places = or_(*(Area.path.startswith(area.path) for area in row.areas))
    terminals = session.scalars(select(Terminal).join(Area, Terminal.area_id == Area.id).where(Terminal.state == "active", places)).all()
    sent = {each.zid: each.sent_at for each in session.scalars(select(EmergencySent).where(EmergencySent.emergency_id == row.id))}
    told: dict[int, list[Receipt]] = {}
    for each in session.scalars(select(Receipt).where(Receipt.emergency_id == row.id)):
        told.setdefault(each.terminal_id, []).append(each)
    near = around(session, terminals)  # held, so that asking for a dialect asks the database nothing more
    lines = [_line(each, _sent(session, each, row, sent), told.get(each.id, [])) for each in terminals]
    del near
    counts = {"terminals": len(lines)} | {name: sum(1 for line in lines if getattr(line, name) is not None) for name in ("sent", "received", "started", "finished")}
    began = row.released_at or row.ordered_at
    first = tuple((line.started - began) / timedelta(milliseconds=1) for line in lines if line.started is not None)
    lines.sort(key=lambda line: (line.finished is not None, line.started is not None, line.received is not None, line.terminal.name))
    return Report(lines[:listed], counts, first)


def _sent(session: Session, terminal: Terminal, row: Emergency, sent: dict[str, datetime]) -> datetime | None:
    dialect = effective_dialect(session, terminal)
    moments = [sent[zid] for area in row.areas if terminal.area.path.startswith(area.path) and (zid := zone(area, dialect)) in sent]
    return min(moments, default=None)


def _line(terminal: Terminal, sent: datetime | None, told: Sequence[Receipt]) -> Line:
    def first(result: str) -> datetime | None:
        moments = [each.start_ms for each in told if each.result == result and each.start_ms]
        return from_ms(round(min(moments))) if moments else None

    whole = [each for each in told if each.result == "finished"]
    ended = max((each.start_ms + each.dur_ms for each in whole), default=None)
    bad = next((each for each in told if each.result in ("failed", "missed")), None)
    problem = f"{bad.result}: {bad.detail}" if bad is not None and not whole else ""
    return Line(terminal, sent, first("accepted"), first("started"), from_ms(round(ended)) if ended else None, len(whole), problem)
