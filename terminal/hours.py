"""Hours of the day in the village's own time: quiet hours, volume by hour, hours in which something always plays."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from wire.messages import BadMessage

_SPAN = re.compile(r"([01]\d|2[0-4]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)(?:=(\d{1,3}))?\Z")


class BadHours(BadMessage):
    """A span that is not written ``HH:MM-HH:MM``."""


@lru_cache(maxsize=256)
def span(text: str) -> tuple[int, int, int]:
    """``22:00-06:00=40`` as (1320, 360, 40): minutes of the day and the number behind, -1 without one. Raises BadHours."""
    found = _SPAN.match(text)
    if found is None:
        raise BadHours(f"{text[:40]!r} is no span of hours: write it like 22:00-06:00")
    hour, minute, to_hour, to_minute, number = found.groups()
    return int(hour) * 60 + int(minute), int(to_hour) * 60 + int(to_minute), int(number) if number else -1


@lru_cache(maxsize=16)
def zone(name: str) -> tzinfo:
    """The zone of that name; UTC where this machine's tables do not have it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def minute_of_day(now_ms: float, tz: str) -> int:
    """Minutes since local midnight by the wall clock of the village."""
    local = datetime.fromtimestamp(now_ms / 1000, zone(tz))
    return local.hour * 60 + local.minute


def _inside(minute: int, begin: int, end: int) -> bool:
    """A span that ends before it begins goes over midnight; one that ends where it begins is the whole day."""
    if begin < end:
        return begin <= minute < end
    return minute >= begin or minute < end


def within(spans: Iterable[str], now_ms: float, tz: str) -> bool:
    """Whether the moment lies in one of the spans."""
    return bool(spans) and any(_inside(minute_of_day(now_ms, tz), *span(each)[:2]) for each in spans)


def cap(spans: Iterable[str], now_ms: float, tz: str) -> int:
    """The lowest cap of the spans the moment lies in; 100 outside of all."""
    if not spans:
        return 100
    minute = minute_of_day(now_ms, tz)
    return min((number for begin, end, number in map(span, spans) if number >= 0 and _inside(minute, begin, end)), default=100)


@lru_cache(maxsize=1024)
def dated(text: str) -> tuple[date, int, int]:
    """``2026-12-01=22:00-06:00`` as the date and minutes of the day (1320, 360); the whole day (0, 1440) without hours. Raises BadHours."""
    day, _, hours = text.partition("=")
    try:
        found = date.fromisoformat(day)
    except ValueError as error:
        raise BadHours(f"{text[:40]!r} is no quiet day: write it like 2026-12-01 or 2026-12-01=08:00-12:00") from error
    if day != found.isoformat() or "=" in hours or ("=" in text and not hours):
        raise BadHours(f"{text[:40]!r} is no quiet day: write it like 2026-12-01 or 2026-12-01=08:00-12:00")
    begin, end, _ = span(hours) if hours else (0, 24 * 60, -1)
    return found, begin, end


def quiet_date(days: Iterable[str], now_ms: float, tz: str) -> str:
    """The quiet day that the moment belongs to ("2026-12-01"), "" when none is: hours that go over midnight belong to the date they began on."""
    if not days:
        return ""
    local = datetime.fromtimestamp(now_ms / 1000, zone(tz))
    minute, today = local.hour * 60 + local.minute, local.date()
    for day, begin, end in map(dated, days):
        after = (today - day).days
        if (after == 0 and begin <= minute < (end if begin < end else 24 * 60)) or (after == 1 and begin >= end and minute < end):
            return day.isoformat()
    return ""


_MOMENT = re.compile(r"([01]\d|2[0-3]):([0-5]\d)\Z")


def moment(text: str) -> int:
    """``03:30`` as minutes of the day. Raises BadHours."""
    found = _MOMENT.match(text)
    if found is None:
        raise BadHours(f"{text[:40]!r} is no time of day: write it like 03:30")
    return int(found.group(1)) * 60 + int(found.group(2))


def next_at(text: str, now_ms: float, tz: str) -> float:
    """The next Unix millisecond at which the village's clock shows this time of day."""
    minute, local = moment(text), datetime.fromtimestamp(now_ms / 1000, zone(tz))
    found = local.replace(hour=minute // 60, minute=minute % 60, second=0, microsecond=0)
    return (found if found > local else found + timedelta(days=1)).timestamp() * 1000


def check_spans(name: str, spans: Iterable[str]) -> None:
    """Raises BadHours, which names the field, when one of them is not written like 22:00-06:00."""
    try:
        for each in spans:
            span(each)
    except BadHours as error:
        raise BadHours(f"{name}: {error}") from error


def check_days(name: str, days: Iterable[str]) -> None:
    """Raises BadHours, which names the field, when one of them is not written like 2026-12-01 or 2026-12-01=08:00-12:00."""
    try:
        for each in days:
            dated(each)
    except BadHours as error:
        raise BadHours(f"{name}: {error}") from error


def check_moment(name: str, text: str) -> None:
    """Raises BadHours, which names the field, when there is a time of day that is not written like 03:30."""
    try:
        if text:
            moment(text)
    except BadHours as error:
        raise BadHours(f"{name}: {error}") from error
