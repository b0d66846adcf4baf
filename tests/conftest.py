"""What every test may ask for: a fresh database, a moment, a folder of files, the village."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

import broadcast.models  # noqa: F401  (it imports every room upstream: all tables are known)
from station.database import Base, Database
from station.files import Files
from tests.allornone import BESIDE
from tests.people import Village, settle
from tests.postgres import server_url

# Of the files that run side by side these begin: none of them is to be waited for at the end.
LONG = ("test_power.py", "test_fleet.py", "test_fault_hour.py", "test_tools.py", "test_lost_workers.py", "test_video.py", "test_voices.py", "test_update.py")
JOURNEYS = Path(__file__).parent / "journeys"
# What the whole run uses: a failure found there is found again by whoever looks for it.
hypothesis.settings.register_profile("same", derandomize=True)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests marked both_databases run on SQLite and on a PostgreSQL server that the run starts."""
    if "db" in metafunc.fixturenames and metafunc.definition.get_closest_marker("both_databases"):
        postgres = pytest.param("postgresql", marks=pytest.mark.outer)
        metafunc.parametrize("db", ["sqlite", postgres], indirect=True)


@pytest.fixture
def now() -> datetime:
    """Tuesday morning, ten o'clock in the village."""
    return datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    with server_url() as url:
        yield url


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    yield f"sqlite:///{tmp_path / 'xiangyin.db'}"


@pytest.fixture(scope="session")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with every table, to be copied: making them anew for each of thousands of tests would be a tenth of the whole run."""
    path = tmp_path_factory.mktemp("tables") / "empty.db"
    with contextlib.closing(Database(f"sqlite:///{path}")) as database:
        Base.metadata.create_all(database.engine)
    return path


@pytest.fixture(scope="session")
def postgres_tables(postgres_server: str) -> tuple[str, str]:
    """The same as a template of the PostgreSQL server: the server's address up to the name, and the name."""
    name = "xy_" + secrets.token_hex(6)
    _on(postgres_server, f"CREATE DATABASE {name}")
    address = postgres_server.rsplit("/", 1)[0] + "/"
    with contextlib.closing(Database(address + name)) as database:
        Base.metadata.create_all(database.engine)
    return address, name


def _on(url: str, statement: str) -> None:
    with contextlib.closing(Database(url)) as admin, admin.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(statement))


@pytest.fixture
def db(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database with every table, empty."""
    if getattr(request, "param", "sqlite") == "postgresql":
        address, template = request.getfixturevalue("postgres_tables")
        name = "xy_" + secrets.token_hex(6)
        _on(address + "postgres", f"CREATE DATABASE {name} TEMPLATE {template}")
        database = Database(address + name)
    else:
        shutil.copyfile(request.getfixturevalue("tables"), tmp_path / "xiangyin.db")
        database = Database(f"sqlite:///{tmp_path / 'xiangyin.db'}")
    yield database
    database.close()


@pytest.fixture
def session(db: Database) -> Iterator[Session]:
    """One open write transaction, committed at the end of the test."""
    with db.session() as opened:
        yield opened


@pytest.fixture
def village(session: Session, now: datetime) -> Village:
    return settle(session, now)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path / "files")


@pytest.hookimpl(tryfirst=True)  # before pytest looks at -m
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Journeys run alone; what takes long begins. Tests over outer material are no part of a run to which none was named: they are deselected, not skipped."""
    for item in items:
        if JOURNEYS in item.path.parents:
            item.add_marker("alone")
    if config.getoption("markexpr", "") == BESIDE:
        items.sort(key=lambda item: item.path.name not in LONG)
    if material():
        return
    without = [item for item in items if item.get_closest_marker("material")]
    config.hook.pytest_deselected(items=without)
    items[:] = [item for item in items if item not in without]


def material() -> Path | None:
    """The folder of outer material that XIANGYIN_TEST_DATA names."""
    named = os.environ.get("XIANGYIN_TEST_DATA")
    return Path(named) if named else None


@pytest.fixture
def data_dir() -> Path:
    """The folder of outer material; only for tests marked ``material``."""
    found = material()
    assert found is not None and found.is_dir(), f"XIANGYIN_TEST_DATA names {found}, which is no folder"
    return found
