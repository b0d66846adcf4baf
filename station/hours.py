"""Hours of the day as people say them: 22:00-06:00, with a number behind (06:00-08:00=40) where one belongs to them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import time

SPANS_MAX = 12
_SPAN = re.compile(r"(\d{1,2})(?::([0-5]\d))?-(\d{1,2})(?::([0-5]\d))?(?:=(\d{1,3}))?\Z")
_DASHES = str.maketrans("–—−－~～至到", "--------")


class HoursRefused(ValueError):
    """Hours that cannot be; the text says how they are written."""


def split(text: str) -> list[str]:
    """The spans of one line: parted by blanks, commas or semicolons, Chinese ones too."""
    return [part for part in re.split(r"[\s,;、，；]+", text) if part]


def read_spans(texts: Iterable[str], *, top: int | None = None) -> list[str]:
    """Each span as terminals read it, in order, each once. Chinese digits and dashes, "6-8" and "6:00-8:00" are understood.

    With ``top`` each needs a number from 0 to it behind (``=40``), and of the same hours the last one counts; without it none may have one.
    Raises HoursRefused.
    """
    found: dict[str, str] = {}
    for text in texts:
        hours, number = _read(text, top)
        found[hours] = f"{hours}={number}" if top is not None else hours
    if len(found) > SPANS_MAX:
        raise HoursRefused(f"{len(found)} spans of hours are more than {SPANS_MAX}: join some of them")
    return [found[hours] for hours in sorted(found)]


def _read(text: str, top: int | None) -> tuple[str, int]:
    plain = unicodedata.normalize("NFKC", text).translate(_DASHES).strip()
    parts = _SPAN.match(plain)
    example = "22:00-06:00" if top is None else "06:00-08:00=40"
    if parts is None or (parts[5] is not None) != (top is not None):
        raise HoursRefused(f"{text[:40]!r} are no hours: write them like {example}")
    begin, end = (60 * int(parts[n]) + int(parts[n + 1] or 0) for n in (1, 3))
    if begin >= 24 * 60 or end > 24 * 60:
        raise HoursRefused(f"{text[:40]!r}: a day has 24 hours")
    if begin == end:
        raise HoursRefused(f"{text[:40]!r} ends where it begins: for the whole day write 00:00-24:00")
    number = int(parts[5] or 0)
    if top is not None and number > top:
        raise HoursRefused(f"{text[:40]!r}: the number behind the hours goes from 0 to {top}")
    return f"{begin // 60:02}:{begin % 60:02}-{end // 60:02}:{end % 60:02}", number


def within(spans: Iterable[str], moment: time) -> bool:
    """Whether a time of day lies in one of the spans ("22:00-06:00" goes over midnight); their end is outside."""
    minute = moment.hour * 60 + moment.minute
    for span in spans:
        begin, end = (int(part[:2]) * 60 + int(part[3:5]) for part in span.split("-"))
        if begin <= minute < end if begin < end else (minute >= begin or minute < end):
            return True
    return False
