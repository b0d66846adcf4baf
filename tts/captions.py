"""Sentence timings become WebVTT captions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Cue:
    """One sentence of the article and when it is heard, in milliseconds from the start of the audio."""

    start_ms: int
    end_ms: int
    text: str


def _stamp(ms: int) -> str:
    seconds, rest = divmod(ms, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{rest:03}"


def _plain(text: str) -> str:
    """Cue text: one line, and nothing that WebVTT would take for markup or an arrow."""
    return " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def webvtt(cues: Iterable[Cue]) -> str:
    """A WebVTT file (W3C WebVTT, UTF-8) with one cue per sentence; sentences of no length are left out."""
    blocks = [
        f"{number}\n{_stamp(cue.start_ms)} --> {_stamp(cue.end_ms)}\n{_plain(cue.text)}\n"
        for number, cue in enumerate((c for c in cues if c.end_ms > c.start_ms), 1)
    ]
    return "\n".join(["WEBVTT\n", *blocks])
