"""The second step of signing in: six digits that the person's telephone shows for half a minute, or one of ten codes on paper."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from urllib.parse import quote, urlencode

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from station.access import digest
from station.models import Grant, Person, RecoveryCode, SecondStep
from station.vault import Vault

# RFC 6238 as every telephone program knows it: HMAC-SHA-1, steps of 30 seconds, six digits; a clock may be one step off either way.
STEP_S, DIGITS, SECRET_BYTES, OFF = 30, 6, 20, 1
# Codes on paper: 80 random bits each in letters and digits that nobody confuses, so that a plain hash is enough.
CODES, CODE_LETTERS, ALPHABET = 10, 16, "abcdefghjkmnpqrstuvwxyz23456789"
# After so many wrong codes in a row the person waits: a minute, then twice as long each time, up to an hour. Whoever knows the password guesses
# 24 times a day then, of a million.
FREE_TRIES, WAIT, WAIT_MOST = 5, timedelta(minutes=1), timedelta(hours=1)


class WrongCode(ValueError):
    """The digits do not fit (or were used before); the text says what to look at."""


class Waiting(WrongCode):
    """Too many wrong codes: nothing is looked at before ``until``."""

    def __init__(self, until: datetime, now: datetime) -> None:
        self.until, self.minutes = until, max(1, -(-int((until - now).total_seconds()) // 60))
        super().__init__(f"too many wrong codes: try again in {self.minutes} minutes")


def digits(secret: str, step: int) -> str:
    """The six digits of a step (RFC 4226 5.3); ``secret`` is base32."""
    mac = hmac.digest(base64.b32decode(secret), step.to_bytes(8, "big"), hashlib.sha1)
    at = mac[-1] & 0x0F
    number = int.from_bytes(mac[at : at + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def step_of(now: datetime) -> int:
    """Which half minute since 1970 this is."""
    return int(now.timestamp()) // STEP_S


def fitting_step(secret: str, given: str, now: datetime, after: int) -> int | None:
    """The step whose digits these are: this one or a neighbour, and later than ``after``, the last that was used; None for no such step."""
    here = step_of(now)
    fits = [step for step in range(here - OFF, here + OFF + 1) if hmac.compare_digest(digits(secret, step).encode(), given.encode())]
    return next((step for step in fits if step > after), None)


def address(secret: str, login: str, station: str) -> str:
    """What the code that the telephone photographs says (otpauth)."""
    asked = urlencode({"secret": secret, "issuer": station, "algorithm": "SHA1", "digits": DIGITS, "period": STEP_S}, quote_via=quote)
    return f"otpauth://totp/{quote(station)}:{quote(login)}?{asked}"


def _whose(person: Person) -> str:
    return f"second step {person.id}"


def _row(session: Session, person: Person) -> SecondStep | None:
    return session.scalar(select(SecondStep).where(SecondStep.person_id == person.id))


def begin(session: Session, vault: Vault, person: Person, now: datetime) -> str:
    """A new secret (base32), to be shown this once; it counts when ``confirm`` was given digits of it. One in use is left alone: WrongCode."""
    if person.second_step_at is not None:
        raise WrongCode("there is a second step already: take it away first")
    secret = base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()
    found = _row(session, person)
    if found is None:
        found = SecondStep(person_id=person.id, secret="", last_step=0, wrong=0, created_at=now)
        session.add(found)
    found.secret, found.last_step, found.created_at = vault.seal(secret, _whose(person)), 0, now
    session.flush()
    return secret


def begun(session: Session, person: Person) -> bool:
    """Whether a secret was shown that has not been confirmed yet."""
    return person.second_step_at is None and _row(session, person) is not None


def confirm(session: Session, vault: Vault, person: Person, given: str, now: datetime) -> list[str]:
    """The telephone shows the right digits: from now on they are asked for. Returns the codes for paper. Raises WrongCode, Locked."""
    if person.second_step_at is not None:
        raise WrongCode("there is a second step already: take it away first")
    _check(session, vault, person, given, now)
    person.second_step_at = now
    session.flush()
    return fresh_codes(session, person)


def check(session: Session, vault: Vault, person: Person, given: str, now: datetime) -> str:
    """Whether the person may go on: "digits" or "paper" says by which. Each code opens once. Raises WrongCode, Waiting, Locked (paper still opens)."""
    plain = "".join(given.split()).replace("-", "").lower()
    if len(plain) == CODE_LETTERS:
        _free_to_try(session, person, now)
        _use_paper(session, person, plain, now)
        return "paper"
    _check(session, vault, person, plain, now)
    return "digits"


def _free_to_try(session: Session, person: Person, now: datetime) -> SecondStep:
    found = _row(session, person)
    if found is None:
        raise WrongCode("no second step is set up")
    if found.not_before is not None and found.not_before > now:
        raise Waiting(found.not_before, now)
    return found


def _check(session: Session, vault: Vault, person: Person, given: str, now: datetime) -> None:
    found = _free_to_try(session, person, now)
    step = fitting_step(vault.open(found.secret, _whose(person)), "".join(given.split()), now, found.last_step)
    if step is None:
        _was_wrong(session, found, now)
        raise WrongCode("these digits do not fit: wait for the next ones, and look whether the telephone's clock is right")
    mine = (SecondStep.id == found.id, SecondStep.last_step < step)
    if not session.execute(update(SecondStep).where(*mine).values(last_step=step, wrong=0, not_before=None)).rowcount:  # type: ignore[attr-defined]
        raise WrongCode("these digits were used a moment ago: wait for the next ones")


def _use_paper(session: Session, person: Person, plain: str, now: datetime) -> None:
    mine = (RecoveryCode.person_id == person.id, RecoveryCode.code_hash == digest(plain), RecoveryCode.used_at.is_(None))
    if not session.execute(update(RecoveryCode).where(*mine).values(used_at=now)).rowcount:  # type: ignore[attr-defined]
        _was_wrong(session, _free_to_try(session, person, now), now)
        raise WrongCode("this code is none of yours, or was used before: take the next one of the list")
    session.execute(update(SecondStep).where(SecondStep.person_id == person.id).values(wrong=0, not_before=None))


def _was_wrong(session: Session, found: SecondStep, now: datetime) -> None:
    found.wrong += 1
    if found.wrong >= FREE_TRIES:
        found.not_before = now + min(WAIT * 2 ** min(found.wrong - FREE_TRIES, 10), WAIT_MOST)
    session.flush()


def fresh_codes(session: Session, person: Person) -> list[str]:
    """Ten new codes for paper, to be shown this once ("abcd-efgh-jkmn-pqrs"); the old ones open nothing any more."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    codes = ["".join(secrets.choice(ALPHABET) for _ in range(CODE_LETTERS)) for _ in range(CODES)]
    session.add_all(RecoveryCode(person_id=person.id, code_hash=digest(each)) for each in codes)
    session.flush()
    return ["-".join(each[at : at + 4] for at in range(0, CODE_LETTERS, 4)) for each in codes]


def codes_left(session: Session, person: Person) -> int:
    """How many codes on paper still open."""
    query = select(func.count()).select_from(RecoveryCode).where(RecoveryCode.person_id == person.id, RecoveryCode.used_at.is_(None))
    return session.scalar(query) or 0


def take_away(session: Session, person: Person) -> bool:
    """No second step any more (a lost telephone); False when there was none."""
    had = person.second_step_at is not None
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    session.execute(delete(SecondStep).where(SecondStep.person_id == person.id))
    person.second_step_at = None
    session.flush()
    return had


def asked_for(session: Session, person: Person, roles: Collection[str]) -> bool:
    """Whether this person signs in with a second step only: asked of the person, or of one of the roles that the person holds."""
    if person.second_step_asked:
        return True
    return bool(roles) and session.scalar(select(Grant.id).where(Grant.person_id == person.id, Grant.role.in_(roles)).limit(1)) is not None
