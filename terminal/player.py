"""The mixer: audio by frame number on one device that is always open, so that a start is exact and an amplifier stays awake.

One voice sounds at a time, and at most one on top of it, under which it is turned down. Decoding happens before (``terminal.decoding``);
the mixer reads the samples from a mapped file. Frames count from the opening of the device (``terminal.device``), which says at which
monotonic time frame 0 was heard.
"""

from __future__ import annotations

import array
import math
import mmap
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from terminal.actions import Play

RATE = 44_100
BLOCK = 882  # 20 ms
# A null device that was held up longer than this goes on from now, as a sound card would after an underrun.
UNDERRUN_S = 0.25
FORGET_BYTES = 1024 * 1024
# What goes on under a notice is this much quieter, and gets there within one block.
DUCK_DB = -15.0


class CannotSound(RuntimeError):
    """No sound device, or audio that cannot be decoded; the text says what."""


class NoRoomToDecode(CannotSound):
    """The disk is full: nothing is wrong with the clip, so it is tried again."""


@dataclass(frozen=True, slots=True)
class Sounded:
    """What the mixer reports. ``what``: started, finished, preempted, dropped, failed."""

    what: str
    item: str
    start_ms: float = 0.0
    dur_ms: float = 0.0
    reason: str = ""


class Ear(Protocol):
    """Whoever listens in: every block that leaves, when it is heard, and whether anything sounds in it."""

    def take(self, samples: array.array[int], at_ms: float, voiced: bool) -> None: ...


class Samples:
    """Mono 16-bit samples, mapped from a file or held in memory."""

    def __init__(self, data: memoryview, close: Callable[[], None] | None = None, forget: Callable[[int, int], None] | None = None) -> None:
        self.data, self._close, self._forget = data, close, forget
        self._forgotten = 0

    @classmethod
    def of_file(cls, path: Path) -> Samples:
        with open(path, "rb") as file:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        whole = memoryview(mapped)
        view = whole.cast("h")

        def close() -> None:
            view.release()
            whole.release()
            mapped.close()

        def forget(begin: int, length: int) -> None:
            mapped.madvise(mmap.MADV_DONTNEED, begin, length)

        return cls(view, close, forget if hasattr(mmap, "MADV_DONTNEED") else None)

    @property
    def length(self) -> int:
        return len(self.data)

    @property
    def over(self) -> bool:
        """Whether it ends here whatever its length: a live talk whose last word was heard."""
        return False

    def piece(self, begin: int, end: int) -> array.array[int]:
        """The samples between two places."""
        with self.data[begin:end] as piece:
            return array.array("h", piece)

    def heard(self, at: int) -> None:
        """Samples before this one have been heard: their memory is given back, a megabyte at a time (they can be read again)."""
        upto = 2 * at // FORGET_BYTES * FORGET_BYTES
        if self._forget is not None and upto > self._forgotten:
            self._forget(self._forgotten, upto - self._forgotten)
            self._forgotten = upto

    def close(self) -> None:
        if self._close is not None:
            self._close()
            self._close = None


@dataclass
class _Voice:
    item: str
    samples: Samples
    offset: int
    start: int
    end: int
    gain: float
    weak: bool = False
    over: bool = False
    volume: int = -1
    told: bool = False
    start_ms: float = 0.0
    cut: bool = False
    why: str = ""


def gain_table(factor: float) -> list[int]:
    """New value of every 16-bit sample, indexed by the sample itself (negative ones from the end, as Python indexes)."""
    def at(value: int) -> int:
        return max(-32768, min(32767, round(value * factor)))

    return [at(value) for value in range(32768)] + [at(value) for value in range(-32768, 0)]


def loudness_factor(volume: int, gain_db: float) -> float:
    """Amplitude for volume 0..100 (square law: 50 is -12 dB) and a gain in decibels."""
    return float((volume / 100) ** 2 * 10 ** (gain_db / 20))


def chime_samples() -> Samples:
    """Three falling bell tones, 1.8 s, made here so that a test sound needs no file."""
    out = array.array("h", bytes(2 * int(RATE * 1.8)))
    for number, pitch in enumerate((880.0, 698.46, 587.33)):
        begin = int(number * 0.4 * RATE)
        for at in range(len(out) - begin):
            seconds = at / RATE
            value = 9000 * math.exp(-3.2 * seconds) * min(1.0, seconds * 200) * math.sin(2 * math.pi * pitch * seconds)
            out[begin + at] += int(value)
    return Samples(memoryview(out))


class Mixer:
    """Voices on one time line. ``fill`` is called by the device for each next block; everything else by anybody."""

    def __init__(self, report: Callable[[Sounded], None], wall: Callable[[], float] = time.time) -> None:
        self._report, self._wall = report, wall
        self._lock = threading.RLock()
        self._voices: list[_Voice] = []
        self._next = 0
        self._epoch = 0.0
        self._volume = 70
        self._tables: dict[float, list[int] | None] = {}
        self._ducked = 1.0
        self.recorder: Ear | None = None

    def heard_at(self, epoch: float) -> None:
        """The device's word: frame 0 is heard at this monotonic time (seconds)."""
        self._epoch = epoch

    @property
    def epoch(self) -> float:
        return self._epoch

    @property
    def handed_over(self) -> int:
        """Frames that the device has taken since it was opened."""
        return self._next

    @property
    def volume(self) -> int:
        return self._volume

    @volume.setter
    def volume(self, volume: int) -> None:
        with self._lock:
            self._volume = volume
            for voice in self._voices:
                self._table(self._factor(voice))

    def wall_ms(self, frame: int) -> float:
        """Unix milliseconds at which a frame is heard."""
        return (self._epoch + frame / RATE + self._wall() - time.monotonic()) * 1000

    def frame_at(self, at_ms: float) -> int:
        """The frame heard nearest to a Unix time."""
        return round((at_ms / 1000 - self._wall() + time.monotonic() - self._epoch) * RATE)

    def place(self, play: Play, samples: Samples, weak: bool = False) -> None:
        """Put a voice on the time line, at its time or as early as still possible."""
        with self._lock:
            offset = min(samples.length, play.skip + round(play.offset_ms * RATE / 1000))
            start = max(self._next, self.frame_at(play.at_ms))
            strong = [voice for voice in self._voices if not voice.weak and not voice.over]
            end = max((voice.end for voice in strong), default=0)
            if play.cut:
                self._cut_from(start, weak_only=False)
            elif play.join and strong and end >= self._next:
                start = end
            elif not play.over:
                start = max(start, end)
            if not weak:
                self._cut_from(start, weak_only=True)
            length = samples.length - offset
            if play.ms:
                length = min(length, max(0, math.ceil((play.ms + 1 - play.offset_ms) * RATE / 1000)))
            voice = _Voice(play.item, samples, offset, start, start + length, play.gain_db, weak, play.over, play.volume)
            if play.until_ms and voice.end > (last := max(start, self.frame_at(play.until_ms))):
                voice.end, voice.cut, voice.why = last, True, "its window closed"
            # The table of gains is made here, not while the device waits for its block.
            self._table(self._factor(voice))
            self._voices.append(voice)

    def _factor(self, voice: _Voice) -> float:
        return round(loudness_factor(self._volume if voice.volume < 0 else voice.volume, voice.gain), 4)

    def _cut_from(self, frame: int, weak_only: bool) -> None:
        for voice in list(self._voices):
            if (weak_only and not voice.weak) or voice.end <= frame:
                continue
            voice.cut, voice.why = True, ""
            voice.end = max(voice.start, frame)
            if voice.start >= frame and not voice.told:
                self._voices.remove(voice)
                voice.samples.close()
                self._report(Sounded("dropped", voice.item))

    def stop(self) -> None:
        """Silence from the next block on."""
        with self._lock:
            self._cut_from(self._next, weak_only=False)
            self._finish_ended()

    def _table(self, factor: float) -> list[int] | None:
        if factor not in self._tables:
            if len(self._tables) > 8:
                self._tables.clear()
            self._tables[factor] = None if abs(factor - 1.0) < 1e-4 else gain_table(factor)
        return self._tables[factor]

    def fill(self, frames: int) -> array.array[int]:
        """The next block of samples."""
        with self._lock:
            out = array.array("h", bytes(2 * frames))
            first, last = self._next, self._next + frames
            voiced = False
            self._next = last
            above = [voice for voice in self._voices if voice.over and max(first, voice.start) < min(last, voice.end)]
            for voice in list(self._voices):
                begin, end = max(first, voice.start), min(last, voice.end)
                if begin < end and not voice.over:
                    voiced = True
                    out[begin - first : end - first] = self._piece(voice, begin, end)
                self._finish_ended()
            if above or self._ducked != 1.0:
                self._duck(out, bool(above))
            for voice in above:
                voiced = True
                self._add(out, voice, max(first, voice.start), min(last, voice.end), first)
            self._finish_ended()
            if self.recorder is not None:
                self.recorder.take(out, self.wall_ms(first), voiced)
            return out

    def _duck(self, out: array.array[int], down: bool) -> None:
        """Turns what is underneath down or up again, along a straight line through this block."""
        begin, end = self._ducked, 10 ** (DUCK_DB / 20) if down else 1.0
        step = (end - begin) / len(out)
        for at, sample in enumerate(out):
            if sample:
                out[at] = int(sample * (begin + step * at))
        self._ducked = end

    def _add(self, out: array.array[int], voice: _Voice, begin: int, end: int, first: int) -> None:
        for at, sample in enumerate(self._piece(voice, begin, end), begin - first):
            out[at] = max(-32768, min(32767, out[at] + sample))

    def _piece(self, voice: _Voice, begin: int, end: int) -> array.array[int]:
        """The samples of one voice between two frames, as loud as they should be."""
        if not voice.told:
            voice.told, voice.start_ms = True, self.wall_ms(voice.start)
            self._report(Sounded("started", voice.item, voice.start_ms))
        at = voice.offset + begin - voice.start
        table = self._table(self._factor(voice))
        voice.samples.heard(at)
        piece = voice.samples.piece(at, at + end - begin)
        return piece if table is None else array.array("h", [table[sample] for sample in piece])

    def _finish_ended(self) -> None:
        """Reports every voice that has ended and been mixed completely."""
        for voice in self._voices:
            if voice.samples.over and voice.told and voice.end > self._next:
                voice.end, voice.cut, voice.why = self._next, False, ""
        for voice in [voice for voice in self._voices if voice.end <= self._next and (voice.told or voice.end <= voice.start)]:
            self._voices.remove(voice)
            voice.samples.close()
            how = "preempted" if voice.cut else "finished"
            self._report(Sounded(how, voice.item, voice.start_ms, (voice.end - voice.start) * 1000 / RATE, voice.why))
