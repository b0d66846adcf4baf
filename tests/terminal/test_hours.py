"""Hours and dates by the village's own clock."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from terminal.hours import BadHours, check_days, quiet_date

TZ = "Asia/Shanghai"


def at(day: int, hour: int, minute: int = 0, tz: str = TZ) -> float:
    return datetime(2026, 12, day, hour, minute, tzinfo=ZoneInfo(tz)).timestamp() * 1000


@pytest.mark.parametrize(
    ("days", "day", "hour", "found"),
    [
        (("2026-12-01",), 1, 0, "2026-12-01"), (("2026-12-01",), 1, 23, "2026-12-01"), (("2026-12-01",), 2, 0, ""),
        (("2026-12-01=08:00-12:00",), 1, 8, "2026-12-01"), (("2026-12-01=08:00-12:00",), 1, 12, ""), (("2026-12-01=08:00-12:00",), 2, 9, ""),
        (("2026-12-01=22:00-06:00",), 1, 5, ""), (("2026-12-01=22:00-06:00",), 1, 22, "2026-12-01"), (("2026-12-01=22:00-06:00",), 2, 5, "2026-12-01"),
        (("2026-12-01=22:00-06:00",), 2, 22, ""), (("2026-12-01=22:00-24:00",), 2, 0, ""), (("2026-12-01", "2026-12-03"), 3, 10, "2026-12-03"), ((), 1, 10, ""),
    ],
)  # fmt: skip
def test_a_quiet_day_is_a_date_of_the_village(days: tuple[str, ...], day: int, hour: int, found: str) -> None:
    assert quiet_date(days, at(day, hour), TZ) == found


def test_the_date_is_that_of_the_zone_and_not_of_greenwich() -> None:
    assert quiet_date(("2026-12-02",), at(2, 0, 30), TZ) == "2026-12-02"  # still the first in Greenwich
    assert quiet_date(("2026-12-02",), at(2, 0, 30), "UTC") == ""


def test_what_is_no_day_is_named() -> None:
    with pytest.raises(BadHours, match="quiet_days: '2026-12-32'"):
        check_days("quiet_days", ("2026-12-01", "2026-12-32"))
