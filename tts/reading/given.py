"""Readings as people type them, in the station's own spelling: SHĀN, shan1 and ``shān`` are one."""

from __future__ import annotations

import re
import unicodedata

SYLLABIC = ("cmn", "yue", "hak")
"""Tongues whose readings are one syllable a character; the others are written in IPA."""


def tidied(code: str, reading: str) -> str:
    """``shàn jiā``, ``shan4jia1`` and ``SHAN4 JIA1`` are all ``shan4 jia1``; IPA is left as it is but for its blanks."""
    reading = unicodedata.normalize("NFC", " ".join(reading.split()))
    if code not in SYLLABIC:
        return reading
    parts = re.sub(r"['’·-]", " ", reading.lower().replace("u:", "v").replace("ü", "v"))
    if code == "cmn":
        parts = " ".join(part if part[-1:].isdigit() else _with_digit(part) for part in parts.split())
    return " ".join(re.sub(r"(?<=[1-9])(?=[a-z])", " ", parts).split())


def _with_digit(syllable: str) -> str:
    """``shān`` as shan1; what bears no tone at all stays as it is, and is refused later."""
    from pypinyin.contrib.tone_convert import to_tone3

    if syllable.isascii():
        return syllable
    return str(to_tone3(syllable.replace("v", "ü"), neutral_tone_with_five=True)).replace("ü", "v")
