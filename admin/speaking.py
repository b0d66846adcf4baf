"""Texts that a machine has read or spoken at once: one speaking process of the pages' own, started when first asked."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tts.engines.options import EngineOptions
from tts.pool import Pool

WAITING = 4
"""So many requests may wait for the one process; the next is told to come again."""


class Busy(RuntimeError):
    """Too many texts at once."""


class Speaking:
    """The pool of one and who waits for it."""

    def __init__(self, options: EngineOptions, sentence_seconds: float) -> None:
        self._options, self._seconds = options, sentence_seconds
        self._places = threading.BoundedSemaphore(WAITING)
        self._lock = threading.Lock()
        self._pool: Pool | None = None

    @contextmanager
    def pool(self) -> Iterator[Pool]:
        """The pool, for one text. Raises Busy."""
        if not self._places.acquire(blocking=False):
            raise Busy
        try:
            with self._lock:
                if self._pool is None:
                    self._pool = Pool(1, sentence_seconds=self._seconds, options=self._options)
            yield self._pool
        finally:
            self._places.release()

    def close(self) -> None:
        """End the process; the next text starts another."""
        with self._lock:
            if self._pool is not None:
                self._pool.close()
            self._pool = None
