"""Decoding on a slow machine: long clips begin early, and nothing short waits behind them."""

from __future__ import annotations

import queue
import threading
from pathlib import Path
from typing import Any

import pytest

from terminal import decoding
from terminal.actions import Prepare
from terminal.cache import Cache
from terminal.decoding import LONG_BYTES, Decoding, timeout_s
from tests.terminal.far_end import NOW, Bench, an_item, clip

HOUR_MS = 3_600_000


class Shelf:
    """Files by digest, as a cache has them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.planned: frozenset[str] = frozenset()

    def path(self, sha: str) -> Path:
        return self.folder / sha

    def rotted(self, sha: str) -> bool:
        return False


def test_a_warning_is_decoded_while_an_hour_of_music_still_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "hour").write_bytes(bytes(LONG_BYTES + 1))
    (tmp_path / "warning").write_bytes(bytes(1000))
    begun, may_end = threading.Event(), threading.Event()

    def slow(source: Path, target: Path) -> None:
        if source.name == "hour":
            begun.set()
            assert may_end.wait(60)

    monkeypatch.setattr(decoding, "decode", slow)
    told: queue.Queue[tuple[Any, ...]] = queue.Queue()
    shelf: Any = Shelf(tmp_path)
    assert isinstance(shelf, Shelf) and {"path", "rotted"} <= set(dir(Cache))
    decoder = Decoding(tmp_path / "decoded", shelf, told.put)
    decoder.start()
    decoder.ask("hour")
    assert begun.wait(60)
    decoder.ask("warning")
    assert told.get(timeout=60)[:3] == ("prepared", "warning", True)
    may_end.set()
    assert told.get(timeout=60)[:3] == ("prepared", "hour", True)
    decoder.close()


def test_a_decoder_may_take_as_long_as_the_clip_is_large() -> None:
    assert timeout_s(40_000) == 130 and timeout_s(10_800_000) == 2820 and timeout_s(10**9) == 3600


def test_an_hour_is_decoded_a_quarter_of_an_hour_before_its_time() -> None:
    bench = Bench().follow()
    due = NOW + 2 * HOUR_MS
    bench.plan(an_item("hour", due, ms=HOUR_MS), an_item("short", due - 1000, ms=800))
    bench.leap(NOW, due - 930_000)
    assert not any(prepare.sha == clip("hour") for prepare in bench.every(Prepare))
    bench.leap(due - 930_000, due - 910_000)
    assert [prepare.sha for prepare in bench.every(Prepare)] == [clip("hour")]


def test_what_was_not_decoded_in_time_says_so() -> None:
    bench = Bench().follow()
    bench.plan(an_item("song", NOW + 60_000, window_ms=10_000))
    for now in range(0, 100_000, 500):
        for action in bench.agent.tick(NOW + now):
            bench.log.append(action)
            if type(action).__name__ == "Fetch":
                bench.do(bench.agent.on_fetched(clip("song"), True, "", NOW + now))
        if now == 0:
            bench.do(bench.agent.on_fetched(clip("song"), True, "", NOW))
    assert [(each.result, each.detail) for each in bench.receipts() if each.item == "song"][-1] == ("failed", "not decoded in time: this machine is too slow for it")
