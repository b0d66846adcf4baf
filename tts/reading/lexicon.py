"""How a village says its own names: written words beside their readings, the longest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tts.sought import folded, folded_word


class Lexicon:
    """``words`` maps a written word to its reading in one dialect: one syllable a character (``shan4 jia1 zhuang1``), IPA for bo, ug, en."""

    def __init__(self, words: Mapping[str, str] | None = None) -> None:
        self._by_first: dict[str, list[str]] = {}
        self._figured: dict[str, list[str]] = {}
        self._readings = {word: " ".join(reading.split()) for word, reading in (words or {}).items() if word and reading.strip()}
        self._written: dict[str, list[str]] = {}
        for word in sorted(self._readings, key=len, reverse=True):
            plain = folded_word(word)
            if plain not in self._written:
                first = self._figured if any(char.isdigit() for char in word) else self._by_first
                first.setdefault(plain[0], []).append(plain)
            self._written.setdefault(plain, []).append(word)

    def __len__(self) -> int:
        return len(self._readings)

    def find(self, text: str) -> Iterator[tuple[int, int, str]]:
        """(start, end, reading) of every known word in ``text``, from the left, the longest at each place, none overlapping."""
        return self._find(text, self._by_first)

    def find_figured(self, text: str) -> Iterator[tuple[int, int, str]]:
        """The same for names with figures in them (K3路): they are looked for in what is written, before figures become words."""
        return self._find(text, self._figured)

    def _find(self, text: str, first: Mapping[str, list[str]]) -> Iterator[tuple[int, int, str]]:
        at, plain = 0, folded(text) if first else text
        while first and at < len(text):
            for word in (*first.get(plain[at], ()), *(first.get(text[at], ()) if text[at] != plain[at] else ())):
                end = at + len(word)
                here = plain if len(word) > 1 else text
                if here.startswith(word, at) and _stands_alone(text, at, end):
                    yield at, end, self._readings[self._as_written(text[at:end], word)]
                    at = end
                    break
            else:
                at += 1

    def _as_written(self, here: str, plain: str) -> str:
        """Of the words that are one when simplified, the one that is written here, else the first."""
        written = self._written[plain]
        return here if here in written else written[0]


def _stands_alone(text: str, start: int, end: int) -> bool:
    """A word of letters is no part of a longer one: Li is not found in Lily, nor K3 in K35. Characters have no such edges."""
    before = start > 0 and _is_letter(text[start - 1]) and _is_letter(text[start])
    after = end < len(text) and _is_letter(text[end - 1]) and _is_letter(text[end])
    longer = (start > 0 and text[start - 1].isdigit() and text[start].isdigit()) or (end < len(text) and text[end - 1].isdigit() and text[end].isdigit())
    return not before and not after and not longer


def _is_letter(char: str) -> bool:
    return char.isalpha() and ord(char) < 0x0F00
