"""English number words: cardinals, ordinals, years, digits one by one."""

from __future__ import annotations

_ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["zero", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_SCALES = ("", "thousand", "million", "billion", "trillion", "quadrillion", "quintillion")
_IRREGULAR = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth", "twelve": "twelfth",
}  # fmt: skip
LONGEST = 21
"""Digits of a cardinal; a longer number is said digit by digit."""


def digits(written: str) -> str:
    """One by one: 501 -> five zero one."""
    return " ".join(_ONES[int(digit)] for digit in written if digit.isdigit())


def below_hundred(number: int) -> str:
    if number < 20:
        return _ONES[number]
    return _TENS[number // 10] + (f"-{_ONES[number % 10]}" if number % 10 else "")


def _below_thousand(number: int, *, joined: bool) -> str:
    hundreds, rest = divmod(number, 100)
    if not hundreds:
        return below_hundred(rest)
    said = f"{_ONES[hundreds]} hundred"
    return said + ((" and " if joined else " ") + below_hundred(rest) if rest else "")


def cardinal(written: str, *, joined: bool = True) -> str:
    """A whole number. ``joined``: "and" before the last tens and ones, as in one thousand and five; never inside a larger group."""
    bare = written.replace(",", "")
    if len(bare) > LONGEST or (len(bare) > 1 and bare[0] == "0"):
        return digits(bare)
    number = int(bare)
    if not number:
        return _ONES[0]
    groups: list[int] = []
    while number:
        number, group = divmod(number, 1000)
        groups.append(group)
    said = [
        f"{_below_thousand(group, joined=False)} {_SCALES[scale]}"
        for scale, group in reversed(list(enumerate(groups)))
        if scale and group
    ]
    last = groups[0]
    if last:
        alone = last < 100 and said and joined
        said.append(("and " if alone else "") + _below_thousand(last, joined=joined))
    return " ".join(said)


def number(written: str, *, joined: bool = True) -> str:
    """A number with or without decimals: 3.05 -> three point zero five; .5 -> point five."""
    whole, dot, decimals = written.partition(".")
    said = cardinal(whole, joined=joined) if whole else ""
    return f"{said} point {digits(decimals)}".strip() if dot else said


def to_ordinal(words: str) -> str:
    """twenty-one -> twenty-first."""
    cut = max(words.rfind(" "), words.rfind("-")) + 1
    head, last = words[:cut], words[cut:]
    if last in _IRREGULAR:
        return head + _IRREGULAR[last]
    return head + (f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th")


def ordinal(written: str) -> str:
    """Without and: one hundred third."""
    return to_ordinal(cardinal(written, joined=False))


def year(written: str) -> str:
    """Four digits as years are said: 1987 nineteen eighty-seven, 1905 nineteen oh five, 2006 two thousand six, 2010 twenty ten."""
    number = int(written)
    high, low = divmod(number, 100)
    if (len(written) == 4 and written[0] == "0") or number < 1000:
        return cardinal(str(number))
    if high % 10 == 0:
        if low < 10:
            return f"{_ONES[high // 10]} thousand" + (f" {_ONES[low]}" if low else "")
        return f"{below_hundred(high)} {below_hundred(low)}"
    if not low:
        return f"{below_hundred(high)} hundred"
    return f"{below_hundred(high)} {'oh ' if low < 10 else ''}{below_hundred(low)}"


def plural(words: str) -> str:
    """The plural of a number word: eighty -> eighties, ten -> tens, thousand -> thousands."""
    return f"{words[:-1]}ies" if words.endswith("y") else f"{words}es" if words.endswith(("x", "s")) else f"{words}s"
