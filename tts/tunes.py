"""Sounds of our own: the chime, and a piece of music for a library that is still empty."""

from __future__ import annotations

from functools import cache

import numpy as np

from tts.audio import silence
from tts.engines import Pcm
from tts.level import MP3_GAIN_DB, RATE, TARGET_LUFS, limited, loudness, weighted_blocks


def _bell(hertz: float, seconds: float, loud: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """A struck tone: a soft attack of 6 ms, partials that die away faster the higher they are."""
    t = np.arange(int(seconds * RATE)) / RATE
    partials = ((1.0, 1.0, 0.55), (2.0, 0.38, 0.3), (3.01, 0.14, 0.18), (4.17, 0.06, 0.1))
    tone = sum(share * np.sin(2 * np.pi * hertz * ratio * t) * np.exp(-t / (life * 1.6)) for ratio, share, life in partials)
    return np.asarray(tone * np.minimum(1, t / 0.006) * np.minimum(1, (seconds - t) / 0.05) * loud, dtype=np.float64)


def _place(notes: list[tuple[float, float, float, float]], seconds: float, lufs: float) -> Pcm:
    """Notes (start s, Hz, length s, strength) mixed into ``seconds`` of sound at the given loudness."""
    mix = np.zeros(int(seconds * RATE))
    for start, hertz, length, strength in notes:
        at = int(start * RATE)
        bell = _bell(hertz, min(length, seconds - start), strength)
        mix[at : at + len(bell)] += bell
    mix *= 0.5 / max(1e-9, float(np.abs(mix).max()))
    quiet = (mix * 32767).astype(np.int16)
    found = loudness(weighted_blocks(quiet))
    gain = 10 ** ((lufs - MP3_GAIN_DB - (found if found is not None else lufs)) / 20)
    return limited((mix * gain).astype(np.float32))


@cache
def chime() -> Pcm:
    """Two falling tones, E5 and C5, with half a second of silence in front: the amplifier wakes before the first word.

    As loud as the speech behind it: a chime 2 LU softer is no softer to the ear (its tail dies away), but half of a short notice.
    """
    bells = _place([(0.0, 659.26, 1.3, 1.0), (0.55, 523.25, 1.9, 1.0)], 2.5, TARGET_LUFS)
    return np.concatenate([silence(500), bells])


# steps of the pentatonic scale on C4; (beat, step, beats): eight bars of our own, in the manner of a folk tune
_SCALE = (261.63, 293.66, 329.63, 392.00, 440.00, 523.25, 587.33, 659.26, 783.99)
_TUNE = (
    (0, 2, 1), (1, 3, 1), (2, 5, 1.5), (3.5, 4, 0.5), (4, 3, 1), (5, 4, 0.5), (5.5, 3, 0.5), (6, 2, 2),
    (8, 1, 1), (9, 2, 1), (10, 4, 1.5), (11.5, 3, 0.5), (12, 2, 0.5), (12.5, 1, 0.5), (13, 1, 1), (14, 0, 3),
)  # fmt: skip
_BEAT = 0.48


@cache
def library_piece() -> Pcm:
    """About 8.7 s of music of our own for a library that is still empty: a pentatonic tune over an open fifth."""
    tune = [(beat * _BEAT, _SCALE[step], (length + 1.5) * _BEAT, 1.0) for beat, step, length in _TUNE]
    ground = [(beat * _BEAT, hertz, 4 * _BEAT, 0.4) for beat in range(0, 16, 4) for hertz in (130.81, 196.00)]
    return _place(sorted(tune + ground), 18 * _BEAT, TARGET_LUFS)
