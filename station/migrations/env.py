"""Alembic's entry: binds the migration to the connection it was given."""

from __future__ import annotations

from alembic import context

from station.database import Base
from station.migrations import import_models

import_models()
connection = context.config.attributes["connection"]
# batch mode: SQLite cannot alter a column, so Alembic copies the table
context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True, compare_type=True)
with context.begin_transaction():
    context.run_migrations()
