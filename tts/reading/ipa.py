"""English in the International Phonetic Alphabet: what the voice says, for people; and what people write, for the voice.

The convention is the broad one of dictionaries: no length marks, no stress, a flapped t is t, affricates are tied, one sound for
the vowel of nurse. The engine is asked in this process: only speaking processes and commands come here, never the pages.
"""

from __future__ import annotations

import re
from functools import lru_cache

_BROAD = (
    ("ɾ", "t"), ("ʔ", "t"), ("ɐ", "ə"), ("ᵻ", "ɪ"), ("ɜː", "ɝ"), ("oːɹ", "ɔɹ"), ("n̩", "ən"), ("l̩", "əl"), ("tʃ", "t͡ʃ"), ("dʒ", "d͡ʒ"),
)  # fmt: skip
_DROPPED = re.compile("[ː_ ]|\u200d")
_STRESS = re.compile("[ˈˌ]")
_DOUBLED = re.compile(r"([bdfkɡlmnpɹstvz])([ˈˌ]?)\1")
_LONE_I = re.compile(r"(?<![aeɔ])ɪ(?=[ˈˌ]?[aeiouæɑɔəɛɪʊʌ])")
"""Before a vowel it is the vowel of happy, unless it ends a diphthong."""


@lru_cache(maxsize=8192)
def english_ipa(word: str, voice: str) -> str | None:
    """How the voice says an English word; None when it says nothing for it."""
    said = english_stressed(word, voice)
    return said and (_STRESS.sub("", said) or None)


@lru_cache(maxsize=8192)
def english_stressed(word: str, voice: str) -> str | None:
    """The same with ˈ and ˌ before the stressed vowels."""
    from tts.engines.driver import library

    said = library().ipa(word, voice)
    if "(" in said:  # the voice left English for this word: (zh)...(en)
        said = re.sub(r"\([a-z-]+\)", "", said)
    for narrow, broad in _BROAD:
        said = said.replace(narrow, broad)
    return _LONE_I.sub("i", _DOUBLED.sub(r"\2\1", _DROPPED.sub("", said))) or None


# IPA -> espeak-ng's own spelling, the longest first
_MNEMONICS = {
    "t͡ʃ": "tS", "d͡ʒ": "dZ", "tʃ": "tS", "dʒ": "dZ", "aɪ": "aI", "aʊ": "aU", "oʊ": "oU", "əʊ": "oU", "eɪ": "eI", "ɔɪ": "OI",
    "iː": "i:", "uː": "u:", "ɑː": "A:", "ɔː": "O:", "ɜː": "3:", "ɑɹ": "A@", "ɔɹ": "O@", "ɛɹ": "e@", "ʊɹ": "U@", "ɝ": "3:", "ɚ": "3",
    "əl": "@L", "l̩": "@L", "n̩": "n-", "i": "i", "ɪ": "I", "e": "eI", "ɛ": "E", "æ": "a", "a": "a", "ɑ": "A:", "ɒ": "0", "ɔ": "O:",
    "o": "oU", "ʌ": "V", "ʊ": "U", "u": "u:", "ə": "@", "ɐ": "a#", "θ": "T", "ð": "D", "ʃ": "S", "ʒ": "Z", "ŋ": "N", "ɡ": "g", "g": "g",
    "ɹ": "r", "r": "r", "ʍ": "w", "ɾ": "t#", **{letter: letter for letter in "bdfhjklmnpstvwz"},
}  # fmt: skip
_SOUND = re.compile("|".join(sorted(map(re.escape, _MNEMONICS), key=len, reverse=True)))
_VOWELS = frozenset("aAeEiIoOuUVO03@")


def english_phonemes(reading: str) -> str | None:
    """IPA as the voice's phonemes; None when a sign is no sound of English. Without ˈ the first vowel that is no schwa is stressed."""
    said: list[str] = []
    stress, at = "", 0
    text = reading if "ˈ" in reading else f"ˈ{reading}"
    while at < len(text):
        if text[at] in "ˈˌ":
            stress, at = "'" if text[at] == "ˈ" else ",", at + 1
            continue
        if text[at] in " .ː":
            at += 1
            continue
        found = _SOUND.match(text, at)
        if found is None:
            return None
        sound, at = _MNEMONICS[found.group()], found.end()
        if stress and sound[0] in _VOWELS and (sound[0] != "@" or "ˈ" in reading):
            sound, stress = stress + sound, ""
        said.append(sound)
    return "".join(said) or None
