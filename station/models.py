"""Places and people: the area tree, who may do what in which branch, and who did what."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import DDL, JSON, BigInteger, ForeignKey, Index, String, Text, UniqueConstraint, event, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from station.database import Base

LEVELS = ("centre", "province", "city", "county", "town", "village", "community", "campus")
ROLES = ("admin", "reviewer", "operator")
# What may be said; a right may be limited to some of them. Live: to speak into the loudspeakers at once.
KINDS = ("programme", "notice", "live", "emergency")


class Area(Base):
    """A place of the tree province > city > county > town > village. ``zid`` is its name on the wire; ``path`` holds the ids
    from the root down to itself ("/1/4/9/"), so that a branch is one prefix; ``tz`` and ``dialect`` are inherited when None."""

    __tablename__ = "area"
    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"), index=True)
    level: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(100))
    zid: Mapped[str] = mapped_column(String(24), unique=True)
    code: Mapped[str | None] = mapped_column(String(12), unique=True)
    tz: Mapped[str | None] = mapped_column(String(64))
    dialect: Mapped[str | None] = mapped_column(String(8))
    path: Mapped[str] = mapped_column(String(200), index=True)
    metered: Mapped[bool] = mapped_column(default=False, server_default=false())  # every byte of its terminals' lines is paid for
    lat: Mapped[float | None]  # degrees north and east; only drawn, in whichever system the station's own map is kept
    lon: Mapped[float | None]
    created_at: Mapped[datetime]
    parent: Mapped[Area | None] = relationship(remote_side=[id])


class Person(Base):
    """Somebody who signs in. ``password_hash`` is argon2id; None until a sign-in link was used to set one. ``scopes`` is no column: the
    acts to which the token that speaks for the person is limited, None for all of them. ``second_step_asked``: signing in takes a second step
    whatever the roles; ``second_step_at``: since when the person has one."""

    __tablename__ = "person"
    __allow_unmapped__ = True
    scopes: frozenset[str] | None = None
    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    locale: Mapped[str] = mapped_column(String(8), default="zh")
    active: Mapped[bool] = mapped_column(default=True)
    second_step_asked: Mapped[bool] = mapped_column(default=False, server_default=false())
    second_step_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Grant(Base):
    """A role in a branch: what this person may do in this area and everywhere below it. Each limit is None where there is none: of which
    ``kinds`` the person may speak, in which ``hours`` of the place ("06:00-22:00"), in which written ``langs``, and up to which level a place
    may be addressed as a whole (``highest``: "village" lets speak to each village, never to the county at once)."""

    __tablename__ = "grant_"
    __table_args__ = (UniqueConstraint("person_id", "area_id", "role"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    role: Mapped[str] = mapped_column(String(16))
    kinds: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    hours: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    langs: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    highest: Mapped[str | None] = mapped_column(String(16))
    person: Mapped[Person] = relationship()
    area: Mapped[Area] = relationship()


class SignIn(Base):
    """A browser's session, a one-time sign-in link, or a session half-way that waits for the second step; only the hash of its token is stored."""

    __tablename__ = "sign_in"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str] = mapped_column(String(8))  # session, link, half
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    agent: Mapped[str | None] = mapped_column(String(200))  # what the browser calls itself
    address: Mapped[str | None] = mapped_column(String(64))
    person: Mapped[Person] = relationship()


class SecondStep(Base):
    """What a person's telephone makes its digits of (``secret``: sealed in the vault). ``last_step`` was used and opens nothing again; ``wrong`` codes
    in a row make the person wait until ``not_before``."""

    __tablename__ = "second_step"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    secret: Mapped[str] = mapped_column(String(200))
    last_step: Mapped[int] = mapped_column(BigInteger)
    wrong: Mapped[int]
    not_before: Mapped[datetime | None]
    created_at: Mapped[datetime]


class RecoveryCode(Base):
    """A code on paper that opens once in the place of the telephone; only its hash is stored."""

    __tablename__ = "recovery_code"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None]


class ApiToken(Base):
    """A bearer token for a machine, with the rights of the person who made it, or with some of them (``scopes``: acts; None for all);
    shown once, stored as a hash."""

    __tablename__ = "api_token"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    person: Mapped[Person] = relationship()


class AuditEntry(Base):
    """Who did what to which thing, where and when. Rows are only ever added."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_subject", "subject", "subject_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    act: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(24))
    subject_id: Mapped[str] = mapped_column(String(40))
    area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    person: Mapped[Person | None] = relationship()
    area: Mapped[Area | None] = relationship()


class Webhook(Base):
    """An address that is told of what happens in a branch: of which ``subjects`` of the audit log. ``secret`` is sealed (station.vault).

    ``after_id``: entries up to this one were looked through for good; ``off_because``: why the station itself stopped telling it.
    """

    __tablename__ = "webhook"
    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    url: Mapped[str] = mapped_column(String(1000))
    secret: Mapped[str] = mapped_column(String(300), default="")
    subjects: Mapped[list[str]] = mapped_column(JSON, default=list)
    active: Mapped[bool] = mapped_column(default=True)
    off_because: Mapped[str] = mapped_column(String(300), default="")
    after_id: Mapped[int] = mapped_column(BigInteger, default=0)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    area: Mapped[Area] = relationship()


class WebhookDelivery(Base):
    """One message to one address: ``audit_id`` None for a trial. ``state``: wanted, sent, failed (given up). ``status`` is what was answered last."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (UniqueConstraint("webhook_id", "audit_id"), Index("ix_webhook_delivery_state", "state", "not_before"))
    id: Mapped[int] = mapped_column(primary_key=True)
    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhook.id", ondelete="CASCADE"), index=True)
    audit_id: Mapped[int | None] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    body: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(8), default="wanted")
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime | None]
    status: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime] = mapped_column(index=True)
    done_at: Mapped[datetime | None]
    webhook: Mapped[Webhook] = relationship()


class AuditSeal(Base):
    """A link of the chain over the audit log: the digest of the seal before it and of every entry up to ``last_id``."""

    __tablename__ = "audit_seal"
    id: Mapped[int] = mapped_column(primary_key=True)
    last_id: Mapped[int] = mapped_column(unique=True)
    entries: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]


# Entries are only ever added. The place alone may change: when one is removed, what is told of it goes over to the place above it.
_FIXED = "id, at, person_id, act, subject, subject_id, detail"
AUDIT_ADDED_ONLY: dict[str, tuple[str, ...]] = {
    "sqlite": (
        f"CREATE TRIGGER audit_entry_kept BEFORE UPDATE OF {_FIXED} ON audit_entry BEGIN SELECT RAISE(ABORT, 'audit entries are only ever added'); END",
        "CREATE TRIGGER audit_entry_stays BEFORE DELETE ON audit_entry BEGIN SELECT RAISE(ABORT, 'audit entries are only ever added'); END",
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION audit_added_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'audit entries are only ever added'; END $$",
        f"CREATE TRIGGER audit_entry_kept BEFORE UPDATE OF {_FIXED} ON audit_entry FOR EACH ROW EXECUTE FUNCTION audit_added_only()",
        "CREATE TRIGGER audit_entry_stays BEFORE DELETE ON audit_entry FOR EACH ROW EXECUTE FUNCTION audit_added_only()",
        "CREATE TRIGGER audit_entry_whole BEFORE TRUNCATE ON audit_entry FOR EACH STATEMENT EXECUTE FUNCTION audit_added_only()",
    ),
}
for _dialect, _statements in AUDIT_ADDED_ONLY.items():
    for _statement in _statements:
        event.listen(AuditEntry.__table__, "after_create", DDL(_statement).execute_if(dialect=_dialect))  # type: ignore[no-untyped-call]


class DutyEntry(Base):
    """A line of a place's duty book. ``kind``: on (begins; ``other_id`` is whoever was on and is relieved), off (ends), note. ``text`` is what was
    said or handed over. Rows are only ever added: a slip is put right by another line."""

    __tablename__ = "duty_entry"
    __table_args__ = (Index("ix_duty_entry_area_id_id", "area_id", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    at: Mapped[datetime]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(8))
    other_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    text: Mapped[str] = mapped_column(Text, default="")
    area: Mapped[Area] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    other: Mapped[Person | None] = relationship(foreign_keys=[other_id])


DUTY_ADDED_ONLY: dict[str, tuple[str, ...]] = {
    "sqlite": (
        "CREATE TRIGGER duty_entry_kept BEFORE UPDATE ON duty_entry BEGIN SELECT RAISE(ABORT, 'lines of the duty book are only ever added'); END",
        "CREATE TRIGGER duty_entry_stays BEFORE DELETE ON duty_entry BEGIN SELECT RAISE(ABORT, 'lines of the duty book are only ever added'); END",
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION duty_added_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'lines of the duty book are only ever added'; END $$",
        "CREATE TRIGGER duty_entry_kept BEFORE UPDATE OR DELETE ON duty_entry FOR EACH ROW EXECUTE FUNCTION duty_added_only()",
        "CREATE TRIGGER duty_entry_whole BEFORE TRUNCATE ON duty_entry FOR EACH STATEMENT EXECUTE FUNCTION duty_added_only()",
    ),
}
for _dialect, _statements in DUTY_ADDED_ONLY.items():
    for _statement in _statements:
        event.listen(DutyEntry.__table__, "after_create", DDL(_statement).execute_if(dialect=_dialect))  # type: ignore[no-untyped-call]
