"""How far apart two terminals sound the same file, their clocks 300 s and 50 ppm apart, by cross-correlation of what they played; beside two
snapclients, and two players that one MQTT message starts, where they are installed.
"""

from __future__ import annotations

import statistics
import time

import numpy as np

from bench._peers import by_message, lag_ms, said, snapcast
from bench._village import Speaker, Village, noise, percentile, village
from bench.figures import Figure
from station import clock
from terminal.clock import Clock

ROUNDS = 30
ITEM_S = 1.0


def main() -> list[Figure]:
    with village() as here:
        right = here.speaker("right", _clock(0.0, 0.0))
        wrong = here.speaker("wrong", _clock(300_000.0, 50.0))
        apart = [abs(each) for each in _apart(here, right, wrong)]
        peers = {f"two {name} by MQTT": by_message(here, name, here.folder) for name in ("ffplay", "mpv")}
        peers = {"two snapclients, one server, 1 s buffer": snapcast(here.folder), **peers}
    middle, far = statistics.median(apart), percentile(apart, 0.99)
    what = f"start skew, stored audio, two agents, clocks 300 s and 50 ppm apart, {len(apart)} starts"
    return [
        Figure(f"{what}: median", f"{middle:.3f} ms", "Snapcast 0.04, ffplay by MQTT 19 (elsewhere)", "", "<= 1 ms", middle <= 1),
        Figure(f"{what}: p99", f"{far:.3f} ms", "Snapcast 0.24, ffplay by MQTT 43 (elsewhere)", "", "<= 3 ms", far <= 3),
        *(Figure(f"{name}, median / p99", said(values) if values else "not here: not installed, or silent") for name, values in peers.items()),
    ]


def _clock(wrong_ms: float, ppm: float) -> Clock:
    """The clock of a machine whose crystal runs fast and whose wall clock is wrong."""
    rate = 1 + ppm / 1e6
    return Clock(lambda: time.monotonic() * 1000 * rate, lambda: time.time() * 1000 + wrong_ms)


def _apart(here: Village, one: Speaker, other: Speaker) -> list[float]:
    """Milliseconds between both, per start."""
    clip = here.clip(noise(ITEM_S))
    first = clock.to_ms(clock.now()) + 30_000  # by then the second burst of questions has told the drift
    mono_first = time.monotonic() + 30.0
    gap_ms = 1500
    here.plan(*(here.item(f"s{n}", clip, first + n * gap_ms) for n in range(ROUNDS)))
    for each in (one, other):
        each.wait_for("finished", 60 + ROUNDS * gap_ms / 1000, count=ROUNDS)
    found = []
    for n in range(ROUNDS):
        begin = mono_first + n * gap_ms / 1000 - 0.2
        heard = [each.tap.between(begin, begin + ITEM_S + 0.3).astype(np.float64) for each in (one, other)]
        found.append(lag_ms(*heard))
    return found

