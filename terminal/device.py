"""Where samples go: the sound card, mpv where the card opens only for that, or nobody."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

from terminal.mpv import MpvDevice
from terminal.player import BLOCK, RATE, UNDERRUN_S, CannotSound, Mixer


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


def open_device(name: str, mixer: Mixer, report: Callable[[str], None] = lambda _: None) -> tuple[Device, str]:
    """The device asked for, and a fault ("" when all is well).

    ``null`` is nobody, ``mpv`` and ``mpv:OUTPUT`` are mpv, ``auto`` the card, else mpv, anything else a card by its name. What does not open
    falls back to null, saying so. ``report`` hears of faults that come later, "" when they are over.
    """
    if name == "null":
        return NullDevice(mixer), ""
    reasons = []
    if name.partition(":")[0] != "mpv":
        try:
            return CardDevice(mixer, None if name == "auto" else name), ""
        except (CannotSound, ImportError) as error:
            reasons.append(str(error))
    if name == "auto" or name.partition(":")[0] == "mpv":
        try:
            return MpvDevice(mixer, name.partition(":")[2], report), ""
        except (CannotSound, OSError) as error:
            reasons.append(str(error))
    words = "; ".join(reasons)
    return NullDevice(mixer), f"no sound device: nothing is heard ({words.removeprefix('no sound device: ')})"
