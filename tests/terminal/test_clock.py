"""The station's time on a machine whose own clock cannot be believed."""

from __future__ import annotations

import random

import pytest

from terminal.clock import BURST, Clock

STATION_MS = 1_800_000_000_000.0


class Machine:
    """A box with a crystal that is ``ppm`` fast and a wall clock that somebody sets."""

    def __init__(self, wall_ms: float = STATION_MS, ppm: float = 0.0, known_ms: float = 0.0) -> None:
        self.true_ms, self.rate, self.wall_ms = 0.0, 1 + ppm / 1e6, wall_ms
        self.clock = Clock(lambda: self.mono, lambda: self.wall_ms + self.mono, known_ms)

    @property
    def mono(self) -> float:
        return self.true_ms * self.rate

    @property
    def wrong_ms(self) -> float:
        return self.clock.now_ms() - (STATION_MS + self.true_ms)

    def ask(self, dice: random.Random, there_ms: float = 1.0, jitter_ms: float = 5.0) -> None:
        for _ in range(BURST):
            sent = self.mono
            self.true_ms += there_ms + dice.random() * jitter_ms
            came = STATION_MS + self.true_ms
            self.true_ms += there_ms
            self.clock.heard(sent, came, came, self.mono)
            self.true_ms += 20


@pytest.mark.parametrize("wrong_ms", [-300_000.0, 300_000.0, 0.4, 86_400_000.0 * 900])
def test_eight_questions_set_a_clock_however_wrong_it_was(wrong_ms: float) -> None:
    box = Machine(STATION_MS + wrong_ms)
    assert abs(box.wrong_ms - wrong_ms) < 1
    box.ask(random.Random(1))
    assert abs(box.wrong_ms) < 1 and abs(box.wrong_ms) <= box.clock.error_ms() and box.clock.source == "line"


def test_a_known_drift_holds_the_time_between_questions() -> None:
    box, dice = Machine(ppm=50), random.Random(2)
    for _ in range(5):
        box.ask(dice, jitter_ms=0.5)
        box.true_ms += 120_000
    assert abs(box.wrong_ms) < 0.7
    box.true_ms += 900_000
    assert abs(box.wrong_ms) < 2 < 45 and abs(box.wrong_ms) <= box.clock.error_ms() + 1


def test_after_the_first_answer_a_jump_of_the_wall_clock_moves_nothing() -> None:
    box = Machine()
    box.ask(random.Random(3))
    for jump in (60_000.0, -3.15e10, 3.15e10):
        box.wall_ms += jump
        assert abs(box.wrong_ms) < 5


def test_before_it_the_wall_clock_counts_and_its_jumps_with_it() -> None:
    box = Machine(STATION_MS - 5000)
    box.true_ms += 1000
    assert abs(box.wrong_ms + 5000) < 1
    box.wall_ms = STATION_MS
    assert abs(box.wrong_ms) < 1 and box.clock.error_ms() == 2000


def test_a_wall_clock_before_a_time_that_has_passed_is_not_believed() -> None:
    box = Machine(wall_ms=0.0, known_ms=STATION_MS - 1000)
    assert box.clock.source == "none" and box.clock.now_ms() >= STATION_MS - 1000 and box.clock.error_ms() >= 86_400_000
    box.ask(random.Random(4))
    assert box.clock.source == "line" and abs(box.wrong_ms) < 1


def test_a_busy_line_does_not_turn_a_good_clock() -> None:
    box, dice = Machine(ppm=2), random.Random(6)
    box.ask(dice, there_ms=0.2, jitter_ms=0.2)
    for _ in range(20):
        box.true_ms += 5_000
        box.ask(dice, there_ms=1.0, jitter_ms=60.0)
        assert abs(box.wrong_ms) < 3 and abs(box.wrong_ms) <= box.clock.error_ms()
    assert box.clock.bursts == 21


@pytest.mark.parametrize("moved_ms", [-3_600_000.0, -40.0, 40.0, 3_600_000.0])
def test_a_station_whose_clock_was_set_is_followed(moved_ms: float) -> None:
    box, dice = Machine(ppm=20), random.Random(7)
    for _ in range(4):
        box.ask(dice, jitter_ms=0.5)
        box.true_ms += 30_000
    sent = box.mono
    for _ in range(BURST):
        came = STATION_MS + box.true_ms + moved_ms
        box.clock.heard(box.mono, came, came, box.mono + 1)
    assert sent == box.mono and abs(box.wrong_ms - moved_ms) < 2


def test_nobody_turns_a_clock_that_was_right_by_more_than_a_day() -> None:
    box = Machine()
    box.ask(random.Random(5))
    far = STATION_MS - 30 * 86_400_000.0
    for _ in range(BURST):
        assert box.clock.heard(box.mono, far, far, box.mono + 1) is False
    assert abs(box.wrong_ms) < 5


@pytest.mark.parametrize("answer", [(0.0, 2.0, 1.0, 5.0), (5.0, 1.0, 1.0, 0.0), (0.0, float("nan"), 1.0, 2.0), (0.0, 1.0, float("inf"), 2.0)])
def test_an_impossible_answer_counts_for_nothing(answer: tuple[float, float, float, float]) -> None:
    box = Machine()
    assert all(box.clock.heard(*answer) is False for _ in range(2 * BURST)) and box.clock.source == "wall"
