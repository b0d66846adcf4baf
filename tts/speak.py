"""An article becomes sound: its script of sentences, the pauses between them, and the hash of all that made it sound so."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import version
from pathlib import Path

from tts.audio import MP3_EFFORT, MP3_KBPS, Mp3, in_mp3, silence
from tts.captions import Cue
from tts.dialects import dialect
from tts.engines import EngineError
from tts.engines.system import SystemEngine, fingerprint
from tts.level import GAIN_DB, RATE, decibels, loudness
from tts.pool import Pool
from tts.reading.marks import without_marks
from tts.spoken import Sentence, sentences

LEAD_IN_MS, AFTER_TITLE_MS, BETWEEN_MS, PARAGRAPH_MS, TAIL_MS = 250, 700, 320, 600, 400
LONGEST_ARTICLE = 60_000
"""Characters: about four hours of speech."""

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


def speak_article(
    text: str, title: str, code: str, pool: Pool, progress: Progress | None = None, words: Mapping[str, str] | None = None
) -> Spoken:
    """Title, pause, body: each sentence is encoded while the next is being spoken; ``words`` are readings that people gave.

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
    for said in pool.speak([s.text for s in script], code, words):
        sentence = script[said.index]
        unknown += [(-1 if sentence.start < 0 else sentence.start + at, text) for at, text in said.unknown]
        if len(said.pcm):
            if cues:
                pause = _pause(script, said.index)
                mp3.add(silence(pause))
                blocks += [0.0] * (pause // 100)
            start = mp3.ms
            mp3.add(said.pcm)
            cues.append(Cue(start, mp3.ms, without_marks(sentence.text)))
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


def inputs_hash(text: str, title: str, code: str, lang: str, words: Mapping[str, str] | None = None) -> str:
    """The same inputs sound the same, so they are rendered once: text, given readings, dialect, voice, front end, engine and format."""
    pauses = (LEAD_IN_MS, AFTER_TITLE_MS, BETWEEN_MS, PARAGRAPH_MS, TAIL_MS)
    said = [title, text, code, lang, GAIN_DB.get(code), front_end(), fingerprint(), RATE, MP3_KBPS, MP3_EFFORT, pauses, sorted((words or {}).items())]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()
