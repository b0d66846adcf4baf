"""The month of a place on paper: what was planned, heard, partly heard and missed, by day, programme, dialect and place, as a workbook or a table."""

from __future__ import annotations

import csv
import io
from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import IO, Any

import xlsxwriter  # type: ignore[import-untyped,unused-ignore]
from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcast.heard import Asked, Told, by_day, by_dialect, by_programme, every_line, every_place, total
from devices.models import Terminal
from station.areas import branch
from station.models import Area

# Every heading and sheet by its key; the pages give them in the language of the reader.
WORDS: dict[str, str] = {
    "place": "place", "level": "level", "code": "code", "day": "day", "programme": "programme", "dialect": "dialect", "below": "(programmes of the places below)",
    "expected": "planned", "heard": "heard", "partly": "partly", "not_heard": "not heard", "not_yet": "not yet told", "failed": "with a failure",
    "share": "share heard", "half_late": "half began within (ms)", "most_late": "95 % began within (ms)", "more": "more than 60000",
    "summary": "Summary", "days": "Days", "programmes": "Programmes", "dialects": "Dialects", "places": "Places", "faults": "Faults now",
    "speaker": "speaker", "device": "device", "fault": "fault", "seen": "last seen (UTC)", "month": "month", "all": "all", "counted": "hearings: one programme at one speaker",
}  # fmt: skip
MEASURES = ("expected", "heard", "partly", "not_heard", "not_yet", "failed")
# A sheet of a workbook holds no more lines.
SHEET_ROWS = 1_048_575


def days_of(month: str) -> tuple[date, date]:
    """The first and the last day of "2026-11". Raises ValueError."""
    year, _, number = month.partition("-")
    if not (len(year) == 4 and len(number) == 2 and (year + number).isascii() and (year + number).isdecimal() and int(year)):
        raise ValueError(f"a month is written like 2026-11, not {month[:20]!r}")
    first = date(int(year), int(number), 1)
    return first, first.replace(day=monthrange(first.year, first.month)[1])


def measures(told: Told, words: Mapping[str, str]) -> list[Any]:
    """The figures of a line: counts, the share that heard it (0 to 1 or ""), how late half and 95 % began (ms, "" where nothing did)."""
    late = [told.late_ms(part) for part in (0.5, 0.95)]
    shown = ["" if each is None else each or words["more"] for each in late]
    return [*(getattr(told, name) for name in MEASURES), "" if told.share is None else round(told.share, 6), *shown]


def heads(words: Mapping[str, str], *first: str) -> list[str]:
    return [words[each] for each in (*first, *MEASURES, "share", "half_late", "most_late")]


def write_workbook(session: Session, place: Area, month: str, file: IO[bytes], words: Mapping[str, str] = WORDS, levels: Mapping[str, str] | None = None, dialects: Mapping[str, str] | None = None) -> None:
    """The month as XLSX. Lines go to the disk as they come: memory does not grow with the number of places. Raises ValueError (month)."""
    since, until = days_of(month)
    asked = Asked(place, since, until)
    level_names, dialect_names = levels or {}, dialects or {}
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "in_memory": False, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False})
    try:
        bold, percent, count = book.add_format({"bold": True, "bottom": 1}), book.add_format({"num_format": "0.00%"}), book.add_format({"num_format": "#,##0"})

        def sheet(name: str, first: Sequence[str], lines: Iterable[tuple[Sequence[Any], Told]]) -> None:
            page = book.add_worksheet(words[name])
            page.freeze_panes(1, len(first))
            page.set_column(0, len(first) - 1, 22)
            page.set_column(len(first), len(first) + len(MEASURES) - 1, 12, count)
            page.set_column(len(first) + len(MEASURES), len(first) + len(MEASURES), 12, percent)
            page.set_column(len(first) + len(MEASURES) + 1, len(first) + len(MEASURES) + 2, 20)
            page.write_row(0, 0, heads(words, *first), bold)
            for n, (names, told) in enumerate(lines):
                if n >= SHEET_ROWS:
                    break
                for column, value in enumerate([*names, *measures(told, words)]):
                    if value != "":
                        (page.write_string if isinstance(value, str) else page.write_number)(n + 1, column, value)

        sheet("summary", ("place", "month"), [((place.name, month), total(session, asked))])
        sheet("days", ("day",), (((day,), told) for day, told in by_day(session, asked)))
        sheet("programmes", ("programme",), (((title or words["below"],), told) for _, title, told in by_programme(session, asked, SHEET_ROWS)))
        sheet("dialects", ("dialect",), (((dialect_names.get(code, code) or "—",), told) for code, told in by_dialect(session, asked)))
        sheet("places", ("place", "level", "code"), (
            ((each.name, level_names.get(each.level, each.level), each.code or ""), told) for each, told in every_place(session, place, month)
        ))  # fmt: skip
        page = book.add_worksheet(words["faults"])
        page.set_column(0, 4, 24)
        page.write_row(0, 0, [words[each] for each in ("place", "speaker", "device", "fault", "seen")], bold)
        for n, row in enumerate(faults(session, place)):
            for column, value in enumerate(row[:SHEET_ROWS]):
                page.write_string(n + 1, column, value)
    finally:
        book.close()


def faults(session: Session, place: Area) -> Iterator[tuple[str, str, str, str, str]]:
    """Speakers of the branch that say of themselves that something is wrong: place, name, name on the wire, fault, last seen (UTC)."""
    query = (
        select(Area.name, Terminal.name, Terminal.did, Terminal.fault, Terminal.last_seen_at).join(Area, Area.id == Terminal.area_id)
        .where(branch(place), Terminal.fault > "", Terminal.state == "active").order_by(Area.path, Terminal.id).execution_options(yield_per=2_000)
    )  # fmt: skip
    for area, name, did, fault, seen in session.execute(query):
        yield area, name, did, fault, f"{seen:%Y-%m-%d %H:%M}" if seen else ""


def table(session: Session, place: Area, month: str, whole: bool = False, words: Mapping[str, str] = WORDS) -> Iterator[str]:
    """The month as lines of CSV: a line a place, or (``whole``) a line for each place, day, programme and dialect. Raises ValueError (month)."""
    since, until = days_of(month)
    return _lines(session, place, month, since, until, whole, words)


def _lines(session: Session, place: Area, month: str, since: date, until: date, whole: bool, words: Mapping[str, str]) -> Iterator[str]:
    held = io.StringIO()
    writer = csv.writer(held)
    held.write("\ufeff")  # a spreadsheet takes it for UTF-8 then
    first = ("place", "level", "code", "day", "programme", "dialect") if whole else ("place", "level", "code")
    writer.writerow(heads(words, *first))
    lines: Iterator[tuple[list[str], Told]]
    if whole:
        lines = (
            ([each.name, each.level, each.code or "", day, title or words["below"], dialect], told)
            for each, day, title, dialect, told in every_line(session, place, since, until)
        )
    else:
        lines = (([each.name, each.level, each.code or ""], told) for each, told in every_place(session, place, month))
    for names, told in lines:
        writer.writerow([*map(harmless, names), *measures(told, words)])
        if held.tell() > 60_000:
            yield held.getvalue()
            held.seek(0)
            held.truncate()
    yield held.getvalue()


def harmless(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return "'" + text if text[:1] in "=+-@\t\r" and text else text
