"""How a village says its own names: written words beside their readings, the longest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping


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
