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

from tts.audio import MP3_EFFORT, MP3_KBPS, in_mp3
from tts.captions import Cue, seen
from tts.dialects import dialect
from tts.engines import EngineError, Pcm
from tts.engines.chain import Engines
from tts.joining import samples
from tts.level import RATE, SENTENCE_LUFS, decibels, loudness
from tts.pool import Pool, SpokenSentence
from tts.reading.marks import without_marks
from tts.spoken import Sentence, sentences
from tts.track import Track
from tts.voices import WHOLE, Manner, Voice, voice

LEAD_IN_MS, TAIL_MS = 250, 400
RECORDED = "recorded"
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


@dataclass(frozen=True, eq=False)
class Around:
    """What goes around the speech: an ``opening`` before it (an mp3 of the station's own kind, like the chime) and ``music`` under it."""

    opening: bytes = b""
    music: Pcm | None = None


def speak_article(
    text: str, title: str, manner: Manner, pool: Pool, progress: Progress | None = None, around: Around | None = None
) -> Spoken:
    """Title, pause, body: each sentence is mixed and encoded while the next is being spoken.

    Raises EngineError: permanent when no voice speaks the dialect and a person did not read all of it, when the text is too long, or when
    nothing in it can be read.
    """
    script = _script(text, title, manner)
    if WHOLE in manner.recordings:
        spoken = _read_whole(script, manner, pool, around or Around())
        if spoken is not None:
            return spoken
    tone, around = voice(manner.dialect, manner.voice), around or Around()
    track = Track(LEAD_IN_MS, around.music, around.opening, samples(around.opening))
    notes = _Notes()
    try:
        for said in pool.speak([s.text for s in script], manner):
            if len(said.pcm):
                pause = _pause(script, said.index, tone) if notes.cues else 0
                track.pause(pause)
                start = track.ms
                track.add(said.pcm)
                notes.heard(said, Cue(start, track.ms, seen(without_marks(script[said.index].text))), pause)
            notes.told(said, script[said.index])
            if progress:
                progress((said.index + 1) / len(script))
        if not notes.cues:
            raise EngineError(f"nothing in the text can be read in {dialect(manner.dialect).english}: {text[:40]!r}", permanent=True)
    except BaseException:
        track.abandon()
        raise
    data = track.finish(TAIL_MS)
    return notes.spoken(data, track.ms)


def _read_whole(script: list[Sentence], manner: Manner, pool: Pool, around: Around) -> Spoken | None:
    """The text as a person read it at a stretch; None when an engine has to speak after all.

    Nobody wrote down when each sentence begins: the cues share the time by their length.
    """
    alone = replace(manner, recordings={script[0].text: manner.recordings[WHOLE]})
    (said,) = pool.speak([script[0].text], alone)
    if said.engine != RECORDED:
        return None
    track = Track(LEAD_IN_MS, around.music, around.opening, samples(around.opening))
    begins = track.ms
    track.add(said.pcm)
    long, letters, passed = track.ms - begins, sum(len(each.text) for each in script), 0
    notes = _Notes()
    for sentence in script:
        start, passed = begins + long * passed // letters, passed + len(sentence.text)
        notes.heard(said, Cue(start, begins + long * passed // letters, seen(without_marks(sentence.text))), 0)
    data = track.finish(TAIL_MS)
    return replace(notes.spoken(data, track.ms), lufs=in_mp3(loudness(said.blocks)))


def _script(text: str, title: str, manner: Manner) -> list[Sentence]:
    """The sentences of title and body; those of the title stand at -1."""
    if len(text) > LONGEST_ARTICLE:
        raise EngineError(f"the text has {len(text)} characters, more than {LONGEST_ARTICLE}; cut it into parts", permanent=True)
    script = [replace(s, start=-1) for s in sentences(title)] + sentences(text)
    if not script:
        raise EngineError("the article has no text to speak", permanent=True)
    row = dialect(manner.dialect)
    if not row.speaks and WHOLE not in manner.recordings and any(each.text not in manner.recordings for each in script):
        raise EngineError(row.no_voice_reason, permanent=True)
    return script


class _Notes:
    """What is written down while an article is being spoken."""

    def __init__(self) -> None:
        self.cues: list[Cue] = []
        self._unknown: list[tuple[int, str]] = []
        self._blocks: list[float] = []
        self._engines: list[str] = []
        self._instead: dict[str, str] = {}
        self._peak, self._passing = 0, False

    def heard(self, said: SpokenSentence, cue: Cue, pause_ms: int) -> None:
        self.cues.append(cue)
        self._blocks += [0.0] * (pause_ms // 100)
        self._blocks += said.blocks
        self._peak = max(self._peak, said.peak)
        self._engines.append(said.engine)

    def told(self, said: SpokenSentence, sentence: Sentence) -> None:
        self._unknown += [(-1 if sentence.start < 0 else sentence.start + at, text) for at, text in said.unknown]
        for name, why in said.instead:
            self._instead.setdefault(name, why)
        self._passing = self._passing or said.passing

    def spoken(self, mp3: bytes, ms: int) -> Spoken:
        blocks = [*[0.0] * (LEAD_IN_MS // 100), *self._blocks, *[0.0] * (TAIL_MS // 100)]
        return Spoken(
            mp3, ms, tuple(self.cues), in_mp3(loudness(blocks)), in_mp3(decibels(self._peak)), tuple(self._unknown),
            tuple(self._engines), tuple(self._instead.items()), self._passing,
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
