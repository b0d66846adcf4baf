"""The database: SQLite by default, PostgreSQL by URL; one Base, one session maker, times in UTC."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Engine, MetaData, TypeDecorator, create_engine, event
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.pool import PoolProxiedConnection

# Named constraints, so that a migration can drop them on every engine.
NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC moment; SQLite would silently drop the zone, so naive values are refused on the way in."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive time {value}: give it a zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The base of every room's models."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: UtcDateTime}


def open_engine(url: str) -> Engine:
    """An engine with the habits of the house: SQLite in WAL with foreign keys, a busy time-out and BEGIN IMMEDIATE."""
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=20)
    engine = create_engine(url, connect_args={"timeout": 30, "check_same_thread": False}, pool_size=20, max_overflow=40)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        # autocommit mode of the driver: transactions are begun by the listener below, and only there
        connection.isolation_level = None
        cursor: sqlite3.Cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=30000"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        mode = "DEFERRED" if connection.get_execution_options().get("read_only") else "IMMEDIATE"
        connection.exec_driver_sql(f"BEGIN {mode}")

    return engine


class Database:
    """An engine with its sessions. ``session()`` is one transaction: committed at the end, rolled back on an error.

    ``reading()`` is for pages that only look: on SQLite it takes no write lock. ``mark()`` says cheaply whether anybody wrote since.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = open_engine(url)
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)
        self._readers = sessionmaker(self.engine.execution_options(read_only=True), expire_on_commit=False)
        self._marks: PoolProxiedConnection | None = None
        self._marks_lock = threading.Lock()

    @contextmanager
    def session(self) -> Iterator[Session]:
        with self._sessions() as session, session.begin():
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        with self._readers() as session, session.begin():
            yield session

    def mark(self) -> object:
        """Another one whenever anybody, in this process or another, has committed something since (20 us on SQLite, 0.3 ms on PostgreSQL);
        always another one while the database cannot be reached. What happens between the mark and a look changes the next mark."""
        sqlite = self.engine.dialect.name == "sqlite"
        with self._marks_lock:
            try:
                self._marks = self._marks or self.engine.raw_connection()
                cursor = self._marks.cursor()
                cursor.execute("PRAGMA data_version" if sqlite else "SELECT pg_current_snapshot()::text")
                found = cursor.fetchone()
                cursor.close()
                if not sqlite:
                    self._marks.rollback()  # an open transaction would see the same for ever
                return found
            except (DBAPIError, self.engine.dialect.loaded_dbapi.Error):
                self._unmark()
                return object()

    def _unmark(self) -> None:
        if self._marks is not None:
            self._marks.invalidate()
        self._marks = None

    def close(self) -> None:
        with self._marks_lock:
            self._unmark()
        self.engine.dispose()
