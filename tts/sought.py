"""Which of many words may be heard in a text: found in one pass over the text, traditional and simplified characters alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

NUMBERS = frozenset("零〇一二三四五六七八九十百千万亿两萬億兩幺点點负負半第")
"""Characters that figures become when they are spoken: a word with one of them may be heard where the text writes a digit."""


@cache
def _simple() -> dict[int, str]:
    """Every traditional character with its simplified one, one for one (OpenCC, taken character by character)."""
    from opencc import OpenCC

    chars = [chr(code) for first, last in ((0x3400, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x323AF)) for code in range(first, last + 1)]
    simple = OpenCC("t2s").convert("\n".join(chars)).split("\n")
    return {ord(char): other for char, other in zip(chars, simple, strict=True) if char != other and len(other) == 1}


def folded(text: str) -> str:
    """The text in simplified characters, each in its place; other writing stays."""
    return text.translate(_simple()) if any(char >= "㐀" for char in text) else text


def folded_word(word: str) -> str:
    """The same for a word. One of a single character counts only as it is written: 后 is 后 and 後, two words with two readings."""
    return folded(word) if len(word) > 1 else word


def start_of(word: str) -> str:
    """By what a word is looked up: its first two characters."""
    return folded_word(word)[:2]


def rest_of(word: str) -> str | None:
    """By what a word with number words in it is looked up where figures stand: its first other character, "" without one; None: no such word."""
    rest = [char for char in folded_word(word) if char not in NUMBERS]
    return "".join(rest[:1]) if len(rest) < len(word) else None


class Heard:
    """A text, made ready for many questions."""

    def __init__(self, text: str) -> None:
        self.text, self._folded = text, folded(text)
        self._chars = frozenset(self._folded)
        self._figures = any(char.isdigit() for char in text)

    @property
    def starts(self) -> set[str]:
        """Every ``start_of`` a word in the text can have."""
        return {self._folded[at : at + 2] for at in range(len(self._folded) - 1)} | set(self.text)

    @property
    def rests(self) -> set[str]:
        """Every ``rest_of`` a word can have that may be heard in the text's figures."""
        return {"", *self._chars} if self._figures else set()

    def holds(self, word: str) -> bool:
        """Whether the word may be heard: it stands there, or it holds a number word and the text has figures."""
        plain = folded_word(word)
        if word in self.text or (len(word) > 1 and plain in self._folded):
            return True
        if not self._figures:
            return False
        rest = [char for char in plain if char not in NUMBERS]
        return len(rest) < len(plain) and all(char in self._chars for char in rest)


class Sought:
    """Many words, looked for together."""

    def __init__(self, words: Iterable[str]) -> None:
        self._starts: dict[str, list[str]] = {}
        self._rests: dict[str, list[str]] = {}
        for word in words:
            self._starts.setdefault(start_of(word), []).append(word)
            rest = rest_of(word)
            if rest is not None:
                self._rests.setdefault(rest, []).append(word)

    def heard(self, text: str) -> Iterator[str]:
        """Those that may be heard in the text; one may come twice."""
        heard = Heard(text)
        for keys, kept in ((heard.starts, self._starts), (heard.rests, self._rests)):
            for key in keys & kept.keys():
                yield from (word for word in kept[key] if heard.holds(word))


def occurs(word: str, text: str) -> bool:
    """Whether one word may be heard in the text."""
    return Heard(text).holds(word)
