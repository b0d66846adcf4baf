"""The week for other calendars: what another program reads there is what is heard here, time by time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rruleset, rrulestr
from icalendar import Calendar
from sqlalchemy.orm import Session

from playlists import calendar, playlist
from playlists.calendar_out import LinkRefused, calendar_of, close_link, find_link, make_link, ours
from playlists.coming import coming
from playlists.days import mark_day
from playlists.models import Playlist
from playlists.moving import leave_out, move
from playlists.playlist import Item
from station.models import Area
from station.people import NotAllowed
from tests.people import Village

HOST = "xy.xiangyin"


@pytest.fixture
def programme(session: Session, village: Village, now: datetime) -> Playlist:
    made = playlist.make_playlist(session, village.operator, village.county, "早间广播；新闻, 天气", now)
    playlist.set_items(session, village.operator, made, [Item("pause", pause_ms=600_000)], 1, now)
    return made


def read(session: Session, area: Area, now: datetime) -> Calendar:
    return Calendar.from_ical(calendar_of(session, area, now, HOST, lambda mark: f"<{mark.code}>"))


def times(found: Calendar, since: datetime, until: datetime) -> list[datetime]:
    """Every time of the file between two moments, as a program that knows RFC 5545 understands it."""
    moments: list[datetime] = []
    for event in found.walk("VEVENT"):
        starts = event["DTSTART"].dt
        if not isinstance(starts, datetime):
            continue
        every = rruleset()
        if "RRULE" in event:
            every.rrule(rrulestr(event["RRULE"].to_ical().decode(), dtstart=starts))
        else:
            every.rdate(starts)
        gone = event.get("EXDATE")
        for each in gone if isinstance(gone, list) else [gone] if gone is not None else []:
            for one in each.dts:
                every.exdate(one.dt)
        moments += [each.astimezone(UTC) for each in every.between(since, until, inc=True)]
    return sorted(moments)


@pytest.mark.parametrize("tz", ["Asia/Shanghai", "Europe/Berlin"])
def test_what_another_calendar_shows_is_what_is_heard(session: Session, village: Village, programme: Playlist, now: datetime, tz: str) -> None:
    village.province.tz = tz
    said: dict[str, Any] = {"area": village.county, "since": date(2026, 11, 25), "now": now}

    def put(**more: Any) -> Any:
        return calendar.make_schedule(session, village.operator, programme, **{**said, **more})

    daily = put(kind="daily", times=["07:30", "18:00:30"], until=date(2027, 4, 2))
    put(kind="weekly", times=["12:00"], weekdays=[0, 3])
    put(kind="daily", times=["20:00"], off_days=["restday"])
    put(kind="lunar", times=["05:00"], lunar=["*-1"])
    put(kind="once", times=["09:00"], since=date(2026, 12, 1))
    put(kind="daily", times=["11:00"], area=village.village_a)
    calendar.at_moments(session, village.operator, programme, village.county, [now + timedelta(hours=3), now + timedelta(days=2)], now, priority=4, window_s=300)
    calendar.stop_schedule(session, village.operator, put(kind="daily", times=["15:00"]), now)
    at = next(each.starts_at for each in coming(session, village.county, now + timedelta(days=3), now + timedelta(days=9)) if each.schedule_id == daily.id)
    leave_out(session, village.operator, daily, at, False, now)
    move(session, village.operator, daily, at + timedelta(days=2), at + timedelta(days=2, hours=1), False, now)
    move(session, village.operator, daily, at + timedelta(days=20), at + timedelta(days=20, hours=2), True, now)
    session.flush()
    for area, until in ((village.county, now + timedelta(days=119)), (village.village_a, now + timedelta(days=60))):
        here = [each.starts_at for each in coming(session, area, now, until, below=False)]
        assert len(here) > 100 and times(read(session, area, now), now, until) == sorted(here)
    events = read(session, village.county, now).walk("VEVENT")
    assert {str(each["SUMMARY"]) for each in events} == {programme.title} and all(ours(str(each["UID"]), HOST) for each in events)
    assert len({str(each["UID"]) for each in events}) == len(events) and events[0]["DURATION"].dt == timedelta(minutes=10)


def test_zones_days_and_the_name_of_the_place_are_told(session: Session, village: Village, programme: Playlist, now: datetime) -> None:
    calendar.make_schedule(session, village.operator, programme, village.county, kind="daily", times=["07:30"], since=date(2026, 11, 25), now=now)
    mark_day(session, village.operator, village.county, "market", date(2026, 12, 1), date(2026, 12, 3), now)
    found = read(session, village.village_a, now)
    assert str(found["X-WR-CALNAME"]) == "上坪村" and [str(each["TZID"]) for each in found.walk("VTIMEZONE")] == ["Asia/Shanghai"]
    (rule,) = (each for each in found.walk("VEVENT") if "RRULE" in each)
    assert rule["DTSTART"].dt.astimezone(ZoneInfo("Asia/Shanghai")).isoformat() == "2026-11-25T07:30:00+08:00" and str(rule["LOCATION"]) == "云岭县"
    (day,) = (each for each in found.walk("VEVENT") if str(each["UID"]).startswith("day-"))
    assert (str(day["SUMMARY"]), day["DTSTART"].dt, day["DTEND"].dt) == ("<market>", date(2026, 12, 1), date(2026, 12, 4))


def test_a_link_opens_until_it_is_closed_or_its_maker_may_look_no_more(session: Session, village: Village, now: datetime) -> None:
    row, token = make_link(session, village.operator, village.village_a, "支书的手机", now)
    other, second = make_link(session, village.operator, village.county, "县里", now)
    assert find_link(session, token) is row and find_link(session, token[:-1]) is None and find_link(session, "\ud800") is None
    assert token not in row.token_hash
    close_link(session, village.operator, row, now)
    close_link(session, village.operator, row, now)
    assert find_link(session, token) is None and find_link(session, second) is other
    village.operator.active = False
    session.flush()
    assert find_link(session, second) is None


def test_only_whoever_plans_gives_links_away(session: Session, village: Village, now: datetime) -> None:
    row, _token = make_link(session, village.operator, village.county, "x", now)
    for person in (village.reviewer, village.stranger):
        with pytest.raises(NotAllowed):
            make_link(session, person, village.county, "y", now)
        with pytest.raises(NotAllowed):
            close_link(session, person, row, now)
    with pytest.raises(LinkRefused, match="for whom"):
        make_link(session, village.operator, village.county, " ", now)
