"""Lists of places, in the forms people have them."""

from __future__ import annotations

import json

import pytest

from articles.alerts.errors import BadAlert
from articles.alerts.model import Region
from articles.alerts.places import Map, read_places, significant

OUTLINE = [[30.0, 120.0], [30.0, 121.0], [31.0, 121.0], [31.0, 120.0]]
LISTS = {
    "areas": json.dumps({"areas": [{"id": "a", "name": "上坪村", "code": "330102001201", "polygon": OUTLINE}]}),
    "list": json.dumps([{"id": "a", "name": "上坪村", "code": 330102001201, "polygon": "30,120 30,121 31,121 31,120"}]),
    "tree": json.dumps({"areas": [{"id": "t", "name": "石桥镇", "children": [{"id": "a", "name": "上坪村", "geocodes": {"code": ["330102001201"]}, "polygons": [OUTLINE]}]}]}),
    "geojson": json.dumps({"type": "FeatureCollection", "features": [{"type": "Feature", "id": "a", "properties": {"name": "上坪村", "code": "330102001201"},
        "geometry": {"type": "Polygon", "coordinates": [[[120, 30], [121, 30], [121, 31], [120, 31], [120, 30]]]}}]}),
    "multi": json.dumps({"type": "FeatureCollection", "features": [{"properties": {"id": "a", "name": "上坪村", "code": "330102001201"},
        "geometry": {"type": "MultiPolygon", "coordinates": [[[[120, 30], [121, 30], [121, 31], [120, 31]]]]}}]}),
    "geometry": json.dumps([{"id": "a", "name": "上坪村", "code": "330102001201",
        "geometry": {"type": "Polygon", "coordinates": [[[120, 30], [121, 30], [121, 31], [120, 31]]]}}]),
    "turned": json.dumps([{"id": "a", "name": "上坪村", "code": "330102001201", "polygon": [[120, 30], [121, 30], [121, 31], [120, 31]]}]),
    "point": json.dumps([{"id": "a", "name": "上坪村", "code": "330102001201", "point": "30.5,120.5"}]),
    "reach": json.dumps([{"id": "a", "name": "上坪村", "code": "330102001201", "lat": 30.5, "lon": 120.5, "radius_km": 3}]),
    "csv": "\ufeffid,name,code,lat,lon\na,上坪村,330102001201,30.5,120.5\n",
}  # fmt: skip


@pytest.mark.parametrize("form", LISTS)
def test_every_form_of_a_list_gives_the_same_place(form: str) -> None:
    places = Map(read_places(LISTS[form].encode()))
    assert places.by_id["a"].name == "上坪村"
    assert places.match([Region(geocodes=(("行政区划代码", "330102000000"),))]).ids == ("a",)
    assert places.match([Region(polygons=("30.4,120.4 30.4,120.6 30.6,120.6 30.6,120.4",))]).ids == ("a",)
    assert places.match([Region(circles=("30.5,120.5 1",))]).ids == ("a",)
    assert places.match([Region(polygons=("10,20 10,21 11,21",))]).ids == ()


def test_a_place_with_others_inside_is_meant_only_as_a_whole() -> None:
    inner = {"id": "v", "name": "v", "parent": "t", "polygon": "30,120 30,120.2 30.2,120.2 30.2,120"}
    other = {"id": "w", "name": "w", "parent": "t", "polygon": "30.8,120.8 30.8,121 31,121 31,120.8"}
    places = Map(read_places(json.dumps([{"id": "t", "name": "t", "polygon": OUTLINE}, inner, other]).encode()))
    assert places.match([Region(polygons=("29.9,119.9 29.9,120.3 30.3,120.3 30.3,119.9",))]).ids == ("v",)
    assert set(places.match([Region(polygons=("29,119 29,122 32,122 32,119",))]).ids) == {"t", "v", "w"}


def test_other_schemes_match_exactly_and_say_when_none_is_meant() -> None:
    places = Map(read_places(json.dumps([{"id": "a", "name": "a", "geocodes": {"UGC": ["NVC013", "NVZ001"]}}]).encode()))
    assert places.match([Region(geocodes=(("UGC", "nvc013"),))]).ids == ("a",)
    assert places.match([Region(geocodes=(("UGC", "NVC014 NVZ001"),))]).ids == ("a",)
    no = places.match([Region(geocodes=(("UGC", "NVC014"),))])
    assert no.ids == () and no.unknown == ()
    assert places.match([Region(geocodes=(("EMMA_ID", "UK105"),))]).unknown


def test_a_code_of_another_scheme_may_stand_as_the_code_of_a_place() -> None:
    places = Map(read_places(json.dumps([{"name": "a", "code": "UK105"}, {"name": "b", "code": "006037"}]).encode()))
    assert places.match([Region(geocodes=(("EMMA_ID", "UK105"),))]).ids == ("UK105",)
    assert places.match([Region(geocodes=(("SAME", "006037"),))]).ids == ("006037",)
    for other in (("EMMA_ID", "UK106"), ("SAME", "006038")):
        no = places.match([Region(geocodes=(other,))])
        assert no.ids == () and no.unknown == ()
    assert places.match([Region(geocodes=(("UGC", "CAZ046X"),))]).unknown


@pytest.mark.parametrize(("code", "digits"), (
    ("330000000000", "33"), ("330100000000", "3301"), ("330102000000", "330102"), ("330102001000", "330102001"), ("330102001201", "330102001201"), ("330102", "330102"),
    ("33010200120100", "330102001201"),
))  # fmt: skip
def test_what_tells_something_in_a_code(code: str, digits: str) -> None:
    assert significant(code) == digits


@pytest.mark.parametrize("text", ("", "[]", "{", "[1", '[{"name": "a", "polygon": "1,2"}]', '[{"name": "a", "point": "x"}]', '{"features": [1]}', '{"features": [{"geometry": {"type": "Point"}}]}', "name\n"))
def test_a_list_that_is_none_is_refused_in_words(text: str) -> None:
    with pytest.raises(BadAlert):
        read_places(text.encode())


def test_two_places_of_one_name_stay_two() -> None:
    places = read_places(b'[{"name": "x", "code": ""}, {"name": "x"}]')
    assert len({each.id for each in places}) == 2
