"""A sound that grows while it is being spoken: speech and silence, music under them, encoded on threads of their own."""

from __future__ import annotations

import numpy as np

from tts.audio import silence
from tts.bed import ATTACK_MS, CLEAR_DB, DUCK_DB, INTRO_MS, OUTRO_MS, RELEASE_MS, looped
from tts.engines import Pcm
from tts.level import MP3_GAIN_DB, RATE, TARGET_LUFS, Float, limited, loudness, weighted_blocks
from tts.stretches import Mp3InStretches

FADE_IN_MS, FADE_OUT_MS = 300, 1_500
_LOOP_S = 60
"""Music shorter than this is looped to it once, and goes round from there."""


class Music:
    """A bed that is mixed while the voice speaks: the same sound as ``tts.bed.under`` makes of the finished speech, for pauses here are
    shorter than its bridge and so the music stays down from the first word to the last."""

    def __init__(self, music: Pcm) -> None:
        found = loudness(weighted_blocks(music))
        gain = 10 ** ((TARGET_LUFS - MP3_GAIN_DB + CLEAR_DB - found) / 20) / 32768 if found is not None else 0.0
        self._clear: Float = looped(music, max(len(music), _LOOP_S * RATE)).astype(np.float32) * np.float32(gain)
        self._at = 0

    def next(self, length: int) -> Float:
        """The next samples of the music alone."""
        places = (self._at, self._at + length)
        self._at = places[1] % len(self._clear)
        if places[1] <= len(self._clear):
            return self._clear[places[0] : places[1]]
        return np.take(self._clear, np.arange(*places), mode="wrap")

    def intro(self, lead_ms: int) -> Pcm:
        """From nothing to full, and down before the first word that follows."""
        return self._alone(INTRO_MS + lead_ms, [(0, 0.0), (FADE_IN_MS, 1.0), (INTRO_MS + lead_ms - ATTACK_MS, 1.0), (INTRO_MS + lead_ms, _LOW)])

    def outro(self, tail_ms: int) -> Pcm:
        """Up after the last word, and away."""
        end = tail_ms + OUTRO_MS
        return self._alone(end, [(0, _LOW), (RELEASE_MS, 1.0), (end - FADE_OUT_MS, 1.0), (end, 0.0)])

    def _alone(self, ms: int, points: list[tuple[float, float]]) -> Pcm:
        bed = self.next(RATE * ms // 1000)
        places, gains = zip(*points, strict=True)
        curve = np.interp(np.arange(len(bed), dtype=np.float32) * np.float32(1000 / RATE), places, gains).astype(np.float32)
        return limited(bed * curve)

    def under(self, speech: Pcm) -> Pcm:
        """The speech with the music turned down under it."""
        mixed = self.next(len(speech)) * np.float32(_LOW)
        mixed += speech.astype(np.float32) * np.float32(1 / 32768)
        return limited(mixed)


_LOW = 10 ** (DUCK_DB / 20)


class Track:
    """Speech in order, as one mp3. ``opening`` is an mp3 of the station's own kind that goes before it byte by byte (a chime)."""

    def __init__(self, lead_ms: int, music: Pcm | None = None, opening: bytes = b"", opening_samples: int = 0) -> None:
        self._mp3 = Mp3InStretches()
        self._opening = opening
        self._before = opening_samples
        self._music = Music(music) if music is not None else None
        self._mp3.add(self._music.intro(lead_ms) if self._music else silence(lead_ms))

    @property
    def ms(self) -> int:
        """How long it is so far, from the first real sample."""
        return round((self._before + self._mp3.samples) * 1000 / RATE)

    def pause(self, ms: int) -> None:
        self.add(silence(ms))

    def add(self, speech: Pcm) -> None:
        self._mp3.add(self._music.under(speech) if self._music else speech)

    def finish(self, tail_ms: int) -> bytes:
        """The whole file; only once."""
        self._mp3.add(self._music.outro(tail_ms) if self._music else silence(tail_ms))
        return self._opening + self._mp3.finish()

    def abandon(self) -> None:
        """The threads end."""
        self._mp3.abandon()
