"""Missed it? What a village heard in the last day, to hear and to read again; and what its people say: too loud, not heard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, func, or_, select, update
from sqlalchemy.orm import Session

from broadcast.models import STOPPED, Dispatch, Word
from playlists.models import Occurrence
from station import audit
from station.areas import ancestors
from station.models import Area, Person
from station.people import require, visible
from tts.models import Edition, Rendition

DAY = timedelta(hours=24)
KINDS = ("loud", "unheard")
# So many words of one place are kept a day: a crowd is known by its number, a prank does not fill the disk.
WORDS_MOST = 500


@dataclass(frozen=True)
class Said:
    """Something that was spoken: its sound by sha256, its words, when it was first heard in these hours."""

    title: str
    at: datetime
    sha: str
    ms: int
    bytes: int
    lang: str
    text: str


@dataclass(frozen=True)
class Saying:
    """So many people of a place said the same in the last day, the latest ``at``."""

    area: Area
    kind: str
    count: int
    at: datetime


def dialects_heard(session: Session, area: Area, now: datetime) -> list[str]:
    """The dialects in which something was sent to the place in the last day."""
    return list(session.scalars(_sent(area, session, now).with_only_columns(Dispatch.dialect).distinct().order_by(Dispatch.dialect)))


def _sent(area: Area, session: Session, now: datetime) -> Select[Dispatch]:
    places = [each.id for each in ancestors(session, area)]
    return (
        select(Dispatch).join(Occurrence, Occurrence.id == Dispatch.occurrence_id)
        .where(
            Dispatch.area_id.in_(places), Dispatch.state != "empty", Dispatch.starts_at > now - DAY, Dispatch.starts_at <= now,
            or_(Occurrence.state == "planned", Occurrence.note == STOPPED), ~Dispatch.zid.startswith("g"),
        )
    )  # fmt: skip


def said_lately(session: Session, area: Area, dialect: str, now: datetime, limit: int = 50) -> list[Said]:
    """What was spoken to the place in the dialect in the last day, the newest first, each sound once. Music and chimes are left out."""
    found: dict[str, Said] = {}
    rows = session.scalars(_sent(area, session, now).where(Dispatch.dialect == dialect).order_by(Dispatch.starts_at.desc()).limit(200))
    for row in rows:
        for item in row.items:
            if item.get("lang") and item["clip"] not in found and len(found) < limit:
                words = _words(session, item["clip"])
                found[item["clip"]] = Said(item.get("title", ""), row.starts_at, item["clip"], item["ms"], item["bytes"], item["lang"], words)
    return list(found.values())


def _words(session: Session, sha: str) -> str:
    cues: Sequence[Sequence[object]] | None = session.scalar(select(Rendition.cues).where(Rendition.audio_sha256 == sha).limit(1))
    cues = cues or session.scalar(select(Edition.cues).where(Edition.audio_sha256 == sha).limit(1)) or []
    return "\n".join(str(each[2]) for each in cues)


def say(session: Session, area: Area, kind: str, now: datetime) -> bool:
    """Somebody of the place says that it was too loud, or that he could not hear it. False when the place has said enough for a day."""
    if kind not in KINDS:
        raise ValueError(f"nobody can say {kind[:20]!r}: take one of {', '.join(KINDS)}")
    today = select(func.count()).select_from(Word).where(Word.area_id == area.id, Word.at > now - DAY)
    if (session.scalar(today) or 0) >= WORDS_MOST:
        return False
    session.add(Word(area_id=area.id, kind=kind, at=now))
    session.flush()
    return True


def sayings(session: Session, person: Person, now: datetime) -> list[Saying]:
    """What people of the person's branches said in the last day and nobody has dealt with, the most said first."""
    query = (
        select(Area, Word.kind, func.count(), func.max(Word.at)).join(Word, Word.area_id == Area.id)
        .where(visible(session, person, "devices"), Word.at > now - DAY, Word.done_at.is_(None)).group_by(Area.id, Word.kind).order_by(func.count().desc()).limit(10)
    )  # fmt: skip
    return [Saying(area, kind, count, at) for area, kind, count, at in session.execute(query)]


def dealt_with(session: Session, person: Person, area: Area, kind: str, now: datetime) -> int:
    """What people said there is dealt with; how many words. Raises NotAllowed."""
    require(session, person, "devices", area)
    mine = update(Word).where(Word.area_id == area.id, Word.kind == kind, Word.done_at.is_(None)).values(done_at=now, done_by_id=person.id)
    count = int(session.execute(mine.execution_options(synchronize_session=False)).rowcount)  # type: ignore[attr-defined]
    if count:
        audit.record(session, person=person, act="dealt with", subject="area", subject_id=area.id, area=area, now=now, kind=kind, words=count)
    return count
