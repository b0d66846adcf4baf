"""Public holidays and make-up working days: as announced, and as the operator's table says."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from sqlalchemy.orm import Session

from playlists import holidays
from playlists.holidays import Public, TableRefused, announced, lacking, public_days, read_table, source, statutory, write_table
from station.people import NotAllowed
from tests.people import Village


@pytest.mark.parametrize(("year", "by_law"), [(2024, 11), (2025, 13), (2026, 13)])
def test_an_announced_year_gives_as_many_working_days_as_the_law_and_no_more(year: int, by_law: int) -> None:
    """The sum of every notice: weekdays off less weekends worked are the days of the law (11 until 2024, 13 since)."""
    found = announced(year)
    off, works = ({each.day for each in found if each.off is free} for free in (True, False))
    assert all(each.weekday() >= 5 for each in works) and not off & works
    assert sum(1 for each in off if each.weekday() < 5) - len(works) == by_law
    new_since_2025 = {date(2024, 2, 9), date(2024, 5, 2)}
    assert {each.day for each in statutory(year)} - new_since_2025 <= off


def test_what_nobody_announced_is_not_guessed(session: Session, village: Village, now: datetime) -> None:
    assert announced(2099) == [] and source(session, 2099) == "" and source(session, 2026) == "announced"
    assert lacking(session, date(2026, 11, 30)) is None
    assert lacking(session, date(2026, 12, 1)) == 2027 == lacking(session, date(2027, 5, 1))
    write_table(session, village.admin, village.province, read_table("2027-01-01,off,元旦".encode()), now)
    assert lacking(session, date(2027, 5, 1)) is None and source(session, 2027) == "own"


def test_the_law_gives_thirteen_days_by_sun_and_moon() -> None:
    assert [f"{each.day:%m-%d}" for each in statutory(2027)] == [
        "01-01", "02-05", "02-06", "02-07", "02-08", "04-05", "05-01", "05-02", "06-09", "09-15", "10-01", "10-02", "10-03",
    ]  # fmt: skip


@pytest.mark.both_databases
def test_a_year_of_the_operators_table_counts_instead_of_ours(session: Session, village: Village, now: datetime) -> None:
    table = read_table("日期,休班,名称\n2026/10/01,休,国庆节\n2026-10-10,上班,\n2027-01-01,off,New Year\n".encode("gb18030"))
    assert table == [Public(date(2026, 10, 1), True, "国庆节"), Public(date(2026, 10, 10), False, ""), Public(date(2027, 1, 1), True, "New Year")]
    with pytest.raises(NotAllowed):
        write_table(session, village.operator, village.province, table, now)
    assert write_table(session, village.admin, village.province, table, now) == [2026, 2027]
    write_table(session, village.admin, village.province, table[:2], now)
    assert sorted(public_days(session, [2025, 2026, 2027])) == [*(each.day for each in announced(2025)), *(each.day for each in table)]


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "no day in this file"), (b"2027-02-30,off,x\n2027-02-31,off,x", "line 2"), (b"2027-01-01,maybe,x", "line 1"), (b"2027-01-01", "line 1"), (b"\xff\xfe\x81", "neither UTF-8"),
        (b"x" * 70_000, "has 70000 bytes"), (b"2027-01-01,off,a\n" * 401, "more than 400 lines"), (b"1999-01-01,off,a\n1999-01-02,off,b", "line 2"),
    ],
)  # fmt: skip
def test_a_table_that_cannot_be_read_is_refused_by_its_line(raw: bytes, why: str) -> None:
    with pytest.raises(TableRefused, match=why):
        read_table(raw)


def test_every_name_has_its_chinese() -> None:
    assert {each.name for year in (2024, 2025, 2026) for each in announced(year)} <= set(holidays.NAMES)
