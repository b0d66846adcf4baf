"""Inline marks: ``{单|shan4}家庄`` says how one word of this text is read, and wins over everything."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

# an unclosed mark ends with its syllables, so that the sentence after it is still read
_MARK = re.compile(r"\{(?P<text>[^{}|]*)\|(?:(?P<reading>[^{}]*)\}|[a-zü0-9 ]*)")


@dataclass(frozen=True)
class Segment:
    """A part of a sentence: ``text`` begins at ``start`` of the input; ``reading`` is given where a mark gave one.

    ``malformed`` is the whole mark as it stands in the input when it could not be understood: its text is then read as if it had no mark.
    """

    start: int
    text: str
    reading: str | None = None
    malformed: tuple[int, str] | None = None


def without_marks(text: str) -> str:
    """The text as people read it: of every mark only what stands before the bar."""
    return "".join(segment.text for segment in segments(text, lambda *_: True))


def segments(sentence: str, valid: Callable[[str, str], bool]) -> Iterator[Segment]:
    """The sentence without its braces. ``valid(text, reading)`` says whether the dialect knows such a reading."""
    at = 0
    for found in _MARK.finditer(sentence):
        if found.start() > at:
            yield Segment(at, sentence[at : found.start()])
        text, reading = found["text"], " ".join((found["reading"] or "").split())
        good = bool(text.strip()) and bool(reading) and valid(text, reading)
        malformed = None if good else (found.start(), found.group())
        yield Segment(found.start("text"), text, reading if good else None, malformed)
        at = found.end()
    if at < len(sentence):
        yield Segment(at, sentence[at:])
