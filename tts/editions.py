"""Renditions as they are heard: announced, with music, repeated; the common body and each village's phrases are made once and joined."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from station.clock import Clock
from station.clock import now as clock_now
from station.database import Database
from station.files import Files, NoSuchFile
from station.models import Area
from tts import claim
from tts.audio import LEAD_SAMPLES_MP3, decode, silence, to_mp3
from tts.bed import INTRO_MS, under
from tts.captions import Cue, shifted
from tts.engines import EngineError, Pcm
from tts.joining import NotJoinable, Piece, joined, samples
from tts.level import RATE
from tts.lexicon import words_for
from tts.models import Edition, Part, Rendition
from tts.pool import Pool
from tts.presentation import OWN, Dress
from tts.speak import inputs_hash, speak_article
from tts.stretches import encoded
from tts.tunes import chime, library_piece
from tts.voices import Manner

LEASE = timedelta(minutes=10)
BETWEEN_MS = 600
"""Silence between two repetitions, beside the 0.7 s each has of its own: together less than the 1.5 s that sound like a fault."""


def want_edition(session: Session, rendition: Rendition, dress: Dress, area: Area, now: datetime) -> Edition:
    """The edition of a ready rendition in this dress; wanted now if it was lacking. ``area`` decides how words of its phrases are read."""
    phrases = f"{dress.opening}\n{dress.closing}"
    if phrases.strip():
        dress = replace(dress, words=words_for(session, area, rendition.dialect, phrases))
    key = dress.key()
    row = session.scalar(select(Edition).where(Edition.body_sha256 == rendition.audio_sha256, Edition.key == key))
    if row is None:
        plain = {name: getattr(dress, name) for name in ("chime", "opening", "closing", "bed", "repeats")} | {"words": dict(dress.words)}
        row = Edition(rendition_id=rendition.id, body_sha256=rendition.audio_sha256, key=key, dress=plain, state="wanted", created_at=now)
        session.add(row)
        session.flush()
    return row


@dataclass(frozen=True)
class _Work:
    """What one edition is joined of, read in one transaction."""

    dress: Dress
    body_sha256: str
    skip: int
    cues: tuple[Cue, ...]
    dialect: str
    voice: str


def join_one(db: Database, now: datetime, pool: Pool, files: Files, clock: Clock = clock_now) -> bool:
    """One wanted edition is joined and stored; False when none is due. No transaction is open while its phrases are spoken."""
    found = claim.take(db, Edition, now, LEASE)
    if not isinstance(found, claim.Claim):
        return found
    with db.reading() as session:
        row = session.get_one(Edition, found.id)
        body = row.rendition
        cues = tuple(Cue(start, end, text) for start, end, text in body.cues)
        work = _Work(Dress(**row.dress), row.body_sha256, body.skip, cues, body.dialect, body.voice)
        stale = body.audio_sha256 != row.body_sha256
    if stale:
        claim.failed(db, found, EngineError("the text was spoken anew; this sound is not sent any more", permanent=True), clock(), permanent=True)
        return True
    try:
        whole, unknown = _joined(db, work, pool, files, clock)
    except EngineError as problem:
        claim.failed(db, found, problem, clock(), permanent=problem.permanent)
        return True
    except (NoSuchFile, NotJoinable) as problem:
        claim.failed(db, found, problem, clock(), permanent=True)
        return True
    length = samples(whole.mp3) - LEAD_SAMPLES_MP3
    claim.ready(
        db, found, clock, audio_sha256=files.put(whole.mp3), audio_bytes=len(whole.mp3), ms=round(length * 1000 / RATE), skip=LEAD_SAMPLES_MP3,
        cues=[[cue.start_ms, cue.end_ms, cue.text] for cue in whole.cues], unknown=unknown[:200],
    )  # fmt: skip
    return True


def _joined(db: Database, work: _Work, pool: Pool, files: Files, clock: Clock) -> tuple[Piece, str]:
    """All of it as one mp3, and the characters of the phrases that nobody could read."""
    dress = work.dress
    manner = Manner(work.dialect, work.voice, dict(dress.words))
    opening, unread = _phrase(db, dress.opening, manner, pool, files, clock)
    closing, unread_too = _phrase(db, dress.closing, manner, pool, files, clock)
    body = _bedded(db, work, files, clock) if dress.bed else Piece(files.get(work.body_sha256), work.cues)
    bodies = [body]
    for _again in range(dress.repeats - 1):
        bodies += [Piece(_pause()), body]
    before = [Piece(_own_chime() if dress.chime == OWN else files.get(dress.chime))] if dress.chime else []
    return joined([*before, *opening, *bodies, *closing]), unread + unread_too


def _phrase(db: Database, text: str, manner: Manner, pool: Pool, files: Files, clock: Clock) -> tuple[list[Piece], str]:
    if not text:
        return [], ""

    def speak() -> tuple[Piece, str]:
        spoken = speak_article(text, "", manner, pool)
        return Piece(spoken.mp3, spoken.cues), "".join(letters for _, letters in spoken.unknown)

    piece, unread = _once(db, inputs_hash(text, "", "", manner, pool.engines), speak, files, clock)
    return [piece], unread


def _bedded(db: Database, work: _Work, files: Files, clock: Clock) -> Piece:
    """The body with its music: made once per body and music, whoever dresses it further."""

    def mix() -> tuple[Piece, str]:
        music = library_piece() if work.dress.bed == OWN else _heard(files.get(work.dress.bed), LEAD_SAMPLES_MP3)
        speech = _heard(files.get(work.body_sha256), work.skip)
        spoken = [(cue.start_ms, cue.end_ms) for cue in work.cues]
        return Piece(encoded(under(speech, spoken, music)), tuple(shifted(work.cues, INTRO_MS))), ""

    said = json.dumps(["bed", work.body_sha256, work.skip, work.dress.bed])
    return _once(db, hashlib.sha256(said.encode()).hexdigest(), mix, files, clock)[0]


def _heard(mp3: bytes, skip: int) -> Pcm:
    return decode(mp3)[skip:]


def _once(db: Database, key: str, make: Callable[[], tuple[Piece, str]], files: Files, clock: Clock) -> tuple[Piece, str]:
    """What was made under this key before, or what ``make`` makes now."""
    with db.reading() as session:
        row = session.get(Part, key)
    if row is not None and files.has(row.audio_sha256):
        return Piece(files.get(row.audio_sha256), tuple(Cue(*cue) for cue in row.cues)), row.unknown
    piece, unread = make()
    cues = [[cue.start_ms, cue.end_ms, cue.text] for cue in piece.cues]
    with db.session() as session:
        session.merge(Part(key=key, audio_sha256=files.put(piece.mp3), cues=cues, unknown=unread[:200], made_at=clock()))
    return piece, unread


@cache
def _own_chime() -> bytes:
    return to_mp3(chime())


@cache
def _pause() -> bytes:
    return to_mp3(silence(BETWEEN_MS))
