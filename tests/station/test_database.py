"""The database keeps zones, refuses naive times, and rolls back what failed."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError, StatementError

from station.areas import add_area
from station.database import Database
from station.models import Area, Grant


@pytest.mark.both_databases
def test_a_moment_comes_back_in_utc(db: Database) -> None:
    shanghai = datetime(2026, 11, 24, 10, 0, tzinfo=timezone(timedelta(hours=8)))
    with db.session() as session:
        add_area(session, parent=None, level="province", name="省", now=shanghai)
    with db.reading() as session:
        assert session.scalar(select(Area.created_at)) == datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


@pytest.mark.both_databases
def test_a_naive_moment_is_refused(db: Database) -> None:
    with pytest.raises(StatementError, match="naive time"), db.session() as session:
        add_area(session, parent=None, level="province", name="省", now=datetime(2026, 11, 24))


@pytest.mark.both_databases
def test_an_error_rolls_everything_back(db: Database, now: datetime) -> None:
    with pytest.raises(RuntimeError), db.session() as session:
        add_area(session, parent=None, level="province", name="省", now=now)
        raise RuntimeError("power cut")
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Area)) == 0


@pytest.mark.both_databases
def test_references_are_kept(db: Database) -> None:
    with pytest.raises(IntegrityError), db.session() as session:
        session.add(Grant(person_id=99, area_id=99, role="admin"))


def stayed(db: Database, look: Callable[[], object]) -> bool:
    """Whether ``look`` leaves the mark as it is. A PostgreSQL server counts for all its databases: beside busy ones a quiet moment is waited for."""
    for _ in range(200):
        before = db.mark()
        look()
        if db.mark() == before:
            return True
        time.sleep(0.02)
    return False


@pytest.mark.both_databases
def test_the_mark_changes_with_what_anybody_commits_and_not_with_looks(db: Database, now: datetime) -> None:
    with db.session() as session:
        add_area(session, parent=None, level="province", name="省", now=now)
    other = Database(db.url)

    def look() -> None:
        with other.reading() as session:
            session.scalar(select(func.count()).select_from(Area))

    def rename(database: Database) -> None:
        with database.session() as session:
            session.execute(update(Area).values(name=secrets.token_hex(4)))

    try:
        assert stayed(db, look)
        before = db.mark()
        with other.session() as session:
            session.execute(update(Area).values(name="改名"))
            assert db.mark() == before or db.engine.dialect.name != "sqlite"
        assert db.mark() != before
        for who in (db, other):
            assert not stayed(db, lambda database=who: rename(database))
    finally:
        other.close()
