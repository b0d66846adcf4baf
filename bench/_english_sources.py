"""What the English tables are made of: the CMU Pronouncing Dictionary, and that of Gnuspeech, which has the learned words.

cmudict.dict is the former's own file (github.com/cmusphinx/cmudict, 2-clause BSD-like licence). MainDictionary.txt is the latter's (GNU
Gnuspeech, GPL-3.0-or-later; it stands in the npm package @echogarden/gnuspeech-wasm under data/en).
"""

from __future__ import annotations

import re
from pathlib import Path

_VOWELS = {
    "AA": "ɑ", "AE": "æ", "AH": "ʌ", "AO": "ɔ", "AW": "aʊ", "AY": "aɪ", "EH": "ɛ", "ER": "ɝ", "EY": "eɪ", "IH": "ɪ", "IY": "i", "OW": "oʊ",
    "OY": "ɔɪ", "UH": "ʊ", "UW": "u",
}  # fmt: skip
_CONSONANTS = {
    "B": "b", "CH": "t͡ʃ", "D": "d", "DH": "ð", "F": "f", "G": "ɡ", "HH": "h", "JH": "d͡ʒ", "K": "k", "L": "l", "M": "m", "N": "n", "NG": "ŋ",
    "P": "p", "R": "ɹ", "S": "s", "SH": "ʃ", "T": "t", "TH": "θ", "V": "v", "W": "w", "Y": "j", "Z": "z", "ZH": "ʒ",
}  # fmt: skip
_WEAK = {"AH0": "ə", "ER0": "ɚ"}
_STRESS = {"0": "", "1": "ˈ", "2": "ˌ"}
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)*'?")


def ipa(arpabet: list[str]) -> str:
    """The dictionary's letters in IPA, stress before the vowel: HH AH0 L OW1 -> həlˈoʊ."""
    return "".join(_WEAK.get(each) or _CONSONANTS.get(each) or _STRESS[each[-1]] + _VOWELS[each[:-1]] for each in arpabet)


def cmudict(path: Path) -> dict[str, list[str]]:
    """Word -> readings in IPA, the usual first."""
    found: dict[str, list[str]] = {}
    for line in path.read_text("utf-8").splitlines():
        word, *sounds = line.split("#")[0].split()
        word = re.sub(r"\(\d+\)$", "", word)
        if len(word) > 1 and _WORD.fullmatch(word) and (said := ipa(sounds)) not in found.setdefault(word, []):
            found[word].append(said)
    return found


_SPOKEN = {
    "i": "ɪ", "uh": "ə", "e": "ɛ", "aa": "æ", "uu": "u", "ah": "a", "o": "ɑ", "ee": "i", "a": "ʌ", "aw": "ɔ", "ar": "ɑ", "u": "ʊ", "er": "ɝ",
    "g": "ɡ", "sh": "ʃ", "zh": "ʒ", "j": "d͡ʒ", "ch": "t͡ʃ", "y": "j", "ng": "ŋ", "ll": "l", "th": "θ", "dh": "ð", "r": "ɹ", "hv": "h", "hh": "h",
    **{letter: letter for letter in "bdfhklmnpstvwz"},
}  # fmt: skip
"""Gnuspeech's names of sounds."""
_HOUSE = (
    ("əu", "oʊ"), ("au", "aʊ"), ("ɛɪ", "eɪ"), ("əɹ", "ɚ"), ("ɝɹ", "ɝ"), ("ɪɚ", "ɪɹ"), ("ɛɚ", "ɛɹ"), ("ææ", "æ"), ("uu", "u"),
)  # fmt: skip
"""Two of its sounds that are one of ours."""
_YOD = re.compile("(?<=[tdnszθ])j(?=[ˈˌ]?[uʊ])")
"""Said in Britain; an American says tune without it, the voice as well."""
_SYLLABIC = re.compile("(?<=[bdfkɡpstvzʒʃ])[ʊ]?l$")
_TENSE = re.compile("(?<![aeɔ])ɪ(?=[ˈˌ]?[aeiouæɑɔəɛɪʊʌɝɚ]|$)")
"""The vowel of happy: at the end and before a vowel."""
_AT_VOWEL = re.compile("(?=[aeiouæɑɔəɛɪʊʌɝɚ])")


def gnuspeech(path: Path) -> dict[str, list[str]]:
    """Word -> readings in IPA. A line is ``abacus 'aa_b.uh.k_uh_s%a``: sounds, syllables parted by dots, ' and " the stresses, % the part of speech."""
    found: dict[str, list[str]] = {}
    for line in path.read_text("utf-8", errors="replace").splitlines()[1:]:
        word, _, said = line.partition(" ")
        word = word.partition("/")[0]
        reading = _of_syllables(said.partition("%")[0].split("."))
        if len(word) > 1 and _WORD.fullmatch(word) and reading and reading not in found.setdefault(word, []):
            found[word].append(reading)
    return {word: each for word, each in found.items() if each}


def _of_syllables(syllables: list[str]) -> str | None:
    """None where a sound is no sound: a few lines have timings in them."""
    said: list[str] = []
    for syllable in syllables:
        names = [name for name in re.split("[_'\"*]+", syllable) if name]
        if any(name not in _SPOKEN for name in names):
            return None
        whole = "".join(_SPOKEN[name] for name in names)
        for narrow, broad in _HOUSE:
            whole = whole.replace(narrow, broad)
        stress = "ˈ" if "'" in syllable else "ˌ" if '"' in syllable else ""
        said.append(_AT_VOWEL.sub(stress, whole, count=1))
    return _SYLLABIC.sub("əl", _TENSE.sub("i", _YOD.sub("", "".join(said))))
