"""Tibetan as Lhasa speaks it: a sentence is cut into words, each is read in IPA, and the Cantonese voice says it.

espeak-ng has no Tibetan voice. Its yue voice has the front rounded vowels, the palatals and a high and a low register; a fall is said by
the glottal stop that ends such syllables. Numbers are words before they come here; digits that are left are named one by one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from tts.reading.sound import Sound
from tts.reading.tibetan_sounds import Around, said
from tts.reading.tibetan_syllable import Written, syllables
from tts.reading.tibetan_words import ALONE, ENDINGS, LONGEST, PARTICLES, SAID, WORDS

VOICE = "yue"

_DOTS = "་༌"
_SYLLABLE = re.compile("[\u0f00\u0f18\u0f19\u0f35\u0f37\u0f39\u0f3e-\u0f84\u0f86-\u0fbc\u0fc6]+|[\u0f20-\u0f33]")
_DIGITS = dict(zip("༠༡༢༣༤༥༦༧༨༩", ["ཀླད་ཀོར", "གཅིག", "གཉིས", "གསུམ", "བཞི", "ལྔ", "དྲུག", "བདུན", "བརྒྱད", "དགུ"], strict=True))
_MERGED = re.compile(r"(?:འི|འོ|འུ|འང|འམ|འིས|ར|ས)$")
"""Case signs that grow together with an open syllable."""

_CASE = re.compile("(?:འི|འོ|འང|འམ|འིས)$")

# IPA -> the voice's phonemes
_INITIALS = {
    "k": "g", "kʰ": "k", "ŋ": "N", "c": "gj", "cʰ": "kj", "t͡ɕ": "tS;", "t͡ɕʰ": "tS;h", "ȵ": "n^", "t": "d", "tʰ": "t", "n": "n", "p": "b",
    "pʰ": "p", "m": "m", "t͡s": "ts", "t͡sʰ": "tsh", "ʈ͡ʂ": "ts.", "ʈ͡ʂʰ": "ts.h", "w": "w", "ɕ": "S;", "s": "s", "ʐ": "z.", "ʂ": "s.", "j": "j",
    "l": "l", "ɬ": "l#", "h": "h", "ʔ": "", "": "",
}  # fmt: skip
_VOWELS = {"a": "aa", "ə": "@", "ɛ": "e", "e": "ei", "i": "i", "o": "o", "ø": "oe", "u": "u", "y": "yu"}
_CODAS = {"ŋ": "N", "m": "m", "n": "n", "k̚ˀ": "k", "k̚": "k", "p̚": "p", "ʔ": "?", "ɹ": ""}
_TONES = {"˥˥": "1", "˥˨": "1", "˩˨": "5", "˩˧˨": "4", "˥": "1", "˩": "5", "": "3"}
_SAID = re.compile(
    "(?P<initial>{})(?P<vowel>[aəɛeioøuy])(?P<nasal>\u0303?)(?P<glide>[iuo]?)ː?(?P<coda>{})?ˑ?(?P<tone>[˥˧˩˨]*)".format(
        *("|".join(sorted(map(re.escape, table), key=len, reverse=True)) for table in (_INITIALS, _CODAS))
    )
)


@dataclass(frozen=True)
class Part:
    """What is written between two dots, and where in the run. ``read`` is None when it is no Tibetan."""

    at: int
    text: str
    read: list[Written] | None


def owns(char: str) -> bool:
    """Letters, signs and digits of the Tibetan script, and the dot between syllables; other punctuation is not among them."""
    return char in _DOTS or _SYLLABLE.match(char) is not None


def read_run(run: str) -> list[Sound]:
    """Every word of a run; what cannot be cut into letters stays unread, with its place."""
    return list(_sounds(run))


def _sounds(run: str) -> Iterator[Sound]:
    parts = [Part(found.start(), found.group(), _written(found.group())) for found in _SYLLABLE.finditer(run)]
    apart = {i for i in range(1, len(parts)) if run[parts[i - 1].at + len(parts[i - 1].text) : parts[i].at].strip(_DOTS)}
    at = 0
    for size, leans in cut([part.text for part in parts], apart):
        word = parts[at : at + size]
        before = parts[at - 1] if leans and at else None
        text = run[word[0].at : word[-1].at + len(word[-1].text)]
        if any(part.read is None for part in word):
            for part in word:
                yield _sound(part.at, part.text, None if part.read is None else _ipa(part.text, [part], None), not leans)
        else:
            yield _sound(word[0].at, text, _ipa(text, word, before), not leans)
        at += size


def _sound(at: int, text: str, reading: str | None, starts_word: bool) -> Sound:
    sounds = given_phonemes(reading) if reading else None
    if reading is None or sounds is None:
        return Sound(at, text, None)
    return Sound(at, text, unicodedata.normalize("NFC", reading.replace(" ", "")), "|".join(sounds), starts_word)


def _written(text: str) -> list[Written] | None:
    named = _DIGITS.get(text)
    if named is None:
        return syllables(text)
    return [one for part in named.split("་") for one in syllables(part) or []]


def _ipa(text: str, word: list[Part], before: Part | None) -> str:
    """The word in IPA, a blank between syllables."""
    known = SAID.get(text.replace("༌", "་"))
    if known:
        return known
    whole = [one for part in word for one in part.read or []]
    leaned = before.read[-1] if before and before.read else None
    return " ".join(
        said(one, Around(whole[i - 1] if i else leaned, whole[i + 1] if i + 1 < len(whole) else None))
        for i, one in enumerate(whole)
    )


def cut(parts: list[str], apart: Collection[int] = ()) -> list[tuple[int, bool]]:
    """How many syllables each word has, and whether it leans on the one before: known words, the longest first; then particles; the rest by twos.

    No word reaches over a part in ``apart``: before it stands a space, as between two numbers.
    """
    found: list[tuple[int, bool]] = []
    at = unknown = 0
    while at < len(parts):
        if at in apart:
            found += list(_by_twos(parts[unknown:at]))
            unknown = at
        size = _known(parts[: min((i for i in apart if i > at), default=len(parts))], at)
        leans = size == 0 and at > 0 and _bare(parts[at]) in PARTICLES
        if size or leans or parts[at] in _DIGITS:
            found += list(_by_twos(parts[unknown:at]))
            found.append((size or 1, leans))
            at = unknown = at + (size or 1)
        else:
            at += 1
    return found + list(_by_twos(parts[unknown:]))


def _known(parts: list[str], at: int) -> int:
    """Syllables of the longest known word here; its last one may carry a case sign. One for what stands by itself; 0 when there is none."""
    for size in range(min(LONGEST, len(parts) - at), 1, -1):
        word = "་".join(parts[at : at + size])
        if word in WORDS or _MERGED.sub("", word) in WORDS:
            return size
    if parts[at] in ALONE:
        return 2 if _is_ending(parts[at + 1 : at + 2]) else 1
    return 0


def _is_ending(following: list[str]) -> bool:
    return any(part in ENDINGS or _MERGED.sub("", part) in ENDINGS for part in following)


def _bare(part: str) -> str:
    """A particle with འང or འི on it is still one."""
    return part if part in PARTICLES else re.sub("(?:འང|འི|འོ)$", "", part)


def _by_twos(parts: list[str]) -> Iterator[tuple[int, bool]]:
    """Unknown syllables as words: up to three together, longer ones in pairs; a word ends with its ending and with a case sign."""
    at = 0
    while at < len(parts):
        left = len(parts) - at
        size = left if left <= 3 else 2
        for i, part in enumerate(parts[at : at + 3]):
            if _CASE.search(part) or (i and _is_ending([part])):
                size = i + 1
                break
        yield size, False
        at += size


def given_phonemes(reading: str) -> list[str] | None:
    """IPA as the voice's phonemes, one item a syllable; None when a sign is no sound of Lhasa. A tone ends its syllable, else a dot or blank."""
    plain = unicodedata.normalize("NFD", reading).replace("ˈ", "").replace("tɕ", "t͡ɕ").replace("ʈʂ", "ʈ͡ʂ").replace("ts", "t͡s")
    found: list[str] = []
    at = 0
    while at < len(plain):
        if plain[at] in " .":
            at += 1
            continue
        heard = _SAID.match(plain, at)
        if heard is None or heard["tone"] not in _TONES:
            return None
        found.append(_phonemes(heard))
        at = heard.end()
    return found or None


def _phonemes(heard: re.Match[str]) -> str:
    tone, coda = _TONES[heard["tone"]], _CODAS.get(heard["coda"] or "", "")
    if heard["nasal"]:
        coda = coda or "n"
    if heard["tone"] == "˥˨" and not coda:
        coda = "?"
    vowel = "e" if heard["vowel"] == "e" and coda else _VOWELS[heard["vowel"]]
    if heard["glide"]:
        return f"{_INITIALS[heard['initial']]}'{vowel}{tone}|{_VOWELS[heard['glide']]}{tone}{coda}"
    return f"{_INITIALS[heard['initial']]}'{vowel}{tone}{coda}"
