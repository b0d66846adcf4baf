"""The book of what was heard says what looking at each terminal says, whenever it is entered and however often."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcast.coverage import coverage
from broadcast.heard import Asked, Told, below, by_day, by_dialect, by_programme, every_line, every_place, months, total, worst
from broadcast.ledger import Ledger, difference, in_branch, pack, unpack
from broadcast.models import FIGURES, HeardDay, HeardEntry, Receipt
from playlists.models import Occurrence
from station.areas import ancestors
from station.database import Database
from station.models import Area
from tests.broadcast.builders import tell
from tests.people import Village

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def asked(place: Area, now: datetime) -> Asked:
    return Asked(place, now.date() - DAY, now.date() + DAY)


def counted(session: Session, occurrence: Occurrence, now: datetime) -> dict[str, int]:
    """What one finds looking at each terminal, in the words of the book."""
    found = coverage(session, session.get_one(Occurrence, occurrence.id), now)
    states = Counter(each.state for each in found.hearers)
    return {"expected": found.expected, "heard": states["heard"], "partly": states["partly"], "not_heard": states["not_heard"]}


def said(told: Told) -> dict[str, int]:
    return {name: getattr(told, name) for name in ("expected", "heard", "partly", "not_heard")}


@pytest.mark.both_databases
def test_every_place_and_day_adds_up_to_what_each_terminal_says(db: Database, mixed_programme: Occurrence, people: Village, now: datetime) -> None:
    book, later = Ledger(db), now + HOUR
    assert book.enter_one(later) is True and book.enter_one(later) is False
    with db.reading() as session:
        truth = counted(session, mixed_programme, later)
        for place in ancestors(session, session.get_one(Area, people.town.id)):
            told = total(session, asked(place, now))
            assert said(told) == truth, place.name
            assert [(day, each) for day, each in by_day(session, asked(place, now))] == [("2026-11-24", told)]
            assert [each[0] for each in by_programme(session, asked(place, now))] == [mixed_programme.playlist_id if place.id == people.town.id else 0]
            assert sum(each.expected for _, each in by_dialect(session, asked(place, now))) == 40
            assert months(session, place) == ["2026-11"]
        villages = below(session, asked(people.town, now))
        assert {each.id for each, _ in villages} == {people.village_a.id, people.village_b.id}
        assert sum(each.expected for _, each in villages) == 40 and villages == worst(session, people.county, "2026-11")
        began = {each.terminal_id: 0.0 for each in session.scalars(select(Receipt).where(Receipt.result == "started", Receipt.late_ms.is_not(None)))}
        assert told.began == len(began) and sum(told.late) == told.began
        kept = session.scalars(select(HeardEntry)).one()
        assert kept.totals[0] == 40 and in_branch(session, unpack(kept.parts), people.province) == kept.totals
        lines = list(every_line(session, people.province, date(2026, 11, 1), date(2026, 11, 30)))
        assert sum(each.expected for place, _, _, _, each in lines if place.level == "village") == 40
        assert [place.id for place, _ in every_place(session, people.province, "2026-11")][:2] == [people.province.id, people.city.id]


@pytest.mark.both_databases
def test_a_receipt_that_comes_days_later_corrects_the_entry(db: Database, mixed_programme: Occurrence, people: Village, now: datetime) -> None:
    book = Ledger(db)
    assert book.enter_one(now + HOUR)
    with db.session() as session:
        silent = [each.terminal for each in coverage(session, session.get_one(Occurrence, mixed_programme.id), now + HOUR).hearers if each.state == "not_heard"]
        before = said(total(session, asked(people.county, now)))
        for terminal in silent[:3]:
            for n in range(2):
                tell(session, terminal, mixed_programme, "cmn", n, "finished", now)
            session.flush()
    assert book.enter_one(now + 3 * DAY), "looked at again"
    with db.reading() as session:
        after = said(total(session, asked(people.county, now)))
        assert after == counted(session, mixed_programme, now + 3 * DAY)
        assert after["heard"] >= before["heard"] and after["expected"] == 40
    assert book.enter_one(now + 9 * DAY) and not book.enter_one(now + 30 * DAY), "once more after a week, then never"
    with db.reading() as session:
        assert said(total(session, asked(people.county, now))) == after, "entering again adds nothing"


def test_what_is_not_over_and_what_was_cancelled_is_not_entered(db: Database, mixed_programme: Occurrence, now: datetime) -> None:
    assert Ledger(db).enter_one(now + MINUTE) is False
    with db.session() as session:
        session.get_one(Occurrence, mixed_programme.id).state = "cancelled"
    assert Ledger(db).enter_one(now + HOUR) is False
    with db.reading() as session:
        assert session.scalars(select(HeardDay)).all() == []


def test_how_late_is_told_by_the_part_that_was_at_most_so_late() -> None:
    told = Told(expected=10, in_50ms=5, in_1s=4, later=1)
    assert (told.late_ms(0.5), told.late_ms(0.9), told.late_ms(0.95)) == (50, 1_000, 0)
    assert Told().late_ms(0.5) is None and Told().share is None


rows = st.dictionaries(
    st.integers(1, 5), st.dictionaries(st.sampled_from(("", "cmn", "yue")), st.lists(st.integers(0, 9), min_size=len(FIGURES), max_size=len(FIGURES)), max_size=3), max_size=4
)


@given(rows, rows)
def test_the_old_and_the_difference_make_the_new(old: dict[int, dict[str, list[int]]], new: dict[int, dict[str, list[int]]]) -> None:
    made = difference(new, old)
    for place in old.keys() | new.keys():
        for dialect in ("", "cmn", "yue"):
            nothing = [0] * len(FIGURES)
            parts = [each.get(place, {}).get(dialect, nothing) for each in (old, made, new)]
            assert [a + b for a, b in zip(parts[0], parts[1], strict=True)] == parts[2]
    assert unpack(pack(new)) == new
