"""How places say their own names: readings of words, kept per dialect for an area and all below it, or for one text alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from articles.models import Article
from station.audit import record
from station.models import Area, AuditEntry, Person
from station.people import require
from tts.models import LexiconEntry
from tts.reading.lexicon import occurs
from tts.spelling import LexiconRefused, tidy_reading, tidy_word
from tts.want import speak_again

NOTE_MAX = 200


class LexiconConflict(LexiconRefused):
    """Somebody changed the same reading meanwhile."""


@dataclass(frozen=True)
class Change:
    """What one act did: the reading before and after (None: there was none); ``audit_id`` is what ``undo`` takes."""

    word: str
    before: str | None
    after: str | None
    audit_id: int


def _holds(area: Area, code: str, article_id: int | None) -> ColumnElement[bool]:
    """Entries of the area, of everything above it, and of the one text."""
    above = [int(part) for part in area.path.strip("/").split("/")]
    place = and_(LexiconEntry.area_id.in_(above), LexiconEntry.article_id.is_(None))
    return and_(LexiconEntry.dialect == code, or_(place, LexiconEntry.article_id == article_id) if article_id else place)


def _nearness(area: Area, area_id: int, article_id: int | None) -> int:
    """Larger wins: the root is 0, the area itself more, the text alone most."""
    above = area.path.strip("/").split("/")
    return len(above) if article_id is not None else above.index(str(area_id))


def words_for(session: Session, area: Area, code: str, text: str | None, article_id: int | None = None) -> dict[str, str]:
    """The readings that hold in the area, the nearest winning, of the words that may be heard in ``text`` (None: of all); sorted by word."""
    columns = (LexiconEntry.word, LexiconEntry.reading, LexiconEntry.area_id, LexiconEntry.article_id)
    rows = [row for row in session.execute(select(*columns).where(_holds(area, code, article_id))) if text is None or occurs(row.word, text)]
    rows.sort(key=lambda row: (row.word, _nearness(area, row.area_id, row.article_id)))
    return {row.word: row.reading for row in rows}


def entries_for(session: Session, area: Area, code: str, text: str, article_id: int | None = None) -> list[LexiconEntry]:
    """The entries behind ``words_for``: which place or text each reading comes from."""
    rows = [row for row in session.scalars(select(LexiconEntry).where(_holds(area, code, article_id))) if occurs(row.word, text)]
    rows.sort(key=lambda row: (row.word, _nearness(area, row.area_id, row.article_id)))
    return list({row.word: row for row in rows}.values())


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


def put_all(session: Session, person: Person | None, area: Area, rows: Iterable[Row], now: datetime, source: str) -> Counts:
    """Many readings at once, each already tidy: one line in the audit log, one look at what has to be spoken again."""
    _allowed(session, person, area)
    counts = Counts()
    touched: dict[str, list[str]] = {}
    kept = {
        (row.dialect, row.word): row
        for row in session.scalars(select(LexiconEntry).where(LexiconEntry.area_id == area.id, LexiconEntry.article_id.is_(None)))
    }
    for given in rows:
        found = kept.get((given.dialect, given.word))
        if found is not None and (found.reading, found.note) == (given.reading, given.note):
            counts.unchanged += 1
            continue
        if found is None:
            counts.added += 1
            found = _add(session, person, area, None, given.dialect, given.word, given.reading, now)
            kept[given.dialect, given.word] = found
        else:
            counts.changed += 1
        found.reading, found.note, found.updated_at, found.added_by_id = given.reading, given.note, now, person.id if person else None
        touched.setdefault(given.dialect, []).append(given.word)
    session.flush()
    for code, words in touched.items():
        counts.again += speak_again(session, area, None, code, words)
    record(
        session, person=person, act="import readings", subject="lexicon", subject_id=area.id, area=area, now=now, source=source[:300],
        added=counts.added, changed=counts.changed,
    )  # fmt: skip
    return counts


@dataclass(frozen=True)
class Row:
    """One reading as a file gives it."""

    dialect: str
    word: str
    reading: str
    note: str = ""


@dataclass
class Counts:
    """What an import did; ``again`` is how many renditions are spoken again for it."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    again: int = 0


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
    speak_again(session, area, article, code, [word])
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
