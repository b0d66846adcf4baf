"""Tables of words beside their readings, written one under another so that they can be checked by eye."""

from __future__ import annotations


def table(text: str) -> dict[str, tuple[str, ...]]:
    """``六安 lu4 an1 | 蚌埠 beng4 bu4`` as a dictionary; one syllable a character.

    Raises ValueError for an entry with too few or too many.
    """
    found: dict[str, tuple[str, ...]] = {}
    for entry in text.replace("\n", "|").split("|"):
        if entry.strip():
            word, *syllables = entry.split()
            if len(word) != len(syllables):
                raise ValueError(f"{entry.strip()!r}: {len(word)} characters, {len(syllables)} syllables")
            found[word] = tuple(syllables)
    return found


def listed(text: str) -> frozenset[str]:
    """Words parted by spaces and lines, as a set."""
    return frozenset(text.split())
