"""Receiving a live talk: packets from the line go into its jitter buffer, and whenever the mixer asks for samples they come out, decoded, at its rate."""

from __future__ import annotations

import array
import contextlib
import ctypes
import ctypes.util
import threading
import time
from collections.abc import Callable
from functools import cache

from terminal.actions import Carry, Tune
from terminal.jitter import FRAME_MS, JitterBuffer
from terminal.player import RATE, CannotSound, Samples
from wire.opus import RATE as OPUS_RATE
from wire.opus import BadPacket, Decoder, beside

# SDL_AudioFormat of 16-bit samples in the machine's own order.
_S16SYS = 0x8010 if array.array("H", [1]).tobytes()[0] else 0x9010
# A talk has no length of its own: its window ends it.
ENDLESS_S = 24 * 3600
MADE_UP = OPUS_RATE * int(FRAME_MS) // 1000


@cache
def _sdl() -> ctypes.CDLL:
    """The SDL that plays here anyway, for its resampler."""
    path = beside("pygame", "libSDL2-2") or ctypes.util.find_library("SDL2-2.0") or ctypes.util.find_library("SDL2")
    if path is None:
        raise CannotSound("no SDL2 for live talk: install pygame-ce from its wheel, or Debian's libsdl2-2.0-0")
    lib, whole, pointer = ctypes.CDLL(str(path)), ctypes.c_int, ctypes.c_void_p
    lib.SDL_NewAudioStream.restype = pointer
    lib.SDL_NewAudioStream.argtypes = [ctypes.c_uint16, ctypes.c_uint8, whole, ctypes.c_uint16, ctypes.c_uint8, whole]
    lib.SDL_AudioStreamPut.argtypes = lib.SDL_AudioStreamGet.argtypes = [pointer, pointer, whole]
    lib.SDL_AudioStreamAvailable.argtypes = [pointer]
    lib.SDL_FreeAudioStream.restype, lib.SDL_FreeAudioStream.argtypes = None, [pointer]
    return lib


class Resampler:
    """16-bit samples of one channel from one rate to another, by SDL's windowed sinc; what it holds back for the filter comes with the next ones."""

    def __init__(self, rate: int, to: int) -> None:
        self._lib = _sdl()
        self._stream = self._lib.SDL_NewAudioStream(_S16SYS, 1, rate, _S16SYS, 1, to)
        if not self._stream:
            raise CannotSound(f"SDL converts nothing from {rate} to {to} samples a second")

    def convert(self, samples: array.array[int]) -> array.array[int]:
        at, count = samples.buffer_info()
        if self._lib.SDL_AudioStreamPut(self._stream, at, 2 * count) < 0:
            raise CannotSound("SDL takes no samples")
        out = array.array("h", bytes(self._lib.SDL_AudioStreamAvailable(self._stream)))
        at, count = out.buffer_info()
        got = self._lib.SDL_AudioStreamGet(self._stream, at, 2 * count) if count else 0
        return out[: max(0, got) // 2]

    def __del__(self) -> None:
        if getattr(self, "_stream", None):
            self._lib.SDL_FreeAudioStream(self._stream)
            self._stream = None


class Receiver:
    """One talk. ``carry`` and ``end`` come from the agent's thread, samples are asked for by the device's."""

    def __init__(self, tune: Tune, now_ms: Callable[[], float] = lambda: time.monotonic() * 1000) -> None:
        self.buffer, self._now = JitterBuffer(tune.first, tune.late_ms), now_ms
        self._decoder, self._resampler = Decoder(), Resampler(OPUS_RATE, RATE)
        self._lock = threading.Lock()
        self._ready = array.array("h")
        self.broken = 0

    def carry(self, sound: Carry) -> None:
        with self._lock:
            self.buffer.put(sound.frames, sound.first_new, sound.spoken_ms, self._now())

    def end(self, last: int) -> None:
        with self._lock:
            self.buffer.end(last)

    @property
    def over(self) -> bool:
        return self.buffer.over and not self._ready

    def take(self, count: int) -> array.array[int]:
        """The next samples at the mixer's rate; silence where there is nothing."""
        with self._lock:
            while len(self._ready) < count:
                if self.buffer.over:
                    break
                self._ready.extend(self._resampler.convert(self._next()))
            out, self._ready = self._ready[:count], self._ready[count:]
        out.extend(array.array("h", bytes(2 * (count - len(out)))))
        return out

    def _next(self) -> array.array[int]:
        piece = self.buffer.pull(self._now())
        for packet in piece.skipped:
            with contextlib.suppress(BadPacket):  # it is not heard in any case
                self._decoder.decode(packet)
        if piece.what == "silence":
            return array.array("h", bytes(2 * MADE_UP))
        if piece.what == "frame":
            try:
                return self._decoder.decode(piece.data)
            except BadPacket:  # signed, and yet no packet: made up like a lost one, and counted
                self.broken += 1
        return self._decoder.conceal(MADE_UP)

    def told(self) -> dict[str, object]:
        """What became of its frames, for the log."""
        kept = self.buffer
        return {
            "played": kept.played, "lost": kept.lost, "late": kept.late, "made_up": kept.concealed, "held_back": kept.held_back, "left_out": kept.left_out,
            "broken": self.broken, "delay_ms": round(kept.target_ms(self._now())),
        }  # fmt: skip


class Spoken(Samples):
    """A talk as the mixer knows sound: samples in order, whatever place it asks for (a place that passed while something else sounded is gone)."""

    def __init__(self, receiver: Receiver) -> None:
        super().__init__(memoryview(array.array("h")))
        self._receiver = receiver

    @property
    def length(self) -> int:
        return ENDLESS_S * RATE

    @property
    def over(self) -> bool:
        return self._receiver.over

    def piece(self, begin: int, end: int) -> array.array[int]:
        return self._receiver.take(end - begin)
