"""A playlist and the things in it; two people changing it are told apart by its version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from articles.models import Article
from playlists.errors import PlaylistError, VersionConflict
from playlists.models import ITEM_KINDS, Playlist, PlaylistItem
from station import audit
from station.areas import dialect_of, is_below
from station.models import Area, Person
from station.people import require
from tts.models import Clip, Rendition
from tts.voices import VOICES

__all__ = ["Item", "ItemSpec", "PlaylistError", "VersionConflict", "archive", "durations", "make_playlist", "rename", "set_items"]

ITEMS_MAX = 200
PAUSE_MAX_MS = 600_000
GAIN_MAX_DB = 12.0


@dataclass(frozen=True)
class Item:
    """One thing to put into a playlist: an article, a clip, the chime, or a pause (milliseconds). ``gain_db`` is added to it."""

    kind: str
    article_id: int | None = None
    clip_id: int | None = None
    pause_ms: int = 0
    gain_db: float = 0.0


ItemSpec = Item


def _title(text: str) -> str:
    title = " ".join(text.split())
    if not 1 <= len(title) <= 200:
        raise PlaylistError("give the programme a title of 1 to 200 characters")
    return title


def make_playlist(session: Session, person: Person, area: Area, title: str, now: datetime) -> Playlist:
    """An empty playlist of this area."""
    require(session, person, "schedule", area)
    made = Playlist(area_id=area.id, made_by_id=person.id, title=_title(title), created_at=now, updated_at=now)
    made.area = area
    session.add(made)
    session.flush()
    audit.record(session, person=person, act="make", subject="playlist", subject_id=made.id, area=area, now=now, title=made.title)
    return made


def set_items(session: Session, person: Person, playlist: Playlist, items: Sequence[Item], version: int, now: datetime) -> None:
    """All items, in order. ``version`` is the one that was read. Raises PlaylistError, VersionConflict, NotAllowed."""
    require(session, person, "schedule", playlist.area)
    if version != playlist.version:
        raise VersionConflict(f"somebody changed “{playlist.title}” meanwhile: look at it again, then change it")
    if len(items) > ITEMS_MAX:
        raise PlaylistError(f"{len(items)} items are more than {ITEMS_MAX}: make several programmes")
    rows = [_row(session, playlist, position, item) for position, item in enumerate(items)]
    before = len(playlist.items)
    playlist.items.clear()
    session.flush()
    playlist.items.extend(rows)
    playlist.version += 1
    playlist.updated_at = now
    session.flush()
    audit.record(
        session,
        person=person,
        act="arrange",
        subject="playlist",
        subject_id=playlist.id,
        area=playlist.area,
        now=now,
        before=before,
        after=len(rows),
    )


def _row(session: Session, playlist: Playlist, position: int, item: Item) -> PlaylistItem:
    where = f"item {position + 1}"
    if item.kind not in ITEM_KINDS:
        raise PlaylistError(f"{where}: no kind is called {item.kind[:20]!r}: take one of {', '.join(ITEM_KINDS)}")
    if not -GAIN_MAX_DB <= item.gain_db <= GAIN_MAX_DB:
        raise PlaylistError(f"{where}: {item.gain_db:g} dB is outside -{GAIN_MAX_DB:g} to {GAIN_MAX_DB:g}")
    row = PlaylistItem(position=position, kind=item.kind, gain_db=item.gain_db)
    if item.kind == "pause":
        if not 1 <= item.pause_ms <= PAUSE_MAX_MS:
            raise PlaylistError(f"{where}: a pause lasts from 1 ms to {PAUSE_MAX_MS // 60000} minutes")
        row.pause_ms = item.pause_ms
    elif item.kind == "article":
        article = session.get(Article, item.article_id) if item.article_id else None
        row.article_id = _near(playlist, article.area if article else None, f"{where}: no such article", item.article_id)
    elif item.kind == "clip":
        clip = session.get(Clip, item.clip_id) if item.clip_id else None
        row.clip_id = _near(playlist, clip.area if clip else None, f"{where}: no such audio", item.clip_id)
    return row


def _near(playlist: Playlist, area: Area | None, problem: str, row_id: int | None) -> int:
    """The id, when the thing belongs to the playlist's branch or to a place above it."""
    if area is None or row_id is None or not (is_below(area, playlist.area) or is_below(playlist.area, area)):
        raise PlaylistError(f"{problem} in {playlist.area.name}: choose one from the list")
    return row_id


def rename(session: Session, person: Person, playlist: Playlist, title: str, now: datetime) -> None:
    require(session, person, "schedule", playlist.area)
    before, playlist.title, playlist.updated_at = playlist.title, _title(title), now
    session.flush()
    audit.record(
        session,
        person=person,
        act="rename",
        subject="playlist",
        subject_id=playlist.id,
        area=playlist.area,
        now=now,
        before=before,
        after=playlist.title,
    )


def set_voice(session: Session, person: Person, playlist: Playlist, voice: str, now: datetime) -> None:
    """The voice that speaks the playlist's articles; "" leaves it to the area. Raises PlaylistError, NotAllowed."""
    require(session, person, "schedule", playlist.area)
    known = sorted({name for _, name in VOICES})
    if voice and voice not in known:
        raise PlaylistError(f"no voice is called {voice[:20]!r}: take one of {', '.join(known)}")
    before, playlist.voice, playlist.updated_at = playlist.voice, voice, now
    session.flush()
    audit.record(
        session, person=person, act="voice", subject="playlist", subject_id=playlist.id, area=playlist.area, now=now, before=before, after=voice,
    )  # fmt: skip


def archive(session: Session, person: Person, playlist: Playlist, now: datetime) -> None:
    """Out of the lists; what is scheduled goes on until its schedule is stopped."""
    require(session, person, "schedule", playlist.area)
    playlist.archived, playlist.updated_at = True, now
    session.flush()
    audit.record(session, person=person, act="archive", subject="playlist", subject_id=playlist.id, area=playlist.area, now=now)


def durations(session: Session, playlist: Playlist, dialect: str | None = None, chime_ms: int = 2000) -> list[int | None]:
    """Milliseconds of each item in a dialect (the area's own by default); None while an article is not spoken yet."""
    code = dialect or dialect_of(session, playlist.area)
    ids = [item.article_id for item in playlist.items if item.article_id]
    rows = session.scalars(
        select(Rendition).where(Rendition.article_id.in_(ids), Rendition.dialect == code, Rendition.state == "ready")
    )
    spoken = {(row.article_id, row.revision): row.ms for row in rows}
    return [_length(item, spoken, chime_ms) for item in playlist.items]


def _length(item: PlaylistItem, spoken: dict[tuple[int, int], int], chime_ms: int) -> int | None:
    if item.kind == "pause":
        return item.pause_ms
    if item.kind == "clip":
        return item.clip.ms if item.clip else None
    if item.kind == "article":
        return spoken.get((item.article.id, item.article.revision)) if item.article else None
    return chime_ms
