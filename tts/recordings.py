"""A person reads: recordings of single sentences or of a whole text, kept with the article until its words change."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from articles.collect import reopen
from articles.models import Article, Text
from station.files import Files
from station.models import Person
from tts.dialects import dialect, pick_text
from tts.engines import TtsError
from tts.models import Recording
from tts.reading.marks import without_marks
from tts.spoken import sentences
from tts.uploads import Imported
from tts.voices import WHOLE


class RecordingRefused(TtsError):
    """What cannot be kept as a recording of this text; ``field`` is the input at fault."""

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


def words_hash(sentence: str) -> str:
    """What a recording belongs to: these words, whatever blanks stand between them."""
    return hashlib.sha256(" ".join(sentence.split()).encode("utf-8", "surrogatepass")).hexdigest()


def text_of(article: Article, code: str) -> Text:
    """The text from which the dialect is spoken. Raises RecordingRefused, UnknownDialect."""
    lang = pick_text(code, [text.lang for text in article.texts])
    found = next((text for text in article.texts if text.lang == lang), None)
    if found is None:
        raise RecordingRefused(f"{dialect(code).english} is spoken from a text in {' or '.join(dialect(code).writings)}: add one first", "dialect")
    return found


def lines_of(text: Text) -> list[str]:
    """The sentences that may be recorded, title first."""
    return [each.text for each in (*sentences(text.title), *sentences(text.body))]


def whole_of(text: Text) -> str:
    """All of it, as one recording of the whole text covers it."""
    return f"{text.title}\n{text.body}"


FASTEST = 12.0
"""Letters and characters a second that nobody reads in a notice: newsreaders reach 6 Chinese characters a second, 16 Latin letters."""


def sounds_short(words: str, ms: int) -> bool:
    """Whether a recording can hardly be all of these words, for a hint (never a refusal)."""
    letters = sum(char.isalnum() * (1.0 if char >= "\u2e80" else 0.45) for char in without_marks(words))
    return letters > 4 and letters > FASTEST * ms / 1000


def keep_recording(
    session: Session, files: Files, sound: Imported, *, by: Person, article: Article, code: str, sentence: str, now: datetime
) -> Recording:
    """The sound is the reading of this sentence in this dialect, or of the whole text (``sentence`` ""). A second one takes the first one's place.

    What a village hears is what was approved: the article becomes a draft of a new revision. Raises RecordingRefused, NotNow, NotAllowed.
    """
    text = text_of(article, code)
    if sentence and words_hash(sentence) not in {words_hash(each) for each in lines_of(text)}:
        raise RecordingRefused(f"no sentence of the text in {text.lang} reads {sentence[:60]!r}: take one as it is listed", "sentence")
    reopen(session, by, article, now, act="record", dialect=code, sentence=sentence[:60])
    key = words_hash(sentence or whole_of(text))
    row = session.scalar(select(Recording).where(Recording.article_id == article.id, Recording.dialect == code, Recording.words_sha256 == key))
    if row is None:
        row = Recording(article_id=article.id, dialect=code, words_sha256=key)
        session.add(row)
    row.whole, row.sentence, row.audio_sha256, row.ms = not sentence, sentence or text.title, files.put(sound.mp3), sound.ms
    row.added_by_id, row.created_at = by.id, now
    session.flush()
    return row


def remove_recording(session: Session, row: Recording, by: Person, now: datetime) -> None:
    """The next engine speaks these words again; to be approved anew."""
    reopen(session, by, row.article, now, act="remove recording", dialect=row.dialect, sentence=row.sentence[:60])
    session.delete(row)
    session.flush()


def recorded(session: Session, article: Article, code: str, text: Text) -> dict[str, str]:
    """The sha256 of the sound by sentence as it stands in the text now, and under WHOLE that of the whole text; older words are passed over."""
    rows = session.scalars(select(Recording).where(Recording.article_id == article.id, Recording.dialect == code)).all()
    if not rows:
        return {}
    by_words = {row.words_sha256: row.audio_sha256 for row in rows if not row.whole}
    found = {line: by_words[words_hash(line)] for line in lines_of(text) if words_hash(line) in by_words}
    found.update((WHOLE, row.audio_sha256) for row in rows if row.whole and row.words_sha256 == words_hash(whole_of(text)))
    return found


def whole_recording(session: Session, article: Article, code: str) -> Recording | None:
    """The recording of the whole text as it stands now, when there is one."""
    lang = pick_text(code, [text.lang for text in article.texts])
    text = next((each for each in article.texts if each.lang == lang), None)
    if text is None:
        return None
    mine = (Recording.article_id == article.id, Recording.dialect == code, Recording.whole, Recording.words_sha256 == words_hash(whole_of(text)))
    return session.scalar(select(Recording).where(*mine))


@dataclass(frozen=True)
class Read:
    """How much of a text a person has read: sentences ``done`` of ``total``; all of them when it was read at a stretch."""

    done: int
    total: int

    @property
    def whole(self) -> bool:
        return self.done == self.total


def read_of(session: Session, article: Article, code: str, text: Text) -> Read:
    """How much of the text as it stands now a person has read in the dialect."""
    found, lines = recorded(session, article, code, text), lines_of(text)
    return Read(len(lines) if WHOLE in found else sum(line in found for line in lines), len(lines))


def why_silent(session: Session, article: Article, code: str) -> str:
    """Why the article as it stands cannot be heard in the dialect, and what to do; "" when a voice or a person reads all of it.

    Where no voice speaks the dialect, a text that a person read in part is not heard: half a warning is none.
    """
    row, langs = dialect(code), [text.lang for text in article.texts]
    lang = pick_text(code, langs)
    if lang is None:
        have = ", ".join(langs) or "none at all"
        lacks = f"{row.english} is spoken from a text in {' or '.join(row.writings)}; the article has {have}: add a text"
        return lacks if row.speaks else row.no_voice_reason
    if row.speaks:
        return ""
    read = read_of(session, article, code, next(text for text in article.texts if text.lang == lang))
    if read.whole:
        return ""
    return f"{row.no_voice_reason} ({read.done} of {read.total} sentences are read by a person)" if read.done else row.no_voice_reason


def as_files(shas: Mapping[str, str], files: Files) -> dict[str, str]:
    """The places of the sounds, for the speaking processes."""
    return {sentence: str(files.path(sha)) for sentence, sha in shas.items() if files.has(sha)}
