"""Asking the station what time it is, and holding back what is signed until the time is known."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from terminal.clock import BURST, Clock
from terminal.line import Happened
from wire.messages import Answer, Request

# Between the questions of a burst, and between bursts: soon again, so that the drift of the crystal is known within a minute.
ASK_GAP_S, ASK_AGAIN_S = 0.02, (5.0, 15.0, 30.0, 60.0, 150.0, 900.0)
# So long is the station's time waited for before anything signed is judged by the machine's own.
TIME_WAIT_S = 3.0
NEVER = float("inf")


class TimeAsker:
    """Bursts of questions for the clock. ``ask`` hands one to the line; moments are seconds of the monotonic clock."""

    def __init__(self, clock: Clock, ask: Callable[[Request], object]) -> None:
        self._clock, self._ask = clock, ask
        self._questions: dict[str, float] = {}
        self._held: list[Happened] = []
        self._ask_at = self._hold_until = NEVER
        self._to_ask = 0

    def begin(self, mono: float) -> None:
        """The line is there: unless the station has told the time before, nothing signed is judged until it has."""
        if self._clock.source != "line":
            self._to_ask, self._ask_at = BURST, mono
            self._hold_until = mono + TIME_WAIT_S

    @property
    def due(self) -> float:
        """When to look here again."""
        return min(self._ask_at, self._hold_until)

    def look(self, mono: float, connected: bool) -> list[Happened]:
        """Asks when it is time to, and gives back what has been held long enough."""
        if mono >= self._ask_at:
            self._to_ask -= 1
            more = self._to_ask > 0
            self._ask_at = mono + (ASK_GAP_S if more else ASK_AGAIN_S[min(self._clock.bursts, len(ASK_AGAIN_S) - 1)])
            self._to_ask = self._to_ask if more else BURST
            if connected:
                self._question()
        return self.let_go() if mono >= self._hold_until else []

    def _question(self) -> None:
        name = secrets.token_hex(4)
        self._questions = {**dict(list(self._questions.items())[-2 * BURST :]), name: self._clock.mono_ms()}
        self._ask(Request("time", name, t0_ms=self._questions[name]))

    def heard(self, event: Happened) -> float | None:
        """By how many milliseconds the clock was set; None when this was not the last answer of a burst. Raises BadMessage."""
        answer = Answer.from_json(event.payload)
        sent = self._questions.pop(answer.id, None)
        if sent is None or answer.t0_ms != sent:
            return None
        before = self._clock.now_ms()
        if not self._clock.heard(sent, answer.t1_ms, answer.t2_ms, self._clock.mono_of(event.mono_ms)):
            return None
        return self._clock.now_ms() - before

    def holds(self, event: Happened) -> bool:
        """Whether this message is kept back for now."""
        if self._hold_until == NEVER:
            return False
        self._held.append(event)
        return True

    def let_go(self) -> list[Happened]:
        """What was signed is judged now, in the order in which it came."""
        self._hold_until = NEVER
        held, self._held = self._held, []
        return held
