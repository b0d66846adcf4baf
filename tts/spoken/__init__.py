"""A text becomes what is said: sentences with their places, and numbers, dates, times, money and telephones in words.

One module per written language, each with its house rules (``docs/spoken-form.md``); none lets a digit through to an engine.
"""

from __future__ import annotations

from tts.spoken import chinese, english, tibetan, uyghur
from tts.spoken.piece import Piece, joined, places
from tts.spoken.sentences import Sentence, sentences

__all__ = ["Piece", "Sentence", "joined", "places", "say", "sentences", "spoken"]


_OWN = {"en": english.say, "bo": tibetan.say, "ug": uyghur.say}


def say(text: str, dialect: str) -> list[Piece]:
    """The pieces of ``text``, in order and without a gap, beside what is said for each in ``dialect``."""
    if own := _OWN.get(dialect):
        return own(text)
    return chinese.say(text, dialect)


def spoken(text: str, dialect: str) -> str:
    """What is said for ``text`` in ``dialect``."""
    return joined(say(text, dialect))
