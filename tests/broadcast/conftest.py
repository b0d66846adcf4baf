"""The sending room as it stands in the tests: keys, topics, a line that keeps what is said."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from broadcast.dressing import ClipRef
from broadcast.inbox import Inbox
from broadcast.models import Dispatch
from broadcast.plan import Planner
from broadcast.publish import Publisher
from devices.keys import StationKeys
from devices.models import Terminal
from playlists.models import Occurrence
from station.database import Database
from station.files import Files
from tests.broadcast.builders import a_clip, a_programme, a_terminal, tell
from tests.fakes import FakeBroker
from tests.people import Village, settle
from wire.topics import Topics

RESULTS = ("stored", "started", "finished", "preempted", "failed", "missed")
LATE = (None, 3.0, 120.0, 700.0, 4_000.0, 30_000.0, 90_000.0)
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


@pytest.fixture
def mixed_programme(db: Database, people: Village, planner: Planner, now: datetime) -> Occurrence:
    """Chime and music for the town, in two dialects; forty terminals that told all sorts of things."""
    dice = random.Random(11)
    with db.session() as session:
        for n in range(40):
            a_terminal(session, dice.choice((people.village_a, people.village_b)), now, f"t{n}", dialect=dice.choice((None, "cmn", "yue")))
        found = a_programme(session, people.town, now, "chime", a_clip(session, people.county, now), starts_at=now + timedelta(minutes=1))
    planner.plan_one(now)
    with db.session() as session:
        dialects = session.scalars(select(Dispatch.dialect).where(Dispatch.occurrence_id == found.id)).all()
        for terminal in session.scalars(select(Terminal)):
            dialect = dice.choice(dialects)
            for n in range(2):
                for result in dice.sample(RESULTS, dice.randrange(4)):
                    tell(session, terminal, found, dialect, n, result, now, dice.choice(LATE))
    return found
