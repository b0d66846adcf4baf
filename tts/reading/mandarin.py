"""Mandarin: characters -> pinyin -> tone sandhi -> the phonemes of espeak-ng's cmn voice.

Readings come from pypinyin's phrase dictionary; single characters with several readings go to g2pM, which looks at the whole
sentence.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

from tts.reading import pinyin
from tts.reading.sandhi import Syllable, sandhi
from tts.reading.sound import Sound

VOICE = "cmn"

# Readings of notices in which the dictionary or the model errs: the station's own list, tried first.
OWN_WORDS = {
    "长大": ("zhang3", "da4"), "行长": ("hang2", "zhang3"), "村长": ("cun1", "zhang3"), "校长": ("xiao4", "zhang3"),
    "降雨": ("jiang4", "yu3"), "为了": ("wei4", "le5"), "还要": ("hai2", "yao4"), "还有": ("hai2", "you3"),
    "到了": ("dao4", "le5"), "大家": ("da4", "jia1"), "调研": ("diao4", "yan2"), "种地": ("zhong4", "di4"),
    "播种": ("bo1", "zhong3"), "玉米种": ("yu4", "mi3", "zhong3"), "重新": ("chong2", "xin1"), "幺": ("yao1",),
}  # fmt: skip


@cache
def _books() -> tuple[Any, Any, Any]:
    """The known words, the beginnings of known words, and the sentence model, loaded at first use (0.4 s)."""
    from g2pM import G2pM
    from pypinyin.constants import PHRASES_DICT

    words = {word for word in PHRASES_DICT if len(word) > 1} | OWN_WORDS.keys()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # g2pM leaves its four files to the garbage collector
        model = G2pM()
    return words, {word[:i] for word in words for i in range(1, len(word))}, model


@cache
def _to_simplified() -> Callable[[str], str]:
    """Traditional characters as simplified ones, which is what the dictionaries hold; one for one, so that places stay."""
    from opencc import OpenCC

    convert: Callable[[str], str] = OpenCC("t2s").convert

    def one_for_one(text: str) -> str:
        found = convert(text)
        return found if len(found) == len(text) else "".join(convert(char)[:1] or char for char in text)

    return one_for_one


@lru_cache(maxsize=8)
def _modelled(sentence: str) -> Sequence[str]:
    """What g2pM makes of each character of the sentence."""
    found: Sequence[str] = _books()[2](sentence, char_split=True)
    return found


def cut(run: str) -> Iterator[str]:
    """The words of a run: the longest the dictionary knows at each place, else one character."""
    words, beginnings, _ = _books()
    at = 0
    while at < len(run):
        longest, end = at + 1, at + 1
        while end < len(run) and run[at:end] in beginnings:
            end += 1
            if run[at:end] in words:
                longest = end
        yield run[at:longest]
        at = longest


def warm() -> None:
    """Load the dictionaries now rather than in the first sentence."""
    _books()


def _phrase(word: str) -> Sequence[str] | None:
    from pypinyin import Style, lazy_pinyin

    if word in OWN_WORDS:
        return OWN_WORDS[word]
    if len(word) > 1:
        return lazy_pinyin(word, style=Style.TONE3, neutral_tone_with_five=True, errors=lambda _: "?")
    return None


@cache
def _single(char: str) -> str:
    from pypinyin import Style, lazy_pinyin

    return lazy_pinyin(char, style=Style.TONE3, neutral_tone_with_five=True, errors=lambda _: "?")[0]


def _readings(word: str, whole: str, at: int) -> list[str]:
    """A reading for each character of the word that stands at ``at`` in the whole sentence."""
    found = _phrase(word)
    if found is None:
        found = [_single(char) for char in word]
        if any(_is_polyphone(char) for char in word):
            modelled = _modelled(whole)
            found = [_choose(char, modelled[at + i], found[i]) for i, char in enumerate(word)]
    return list(found)


def _is_polyphone(char: str) -> bool:
    return len(_books()[2].cedict.get(char, ())) > 1


def _choose(char: str, modelled: str, plain: str) -> str:
    if char in "一不儿" or not _is_polyphone(char) or not modelled[-1:].isdigit():
        return plain
    return modelled


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
    plain = _to_simplified()(run)
    whole = (whole[:at] + plain + whole[at + len(run) :]) if whole else plain
    parts: list[tuple[int, int, str]] = []
    for number, (start, word, readings) in enumerate(_words(plain, given or {}, whole, at)):
        if len(readings) == len(word):
            parts += [(start + i, number, reading) for i, reading in enumerate(readings)]
        else:
            parts.append((start, number, " ".join(readings)))
    return list(_sounds(run, parts))


def _words(run: str, given: Mapping[int, tuple[int, str]], whole: str, at: int) -> Iterator[tuple[int, str, list[str]]]:
    """(place, word, its readings): given ones as they are, the rest from the dictionaries."""
    done = 0
    for start, (end, reading) in [*sorted(given.items()), (len(run), (len(run), ""))]:
        for word in cut(run[done:start]):
            yield done, word, _readings(word, whole, at + done)
            done += len(word)
        if start < end:
            yield start, run[start:end], reading.split()
            done = end


def _sounds(run: str, parts: list[tuple[int, int, str]]) -> Iterator[Sound]:
    """The parts with their phonemes after sandhi; a part has several syllables where a word of letters was given a reading."""
    syllables = [[pinyin.parsed(one) for one in reading.split()] for _, _, reading in parts]
    said = [
        Syllable(run[start] if len(heard) == 1 else "", *one, number)
        for (start, number, _), heard in zip(parts, syllables, strict=True)
        for one in heard
        if one is not None
    ]
    after = iter(sandhi(said))
    before = -1
    ends = [start for start, _, _ in parts[1:]] + [len(run)]
    for (start, number, _), heard, end in zip(parts, syllables, ends, strict=True):
        text = run[start:end]
        if None in heard or not heard:
            yield Sound(start, text, None)
            continue
        sounds = [pinyin.phonemes(s.sound, s.tone) or "" for s in (next(after) for _ in heard)]
        reading = " ".join(f"{one[0]}{one[1]}" for one in heard if one is not None)
        yield Sound(start, text, reading, "|".join(sounds), starts_word=number != before)
        before = number
