"""Uyghur number words and the endings they take: ordinals, from, to, until."""

from __future__ import annotations

_ONES = ("نۆل", "بىر", "ئىككى", "ئۈچ", "تۆت", "بەش", "ئالتە", "يەتتە", "سەككىز", "توققۇز")
_TENS = ("", "ئون", "يىگىرمە", "ئوتتۇز", "قىرىق", "ئەللىك", "ئاتمىش", "يەتمىش", "سەكسەن", "توقسان")
_SCALES = ("", "مىڭ", "مىليون", "مىليارد", "تىرىليون")
POINT = "چېكىت"
_PARTS = {1: "ئوندىن", 2: "يۈزدىن", 3: "مىڭدىن"}
LONGEST = 15
"""Digits of a quantity; a longer number is said digit by digit."""
_VOICELESS = frozenset("پتچخسشفقكھ")
_BACK, _FRONT = frozenset("اوۇ"), frozenset("ەېۆۈ")
_BACK_WITHOUT_VOWEL = frozenset({"قىرىق", "مىڭ"})


def one_by_one(digits: str) -> str:
    return " ".join(_ONES[int(digit)] for digit in digits)


def cardinal(written: str) -> str:
    digits = written.replace(",", "")
    if len(digits) > LONGEST or (len(digits) > 1 and digits[0] == "0"):
        return one_by_one(digits)
    number = int(digits)
    if not number:
        return _ONES[0]
    said: list[str] = []
    for power in range(len(_SCALES) - 1, -1, -1):
        group, number = divmod(number, 1000**power)
        if group:
            said += [*_group(group, alone=power == 0), _SCALES[power]]
    return " ".join(word for word in said if word)


def _group(number: int, *, alone: bool) -> list[str]:
    """1 to 999. 100 is بىر يۈز by itself, but يۈز مىڭ."""
    hundreds, rest = divmod(number, 100)
    said = ([_ONES[hundreds]] if hundreds > 1 or (hundreds and alone) else []) + (["يۈز"] if hundreds else [])
    return said + [word for word in (_TENS[rest // 10], _ONES[rest % 10] if rest % 10 else "") if word]


def number(written: str) -> str:
    """Decimals up to thousandths as they are said in schools: 2.5 -> ئىككى پۈتۈن ئوندىن بەش; longer ones digit by digit."""
    whole, dot, decimals = written.replace(",", "").partition(".")
    said = cardinal(whole or "0")
    if not dot:
        return said
    if len(decimals) in _PARTS and int(decimals):
        return f"{said} پۈتۈن {_PARTS[len(decimals)]} {cardinal(str(int(decimals)))}"
    return f"{said} {POINT} {one_by_one(decimals)}"


def ordinal(written: str) -> str:
    """بىرىنچى, ئىككىنچى, ئالتىنچى, سەكسىنىنچى."""
    said = cardinal(str(int(written.replace(",", ""))))
    if said.endswith(("سەكسەن", "توقسان")):
        return f"{said[:-2]}ىنىنچى"
    return f"{raised(said)}نچى" if said.endswith(("ى", "ە")) else f"{said}ىنچى"


def raised(words: str) -> str:
    """Before an ending a last ە becomes ى: ئالتە -> ئالتىدىن."""
    return f"{words[:-1]}ى" if words.endswith("ە") else words


def out_of(words: str) -> str:
    """From, out of: ئۈچتىن, ئىككىدىن."""
    return raised(words) + ("تىن" if words[-1] in _VOICELESS else "دىن")


def to(words: str) -> str:
    """To: ئۈچكە, ئونغا."""
    last = words.rsplit(" ", 1)[-1]
    vowels = [letter for letter in last if letter in _BACK | _FRONT]
    back = vowels[-1] in _BACK if vowels else last in _BACK_WITHOUT_VOWEL
    if last[-1] in _VOICELESS:
        return raised(words) + ("قا" if back else "كە")
    return raised(words) + ("غا" if back else "گە")


def until(words: str) -> str:
    """Until: بەشكىچە, ئونغىچە."""
    return f"{to(words)[:-1]}ىچە"
