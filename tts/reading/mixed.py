"""A sentence of several scripts: each stretch goes to the front end of its script, punctuation becomes pauses."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from tts.engines import Utterance
from tts.reading.sound import Sound

# What a reader passes over in silence, or marks with a pause only: punctuation, spaces, controls, marks, modifiers, plain signs.
_SILENT = ("P", "Z", "C", "Mn", "Sk", "Sm", "Sc")
_LONG = "。！？!?.…།༎༏༐༑༔۔؟"
_SHORT = "，、；：,;:—～~\n،؛"
_PAUSE_MS = {"pause": 250, "long": 400}
_JOINERS = {"en": " '’-/&@._+", "bo": " ", "ug": " -'’"}
"""Between two letters of one script these do not end the stretch."""
CHINESE = ("cmn", "yue", "hak")

Given = Mapping[int, tuple[int, str]]
"""Readings that a person gave: where a word begins -> where it ends, and its reading."""


@dataclass(frozen=True)
class Stretch:
    """A part of a sentence for one reader. ``kind``: the code of a front end, or pause, long, unknown."""

    kind: str
    at: int
    text: str


def is_han(char: str) -> bool:
    """Whether it is a Chinese character, with the round zero."""
    code = ord(char)
    return 0x4E00 <= code <= 0x9FFF or 0x3400 <= code <= 0x4DBF or code == 0x3007 or 0xF900 <= code <= 0xFAFF or 0x20000 <= code <= 0x323AF


def stretches(text: str, owner: Callable[[str], str | None], code: str, given: Given) -> Iterator[Stretch]:
    """The sentence cut by script; silent signs vanish, the rest that has no reader is named ``unknown``.

    A word whose reading was given belongs to the front end of the dialect, whatever its script.
    """
    mine = bytearray(len(text))
    for start, (end, _) in given.items():
        mine[start:end] = b"\1" * (end - start)
    owners = [code if mine[i] else owner(char) for i, char in enumerate(text)]
    at = 0
    while at < len(text):
        kind = owners[at]
        if kind is None:
            yield from _sign(at, text[at])
            at += 1
            continue
        end = at + 1
        while end < len(text):
            if owners[end] == kind:
                end += 1
            elif text[end] in _JOINERS.get(kind, "") and end + 1 < len(text) and owners[end + 1] == kind:
                end += 2
            else:
                break
        yield Stretch(kind, at, text[at:end])
        at = end


def _sign(at: int, char: str) -> Iterator[Stretch]:
    if char in _LONG:
        yield Stretch("long", at, char)
    elif char in _SHORT:
        yield Stretch("pause", at, char)
    elif not unicodedata.category(char).startswith(_SILENT):
        yield Stretch("unknown", at, char)


# They read text, and a word given in phonemes stands among it: a question stays one.
_TEXT_VOICES = frozenset({"en-us", "ug"})


class Speech:
    """Utterances in the making: a new one begins where the voice changes."""

    def __init__(self) -> None:
        self._done: list[Utterance] = []
        self._voice = ""
        self._parts: list[str] = []
        self._phonemes = False
        self._pause = ""

    def sounds(self, voice: str, sounds: Sequence[Sound]) -> None:
        """Phonemes stand in [[ ]]; a sound without any is plain text for the voice."""
        if voice != self._voice:
            self._close()
            self._voice = voice
        words: list[str] = []
        for sound in sounds:
            if sound.reading is None:
                continue
            if not sound.phonemes:
                self._phoneme_words(words)
                self._parts.append(f" {sound.text}" if sound.starts_word else sound.text)
            elif sound.starts_word or not words:
                words.append(sound.phonemes)
            else:
                words[-1] += f"|{sound.phonemes}"
            self._pause = ""
        self._phoneme_words(words)

    def _phoneme_words(self, words: list[str]) -> None:
        if words:
            self._parts.append(f" [[{' '.join(words)}]]")
            self._phonemes = True
            words.clear()

    def pause(self, kind: str, sign: str) -> None:
        """A sign of punctuation: the voice's own where it reads plain text, a comma or a full stop among phonemes."""
        if not self._parts:
            return
        if not self._pause:
            plain = (not self._phonemes or self._voice in _TEXT_VOICES) and sign in ".,;:?!،؛؟"
            self._parts.append(sign if plain else "," if kind == "pause" else ".")
        if kind == "long" or not self._pause:
            self._pause = kind

    def _close(self) -> None:
        text = "".join(self._parts).strip()
        if text:
            self._done.append(Utterance(self._voice, text, phonemes=self._phonemes, pause_ms=_PAUSE_MS.get(self._pause, 0)))
        self._parts, self._phonemes, self._pause = [], False, ""

    def utterances(self) -> tuple[Utterance, ...]:
        """All of them; nothing follows the last, so it has no pause."""
        self._close()
        if self._done:
            self._done[-1] = replace(self._done[-1], pause_ms=0)
        return tuple(self._done)
