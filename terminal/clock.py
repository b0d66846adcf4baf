"""The time of the station on this machine: four time stamps over the line, the quickest of eight each way, drift by regression.

What is counted from is the monotonic clock, so a wall clock that jumps (NTP, a hand, a dead battery) moves nothing once the station has
been asked. Before that the wall clock counts, unless it lies before the last time that was known: then nobody knows what time it is.
An error grows with age, so an exact answer is held until a later one is more exact (as NTP's clock filter does, RFC 5905, section 10):
a busy line does not turn a good clock. Two answers that cannot both be right mean that the station's clock was set: the later one counts.
The station's time lies between what the quickest question and the quickest answer allow (Marzullo's intersection): the middle is taken,
half the width is an error that it cannot exceed. A single sample was wrong by up to 21.6 ms under load.
"""

from __future__ import annotations

import math
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
# However alike the samples of a burst are, their time stamps are not more exact than this.
NOISE_MS = 0.05
# A fix this many times less exact than the best tells nothing of the drift; a burst in which the offset moves more than this is none.
EXACT, STEADY_MS = 3.0, 0.5
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
        self._least: list[float] = []
        self._most: list[float] = []
        self._fixes: deque[Fix] = deque(maxlen=FIXES)
        self._held: Fix | None = None
        self._bursts = 0
        self._drift, self._drift_error = 0.0, DRIFT_UNKNOWN_PPM / 1e6
        self._wall_offset = wall_ms() - mono_ms()

    @property
    def source(self) -> str:
        """line (the station said so), wall, or none: the time is not known."""
        if self._held is not None:
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
        return self._bursts

    def now_ms(self) -> float:
        """Unix milliseconds of the station's time."""
        mono = self._mono()
        with self._lock:
            if self._held is None:
                offset = self._wall() - mono
                if abs(offset - self._wall_offset) > JUMP_MS:
                    self._wall_offset = offset
                return max(mono + self._wall_offset, self._known_ms)
            return mono + self._offset_at(mono)

    def error_ms(self) -> float:
        """How wrong ``now_ms`` may be; a day where the time is not known."""
        with self._lock:
            if self._held is not None:
                return self._error_at(self._mono())
        return WALL_ERROR_MS if self.source == "wall" else 86_400_000.0

    def heard(self, t0_ms: float, t1_ms: float, t2_ms: float, t3_ms: float) -> bool:
        """One exchange: sent at t0 and back at t3 by the monotonic clock, received at t1 and answered at t2 by the station's.

        True when a burst of eight is complete and the clock was set by it.
        """
        least, most = t2_ms - t3_ms, t1_ms - t0_ms  # the offset lies between them: nothing arrives before it was sent
        if not (math.isfinite(most - least) and 0 <= most - least < 60_000 and t1_ms <= t2_ms):
            return False
        with self._lock:
            if self._held is not None and abs((least + most) / 2 - self._held.offset_ms) > TURN_MS:
                return False
            self._least.append(least)
            self._most.append(most)
            if len(self._least) < BURST:
                return False
            least, most = max(self._least), min(self._most)
            self._least, self._most = [], []
            if least > most + STEADY_MS:  # the station's clock was set in the middle of it
                return False
            self._take(Fix(t3_ms, (least + most) / 2, max(0.0, most - least) / 2))
        return True

    def _take(self, fix: Fix) -> None:
        self._bursts += 1
        if self._held is not None:
            aged = self._error_at(fix.mono_ms)
            if abs(fix.offset_ms - self._offset_at(fix.mono_ms)) > fix.error_ms + aged:
                self._fixes.clear()
                self._held = fix
            elif fix.error_ms <= aged:
                self._held = fix
        else:
            self._held = fix
        self._fixes.append(fix)
        self._regress()

    def _offset_at(self, mono_ms: float) -> float:
        held = self._held
        assert held is not None
        return held.offset_ms + (mono_ms - held.mono_ms) * self._drift

    def _error_at(self, mono_ms: float) -> float:
        held = self._held
        assert held is not None
        return held.error_ms + abs(mono_ms - held.mono_ms) * self._drift_error

    def _regress(self) -> None:
        """The drift by least squares over the fixes, the exact ones counting most, and how wrong it may be.

        An answer much less exact than the best tells nothing of it. What is known beforehand counts too: a cheap crystal is 0 +- 50 ppm. So a
        few noisy answers change little, and say so.
        """
        self._drift, self._drift_error = 0.0, DRIFT_UNKNOWN_PPM / 1e6
        best = min(each.error_ms for each in self._fixes)
        fixes = [each for each in self._fixes if each.error_ms <= EXACT * (best + NOISE_MS)]
        if fixes[-1].mono_ms - fixes[0].mono_ms < DRIFT_FROM_S * 1000:
            return
        weights = [(each.error_ms - best + NOISE_MS) ** -2 for each in fixes]
        at = _mean(weights, [each.mono_ms for each in fixes])
        off = _mean(weights, [each.offset_ms for each in fixes])
        known = 1 / (DRIFT_UNKNOWN_PPM / 1e6) ** 2
        told = sum(weight * (each.mono_ms - at) ** 2 for weight, each in zip(weights, fixes, strict=True))
        slope = sum(weight * (each.mono_ms - at) * (each.offset_ms - off) for weight, each in zip(weights, fixes, strict=True)) / (
            told + known
        )
        self._drift = max(-1e-3, min(1e-3, slope))
        self._drift_error = min(DRIFT_UNKNOWN_PPM / 1e6, max(DRIFT_KNOWN_PPM / 1e6, 2 * (told + known) ** -0.5))


def _mean(weights: list[float], values: list[float]) -> float:
    return sum(weight * value for weight, value in zip(weights, values, strict=True)) / sum(weights)
