"""The migrations lead to exactly the tables the models describe, and back."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from station.database import Base, Database
from station.migrations import downgrade, import_models, upgrade


@pytest.fixture
def empty(tmp_path: Path) -> Database:
    return Database(f"sqlite:///{tmp_path / 'empty.db'}")


def test_models_equal_head(empty: Database) -> None:
    import_models()
    upgrade(empty.engine)
    with empty.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_up_and_down_leaves_nothing_behind(empty: Database) -> None:
    upgrade(empty.engine)
    downgrade(empty.engine)
    assert set(inspect(empty.engine).get_table_names()) <= {"alembic_version"}


def test_upgrading_twice_changes_nothing(empty: Database) -> None:
    upgrade(empty.engine)
    before = inspect(empty.engine).get_table_names()
    upgrade(empty.engine)
    assert inspect(empty.engine).get_table_names() == before
