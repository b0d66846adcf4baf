"""A backup is one file: every row of the database, every stored file, the keys; it can be rehearsed without touching the station.

Rows are written as JSON lines, table by table, out of one read transaction: the same file is read back into SQLite and into PostgreSQL.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, DateTime, ForeignKeyConstraint, Integer, MetaData, Table, func, inspect, select, text
from sqlalchemy.schema import AddConstraint, DropConstraint

from station.database import Database
from station.files import SHA256
from station.migrations import upgrade

FORM = 1
BATCH = 500
MANIFEST = "manifest.json"
# In the data folder: when a backup was last restored for a trial, and which.
LAST_REHEARSAL = "last-rehearsal.json"
# In the data folder: when the last backup was taken, and where it was put.
LAST_BACKUP = "last-backup.json"
# Beside the keys these make a station the one it was: sessions and form keys are signed with the secret.
SECRETS = ("secret-key", "setup-key")
Progress = Callable[[str, int, int], None]


class BadBackup(ValueError):
    """A file that is no whole backup, or a place it cannot be restored to; the text says why and what to do."""


@dataclass(frozen=True)
class Manifest:
    """What a backup holds: rows and their sha256 by table; sha256 by file of the data folder; ``revision`` of the database's tables."""

    form: int
    taken_at: str
    revision: str
    rows: dict[str, int]
    digests: dict[str, str]
    files: dict[str, str]


def _silent(what: str, done: int, of: int) -> None:
    """For callers that show no progress."""


def _tables(connection: Connection) -> list[Table]:
    """The tables as they are in the database, in the order of their names."""
    found = MetaData()
    found.reflect(connection)
    return [found.tables[name] for name in sorted(found.tables) if name != "alembic_version"]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"t": (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)).isoformat()}
    if isinstance(value, bytes | memoryview):
        return {"b": base64.b64encode(bytes(value)).decode()}
    if hasattr(value, "isoformat"):
        return {"d": value.isoformat()}
    return {"j": value} if isinstance(value, dict | list) else value


def _lines(connection: Connection, table: Table) -> Iterator[bytes]:
    """A JSON line for each row, in the order of the key: the same rows give the same bytes on either database."""
    key = list(table.primary_key.columns) or list(table.columns)
    columns = sorted(table.columns, key=lambda column: column.name)
    rows = connection.execution_options(yield_per=BATCH).execute(select(*columns).order_by(*key))
    for row in rows:
        told = {column.name: _plain(value) for column, value in zip(columns, row, strict=True)}
        yield json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8", "surrogatepass") + b"\n"


def _kept(data_dir: Path) -> list[Path]:
    """What of the data folder goes along, in the order of the names."""
    files = [path for path in (data_dir / "files").glob("??/*") if SHA256.match(path.name)]
    keys = [path for path in (data_dir / "keys").rglob("*") if path.is_file()]
    return sorted([*files, *keys, *(data_dir / name for name in SECRETS if (data_dir / name).is_file())])


def back_up(db: Database, data_dir: Path, target: Path, now: datetime, progress: Progress = _silent) -> Manifest:
    """Write a backup while the station goes on working; ``target`` appears whole or not at all, readable by its owner alone (it holds the keys)."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    with suppress(FileNotFoundError):
        part.unlink()
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
            revision, rows, digests = _write_rows(db, archive, progress)
            files = _write_files(data_dir, archive, progress)
            made = Manifest(FORM, now.isoformat(), revision, rows, digests, files)
            archive.writestr(MANIFEST, json.dumps(asdict(made), ensure_ascii=False, indent=1))
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return made


def _write_rows(db: Database, archive: zipfile.ZipFile, progress: Progress) -> tuple[str, dict[str, int], dict[str, str]]:
    options: dict[str, Any] = {"read_only": True} if db.engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
    counts: dict[str, int] = {}
    digests: dict[str, str] = {}
    with db.engine.connect().execution_options(**options) as connection:
        revision = str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one())
        tables = _tables(connection)
        for number, table in enumerate(tables):
            progress(table.name, number, len(tables))
            digest, count = hashlib.sha256(), 0
            with archive.open(f"rows/{table.name}.jsonl", "w", force_zip64=True) as member:
                for line in _lines(connection, table):
                    member.write(line)
                    digest.update(line)
                    count += 1
            counts[table.name], digests[table.name] = count, digest.hexdigest()
    return revision, counts, digests


def _write_files(data_dir: Path, archive: zipfile.ZipFile, progress: Progress) -> dict[str, str]:
    """Every row was read before: whatever it names was stored before it. What is tidied away meanwhile is named by no row."""
    found: dict[str, str] = {}
    kept = _kept(data_dir)
    for number, path in enumerate(kept):
        if number % 50 == 0:
            progress("files", number, len(kept))
        name = path.relative_to(data_dir).as_posix()
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            continue
        archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), content)  # sound is packed already
        found[name] = hashlib.sha256(content).hexdigest()
    return found


def read_manifest(archive: zipfile.ZipFile) -> Manifest:
    """What the backup says it holds. Raises BadBackup."""
    try:
        found = Manifest(**json.loads(archive.read(MANIFEST)))
    except (KeyError, ValueError, TypeError) as error:
        raise BadBackup("this is no backup of a station, or its end is missing: take another one") from error
    if found.form != FORM:
        raise BadBackup(f"this backup has the form {found.form}, this program reads {FORM}: restore it with the version that wrote it")
    for name in found.files:
        parts = name.split("/")
        if parts[0] not in ("files", "keys", *SECRETS) or ".." in parts or "" in parts or "\\" in name:
            raise BadBackup(f"the backup names a file {name[:80]!r} that no station has: somebody made it up")
    return found


def restore(path: Path, url: str, data_dir: Path, progress: Progress = _silent) -> Manifest:
    """Build the station of a backup in an empty database and data folder. Raises BadBackup; then throw away what was begun."""
    try:
        archive = zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile) as error:
        raise BadBackup(f"{path} cannot be read as a backup: {error}") from error
    with archive:
        manifest = read_manifest(archive)
        for name in ("files", "keys", *SECRETS):
            there = data_dir / name
            if there.is_file() or (there.is_dir() and any(each.is_file() for each in there.rglob("*"))):
                raise BadBackup(f"{there} is there already: restore into an empty data folder, or move the old one away")
        data_dir.mkdir(parents=True, exist_ok=True)
        db = Database(url)
        try:
            if inspect(db.engine).get_table_names():
                raise BadBackup("the database is not empty: name a fresh one, or move the old one away")
            upgrade(db.engine, manifest.revision)
            _load(db, archive, manifest, progress)
            _unpack(archive, manifest, data_dir, progress)
            _compare(db, manifest)
            upgrade(db.engine)
        finally:
            db.close()
    return manifest


def _load(db: Database, archive: zipfile.ZipFile, manifest: Manifest, progress: Progress) -> None:
    sqlite = db.engine.dialect.name == "sqlite"
    with db.engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        if sqlite:  # between transactions: inside one it has no effect
            driver.execute("PRAGMA foreign_keys=OFF")
        with connection.begin():
            tables = _tables(connection)
            if {table.name for table in tables} != set(manifest.rows):
                raise BadBackup("the tables of the backup are not those of its version: it was changed")
            keys = [] if sqlite else [each for table in tables for each in table.constraints if isinstance(each, ForeignKeyConstraint)]
            for each in keys:  # rows point at each other in circles: the keys come back, and are checked, when all are there
                connection.execute(DropConstraint(each))
            for number, table in enumerate(tables):
                progress(table.name, number, len(tables))
                _load_table(connection, archive, table, sqlite)
            for each in keys:
                connection.execute(AddConstraint(each))
            if sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                raise BadBackup("rows of the backup name rows that are not in it: it was changed")
        if sqlite:
            driver.execute("PRAGMA foreign_keys=ON")


def _load_table(connection: Connection, archive: zipfile.ZipFile, table: Table, sqlite: bool) -> None:
    connection.execute(table.delete())  # what the migrations put there themselves is in the backup too
    naive = {column.name for column in table.columns if isinstance(column.type, DateTime)} if sqlite else set()
    batch: list[dict[str, Any]] = []
    with archive.open(f"rows/{table.name}.jsonl") as member:
        for line in member:
            batch.append({name: _value(value, name in naive) for name, value in json.loads(line).items()})
            if len(batch) >= BATCH:
                connection.execute(table.insert(), batch)
                batch = []
    if batch:
        connection.execute(table.insert(), batch)
    number = next((column for column in table.primary_key.columns if isinstance(column.type, Integer)), None)
    if not sqlite and number is not None and len(table.primary_key.columns) == 1:
        sequence = connection.execute(select(func.pg_get_serial_sequence(f'"{table.name}"', number.name))).scalar()
        highest = connection.execute(select(func.max(number))).scalar()
        if sequence and highest:
            connection.execute(select(func.setval(sequence, highest)))


def _value(value: Any, naive: bool) -> Any:
    if not isinstance(value, dict):
        return value
    ((sort, plain),) = value.items()
    if sort == "t":
        moment = datetime.fromisoformat(plain)
        return moment.replace(tzinfo=None) if naive else moment
    if sort == "d":
        return datetime.fromisoformat(plain).date()
    return base64.b64decode(plain) if sort == "b" else plain


def _unpack(archive: zipfile.ZipFile, manifest: Manifest, data_dir: Path, progress: Progress) -> None:
    for number, (name, sha) in enumerate(sorted(manifest.files.items())):
        if number % 50 == 0:
            progress("files", number, len(manifest.files))
        content = archive.read(name)
        if hashlib.sha256(content).hexdigest() != sha:
            raise BadBackup(f"{name} is not what was put into the backup: take another one")
        target = data_dir / name
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o755 if name.startswith("files/") else 0o700)
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644 if name.startswith("files/") else 0o600), "wb") as file:
            file.write(content)


def _compare(db: Database, manifest: Manifest) -> None:
    """Every table as it lies in the database now, against what was written down when the backup was taken."""
    with db.engine.connect() as connection:
        for table in _tables(connection):
            digest, count = hashlib.sha256(), 0
            for line in _lines(connection, table):
                digest.update(line)
                count += 1
            if (count, digest.hexdigest()) != (manifest.rows[table.name], manifest.digests[table.name]):
                raise BadBackup(f"{table.name} came back with {count} rows of {manifest.rows[table.name]}, or with others: take another backup")


def rehearse(path: Path, progress: Progress = _silent) -> Manifest:
    """Really restore the backup, into a folder that is thrown away: every row and file is compared. Raises BadBackup."""
    with tempfile.TemporaryDirectory(prefix="xiangyin-rehearsal-") as folder:
        return restore(path, f"sqlite:///{Path(folder) / 'xiangyin.db'}", Path(folder), progress)
