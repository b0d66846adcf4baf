"""English words as dictionaries have them: what is reported, and what is spoken where the voice would say quite another word.

The tables are made by ``python3 -m bench.english_words``: a line a word, its readings in IPA with the stress before the vowel; none where the
voice has it right. A word in neither of them is read by ``english_net``. They are opened at the first word; searching them costs some
microseconds.
"""

from __future__ import annotations

import lzma
import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from tts.reading import english_net

TABLES = tuple(Path(__file__).with_name(f"english_{name}.xz") for name in ("words", "rare"))
"""Of the CMU Pronouncing Dictionary, and of Gnuspeech's: words that the former has not. The second is GPL-3: who does not want to pass it on takes the file out."""
_PHONE = re.compile("[aeo][ɪʊ]|ɔɪ|[td]͡.|.")
_STRESS = re.compile("[ˈˌ]")
_WEAK = frozenset("əɪ")
"""The dictionary writes both for the weak vowel of "roses" and "rabbit", without a rule; the voice keeps them apart."""
_NEAR = str.maketrans({"ɔ": "ɑ", "ɪ": "ə", "ʌ": "ə", "i": "ə", "ɝ": "ɚ"})
"""What may differ without being another word."""


@lru_cache(maxsize=1)
def _tables() -> tuple[bytes, ...]:
    usual, rare = TABLES
    return tuple(lzma.decompress(path.read_bytes()) for path in ((usual, rare) if rare.exists() else (usual,)))


def readings(word: str) -> list[str] | None:
    """The readings of the first dictionary that has the word, with their stresses, the usual first; none where the voice has one of them.

    None for a word that no dictionary has.
    """
    wanted = word.lower().replace("’", "'").encode() + b"\t"
    return next((found for table in _tables() if (found := _found(table, wanted)) is not None), None)


def _found(table: bytes, wanted: bytes) -> list[str] | None:
    low, high = 0, len(table)
    while low < high:
        start = table.rfind(b"\n", low, (low + high) // 2) + 1 or low
        end = table.index(b"\n", start)
        if table.startswith(wanted, start):
            return table[start + len(wanted) : end].decode().split()
        low, high = (end + 1, high) if table[start:end] < wanted else (low, start)
    return None


def phones(reading: str) -> list[str]:
    """The sounds of an IPA reading without stress: diphthongs and affricates are one."""
    return _PHONE.findall(_STRESS.sub("", reading))


def reported(word: str, voiced: str) -> str:
    """The reading in broad IPA: of the dictionary's the nearest to the voice's, with the voice's weak vowels; else the network's; else the voice's own."""
    against = _against(word, voiced)
    if against is None:
        return _STRESS.sub("", voiced)
    heard = phones(voiced)
    said = [(sound, i > 0 and against[i - 1] in "ˈˌ") for i, sound in _placed(against)]
    pairs = dict(_aligned([sound for sound, _ in said], heard))
    return "".join(
        heard[pairs[at]] if sound in _WEAK and not stressed and at in pairs and heard[pairs[at]] in _WEAK else sound
        for at, (sound, stressed) in enumerate(said)
    )


def spoken(word: str, voiced: str) -> str | None:
    """A reading with its stress for the voice to say instead of its own; None where the two could be taken for one."""
    against = _against(word, voiced)
    if against is None:
        return None
    wanted, heard = phones(against.translate(_NEAR)), phones(voiced.translate(_NEAR))
    apart = distance(wanted, heard)
    return against if apart >= 2 and 4 * apart >= len(wanted) else None


@lru_cache(maxsize=4096)
def _against(word: str, voiced: str) -> str | None:
    """What stands against the voice's reading (IPA with stress)."""
    found = readings(word)
    if found is None:
        return english_net.net().reading(word, voiced) if english_net.readable(word) else None
    heard = phones(voiced)
    return min(found, key=lambda each: distance(phones(each), heard), default=None)


def distance(one: Sequence[str], other: Sequence[str]) -> int:
    """Levenshtein's, of two readings in sounds."""
    return _costs(one, other)[-1][-1]


def _placed(reading: str) -> list[tuple[int, str]]:
    return [(found.start(), found.group()) for found in _PHONE.finditer(reading) if found.group() not in "ˈˌ"]


def _costs(one: Sequence[str], other: Sequence[str]) -> list[list[int]]:
    """Levenshtein's table."""
    table = [list(range(len(other) + 1))]
    for row, sound in enumerate(one, 1):
        before, now = table[-1], [row]
        for column, heard in enumerate(other, 1):
            now.append(min(before[column] + 1, now[-1] + 1, before[column - 1] + (sound != heard)))
        table.append(now)
    return table


def _aligned(one: Sequence[str], other: Sequence[str]) -> list[tuple[int, int]]:
    """Places of sounds that stand for each other."""
    table, pairs = _costs(one, other), []
    row, column = len(one), len(other)
    while row and column:
        if table[row][column] == table[row - 1][column - 1] + (one[row - 1] != other[column - 1]):
            row, column = row - 1, column - 1
            pairs.append((row, column))
        elif table[row][column] == table[row - 1][column] + 1:
            row -= 1
        else:
            column -= 1
    return pairs
