"""The bell is heard at once, by whoever listens, and its absence hurts nobody."""

from __future__ import annotations

import threading
from pathlib import Path

from station.bell import FILE, Bell, ring


def test_a_ring_is_heard_and_nobody_misses_a_bell_that_is_gone(tmp_path: Path) -> None:
    assert not ring(tmp_path), "nobody listens yet"
    heard = threading.Semaphore(0)
    calls: list[int] = []

    def hear() -> None:
        calls.append(1)
        heard.release()
        if len(calls) == 1:
            raise RuntimeError("what should follow failed")

    bell = Bell(tmp_path, hear)
    assert ring(tmp_path) and heard.acquire(timeout=10)
    assert ring(tmp_path) and heard.acquire(timeout=10), "one failure does not make it deaf"
    bell.close()
    assert len(calls) == 2 and not ring(tmp_path)
    (tmp_path / FILE).write_text("no port")
    assert not ring(tmp_path)
