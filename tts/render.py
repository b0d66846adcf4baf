"""An approved article without a voice gets one: which dialects are wanted, the speaking, and the files."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from articles.models import Article, Text
from station.areas import branch, dialect_of
from station.clock import Clock
from station.clock import now as clock_now
from station.database import Database
from station.files import Files
from station.models import Area
from tts.audio import LEAD_SAMPLES_MP3, MP3_EFFORT, MP3_KBPS, Mp3, in_mp3, silence
from tts.captions import Cue, webvtt
from tts.dialects import DIALECTS, dialect, pick_text
from tts.engines import EngineError
from tts.engines.system import SystemEngine, fingerprint
from tts.level import GAIN_DB, RATE, decibels, loudness
from tts.models import Rendition
from tts.pool import Pool
from tts.spoken import Sentence, sentences

log = logging.getLogger(__name__)

LEAD_IN_MS, AFTER_TITLE_MS, BETWEEN_MS, PARAGRAPH_MS, TAIL_MS = 250, 700, 320, 600, 400
LONGEST_ARTICLE = 60_000
"""Characters: about four hours of speech."""
MAX_ATTEMPTS = 3
LEASE = timedelta(seconds=90)
BACK_OFF = timedelta(seconds=10)
"""After the first failure; three times as long after each further one."""
LOOK_BACK = timedelta(days=30)
"""Articles approved earlier get no voice for a dialect that came to a village since."""

STALE = "the article was edited or withdrawn; this revision is not spoken any more"

Progress = Callable[[float], None]


@dataclass(frozen=True)
class Spoken:
    """A spoken article: the mp3, its length, its sentences in time, its loudness, and what nobody could read.

    ``unknown`` is (place in the body, characters); place -1 is the title. ``peak_db`` is the sample peak before the encoder.
    """

    mp3: bytes
    ms: int
    cues: tuple[Cue, ...]
    lufs: float | None
    peak_db: float | None
    engine: str
    unknown: tuple[tuple[int, str], ...]


def speak_article(text: str, title: str, code: str, pool: Pool, progress: Progress | None = None) -> Spoken:
    """Title, pause, body: each sentence is encoded while the next is being spoken.

    Raises EngineError: permanent when no voice speaks the dialect, when the text is too long, or when nothing in it can be read.
    """
    row = dialect(code)
    if not row.speaks:
        raise EngineError(row.no_voice_reason, permanent=True)
    if len(text) > LONGEST_ARTICLE:
        raise EngineError(f"the text has {len(text)} characters, more than {LONGEST_ARTICLE}; cut it into parts", permanent=True)
    script = [replace(s, start=-1) for s in sentences(title)] + sentences(text)
    if not script:
        raise EngineError("the article has no text to speak", permanent=True)
    mp3 = Mp3()
    mp3.add(silence(LEAD_IN_MS))
    cues: list[Cue] = []
    unknown: list[tuple[int, str]] = []
    blocks: list[float] = []
    peak = 0
    for said in pool.speak([s.text for s in script], code):
        sentence = script[said.index]
        unknown += [(-1 if sentence.start < 0 else sentence.start + at, text) for at, text in said.unknown]
        if len(said.pcm):
            if cues:
                pause = _pause(script, said.index)
                mp3.add(silence(pause))
                blocks += [0.0] * (pause // 100)
            start = mp3.ms
            mp3.add(said.pcm)
            cues.append(Cue(start, mp3.ms, sentence.text))
            blocks += said.blocks
            peak = max(peak, said.peak)
        if progress:
            progress((said.index + 1) / len(script))
    if not cues:
        raise EngineError(f"nothing in the text can be read in {row.english}: {text[:40]!r}", permanent=True)
    mp3.add(silence(TAIL_MS))
    data = mp3.finish()
    return Spoken(data, mp3.ms, tuple(cues), in_mp3(loudness(blocks)), in_mp3(decibels(peak)), SystemEngine.name, tuple(unknown))


def _pause(script: list[Sentence], index: int) -> int:
    """Milliseconds before sentence ``index``."""
    this, before = script[index], script[index - 1]
    if before.start < 0 <= this.start:
        return AFTER_TITLE_MS
    return PARAGRAPH_MS if this.paragraph else BETWEEN_MS


@cache
def front_end() -> str:
    """Changes with our own rules and with the libraries that read: a hash over both."""
    room = Path(__file__).parent
    sources = sorted([room / "level.py", *room.glob("spoken/*.py"), *room.glob("reading/*.py"), *room.glob("engines/*.py")])
    libraries = [f"{name} {version(name)}" for name in ("pypinyin", "g2pM", "ToJyutping", "OpenCC", "wetext")]
    found = hashlib.sha256("\n".join(libraries).encode())
    for source in sources:
        found.update(source.read_bytes())
    return found.hexdigest()[:16]


def inputs_hash(text: str, title: str, code: str, lang: str) -> str:
    """The same inputs sound the same, so they are rendered once: text, dialect, voice, front end, engine and format."""
    pauses = (LEAD_IN_MS, AFTER_TITLE_MS, BETWEEN_MS, PARAGRAPH_MS, TAIL_MS)
    said = [title, text, code, lang, GAIN_DB.get(code), front_end(), fingerprint(), RATE, MP3_KBPS, MP3_EFFORT, pauses]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()


# what is wanted


def wanted_dialects(session: Session, area: Area) -> set[str]:
    """The dialects heard in the area and everywhere below it, and what is heard instead of those without a voice."""
    below = session.scalars(select(Area.dialect).where(branch(area), Area.dialect.is_not(None)).distinct())
    heard = {code for code in (dialect_of(session, area), *below) if code in DIALECTS}
    instead = {DIALECTS[code].fallback for code in heard if not DIALECTS[code].speaks}
    return heard | {code for code in instead if code is not None}


def want_renditions(session: Session, article: Article, dialects: Collection[str], now: datetime) -> int:
    """Rows for the dialects that the approved article's revision lacks: wanted, or no_voice with its reason. How many were new."""
    there = set(
        session.scalars(
            select(Rendition.dialect).where(Rendition.article_id == article.id, Rendition.revision == article.revision)
        )
    )
    new = sorted(set(dialects) - there)
    langs = [text.lang for text in article.texts]
    for code in new:
        lang, reason = pick_text(code, langs), _why_not(code, langs)
        state = "no_voice" if reason else "wanted"
        row = Rendition(article_id=article.id, revision=article.revision, dialect=code, state=state, created_at=now)
        row.lang, row.error, row.cues, row.unknown = lang or "", reason, [], []
        session.add(row)
    session.flush()
    return len(new)


def _why_not(code: str, langs: list[str]) -> str:
    """Why the dialect cannot be spoken from texts in these languages; empty when it can."""
    row = dialect(code)
    if not row.speaks:
        return row.no_voice_reason
    if pick_text(code, langs) is None:
        have = ", ".join(langs) or "none at all"
        return f"{row.english} is spoken from a text in {' or '.join(row.writings)}; the article has {have}: add a text"
    return ""


def want_one(db: Database, now: datetime) -> bool:
    """One approved article that lacks a dialect heard in its branch gets the rows for it; False when there is none."""
    with db.reading() as session:
        article_id = _unvoiced(session, now)
    if article_id is None:
        return False
    try:
        with db.session() as session:
            article = session.get(Article, article_id)
            if article is None or article.state != "approved":
                return False
            return want_renditions(session, article, wanted_dialects(session, article.area), now) > 0
    except IntegrityError:  # another process was quicker by a moment: the rows are there
        return True


def _unvoiced(session: Session, now: datetime) -> int | None:
    """An approved article without any rendition of its revision, or without one in a dialect of a village below."""
    approved = select(Article.id).where(Article.state == "approved").order_by(Article.approved_at).limit(1)
    spoken = exists().where(Rendition.article_id == Article.id, Rendition.revision == Article.revision)
    found = session.scalar(approved.where(~spoken))
    if found is not None:
        return found
    home, village = aliased(Area), aliased(Area)
    lacking = ~spoken.where(Rendition.dialect == village.dialect)
    return session.scalar(
        select(Article.id)
        .join(home, home.id == Article.area_id)
        .join(village, village.path.startswith(home.path))
        .where(Article.state == "approved", Article.approved_at > now - LOOK_BACK, village.dialect.in_(DIALECTS), lacking)
        .limit(1)
    )


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
        return int(freed.rowcount)  # type: ignore[attr-defined]


# the work


@dataclass(frozen=True)
class _Claim:
    """What one attempt needs to know; ``attempt`` marks the row as ours until the lease runs out."""

    id: int
    attempt: int
    dialect: str
    lang: str
    title: str
    body: str


def render_one(db: Database, now: datetime, pool: Pool, files: Files, clock: Clock = clock_now) -> bool:
    """One wanted rendition is spoken and stored; False when none is due.

    Safe with many threads and processes: a conditional UPDATE claims the row for LEASE, renewed as it goes on; a station that
    dies leaves it to the next. No transaction is open while the voice speaks.
    """
    found = _claim(db, now)
    if not isinstance(found, _Claim):
        return found
    key = inputs_hash(found.body, found.title, found.dialect, found.lang)
    if _reuse(db, found, key, files, clock):
        return True
    try:
        spoken = speak_article(found.body, found.title, found.dialect, pool, _reporter(db, found, clock))
    except EngineError as problem:
        _failed(db, found, problem, clock())
        return True
    _store(db, found, key, spoken, files, clock())
    return True


def _due(now: datetime) -> ColumnElement[bool]:
    waiting = and_(Rendition.state == "wanted", or_(Rendition.not_before.is_(None), Rendition.not_before <= now))
    return or_(waiting, and_(Rendition.state == "rendering", Rendition.lease_until < now))


def _claim(db: Database, now: datetime) -> _Claim | bool:
    """The oldest due row, now ours; True when there was only something to tidy up, False when nothing is due."""
    with db.reading() as session:
        due = session.execute(
            select(Rendition.id, Rendition.attempts).where(_due(now)).order_by(Rendition.attempts, Rendition.id).limit(1)
        ).first()
    if due is None:
        return False
    with db.session() as session:
        ours = session.execute(
            update(Rendition)
            .where(Rendition.id == due.id, Rendition.attempts == due.attempts, _due(now))
            .values(state="rendering", attempts=due.attempts + 1, lease_until=now + LEASE, progress=0.0, error="")
            .execution_options(synchronize_session=False)
        )
        if ours.rowcount != 1:  # type: ignore[attr-defined]
            return True  # somebody else was quicker; look again
        row = session.get_one(Rendition, due.id)
        text = _text_of(session, row)
        if text is None or row.attempts > 2 * MAX_ATTEMPTS:
            row.state, row.lease_until = "failed", None
            row.error = STALE if text is None else "the station stopped each time it spoke this; look at its log"
            return True
        row.lang = text.lang
        return _Claim(row.id, row.attempts, row.dialect, text.lang, text.title, text.body)


def _text_of(session: Session, row: Rendition) -> Text | None:
    """The text to speak; None when the article was edited, withdrawn, or lost it."""
    article = row.article
    if article.state != "approved" or article.revision != row.revision:
        return None
    lang = pick_text(row.dialect, [text.lang for text in article.texts])
    return next((text for text in article.texts if text.lang == lang), None)


def _ours(found: _Claim) -> ColumnElement[bool]:
    return and_(Rendition.id == found.id, Rendition.state == "rendering", Rendition.attempts == found.attempt)


def _write(db: Database, found: _Claim, **values: object) -> bool:
    """Change our row, unless somebody else took it over meanwhile."""
    with db.session() as session:
        done = session.execute(update(Rendition).where(_ours(found)).values(**values).execution_options(synchronize_session=False))
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
    same = ("voice", "engine", "audio_sha256", "audio_bytes", "ms", "skip", "lufs", "peak_db", "captions_sha256", "cues", "unknown")
    kept = {name: getattr(twin, name) for name in same}
    _write(db, found, **kept, inputs_hash=key, state="ready", progress=1.0, lease_until=None, error="", ready_at=clock())
    return True


def _store(db: Database, found: _Claim, key: str, spoken: Spoken, files: Files, now: datetime) -> None:
    audio, captions = files.put(spoken.mp3), files.put(webvtt(spoken.cues).encode())
    _write(
        db, found, state="ready", progress=1.0, lease_until=None, error="", ready_at=now, inputs_hash=key,
        voice=found.dialect, engine=f"{spoken.engine} ({front_end()})", audio_sha256=audio, audio_bytes=len(spoken.mp3),
        ms=spoken.ms, skip=LEAD_SAMPLES_MP3, lufs=spoken.lufs, peak_db=spoken.peak_db, captions_sha256=captions,
        cues=[[cue.start_ms, cue.end_ms, cue.text] for cue in spoken.cues], unknown=[list(each) for each in spoken.unknown],
    )  # fmt: skip


def _failed(db: Database, found: _Claim, problem: EngineError, now: datetime) -> None:
    """Tried again later, three times; a permanent problem at once is the end."""
    final = problem.permanent or found.attempt >= MAX_ATTEMPTS
    log.warning("rendition %s (%s), attempt %s: %s", found.id, found.dialect, found.attempt, problem)
    wait = BACK_OFF * 3 ** (found.attempt - 1)
    _write(
        db, found, state="failed" if final else "wanted", error=str(problem)[:500], lease_until=None,
        not_before=None if final else now + wait, progress=0.0,
    )  # fmt: skip
