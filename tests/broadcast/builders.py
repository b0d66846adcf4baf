"""A programme of the village, from the library to its time, in as many rows as a test needs."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from articles.models import Article
from broadcast.models import Receipt
from devices.models import Terminal
from playlists.models import Occurrence, Playlist, PlaylistItem, Schedule
from station.models import Area
from tts.models import Clip, Rendition


def a_terminal(session: Session, area: Area, now: datetime, did: str = "", **other: object) -> Terminal:
    """A paired loudspeaker."""
    did = did or "t" + secrets.token_hex(8)
    terminal = Terminal(did=did, area_id=area.id, name=did, password_hash=f"hash of {did}", created_at=now, **other)
    session.add(terminal)
    session.flush()
    return terminal


def a_clip(session: Session, area: Area, now: datetime, title: str = "茉莉花", ms: int = 4000) -> Clip:
    clip = Clip(area_id=area.id, kind="music", title=title, audio_sha256=sha(title), audio_bytes=1000, ms=ms, skip=1105, created_at=now)
    session.add(clip)
    session.flush()
    return clip


def a_programme(session: Session, area: Area, now: datetime, *what: Clip | Article | str | int, starts_at: datetime, window_s: int = 300, **said: Any) -> Occurrence:
    """One occurrence of a playlist: clips, articles, "chime", or a pause of so many milliseconds; ``said`` are fields of its schedule."""
    playlist = Playlist(area_id=area.id, title="早间", created_at=now, updated_at=now)
    for position, each in enumerate(what):
        match each:
            case Clip():
                item = PlaylistItem(position=position, kind="clip", clip_id=each.id)
            case Article():
                item = PlaylistItem(position=position, kind="article", article_id=each.id)
            case int():
                item = PlaylistItem(position=position, kind="pause", pause_ms=each)
            case _:
                item = PlaylistItem(position=position, kind=each)
        playlist.items.append(item)
    session.add(playlist)
    session.flush()
    schedule = Schedule(
        playlist_id=playlist.id, area_id=area.id, kind="once", tz="Asia/Shanghai", times=["10:05"], since=now.date(), window_s=window_s,
        unrolled_to=now + timedelta(days=7), created_at=now, **said,
    )  # fmt: skip
    session.add(schedule)
    session.flush()
    return again(session, schedule, starts_at, now)


def again(session: Session, schedule: Schedule, starts_at: datetime, now: datetime) -> Occurrence:
    """The same programme at another time."""
    found = Occurrence(
        schedule_id=schedule.id, playlist_id=schedule.playlist_id, area_id=schedule.area_id, starts_at=starts_at, created_at=now
    )
    session.add(found)
    session.flush()
    return found


def a_rendition(session: Session, article: Article, dialect: str, now: datetime, *, state: str = "ready", ms: int = 7000, error: str = "") -> Rendition:
    rendition = Rendition(
        article_id=article.id, revision=article.revision, dialect=dialect, lang="zh-Hans", state=state, audio_sha256=sha(f"{article.id} {dialect}"),
        audio_bytes=2000, ms=ms, skip=1105, error=error, created_at=now, ready_at=now if state == "ready" else None,
    )  # fmt: skip
    session.add(rendition)
    session.flush()
    return rendition


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def tell(session: Session, terminal: Terminal, occurrence: Occurrence, dialect: str, n: int, result: str, now: datetime, late_ms: float | None = None) -> None:
    session.add(Receipt(
        terminal_id=terminal.id, occurrence_id=occurrence.id, item=f"{occurrence.id}-{dialect}-{n}", n=n, result=result, received_at=now,
        late_ms=late_ms if result == "started" else None,
    ))  # fmt: skip
