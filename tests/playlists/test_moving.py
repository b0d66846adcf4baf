"""Before air and after: what a week will hold, what runs into what, the next free time, and a time that is moved or left out."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from playlists import calendar, playlist
from playlists.calendar import rule_of
from playlists.coming import coming
from playlists.errors import NotNow, RuleRefused
from playlists.models import Occurrence, Playlist, Schedule
from playlists.moving import leave_out, move
from playlists.playlist import Item
from playlists.slots import clashes, slots
from station.people import NotAllowed
from tests.people import Village

WEEK = timedelta(days=7)


@pytest.fixture
def programme(session: Session, village: Village, now: datetime) -> Playlist:
    """Ten minutes long."""
    made = playlist.make_playlist(session, village.operator, village.county, "早间广播", now)
    playlist.set_items(session, village.operator, made, [Item("pause", pause_ms=600_000)], 1, now)
    return made


def put(session: Session, village: Village, made: Playlist, now: datetime, at: str = "07:30", **other: Any) -> Schedule:
    said = {"area": village.county, "kind": "daily", "since": date(2026, 11, 25), **other}
    return calendar.make_schedule(session, person=village.operator, playlist=made, times=[at], now=now, **said)


def local(day: int, at: str) -> datetime:
    """A moment of November 2026 in Shanghai."""
    return datetime(2026, 11, day, int(at[:2]), int(at[3:]), tzinfo=UTC) - timedelta(hours=8)


def planned(session: Session, village: Village, since: datetime, until: datetime) -> list[datetime]:
    session.expire_all()
    return [each.starts_at for each in coming(session, village.village_a, since, until)]


@pytest.mark.both_databases
def test_what_a_rule_will_still_write_is_shown_as_if_it_were_written(session: Session, village: Village, programme: Playlist, now: datetime) -> None:
    put(session, village, programme, now)
    before = planned(session, village, now, now + 3 * WEEK)
    while calendar.unroll_one(session, now):
        pass
    assert planned(session, village, now, now + 3 * WEEK) == before and len(before) == 21
    assert session.query(Occurrence).count() == 7


def test_what_runs_into_the_next_and_a_short_silence_are_said(session: Session, village: Village, programme: Playlist, now: datetime) -> None:
    first, into, later = (put(session, village, programme, now, at) for at in ("07:30", "07:35", "07:50"))
    found = slots(session, village.village_a, local(25, "00:00"), local(26, "00:00"))
    told = {each.occurrence.schedule_id: [(one.what, one.by) for one in each.remarks] for each in found}
    assert told[first.id] == [("before", timedelta(minutes=5))]
    assert told[into.id] == [("waits", timedelta(minutes=5)), ("gap", timedelta(minutes=5))]
    assert told[later.id] == []


def test_a_clash_names_the_next_time_at_which_the_whole_rule_is_free_and_nobody_is_quiet(
    session: Session, village: Village, programme: Playlist, now: datetime
) -> None:
    put(session, village, programme, now, "07:30")
    put(session, village, programme, now, "07:45", kind="weekly", weekdays=[4], area=village.village_b)

    def silent(moment: datetime) -> bool:
        return time(0, 0) <= moment.astimezone(UTC).time() < time(0, 10)  # 08:00 to 08:10 in the village

    wanted = rule_of(Schedule(kind="daily", tz="Asia/Shanghai", times=["07:32"], weekdays=[], since=date(2026, 11, 25)))
    found = clashes(session, programme, village.county, wanted, now, quiet=silent)
    assert len(found) == 7 and {each.becomes for each in found} == {"waits"}
    assert {each.free for each in found} == {time(7, 55)}, "07:40 meets Friday's in the village below, 08:00 is quiet"
    free = clashes(session, programme, village.county, rule_of(put(session, village, programme, now, "07:55")), now, quiet=silent, without=lambda each: each.starts_at.minute == 55)
    assert free == []
    (quiet, *_others) = clashes(session, programme, village.other_county, rule_of(Schedule(kind="once", tz="Asia/Shanghai", times=["08:05"], weekdays=[], since=date(2026, 11, 25))), now, quiet=silent)
    assert (quiet.becomes, quiet.other, quiet.free) == ("quiet", None, time(8, 10))


@pytest.mark.both_databases
@pytest.mark.parametrize("written", [True, False])
def test_this_one_is_moved_and_the_others_stay(session: Session, village: Village, programme: Playlist, now: datetime, written: bool) -> None:
    schedule = put(session, village, programme, now)
    while written and calendar.unroll_one(session, now):
        pass
    move(session, village.operator, schedule, local(26, "07:30"), local(26, "18:00"), False, now)
    days = [local(25, "07:30"), local(26, "18:00"), local(27, "07:30")]
    assert planned(session, village, now, local(28, "00:00")) == days
    while calendar.unroll_one(session, now):
        pass
    assert planned(session, village, now, local(28, "00:00")) == days
    with pytest.raises(NotNow, match="cancelled"):
        move(session, village.operator, schedule, local(26, "07:30"), local(26, "19:00"), False, now)


def test_this_and_all_that_follow_are_moved_and_the_earlier_ones_stay(session: Session, village: Village, programme: Playlist, now: datetime) -> None:
    schedule = put(session, village, programme, now, kind="weekly", weekdays=[2, 4])  # Wednesdays and Fridays
    while calendar.unroll_one(session, now):
        pass
    made = move(session, village.operator, schedule, local(27, "07:30"), local(28, "08:00"), True, now)
    assert (made.weekdays, made.times, made.since) == ([2, 5], ["08:00"], date(2026, 11, 27))
    assert planned(session, village, now, now + 2 * WEEK) == [
        local(25, "07:30"), local(28, "08:00"), *(local(25, "08:00") + timedelta(days=7 * n) for n in (1,)), local(28, "08:00") + WEEK,
    ]  # fmt: skip


def test_left_out_from_a_time_on_keeps_what_comes_before_it_that_day(session: Session, village: Village, programme: Playlist, now: datetime) -> None:
    schedule = calendar.make_schedule(
        session, person=village.operator, playlist=programme, area=village.county, kind="daily", times=["07:30", "18:00"], since=date(2026, 11, 25), now=now,
    )  # fmt: skip
    leave_out(session, village.operator, schedule, local(26, "07:30"), False, now)
    leave_out(session, village.operator, schedule, local(27, "18:00"), True, now)
    expected = [local(25, "07:30"), local(25, "18:00"), local(26, "18:00"), local(27, "07:30")]
    assert planned(session, village, now, now + WEEK) == expected
    while calendar.unroll_one(session, now):
        pass
    assert planned(session, village, now, now + WEEK) == expected
    assert {each.state for each in session.scalars(select(Occurrence).where(Occurrence.starts_at == local(26, "07:30")))} == {"cancelled"}


def test_what_cannot_be_moved_is_refused_in_words(session: Session, village: Village, programme: Playlist, now: datetime) -> None:
    schedule = put(session, village, programme, now)
    at = local(26, "07:30")
    with pytest.raises(NotAllowed):
        move(session, village.reviewer, schedule, at, local(26, "08:00"), False, now)
    with pytest.raises(NotNow, match="not due"):
        move(session, village.operator, schedule, local(26, "07:31"), local(26, "08:00"), False, now)
    with pytest.raises(RuleRefused, match="past"):
        move(session, village.operator, schedule, at, now - timedelta(hours=1), False, now)
    with pytest.raises(RuleRefused, match="already"):
        move(session, village.operator, schedule, at, at, False, now)
    with pytest.raises(RuleRefused, match="every day"):
        move(session, village.operator, schedule, at, local(27, "08:00"), True, now)
