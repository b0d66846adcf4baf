"""An approved article without a voice gets one: a wanted rendition is claimed, spoken and stored, once; anew when a reading changed."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from articles.models import Text
from station.clock import Clock
from station.clock import now as clock_now
from station.database import Database
from station.files import Files
from tts.audio import LEAD_SAMPLES_MP3
from tts.captions import webvtt
from tts.dialects import dialect, pick_text
from tts.engines import EngineError
from tts.lexicon import words_for
from tts.models import Rendition, SpentFile
from tts.pool import Pool
from tts.recordings import as_files, recorded
from tts.speak import Progress, Spoken, inputs_hash, speak_article
from tts.voices import Manner

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 3
LEASE = timedelta(seconds=90)
FORMER_KEPT = timedelta(days=30)
"""A sound that was spoken anew is kept so long: terminals may hold plans that name it. It goes when nothing mentions it then."""
BACK_OFF = timedelta(seconds=10)
"""After the first failure; three times as long after each further one."""

STALE = "the article was edited or withdrawn; this revision is not spoken any more"


def retry(rendition: Rendition, now: datetime) -> None:
    """A person wants a failed rendition tried again, from the first attempt."""
    rendition.state, rendition.attempts, rendition.error, rendition.not_before, rendition.progress = "wanted", 0, "", now, 0.0


def release_claims(db: Database) -> int:
    """At the start of the only station on this database: what its predecessor was speaking when it died is due at once.

    With several stations leave it to the lease. A predecessor that is alive after all loses nothing but its work.
    """
    with db.session() as session:
        freed = session.execute(
            update(Rendition)
            .where(Rendition.state == "rendering")
            .values(state="wanted", lease_until=None, not_before=None, progress=0.0)
            .execution_options(synchronize_session=False)
        )
        session.execute(
            update(Rendition)
            .where(Rendition.state == "ready", Rendition.lease_until.is_not(None))
            .values(again=True, lease_until=None, not_before=None)
            .execution_options(synchronize_session=False)
        )
        return int(freed.rowcount)  # type: ignore[attr-defined]


@dataclass(frozen=True)
class _Claim:
    """What one attempt needs to know; ``attempt`` marks the row as ours until the lease runs out.

    ``words`` are the readings given for words of the text; ``recordings`` the sha256 of what a person read of it; ``former`` is the hash of inputs of the sound that counts meanwhile, when
    it is spoken again.
    """

    id: int
    attempt: int
    dialect: str
    voice: str
    lang: str
    title: str
    body: str
    words: dict[str, str]
    recordings: dict[str, str]
    former: str | None = None


def render_one(db: Database, now: datetime, pool: Pool, files: Files, clock: Clock = clock_now) -> bool:
    """One wanted rendition is spoken and stored; False when none is due.

    Safe with many threads and processes: a conditional UPDATE claims the row for LEASE, renewed as it goes on; a station that
    dies leaves it to the next. No transaction is open while the voice speaks.
    """
    found = _claim(db, now)
    if not isinstance(found, _Claim):
        return found
    manner = Manner(found.dialect, found.voice, found.words, as_files(found.recordings, files))
    key = inputs_hash(found.body, found.title, found.lang, manner, pool.engines)
    if key == found.former:  # the correction was taken back, or does not reach this text
        _write(db, found, lease_until=None, progress=1.0)
        return True
    if _reuse(db, found, key, files, clock):
        return True
    try:
        spoken = speak_article(found.body, found.title, manner, pool, _reporter(db, found, clock))
    except EngineError as problem:
        _failed(db, found, problem, clock())
        return True
    _store(db, found, key, spoken, files, clock)
    return True


def _due(now: datetime) -> ColumnElement[bool]:
    free = and_(Rendition.again, Rendition.lease_until.is_(None))
    waiting = and_(
        or_(Rendition.state == "wanted", and_(Rendition.state == "ready", free)), or_(Rendition.not_before.is_(None), Rendition.not_before <= now)
    )
    return or_(waiting, and_(Rendition.state.in_(("rendering", "ready")), Rendition.lease_until < now))


def _claim(db: Database, now: datetime) -> _Claim | bool:
    """The oldest due row, now ours; what has a sound already comes last. True when there was only something to tidy up, False when
    nothing is due."""
    with db.reading() as session:
        due = session.execute(
            select(Rendition.id, Rendition.attempts, Rendition.state)
            .where(_due(now))
            .order_by(Rendition.state == "ready", Rendition.attempts, Rendition.id)
            .limit(1)
        ).first()
    if due is None:
        return False
    with db.session() as session:
        ours = session.execute(
            update(Rendition)
            .where(Rendition.id == due.id, Rendition.attempts == due.attempts, Rendition.state == due.state, _due(now))
            .values(
                state="ready" if due.state == "ready" else "rendering", attempts=due.attempts + 1, lease_until=now + LEASE, progress=0.0,
                error="", again=False,
            )
            .execution_options(synchronize_session=False)
        )
        if ours.rowcount != 1:  # type: ignore[attr-defined]
            return True  # somebody else was quicker; look again
        row = session.get_one(Rendition, due.id)
        text = _text_of(session, row)
        if text is None or row.attempts > 2 * MAX_ATTEMPTS:
            row.state, row.lease_until = row.state if row.state == "ready" else _end(row.dialect), None
            row.error = STALE if text is None else "the station stopped each time it spoke this; look at its log"
            return True
        row.lang = text.lang
        words = words_for(session, row.article.area, row.dialect, f"{text.title}\n{text.body}", row.article_id)
        former = row.inputs_hash if row.state == "ready" else None
        read = recorded(session, row.article, row.dialect, text)
        return _Claim(row.id, row.attempts, row.dialect, row.voice, text.lang, text.title, text.body, words, read, former)


def _text_of(session: Session, row: Rendition) -> Text | None:
    """The text to speak; None when the article was edited, withdrawn, or lost it."""
    article = row.article
    if article.state != "approved" or article.revision != row.revision:
        return None
    lang = pick_text(row.dialect, [text.lang for text in article.texts])
    return next((text for text in article.texts if text.lang == lang), None)


def _ours(found: _Claim) -> ColumnElement[bool]:
    held = Rendition.state == "ready" if found.former is not None else Rendition.state == "rendering"
    return and_(Rendition.id == found.id, held, Rendition.lease_until.is_not(None), Rendition.attempts == found.attempt)


def _write(db: Database, found: _Claim, clock: Clock | None = None, **values: object) -> bool:
    """Change our row, unless somebody else took it over meanwhile. With a clock it is a new sound, ready at that moment.

    The moment is read inside the transaction: whoever looks at the row later also has a later moment.
    """
    with db.session() as session:
        session.connection()
        if clock is not None:
            ready_at = clock()
            values |= {"ready_at": ready_at} | ({"respoken_at": ready_at} if found.former is not None else {})
        former = session.execute(select(Rendition.audio_sha256, Rendition.captions_sha256).where(_ours(found))).first()
        done = session.execute(update(Rendition).where(_ours(found)).values(**values).execution_options(synchronize_session=False))
        if clock is not None and found.former is not None and former is not None:
            for sha in {str(each) for each in former if each} - {values.get("audio_sha256"), values.get("captions_sha256")}:
                session.merge(SpentFile(sha256=sha, since=ready_at + FORMER_KEPT))  # plans that name it are over by then
        return bool(done.rowcount == 1)  # type: ignore[attr-defined]


def _reporter(db: Database, found: _Claim, clock: Clock) -> Progress:
    """Writes progress and renews the lease, five times a second at most."""
    written = clock()

    def report(share: float) -> None:
        nonlocal written
        present = clock()
        if share < 1.0 and present - written >= timedelta(seconds=0.2):
            written = present
            _write(db, found, progress=share, lease_until=present + LEASE)

    return report


def _reuse(db: Database, found: _Claim, key: str, files: Files, clock: Clock) -> bool:
    """The same inputs were rendered before: the row gets the same files."""
    with db.reading() as session:
        twin = session.scalar(select(Rendition).where(Rendition.inputs_hash == key, Rendition.state == "ready").limit(1))
        if twin is None or not files.has(twin.audio_sha256) or not files.has(twin.captions_sha256):
            return False
    same = (
        "engine", "engines", "instead", "audio_sha256", "audio_bytes", "ms", "skip", "lufs", "peak_db", "captions_sha256", "cues", "unknown"
    )  # fmt: skip
    kept = {name: getattr(twin, name) for name in same}
    _write(db, found, clock, **kept, inputs_hash=key, state="ready", progress=1.0, lease_until=None, error="")
    return True


def _store(db: Database, found: _Claim, key: str, spoken: Spoken, files: Files, clock: Clock) -> None:
    audio, captions = files.put(spoken.mp3), files.put(webvtt(spoken.cues).encode())
    _write(
        db, found, clock, state="ready", progress=1.0, lease_until=None, error="",
        inputs_hash="" if spoken.passing else key,  # what another engine spoke for once is not taken for the real thing later
        engine=spoken.engine[:120], engines=list(spoken.engines), instead=[list(each) for each in spoken.instead],
        audio_sha256=audio, audio_bytes=len(spoken.mp3),
        ms=spoken.ms, skip=LEAD_SAMPLES_MP3, lufs=spoken.lufs, peak_db=spoken.peak_db, captions_sha256=captions,
        cues=[[cue.start_ms, cue.end_ms, cue.text] for cue in spoken.cues], unknown=[list(each) for each in spoken.unknown],
    )  # fmt: skip


def _end(code: str) -> str:
    return "failed" if dialect(code).speaks else "no_voice"


def _failed(db: Database, found: _Claim, problem: EngineError, now: datetime) -> None:
    """Tried again later, three times; a permanent problem at once is the end.

    Where no voice speaks the dialect it ends as ``no_voice``: the village hears the dialect that is heard in its place, not nothing.
    """
    final = problem.permanent or found.attempt >= MAX_ATTEMPTS
    log.warning("rendition %s (%s), attempt %s: %s", found.id, found.dialect, found.attempt, problem)
    wait = BACK_OFF * 3 ** (found.attempt - 1)
    due: dict[str, Any] = {"again": not final} if found.former is not None else {"state": _end(found.dialect) if final else "wanted", "progress": 0.0}
    _write(db, found, error=str(problem)[:500], lease_until=None, not_before=None if final else now + wait, **due)
