"""How the station is, in numbers: counted every few seconds beside the pipeline and left in a file, so that whoever asks waits for no counting."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from broadcast.models import Emergency, OutCommand, Receipt, ZonePlan
from devices.models import Terminal
from station.clock import monotonic_s
from station.database import Database
from tts.models import Rendition, Speech

FILE = "vitals.json"
# Whoever reads older numbers than this reads of a pipeline that stands still (seconds).
STALE_S = 60.0
PRESENCES = ("online", "silent", "lost", "never")
RENDERS = ("wanted", "rendering", "failed", "no_voice")


@dataclass(frozen=True)
class Vitals:
    """The station at one moment. Ages are in seconds, None where nothing waits; ``receipts`` counts since the station started."""

    at: datetime
    broker: bool = False
    terminals: dict[str, int] = field(default_factory=dict)
    renders: dict[str, int] = field(default_factory=dict)
    oldest_render_s: float | None = None
    urgent: int = 0
    oldest_urgent_s: float | None = None
    plans_unsent: int = 0
    commands_unsent: int = 0
    emergencies: dict[str, int] = field(default_factory=dict)
    receipts: int = 0
    last_receipt_at: datetime | None = None
    failing: tuple[str, ...] = ()
    took_s: float = 0.0

    def to_json(self) -> str:
        return json.dumps(asdict(self), default=lambda moment: moment.isoformat())

    @classmethod
    def from_json(cls, text: str) -> Vitals:
        """Raises ValueError for what is none; fields that are not known are ignored."""
        try:
            raw = json.loads(text)
            told: dict[str, Any] = {item.name: raw[item.name] for item in fields(cls) if item.name in raw}
            told["at"] = datetime.fromisoformat(told["at"])
            told["last_receipt_at"] = datetime.fromisoformat(told["last_receipt_at"]) if told.get("last_receipt_at") else None
            told["failing"] = tuple(told.get("failing", ()))
            return cls(**told)
        except (KeyError, TypeError) as error:
            raise ValueError(f"these are no vitals: {error!r}") from error


def read(folder: Path) -> Vitals | None:
    """What was counted last, or None where nothing was, or half of a file is there."""
    try:
        return Vitals.from_json((folder / FILE).read_text())
    except (OSError, ValueError):
        return None


class Pulse:
    """Counts the station now and then. ``connected``: whether the line to the broker is up; ``failing``: the pipeline's steps that fail."""

    def __init__(self, db: Database, folder: Path, connected: Callable[[], bool], failing: Callable[[], Sequence[str]]) -> None:
        self.db, self.folder, self.connected, self.failing = db, folder, connected, failing
        self._receipts, self._last_id = 0, -1

    def look(self, now: datetime) -> bool:
        """Count, and leave it in the file; never more to do at once."""
        began = monotonic_s()
        with self.db.reading() as session:
            told = self._counted(session, now)
        found = Vitals(now, self.connected(), failing=tuple(sorted(self.failing())), took_s=round(monotonic_s() - began, 4), **told)
        part = self.folder / f".{FILE}.{os.getpid()}"
        part.write_text(found.to_json())
        part.replace(self.folder / FILE)
        return False

    def _counted(self, session: Session, now: datetime) -> dict[str, Any]:
        terminals = session.execute(select(Terminal.presence, func.count()).where(Terminal.state == "active").group_by(Terminal.presence))
        renders = session.execute(select(Rendition.state, func.count()).where(Rendition.state.in_(RENDERS)).group_by(Rendition.state))
        emergencies = session.execute(select(Emergency.state, func.count()).where(Emergency.state.in_(("proposed", "live"))).group_by(Emergency.state))
        oldest = session.scalar(select(func.min(Rendition.created_at)).where(Rendition.state.in_(("wanted", "rendering"))))
        urgent, since = session.execute(
            select(func.count(), func.min(Speech.created_at)).where(Speech.state.in_(("wanted", "making")), Speech.urgent)
        ).one()
        return {
            "terminals": {state: number for state, number in terminals}, "renders": {state: number for state, number in renders},
            "emergencies": {state: number for state, number in emergencies}, "oldest_render_s": _age(oldest, now), "urgent": urgent,
            "oldest_urgent_s": _age(since, now),
            "plans_unsent": session.scalar(select(func.count()).where(ZonePlan.rev > ZonePlan.sent_rev)) or 0,
            "commands_unsent": session.scalar(select(func.count()).where(OutCommand.sent_at.is_(None), OutCommand.expires_at > now)) or 0,
            **self._new_receipts(session),
        }  # fmt: skip

    def _new_receipts(self, session: Session) -> dict[str, Any]:
        """Only those are counted that came since the last look: their numbers grow."""
        newest = session.execute(select(Receipt.id, Receipt.received_at).order_by(Receipt.id.desc()).limit(1)).one_or_none()
        if newest is None:
            return {"receipts": self._receipts, "last_receipt_at": None}
        if self._last_id >= 0:
            self._receipts += session.scalar(select(func.count()).where(Receipt.id > self._last_id, Receipt.id <= newest.id)) or 0
        self._last_id = newest.id
        return {"receipts": self._receipts, "last_receipt_at": newest.received_at}


def _age(since: datetime | None, now: datetime) -> float | None:
    return None if since is None else max(0.0, (now - since).total_seconds())
