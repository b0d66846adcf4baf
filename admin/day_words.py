"""What a day is, in words: the kinds of day, festivals and public holidays, the days of the moon's calendar."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from flask import Flask

from admin.desk import session
from admin.tongue import _, _l, get_locale
from devices.days import RESTDAY, WHOLE_DAY, Kind, kinds_of, quiet_by
from devices.models import MarkedDay
from playlists import lunar
from playlists.days import Days
from playlists.lunar import FESTIVALS, LunarDate, day_in_chinese
from station.models import Area

KIND_WORDS = {
    "holiday": _l("Holiday"), "exam": _l("Examination"), "market": _l("Market day"), "funeral": _l("Day of a funeral"), "workday": _l("Working day"),
    RESTDAY: _l("Day of rest"),
}  # fmt: skip
FESTIVAL_WORDS = {
    "yuandan": _l("New Year"), "chunjie": _l("Spring Festival"), "qingming": _l("Qingming"), "laodong": _l("Labour Day"), "duanwu": _l("Dragon Boat Festival"),
    "zhongqiu": _l("Mid-Autumn"), "guoqing": _l("National Day"), "laba": _l("Laba"), "chuxi": _l("New Year's Eve (moon)"), "yuanxiao": _l("Lantern Festival"),
    "qixi": _l("Qixi"), "zhongyuan": _l("Zhongyuan"), "chongyang": _l("Double Ninth"),
}  # fmt: skip
# What the form of a schedule offers: the first and the fifteenth of every month, then the festivals in the order of the year.
MOON_OFFERED = ("*-1", "*-15", "laba", "chuxi", "chunjie", "yuanxiao", "qingming", "duanwu", "qixi", "zhongyuan", "zhongqiu", "chongyang")


def kind_word(kind: Kind) -> str:
    """What a kind of day is called: its own name, else the word that every language has for it."""
    return kind.name or str(KIND_WORDS.get(kind.code, kind.code))


def kind_names(area: Area) -> dict[str, str]:
    """What programmes of the place may name, with their words."""
    return {code: kind_word(kind) for code, kind in kinds_of(session(), area).items()} | {RESTDAY: str(KIND_WORDS[RESTDAY])}


def moon_in_words(rule: str) -> str:
    """Days of the moon as a person says them: the fifteenth of every month, a festival, 八月十五."""
    if rule in FESTIVALS:
        return str(FESTIVAL_WORDS[rule])
    month, _dash, day = rule.partition("-")
    if str(get_locale()).startswith("zh"):
        number = "末日" if day == "last" else day_in_chinese(int(day))
        return f"每月{number}" if month == "*" else f"{lunar.MONTHS[int(month) - 1]}月{number}"
    number = _("last day") if day == "last" else day
    return _("day %(day)s of every month of the moon", day=number) if month == "*" else _("month %(month)s, day %(day)s of the moon", month=month, day=number)


def moon_day(found: LunarDate | None) -> str:
    """A day of the moon on a calendar: 十五, 腊月; in other languages 8-15."""
    if found is None:
        return ""
    if str(get_locale()).startswith("zh"):
        return found.chinese
    return f"{found.month}{'+' if found.leap else ''}-{found.day}"


@dataclass(frozen=True)
class DayTold:
    """All that is to be said of one date in a place. ``public``: (whether one is off, its name) of the announcement; ``marks`` with words, from
    the places above first; ``quiet``: in these hours nothing but an emergency begins."""

    date: date
    moon: str
    festival: str
    public: tuple[bool, str] | None
    marks: Sequence[tuple[MarkedDay, str]]
    codes: frozenset[str]
    quiet: Sequence[str]


def day_told(days: Days, area: Area, day: date) -> DayTold:
    """One date there."""
    public, found = days.public(day), lunar.festival(day)
    kinds = days.kinds(area)
    marks = [(each, kind_word(kinds.get(each.code, Kind(each.code)))) for each in days.marks(area, day)]
    told = (public.off, str(FESTIVAL_WORDS.get(public.name, public.name))) if public is not None else None
    return DayTold(day, moon_day(lunar.lunar(day)), str(FESTIVAL_WORDS[found]) if found else "", told, marks, days.codes(area, day), days.quiet(area, day))


def quiet_words(spans: Iterable[str]) -> str:
    """How quiet a day is: all day, in some hours, or ""."""
    found = sorted(set(spans))
    if WHOLE_DAY in found:
        return _("quiet all day")
    return _("quiet %(hours)s", hours=" ".join(found)) if found else ""


def does(kind: Kind) -> str:
    """What a kind of day does, in one line."""
    said = [quiet_words(kind.quiet), "" if kind.music else _("no music")]
    return ", ".join(each for each in said if each)


def mark_does(mark: MarkedDay, kind: Kind | None) -> str:
    """What a marked day does."""
    known = {kind.code: kind} if kind is not None else {}
    said = [quiet_words(quiet_by(mark, known)), _("no music") if kind is not None and not kind.music else ""]
    return ", ".join(each for each in said if each)


def teach(app: Flask) -> None:
    """Give the templates these words."""
    app.jinja_env.globals.update(MOON_OFFERED=MOON_OFFERED, FESTIVAL_WORDS=FESTIVAL_WORDS, moon_in_words=moon_in_words, kind_word=kind_word, kind_does=does, quiet_words=quiet_words)
