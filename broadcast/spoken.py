"""A notice in somebody's own voice: one recording, heard in every dialect of the place in place of a voice that reads."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from broadcast import notices
from broadcast.models import Notice
from station.files import Files
from station.models import Area, Person
from tts.dialects import DIALECTS, pick_text
from tts.recordings import keep_recording
from tts.uploads import Imported


def heard_as(dialect: str, langs: list[str]) -> str | None:
    """The dialect whose recording a terminal of this one hears: its own, or the next it falls back on that a text in ``langs`` serves."""
    tried: str | None = dialect
    while tried is not None and pick_text(tried, langs) is None:
        tried = DIALECTS[tried].fallback
    return tried


def spoken_draft(
    session: Session, files: Files, person: Person, area: Area, *, key: str, title: str, body: str, sound: Imported, now: datetime
) -> Notice:  # fmt: skip
    """A notice that is this recording; title and body are what screens and lists show. Nothing is sent. The same ``key`` again is the same
    notice. Raises Refused, NotAllowed, RecordingRefused."""
    # every dialect can fall back on Mandarin, and so on a text in Chinese: nobody reads these words out
    made = notices.draft(session, person, area, key=key, title=title, body=body, lang="zh-Hans", now=now)
    dialects = notices.dialects_of(session, made) | {"cmn"}  # whoever joins meanwhile hears it too
    langs = [text.lang for text in made.article.texts]
    for dialect in sorted({found for each in dialects if (found := heard_as(each, langs)) is not None}):
        keep_recording(session, files, sound, by=person, article=made.article, code=dialect, sentence="", now=now)
    return made
