"""A piece of a text beside the words it is said in, so that every reading can be shown above what is written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Piece:
    """``original[start:end]`` is said as ``text``. Where nothing was rewritten, ``text`` is the original itself, character by character."""

    start: int
    end: int
    text: str

    @property
    def plain(self) -> bool:
        """Whether it may be as written; a rewritten piece of the same length counts as plain too, which only places its characters finer."""
        return self.end - self.start == len(self.text)

    def place(self, index: int) -> int:
        """Where in the original the character ``text[index]`` belongs: its own place, or the beginning of what was rewritten."""
        return self.start + index if self.plain else self.start


def joined(pieces: Iterable[Piece]) -> str:
    """The whole text as it is said."""
    return "".join(piece.text for piece in pieces)


def places(pieces: Iterable[Piece]) -> list[int]:
    """For each character of the joined text, its place in the original."""
    return [piece.place(index) for piece in pieces for index in range(len(piece.text))]
