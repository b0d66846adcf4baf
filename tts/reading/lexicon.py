"""How a village says its own names: written words beside their readings, the longest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

NUMBERS = frozenset("零〇一二三四五六七八九十百千万亿两萬億兩幺点點负負半第")
"""Characters that figures become when they are spoken: a word with one of them may be heard where the text writes a digit."""


class Lexicon:
    """``words`` maps a written word to its reading in one dialect: one syllable a character (``shan4 jia1 zhuang1``), IPA for bo, ug, en."""

    def __init__(self, words: Mapping[str, str] | None = None) -> None:
        self._by_first: dict[str, list[str]] = {}
        self._figured: dict[str, list[str]] = {}
        self._readings = {word: " ".join(reading.split()) for word, reading in (words or {}).items() if word and reading.strip()}
        for word in sorted(self._readings, key=len, reverse=True):
            first = self._figured if any(char.isdigit() for char in word) else self._by_first
            first.setdefault(word[0], []).append(word)

    def __len__(self) -> int:
        return len(self._readings)

    def find(self, text: str) -> Iterator[tuple[int, int, str]]:
        """(start, end, reading) of every known word in ``text``, from the left, the longest at each place, none overlapping."""
        return self._find(text, self._by_first)

    def find_figured(self, text: str) -> Iterator[tuple[int, int, str]]:
        """The same for names with figures in them (K3路): they are looked for in what is written, before figures become words."""
        return self._find(text, self._figured)

    def _find(self, text: str, first: Mapping[str, list[str]]) -> Iterator[tuple[int, int, str]]:
        at = 0
        while first and at < len(text):
            for word in first.get(text[at], ()):
                end = at + len(word)
                if text.startswith(word, at) and _stands_alone(text, at, end):
                    yield at, end, self._readings[word]
                    at = end
                    break
            else:
                at += 1


def _stands_alone(text: str, start: int, end: int) -> bool:
    """A word of letters is no part of a longer one: Li is not found in Lily, nor K3 in K35. Characters have no such edges."""
    before = start > 0 and _is_letter(text[start - 1]) and _is_letter(text[start])
    after = end < len(text) and _is_letter(text[end - 1]) and _is_letter(text[end])
    longer = (start > 0 and text[start - 1].isdigit() and text[start].isdigit()) or (end < len(text) and text[end - 1].isdigit() and text[end].isdigit())
    return not before and not after and not longer


def _is_letter(char: str) -> bool:
    return char.isalpha() and ord(char) < 0x0F00


def occurs(word: str, text: str) -> bool:
    """Whether the word may be heard in the text: it stands there, or it holds a number word and the text has figures."""
    if word in text:
        return True
    rest = [char for char in word if char not in NUMBERS]
    return len(rest) < len(word) and any(char.isdigit() for char in text) and all(char in text for char in rest)
