"""Logs of terminals: come in blocks after somebody ordered one, kept by their digest, read by who may see to the terminal."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcast.models import OutCommand
from devices.models import Terminal
from station.files import Files
from wire.blocks import Block, count
from wire.messages import BadMessage

# A log is not larger than this, and so many come in at the same time.
LOG_MAX, AT_ONCE = 1024 * 1024, 64


@dataclass
class _Coming:
    sha: str
    size: int
    length: int
    parts: dict[int, bytes] = field(default_factory=dict)


class Logs:
    """Puts blocks together. Half a log that nobody ends is forgotten for newer ones."""

    def __init__(self, files: Files) -> None:
        self.files = files
        self._coming: OrderedDict[str, _Coming] = OrderedDict()

    def take(self, session: Session, terminal: Terminal, payload: bytes, now: datetime) -> str | None:
        """The digest of a log that is whole now, else None. BadMessage for what nobody ordered or what does not fit."""
        block = Block.from_bytes(payload)
        if block.size > LOG_MAX:
            raise BadMessage(f"log: {block.size} bytes, more than the {LOG_MAX} allowed")
        coming = self._coming.get(terminal.did)
        if coming is None or (coming.sha, coming.size, coming.length) != (block.sha, block.size, block.length):
            if not _ordered(session, terminal, now):
                raise BadMessage("log: nobody has ordered one")
            coming = self._coming[terminal.did] = _Coming(block.sha, block.size, block.length)
            while len(self._coming) > AT_ONCE:
                self._coming.popitem(last=False)
        coming.parts[block.n] = block.data
        if len(coming.parts) < count(block.size, block.length):
            return None
        del self._coming[terminal.did]
        whole = b"".join(coming.parts[n] for n in sorted(coming.parts))
        if (sha := self.files.put(whole)) != block.sha:
            raise BadMessage("log: the bytes are not those of the digest")
        return sha


def _ordered(session: Session, terminal: Terminal, now: datetime) -> bool:
    query = select(OutCommand.id).where(
        OutCommand.aud == terminal.did, OutCommand.op == "log", OutCommand.acked_at.is_(None), OutCommand.sent_at.is_not(None), OutCommand.expires_at > now
    )
    return session.scalar(query.limit(1)) is not None


def log_files(files: Files) -> Files:
    """Where logs are kept: beside the sound, and never given out by digest alone."""
    return Files(files.root.parent / "logs")


def log_of(session: Session, terminal: Terminal, command_id: str) -> str | None:
    """The digest of the log that this command brought from this terminal; None when it brought none."""
    command = session.get(OutCommand, command_id)
    if command is None or command.aud != terminal.did or command.op != "log" or command.result != "done":
        return None
    return command.detail
