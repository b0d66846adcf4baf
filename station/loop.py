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


@dataclass(slots=True)
class Step:
    """One step of the pipeline. ``run(now)`` does one piece and returns True, or returns False when nothing was to do.

    ``quiet_s``: when nothing at all was written into the database since it found nothing, it looks only so often (for what comes with time);
    0: it finds its work elsewhere, and looks every ``every_s`` whatever happens.
    """

    name: str
    every_s: float
    run: Callable[[datetime], bool]
    quiet_s: float = 0.0


class Loop:
    """Runs steps in turn until told to stop; a step that fails is paused and never holds up the others.

    ``mark`` (of ``station.database``) is another one whenever something was written: an idle station asks for nothing else.
    """

    def __init__(self, steps: Sequence[Step], clock: Clock = clock_now, mark: Callable[[], object] | None = None) -> None:
        self.steps = list(steps)
        self.clock, self.mark = clock, mark
        self._seen: dict[str, tuple[object, float]] = {}
        self._awake = threading.Event()
        self._due = {step.name: 0.0 for step in self.steps}
        self._pause = {step.name: 0.0 for step in self.steps}

    @property
    def failing(self) -> list[str]:
        """The steps whose last try failed."""
        return [name for name, pause in self._pause.items() if pause]

    def wake(self) -> None:
        """Something new is there: every step looks now."""
        self._awake.set()

    def turn(self) -> bool:
        """One round over all steps that are due; whether any of them did something."""
        busy = False
        for step in self.steps:
            if monotonic_s() >= self._due[step.name]:
                busy = (self._anything_new(step) and self._take(step)) or busy
        return busy

    def _anything_new(self, step: Step) -> bool:
        """Whether a look is worth it; the mark is taken before the look, so that nothing falls between them."""
        if self.mark is None or not step.quiet_s:
            return True
        mark, now = self.mark(), monotonic_s()
        before, looked = self._seen.get(step.name, (None, 0.0))
        if mark == before and now < looked + step.quiet_s:
            self._due[step.name] = now + step.every_s
            return False
        self._seen[step.name] = (mark, now)
        return True

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
            pause = min(self._due.values(), default=monotonic_s() + 1) - monotonic_s()
            if self._awake.wait(max(0.005, min(pause, 0.5))):
                self._awake.clear()
                self._seen.clear()
                self._due = {name: 0.0 if not self._pause[name] else due for name, due in self._due.items()}
