"""Who will hear this: counted before it is sent, by what keeps them from hearing it, and what it interrupts."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from broadcast.audience import audience, length_ms
from devices.days import mark, set_kind
from devices.hours import set_quiet
from tests.broadcast.builders import a_clip, a_programme, a_terminal
from tests.people import Village

LASTS = timedelta(seconds=30)


def test_each_speaker_is_ready_away_or_quiet(session: Session, village: Village, now: datetime) -> None:
    a_terminal(session, village.village_a, now, "ready", presence="online")
    a_terminal(session, village.village_a, now, "lost", presence="lost")
    a_terminal(session, village.village_b, now, "faulty", presence="online", fault="disk: full")
    a_terminal(session, village.village_b, now, "asleep", presence="online")
    a_terminal(session, village.village_b, now, "gone", presence="online", state="revoked")
    a_terminal(session, village.other_county, now, "elsewhere", presence="online")
    set_quiet(session, person=village.admin, area=village.village_b, hours=["22:00-10:30"], now=now)
    found = audience(session, village.town, now, LASTS)
    assert (found.ready, found.away, found.quiet, found.total, found.places) == (1, 2, 1, 4, 2)
    assert found.dialects == {"cmn": 2, "yue": 2}
    assert {(each.did, why) for each, why in found.missing} == {("lost", "lost"), ("faulty", "disk: full")}
    assert audience(session, village.town, now + timedelta(hours=1), LASTS).quiet == 0, "at 11:00 nobody sleeps"
    assert not found.night and audience(session, village.town, now + timedelta(hours=13), LASTS).night


def test_quiet_hours_of_the_county_count_below_it_and_a_village_may_have_none(session: Session, village: Village, now: datetime) -> None:
    for area in (village.village_a, village.village_b):
        a_terminal(session, area, now, presence="online")
    set_quiet(session, person=village.admin, area=village.county, hours=["09:00-12:00"], now=now)
    set_quiet(session, person=village.admin, area=village.village_a, hours=[], now=now)
    found = audience(session, village.town, now, LASTS)
    assert (found.ready, found.quiet) == (1, 1)


def test_only_some_of_them(session: Session, village: Village, now: datetime) -> None:
    one, two = (a_terminal(session, village.village_a, now, presence="online") for _ in range(2))
    assert audience(session, village.town, now, LASTS, [one.id]).total == 1 and two.id


def test_what_it_interrupts_and_what_it_waits_for(session: Session, village: Village, now: datetime) -> None:
    music = a_clip(session, village.county, now, ms=60_000)
    before = a_programme(session, village.county, now, music, starts_at=now - timedelta(seconds=30))
    inside = a_programme(session, village.village_a, now, music, starts_at=now + timedelta(seconds=10))
    equal = a_programme(session, village.town, now, music, starts_at=now - timedelta(seconds=20), priority=4)
    a_programme(session, village.town, now, music, starts_at=now - timedelta(seconds=90))
    a_programme(session, village.town, now, music, starts_at=now + timedelta(seconds=31))
    a_programme(session, village.other_county, now, music, starts_at=now)
    found = audience(session, village.town, now, LASTS)
    assert [each.id for each in found.interrupts] == [before.id, inside.id] and [each.id for each in found.waits_for] == [equal.id]


def test_a_text_is_about_as_long_as_it_has_syllables() -> None:
    assert length_ms("明天停水") == 4 * 240 and length_ms("no water") == 7 * 75


def test_what_the_day_is_makes_it_quiet_too(session: Session, village: Village, now: datetime) -> None:
    for area in (village.village_a, village.village_b):
        a_terminal(session, area, now, presence="online")
    day, afternoon, evening = now.date(), now + timedelta(hours=5), now + timedelta(hours=8)  # it is ten in the morning there
    mark(session, village.operator, village.village_a, "funeral", day, day, now)
    mark(session, village.operator, village.county, "exam", day, day, now)
    assert [(found.ready, found.quiet) for found in (audience(session, each, evening, LASTS) for each in (village.town, village.village_a, village.village_b))] == [
        (1, 1), (0, 1), (1, 0),
    ]  # fmt: skip
    assert audience(session, village.town, afternoon, LASTS).quiet == 2, "at three they are examined"
    set_kind(session, village.operator, village.village_b, "exam", now)
    assert audience(session, village.town, afternoon, LASTS).quiet == 1, "but for the second village, which is not quiet then"
    assert audience(session, village.town, now + timedelta(days=1), LASTS).quiet == 0
