"""The sounds of emergencies: a siren for each level, a chime that belongs to drills alone, and the tone that says it is over."""

from __future__ import annotations

from functools import cache

import numpy as np

from tts.audio import silence
from tts.engines import Pcm
from tts.level import RATE, TARGET_LUFS
from tts.tunes import _place

SIRENS = ("siren-red", "siren-orange", "siren-yellow", "siren-blue", "drill", "all-clear")
LEAD_MS = 120
"""A siren needs no half second of silence to wake the amplifier: its own first turn does it, and the first sound counts."""


def _swept(hertz: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Pcm:
    """A horn whose pitch follows the curve: five odd partials, loud as a horn is, with soft ends of 20 ms."""
    phase = 2 * np.pi * np.cumsum(hertz) / RATE
    tone = sum(np.sin(n * phase) / n for n in (1, 2, 3, 5, 7))
    edge = np.minimum(1, np.minimum(np.arange(len(hertz)), np.arange(len(hertz))[::-1]) / (0.02 * RATE))
    loud = tone * edge
    pcm = (loud / float(np.abs(loud).max()) * 0.7 * 32767).astype(np.int16)
    return np.concatenate([silence(LEAD_MS), pcm, silence(150)])


def _t(seconds: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.arange(int(seconds * RATE)) / RATE


@cache
def siren(name: str) -> Pcm:
    """One of SIRENS. Red wails up and down twice in four seconds, orange alternates two tones, yellow gives three pulses, blue one falling
    tone; a drill has three rising bells, nothing like a siren; all clear is one long even tone."""
    match name:
        case "siren-red":
            t = _t(4.0)
            return _swept(np.asarray(650 + 350 * (1 - np.cos(2 * np.pi * t / 2.0)) / 2, dtype=np.float64))
        case "siren-orange":
            return _swept(np.where((_t(3.0) % 1.0) < 0.5, 880.0, 660.0))
        case "siren-yellow":
            pulse = _swept(np.full(int(0.5 * RATE), 740.0))
            return np.concatenate([pulse, pulse, pulse])
        case "siren-blue":
            t = _t(1.5)
            return _swept(np.asarray(700 - 200 * t / 1.5, dtype=np.float64))
        case "drill":
            return np.concatenate([silence(300), _place([(0.0, 523.25, 1.0, 1.0), (0.3, 659.26, 1.0, 1.0), (0.6, 783.99, 1.6, 1.0)], 2.2, TARGET_LUFS - 2)])
        case "all-clear":
            return _swept(np.full(int(3.0 * RATE), 440.0))
    raise KeyError(f"no siren is called {name!r}: take one of {', '.join(SIRENS)}")
