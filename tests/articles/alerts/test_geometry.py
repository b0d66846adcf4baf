"""Inside or outside, on the round earth."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.alerts.geometry import Circle, Ring, around, distance_km, read_circle, read_ring, ring

SQUARE = "30,120 30,121 31,121 31,120 30,120"


def made(text: str) -> Ring:
    found = read_ring(text)
    assert found is not None
    return found


@pytest.mark.parametrize("text", (
    SQUARE, "30,120 30,121 31,121 31,120", "+30.0,+120.0 30,121 31,121, 31,120 ,30,120", "30 120 30 121 31 121 31 120", "120,30 121,30 121,31 120,31",
    "30,120\n30,121\t31,121  31,120;30,120",
))  # fmt: skip
def test_a_polygon_is_read_in_every_way_it_is_written(text: str) -> None:
    found = made(text)
    assert found.holds((30.5, 120.5)) and not found.holds((30.5, 121.5)) and not found.holds((29.5, 120.5))


@pytest.mark.parametrize("text", ("", "30,120", "30,120 31,121", "30,120 31,121 30,120", "30,120 31,121 32,122", "95,95 96,95 96,96", "a,b c,d e,f", "30,120 30,121 31"))
def test_what_encloses_nothing_is_no_polygon(text: str) -> None:
    assert read_ring(text) is None


def test_a_line_that_crosses_itself_encloses_both_halves() -> None:
    bow = made("30,120 31,121 31,120 30,121")
    assert bow.holds((30.1, 120.5)) and bow.holds((30.9, 120.5)) and not bow.holds((30.5, 120.1))
    twice = made("0,0 0,10 10,10 10,0 0,0 2,2 2,8 8,8 8,2 2,2")
    assert twice.holds((5, 5)) and twice.holds((1, 1))


@pytest.mark.parametrize("text", ("10,179 10,-179 12,-179 12,179", "10,179 10,181 12,181 12,179", "10,-181 10,-179 12,-179 12,-181"))
def test_a_polygon_goes_on_behind_the_antimeridian(text: str) -> None:
    found = made(text)
    assert found.holds((11, 180)) and found.holds((11, -180)) and found.holds((11, 179.5)) and found.holds((11, -179.5))
    assert not found.holds((11, 178)) and not found.holds((11, -178)) and not found.holds((11, 0))
    assert found.meets(made("11,-179.5 11,-178 11.5,-178")) and found.meets(made("11,178 11,179.5 11.5,178"))
    assert not found.meets(made("11,0 11,1 12,1"))


def test_rings_meet_when_one_holds_the_other_or_only_their_sides_cross() -> None:
    square = made(SQUARE)
    assert square.meets(made("30.4,120.4 30.4,120.6 30.6,120.5")) and made("30.4,120.4 30.4,120.6 30.6,120.5").meets(square)
    assert square.meets(made("30.4,119 30.6,119 30.6,122 30.4,122")) and not square.encloses(made("30.4,119 30.6,119 30.6,122 30.4,122"))
    assert not square.meets(made("32,120 32,121 33,121"))


def test_circles() -> None:
    circle = read_circle("30.5,120.5 10")
    assert circle == Circle((30.5, 120.5), 10.0)
    assert circle.holds((30.55, 120.5)) and not circle.holds((30.7, 120.5))
    assert circle.meets(made(SQUARE)) and circle.meets(made("30.58,120 30.58,121 31,121")) and not circle.meets(made("30.7,120 30.7,121 31,121"))
    assert read_circle("0,179.99 50") is not None and Circle((0, 179.99), 50).holds((0, -179.9)) and Circle((0, 179.99), 50).meets(made("-1,-179.8 1,-179.8 1,-179"))
    assert [read_circle(text) for text in ("", "30,120", "95,0 3", "30,120 -5", "30,120 999999", "30,120 x")] == [None] * 6


def test_a_village_known_by_its_middle_has_a_reach() -> None:
    reach = around((30.5, 120.5), 2.0)
    assert reach is not None and all(abs(distance_km((30.5, 120.5), each) - 2.0) < 0.02 for each in reach.points)


def plainly(points: list[tuple[float, float]], lat: float, lon: float) -> float:
    """How often a line turns around a point, by adding up angles: slow, and another way than ours."""
    total = 0.0
    for (a, b), (c, d) in zip(points, points[1:] + points[:1], strict=True):
        one, two = math.atan2(a - lat, b - lon), math.atan2(c - lat, d - lon)
        total += (two - one + math.pi) % (2 * math.pi) - math.pi
    return total / (2 * math.pi)


@given(st.lists(st.tuples(st.integers(-40, 40), st.integers(-40, 40)), min_size=3, max_size=12), st.integers(-41, 41), st.integers(-41, 41))
def test_inside_is_what_the_sum_of_angles_says(corners: list[tuple[int, int]], lat: int, lon: int) -> None:
    found = ring([(a + 0.0, b + 0.0) for a, b in corners])
    at = (lat + 0.37, lon + 0.411)  # on no corner and on no line between whole numbers
    if found is not None:
        assert found.holds(at) == (round(plainly([(a + 0.0, b + 0.0) for a, b in corners], *at)) != 0)


@given(st.integers(-3, 3), st.floats(-60, 60), st.floats(-179, 179))
def test_whole_turns_around_the_earth_change_nothing(turns: int, lat: float, lon: float) -> None:
    square = [(lat, lon), (lat, lon + 2), (lat + 2, lon + 2), (lat + 2, lon)]
    one, turned = ring(square), ring([(a, (b + 360 * turns + 540) % 360 - 180) for a, b in square])
    assert one is not None and turned is not None
    for point in ((lat + 1, lon + 1), (lat + 1, lon + 3), (lat - 1, lon + 1)):
        assert one.holds(point) == turned.holds(point)
