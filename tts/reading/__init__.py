"""What is said becomes syllables: one front end per dialect, and the one door to them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from tts.dialects import dialect
from tts.engines import EngineError, Utterance
from tts.spoken import spoken

_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_LETTER = r"A-Za-z\u00c0-\u024f0-9"
_STRETCH = re.compile(rf"(?P<han>[{_HAN}]+)|(?P<latin>[{_LETTER}][{_LETTER}'’.&@/ -]*)|(?P<other>.)", re.S)
# What a reader passes over in silence, or marks with a pause only: punctuation, spaces, controls, marks, modifiers, plain signs.
_SILENT = ("P", "Z", "C", "Mn", "Sk", "Sm", "Sc")
_LONG = "。！？!?.…"
_SHORT = "，、；：,;:—～~\n"


@dataclass(frozen=True)
class Reading:
    """One sentence, ready for the engine. ``spoken`` is what is said, in words; ``unknown`` the characters nobody could read."""

    spoken: str
    utterances: tuple[Utterance, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True)
class Stretch:
    """A part of a sentence in one script. ``kind``: han, latin, pause, long or unknown."""

    kind: str
    text: str


def stretches(text: str) -> Iterator[Stretch]:
    """The sentence cut by script; silent signs vanish, the rest that has no reader is named ``unknown``."""
    for found in _STRETCH.finditer(text):
        kind, part = str(found.lastgroup), found.group()
        if kind == "latin":
            yield from _latin(part)
        elif kind == "han":
            yield Stretch(kind, part)
        elif part in _LONG:
            yield Stretch("long", part)
        elif part in _SHORT:
            yield Stretch("pause", part)
        elif not unicodedata.category(part).startswith(_SILENT):
            yield Stretch("unknown", part)


def _latin(part: str) -> Iterator[Stretch]:
    words = part.rstrip(" -/.&@'’")
    yield Stretch("latin", words)
    if "." in part[len(words) :]:
        yield Stretch("long", ".")


def read_sentence(code: str, sentence: str) -> Reading:
    """How ``sentence`` is read in the dialect.

    Raises EngineError(permanent) when no voice speaks the dialect yet.
    """
    from tts.reading import cantonese, english, mandarin

    row = dialect(code)
    readers = {"cmn": mandarin.read, "yue": cantonese.read, "en": english.read}
    if code not in readers:
        raise EngineError(row.no_voice_reason or f"no front end reads {row.english}", permanent=True)
    said = spoken(sentence, code)
    utterances, unknown = readers[code](said)
    return Reading(said, tuple(utterances), tuple(dict.fromkeys(unknown)))
