"""What terminals say is written down once, and one that says harm costs nobody else a word."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from broadcast.inbox import Inbox
from broadcast.models import Receipt as Row
from devices.keys import StationKeys
from devices.models import Terminal
from station.database import Database
from tests.people import settle
from wire.messages import Receipt, Receipts, State
from wire.topics import Topics

TOPICS = Topics()


class Sent:
    """What was handed over, and whether the broker has it."""

    def wait(self, timeout_s: float) -> bool:
        return True


class Line:
    """A broker that keeps what it was given."""

    connected = True

    def __init__(self) -> None:
        self.said: list[tuple[str, bytes]] = []

    def publish(self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False) -> Sent:
        self.said.append((topic, payload))
        return Sent()


@pytest.fixture
def inbox(db: Database, tmp_path: Path, now: datetime) -> Inbox:
    with db.session() as session:
        village = settle(session, now)
        session.add_all([Terminal(did=did, area_id=village.village_a.id, name=did, created_at=now) for did in ("tgood", "tbad")])
    return Inbox(db, Line(), TOPICS, StationKeys.load_or_make(tmp_path / "keys"))


def batch(seq: int = 1) -> bytes:
    return Receipts(seq, (Receipt("1-cmn-0", "c" * 64, 1, 1e12, 0.0, "started"),)).to_json()


def presence(db: Database) -> dict[str, str]:
    with db.reading() as session:
        return {each.did: each.presence for each in session.scalars(select(Terminal))}


@pytest.mark.both_databases
def test_a_word_that_the_database_does_not_take_costs_the_others_nothing(inbox: Inbox, db: Database, now: datetime) -> None:
    harm = State("on", "b", 2**40).to_json()  # more than a PostgreSQL integer holds
    inbox.heard(TOPICS.up("tbad", "state"), harm)
    inbox.heard(TOPICS.up("tgood", "state"), State("on", "b", 1).to_json())
    inbox.heard(TOPICS.up("tgood", "rcpt"), batch())
    while inbox.take(now):
        pass
    assert presence(db)["tgood"] == "online"
    with db.reading() as session:
        assert session.scalars(select(Row.item)).all() == ["1-cmn-0"]
    assert [topic for topic, _ in inbox.broker.said] == [TOPICS.down("tgood", "rsp")]  # type: ignore[attr-defined]


@pytest.mark.both_databases
def test_receipts_told_twice_stand_once(inbox: Inbox, db: Database, now: datetime) -> None:
    for seq in (1, 1, 2):
        inbox.heard(TOPICS.up("tgood", "rcpt"), batch(seq))
        inbox.take(now)
    with db.reading() as session:
        assert len(session.scalars(select(Row)).all()) == 1
    assert len(inbox.broker.said) == 3  # type: ignore[attr-defined]  # each time it is told that they are here


def test_words_wait_while_the_database_is_away(inbox: Inbox, db: Database, now: datetime) -> None:
    inbox.heard(TOPICS.up("tgood", "state"), State("on", "b", 1).to_json())
    with db.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE terminal RENAME TO away")
    with pytest.raises(OperationalError):
        inbox.take(now)
    with db.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE away RENAME TO terminal")
    assert inbox.take(now)
    assert presence(db)["tgood"] == "online"
