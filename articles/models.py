"""An article, its texts per written language, the reviews it had, and the feeds it may come from."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, mapped_column, relationship

from station.database import Base
from station.models import Area, Person

KINDS = ("notice", "programme")
STATES = ("draft", "submitted", "approved", "withdrawn")


class Article(Base):
    """Something to be said. ``state``: draft > submitted > approved (back to draft when sent back or edited). ``revision`` grows with
    every edit; what was approved, spoken and played names the revision."""

    __tablename__ = "article"
    __table_args__ = (UniqueConstraint("feed_id", "entry_key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(String(300))
    state: Mapped[str] = mapped_column(String(16), default="draft", index=True)
    revision: Mapped[int] = mapped_column(default=1)
    source: Mapped[str] = mapped_column(String(16))  # paste, file, feed, api
    source_name: Mapped[str] = mapped_column(String(300), default="")
    feed_id: Mapped[int | None] = mapped_column(ForeignKey("feed.id"))
    entry_key: Mapped[str | None] = mapped_column(String(64))  # sha256 of the feed entry's id: never collected twice
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    approved_at: Mapped[datetime | None] = mapped_column(index=True)
    area: Mapped[Area] = relationship()
    author: Mapped[Person | None] = relationship(foreign_keys=[author_id])
    texts: Mapped[list[Text]] = relationship(back_populates="article", order_by="Text.id", cascade="all, delete-orphan")


class Text(Base):
    """An article in one written language (BCP 47: zh-Hans, zh-Hant, en, bo, ug)."""

    __tablename__ = "text"
    __table_args__ = (UniqueConstraint("article_id", "lang"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"))
    lang: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(LongText)
    article: Mapped[Article] = relationship(back_populates="texts")


class Review(Base):
    """One reviewer's word on one revision: approve, or back with a reason."""

    __tablename__ = "review"
    __table_args__ = (UniqueConstraint("article_id", "revision", "reviewer_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"), index=True)
    revision: Mapped[int]
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    verdict: Mapped[str] = mapped_column(String(8))  # approve, back
    reason: Mapped[str] = mapped_column(String(1000), default="")
    at: Mapped[datetime]
    article: Mapped[Article] = relationship()
    reviewer: Mapped[Person] = relationship()


class Feed(Base):
    """An Atom or RSS address that is read again and again; ``error`` says in words why the last reading failed."""

    __tablename__ = "feed"
    __table_args__ = (UniqueConstraint("area_id", "url"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    url: Mapped[str] = mapped_column(String(1000))
    title: Mapped[str] = mapped_column(String(300), default="")
    lang: Mapped[str] = mapped_column(String(16))
    active: Mapped[bool] = mapped_column(default=True)
    etag: Mapped[str | None] = mapped_column(String(300))
    modified: Mapped[str | None] = mapped_column(String(100))
    read_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(String(500), default="")
    area: Mapped[Area] = relationship()
