"""Where a line may break in Han, Tibetan, Uyghur and Latin writing, how wide it is on paper, and which way it runs."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

_CLAUSE = frozenset("，、；：。！？,;:.!?།༎༏༑༔،؛؟…—")
_CLOSING = frozenset("，、；：。！？）》」』】〉〕’”％℃,.;:!?)]}%»།༎༏༑༔་༌،؛؟…")
_OPENING = frozenset("（《「『【〈〔‘“([{«")
_TSHEG = "་"

CLAUSE, WORD, SYLLABLE = 0, 1, 2
"""How good a place to break is: behind a clause, between words, between the syllables of a writing without spaces."""


def is_han(letter: str) -> bool:
    """Characters of the square grid: ideographs, their punctuation and full-width forms; they may part anywhere."""
    return unicodedata.east_asian_width(letter) in "WF"


def is_tibetan(letter: str) -> bool:
    return "\u0f00" <= letter <= "\u0fff"


def is_arabic(letter: str) -> bool:
    """The Arabic script, in which Uyghur is written, with its presentation forms."""
    return "\u0600" <= letter <= "\u077f" or "\ufb50" <= letter <= "\ufdff" or "\ufe70" <= letter <= "\ufefc"


def runs_right_to_left(text: str) -> bool:
    """Whether most of its letters belong to a writing that runs right to left: a Latin name in front does not turn a Uyghur line."""
    arabic = sum(is_arabic(letter) and letter.isalpha() for letter in text)
    return arabic > sum(letter.isalpha() for letter in text) - arabic


def width(text: str) -> float:
    """Breadth in Latin letters: a Han character takes two and a half, marks above and below take nothing."""
    return sum(0.0 if unicodedata.combining(c) or unicodedata.category(c) in ("Mn", "Cf") else 2.5 if is_han(c) else 1.0 for c in text)


def breaks(text: str) -> Iterator[tuple[int, int]]:
    """(offset of the letter that may begin a line, kind), in order; never at the ends.

    After UAX 14 in short: behind spaces and behind a tsheg, on both sides of a Han character, but no closing mark begins a line, no
    opening mark ends one, and nothing parts a Latin word, a number or a letter from its marks.
    """
    for at in range(1, len(text)):
        before, after = text[at - 1], text[at]
        if after.isspace() or after in _CLOSING or before in _OPENING or unicodedata.combining(after):
            continue
        kind = _kind(text, at, before, after)
        if kind is not None:
            yield at, kind


def _kind(text: str, at: int, before: str, after: str) -> int | None:
    if before.isspace():
        mark = text[:at].rstrip()[-1:]
        return CLAUSE if mark in _CLAUSE and mark else WORD
    if before in _CLAUSE and (is_han(before) or is_tibetan(before)):
        return CLAUSE
    if before == _TSHEG or is_han(before) or is_han(after):
        return SYLLABLE
    return None


def parts(text: str, most: float) -> list[str]:
    """The text in pieces of at most ``most`` (see width) and of about equal length, cut at the best places; joined they are the text.

    A word that is wider than a piece stays whole: it is better cut by the screen than read wrongly.
    """
    total = width(text)
    if total <= most:
        return [text]
    count = -(-int(total) // int(most))
    wanted = total / count
    spots = [(at, kind, width(text[:at])) for at, kind in breaks(text)]
    fitting = [spot for spot in spots if spot[2] <= most] or spots[:1]
    if not fitting:
        return [text]
    at = min(fitting, key=lambda spot: abs(spot[2] - wanted) + (0.0, 0.3, 0.45)[spot[1]] * wanted)[0]
    return [text[:at], *parts(text[at:], most)]
