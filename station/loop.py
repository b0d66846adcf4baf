"""The loop that keeps the pipeline going: each step finds its own work, does one piece, and says whether it did."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from station.clock import Clock, monotonic_s, thread_s
from station.clock import now as clock_now

log = logging.getLogger(__name__)

# How many pieces a step may do before the next step has its turn.
TURN = 20
# Pause after a failure, doubled up to the maximum while it keeps failing (seconds).
PAUSE_S, PAUSE_MAX_S = 0.5, 30.0
# A look that finds nothing may take this share of one processor: in a province's register even that costs something.
LOOK_SHARE, DEAR_S = 0.1, 0.01
# How often the database is asked whether anything was written (seconds), how long a loop without a
# watch sleeps at most, and one whose step rests.
WATCH_S, SLEEP_S, REST_S = 0.1, 0.5, 60.0
# A step that had work lately often has more, which nobody writes down (what is sent at a pace, what is tried again): it looks again this soon.
LIVELY_S, AGAIN_S = 10.0, 0.5


@dataclass(slots=True)
class Step:
    """One step of the pipeline. ``run(now)`` does one piece and returns True, or returns False when nothing was to do.

    ``quiet_s``: when nothing at all was written into the database since it found nothing, it looks only so often (for what comes with time);
    0: it finds its work elsewhere, and looks every ``every_s`` whatever happens, but not while it ``rests``: then somebody wakes its loop.
    """

    name: str
    every_s: float
    run: Callable[[datetime], bool]
    quiet_s: float = 0.0
    rests: Callable[[], bool] | None = None


class Watch:
    """Asks for all loops of a process whether anything was written (``mark`` of ``station.database``), and stirs them: an idle station does nothing else."""

    def __init__(self, mark: Callable[[], object]) -> None:
        self._mark = mark
        self.mark: object = object()
        self._loops: list[Loop] = []

    def join(self, loop: Loop) -> None:
        self._loops.append(loop)

    def look(self) -> None:
        """What was written between this look and that of a step changes the next mark, so that nothing falls between them."""
        found = self._mark()
        if found != self.mark:
            self.mark = found
            self._stir()

    def _stir(self) -> None:
        for loop in self._loops:
            loop.stir()

    def run(self, stop: threading.Event) -> None:
        """Until ``stop`` is set, which every loop hears at once."""
        while not stop.wait(WATCH_S):
            self.look()
        self._stir()


class Loop:
    """Runs steps in turn until told to stop; a step that fails is paused and never holds up the others."""

    def __init__(self, steps: Sequence[Step], clock: Clock = clock_now, watch: Watch | None = None) -> None:
        self.steps = list(steps)
        self.clock, self.watch = clock, watch
        self._seen: dict[str, tuple[object, float]] = {}
        self._worked: dict[str, float] = {}
        self._awake = threading.Event()
        self._anew = False
        self._due = {step.name: 0.0 for step in self.steps}
        self._pause = {step.name: 0.0 for step in self.steps}
        if watch is not None:
            watch.join(self)

    @property
    def failing(self) -> list[str]:
        """The steps whose last try failed."""
        return [name for name, pause in self._pause.items() if pause]

    def wake(self) -> None:
        """Something new is there: every step looks now."""
        self._anew = True
        self._awake.set()

    def stir(self) -> None:
        """Something was written: every step that this may concern looks when it may."""
        self._awake.set()

    def turn(self) -> bool:
        """One round over all steps that are due; whether any of them did something."""
        busy = False
        for step in self.steps:
            if monotonic_s() >= self._due[step.name]:
                busy = (self._anything_new(step) and self._take(step)) or busy
        return busy

    def _anything_new(self, step: Step) -> bool:
        """Whether a look is worth it; the mark is older than the look, so that nothing falls between them."""
        if self.watch is None or not step.quiet_s:
            return True
        mark, now = self.watch.mark, monotonic_s()
        if now < self._quiet_until(step, mark, now):
            self._due[step.name] = now + step.every_s
            return False
        self._seen[step.name] = (mark, now)
        return True

    def _quiet_until(self, step: Step, mark: object, now: float) -> float:
        """Until when a step that looks into the database need not look, as long as this is its mark."""
        before, looked = self._seen.get(step.name, (None, 0.0))
        lively = now < self._worked.get(step.name, -LIVELY_S) + LIVELY_S
        return looked + (min(step.quiet_s, AGAIN_S) if lively else step.quiet_s) if mark == before else 0.0

    def _rests_until(self, step: Step, now: float) -> float:
        """When its next look is due, as far as is known now."""
        due = self._due[step.name]
        if step.rests is not None and step.rests():
            return now + REST_S
        if self.watch is None or not step.quiet_s:
            return due
        return max(due, self._quiet_until(step, self.watch.mark, now))

    def _take(self, step: Step) -> bool:
        worked = False
        try:
            for _ in range(TURN):
                began = thread_s()
                if not step.run(self.clock()):
                    spent = thread_s() - began
                    self._due[step.name] = monotonic_s() + max(step.every_s, spent / LOOK_SHARE if spent > DEAR_S else 0.0)
                    break
                worked = True
            if worked:
                self._worked[step.name] = monotonic_s()
                self._seen.pop(step.name, None)
            self._pause[step.name] = 0.0
        except Exception:  # the border of the pipeline: one step's fault must not stop the others
            pause = min(PAUSE_MAX_S, max(PAUSE_S, self._pause[step.name] * 2))
            self._pause[step.name] = pause
            self._seen.pop(step.name, None)
            self._due[step.name] = monotonic_s() + pause
            log.exception("step %s failed, next try in %.1f s", step.name, pause)
        return worked

    def run(self, stop: threading.Event) -> None:
        """Until ``stop`` is set; sleeps until the next step is due or somebody wakes it."""
        while not stop.is_set():
            if self.turn():
                continue
            now = monotonic_s()
            pause = min((self._rests_until(step, now) for step in self.steps), default=now + 1) - now
            if self._awake.wait(max(0.005, pause if self.watch is not None else min(pause, SLEEP_S))):
                self._awake.clear()
                if self._anew:
                    self._anew = False
                    self._seen.clear()
                    self._due = {name: 0.0 if not self._pause[name] else due for name, due in self._due.items()}
