"""The area tree: add a place, climb to its ancestors, take a whole branch; zone and dialect are inherited downwards."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import Boolean, Column, ColumnElement, func, literal, select, update
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.orm.util import identity_key
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.operators import OperatorType

from station.database import Base
from station.models import LEVELS, Area, AuditEntry

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


class AreaInUse(BadArea):
    """A place that something still names; ``there`` is how many rows of each table do."""

    def __init__(self, area: Area, there: Mapping[str, int]) -> None:
        super().__init__(f"{area.name} cannot be removed while it has {', '.join(f'{count} {table}' for table, count in there.items())}")
        self.there = there


def names_places() -> dict[str, Column[Any]]:
    """The columns by which rows of any room name a place, by table; the audit log aside, which outlives places."""
    found = {}
    for table in Base.metadata.sorted_tables:
        columns = [column for column in table.columns if any(key.column.table.name == Area.__tablename__ for key in column.foreign_keys)]
        if columns and table.name != AuditEntry.__tablename__:
            found[table.name] = columns[0]
    return found


def used_by(session: Session, area: Area) -> dict[str, int]:
    """How many rows of each table name the place; tables without one are left out."""
    counts = {
        name: session.scalar(select(func.count()).select_from(column.table).where(column == area.id)) or 0 for name, column in names_places().items()
    }
    return {name: count for name, count in counts.items() if count}


def remove_area(session: Session, area: Area) -> None:
    """A place that nothing names any more goes; what the audit log tells of it goes over to the place above. Raises AreaInUse, BadArea."""
    if area.parent_id is None:
        raise BadArea(f"{area.name} is the top of the tree: everything hangs below it")
    there = used_by(session, area)
    if there:
        raise AreaInUse(area, there)
    session.execute(update(AuditEntry).where(AuditEntry.area_id == area.id).values(area_id=area.parent_id))
    session.delete(area)
    session.flush()


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
    return below(root.path)


class _Below(FunctionElement[bool]):
    """A path that begins so. SQLite finds it in the index (a LIKE there looks at every place of the country, for it heeds no case);
    elsewhere the order of an index depends on the language of the database, and LIKE says it."""

    type, name, inherit_cache = Boolean(), "below", True

    def self_group(self, against: OperatorType | None = None) -> Self:
        """As it stands: written as ``(...) = 1``, as SQLAlchemy would for SQLite, no index would be looked into."""
        return self


def below(path: str) -> ColumnElement[bool]:
    """SQL condition: the path of this Area row begins with that of another, which ends with a slash."""
    after = path[:-1] + chr(ord("/") + 1)
    return _Below(Area.path, literal(path), literal(after), literal(path + "%"))


@compiles(_Below)
def _like(element: _Below, compiler: SQLCompiler, **more: Any) -> str:
    path, _, _, pattern = element.clauses
    return f"({compiler.process(path, **more)} LIKE {compiler.process(pattern, **more)})"


@compiles(_Below, "sqlite")
def _between(element: _Below, compiler: SQLCompiler, **more: Any) -> str:
    path, first, after, _ = (compiler.process(each, **more) for each in element.clauses)
    return f"({path} >= {first} AND {path} < {after})"


def zone(area: Area, dialect: str) -> str:
    """The zone on the wire for an area in one dialect: one manifest each."""
    return f"{area.zid}_{dialect}"
