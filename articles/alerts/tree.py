"""Our own places as warnings name them: the area tree with the codes and outlines that were brought for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from articles.alerts.geometry import ring
from articles.alerts.places import OURS, Map, Place
from articles.models import AreaMark
from station.areas import branch
from station.models import Area


def map_of(session: Session, root: Area) -> Map:
    """The places at and below an area; their ids are the numbers of the areas as text."""
    rows = session.execute(select(Area, AreaMark).outerjoin(AreaMark, AreaMark.area_id == Area.id).where(branch(root))).all()
    return Map(_place(area, mark) for area, mark in rows)


def _place(area: Area, mark: AreaMark | None) -> Place:
    codes = [(OURS, area.code)] if area.code else []
    if mark is None:
        return Place(str(area.id), area.name, tuple(codes), parent=str(area.parent_id or ""))
    codes += [(scheme, value) for scheme, values in mark.geocodes.items() for value in values]
    rings = tuple(made for each in mark.rings if (made := ring([(lat, lon) for lat, lon in each])) is not None)
    point = (mark.point[0], mark.point[1]) if mark.point else None
    return Place(str(area.id), area.name, tuple(codes), rings, point, str(area.parent_id or ""))


def bring(session: Session, places: Sequence[Place], now: datetime) -> tuple[int, list[str]]:
    """Codes and outlines of a list (``read_places``) for the areas with the same code, name on the wire or (where only one is called so) name.

    How many areas were marked, and in words which places of the list are none of ours.
    """
    areas = list(session.scalars(select(Area)))
    by_code = {each.code: each for each in areas if each.code}
    by_zid = {each.zid: each for each in areas}
    names = [each.name for each in areas]
    by_name = {each.name: each for each in areas if names.count(each.name) == 1} if len(areas) < 5000 else {}
    marked, strange = 0, []
    for place in places:
        code = next((value for scheme, value in place.codes if scheme == OURS), "")
        area = by_code.get(code) or by_zid.get(place.id) or by_name.get(place.name)
        if area is None:
            strange.append(f"{place.name} ({code or place.id}) is none of our places")
            continue
        geocodes: dict[str, list[str]] = {}
        for scheme, value in place.codes:
            if scheme != OURS:
                geocodes.setdefault(scheme, []).append(value)
        mark = session.get(AreaMark, area.id) or AreaMark(area_id=area.id)
        mark.geocodes, mark.rings = geocodes, [[list(point) for point in each.points] for each in place.rings]
        mark.point, mark.changed_at = list(place.point) if place.point else None, now
        session.add(mark)
        marked += 1
    session.flush()
    return marked, strange
