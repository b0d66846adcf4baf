"""Map, tree and wall: each place in three states, mine and no others; speakers come by a table, all or none, and their papers once."""

from __future__ import annotations

import csv
import io
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from admin.fleet_map import HIGH, WIDE, Point, clusters
from devices.models import Terminal
from devices.standing import Standing
from devices.where import Box, box_of
from station.models import Area
from tests.admin.conftest import Pages
from tests.broadcast.builders import a_clip, a_programme, a_terminal


@pytest.fixture
def drawn(pages: Pages) -> Pages:
    """Two villages that say where they lie, one with a broken speaker."""
    village, now = pages.village, pages.now
    with pages.db.session() as session:
        a_terminal(session, village.village_a, now, "tgood", presence="online", last_seen_at=now)
        a_terminal(session, village.village_b, now, "tbroken", presence="online", fault="device", last_seen_at=now)
        a_terminal(session, village.village_b, now, "tquiet", presence="silent", last_seen_at=now)
        for place, lat, lon in ((village.village_a, 24.88, 113.59), (village.village_b, 25.4, 114.2)):
            found = session.get_one(Area, place.id)
            found.lat, found.lon = lat, lon
    return pages


def test_map_and_tree_say_ready_not_ready_and_unknown_in_words(drawn: Pages) -> None:
    browser, village = drawn.browser(drawn.village.operator), drawn.village
    page = browser.get("/devices/places").text
    assert "1 of 3 ready · 1 not ready · 1 unknown" in page and "石桥镇" in page and "style=" not in page
    assert 'class="map"' in page and "上坪村: 1 of 1 ready" in page and page.count('class="not_ready"') >= 2
    town = browser.get(f"/devices/places?place={village.town.id}").text
    assert "下涌村" in town and "unknown" in town
    leaf = browser.get(f"/devices/places?place={village.village_b.id}").text
    assert "tbroken" in leaf and "No sound device" in leaf
    assert browser.get("/devices/places?box=1,2,3").status_code == 200 and browser.get("/devices/places?box=nan,0,1,2").status_code == 200
    assert "上坪村:" not in browser.get("/devices/places?box=25.3,114.1,25.5,114.3").text


def test_the_wall_shows_state_faults_and_what_is_on_and_moves_by_itself(drawn: Pages) -> None:
    browser, village = drawn.browser(drawn.village.operator), drawn.village
    with drawn.db.session() as session:
        a_programme(session, village.county, drawn.now, a_clip(session, village.county, drawn.now), starts_at=drawn.now.replace(hour=9))
    page = browser.get(f"/wall?place={village.county.id}").text
    assert "tbroken" in page and "No sound device" in page and "早间" in page and "style=" not in page
    parts = browser.get(f"/live.json?what=wall&id={village.county.id}").json
    assert parts and "tbroken" in parts["wall"]
    assert browser.get(f"/wall?place={village.other_county.id}").status_code == 404
    stranger = drawn.browser(village.stranger)
    assert stranger.get(f"/live.json?what=wall&id={village.county.id}").json == {} and "tbroken" not in stranger.get("/wall").text
    assert stranger.get(f"/devices/places?place={village.county.id}").status_code == 404


def test_speakers_come_by_a_table_all_or_none_and_their_papers_once(pages: Pages) -> None:
    browser = pages.browser(pages.village.operator)

    def bring(table: str) -> str:
        return browser.post("/devices/bring", {"table": (io.BytesIO(table.encode()), "speakers.csv")}).data.decode("utf-8-sig")

    papers = list(csv.DictReader(io.StringIO(bring('name,place\n村口,上坪村\n"学校, ""东""",云岭县/石桥镇/下涌村\n'))))
    assert [each["name"] for each in papers] == ["村口", '学校, "东"'] and all(each["did"] and each["password"] for each in papers)
    with pages.db.reading() as session:
        assert {each.did for each in session.scalars(select(Terminal))} == {each["did"] for each in papers}
    bring("name,place\n好,上坪村\n坏,邻县\n")
    assert "no place is called" in browser.get("/devices").text
    bring("nonsense")
    stranger = pages.browser(pages.village.stranger)
    stranger.post("/devices/bring", {"table": (io.BytesIO("name,place\n外,上坪村\n".encode()), "speakers.csv")})
    with pages.db.reading() as session:
        assert len(session.scalars(select(Terminal)).all()) == 2


def test_where_a_place_lies_is_set_by_whoever_keeps_the_places(pages: Pages) -> None:
    number = pages.village.village_a.id
    keeper = pages.browser(pages.village.admin)
    assert "lat" in keeper.get(f"/areas/{number}/where").text
    keeper.post(f"/areas/{number}/where", {"lat": "24.88", "lon": "113.59"})
    keeper.post(f"/areas/{number}/where", {"lat": "124", "lon": "113.59"})
    keeper.post("/areas/where", {"table": (io.BytesIO("place,lat,lon\n下涌村,25.4,114.2\n".encode()), "where.csv"), "back": str(number)})
    with pages.db.reading() as session:
        assert [(each.lat, each.lon) for each in session.scalars(select(Area).where(Area.lat.is_not(None)).order_by(Area.id))] == [(24.88, 113.59), (25.4, 114.2)]
    assert pages.browser(pages.village.operator).post(f"/areas/{number}/where", {"lat": "1", "lon": "1"}).status_code == 403
    assert pages.browser(pages.village.stranger).get(f"/areas/{number}/where").status_code == 404
    api = pages.machine(pages.village.admin)
    assert api("PUT", f"/api/areas/{number}/where", json={"lat": 24.9, "lon": 113.6}).json == {"area_id": number, "lat": 24.9, "lon": 113.6}
    assert api("PUT", f"/api/areas/{number}/where", json={"lat": 24.9, "lon": None}).status_code == 422
    assert pages.machine(pages.village.operator)("PUT", f"/api/areas/{number}/where", json={"lat": 1.0, "lon": 1.0}).status_code == 403


def test_by_machine_a_place_and_those_below_it_stand_as_on_the_page(drawn: Pages) -> None:
    call, village = drawn.machine(drawn.village.operator), drawn.village
    said = call("GET", f"/api/areas/{village.town.id}/standing").json
    assert said and said["total"] == {"ready": 1, "not_ready": 1, "unknown": 1}
    assert {(each["area_id"], each["state"]) for each in said["below"]} == {(village.village_a.id, "ready"), (village.village_b.id, "not_ready")}
    assert drawn.machine(village.stranger)("GET", f"/api/areas/{village.town.id}/standing").status_code == 404


@given(st.lists(st.tuples(st.floats(-89, 89), st.floats(-179, 179), st.integers(0, 5)), min_size=1, max_size=60))
def test_every_place_is_drawn_once_within_the_sheet(found: list[tuple[float, float, int]]) -> None:
    area = Area(name="x")
    points = [Point(area, lat, lon, Standing(count)) for lat, lon, count in found]
    box = box_of((each.lat, each.lon) for each in points)
    assert box is not None
    made = clusters(points, box)
    assert sum(each.places for each in made) == len(points) and sum(each.standing.ready for each in made) == sum(count for *_, count in found)
    assert all(-1e-6 <= each.x <= WIDE + 1e-6 and -1e-6 <= each.y <= HIGH + 1e-6 and math.isfinite(each.size) for each in made)


def test_north_is_up_and_east_is_right() -> None:
    area = Area(name="x")
    box = Box(24.0, 113.0, 25.0, 114.0)
    made = clusters([Point(area, 24.1, 113.1, Standing(1)), Point(area, 24.9, 113.9, Standing(1))], box)
    south_west, north_east = sorted(made, key=lambda each: each.x)
    assert south_west.y > north_east.y
