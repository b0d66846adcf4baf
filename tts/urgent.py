"""Short texts that are waited for: what an emergency says, spoken at once in each dialect by a process that nothing else may occupy."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from station.clock import Clock
from station.clock import now as clock_now
from station.database import Database
from station.files import Files
from station.models import Area
from tts.audio import LEAD_SAMPLES_MP3
from tts.choose import Choices
from tts.claim import Claim, again, failed, ready, take
from tts.dialects import DIALECTS, pick_text
from tts.engines import EngineError
from tts.lexicon import words_for
from tts.models import Speech
from tts.pool import Pool
from tts.speak import speak_article
from tts.voices import Manner

LEASE = timedelta(seconds=60)


@dataclass(frozen=True)
class Said:
    """A text in one dialect: its speech once it is ``ready``; ``pending`` while it is being spoken; otherwise ``why`` nobody can speak it."""

    speech: Speech | None
    pending: bool = False
    why: str = ""


def chain(code: str) -> list[str]:
    """The dialect and those that are heard in its place where it has no voice."""
    found: list[str] = []
    while code and code not in found:
        found.append(code)
        code = DIALECTS[code].fallback or ""
    return found


def say(session: Session, texts: Mapping[str, str], code: str, area: Area, now: datetime, *, urgent: bool) -> Said:
    """The words of ``texts`` (by written language) as ``code`` is heard in the area, ordered when nobody has spoken them yet.

    Where the dialect has no voice, no text, or its voice failed, the one that is heard in its place speaks: a warning in another tongue is
    better than none.
    """
    why = "there is no text"
    for each in chain(code):
        lang = pick_text(each, texts)
        if lang is None or not DIALECTS[each].speaks:
            why = DIALECTS[each].no_voice_reason or f"there is no text that {DIALECTS[each].english} is spoken from"
            continue
        row = _wanted(session, texts[lang], lang, each, area, now, urgent)
        if row.state == "ready":
            return Said(row)
        if row.state != "failed":
            return Said(None, pending=True)
        why = row.error
    return Said(None, why=why)


def _wanted(session: Session, text: str, lang: str, code: str, area: Area, now: datetime, urgent: bool) -> Speech:
    key = hashlib.sha256(json.dumps([text, code, area.id], ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()
    row = session.scalar(select(Speech).where(Speech.key == key))
    if row is None:
        row = Speech(key=key, area_id=area.id, dialect=code, lang=lang, text=text, urgent=urgent, state="wanted", attempts=0, cues=[], created_at=now)
        session.add(row)
        session.flush()
    elif urgent and not row.urgent:
        row.urgent = True
    return row


def ask_again(session: Session, row: Speech, now: datetime) -> None:
    """It failed; a person wants it tried once more."""
    again(row, now)


def speak_one(db: Database, now: datetime, pool: Pool, files: Files, clock: Clock = clock_now) -> bool:
    """One text that is waited for is spoken and stored, the urgent first; False when none is due."""
    claim = take(db, Speech, now, LEASE, Speech.urgent.desc())
    if not isinstance(claim, Claim):
        return claim
    with db.reading() as session:
        row = session.get_one(Speech, claim.id)
        words = words_for(session, row.area, row.dialect, row.text)
        manner = Manner(row.dialect, Choices(session).of_area(row.dialect, row.area), words)
    try:
        spoken = speak_article(row.text, "", manner, pool)
    except EngineError as problem:
        failed(db, claim, problem, clock(), permanent=problem.permanent)
        return True
    ready(
        db, claim, clock, audio_sha256=files.put(spoken.mp3), audio_bytes=len(spoken.mp3), ms=spoken.ms, skip=LEAD_SAMPLES_MP3,
        cues=[[cue.start_ms, cue.end_ms, cue.text] for cue in spoken.cues], unknown=" ".join(text for _, text in spoken.unknown)[:200],
    )  # fmt: skip
    return True
