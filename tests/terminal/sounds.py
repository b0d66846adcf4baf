"""Sound files for terminals' tests."""

from __future__ import annotations

import wave
from pathlib import Path

from terminal.player import RATE, Samples


def wav_of(samples: Samples, path: Path) -> Path:
    """The samples as a WAV file."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.data.tobytes())
    return path
