"""A sentence as it will be spoken, with its readings above the characters: the pieces a page draws."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_TONES = {"1": "\u0304", "2": "\u0301", "3": "\u030c", "4": "\u0300", "5": ""}
_VOWELS = "aeiouü"


@dataclass(frozen=True)
class Token:
    """One character or word of the spoken form, from ``start`` to ``end`` of it. ``reading`` is empty for punctuation and blanks."""

    start: int
    end: int
    text: str
    reading: str = ""
    doubtful: bool = False
    unread: bool = False


def tokens(told: Mapping[str, Any]) -> list[Token]:
    """The spoken form in order and without a gap, from what a speaking process told of a sentence."""
    return list(_tokens(str(told["spoken"]), told))


def _tokens(spoken: str, told: Mapping[str, Any]) -> Iterator[Token]:
    marked = [Token(at, at + len(text), text, reading, bool(doubtful)) for at, text, reading, doubtful in told["marks"]]
    marked += [Token(at, at + len(text), text, unread=True) for at, text in told["unread"]]
    done = 0
    for token in sorted(marked, key=lambda each: each.start):
        if token.start < done:
            continue
        if done < token.start:
            yield Token(done, token.start, spoken[done : token.start])
        yield token
        done = token.end
    if done < len(spoken):
        yield Token(done, len(spoken), spoken[done:])


def shown(reading: str, dialect: str) -> str:
    """A reading as people print it: pinyin with its tone marks, everything else as it is kept."""
    return " ".join(toned(one) for one in reading.split()) if dialect == "cmn" else reading


def toned(syllable: str) -> str:
    """``shan4`` as shàn, ``lv4`` as lǜ. The mark stands on a or e, on the o of ou, else on the last vowel."""
    sound, tone = syllable[:-1].replace("v", "ü"), syllable[-1:]
    if tone not in _TONES or not any(letter in _VOWELS for letter in sound):
        return syllable
    main = next((i for i, letter in enumerate(sound) if letter in "ae"), sound.find("o") if "ou" in sound else -1)
    if main < 0:
        main = max(i for i, letter in enumerate(sound) if letter in _VOWELS)
    return unicodedata.normalize("NFC", sound[: main + 1] + _TONES[tone] + sound[main + 1 :])


def word_at(parts: list[Token], start: int, end: int) -> tuple[str, str] | None:
    """The words from ``start`` to ``end`` and their reading; None when a boundary lies inside a token, or nothing is read there."""
    inside = [each for each in parts if start <= each.start and each.end <= end]
    if not inside or inside[0].start != start or inside[-1].end != end or not any(each.reading or each.unread for each in inside):
        return None
    return "".join(each.text for each in inside), " ".join(each.reading for each in inside if each.reading)


def steps(parts: list[Token], start: int, end: int) -> dict[str, tuple[int, int]]:
    """How the chosen words may grow or shrink by one token; punctuation is never taken in."""
    order = [each for each in parts]
    first = next(i for i, each in enumerate(order) if each.start == start)
    last = next(i for i, each in enumerate(order) if each.end == end)
    found: dict[str, tuple[int, int]] = {}
    if first > 0 and (order[first - 1].reading or order[first - 1].unread):
        found["left"] = (order[first - 1].start, end)
    if last + 1 < len(order) and (order[last + 1].reading or order[last + 1].unread):
        found["right"] = (start, order[last + 1].end)
    if last > first:
        found["shorter"] = (start, order[last - 1].end)
    return found
