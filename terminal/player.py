"""The mixer: audio by frame number on one device that is always open, so that a start is exact and an amplifier stays awake.

One voice sounds at a time, and at most one on top of it, under which it is turned down. Decoding happens before, in a child process (a broken file cannot hurt us, and the decoder's memory is
given back); the mixer reads the samples from a mapped file. Frames count from the opening of the device; the device says at which
monotonic time frame 0 was heard.
"""

from __future__ import annotations

import array
import json
import math
import mmap
import os
import subprocess
import sys
import threading
import time
import wave
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from terminal.actions import Play

RATE = 44_100
BLOCK = 882  # 20 ms
# A null device that was held up longer than this goes on from now, as a sound card would after an underrun.
UNDERRUN_S = 0.25
DECODE_TIMEOUT_S = 120
RECORD_MAX_S = 3600
# What goes on under a notice is this much quieter, and gets there within one block.
DUCK_DB = -15.0
SEGMENT_GAP_S = 30
SHIFT_MS = 5.0
_LITTLE = sys.byteorder == "little"


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


class Samples:
    """Mono 16-bit samples, mapped from a file or held in memory."""

    def __init__(self, data: memoryview, close: Callable[[], None] | None = None) -> None:
        self.data, self._close = data, close

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

        return cls(view, close)

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
        self.recorder: Recorder | None = None

    def heard_at(self, epoch: float) -> None:
        """The device's word: frame 0 is heard at this monotonic time (seconds)."""
        self._epoch = epoch

    @property
    def epoch(self) -> float:
        return self._epoch

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
            offset = min(len(samples.data), play.skip + round(play.offset_ms * RATE / 1000))
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
            length = len(samples.data) - offset
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
        with voice.samples.data[at : at + end - begin] as piece:
            return array.array("h", piece if table is None else [table[sample] for sample in piece])

    def _finish_ended(self) -> None:
        """Reports every voice that has ended and been mixed completely."""
        for voice in [voice for voice in self._voices if voice.end <= self._next and (voice.told or voice.end <= voice.start)]:
            self._voices.remove(voice)
            voice.samples.close()
            how = "preempted" if voice.cut else "finished"
            self._report(Sounded(how, voice.item, voice.start_ms, (voice.end - voice.start) * 1000 / RATE, voice.why))


class Recorder:
    """Keeps what left the device as a WAV file beginning with the first sound; FILE.json says when each stretch began.

    Silence inside a stretch is kept, so a sample's place is its time; silence of 30 s and more begins a new stretch, and so does
    a device that was held up.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        number = 2
        while self.path.exists():
            self.path = path.with_name(f"{path.stem}-{number}{path.suffix}")
            number += 1
        self._file: wave.Wave_write | None = None
        self._raw: BinaryIO
        self._silence = self._frames = self._gap_from = 0
        self._stretches: list[dict[str, float]] = []

    def take(self, samples: array.array[int], at_ms: float, voiced: bool) -> None:
        if not voiced or self._frames > RECORD_MAX_S * RATE:
            self._silence += len(samples)
            return
        if self._file is None or self._silence > SEGMENT_GAP_S * RATE:
            self._begin(at_ms)
        else:
            if self._silence:
                self._write(bytes(2 * self._silence), self._silence)
            self._mark_if_late(at_ms)
        self._silence = 0
        if not _LITTLE:
            samples = array.array("h", samples)
            samples.byteswap()
        self._write(samples.tobytes(), len(samples))

    def _mark_if_late(self, at_ms: float) -> None:
        """A device that was held up goes on from now, and a clock is set: from here on a sample's place is another time."""
        last = self._stretches[-1]
        if abs(last["at_ms"] + (self._frames - last["frame"]) * 1000 / RATE - at_ms) > SHIFT_MS:
            self._mark(at_ms)

    def _begin(self, at_ms: float) -> None:
        if self._file is None:
            self._raw = open(self.path, "wb")  # noqa: SIM115 (open as long as the program)
            self._file = wave.open(self._raw, "wb")  # noqa: SIM115 (open as long as the program)
            self._file.setnchannels(1)
            self._file.setsampwidth(2)
            self._file.setframerate(RATE)
        self._mark(at_ms)

    def _mark(self, at_ms: float) -> None:
        self._stretches.append({"frame": self._frames, "at_ms": round(at_ms, 3)})
        self.path.with_suffix(self.path.suffix + ".json").write_text(json.dumps({"rate": RATE, "stretches": self._stretches}))

    def _write(self, data: bytes, frames: int) -> None:
        if self._file is not None:
            # writeframes mends the header each time: the file is whole even if the power goes now.
            self._file.writeframes(data)
            self._raw.flush()
            self._frames += frames

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._raw.close()
            self._file = None


class Device(Protocol):
    """Where samples go. ``name`` for people, ``close`` waits until it is silent."""

    name: str

    def close(self) -> None: ...


class NullDevice:
    """No sound card: a thread takes a block whenever its time has come, by the monotonic clock."""

    def __init__(self, mixer: Mixer) -> None:
        self.name = "null"
        self._mixer, self._stop = mixer, threading.Event()
        self._taken = 0
        # A block is taken one block before it is heard, as a card with one period of buffer does.
        self._epoch = time.monotonic() + 2 * BLOCK / RATE
        mixer.heard_at(self._epoch)
        self._thread = threading.Thread(target=self._run, name="null device", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while True:
            due = self._epoch + (self._taken - BLOCK) / RATE
            wait = due - time.monotonic()
            if self._stop.wait(max(0.0, wait)):
                return
            if wait < -UNDERRUN_S:
                self._epoch -= wait
                self._mixer.heard_at(self._epoch)
            self._mixer.fill(BLOCK)
            self._taken += BLOCK

    def close(self) -> None:
        self._stop.set()
        self._thread.join(5)


class CardDevice:
    """The sound card through SDL, which calls back for each block."""

    CHUNK = 1024

    def __init__(self, mixer: Mixer, name: str | None = None) -> None:
        os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
        from pygame._sdl2 import audio, sdl2

        self._mixer, self._taken = mixer, 0
        self._lags: list[float] = []
        try:
            sdl2.init_subsystem(sdl2.INIT_AUDIO)
            names = audio.get_audio_device_names(False)
            if not names:
                raise CannotSound("no sound device")
            if name and name not in names:
                raise CannotSound(f"no sound device {name!r}; there are: {', '.join(names)}")
            self.name = name or names[0]
            mixer.heard_at(time.monotonic() + 2 * self.CHUNK / RATE)
            self._device: Any = audio.AudioDevice(name, False, RATE, audio.AUDIO_S16, 1, self.CHUNK, 0, self._call)
            self._device.pause(0)
        except (sdl2.error, RuntimeError) as error:
            raise CannotSound(f"no sound device: {error}") from error

    def _call(self, _device: Any, block: Any) -> None:
        """From SDL's thread. The earliest of the last second's calls tells the card's clock; later ones were held up."""
        target = memoryview(block).cast("B")
        frames = len(target) // 2
        self._lags = [*self._lags[-42:], time.monotonic() - self._taken / RATE]
        self._mixer.heard_at(min(self._lags) + 2 * self.CHUNK / RATE)
        target[:] = memoryview(self._mixer.fill(frames)).cast("B")
        self._taken += frames

    def close(self) -> None:
        self._device.close()


def open_device(name: str, mixer: Mixer) -> tuple[Device, str]:
    """The device asked for and a fault ("" when all is well). ``auto`` falls back to null, saying so."""
    if name == "null":
        return NullDevice(mixer), ""
    try:
        return CardDevice(mixer, None if name == "auto" else name), ""
    except (CannotSound, ImportError) as error:
        return NullDevice(mixer), f"no sound device: nothing is heard ({error})"


_DECODE = """
import os, sys
os.environ.update(SDL_AUDIODRIVER="dummy", PYGAME_HIDE_SUPPORT_PROMPT="1")
import pygame.mixer as m
m.init({rate}, -16, 1, 512, allowedchanges=0)
try:
    raw = m.Sound(sys.argv[1]).get_raw()
except Exception as error:
    sys.exit(str(error))
try:
    with open(sys.argv[2], "wb") as out:
        out.write(raw); out.flush()
except OSError as error:
    sys.exit({full} if error.errno in (28, 122) else str(error))
"""
# Exit code of the decoder for ENOSPC and EDQUOT.
_FULL = 28


def decode(source: Path, target: Path) -> None:
    """Any audio file SDL_mixer reads -> raw mono 16-bit samples at RATE in ``target``; CannotSound says why not."""
    temporary = target.with_name(target.name + ".part")
    command = [sys.executable, "-W", "ignore", "-c", _DECODE.format(rate=RATE, full=_FULL), str(source), str(temporary)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=DECODE_TIMEOUT_S, check=False)
    except subprocess.TimeoutExpired as error:
        raise CannotSound(f"decoding took more than {DECODE_TIMEOUT_S} s") from error
    if done.returncode or not temporary.exists() or temporary.stat().st_size < 2:
        temporary.unlink(missing_ok=True)
        if done.returncode == _FULL:
            raise NoRoomToDecode("no room on the disk for what was decoded")
        said = done.stderr.strip().splitlines()
        raise CannotSound(f"not audio this terminal can decode: {said[-1] if said else f'exit {done.returncode}'}")
    os.replace(temporary, target)


def skips_itself(source: Path) -> bool:
    """True for an mp3 whose first frame tells the encoder delay (LAME tag): SDL_mixer's decoder drops it already."""
    with open(source, "rb") as file:
        head = file.read(4096)
    at = max(head.find(b"Xing"), head.find(b"Info"))
    return at >= 0 and any(name in head[at : at + 200] for name in (b"LAME", b"Lavf", b"Lavc"))
