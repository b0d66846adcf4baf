"""The register of a whole province: places and terminals by the hundred thousand, made for a trial or brought from a table."""

from __future__ import annotations

import base64
import csv
import io
import math
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, func, insert, select, text
from sqlalchemy.orm import Session

from devices.models import Terminal
from station import audit
from station.areas import new_zid
from station.models import Area, Person
from station.people import visible

CHUNK = 2_000
ROWS_MAX = 500_000
# How many of a level lie in one of the level above: about what a Chinese province has.
SPREAD = (("town", 25), ("county", 13), ("city", 9), ("province", 14))
COLUMNS = ("name", "place", "kind", "dialect", "volume", "model")
KINDS = ("loudspeaker", "stb")


class BadRegister(ValueError):
    """A table that cannot be taken; the text names up to ten lines and what is wrong with them."""


@dataclass(frozen=True)
class Entry:
    """One line of the table. ``place`` is the code of an area, or the names from the province down with slashes."""

    line: int
    name: str
    place: str
    kind: str = "loudspeaker"
    dialect: str | None = None
    volume: int = 70
    model: str = ""


@dataclass(frozen=True)
class Paper:
    """What the maker of a terminal writes into it: its name on the wire and its password, told once."""

    did: str
    password: str
    name: str
    place: str


def make_places(session: Session, villages: int, now: datetime, dialect: str | None = None) -> list[int]:
    """So many villages with the towns, counties, cities and provinces above them; the ids of the villages."""
    counts = {"village": villages}
    below = villages
    for level, spread in SPREAD:
        counts[level] = below = max(1, math.ceil(below / spread))
    first = (session.scalar(select(func.max(Area.id))) or 0) + 1
    rows: list[dict[str, Any]] = []
    above: list[dict[str, Any]] = []
    for level in ("province", "city", "county", "town", "village"):
        count = counts[level]
        made: list[dict[str, Any]] = []
        for n in range(count):
            parent = above[n * len(above) // count] if above else None
            number = first + len(rows) + len(made)
            made.append({
                "id": number, "parent_id": parent["id"] if parent else None, "level": level, "name": f"{NAMES[level]}{n + 1}", "zid": new_zid(),
                "path": f"{parent['path'] if parent else '/'}{number}/", "created_at": now, "dialect": dialect if parent is None else None,
            })  # fmt: skip
        rows += made
        above = made
    _insert(session, cast(Table, Area.__table__), rows)
    return [each["id"] for each in above]


NAMES = {"province": "试验省", "city": "试验市", "county": "试验县", "town": "试验镇", "village": "试验村"}


def make_terminals(session: Session, villages: Sequence[int], count: int, now: datetime, hash_password: Callable[[str], str] | None = None) -> list[Paper]:
    """So many terminals, spread evenly over the villages; their papers. Without ``hash_password`` none can sign in (a register to look at)."""
    papers, rows = [], []
    for n in range(count):
        paper = Paper(new_did(), secrets.token_urlsafe(24) if hash_password else "", f"喇叭{n + 1}", "")
        papers.append(paper)
        rows.append(_row(paper, villages[n * len(villages) // count], now, hash_password))
    _insert(session, cast(Table, Terminal.__table__), rows)
    return papers


def new_did() -> str:
    """A fresh name on the wire."""
    return "t" + base64.b32encode(secrets.token_bytes(10)).decode().lower()


def _row(paper: Paper, area_id: int, now: datetime, hash_password: Callable[[str], str] | None, entry: Entry | None = None) -> dict[str, Any]:
    return {
        "did": paper.did, "area_id": area_id, "name": paper.name, "kind": entry.kind if entry else "loudspeaker", "model": entry.model if entry else "",
        "dialect": entry.dialect if entry else None, "volume": entry.volume if entry else 70, "created_at": now, "reported": {},
        "password_hash": hash_password(paper.password) if hash_password else "",
    }  # fmt: skip


def read_table(raw: str, dialects: Iterable[str]) -> list[Entry]:
    """The lines of a CSV table with a heading of COLUMNS (name and place are asked for). Raises BadRegister."""
    reader = csv.DictReader(io.StringIO(raw.lstrip("\ufeff")))
    lacking = {"name", "place"} - set(reader.fieldnames or ())
    unknown = set(reader.fieldnames or ()) - set(COLUMNS)
    if lacking or unknown:
        raise BadRegister(f"the first line names the columns {', '.join(COLUMNS)}; name and place are needed, {', '.join(sorted(unknown)) or 'nothing'} is unknown")
    known, wrong = set(dialects), list[str]()
    entries: list[Entry] = []
    for fields in reader:
        if len(entries) >= ROWS_MAX:
            raise BadRegister(f"more than {ROWS_MAX} lines: share them among several tables")
        try:
            entries.append(_entry(reader.line_num, fields, known))
        except ValueError as error:
            wrong.append(f"line {reader.line_num}: {error}")
    refuse(wrong)
    if not entries:
        raise BadRegister("the table holds no terminal")
    return entries


def _entry(line: int, fields: dict[str, str | None], dialects: set[str]) -> Entry:
    said = {name: (value or "").strip() for name, value in fields.items() if name}
    if not said["name"] or len(said["name"]) > 100 or not said["place"]:
        raise ValueError("give a name of 1 to 100 characters and a place")
    kind, dialect, volume = said.get("kind") or "loudspeaker", said.get("dialect") or None, said.get("volume") or "70"
    if kind not in KINDS:
        raise ValueError(f"no kind is called {kind[:20]!r}: take one of {', '.join(KINDS)}")
    if dialect is not None and dialect not in dialects:
        raise ValueError(f"no dialect is called {dialect[:20]!r}")
    if not (volume.isascii() and volume.isdecimal() and int(volume) <= 100):
        raise ValueError(f"the volume is a whole number from 0 to 100, not {volume[:20]!r}")
    return Entry(line, said["name"], said["place"], kind, dialect, int(volume), said.get("model", "")[:100])


def refuse(wrong: list[str]) -> None:
    """BadRegister with the first ten of what is wrong; nothing when nothing is."""
    if wrong:
        more = [f"and {len(wrong) - 10} more"] if len(wrong) > 10 else []
        raise BadRegister(f"{'; '.join([*wrong[:10], *more])}. Nothing was taken")


def bring(
    session: Session, entries: Sequence[Entry], now: datetime, hash_password: Callable[[str], str], person: Person | None = None
) -> list[Paper]:
    """Every terminal of the table, or none. A person brings them only into places where they may see to terminals; None is the owner of the machine.
    Raises BadRegister when a place is not known, or two are called alike."""
    places = places_by_name(session, visible(session, person, "devices") if person is not None else None)
    wrong = [f"line {each.line}: no place is called {each.place[:60]!r}" for each in entries if each.place not in places]
    wrong += [f"line {each.line}: several places are called {each.place[:60]!r}: write the path" for each in entries if places.get(each.place) == 0]
    refuse(wrong)
    papers = [Paper(new_did(), secrets.token_urlsafe(24), each.name, each.place) for each in entries]
    rows = (_row(paper, places[each.place], now, hash_password, each) for paper, each in zip(papers, entries, strict=True))
    _insert(session, cast(Table, Terminal.__table__), rows)
    audit.record(session, person=person, act="bring", subject="terminal", subject_id=0, area=None, now=now, count=len(papers))
    return papers


def places_by_name(session: Session, mine: ColumnElement[bool] | None = None) -> dict[str, int]:
    """Area ids by code, by path of names, and by name where it is the only one (0 where it is not); of ``mine`` only, when given. Paths begin at the
    province, or at the top of what is mine."""
    found: dict[str, int] = {}
    paths: dict[int, str] = {}
    query = select(Area.id, Area.parent_id, Area.name, Area.code).order_by(Area.path)
    if mine is not None:
        query = query.where(mine)
    for number, parent, name, code in session.execute(query):
        paths[number] = f"{paths[parent]}/{name}" if parent in paths else name
        found[name] = 0 if name in found else number
        if code:
            found[code] = number
    return found | {path: number for number, path in paths.items() if "/" in path}


def _insert(session: Session, table: Table, rows: Iterable[dict[str, Any]]) -> None:
    given = iter(rows)
    with_ids = False
    for part in _chunks(given):
        with_ids = "id" in part[0]
        session.execute(insert(table), part)
    if with_ids and session.get_bind().dialect.name == "postgresql":
        # ids were given: the next one that the database chooses lies behind them
        session.execute(text(f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), (SELECT max(id) FROM {table.name}))"))


def _chunks(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    while part := list(islice(rows, CHUNK)):
        yield part
