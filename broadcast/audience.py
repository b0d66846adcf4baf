"""Before it is sent: who will hear this, who will not and why, in which dialects, until when, and what it interrupts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, selectinload

from devices.days import DAY, quiet_days
from devices.models import DayKind, MarkedDay, QuietHours, Terminal
from playlists.conflicts import LONGEST
from playlists.models import Occurrence
from playlists.playlist import durations
from station.areas import DEFAULT_TZ, ancestors, branch
from station.hours import within
from station.models import Area

NOTICE_PRIORITY = 4
# So many of those who will not hear it are named one by one.
NAMED = 20
# Milliseconds that a written character takes in the mouth of our voices where nothing was spoken yet: of a syllable script, of an alphabet.
SYLLABLE_MS, LETTER_MS = 240, 75
NIGHT = (22, 6)


@dataclass(frozen=True)
class Audience:
    """The terminals of a place at a moment. ``quiet`` of them are in quiet hours then, ``away`` have no line or a fault (``missing`` names some
    of them with the reason in words), ``ready`` will hear it. ``dialects`` counts terminals, ``places`` the places they hang in."""

    ready: int
    away: int
    quiet: int
    places: int
    dialects: Counter[str]
    missing: list[tuple[Terminal, str]]
    starts_at: datetime
    ends_at: datetime
    interrupts: list[Occurrence] = field(default_factory=list)
    waits_for: list[Occurrence] = field(default_factory=list)
    night: bool = False

    @property
    def total(self) -> int:
        return self.ready + self.away + self.quiet


def length_ms(text: str) -> int:
    """About how long a text is, before anybody spoke it."""
    return sum(SYLLABLE_MS if char > "\u2e7f" else LETTER_MS for char in text if not char.isspace())


def audience(session: Session, area: Area, starts_at: datetime, lasts: timedelta, only: Collection[int] | None = None, priority: int = NOTICE_PRIORITY) -> Audience:
    """Who will hear something that begins at ``starts_at``; of ``only`` these terminals when given. A handful of statements for a whole county."""
    mine = and_(branch(area), Terminal.state == "active", *([Terminal.id.in_(only)] if only is not None else []))
    ready = and_(Terminal.presence == "online", Terminal.fault == "")
    query = (
        select(Terminal.area_id, Area.path, Terminal.dialect, ready, func.count()).join(Area, Area.id == Terminal.area_id)
        .where(mine).group_by(Terminal.area_id, Area.path, Terminal.dialect, ready)
    )  # fmt: skip
    around = _Around(session, area, starts_at)
    counts: Counter[str] = Counter()
    dialects: Counter[str] = Counter()
    for _area_id, path, dialect, is_ready, count in session.execute(query):
        counts["away" if not is_ready else "quiet" if around.quiet(path) else "ready"] += count
        dialects[dialect or around.dialect(path)] += count
    missing = session.scalars(
        select(Terminal).join(Area, Area.id == Terminal.area_id).where(mine, ~ready).options(selectinload(Terminal.area)).order_by(Area.path, Terminal.id).limit(NAMED)
    )
    places = session.scalar(select(func.count(func.distinct(Terminal.area_id))).join(Area, Area.id == Terminal.area_id).where(mine)) or 0
    ends_at = starts_at + lasts
    interrupts, waits_for = _on_the_way(session, area, starts_at, ends_at, priority)
    hour = starts_at.astimezone(ZoneInfo(around.tz(area.path))).hour
    return Audience(
        counts["ready"], counts["away"], counts["quiet"], places, dialects, [(each, each.fault or each.presence) for each in missing],
        starts_at, ends_at, interrupts, waits_for, hour >= NIGHT[0] or hour < NIGHT[1],
    )  # fmt: skip


class _Around:
    """What places below and above an area say of quiet hours, dialect and time; each is inherited from the nearest above."""

    def __init__(self, session: Session, area: Area, at: datetime) -> None:
        self.at = at
        above = ancestors(session, area)
        self._quiet: dict[int, Sequence[str]] = {
            row.area_id: row.hours
            for row in session.execute(
                select(QuietHours.area_id, QuietHours.hours).join(Area, Area.id == QuietHours.area_id)
                .where(or_(branch(area), QuietHours.area_id.in_([each.id for each in above])))
            )
        }  # fmt: skip
        told = select(Area.id, Area.dialect, Area.tz).where(branch(area), or_(Area.dialect.is_not(None), Area.tz.is_not(None)))
        self._told = {row.id: (row.dialect, row.tz) for row in session.execute(told)} | {each.id: (each.dialect, each.tz) for each in above}
        self._local: dict[str, datetime] = {}
        near = or_(branch(area), Area.id.in_([each.id for each in above]))
        told_days = or_(Area.id.in_(select(MarkedDay.area_id).where(MarkedDay.last >= at.date() - 2 * DAY)), Area.id.in_(select(DayKind.area_id)))
        self._days = quiet_days(session, session.scalars(select(Area.id).where(near, told_days)), at.date() - 2 * DAY)

    def _up(self, path: str) -> list[int]:
        return [int(part) for part in reversed(path.strip("/").split("/"))]

    def dialect(self, path: str) -> str:
        return next((found for each in self._up(path) if (found := self._told.get(each, (None, None))[0])), "cmn")

    def tz(self, path: str) -> str:
        return next((found for each in self._up(path) if (found := self._told.get(each, (None, None))[1])), DEFAULT_TZ)

    def quiet(self, path: str) -> bool:
        """By the hour, or by what the day is."""
        if not self._quiet and not self._days.marks:
            return False
        hours = next((self._quiet[each] for each in self._up(path) if each in self._quiet), ())
        tz = self.tz(path)
        if tz not in self._local:
            self._local[tz] = self.at.astimezone(ZoneInfo(tz))
        return within(hours, self._local[tz].time()) or self._days.is_quiet(self._up(path)[::-1], self._local[tz])


def _on_the_way(session: Session, area: Area, starts_at: datetime, ends_at: datetime, priority: int) -> tuple[list[Occurrence], list[Occurrence]]:
    """What something of this priority interrupts there or below, and what it waits for: as terminals decide it."""
    above = [each.id for each in ancestors(session, area)]
    query = (
        select(Occurrence).join(Area, Occurrence.area_id == Area.id)
        .where(or_(branch(area), Area.id.in_(above)), Occurrence.state == "planned", Occurrence.starts_at > starts_at - LONGEST, Occurrence.starts_at < ends_at)
        .options(selectinload(Occurrence.schedule), selectinload(Occurrence.playlist), selectinload(Occurrence.area))
        .order_by(Occurrence.starts_at).limit(200)
    )  # fmt: skip
    lengths: dict[int, timedelta] = {}
    interrupts: list[Occurrence] = []
    waits_for: list[Occurrence] = []
    for each in session.scalars(query):
        if each.playlist_id not in lengths:
            lengths[each.playlist_id] = timedelta(milliseconds=sum(ms or 0 for ms in durations(session, each.playlist)))
        if each.starts_at + lengths[each.playlist_id] <= starts_at:
            continue
        if each.schedule.priority > priority:
            interrupts.append(each)
        elif each.starts_at <= starts_at:
            waits_for.append(each)
    return interrupts, waits_for
