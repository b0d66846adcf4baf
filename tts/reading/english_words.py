"""English words that the voice would say otherwise than the CMU Pronouncing Dictionary: which of the two is reported, which is spoken.

The table is made by ``python3 -m bench.english_words``: a line a word, its readings in IPA with the stress before the vowel. Words on
which voice and dictionary agree are not in it. It is opened at the first word; searching it costs some microseconds.
"""

from __future__ import annotations

import lzma
import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

TABLE = Path(__file__).with_name("english_words.xz")
_PHONE = re.compile("[aeo][ɪʊ]|ɔɪ|[td]͡.|.")
_STRESS = re.compile("[ˈˌ]")
_WEAK = frozenset("əɪ")
"""The dictionary writes both for the weak vowel of "roses" and "rabbit", without a rule; the voice keeps them apart."""
_NEAR = str.maketrans({"ɔ": "ɑ", "ɪ": "ə", "ʌ": "ə", "i": "ə", "ɝ": "ɚ"})
"""What may differ without being another word."""


@lru_cache(maxsize=1)
def _rows() -> list[bytes]:
    return lzma.decompress(TABLE.read_bytes()).splitlines()


def readings(word: str) -> list[str]:
    """The dictionary's readings with their stresses, the usual first; none where it has nothing against the voice."""
    rows, wanted = _rows(), word.lower().replace("’", "'").encode() + b"\t"
    at = bisect_left(rows, wanted)
    found = at < len(rows) and rows[at].startswith(wanted)
    return rows[at][len(wanted) :].decode().split(" ") if found else []


def phones(reading: str) -> list[str]:
    """The sounds of an IPA reading without stress: diphthongs and affricates are one."""
    return _PHONE.findall(_STRESS.sub("", reading))


def reported(word: str, voiced: str) -> str:
    """The reading in broad IPA: of the dictionary's the nearest to the voice's, with the voice's weak vowels; else the voice's own."""
    nearest = _nearest(word, voiced)
    if nearest is None:
        return voiced
    heard = phones(voiced)
    said = [(sound, i > 0 and nearest[i - 1] in "ˈˌ") for i, sound in _placed(nearest)]
    pairs = dict(_aligned([sound for sound, _ in said], heard))
    return "".join(
        heard[pairs[at]] if sound in _WEAK and not stressed and at in pairs and heard[pairs[at]] in _WEAK else sound
        for at, (sound, stressed) in enumerate(said)
    )


def spoken(word: str, voiced: str) -> str | None:
    """A reading with its stress for the voice to say instead of its own; None where the two could be taken for one."""
    nearest = _nearest(word, voiced)
    if nearest is None:
        return None
    wanted, heard = phones(nearest.translate(_NEAR)), phones(voiced.translate(_NEAR))
    apart = _costs(wanted, heard)[-1][-1]
    return nearest if apart >= 2 and 4 * apart >= len(wanted) else None


def _nearest(word: str, voiced: str) -> str | None:
    heard = phones(voiced)
    return min(readings(word), key=lambda each: _costs(phones(each), heard)[-1][-1], default=None)


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
