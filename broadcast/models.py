"""What is sent and what came back: a dispatch per occurrence and dialect, a plan per zone, commands, receipts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from articles.models import AlertSource, Article
from devices.models import Group, Terminal
from playlists.models import Occurrence, Schedule
from station.database import Base
from station.models import Area, Person
from tts.models import Clip

STOPPED = "stopped"
"""The note of an occurrence that was broken off: it is no longer planned, but it was heard."""


class Dispatch(Base):
    """An occurrence, made concrete for one zone (an area in one dialect): ``items`` are wire.messages.PlanItem objects as JSON.

    ``state``: planned (in the zone's plan), empty (nothing to play: ``error`` says why), cancelled. ``ends_at`` is when it is over.
    ``lacks``: something that would make it better is still being made (another format, a film, the village's own opening).
    """

    __tablename__ = "dispatch"
    __table_args__ = (UniqueConstraint("occurrence_id", "dialect"), Index("ix_dispatch_zone", "zid", "ends_at"))
    id: Mapped[int] = mapped_column(primary_key=True)
    occurrence_id: Mapped[int] = mapped_column(ForeignKey("occurrence.id"), index=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    dialect: Mapped[str] = mapped_column(String(8))
    zid: Mapped[str] = mapped_column(String(36))
    state: Mapped[str] = mapped_column(String(16), default="planned")
    items: Mapped[list[Any]] = mapped_column(JSON, default=list)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    error: Mapped[str] = mapped_column(String(500), default="")
    inputs_hash: Mapped[str] = mapped_column(String(64), default="")
    lacks: Mapped[bool] = mapped_column(default=False, server_default=false())
    planned_at: Mapped[datetime]
    sent_rev: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None] = mapped_column(index=True)
    occurrence: Mapped[Occurrence] = relationship()
    area: Mapped[Area] = relationship()


class ZonePlan(Base):
    """The manifest of a zone: ``rev`` is what it should be, ``sent_rev`` what the broker has acknowledged."""

    __tablename__ = "zone_plan"
    __table_args__ = (Index("ix_zone_plan_unsent", "sent_rev", "rev"),)
    zid: Mapped[str] = mapped_column(String(36), primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    dialect: Mapped[str] = mapped_column(String(8))
    rev: Mapped[int] = mapped_column(default=1)
    payload: Mapped[bytes | None] = mapped_column(LargeBinary)  # signed, as sent
    payload_rev: Mapped[int] = mapped_column(default=0)
    sent_rev: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime | None]
    area: Mapped[Area] = relationship()


class ZoneFill(Base):
    """What fills the pauses of a zone: ``fill`` are wire.messages.Fill objects as JSON, ``hours`` local to ``tz``; ``error`` says what is missing.
    ``formats`` are those in which it is played below besides mp3, joined by commas; ``lacks``: a clip in one of them is still being made."""

    __tablename__ = "zone_fill"
    zid: Mapped[str] = mapped_column(String(36), primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    dialect: Mapped[str] = mapped_column(String(8))
    fill: Mapped[list[Any]] = mapped_column(JSON, default=list)
    hours: Mapped[list[str]] = mapped_column(JSON, default=list)
    tz: Mapped[str] = mapped_column(String(64))
    error: Mapped[str] = mapped_column(String(500), default="")
    formats: Mapped[str] = mapped_column(String(100), default="", server_default="")
    lacks: Mapped[bool] = mapped_column(default=False, server_default=false())
    planned_at: Mapped[datetime]
    area: Mapped[Area] = relationship()


class HeardCount(Base):
    """What became of an occurrence that thousands should hear, as it was counted last: how many are in which state, and the first of those who
    did not hear it (``missed``: terminal ids). ``took_s``: so long the counting lasted; it is not done more often than that allows."""

    __tablename__ = "heard_count"
    occurrence_id: Mapped[int] = mapped_column(ForeignKey("occurrence.id", ondelete="CASCADE"), primary_key=True)
    states: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    missed: Mapped[list[int]] = mapped_column(JSON, default=list)
    counted_at: Mapped[datetime]
    took_s: Mapped[float] = mapped_column(default=0.0)


class Figures:
    """What became of hearings (one programme at one speaker): how many were ``expected``, and of them ``heard`` to the end, ``partly``, ``not_heard``,
    ``not_yet``; ``failed``: the speaker itself told of a failure. Of those that began, how late the latest item began: ``in_50ms`` at most 50 ms
    late and so on, each counted once, ``later`` more than a minute."""

    expected: Mapped[int] = mapped_column(default=0)
    heard: Mapped[int] = mapped_column(default=0)
    partly: Mapped[int] = mapped_column(default=0)
    not_heard: Mapped[int] = mapped_column(default=0)
    not_yet: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    in_50ms: Mapped[int] = mapped_column(default=0)
    in_200ms: Mapped[int] = mapped_column(default=0)
    in_1s: Mapped[int] = mapped_column(default=0)
    in_5s: Mapped[int] = mapped_column(default=0)
    in_60s: Mapped[int] = mapped_column(default=0)
    later: Mapped[int] = mapped_column(default=0)


FIGURES = (
    "expected", "heard", "partly", "not_heard", "not_yet", "failed", "in_50ms", "in_200ms", "in_1s", "in_5s", "in_60s", "later",
)  # fmt: skip


class HeardEntry(Base):
    """An occurrence that is over, entered in the book: what it added to ``heard_day`` and ``heard_month``, so that it can be entered anew when late
    receipts come (``next_at``; None: no more). ``parts``: zlib of JSON, place id -> dialect -> FIGURES in their order."""

    __tablename__ = "heard_entry"
    occurrence_id: Mapped[int] = mapped_column(ForeignKey("occurrence.id", ondelete="CASCADE"), primary_key=True)
    parts: Mapped[bytes] = mapped_column(LargeBinary)
    totals: Mapped[list[int]] = mapped_column(JSON, default=list)
    counted_at: Mapped[datetime]
    next_at: Mapped[datetime | None] = mapped_column(index=True)


class HeardDay(Figures, Base):
    """The book of what was heard: a place with everything below it, one day of its own zone, one programme in one dialect. ``playlist_id`` 0:
    all programmes together that were made for places further below."""

    __tablename__ = "heard_day"
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), primary_key=True)
    day: Mapped[str] = mapped_column(String(10), primary_key=True)
    playlist_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    dialect: Mapped[str] = mapped_column(String(8), primary_key=True)


class HeardMonth(Figures, Base):
    """The same of a whole month and of everything together, to find the places that miss most. ``month``: 2026-11."""

    __tablename__ = "heard_month"
    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), primary_key=True)


class OutCommand(Base):
    """A command on its way to a terminal or a zone, and what became of it."""

    __tablename__ = "out_command"
    __table_args__ = (Index("ix_out_command_unsent", "sent_at", "expires_at"),)
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    aud: Mapped[str] = mapped_column(String(36), index=True)  # did or zid
    to_zone: Mapped[bool] = mapped_column(default=False)
    op: Mapped[str] = mapped_column(String(24))
    args: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    acked_at: Mapped[datetime | None]
    result: Mapped[str] = mapped_column(String(16), default="")
    detail: Mapped[str] = mapped_column(String(300), default="")


class LiveTalk(Base):
    """A live talk, by its id on the wire: who speaks (or spoke) where, at most ``until``; ``why`` it ended (of broadcast.studio.ENDS) and through
    whom, how many frames of 20 ms went out, and what was said (mp3)."""

    __tablename__ = "live_talk"
    id: Mapped[str] = mapped_column(String(24), primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    title: Mapped[str] = mapped_column(String(100))
    source: Mapped[str] = mapped_column(String(16), default="")
    zones: Mapped[list[str]] = mapped_column(JSON, default=list)
    since: Mapped[datetime] = mapped_column(index=True)
    until: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column(index=True)
    why: Mapped[str] = mapped_column(String(16), default="")
    ended_by: Mapped[str] = mapped_column(String(100), default="")
    frames: Mapped[int] = mapped_column(default=0)
    audio_sha256: Mapped[str | None] = mapped_column(String(64))
    area: Mapped[Area] = relationship()
    person: Mapped[Person | None] = relationship()


class Receipt(Base):
    """What happened to one item on one terminal; each (terminal, item, result) stands once however often it was told.

    ``start_ms``/``late_ms``/``dur_ms``/``clock_error_ms`` are the terminal's own figures in milliseconds.
    """

    __tablename__ = "receipt"
    __table_args__ = (UniqueConstraint("terminal_id", "item", "result"), Index("ix_receipt_occurrence", "occurrence_id", "terminal_id", "result"))
    id: Mapped[int] = mapped_column(primary_key=True)
    terminal_id: Mapped[int] = mapped_column(ForeignKey("terminal.id"), index=True)
    occurrence_id: Mapped[int | None] = mapped_column(ForeignKey("occurrence.id"))
    item: Mapped[str] = mapped_column(String(64))
    n: Mapped[int] = mapped_column(default=0)
    clip: Mapped[str] = mapped_column(String(64), default="")
    rev: Mapped[int] = mapped_column(default=0)
    emergency_id: Mapped[int | None] = mapped_column(ForeignKey("emergency.id"), index=True)
    talk_id: Mapped[str | None] = mapped_column(String(24), index=True)
    result: Mapped[str] = mapped_column(String(12))
    start_ms: Mapped[float] = mapped_column(default=0.0)
    late_ms: Mapped[float | None]
    dur_ms: Mapped[float] = mapped_column(default=0.0)
    volume: Mapped[int] = mapped_column(default=0)
    clock_error_ms: Mapped[float] = mapped_column(default=0.0)
    detail: Mapped[str] = mapped_column(String(300), default="")
    received_at: Mapped[datetime] = mapped_column(index=True)
    terminal: Mapped[Terminal] = relationship()
    occurrence: Mapped[Occurrence | None] = relationship()


class EmergencyPhrase(Base):
    """A phrase of an area that its terminals hold beforehand; at most six, ``place`` 1..6. ``texts`` are words by written language; a clip of the
    library may be heard instead (``clip_sha256``). ``level`` is what an emergency with it is by default. ``removed``: it is placed no more."""

    __tablename__ = "emergency_phrase"
    __table_args__ = (UniqueConstraint("area_id", "place"), Index("ix_emergency_phrase_changed_at", "changed_at"))
    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    place: Mapped[int]
    title: Mapped[str] = mapped_column(String(60))
    level: Mapped[str] = mapped_column(String(8), default="red")
    texts: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    clip_id: Mapped[int | None] = mapped_column(ForeignKey("clip.id"))
    removed: Mapped[bool] = mapped_column(default=False)
    changed_at: Mapped[datetime]
    area: Mapped[Area] = relationship()
    clip: Mapped[Clip | None] = relationship()


class ZonePhrases(Base):
    """The sounds of emergencies that a zone's terminals hold beforehand: wire.messages.Sound objects as JSON; ``lacks`` while some are being spoken."""

    __tablename__ = "zone_phrases"
    zid: Mapped[str] = mapped_column(String(36), primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    dialect: Mapped[str] = mapped_column(String(8))
    sounds: Mapped[list[Any]] = mapped_column(JSON, default=list)
    lacks: Mapped[bool] = mapped_column(default=False)
    placed_at: Mapped[datetime]
    area: Mapped[Area] = relationship()


class Emergency(Base):
    """An emergency somebody ordered. ``key`` is its name on the wire, ``source`` the level that speaks, ``origin`` where it came from ("" a person
    here, else e.g. the name of a feed).

    ``state``: proposed (waits for a second person), live, ended (``how``: all_clear, cancelled, expired, refused). ``wording`` grows when what is
    said changes. ``clip_dialect``: in this dialect the clip is what the words say, and elsewhere only where nobody can say them; "": it is heard
    besides the words. ``clears_id`` is the emergency that this one, an all clear, ends.
    """

    __tablename__ = "emergency"
    __table_args__ = (UniqueConstraint("key"), Index("ix_emergency_state", "state", "until"))
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(24))
    state: Mapped[str] = mapped_column(String(12), default="proposed")
    level: Mapped[str] = mapped_column(String(8))
    source: Mapped[str] = mapped_column(String(12))
    origin: Mapped[str] = mapped_column(String(200), default="")
    drill: Mapped[bool] = mapped_column(default=False)
    all_clear: Mapped[bool] = mapped_column(default=False)
    siren: Mapped[bool] = mapped_column(default=True)
    title: Mapped[str] = mapped_column(String(200), default="")
    texts: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    phrase_id: Mapped[int | None] = mapped_column(ForeignKey("emergency_phrase.id"))
    clip_id: Mapped[int | None] = mapped_column(ForeignKey("clip.id"))
    clip_dialect: Mapped[str] = mapped_column(String(8), default="", server_default="")
    repeats: Mapped[int] = mapped_column(default=3)
    wording: Mapped[int] = mapped_column(default=1)
    starts_at: Mapped[datetime]
    until: Mapped[datetime]
    ordered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    ordered_at: Mapped[datetime]
    released_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    released_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    ended_at: Mapped[datetime | None]
    how: Mapped[str] = mapped_column(String(12), default="")
    clears_id: Mapped[int | None] = mapped_column(ForeignKey("emergency.id"))
    phrase: Mapped[EmergencyPhrase | None] = relationship()
    clip: Mapped[Clip | None] = relationship()
    ordered_by: Mapped[Person | None] = relationship(foreign_keys=[ordered_by_id])
    released_by: Mapped[Person | None] = relationship(foreign_keys=[released_by_id])
    ended_by: Mapped[Person | None] = relationship(foreign_keys=[ended_by_id])
    areas: Mapped[list[Area]] = relationship(secondary="emergency_area")


class EmergencyArea(Base):
    """A place where an emergency is heard, with everything below it."""

    __tablename__ = "emergency_area"
    emergency_id: Mapped[int] = mapped_column(ForeignKey("emergency.id", ondelete="CASCADE"), primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), primary_key=True, index=True)


class EmergencySent(Base):
    """When the broker had an emergency for a zone: first at all, then ``whole`` with everything that is to be said, then without it."""

    __tablename__ = "emergency_sent"
    emergency_id: Mapped[int] = mapped_column(ForeignKey("emergency.id", ondelete="CASCADE"), primary_key=True)
    zid: Mapped[str] = mapped_column(String(36), primary_key=True)
    sent_at: Mapped[datetime]
    whole_at: Mapped[datetime | None]
    gone_at: Mapped[datetime | None]


class ZoneAlert(Base):
    """The set of live emergencies of a zone: ``rev`` (Unix milliseconds) is what it should be, ``sent_rev`` what the broker has. ``awaits``: speech
    of it is still being made. ``content`` is the hash of what was sent as ``said_rev``, ``kid`` who signed it."""

    __tablename__ = "zone_alert"
    __table_args__ = (Index("ix_zone_alert_unsent", "sent_rev", "rev"), Index("ix_zone_alert_awaits", "awaits"))
    zid: Mapped[str] = mapped_column(String(36), primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    dialect: Mapped[str] = mapped_column(String(8))
    rev: Mapped[int] = mapped_column(BigInteger)
    sent_rev: Mapped[int] = mapped_column(BigInteger, default=0)
    sent_at: Mapped[datetime | None]
    awaits: Mapped[bool] = mapped_column(default=False)
    content: Mapped[str] = mapped_column(String(64), default="")
    said_rev: Mapped[int] = mapped_column(BigInteger, default=0)
    kid: Mapped[str] = mapped_column(String(40), default="")
    area: Mapped[Area] = relationship()


class AlertEmergency(Base):
    """The emergency that a part of a warning from outside became."""

    __tablename__ = "alert_emergency"
    __table_args__ = (UniqueConstraint("alert_id", "part"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    alert_id: Mapped[int] = mapped_column(ForeignKey("received_alert.id"))
    part: Mapped[int]
    emergency_id: Mapped[int] = mapped_column(ForeignKey("emergency.id"), index=True)


class Notice(Base):
    """Something that somebody wants said soon. ``state``: draft (being written), held (sent: it waits for its ten seconds, its review, its
    voices or its time), aired (its occurrences are written), undone, stopped, expired (never aired: ``error`` says why).

    ``key`` is the form's own: the same form sent twice is one notice. ``play_at`` None: as soon as it is spoken. ``later`` are local hours at
    which it is heard again each day until ``ends_at``. ``only`` are the terminals that alone shall hear it (None: the whole area), followed
    through the passing group ``group_id``.
    """

    __tablename__ = "notice"
    __table_args__ = (Index("ix_notice_state", "state", "undo_until"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"), index=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    again_of_id: Mapped[int | None] = mapped_column(ForeignKey("notice.id"))
    state: Mapped[str] = mapped_column(String(16), default="draft")
    play_at: Mapped[datetime | None]
    repeats: Mapped[int] = mapped_column(default=1)
    later: Mapped[list[str]] = mapped_column(JSON, default=list)
    ends_at: Mapped[datetime | None]
    only: Mapped[list[int] | None] = mapped_column(JSON(none_as_null=True))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("group_.id", ondelete="SET NULL"))
    schedule_id: Mapped[int | None] = mapped_column(ForeignKey("schedule.id"), index=True)
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    undo_until: Mapped[datetime | None]
    aired_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(String(500), default="")
    article: Mapped[Article] = relationship()
    area: Mapped[Area] = relationship()
    made_by: Mapped[Person] = relationship()
    group: Mapped[Group | None] = relationship()
    schedule: Mapped[Schedule | None] = relationship()


class Word(Base):
    """What somebody of a place said of what he heard, without his name: ``kind`` loud or unheard."""

    __tablename__ = "word"
    __table_args__ = (Index("ix_word_area_id", "area_id", "at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    kind: Mapped[str] = mapped_column(String(8))
    at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    area: Mapped[Area] = relationship()


class Exchange(Base):
    """The platform of a source of warnings, told in EBD packages what becomes of its messages. ``resource`` is our number there, ``url`` where
    packages go, ``serial`` the number of the last one. ``beat_at`` is the last sign of life we gave, ``heard_at`` the last one that was answered;
    ``informed_at`` and ``stated_at`` when it was told who we are, and how we are."""

    __tablename__ = "exchange"
    source_id: Mapped[int] = mapped_column(ForeignKey("alert_source.id", ondelete="CASCADE"), primary_key=True)
    resource: Mapped[str] = mapped_column(String(23))
    url: Mapped[str] = mapped_column(String(1000))
    serial: Mapped[int] = mapped_column(BigInteger, default=0)
    beat_at: Mapped[datetime | None]
    heard_at: Mapped[datetime | None]
    informed_at: Mapped[datetime | None]
    stated_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(String(300), default="")
    source: Mapped[AlertSource] = relationship()


class ExchangePackage(Base):
    """A package for another platform, kept until it has it; no newer one of the same exchange overtakes it.

    ``code`` is the state of the alert that it tells (articles.alerts.ebd), and each is told once unasked; None in what answers a question.
    ``result`` is what came back (0: nothing yet), ``answer`` its words.
    """

    __tablename__ = "exchange_package"
    __table_args__ = (UniqueConstraint("alert_id", "code"), Index("ix_exchange_package_unsent", "sent_at", "source_id", "id"))
    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("exchange.source_id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    ebd_id: Mapped[str] = mapped_column(String(41))
    related: Mapped[str] = mapped_column(String(64), default="")
    alert_id: Mapped[int | None] = mapped_column(ForeignKey("received_alert.id"))
    code: Mapped[int | None]
    xml: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    result: Mapped[int] = mapped_column(default=0)
    answer: Mapped[str] = mapped_column(String(300), default="")
