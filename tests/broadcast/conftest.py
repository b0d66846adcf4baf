"""The sending room as it stands in the tests: keys, topics, a line that keeps what is said."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from broadcast.dressing import ClipRef
from broadcast.inbox import Inbox
from broadcast.plan import Planner
from broadcast.publish import Publisher
from devices.keys import StationKeys
from station.database import Database
from station.files import Files
from tests.fakes import FakeBroker
from tests.people import Village, settle
from wire.topics import Topics

CHIME = ClipRef("c" * 64, 500, 2000, 1105)


@pytest.fixture
def keys(tmp_path: Path) -> StationKeys:
    return StationKeys.load_or_make(tmp_path / "keys")


@pytest.fixture
def topics() -> Topics:
    return Topics()


@pytest.fixture
def line() -> FakeBroker:
    return FakeBroker()


@pytest.fixture
def people(db: Database, now: datetime) -> Iterator[Village]:
    """The village, committed: the steps open transactions of their own."""
    with db.session() as session:
        village = settle(session, now)
    yield village


@pytest.fixture
def planner(db: Database) -> Planner:
    return Planner(db, CHIME)


@pytest.fixture
def publisher(db: Database, line: FakeBroker, keys: StationKeys, topics: Topics, files: Files) -> Publisher:
    return Publisher(db, line, keys, topics, files, ("http://station:8080",), ack_s=0.0)


@pytest.fixture
def inbox(db: Database, line: FakeBroker, topics: Topics, keys: StationKeys, now: datetime) -> Inbox:
    return Inbox(db, line, topics, keys, clock=lambda: now)
