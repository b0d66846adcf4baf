"""The moon's calendar: which lunar day a date is, and when the festivals of the village fall."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

FIRST_YEAR, LAST_YEAR = 1900, 2100
_NEW_YEAR = date(1900, 1, 31)
# Facts of the Chinese calendar (GB/T 33661-2017: new moons and solar terms at 120 degrees east), a lunar year each from 1900 on: bit n is set when
# its month n (leap months are counted where they stand) has 30 days, bits 13-16 hold which month is doubled (0: none), bits 17-18 hold on which day
# of April Qingming falls, less 4. The ninth month of 2057 begins within seconds of midnight: on September 29 by the published tables and by the length
# of the day as it is today, on the 28th if the earth slows down as it did a century ago; nobody can know it before.
_YEARS = (
    0x316d2, 0x20752, 0x40ea5, 0x4b64a, 0x2064b, 0x20a9b, 0x49556, 0x4056a, 0x20b59, 0x25752, 0x40752, 0x4db25,
    0x20b25, 0x20a4b, 0x2b4ab, 0x402ad, 0x2056b, 0x24b69, 0x20da9, 0x4fd92, 0x20e92, 0x20d25, 0x2ba4d, 0x40a56,
    0x202b6, 0x295b5, 0x206d4, 0x40ea9, 0x25e92, 0x20e92, 0x2cd26, 0x4052b, 0x20a57, 0x2b2b6, 0x20b5a, 0x406d4,
    0x26ec9, 0x20749, 0x2f693, 0x40a93, 0x2052b, 0x2ca5b, 0x20aad, 0x4056a, 0x29b55, 0x20ba4, 0x20b49, 0x25a93,
    0x20a95, 0x2f52d, 0x20536, 0x20aad, 0x2b5aa, 0x205b2, 0x20da5, 0x27d4a, 0x20d4a, 0x30a95, 0x20a97, 0x20556,
    0x2cab5, 0x20ad5, 0x206d2, 0x28ea5, 0x20ea5, 0x2064a, 0x26c97, 0x20a9b, 0x2f55a, 0x2056a, 0x20b69, 0x2b752,
    0x20b52, 0x20b25, 0x2964b, 0x20a4b, 0x114ab, 0x202ad, 0x2056d, 0x2cb69, 0x00da9, 0x20d92, 0x29d25, 0x20d25,
    0x15a4d, 0x20a56, 0x202b6, 0x2c5b5, 0x006d5, 0x20ea9, 0x2be92, 0x20e92, 0x00d26, 0x26a56, 0x20a57, 0x314d6,
    0x0035a, 0x206d5, 0x2b6c9, 0x20749, 0x00693, 0x2952b, 0x2052b, 0x20a5b, 0x0555a, 0x2056a, 0x2fb55, 0x20ba4,
    0x00b49, 0x0ba93, 0x20a95, 0x2052d, 0x08aad, 0x00ab5, 0x335aa, 0x205d2, 0x00da5, 0x0dd4a, 0x20d4a, 0x20c95,
    0x0952e, 0x00556, 0x20ab5, 0x255b2, 0x006d2, 0x0cea5, 0x20725, 0x2064b, 0x0ac97, 0x00cab, 0x2055a, 0x26ad6,
    0x00b69, 0x17752, 0x20b52, 0x20b25, 0x0da4b, 0x00a4b, 0x204ab, 0x2a55b, 0x005ad, 0x00b6a, 0x05b52, 0x20d92,
    0x0fd25, 0x00d25, 0x00a55, 0x2b4ad, 0x004b6, 0x005b5, 0x06daa, 0x20ec9, 0x11e92, 0x00e92, 0x00d26, 0x2ca56,
    0x00a57, 0x004d6, 0x086d5, 0x20755, 0x00749, 0x06e93, 0x00693, 0x2f52b, 0x0052b, 0x00a5b, 0x0b55a, 0x2056a,
    0x00b65, 0x0974a, 0x00b4a, 0x31a95, 0x00a95, 0x0052d, 0x0caad, 0x00ab5, 0x005aa, 0x08ba5, 0x00da5, 0x00d4a,
    0x07c95, 0x00c96, 0x0f94e, 0x00556, 0x00ab5, 0x0b5b2, 0x006d2, 0x00ea5, 0x08e4a, 0x0068b, 0x10c97, 0x004ab,
    0x0055b, 0x0cad6, 0x00b6a, 0x00752, 0x09725, 0x00b45, 0x00a8b, 0x0549b, 0x204ab,
)
FESTIVALS = {
    "laba": "12-8", "chuxi": "12-last", "chunjie": "1-1", "yuanxiao": "1-15", "qingming": "qingming", "duanwu": "5-5", "qixi": "7-7", "zhongyuan": "7-15",
    "zhongqiu": "8-15", "chongyang": "9-9",
}  # fmt: skip
"""Days that are asked for by name, as a lunar month and day; Qingming is one of the sun."""
_RULE = re.compile(r"(\*|[1-9]|1[0-2])-([1-9]|[12]\d|30|last)\Z")
MONTHS = ("正", "二", "三", "四", "五", "六", "七", "八", "九", "十", "冬", "腊")
_DIGITS = ("十", "一", "二", "三", "四", "五", "六", "七", "八", "九")


@dataclass(frozen=True, order=True)
class LunarDate:
    """A day of the moon's calendar; ``leap``: in the second month of that number. ``length`` is how many days its month has."""

    year: int
    month: int
    day: int
    leap: bool = False
    length: int = 30

    @property
    def chinese(self) -> str:
        """As a calendar on the wall says it: the month on its first day (腊月, 闰六月), else the day (初八, 十五, 廿三)."""
        if self.day == 1:
            return ("闰" if self.leap else "") + MONTHS[self.month - 1] + "月"
        return day_in_chinese(self.day)


def day_in_chinese(day: int) -> str:
    """初一 .. 三十."""
    if day in (10, 20, 30):
        return {10: "初十", 20: "二十", 30: "三十"}[day]
    return ("初", "十", "廿")[day // 10] + _DIGITS[day % 10]


@cache
def _months(year: int) -> tuple[tuple[date, int, bool, int], ...]:
    """(first day, month, whether it is the leap one, length) of each month of a lunar year."""
    first = _NEW_YEAR if year == FIRST_YEAR else _end(year - 1)
    row = _YEARS[year - FIRST_YEAR]
    leap = row >> 13 & 15
    found = []
    for place in range(13 if leap else 12):
        month = place if leap and place >= leap else place + 1
        length = 29 + (row >> place & 1)
        found.append((first, month, bool(leap) and place == leap, length))
        first += timedelta(days=length)
    return tuple(found)


@cache
def _end(year: int) -> date:
    """The first day after a lunar year."""
    if year > FIRST_YEAR:
        _end(year - 1)  # from the beginning on, so that no call goes two centuries deep
    first, _month, _leap, length = _months(year)[-1]
    return first + timedelta(days=length)


def lunar(day: date) -> LunarDate | None:
    """The lunar day of a date in China; None before 1900-01-31 and after the year 2100 of the moon."""
    for year in (day.year, day.year - 1):
        if not FIRST_YEAR <= year <= LAST_YEAR:
            continue
        for first, month, leap, length in reversed(_months(year)):
            if first <= day < first + timedelta(days=length):
                return LunarDate(year, month, (day - first).days + 1, leap, length)
    return None


def qingming(year: int) -> date | None:
    """The day of Qingming; None outside the table."""
    return date(year, 4, 4 + (_YEARS[year - FIRST_YEAR] >> 17)) if FIRST_YEAR <= year <= LAST_YEAR else None


def is_rule(text: str) -> bool:
    """Whether it names lunar days: a festival, "8-15", "12-last" (the eve of the new year), "*-1" (of every month, leap ones too)."""
    return text in FESTIVALS or bool(_RULE.match(text))


def falls(rule: str, day: date) -> bool:
    """Whether a date is one of these lunar days. Days of one month fall in its first when it is doubled; "30" only where the month has as many."""
    rule = FESTIVALS.get(rule, rule)
    if rule == "qingming":
        return qingming(day.year) == day
    found = lunar(day)
    if found is None:
        return False
    month, _dash, number = rule.partition("-")
    if found.day != (found.length if number == "last" else int(number)):
        return False
    if month == "*":
        return True
    if month == "12" and number == "last":  # the eve of the new year, in a doubled twelfth month too
        after = lunar(day + timedelta(days=1))
        return after is None or after.month == 1
    return found.month == int(month) and not found.leap


def festival(day: date) -> str | None:
    """The festival that a date is, if any."""
    return next((name for name, rule in FESTIVALS.items() if falls(rule, day)), None)
