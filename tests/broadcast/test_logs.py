"""A terminal's log comes when it was ordered, whole or not at all."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from broadcast.commands import send_command
from broadcast.logs import LOG_MAX, Logs, log_of
from broadcast.models import OutCommand
from devices.models import Terminal
from station.files import Files
from tests.broadcast.builders import a_terminal
from tests.people import Village
from wire.blocks import Block, count
from wire.messages import BadMessage

LOG = bytes(range(256)) * 200
SHA = hashlib.sha256(LOG).hexdigest()
LENGTH = 16_384


def _blocks(content: bytes = LOG, sha: str = SHA) -> list[bytes]:
    return [Block(sha, len(content), LENGTH, n, content[n * LENGTH : (n + 1) * LENGTH]).to_bytes() for n in range(count(len(content), LENGTH))]


@pytest.fixture
def terminal(session: Session, village: Village, now: datetime) -> Terminal:
    return a_terminal(session, village.village_a, now)


@pytest.fixture
def logs(tmp_path: Path) -> Logs:
    return Logs(Files(tmp_path / "logs"))


def _order(session: Session, village: Village, terminal: Terminal, now: datetime) -> OutCommand:
    command = send_command(session, person=village.operator, terminal=terminal, op="log", now=now)
    command.sent_at = now
    session.flush()
    return command


def test_blocks_in_any_order_and_twice_make_the_log(session: Session, village: Village, terminal: Terminal, logs: Logs, now: datetime) -> None:
    command = _order(session, village, terminal, now)
    first, *others = reversed(_blocks())
    found = [logs.take(session, terminal, each, now) for each in (first, first, *others)]
    assert found == [None] * (len(found) - 1) + [SHA] and logs.files.get(SHA) == LOG
    assert log_of(session, terminal, command.id) is None
    command.result, command.detail = "done", SHA
    assert log_of(session, terminal, command.id) == SHA
    assert log_of(session, a_terminal(session, village.village_a, now), command.id) is None


def test_what_nobody_ordered_is_refused(session: Session, village: Village, terminal: Terminal, logs: Logs, now: datetime) -> None:
    with pytest.raises(BadMessage, match="ordered"):
        logs.take(session, terminal, _blocks()[0], now)
    _order(session, village, terminal, now)
    with pytest.raises(BadMessage, match="ordered"):
        logs.take(session, terminal, _blocks()[0], now + timedelta(hours=1))


def test_a_log_that_is_too_large_or_another_is_refused(session: Session, village: Village, terminal: Terminal, logs: Logs, now: datetime) -> None:
    _order(session, village, terminal, now)
    with pytest.raises(BadMessage, match="allowed"):
        logs.take(session, terminal, Block(SHA, LOG_MAX + 1, LENGTH, 0, LOG[:LENGTH]).to_bytes(), now)
    evil = _blocks(LOG[:-1] + b"?")
    for each in evil[:-1]:
        assert logs.take(session, terminal, each, now) is None
    with pytest.raises(BadMessage, match="digest"):
        logs.take(session, terminal, evil[-1], now)
