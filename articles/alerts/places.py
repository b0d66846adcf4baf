"""Our places as a warning may name them, read from a table or a map, and which of them a warning concerns."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from articles.alerts.errors import BadAlert
from articles.alerts.geometry import Circle, Point, Ring, around, read_circle, read_ring, ring
from articles.alerts.model import Region

OURS = "code"
"""The scheme of the codes of our own tree: 12 digits, two for the province, two for the city, two for the county, three for the town, three for the village."""
_FOREIGN = re.compile(r"fips|same|ugc|emma|nuts|warncell|wmo|iso|profile:|layer:|cap-?cp|vtec|amoc|hasc|gnd|pcode|zone|zip|postal", re.IGNORECASE)
"""Schemes whose digits are other people's places."""
_STEPS = (2, 4, 6, 9, 12)
MAX_PLACES = 100_000


@dataclass(frozen=True)
class Place:
    """One of our places. ``codes`` are (scheme, value); ``rings`` its outline; ``point`` its middle, where no outline is known."""

    id: str
    name: str
    codes: tuple[tuple[str, str], ...] = ()
    rings: tuple[Ring, ...] = ()
    point: Point | None = None
    parent: str = ""


@dataclass(frozen=True)
class Match:
    """Which of our places a warning concerns. ``unknown`` says in words what of it could not be compared; ``part``: a place that is larger than
    what is warned of, which lies somewhere in it."""

    ids: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    part: tuple[str, ...] = ()


def significant(code: str) -> str:
    """The digits of a code of our tree that tell something: 330102000000 -> 330102. Shortened codes and those with two digits more are read."""
    digits = code[:12]
    return next((digits[:step] for step in _STEPS if not digits[step:].strip("0")), digits)


def _shape_of(code: str) -> str:
    """Which kind of code it is by its letters and digits: UK105 is AA999."""
    return "".join("9" if each.isdecimal() else "A" if each.isalpha() else each for each in code)


class Map:
    """Our places, ready to be asked."""

    def __init__(self, places: Iterable[Place]) -> None:
        self.places = list(places)
        self.by_id = {each.id: each for each in self.places}
        self._by_code: dict[tuple[str, str], list[Place]] = defaultdict(list)
        self._schemes: set[str] = set()
        self._ours: list[tuple[str, Place]] = []
        self._shapes: set[str] = set()
        for each in self.places:
            for scheme, value in each.codes:
                self._schemes.add(scheme.lower())
                if scheme == OURS and len(value) >= 5:
                    self._shapes.add(_shape_of(value))
                if scheme == OURS and value.isdecimal():
                    self._ours.append((significant(value), each))
                self._by_code[scheme.lower(), value.lower()].append(each)

    @cached_property
    def _inner(self) -> set[str]:
        """Places that have others of ours inside: a warning concerns them as a whole only when it covers them."""
        parents = {each.parent for each in self.places if each.parent}
        prefixes = {code[:step] for code, _place in self._ours for step in _STEPS if step < len(code)}
        return parents | {place.id for code, place in self._ours if code in prefixes}

    @cached_property
    def _drawn(self) -> bool:
        return any(each.rings or each.point for each in self.places)

    def match(self, regions: Sequence[Region]) -> Match:
        """The places that the regions together concern (their union, as CAP says)."""
        ids: dict[str, None] = {}
        unknown: list[str] = []
        part: dict[str, None] = {}
        for region in regions:
            unread: list[str] = []
            codes = [self._code(scheme, value, ids, unread, part) for scheme, value in region.geocodes]
            shapes = [self._shape(read_ring(text), "polygon", region.desc, ids, unknown) for text in region.polygons]
            shapes += [self._shape(read_circle(text), "circle", region.desc, ids, unknown) for text in region.circles]
            if not any(shapes):  # codes and outlines of one area say the same in two ways: one of them is enough
                unknown += unread
            if (region.polygons or region.circles) and not self._drawn and not any(codes):
                unknown.append("none of our places has an outline or a middle to compare with the map of the warning")
            if not (region.geocodes or region.polygons or region.circles):
                unknown.append(f"“{region.desc[:60]}” has neither a code nor an outline")
        return Match(tuple(ids), tuple(dict.fromkeys(unknown)), tuple(part))

    def _code(self, scheme: str, value: str, ids: dict[str, None], unread: list[str], part: dict[str, None]) -> bool:
        """Takes the places that a code names; whether it could be compared with ours at all."""
        compared = True
        for each in filter(None, re.split(r"[\s,;，；]+", value)):
            exact = self._by_code.get((scheme.lower(), each.lower())) or (self._by_code.get((OURS, each.lower())) if len(each) >= 5 else None)
            if exact and (scheme.lower() != OURS or not each.isdecimal()):
                ids.update((place.id, None) for place in exact)
                if each.isdecimal() and not _FOREIGN.search(scheme):
                    ids.update((place.id, None) for code, place in self._ours if code.startswith(significant(each)))
            elif scheme.lower() in self._schemes and scheme.lower() != OURS:
                continue  # a code of a scheme we know, and none of ours
            elif self._ours and not _FOREIGN.search(scheme) and each.isdecimal() and len(each) in (2, 4, 6, 9, 12, 14):
                named = significant(each)
                ids.update((place.id, None) for code, place in self._ours if code.startswith(named))
                part.update((place.id, None) for code, place in self._ours if named.startswith(code) and code != named)
            elif _shape_of(each) in self._shapes:
                continue  # a code of the kind that our places have, and none of theirs
            else:
                compared = False
                unread.append(f"the code {each[:40]} ({scheme[:40] or 'no scheme'}) is of a kind that none of our places has")
        return compared

    def _shape(self, shape: Ring | Circle | None, kind: str, desc: str, ids: dict[str, None], unknown: list[str]) -> bool:
        """Takes the places in a shape; whether it could be compared with ours."""
        if shape is None:
            unknown.append(f"a {kind} of “{desc[:60]}” is broken")
        elif self._drawn:
            ids.update((each.id, None) for each in self.places if self._concerns(shape, each))
            return True
        return False

    def _concerns(self, shape: Ring | Circle, place: Place) -> bool:
        if place.rings:
            if place.id in self._inner:  # its villages are asked one by one
                return all(shape.encloses(each) for each in place.rings)
            return any(shape.meets(each) for each in place.rings)
        return place.point is not None and shape.holds(place.point)


def read_places(data: bytes) -> list[Place]:
    """Places from JSON ({"areas": [...]} or a list), GeoJSON (a FeatureCollection) or CSV with a heading. Raises BadAlert.

    Of each: id, name, code (12 digits), geocodes ({scheme: value or list}), parent (an id), polygon ("lat,lon lat,lon ..." or [[lat, lon], ...])
    or polygons, point ([lat, lon]) or lat and lon, radius_km around it. In GeoJSON the outline is the geometry, the rest the properties.
    Without an id the code is one, without a code the name.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadAlert(f"the list of areas is not UTF-8 (byte {error.start}): save it as UTF-8") from error
    if text.lstrip()[:1] in ("{", "["):
        try:
            rows = _rows(json.loads(text))
        except (ValueError, RecursionError) as error:
            raise BadAlert(f"the list of areas is not JSON: {error}") from error
    else:
        try:
            rows = [{str(name).strip().lower(): value for name, value in row.items() if name} for row in csv.DictReader(io.StringIO(text))]
        except csv.Error as error:
            raise BadAlert(f"the list of areas is no table: {error}") from error
    if len(rows) > MAX_PLACES:
        raise BadAlert(f"the list has more than {MAX_PLACES} areas")
    places = [_place(number, row) for number, row in enumerate(rows, 1)]
    if not places:
        raise BadAlert("the list of areas is empty: give at least one with a name and a code or an outline")
    if len({each.id for each in places}) < len(places):
        places = [each if [other.id for other in places].count(each.id) == 1 else _renamed(each, number) for number, each in enumerate(places, 1)]
    return places


def _renamed(place: Place, number: int) -> Place:
    return Place(f"{place.id}#{number}", place.name, place.codes, place.rings, place.point, place.parent)


def _rows(told: Any) -> list[dict[str, Any]]:
    if isinstance(told, Mapping) and isinstance(told.get("features"), list):
        return [_feature(each) for each in told["features"]]
    if isinstance(told, Mapping):
        found = next((told[name] for name in ("areas", "places", "zones", "villages") if isinstance(told.get(name), list)), None)
        told = found if found is not None else _named(told)
    rows: list[dict[str, Any]] = []
    waiting = [(each, "") for each in told][::-1]
    while waiting:
        each, parent = waiting.pop()
        if not isinstance(each, Mapping):
            each = {"name": str(each)}
        row = {str(name).lower(): value for name, value in each.items()}
        row.setdefault("parent", parent)
        if isinstance(row.get("geometry"), Mapping):
            _drawn(row, row)
        rows.append(row)
        own = str(row.get("id") or row.get("code") or row.get("name") or "")
        waiting += [(below, own) for name in ("children", "areas") for below in (row.get(name) or []) if isinstance(row.get(name), list)][::-1]
    return rows


def _named(told: Mapping[str, Any]) -> list[Any]:
    """{"name": "code"} or {"name": {...}}; one place alone as itself."""
    if "name" in told or "code" in told:
        return [told]
    return [{"name": name, **value} if isinstance(value, Mapping) else {"name": name, "code": value} for name, value in told.items()]


def _feature(each: Any) -> dict[str, Any]:
    if not isinstance(each, Mapping):
        raise BadAlert("a feature of the map is no object")
    row = {str(name).lower(): value for name, value in (each.get("properties") or {}).items()}
    if each.get("id") is not None:
        row.setdefault("id", each["id"])
    return _drawn(row, each)


def _drawn(row: dict[str, Any], each: Mapping[str, Any]) -> dict[str, Any]:
    """The row with the outline of its GeoJSON geometry, which has the longitude first."""
    geometry: Any = each.get("geometry") or {}
    try:
        kind = geometry.get("type")
        coordinates: Any = geometry.get("coordinates")
        if kind == "Point":
            row["point"] = coordinates[1::-1]
        elif kind in ("Polygon", "MultiPolygon"):
            outlines = [coordinates] if kind == "Polygon" else coordinates
            row["polygons"] = [[pair[1::-1] for pair in outline[0]] for outline in outlines]
    except (TypeError, IndexError, AttributeError) as error:
        raise BadAlert(f"the geometry of {row.get('name') or row.get('id') or 'a feature'} cannot be read ({error})") from error
    return row


def _place(number: int, row: Mapping[str, Any]) -> Place:
    code = str(row.get("code") or row.get("adcode") or row.get("area_code") or "").strip()
    name = str(row.get("name") or row.get("title") or "").strip()
    identity = str(row.get("id") or row.get("zid") or code or name or number).strip()
    codes = [(OURS, code)] if code else []
    geocodes = row.get("geocodes") or row.get("codes") or row.get("geocode") or {}
    if isinstance(geocodes, str):
        geocodes = dict(pair.partition("=")[::2] for pair in geocodes.split() if "=" in pair) or {OURS: geocodes}
    if isinstance(geocodes, Sequence):
        geocodes = _listed(geocodes)
    for scheme, values in geocodes.items():
        codes += [(str(scheme), str(value)) for value in (values if isinstance(values, list) else [values])]
    try:
        rings, point = _outline(row)
    except (TypeError, ValueError, IndexError, KeyError) as error:
        raise BadAlert(f"area {number} ({name or identity}): its outline cannot be read ({error})") from error
    return Place(identity, name or identity, tuple(codes), rings, point, str(row.get("parent") or row.get("parent_id") or ""))


def _listed(geocodes: Sequence[Any]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for each in geocodes:
        if isinstance(each, Mapping):
            found[str(each.get("valueName") or each.get("scheme") or OURS)].append(str(each.get("value")))
        elif isinstance(each, Sequence) and not isinstance(each, str) and len(each) == 2:
            found[str(each[0])].append(str(each[1]))
        else:
            found[OURS].append(str(each))
    return found


def _corners(pairs: Any) -> list[Point]:
    """Latitude first, unless latitudes beyond 90 show that the longitude is."""
    corners = [(float(lat), float(lon)) for lat, lon, *_height in pairs]
    turned = any(abs(lat) > 90 for lat, _lon in corners) and all(abs(lon) <= 90 for _lat, lon in corners)
    return [(lon, lat) for lat, lon in corners] if turned else corners


def _outline(row: Mapping[str, Any]) -> tuple[tuple[Ring, ...], Point | None]:
    told: Any = row.get("polygons") or ([row["polygon"]] if row.get("polygon") else [])
    rings = []
    for each in told if isinstance(told, list) else [told]:
        made = read_ring(each) if isinstance(each, str) else ring(_corners(each))
        if made is None:
            raise ValueError("a polygon encloses nothing")
        rings.append(made)
    middle: Any = row.get("point") or ((row["lat"], row.get("lon", row.get("lng"))) if row.get("lat") not in (None, "") else None)
    point: Point | None = None
    if middle is not None:
        lat, lon, *_height = re.split(r"[,\s]+", middle.strip()) if isinstance(middle, str) else middle
        point = (float(lat), float(lon))
        if row.get("radius_km") and not rings:
            reach = around(point, float(row["radius_km"]))
            rings = [reach] if reach is not None else []
    return tuple(rings), point
