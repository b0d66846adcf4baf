"""Shapes that several languages write alike: web addresses, telephone numbers of the mainland, measures with their signs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from tts.spoken.rules import Rule, rule

TO = r"\s?(?:-+|~+)\s?"
"""The stroke of a range."""
VULGAR = {"¼": "1/4", "½": "1/2", "¾": "3/4", "⅓": "1/3", "⅔": "2/3", "⅕": "1/5", "⅛": "1/8"}
DIALLED = (
    r"\d{17}[\dXx](?!\d)|1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)|0\d{2,3}[- ]?\d{3,4}[- ]?\d{4}(?!\d)|[48]00[- ]\d{3,4}[- ]\d{3,4}(?!\d)"
)
"""An identity card, a mobile, an area code with its number, a 400 or 800 number (GB 11643; the numbering plan of the mainland)."""
_MAILBOX_REST = r"[\w.+-]{0,63}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
_HOST = r"(?:www\.)?[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,8}\.(?:com|cn|net|org|gov|edu|info)(?![A-Za-z])(?:/[A-Za-z0-9./?=&%~_-]*[A-Za-z0-9/])?"


def one_of(words: Iterable[str]) -> str:
    """A pattern of any of the words, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def measured(number: str, units: Iterable[str]) -> str:
    """A pattern of 25kg, 3-5km, 60km/h, -5℃: groups ``minus``, ``n``, ``minus2``, ``n2``, ``u`` and ``per``."""
    unit = rf"(?:{one_of(units)})(?![A-Za-z0-9²³])"
    second = rf"(?:\s?(?:℃|°C)?{TO}(?P<minus2>-)?(?P<n2>{number}))?"
    return rf"(?P<minus>-)?(?P<n>{number}){second}\s?(?P<u>{unit})(?:/(?P<per>h|s|min|d)(?![A-Za-z]))?"


class Spelled:
    """What is said sign by sign: web addresses and mailboxes, with the language's names of the signs and of the digits."""

    def __init__(self, signs: Mapping[str, str], one_by_one: Callable[[str], str], cardinal: Callable[[str], str]) -> None:
        self._signs, self._one_by_one, self._cardinal = signs, one_by_one, cardinal

    def web(self, found: re.Match[str]) -> str:
        """Words of letters stay words, digits are said one by one, signs by their names."""
        parts = re.findall(r"[A-Za-z]+|\d+|.", found[0])
        return " ".join(
            part if part.isalpha() and part.isascii() else self._one_by_one(part) if part.isdigit() else self._signs.get(part, part)
            for part in parts
        )

    def dialled(self, found: re.Match[str]) -> str:
        """A telephone or card number digit by digit, with the X that ends some cards."""
        return self._one_by_one(re.sub(r"\D", "", found[0])) + (" X" if found[0].strip()[-1] in "Xx" else "")

    def short(self, digits: str) -> str:
        """The digits of a code: up to two are a number, more are said one by one."""
        return self._one_by_one(digits) if len(digits) >= 3 else self._cardinal(digits)

    def code(self, found: re.Match[str]) -> str:
        return self.short(found[0])

    def digit_rules(self) -> tuple[Rule, ...]:
        """What begins with a digit and is spelled."""
        return (rule("web", r"\d" + _MAILBOX_REST, self.web, flags=re.ASCII), rule("telephone", DIALLED, self.dialled))

    def letter_rules(self) -> tuple[Rule, ...]:
        """What begins with a letter and is spelled."""
        return (
            rule("web", r"(?:https?|ftp)://[A-Za-z0-9./?=&%~_:#+-]*[A-Za-z0-9/]", self.web, flags=re.ASCII),
            rule("web", "[A-Za-z0-9]" + _MAILBOX_REST, self.web, flags=re.ASCII),
            rule("web", _HOST, self.web, flags=re.ASCII),
        )
