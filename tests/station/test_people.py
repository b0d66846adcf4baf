"""Rights reach down a branch and nowhere else."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from station import access
from station.areas import BadArea, add_area, ancestors, dialect_of, is_below, tz_of, zone
from station.models import Area
from station.people import ACTS, BadPerson, NotAllowed, add_person, grant, may, require, roots, visible
from tests.people import Village


def test_an_operator_may_write_in_the_county_and_everywhere_below(session: Session, village: Village) -> None:
    assert may(session, village.operator, "write", village.county)
    assert may(session, village.operator, "write", village.village_b)
    assert not may(session, village.operator, "write", village.city)
    assert not may(session, village.operator, "review", village.county)


def test_the_one_from_the_next_county_may_do_nothing_here(session: Session, village: Village) -> None:
    assert not any(may(session, village.stranger, act, village.village_a) for act in ACTS)
    with pytest.raises(NotAllowed, match="邻人 may not play in 上坪村"):
        require(session, village.stranger, "play", village.village_a)


def test_visible_lists_the_branch_only(session: Session, village: Village) -> None:
    mine = set(session.scalars(select(Area.name).where(visible(session, village.operator))))
    assert mine == {"云岭县", "石桥镇", "上坪村", "下涌村"}


def test_a_person_without_grants_or_switched_off_sees_nothing(session: Session, village: Village, now: datetime) -> None:
    nobody = add_person(session, "wu", "无权", now)
    assert session.scalars(select(Area).where(visible(session, nobody))).all() == []
    village.admin.active = False
    assert roots(session, village.admin, "see") == []


def test_a_grant_given_twice_stands_once(session: Session, village: Village) -> None:
    first = grant(session, village.operator, village.county, "operator")
    assert grant(session, village.operator, village.county, "operator") is first
    with pytest.raises(BadPerson, match="no role is called 'king'"):
        grant(session, village.operator, village.county, "king")


def test_bad_and_taken_sign_in_names_are_refused(session: Session, village: Village, now: datetime) -> None:
    with pytest.raises(BadPerson, match="taken"):
        add_person(session, "LAN ", "another", now)
    with pytest.raises(BadPerson, match="2 to 64"):
        add_person(session, "a b", "spaces", now)


def test_zone_and_dialect_are_inherited_down_the_tree(session: Session, village: Village) -> None:
    assert tz_of(session, village.village_b) == "Asia/Shanghai"
    assert dialect_of(session, village.village_b) == "yue"
    assert dialect_of(session, village.town) == "cmn"
    assert [area.level for area in ancestors(session, village.village_a)] == ["province", "city", "county", "town", "village"]
    assert is_below(village.village_a, village.county) and not is_below(village.county, village.village_a)
    assert zone(village.village_b, "yue") == village.village_b.zid + "_yue"


def test_a_place_must_lie_below_its_parent(session: Session, village: Village, now: datetime) -> None:
    with pytest.raises(BadArea, match="cannot lie below"):
        add_area(session, parent=village.village_a, level="county", name="x", now=now)
    with pytest.raises(BadArea, match="no time zone"):
        add_area(session, parent=village.town, level="village", name="x", now=now, tz="Asia/Nowhere")
    with pytest.raises(BadArea, match="12 digits"):
        add_area(session, parent=village.town, level="village", name="x", now=now, code="12")


def test_passwords_are_checked_and_weak_ones_refused(session: Session, village: Village, now: datetime) -> None:
    access.set_password(session, village.operator, "four words in a row")
    assert access.check_password(session, "lan", "four words in a row", now) is village.operator
    assert access.check_password(session, "lan", "four words in a raw", now) is None
    assert access.check_password(session, "nobody", "four words in a row", now) is None
    assert access.check_password(session, "shen", "", now) is None
    for weak in ("short", "aaaaaaaaaaaa"):
        with pytest.raises(access.WeakPassword):
            access.set_password(session, village.operator, weak)


def test_a_link_signs_in_once_within_fifteen_minutes(session: Session, village: Village, now: datetime) -> None:
    token = access.make_link(session, village.operator, now)
    assert access.use_link(session, token, now + timedelta(minutes=16)) is None
    assert access.use_link(session, token, now + timedelta(minutes=14)) is village.operator
    assert access.use_link(session, token, now + timedelta(minutes=14)) is None
    assert access.person_of_session(session, token, now) is None, "a link is no session"


def test_a_session_ends_when_signed_out_or_after_a_week(session: Session, village: Village, now: datetime) -> None:
    token = access.open_session(session, village.operator, now)
    assert access.person_of_session(session, token, now + timedelta(days=6)) is village.operator
    assert access.person_of_session(session, token, now + timedelta(days=8)) is None
    access.end_session(session, token, now)
    assert access.person_of_session(session, token, now) is None


def test_a_bearer_token_expires_and_can_be_revoked(session: Session, village: Village, now: datetime) -> None:
    token = access.make_token(session, village.operator, "weather office", now, days=1)
    assert access.person_of_token(session, token, now) is village.operator
    assert access.person_of_token(session, token, now + timedelta(days=2)) is None
    assert access.person_of_token(session, token + "x", now) is None
    village.operator.active = False
    assert access.person_of_token(session, token, now) is None
