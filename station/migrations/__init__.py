"""How an older database becomes today's: Alembic migrations, and the two calls the station makes of them."""

from __future__ import annotations

import importlib
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine

HERE = Path(__file__).resolve().parent


def import_models() -> None:
    """Import every room's models.py, so that the metadata knows every table."""
    for path in sorted(HERE.parent.parent.glob("*/models.py")):
        importlib.import_module(f"{path.parent.name}.models")


def config(connection: Connection) -> Config:
    """An Alembic configuration bound to an open connection."""
    found = Config()
    found.set_main_option("script_location", str(HERE))
    found.set_main_option("path_separator", "os")
    found.attributes["connection"] = connection
    return found


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the database to ``revision``; a database that is there already is left as it is."""
    with engine.begin() as connection:
        command.upgrade(config(connection), revision)


def downgrade(engine: Engine, revision: str = "base") -> None:
    """Take the database back to ``revision`` (for tests and for a release that is withdrawn)."""
    with engine.begin() as connection:
        command.downgrade(config(connection), revision)
