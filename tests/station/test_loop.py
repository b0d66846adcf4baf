"""Steps share the loop: one that fails or never ends holds up nobody."""

from __future__ import annotations

import logging
import threading
from datetime import datetime

import pytest

from station.loop import TURN, Loop, Step


def test_a_step_is_called_until_it_has_nothing_to_do(now: datetime) -> None:
    pieces = [1, 2, 3]
    loop = Loop([Step("work", 60, lambda _: bool(pieces and pieces.pop()))], clock=lambda: now)
    assert loop.turn() and not pieces
    assert not loop.turn(), "it is not due again for a minute"


def test_an_endless_step_leaves_the_others_their_turn(now: datetime) -> None:
    calls: list[str] = []

    def endless(_: datetime) -> bool:
        calls.append("endless")
        return True

    def modest(_: datetime) -> bool:
        calls.append("modest")
        return False

    Loop([Step("endless", 0, endless), Step("modest", 0, modest)], clock=lambda: now).turn()
    assert calls.count("endless") == TURN and calls[-1] == "modest"


def test_a_failing_step_is_paused_and_the_rest_goes_on(now: datetime, caplog: pytest.LogCaptureFixture) -> None:
    done: list[str] = []

    def broken(_: datetime) -> bool:
        done.append("broken")
        raise RuntimeError("no disk")

    loop = Loop([Step("broken", 0, broken), Step("good", 0, lambda _: bool(done.append("good")))], clock=lambda: now)
    with caplog.at_level(logging.ERROR):
        loop.turn()
        loop.turn()
    assert done == ["broken", "good", "good"] and "step broken failed" in caplog.text


def test_the_loop_stops_when_told(now: datetime) -> None:
    stop = threading.Event()

    def last(_: datetime) -> bool:
        stop.set()
        return False

    Loop([Step("last", 0, last)], clock=lambda: now).run(stop)
    assert stop.is_set()


def test_while_nothing_is_written_a_step_does_not_look(now: datetime) -> None:
    looks: list[str] = []
    marks = ["a"]
    loop = Loop([Step("work", 0, lambda _: bool(looks.append(marks[0])), quiet_s=3600)], clock=lambda: now, mark=lambda: marks[0])
    for _ in range(3):
        loop.turn()
    assert looks == ["a"]
    marks[0] = "b"
    loop.turn()
    loop.turn()
    assert looks == ["a", "b"]


def test_a_step_that_found_work_looks_again_whatever_was_written(now: datetime) -> None:
    pieces = ["one", "two"]
    loop = Loop([Step("work", 0, lambda _: bool(pieces and pieces.pop()), quiet_s=3600)], clock=lambda: now, mark=lambda: "the same")
    loop.turn()
    pieces.append("three")
    loop.turn()
    assert not pieces


def test_a_look_that_costs_much_is_not_taken_often(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    spent = [0.0]
    looks: list[str] = []

    def dear(_: datetime) -> bool:
        spent[0] += 60.0
        return bool(looks.append("dear"))

    monkeypatch.setattr("station.loop.thread_s", lambda: spent[0])
    loop = Loop([Step("dear", 0, dear), Step("cheap", 0, lambda _: bool(looks.append("cheap")))], clock=lambda: now)
    loop.turn()
    loop.turn()
    assert looks == ["dear", "cheap", "cheap"]
