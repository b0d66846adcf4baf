"""What is said becomes syllables: one front end per dialect, and the one door to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import NamedTuple

from tts.dialects import dialect
from tts.engines import EngineError, Utterance
from tts.reading import cantonese, english, hakka, mandarin, tibetan, uyghur
from tts.reading.given import tidied
from tts.reading.lexicon import Lexicon
from tts.reading.marks import Segment, segments
from tts.reading.mixed import CHINESE, Given, Speech, is_han, stretches
from tts.reading.sound import Sound
from tts.spoken import Piece, joined, places, say

__all__ = ["Lexicon", "Mark", "Reading", "check", "read_sentence"]

_FRONT_ENDS: dict[str, ModuleType] = {"cmn": mandarin, "yue": cantonese, "hak": hakka, "bo": tibetan, "ug": uyghur, "en": english}
_OTHERS = tuple(code for code in ("bo", "ug") if code in _FRONT_ENDS)


class Mark(NamedTuple):
    """How one character, or one word of letters, is read. ``at`` is its place in the input; of a rewritten number, where that begins.

    ``said`` is its place in the spoken form.
    """

    at: int
    text: str
    reading: str
    doubtful: bool
    said: int = 0


@dataclass(frozen=True)
class Reading:
    """One sentence, ready for the engine. ``spoken`` is what is said, in words; ``unknown`` what nobody could read, with its place.

    ``unread`` are those of them that stand in the spoken form, with their place there; malformed marks do not.
    """

    spoken: str
    utterances: tuple[Utterance, ...]
    marks: tuple[Mark, ...]
    unknown: tuple[tuple[int, str], ...]
    unread: tuple[tuple[int, str], ...] = ()


def front_end(code: str) -> ModuleType:
    """The module that reads a dialect.

    Raises EngineError(permanent) when no voice speaks it.
    """
    row = dialect(code)
    if not row.speaks or code not in _FRONT_ENDS:
        raise EngineError(row.no_voice_reason or f"no front end reads {row.english}", permanent=True)
    return _FRONT_ENDS[code]


def check(code: str, text: str, reading: str) -> bool:
    """Whether ``reading`` can be given for ``text`` in the dialect: one syllable a character, or one sound for a word of letters."""
    sounds: list[str] | None = front_end(code).given_phonemes(reading)
    return sounds is not None and (len(sounds) == len(text) or not all(is_han(char) for char in text))


def _accepted(code: str, text: str, reading: str) -> str | None:
    """A reading that somebody typed, in the station's spelling; None when the dialect knows no such reading."""
    said = tidied(code, reading)
    return said if check(code, text, said) else None


def read_sentence(code: str, sentence: str, lexicon: Lexicon | None = None) -> Reading:
    """How ``sentence`` is read in the dialect: inline marks win, then the lexicon, then the dictionaries.

    Raises EngineError(permanent) when no voice speaks the dialect yet.
    """
    front_end(code)
    parts = list(segments(sentence, lambda text, reading: _accepted(code, text, reading)))
    named = [each for part in parts for each in _figured(part, code, lexicon)] if lexicon else parts
    pieces, given = _said([part for part in named if part.text], code)
    text, place = joined(pieces), places(pieces)
    for start, end, reading in lexicon.find(text) if lexicon else ():
        if not any(start < there[0] and at < end for at, there in given.items()) and check(code, text[start:end], reading):
            given[start] = (end, reading)
    marks: list[Mark] = []
    unknown = [part.malformed for part in parts if part.malformed]
    unread: list[tuple[int, str]] = []
    speech = Speech()
    for stretch in stretches(text, lambda char: _owner(char, code), code, given):
        if stretch.kind in ("pause", "long"):
            speech.pause(stretch.kind, stretch.text)
        elif stretch.kind == "unknown":
            unread.append((stretch.at, stretch.text))
        else:
            sounds = _read(stretch.kind, stretch.text, stretch.at, text, given)
            speech.sounds(_FRONT_ENDS[stretch.kind].VOICE, sounds)
            for sound in sounds:
                said = stretch.at + sound.at
                if sound.reading is None:
                    unread.append((said, sound.text))
                elif sound.reading:
                    marks.append(Mark(place[said], sound.text, sound.reading, sound.doubtful, said))
    unknown += [(place[said], characters) for said, characters in unread]
    return Reading(text, speech.utterances(), tuple(marks), tuple(sorted(unknown)), tuple(unread))


def _figured(part: Segment, code: str, lexicon: Lexicon) -> Iterator[Segment]:
    """The part, cut at the names with figures in them that the lexicon knows."""
    at = 0
    for start, end, reading in lexicon.find_figured(part.text) if part.reading is None else ():
        if check(code, part.text[start:end], reading):
            yield Segment(part.start + at, part.text[at:start])
            yield Segment(part.start + start, part.text[start:end], reading)
            at = end
    yield Segment(part.start + at, part.text[at:], part.reading, part.malformed)


def _said(parts: list[Segment], code: str) -> tuple[list[Piece], dict[int, tuple[int, str]]]:
    """The spoken form of every segment, with its places in the input, and the readings that marks give in it."""
    pieces: list[Piece] = []
    given: dict[int, tuple[int, str]] = {}
    length = 0
    for part in parts:
        found = [Piece(0, len(part.text), part.text)] if part.reading else say(part.text, code)
        if part.reading:
            given[length] = (length + len(part.text), part.reading)
        pieces += [Piece(part.start + piece.start, part.start + piece.end, piece.text) for piece in found]
        length += sum(len(piece.text) for piece in found)
    return pieces, given


def _owner(char: str, code: str) -> str | None:
    """The dialect whose front end reads the character: its own for the Chinese ones, Mandarin for characters in other tongues."""
    if is_han(char):
        return code if code in CHINESE else "cmn"
    if english.owns(char):
        return "en"
    return next((other for other in _OTHERS if _FRONT_ENDS[other].owns(char)), None)


def _read(kind: str, run: str, start: int, text: str, given: Given) -> list[Sound]:
    """The sounds of one run, with the readings given for words in it."""
    here = {at - start: (end - start, reading) for at, (end, reading) in given.items() if start <= at < start + len(run)}
    module = _FRONT_ENDS[kind]
    if kind in CHINESE:
        found: list[Sound] = module.read_run(run, here, text, start)
        return found
    return list(_around(module, run, here))


def _around(module: ModuleType, run: str, given: Given) -> Iterator[Sound]:
    """Words whose reading was given, and what stands between them."""
    at = 0
    for start, (end, reading) in [*sorted(given.items()), (len(run), (len(run), ""))]:
        if at < start:
            for sound in module.read_run(run[at:start]):
                yield Sound(at + sound.at, sound.text, sound.reading, sound.phonemes, sound.starts_word, sound.doubtful)
        if start < end:
            yield Sound(start, run[start:end], reading, " ".join(module.given_phonemes(reading)))
        at = end
