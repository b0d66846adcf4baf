"""An article becomes sound: its script of sentences, the pauses between them, and the hash of all that made it sound so."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import version
from pathlib import Path

from tts.audio import MP3_EFFORT, MP3_KBPS, Mp3, in_mp3, silence
from tts.captions import Cue
from tts.dialects import dialect
from tts.engines import EngineError
from tts.engines.chain import Engines
from tts.level import RATE, SENTENCE_LUFS, decibels, loudness
from tts.pool import Pool
from tts.reading.marks import without_marks
from tts.spoken import Sentence, sentences
from tts.voices import Manner, Voice, voice

LEAD_IN_MS, TAIL_MS = 250, 400
LONGEST_ARTICLE = 60_000
"""Characters: about four hours of speech."""

Progress = Callable[[float], None]


@dataclass(frozen=True)
class Spoken:
    """A spoken article: the mp3, its length, its sentences in time, its loudness, and what nobody could read.

    ``unknown`` is (place in the body, characters); place -1 is the title. ``peak_db`` is the sample peak before the encoder. ``engines``
    says who spoke each cue; ``instead`` why an engine that should have spoken did not, once per engine; ``passing`` that it may another time.
    """

    mp3: bytes
    ms: int
    cues: tuple[Cue, ...]
    lufs: float | None
    peak_db: float | None
    unknown: tuple[tuple[int, str], ...]
    engines: tuple[str, ...]
    instead: tuple[tuple[str, str], ...] = ()
    passing: bool = False

    @property
    def engine(self) -> str:
        """Who spoke, in words: one name, or each with its number of sentences."""
        counted = Counter(self.engines)
        if len(counted) == 1:
            return self.engines[0]
        return ", ".join(f"{name} {count}" for name, count in counted.most_common())


def speak_article(text: str, title: str, manner: Manner, pool: Pool, progress: Progress | None = None) -> Spoken:
    """Title, pause, body: each sentence is encoded while the next is being spoken.

    Raises EngineError: permanent when no voice speaks the dialect, when the text is too long, or when nothing in it can be read.
    """
    row, tone = dialect(manner.dialect), voice(manner.dialect, manner.voice)
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
    engines: list[str] = []
    instead: dict[str, str] = {}
    peak, passing = 0, False
    for said in pool.speak([s.text for s in script], manner):
        sentence = script[said.index]
        unknown += [(-1 if sentence.start < 0 else sentence.start + at, text) for at, text in said.unknown]
        if len(said.pcm):
            if cues:
                pause = _pause(script, said.index, tone)
                mp3.add(silence(pause))
                blocks += [0.0] * (pause // 100)
            start = mp3.ms
            mp3.add(said.pcm)
            cues.append(Cue(start, mp3.ms, without_marks(sentence.text)))
            blocks += said.blocks
            peak = max(peak, said.peak)
            engines.append(said.engine)
        for name, why in said.instead:
            instead.setdefault(name, why)
        passing = passing or said.passing
        if progress:
            progress((said.index + 1) / len(script))
    if not cues:
        raise EngineError(f"nothing in the text can be read in {row.english}: {text[:40]!r}", permanent=True)
    mp3.add(silence(TAIL_MS))
    data = mp3.finish()
    return Spoken(
        data, mp3.ms, tuple(cues), in_mp3(loudness(blocks)), in_mp3(decibels(peak)), tuple(unknown), tuple(engines),
        tuple(instead.items()), passing,
    )  # fmt: skip


def _pause(script: list[Sentence], index: int, tone: Voice) -> int:
    """Milliseconds before sentence ``index`` in this voice."""
    this, before = script[index], script[index - 1]
    if before.start < 0 <= this.start:
        return tone.title_ms
    return tone.paragraph_ms if this.paragraph else tone.sentence_ms


@cache
def front_end() -> str:
    """Changes with our own rules and with the libraries that read: a hash over both."""
    room = Path(__file__).parent
    sources = sorted([room / "level.py", *room.glob("spoken/*.py"), *room.glob("reading/*.py"), *room.glob("engines/*.py")])
    libraries = [f"{name} {version(name)}" for name in ("pypinyin", "g2pM", "ToJyutping", "OpenCC")]
    found = hashlib.sha256("\n".join(libraries).encode())
    for source in sources:
        found.update(source.read_bytes())
    return found.hexdigest()[:16]


def inputs_hash(text: str, title: str, lang: str, manner: Manner, engines: Engines) -> str:
    """The same inputs sound the same, so they are rendered once: text, dialect, voice, recordings, front end, engines and format."""
    tone = voice(manner.dialect, manner.voice)
    recordings = sorted((sentence, Path(file).name) for sentence, file in manner.recordings.items())
    said = [
        title, text, lang, manner.dialect, manner.voice, tone.pace(), recordings, sorted(manner.words.items()), front_end(), engines.fingerprint(tone),
        SENTENCE_LUFS, RATE, MP3_KBPS, MP3_EFFORT, LEAD_IN_MS, TAIL_MS,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()
