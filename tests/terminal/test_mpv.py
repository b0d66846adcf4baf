"""mpv carries the mixer's sound where our own card does not open: a real one, to a file or to its null output."""

from __future__ import annotations

import array
import os
import queue
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from terminal import mpv
from terminal.actions import Play
from terminal.device import open_device
from terminal.mpv import MpvDevice
from terminal.player import RATE, CannotSound, Mixer, Samples, Sounded

LONG, RISING = RATE // 2, 15_000


def _tone(value: int) -> Samples:
    return Samples(memoryview(array.array("h", [value] * LONG)))


def _rising(first: int) -> Samples:
    return Samples(memoryview(array.array("h", range(first, first + RISING))))


def _next(events: queue.Queue[Any], what: str) -> Sounded:
    while True:
        event: Sounded = events.get(timeout=20)
        if event.what == what:
            return event


@pytest.fixture
def events() -> queue.Queue[Any]:
    return queue.Queue()


@pytest.fixture
def mixer(events: queue.Queue[Any]) -> Mixer:
    made = Mixer(events.put)
    made.volume = 100
    return made


@pytest.fixture
def real() -> None:
    if shutil.which("mpv") is None:
        pytest.skip("mpv is not installed: apt-get install mpv")


@pytest.fixture
def to_null(real: None, mixer: Mixer, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[MpvDevice, list[str]]]:
    monkeypatch.setattr(mpv, "AGAIN_S", 0.1)
    faults: list[str] = []
    device = MpvDevice(mixer, "null", faults.append)
    yield device, faults
    device.close()


@pytest.mark.usefixtures("real")
def test_every_sample_comes_out_of_mpv_once_and_in_order(mixer: Mixer, events: queue.Queue[Any], tmp_path: Path) -> None:
    out = tmp_path / "out.s16"
    device, fault = open_device(f"mpv:file={out}", mixer)
    assert isinstance(device, MpvDevice) and fault == "" and device.name.startswith("mpv")
    at = mixer.wall_ms(mixer.frame_at(time.time() * 1000) + RATE // 2)
    mixer.place(Play("a", "", at), _rising(1))
    mixer.place(Play("b", "", at + 1000 * RISING / RATE, join=True), _rising(1 + RISING))
    assert (_next(events, "started").item, _next(events, "finished").item, _next(events, "finished").item) == ("a", "a", "b")
    time.sleep(mpv.AHEAD_S)
    child = device.pid
    device.close()
    assert device.pid == child and not Path(f"/proc/{child}").exists()
    heard = array.array("h", out.read_bytes())
    begins = next(at for at, value in enumerate(heard) if value)
    # at its very end mpv fills up the last block of a file with what lies in its buffer
    assert heard[begins : begins + 2 * RISING].tolist() == list(range(1, 2 * RISING + 1))


def test_a_start_is_told_as_mpv_lets_it_be_heard(mixer: Mixer, events: queue.Queue[Any], to_null: tuple[MpvDevice, list[str]]) -> None:
    device, faults = to_null
    assert os.path.exists(f"/proc/{device.pid}/exe") and faults == []
    at = time.time() * 1000 + 700
    mixer.place(Play("a", "", at), _tone(700))
    # within a block of the device: where mpv is, is known better than that
    assert abs(_next(events, "started").start_ms - at) < 20
    assert _next(events, "finished").dur_ms == pytest.approx(500, abs=1)


def test_an_mpv_that_dies_is_a_fault_until_the_next_one_plays(mixer: Mixer, events: queue.Queue[Any], to_null: tuple[MpvDevice, list[str]]) -> None:
    device, faults = to_null
    first = device.pid
    os.kill(first, signal.SIGKILL)
    deadline = time.monotonic() + 30
    while len(faults) < 2 and time.monotonic() < deadline:
        time.sleep(0.02)
    assert faults[0].startswith("no sound device: mpv ended") and faults[1] == "" and device.pid not in (0, first)
    mixer.place(Play("a", "", time.time() * 1000 + 300), _tone(700))
    assert _next(events, "finished").item == "a"


@pytest.mark.usefixtures("real")
def test_an_output_that_mpv_cannot_open_falls_back_to_silence_with_a_fault(mixer: Mixer) -> None:
    device, fault = open_device("mpv:alsa/no_such_card", mixer)
    assert device.name == "null" and fault.startswith("no sound device: nothing is heard (mpv ")
    device.close()


def test_without_card_and_mpv_it_says_both(mixer: Mixer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CannotSound, match="mpv is not installed"):
        MpvDevice(mixer)
    monkeypatch.setattr("terminal.device.CardDevice", _no_card)
    device, fault = open_device("auto", mixer)
    assert device.name == "null" and fault == "no sound device: nothing is heard (the card is gone; mpv is not installed)"
    device.close()


@pytest.mark.usefixtures("real")
def test_auto_takes_mpv_where_no_card_opens(mixer: Mixer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # an mpv whose own choice of an output is the null one: a machine like this has no other
    program = tmp_path / "mpv"
    program.write_text('#!/bin/sh\nexec /usr/bin/env -S PATH="$REAL_PATH" mpv --ao=null "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("REAL_PATH", os.environ["PATH"])
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr("terminal.device.CardDevice", _no_card)
    device, fault = open_device("auto", mixer)
    assert isinstance(device, MpvDevice) and fault == ""
    device.close()


def _no_card(*_: object) -> None:
    raise CannotSound("the card is gone")
