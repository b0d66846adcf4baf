"""How Mandarin tones change beside each other: 一 and 不, third tones in chains, the half third tone, and 儿 that melts into its word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

_DIGITS = frozenset("零〇一二两三四五六七八九十幺")
_ORDINAL = frozenset("第初周期旬")
_YI1_BEFORE = frozenset("月号日")
_RHOTIC = frozenset(
    "花会事点玩味今明昨昼时哥样块片份根活劲本盘盆门边塘沟头心眼口嘴角面座丝皮腿绳圈仁蛋杏桃枣鸟猫狗兔鸡猴孩伴嫂婶姐妹这那哪"
)
"""After these a 儿 melts into the syllable before it; elsewhere (女儿, 幼儿, 婴儿) it is one of its own."""
_WHOLE = frozenset("女幼婴健孤少胎男小育患病新宠弃托")


@dataclass
class Syllable:
    """One syllable of a character. ``tone`` 1-5, or ``h`` for the half third tone after sandhi; ``word`` numbers the words.

    ``melted`` says that it has no sound of its own: the syllable before it ends in r (``rhotic``).
    """

    char: str
    sound: str
    tone: str
    word: int
    rhotic: bool = False
    melted: bool = False


def sandhi(said: list[Syllable]) -> list[Syllable]:
    """All changes, in place, and returned."""
    _melt(said)
    heard = [syllable for syllable in said if not syllable.melted]
    for at, this in enumerate(heard):
        before = heard[at - 1] if at else None
        after = heard[at + 1] if at + 1 < len(heard) else None
        if (
            this.char in ("一", "不")
            and before
            and after
            and before.char
            and before.char == after.char
            and before.char not in _DIGITS
        ):
            this.tone = "5"  # 看一看, 好不好
        elif this.char == "不" and after is not None and after.tone == "4":
            this.tone = "2"
        elif this.char == "一" and this.sound == "yi":
            this.tone = _tone_of_yi(this, before, after)
    for chain in _chains(heard):
        _lower(heard, chain)
    return said


def _melt(said: list[Syllable]) -> None:
    """儿 after the characters that take it: 花儿, 一会儿, 这儿. The tables write it er2, as dictionaries do, or r5."""
    for before, this in pairwise(said):
        if this.char == "儿" and before.char and (this.sound == "r" or (before.char in _RHOTIC and before.char not in _WHOLE)):
            before.rhotic, this.melted = True, True


def _tone_of_yi(this: Syllable, before: Syllable | None, after: Syllable | None) -> str:
    if after is None or (before is not None and (before.char in _DIGITS or before.char in _ORDINAL)):
        return "1"
    if after.char in _DIGITS or after.char in _YI1_BEFORE:
        return "1"
    if after.word != this.word and before is not None and before.word == this.word:
        return "1"  # the end of its word: 统一, 星期一
    return "2" if after.tone == "4" or after.char == "个" else "4"


def _chains(said: Sequence[Syllable]) -> Iterator[range]:
    """The places of third tones that stand side by side, alone ones too."""
    start = 0
    for at in range(len(said) + 1):
        if at == len(said) or said[at].tone != "3":
            if start < at:
                yield range(start, at)
            start = at + 1


def _lower(said: Sequence[Syllable], chain: range) -> None:
    """A chain rises within its words and towards a word of one syllable; between longer words it only dips.

    The last of a chain keeps the full third tone at the end of the sentence and the half one before another tone.
    """
    for at in chain:
        this = said[at]
        if at + 1 == len(said):
            continue
        if at + 1 not in chain:
            this.tone = "h"
        elif said[at + 1].word == this.word or _alone(said, at) or _alone(said, at + 1):
            this.tone = "2"
        else:
            this.tone = "h"


def _alone(said: Sequence[Syllable], at: int) -> bool:
    """Whether the syllable is a word of one syllable."""
    word = said[at].word
    return (at == 0 or said[at - 1].word != word) and (at + 1 == len(said) or said[at + 1].word != word)
