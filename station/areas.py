"""The area tree: add a place, climb to its ancestors, take a whole branch; zone and dialect are inherited downwards."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.util import identity_key

from station.models import LEVELS, Area

DEFAULT_TZ = "Asia/Shanghai"
DEFAULT_DIALECT = "cmn"


class BadArea(ValueError):
    """A place that cannot stand where it was put; the text says why."""


def check_tz(name: str) -> str:
    """The zone's own name; BadArea when the time zone database has none of that name."""
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise BadArea(f"no time zone is called {name!r}: take one like Asia/Shanghai or Asia/Urumqi") from error


def add_area(
    session: Session, *, parent: Area | None, level: str, name: str, now: datetime, tz: str | None = None,
    dialect: str | None = None, code: str | None = None,
) -> Area:  # fmt: skip
    """A new place below ``parent``; its level must lie below the parent's. Raises BadArea."""
    if level not in LEVELS:
        raise BadArea(f"no level is called {level!r}: take one of {', '.join(LEVELS)}")
    if parent and LEVELS.index(level) <= LEVELS.index(parent.level):
        raise BadArea(f"a {level} cannot lie below a {parent.level}")
    if not name.strip() or len(name) > 100:
        raise BadArea("give the place a name of 1 to 100 characters")
    if code is not None and not (code.isdecimal() and len(code) == 12):
        raise BadArea(f"an area code has 12 digits, not {code!r}")
    area = Area(
        parent_id=parent.id if parent else None, level=level, name=name.strip(), zid=new_zid(), code=code,
        tz=check_tz(tz) if tz else None, dialect=dialect, path="", created_at=now,
    )  # fmt: skip
    session.add(area)
    session.flush()
    area.path = f"{parent.path if parent else '/'}{area.id}/"
    session.flush()
    return area


def new_zid() -> str:
    """A fresh name for the wire; names of places are not topics (Chinese, spaces, renamed)."""
    return "z" + secrets.token_hex(6)


def ancestors(session: Session, area: Area) -> list[Area]:
    """From the root of the tree down to the area itself."""
    ids = lineage(area)
    held = [each for each in (session.identity_map.get(identity_key(Area, number)) for number in ids) if each is not None]
    if len(held) == len(ids):
        return held  # ``with_ancestors`` has read them already
    found = {each.id: each for each in session.scalars(select(Area).where(Area.id.in_(ids)))}
    return [found[each] for each in ids]


def with_ancestors(session: Session, area_ids: Collection[int]) -> list[Area]:
    """These areas and all above them, in two statements. While the list is held, ``ancestors`` of any of them asks nothing more."""
    areas = list(session.scalars(select(Area).where(Area.id.in_(area_ids))))
    above = {each for area in areas for each in lineage(area)} - set(area_ids)
    return areas + list(session.scalars(select(Area).where(Area.id.in_(above))))


def lineage(area: Area) -> list[int]:
    """The ids from the root of the tree down to the area's own."""
    return [int(part) for part in area.path.strip("/").split("/")]


def tz_of(session: Session, area: Area) -> str:
    """The area's time zone, its own or the nearest ancestor's."""
    return next((each.tz for each in reversed(ancestors(session, area)) if each.tz), DEFAULT_TZ)


def dialect_of(session: Session, area: Area) -> str:
    """The dialect the area hears, its own or the nearest ancestor's."""
    return next((each.dialect for each in reversed(ancestors(session, area)) if each.dialect), DEFAULT_DIALECT)


def is_below(area: Area, root: Area) -> bool:
    """Whether the area lies in the branch of ``root`` (the root itself does)."""
    return area.path.startswith(root.path)


def branch(root: Area) -> ColumnElement[bool]:
    """SQL condition: this Area row lies in the branch of ``root``."""
    return Area.path.like(root.path + "%")


def zone(area: Area, dialect: str) -> str:
    """The zone on the wire for an area in one dialect: one manifest each."""
    return f"{area.zid}_{dialect}"
