"""An article, its texts per written language and their former versions, its reviews and remarks, where it may come from (feeds, links); warnings
from outside and who may send them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, mapped_column, relationship

from station.database import Base
from station.models import Area, Person

KINDS = ("notice", "programme")
# for whom an article was adapted; empty: for everybody
AUDIENCES = ("elderly", "children", "village")
STATES = ("draft", "submitted", "approved", "withdrawn")


class Article(Base):
    """Something to be said. ``state``: draft > submitted > approved (back to draft when sent back or edited). ``revision`` grows with
    every edit; what was approved, spoken and played names the revision. ``assignee`` looks after it until ``due_at``; after ``expires_at`` nobody
    hears it any more. ``adapted_from_id`` is the article that it says for another place or ``audience``."""

    __tablename__ = "article"
    __table_args__ = (UniqueConstraint("feed_id", "entry_key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(String(300))
    state: Mapped[str] = mapped_column(String(16), default="draft", index=True)
    revision: Mapped[int] = mapped_column(default=1)
    source: Mapped[str] = mapped_column(String(16))  # paste, file, feed, api, link (somebody without an account), adapted
    source_name: Mapped[str] = mapped_column(String(300), default="")
    feed_id: Mapped[int | None] = mapped_column(ForeignKey("feed.id"))
    entry_key: Mapped[str | None] = mapped_column(String(64))  # sha256 of the feed entry's id: never collected twice
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    approved_at: Mapped[datetime | None] = mapped_column(index=True)
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    due_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None] = mapped_column(index=True)
    adapted_from_id: Mapped[int | None] = mapped_column(ForeignKey("article.id"), index=True)
    audience: Mapped[str] = mapped_column(String(16), default="", server_default="")
    area: Mapped[Area] = relationship()
    author: Mapped[Person | None] = relationship(foreign_keys=[author_id])
    assignee: Mapped[Person | None] = relationship(foreign_keys=[assignee_id])
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


class TextVersion(Base):
    """A text as it stood from ``revision`` on, until the next one of the same article and language; ``person`` wrote it (None: it came by itself)."""

    __tablename__ = "text_version"
    __table_args__ = (UniqueConstraint("article_id", "lang", "revision"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"))
    revision: Mapped[int]
    lang: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(LongText)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    person: Mapped[Person | None] = relationship()


class Remark(Base):
    """What somebody of the desk said about an article."""

    __tablename__ = "remark"
    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"), index=True)
    revision: Mapped[int]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    body: Mapped[str] = mapped_column(String(1000))
    at: Mapped[datetime]
    person: Mapped[Person] = relationship()


class ContributionLink(Base):
    """A form behind a link, for people without an account; what they write lands as drafts of the area. Only the hash of its token is kept."""

    __tablename__ = "contribution_link"
    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str] = mapped_column(String(100))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    count: Mapped[int] = mapped_column(default=0)
    area: Mapped[Area] = relationship()
    made_by: Mapped[Person] = relationship()


class Review(Base):
    """One reviewer's word on one revision: approve, or back with a reason."""

    __tablename__ = "review"
    __table_args__ = (UniqueConstraint("article_id", "revision", "reviewer_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"), index=True)
    revision: Mapped[int]
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    verdict: Mapped[str] = mapped_column(String(8))  # approve, back, seen (looked at after it was released without a review)
    reason: Mapped[str] = mapped_column(String(1000), default="")
    at: Mapped[datetime]
    article: Mapped[Article] = relationship()
    reviewer: Mapped[Person] = relationship()


class ReviewRule(Base):
    """How many reviews a kind needs in an area and everywhere below it, down to a place that has a row of its own."""

    __tablename__ = "review_rule"
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    needed: Mapped[int]
    changed_at: Mapped[datetime]
    area: Mapped[Area] = relationship()


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


class AlertSource(Base):
    """Somebody who may send warnings for an area and what lies below it: read again and again at ``url``, or (``url`` empty) pushed with the
    token of which ``token_hash`` is kept. ``trust`` is an articles.alerts.trust.Trust as JSON."""

    __tablename__ = "alert_source"
    __table_args__ = (UniqueConstraint("area_id", "name"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str] = mapped_column(String(100))
    url: Mapped[str] = mapped_column(String(1000), default="")
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    trust: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    active: Mapped[bool] = mapped_column(default=True)
    etag: Mapped[str | None] = mapped_column(String(300))
    modified: Mapped[str | None] = mapped_column(String(100))
    read_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[datetime]
    area: Mapped[Area] = relationship()


class ReceivedAlert(Base):
    """A warning that was received, once however often it came, and what was decided.

    ``action`` and ``why`` are the first decision (articles.alerts.decide). ``state``: inbox (a person decides), play (to be heard), ended (it was
    to be heard, and ``how`` it ended: cancelled, replaced, all_clear, stopped), dismissed, done (nothing to be heard of it). ``parts``:
    [{level, areas (ids), starts, ends, languages: {lang: {title, text, sounds (names, if any), clip (id of the library, once kept)}}}]; ``names``: [[sender, identifier, sent or ""]], the messages it
    ends once it is acted upon. ``identity`` is the sha256 of sender, identifier and moment; ``file_sha256`` the bytes as they came.
    """

    __tablename__ = "received_alert"
    __table_args__ = (UniqueConstraint("source_id", "identity"), Index("ix_received_alert_state", "state", "starts_at"))
    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("alert_source.id"), index=True)
    identity: Mapped[str] = mapped_column(String(64))
    sender: Mapped[str] = mapped_column(String(300), default="")
    identifier: Mapped[str] = mapped_column(String(300), default="")
    sent_at: Mapped[datetime | None]
    kind: Mapped[str] = mapped_column(String(16))  # its msgType: Alert, Update, Cancel
    link: Mapped[str] = mapped_column(String(1000), default="")  # where an index led to it
    file_sha256: Mapped[str] = mapped_column(String(64))
    action: Mapped[str] = mapped_column(String(12))
    why: Mapped[str] = mapped_column(String(1000))
    level: Mapped[str] = mapped_column(String(8), default="")
    drill: Mapped[bool] = mapped_column(default=False, server_default=false())
    clear: Mapped[bool] = mapped_column(default=False, server_default=false())
    title: Mapped[str] = mapped_column(String(300), default="")
    parts: Mapped[list[Any]] = mapped_column(JSON, default=list)
    names: Mapped[list[Any]] = mapped_column(JSON, default=list)
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(12))
    how: Mapped[str] = mapped_column(String(12), default="")
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("received_alert.id"))
    played_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(500), default="")
    received_at: Mapped[datetime] = mapped_column(index=True)
    source: Mapped[AlertSource] = relationship()


class AreaMark(Base):
    """How others name and draw a place: ``geocodes`` {scheme: [values]}, ``rings`` [[[lat, lon], ...]] in degrees, ``point`` [lat, lon]."""

    __tablename__ = "area_mark"
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), primary_key=True)
    geocodes: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    rings: Mapped[list[Any]] = mapped_column(JSON, default=list)
    point: Mapped[list[float] | None] = mapped_column(JSON)
    changed_at: Mapped[datetime]
    area: Mapped[Area] = relationship()
