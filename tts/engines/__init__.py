"""The plug for a speaking engine: text or phonemes in, sound out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Pcm = NDArray[np.int16]
"""Mono samples, -32768..32767."""


class TtsError(Exception):
    """Anything that kept the voice from speaking."""


class EngineError(TtsError):
    """The engine could not speak. ``permanent``: trying the same text again is useless."""

    def __init__(self, message: str, *, permanent: bool) -> None:
        super().__init__(message)
        self.permanent = permanent


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
    """One stretch for one voice: plain text, or phonemes in the engine's own spelling when ``phonemes`` is set.

    ``pause_ms`` of silence follow it.
    """

    voice: str
    text: str
    phonemes: bool = False
    pause_ms: int = 0


class Engine(Protocol):
    """One speaking engine. ``say`` is synchronous, raises EngineError, and never changes the voice by itself."""

    name: str

    def fingerprint(self) -> str:
        """Changes whenever the same input would sound different."""
        ...

    def say(self, utterance: Utterance) -> Speech: ...


__all__ = ["Engine", "EngineError", "Pcm", "Speech", "TtsError", "Utterance"]
