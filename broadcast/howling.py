"""Howling: a microphone that hears its own loudspeaker. One line of the spectrum stands out and grows, second by second; speech does neither for long.

The way back is long here (station, line, jitter buffer: a fifth of a second and more), so that a howl grows in steps of that length, slowly enough to
be met before it is loud. First the talk is made quieter, which opens the loop; howls it again soon after, the talk is to end.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np

from broadcast.talk import RATE

WINDOW, HOP = 2048, 1024
"""Samples that are looked at at once (85 ms, lines of 12 Hz), and from look to look."""
LOOKS = 30
"""Looks that are judged together: 1.3 s."""
LOWEST_HZ = 150.0
# A long loop rings at many neighbouring frequencies at once: what counts as one line, to each side.
NARROW_HZ, NARROW = 60.0, 0.06
# So much of the sound's energy is in the line; so many of the looks show the same line; so much it has grown from the first third to the last, and
# in so many steps upwards of those there are: a tone that is switched on grows once.
SHARE, SAME, GROWN_DB, FAINT_DBFS = 0.7, 0.85, 6.0, -55.0
# When it is already at the top it grows no more, and does not pause for breath either.
TOP_DBFS = -12.0
STEPS, STEP_DB = 3, 1.0
DUCK_DB, DUCKED_S, AGAIN_S = -15.0, 3.0, 10.0


@dataclass(frozen=True)
class _Look:
    line: int
    share: float
    dbfs: float


class Guard:
    """Listens to one talk. ``hear`` gives back what may go out, and says when it howls: "" (all is well), "quieter" or "stop"."""

    def __init__(self, rate: int = RATE) -> None:
        self._rate = rate
        self._left = np.zeros(0, np.float32)
        self._looks: deque[_Look] = deque(maxlen=LOOKS)
        self._shape = np.hanning(WINDOW).astype(np.float32)
        self._lowest = int(LOWEST_HZ * WINDOW / rate)
        self._heard = 0
        self._quiet_until = self._met = float("-inf")

    def hear(self, pcm: bytes) -> tuple[bytes, str]:
        """Samples of 16 bits, little-endian, one channel, of any length."""
        said, new = "", np.frombuffer(pcm[: len(pcm) // 2 * 2], dtype="<i2")
        self._left = np.concatenate([self._left, new.astype(np.float32) / 32768])
        while len(self._left) >= WINDOW:
            self._look(self._left[:WINDOW])
            self._left = self._left[HOP:]
            self._heard += HOP
            if self._howls():
                said = self._met_again()
        if self._heard / self._rate < self._quiet_until:
            new = np.round(new * 10 ** (DUCK_DB / 20)).astype("<i2")
            return new.tobytes(), said
        return pcm, said

    def _met_again(self) -> str:
        at = self._heard / self._rate
        self._looks.clear()
        again = at - self._met < AGAIN_S
        self._met, self._quiet_until = at, at + DUCKED_S
        return "stop" if again else "quieter"

    def _look(self, piece: np.ndarray) -> None:
        power = np.abs(np.fft.rfft(piece * self._shape)) ** 2
        power[: self._lowest] = 0.0
        line = int(np.argmax(power))
        whole = float(power.sum())
        apart = self._apart(line)
        near = float(power[max(0, line - apart) : line + apart + 1].sum())
        level = 20 * np.log10(max(float(np.sqrt(np.mean(piece**2))) * np.sqrt(2), 1e-6))
        self._looks.append(_Look(line, near / whole if whole > 0 else 0.0, float(level)))

    def _apart(self, line: float) -> int:
        return round(max(NARROW_HZ * WINDOW / self._rate, NARROW * line))

    def _howls(self) -> bool:
        """One line, nearly alone, in nearly all looks, and growing step by step, or at the top without a pause."""
        if len(self._looks) < LOOKS:
            return False
        lines = np.array([each.line for each in self._looks])
        stands = np.array([each.share for each in self._looks]) >= SHARE
        levels = np.array([each.dbfs for each in self._looks])
        middle = float(np.median(lines[stands])) if stands.any() else 0.0
        same = stands & (np.abs(lines - middle) <= self._apart(middle)) & (levels > FAINT_DBFS)
        if same.mean() < SAME:
            return False
        held = levels[same]
        third = len(held) // 3
        begin, end = float(np.mean(held[:third])), float(np.mean(held[-third:]))
        steps = int(np.sum(np.diff(held[:: max(1, len(held) // 10)]) >= STEP_DB))
        grows = end - begin >= GROWN_DB and steps >= STEPS
        return grows or float(levels.min()) >= TOP_DBFS
