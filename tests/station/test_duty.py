"""The duty book: one person is on in a place, whoever comes relieves, and no line is ever changed."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, text, true, update
from sqlalchemy.exc import DatabaseError

from station import duty
from station.audit import record
from station.database import Database
from station.duty import BadDuty
from station.models import DutyEntry
from station.people import NotAllowed
from tests.people import settle


@pytest.mark.both_databases
def test_who_comes_relieves_who_was_on_and_the_book_tells_it_with_what_was_said(db: Database, now: datetime) -> None:
    at = [now + timedelta(minutes=n) for n in range(9)]
    with db.session() as session:
        v = settle(session, now)
        town = v.town
        assert duty.on_duty(session, town) is None
        duty.begin(session, v.operator, town, "", at[0])
        record(session, person=v.operator, act="order", subject="emergency", subject_id=4, area=v.village_a, now=at[1], title="山洪")
        record(session, person=v.operator, act="sign_in", subject="person", subject_id=4, area=v.village_a, now=at[1])
        duty.note(session, v.operator, v.village_a, "广播室停电十分钟", at[2])
        relieved = duty.begin(session, v.reviewer, town, "水泵要看着", at[3])
        watch = duty.on_duty(session, town)
        assert relieved.other_id == v.operator.id and watch is not None and (watch.person.id, watch.since) == (v.reviewer.id, at[3])
        assert duty.on_duty(session, v.village_a) is None, "each place has a book of its own"
        duty.end(session, v.reviewer, town, "都好", at[4])
        assert duty.on_duty(session, town) is None
        found = duty.lines(session, town, now, at[8], true())
        assert [(line.subject, line.kind, line.text) for line in found] == [
            ("", "off", "都好"), ("", "on", "水泵要看着"), ("", "note", "广播室停电十分钟"), ("emergency", "order", "山洪"), ("", "on", ""),
        ]  # fmt: skip
        assert [line.kind for line in duty.lines(session, town, at[3], at[4], true())] == ["on"]
        assert duty.lines(session, v.other_county, now, at[8], true()) == []


@pytest.mark.both_databases
def test_the_database_itself_keeps_every_line(db: Database, now: datetime) -> None:
    with db.session() as session:
        v = settle(session, now)
        duty.note(session, v.operator, v.town, "写错了", now)
    for change in (update(DutyEntry).values(text="对了"), delete(DutyEntry), text("DELETE FROM duty_entry")):
        with pytest.raises(DatabaseError, match="only ever added"), db.session() as session:
            session.execute(change)


def test_what_cannot_stand_in_the_book_is_refused(db: Database, now: datetime) -> None:
    with db.session() as session:
        v = settle(session, now)
        with pytest.raises(BadDuty, match="nobody is"):
            duty.end(session, v.operator, v.town, "", now)
        duty.begin(session, v.operator, v.town, "", now)
        with pytest.raises(BadDuty, match="on already"):
            duty.begin(session, v.operator, v.town, "", now)
        with pytest.raises(BadDuty, match=f"not on: {v.operator.name} is"):
            duty.end(session, v.reviewer, v.town, "", now)
        for words, said in ((" ", "write something"), ("长" * 2001, "at most 2000")):
            with pytest.raises(BadDuty, match=said):
                duty.note(session, v.operator, v.town, words, now)
        with pytest.raises(NotAllowed):
            duty.begin(session, v.stranger, v.town, "", now)
