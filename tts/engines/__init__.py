"""The plug for a speaking engine: one sentence in, sound out; engines are found by their entry point and tried in order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tts.voices import Voice

GROUP = "xiangyin.engines"
"""The entry point group; docs/engines.md is the contract for makers."""

Pcm = NDArray[np.int16]
"""Mono samples, -32768..32767."""


class TtsError(Exception):
    """Anything that kept the voice from speaking."""


class EngineError(TtsError):
    """The engine could not speak. ``permanent``: trying the same text again is useless."""

    def __init__(self, message: str, *, permanent: bool) -> None:
        super().__init__(message)
        self.permanent = permanent


class NothingHeard(EngineError):
    """The engine spoke, and there was only silence: the sentence is reported as unread."""

    def __init__(self, text: str) -> None:
        super().__init__(f"nothing was heard of {text[:40]!r}", permanent=True)


class NotMine(EngineError):
    """The engine has nothing for this line, which is its ordinary case: the next one is asked and nobody is told."""

    def __init__(self, why: str) -> None:
        super().__init__(why, permanent=True)


@dataclass(frozen=True, eq=False)
class Speech:
    """What was said: mono int16 samples at ``rate`` per second."""

    pcm: Pcm
    rate: int

    @property
    def ms(self) -> int:
        return round(len(self.pcm) * 1000 / self.rate)


@dataclass(frozen=True)
class Utterance:
    """One stretch for one espeak-ng voice: plain text, or phonemes in espeak-ng's spelling when ``phonemes`` is set.

    ``pause_ms`` of silence follow it: up to 250 for a comma, more for a full stop.
    """

    voice: str
    text: str
    phonemes: bool = False
    pause_ms: int = 0


@dataclass(frozen=True)
class Line:
    """One sentence for an engine to say: as written (without marks of readings), in words, as syllables, and as espeak-ng's phonemes. An engine takes what it can use.

    ``readings`` are (place in ``text``, characters, reading): pinyin or jyutping with tone digits, IPA for Tibetan, Uyghur and English.
    ``recording`` is the path of a person's own reading of this sentence; empty when there is none.
    """

    voice: Voice
    text: str
    spoken: str
    readings: tuple[tuple[int, str, str], ...] = ()
    utterances: tuple[Utterance, ...] = ()
    recording: str = ""


class Engine(Protocol):
    """One speaking engine: made cheaply (the station makes one for its fingerprint, the speaking process another to speak), loaded
    when it first speaks. ``say`` is synchronous, called from one thread, and raises EngineError."""

    name: str

    def fingerprint(self, voice: Voice) -> str:
        """Changes whenever the same line in this voice would sound different. Cheap; nothing is loaded for it."""
        ...

    def say(self, line: Line) -> Speech: ...


__all__ = ["GROUP", "Engine", "EngineError", "Line", "NotMine", "NothingHeard", "Pcm", "Speech", "TtsError", "Utterance"]
