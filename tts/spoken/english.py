"""English: what is written becomes what is said."""

from __future__ import annotations

import re
from collections.abc import Callable

from tts.spoken.piece import Piece
from tts.spoken.rules import narrow

Rule = tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]

_EN_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def _en_digits(found: re.Match[str]) -> str:
    """One by one, grouped as written: 0771-5832 -> zero seven seven one, five eight three two."""
    groups = re.findall(r"\d+", found.group())
    return ", ".join(" ".join(_EN_DIGITS[int(d)] for d in group) for group in groups)


def _en_money(found: re.Match[str]) -> str:
    unit, part = {"$": ("dollar", "cent"), "£": ("pound", "pence"), "€": ("euro", "cent")}.get(found.group(1), ("yuan", "fen"))
    whole, _, decimals = found.group(2).replace(",", "").partition(".")
    plural = "" if unit == "yuan" or whole == "1" else "s"
    cents = int((decimals + "00")[:2]) if decimals else 0
    if unit == "yuan" and cents:
        return f"{whole}.{decimals.rstrip('0')} yuan"
    tail = f" {cents} {part}{'' if part == 'pence' or cents == 1 else 's'}" if cents else ""
    return f"{whole} {unit}{plural}{tail}"


def _en_big_money(found: re.Match[str]) -> str:
    unit = {"$": "dollars", "£": "pounds", "€": "euros"}.get(found.group(1), "yuan")
    return f"{found.group(2)} {found.group(3)} {unit}"


def _en_iso_date(found: re.Match[str]) -> str:
    year, month, day = (int(part) for part in found.groups())
    return f"{_MONTHS[month - 1]} {day}, {year}" if 1 <= month <= 12 and 1 <= day <= 31 else found.group()


def _en_time(found: re.Match[str]) -> str:
    hour, minute, half = int(found.group(1)), int(found.group(2)), (found.group(3) or "").replace(".", "").upper()
    if hour > 24 or minute > 59:
        return found.group()
    tail = f" {' '.join(half)}" if half else ""
    if minute == 0:
        return f"{hour}{tail}" if half else f"{hour} o'clock" if hour <= 12 else f"{hour} hundred hours"
    return f"{hour} {'oh ' if minute < 10 else ''}{minute}{tail}"


_EN_RULES: tuple[Rule, ...] = (
    (re.compile(r"(?<![\d.,])\+?\(?\d{2,4}\)?(?:[- ]\d{3,4}){2,3}(?!\d)|(?<![\d.,])0\d{2,3}-\d{7,8}(?!\d)"), _en_digits),
    (re.compile(r"(?<![\d.,$£€¥￥])\+?\d{7,18}(?![\d.,]\d|\d)"), _en_digits),
    (re.compile(r"(?i)(?<=call )(?:1\d{2}|12\d{3})(?![\d.,])|(?<=dial )(?:1\d{2}|12\d{3})(?![\d.,])"), _en_digits),
    (re.compile(r"([$£€¥￥])\s?(\d[\d,.]*) (thousand|million|billion)\b"), _en_big_money),
    (re.compile(r"([$£€¥￥])\s?(\d[\d,]*(?:\.\d+)?)"), _en_money),
    (re.compile(r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)"), _en_iso_date),
    (re.compile(r"(\d{1,2}:\d\d)\s*[-–—~]\s*(?=\d{1,2}:\d\d)"), r"\1 to "),
    (re.compile(r"(?<![\d:])(\d{1,2}):(\d\d)(?!\d)(?:\s*([AaPp]\.?[Mm]\b\.?))?"), _en_time),
    (re.compile(r"(?<=\d)\s*[-–—~]\s*(?=\d)"), " to "),
    (re.compile(r"(?<=\d),(?=\d{3}(?!\d))"), ""),
    (re.compile(r"(?<=\d)\s*%"), " percent"),
    (re.compile(r"(?<=\d)\s*(?:℃|°C)"), " degrees Celsius"),
    (re.compile(r"(?<=\d)\s?kg\b"), " kilograms"),
    (re.compile(r"(?<=\d)\s?km/h\b"), " kilometres per hour"),
    (re.compile(r"(?<=\d)\s?km\b"), " kilometres"),
    (re.compile(r"(?<=\d)\s?m²|(?<=\d)\s?㎡"), " square metres"),
    (re.compile(r"\bDr\.(?= )"), "Doctor"),
    (re.compile(r"\bNo\.(?= ?\d)"), "number"),
    (re.compile(r" & "), " and "),
)  # fmt: skip


def say(text: str) -> list[Piece]:
    """Our rules; the English voice reads cardinals, ordinals and years itself."""
    said = narrow(text)
    for pattern, replacement in _EN_RULES:
        said = pattern.sub(replacement, said)
    return [Piece(0, len(text), said)]
