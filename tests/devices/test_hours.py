"""Quiet hours are inherited down the tree and reach every terminal below; caps and staggers reach one; all of it is written down."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from devices.enrol import EnrolError, make_group, set_member, set_stagger
from devices.hours import quiet_source, set_caps, set_quiet
from devices.models import QuietHours, Terminal
from devices.presence import heard_report
from devices.want import want_of
from station.areas import ancestors
from station.hours import HoursRefused
from station.models import Area, AuditEntry
from station.people import NotAllowed
from tests.people import Village
from wire.messages import Report


def hung(session: Session, area: Area, name: str, now: datetime) -> Terminal:
    made = Terminal(did=f"t{name}", area_id=area.id, name=name, created_at=now)
    session.add(made)
    session.flush()
    return made


def quiet(session: Session, terminal: Terminal) -> tuple[str, ...]:
    session.expire_all()
    return want_of(session, terminal, ()).quiet


def test_quiet_hours_hold_below_down_to_a_place_with_hours_of_its_own(session: Session, village: Village, now: datetime) -> None:
    a, b, other = hung(session, village.village_a, "a", now), hung(session, village.village_b, "b", now), hung(session, village.other_county, "o", now)
    assert set_quiet(session, person=village.operator, area=village.county, hours=["22-6"], now=now) == ["22:00-06:00"]
    assert (quiet(session, a), quiet(session, b), quiet(session, other)) == (("22:00-06:00",), ("22:00-06:00",), ())
    assert (a.want_rev, b.want_rev, other.want_rev) == (2, 2, 1)
    set_quiet(session, person=village.operator, area=village.village_a, hours=["12:00-14:00"], now=now)
    assert (quiet(session, a), quiet(session, b)) == (("12:00-14:00",), ("22:00-06:00",))
    assert (a.want_rev, b.want_rev) == (3, 2)
    set_quiet(session, person=village.operator, area=village.village_a, hours=[], now=now)
    assert quiet(session, a) == () and quiet_source(session, village.village_a) is session.get(QuietHours, village.village_a.id)
    assert set_quiet(session, person=village.operator, area=village.village_a, hours=None, now=now) == ["22:00-06:00"]
    assert quiet(session, a) == ("22:00-06:00",) and a.want_rev == 5


def test_the_same_hours_again_disturb_nobody_and_a_change_is_written_down(session: Session, village: Village, now: datetime) -> None:
    a = hung(session, village.village_a, "a", now)
    for _ in range(2):
        set_quiet(session, person=village.operator, area=village.county, hours=["22:00-06:00"], now=now)
    session.refresh(a)
    assert a.want_rev == 2
    (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.act == "quiet"))
    assert entry.area_id == village.county.id and entry.detail == {"before": None, "after": ["22:00-06:00"]}


def test_who_does_not_look_after_the_place_changes_no_hours(session: Session, village: Village, now: datetime) -> None:
    a = hung(session, village.village_a, "a", now)
    group = make_group(session, person=village.operator, area=village.county, name="谷", now=now)
    for person in (village.stranger, village.reviewer):
        with pytest.raises(NotAllowed):
            set_quiet(session, person=person, area=village.county, hours=["22:00-06:00"], now=now)
        with pytest.raises(NotAllowed):
            set_caps(session, person=person, terminal=a, caps=["06:00-08:00=40"], now=now)
        with pytest.raises(NotAllowed):
            set_stagger(session, person=person, group=group, stagger_ms=400, now=now)
    with pytest.raises(NotAllowed):
        set_quiet(session, person=village.operator, area=village.city, hours=["22:00-06:00"], now=now)
    with pytest.raises(HoursRefused):
        set_quiet(session, person=village.operator, area=village.county, hours=["nights"], now=now)
    assert quiet(session, a) == () and a.want_rev == 1


def test_a_cap_reaches_its_speaker_once(session: Session, village: Village, now: datetime) -> None:
    a = hung(session, village.village_a, "a", now)
    for _ in range(2):
        set_caps(session, person=village.operator, terminal=a, caps=["6-8=40"], now=now)
    assert want_of(session, a, ()).caps == ("06:00-08:00=40",) and a.want_rev == 2
    set_caps(session, person=village.operator, terminal=a, caps=[], now=now)
    assert want_of(session, a, ()).caps == () and a.want_rev == 3


def test_in_several_groups_the_largest_stagger_counts_and_only_members_are_told(session: Session, village: Village, now: datetime) -> None:
    a, b = hung(session, village.village_a, "a", now), hung(session, village.village_b, "b", now)
    near, far = (make_group(session, person=village.operator, area=village.county, name=name, now=now) for name in ("近", "远"))
    for group in (near, far):
        set_member(session, person=village.operator, group=group, terminal=a, member=True, now=now)
    assert want_of(session, a, ()).stagger_ms == 0 and a.want_rev == 3
    set_stagger(session, person=village.operator, group=far, stagger_ms=700, now=now)
    set_stagger(session, person=village.operator, group=near, stagger_ms=300, now=now)
    set_stagger(session, person=village.operator, group=near, stagger_ms=300, now=now)
    session.expire_all()
    assert want_of(session, a, ()).stagger_ms == 700 and (a.want_rev, b.want_rev) == (5, 1)
    for wrong in (-1, 10_001):
        with pytest.raises(EnrolError, match="later"):
            set_stagger(session, person=village.operator, group=near, stagger_ms=wrong, now=now)
    assert [each.name for each in ancestors(session, a.area)][-1] == "上坪村"


def test_the_first_fault_of_a_report_is_kept_until_a_report_without_one(session: Session, village: Village, now: datetime) -> None:
    a = hung(session, village.village_a, "a", now)
    heard_report(a, Report(faults=("clock: may be 3 s wrong", "disk: full")), now)
    assert a.fault == "clock: may be 3 s wrong" and a.presence == "online"
    heard_report(a, Report(), now)
    assert a.fault == ""
