"""What failed rests longer each time, and not for ever."""

from __future__ import annotations

from datetime import datetime, timedelta

from broadcast.resting import FIRST, MOST, Resting


def test_it_rests_twice_as_long_each_time_up_to_a_limit(now: datetime) -> None:
    resting: Resting[int] = Resting()
    waits = [resting.failed(7, now) - now for _ in range(12)]
    assert waits[:4] == [FIRST, 2 * FIRST, 4 * FIRST, 8 * FIRST] and waits[-1] == MOST


def test_it_is_up_again_when_its_time_has_come_and_forgotten_when_it_went_well(now: datetime) -> None:
    resting: Resting[int] = Resting()
    until = resting.failed(7, now)
    resting.failed(8, now)
    assert resting.keys(until - timedelta(microseconds=1)) == {7, 8} and resting.keys(until) == set()
    resting.went_well(7)
    assert resting.failed(7, now) == until
    resting.went_well("never failed")  # type: ignore[arg-type]
