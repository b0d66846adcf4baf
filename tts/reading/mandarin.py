"""Mandarin: characters -> pinyin -> tone sandhi -> the phonemes of espeak-ng's cmn voice.

Who is asked, in this order: a person (inline marks, lexicon); surnames where a name stands; our own words and places; the phrase
dictionary of pypinyin, unless the g2pM network, which looks at the whole sentence, is sure of another reading; the network alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache, lru_cache
from typing import NamedTuple

from tts.reading import pinyin
from tts.reading.contexts import by_context
from tts.reading.phrases import cut, is_word, phrase, trusted
from tts.reading.polyphones import Belief, beliefs, network
from tts.reading.rare import PINYIN
from tts.reading.sandhi import Syllable, sandhi
from tts.reading.sound import Sound
from tts.reading.surnames import surname_at

VOICE = "cmn"

_SURE = 0.9999
"""With more than this share the network wins over a dictionary word of two characters."""
_DOUBTFUL = 0.9
"""A reading the network believes in less is marked for a person to look at."""
_PLAIN = {"一": "yi1", "不": "bu4", "儿": "er2", "〇": "ling2", "幺": "yao1"}
"""These are read one way in the dictionary; what they become in speech is the matter of sandhi."""


class Part(NamedTuple):
    """A reading that stands at ``at`` of the run, in word number ``word``; several syllables where a word of letters was given one."""

    at: int
    word: int
    reading: str
    doubtful: bool = False


@cache
def _converter() -> Callable[[str], str]:
    from opencc import OpenCC

    convert: Callable[[str], str] = OpenCC("t2s").convert
    return convert


@lru_cache(maxsize=16)
def _simplified(text: str) -> str:
    """Traditional characters as simplified ones, which is what the dictionaries hold; one for one, so that places stay."""
    text = text.replace("閤", "阁")  # as a door; elsewhere it is written 合
    found = _converter()(text)
    return found if len(found) == len(text) else "".join(_converter()(char)[:1] or char for char in text)


def warm() -> None:
    """Load the dictionaries and the network now rather than in the first sentence."""
    is_word("")
    network()
    _converter()


@cache
def _single(char: str) -> str:
    """The commonest reading of a character by itself; ``?`` where no dictionary has one."""
    return _PLAIN.get(char) or PINYIN.get(char) or phrase(char)[0]


def owns(char: str) -> bool:
    """Characters are shared with the other Chinese tongues; see ``is_han``."""
    from tts.reading.mixed import is_han

    return is_han(char)


def given_phonemes(reading: str) -> list[str] | None:
    """``shan4 jia1`` in the voice's phonemes; None when it is no pinyin with tone digits."""
    found = [pinyin.parsed(one) for one in reading.split()]
    sounds = [pinyin.phonemes(*one) for one in found if one is not None]
    return [sound for sound in sounds if sound is not None] if len(sounds) == len(found) > 0 else None


def read_run(run: str, given: Mapping[int, tuple[int, str]] | None = None, whole: str = "", at: int = 0) -> list[Sound]:
    """A run of characters as sounds; ``whole`` is the sentence around it, in which it stands at ``at``."""
    if not whole:
        whole, at = run, 0
    if len(whole) == 1 and run in PINYIN:  # 乾 by itself is no 干
        return list(_sounds(run, [Part(0, 0, PINYIN[run])]))
    sentence = _simplified(whole)
    return list(_sounds(run, list(_parts(sentence[at : at + len(run)], given or {}, sentence, at))))


def _parts(run: str, given: Mapping[int, tuple[int, str]], sentence: str, at: int) -> Iterator[Part]:
    """Every character's reading: given ones as they are, the rest from the dictionaries."""
    if not given and len(sentence) == 1:
        yield Part(0, 0, _single(run), run in network().polyphones)
        return
    believed = beliefs(sentence)
    ruled = by_context(sentence)
    done = number = 0
    for start, (end, reading) in [*sorted(given.items()), (len(run), (len(run), ""))]:
        names = dict(_names(run, done, start, sentence, at))
        for word in cut(run[done:start], believed, at + done):
            number += 1
            for place, (syllable, doubtful) in enumerate(_word(word, believed, ruled, at + done), done):
                name = names.get(place)
                yield Part(place, number, name or syllable, doubtful and not name)
            done += len(word)
        if start < end:
            number += 1
            syllables = reading.split()
            if len(syllables) == end - start:
                yield from (Part(start + i, number, syllable) for i, syllable in enumerate(syllables))
            else:
                yield Part(start, number, reading)
            done = end


def _names(run: str, start: int, end: int, sentence: str, at: int) -> Iterator[tuple[int, str]]:
    """The places of surnames in a part of the run, with their readings."""
    for place in range(start, end):
        found = surname_at(sentence, at + place, is_word)
        if found:
            yield from ((place + i, syllable) for i, syllable in enumerate(found) if place + i < end)


def _word(word: str, believed: Mapping[int, Belief], ruled: Mapping[int, str], at: int) -> Iterator[tuple[str, bool]]:
    """The reading of each character of a word that stands at ``at`` of the sentence, and whether it is doubtful."""
    if word in trusted():
        yield from ((syllable, False) for syllable in trusted()[word])
        return
    known = phrase(word) if len(word) > 1 else (_single(word),)
    for place, (char, listed) in enumerate(zip(word, known, strict=True), at):
        belief = believed.get(place)
        if place in ruled:
            yield ruled[place], False
        elif belief is None or char in _PLAIN:
            yield listed, False
        elif len(word) == 1:
            yield belief.best, belief.sure < _DOUBTFUL
        elif len(word) == 2 and belief.sure > _SURE and belief.best[:-1] + "5" != listed:
            yield belief.best, belief.best != listed
        else:
            yield listed, False


def _sounds(run: str, parts: list[Part]) -> Iterator[Sound]:
    """The parts with their phonemes after sandhi."""
    syllables = [[pinyin.parsed(one) for one in part.reading.split()] for part in parts]
    said = [
        Syllable(run[part.at] if len(heard) == 1 else "", *one, part.word)
        for part, heard in zip(parts, syllables, strict=True)
        for one in heard
        if one is not None
    ]
    after = iter(sandhi(said))
    before = -1
    ends = [part.at for part in parts[1:]] + [len(run)]
    for part, heard, end in zip(parts, syllables, ends, strict=True):
        text = run[part.at : end]
        if None in heard or not heard:
            yield Sound(part.at, text, None)
            continue
        spoken = [next(after) for _ in heard]
        sounds = [_spoken(each) for each in spoken]
        reading = " ".join(f"{one[0]}{one[1]}" for one in heard if one is not None)
        begins = part.word != before and not spoken[0].melted
        yield Sound(part.at, text, reading, "|".join(sounds), starts_word=begins, doubtful=part.doubtful)
        before = part.word


def _spoken(syllable: Syllable) -> str:
    if syllable.melted:
        return pinyin.RHOTIC
    return pinyin.phonemes(syllable.sound, syllable.tone, rhotic=syllable.rhotic) or ""
