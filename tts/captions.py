"""Sentence timings become captions: WebVTT for browsers and boxes, SRT for televisions that know nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from tts.lines import parts, runs_right_to_left, width

LONGEST = 84.0
"""Latin letters in one caption: two lines of 42 (34 Han characters), as the subtitling houses have it."""
_RLM = "\u200f"
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u2066-\u2069\u202a-\u202e\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]")
"""What stands for no letter and may break a player: controls, lone surrogates, what turns the direction of more than its own text."""


@dataclass(frozen=True)
class Cue:
    """One sentence of the article and when it is heard, in milliseconds from the start of the audio."""

    start_ms: int
    end_ms: int
    text: str


def seen(text: str) -> str:
    """The text without what nobody sees and a player may stumble over; line ends stay."""
    return _UNSEEN.sub("", text)


def shifted(cues: Iterable[Cue], ms: int) -> list[Cue]:
    """The same sentences, heard so much later."""
    return [Cue(cue.start_ms + ms, cue.end_ms + ms, cue.text) for cue in cues]


def readable(cues: Iterable[Cue], longest: float = LONGEST) -> list[Cue]:
    """Sentences too long to be read at a glance in pieces, each for its share of the time; sentences of no length are left out."""
    found: list[Cue] = []
    for cue in cues:
        if cue.end_ms > cue.start_ms:
            found += _pieces(Cue(cue.start_ms, cue.end_ms, " ".join(seen(cue.text).split())), longest)
    return found


def _pieces(cue: Cue, longest: float) -> list[Cue]:
    pieces = parts(cue.text, longest)
    whole = sum(width(piece) for piece in pieces) or 1.0
    found: list[Cue] = []
    start, spoken = cue.start_ms, 0.0
    for piece in pieces:
        spoken += width(piece)
        end = cue.start_ms + round((cue.end_ms - cue.start_ms) * spoken / whole)
        found.append(Cue(start, end, piece.strip()))
        start = end
    return found


def _stamp(ms: int, mark: str) -> str:
    seconds, rest = divmod(ms, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{mark}{rest:03}"


def _directed(text: str) -> str:
    """Uyghur between two right-to-left marks: a Latin name in front or a full stop behind must not turn or leave the line."""
    return f"{_RLM}{text}{_RLM}" if runs_right_to_left(text) else text


def _plain(text: str) -> str:
    """Nothing that a player would take for markup or an arrow."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def webvtt(cues: Iterable[Cue]) -> str:
    """A WebVTT file (W3C WebVTT, UTF-8), a cue per sentence or readable piece of one."""
    blocks = [
        f"{number}\n{_stamp(cue.start_ms, '.')} --> {_stamp(cue.end_ms, '.')}\n{_directed(_plain(cue.text))}\n"
        for number, cue in enumerate(readable(cues), 1)
    ]
    return "\n".join(["WEBVTT\n", *blocks])


def srt(cues: Iterable[Cue]) -> str:
    """A SubRip file in UTF-8 with a byte order mark, which old players need to see that it is not in their own code page.

    SubRip has no escapes: an angle bracket becomes the look-alike that no player takes for a tag, an arrow cannot be written.
    """
    blocks = [
        f"{number}\n{_stamp(cue.start_ms, ',')} --> {_stamp(cue.end_ms, ',')}\n{_directed(_untagged(cue.text))}\n"
        for number, cue in enumerate(readable(cues), 1)
    ]
    return "\ufeff" + "\n".join(blocks)


def _untagged(text: str) -> str:
    return text.replace("-->", "→").replace("<", "‹").replace(">", "›")
