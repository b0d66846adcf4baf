"""The words a run of characters is made of: as few as possible, and where two ways are as short, the one the network believes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache

from tts.reading.places import PLACES
from tts.reading.polyphones import Belief
from tts.reading.surnames import PEOPLE
from tts.reading.words import THIRDS, WORDS

_ALONE = 1.25
"""What a character that is no word's part costs; a word costs 1, so that fewer and longer words win."""
_OWN = 0.9
"""A word of our own tables costs a little less than the dictionary's."""
_DISBELIEF = 0.1
_MOST = 0.9
"""What a word costs more for each unit of log belief that its reading lacks, and at most."""


_UNITS = {"县": "xian4", "市": "shi4", "区": "qu1"}
"""With what a place is one word: 相城区 is the district of 相城 and no 城区."""


@cache
def trusted() -> Mapping[str, tuple[str, ...]]:
    """Words whose reading stands whatever the network believes: the station's own list, places and known people."""
    units = {
        name + unit: (*syllables, reading)
        for name, syllables in PLACES.items()
        if name[-1] not in _UNITS
        for unit, reading in _UNITS.items()
    }
    return units | WORDS | PLACES | PEOPLE


@cache
def _known() -> tuple[frozenset[str], frozenset[str]]:
    """All known words of two characters and more, and the beginnings of them."""
    from pypinyin.constants import PHRASES_DICT

    words = frozenset(word for word in PHRASES_DICT if len(word) > 1) | {word for word in trusted() if len(word) > 1} | THIRDS
    return words, frozenset(word[:length] for word in words for length in range(1, len(word)))


def is_word(text: str) -> bool:
    """Whether the dictionaries know it as a word."""
    return text in _known()[0]


@lru_cache(maxsize=16384)
def phrase(word: str) -> tuple[str, ...]:
    """The dictionary's reading of a word, one syllable a character: ``lv4`` for lǜ, 5 for a neutral tone, ``?`` where it has none."""
    from pypinyin import Style, lazy_pinyin

    own = trusted().get(word)
    if own is not None:
        return own
    found: list[str] = lazy_pinyin(word, style=Style.TONE3, neutral_tone_with_five=True, errors=_unknown)  # type: ignore[arg-type]  # its stubs know one of the forms only
    return tuple(found)


def _unknown(signs: str) -> list[str]:
    return ["?"] * len(signs)


def cut(run: str, believed: Mapping[int, Belief], at: int = 0) -> Iterator[str]:
    """The words of a run that stands at ``at`` of the sentence of which something is ``believed``."""
    words, beginnings = _known()
    best = [0.0] + [math.inf] * len(run)
    came = [0] * (len(run) + 1)
    for start in range(len(run)):
        if best[start] + _ALONE < best[start + 1]:
            best[start + 1], came[start + 1] = best[start] + _ALONE, start
        end = start + 1
        while end < len(run) and run[start:end] in beginnings:
            end += 1
            if run[start:end] in words:
                cost = best[start] + _cost(run[start:end], believed, at + start)
                if cost < best[end]:
                    best[end], came[end] = cost, start
    yield from _back(run, came)


def _cost(word: str, believed: Mapping[int, Belief], at: int) -> float:
    doubt = _doubt(phrase(word), believed, at)
    return _OWN + min(doubt, _MOST / 2) if word in trusted() else 1 + doubt


def _back(run: str, came: Sequence[int]) -> list[str]:
    found: list[str] = []
    end = len(run)
    while end:
        found.append(run[came[end] : end])
        end = came[end]
    return found[::-1]


def _doubt(readings: Sequence[str], believed: Mapping[int, Belief], at: int) -> float:
    """How much a word costs because the network reads its characters otherwise here."""
    lacking = 0.0
    for place, reading in enumerate(readings, at):
        belief = believed.get(place)
        share = belief.in_(reading) if belief else None
        if share is not None:
            lacking += min(_MOST, -_DISBELIEF * math.log(max(share, 1e-9)))
    return min(_MOST, lacking)
