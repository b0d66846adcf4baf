"""A text becomes sentences that know their place in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_ENDS = "。！？!?…།༎༑؟۔"
_CLOSERS = "”’」』）)】》\"'"
LONGEST = 160
"""Characters; a longer sentence is cut at its next comma or blank, a Tibetan one between syllables, so that no stretch outlasts a worker's
patience."""


@dataclass(frozen=True)
class Sentence:
    """A stretch of the original text: ``text`` is ``original[start:end]``; ``paragraph`` is True where a new one begins."""

    start: int
    end: int
    text: str
    paragraph: bool


def sentences(text: str) -> list[Sentence]:
    """The sentences of a text in order, blank ones left out; every other character belongs to exactly one."""
    found: list[Sentence] = []
    line_start = 0
    for line in text.splitlines(keepends=True):
        opening = True
        for start, end in _cuts(line):
            part = line[start:end]
            left = len(part) - len(part.lstrip())
            trimmed = part.strip()
            if trimmed:
                at = line_start + start + left
                found.append(Sentence(at, at + len(trimmed), trimmed, opening))
                opening = False
        line_start += len(line)
    return found


def _cuts(line: str) -> Iterator[tuple[int, int]]:
    start = at = 0
    while at < len(line):
        at += 1
        if _ends_here(line, at) or (at - start >= LONGEST and (line[at - 1] in "，,；;、： " or at - start >= 2 * LONGEST)):
            if at - start >= 2 * LONGEST:
                at = line.rfind("་", start + LONGEST, at) + 1 or at
            while at < len(line) and (line[at] in _ENDS + _CLOSERS or (line[at] == " " and line[at + 1 : at + 2] in ("།", "༎"))):
                at += 1
            yield start, at
            start = at
    if start < len(line):
        yield start, len(line)


_ABBREVIATION = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|St|No|Prof|vs|etc|e\.g|i\.e|a\.m|p\.m|[A-Z])\.$")


def _ends_here(line: str, at: int) -> bool:
    """Whether a sentence ends after ``line[:at]``. A full stop ends one only before a blank, not after Dr. and the like."""
    if line[at - 1] in _ENDS:
        return True
    if line[at - 1] != "." or (at < len(line) and not line[at].isspace()):
        return False
    return not _ABBREVIATION.search(line[max(0, at - 8) : at])
