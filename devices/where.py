"""Where a place lies: two numbers, set by hand or brought as a table, drawn on the station's own map."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from devices.registry import ROWS_MAX, BadRegister, places_by_name, refuse
from station import audit
from station.models import Area, Person
from station.people import require, visible

COLUMNS = ("place", "lat", "lon")


@dataclass(frozen=True)
class Spot:
    """One line of the table: a place by code, path of names or only name; degrees north and east."""

    line: int
    place: str
    lat: float
    lon: float


@dataclass(frozen=True)
class Box:
    """A part of the earth in degrees: south, west, north, east."""

    south: float
    west: float
    north: float
    east: float


def degrees(raw: str, most: float) -> float:
    """A number of degrees, at most so many either way. Raises BadRegister."""
    try:
        found = float(raw)
    except ValueError:
        found = math.nan
    if not -most <= found <= most:
        raise BadRegister(f"degrees are a number from {-most:g} to {most:g}, like 24.8801, not {raw[:20]!r}")
    return round(found, 6)


def set_where(session: Session, *, person: Person, area: Area, lat: float | None, lon: float | None, now: datetime) -> None:
    """The place lies there; None and None: nobody knows any more. Raises NotAllowed, BadRegister."""
    require(session, person, "people", area)
    if (lat is None) != (lon is None):
        raise BadRegister("give both numbers, or neither")
    if lat is not None and lon is not None:
        degrees(str(lat), 90), degrees(str(lon), 180)
    if (area.lat, area.lon) != (lat, lon):
        before = [area.lat, area.lon]
        area.lat, area.lon = lat, lon
        session.flush()
        audit.record(session, person=person, act="where", subject="area", subject_id=area.id, area=area, now=now, before=before, after=[lat, lon])


def read_spots(raw: str) -> list[Spot]:
    """The lines of a CSV table with the heading place, lat, lon. Raises BadRegister naming up to ten lines."""
    reader = csv.DictReader(io.StringIO(raw.lstrip("\ufeff")))
    if set(reader.fieldnames or ()) != set(COLUMNS):
        raise BadRegister(f"the first line names the columns {', '.join(COLUMNS)}")
    spots, wrong = list[Spot](), list[str]()
    for fields in reader:
        if len(spots) >= ROWS_MAX:
            raise BadRegister(f"more than {ROWS_MAX} lines: share them among several tables")
        said = {name: (value or "").strip() for name, value in fields.items() if isinstance(name, str) and not isinstance(value, list)}
        try:
            spots.append(Spot(reader.line_num, said["place"], degrees(said["lat"], 90), degrees(said["lon"], 180)))
        except BadRegister as error:
            wrong.append(f"line {reader.line_num}: {error}")
    refuse(wrong)
    if not spots:
        raise BadRegister("the table holds no place")
    return spots


def bring_spots(session: Session, spots: Sequence[Spot], *, person: Person | None, now: datetime) -> int:
    """Every place of the table lies where it says, or none; how many moved. A person brings only places that are theirs to keep; None is the owner
    of the machine. Raises BadRegister."""
    mine: ColumnElement[bool] | None = visible(session, person, "people") if person is not None else None
    places = places_by_name(session, mine)
    wrong = [f"line {each.line}: no place of yours is called {each.place[:60]!r}" for each in spots if each.place not in places]
    refuse(wrong + [f"line {each.line}: several places are called {each.place[:60]!r}" for each in spots if places.get(each.place) == 0])
    wanted = {places[each.place]: (each.lat, each.lon) for each in spots}
    moved = 0
    for area in _in_parts(session, list(wanted)):
        if (area.lat, area.lon) != wanted[area.id]:
            area.lat, area.lon = wanted[area.id]
            moved += 1
    session.flush()
    audit.record(session, person=person, act="where", subject="area", subject_id=0, area=None, now=now, count=moved)
    return moved


def _in_parts(session: Session, ids: Sequence[int]) -> Iterable[Area]:
    for begin in range(0, len(ids), 500):
        yield from session.scalars(select(Area).where(Area.id.in_(ids[begin : begin + 500])))


def box_of(spots: Iterable[tuple[float, float]]) -> Box | None:
    """The smallest part of the earth that holds them, with some air around; None when there are none."""
    found = list(spots)
    if not found:
        return None
    lats, lons = [lat for lat, _ in found], [lon for _, lon in found]
    air_lat, air_lon = max(0.01, (max(lats) - min(lats)) * 0.06), max(0.01, (max(lons) - min(lons)) * 0.06)
    return Box(min(lats) - air_lat, min(lons) - air_lon, max(lats) + air_lat, max(lons) + air_lon)
