"""How a reading is written: what people type becomes the station's own spelling, or a refusal that says what to write instead."""

from __future__ import annotations

import re
import unicodedata

from tts.dialects import dialect
from tts.reading import check
from tts.reading.given import SYLLABIC, tidied

WORD_MAX, READING_MAX = 40, 200
EXAMPLES = {
    "cmn": "shan4 jia1 zhuang1", "yue": "sin6 gaa1 zong1", "hak": "san24 ga24", "bo": "ɬɛː˥˥sa˥˥", "ug": "yrymt͡ʃi", "en": "ʃiˈɑn",
}  # fmt: skip
"""A good reading in each dialect, for whoever has to write one."""
WRITTEN_AS = {
    "cmn": "pinyin with a tone digit 1-5", "yue": "jyutping with a tone digit 1-6", "hak": "a Hakka syllable with its tone digits",
    "bo": "IPA", "ug": "IPA", "en": "IPA",
}  # fmt: skip


class LexiconRefused(ValueError):
    """A reading that cannot be taken; the text says why and what to write instead. ``field`` is word, reading, dialect or empty."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


def tidy_word(word: str) -> str:
    """The word as it is kept. Raises LexiconRefused."""
    word = unicodedata.normalize("NFC", re.sub(" +", " ", word.strip()))
    if not word:
        raise LexiconRefused("write the word whose reading you give", "word")
    if len(word) > WORD_MAX:
        raise LexiconRefused(f"the word has {len(word)} characters, more than {WORD_MAX}: give the readings of its parts", "word")
    if any(char in "{}|" or unicodedata.category(char) in ("Cc", "Cs", "Cn", "Co") for char in word):
        raise LexiconRefused(f"{word!r} holds a brace, a bar or a control character: leave it out", "word")
    if not any(char.isalpha() for char in word):
        raise LexiconRefused(f"{word!r} has no letter or character that could be read", "word")
    return word


def tidy_reading(code: str, word: str, reading: str) -> str:
    """The reading in the station's own spelling: shān jiā, shan1jia1 and SHAN1 JIA1 are all ``shan1 jia1``. Raises LexiconRefused."""
    dialect(code)
    reading = unicodedata.normalize("NFC", " ".join(reading.split()))
    if not reading:
        raise LexiconRefused(f"give a reading for “{word}”: {WRITTEN_AS[code]}, e.g. {EXAMPLES[code]}", "reading")
    if len(reading) > READING_MAX or any(unicodedata.category(char) in ("Cc", "Cs", "Cn", "Co") for char in reading):
        raise LexiconRefused(f"the reading of “{word}” is longer than {READING_MAX} characters or holds a control character", "reading")
    said = tidied(code, reading)
    if not check(code, word, said):
        raise LexiconRefused(_why_not(code, word, reading, said), "reading")
    return said


def _why_not(code: str, word: str, reading: str, said: str) -> str:
    row, parts = dialect(code), said.split()
    wrong = next((part for part in parts if not check(code, "字a", part)), None) if code in SYLLABIC else reading
    like = f"write {WRITTEN_AS[code]}, e.g. {EXAMPLES[code]}"
    if wrong is not None:
        return f"“{wrong}” is no {row.english} reading: {like}"
    return f"“{word}” has {len(word)} characters and “{reading}” has {len(parts)} syllables: one syllable a character; {like}"
