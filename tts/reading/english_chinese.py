"""Names in pinyin inside English text, said by their syllables: Guangzhou -> ɡwɑŋd͡ʒˈoʊ. The voice would say ɡwæŋzu, as English spelling goes.

A name is a word with a capital that consists of whole syllables, one of which is spelled as no English, Spanish or Japanese word is; other
names (Hunan, Nanning) are left to the dictionary and the voice. How the syllables sound in English is after the guides of English
dictionaries; -en and -eng as the CMU Pronouncing Dictionary has them in Shenzhen and Chengdu.
"""

from __future__ import annotations

import re

_INITIALS = {
    "": "", "b": "b", "p": "p", "m": "m", "f": "f", "d": "d", "t": "t", "n": "n", "l": "l", "g": "ɡ", "k": "k", "h": "h", "j": "d͡ʒ",
    "q": "t͡ʃ", "x": "ʃ", "zh": "d͡ʒ", "ch": "t͡ʃ", "sh": "ʃ", "r": "ɹ", "z": "dz", "c": "ts", "s": "s",
}  # fmt: skip
_FINALS = {
    "a": "ɑ", "ai": "aɪ", "an": "ɑn", "ang": "ɑŋ", "ao": "aʊ", "e": "ə", "ei": "eɪ", "en": "ɛn", "eng": "ɛŋ", "ou": "oʊ", "ong": "ʊŋ",
    "i": "i", "ia": "jɑ", "ian": "jɛn", "iang": "jɑŋ", "iao": "jaʊ", "ie": "jɛ", "in": "ɪn", "ing": "ɪŋ", "iong": "jʊŋ", "iu": "joʊ",
    "u": "u", "ua": "wɑ", "uai": "waɪ", "uan": "wɑn", "uang": "wɑŋ", "ui": "weɪ", "un": "ʊn", "uo": "wɔ", "ue": "wɛ", "o": "oʊ",
}  # fmt: skip
_WHOLE = {
    "er": "ɚ", "ya": "jɑ", "yan": "jɛn", "yang": "jɑŋ", "yao": "jaʊ", "ye": "jɛ", "yi": "i", "yin": "jɪn", "ying": "jɪŋ", "yong": "jʊŋ",
    "you": "joʊ", "yu": "ju", "yuan": "jwɛn", "yue": "jwɛ", "yun": "jun", "wa": "wɑ", "wai": "waɪ", "wan": "wɑn", "wang": "wɑŋ",
    "wei": "weɪ", "wen": "wɛn", "weng": "wɛŋ", "wo": "wɔ", "wu": "wu", "lü": "lu", "nü": "nu", "lüe": "lwɛ", "nüe": "nwɛ",
    **{f"{initial}i": f"{_INITIALS[initial]}ɚ" for initial in ("zh", "ch", "sh", "r")},
    **{f"{initial}i": f"{_INITIALS[initial]}ə" for initial in ("z", "c", "s")},
}  # fmt: skip
_OPEN = "a|ai|an|ang|ao|ei|en|eng|ou"
_KINDS = (
    ("[bpmf]", f"{_OPEN}|o|i|ie|in|ing|ian|iao|iu|u"),
    ("[dtnl]", f"{_OPEN}|e|ong|i|ia|ie|ing|in|ian|iang|iao|iu|u|uan|un|ui|uo"),
    ("[gkh]|zh|ch", f"{_OPEN}|e|ong|u|ua|uai|uan|uang|un|ui|uo"),
    ("sh", f"{_OPEN}|e|u|ua|uai|uan|uang|un|ui|uo"),
    ("[rzcs]", f"{_OPEN}|e|ong|u|uan|un|ui|uo"),
    ("[jqx]", "i|ia|ie|in|ing|ian|iang|iao|iu|iong|u|ue|uan|un"),
    ("", "a|ai|an|ang|ao|e|en|ou"),
)
_SYLLABLE = "|".join([*sorted(_WHOLE, key=len, reverse=True), *(f"(?:{initial})(?:{finals})" for initial, finals in _KINDS)])
_ONE = re.compile(f"(?:{_SYLLABLE})['’]?")
_NAME = re.compile(f"(?:{_ONE.pattern})+")
_TELLING = re.compile("zh|.*(?:[iu]ang|iao|uai|iong|ü)|(?:d|h|ch|y)ong$|(?:ch|sh|f|m|d|h)eng$")
_X_OR_Q = re.compile("x|qi|quan")
_CLOSED = re.compile(".*(?:n|ng|[aeu]i|u|ao)$")
"""Behind another vowel x and q are English (taxi, Monique); at the beginning and behind such a final they are not (Haixi, Wuxi)."""
_APART = re.compile("[a-zü]['’](?:ai?|ang?|ao|ei|eng?|ou)(?![a-z])")
"""Xi'an."""
_ENDINGS = {"'s": "z", "’s": "z", "ese": "ˈiz", "nese": "nˈiz"}
_CANTONESE = frozenset({"hongkong"})
_START = re.compile("(?:d͡ʒ|t͡ʃ|[ˈˌbpmfdtnlɡkhʃɹzsjw])*")


def reading(word: str) -> str | None:
    """IPA with stress on the last syllable; None for a word that is no name in pinyin."""
    low = word.lower()
    for ending, sounds in _ENDINGS.items():
        if low.endswith(ending) and (name := reading(word[: -len(ending)])):
            return (name.replace("ˈ", "") if "ˈ" in sounds else name) + sounds
    if low in _CANTONESE or not word[:1].isupper() or word.isupper() or not _NAME.fullmatch(low):
        return None
    syllables = _parted(low)
    if len(syllables) < 2 or not (_APART.search(low) or any(map(_telling, ["", *syllables], syllables))):
        return None
    said = [_said(each) for each in syllables]
    return "".join(said[:-1]) + _START.sub(lambda found: f"{found.group()}ˈ", said[-1], count=1)


def _telling(before: str, syllable: str) -> bool:
    foreign = _X_OR_Q.match(syllable) and (not before or _CLOSED.match(before))
    return bool(foreign or _TELLING.match(syllable))


def _parted(word: str) -> list[str]:
    """The fewest syllables that make the word; a consonant between vowels begins one."""
    best: list[list[str] | None] = [[], *([None] * len(word))]
    for end in range(1, len(word) + 1):
        for start in range(max(0, end - 7), end):
            before = best[start]
            if before is None or not _ONE.fullmatch(word, start, end):
                continue
            bare = start and word[start] in "aeo" and word[start - 1] not in "'’"  # such a syllable wants an apostrophe before it
            now = best[end]
            if not bare and (now is None or len(before) + 1 < len(now)):
                best[end] = [*before, word[start:end].strip("'’")]
    return best[-1] or []


def _said(syllable: str) -> str:
    if syllable in _WHOLE:
        return _WHOLE[syllable]
    initial = next(each for each in (syllable[:2], syllable[:1], "") if each in _INITIALS)
    return _INITIALS[initial] + _FINALS[syllable[len(initial) :]]
