"""Sound that nothing refers to any more is removed: its rows a month after their last use, its file a day later.

What was made once for plans (editions and their parts, other formats, films of former revisions, trials) is made again whenever it is
wanted; so removing it costs time at worst. Removing too much would cost a village its notice; so a file goes only when no row of any table
mentions it, and only in a later round than its rows: whoever took it up in between has mentioned it by then.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, Column, LargeBinary, String, Table, and_, delete, exists, or_, select
from sqlalchemy.orm import Session

from articles.models import Article
from broadcast import live_talks
from broadcast.models import Dispatch
from station.clock import Clock
from station.clock import now as clock_now
from station.database import Base, Database
from station.files import Files
from tts.models import Edition, Part, Preview, Rendition, SpentFile, TvRendition, Variant

log = logging.getLogger(__name__)

KEPT = timedelta(days=30)
"""What was made, and what was sent with it, is kept at least so long."""
BETWEEN = timedelta(days=1)
"""From the row that goes to the file that goes."""
AT_ONCE = 200
"""Rows that go in one transaction."""
MAKES: dict[type[Any], str] = {Edition: "audio_sha256", Part: "audio_sha256", Variant: "audio_sha256", TvRendition: "video_sha256"}
"""What is made again when it is wanted, and the column of its file. Trials go by themselves (tts.preview)."""
_SHA = re.compile(rb"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
_NO_FILES = frozenset({"audit_entry", "duty_entry", "webhook", "webhook_delivery", "text", "article", "review", "reading_change", "lexicon_entry", "spent_file"})
"""Tables of words, in which no number names a file that is to be kept."""


def tidy(db: Database, now: datetime, files: Files, clock: Clock = clock_now) -> bool:
    """One round: rows that are spent go, and files of rows that went in an earlier round. Always False: once in a while is enough."""
    _forget(db, now)
    with db.session() as session:
        live_talks.forget(session, now)
    _unlink(db, now, files, clock)
    return False


def mentioned(session: Session, now: datetime, without: frozenset[str] = frozenset()) -> set[str]:
    """Every number of 64 hexadecimal digits in any column of any table but ``without`` and tables of words; of dispatches, those of the last
    month and those to come."""
    found: set[str] = set()
    for table in Base.metadata.sorted_tables:
        if table.name in _NO_FILES or table.name in without:
            continue
        for column in _columns(table):
            query = select(column).where(column.is_not(None))
            if table.name == Dispatch.__tablename__:
                query = query.where(table.c.ends_at > now - KEPT)
            for value in session.scalars(query.execution_options(yield_per=500)):
                found.update(match.decode() for match in _SHA.findall(_bytes(value)))
    return found


def _columns(table: Table) -> Iterator[Column[Any]]:
    """Those that may hold the name of a file; sentences with their times do not."""
    for column in table.columns:
        long = isinstance(column.type, JSON | LargeBinary) or (isinstance(column.type, String) and (column.type.length or 64) >= 64)
        if long and column.name not in ("cues", "inputs_hash", "key", "words_sha256", "body_sha256", "source_sha256"):
            yield column


def _bytes(value: Any) -> bytes:
    if isinstance(value, bytes):
        return value
    return value.encode("utf-8", "replace") if isinstance(value, str) else json.dumps(value).encode()


def _forget(db: Database, now: datetime) -> None:
    """Rows of things made whose file no plan, no fill, no page and no other row has mentioned for a month."""
    for kind, name in MAKES.items():
        with db.reading() as session:
            old = session.execute(select(*_key(kind), getattr(kind, name)).where(_old(kind, now)).limit(5_000)).all()
            used = mentioned(session, now, _makers()) if old else set()
        spent = [row for row in old if row[1] not in used]
        for begin in range(0, len(spent), AT_ONCE):
            _forget_some(db, now, kind, name, [row[0] for row in spent[begin : begin + AT_ONCE]], used)


def _makers() -> frozenset[str]:
    """The tables whose own mention keeps nothing: a row does not keep itself."""
    return frozenset(str(kind.__tablename__) for kind in MAKES) | {str(Preview.__tablename__)}


def _key(kind: type[Any]) -> tuple[Any]:
    return (kind.key,) if kind is Part else (kind.id,)


def _old(kind: type[Any], now: datetime) -> Any:
    """Made, or given up, a month ago. A film of what is approved stays with its article, whose page shows it."""
    if kind is Part:
        return Part.made_at < now - KEPT
    made: type[Edition] = kind
    old = and_(made.state.in_(("ready", "failed")), made.created_at < now - KEPT, or_(made.ready_at.is_(None), made.ready_at < now - KEPT))
    if kind is not TvRendition:
        return old
    shown = exists().where(
        Rendition.id == TvRendition.rendition_id, Article.id == Rendition.article_id, Article.revision == Rendition.revision, Article.state != "withdrawn"
    )
    return and_(old, ~shown)


def _forget_some(db: Database, now: datetime, kind: type[Any], name: str, keys: list[Any], known: set[str]) -> None:
    """Some rows go in one transaction, once more looked at: what was planned since the long look is among the dispatches that came last."""
    with db.session() as session:
        late = session.scalars(select(Dispatch.items).where(Dispatch.planned_at > now - timedelta(hours=1)))
        fresh = {match.decode() for items in late for match in _SHA.findall(_bytes(items))}
        column = getattr(kind, name)
        rows = session.execute(select(*_key(kind), column).where(_key(kind)[0].in_(keys), _old(kind, now))).all()
        spent = [row for row in rows if row[1] not in fresh and row[1] not in known]
        session.execute(delete(kind).where(_key(kind)[0].in_([row[0] for row in spent])).execution_options(synchronize_session=False))
        for sha in {row[1] for row in spent if row[1]}:
            session.merge(SpentFile(sha256=sha, since=now))
    if spent:
        log.info("%s: %s rows that nothing refers to any more", kind.__tablename__, len(spent))


def _unlink(db: Database, now: datetime, files: Files, clock: Clock) -> None:
    """Files whose rows went a day ago or earlier, and that nothing has mentioned since."""
    with db.reading() as session:
        due = list(session.scalars(select(SpentFile.sha256).where(SpentFile.since < now - BETWEEN)))
        used = mentioned(session, now) if due else set()
    gone = [sha for sha in due if sha not in used and files.remove(sha, clock() - BETWEEN)]
    if due:
        with db.session() as session:
            session.execute(delete(SpentFile).where(SpentFile.sha256.in_([sha for sha in due if sha in used or not files.has(sha)])))
        log.info("%s files that nothing refers to any more were removed", len(gone))
