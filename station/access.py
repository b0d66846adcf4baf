"""Proofs of identity: passwords (argon2id), browser sessions, one-time links, bearer tokens; tokens are stored as hashes only."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from station.models import ApiToken, Person, SignIn

SESSION_DAYS = 7
LINK_MINUTES = 15
HALF_MINUTES = 10
PASSWORD_MIN = 10
_HASHER = PasswordHasher()


class WeakPassword(ValueError):
    """A password that would be guessed; the text says what is asked for."""


def hash_password(password: str) -> str:
    """argon2id of a password of at least ten characters. Raises WeakPassword."""
    if len(password) < PASSWORD_MIN or len(password) > 200:
        raise WeakPassword(f"a password has {PASSWORD_MIN} to 200 characters; four words in a row are good")
    if len(set(password)) < 5:
        raise WeakPassword("this password repeats itself: take at least five different characters")
    return _HASHER.hash(password)


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    return _HASHER.hash(secrets.token_urlsafe())


def set_password(session: Session, person: Person, password: str) -> None:
    """A new password; all sessions of the person end."""
    person.password_hash = hash_password(password)
    session.flush()


def check_password(session: Session, login: str, password: str, now: datetime) -> Person | None:
    """The person, or None; an unknown name takes as long as a wrong password."""
    person = session.scalar(select(Person).where(Person.login == login.strip().lower()))
    hashed = person.password_hash if person and person.password_hash else _nobodys_hash()
    try:
        _HASHER.verify(hashed, password[:200])
    except (VerifyMismatchError, InvalidHashError):
        return None
    return person if person and person.active and person.password_hash else None


def digest(token: str) -> str:
    """What is stored of a token: it has 256 random bits, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def _new_sign_in(
    session: Session, person: Person, kind: str, now: datetime, lasts: timedelta, agent: str | None = None, address: str | None = None
) -> str:
    token = secrets.token_urlsafe(32)
    row = SignIn(
        person_id=person.id, kind=kind, token_hash=digest(token), created_at=now, expires_at=now + lasts,
        agent=agent[:200] if agent else None, address=address[:64] if address else None,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return token


def open_session(session: Session, person: Person, now: datetime, agent: str | None = None, address: str | None = None) -> str:
    """The token of a new browser session, valid for a week; what the browser calls itself and whence it came is kept for the list."""
    return _new_sign_in(session, person, "session", now, timedelta(days=SESSION_DAYS), agent, address)


def open_sessions(session: Session, person: Person, now: datetime) -> list[SignIn]:
    """Where the person is signed in, newest first."""
    mine = (SignIn.person_id == person.id, SignIn.kind == "session", SignIn.ended_at.is_(None), SignIn.expires_at > now)
    return list(session.scalars(select(SignIn).where(*mine).order_by(SignIn.id.desc())))


def end_sessions(session: Session, person: Person, now: datetime, keep: str = "") -> int:
    """Sign the person out everywhere, save where the token ``keep`` is; how many sessions that ended."""
    ended = [row for row in open_sessions(session, person, now) if not keep or row.token_hash != digest(keep)]
    for row in ended:
        row.ended_at = now
    session.flush()
    return len(ended)


def make_link(session: Session, person: Person, now: datetime) -> str:
    """The token of a link that signs in once within fifteen minutes."""
    return _new_sign_in(session, person, "link", now, timedelta(minutes=LINK_MINUTES))


def _open(session: Session, token: str, kind: str, now: datetime) -> SignIn | None:
    query = select(SignIn).join(Person).where(
        SignIn.token_hash == digest(token), SignIn.kind == kind, SignIn.ended_at.is_(None), SignIn.expires_at > now,
        Person.active,
    )  # fmt: skip
    return session.scalar(query)


def open_half(session: Session, person: Person, now: datetime) -> str:
    """The token of a sign-in that waits for its second step; it opens nothing else."""
    return _new_sign_in(session, person, "half", now, timedelta(minutes=HALF_MINUTES))


def person_of_half(session: Session, token: str, now: datetime) -> Person | None:
    """Whose second step is waited for; None when it waited too long."""
    found = _open(session, token, "half", now)
    return found.person if found else None


def person_of_session(session: Session, token: str, now: datetime) -> Person | None:
    found = _open(session, token, "session", now)
    return found.person if found else None


def end_session(session: Session, token: str, now: datetime) -> None:
    """Signing out; ending what has ended changes nothing."""
    session.execute(
        update(SignIn).where(SignIn.token_hash == digest(token), SignIn.ended_at.is_(None)).values(ended_at=now)
    )


def use_link(session: Session, token: str, now: datetime) -> Person | None:
    """The person the link was made for, the first time; None when unknown, expired or used."""
    found = _open(session, token, "link", now)
    if found is None:
        return None
    used = session.execute(
        update(SignIn).where(SignIn.id == found.id, SignIn.ended_at.is_(None)).values(ended_at=now)
    )
    return found.person if used.rowcount else None  # type: ignore[attr-defined]


def make_token(
    session: Session, person: Person, name: str, now: datetime, days: int | None = 90, scopes: Iterable[str] | None = None
) -> str:
    """A bearer token with the rights of the person, or of them only these acts (to see is always among them); shown once, never again."""
    token = "xy_" + secrets.token_urlsafe(32)
    ends = now + timedelta(days=days) if days else None
    limited = sorted({"see", *scopes}) if scopes is not None else None
    session.add(
        ApiToken(person_id=person.id, name=name[:100], token_hash=digest(token), scopes=limited, created_at=now, expires_at=ends)
    )
    session.flush()
    return token


def open_token(session: Session, token: str, now: datetime) -> ApiToken | None:
    """The bearer token, when it is neither expired nor revoked; its person is limited to what the token is for."""
    found = session.scalar(select(ApiToken).where(ApiToken.token_hash == digest(token), ApiToken.revoked_at.is_(None)))
    if found is None or (found.expires_at and found.expires_at <= now) or not found.person.active:
        return None
    found.person.scopes = frozenset(found.scopes) if found.scopes is not None else None
    return found


def person_of_token(session: Session, token: str, now: datetime) -> Person | None:
    """The person behind a bearer token that is neither expired nor revoked."""
    found = open_token(session, token, now)
    return found.person if found else None


def used(session: Session, token_id: int, now: datetime) -> None:
    """Write down that the token was used."""
    session.execute(update(ApiToken).where(ApiToken.id == token_id).values(last_used_at=now))
