"""Trials before anything airs: how sentences would be read, and how one of them sounds. Pages ask, the speaking processes answer."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from station.clock import Clock
from station.clock import now as clock_now
from station.database import Database
from station.files import Files
from tts.audio import Mp3, silence
from tts.engines import EngineError
from tts.engines.chain import Engines
from tts.models import Preview, SpentFile
from tts.pool import Pool
from tts.speak import Progress, inputs_hash
from tts.voices import DEFAULT, Manner

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 2
LEASE = timedelta(seconds=60)
BACK_OFF = timedelta(seconds=2)
KEPT = timedelta(days=7)
"""A trial that nobody asked for so long is forgotten."""
EDGE_MS = 120
"""Silence before and after a sentence that is tried alone."""


def preview_key(kind: str, code: str, sentences: Sequence[str], words: Mapping[str, str], voice: str = DEFAULT) -> str:
    """The same sentences with the same readings, voice and front end are tried once."""
    # a page asks, and knows no engines but those every station has; a trial lives a week
    inputs = inputs_hash(json.dumps(list(sentences), ensure_ascii=False), "", "", Manner(code, voice, words), Engines())
    return hashlib.sha256(f"{kind} {inputs}".encode()).hexdigest()


def ask(
    session: Session, kind: str, code: str, sentences: Sequence[str], words: Mapping[str, str], now: datetime,
    article_id: int | None = None, voice: str = DEFAULT,
) -> Preview:  # fmt: skip
    """The trial for these inputs, found or wanted; one that failed is wanted again. ``kind`` is read or speak."""
    key = preview_key(kind, code, sentences, words, voice)
    row = session.scalar(select(Preview).where(Preview.key == key))
    if row is None:
        row = Preview(
            key=key, article_id=article_id, kind=kind, dialect=code, voice=voice, sentences=list(sentences), words=dict(words), state="wanted", progress=0.0,
            attempts=0, error="", result=[], created_at=now, asked_at=now,
        )  # fmt: skip
        try:
            with session.begin_nested():
                session.add(row)
        except IntegrityError:  # another page asked in the same moment
            return session.scalars(select(Preview).where(Preview.key == key)).one()
    elif row.state == "failed":
        row.state, row.attempts, row.error, row.not_before = "wanted", 0, "", None
    row.asked_at, row.article_id = now, article_id
    session.flush()
    return row


def preview_one(db: Database, now: datetime, pool: Pool, files: Files, clock: Clock = clock_now) -> bool:
    """One wanted trial is read or spoken; False when none is due. Claimed like a rendition: by a conditional UPDATE with a lease."""
    found = _claim(db, now)
    if found is None:
        return False
    try:
        done = _speak(found, pool, files) if found.kind == "speak" else _read(found, pool, _reporter(db, found, clock))
    except EngineError as problem:
        log.warning("preview %s (%s), attempt %s: %s", found.id, found.dialect, found.attempt, problem)
        final = problem.permanent or found.attempt >= MAX_ATTEMPTS
        done = {"state": "failed" if final else "wanted", "error": str(problem)[:500], "not_before": None if final else clock() + BACK_OFF}
    _write(db, found, **done, lease_until=None)
    return True


def forget_one(db: Database, now: datetime) -> bool:
    """Trials that nobody asked for in a week go, their files a day later (broadcast.tidying); False, for once is enough."""
    with db.session() as session:
        old = and_(Preview.asked_at < now - KEPT, Preview.state.in_(("ready", "failed")))
        for sha in session.scalars(select(Preview.audio_sha256).where(old, Preview.audio_sha256 != "").distinct()).all():
            session.merge(SpentFile(sha256=sha, since=now))
        session.execute(delete(Preview).where(old))
    return False


@dataclass(frozen=True)
class _Claim:
    """What one attempt needs to know; ``attempt`` marks the row as ours until the lease runs out."""

    id: int
    attempt: int
    kind: str
    dialect: str
    voice: str
    sentences: list[str]
    words: dict[str, str]


def _due(now: datetime) -> ColumnElement[bool]:
    waiting = and_(Preview.state == "wanted", or_(Preview.not_before.is_(None), Preview.not_before <= now))
    return or_(waiting, and_(Preview.state == "rendering", Preview.lease_until < now))


def _claim(db: Database, now: datetime) -> _Claim | None:
    """The trial that was asked for first, now ours; None when none is due or somebody else was quicker."""
    with db.reading() as session:
        due = session.execute(select(Preview.id, Preview.attempts).where(_due(now)).order_by(Preview.asked_at, Preview.id).limit(1)).first()
    if due is None:
        return None
    with db.session() as session:
        ours = session.execute(
            update(Preview)
            .where(Preview.id == due.id, Preview.attempts == due.attempts, _due(now))
            .values(state="rendering", attempts=due.attempts + 1, lease_until=now + LEASE, progress=0.0)
            .execution_options(synchronize_session=False)
        )
        if ours.rowcount != 1:  # type: ignore[attr-defined]
            return None
        row = session.get_one(Preview, due.id)
        if row.attempts > MAX_ATTEMPTS:
            row.state, row.lease_until, row.error = "failed", None, "the station stopped each time it tried this; look at its log"
            return None
        return _Claim(row.id, row.attempts, row.kind, row.dialect, row.voice or DEFAULT, list(row.sentences), dict(row.words))


def _write(db: Database, found: _Claim, **values: Any) -> None:
    """Change our row, unless somebody else took it over meanwhile."""
    ours = (Preview.id == found.id, Preview.state == "rendering", Preview.attempts == found.attempt)
    with db.session() as session:
        session.execute(update(Preview).where(*ours).values(**values).execution_options(synchronize_session=False))


def _reporter(db: Database, found: _Claim, clock: Clock) -> Progress:
    written = clock()

    def report(share: float) -> None:
        nonlocal written
        present = clock()
        if share < 1.0 and present - written >= timedelta(seconds=0.2):
            written = present
            _write(db, found, progress=share, lease_until=present + LEASE)

    return report


def _read(found: _Claim, pool: Pool, report: Progress) -> dict[str, Any]:
    told = []
    for number, one in enumerate(pool.read(found.sentences, Manner(found.dialect, words=found.words)), 1):
        told.append({name: one.get(name, []) for name in ("spoken", "marks", "unread", "unknown")})
        report(number / len(found.sentences))
    return {"state": "ready", "progress": 1.0, "result": told, "error": ""}


def _speak(found: _Claim, pool: Pool, files: Files) -> dict[str, Any]:
    mp3 = Mp3()
    mp3.add(silence(EDGE_MS))
    heard = 0
    for said in pool.speak(found.sentences, Manner(found.dialect, found.voice, found.words)):
        mp3.add(said.pcm)
        heard += len(said.pcm)
    if not heard:
        raise EngineError(f"nothing in it can be read: {found.sentences[0][:40]!r}", permanent=True)
    mp3.add(silence(EDGE_MS))
    return {"state": "ready", "progress": 1.0, "error": "", "audio_sha256": files.put(mp3.finish()), "ms": mp3.ms}
