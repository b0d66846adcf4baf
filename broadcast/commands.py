"""Something now: a test chime, louder, quieter, mute, stop. Written down first, then sent, then answered."""

from __future__ import annotations

import secrets
import zlib
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcast.models import OutCommand
from devices.keys import COMMAND_TTL, StationKeys
from devices.models import Release, Terminal
from station import audit
from station.areas import branch
from station.clock import to_ms
from station.models import Area, Person
from station.people import require
from wire.messages import Command
from wire.topics import Topics

TTL_MAX_S = int(COMMAND_TTL.total_seconds())
OPS = ("chime", "volume", "mute", "stop", "report", "selftest", "log", "update")


class BadCommand(ValueError):
    """A command that cannot be; the text says why."""


def send_command(
    session: Session, *, person: Person, terminal: Terminal, op: str, now: datetime, args: dict[str, Any] | None = None, ttl_s: int = 120
) -> OutCommand:
    """A command to one terminal, good for ``ttl_s`` seconds. Raises NotAllowed, BadCommand."""
    require(session, person, "devices", terminal.area)
    if op not in OPS:
        raise BadCommand(f"no command is called {op!r}: take one of {', '.join(OPS)}")
    volume = (args or {}).get("volume")
    if op == "volume" and (type(volume) is not int or not 0 <= volume <= 100):
        raise BadCommand("the volume is a whole number from 0 to 100")
    if op == "mute" and type((args or {}).get("muted", True)) is not bool:
        raise BadCommand("muted is true or false")
    if op == "update":
        word = session.scalar(select(Release.signed).where(Release.version == str((args or {}).get("version", ""))))
        if word is None:
            raise BadCommand("no such version was released")
        args = {**(args or {}), "release": word}
    if not 0 < ttl_s <= TTL_MAX_S:
        raise BadCommand(f"a command is good for at most {TTL_MAX_S} seconds, not {ttl_s}")
    if terminal.state != "active":
        raise BadCommand(f"{terminal.name} was revoked: pair it again first")
    command = OutCommand(
        id=secrets.token_hex(8), aud=terminal.did, op=op, args=args or {}, made_by_id=person.id, created_at=now,
        expires_at=now + timedelta(seconds=ttl_s),
    )  # fmt: skip
    session.add(command)
    session.flush()
    audit.record(
        session, person=person, act=op, subject="terminal", subject_id=terminal.id, area=terminal.area, now=now, command=command.id,
        args={name: value for name, value in command.args.items() if name != "release"},
    )  # fmt: skip
    return command


def is_muted(session: Session, terminal: Terminal) -> bool:
    """Whether it is muted: by the last mute or unmute that it obeyed, or by its own report when that is newer."""
    query = select(OutCommand.args, OutCommand.acked_at).where(OutCommand.aud == terminal.did, OutCommand.op == "mute", OutCommand.result == "done")
    last = session.execute(query.order_by(OutCommand.created_at.desc()).limit(1)).first()
    said = terminal.reported or {}
    if "muted" in said and (last is None or last.acked_at is None or int(said.get("at_ms") or 0) > to_ms(last.acked_at)):
        return bool(said["muted"])
    return last is not None and bool(last.args.get("muted", True))


def update_some(session: Session, *, person: Person, area: Area, version: str, percent: int, now: datetime) -> list[OutCommand]:
    """Orders the version for so many of a hundred of the branch's loudspeakers, always the same first ones, that do not run it yet.

    Raises NotAllowed, BadCommand.
    """
    require(session, person, "devices", area)
    if not 1 <= percent <= 100:
        raise BadCommand("give a share of 1 to 100 of a hundred")
    query = select(Terminal).join(Area, Terminal.area_id == Area.id).where(branch(area), Terminal.state == "active", Terminal.kind == "loudspeaker")
    found = [each for each in session.scalars(query) if zlib.crc32(each.did.encode()) % 100 < percent and (each.reported or {}).get("version") != version]
    return [send_command(session, person=person, terminal=each, op="update", now=now, args={"version": version}, ttl_s=TTL_MAX_S) for each in found]


def command_letter(row: OutCommand, keys: StationKeys, topics: Topics, now: datetime) -> tuple[str, bytes]:
    """Topic and signed payload of a command to a terminal or a zone."""
    command = Command(row.id, row.op, row.args)
    signed = keys.sign(command.to_json(), typ=Command.typ, aud=row.aud, seq=to_ms(row.created_at), now=now, expires=row.expires_at)
    return topics.zone(row.aud, "cmd") if row.to_zone else topics.down(row.aud, "cmd"), signed
