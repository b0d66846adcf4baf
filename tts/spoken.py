"""A text becomes what is said: sentences with their places, and numbers, dates, times, money and telephones in words.

wetext does most of it; our own rules go first where it is wrong or where a village notice needs a plain answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

_ENDS = "。！？!?…"
_CLOSERS = "”’」』）)】》\"'"
LONGEST = 160
"""Characters; a longer sentence is cut at its next comma, so that no stretch outlasts a worker's patience."""


@dataclass(frozen=True)
class Sentence:
    """A stretch of the original text: ``text`` is ``original[start:end]``; ``paragraph`` is True where a new one begins."""

    start: int
    end: int
    text: str
    paragraph: bool


def sentences(text: str) -> list[Sentence]:
    """The sentences of a text in order, blank ones left out; every other character belongs to exactly one."""
    found: list[Sentence] = []
    line_start = 0
    for line in text.splitlines(keepends=True):
        opening = True
        for start, end in _cuts(line):
            part = line[start:end]
            left = len(part) - len(part.lstrip())
            trimmed = part.strip()
            if trimmed:
                at = line_start + start + left
                found.append(Sentence(at, at + len(trimmed), trimmed, opening))
                opening = False
        line_start += len(line)
    return found


def _cuts(line: str) -> Iterator[tuple[int, int]]:
    start = at = 0
    while at < len(line):
        at += 1
        if _ends_here(line, at) or (at - start >= LONGEST and (line[at - 1] in "，,；;、： " or at - start >= 2 * LONGEST)):
            while at < len(line) and line[at] in _ENDS + _CLOSERS:
                at += 1
            yield start, at
            start = at
    if start < len(line):
        yield start, len(line)


_ABBREVIATION = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|St|No|Prof|vs|etc|e\.g|i\.e|a\.m|p\.m|[A-Z])\.$")


def _ends_here(line: str, at: int) -> bool:
    """Whether a sentence ends after ``line[:at]``. A full stop ends one only before a blank, not after Dr. and the like."""
    if line[at - 1] in _ENDS:
        return True
    if line[at - 1] != "." or (at < len(line) and not line[at].isspace()):
        return False
    return not _ABBREVIATION.search(line[max(0, at - 8) : at])


def spoken(text: str, lang: str) -> str:
    """What is said for ``text``; ``lang`` is zh or en."""
    return _spoken_en(text) if lang == "en" else _spoken_zh(text)


# Chinese

_ZH_DIGITS = str.maketrans("0123456789", "零幺二三四五六七八九")
_WIDE = {ord("０") + i: ord("0") + i for i in range(10)} | {ord("Ａ") + i: ord("A") + i for i in range(26)}
_WIDE |= {ord("ａ") + i: ord("a") + i for i in range(26)} | {ord("％"): ord("%"), ord("－"): ord("-"), ord("．"): ord(".")}
_ZH_UNITS = {
    "㎡": "平方米", "km²": "平方千米", "m²": "平方米", "m³": "立方米", "㎏": "千克", "㎝": "厘米", "㎜": "毫米", "㎞": "千米",
    "kV": "千伏", "kWh": "千瓦时", "kW": "千瓦",
}  # fmt: skip


def _digits(found: re.Match[str]) -> str:
    """One by one, as telephones are said: 1 is 幺."""
    return re.sub(r"[^零幺二三四五六七八九Xx]", "", found.group().translate(_ZH_DIGITS)).replace("x", "X")


def _after_label(found: re.Match[str]) -> str:
    return found.group(1) + found.group(2).translate(_ZH_DIGITS)


def _plain_amount(found: re.Match[str]) -> str:
    """￥3.50元, ¥1,200 and 3.50元: the sign goes, empty decimals go, the unit is said once."""
    number = found.group("n").replace(",", "")
    if "." in number:
        number = number.rstrip("0").rstrip(".")
    return f"{number}{found.group('big') or ''}元"


def _below_zero(found: re.Match[str]) -> str:
    return f"零下{found.group(1)}{found.group(2)}"


_LABELS = "电话|電話|热线|熱線|拨打|撥打|致电|致電|手机|手機|号码|號碼|邮编|郵編|QQ|微信"
_COUNTED = "%|％|℃|°C|元|米|公里|千克|公斤|斤|人|户|亩|点|时|日|号|月|年|岁|天"
Rule = tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]
_NOT_IN_NUMBER = r"(?<![\d.,])"
_ZH_RULES: tuple[Rule, ...] = (
    (re.compile(rf"{_NOT_IN_NUMBER}\d{{17}}[\dXx](?!\d)"), _digits),
    (re.compile(rf"{_NOT_IN_NUMBER}(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{{4}}[- ]?\d{{4}}(?![\d.])"), _digits),
    (re.compile(rf"{_NOT_IN_NUMBER}[（(]?0\d{{2,3}}[)）]?[- —]?\d{{3,4}}[- ]?\d{{4}}(?:[-转]\d{{1,5}})?(?!\d)"), _digits),
    (re.compile(rf"{_NOT_IN_NUMBER}[48]00[- ]\d{{3,4}}[- ]\d{{3,4}}(?!\d)"), _digits),
    (re.compile(rf"((?:{_LABELS})[群号為为是:：\s]{{0,3}})(\d{{3,12}})(?![\d.:：-])"), _after_label),
    (re.compile(r"(?<![\d.])1(?:10|19|20|22|2\d{3})(?=(?:热线|熱線|电话|電話|急救|报警|報警|火警))"), _digits),
    (re.compile(r"[￥¥]\s*(?P<n>\d[\d,]*(?:\.\d+)?)\s*(?P<big>[万萬亿億])?\s*(?:元|块)?"), _plain_amount),
    (re.compile(r"(?P<n>\d[\d,]*\.\d+)(?P<big>[万萬亿億])?元"), _plain_amount),
    (re.compile(r"(\d\s*(?:℃|°C|度)?)\s*(?:[-—–~～到至])\s*[-−](\d+(?:\.\d+)?)\s*(℃|°C|度)"), r"\1到零下\2\3"),
    (re.compile(r"(?<![\dA-Za-z℃])(?<!\d度)[-−](\d+(?:\.\d+)?)(\s*(?:[~～到至]+\s*(?:零下)?[\d.]+\s*)?(?:℃|°C|度))"), _below_zero),
    (re.compile(rf"(\d(?:\.\d+)?\s*(?:{_COUNTED}))\s*(?:-|－|—|–|~|～)\s*(?=\d)"), r"\1到"),
    (re.compile(r"(\d)\s*[:：]\s*(\d\d)\s*(?:-|－|—|–|~|～|至)+\s*(\d{1,2})\s*[:：]\s*(\d\d)"), r"\1:\2到\3:\4"),
    (re.compile(r"(?<=\d)：(?=\d\d(?!\d))"), ":"),
    (re.compile(r"(?<=\d)\s*[~～–—]+\s*(?=\d)"), "到"),
    (re.compile(r"第(\d+)\s*(?:-|到)\s*(?=\d)"), r"第\1到第"),
    (re.compile(r"(?<=第)2(?!\d)"), "二"),
    (re.compile(r"元/(?=[亩畝斤公吨噸人户戶天日月年袋个個次米吨])"), "元每"),
    (re.compile(r"(?<![\d.第])2(?=[次名位户戶条條件张張本头頭只辆輛场場遍桶袋盒瓶])"), "两"),
    (re.compile(r"(\d+(?:\.\d+)?)‰"), r"千分之\1"),
)  # fmt: skip


@cache
def _wetext(lang: str) -> Callable[[str], str]:
    """wetext's normaliser (0.2 s to load)."""
    from wetext import Normalizer

    normaliser = Normalizer(lang=lang, operator="tn")
    return lambda text: str(normaliser.normalize(text))


def _spoken_zh(text: str) -> str:
    text = text.translate(_WIDE)
    for unit, name in _ZH_UNITS.items():
        text = re.sub(rf"(?<=[\d\s]){re.escape(unit)}", name, text)
    text = _apply(_ZH_RULES, text)
    return _wetext("zh")(text) if re.search(r"[0-9%℃$€£]", text) else text


def _apply(rules: tuple[Rule, ...], text: str) -> str:
    for pattern, replacement in rules:
        text = pattern.sub(replacement, text)
    return text


# English

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


def _spoken_en(text: str) -> str:
    """Our rules; the English voice reads cardinals, ordinals and years itself (wetext says 'thousand two hundred' for 1200)."""
    return _apply(_EN_RULES, text.translate(_WIDE))
