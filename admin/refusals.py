"""What the rooms refuse, in the language of the page: the rooms speak English (commands and machines read it), the pages know each sentence of theirs.

A sentence is found by its fixed words; what stands between them (names, numbers, another sentence) is taken over.
"""

from __future__ import annotations

import re
from functools import lru_cache

from admin.refusal_words import SENTENCES
from admin.tongue import _, get_locale

PLACE = re.compile(r"%\((\w+)\)s")


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
    if str(get_locale()).startswith("en"):
        return words
    return _in_tongue(words, 3)


def _in_tongue(words: str, deep: int) -> str:
    for pattern, sentence in _patterns():
        found = pattern.match(words)
        if found is not None:
            return _(sentence, **{name: _in_tongue(value, deep - 1) if deep else value for name, value in found.groupdict().items()})
    return words
