"""What thousands heard is counted by one statement, and says the same as looking at each of them."""

from __future__ import annotations

import random
from collections import Counter
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from broadcast import counting, coverage
from broadcast.counting import Census, count
from broadcast.models import Dispatch, HeardCount, Receipt
from broadcast.plan import Planner
from devices.models import Terminal
from playlists.models import Occurrence
from station.database import Database
from tests.broadcast.builders import a_clip, a_programme, a_terminal
from tests.people import Village

MINUTE = timedelta(minutes=1)
RESULTS = ("stored", "started", "finished", "preempted", "failed", "missed")


@pytest.fixture
def programme(db: Database, people: Village, planner: Planner, now: datetime) -> Occurrence:
    """Chime and music for the town in one minute, in two dialects; forty terminals that told all sorts of things."""
    dice = random.Random(7)
    with db.session() as session:
        for n in range(40):
            a_terminal(session, dice.choice((people.village_a, people.village_b)), now, f"t{n}", dialect=dice.choice((None, "cmn", "yue")))
        found = a_programme(session, people.town, now, "chime", a_clip(session, people.county, now), starts_at=now + MINUTE)
    planner.plan_one(now)
    with db.session() as session:
        dialects = session.scalars(select(Dispatch.dialect).where(Dispatch.occurrence_id == found.id)).all()
        for terminal in session.scalars(select(Terminal)):
            dialect = dice.choice(dialects)
            for n in range(2):
                for result in dice.sample(RESULTS, dice.randrange(4)):
                    item = f"{found.id}-{dialect}-{n}"
                    session.add(Receipt(terminal_id=terminal.id, occurrence_id=found.id, item=item, n=n, result=result, received_at=now))
    return found


@pytest.mark.both_databases
@pytest.mark.parametrize("after", [timedelta(0), MINUTE, timedelta(hours=1)])
def test_the_count_is_what_one_finds_looking_at_each(db: Database, programme: Occurrence, now: datetime, after: timedelta) -> None:
    with db.session() as session:
        occurrence = session.get_one(Occurrence, programme.id)
        each = coverage.coverage(session, occurrence, now + after)
        states, missed = count(session, occurrence, now + after)
        assert Counter(states) == each.counts and each.whole
        assert missed == sorted(hearer.terminal.id for hearer in each.not_heard)


@pytest.mark.both_databases
def test_of_many_the_page_has_what_was_counted(db: Database, programme: Occurrence, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    with db.reading() as session:
        each = coverage.coverage(session, session.get_one(Occurrence, programme.id), now + MINUTE)
    for module in (coverage, counting):
        monkeypatch.setattr(module, "LARGE", 10)
    monkeypatch.setattr(counting, "LISTED", 5)
    census = Census(db)
    with db.reading() as session:
        before = coverage.coverage(session, session.get_one(Occurrence, programme.id), now + MINUTE)
        assert (before.whole, before.expected, before.counted_at) == (False, 0, None), "nobody has counted yet"
    assert census.count_one(now + MINUTE) is True and census.count_one(now + MINUTE) is False
    with db.reading() as session:
        found = coverage.coverage(session, session.get_one(Occurrence, programme.id), now + MINUTE)
        assert (found.counts, found.expected, found.counted_at) == (each.counts, 40, now + MINUTE)
        assert 0 < len(found.not_heard) <= 5 and {one.state for one in found.hearers} <= {"not_heard", "partly"}
    assert census.count_one(now + 2 * MINUTE) is True, "what was told since is counted again"


def test_a_village_is_not_counted_beforehand(db: Database, programme: Occurrence, now: datetime) -> None:
    assert Census(db).count_one(now + MINUTE) is False
    with db.reading() as session:
        assert session.get(HeardCount, programme.id) is None
