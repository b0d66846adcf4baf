"""What is heard: a rendition of an article in one dialect, and the clips of the library."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from articles.models import Article
from station.database import Base
from station.models import Area, Person

# wanted > rendering (claimed until lease_until) > ready | failed | no_voice (no engine speaks the dialect, or no text to speak)
RENDITION_STATES = ("wanted", "rendering", "ready", "failed", "no_voice")


class Rendition(Base):
    """One revision of an article, spoken in one dialect. ``cues`` is [[start_ms, end_ms, text], ...]; ``skip`` the encoder's priming
    samples in front; ``progress`` runs from 0 to 1 while it is being spoken; ``error`` says why it failed, for the operator."""

    __tablename__ = "rendition"
    __table_args__ = (UniqueConstraint("article_id", "revision", "dialect"), Index("ix_rendition_state", "state", "not_before"))
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
    voice: Mapped[str] = mapped_column(String(64), default="")
    engine: Mapped[str] = mapped_column(String(120), default="")
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
    article: Mapped[Article] = relationship()


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
