"""What a terminal is told to follow: its places from the top down, its groups, in its own dialect."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from devices.enrol import GROUPS_MAX, EnrolError, make_group, set_member
from devices.models import Terminal
from devices.want import want_of
from station.people import NotAllowed
from tests.people import Village
from wire.topics import Topics

BASE = ("http://station:8080",)


@pytest.fixture
def terminal(session: Session, village: Village, now: datetime) -> Terminal:
    made = Terminal(did="tlimin", area_id=village.village_b.id, name="村口", volume=55, created_at=now)
    session.add(made)
    session.flush()
    return made


def test_it_follows_every_place_above_it_in_its_areas_dialect(session: Session, village: Village, terminal: Terminal) -> None:
    want = want_of(session, terminal, BASE, heartbeat_s=20)
    places = (village.province, village.city, village.county, village.town, village.village_b)
    assert want.zones == tuple(f"{each.zid}_yue" for each in places)
    assert (want.rev, want.dialect, want.tz, want.volume, want.heartbeat_s, want.base, want.revoked) == (1, "yue", "Asia/Shanghai", 55, 20, BASE, False)


def test_its_own_dialect_comes_before_that_of_its_place(session: Session, terminal: Terminal) -> None:
    terminal.dialect = "hak"
    assert {zone.rpartition("_")[2] for zone in want_of(session, terminal, BASE).zones} == {"hak"}


def test_a_group_is_one_more_zone_and_the_subscriptions_stay_within_the_profile(
    session: Session, village: Village, terminal: Terminal, now: datetime
) -> None:
    groups = [make_group(session, person=village.operator, area=village.county, name=f"学校{n}", now=now) for n in range(GROUPS_MAX)]
    for rev, group in enumerate(groups, 2):
        set_member(session, person=village.operator, group=group, terminal=terminal, member=True, now=now)
        set_member(session, person=village.operator, group=group, terminal=terminal, member=True, now=now)
        assert terminal.want_rev == rev, "the second time changes nothing"
    zones = want_of(session, terminal, BASE).zones
    assert zones[5:] == tuple(f"{group.zid}_yue" for group in groups)
    filters = Topics().terminal_filters(terminal.did, zones)
    assert len(filters) <= 30 and all(len(each.encode()) <= 128 for each in filters)
    set_member(session, person=village.operator, group=groups[0], terminal=terminal, member=False, now=now)
    assert len(want_of(session, terminal, BASE).zones) == 5 + GROUPS_MAX - 1


def test_a_fourth_group_a_group_elsewhere_and_a_group_without_a_name_are_refused(
    session: Session, village: Village, terminal: Terminal, now: datetime
) -> None:
    for n in range(GROUPS_MAX):
        group = make_group(session, person=village.operator, area=village.county, name=f"学校{n}", now=now)
        set_member(session, person=village.operator, group=group, terminal=terminal, member=True, now=now)
    fourth = make_group(session, person=village.operator, area=village.county, name="祠堂", now=now)
    with pytest.raises(EnrolError, match="3 groups already"):
        set_member(session, person=village.operator, group=fourth, terminal=terminal, member=True, now=now)
    elsewhere = make_group(session, person=village.operator, area=village.village_a, name="祠堂", now=now)
    with pytest.raises(EnrolError, match="own branch"):
        set_member(session, person=village.operator, group=elsewhere, terminal=terminal, member=True, now=now)
    with pytest.raises(EnrolError, match="name"):
        make_group(session, person=village.operator, area=village.county, name=" ", now=now)


def test_a_stranger_makes_no_group_and_changes_none(session: Session, village: Village, terminal: Terminal, now: datetime) -> None:
    group = make_group(session, person=village.operator, area=village.county, name="学校", now=now)
    with pytest.raises(NotAllowed):
        make_group(session, person=village.stranger, area=village.county, name="学校", now=now)
    with pytest.raises(NotAllowed):
        set_member(session, person=village.stranger, group=group, terminal=terminal, member=True, now=now)


def test_what_is_wanted_of_a_revoked_one_is_silence(session: Session, terminal: Terminal) -> None:
    terminal.state = "revoked"
    assert want_of(session, terminal, BASE).revoked is True
