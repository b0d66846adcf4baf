"""What kind of day it is: what is marked counts below, terminals learn what is quiet, and only whoever plans there says so."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from devices import days
from devices.days import DayRefused, HoursRefused, mark, reaches, set_kind, unmark
from devices.models import Terminal
from devices.want import around, want_of
from station.models import Area, AuditEntry
from station.people import NotAllowed
from tests.people import Village

DAY = timedelta(days=1)


def speaker(session: Session, area: Area, now: datetime) -> Terminal:
    made = Terminal(did=f"t{area.id}", area_id=area.id, name="村口", created_at=now)
    session.add(made)
    session.flush()
    return made


@pytest.mark.both_databases
def test_every_speaker_below_learns_of_a_quiet_day_and_that_it_is_one_no_more(session: Session, village: Village, now: datetime) -> None:
    near, far = speaker(session, village.village_a, now), speaker(session, village.other_county, now)
    day = now.date() + DAY
    funeral = mark(session, village.operator, village.village_a, "funeral", day, day, now)
    exam = mark(session, village.operator, village.county, "exam", day + DAY, day + 2 * DAY, now, hours=["8-11:30"])
    market = mark(session, village.operator, village.town, "market", day, day, now)
    assert want_of(session, near, ()).quiet_days == (f"{day}", f"{day + DAY}=08:00-11:30", f"{day + 2 * DAY}=08:00-11:30")
    assert (near.want_rev, far.want_rev) == (3, 1) and want_of(session, far, ()).quiet_days == (), "a market is not quiet: nobody needs to be told"
    later = around(session, [near], day + 2 * DAY)
    assert later.quiet_days(near) == (f"{day + DAY}=08:00-11:30", f"{day + 2 * DAY}=08:00-11:30"), "what is over is not told; a mark is told whole"
    assert around(session, [near]).quiet_days(near) == ()
    for each in (funeral, exam, market):
        unmark(session, village.operator, each, now)
    assert want_of(session, near, ()).quiet_days == () and near.want_rev == 5
    acts = [row.act for row in session.scalars(select(AuditEntry).where(AuditEntry.subject == "day").order_by(AuditEntry.id))]
    assert acts == ["mark day"] * 3 + ["unmark day"] * 3


def test_two_marks_of_one_day_are_as_quiet_as_both(session: Session, village: Village, now: datetime) -> None:
    terminal, day = speaker(session, village.village_a, now), now.date() + DAY
    mark(session, village.operator, village.county, "exam", day, day, now)
    mark(session, village.operator, village.village_a, "market", day, day, now, hours=["20:00-06:00"])
    assert want_of(session, terminal, ()).quiet_days == tuple(f"{day}={each}" for each in ("08:00-12:00", "14:00-17:00", "20:00-06:00"))
    mark(session, village.operator, village.town, "funeral", day, day, now)
    assert want_of(session, terminal, ()).quiet_days == (f"{day}",)


def test_a_place_changes_what_a_kind_does_and_has_kinds_of_its_own(session: Session, village: Village, now: datetime) -> None:
    terminal, other, day = speaker(session, village.village_a, now), speaker(session, village.village_b, now), now.date() + DAY
    mark(session, village.operator, village.county, "exam", day, day, now)
    row = set_kind(session, village.operator, village.village_a, "exam", now, quiet=["09:00-11:00"])
    assert want_of(session, terminal, ()).quiet_days == (f"{day}=09:00-11:00",)
    assert want_of(session, other, ()).quiet_days == (f"{day}=08:00-12:00", f"{day}=14:00-17:00")
    set_kind(session, village.operator, village.town, "harvest", now, name="秋收", quiet=["12:00-14:00"])
    mark(session, village.operator, village.village_b, "harvest", day + DAY, day + DAY, now)
    assert want_of(session, other, ()).quiet_days[-1] == f"{day + DAY}=12:00-14:00"
    days.drop_kind(session, village.operator, row, now)
    assert len(want_of(session, terminal, ()).quiet_days) == 2
    own = session.scalar(select(days.DayKind).where(days.DayKind.code == "harvest"))
    assert own is not None
    with pytest.raises(DayRefused, match="take those marks away first"):
        days.drop_kind(session, village.operator, own, now)


def test_only_whoever_plans_in_the_place_marks_its_days(session: Session, village: Village, now: datetime) -> None:
    day = now.date() + DAY
    made = mark(session, village.operator, village.county, "market", day, day, now)
    for person in (village.reviewer, village.stranger):
        with pytest.raises(NotAllowed):
            mark(session, person, village.county, "funeral", day, day, now)
        with pytest.raises(NotAllowed):
            unmark(session, person, made, now)
        with pytest.raises(NotAllowed):
            set_kind(session, person, village.county, "exam", now)


@pytest.mark.parametrize(
    ("code", "first", "last", "why"),
    [
        ("feast", 1, 1, "no kind of day is called 'feast'"), ("market", 2, 1, "exchange them"), ("market", -3, -2, "is over"), ("market", 1, 63, "at most 62 days"),
        ("market", 900, 900, "not farther ahead"), ("exam", 5, 6, "marked so already"),
    ],
)  # fmt: skip
def test_marks_that_cannot_be_are_refused_in_words(session: Session, village: Village, now: datetime, code: str, first: int, last: int, why: str) -> None:
    today = now.date()
    mark(session, village.operator, village.county, "exam", today + 5 * DAY, today + 5 * DAY, now)
    with pytest.raises(DayRefused, match=why):
        mark(session, village.operator, village.county, code, today + first * DAY, today + last * DAY, now)


def test_hours_that_are_none_and_names_that_are_none_are_refused(session: Session, village: Village, now: datetime) -> None:
    with pytest.raises(HoursRefused):
        mark(session, village.operator, village.county, "exam", now.date(), now.date(), now, hours=["morning"])
    for code, name in (("Exam!", "x"), ("restday", "x"), ("harvest", " ")):
        with pytest.raises(DayRefused):
            set_kind(session, village.operator, village.county, code, now, name=name)


def test_more_than_a_speaker_can_remember_is_refused_where_it_would_be_too_much(session: Session, village: Village, now: datetime) -> None:
    today, hours = now.date(), [f"{hour:02}:00-{hour:02}:30" for hour in range(6, 18)]
    for number in range(6):  # 6 x 5 days x 12 parts in the village
        first = today + timedelta(days=10 * number)
        mark(session, village.operator, village.village_a, "market", first, first + 4 * DAY, now, hours=hours)
    mark(session, village.operator, village.county, "exam", today + 5 * DAY, today + 9 * DAY, now, hours=hours[:8])
    with pytest.raises(DayRefused, match=f"would lie ahead in {village.village_a.name}"):
        mark(session, village.operator, village.county, "exam", today + 15 * DAY, today + 15 * DAY, now, hours=hours[:1])
    session.rollback()


@pytest.mark.parametrize(
    ("span", "at", "quiet"),
    [("08:00-12:00", "01 11:59", True), ("08:00-12:00", "01 12:00", False), ("00:00-24:00", "01 23:59", True), ("00:00-24:00", "02 00:00", False),
     ("20:00-06:00", "01 05:00", False), ("20:00-06:00", "01 20:00", True), ("20:00-06:00", "02 05:59", True), ("20:00-06:00", "02 20:00", False)],
)  # fmt: skip
def test_a_span_reaches_into_the_morning_after_its_day(span: str, at: str, quiet: bool) -> None:
    assert reaches(span, date(2026, 12, 1), datetime.fromisoformat(f"2026-12-{at}")) is quiet
