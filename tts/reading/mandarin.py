"""Mandarin: characters -> pinyin -> tone sandhi -> the phonemes of espeak-ng's cmn voice.

Readings come from pypinyin's phrase dictionary; single characters with several readings go to g2pM, which looks at the whole
sentence. The phoneme table is ours because the voice spells every -iong syllable and many rare characters in English.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from tts.engines import Utterance

VOICE = "cmn"

_INITIALS = {
    "b": "p", "p": "ph", "m": "m", "f": "f", "d": "t", "t": "th", "n": "n", "l": "l", "g": "k", "k": "kh", "h": "X",
    "j": "tS;", "q": "tS;h", "x": "S;", "zh": "ts.", "ch": "ts.h", "sh": "s.", "r": "z.", "z": "ts", "c": "tsh", "s": "s",
    "y": "j", "w": "w", "": "",
}  # fmt: skip
# final -> (glide before the stress mark, nucleus, coda); the tone stands between nucleus and coda
_FINALS = {
    "a": ("", "A", ""), "ai": ("", "ai", ""), "an": ("", "a", "n"), "ang": ("", "A", "N"), "ao": ("", "Au", ""),
    "e": ("", "o-", ""), "ei": ("", "ei", ""), "en": ("", "@", "n"), "eng": ("", "@", "N"), "er": ("", "@r", ""),
    "o": ("", "o", ""), "ong": ("", "ong", ""), "ou": ("", "ou", ""),
    "i": ("", "i", ""), "ia": ("", "iA", ""), "ian": ("", "iE", "n"), "iang": ("", "iA", "N"), "iao": ("j", "Au", ""),
    "ie": ("", "iE", ""), "in": ("", "i", "n"), "ing": ("", "i", "N"), "iong": ("j", "ong", ""), "iu": ("", "iou", ""),
    "u": ("", "u", ""), "ua": ("w", "A", ""), "uai": ("", "uai", ""), "uan": ("", "ua", "n"), "uang": ("w", "A", "N"),
    "ui": ("", "uei", ""), "un": ("", "u@", "n"), "uo": ("", "uo", ""),
    "v": ("", "y", ""), "van": ("", "y&", "n"), "ve": ("", "yE", ""), "vn": ("", "y@", "n"),
    "i.": ("", "i.", ""), "i[": ("", "i[", ""), "e5": ("", "@", ""), "io": ("", "io", ""),
}  # fmt: skip
# y- and w- syllables, spelled by their own rule: syllable -> (initial, final)
_ZERO = {
    "yi": ("y", "i"), "ya": ("y", "ia"), "yan": ("y", "ian"), "yang": ("y", "iang"), "yao": ("y", "ao"), "ye": ("y", "ie"),
    "yin": ("y", "in"), "ying": ("y", "ing"), "yong": ("y", "ong"), "you": ("y", "iu"), "yo": ("y", "o"), "yai": ("y", "ai"),
    "yu": ("y", "v"), "yuan": ("y", "van"), "yue": ("y", "ve"), "yun": ("y", "vn"),
    "wu": ("w", "u"), "wa": ("w", "a"), "wai": ("w", "ai"), "wan": ("w", "an"), "wang": ("w", "ang"), "wei": ("w", "ei"),
    "wen": ("w", "un"), "weng": ("w", "ueng"), "wo": ("w", "o"),
}  # fmt: skip
_FINALS["ueng"] = ("", "u@", "N")
# 21 is the half third tone: a third tone that is neither final nor before another third
_TONES = {"1": "55", "2": "35", "3": "214", "4": "51", "5": "11", "h": "21"}
_SYLLABLE = re.compile(r"(zh|ch|sh|[bpmfdtnlgkhjqxrzcs])?([a-z]+)([1-5])$")

_DIGITS = frozenset("零〇一二三四五六七八九十幺")
_YI1_BEFORE = frozenset("月号日")
# Readings of notices in which the dictionary or the model errs: the station's own list, tried first.
OWN_WORDS = {
    "长大": ("zhang3", "da4"), "行长": ("hang2", "zhang3"), "村长": ("cun1", "zhang3"), "校长": ("xiao4", "zhang3"),
    "降雨": ("jiang4", "yu3"), "为了": ("wei4", "le5"), "还要": ("hai2", "yao4"), "还有": ("hai2", "you3"),
    "到了": ("dao4", "le5"), "大家": ("da4", "jia1"), "调研": ("diao4", "yan2"), "种地": ("zhong4", "di4"),
    "播种": ("bo1", "zhong3"), "玉米种": ("yu4", "mi3", "zhong3"), "重新": ("chong2", "xin1"), "幺": ("yao1",),
}  # fmt: skip


@dataclass
class Syllable:
    """One character's reading. ``tone`` 1-5, or ``h`` for the half third tone after sandhi."""

    char: str
    sound: str
    tone: str
    word: int


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
    """Traditional characters as simplified ones, which is what the dictionaries hold."""
    from opencc import OpenCC

    convert: Callable[[str], str] = OpenCC("t2s").convert
    return convert


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


def _single(char: str) -> str:
    from pypinyin import Style, lazy_pinyin

    return lazy_pinyin(char, style=Style.TONE3, neutral_tone_with_five=True, errors=lambda _: "?")[0]


def syllables(run: str) -> tuple[list[Syllable], list[str]]:
    """The syllables of a run of characters before sandhi, and the characters that have no reading."""
    model = _books()[2]
    found: list[Syllable] = []
    unknown: list[str] = []
    in_context: Sequence[str] | None = None
    at = 0
    for number, word in enumerate(cut(run)):
        readings = _phrase(word)
        if readings is None:
            alone = [_single(char) for char in word]
            if any(_is_polyphone(char) for char in word):
                in_context = in_context or model(run, char_split=True)
                alone = [_choose(char, in_context[at + i], alone[i]) for i, char in enumerate(word)]
            readings = alone
        for char, reading in zip(word, readings, strict=True):
            parsed = re.fullmatch(r"([a-zü:ê]+)([1-5])", reading.replace("u:", "v").replace("ü", "v"))
            if parsed is None:
                unknown.append(char)
            else:
                found.append(Syllable(char, parsed.group(1), parsed.group(2), number))
        at += len(word)
    return found, unknown


def _is_polyphone(char: str) -> bool:
    return len(_books()[2].cedict.get(char, ())) > 1


def _choose(char: str, modelled: str, plain: str) -> str:
    if char in "一不儿" or not _is_polyphone(char) or not modelled[-1:].isdigit():
        return plain
    return modelled


def sandhi(said: list[Syllable]) -> list[Syllable]:
    """一 and 不 before the next tone, third tones in chains, the half third tone: in place, and returned."""
    for this, before, after in zip(said, [None, *said[:-1]], [*said[1:], None], strict=True):
        if this.char == "不" and after is not None and after.tone == "4":
            this.tone = "2"
        elif this.char == "一" and this.sound == "yi":
            this.tone = _tone_of_yi(this, before, after)
    third = [s.tone == "3" for s in said]
    last_of_word = [i + 1 == len(said) or said[i + 1].word != s.word for i, s in enumerate(said)]
    for i, this in enumerate(said[:-1]):
        if not third[i]:
            continue
        if not third[i + 1]:
            this.tone = "h"
        elif not last_of_word[i] or _alone(said, i) or _alone(said, i + 1):
            this.tone = "2"
        else:
            this.tone = "h"
    return said


def _alone(said: list[Syllable], i: int) -> bool:
    """Whether syllable i is a word of one syllable."""
    word = said[i].word
    return (i == 0 or said[i - 1].word != word) and (i + 1 == len(said) or said[i + 1].word != word)


def _tone_of_yi(this: Syllable, before: Syllable | None, after: Syllable | None) -> str:
    if after is None or (before is not None and (before.char in _DIGITS or before.char in "第初")):
        return "1"
    if after.char in _DIGITS or after.char in _YI1_BEFORE:
        return "1"
    if after.word != this.word and before is not None and before.word == this.word:
        return "1"  # the end of its word: 统一, 星期一
    return "2" if after.tone in "4" or (after.char in "个") else "4"


def phonemes(sound: str, tone: str) -> str | None:
    """One pinyin syllable (ü as v) in the voice's phonemes, tone 1-5 or h; None when it is no syllable."""
    if sound in ("er", "r"):
        initial, final = "", "er"
    elif sound in _ZERO:
        initial, final = _ZERO[sound]
    elif sound in ("m", "n", "ng", "hm", "hng"):
        initial, final = "", "en"
    else:
        parsed = _SYLLABLE.match(f"{sound}1")
        if parsed is None:
            return None
        initial, final = parsed.group(1) or "", parsed.group(2)
        if initial in ("j", "q", "x") and final.startswith("u"):
            final = "v" + final[1:]
        if final == "ue":
            final = "ve"
        if final == "i" and initial in ("zh", "ch", "sh", "r"):
            final = "i."
        elif final == "i" and initial in ("z", "c", "s"):
            final = "i["
        elif final == "e" and initial in ("d", "t", "l", "n", "m"):
            final = "e5"
    if final not in _FINALS:
        return None
    glide, nucleus, coda = _FINALS[final]
    stress = "" if tone == "5" else "'"
    return f"{_INITIALS[initial]}{glide}{stress}{nucleus}{_TONES[tone]}{coda}"


def run_to_phonemes(run: str) -> tuple[str, list[str]]:
    """A run of characters as phonemes, words parted by blanks, and what could not be read."""
    said, unknown = syllables(_to_simplified()(run))
    words: list[list[str]] = []
    number = -1
    for syllable in sandhi(said):
        sound = phonemes(syllable.sound, syllable.tone)
        if sound is None:
            unknown.append(syllable.char)
            continue
        if syllable.word != number:
            words.append([])
            number = syllable.word
        words[-1].append(sound)
    return " ".join("|".join(word) for word in words), unknown


def read(text: str) -> tuple[list[Utterance], list[str]]:
    """A sentence in its spoken form -> what the voice is given; Latin words stay English."""
    from tts.reading.mixed import utter

    return utter(text, VOICE, run_to_phonemes)
