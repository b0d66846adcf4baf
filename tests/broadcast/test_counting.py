"""What thousands heard is counted by one statement, and says the same as looking at each of them."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pytest

from broadcast import counting, coverage
from broadcast.counting import Census, count
from broadcast.models import HeardCount
from playlists.models import Occurrence
from station.database import Database

MINUTE = timedelta(minutes=1)


@pytest.mark.both_databases
@pytest.mark.parametrize("after", [timedelta(0), MINUTE, timedelta(hours=1)])
def test_the_count_is_what_one_finds_looking_at_each(db: Database, mixed_programme: Occurrence, now: datetime, after: timedelta) -> None:
    with db.session() as session:
        occurrence = session.get_one(Occurrence, mixed_programme.id)
        each = coverage.coverage(session, occurrence, now + after)
        states, missed = count(session, occurrence, now + after)
        assert Counter(states) == each.counts and each.whole
        assert missed == sorted(hearer.terminal.id for hearer in each.not_heard)


@pytest.mark.both_databases
def test_of_many_the_page_has_what_was_counted(db: Database, mixed_programme: Occurrence, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    with db.reading() as session:
        each = coverage.coverage(session, session.get_one(Occurrence, mixed_programme.id), now + MINUTE)
    for module in (coverage, counting):
        monkeypatch.setattr(module, "LARGE", 10)
    monkeypatch.setattr(counting, "LISTED", 5)
    census = Census(db)
    with db.reading() as session:
        before = coverage.coverage(session, session.get_one(Occurrence, mixed_programme.id), now + MINUTE)
        assert (before.whole, before.expected, before.counted_at) == (False, 0, None), "nobody has counted yet"
    assert census.count_one(now + MINUTE) is True and census.count_one(now + MINUTE) is False
    with db.reading() as session:
        found = coverage.coverage(session, session.get_one(Occurrence, mixed_programme.id), now + MINUTE)
        assert (found.counts, found.expected, found.counted_at) == (each.counts, 40, now + MINUTE)
        assert 0 < len(found.not_heard) <= 5 and {one.state for one in found.hearers} <= {"not_heard", "partly"}
    assert census.count_one(now + 2 * MINUTE) is True, "what was told since is counted again"


def test_a_village_is_not_counted_beforehand(db: Database, mixed_programme: Occurrence, now: datetime) -> None:
    assert Census(db).count_one(now + MINUTE) is False
    with db.reading() as session:
        assert session.get(HeardCount, mixed_programme.id) is None
