"""A branch of the tree of places: found by the index, and never one place too many."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from station.areas import below, branch
from station.models import Area

NOW = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)


def test_a_branch_is_what_lies_below_and_nothing_whose_number_only_begins_alike(session: Session) -> None:
    for number, path in enumerate(("/7001/", "/7001/7002/", "/7001/7002/70021/", "/7001/70020/", "/70010/"), 8001):
        session.add(Area(id=number, level="village", name=path, zid=f"a{number}", path=path, created_at=NOW))
    session.flush()
    root = session.scalars(select(Area).where(Area.path == "/7001/7002/")).one()
    found = session.scalars(select(Area.path).where(branch(root)).order_by(Area.path))
    assert list(found) == ["/7001/7002/", "/7001/7002/70021/"]


def test_sqlite_finds_a_branch_in_the_index_of_paths(session: Session) -> None:
    said = select(Area.id).where(below("/1/2/"), Area.level == "village").compile(session.get_bind(), compile_kwargs={"literal_binds": True})
    if session.get_bind().dialect.name == "sqlite":
        steps = session.execute(text(f"EXPLAIN QUERY PLAN {said}")).all()
        assert any("SEARCH" in str(step) and "ix_area_path" in str(step) for step in steps), steps
    assert "LIKE" in str(select(Area.id).where(below("/1/2/")).compile(dialect=postgresql.dialect()))
