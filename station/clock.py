"""The station's clock: the only file that reads the time; everything else is told what time it is."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def now() -> datetime:
    """The present, aware and in UTC."""
    return datetime.now(UTC)


def to_ms(moment: datetime) -> int:
    """Unix milliseconds of an aware moment."""
    return round(moment.timestamp() * 1000)


def from_ms(ms: float) -> datetime:
    """The aware UTC moment of Unix milliseconds."""
    return datetime.fromtimestamp(ms / 1000, UTC)


def monotonic_s() -> float:
    """Seconds that never go backwards, for measuring how long something took."""
    return time.monotonic()


def thread_s() -> float:
    """Seconds of a processor that this thread has had."""
    return time.thread_time()
