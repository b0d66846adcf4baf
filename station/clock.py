"""The station's clock: the only file that reads the time; everything else is told what time it is."""

from __future__ import annotations

import ctypes
import struct
import sys
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


# <sys/timex.h> on 64-bit Linux: modes, then offset, freq, maxerror, esterror (long), then status.
TIMEX, TIMEX_SIZE, STA_UNSYNC = "@iqqqqi", 208, 0x40


def synchronised() -> tuple[bool, float] | None:
    """Whether the system holds its clock by a time server, and by how many seconds it may be wrong at most; None where it does not say."""
    if sys.platform != "linux" or struct.calcsize("P") != 8:
        return None
    room = ctypes.create_string_buffer(TIMEX_SIZE)
    try:
        if ctypes.CDLL(None, use_errno=True).adjtimex(room) < 0:
            return None
    except AttributeError:
        return None
    _modes, _offset, _freq, most_us, _likely_us, status = struct.unpack_from(TIMEX, room)
    return not status & STA_UNSYNC, most_us / 1e6
