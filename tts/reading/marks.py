"""Inline marks: ``{单|shan4}家庄`` says how one word of this text is read, and wins over everything. ``\\{`` is a brace and no mark."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

Accept = Callable[[str, str], str | None]
"""(text, reading) -> the reading in the station's spelling; None when the dialect knows no such reading."""

_SIGN = re.compile(r"\\[{|}]|\{|\|[^{}|\u0600-\u06ff\u0f00-\u0fff\u3000-\u9fff\uff00-\uffef]{0,60}(?<!\\)\}")
# a mark that nobody closed ends with its syllables, so that the sentence after it is still read
_UNCLOSED = re.compile(
    r"\{(?P<text>[^{}|]*)\|\s*(?:(?:[A-Za-züÜ:]+[1-9]+\s*)+|[^\s{}|\u0600-\u06ff\u0f00-\u0fff\u3000-\u9fff\uff00-\uffef]*)"
)
_SCRIPT = re.compile(r"[\u0600-\u06ff\u0f00-\u0fff\u3400-\u9fff]")
LONGEST, DEEPEST = 300, 3
"""Characters of one mark, and marks inside a mark: beyond that its brace stands in the wrong place."""
_SWALLOWED = 8
"""A "reading" with more characters than these that are to be read themselves is no reading: its brace stands in the wrong place."""


@dataclass(frozen=True)
class Segment:
    """A part of a sentence: ``text`` begins at ``start`` of the input; ``reading`` is given where a mark gave one.

    ``malformed`` is a mark as it stands in the input when it could not be understood: its text is then read as if it had no mark.
    """

    start: int
    text: str
    reading: str | None = None
    malformed: tuple[int, str] | None = None


def without_marks(text: str) -> str:
    """The text as people read it: of every mark only what stands before the bar."""
    return plain(text)[0]


def plain(text: str) -> tuple[str, Callable[[int], int]]:
    """The text as people read it, and where a place of ``text`` stands in it."""
    parts = list(segments(text, lambda _, reading: reading or None))

    def place(at: int) -> int:
        before = 0
        for part in parts:
            if at < part.start + len(part.text):
                return before + max(0, at - part.start)
            before += len(part.text)
        return before

    return "".join(part.text for part in parts), place


def segments(sentence: str, accept: Accept) -> Iterator[Segment]:
    """The sentence without its braces, in order."""
    return (each for each in _segments(sentence, accept) if each.text or each.malformed)


def _segments(sentence: str, accept: Accept) -> Iterator[Segment]:
    at = look = 0
    while found := _SIGN.search(sentence, look):
        begin, sign = found.start(), found.group()
        if sign.startswith("\\"):
            yield Segment(at, sentence[at:begin])
            at, look = begin + 1, found.end()
        elif sign.startswith("|"):  # a mark that nobody opened
            yield Segment(at, sentence[at:begin])
            yield Segment(begin, "", malformed=(begin, sign))
            at = look = found.end()
        else:
            end, parts = _mark(sentence, begin, accept)
            if end is None:
                look = begin + 1
                continue
            yield Segment(at, sentence[at:begin])
            yield from parts
            at = look = end
    yield Segment(at, sentence[at:])


def _mark(sentence: str, begin: int, accept: Accept) -> tuple[int | None, list[Segment]]:
    """Where the mark that opens at ``begin`` ends, and its parts; (None, []) when the brace opens no mark."""
    end, bar = _closing(sentence, begin)
    if end is not None and bar is None:
        return None, []
    if end is not None and bar is not None:
        text, reading = sentence[begin + 1 : bar], sentence[bar + 1 : end - 1]
        if len(_SCRIPT.findall(reading)) <= _SWALLOWED:
            return end, _parts(sentence[begin:end], begin, text, reading, accept)
    unclosed = _UNCLOSED.match(sentence, begin)
    if unclosed is None:
        return None, []
    return unclosed.end(), _wrong(unclosed.group().rstrip(), begin, unclosed["text"], accept)


def _closing(sentence: str, begin: int) -> tuple[int | None, int | None]:
    """Behind the brace that closes the one at ``begin``, and the first bar between them that belongs to no inner mark."""
    depth, bar = 0, None
    for at in range(begin, min(len(sentence), begin + LONGEST)):
        if at and sentence[at - 1] == "\\":
            continue
        if sentence[at] == "{":
            depth += 1
        elif sentence[at] == "|" and depth == 1 and bar is None:
            bar = at
        elif sentence[at] == "}":
            depth -= 1
            if depth == 0:
                return at + 1, bar
    return None, bar


def _parts(whole: str, begin: int, text: str, reading: str, accept: Accept) -> list[Segment]:
    word = text.strip()
    good = accept(word, reading.strip()) if word and reading.strip() and not re.search(r"[{}|]", text + reading) else None
    if good is None:
        return _wrong(whole, begin, text, accept)
    return [Segment(begin + 1 + len(text) - len(text.lstrip()), word, good)]


def _wrong(whole: str, begin: int, text: str, accept: Accept) -> list[Segment]:
    """The mark is named as malformed; its text is read, with the marks inside it."""
    deep = text.count("{") > DEEPEST
    inner = [Segment(begin + 1, text)] if deep else [replace(each, start=each.start + begin + 1, malformed=None) for each in segments(text, accept)]
    return [Segment(begin, "", malformed=(begin, whole)), *inner]
