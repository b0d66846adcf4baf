"""Engines in order: the first that can speaks the sentence, and what the others said is kept."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points

from tts.engines import GROUP, Engine, EngineError, Line, NothingHeard, NotMine, Speech
from tts.engines.options import EngineOptions
from tts.level import QUIET
from tts.voices import Voice

REST_SECONDS = 30.0
"""How long an engine that failed is not asked again: a dead server would cost its time-out at every sentence."""

LONGEST_S, LONGEST_S_PER_CHARACTER = 6.0, 1.2
"""No voice needs longer for a sentence; a digit or a letter that is spelled takes the most."""

NEVER_REST = ("recorded", "system")
"""What they could not do concerns one sentence, and costs no time."""

Make = Callable[[EngineOptions], Engine]


_OWN = (
    EntryPoint("recorded", "tts.engines.recorded:RecordedEngine", GROUP),
    EntryPoint("http", "tts.engines.http:HttpEngine", GROUP),
    EntryPoint("sherpa", "tts.engines.sherpa:SherpaEngine", GROUP),
    EntryPoint("system", "tts.engines.system:SystemEngine", GROUP),
)
"""What ships with the station: named here, for a checkout that was never installed has no entry points."""


@cache
def installed() -> dict[str, EntryPoint]:
    """Every engine on this machine by name: the station's own, and those that other distributions offer; no name is taken over."""
    found = {point.name: point for point in _OWN}
    for point in entry_points(group=GROUP):
        found.setdefault(point.name, point)
    return found


@dataclass(frozen=True, eq=False)
class Said:
    """A sentence that was spoken: by which engine, and why those before it could not. ``passing``: another time they may."""

    speech: Speech
    engine: str
    instead: tuple[tuple[str, str], ...] = ()
    passing: bool = False


def check(line: Line, name: str, speech: Speech) -> None:
    """A neural voice may fall silent or babble on: what cannot be this sentence is not put on air."""
    if not len(speech.pcm) or max(int(speech.pcm.max()), -int(speech.pcm.min())) <= QUIET:
        raise NothingHeard(line.text)
    longest = (LONGEST_S + LONGEST_S_PER_CHARACTER * len(line.spoken)) / line.voice.rate
    if name != "recorded" and speech.ms > longest * 1000:
        raise EngineError(f"{name} spoke {speech.ms / 1000:.0f} s for {len(line.spoken)} characters", permanent=False)


class Engines:
    """The engines of this process, each made when it is first needed."""

    def __init__(self, options: EngineOptions | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self.options = options or EngineOptions()
        self._made: dict[str, Engine | EngineError] = {}
        self._resting: dict[str, tuple[float, str]] = {}
        self._clock = clock

    def engine(self, name: str) -> Engine:
        """The engine of this name; EngineError(permanent) when there is none or it cannot be made."""
        if name not in self._made:
            self._made[name] = self._make(name)
        found = self._made[name]
        if isinstance(found, EngineError):
            raise found
        return found

    def _make(self, name: str) -> Engine | EngineError:
        point = installed().get(name)
        if point is None:
            have = ", ".join(sorted(installed()))
            return EngineError(f"no engine is called {name!r}; installed are {have}", permanent=True)
        try:
            make: Make = point.load()
            return make(self.options)
        except Exception as problem:  # the border to foreign code: said by every line that asks for it
            return EngineError(f"the engine {name} cannot be made: {type(problem).__name__}: {problem}", permanent=True)

    def fingerprint(self, voice: Voice) -> str:
        """Of everything that may speak this voice, in order."""
        told: list[str] = []
        for name in self.options.engines(voice.dialect, voice.name):
            try:
                told.append(f"{name}: {self.engine(name).fingerprint(voice)}")
            except EngineError as problem:
                told.append(f"{name}: {problem}")
        return "; ".join(told)

    def say(self, line: Line, without: Collection[str] = (), trying: Callable[[str], None] = lambda name: None) -> Said:
        """The line, spoken by the first engine of its voice that can. ``without`` are not asked; ``trying`` hears each name before it is.

        Raises EngineError when none can: permanent when all of them said so, NothingHeard when one of them had only silence.
        """
        instead: list[tuple[str, str]] = []
        permanent = True
        silent = False
        for name in self.options.engines(line.voice.dialect, line.voice.name):
            until, why = self._resting.get(name, (0.0, ""))
            if name in without or self._clock() < until:
                instead.append((name, why or "it took its process down twice"))
                permanent = False
                continue
            try:
                trying(name)
                speech = self.engine(name).say(line)
                check(line, name, speech)
                return Said(speech, name, tuple(instead), not permanent)
            except NotMine:
                continue
            except EngineError as problem:
                reason, final = str(problem), problem.permanent
                silent = silent or isinstance(problem, NothingHeard)
            except Exception as problem:  # the border to foreign code
                reason, final = f"{type(problem).__name__}: {problem}", False
            if not final and name not in NEVER_REST:
                self._resting[name] = (self._clock() + REST_SECONDS, reason)
            permanent = permanent and final
            instead.append((name, reason))
        if not instead:
            raise EngineError(
                f"no engine of the voice {line.voice.dialect}/{line.voice.name} speaks {line.text[:40]!r}", permanent=True
            )
        if silent and permanent:
            raise NothingHeard(line.text)
        told = instead[0][1] if len(instead) == 1 else "; ".join(f"{name}: {why}" for name, why in instead)
        raise EngineError(told, permanent=permanent)
