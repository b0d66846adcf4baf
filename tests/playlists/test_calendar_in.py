"""A calendar from elsewhere: what it means is what is heard, what cannot be carried is said, and nothing comes in twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from playlists import playlist
from playlists.calendar_in import CalendarRefused, Read, bring_in, programme_for, read_calendar
from playlists.calendar_out import calendar_of
from playlists.coming import coming
from playlists.models import Playlist
from playlists.playlist import Item
from station.people import NotAllowed
from tests.people import Village

TZ = "Asia/Shanghai"
NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)
HEAD = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\n"
BERLIN = (
    "BEGIN:VTIMEZONE\r\nTZID:Berlin of our own\r\nBEGIN:STANDARD\r\nDTSTART:19701025T030000\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\nTZOFFSETFROM:+0200\r\n"
    "TZOFFSETTO:+0100\r\nEND:STANDARD\r\nBEGIN:DAYLIGHT\r\nDTSTART:19700329T020000\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\r\nTZOFFSETFROM:+0100\r\n"
    "TZOFFSETTO:+0200\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\n"
)


def event(*lines: str, uid: str = "a@b", title: str = "早间广播") -> str:
    return "\r\n".join(["BEGIN:VEVENT", f"UID:{uid}", f"SUMMARY:{title}", *lines, "END:VEVENT", ""])


def file(*events: str, zones: str = "") -> bytes:
    return (HEAD + zones + "".join(events) + "END:VCALENDAR\r\n").encode()


def read(*lines: str, now: datetime = NOW, zones: str = "") -> Read:
    return read_calendar(file(event(*lines), zones=zones), TZ, now)


DAILY = ("DTSTART;TZID=Asia/Shanghai:20261125T073000", "RRULE:FREQ=DAILY")


@pytest.mark.parametrize(
    ("lines", "kind", "times", "weekdays", "until"),
    [
        (DAILY, "daily", "07:30", (), None),
        (("DTSTART;TZID=Asia/Shanghai:20261125T073000", "RRULE:FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20261231T235959Z"), "weekly", "07:30", (0, 2), "2027-01-01"),
        (("DTSTART;TZID=Asia/Shanghai:20261126T073000", "RRULE:FREQ=WEEKLY"), "weekly", "07:30", (3,), None),
        (("DTSTART;TZID=Asia/Shanghai:20261125T073000", "RRULE:FREQ=DAILY;COUNT=10"), "daily", "07:30", (), "2026-12-04"),
        (("DTSTART;TZID=Asia/Shanghai:20261125T073000", "RRULE:FREQ=DAILY;INTERVAL=1;WKST=SU"), "daily", "07:30", (), None),
        (("DTSTART:20261124T233000Z", "RRULE:FREQ=DAILY"), "daily", "07:30", (), None),  # UTC, the day before: the same clock all year
        (("DTSTART;TZID=Asia/Tokyo:20261125T083000", "RRULE:FREQ=DAILY"), "daily", "07:30", (), None),
        (("DTSTART:20261125T073000", "RRULE:FREQ=DAILY"), "daily", "07:30", (), None),
    ],
)  # fmt: skip
def test_a_rule_of_ours_stays_a_rule(lines: tuple[str, ...], kind: str, times: str, weekdays: tuple[int, ...], until: str | None) -> None:
    (wanted,) = read(*lines).wanted
    assert wanted.rule is not None and wanted.moments == ()
    rule = wanted.rule
    assert (rule.kind, f"{rule.times[0]:%H:%M}", rule.weekdays, rule.until.isoformat() if rule.until else None) == (kind, times, weekdays, until)


@pytest.mark.parametrize(
    ("lines", "first", "note"),
    [
        (("DTSTART;TZID=Asia/Shanghai:20261201T073000", "RRULE:FREQ=MONTHLY;BYDAY=1TU"), ["2026-11-30 23:30", "2027-01-04 23:30"], "no such rule here"),
        (("DTSTART;TZID=Asia/Shanghai:20261125T073000", "RRULE:FREQ=DAILY;INTERVAL=3"), ["2026-11-24 23:30", "2026-11-27 23:30"], "no such rule here"),
        (("DTSTART;TZID=Europe/Berlin:20270327T080000", "RRULE:FREQ=DAILY;COUNT=2"), ["2027-03-27 07:00", "2027-03-28 06:00"], "the clocks of Europe/Berlin change"),
        (("DTSTART;TZID=Europe/Berlin:20270327T080000", "RRULE:FREQ=DAILY;UNTIL=20270328T080000"), ["2027-03-27 07:00", "2027-03-28 06:00"], "the clocks of Europe/Berlin change"),
        (("DTSTART:20100101T000000Z", "RRULE:FREQ=YEARLY"), ["2027-01-01 00:00"], "no such rule here"),
        (("DTSTART;TZID=Berlin of our own:20270327T080000", "RDATE;TZID=Berlin of our own:20270328T080000"), ["2027-03-27 07:00", "2027-03-28 06:00"], ""),
    ],
)  # fmt: skip
def test_other_rules_are_written_out_in_their_own_zone_and_that_is_said(lines: tuple[str, ...], first: list[str], note: str) -> None:
    (wanted,) = read(*lines, zones=BERLIN).wanted
    assert wanted.rule is None and [f"{each:%Y-%m-%d %H:%M}" for each in wanted.moments[:2]] == first
    assert note in " ".join(map(str, wanted.notes)) and all(NOW < each < NOW + timedelta(days=400) for each in wanted.moments)


def test_exceptions_changes_and_extra_times_of_a_series() -> None:
    changed = event("RECURRENCE-ID;TZID=Asia/Shanghai:20261128T073000", "DTSTART;TZID=Asia/Shanghai:20261128T090000")
    cancelled = event("RECURRENCE-ID;TZID=Asia/Shanghai:20261129T073000", "STATUS:CANCELLED", "DTSTART;TZID=Asia/Shanghai:20261129T073000")
    stray = event("RECURRENCE-ID:20261129T073000Z", "DTSTART:20261129T073000Z", uid="nobody")
    found = read_calendar(file(changed, event(*DAILY, "EXDATE;TZID=Asia/Shanghai:20261126T073000,20261127T073000", "RDATE:20261201T010000Z"), cancelled, stray), TZ, NOW)
    (wanted,) = found.wanted
    assert [f"{each:%d %H:%M}" for each in wanted.left_out] == ["25 23:30", "26 23:30", "27 23:30", "28 23:30"]
    assert [f"{each:%m-%d %H:%M}" for each in wanted.moments] == ["11-28 01:00", "12-01 01:00"]
    assert [str(why) for _title, why in found.refused] == ["one time of a series that is not in the file, or was refused"]


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (("DTSTART;VALUE=DATE:20261125",), "lasts all day"), (("DTSTART:20200101T000000Z",), "in the past"), (("SEQUENCE:1",), "DTSTART is missing"),
        (("DTSTART:20261125T000000Z", "STATUS:CANCELLED"), "cancelled in the file"), (("DTSTART:20261125T000000Z", "RRULE:FREQ=HOURLY"), "every hour"),
        (("DTSTART:20261125T000000Z", "RRULE:FREQ=YEARLY;BYWEEKNO=5"), "BYWEEKNO"), (("DTSTART:20261125T000000Z", "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"), "not understood"),
        (("DTSTART:20261125T000000Z", "RRULE:FREQ=DAILY;BYSETPOS=5"), "BYSETPOS"), (("DTSTART:20261125T000000Z", "RRULE:FREQ=DAILY;BYMONTHDAY=-31;BYMONTH=2"), "BYMONTHDAY"),
        (("DTSTART:20261125T000000Z", "RRULE:FREQ=MONTHLY;BYDAY=6MO"), "not understood"), (("DTSTART:20261125T000000Z", "RRULE:FREQ=DAILY;INTERVAL=0"), ""),
        (("DTSTART:20261125T000000Z", "RRULE:FREQ=DAILY;UNTIL=20261130T000000;INTERVAL=2", "RRULE:FREQ=DAILY"), "several rules"),
        (("DTSTART:99990101T000000Z",), "9999"), (("DTSTART;TZID=Europe/Berlin:20261125T080000", "RRULE:FREQ=DAILY"), "at most 200"),
    ],
)  # fmt: skip
def test_what_cannot_be_carried_is_said(lines: tuple[str, ...], why: str) -> None:
    found = read(*lines)
    assert found.wanted == [] and len(found.refused) == 1 and why in str(found.refused[0][1])


def test_what_a_loudspeaker_has_no_use_for_is_named() -> None:
    (wanted,) = read(*DAILY, "DESCRIPTION:long", "ATTENDEE:mailto:a@b.c", "DURATION:PT30M", "BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-PT5M", "END:VALARM").wanted
    assert [str(each) for each in wanted.notes] == ["not carried: description, attendee, alarm"] and wanted.lasts == timedelta(minutes=30)
    found = read_calendar(file("BEGIN:VTODO\r\nUID:t\r\nSUMMARY:x\r\nEND:VTODO\r\n"), TZ, NOW)
    assert [(title, str(why)) for title, why in found.refused] == [("VTODO", "only events are carried")]


@pytest.mark.parametrize("raw", [b"", b"hello", b"\xff\xfe", HEAD.encode(), b"BEGIN:VEVENT\r\nEND:VEVENT\r\n", b"x" * 600_000, file(*(event(*DAILY, uid=f"{n}") for n in range(501)))])
def test_a_file_that_is_no_calendar_is_refused(raw: bytes) -> None:
    with pytest.raises(CalendarRefused):
        read_calendar(raw, TZ, NOW)


LINES = st.lists(st.sampled_from([
    "BEGIN:VEVENT", "END:VEVENT", "BEGIN:VTIMEZONE", "END:VTIMEZONE", "DTSTART:20261125T000000Z", "DTSTART;VALUE=DATE:20261125", "DTSTART;TZID=Nowhere/Else:20261125T000000",
    "DTSTART:soon", "DTEND:20261125", "RRULE:FREQ=DAILY", "RRULE:FREQ=", "RRULE:FREQ=MONTHLY;BYDAY=-1FR;COUNT=3", "RRULE:FREQ=YEARLY;BYMONTHDAY=99", "EXDATE:20261126T000000Z,x", "EXDATE;VALUE=DATE:20261126",
    "RDATE;VALUE=PERIOD:20261201T000000Z/PT1H", "RECURRENCE-ID:20261126T000000Z", "RECURRENCE-ID;RANGE=THISANDFUTURE:20261126T000000Z", "UID:a", "SUMMARY:b", "SUMMARY:c", "DURATION:P1", "DURATION:PT5M",
    "STATUS:CANCELLED", "UID;X=\"", ":", "X-ODD", "RRULE:FREQ=WEEKLY;BYDAY=MO;UNTIL=20261201",
]), max_size=14)  # fmt: skip


@given(LINES)
def test_nothing_in_a_file_breaks_the_reader(lines: list[str]) -> None:
    try:
        found = read_calendar((HEAD + "\r\n".join(lines) + "\r\nEND:VCALENDAR\r\n").encode(), TZ, NOW)
    except CalendarRefused:
        return
    for each in found.wanted:
        assert (each.rule is not None or each.moments) and all(moment > NOW for moment in each.moments)


# bringing in


@pytest.fixture
def programme(session: Session, village: Village, now: datetime) -> Playlist:
    made = playlist.make_playlist(session, village.operator, village.county, "早间广播", now)
    playlist.set_items(session, village.operator, made, [Item("pause", pause_ms=600_000)], 1, now)
    return made


@pytest.mark.both_databases
def test_events_become_schedules_once(session: Session, village: Village, programme: Playlist, now: datetime) -> None:
    changed = event("RECURRENCE-ID;TZID=Asia/Shanghai:20261127T073000", "DTSTART;TZID=Asia/Shanghai:20261127T090000")
    far = event(*DAILY, "EXDATE;TZID=Asia/Shanghai:20281126T073000", uid="far")
    past = event("DTSTART;TZID=Asia/Shanghai:20261125T010000", uid="once")
    found = read_calendar(file(event(*DAILY, "EXDATE;TZID=Asia/Shanghai:20261126T073000,20261126T080000"), changed, far, past), TZ, now)
    assert programme_for(session, village.operator, village.village_a, "早间广播") is programme and programme_for(session, village.operator, village.village_a, "?") is None
    chosen = [(each, programme) for each in found.wanted]
    brought = bring_in(session, village.operator, village.village_a, chosen, now)
    assert [(each.uid, each.kind) for each in brought.made] == [("a@b", "daily"), ("a@b", "once"), ("far", "daily"), ("once", "once")]
    assert [why for _title, why in brought.refused] == ["2028-11-25 cannot be left out yet, it is too far ahead: leave it out in the week when it comes nearer"]
    heard = [each.starts_at for each in coming(session, village.village_a, now, now + timedelta(days=4)) if each.schedule_id in (brought.made[0].id, brought.made[1].id)]
    assert [f"{each:%d %H:%M}" for each in heard] == ["24 23:30", "27 01:00", "27 23:30"]
    again = bring_in(session, village.operator, village.village_a, chosen, now)
    assert again.made == [] and {why for _title, why in again.refused} == {"it is on the calendar already"}
    with pytest.raises(NotAllowed):
        bring_in(session, village.reviewer, village.county, chosen, now)


def test_one_that_is_refused_leaves_the_others_alone(session: Session, village: Village, programme: Playlist, now: datetime) -> None:
    empty = playlist.make_playlist(session, village.operator, village.county, "空", now)
    found = read_calendar(file(event(*DAILY), event(*DAILY, uid="b")), TZ, now)
    brought = bring_in(session, village.operator, village.county, [(found.wanted[0], empty), (found.wanted[1], programme)], now)
    assert [each.uid for each in brought.made] == ["b"] and "is empty" in brought.refused[0][1]


def test_what_goes_out_comes_back_the_same(session: Session, village: Village, programme: Playlist, now: datetime) -> None:
    found = read_calendar(file(event(*DAILY, "EXDATE;TZID=Asia/Shanghai:20261126T073000")), TZ, now)
    bring_in(session, village.operator, village.county, [(found.wanted[0], programme)], now)
    (again,) = read_calendar(calendar_of(session, village.county, now, "elsewhere", str), TZ, now).wanted
    assert (again.rule, again.moments, again.left_out) == (found.wanted[0].rule, (), found.wanted[0].left_out) and again.lasts == timedelta(minutes=10)
