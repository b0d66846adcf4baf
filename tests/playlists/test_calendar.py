"""The calendar: every day at its local time, once, whatever the clocks do."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from playlists import calendar, playlist
from playlists.calendar import Due, Rule, occurrences, parse_rrule
from playlists.conflicts import Conflict, conflicts
from playlists.errors import NotNow, PlaylistError, RuleRefused
from playlists.models import Occurrence, Playlist, PlaylistItem, Schedule
from playlists.playlist import Item, VersionConflict
from station.models import Area
from station.people import NotAllowed
from tests.builders import an_article
from tests.people import Village

# half an hour of summer time; a day left out; a jump of 15 minutes; war time in the capital; two gaps a year in Ramadan
ODD = (
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Asia/Kathmandu",
    "Asia/Shanghai",
    "Africa/Casablanca",
    "America/St_Johns",
    "Europe/Berlin",
)


def slowly(rule: Rule, start: datetime, end: datetime) -> set[datetime]:
    """Every second is too slow: every local time is looked for among the minutes of two days around it."""
    zone, found = ZoneInfo(rule.tz), set()
    day = rule.since
    while day <= (rule.until or day):
        for at in rule.times:
            noon = datetime.combine(day, at, UTC)
            if rule.kind != "weekly" or day.weekday() in rule.weekdays:
                minutes = (noon + timedelta(minutes=n) for n in range(-26 * 60, 26 * 60))
                found.add(next(m for m in minutes if m.astimezone(zone).replace(tzinfo=None) >= datetime.combine(day, at)))
        day += timedelta(days=1)
    return {moment for moment in found if start <= moment < end}


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(ODD), st.dates(date(2005, 1, 1), date(2030, 1, 1)), st.integers(0, 3),
    st.lists(st.times().map(lambda t: t.replace(second=0, microsecond=0)), min_size=1, max_size=3), st.booleans(),
)  # fmt: skip
def test_the_calendar_agrees_with_a_slow_oracle(tz: str, since: date, days: int, times: list[time], weekly: bool) -> None:
    rule = Rule("weekly" if weekly else "daily", tz, tuple(times), (0, 3, 6) if weekly else (), since, since + timedelta(days=days))
    start = datetime.combine(since, time(), UTC) - timedelta(days=1)
    end = start + timedelta(days=6)
    assert {due.starts_at for due in occurrences(rule, start, end)} == slowly(rule, start, end)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 10, 25), Due(datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "clock-back")),
        (date(2026, 3, 29), Due(datetime(2026, 3, 29, 1, 0, tzinfo=UTC), "clock-forward")),
    ],
)
def test_half_past_two_plays_once_when_the_clocks_change(day: date, expected: Due) -> None:
    rule = Rule("daily", "Europe/Berlin", (time(2, 30),), (), day, day)
    assert occurrences(rule, datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)) == [expected]


def test_a_time_that_carries_a_fold_plays_once_too() -> None:
    """Apia sets its clocks back at four: three o'clock comes twice, and whichever is meant, the first counts."""
    for fold in (0, 1):
        rule = Rule("once", "Pacific/Apia", (time(3, 0, fold=fold),), (), date(2016, 4, 3), None)
        found = occurrences(rule, datetime(2016, 4, 1, tzinfo=UTC), datetime(2016, 4, 9, tzinfo=UTC))
        assert found == [Due(datetime(2016, 4, 2, 13, 0, tzinfo=UTC), "clock-back")]


def test_a_rule_of_icalendar_is_read_in_our_vocabulary() -> None:
    rule = parse_rrule("FREQ=WEEKLY;BYDAY=MO,FR;BYHOUR=7;BYMINUTE=30;UNTIL=20261231T155959Z", "Asia/Shanghai", date(2026, 11, 24))
    assert rule == Rule("weekly", "Asia/Shanghai", (time(7, 30),), (0, 4), date(2026, 11, 24), date(2026, 12, 31))


@pytest.mark.parametrize(
    "part",
    ["FREQ=MONTHLY", "FREQ=DAILY;BYSETPOS=1", "FREQ=DAILY;INTERVAL=2;BYHOUR=1", "FREQ=DAILY;BYHOUR=24", "FREQ=DAILY;COUNT=3"],
)
def test_what_is_not_understood_is_refused_by_name(part: str) -> None:
    with pytest.raises(RuleRefused, match=part.split(";")[-1].split("=")[0] if "INTERVAL" not in part else "INTERVAL"):
        parse_rrule(part, "Asia/Shanghai", date(2026, 11, 24))


@pytest.fixture
def programme(session: Session, village: Village, now: datetime) -> Playlist:
    made = playlist.make_playlist(session, village.operator, village.county, "早间广播", now)
    article = an_article(session, village.operator, village.county, now)
    playlist.set_items(
        session,
        village.operator,
        made,
        [Item("chime"), Item("article", article_id=article.id), Item("pause", pause_ms=500)],
        1,
        now,
    )
    return made


def daily(
    session: Session, village: Village, made: Playlist, now: datetime, area: Area | None = None, times: str = "07:30", **other: Any
) -> Schedule:
    return calendar.make_schedule(
        session, person=village.operator, playlist=made, area=area or village.county, kind="daily", times=[times], since=date(2026, 11, 24),
        now=now, **other,
    )  # fmt: skip


@pytest.mark.both_databases
def test_a_schedule_unrolls_a_week_once_and_stops(session: Session, village: Village, programme: Playlist, now: datetime) -> None:
    made = daily(session, village, programme, now)
    assert calendar.unroll_one(session, now)
    assert not calendar.unroll_one(session, now)
    assert len(session.scalars(select(Occurrence)).all()) == 7
    made.unrolled_to = None
    session.flush()
    assert calendar.unroll_one(session, now)
    rows = session.scalars(select(Occurrence).order_by(Occurrence.starts_at)).all()
    assert [len(rows), rows[0].starts_at] == [7, datetime(2026, 11, 24, 23, 30, tzinfo=UTC)]
    calendar.cancel_occurrence(session, village.operator, rows[0], now)
    with pytest.raises(NotNow):
        calendar.cancel_occurrence(session, village.operator, rows[0], now)
    calendar.stop_schedule(session, village.operator, made, now)
    session.expire_all()
    assert {each.state for each in rows} == {"cancelled"}


def test_the_past_and_strangers_are_refused(session: Session, village: Village, programme: Playlist, now: datetime) -> None:
    with pytest.raises(RuleRefused, match="past"):
        calendar.make_schedule(
            session, village.operator, programme, village.county, kind="once", times=["07:30"], since=date(2026, 11, 24), now=now
        )
    with pytest.raises(NotAllowed):
        calendar.make_schedule(
            session, village.stranger, programme, village.county, kind="daily", times=["07:30"], since=date(2026, 11, 25), now=now
        )


def test_the_smaller_priority_number_is_heard(session: Session, village: Village, programme: Playlist, now: datetime) -> None:
    daily(session, village, programme, now)
    better = daily(session, village, programme, now, priority=5)
    calendar.unroll_one(session, now)
    found = conflicts(session, village.village_a, now, now + timedelta(days=1))
    assert [(each.winner.schedule_id, each.why, each.becomes) for each in found] == [(better.id, "priority", "waits")]


@pytest.mark.parametrize(
    ("said", "why", "becomes"),
    [
        ({"priority": 4}, "priority", "resumes"), ({"priority": 4, "brk": "skip"}, "priority", "skipped"), ({"priority": 4, "brk": "mix"}, "priority", "under"),
        ({"priority": 4, "start": "after"}, "priority", "after"),
    ],
)  # fmt: skip
def test_a_more_important_one_interrupts_as_it_was_told(
    session: Session, village: Village, programme: Playlist, now: datetime, said: dict[str, Any], why: str, becomes: str
) -> None:
    early = daily(session, village, programme, now)
    better = daily(session, village, programme, now, times="07:30:01", **said)
    (found,) = _met(session, village, now)
    assert (found.winner.schedule_id, found.loser.schedule_id, found.why, found.becomes) == (better.id, early.id, why, becomes)


def test_who_asked_to_wait_until_nobody_is_on_waits_however_important(session: Session, village: Village, programme: Playlist, now: datetime) -> None:
    early = daily(session, village, programme, now)
    daily(session, village, programme, now, times="07:30:01", priority=4, start="free")
    (found,) = _met(session, village, now)
    assert (found.winner.schedule_id, found.why, found.becomes) == (early.id, "free", "waits")


def test_of_two_programmes_the_upper_place_is_heard_of_two_notices_the_earlier(session: Session, village: Village, programme: Playlist, now: datetime) -> None:
    daily(session, village, programme, now, area=village.town)
    upper = daily(session, village, programme, now, times="07:30:01")
    (found,) = _met(session, village, now)
    assert (found.winner.schedule_id, found.why, found.becomes) == (upper.id, "level", "resumes")
    session.query(Schedule).update({"priority": 4})
    session.expire_all()
    (found,) = _met(session, village, now)
    assert (found.loser.schedule_id, found.why, found.becomes) == (upper.id, "earlier", "waits")


def _met(session: Session, village: Village, now: datetime) -> list[Conflict]:
    session.query(PlaylistItem).where(PlaylistItem.kind == "pause").update({"pause_ms": 10_000})
    session.expire_all()
    calendar.unroll_one(session, now)
    return conflicts(session, village.village_a, now, now + timedelta(days=1))


@pytest.mark.parametrize("wrong", [{"brk": "stop"}, {"volume": 101}, {"volume": -2}])
def test_a_schedule_that_no_terminal_would_take_is_refused(
    session: Session, village: Village, programme: Playlist, now: datetime, wrong: dict[str, Any]
) -> None:
    with pytest.raises(RuleRefused):
        daily(session, village, programme, now, **wrong)


def test_two_people_changing_a_playlist_are_told_apart(
    session: Session, village: Village, programme: Playlist, now: datetime
) -> None:
    with pytest.raises(VersionConflict):
        playlist.set_items(session, village.operator, programme, [], 1, now)
    elsewhere = an_article(session, village.stranger, village.other_county, now)
    with pytest.raises(PlaylistError, match="item 1"):
        playlist.set_items(session, village.operator, programme, [Item("article", article_id=elsewhere.id)], 2, now)
    assert playlist.durations(session, programme, "cmn", 1000) == [1000, None, 500]
