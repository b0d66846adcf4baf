"""Which written language a text is in, by its script: zh-Hans, zh-Hant, bo, ug or en."""

from __future__ import annotations

from collections import Counter
from functools import cache

import opencc

WRITTEN = ("zh-Hans", "zh-Hant", "en", "bo", "ug")


def detect(text: str) -> str:
    """The language most of the letters belong to. Chinese without a telling character counts as simplified; no letters at all as English."""
    scripts = Counter(found for char in text if (found := _script(char)))
    if not scripts:
        return "en"
    # a Chinese notice full of Latin names is still Chinese: a character says as much as several letters
    scripts["en"] = scripts["en"] // 5
    script = scripts.most_common(1)[0][0]
    return _chinese(text) if script == "zh" else script


def _script(char: str) -> str:
    code = ord(char)
    if 0x0F00 <= code <= 0x0FFF:
        return "bo"
    if 0x0600 <= code <= 0x06FF or 0x0750 <= code <= 0x077F or 0xFB50 <= code <= 0xFDFF or 0xFE70 <= code <= 0xFEFF:
        return "ug"
    if 0x3400 <= code <= 0x9FFF or 0xF900 <= code <= 0xFAFF or 0x20000 <= code <= 0x3FFFF:
        return "zh"
    return "en" if char.isascii() and char.isalpha() else ""


@cache
def _converter(name: str) -> opencc.OpenCC:
    return opencc.OpenCC(name)


def convert(text: str, how: str) -> str:
    """The text in the other Chinese script: ``how`` is t2s, s2t or s2hk (OpenCC)."""
    return str(_converter(how).convert(text))


def _chinese(text: str) -> str:
    """Simplified or traditional: whichever conversion changes fewer characters is what it is already."""
    sample = text[:2000]
    to_simple = sum(a != b for a, b in zip(sample, _converter("t2s").convert(sample), strict=False))
    to_traditional = sum(a != b for a, b in zip(sample, _converter("s2t").convert(sample), strict=False))
    return "zh-Hant" if to_simple > to_traditional else "zh-Hans"
