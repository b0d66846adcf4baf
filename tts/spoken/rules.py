"""Rules of rewriting: what stands at one place of a text, what must stand before it, and what is said for it.

A text is walked once from left to right. Where something begins that may need words, the rules of its kind are tried in order and the
first that answers takes its stretch; everything else stays as written, so every character keeps its place.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from tts.spoken.piece import Piece

Say = Callable[[re.Match[str]], str | None]
"""What is said for a match; None when the rule, looking closer, does not apply. The match knows the whole text (``match.string``)."""


@dataclass(frozen=True)
class Rule:
    """``kind`` is the class of ``docs/spoken-form.md``; ``before`` must end where ``source`` begins. Patterns are compiled when first tried."""

    kind: str
    source: str
    say: Say
    before: str | None = None
    flags: int = 0

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(self.source, self.flags)

    @cached_property
    def _before(self) -> re.Pattern[str] | None:
        return re.compile(rf"(?:{self.before})\Z", self.flags) if self.before else None

    def at(self, text: str, place: int) -> tuple[int, str] | None:
        """Where the stretch at ``place`` ends and what is said for it; None when the rule does not apply there."""
        found = self._pattern.match(text, place)
        if not found or found.end() == place:
            return None
        if self._before and not self._before.search(text, max(0, place - 24), place):
            return None
        said = self.say(found)
        return None if said is None else (found.end(), said)


def rule(kind: str, source: str, say: str | Say, before: str | None = None, flags: int = 0) -> Rule:
    """A rule from its patterns; a plain string is said as it stands."""
    speak: Say = say if callable(say) else lambda found, words=say: words  # type: ignore[misc]
    return Rule(kind, source, speak, before, flags)


@dataclass(frozen=True)
class Rules:
    """The rules of one language: ``start`` finds where one may begin; those for digits, for words of letters and for signs."""

    start: re.Pattern[str]
    digits: Sequence[Rule]
    letters: Sequence[Rule]
    signs: Sequence[Rule]

    def of(self, char: str) -> Sequence[Rule]:
        if "0" <= char <= "9":
            return self.digits
        return self.letters if char.isalpha() and char.isascii() else self.signs


Fit = Callable[[str, int, int, str], str]
"""(text, start, end, words) -> the words, parted from their neighbours as the script asks."""


def as_it_is(_text: str, _start: int, _end: int, words: str) -> str:
    return words


def rewrite(text: str, rules: Rules, fit: Fit = as_it_is, fold: Callable[[str], str] | None = None) -> list[Piece]:
    """The pieces of ``text``. Rules look at the folded text, which is as long; what no rule takes stays as it was written."""
    plain = narrow(text)
    looked_at = fold(plain) if fold else plain
    pieces: list[Piece] = []
    at = kept = 0
    while found := rules.start.search(looked_at, at):
        at = found.start()
        taken = _first(rules.of(looked_at[at]), looked_at, at)
        if taken is None:
            at = _past(looked_at, at)
            continue
        end, words = taken
        if kept < at:
            pieces.append(Piece(kept, at, plain[kept:at]))
        pieces += split(looked_at, at, end, fit(looked_at, at, end, words))
        at = kept = end
    if kept < len(plain):
        pieces.append(Piece(kept, len(plain), plain[kept:]))
    return pieces


def _first(rules: Sequence[Rule], text: str, at: int) -> tuple[int, str] | None:
    for each in rules:
        if taken := each.at(text, at):
            return taken
    return None


_WORD = re.compile(r"[A-Za-z]+")


def _past(text: str, at: int) -> int:
    """Behind the word of letters or the sign that nobody took."""
    word = _WORD.match(text, at)
    return word.end() if word else at + 1


_ANCHOR = re.compile(r"[\u4e00-\u9fff]|[^\W\d_\u4e00-\u9fff]{3,}")
_NUMBER_WORDS = frozenset("零〇一二三四五六七八九十百千万萬亿億两兩点點分之")


def _find(anchor: str, words: str, start: int) -> int:
    """Where a character, or a whole word, stands in the words; -1 when nowhere."""
    if len(anchor) == 1:
        return words.find(anchor, start)
    found = re.compile(rf"(?<!\w){anchor}(?!\w)").search(words, start)
    return found.start() if found else -1


def split(text: str, start: int, end: int, words: str) -> list[Piece]:
    """One rewritten stretch in smaller ones: what is written and said alike keeps its own place (年, 月, 元, November ...)."""
    pieces: list[Piece] = []
    place, spoken = start, 0
    for anchor in _ANCHOR.finditer(text, start, end):
        there = -1 if anchor[0] in _NUMBER_WORDS else _find(anchor[0], words, spoken)
        if there < 0 or (spoken < there) != (place < anchor.start()):
            continue
        if spoken < there:
            pieces.append(Piece(place, anchor.start(), words[spoken:there]))
        pieces.append(Piece(anchor.start(), anchor.end(), anchor[0]))
        place, spoken = anchor.end(), there + len(anchor[0])
    if place == end and spoken < len(words):
        last = pieces.pop()  # what is said behind the last word written belongs to it
        return [*pieces, Piece(last.start, end, last.text + words[spoken:])]
    return [*pieces, Piece(place, end, words[spoken:])] if place < end else pieces


_WIDE = (
    {0xFF10 + i: 0x30 + i for i in range(10)}
    | {0xFF21 + i: 0x41 + i for i in range(26)}
    | {0xFF41 + i: 0x61 + i for i in range(26)}
)
_OTHER_DIGIT = re.compile(r"(?![0-9])\d")


def narrow(text: str) -> str:
    """Letters and digits of full width, and the digits of every other script, as plain ones; the length stays."""
    if text.isascii():
        return text
    return _OTHER_DIGIT.sub(lambda found: str(unicodedata.decimal(found[0])), text.translate(_WIDE))
