"""The public holidays of China with their make-up working days: as the State Council announced them, or from the operator's own table."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete, extract, select
from sqlalchemy.orm import Session

from playlists.errors import PlaylistError
from playlists.lunar import falls, is_rule
from playlists.models import PublicDay
from station import audit
from station.models import Area, Person
from station.people import require

NAMES = {"yuandan": "元旦", "chunjie": "春节", "qingming": "清明节", "laodong": "劳动节", "duanwu": "端午节", "zhongqiu": "中秋节", "guoqing": "国庆节"}
# (name, first day off, last day off, the days on which one works instead). Sources: 国办发明电〔2023〕7号, 〔2024〕12号, 〔2025〕7号.
_ANNOUNCED: dict[int, tuple[tuple[str, str, str, str], ...]] = {
    2024: (
        ("yuandan", "01-01", "01-01", ""), ("chunjie", "02-10", "02-17", "02-04 02-18"), ("qingming", "04-04", "04-06", "04-07"),
        ("laodong", "05-01", "05-05", "04-28 05-11"), ("duanwu", "06-08", "06-10", ""), ("zhongqiu", "09-15", "09-17", "09-14"),
        ("guoqing", "10-01", "10-07", "09-29 10-12"),
    ),
    2025: (
        ("yuandan", "01-01", "01-01", ""), ("chunjie", "01-28", "02-04", "01-26 02-08"), ("qingming", "04-04", "04-06", ""),
        ("laodong", "05-01", "05-05", "04-27"), ("duanwu", "05-31", "06-02", ""), ("guoqing", "10-01", "10-08", "09-28 10-11"),
    ),
    2026: (
        ("yuandan", "01-01", "01-03", "01-04"), ("chunjie", "02-15", "02-23", "02-14 02-28"), ("qingming", "04-04", "04-06", ""),
        ("laodong", "05-01", "05-05", "05-09"), ("duanwu", "06-19", "06-21", ""), ("zhongqiu", "09-25", "09-27", ""),
        ("guoqing", "10-01", "10-07", "09-20 10-10"),
    ),
}  # fmt: skip
# 13 days a year: dates of the sun as month-day with two digits, those of the moon as playlists.lunar writes them.
_BY_LAW = {
    "yuandan": ("01-01",), "chunjie": ("chuxi", "1-1", "1-2", "1-3"), "qingming": ("qingming",), "laodong": ("05-01", "05-02"), "duanwu": ("duanwu",),
    "zhongqiu": ("zhongqiu",), "guoqing": ("10-01", "10-02", "10-03"),
}  # fmt: skip
LINES_MOST, BYTES_MOST = 400, 64 * 1024
# A few weeks before the year begins its announcement has long been made.
MISSED_FROM = timedelta(days=31)


@dataclass(frozen=True)
class Public:
    """A day of the announcement: off, or one on which one works although it is a weekend. ``name`` is a key of NAMES or the operator's word."""

    day: date
    off: bool
    name: str


def announced(year: int) -> list[Public]:
    """The days of a year as this version knows them; [] for a year it does not know."""
    found = []
    for name, first, last, works in _ANNOUNCED.get(year, ()):
        since, until = (date.fromisoformat(f"{year}-{each}") for each in (first, last))
        found += [Public(date.fromordinal(number), True, name) for number in range(since.toordinal(), until.toordinal() + 1)]
        found += [Public(date.fromisoformat(f"{year}-{each}"), False, name) for each in works.split()]
    return sorted(found, key=lambda each: each.day)


def statutory(year: int) -> list[Public]:
    """The days that the law itself gives to all (全国年节及纪念日放假办法 as of 2025-01-01): what is sure before the arrangement of a year is announced."""
    found: list[Public] = []
    for day in (date.fromordinal(number) for number in range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1)):
        name = next((name for name, rules in _BY_LAW.items() if f"{day:%m-%d}" in rules or any(is_rule(rule) and falls(rule, day) for rule in rules)), None)
        if name is not None:
            found.append(Public(day, True, name))
    return found


def public_days(session: Session, years: Iterable[int]) -> Mapping[date, Public]:
    """The days that count in these years: the operator's table of a year where there is one, else what was announced."""
    wanted = sorted(set(years))
    rows = [Public(row.day, row.off, row.name) for row in session.scalars(select(PublicDay).where(extract("year", PublicDay.day).in_(wanted)))]
    own = {each.day.year for each in rows}
    return {each.day: each for each in [*rows, *(one for year in wanted if year not in own for one in announced(year))]}


def source(session: Session, year: int) -> str:
    """Where the days of a year are from: "own" (the operator's table), "announced", or "" when nobody has told us."""
    own = session.scalar(select(PublicDay.day).where(extract("year", PublicDay.day) == year).limit(1)) is not None
    return "own" if own else "announced" if year in _ANNOUNCED else ""


def lacking(session: Session, today: date) -> int | None:
    """The year whose table is missing: this one, or from December on the next. None when all is there."""
    return next((year for year in sorted({today.year, (today + MISSED_FROM).year}) if not source(session, year)), None)


# the operator's own table


class TableRefused(PlaylistError):
    """Lines of a table that cannot be; the text names the first of them."""


_OFF = {"off": True, "holiday": True, "休": True, "放假": True, "work": False, "workday": False, "班": False, "上班": False, "调休": False}


def read_table(raw: bytes) -> list[Public]:
    """A CSV of day, what it is (off or work, 休 or 班) and a name: ``2027-02-06,off,春节``. A first line of headings may stand. Raises TableRefused."""
    if len(raw) > BYTES_MOST:
        raise TableRefused(f"this file has {len(raw)} bytes: a table of holidays has at most {BYTES_MOST}", "file")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = raw.decode("gb18030")
        except UnicodeDecodeError as error:
            raise TableRefused("this file is neither UTF-8 nor GB 18030: save it as CSV UTF-8", "file") from error
    found: dict[date, Public] = {}
    for number, row in enumerate(csv.reader(io.StringIO(text)), 1):
        cells = [each.strip() for each in row]
        if not any(cells):
            continue
        if number > LINES_MOST:
            raise TableRefused(f"more than {LINES_MOST} lines: give one year at a time", "file")
        day = _day(cells[0])
        if day is None and number == 1:
            continue  # headings
        off = _OFF.get(cells[1].lower()) if len(cells) > 1 else None
        if day is None or off is None:
            raise TableRefused(f"line {number}: write it like 2027-02-06,off,春节 (off: nobody works; work: a weekend on which one works)", "file")
        found[day] = Public(day, off, (cells[2] if len(cells) > 2 else "")[:60])
    if not found:
        raise TableRefused("there is no day in this file: write lines like 2027-02-06,off,春节", "file")
    return [found[day] for day in sorted(found)]


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text.replace("/", "-"))
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2199 else None


def write_table(session: Session, person: Person, root: Area, days: list[Public], now: datetime) -> list[int]:
    """The operator's table of the years that it names, instead of what was there; those years. Raises NotAllowed: it counts for the whole station."""
    require(session, person, "schedule", root)
    years = sorted({each.day.year for each in days})
    session.execute(delete(PublicDay).where(extract("year", PublicDay.day).in_(years)))
    session.add_all(PublicDay(day=each.day, off=each.off, name=each.name, changed_at=now) for each in days)
    session.flush()
    audit.record(session, person=person, act="holidays", subject="area", subject_id=root.id, area=root, now=now, years=years, days=len(days))
    return years
