"""Three states of a speaker, counted by place, say the same in SQL as one by one; where places lie is brought as a table, all or none."""

from __future__ import annotations

import random
from collections import Counter
from datetime import datetime

import pytest
from sqlalchemy import select

from devices.models import PRESENCES, Terminal
from devices.registry import BadRegister
from devices.standing import Standing, amiss, by_child, by_place, children, standing_of
from devices.where import box_of, bring_spots, read_spots, set_where
from station.areas import is_below
from station.database import Database
from station.models import Area, AuditEntry
from station.people import NotAllowed
from tests.people import Village, settle


@pytest.fixture
def county(db: Database, now: datetime) -> Village:
    dice = random.Random(3)
    with db.session() as session:
        places = settle(session, now)
        for n in range(60):
            area = dice.choice((places.county, places.town, places.village_a, places.village_b, places.other_county))
            session.add(Terminal(
                did=f"t{n}", area_id=area.id, name=f"t{n}", presence=dice.choice(PRESENCES), fault=dice.choice(("", "", "device: none")),
                state=dice.choice(("active", "active", "revoked")), created_at=now,
            ))  # fmt: skip
    return places


@pytest.mark.both_databases
def test_counted_by_place_and_by_child_it_is_what_each_speaker_says(db: Database, county: Village) -> None:
    with db.reading() as session:
        every = [each for each in session.scalars(select(Terminal).where(Terminal.state == "active"))]
        for place in (county.province, county.city, county.county, county.town, county.village_a):
            truth = Counter(standing_of(each) for each in every if is_below(each.area, place))
            each_child = by_child(session, place)
            assert sum(each_child.values(), Standing()) == sum(by_place(session, place).values(), Standing()) == Standing(**truth)
            for child, counted in children(session, place):
                assert counted == Standing(**Counter(standing_of(each) for each in every if is_below(each.area, child)))
        assert {standing_of(each) for each in amiss(session, county.province, 100)} == {"not_ready"}
        assert all(is_below(each.area, county.town) for each in amiss(session, county.town))


def test_one_that_is_not_ready_is_enough_to_show_a_place_so() -> None:
    assert [each.worst for each in (Standing(9, 1, 3), Standing(9, 0, 3), Standing(9), Standing())] == ["not_ready", "unknown", "ready", "none"]


def test_places_lie_where_a_table_says_all_or_none(db: Database, county: Village, now: datetime) -> None:
    with db.session() as session:
        table = "\ufeffplace,lat,lon\n上坪村,24.8801,113.5972\n青山省/临水市/云岭县/石桥镇,24.9,113.6\n"
        assert bring_spots(session, read_spots(table), person=None, now=now) == 2 and bring_spots(session, read_spots(table), person=None, now=now) == 0
        assert session.get_one(Area, county.village_a.id).lat == 24.8801
        with pytest.raises(BadRegister, match="no place of yours is called '上坪村'"):
            bring_spots(session, read_spots(table), person=county.stranger, now=now)
        with pytest.raises(BadRegister, match="line 3: no place"):
            bring_spots(session, read_spots("place,lat,lon\n下涌村,1,2\n天上,1,2\n"), person=county.admin, now=now)
        assert session.get_one(Area, county.village_b.id).lat is None
        set_where(session, person=county.admin, area=session.get_one(Area, county.village_a.id), lat=None, lon=None, now=now)
        assert session.scalars(select(AuditEntry).where(AuditEntry.act == "where", AuditEntry.subject_id == str(county.village_a.id))).one().detail["before"] == [24.8801, 113.5972]
        with pytest.raises(NotAllowed):
            set_where(session, person=county.operator, area=session.get_one(Area, county.village_a.id), lat=1.0, lon=1.0, now=now)


@pytest.mark.parametrize("table", ["", "place,lat\na,1\n", "place,lat,lon\n", "place,lat,lon\na,91,0\n", "place,lat,lon\na,nan,0\n", "place,lat,lon\na\n", "place,lat,lon\na,1,2,3\nb,x,1\n"])
def test_a_table_that_cannot_be_taken_is_refused_in_words(table: str) -> None:
    with pytest.raises(BadRegister):
        read_spots(table)


def test_the_smallest_part_of_the_earth_has_air_around() -> None:
    box = box_of([(24.0, 113.0), (25.0, 114.0)])
    assert box is not None and box.south < 24.0 < 25.0 < box.north and box.west < 113.0 < 114.0 < box.east
    one = box_of([(24.0, 113.0)])
    assert one is not None and one.north > one.south and box_of([]) is None
