"""A written Tibetan syllable in its parts: prefix, head, root, letters below, vowel, suffix, and the particles that merge with it.

Spelling rules after Tournadre and Sangda Dorje, "Manual of Standard Tibetan", and the letter order of every Tibetan dictionary.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

_VOWELS = {"ི": "i", "ུ": "u", "ེ": "e", "ོ": "o", "ཻ": "e", "ཽ": "o", "ྀ": "i", "ཱ": "a"}
_LONG = "ཱ"
_NASAL = frozenset("ཾྃྂ")
_MUTE = frozenset("\u0f7f\u0f84\u0f39\u0f35\u0f37\u0f18\u0f19\u0f3e\u0f3f\u0f86\u0f87\u0fc6")
_PREFIXES = {
    "ག": "ཅཉཏདནཙཞཟཡཤས", "ད": "ཀགངཔབམ", "བ": "ཀགཅཇཏདཙཛཞཟརཤསངཉནལ", "མ": "ཁགངཆཇཉཐདནཚཛ", "འ": "ཁགཆཇཐདཕབཚཛ",
}  # fmt: skip
"""Prefix -> the roots it stands before; ང ཉ ན ལ and ར only below a head."""
_HEADS = {"ར": "ཀགངཇཉཏདནབམཙཛལ", "ལ": "ཀགངཅཇཏདཔབཧ", "ས": "ཀགངཉཏདནཔབམཙ"}
_SUFFIXES = frozenset("གངདནབམའརལས")
_SECOND = frozenset("སད")
# three bare letters that end in ས and could be cut twice: the root stands first, or second (བགས མངས; དགས འགས དབས དམས)
_ROOT_SECOND = frozenset({"དགས", "འགས", "དབས", "དམས"})
_DEEP = {chr(0x0F90 + i): chr(0x0F40 + i) for i in range(0x29)} | {"\u0fba": "ཝ", "\u0fbb": "ཡ", "\u0fbc": "ར"}
_SANSKRIT = str.maketrans("ཊཋཌཎཥ", "ཏཐདནཤ")
"""Letters of Sanskrit words, said like those of the teeth and palate."""
_COMPOSED = {
    "\u0f00": "ཨོཾ", "\u0f43": "\u0f42\u0fb7", "\u0f4d": "\u0f4c\u0fb7", "\u0f52": "\u0f51\u0fb7", "\u0f57": "\u0f56\u0fb7", "\u0f5c": "\u0f5b\u0fb7",
    "\u0f69": "\u0f40\u0fb5", "\u0f93": "\u0f92\u0fb7", "\u0f9d": "\u0f9c\u0fb7", "\u0fa2": "\u0fa1\u0fb7", "\u0fa7": "\u0fa6\u0fb7", "\u0fac": "\u0fab\u0fb7",
    "\u0fb9": "\u0f90\u0fb5", "\u0f73": "ཱི", "\u0f75": "ཱུ", "\u0f81": "ཱྀ", "\u0f76": "ྲྀ", "\u0f77": "ྲྀ", "\u0f78": "ླྀ", "\u0f79": "ླྀ",
}  # fmt: skip


@dataclass(frozen=True)
class Stack:
    """One column of letters: the top one, those below it (as full letters), its vowel (a when none is written) and a nasal sign."""

    letters: str
    vowel: str = ""
    nasal: bool = False

    @property
    def bare(self) -> bool:
        return len(self.letters) == 1 and not self.vowel and not self.nasal


@dataclass(frozen=True)
class Written:
    """``prefix`` or ``head`` may be empty; ``below`` holds y, r, l of the letters below the root; ``suffix`` one letter or none.

    ``second`` says whether ས follows the suffix. ``after``: merged particles, each a vowel with its suffix (``i``, ``u``, ``o``, ``ang``, ``am``).
    """

    root: str
    vowel: str
    prefix: str = ""
    head: str = ""
    below: str = ""
    suffix: str = ""
    second: bool = False
    after: tuple[str, ...] = ()


def stacks(text: str) -> list[Stack] | None:
    """The columns of a syllable; None when a sign in it is no letter of the script."""
    for composed, parts in _COMPOSED.items():
        text = text.replace(composed, parts)
    found: list[Stack] = []
    for char in text:
        if "ཀ" <= char <= "ཬ":
            found.append(Stack(char.translate(_SANSKRIT)))
            continue
        if char in _MUTE:
            continue
        if not found:
            return None
        last = found[-1]
        if char in _DEEP:
            found[-1] = Stack(last.letters + _DEEP[char].translate(_SANSKRIT), last.vowel, last.nasal)
        elif char in _NASAL:
            found[-1] = Stack(last.letters, last.vowel, True)
        elif char in _VOWELS:
            found[-1] = Stack(last.letters, _VOWELS[char] if char != _LONG or not last.vowel else last.vowel, last.nasal)
        else:
            return None
    return found or None


def syllables(text: str) -> list[Written] | None:
    """The written syllable between two dots; Sanskrit words are written without dots and give several. None when it is no Tibetan."""
    columns = stacks(text)
    if columns is None:
        return None
    one = _tibetan(columns)
    return [one] if one else list(_sanskrit(columns)) or None


def _particles(columns: list[Stack]) -> tuple[list[Stack], tuple[str, ...]]:
    """Without the particles that merge with the end: འི འུ འོ འང འམ, the diminutive འུ with its own suffix too."""
    after: list[str] = []
    while len(columns) > 1:
        last, before = columns[-1], columns[-2]
        if last.letters == "འ" and last.vowel:
            after.insert(0, last.vowel)
            columns = columns[:-1]
        elif last.bare and before.letters == "འ" and (before.vowel or last.letters in "ངམ") and len(columns) > 2:
            after.insert(0, (before.vowel or "a") + last.letters)
            columns = columns[:-2]
        else:
            break
    return columns, tuple(after)


def _tibetan(columns: list[Stack]) -> Written | None:
    """The parts of a syllable that keeps the spelling rules; None for the stacks of Sanskrit."""
    full = columns
    columns, after = _particles(columns)
    at = _root(columns, bool(after))
    if at is None or at > 1 or any(not each.bare for i, each in enumerate(columns) if i != at):
        return None
    column, rest = columns[at], "".join(each.letters for each in columns[at + 1 :])
    parts = _column(column.letters)
    prefix = columns[0].letters if at == 1 else ""
    if parts is None or len(rest) > 2 or (rest and rest[0] not in _SUFFIXES) or (len(rest) == 2 and rest[1] not in _SECOND):
        return None
    head, root, below = parts
    if (prefix and root not in _PREFIXES.get(prefix, "")) or (any(each.nasal for each in full) and rest):
        return None
    suffix = "མ" if column.nasal else rest[:1].replace("འ", "")
    return Written(root, column.vowel or "a", prefix, head, below, suffix, rest[1:] == "ས", after)


def _root(columns: list[Stack], open_end: bool) -> int | None:
    """Which column holds the root. ``open_end``: a particle follows, so that two bare letters are prefix and root."""
    marked = [i for i, each in enumerate(columns) if not each.bare]
    if marked:
        return marked[0] if len(marked) == 1 else None
    letters = "".join(each.letters for each in columns)
    if len(letters) == 1:
        return 0
    fits = letters[1] in _PREFIXES.get(letters[0], "")
    if len(letters) == 2:
        return 1 if open_end and fits else 0
    if len(letters) == 3 and letters[2] == "ས" and letters[1] in "གངབམ" and letters not in _ROOT_SECOND:
        return 0
    return 1 if fits else 0


def _column(letters: str) -> tuple[str, str, str] | None:
    """(head, root, below) of a column; None when its letters cannot stand so."""
    top, rest = letters[0], letters[1:]
    below = ""
    names = {"ཡ": "y", "ར": "r", "ལ": "l", "ཝ": "w"}
    if rest and rest[0] in _HEADS.get(top, "") and not (top == "ས" and rest[0] == "ལ"):
        head, root, rest = top, rest[0], rest[1:]
    else:
        head, root = "", top
    for letter in rest:
        if letter not in names or len(below) > 1:
            return None
        below += names[letter]
    below = below.replace("w", "")
    allowed = {"y": "ཀཁགཔཕབམ", "r": "ཀཁགཏཐདནཔཕབམཤསཧ", "l": "ཀགབརསཟ"}
    return (head, root, below) if all(root in allowed[one] for one in below) and len(below) < 2 else None


def _sanskrit(columns: list[Stack]) -> Iterator[Written]:
    """A column a syllable. Of a cluster the first letter closes the syllable before, as པདྨ is said pad-ma."""
    closed = False
    at = 0
    while at < len(columns):
        own = columns[at].letters.replace("ཧ", "") or "ཧ"
        own = own[1:] if closed else own
        head, root, below = _column(own) or ("", own[0], "")
        suffix, vowel = "མ" if columns[at].nasal else "", columns[at].vowel or "a"
        following = columns[at + 1] if at + 1 < len(columns) else None
        closed = False
        if not suffix and following is not None:
            cluster = following.letters.replace("ཧ", "")
            closed = len(cluster) > 1 and cluster[0] in _SUFFIXES and cluster[1] not in "ཡརལཝ"
            if closed:
                suffix = cluster[0]
            elif following.bare and at + 2 == len(columns) and following.letters in _SUFFIXES and following.letters != "འ":
                suffix = following.letters
                at += 1
        yield Written(root, vowel, "", head, below, suffix)
        at += 1
