"""Notices by template: fill in place, day and hours, and the sentences are there, with how often and until when they are heard."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from articles.errors import Empty, Refused, TooLong, UnknownKind

FIELD_MAX = 200
LANGS = ("zh-Hans", "en")
_GAP = re.compile(r"\{(\w+)\}")
_WEEKDAYS = {"zh-Hans": "一二三四五六日", "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")}
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")


@dataclass(frozen=True)
class Form:
    """One template. ``fields`` are (name, kind) with kind text, date or time; those in ``needed`` must be filled. A sentence whose field is empty
    is left out. ``says`` holds the title and the sentences per written language.

    ``repeats``: how often in a row it is said; ``later``: the hours at which it is heard again, each day until the end of the day in the
    field ``lasts`` (or at its hour ``until``), else ``days`` days long.
    """

    key: str
    fields: tuple[tuple[str, str], ...]
    needed: tuple[str, ...]
    says: Mapping[str, tuple[str, tuple[str, ...]]]
    repeats: int = 2
    later: tuple[str, ...] = ()
    lasts: str = ""
    days: int = 1


@dataclass(frozen=True)
class Filled:
    """A template with its fields filled: what is said, how often, and until when (local to the place)."""

    title: str
    body: str
    lang: str
    repeats: int
    later: tuple[str, ...]
    ends: datetime


_CUT = (("place", "text"), ("day", "date"), ("since", "time"), ("until", "time"), ("reason", "text"), ("phone", "text"))
FORMS: dict[str, Form] = {
    form.key: form
    for form in (
        Form("water", _CUT, ("day", "since", "until"), {
            "zh-Hans": ("停水通知", ("各位村民请注意。", "因{reason}，", "{day}{since}至{until}，", "{place}", "暂停供水。", "请提前储水，关好水龙头。", "有疑问请拨打{phone}。")),
            "en": ("Water will be cut off", ("Attention please. ", "On {day} from {since} to {until} there will be no water", " in {place}", ".", " The reason: {reason}.", " Please store water in time and close your taps.", " Questions? Call {phone}.")),
        }, later=("07:00", "18:00"), lasts="day"),
        Form("power", _CUT, ("day", "since", "until"), {
            "zh-Hans": ("停电通知", ("各位村民请注意。", "因{reason}，", "{day}{since}至{until}，", "{place}", "停电。", "请提前做好准备，关好家用电器。", "有疑问请拨打{phone}。")),
            "en": ("Power will be cut off", ("Attention please. ", "On {day} from {since} to {until} there will be no electricity", " in {place}", ".", " The reason: {reason}.", " Please prepare in time and switch off your appliances.", " Questions? Call {phone}.")),
        }, later=("07:00", "18:00"), lasts="day"),
        Form("vaccination", (("what", "text"), ("who", "text"), ("day", "date"), ("since", "time"), ("until", "time"), ("place", "text"), ("bring", "text"), ("phone", "text")), ("what", "day", "place"), {
            "zh-Hans": ("接种通知", ("各位村民请注意。", "{day}", "{since}至{until}，", "在{place}接种{what}。", "接种对象是{who}。", "请带好{bring}。", "有疑问请拨打{phone}。")),
            "en": ("Vaccination", ("Attention please. ", "Vaccination: {what}, on {day}", " from {since} to {until}", " at {place}.", " It is for {who}.", " Please bring {bring}.", " Questions? Call {phone}.")),
        }, later=("07:00", "12:00", "18:00"), lasts="day"),
        Form("market", (("place", "text"), ("day", "date"), ("since", "time"), ("until", "time"), ("what", "text")), ("day", "place"), {
            "zh-Hans": ("集市通知", ("各位村民，", "{day}", "{since}至{until}，", "{place}有集市。", "有{what}。", "欢迎大家前往。")),
            "en": ("Market day", ("There is a market on {day}", " from {since} to {until}", " at {place}.", " You will find {what}.", " Everybody is welcome.")),
        }, repeats=1, later=("07:00", "18:00"), lasts="day"),
        Form("lost", (("what", "text"), ("looks", "text"), ("place", "text"), ("day", "date"), ("name", "text"), ("phone", "text")), ("what", "phone"), {
            "zh-Hans": ("寻物启事", ("各位村民请注意。", "{day}", "有人", "在{place}", "丢失了{what}。", "特征是{looks}。", "有拾到的村民，", "请交给{name}，", "请拨打{phone}，谢谢。")),
            "en": ("Something was lost", ("Attention please. ", "Lost", " on {day}", " near {place}", ": {what}.", " It looks like this: {looks}.", " Who has found it, please give it to {name}.", " Please call {phone}. Thank you.")),
        }, later=("12:00", "18:00"), days=2),
        Form("found", (("what", "text"), ("place", "text"), ("day", "date"), ("name", "text"), ("phone", "text")), ("what", "phone"), {
            "zh-Hans": ("招领启事", ("各位村民请注意。", "{day}", "有人", "在{place}", "拾到{what}。", "请失主到{name}认领。", "请拨打{phone}。")),
            "en": ("Something was found", ("Attention please. ", "Found", " on {day}", " near {place}", ": {what}.", " It can be fetched at {name}.", " Please call {phone}.")),
        }, repeats=1, later=("12:00", "18:00"), days=2),
        Form("missing", (("name", "text"), ("looks", "text"), ("place", "text"), ("day", "date"), ("since", "time"), ("phone", "text")), ("name", "looks", "phone"), {
            "zh-Hans": ("紧急寻人", ("各位村民请注意，帮忙找人。", "{name}", "于{day}", "{since}左右", "在{place}", "走失。", "特征是{looks}。", "有线索请马上拨打{phone}。")),
            "en": ("A person is missing", ("Attention please: help us to find a person. ", "{name} is missing", " since {day}", ", about {since}", ", last seen near {place}", ".", " Description: {looks}.", " Whoever knows something, please call {phone} at once.")),
        }, repeats=3, later=("08:00", "12:00", "18:00"), days=2),
        Form("funeral", (("name", "text"), ("day", "date"), ("since", "time"), ("place", "text"), ("phone", "text")), ("name", "day", "place"), {
            "zh-Hans": ("讣告", ("各位乡亲，", "{name}逝世。", "{day}", "{since}", "在{place}送别。", "联系电话{phone}。")),
            "en": ("A funeral", ("With sorrow we say that {name} has died.", " The farewell is on {day}", " at {since}", " at {place}.", " Telephone {phone}.")),
        }, repeats=1, later=("18:00",), lasts="day"),
        Form("weather", (("what", "text"), ("day", "date"), ("since", "time"), ("until", "time"), ("place", "text"), ("advice", "text")), ("what", "day"), {
            "zh-Hans": ("天气提醒", ("各位村民请注意。", "预计{day}", "{since}至{until}，", "{place}", "有{what}。", "请{advice}。")),
            "en": ("Weather", ("Attention please. ", "Expected on {day}", " from {since} to {until}", " in {place}", ": {what}.", " Please {advice}.")),
        }, later=("07:00", "12:00", "18:00"), lasts="day"),
        Form("meeting", (("what", "text"), ("who", "text"), ("day", "date"), ("since", "time"), ("place", "text"), ("bring", "text")), ("what", "day", "since", "place"), {
            "zh-Hans": ("会议通知", ("各位村民请注意。", "{day}{since}，", "在{place}召开{what}。", "请{who}准时参加。", "请带好{bring}。")),
            "en": ("A meeting", ("Attention please. ", "On {day} at {since} there will be {what} at {place}.", " It is for {who}.", " Please bring {bring}.")),
        }, repeats=1, later=("07:00", "18:00"), lasts="day"),
    )
}  # fmt: skip


def fill(key: str, given: Mapping[str, str], lang: str, now: datetime) -> Filled:
    """The notice of a template. ``now`` is local to the place. Raises Refused naming the field."""
    form = FORMS.get(key)
    if form is None:
        raise UnknownKind(f"no template is called {key[:20]!r}: take one of {', '.join(FORMS)}", "form")
    if lang not in form.says:
        raise UnknownKind(f"there is no template in {lang[:20]!r}: take one of {', '.join(LANGS)}", "lang")
    said: dict[str, str] = {}
    days: dict[str, date] = {}
    times: dict[str, time] = {}
    for name, kind in form.fields:
        value = " ".join(given.get(name, "").split())
        if not value:
            if name in form.needed:
                raise Empty(f"{name}: this field is needed", name)
            continue
        if len(value) > FIELD_MAX:
            raise TooLong(f"{name}: at most {FIELD_MAX} characters, not {len(value)}", name)
        if kind == "date":
            days[name] = _day(name, value, now.date())
            said[name] = day_in_words(days[name], lang)
        elif kind == "time":
            times[name] = _time(name, value)
            said[name] = f"{times[name]:%H:%M}"
        else:
            said[name] = value.rstrip("。.，,；;") or value
    if "since" in times and "until" in times and times["until"] <= times["since"]:
        raise Refused("until: it ends before it begins", "until")
    title, sentences = form.says[lang]
    body = "".join(_GAP.sub(lambda gap: said[gap[1]], each) for each in sentences if set(_GAP.findall(each)) <= set(said))
    return Filled(title, body.strip(), lang, form.repeats, form.later, _ends(form, days, times, now))


def _ends(form: Form, days: Mapping[str, date], times: Mapping[str, time], now: datetime) -> datetime:
    """When nothing of it is heard any more: what is over is not announced."""
    day = days.get(form.lasts) if form.lasts else None
    if day is None:
        return now + timedelta(days=form.days)
    return datetime.combine(day, times.get("until") or times.get("since") or time(23, 59), now.tzinfo)


def day_in_words(day: date, lang: str) -> str:
    """11月26日星期四 · Thursday 26 November: never "tomorrow", for it is heard again the next day."""
    if lang == "en":
        return f"{_WEEKDAYS['en'][day.weekday()]} {day.day} {_MONTHS[day.month - 1]}"
    return f"{day.month}月{day.day}日星期{_WEEKDAYS['zh-Hans'][day.weekday()]}"


def _day(name: str, value: str, today: date) -> date:
    try:
        day = date.fromisoformat(value)
    except ValueError as error:
        raise Refused(f"{name}: a date like 2026-11-24 is needed", name) from error
    if not today - timedelta(days=366) <= day <= today + timedelta(days=366):
        raise Refused(f"{name}: {value} lies more than a year away", name)
    return day


def _time(name: str, value: str) -> time:
    try:
        return time.fromisoformat(value)
    except ValueError as error:
        raise Refused(f"{name}: a time like 08:30 is needed", name) from error
