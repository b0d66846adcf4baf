"""A text becomes sentences that know their place in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_ENDS = "。！？!?…؟۔།༎༏༐༑"
_SHADS = "།༎༏༐༑"
_CLOSERS = "”’」』）)】》»›\"'"
_COMMAS = "，,；;、：،؛ "
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


_MARK = re.compile(r"\{[^{}]*\|[^{}]*\}")
"""An inline mark (``{Dr. Li|…}``) is never cut."""


def _cuts(line: str) -> Iterator[tuple[int, int]]:
    start = at = 0
    marks = [found.span() for found in _MARK.finditer(line)]
    while at < len(line):
        at += 1
        if any(begin < at < end for begin, end in marks):
            continue
        if _ends_here(line, start, at):
            at = _with_closers(line, at)
        elif at - start < LONGEST or not _may_cut(line, at, forced=at - start >= 2 * LONGEST):
            continue
        elif at - start >= 2 * LONGEST:
            at = line.rfind("་", start + LONGEST, at) + 1 or at
        yield start, at
        start = at
    if start < len(line):
        yield start, len(line)


def _with_closers(line: str, at: int) -> int:
    """Behind further signs of the same end: quotes and brackets that close, and the second shad with the blank before it."""
    while at < len(line):
        if line[at] in _ENDS + _CLOSERS:
            at += 1
        elif line[at] == " " and line[at - 1] in _SHADS and line[at + 1 : at + 2] in tuple(_SHADS):
            at += 2
        else:
            break
    return at


_INSIDE = re.compile(r"[0-9A-Za-z.,:/@_%+-]")


def _may_cut(line: str, at: int, *, forced: bool) -> bool:
    """Whether a stretch that is too long may be cut before ``line[at]``: at a comma or a blank; forced, anywhere but in a number, a word or an address."""
    before, after = line[at - 1], line[at : at + 1]
    if before in _COMMAS:
        return not (before in ",：" and after.isdigit())
    return forced and not (_INSIDE.match(before) and after and _INSIDE.match(after)) and after not in _CLOSERS


_ABBREVIATION = re.compile(
    r"\b(?:Mr|Mrs|Ms|Dr|St|No|Nos|Prof|Rev|Hon|Gen|Capt|Col|Sgt|Lt|Gov|Sen|Rep|Pres|Maj|Mt|Ft|vs|etc|approx|tel|Tel|ext|Dept|"
    r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec|e\.g|i\.e|a\.m|p\.m|U\.S|D\.C|[A-Z])\.$"
)
_LIST_NUMBER = re.compile(r"^\s*(?:\d{1,3}|[A-Za-z])\.$")
# a Tibetan clause that goes on behind its shad: and, having done, while doing
_GOES_ON = re.compile(r"(?:^|་)(?:དང|ཏེ|སྟེ|ནས|ཞིང|ཅིང|ཤིང)་?[།༎]$")


def _ends_here(line: str, start: int, at: int) -> bool:
    """Whether a sentence that began at ``start`` ends after ``line[:at]``.

    A full stop ends one only before a blank, not after Dr. and the like, nor before a small letter; a question mark in an address of the
    web does not; a shad does not in the sign that opens a text, nor where the clause goes on.
    """
    sign, after = line[at - 1], line[at : at + 1]
    if sign in _SHADS:
        return any(char.isalpha() for char in line[start:at]) and not _GOES_ON.search(line[max(start, at - 8) : at])
    if sign in "!?":
        return not (after.isascii() and after.isalnum() and at > 1 and line[at - 2].isascii())
    if sign in _ENDS:
        return True
    rest = line[at:].lstrip(_CLOSERS)
    if sign != "." or (rest and not rest[0].isspace()):
        return False
    if rest.lstrip()[:1].islower() or _LIST_NUMBER.match(line[start:at]):
        return False
    return not _ABBREVIATION.search(line[max(start, at - 8) : at])
