"""English: the voice reads plain text itself, except words that a dictionary knows to be said quite otherwise; readings are broad IPA.

Capitals are said letter by letter (CCTV, ETC) unless they look like an English word (NATO, NOTICE), or stand in a line of capitals.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tts.reading import english_chinese, english_words
from tts.reading.ipa import english_ipa, english_phonemes, english_stressed
from tts.reading.sound import Sound

VOICE = "en-us"
_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)*")
_CAPITALS = re.compile(r"[A-Z]{2,6}")
_SHORT = """
ALL AND ANY ARE AS AT BE BUS BY CAR DAY DO DUE END FEE FIRE FOR FROM GAS GO HAS IF IN IS IT LOW MAY MEN NEW NO NOT NOW OF OFF OIL OLD ON ONE OR OUR
OUT RUN SEE SIX TAP TAX TEN THE TO TWO UP USE VAN WAR WAS WE WET WHO YES YOU YOUR
"""
_IN_HEADINGS = frozenset(_SHORT.split())
"""Short words of a line that stands in capitals: WATER OFF ALL DAY."""
_AS_WORDS = frozenset({"DOS", "GIF", "LAN", "OK", "PIN", "RAM", "ROM", "SIM", "WAN", "ZIP"}) | (_IN_HEADINGS - {"IT", "WHO"})
"""Short capitals that are said as a word anywhere: acronyms, and words that somebody raises (do NOT drink); IT and WHO are names more often."""
_PRONOUNCEABLE = re.compile(
    """(?:QU|SCH|SCR|SHR|SPL|SPR|STR|THR|[BCFGPS]L|[BCDFGKPTW]R|[DST]W|[CPSTW]H|KN|S[CKMNPT]|[BCDFGHJKLMNPRSTVWYZ])?
    (?:EAU|IOU|[AEIOUY]{1,2})
    (?:[B-DF-HJ-NP-TVWXZ]{1,3}[AEIOUY]{1,2})*
    (?:CH|CK|CT|FF|FT|GH|GN|L[DFKLMNPST]|M[BNPS]|N[DGKST]|P[HST]|R[BCDFGKLMNPSTV]|S[HKMPST]|T[HS]|W[DKLNS]|[BDGK]S|XT
    |CHS|CKS|CTS|GHTS?|LTS|MPS|NCH|N[DGKT]S|R[DKLMNT]S|RCH|STS|TCH|[B-DF-HK-NPRSTWXZ])?""",
    re.VERBOSE,
)
"""Beginnings, middles and ends of English words."""


def owns(char: str) -> bool:
    """Latin letters with their marks, and what is left of ASCII digits."""
    return (
        (char.isascii() and char.isalnum())
        or ("\u00c0" <= char <= "\u024f" and char not in "×÷")
        or "\u0300" <= char <= "\u036f"
        or "\u1e00" <= char <= "\u1eff"
    )


def read_run(run: str) -> list[Sound]:
    """Every word of a run; capitals letter by letter: ETC -> E T C, WiFi stays."""
    return list(_sounds(run))


def _sounds(run: str) -> Iterator[Sound]:
    heading = run.isupper() and len(run.split()) > 1
    for found in _WORD.finditer(run):
        word = found.group()
        if _CAPITALS.fullmatch(word) and not is_word(word, heading):
            for place, letter in enumerate(word):
                yield Sound(found.start() + place, letter, english_ipa(letter, VOICE))
        else:
            yield _word(found.start(), word)


def _word(at: int, word: str) -> Sound:
    voiced = english_stressed(word, VOICE)
    if voiced is None:
        return Sound(at, word, None)
    if chinese := english_chinese.reading(word):
        return Sound(at, word, "".join(english_words.phones(chinese)), english_phonemes(chinese) or "")
    said = english_words.spoken(word, voiced)
    return Sound(at, word, english_words.reported(word, voiced), (said and english_phonemes(said)) or "")


def is_word(capitals: str, heading: bool = False) -> bool:
    """Whether capitals are said as a word: they look like one and are no mere three letters. ``heading``: all around them is in capitals."""
    if capitals in _AS_WORDS or (heading and capitals in _IN_HEADINGS):
        return True
    return len(capitals) > 3 and _PRONOUNCEABLE.fullmatch(capitals) is not None


def given_phonemes(reading: str) -> list[str] | None:
    """IPA in the voice's phonemes; None when a sign is no sound of English."""
    said = english_phonemes(reading)
    return [said] if said else None
