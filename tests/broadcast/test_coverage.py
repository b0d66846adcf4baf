"""Planned, stored, heard, not heard: each terminal of the area counts once, and says why."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcast.coverage import coverage, recent
from broadcast.models import Dispatch, Receipt
from broadcast.plan import Planner
from devices.models import Terminal
from playlists.models import Occurrence, Schedule
from station.database import Database
from tests.broadcast.builders import a_clip, a_programme, a_terminal, again
from tests.people import Village

MINUTE = timedelta(minutes=1)


@pytest.fixture
def programme(db: Database, people: Village, planner: Planner, now: datetime) -> Occurrence:
    """Chime and music for the town in one minute; a terminal in each of its two villages."""
    with db.session() as session:
        a_terminal(session, people.village_a, now, "ta", presence="online")
        a_terminal(session, people.village_b, now, "tb", presence="lost")
        found = a_programme(session, people.town, now, "chime", a_clip(session, people.county, now), starts_at=now + MINUTE)
    planner.plan_one(now)
    return found


def told(session: Session, did: str, occurrence: Occurrence, dialect: str, n: int, result: str, *, late_ms: float | None = None, detail: str = "") -> None:
    terminal = session.scalars(select(Terminal).where(Terminal.did == did)).one()
    session.add(Receipt(
        terminal_id=terminal.id, occurrence_id=occurrence.id, item=f"{occurrence.id}-{dialect}-{n}", n=n, result=result, late_ms=late_ms, detail=detail,
        received_at=occurrence.starts_at,
    ))  # fmt: skip
    session.flush()


def states(session: Session, occurrence: Occurrence, now: datetime) -> dict[str, tuple[str, str]]:
    found = coverage(session, session.get_one(Occurrence, occurrence.id), now)
    return {each.terminal.did: (each.state, each.why) for each in found.hearers}


def test_before_its_time_they_wait_or_have_it_stored(db: Database, programme: Occurrence, now: datetime) -> None:
    with db.session() as session:
        told(session, "ta", programme, "cmn", 0, "stored")
        assert states(session, programme, now) == {"ta": ("stored", ""), "tb": ("waiting", "")}


def test_heard_is_every_item_to_its_end(db: Database, programme: Occurrence, now: datetime) -> None:
    with db.session() as session:
        told(session, "ta", programme, "cmn", 0, "started", late_ms=2.5)
        assert states(session, programme, now + MINUTE)["ta"] == ("started", "")
        told(session, "ta", programme, "cmn", 0, "finished")
        told(session, "ta", programme, "cmn", 1, "started", late_ms=3.0)
        assert states(session, programme, now + MINUTE)["ta"] == ("started", "")
        told(session, "ta", programme, "cmn", 1, "finished")
        found = coverage(session, session.get_one(Occurrence, programme.id), now + MINUTE)
        mine = next(each for each in found.hearers if each.terminal.did == "ta")
        assert (mine.state, mine.late_ms, mine.finished, mine.items) == ("heard", 2.5, 2, 2)
        assert (found.expected, found.heard, found.over) == (2, 1, False)


def test_afterwards_each_that_did_not_hear_says_why(db: Database, programme: Occurrence, people: Village, now: datetime) -> None:
    with db.session() as session:
        a_terminal(session, people.village_a, now, "tc", presence="online")
        told(session, "ta", programme, "cmn", 0, "finished")
        told(session, "ta", programme, "cmn", 1, "missed", detail="its time was over")
        after = now + timedelta(hours=1)
        assert states(session, programme, after) == {
            "ta": ("partly", "its time was over"), "tb": ("not_heard", "the terminal is lost"), "tc": ("not_heard", "no receipt yet"),
        }  # fmt: skip
        found = coverage(session, session.get_one(Occurrence, programme.id), after)
        assert found.over and {each.terminal.did for each in found.not_heard} == {"ta", "tb", "tc"}


def test_one_paired_when_it_was_over_is_not_asked_for_and_one_revoked_since_still_counts(
    db: Database, programme: Occurrence, people: Village, now: datetime
) -> None:
    with db.session() as session:
        told(session, "ta", programme, "cmn", 0, "finished")
        told(session, "ta", programme, "cmn", 1, "finished")
        first = session.scalars(select(Terminal).where(Terminal.did == "ta")).one()
        first.state, first.revoked_at = "revoked", now + timedelta(hours=1)
        second = session.scalars(select(Terminal).where(Terminal.did == "tb")).one()
        second.state, second.revoked_at = "revoked", now  # before it began
        a_terminal(session, people.village_a, now + timedelta(hours=2), "tlate", presence="online")
        assert states(session, programme, now + timedelta(hours=3)) == {"ta": ("heard", "")}


def test_a_programme_with_nothing_to_play_says_what_was_missing(db: Database, programme: Occurrence, now: datetime) -> None:
    with db.session() as session:
        for each in session.scalars(select(Dispatch)):
            each.state, each.items, each.error = "empty", [], "停水通知: not approved"
        session.flush()
        assert set(states(session, programme, now).values()) == {("not_heard", "停水通知: not approved")}


def test_only_the_persons_own_branch_is_listed_the_newest_first(db: Database, programme: Occurrence, people: Village, now: datetime) -> None:
    with db.session() as session:
        schedule = session.get_one(Schedule, programme.schedule_id)
        older = again(session, schedule, now - timedelta(days=1), now)
        again(session, schedule, now - timedelta(days=9), now)
        later = now + timedelta(hours=1)
        assert [each.id for each in recent(session, people.operator, later)] == [programme.id, older.id]
        assert recent(session, people.stranger, later) == []
