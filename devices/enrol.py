"""First contact: a terminal shows a code, somebody entitled types it, and the terminal has an identity of its own."""

from __future__ import annotations

import base64
import secrets
import unicodedata
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from devices.keys import StationKeys
from devices.models import Group, GroupMember, Pairing, PairingTry, Terminal
from devices.wanted import new_wants
from station import audit
from station.areas import branch, new_zid
from station.models import Area, Person
from station.people import require
from wire.messages import Credentials, PairRequest
from wire.sealing import CODE_DIGITS, pairing_code, seal
from wire.signing import unb64

PENDING_MAX = 500
WRONG_MAX = 5
WRONG_WINDOW = timedelta(minutes=10)
GROUPS_MAX = 3
STAGGER_MAX_MS = 10_000


class EnrolError(ValueError):
    """A terminal could not be enrolled or changed; the text says what to do."""


class CodeWrong(EnrolError):
    """No terminal shows this code."""


class CodeExpired(EnrolError):
    """The code is older than ten minutes."""


class CodeUsed(EnrolError):
    """The code was typed before."""


class TooManyTries(EnrolError):
    """Too many wrong codes from one person."""


def heard_pair_request(session: Session, request: PairRequest, now: datetime, minutes: int = 10) -> Pairing | None:
    """Write down that a terminal asks; hearing it again changes nothing. None when it cannot be taken (bad key, too many)."""
    try:
        fits = len(unb64(request.pk)) == 32
    except ValueError:
        fits = False
    if not fits or not 8 <= len(request.nonce) <= 36:
        return None
    known = session.scalar(select(Pairing).where(Pairing.nonce == request.nonce))
    if known is not None:
        return known
    session.execute(delete(Pairing).where(Pairing.expires_at < now - timedelta(days=1), Pairing.terminal_id.is_(None)))
    pending = session.scalar(select(func.count()).where(Pairing.expires_at > now, Pairing.terminal_id.is_(None))) or 0
    if pending >= PENDING_MAX:
        return None
    pairing = Pairing(
        nonce=request.nonce, pk=request.pk, code=pairing_code(request.pk, request.nonce), model=request.model[:100],
        name=request.name[:100], version=request.version[:40], created_at=now, expires_at=now + timedelta(minutes=minutes),
    )  # fmt: skip
    session.add(pairing)
    session.flush()
    return pairing


def pair(
    session: Session, *, person: Person, code: str, area: Area, name: str, now: datetime, keys: StationKeys,
    base_urls: Sequence[str], domain: str, hash_password: Callable[[str], str],
) -> Terminal:  # fmt: skip
    """The terminal that shows ``code`` now hangs in ``area``. Its credentials are sealed to its own key and wait to be sent.

    Raises NotAllowed, CodeWrong, CodeExpired, CodeUsed, TooManyTries. A wrong try is counted even though the error follows:
    call it in a transaction that is committed.
    """
    require(session, person, "devices", area)
    pairing = _find(session, person, code, now)
    password = secrets.token_urlsafe(24)
    terminal = Terminal(
        did="t" + base64.b32encode(secrets.token_bytes(10)).decode().lower(), area_id=area.id, model=pairing.model,
        name=name.strip()[:100] or pairing.name or f"{area.name} {code[-4:]}", password_hash=hash_password(password),
        paired_by_id=person.id, created_at=now,
    )  # fmt: skip
    session.add(terminal)
    session.flush()
    claimed = session.execute(
        update(Pairing).where(Pairing.id == pairing.id, Pairing.terminal_id.is_(None)).values(terminal_id=terminal.id)
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    if claimed.rowcount != 1:  # type: ignore[attr-defined]  # somebody else typed it at the same moment
        session.delete(terminal)
        session.flush()
        raise CodeUsed("this code was used already: restart the terminal to get a new one")
    secret = Credentials(terminal.did, password, domain, area.name, (keys.root_key,), tuple(base_urls))
    session.refresh(pairing)
    pairing.answer = seal(secret.to_json(), pairing.pk, pairing.nonce)
    audit.record(session, person=person, act="pair", subject="terminal", subject_id=terminal.id, area=area, now=now, did=terminal.did, name=terminal.name)
    return terminal


def wrong_tries(session: Session, person: Person, now: datetime) -> int:
    """How many wrong codes the person typed in the last ten minutes."""
    query = select(func.count()).where(PairingTry.person_id == person.id, PairingTry.at > now - WRONG_WINDOW, ~PairingTry.good)
    return session.scalar(query) or 0


def _find(session: Session, person: Person, code: str, now: datetime) -> Pairing:
    if wrong_tries(session, person, now) >= WRONG_MAX:
        raise TooManyTries("five wrong codes in ten minutes: wait ten minutes, then read the code from the terminal again")
    # full-width digits of a Chinese keyboard are digits too
    typed = "".join(str(unicodedata.decimal(each)) for each in code if each.isdecimal())
    found = session.scalars(select(Pairing).where(Pairing.code == typed).order_by(Pairing.id.desc())).all() if len(typed) == CODE_DIGITS else []
    fresh = [each for each in found if each.expires_at > now and each.terminal_id is None]
    session.add(PairingTry(person_id=person.id, at=now, good=len(fresh) == 1))
    session.flush()
    if len(fresh) == 1:
        return fresh[0]
    if len(fresh) > 1:  # two keys, one code: nobody can tell which terminal is meant
        for each in fresh:
            each.expires_at = now
        raise CodeExpired("two terminals show the same code: restart the terminal and type its new code")
    if any(each.terminal_id is not None for each in found):
        raise CodeUsed("this code was used already: restart the terminal to get a new one")
    if found:
        raise CodeExpired("this code has expired: the terminal shows a new one now")
    raise CodeWrong(f"no terminal shows this code: it has {CODE_DIGITS} digits, and the terminal must be connected to this station")


def revoke(session: Session, *, person: Person, terminal: Terminal, now: datetime) -> None:
    """The terminal's credentials are no longer good; it is thrown out at once. Doing it twice changes nothing."""
    require(session, person, "devices", terminal.area)
    if terminal.state == "revoked":
        return
    terminal.state, terminal.revoked_at, terminal.presence, terminal.password_hash = "revoked", now, "off", ""
    session.flush()
    audit.record(session, person=person, act="revoke", subject="terminal", subject_id=terminal.id, area=terminal.area, now=now, did=terminal.did)


def change(
    session: Session, *, person: Person, terminal: Terminal, now: datetime, name: str | None = None, area: Area | None = None,
    volume: int | None = None, dialect: str | None = None, clear_dialect: bool = False, metered: bool | None = None,
    head: bool | None = None,
) -> None:  # fmt: skip
    """Rename, move, make louder or quieter (0..100), or let it speak another dialect than its area."""
    require(session, person, "devices", terminal.area)
    before = {"name": terminal.name, "area": terminal.area_id, "volume": terminal.volume, "dialect": terminal.dialect, "metered": terminal.metered, "head": terminal.head}
    if area is not None:
        require(session, person, "devices", area)
        terminal.area_id, terminal.area = area.id, area
    if name is not None:
        if not name.strip():
            raise EnrolError("give the terminal a name: where it hangs is a good one")
        terminal.name = name.strip()[:100]
    if volume is not None:
        if not 0 <= volume <= 100:
            raise EnrolError(f"volume {volume} is outside 0 to 100")
        terminal.volume = volume
    if metered is not None:
        terminal.metered = metered
    if head is not None:
        terminal.head = head
    if dialect is not None or clear_dialect:
        terminal.dialect = dialect
    after = {"name": terminal.name, "area": terminal.area_id, "volume": terminal.volume, "dialect": terminal.dialect, "metered": terminal.metered, "head": terminal.head}
    if after != before:
        terminal.want_rev += 1
        if (after["head"], after["area"]) != (before["head"], before["area"]) and (terminal.head or before["head"]):
            _tell_places(session, {terminal.area_id, int(str(before["area"]))})
        session.flush()
        audit.record(session, person=person, act="change", subject="terminal", subject_id=terminal.id, area=terminal.area, now=now, before=before, after=after)


def _tell_places(session: Session, areas: set[int]) -> None:
    """Everybody there gets a new want: a head came or went."""
    session.flush()
    new_wants(session, Terminal.area_id.in_(areas))


def set_metered(session: Session, *, person: Person, area: Area, metered: bool, now: datetime) -> None:
    """Every byte of the lines of this branch is paid for, or no more; its terminals are told."""
    require(session, person, "devices", area)
    if area.metered == metered:
        return
    area.metered = metered
    session.flush()
    below = select(Area.id).where(branch(area)).scalar_subquery()
    new_wants(session, Terminal.area_id.in_(below))
    audit.record(session, person=person, act="metered" if metered else "not metered", subject="area", subject_id=area.id, area=area, now=now)


def make_group(session: Session, *, person: Person, area: Area, name: str, now: datetime, stagger_ms: int = 0) -> Group:
    """An empty group of terminals of this branch, which begin ``stagger_ms`` later than planned."""
    require(session, person, "devices", area)
    if not name.strip():
        raise EnrolError("give the group a name")
    group = Group(area_id=area.id, name=name.strip()[:100], zid="g" + new_zid()[1:], stagger_ms=_stagger(stagger_ms), created_at=now)
    session.add(group)
    session.flush()
    audit.record(session, person=person, act="make", subject="group", subject_id=group.id, area=area, now=now, name=group.name)
    return group


def _stagger(ms: int) -> int:
    if not 0 <= ms <= STAGGER_MAX_MS:
        raise EnrolError(f"a group begins 0 to {STAGGER_MAX_MS} ms later, not {ms}")
    return ms


def set_stagger(session: Session, *, person: Person, group: Group, stagger_ms: int, now: datetime) -> None:
    """So much later than planned the group's terminals begin; 0 for one common start. They are told by one UPDATE. Raises NotAllowed, EnrolError."""
    require(session, person, "devices", group.area)
    before, group.stagger_ms = group.stagger_ms, _stagger(stagger_ms)
    if before == stagger_ms:
        return
    session.flush()
    members = select(GroupMember.terminal_id).where(GroupMember.group_id == group.id)
    new_wants(session, Terminal.id.in_(members))
    audit.record(
        session, person=person, act="stagger", subject="group", subject_id=group.id, area=group.area, now=now, before=before, after=stagger_ms,
    )  # fmt: skip


def set_member(session: Session, *, person: Person, group: Group, terminal: Terminal, member: bool, now: datetime) -> None:
    """Put the terminal into the group, or take it out; at most three groups a terminal."""
    require(session, person, "devices", terminal.area)
    require(session, person, "devices", group.area)
    if not terminal.area.path.startswith(group.area.path):
        raise EnrolError(f"{terminal.name} does not hang in {group.area.name}: a group holds terminals of its own branch")
    lasting = select(GroupMember.group_id).join(Group).where(GroupMember.terminal_id == terminal.id, Group.passing.is_(False))
    rows = session.scalars(lasting).all()
    if (group.id in rows) == member:
        return
    if member and len(rows) >= GROUPS_MAX:
        raise EnrolError(f"{terminal.name} is in {GROUPS_MAX} groups already: take it out of one first")
    if member:
        session.add(GroupMember(group_id=group.id, terminal_id=terminal.id))
    else:
        session.execute(delete(GroupMember).where(GroupMember.group_id == group.id, GroupMember.terminal_id == terminal.id))
    terminal.want_rev += 1
    session.flush()
    audit.record(session, person=person, act="put in" if member else "take out", subject="group", subject_id=group.id, area=group.area, now=now, terminal=terminal.id)
