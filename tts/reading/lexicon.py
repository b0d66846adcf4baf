"""How a village says its own names: written words beside their readings, the longest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

NUMBERS = frozenset("零〇一二三四五六七八九十百千万亿两萬億兩幺点點负負半第")
"""Characters that figures become when they are spoken: a word with one of them may be heard where the text writes a digit."""


class Lexicon:
    """``words`` maps a written word to its reading in one dialect: one syllable a character (``shan4 jia1 zhuang1``), IPA for bo, ug, en."""

    def __init__(self, words: Mapping[str, str] | None = None) -> None:
        self._by_first: dict[str, list[str]] = {}
        self._readings = {word: " ".join(reading.split()) for word, reading in (words or {}).items() if word and reading.strip()}
        for word in sorted(self._readings, key=len, reverse=True):
            self._by_first.setdefault(word[0], []).append(word)

    def __len__(self) -> int:
        return len(self._readings)

    def find(self, text: str) -> Iterator[tuple[int, int, str]]:
        """(start, end, reading) of every known word in ``text``, from the left, the longest at each place, none overlapping."""
        at = 0
        while at < len(text):
            for word in self._by_first.get(text[at], ()):
                end = at + len(word)
                if text.startswith(word, at) and _stands_alone(text, at, end):
                    yield at, end, self._readings[word]
                    at = end
                    break
            else:
                at += 1


def _stands_alone(text: str, start: int, end: int) -> bool:
    """A word of letters is no part of a longer one: Li is not found in Lily. Characters have no such edges."""
    before = start > 0 and _is_letter(text[start - 1]) and _is_letter(text[start])
    after = end < len(text) and _is_letter(text[end - 1]) and _is_letter(text[end])
    return not before and not after


def _is_letter(char: str) -> bool:
    return char.isalpha() and ord(char) < 0x0F00


def occurs(word: str, text: str) -> bool:
    """Whether the word may be heard in the text: it stands there, or it holds a number word and the text has figures."""
    if word in text:
        return True
    rest = [char for char in word if char not in NUMBERS]
    return len(rest) < len(word) and any(char.isdigit() for char in text) and all(char in text for char in rest)
