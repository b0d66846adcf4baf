"""The library: sound that was uploaded or came along, kept once per place."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from station.audit import record
from station.files import Files
from station.models import Area, Person
from tts.audio import LEAD_SAMPLES_MP3
from tts.models import Clip
from tts.uploads import Imported


def keep(session: Session, files: Files, sound: Imported, *, by: Person | None, area: Area, kind: str, title: str, now: datetime) -> Clip:
    """Decoded sound as a clip of the area; the same sound twice is the same clip. ``by`` None: it came with a warning."""
    sha = files.put(sound.mp3)
    found = session.scalar(select(Clip).where(Clip.area_id == area.id, Clip.audio_sha256 == sha))
    if found is not None:
        return found
    clip = Clip(
        area_id=area.id, added_by_id=by.id if by else None, kind=kind, title=title[:300] or sound.title[:300], audio_sha256=sha,
        audio_bytes=len(sound.mp3), ms=sound.ms, skip=LEAD_SAMPLES_MP3, lufs=sound.lufs, created_at=now,
    )  # fmt: skip
    session.add(clip)
    session.flush()
    record(session, person=by, act="add", subject="clip", subject_id=clip.id, area=area, now=now, title=clip.title)
    return clip
