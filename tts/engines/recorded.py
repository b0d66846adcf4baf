"""A person's own reading: the sentence that was recorded is heard as it was read, and every other goes to the next engine."""

from __future__ import annotations

from pathlib import Path

from tts.engines import EngineError, Line, NotMine, Speech
from tts.engines.options import EngineOptions
from tts.level import RATE
from tts.voices import Voice


class RecordedEngine:
    """Plays what was recorded: a file in the station's own format, whose place the line names."""

    name = "recorded"

    def __init__(self, options: EngineOptions | None = None) -> None:
        """It has no options."""

    def fingerprint(self, voice: Voice) -> str:
        """The recordings themselves are part of what a rendition is made of."""
        return "recordings"

    def say(self, line: Line) -> Speech:
        if not line.recording:
            raise NotMine("nobody recorded this sentence")
        from tts.audio import decode  # PyAV and pydub take a second to load, and most stations have no recordings

        try:
            return Speech(decode(Path(line.recording).read_bytes()), RATE)
        except (OSError, ValueError) as problem:  # PyAV's errors are either
            raise EngineError(f"the recording of {line.text[:40]!r} cannot be read: {problem}", permanent=False) from problem
