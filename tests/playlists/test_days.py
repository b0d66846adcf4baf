"""What a kind of day makes of programmes: which are heard on it, whether with music, and that what is taken back is as it was."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from playlists import calendar, playlist
from playlists.coming import coming
from playlists.days import Days, codes, drop_kind, mark_day, plays, set_kind, unmark_day
from playlists.errors import NotNow, RuleRefused
from playlists.holidays import Public
from playlists.models import Occurrence, Playlist, Schedule
from playlists.moving import move
from playlists.playlist import Item
from playlists.slots import clashes
from station.models import Area
from station.people import NotAllowed
from tests.people import Village

THURSDAY, SATURDAY = date(2026, 11, 26), date(2026, 11, 28)


@pytest.fixture
def programme(session: Session, village: Village, now: datetime) -> Playlist:
    made = playlist.make_playlist(session, village.operator, village.county, "早间广播", now)
    playlist.set_items(session, village.operator, made, [Item("pause", pause_ms=600_000)], 1, now)
    return made


def put(session: Session, village: Village, made: Playlist, now: datetime, **other: Any) -> Schedule:
    said = {"area": village.county, "kind": "daily", "times": ["07:30"], "since": date(2026, 11, 25), **other}
    return calendar.make_schedule(session, person=village.operator, playlist=made, now=now, **said)


def states(session: Session, area: Area, since: date = date(2026, 11, 25), days: int = 5) -> dict[str, str]:
    """What becomes of each time of the next days, by the day of the month."""
    session.expire_all()
    start = datetime(since.year, since.month, since.day, tzinfo=UTC) - timedelta(hours=8)
    return {f"{each.starts_at + timedelta(hours=8):%d}": each.state for each in coming(session, area, start, start + timedelta(days=days), cancelled=True)}


# the rule


@pytest.mark.parametrize(
    ("day", "marks", "public", "found"),
    [
        (THURSDAY, [], None, {"workday"}), (SATURDAY, [], None, {"restday"}), (SATURDAY, [], False, {"workday"}), (THURSDAY, [], True, {"holiday", "restday"}),
        (THURSDAY, ["market"], None, {"market", "workday"}), (THURSDAY, ["holiday"], None, {"holiday", "restday"}), (SATURDAY, ["workday"], None, {"workday"}),
        (THURSDAY, ["workday"], True, {"workday"}), (THURSDAY, ["holiday", "workday"], True, {"workday"}), (SATURDAY, ["holiday"], False, {"holiday", "restday"}),
    ],
)  # fmt: skip
def test_what_a_date_is(day: date, marks: list[str], public: bool | None, found: set[str]) -> None:
    assert codes(day, marks, None if public is None else Public(day, public, "guoqing")) == found


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.sets(st.sampled_from(["holiday", "exam", "market", "funeral", "workday", "harvest"])), st.none() | st.booleans())
def test_every_date_is_either_a_working_day_or_one_of_rest(day: date, marks: set[str], off: bool | None) -> None:
    found = codes(day, marks, None if off is None else Public(day, off, ""))
    assert ("workday" in found) != ("restday" in found) and not {"holiday", "workday"} <= found
    assert marks - {"holiday", "workday"} <= found


def test_a_programme_plays_on_one_of_its_days_and_on_none_that_it_leaves_out() -> None:
    assert plays([], [], {"workday"}) and plays(["market"], [], {"market", "workday"}) and not plays(["market"], [], {"workday"})
    assert not plays(["market"], ["funeral"], {"market", "funeral"}) and not plays([], ["restday"], {"restday"})


# what is written out


@pytest.mark.both_databases
def test_a_mark_changes_what_is_written_out_and_what_will_be_and_taking_it_back_changes_it_back(
    session: Session, village: Village, programme: Playlist, now: datetime
) -> None:
    rule = put(session, village, programme, now, off_days=["funeral"])
    written = {"25": "planned", "26": "planned", "27": "planned", "28": "planned", "29": "planned"}
    assert states(session, village.county) == written
    calendar.unroll_one(session, now, horizon_days=3)
    for day in (26, 29):  # the one is written out, the other is not
        made = mark_day(session, village.operator, village.province if day == 0 else village.county, "funeral", date(2026, 11, day), date(2026, 11, day), now)
        assert states(session, village.county) == written | {str(day): "off"}
        calendar.unroll_one(session, now, horizon_days=3 + day)
        assert states(session, village.county) == written | {str(day): "off"}
        off = session.scalar(select(Occurrence).where(Occurrence.schedule_id == rule.id, Occurrence.state == "off"))
        assert off is not None
        with pytest.raises(NotNow, match="not heard on this day"):
            move(session, village.operator, rule, off.starts_at, off.starts_at + timedelta(hours=1), False, now)
        unmark_day(session, village.operator, made, now)
        assert states(session, village.county) == written


def test_a_mark_below_the_programmes_place_leaves_it_alone_and_a_mark_above_counts(session: Session, village: Village, programme: Playlist, now: datetime) -> None:
    put(session, village, programme, now, area=village.town, off_days=["market"])
    mark_day(session, village.operator, village.village_a, "market", THURSDAY, THURSDAY, now)
    assert set(states(session, village.town).values()) == {"planned"}, "one manifest speaks to the whole town: it is not taken from the other villages"
    mark_day(session, village.operator, village.county, "market", THURSDAY, THURSDAY, now)
    assert states(session, village.town)["26"] == "off"


def test_only_on_market_days_and_on_working_days_as_announced(session: Session, village: Village, programme: Playlist, now: datetime) -> None:
    put(session, village, programme, now, on_days=["market"])
    assert set(states(session, village.county).values()) == {"off"}
    mark_day(session, village.operator, village.county, "market", THURSDAY, SATURDAY, now)
    assert [day for day, state in states(session, village.county).items() if state == "planned"] == ["26", "27", "28"]
    work = put(session, village, programme, now, times=["08:00"], since=date(2027, 1, 1), on_days=["workday"])
    assert work.on_days == ["workday"]
    known = Days(session, date(2026, 9, 1), date(2026, 10, 31))
    assert [day for day in (20, 24, 25, 26) if known.plays(work, village.county, date(2026, 9, day))] == [20, 24], "a Sunday on which one works; a holiday"


def test_without_music_what_lies_ahead_is_told_so(session: Session, village: Village, programme: Playlist, now: datetime) -> None:
    put(session, village, programme, now)
    calendar.unroll_one(session, now)
    mark_day(session, village.operator, village.county, "funeral", THURSDAY, THURSDAY, now)
    rows = session.scalars(select(Occurrence).order_by(Occurrence.starts_at)).all()
    assert [each.music for each in rows[:3]] == [True, False, True] and rows[1].changed_at == now and rows[0].changed_at is None
    row = set_kind(session, village.operator, village.county, "funeral", now, quiet=["12:00-14:00"])
    assert rows[1].music is True
    drop_kind(session, village.operator, row, now)
    assert rows[1].music is False


def test_what_somebody_said_for_a_moment_is_heard_on_any_day(session: Session, village: Village, programme: Playlist, now: datetime) -> None:
    at = datetime(2026, 11, 26, 1, tzinfo=UTC)
    calendar.at_moments(session, village.operator, programme, village.county, [at], now, priority=4, window_s=300)
    mark_day(session, village.operator, village.county, "funeral", THURSDAY, THURSDAY, now)
    (row,) = session.scalars(select(Occurrence))
    assert (row.state, row.music) == ("planned", True)


def test_a_rule_of_the_moon_is_unrolled(session: Session, village: Village, programme: Playlist, now: datetime) -> None:
    rule = put(session, village, programme, now, kind="lunar", lunar=["*-1", "*-15", "chuxi"])
    start = datetime(2026, 11, 25, tzinfo=UTC)
    found = coming(session, village.county, start, start + timedelta(days=80))
    # the new moons of 2026-12-09 and 2027-01-08; the eve of 2027-02-06
    assert [f"{each.starts_at + timedelta(hours=8):%m-%d %H:%M}" for each in found] == [
        f"{day} 07:30" for day in ("12-09", "12-23", "01-08", "01-22", "02-05", "02-06")
    ]  # fmt: skip
    assert rule.lunar == ["*-1", "*-15", "chuxi"]
    with pytest.raises(RuleRefused, match="by the moon"):
        move(session, village.operator, rule, found[0].starts_at, found[0].starts_at + timedelta(days=1), True, now)


def test_what_a_new_programme_meets_is_looked_for_on_its_own_days(session: Session, village: Village, programme: Playlist, now: datetime) -> None:
    put(session, village, programme, now)
    rule = calendar.check_rule("daily", "Asia/Shanghai", ["07:35"], [], date(2026, 11, 25), None)
    assert len(clashes(session, programme, village.county, rule, now)) == 7
    assert clashes(session, programme, village.county, rule, now, on_days=["market"]) == []
    mark_day(session, village.operator, village.county, "market", THURSDAY, THURSDAY, now)
    assert [each.starts_at.day for each in clashes(session, programme, village.county, rule, now, on_days=["market"])] == [25], "25th 23:35 UTC is the 26th there"


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"on_days": ["feast"]}, "on_days"), ({"off_days": ["exam"], "on_days": ["exam"]}, "off_days"), ({"kind": "lunar"}, "lunar"), ({"lunar": ["*-1"]}, "lunar"),
        ({"kind": "lunar", "lunar": ["13-1"]}, "lunar"), ({"kind": "lunar", "lunar": ["8-15"], "until": date(2026, 12, 1)}, "lunar"),
    ],
)  # fmt: skip
def test_days_that_cannot_be_are_refused_by_their_field(session: Session, village: Village, programme: Playlist, now: datetime, said: dict[str, Any], field: str) -> None:
    with pytest.raises(RuleRefused) as caught:
        put(session, village, programme, now, **said)
    assert caught.value.field == field


def test_others_may_not(session: Session, village: Village, now: datetime) -> None:
    for person in (village.reviewer, village.stranger):
        with pytest.raises(NotAllowed):
            mark_day(session, person, village.county, "market", THURSDAY, THURSDAY, now)
