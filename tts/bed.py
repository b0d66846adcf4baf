"""Music under speech: looped, softer while somebody speaks, in again and out at the ends; plain arithmetic on known sentence times."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tts.engines import Pcm
from tts.level import MP3_GAIN_DB, RATE, TARGET_LUFS, limited, loudness, weighted_blocks

CLEAR_DB, DUCK_DB = -18.0, -8.0
"""Alone the bed stands 18 LU below the voice, its loudest bells under R 128's relative gate, so that even a notice of four seconds still
measures as its voice does; under the voice 26 LU: listeners over sixty ask for 20."""
INTRO_MS, OUTRO_MS = 2_000, 2_500
ATTACK_MS, RELEASE_MS, BRIDGE_MS, LOOP_MS = 250, 700, 1_200, 500
"""Down before the first word, up after the last; pauses shorter than the bridge do not bring the music up; the loop's cross-fade."""


def under(speech: Pcm, spoken: Sequence[tuple[int, int]], music: Pcm) -> Pcm:
    """Decoded speech with its bed, INTRO_MS + OUTRO_MS longer. ``spoken`` are (start, end) of the sentences in milliseconds of the speech.

    What the encoder took from the speech the first time is given back, for it will take it again.
    """
    lead, tail = RATE * INTRO_MS // 1000, RATE * OUTRO_MS // 1000
    length = lead + len(speech) + tail
    found = loudness(weighted_blocks(music))
    if found is None:
        mixed = np.zeros(length, np.float32)
    else:
        gain = 10 ** ((TARGET_LUFS - MP3_GAIN_DB + CLEAR_DB - found) / 20) / 32768
        mixed = looped(music, length).astype(np.float32) * np.float32(gain)
        mixed *= envelope([(start + INTRO_MS, end + INTRO_MS) for start, end in spoken], length)
    mixed[lead : lead + len(speech)] += speech.astype(np.float32) * np.float32(10 ** (-MP3_GAIN_DB / 20) / 32768)
    return limited(mixed)


def envelope(spoken: Sequence[tuple[int, int]], length: int) -> NDArray[np.float32]:
    """The bed's gain per sample: 1 alone, DUCK_DB under speech, 0 at both ends; moves along straight lines in decibels' place."""
    low = 10 ** (DUCK_DB / 20)
    end_ms = length * 1000 / RATE
    points: list[tuple[float, float]] = [(0, 1.0)]
    for start, end in _bridged(spoken):
        points += [(start - ATTACK_MS, 1.0), (start, low), (end, low), (end + RELEASE_MS, 1.0)]
    places = np.maximum.accumulate([at for at, _ in points])
    # one value in 64 samples, then doubled up by straight lines: an eighth of the arithmetic and no audible step (1.5 ms)
    coarse = np.arange(0, length + 64, 64) * (1000 / RATE)
    ends = np.interp(coarse, (0, 300, max(300, end_ms - 1_500), end_ms), (0, 1, 1, 0))
    gains = (ends * np.interp(coarse, places, [gain for _, gain in points])).astype(np.float32)
    steps = (np.arange(64, dtype=np.float32) / 64)[None, :]
    fine: NDArray[np.float32] = (gains[:-1, None] * (1 - steps) + gains[1:, None] * steps).reshape(-1)
    return fine[:length]


def _bridged(spoken: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for start, end in sorted(spoken):
        if found and start - found[-1][1] < BRIDGE_MS:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def looped(music: Pcm, length: int) -> Pcm:
    """The music again and again, each time faded into the next, for ``length`` samples."""
    if len(music) >= length:
        return music[:length]
    fade = min(RATE * LOOP_MS // 1000, len(music) // 3)
    rise = np.sin(np.linspace(0, np.pi / 2, fade, dtype=np.float32))  # equal power: the tune does not dip at the joint
    joint = (music[-fade:] * rise[::-1] + music[:fade] * rise).clip(-32768, 32767).astype(np.int16)
    once = np.concatenate([music[fade:-fade], joint])
    times = -(-(length - fade) // len(once)) + 1
    return np.concatenate([music[:fade], np.tile(once, times)])[:length]
