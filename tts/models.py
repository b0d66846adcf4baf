"""What is heard: a rendition of an article in one dialect, the readings it follows, trials before it airs, and the clips of the library."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, false, text
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, mapped_column, relationship

from articles.models import Article
from station.database import Base
from station.models import Area, Person
from tts.sought import rest_of, start_of
from tts.voices import DEFAULT

# wanted > rendering (claimed until lease_until) > ready | failed | no_voice (no engine speaks the dialect, or no text to speak)
RENDITION_STATES = ("wanted", "rendering", "ready", "failed", "no_voice")


class Rendition(Base):
    """One revision of an article, spoken in one dialect by one voice. ``engine`` says who spoke and ``engines`` which one each cue;
    ``cues`` is [[start_ms, end_ms, text], ...]; ``skip`` the encoder's priming samples in front; ``progress`` runs from 0 to 1 while it
    is being spoken; ``error`` says why it failed, for the operator.

    ``again``: a reading was corrected, so it is to be spoken once more; until that is ready its former sound counts, and it stays ready.
    ``respoken_at`` is when that last happened: plans made earlier name the former sound.
    """

    __tablename__ = "rendition"
    __table_args__ = (
        UniqueConstraint("article_id", "revision", "dialect", "voice"),
        Index("ix_rendition_state", "state", "not_before"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"), index=True)
    revision: Mapped[int]
    dialect: Mapped[str] = mapped_column(String(8))
    lang: Mapped[str] = mapped_column(String(16), default="")
    state: Mapped[str] = mapped_column(String(16), default="wanted")
    progress: Mapped[float] = mapped_column(default=0.0)
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(String(500), default="")
    inputs_hash: Mapped[str] = mapped_column(String(64), default="", index=True)
    voice: Mapped[str] = mapped_column(String(64), default=DEFAULT)
    engine: Mapped[str] = mapped_column(String(120), default="")
    engines: Mapped[list[Any]] = mapped_column(JSON, default=list)  # [name, ...] one per cue
    instead: Mapped[list[Any]] = mapped_column(JSON, default=list)  # [[engine, why it did not speak], ...]
    audio_sha256: Mapped[str] = mapped_column(String(64), default="")
    audio_bytes: Mapped[int] = mapped_column(default=0)
    ms: Mapped[int] = mapped_column(default=0)
    skip: Mapped[int] = mapped_column(default=0)
    lufs: Mapped[float | None]
    peak_db: Mapped[float | None]
    captions_sha256: Mapped[str] = mapped_column(String(64), default="")
    cues: Mapped[list[Any]] = mapped_column(JSON, default=list)
    unknown: Mapped[list[Any]] = mapped_column(JSON, default=list)  # [[offset, text], ...] nobody could read
    created_at: Mapped[datetime]
    ready_at: Mapped[datetime | None]
    again: Mapped[bool] = mapped_column(default=False, server_default=false())
    respoken_at: Mapped[datetime | None]
    article: Mapped[Article] = relationship()


class LexiconEntry(Base):
    """How one word is read in one dialect: in an area and all below it, or, with ``article_id``, in that text alone.

    ``start`` and ``rest`` are what it is found by (tts.sought); a word never changes.
    """

    __tablename__ = "lexicon_entry"
    __table_args__ = (
        UniqueConstraint("article_id", "dialect", "word"),
        Index(
            "uq_lexicon_entry_place", "area_id", "dialect", "word", unique=True, sqlite_where=text("article_id IS NULL"),
            postgresql_where=text("article_id IS NULL"),
        ),
        Index("ix_lexicon_entry_start", "area_id", "dialect", "start"),
        Index("ix_lexicon_entry_rest", "area_id", "dialect", "rest"),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    article_id: Mapped[int | None] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"))
    dialect: Mapped[str] = mapped_column(String(8))
    word: Mapped[str] = mapped_column(String(40))
    start: Mapped[str | None] = mapped_column(String(2), default=lambda row: start_of(row.get_current_parameters()["word"]))
    rest: Mapped[str | None] = mapped_column(String(1), default=lambda row: rest_of(row.get_current_parameters()["word"]))
    reading: Mapped[str] = mapped_column(String(200))
    note: Mapped[str] = mapped_column(String(200), default="")
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    area: Mapped[Area] = relationship()
    article: Mapped[Article | None] = relationship()
    added_by: Mapped[Person | None] = relationship()


class ReadingChange(Base):
    """Words whose readings changed in an area: the renditions below are compared with them in the order of their numbers, those up to
    ``compared`` already were; when all are, the row goes."""

    __tablename__ = "reading_change"
    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    dialect: Mapped[str] = mapped_column(String(8))
    words: Mapped[list[Any]] = mapped_column(JSON)
    compared: Mapped[int] = mapped_column(default=0, server_default="0")
    created_at: Mapped[datetime]
    area: Mapped[Area] = relationship()


class Preview(Base):
    """Sentences to be read, or one to be heard, before anything airs. ``key`` is the hash of all that makes it so, so that nothing is
    tried twice; ``words`` are the readings given. ``result`` is per sentence what the speaking process told of it."""

    __tablename__ = "preview"
    __table_args__ = (Index("ix_preview_state", "state", "not_before"), Index("ix_preview_article_id", "article_id", "dialect"))
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    article_id: Mapped[int | None] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(8))  # read, speak
    dialect: Mapped[str] = mapped_column(String(8))
    voice: Mapped[str] = mapped_column(String(32), default="", server_default="")
    sentences: Mapped[list[Any]] = mapped_column(JSON)
    words: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(16), default="wanted")  # wanted, rendering, ready, failed
    progress: Mapped[float] = mapped_column(default=0.0)
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(String(500), default="")
    result: Mapped[list[Any]] = mapped_column(JSON, default=list)
    audio_sha256: Mapped[str] = mapped_column(String(64), default="")
    ms: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    asked_at: Mapped[datetime]


class VoiceChoice(Base):
    """The voice that speaks in an area and everywhere below it, or that speaks one article; ``dialect`` "" is every dialect, ``voice`` ""
    takes a choice back (the row stays: ``changed_at`` tells the planner)."""

    __tablename__ = "voice_choice"
    __table_args__ = (UniqueConstraint("area_id", "dialect"), UniqueConstraint("article_id", "dialect"))
    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    article_id: Mapped[int | None] = mapped_column(ForeignKey("article.id"))
    dialect: Mapped[str] = mapped_column(String(8), default="")
    voice: Mapped[str] = mapped_column(String(32), default="")
    changed_at: Mapped[datetime]
    area: Mapped[Area | None] = relationship()
    article: Mapped[Article | None] = relationship()


class Made:
    """What rows have that wait to be made by tts.claim: wanted > making (claimed until lease_until) > ready | failed, with ``error`` for
    the operator."""

    state: Mapped[str] = mapped_column(String(16), default="wanted")
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[datetime]
    ready_at: Mapped[datetime | None]


class TvChoice(Base):
    """How an article is to be shown on television. ``shown`` None: where there are set-top boxes; ``burnt``: captions in the picture
    itself when there is one. ``picture_sha256`` is a screen_picture(), ``sign_sha256`` a film in sign language of ``sign_ms``."""

    __tablename__ = "tv_choice"
    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"), unique=True)
    shown: Mapped[bool | None]
    burnt: Mapped[bool] = mapped_column(default=True)
    picture_sha256: Mapped[str] = mapped_column(String(64), default="")
    sign_sha256: Mapped[str] = mapped_column(String(64), default="")
    sign_name: Mapped[str] = mapped_column(String(120), default="")
    sign_ms: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime]
    article: Mapped[Article] = relationship()


class TvRendition(Made, Base):
    """A rendition as a film (mp4). ``audio_sha256`` is the sound it was made of: when the rendition was spoken anew it no longer fits.
    ``undrawn`` are letters no font has."""

    __tablename__ = "tv_rendition"
    __table_args__ = (Index("ix_tv_rendition_state", "state", "not_before"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    rendition_id: Mapped[int] = mapped_column(ForeignKey("rendition.id", ondelete="CASCADE"), unique=True)
    audio_sha256: Mapped[str] = mapped_column(String(64), default="")
    video_sha256: Mapped[str] = mapped_column(String(64), default="")
    video_bytes: Mapped[int] = mapped_column(default=0)
    ms: Mapped[int] = mapped_column(default=0)
    undrawn: Mapped[str] = mapped_column(String(200), default="")
    rendition: Mapped[Rendition] = relationship()


class Variant(Made, Base):
    """Stored sound in another format (tts.formats): of ``source_sha256``, an mp3 with ``source_skip`` samples in front."""

    __tablename__ = "variant"
    __table_args__ = (UniqueConstraint("source_sha256", "format"), Index("ix_variant_state", "state", "not_before"))
    id: Mapped[int] = mapped_column(primary_key=True)
    source_sha256: Mapped[str] = mapped_column(String(64))
    source_skip: Mapped[int] = mapped_column(default=0)
    format: Mapped[str] = mapped_column(String(8))
    audio_sha256: Mapped[str] = mapped_column(String(64), default="")
    audio_bytes: Mapped[int] = mapped_column(default=0)
    skip: Mapped[int] = mapped_column(default=0)


class Presentation(Base):
    """How articles of a kind ("": every kind; or those of one programme, tts.presentation.of_programme) are announced in an area and below it, the nearest winning: chime, opening, music under the
    speech, how often it is said, closing. ``opening`` and ``closing`` are texts per dialect in which {place} is the place that hears them.
    A ``chime``/``bed`` is "" (none), "own" (the station's) or "clip" (of the library). ``active`` False: as if it were not there."""

    __tablename__ = "presentation"
    __table_args__ = (UniqueConstraint("area_id", "kind"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    kind: Mapped[str] = mapped_column(String(16), default="")
    active: Mapped[bool] = mapped_column(default=True)
    chime: Mapped[str] = mapped_column(String(8), default="")
    chime_clip_id: Mapped[int | None] = mapped_column(ForeignKey("clip.id"))
    opening: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    closing: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    bed: Mapped[str] = mapped_column(String(8), default="")
    bed_clip_id: Mapped[int | None] = mapped_column(ForeignKey("clip.id"))
    repeats: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime]
    area: Mapped[Area] = relationship()
    chime_clip: Mapped[Clip | None] = relationship(foreign_keys=[chime_clip_id])
    bed_clip: Mapped[Clip | None] = relationship(foreign_keys=[bed_clip_id])


class Edition(Made, Base):
    """A rendition as it is heard where a presentation holds: announced, with music, repeated, joined to one mp3. ``key`` is the hash of
    ``dress`` (tts.presentation.Dress) and the readings its phrases follow: villages that dress alike share it."""

    __tablename__ = "edition"
    __table_args__ = (UniqueConstraint("body_sha256", "key"), Index("ix_edition_state", "state", "not_before"))
    id: Mapped[int] = mapped_column(primary_key=True)
    rendition_id: Mapped[int] = mapped_column(ForeignKey("rendition.id", ondelete="CASCADE"), index=True)
    body_sha256: Mapped[str] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(String(64))
    dress: Mapped[dict[str, Any]] = mapped_column(JSON)
    audio_sha256: Mapped[str] = mapped_column(String(64), default="", index=True)
    audio_bytes: Mapped[int] = mapped_column(default=0)
    ms: Mapped[int] = mapped_column(default=0)
    skip: Mapped[int] = mapped_column(default=0)
    cues: Mapped[list[Any]] = mapped_column(JSON, default=list)
    unknown: Mapped[str] = mapped_column(String(200), default="")  # what nobody could read in the phrases
    rendition: Mapped[Rendition] = relationship()


class Part(Base):
    """A piece of editions that is made once: a spoken phrase, or a body with its bed. ``key`` is the hash of all it was made of."""

    __tablename__ = "part"
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    audio_sha256: Mapped[str] = mapped_column(String(64))
    cues: Mapped[list[Any]] = mapped_column(JSON, default=list)
    unknown: Mapped[str] = mapped_column(String(200), default="")
    made_at: Mapped[datetime]


class Speech(Made, Base):
    """A short text spoken in one dialect as it is heard in an area: a stored phrase, or (``urgent``) one that is waited for this moment.
    ``key`` is the hash of what makes it so; ``unknown`` what nobody could read."""

    __tablename__ = "speech"
    __table_args__ = (Index("ix_speech_state", "state", "urgent", "not_before"), Index("ix_speech_ready_at", "ready_at"))
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    dialect: Mapped[str] = mapped_column(String(8))
    lang: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(LongText)
    urgent: Mapped[bool] = mapped_column(default=False)
    audio_sha256: Mapped[str] = mapped_column(String(64), default="", index=True)
    audio_bytes: Mapped[int] = mapped_column(default=0)
    ms: Mapped[int] = mapped_column(default=0)
    skip: Mapped[int] = mapped_column(default=0)
    cues: Mapped[list[Any]] = mapped_column(JSON, default=list)
    unknown: Mapped[str] = mapped_column(String(200), default="")
    area: Mapped[Area] = relationship()


class SpentFile(Base):
    """A file whose row is gone since then; it goes a day later, when nothing has mentioned it again."""

    __tablename__ = "spent_file"
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    since: Mapped[datetime]


class Recording(Base):
    """A person's reading of one sentence of an article in one dialect, or (``whole``) of all of it. ``words_sha256`` is of the words that were
    read: when they change, the recording is heard no more. The sound is level already, in the station's own format."""

    __tablename__ = "recording"
    __table_args__ = (UniqueConstraint("article_id", "dialect", "words_sha256"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"))
    dialect: Mapped[str] = mapped_column(String(8))
    words_sha256: Mapped[str] = mapped_column(String(64))
    whole: Mapped[bool] = mapped_column(default=False)
    sentence: Mapped[str] = mapped_column(LongText)
    audio_sha256: Mapped[str] = mapped_column(String(64))
    ms: Mapped[int]
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    article: Mapped[Article] = relationship()
    added_by: Mapped[Person | None] = relationship()


class Clip(Base):
    """Audio of the library: music, a chime, a jingle, a recording; stored in the format that is sent."""

    __tablename__ = "clip"
    __table_args__ = (UniqueConstraint("area_id", "audio_sha256"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(16))  # music, chime, jingle, recording
    title: Mapped[str] = mapped_column(String(300))
    audio_sha256: Mapped[str] = mapped_column(String(64))
    audio_bytes: Mapped[int]
    ms: Mapped[int]
    skip: Mapped[int] = mapped_column(default=0)
    lufs: Mapped[float | None]
    created_at: Mapped[datetime]
    area: Mapped[Area] = relationship()
    added_by: Mapped[Person | None] = relationship()
