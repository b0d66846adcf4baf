"""The silent self-test: a sound of our own through decoder, mixer and device, at volume nought."""

from __future__ import annotations

import threading
import time
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

from terminal.actions import Play
from terminal.decoding import decode
from terminal.player import RATE, CannotSound, Mixer, Samples, Sounded, chime_samples

TRIAL = "selftest"
# Decoder and device together must be through within this.
PATIENCE_S = 60.0
# What was decoded must be as long as what was encoded, give or take a block.
LENGTH_SLACK_MS = 60.0


class Trial:
    """One self-test at a time. ``begin`` starts it; the outcome is "" when all went well, words when not, None while it goes on."""

    def __init__(
        self, mixer: Mixer, folder: Path, report: Callable[[Any], None], now_ms: Callable[[], float], fault: Callable[[], str]
    ) -> None:
        self._mixer, self._folder, self._report, self._now_ms, self._fault = mixer, folder, report, now_ms, fault
        self._until = float("inf")
        self._long_ms = 0.0

    def begin(self) -> None:
        """Encodes and decodes in a thread of its own; what came of it is reported as ("trial", samples, reason)."""
        self._until = time.monotonic() + PATIENCE_S
        threading.Thread(target=self._decode, name="trial", daemon=True).start()

    def _decode(self) -> None:
        sound, raw = self._folder / "trial.wav", self._folder / "trial"
        try:
            chime = chime_samples()
            with wave.open(str(sound), "wb") as file:
                file.setnchannels(1)
                file.setsampwidth(2)
                file.setframerate(RATE)
                file.writeframes(chime.data.tobytes())
            decode(sound, raw)
            samples = Samples.of_file(raw)
            if abs(len(samples.data) - len(chime.data)) * 1000 / RATE > LENGTH_SLACK_MS:
                raise CannotSound(f"{len(chime.data)} samples went into the decoder, {len(samples.data)} came out")
            self._report(("trial", samples, ""))
        except (OSError, CannotSound, ValueError, wave.Error) as error:
            self._report(("trial", None, f"decoder: {error}"))
        finally:
            for path in (sound, raw):
                path.unlink(missing_ok=True)

    def decoded(self, samples: Samples | None, reason: str) -> str | None:
        """Through the mixer, weak: any programme takes its place."""
        if samples is None:
            return self._over(reason)
        self._long_ms = len(samples.data) * 1000 / RATE
        self._mixer.place(Play(TRIAL, "", self._now_ms(), volume=0), samples, weak=True)
        return None

    def heard(self, event: Sounded) -> str | None:
        """The device took it, or did not."""
        if event.what == "started":
            return None
        if event.what in ("preempted", "dropped"):
            return self._over(self._fault())  # a programme needed the device, and got it: that is proof enough
        if abs(event.dur_ms - self._long_ms) > LENGTH_SLACK_MS:
            return self._over(f"device: took {event.dur_ms:.0f} of {self._long_ms:.0f} ms")
        return self._over(self._fault())

    def overdue(self, mono: float) -> str | None:
        """The device never took it."""
        return self._over(f"device: nothing came through in {PATIENCE_S:.0f} s") if mono > self._until else None

    def _over(self, outcome: str) -> str:
        self._until = float("inf")
        return outcome
