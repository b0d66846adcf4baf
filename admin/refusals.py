"""What the rooms refuse, in the language of the page: the rooms speak English (commands and machines read it), the pages know each sentence of theirs.

A sentence is found by its fixed words; what stands between them (names, numbers, another sentence) is taken over.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from admin import words as page_words
from admin.refusal_words import SENTENCES
from admin.tongue import _, get_locale
from tts.dialects import DIALECTS

PLACE = re.compile(r"%\((\w+)\)s")
# How the rooms quote what somebody has written: repr.
QUOTED = re.compile(r"\A'(.*)'\Z", re.DOTALL)

# Characters; what is longer was not written by a room for a reader.
LONGEST = 2_000
# A sentence in a sentence in a sentence, and no further.
DEEP = 3


@lru_cache(maxsize=1)
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """Each sentence as a pattern, those with the most fixed words first."""
    fixed = sorted((each for each in SENTENCES), key=lambda each: -len(PLACE.sub("", each)))
    return [(re.compile(_pattern(each) + r"\Z", re.DOTALL), each) for each in fixed]


def _pattern(sentence: str) -> str:
    parts = PLACE.split(sentence)
    return "".join(re.escape(part) if number % 2 == 0 else f"(?P<{part}>.+?)" for number, part in enumerate(parts))


def told(said: object) -> str:
    """A refusal as the reader of this page understands it; a sentence that is not known is given as it is."""
    words = str(said)
    if str(get_locale()).startswith("en") or len(words) > LONGEST:
        return words
    return _in_tongue(words, DEEP)


def _in_tongue(said: str, deep: int) -> str:
    """The sentence, or the several of a list, with what stands in its places told in the same way; a place that is quoted gets the quotation marks of the page."""
    for several, joint in (("; ", "；"), (", ", "、")):
        parts = said.split(several)
        known = [_name(part) if several == ", " else _sentence(part, deep) for part in parts]
        if None not in known:
            return joint.join(str(each) for each in known)
    return _sentence(said, deep) or QUOTED.sub(r"“\1”", said)


def _sentence(said: str, deep: int) -> str | None:
    for pattern, sentence in _patterns():
        found = pattern.match(said)
        if found is not None:
            return _(sentence, **{name: _in_tongue(value, deep - 1) if deep else value for name, value in found.groupdict().items()})
    return None


def _name(code: str) -> str | None:
    """What the pages call a kind, a level, a role, a state or a dialect that a sentence names by its code or in English."""
    if (tongue := _tongues().get(code)) is not None:
        return tongue
    found = _codes().get(code)
    return None if found is None else str(found)


@lru_cache(maxsize=1)
def _codes() -> dict[str, Any]:
    states = {code: name for code, (name, _tone) in page_words.STATE_NAMES.items()}
    return states | page_words.KIND_NAMES | page_words.SEVERITY_NAMES | page_words.LEVEL_NAMES | page_words.ROLE_NAMES | page_words.ACT_NAMES | page_words.SCHEDULE_NAMES


@lru_cache(maxsize=1)
def _tongues() -> dict[str, str]:
    return {row.english: row.chinese for row in DIALECTS.values()}
