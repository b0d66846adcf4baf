"""Hours are understood as people write them, refused in words, and come out as every terminal reads them."""

from __future__ import annotations

import pytest

from station.hours import SPANS_MAX, HoursRefused, read_spans, split
from terminal.hours import span


@pytest.mark.parametrize(
    ("said", "meant"),
    [("22:00-06:00", "22:00-06:00"), ("6-8", "06:00-08:00"), ("6:30－8：00", "06:30-08:00"), ("12:00 至 14:00".replace(" ", ""), "12:00-14:00"), ("0-24", "00:00-24:00")],
)
def test_hours_are_understood_as_they_are_written(said: str, meant: str) -> None:
    assert read_spans([said]) == [meant]
    assert span(meant)[2] == -1


def test_a_cap_has_a_number_and_the_last_word_counts() -> None:
    found = read_spans(["20-22=60", "6-8=40", "06:00-08:00=30"], top=100)
    assert found == ["06:00-08:00=30", "20:00-22:00=60"]
    assert [span(each)[2] for each in found] == [30, 60]


@pytest.mark.parametrize("wrong", ["", "6", "25:00-26:00", "24:00-06:00", "06:00-24:30", "06:60-08:00", "08:00-08:00", "6-8=40", "x-y"])
def test_what_are_no_hours_is_refused_in_words(wrong: str) -> None:
    with pytest.raises(HoursRefused, match=r"hours|ends where"):
        read_spans([wrong])


@pytest.mark.parametrize("wrong", ["06:00-08:00", "06:00-08:00=101", "06:00-08:00=-1"])
def test_a_cap_without_a_number_up_to_the_top_is_refused(wrong: str) -> None:
    with pytest.raises(HoursRefused):
        read_spans([wrong], top=100)


def test_too_many_are_refused_and_a_line_is_parted_at_every_comma() -> None:
    assert split("6-8, 12-14；22-6，5-6") == ["6-8", "12-14", "22-6", "5-6"]
    with pytest.raises(HoursRefused, match="join"):
        read_spans([f"{n:02}:00-{n:02}:30" for n in range(SPANS_MAX + 1)])
