"""Is this place inside? Polygons and circles on the round earth, repaired where real feeds break them.

Points are (latitude, longitude) in degrees, distances kilometres. A ring is unrolled across the antimeridian: its longitudes may leave
-180..180, so that neighbours are never further apart than half the earth.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

Point = tuple[float, float]
EARTH_KM = 6371.0088
BANDS = 128
MAX_POINTS = 20_000
_NUMBERS = re.compile(r"([-+]?\d{1,3}(?:\.\d*)?)\s*[,\s]\s*([-+]?\d{1,3}(?:\.\d*)?)")


@dataclass(frozen=True)
class Ring:
    """A closed line of at least three corners; the last is not the first again."""

    points: tuple[Point, ...]

    @cached_property
    def box(self) -> tuple[float, float, float, float]:
        """South, west, north, east."""
        lats, lons = [lat for lat, _lon in self.points], [lon for _lat, lon in self.points]
        return min(lats), min(lons), max(lats), max(lons)

    @cached_property
    def edges(self) -> list[list[tuple[Point, Point]]]:
        """The edges by bands of latitude: a point asks only those of its own band."""
        south, _west, north, _east = self.box
        bands: list[list[tuple[Point, Point]]] = [[] for _ in range(BANDS)]
        for one, other in zip(self.points, (*self.points[1:], self.points[0]), strict=True):
            for band in range(self._band(min(one[0], other[0]), south, north), self._band(max(one[0], other[0]), south, north) + 1):
                bands[band].append((one, other))
        return bands

    @staticmethod
    def _band(lat: float, south: float, north: float) -> int:
        return min(BANDS - 1, max(0, int((lat - south) / ((north - south) or 1.0) * BANDS)))

    def near(self, lat: float) -> list[tuple[Point, Point]]:
        """The edges that may meet this latitude."""
        south, _west, north, _east = self.box
        return self.edges[self._band(lat, south, north)] if south <= lat <= north else []

    def holds(self, point: Point) -> bool:
        """Whether a point is inside, by the number of turns around it: a line that crosses itself encloses both its halves."""
        south, west, north, east = self.box
        lat, lon = point
        if not south <= lat <= north:
            return False
        lon += 360.0 * round(((west + east) / 2 - lon) / 360.0)
        if not west <= lon <= east:
            return False
        turns = 0
        for (lat1, lon1), (lat2, lon2) in self.near(lat):
            side = (lon2 - lon1) * (lat - lat1) - (lon - lon1) * (lat2 - lat1)
            if side == 0 and min(lat1, lat2) <= lat <= max(lat1, lat2) and min(lon1, lon2) <= lon <= max(lon1, lon2):
                return True  # on the line
            if lat1 <= lat < lat2 and side < 0:
                turns += 1
            elif lat2 <= lat < lat1 and side > 0:
                turns -= 1
        return turns != 0

    def meets(self, other: Ring) -> bool:
        """Whether the two have a point in common."""
        shifted = other.beside(self)
        (south, west, north, east), (south2, west2, north2, east2) = self.box, shifted.box
        if south > north2 or south2 > north or west > east2 or west2 > east:
            return False
        if any(self.holds(each) for each in shifted.points) or any(shifted.holds(each) for each in self.points):
            return True
        return any(
            _cross(one, two, three, four)
            for one, two in zip(shifted.points, (*shifted.points[1:], shifted.points[0]), strict=True)
            for three, four in self._between(min(one[0], two[0]), max(one[0], two[0]))
        )

    def encloses(self, other: Ring) -> bool:
        """Whether all corners of the other are inside."""
        return all(self.holds(each) for each in other.points)

    def _between(self, south: float, north: float) -> Iterable[tuple[Point, Point]]:
        low, _west, high, _east = self.box
        for band in range(self._band(south, low, high), self._band(north, low, high) + 1):
            yield from self.edges[band]

    def beside(self, other: Ring) -> Ring:
        """The same ring, by whole turns around the earth, where it lies next to the other."""
        turn = 360.0 * round(((other.box[1] + other.box[3]) - (self.box[1] + self.box[3])) / 720.0)
        return Ring(tuple((lat, lon + turn) for lat, lon in self.points)) if turn else self


def _cross(one: Point, two: Point, three: Point, four: Point) -> bool:
    def side(a: Point, b: Point, c: Point) -> float:
        return (b[1] - a[1]) * (c[0] - a[0]) - (b[0] - a[0]) * (c[1] - a[1])

    return side(one, two, three) * side(one, two, four) < 0 and side(three, four, one) * side(three, four, two) < 0


def ring(points: Sequence[Point]) -> Ring | None:
    """A ring of these corners, unrolled; None where it encloses nothing, lies off the earth, or goes around a pole."""
    kept: list[Point] = []
    for lat, lon in points[:MAX_POINTS]:
        if not (-90 <= lat <= 90 and -360 <= lon <= 360):
            return None
        if kept:
            lon += 360.0 * round((kept[-1][1] - lon) / 360.0)
        if not kept or kept[-1] != (lat, lon):
            kept.append((lat, lon))
    if len(kept) > 1 and kept[0][0] == kept[-1][0] and abs(kept[0][1] - kept[-1][1]) % 360.0 == 0:
        if kept[0][1] != kept[-1][1]:
            return None  # around a pole
        kept.pop()
    if len(set(kept)) < 3 or _flat(kept):
        return None
    if abs(kept[0][1] - kept[-1][1]) > 180:
        return None
    return Ring(tuple(kept))


def _flat(points: Sequence[Point]) -> bool:
    (lat0, lon0) = points[0]
    far = max(points, key=lambda each: (each[0] - lat0) ** 2 + (each[1] - lon0) ** 2)
    return all(abs((far[0] - lat0) * (lon - lon0) - (far[1] - lon0) * (lat - lat0)) < 1e-12 for lat, lon in points)


def read_ring(text: str) -> Ring | None:
    """The polygon of a CAP alert, "lat,lon lat,lon ...". Unclosed ones are closed; pairs with a comma too many are read; where latitudes beyond
    90 show that the writer put the longitude first, they change places. None where nothing sensible is left."""
    pairs = [(float(a), float(b)) for a, b in _NUMBERS.findall(text)]
    if len(re.findall(r"\d+(?:\.\d*)?", text)) != 2 * len(pairs):
        return None
    if any(abs(lat) > 90 for lat, _lon in pairs) and all(abs(lon) <= 90 for _lat, lon in pairs):
        pairs = [(lat, lon) for lon, lat in pairs]
    return ring(pairs)


def read_circle(text: str) -> Circle | None:
    """The circle of a CAP alert, "lat,lon radius"; None where it is none."""
    numbers = re.fullmatch(r"\s*([-+]?\d+(?:\.\d*)?)\s*[,\s]\s*([-+]?\d+(?:\.\d*)?)[\s,;]+(\d+(?:\.\d*)?)\s*", text)
    if numbers is None:
        return None
    lat, lon, km = (float(each) for each in numbers.groups())
    if not (-90 <= lat <= 90 and -360 <= lon <= 360 and km < EARTH_KM * math.pi):
        return None
    return Circle((lat, lon), km)


@dataclass(frozen=True)
class Circle:
    """All within so many kilometres of a point."""

    middle: Point
    km: float

    def holds(self, point: Point) -> bool:
        return distance_km(self.middle, point) <= self.km

    def meets(self, other: Ring) -> bool:
        """Whether it touches a ring."""
        if other.holds(self.middle):
            return True
        return any(self._reaches(one, two) for one, two in zip(other.points, (*other.points[1:], other.points[0]), strict=True))

    def encloses(self, other: Ring) -> bool:
        return all(self.holds(each) for each in other.points)

    def _reaches(self, one: Point, two: Point) -> bool:
        """Whether it touches a line: on a plane laid at its middle, good to a percent for the sides of places."""
        lat, lon = self.middle
        scale = math.cos(math.radians(lat))
        turn = 360.0 * round((lon - one[1]) / 360.0)
        ax, ay, bx, by = (one[1] + turn - lon) * scale, one[0] - lat, (two[1] + turn - lon) * scale, two[0] - lat
        dx, dy = bx - ax, by - ay
        along = max(0.0, min(1.0, -(ax * dx + ay * dy) / ((dx * dx + dy * dy) or 1.0)))
        return math.hypot(ax + along * dx, ay + along * dy) * EARTH_KM * math.pi / 180 <= self.km


def distance_km(one: Point, other: Point) -> float:
    """Along the surface (haversine)."""
    lat1, lon1, lat2, lon2 = (math.radians(each) for each in (*one, *other))
    half = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(half)))


def around(middle: Point, km: float, corners: int = 24) -> Ring | None:
    """A ring of so many corners around a point: a village known by its middle and its reach."""
    lat, lon = middle
    wide = max(0.05, math.cos(math.radians(lat)))
    step = km / EARTH_KM * 180 / math.pi
    return ring([(max(-90.0, min(90.0, lat + step * math.cos(2 * math.pi * n / corners))), lon + step / wide * math.sin(2 * math.pi * n / corners)) for n in range(corners)])
