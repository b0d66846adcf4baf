"""How places say their own names: readings of words, kept per dialect for an area and all below it, or for one text alone."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import sleep
from typing import NamedTuple

from sqlalchemy import JSON, ColumnElement, Select, String, cast, func, insert, literal, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from articles.models import Article
from station.audit import record
from station.database import Database
from station.models import Area, AuditEntry, Person
from station.people import require
from tts.models import LexiconEntry, ReadingChange
from tts.respeak import reading_changed
from tts.sought import Heard, folded_word
from tts.spelling import LexiconRefused, tidy_reading, tidy_word

NOTE_MAX = 200
_UNSTORABLE = re.compile(r"\\u0000|[\ud800-\udfff]")
"""Zero bytes and halves of characters: in no stored word, and no JSON that PostgreSQL would read."""
PIECE = 250
"""Lines of a table that are written in one transaction (some 25 ms)."""
PAUSE_S = 0.02
"""Between two pieces, for others who wait to write."""


class LexiconConflict(LexiconRefused):
    """Somebody changed the same reading meanwhile."""


@dataclass(frozen=True)
class Change:
    """What one act did: the reading before and after (None: there was none); ``audit_id`` is what ``undo`` takes."""

    word: str
    before: str | None
    after: str | None
    audit_id: int


class _Found(NamedTuple):
    id: int
    word: str
    reading: str
    area_id: int
    article_id: int | None


_COLUMNS = (LexiconEntry.id, LexiconEntry.word, LexiconEntry.reading, LexiconEntry.area_id, LexiconEntry.article_id)


def _candidates(session: Session, above: list[int], code: str, heard: Heard | None, article_id: int | None) -> Iterator[_Found]:
    """Entries of the places from the root to the area, and of the one text, among which are all that may be heard (None: all); some twice."""
    # coalesce: SQLite would else look through the index of single texts, in which all entries of places lie together
    place = select(*_COLUMNS).where(LexiconEntry.area_id.in_(above), func.coalesce(LexiconEntry.article_id, 0) == 0, LexiconEntry.dialect == code)
    for query in (place.where(condition) for condition in _keys(session, heard)) if heard is not None else (place,):
        yield from map(_Found._make, session.execute(query))
    if article_id is not None:
        own = select(*_COLUMNS).where(LexiconEntry.article_id == article_id, LexiconEntry.dialect == code)
        yield from map(_Found._make, session.execute(own))


def _keys(session: Session, heard: Heard) -> Iterator[ColumnElement[bool]]:
    """SQL conditions that together find every entry whose word may be heard."""
    for column, keys in ((LexiconEntry.start, heard.starts), (LexiconEntry.rest, heard.rests)):
        if keys:
            yield column.in_(_listed(session, keys))


def _listed(session: Session, keys: Iterable[str]) -> Select[str]:
    """The keys as one JSON value that the database takes apart: a statement with 1,500 values costs 20 ms to put together."""
    said = json.dumps(sorted(keys), ensure_ascii=False)
    if _UNSTORABLE.search(said):
        said = json.dumps(sorted(key for key in keys if not _UNSTORABLE.search(json.dumps(key, ensure_ascii=False))), ensure_ascii=False)
    if session.get_bind().dialect.name == "sqlite":
        rows = func.json_each(said).table_valued("value")
    else:
        rows = func.json_array_elements_text(cast(literal(said, String), JSON)).table_valued("value")
    return select(cast(rows.c.value, String))


def words_for(session: Session, area: Area, code: str, text: str | None, article_id: int | None = None) -> dict[str, str]:
    """The readings that hold in the area, the nearest winning, of the words that may be heard in ``text`` (None: of all); sorted by word."""
    return {row.word: row.reading for row in _nearest(session, area, code, text, article_id)}


def entries_for(session: Session, area: Area, code: str, text: str, article_id: int | None = None) -> list[LexiconEntry]:
    """The entries behind ``words_for``: which place or text each reading comes from."""
    return [session.get_one(LexiconEntry, row.id) for row in _nearest(session, area, code, text, article_id)]


def _nearest(session: Session, area: Area, code: str, text: str | None, article_id: int | None) -> list[_Found]:
    """One entry a word. A word written in simplified and one in traditional characters are the same word: the nearer hides the other."""
    heard = Heard(text) if text is not None else None
    above = [int(part) for part in area.path.strip("/").split("/")]
    # larger wins: the root is 0, the area itself more, the text alone most
    nearness: dict[int | None, int] = {None: len(above), **{area_id: near for near, area_id in enumerate(above)}}
    found: dict[str, dict[str, _Found]] = {}
    near: dict[str, int] = {}
    for row in _candidates(session, above, code, heard, article_id):
        plain, here = folded_word(row.word), nearness[None if row.article_id is not None else row.area_id]
        if here < near.get(plain, 0) or (heard is not None and not heard.holds(row.word)):
            continue
        if here > near.get(plain, -1):
            found[plain] = {}
        near[plain] = here
        found[plain][row.word] = row
    return sorted((row for rows in found.values() for row in rows.values()), key=lambda row: row.word)


# changes


def set_reading(
    session: Session, person: Person | None, area: Area, *, code: str, word: str, reading: str, now: datetime,
    article: Article | None = None, note: str = "",
) -> Change | None:  # fmt: skip
    """Give a word its reading in the area and below, or in one article; None when it has it already.

    ``person`` None is the owner of the machine. Raises LexiconRefused, UnknownDialect, EngineError (no voice), NotAllowed.
    """
    place = article.area if article is not None else area
    _allowed(session, person, place)
    word = tidy_word(word)
    reading = tidy_reading(code, word, reading)
    row = find_entry(session, place, code, word, article)
    before = row.reading if row else None
    if row is None:
        row = _add(session, person, place, article, code, word, reading, now)
    elif before == reading:
        return None
    row.reading, row.added_by_id, row.updated_at, row.note = reading, person.id if person else None, now, note[:NOTE_MAX]
    return _changed(session, person, place, article, code, word, before, reading, now)


def remove_reading(session: Session, person: Person | None, entry: LexiconEntry, now: datetime) -> Change:
    """The word is read again as the places above say, or the dictionaries."""
    _allowed(session, person, entry.area)
    session.delete(entry)
    return _changed(session, person, entry.area, entry.article, entry.dialect, entry.word, entry.reading, None, now)


def last_change(session: Session, person: Person, audit_id: int) -> AuditEntry | None:
    """The person's own change of one reading, as the audit log has it; None when it is somebody else's or no such thing."""
    entry = session.get(AuditEntry, audit_id)
    if entry is None or entry.person_id != person.id or entry.subject != "lexicon" or "word" not in entry.detail or entry.area is None:
        return None
    return entry


def undo(session: Session, person: Person, audit_id: int, now: datetime) -> Change:
    """One's own change is taken back. Raises LexiconConflict when the reading was changed again meanwhile."""
    entry = last_change(session, person, audit_id)
    if entry is None or entry.area is None:
        raise LexiconRefused("there is nothing of yours to take back")
    said = entry.detail
    _allowed(session, person, entry.area)
    article = session.get(Article, said["article_id"]) if said["article_id"] else None
    row = find_entry(session, entry.area, said["dialect"], said["word"], article)
    before = row.reading if row else None
    if before != said["after"] or (said["article_id"] and article is None):
        raise LexiconConflict(f"“{said['word']}” was changed again meanwhile: look at it before you take anything back")
    if said["before"] is None and row is not None:
        session.delete(row)
    elif said["before"] is not None:
        row = row or _add(session, person, entry.area, article, said["dialect"], said["word"], said["before"], now)
        row.reading, row.added_by_id, row.updated_at = said["before"], person.id, now
    return _changed(session, person, entry.area, article, said["dialect"], said["word"], before, said["before"], now)


def put_all(
    db: Database, person: Person | None, area: Area, rows: Sequence[Row], now: datetime, source: str, report: Callable[[int], None] | None = None
) -> Counts:
    """Many readings at once, each already tidy, in short transactions of their own, so that nothing else waits for its turn to write.

    Every piece leaves its words for ``tts.respeak`` and its line in the audit log; one that breaks leaves the pieces before it, and bringing the same
    table again does the rest. ``report`` hears after each piece how many lines it had. Raises NotAllowed.
    """
    counts, ordered = Counts(), sorted(rows, key=lambda row: row.dialect)
    with db.reading() as session:
        _allowed(session, person, session.get_one(Area, area.id))
    for begin in range(0, len(ordered), PIECE):
        if begin:
            sleep(PAUSE_S)
        piece = ordered[begin : begin + PIECE]
        _put_piece(db, person, area.id, piece, now, source, counts)
        if report is not None:
            report(len(piece))
    return counts


def _put_piece(db: Database, person: Person | None, area_id: int, rows: Sequence[Row], now: datetime, source: str, counts: Counts) -> None:
    for last in (False, False, True):
        try:
            with db.session() as session:
                done = _put(session, person.id if person else None, area_id, rows, now)
                if done.added or done.changed:
                    record(
                        session, person=person, act="import readings", subject="lexicon", subject_id=area_id, area=session.get_one(Area, area_id),
                        now=now, source=source[:300], added=done.added, changed=done.changed,
                    )  # fmt: skip
        except IntegrityError:  # somebody gave the same word its reading between our look and our writing
            if last:
                raise
        else:
            counts.added, counts.changed, counts.unchanged = (
                counts.added + done.added, counts.changed + done.changed, counts.unchanged + done.unchanged,
            )  # fmt: skip
            return


def _put(session: Session, person_id: int | None, area_id: int, rows: Sequence[Row], now: datetime) -> Counts:
    """One piece, in one transaction."""
    own = select(LexiconEntry.id, LexiconEntry.dialect, LexiconEntry.word, LexiconEntry.reading, LexiconEntry.note)
    own = own.where(LexiconEntry.area_id == area_id, LexiconEntry.article_id.is_(None), LexiconEntry.word.in_({row.word for row in rows}))
    own = own.where(LexiconEntry.dialect.in_({row.dialect for row in rows}))
    kept = {(row.dialect, row.word): row for row in session.execute(own)}
    by: dict[str, object] = {"added_by_id": person_id, "updated_at": now}
    fresh: list[dict[str, object]] = []
    other: list[dict[str, object]] = []
    touched: dict[str, list[str]] = {}
    for row in rows:
        found = kept.get((row.dialect, row.word))
        if found is not None and (found.reading, found.note) == (row.reading, row.note):
            continue
        said = {"reading": row.reading, "note": row.note, **by}
        if found is not None:
            other.append({"id": found.id, **said})
        else:
            fresh.append({"area_id": area_id, "article_id": None, "dialect": row.dialect, "word": row.word, "created_at": now, **said})
        if found is None or found.reading != row.reading:
            touched.setdefault(row.dialect, []).append(row.word)
    if fresh:
        session.execute(insert(LexiconEntry), fresh)
    if other:
        session.execute(update(LexiconEntry), other)
    for code, words in touched.items():
        session.add(ReadingChange(area_id=area_id, dialect=code, words=words, compared=0, created_at=now))
    return Counts(len(fresh), len(other), len(rows) - len(fresh) - len(other))


@dataclass(frozen=True)
class Row:
    """One reading as a file gives it."""

    dialect: str
    word: str
    reading: str
    note: str = ""


@dataclass
class Counts:
    """What an import did."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0


def find_entry(session: Session, area: Area, code: str, word: str, article: Article | None = None) -> LexiconEntry | None:
    """The area's own entry for the word (or the article's), not an inherited one."""
    place = (
        (LexiconEntry.article_id == article.id,) if article is not None
        else (LexiconEntry.area_id == area.id, LexiconEntry.article_id.is_(None))
    )  # fmt: skip
    return session.scalar(select(LexiconEntry).where(*place, LexiconEntry.dialect == code, LexiconEntry.word == word))


def _allowed(session: Session, person: Person | None, area: Area) -> None:
    if person is not None:
        require(session, person, "write", area)


def _add(
    session: Session, person: Person | None, area: Area, article: Article | None, code: str, word: str, reading: str, now: datetime
) -> LexiconEntry:
    row = LexiconEntry(
        area_id=area.id, article_id=article.id if article is not None else None, dialect=code, word=word, reading=reading, note="",
        added_by_id=person.id if person else None, created_at=now, updated_at=now,
    )  # fmt: skip
    session.add(row)
    return row


def _changed(
    session: Session, person: Person | None, area: Area, article: Article | None, code: str, word: str, before: str | None,
    after: str | None, now: datetime,
) -> Change:  # fmt: skip
    """Write the change down, and have spoken again what it is heard in."""
    session.flush()
    reading_changed(session, area, article, code, [word], now)
    entry = AuditEntry(
        at=now, person_id=person.id if person else None, act="set reading" if after is not None else "remove reading", subject="lexicon",
        subject_id=f"{code} {word}"[:40], area_id=area.id,
        detail={"dialect": code, "word": word, "article_id": article.id if article is not None else None, "before": before, "after": after},
    )  # fmt: skip
    session.add(entry)
    session.flush()
    return Change(word, before, after, entry.id)


def listed(
    session: Session, where: ColumnElement[bool], *, code: str = "", word: str = "", area: Area | None = None, before: int | None = None,
    limit: int = 100,
) -> list[LexiconEntry]:  # fmt: skip
    """Entries of places (not of single texts) under a condition on Area, the newest first."""
    query = select(LexiconEntry).join(Area, Area.id == LexiconEntry.area_id).where(where, LexiconEntry.article_id.is_(None))
    if code:
        query = query.where(LexiconEntry.dialect == code)
    if word:
        query = query.where(LexiconEntry.word.contains(word, autoescape=True))
    if area is not None:
        query = query.where(LexiconEntry.area_id == area.id)
    if before is not None:
        query = query.where(LexiconEntry.id < before)
    return list(session.scalars(query.order_by(LexiconEntry.id.desc()).limit(limit)))


def as_words(rows: Iterable[Row], code: str) -> Mapping[str, str]:
    """The rows of one dialect as ``tts.reading.Lexicon`` takes them."""
    return {row.word: row.reading for row in rows if row.dialect == code}
