"""The order: a playlist is made, its items are set as a whole, and one sees how long it is in each dialect."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from articles.models import Article
from playlists.errors import BadItem, PlaylistError, VersionConflict
from playlists.models import ITEM_KINDS, Playlist, PlaylistItem
from station.areas import branch, dialect_of, is_below
from station.audit import record
from station.models import Area, Person
from station.people import require
from tts.models import Clip, Rendition

MAX_ITEMS = 200
MAX_PAUSE_MS = 600_000
MAX_GAIN_DB = 12.0
MAX_TITLE = 200
CHIME_MS = 1800  # nearly what the station's own chime takes; a plan counts the real one

Conflict = VersionConflict  # the brief's word


@dataclass(frozen=True)
class ItemSpec:
    """What shall be at a place of a playlist: an article, a clip, the chime or a pause."""

    kind: str
    article_id: int | None = None
    clip_id: int | None = None
    pause_ms: int = 0
    gain_db: float = 0.0


Item = ItemSpec


@dataclass(frozen=True)
class Length:
    """How long a playlist is in one dialect; ``missing`` items have no sound yet and count nothing."""

    total_ms: int
    missing: int


def _title(raw: str) -> str:
    title = " ".join(raw.split())
    if not title or len(title) > MAX_TITLE or not title.isprintable():
        raise PlaylistError(f"give the playlist a title of 1 to {MAX_TITLE} printable characters", "title")
    return title


def make_playlist(session: Session, person: Person, area: Area, title: str, now: datetime) -> Playlist:
    """An empty playlist. Raises NotAllowed, PlaylistError."""
    require(session, person, "schedule", area)
    made = Playlist(area_id=area.id, made_by_id=person.id, title=_title(title), created_at=now, updated_at=now)
    session.add(made)
    session.flush()
    _noted(session, person, made, now, "make playlist", title=made.title)
    return made


def set_items(
    session: Session, person: Person, playlist: Playlist, items: Sequence[ItemSpec], expected_version: int, now: datetime
) -> None:
    """Put these items in, all at once. Raises NotAllowed, VersionConflict, BadItem; then nothing has changed."""
    _take(session, person, playlist, expected_version)
    if len(items) > MAX_ITEMS:
        raise BadItem(f"a playlist has at most {MAX_ITEMS} items, not {len(items)}: make a second one")
    for place, spec in enumerate(items, 1):
        _check(session, playlist.area, spec, place)
    playlist.items = [
        PlaylistItem(
            position=place, kind=spec.kind, article_id=spec.article_id, clip_id=spec.clip_id, pause_ms=spec.pause_ms, gain_db=spec.gain_db
        )
        for place, spec in enumerate(items)
    ]
    _changed(session, playlist, now)
    _noted(session, person, playlist, now, "set items", items=len(items))


def rename(session: Session, person: Person, playlist: Playlist, title: str, expected_version: int, now: datetime) -> None:
    """Another title. Raises NotAllowed, VersionConflict, PlaylistError."""
    _take(session, person, playlist, expected_version)
    before, playlist.title = playlist.title, _title(title)
    _changed(session, playlist, now)
    _noted(session, person, playlist, now, "rename", before=before, after=playlist.title)


def archive(session: Session, person: Person, playlist: Playlist, now: datetime) -> None:
    """Out of the lists; what is planned stays planned until its schedule is stopped. Doing it twice changes nothing."""
    require(session, person, "schedule", playlist.area)
    if not playlist.archived:
        playlist.archived = True
        _changed(session, playlist, now)
        _noted(session, person, playlist, now, "archive")


def _take(session: Session, person: Person, playlist: Playlist, expected_version: int) -> None:
    """The playlist, locked and fresh, when it is still the version that was read."""
    require(session, person, "schedule", playlist.area)
    session.flush()
    session.execute(select(Playlist.id).where(Playlist.id == playlist.id).with_for_update())
    session.refresh(playlist)
    if playlist.version != expected_version:
        raise VersionConflict(
            f"“{playlist.title}” was changed by somebody else meanwhile (version {playlist.version}, yours was {expected_version}): "
            "look at it again and repeat your change"
        )
    if playlist.archived:
        raise PlaylistError(f"“{playlist.title}” is archived: make a new playlist")


def _check(session: Session, area: Area, spec: ItemSpec, place: int) -> None:
    """Raises BadItem, with the item's place counted from 1."""
    if spec.kind not in ITEM_KINDS:
        raise BadItem(f"item {place}: no kind is called {spec.kind!r}, take one of {', '.join(ITEM_KINDS)}")
    for kind, row_id in (("article", spec.article_id), ("clip", spec.clip_id)):
        if (spec.kind == kind) != (row_id is not None):
            raise BadItem(f"item {place}: {'choose one' if spec.kind == kind else 'leave out the ' + kind} (it is of kind {spec.kind})")
    if spec.kind == "pause" and not 0 < spec.pause_ms <= MAX_PAUSE_MS:
        raise BadItem(f"item {place}: a pause lasts up to {MAX_PAUSE_MS // 60_000} minutes, not {spec.pause_ms} ms")
    if not math.isfinite(spec.gain_db) or abs(spec.gain_db) > MAX_GAIN_DB:
        raise BadItem(f"item {place}: louder or softer by at most {MAX_GAIN_DB:g} dB, not {spec.gain_db:g}")
    if spec.article_id is not None:
        article = session.get(Article, spec.article_id)
        _belongs(area, article.area if article else None, "article", spec.article_id, place)
        if article and article.state == "withdrawn":
            raise BadItem(f"item {place}: “{article.title}” was withdrawn, choose another article")
    if spec.clip_id is not None:
        clip = session.get(Clip, spec.clip_id)
        _belongs(area, clip.area if clip else None, "clip", spec.clip_id, place)


def _belongs(area: Area, where: Area | None, what: str, row_id: int, place: int) -> None:
    """Things from above are for everybody below; things from below are the area's own."""
    if where is None:
        raise BadItem(f"item {place}: there is no {what} {row_id}, choose another one")
    if not (is_below(where, area) or is_below(area, where)):
        raise BadItem(f"item {place}: {what} {row_id} belongs to {where.name}, not to {area.name} or above or below it")


def _changed(session: Session, playlist: Playlist, now: datetime) -> None:
    playlist.version += 1
    playlist.updated_at = now
    session.flush()


def item_lengths(session: Session, playlist: Playlist, dialect: str, chime_ms: int = CHIME_MS) -> list[int | None]:
    """Milliseconds of each item in one dialect; None where its voice is not ready."""
    wanted = [item.article_id for item in playlist.items if item.article_id]
    query = select(Rendition.article_id, Rendition.ms).join(
        Article, (Article.id == Rendition.article_id) & (Article.revision == Rendition.revision)
    )
    ready = query.where(Rendition.article_id.in_(wanted), Rendition.dialect == dialect, Rendition.state == "ready")
    spoken: dict[int, int] = {article_id: ms for article_id, ms in session.execute(ready)}

    def of(item: PlaylistItem) -> int | None:
        if item.kind == "article":
            return spoken.get(item.article_id or 0)
        if item.kind == "clip":
            return item.clip.ms if item.clip else None
        return chime_ms if item.kind == "chime" else item.pause_ms

    return [of(item) for item in playlist.items]


def dialects(session: Session, area: Area) -> list[str]:
    """The dialects heard in the area and below it, sorted."""
    own = select(Area.dialect).where(branch(area), Area.dialect.is_not(None)).distinct()
    return sorted({dialect_of(session, area), *(each for each in session.scalars(own) if each)})


def durations(session: Session, playlist: Playlist, chime_ms: int = CHIME_MS) -> dict[str, Length]:
    """How long the playlist is in each dialect that is heard in its branch."""
    found = {code: item_lengths(session, playlist, code, chime_ms) for code in dialects(session, playlist.area)}
    return {code: Length(sum(each or 0 for each in items), items.count(None)) for code, items in found.items()}


def _noted(session: Session, person: Person, playlist: Playlist, now: datetime, act: str, **detail: object) -> None:
    record(
        session, person=person, act=act, subject="playlist", subject_id=playlist.id, area=playlist.area, now=now,
        version=playlist.version, **detail,
    )  # fmt: skip
