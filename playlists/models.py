"""A playlist, the items in it, when it is scheduled, and each time it will really be heard."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, Index, String, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from articles.models import Article
from station.database import Base
from station.models import Area, Person
from tts.models import Clip

ITEM_KINDS = ("article", "clip", "chime", "pause")
STARTS = ("hard", "after", "free")
BREAKS = ("resume", "skip", "mix")
FILL_KINDS = ("default", "fallback")
# ``unrolled_to`` of a schedule that is written out moment by moment: it is never unrolled again.
WRITTEN_OUT = datetime(9999, 1, 1, tzinfo=UTC)


class Playlist(Base):
    """An ordered list of things to hear. ``version`` grows with every change: two people editing are told apart by it. ``voice`` speaks its
    articles; empty leaves it to the area."""

    __tablename__ = "playlist"
    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    title: Mapped[str] = mapped_column(String(200))
    voice: Mapped[str] = mapped_column(String(32), default="")
    version: Mapped[int] = mapped_column(default=1)
    archived: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    area: Mapped[Area] = relationship()
    made_by: Mapped[Person | None] = relationship()
    items: Mapped[list[PlaylistItem]] = relationship(
        back_populates="playlist", order_by="PlaylistItem.position", cascade="all, delete-orphan"
    )


class PlaylistItem(Base):
    """One thing of a playlist: an article (in the area's dialect), a clip, the chime, or a pause of ``pause_ms``."""

    __tablename__ = "playlist_item"
    id: Mapped[int] = mapped_column(primary_key=True)
    playlist_id: Mapped[int] = mapped_column(ForeignKey("playlist.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(16))
    article_id: Mapped[int | None] = mapped_column(ForeignKey("article.id"))
    clip_id: Mapped[int | None] = mapped_column(ForeignKey("clip.id"))
    pause_ms: Mapped[int] = mapped_column(default=0)
    gain_db: Mapped[float] = mapped_column(default=0.0)
    playlist: Mapped[Playlist] = relationship(back_populates="items")
    article: Mapped[Article | None] = relationship()
    clip: Mapped[Clip | None] = relationship()


class Schedule(Base):
    """When a playlist is heard in an area and everywhere below it.

    ``kind``: once, daily, weekly, lunar (on the days that ``lunar`` names: playlists.lunar). Of these it is heard on days that are of one of the
    kinds in ``on_days`` (none named: any) and of none in ``off_days`` (playlists.days). ``times`` are local "HH:MM" or "HH:MM:SS", ``weekdays`` 0 (Monday) .. 6, dates are local to ``tz``, which is
    the area's zone at the time of scheduling. ``until`` None means no end. ``unrolled_to`` is how far occurrences exist.
    ``brk``: what becomes of a less important programme that it interrupts (resume, skip, or mix: it goes on underneath). ``volume`` -1: each
    speaker's own.
    """

    __tablename__ = "schedule"
    id: Mapped[int] = mapped_column(primary_key=True)
    playlist_id: Mapped[int] = mapped_column(ForeignKey("playlist.id"), index=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(8))
    tz: Mapped[str] = mapped_column(String(64))
    times: Mapped[list[Any]] = mapped_column(JSON)
    weekdays: Mapped[list[Any]] = mapped_column(JSON, default=list)
    lunar: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    on_days: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    off_days: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    since: Mapped[date] = mapped_column(Date)
    until: Mapped[date | None] = mapped_column(Date)
    start: Mapped[str] = mapped_column(String(8), default="hard")
    brk: Mapped[str] = mapped_column(String(8), default="resume", server_default="resume")
    volume: Mapped[int] = mapped_column(default=-1, server_default="-1")
    priority: Mapped[int] = mapped_column(default=6)
    window_s: Mapped[int] = mapped_column(default=300)  # how late it may still begin
    active: Mapped[bool] = mapped_column(default=True)
    uid: Mapped[str] = mapped_column(String(255), default="", server_default="", index=True)  # of the event it was brought in from
    unrolled_to: Mapped[datetime | None] = mapped_column(index=True)
    created_at: Mapped[datetime]
    playlist: Mapped[Playlist] = relationship()
    area: Mapped[Area] = relationship()
    made_by: Mapped[Person | None] = relationship()


class Occurrence(Base):
    """One time a schedule is due, in UTC. ``state``: planned, cancelled, off (not on such a day: playlists.days). Without ``music`` music is left
    out of it. ``changed_at``: when a mark of its day made something else of it."""

    __tablename__ = "occurrence"
    __table_args__ = (UniqueConstraint("schedule_id", "starts_at"), Index("ix_occurrence_starts_at", "starts_at", "state"))
    id: Mapped[int] = mapped_column(primary_key=True)
    schedule_id: Mapped[int] = mapped_column(ForeignKey("schedule.id"), index=True)
    playlist_id: Mapped[int] = mapped_column(ForeignKey("playlist.id"))
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    starts_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(16), default="planned")
    note: Mapped[str] = mapped_column(String(200), default="")  # e.g. what a clock change did to it
    music: Mapped[bool] = mapped_column(default=True, server_default=true())
    changed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    schedule: Mapped[Schedule] = relationship()
    playlist: Mapped[Playlist] = relationship()
    area: Mapped[Area] = relationship()


class AreaFill(Base):
    """What sounds in an area and below it when nothing else does. ``kind`` default: in ``hours`` ("06:00-08:00", local); fallback: when
    the default or a programme is not there, and in its own ``hours``. ``playlist_id`` None: nothing any more."""

    __tablename__ = "area_fill"
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8), primary_key=True)
    playlist_id: Mapped[int | None] = mapped_column(ForeignKey("playlist.id"), index=True)
    hours: Mapped[list[str]] = mapped_column(JSON, default=list)
    changed_at: Mapped[datetime]
    area: Mapped[Area] = relationship()
    playlist: Mapped[Playlist | None] = relationship()


class PublicDay(Base):
    """A day of the operator's own table of public holidays: ``off``, or a weekend on which one works. A year that has any counts instead of ours."""

    __tablename__ = "public_day"
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    off: Mapped[bool]
    name: Mapped[str] = mapped_column(String(60), default="")
    changed_at: Mapped[datetime]


class CalendarLink(Base):
    """An address under which calendars of telephones read what is heard in an area. Only the hash of its token is kept."""

    __tablename__ = "calendar_link"
    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str] = mapped_column(String(100))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    area: Mapped[Area] = relationship()
    made_by: Mapped[Person] = relationship()
