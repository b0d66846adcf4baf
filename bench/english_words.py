"""Makes tts/reading/english_words.xz of the CMU Pronouncing Dictionary: ``python3 -m bench.english_words cmudict.dict``.

cmudict.dict is the dictionary's own file (github.com/cmusphinx/cmudict, 2-clause BSD-like licence). Only words that the voice says
otherwise are kept, so the table is made again when espeak-ng changes its mind; a table that is a little old does no harm.
"""

from __future__ import annotations

import lzma
import re
import sys
from pathlib import Path

from tts.reading.english import VOICE
from tts.reading.english_words import TABLE
from tts.reading.ipa import english_ipa

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


def kept(lines: list[str]) -> dict[str, list[str]]:
    """Word -> readings, the usual first, of the words for which the voice has none of them."""
    found: dict[str, list[str]] = {}
    for line in lines:
        word, *sounds = line.split("#")[0].split()
        word = re.sub(r"\(\d+\)$", "", word)
        if len(word) > 1 and _WORD.fullmatch(word) and (said := ipa(sounds)) not in found.setdefault(word, []):
            found[word].append(said)
    return {word: each for word, each in found.items() if english_ipa(word, VOICE) not in {re.sub("[ˈˌ]", "", one) for one in each}}


def main() -> None:
    """Write the table."""
    words = kept(Path(sys.argv[1]).read_text("utf-8").splitlines())
    rows = sorted(f"{word}\t{' '.join(each)}\n".encode() for word, each in words.items())
    TABLE.write_bytes(lzma.compress(b"".join(rows), preset=9 | lzma.PRESET_EXTREME))
    print(f"{len(words)} words, {TABLE.stat().st_size} bytes")


if __name__ == "__main__":
    main()
