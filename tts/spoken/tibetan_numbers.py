"""Tibetan number words, as schoolbooks write and Lhasa says them."""

from __future__ import annotations

TSHEG = "་"
POINT = "ཚེག"
_ONES = ("ཀླད་ཀོར", "གཅིག", "གཉིས", "གསུམ", "བཞི", "ལྔ", "དྲུག", "བདུན", "བརྒྱད", "དགུ")
_TEENS = ("བཅུ", "བཅུ་གཅིག", "བཅུ་གཉིས", "བཅུ་གསུམ", "བཅུ་བཞི", "བཅོ་ལྔ", "བཅུ་དྲུག", "བཅུ་བདུན", "བཅོ་བརྒྱད", "བཅུ་དགུ")
_TENS = ("", "", "ཉི་ཤུ", "སུམ་ཅུ", "བཞི་བཅུ", "ལྔ་བཅུ", "དྲུག་བཅུ", "བདུན་ཅུ", "བརྒྱད་ཅུ", "དགུ་བཅུ")
# the syllable between tens and ones: ཉི་ཤུ་རྩ་གཅིག, སུམ་ཅུ་སོ་གཉིས ...
_LINKS = ("", "", "རྩ", "སོ", "ཞེ", "ང", "རེ", "དོན", "གྱ", "གོ")
# before བརྒྱ, སྟོང, ཁྲི
_TIMES = ("", "ཆིག", "ཉིས", "སུམ", "བཞི", "ལྔ", "དྲུག", "བདུན", "བརྒྱད", "དགུ")
_LARGE = (
    (11, "ཁྲག་ཁྲིག་ཕྲག"), (10, "ཐེར་འབུམ་ཆེན་པོ་ཕྲག"), (9, "ཐེར་འབུམ་ཕྲག"), (8, "དུང་ཕྱུར"), (7, "བྱེ་བ"), (6, "ས་ཡ"), (5, "འབུམ"),
)  # fmt: skip
LONGEST = 12
"""Digits of a quantity; a longer number is said digit by digit."""


def one_by_one(digits: str) -> str:
    return TSHEG.join(_ONES[int(digit)] for digit in digits)


def cardinal(written: str) -> str:
    """Without a tsheg at its end."""
    digits = written.replace(",", "")
    if len(digits) > LONGEST or (len(digits) > 1 and digits[0] == "0"):
        return one_by_one(digits)
    number = int(digits)
    if number < 10:
        return _ONES[number]
    parts: list[str] = []
    for power, name in _LARGE:
        count, number = divmod(number, 10**power)
        if count:
            parts += [name, "ཆིག" if power == 5 and count == 1 else _ONES[count]]
    for power, name in ((4, "ཁྲི"), (3, "སྟོང"), (2, "བརྒྱ")):
        count, number = divmod(number, 10**power)
        if count:
            parts += [name] if power == 2 and count == 1 and not parts else [_TIMES[count], name]
    if number:
        parts += (["དང"] if parts else []) + [_below_hundred(number)]
    return TSHEG.join(parts)


def _below_hundred(number: int) -> str:
    if number < 10:
        return _ONES[number]
    if number < 20:
        return _TEENS[number - 10]
    tens, ones = divmod(number, 10)
    return TSHEG.join([_TENS[tens], _LINKS[tens], _ONES[ones]]) if ones else _TENS[tens]


def number(written: str) -> str:
    """A quantity with or without decimals: 2.5 -> གཉིས་ཚེག་ལྔ."""
    whole, dot, decimals = written.replace(",", "").partition(".")
    said = cardinal(whole) if whole else _ONES[0]
    return TSHEG.join([said, POINT, one_by_one(decimals)]) if dot else said


def ordinal(written: str) -> str:
    """དང་པོ, གཉིས་པ, གསུམ་པ ..."""
    return "དང་པོ" if int(written) == 1 else cardinal(str(int(written))) + "་པ"


def of_ordinal(written: str) -> str:
    """The same with འི: of the first, of the second."""
    return ordinal(written) + "འི"
