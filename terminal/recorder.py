"""Keeping what left the device, for those who want to hear afterwards what was heard."""

from __future__ import annotations

import array
import json
import sys
import wave
from pathlib import Path
from typing import BinaryIO

from terminal.player import RATE

RECORD_MAX_S = 3600
SEGMENT_GAP_S = 30
SHIFT_MS = 5.0
_LITTLE = sys.byteorder == "little"


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
