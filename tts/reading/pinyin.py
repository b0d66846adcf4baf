"""Pinyin becomes the phonemes of espeak-ng's cmn voice.

The table is ours because the voice spells every -iong syllable and many rare characters in English.
"""

from __future__ import annotations

import re

_INITIALS = {
    "b": "p", "p": "ph", "m": "m", "f": "f", "d": "t", "t": "th", "n": "n", "l": "l", "g": "k", "k": "kh", "h": "X",
    "j": "tS;", "q": "tS;h", "x": "S;", "zh": "ts.", "ch": "ts.h", "sh": "s.", "r": "z.", "z": "ts", "c": "tsh", "s": "s",
    "y": "j", "w": "w", "": "",
}  # fmt: skip
# final -> (glide before the stress mark, nucleus, coda); the tone stands between nucleus and coda
_FINALS = {
    "a": ("", "A", ""), "ai": ("", "ai", ""), "an": ("", "a", "n"), "ang": ("", "A", "N"), "ao": ("", "Au", ""),
    "e": ("", "o-", ""), "ei": ("", "ei", ""), "en": ("", "@", "n"), "eng": ("", "@", "N"), "er": ("", "@r", ""),
    "o": ("", "o", ""), "ong": ("", "ong", ""), "ou": ("", "ou", ""),
    "i": ("", "i", ""), "ia": ("", "iA", ""), "ian": ("", "iE", "n"), "iang": ("", "iA", "N"), "iao": ("j", "Au", ""),
    "ie": ("", "iE", ""), "in": ("", "i", "n"), "ing": ("", "i", "N"), "iong": ("j", "ong", ""), "iu": ("", "iou", ""),
    "u": ("", "u", ""), "ua": ("w", "A", ""), "uai": ("", "uai", ""), "uan": ("", "ua", "n"), "uang": ("w", "A", "N"),
    "ui": ("", "uei", ""), "un": ("", "u@", "n"), "uo": ("", "uo", ""),
    "v": ("", "y", ""), "van": ("", "y&", "n"), "ve": ("", "yE", ""), "vn": ("", "y@", "n"),
    "i.": ("", "i.", ""), "i[": ("", "i[", ""), "e5": ("", "@", ""), "io": ("", "io", ""),
}  # fmt: skip
# y- and w- syllables, spelled by their own rule: syllable -> (initial, final)
_ZERO = {
    "yi": ("y", "i"), "ya": ("y", "ia"), "yan": ("y", "ian"), "yang": ("y", "iang"), "yao": ("y", "ao"), "ye": ("y", "ie"),
    "yin": ("y", "in"), "ying": ("y", "ing"), "yong": ("y", "ong"), "you": ("y", "iu"), "yo": ("y", "o"), "yai": ("y", "ai"),
    "yu": ("y", "v"), "yuan": ("y", "van"), "yue": ("y", "ve"), "yun": ("y", "vn"),
    "wu": ("w", "u"), "wa": ("w", "a"), "wai": ("w", "ai"), "wan": ("w", "an"), "wang": ("w", "ang"), "wei": ("w", "ei"),
    "wen": ("w", "un"), "weng": ("w", "ueng"), "wo": ("w", "o"),
}  # fmt: skip
_FINALS["ueng"] = ("", "u@", "N")
# 21 is the half third tone: a third tone that is neither final nor before another third
_TONES = {"1": "55", "2": "35", "3": "214", "4": "51", "5": "11", "h": "21"}
_SYLLABLE = re.compile(r"(zh|ch|sh|[bpmfdtnlgkhjqxrzcs])?([a-z]+)([1-5])$")
_READING = re.compile(r"([a-zü:ê]+)([1-5])$")


def parsed(reading: str) -> tuple[str, str] | None:
    """``lu:4``, ``lü4`` or ``lv4`` -> ("lv", "4"); None when it is no syllable with a tone digit."""
    found = _READING.match(reading.replace("u:", "v").replace("ü", "v"))
    if found is None or phonemes(found.group(1), "1") is None:
        return None
    return found.group(1), found.group(2)


RHOTIC = "@r"
"""The 儿 that melts into the syllable before it."""
_BEFORE_R = {"ai": "a", "uai": "uA", "ei": "@", "uei": "u@", "i.": "@", "i[": "@"}
"""What a melting 儿 leaves of a nucleus: 块儿 loses its i, 事儿 its buzz."""


def phonemes(sound: str, tone: str, *, rhotic: bool = False) -> str | None:
    """One pinyin syllable (ü as v) in the voice's phonemes, tone 1-5 or h; None when it is no syllable.

    ``rhotic`` prepares it for the 儿 that melts into it: an n is lost, and an i at the end.
    """
    if sound in ("er", "r"):
        initial, final = "", "er"
    elif sound in _ZERO:
        initial, final = _ZERO[sound]
    elif sound in ("m", "n", "ng", "hm", "hng"):
        initial, final = "", "en"
    else:
        parsed = _SYLLABLE.match(f"{sound}1")
        if parsed is None:
            return None
        initial, final = parsed.group(1) or "", parsed.group(2)
        if initial in ("j", "q", "x") and final.startswith("u"):
            final = "v" + final[1:]
        if final == "ue":
            final = "ve"
        if final == "i" and initial in ("zh", "ch", "sh", "r"):
            final = "i."
        elif final == "i" and initial in ("z", "c", "s"):
            final = "i["
        elif final == "e" and initial in ("d", "t", "l", "n", "m"):
            final = "e5"
    if final not in _FINALS:
        return None
    glide, nucleus, coda = _FINALS[final]
    if rhotic:
        nucleus, coda = _BEFORE_R.get(nucleus, nucleus), "" if coda == "n" else coda
    stress = "" if tone == "5" else "'"
    return f"{_INITIALS[initial]}{glide}{stress}{nucleus}{_TONES[tone]}{coda}"
