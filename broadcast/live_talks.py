"""The talks that were: who spoke where and when, why it ended, what was said, and what each speaker tells of it. The studio writes them down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session, selectinload

from broadcast.models import LiveTalk, OutCommand, Receipt
from devices.keys import COMMAND_TTL
from devices.models import Terminal
from station.areas import branch
from station.clock import from_ms
from station.models import Area, Person
from station.people import visible
from tts.models import SpentFile

KEPT = timedelta(days=190)
"""What was said is kept at least half a year, as logs are; the line about it stays."""
LISTED = 500


@dataclass(frozen=True)
class Line:
    """What one terminal tells of a talk: when its first word was heard, how many seconds of it, and how it ended there (of the wire's results; ""
    while nothing was told). ``detail`` says why when it was not heard to its end."""

    terminal: Terminal
    started: datetime | None
    seconds: float
    result: str
    detail: str


@dataclass(frozen=True)
class Report:
    """All terminals of a talk's place: the first LISTED lines, those that heard least first, and how many began, heard all, heard a part."""

    lines: Sequence[Line]
    total: int
    started: int
    finished: int
    broken: int


def open_talks(session: Session, person: Person, now: datetime) -> list[LiveTalk]:
    """Those that are on in the person's branches."""
    query = select(LiveTalk).join(Area, Area.id == LiveTalk.area_id).where(visible(session, person), LiveTalk.ended_at.is_(None), LiveTalk.until > now)
    return list(session.scalars(query.options(selectinload(LiveTalk.area), selectinload(LiveTalk.person)).order_by(LiveTalk.since)))


def talks_of(session: Session, person: Person, place: Area | None = None, limit: int = 50) -> list[LiveTalk]:
    """The latest in the person's branches, or of one place with everything below it."""
    query = select(LiveTalk).join(Area, Area.id == LiveTalk.area_id).where(visible(session, person))
    if place is not None:
        query = query.where(branch(place))
    return list(session.scalars(query.options(selectinload(LiveTalk.area), selectinload(LiveTalk.person)).order_by(LiveTalk.since.desc()).limit(limit)))


def report(session: Session, talk: LiveTalk, listed: int = LISTED) -> Report:
    """What is known at this moment of every terminal that should have heard it."""
    terminals = session.scalars(
        select(Terminal).join(Area, Area.id == Terminal.area_id).where(branch(talk.area), Terminal.state == "active").options(selectinload(Terminal.area))
    ).all()
    told: dict[int, list[Receipt]] = {}
    for each in session.scalars(select(Receipt).where(Receipt.talk_id == talk.id)):
        told.setdefault(each.terminal_id, []).append(each)
    lines = [_line(each, told.get(each.id, [])) for each in terminals]
    lines.sort(key=lambda line: (line.result == "finished", line.started is not None, line.terminal.name))
    counts = {name: sum(line.result == name for line in lines) for name in ("finished", "preempted")}
    return Report(lines[:listed], len(lines), sum(line.started is not None for line in lines), counts["finished"], counts["preempted"])


def _line(terminal: Terminal, told: Sequence[Receipt]) -> Line:
    """A terminal that lost its power joins anew under another name: the last word counts, the seconds add up."""
    began = min((each.start_ms for each in told if each.result == "started" and each.start_ms), default=None)
    ends = [each for each in told if each.result in ("finished", "preempted", "failed", "missed")]
    last = max(ends, key=lambda each: (each.received_at, each.id), default=None)
    return Line(
        terminal, from_ms(round(began)) if began else None, sum(each.dur_ms for each in ends) / 1000, last.result if last else "started" if began else "",
        last.detail if last is not None and last.result != "finished" else "",
    )  # fmt: skip


def stop_talk(session: Session, person: Person, talk: LiveTalk, now: datetime) -> None:
    """The speakers leave it at once, and the studio ends it when it sees this."""
    for number, zid in enumerate(talk.zones):
        session.add(
            OutCommand(
                id=f"{talk.id[5:]}-{int(now.timestamp())}-{number}"[:36], aud=zid, to_zone=True, op="stop", args={"occ": talk.id, "spare": "emergency"}, made_by_id=person.id,
                created_at=now, expires_at=now + COMMAND_TTL,
            )
        )  # fmt: skip


def stop_mine(session: Session, person: Person, now: datetime) -> int:
    """Every talk that the person began is over; how many there were."""
    mine = mine_on(session, person, now)
    for each in mine:
        stop_talk(session, person, each, now)
    return len(mine)


def mine_on(session: Session, person: Person, now: datetime) -> list[LiveTalk]:
    """The talks of this person that are on."""
    query = select(LiveTalk).where(LiveTalk.person_id == person.id, LiveTalk.ended_at.is_(None), LiveTalk.until > now)
    return list(session.scalars(query))


def give_up(session: Session, now: datetime) -> int:
    """A station that begins finds the talks of one that was killed: nobody speaks in them any more."""
    return session.execute(update(LiveTalk).where(LiveTalk.ended_at.is_(None)).values(ended_at=now, why="failed")).rowcount  # type: ignore[attr-defined,no-any-return]


def forget(session: Session, now: datetime, at_once: int = 200) -> int:
    """What was said half a year ago goes; its file a day later (``broadcast.tidying``)."""
    old = session.scalars(select(LiveTalk).where(LiveTalk.audio_sha256.is_not(None), LiveTalk.since < now - KEPT).limit(at_once)).all()
    for each in old:
        if each.audio_sha256:
            session.merge(SpentFile(sha256=each.audio_sha256, since=now))
        each.audio_sha256 = None
    return len(old)
