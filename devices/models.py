"""Terminals: where they hang, how they prove who they are, whether they are alive."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from station.database import Base
from station.models import Area, Person

PRESENCES = ("never", "online", "silent", "lost", "off")


class Terminal(Base):
    """A loudspeaker or set-top box. ``did`` is its name on the wire, its MQTT user name and client id. ``dialect`` None: the area's.

    ``presence`` is what its last birth, will or heartbeat says; ``conn`` tells an old connection's late will from the present one's;
    ``want_rev`` grows when what we want of it changes, ``want_sent_rev`` is the one the broker has,
    0 when the terminal waits for one, below zero when the broker may have forgotten it (devices.wanted).
    """

    __tablename__ = "terminal"
    __table_args__ = (
        Index("ix_terminal_presence", "presence", "last_seen_at"), Index("ix_terminal_state", "state", "presence"),
        Index("ix_terminal_kind", "kind", "area_id"),
        Index("ix_terminal_format", "format"),
        Index("ix_terminal_fault", "fault"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    did: Mapped[str] = mapped_column(String(36), unique=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(16), default="loudspeaker")  # loudspeaker, stb
    model: Mapped[str] = mapped_column(String(100), default="")
    format: Mapped[str] = mapped_column(String(8), default="mp3", server_default="mp3")  # of wire.messages.FORMATS: what it likes best
    dialect: Mapped[str | None] = mapped_column(String(8))
    volume: Mapped[int] = mapped_column(default=70)
    caps: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")  # "06:00-08:00=40": no louder in these hours
    password_hash: Mapped[str] = mapped_column(String(300), default="")
    state: Mapped[str] = mapped_column(String(16), default="active")  # active, revoked
    presence: Mapped[str] = mapped_column(String(8), default="never")
    boot: Mapped[str] = mapped_column(String(64), default="")
    conn: Mapped[int] = mapped_column(default=0)
    last_seen_at: Mapped[datetime | None]
    reported: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    clock_error_ms: Mapped[float | None]
    fault: Mapped[str] = mapped_column(String(200), default="", server_default="")  # the first fault of its last report; "": it has none
    metered: Mapped[bool] = mapped_column(default=False, server_default=false())  # every byte of its line is paid for
    head: Mapped[bool] = mapped_column(default=False, server_default=false())  # it serves its clips to its neighbours
    want_rev: Mapped[int] = mapped_column(default=1)
    want_sent_rev: Mapped[int] = mapped_column(default=0)
    paired_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    area: Mapped[Area] = relationship()


class Group(Base):
    """Terminals of one branch that are addressed together; ``zid`` is the group's zone on the wire.

    ``stagger_ms``: so much later than planned its members begin, so that neighbours across an echoing valley do not blur each other.
    """

    __tablename__ = "group_"
    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    zid: Mapped[str] = mapped_column(String(24), unique=True)
    stagger_ms: Mapped[int] = mapped_column(default=0, server_default="0")
    passing: Mapped[bool] = mapped_column(default=False, server_default=false())  # made for one notice, gone after it; no page lists it
    created_at: Mapped[datetime]
    area: Mapped[Area] = relationship()
    members: Mapped[list[Terminal]] = relationship(secondary="group_member")


class GroupMember(Base):
    """A terminal's place in a group; at most three groups a terminal."""

    __tablename__ = "group_member"
    group_id: Mapped[int] = mapped_column(ForeignKey("group_.id", ondelete="CASCADE"), primary_key=True)
    terminal_id: Mapped[int] = mapped_column(ForeignKey("terminal.id", ondelete="CASCADE"), primary_key=True)


class QuietHours(Base):
    """Hours in which nothing but an emergency begins in an area and everywhere below it, down to a place that has a row of its own.

    ``hours`` are "22:00-06:00", local to each terminal's place; an empty list says that the place has none although one above it does.
    """

    __tablename__ = "quiet_hours"
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), primary_key=True)
    hours: Mapped[list[str]] = mapped_column(JSON, default=list)
    changed_at: Mapped[datetime]
    area: Mapped[Area] = relationship()


class DayKind(Base):
    """A kind of day that an area and what lies below it has of its own, or what a built-in kind does there (devices.days.BUILT_IN).

    In ``quiet`` ("08:00-12:00") nothing but an emergency begins; without ``music`` programmes of the place leave music out.
    """

    __tablename__ = "day_kind"
    __table_args__ = (UniqueConstraint("area_id", "code"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    code: Mapped[str] = mapped_column(String(24))
    name: Mapped[str] = mapped_column(String(60), default="")
    quiet: Mapped[list[str]] = mapped_column(JSON, default=list)
    music: Mapped[bool] = mapped_column(default=True)
    changed_at: Mapped[datetime]
    area: Mapped[Area] = relationship()


class MarkedDay(Base):
    """Days from ``first`` to ``last`` (both count, local to each place) that are of a kind in an area and everywhere below it.

    ``hours`` None: quiet as the kind says; else quiet in these hours, [] not at all.
    """

    __tablename__ = "marked_day"
    __table_args__ = (Index("ix_marked_day_area", "area_id", "last"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    code: Mapped[str] = mapped_column(String(24))
    first: Mapped[date] = mapped_column(Date)
    last: Mapped[date] = mapped_column(Date, index=True)
    hours: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    note: Mapped[str] = mapped_column(String(200), default="")
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    area: Mapped[Area] = relationship()
    made_by: Mapped[Person | None] = relationship()


class Pairing(Base):
    """A terminal that asked for an identity. Its code lives ten minutes and is good for one use. ``answer`` is sealed to its key."""

    __tablename__ = "pairing"
    __table_args__ = (UniqueConstraint("nonce"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    nonce: Mapped[str] = mapped_column(String(36))
    pk: Mapped[str] = mapped_column(String(64))
    code: Mapped[str] = mapped_column(String(8), index=True)
    model: Mapped[str] = mapped_column(String(100), default="")
    name: Mapped[str] = mapped_column(String(100), default="")
    version: Mapped[str] = mapped_column(String(40), default="")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    terminal_id: Mapped[int | None] = mapped_column(ForeignKey("terminal.id"))
    answer: Mapped[str] = mapped_column(String(4000), default="")
    answered_at: Mapped[datetime | None]  # when the broker had the answer
    terminal: Mapped[Terminal | None] = relationship()


class PairingTry(Base):
    """A code somebody typed: wrong ones are counted, so that nobody guesses his way in."""

    __tablename__ = "pairing_try"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(index=True)
    good: Mapped[bool]
    person: Mapped[Person] = relationship()


class Release(Base):
    """A version of the terminals' program: a zip among the files, and the word signed for it (wire.messages.Release)."""

    __tablename__ = "release"
    __table_args__ = (UniqueConstraint("version"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(String(40))
    sha256: Mapped[str] = mapped_column(String(64))
    bytes: Mapped[int]
    signed: Mapped[str] = mapped_column(String(2000))
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
