"""Hakka: characters -> the words of a list -> syllables with tone digits -> tone sandhi -> the phonemes of espeak-ng's hak voice.

Readings are those of the list (``tts.wordbook``) in the Ministry of Education's spelling: syllable + tone contour (``hag2 ga24``).
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from itertools import pairwise

from tts import wordbook
from tts.engines import EngineError
from tts.reading.sound import Sound

VOICE = "hak"

_INITIALS = {
    "b": "p", "p": "ph", "m": "m", "f": "f", "v": "v", "d": "t", "t": "th", "n": "n", "l": "l", "g": "k", "k": "kh", "h": "h", "ng": "N",
    "z": "ts", "c": "tsh", "s": "s", "j": "tS;", "q": "tS;h", "x": "S;", "zh": "tS;", "ch": "tS;h", "sh": "S;", "rh": "j", "bb": "b", "": "",
}  # fmt: skip
"""zh ch sh rh of the northern accents are said as the voice's palatals, the nearest it has."""
# vowels of the spelling -> the voice's, with a glide where it lacks the triphthong
_NUCLEI = {
    "a": "a", "e": "e", "i": "i", "o": "o", "u": "u", "ii": "i.", "ai": "ai", "au": "au", "eu": "eu", "oi": "oi", "ui": "ui", "iu": "iu",
    "ia": "ia", "ie": "ie", "io": "io", "iau": "iau", "ieu": "jeu", "iai": "jai", "ioi": "joi", "iui": "jui", "ua": "ua", "ue": "ue",
    "uai": "uai", "er": "o-", "ee": "e", "oo": "o", "eeu": "eu", "ioo": "io",
}  # fmt: skip
_CODAS = {"m": "m", "n": "n", "ng": "N", "b": "p", "d": "t", "g": "k", "": ""}
_SYLLABIC = {"m": "m-", "n": "n-", "ng": "N-"}
_PARTS = re.compile(r"(zh|ch|sh|rh|bb|ng(?=[aeiou])|[bpmfvdtnlgkhzcsjqx](?=[aeiou]))?([aeiou]+r?)(?:nn)?(ng|[mnbdg])?([0-9]{1,3})")
_SAME = dict(zip("脣祕晒您妳", "唇秘曬你你", strict=True))
"""Other forms of a character, and polite ones that are said alike."""
_ALONE = re.compile(r"h?(ng|m|n)([0-9]{1,3})")


# tone contours -> the voice's tones: 1 = 24, 2 = 11, 3 = 31, 4 = 55, 5 = 33; before a stop 5 is low and 6 high
_TONES = {
    "24": "1",
    "35": "1",
    "113": "1",
    "13": "1",
    "11": "2",
    "22": "2",
    "31": "3",
    "21": "3",
    "33": "5",
    "44": "5",
    "55": "4",
    "54": "4",
    "43": "3",
    "2": "2",
    "5": "4",
}


def tone(contour: str, stopped: bool, accent: str = "sixian") -> str | None:
    """The voice's tone for a contour, None when there is no such tone.

    The voice has one falling tone: 53 is that in Hailu, which has no 31, and high elsewhere, so that 53 and 31 stay apart.
    """
    if stopped:
        return "6" if contour[0] in "45" else "5"
    if contour == "53":
        return "3" if accent == "hailu" else "4"
    return _TONES.get(contour)


def phonemes(syllable: str, accent: str = "sixian") -> str | None:
    """``ngied5`` in the voice's phonemes; None when it is no syllable with a tone."""
    alone = _ALONE.fullmatch(syllable)
    if alone:
        level = tone(alone[2], False, accent)
        return f"'{_SYLLABIC[alone[1]]}{level}" if level else None
    parts = _PARTS.fullmatch(syllable)
    if parts is None or parts[2] not in _NUCLEI:
        return None
    initial, nucleus, coda = _INITIALS[parts[1] or ""], _NUCLEI[parts[2]], parts[3] or ""
    if parts[1] == "ng" and parts[2].startswith("i") and parts[2] != "ii":
        initial = "n^"
    if nucleus.startswith("j"):
        initial, nucleus = initial if initial in ("j", "n^") else f"{initial}j", nucleus[1:]
    level = tone(parts[4], coda in ("b", "d", "g"), accent)
    return f"{initial}'{nucleus}{level}{_CODAS[coda]}" if level else None


def sandhi(syllables: list[str], accent: str) -> list[str]:
    """Tones inside a word as they are said (Chung, "Introduction to the phonology of Hakka in Taiwan").

    Sixian: 24 before 24, 55 or a high stop becomes 11. Hailu: 24 becomes 33 and a high stop low before any syllable. Elsewhere as listed.
    """
    said = list(syllables)
    for i, (one, following) in enumerate(pairwise(syllables)):
        contour = one.lstrip("abcdefghijklmnopqrstuvwxyz")
        after = following.lstrip("abcdefghijklmnopqrstuvwxyz")
        if accent in ("sixian", "southern-sixian") and contour == "24" and after in ("24", "55", "5"):
            said[i] = one[: -len(contour)] + "11"
        elif accent == "hailu" and contour in ("24", "5"):
            said[i] = one[: -len(contour)] + {"24": "33", "5": "2"}[contour]
    return said


class Book:
    """A list of words, and how often each character is read how in it."""

    def __init__(self, words: Mapping[str, list[str]]) -> None:
        self.words = {word: readings for word, readings in words.items() if readings}
        self.characters = frozenset("".join(self.words))
        self.longest = max(map(len, self.words), default=1)
        self._counts: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        for word, readings in self.words.items():
            for syllables in (reading.split() for reading in readings):
                if len(syllables) == len(word) > 1:
                    for char, syllable in zip(word, syllables, strict=True):
                        self._counts[char][syllable] += 1 / len(readings)

    def cut(self, run: str) -> list[tuple[int, int]]:
        """(start, end) of the words of a run: as few as can be, an unknown character counting ten, then the longest first."""
        best: list[tuple[int, int]] = [(0, 0)] * (len(run) + 1)  # cost of the rest, end of the word here
        for start in range(len(run) - 1, -1, -1):
            best[start] = (best[start + 1][0] + (1 if run[start] in self.words else 10), start + 1)
            for end in range(start + 2, min(len(run), start + self.longest) + 1):
                if run[start:end] in self.words and best[end][0] + 1 <= best[start][0]:
                    best[start] = (best[end][0] + 1, end)
        found = []
        at = 0
        while at < len(run):
            found.append((at, best[at][1]))
            at = best[at][1]
        return found

    def read(self, word: str) -> tuple[list[str], bool]:
        """Its syllables, and whether another reading is nearly as likely. Of several the one whose syllables other words use most.

        A word that is not there is empty.
        """
        readings = self.words.get(word, [])
        if len(readings) < 2:
            return (readings[0].split() if readings else []), False
        ranked = sorted(readings, key=lambda reading: -self._likely(word, reading))
        doubtful = self._likely(word, ranked[0]) - self._likely(word, ranked[1]) < math.log(3)
        return ranked[0].split(), doubtful

    def _likely(self, word: str, reading: str) -> float:
        syllables = reading.split()
        if len(syllables) != len(word):
            return -math.inf
        counts = [self._counts.get(char, {}) for char in word]
        return sum(math.log((of.get(one, 0.0) + 0.1) / (sum(of.values()) + 1)) for of, one in zip(counts, syllables, strict=True))


@cache
def _book() -> Book:
    """The list of this station, loaded at first use (half a second). Raises EngineError(permanent) when it cannot be used."""
    try:
        return Book(wordbook.words())
    except wordbook.WordbookError as problem:
        raise EngineError(str(problem), permanent=True) from problem


@cache
def _converter() -> Callable[[str], str]:
    from opencc import OpenCC

    convert: Callable[[str], str] = OpenCC("s2tw").convert
    return convert


def in_list_s_forms(run: str, whole: str) -> str:
    """Simplified characters as the list writes them, one for one, so that places stay.

    Only in a sentence that holds one which the list lacks, or where it makes fewer words of the run (广州, for the list has a 广 of its own):
    里 and 布 are words of traditional texts too. 个 is Hakka's own.
    """
    convert, book = _converter(), _book()
    known = book.characters
    found = convert(run)
    found = found if len(found) == len(run) else "".join(convert(char)[:1] or char for char in run)
    found = "".join(old if old == "个" else new for old, new in zip(run, found, strict=True))
    if any(char not in known and convert(char) in known for char in whole or run) or (
        found != run and len(book.cut(found)) < len(book.cut(run)) and all(char in known or char == run[i] for i, char in enumerate(found))
    ):
        run = found
    return "".join(char if char in known else _SAME.get(char, char) for char in run)


def warm() -> None:
    """Load the list now rather than in the first sentence."""
    _book()
    _converter()


def owns(char: str) -> bool:
    """Characters are shared with the other Chinese tongues; see ``is_han``."""
    from tts.reading.mixed import is_han

    return is_han(char)


def given_phonemes(reading: str) -> list[str] | None:
    """``hag2 ga24`` in the voice's phonemes; None when it is no Hakka."""
    accent = wordbook.choice()[0]
    sounds = [phonemes(one, accent) for one in reading.split()]
    return [sound for sound in sounds if sound is not None] if sounds and None not in sounds else None


def read_run(run: str, given: Mapping[int, tuple[int, str]] | None = None, whole: str = "", at: int = 0) -> list[Sound]:
    """A run of characters as sounds, each with its reading in the list; what the list lacks has none."""
    found: list[Sound] = []
    done = 0
    for start, (end, reading) in [*sorted((given or {}).items()), (len(run), (len(run), ""))]:
        found += _read(run[done:start], done, whole)
        if start < end:
            found += _word(run[start:end], start, reading.split(), doubtful=False)
        done = max(done, end)
    return found


def _read(run: str, at: int, whole: str) -> Iterator[Sound]:
    book, written = _book(), in_list_s_forms(run, whole)
    for start, end in book.cut(written):
        syllables, doubtful = book.read(written[start:end])
        yield from _word(run[start:end], at + start, syllables, doubtful)


def _word(text: str, at: int, syllables: list[str], doubtful: bool) -> Iterator[Sound]:
    """A character a sound where they match, else the whole word; None where nobody can read it."""
    sounds = given_phonemes(" ".join(sandhi(syllables, wordbook.choice()[0])))
    if sounds is None or not syllables:
        yield Sound(at, text, None)
    elif len(syllables) != len(text):
        yield Sound(at, text, " ".join(syllables), "|".join(sounds), doubtful=doubtful)
    else:
        for i, (char, syllable, sound) in enumerate(zip(text, syllables, sounds, strict=True)):
            yield Sound(at + i, char, syllable, sound, starts_word=i == 0, doubtful=doubtful)
