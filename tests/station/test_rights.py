"""Rights have limits, one gives only what one holds, and the log of it only grows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from station import access
from station.audit import SEALED_AFTER, check, record, seal_one
from station.database import Database
from station.models import Area, AuditEntry, Grant
from station.people import BadPerson, Limits, NotAllowed, add_person, covers, grant, hand_on, may, require, visible
from tests.people import Village, settle

EVENING = datetime(2026, 11, 24, 12, 30, tzinfo=UTC)  # 20:30 in the village


def test_a_right_is_limited_by_kind_hours_language_and_level(session: Session, village: Village, now: datetime) -> None:
    mei = add_person(session, "mei", "阿梅", now)
    grant(session, mei, village.county, "operator", Limits.read(["notice"], "06:00-20:00", ["zh-Hans"], "village"))
    assert may(session, mei, "schedule", village.village_a, kind="notice", lang="zh-Hans", at=now)
    for refused in ({"kind": "emergency"}, {"kind": "programme"}, {"lang": "bo"}, {"at": EVENING}):
        assert not may(session, mei, "schedule", village.village_a, **refused)  # type: ignore[arg-type]
    with pytest.raises(NotAllowed, match="up to places of the level village"):
        require(session, mei, "schedule", village.town)
    assert may(session, mei, "see", village.county) and may(session, mei, "devices", village.county)
    speaks = {area.name for area in session.query(Area).where(visible(session, mei, "schedule"))}
    assert speaks == {"上坪村", "下涌村"}


def test_of_two_rights_the_wider_one_counts(session: Session, village: Village, now: datetime) -> None:
    mei = add_person(session, "mei", "阿梅", now)
    grant(session, mei, village.county, "operator", Limits.read(["notice"]))
    grant(session, mei, village.village_a, "operator", Limits.read(["programme"]))
    assert may(session, mei, "play", village.village_a, kind="programme")
    assert not may(session, mei, "play", village.village_b, kind="programme")


def test_one_gives_only_what_one_holds_and_only_in_ones_branch(session: Session, village: Village, now: datetime) -> None:
    town, mei = add_person(session, "zhen", "镇长", now), add_person(session, "mei", "阿梅", now)
    hand_on(session, village.admin, town, village.town, "admin", Limits.read(["notice", "programme"], "06:00-22:00"))
    hand_on(session, town, mei, village.village_a, "operator", Limits.read(["notice"], "07:00-12:00 14:00-21:00"))
    for wider in (Limits(), Limits.read(["notice"]), Limits.read(["emergency"], "07:00-08:00"), Limits.read(["notice"], "05:00-08:00")):
        with pytest.raises(NotAllowed, match="only what"):
            hand_on(session, town, mei, village.village_a, "operator", wider)
    with pytest.raises(NotAllowed):
        hand_on(session, town, mei, village.county, "operator", Limits.read(["notice"], "07:00-08:00"))
    with pytest.raises(NotAllowed):
        hand_on(session, village.stranger, mei, village.village_a, "operator", Limits.read(["notice"]))
    assert not covers(session, town, village.town, Limits())
    # what somebody above gave is not the town's to narrow
    hand_on(session, village.admin, mei, village.village_b, "operator", Limits())
    with pytest.raises(NotAllowed):
        hand_on(session, town, mei, village.village_b, "operator", Limits.read(["notice"], "07:00-08:00"))


def test_hours_over_midnight_are_compared_by_the_minute() -> None:
    night = Limits.read(hours="22:00-06:00")
    assert night.cover(Limits.read(hours="23:00-01:00")) and night.cover(Limits.read(hours="22:00-24:00 00:00-06:00"))
    assert not night.cover(Limits.read(hours="21:59-23:00")) and not night.cover(Limits())


@pytest.mark.parametrize("given", [{"kinds": ["sermon"]}, {"highest": "moon"}, {"langs": ["'; --"]}])
def test_limits_that_cannot_be_are_refused(given: dict[str, object]) -> None:
    with pytest.raises(BadPerson):
        Limits.read(**given)  # type: ignore[arg-type]


def test_a_token_for_some_acts_does_no_others(session: Session, village: Village, now: datetime) -> None:
    token = access.make_token(session, village.admin, "reader", now, scopes=["audit"])
    found = access.person_of_token(session, token, now)
    assert found is not None
    assert may(session, found, "audit", village.county) and may(session, found, "see", village.county)
    with pytest.raises(NotAllowed, match="the token is for audit, see only"):
        require(session, found, "emergency", village.county)
    assert session.query(Area).where(visible(session, found, "people")).all() == []


def test_ending_all_sessions_keeps_the_one_at_hand(session: Session, village: Village, now: datetime) -> None:
    tokens = [access.open_session(session, village.operator, now, "Phone", "10.0.0.7") for _ in range(3)]
    assert access.end_sessions(session, village.operator, now, tokens[1]) == 2
    assert [access.person_of_session(session, token, now) is not None for token in tokens] == [False, True, False]
    assert access.open_sessions(session, village.operator, now)[0].agent == "Phone"


@pytest.mark.both_databases
def test_entries_are_only_added_and_a_change_behind_the_stations_back_is_found(db: Database, now: datetime) -> None:
    with db.session() as session:
        village = settle(session, now)
        for number in range(3):
            record(session, person=village.admin, act="test", subject="thing", subject_id=number, area=village.town, now=now, after={"乡": 0.1})
    for statement in (delete(AuditEntry), update(AuditEntry).values(act="nothing")):
        with pytest.raises(DBAPIError, match="only ever added"), db.session() as session:
            session.execute(statement)
    assert not seal_one(db, now + SEALED_AFTER / 2), "too young"
    assert seal_one(db, now + 2 * SEALED_AFTER) and not seal_one(db, now + 2 * SEALED_AFTER)
    with db.session() as session:
        session.execute(update(AuditEntry).values(area_id=village.county.id))  # a place that goes gives its entries to the one above
        record(session, person=None, act="later", subject="thing", subject_id=9, area=None, now=now + timedelta(days=1))
    assert seal_one(db, now + timedelta(days=2))
    with db.reading() as session:
        found = check(session)
        assert (found.seals, found.sealed, found.unsealed, found.broken) == (2, 4, 0, "")
    with db.session() as session:  # somebody with the database in his hands
        drop = "DROP TRIGGER audit_entry_kept" + (" ON audit_entry" if db.engine.dialect.name == "postgresql" else "")
        session.execute(text(drop))
        session.execute(update(AuditEntry).where(AuditEntry.subject_id == "1").values(act="nothing"))
    with db.reading() as session:
        assert "one of them was changed" in check(session).broken


def test_the_limits_of_a_grant_survive_the_database(db: Database, now: datetime) -> None:
    limits = Limits.read(["notice", "emergency"], "06:00-20:00", ["bo", "zh-Hans"], "town")
    with db.session() as session:
        village = settle(session, now)
        made = grant(session, village.operator, village.town, "operator", limits)
    with db.reading() as session:
        assert Limits.of(session.get_one(Grant, made.id)) == limits
        assert Limits.of(session.query(Grant).where(Grant.person_id == village.admin.id).one()) == Limits()
