"""How Mandarin tones change beside each other: 一 and 不, third tones in chains, the half third tone."""

from __future__ import annotations

from dataclasses import dataclass

_DIGITS = frozenset("零〇一二三四五六七八九十幺")
_YI1_BEFORE = frozenset("月号日")


@dataclass
class Syllable:
    """One syllable of a character. ``tone`` 1-5, or ``h`` for the half third tone after sandhi; ``word`` numbers the words."""

    char: str
    sound: str
    tone: str
    word: int


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
