"""Uyghur in the Arabic script: every letter has its sound, so a word is read letter by letter, in broad IPA.

Letters and sounds after the alphabet of 1983 (Hahn, "Spoken Uyghur"; Engesæth, Yakup and Dwyer, "Greetings from the Teklimakan").
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from tts.reading.sound import Sound

VOICE = "ug"

_VOWELS = {"ا": "ɑ", "ە": "ɛ", "ې": "e", "ى": "i", "و": "o", "ۆ": "ø", "ۇ": "u", "ۈ": "y"}
_CONSONANTS = {
    "ب": "b", "پ": "p", "ت": "t", "ج": "d͡ʒ", "چ": "t͡ʃ", "خ": "χ", "د": "d", "ر": "r", "ز": "z", "ژ": "ʒ", "س": "s", "ش": "ʃ",
    "غ": "ʁ", "ف": "f", "ق": "q", "ك": "k", "گ": "ɡ", "ڭ": "ŋ", "ل": "l", "م": "m", "ن": "n", "ھ": "h", "ۋ": "w", "ي": "j",
}  # fmt: skip
_CARRIER = "ئ"
"""Carries a vowel that begins a word or a syllable; said as a catch in the throat."""
_SOUNDS = _VOWELS | _CONSONANTS | {_CARRIER: "ʔ"}
# letters of Arabic and Persian keyboards that stand for the Uyghur ones which look like them
_SAME = str.maketrans({
    "ک": "ك", "ڪ": "ك", "ی": "ى", "ه": "ھ", "ہ": "ھ", "ۀ": "ە", "ة": "ە", "ۏ": "ۋ", "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ؤ": "و",
})  # fmt: skip
_WORD = re.compile(r"[^\s\-'’]+")

# IPA -> the voice's own spelling
_MNEMONICS = {
    "ɑ": "A", "a": "A", "ɛ": "&", "æ": "&", "e": "e", "i": "i", "ɪ": "I", "o": "o", "ø": "W", "œ": "W", "u": "u", "y": "y",
    "d͡ʒ": "dZ", "dʒ": "dZ", "t͡ʃ": "tS", "tʃ": "tS", "χ": "X", "x": "X", "r": "R", "ʒ": "Z", "ʃ": "S", "ʁ": 'Q"', "ɡ": "g", "g": "g",
    "ŋ": "N", "ʔ": "?", "v": "v", "ɦ": "h", **{letter: letter for letter in "bdfhjklmnpqstwz"},
}  # fmt: skip
_SOUND = re.compile("|".join(sorted(map(re.escape, _MNEMONICS), key=len, reverse=True)))
_STRESSED = frozenset("A&eiIoWuy")


def owns(char: str) -> bool:
    """Letters of the Arabic script, with their marks and joined forms; its punctuation and digits are not among them."""
    code = ord(char)
    arabic = (
        0x0600 <= code <= 0x06FF
        or 0x0750 <= code <= 0x077F
        or 0x08A0 <= code <= 0x08FF
        or 0xFB50 <= code <= 0xFDFF
        or 0xFE70 <= code <= 0xFEFC
    )
    return arabic and unicodedata.category(char) in ("Lo", "Lm", "Mn")


def read_run(run: str) -> list[Sound]:
    """Every word of a run; letters that Uyghur does not have stay unread, each with its place, and what stands around them is read."""
    return [sound for found in _WORD.finditer(run) for sound in _word(found.start(), found.group())]


def _word(start: int, word: str) -> Iterator[Sound]:
    at = 0
    for foreign in re.finditer(r".", word):
        if written(foreign.group()) is None:
            if at < foreign.start():
                yield _sound(start + at, word[at : foreign.start()], at == 0)
            yield Sound(start + foreign.start(), foreign.group(), None)
            at = foreign.end()
    if at < len(word):
        yield _sound(start + at, word[at:], at == 0)


def _sound(at: int, text: str, starts_word: bool) -> Sound:
    said = ipa(written(text) or "")
    return Sound(at, text, said, phonemes(said) or "", starts_word) if said else Sound(at, text, "", starts_word=starts_word)


def written(text: str) -> str | None:
    """In the letters of the alphabet: joined forms and foreign twins replaced, vowel marks and the long stroke gone; None when one is foreign."""
    plain = "".join(
        c for c in unicodedata.normalize("NFKC", text).translate(_SAME) if c != "ـ" and unicodedata.category(c) not in ("Mn", "Zs")
    )
    return plain if all(c in _SOUNDS for c in plain) else None


def ipa(word: str) -> str:
    """A word in the letters of the alphabet -> broad IPA; a letter that stands alone is said by its name."""
    bare = word.removeprefix(_CARRIER)
    if len(bare) == 1:
        return _SOUNDS[bare] + ("" if bare in _VOWELS else "e")
    return "".join(_SOUNDS[letter] for letter in word)


def phonemes(said: str) -> str | None:
    """IPA in the voice's phonemes, the last vowel stressed; None when a sign is no sound of Uyghur."""
    found: list[str] = []
    last = at = 0
    while at < len(said):
        if said[at] in " .ːˈˌ":
            at += 1
            continue
        sound = _SOUND.match(said, at)
        if sound is None:
            return None
        found.append(_MNEMONICS[sound.group()])
        at = sound.end()
        if found[-1] in _STRESSED:
            last = len(found)
    if last:
        found[last - 1] = "'" + found[last - 1]
    return "".join(found) or None


def given_phonemes(reading: str) -> list[str] | None:
    """IPA as the voice's phonemes; None when a sign is no sound of Uyghur."""
    said = phonemes(reading)
    return [said] if said else None
