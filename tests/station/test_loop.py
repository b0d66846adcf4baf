"""Steps share the loop: one that fails or never ends holds up nobody."""

from __future__ import annotations

import logging
import threading
from datetime import datetime
from itertools import pairwise

import pytest

from station.loop import TURN, Loop, Step, Watch


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
    watch = Watch(lambda: marks[0])
    watch.look()
    loop = Loop([Step("work", 0, lambda _: bool(looks.append(marks[0])), quiet_s=3600)], clock=lambda: now, watch=watch)
    for _ in range(3):
        loop.turn()
    assert looks == ["a"]
    marks[0] = "b"
    watch.look()
    loop.turn()
    loop.turn()
    assert looks == ["a", "b"]


def test_a_step_that_found_work_looks_again_whatever_was_written(now: datetime) -> None:
    pieces = ["one", "two"]
    loop = Loop([Step("work", 0, lambda _: bool(pieces and pieces.pop()), quiet_s=3600)], clock=lambda: now, watch=Watch(lambda: "the same"))
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


def test_a_sleeping_loop_is_stirred_by_what_was_written_and_hears_at_once_that_it_shall_stop(now: datetime) -> None:
    looked, marks, stop = threading.Semaphore(0), ["a"], threading.Event()
    watch = Watch(lambda: marks[0])
    loop = Loop([Step("work", 0, lambda _: bool(looked.release()), quiet_s=3600)], clock=lambda: now, watch=watch)
    resting = Loop([Step("blocks", 0, lambda _: False, rests=lambda: True)], clock=lambda: now, watch=watch)
    threads = [threading.Thread(target=each.run, args=(stop,), daemon=True) for each in (loop, resting)]
    for thread in threads:
        thread.start()
    assert looked.acquire(timeout=60)
    marks[0] = "b"
    watch.look()
    assert looked.acquire(timeout=60), "it slept for an hour, and was stirred"
    stop.set()
    watch.run(stop)
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()


def test_a_step_that_had_work_lately_looks_again_soon(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    moment, pieces = [1000.0], ["one"]
    looks: list[float] = []
    monkeypatch.setattr("station.loop.monotonic_s", lambda: moment[0])

    def work(_: datetime) -> bool:
        looks.append(moment[0])
        return bool(pieces and pieces.pop())

    loop = Loop([Step("work", 0.1, work, quiet_s=2)], clock=lambda: now, watch=Watch(lambda: "the same"))
    for n in range(200):
        moment[0] = 1000 + n / 10
        loop.turn()
    between = [round(later - sooner, 1) for sooner, later in pairwise(looks)]
    assert set(between[2:16]) <= {0.5, 0.6} and between[-1] in (2.0, 2.1), between
