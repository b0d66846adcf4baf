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

# The last map of each branch, with what it was made of: a province's is made once, not for every warning.
_MADE: dict[int, tuple[int, Map]] = {}


def map_of(session: Session, root: Area) -> Map:
    """The places at and below an area; their ids are the numbers of the areas as text."""
    rows = session.execute(select(Area.id, Area.name, Area.code, Area.parent_id).where(branch(root)).order_by(Area.id)).all()
    marks = session.execute(select(AreaMark.area_id, AreaMark.changed_at).join(Area, Area.id == AreaMark.area_id).where(branch(root)).order_by(AreaMark.area_id)).all()
    stamp = hash((tuple(tuple(row) for row in rows), tuple(tuple(row) for row in marks)))
    known = _MADE.get(root.id)
    if known is not None and known[0] == stamp:
        return known[1]
    there = {row.area_id: row for row in session.scalars(select(AreaMark).join(Area, Area.id == AreaMark.area_id).where(branch(root)))} if marks else {}
    made = Map(_place(number, name, code, parent, there.get(number)) for number, name, code, parent in rows)
    _MADE[root.id] = stamp, made
    return made


def _place(number: int, name: str, code: str | None, parent: int | None, mark: AreaMark | None) -> Place:
    codes = [(OURS, code)] if code else []
    if mark is None:
        return Place(str(number), name, tuple(codes), parent=str(parent or ""))
    codes += [(scheme, value) for scheme, values in mark.geocodes.items() for value in values]
    rings = tuple(made for each in mark.rings if (made := ring([(lat, lon) for lat, lon in each])) is not None)
    point = (mark.point[0], mark.point[1]) if mark.point else None
    return Place(str(number), name, tuple(codes), rings, point, str(parent or ""))


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
