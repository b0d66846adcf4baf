"""English: the voice reads plain text itself; capitals are spelled. Its readings, for people, are broad IPA."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tts.reading.ipa import english_ipa, english_phonemes
from tts.reading.sound import Sound

VOICE = "en-us"
_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)*")
_CAPITALS = re.compile(r"[A-Z]{2,6}")
# capitals that are said as a word
_AS_WORDS = frozenset({"OK", "COVID", "AIDS", "NASA", "UNESCO", "UNICEF", "PIN", "NATO", "SIM"})


def owns(char: str) -> bool:
    """Latin letters with their marks, and what is left of ASCII digits."""
    return (char.isascii() and char.isalnum()) or ("\u00c0" <= char <= "\u024f" and char not in "×÷") or "\u0300" <= char <= "\u036f" or "\u1e00" <= char <= "\u1eff"


def read_run(run: str) -> list[Sound]:
    """Every word of a run; capitals letter by letter: ETC -> E T C, WiFi stays."""
    return list(_sounds(run))


def _sounds(run: str) -> Iterator[Sound]:
    for found in _WORD.finditer(run):
        word = found.group()
        if _CAPITALS.fullmatch(word) and word not in _AS_WORDS:
            for place, letter in enumerate(word):
                yield Sound(found.start() + place, letter, english_ipa(letter, VOICE))
        else:
            yield Sound(found.start(), word, english_ipa(word, VOICE))


def given_phonemes(reading: str) -> list[str] | None:
    """IPA in the voice's phonemes; None when a sign is no sound of English."""
    said = english_phonemes(reading)
    return [said] if said else None
