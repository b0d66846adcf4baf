"""A stream from elsewhere (an upper level's live programme, a line-in) is passed on as a live talk, and taken up again when it breaks.

What comes is sent at the pace of speech; what a server sends ahead at the beginning is left out, so that the village is not seconds behind. Nothing
comes for a second: the talk ends, the speakers go back to their schedule, and the stream is looked for again, less and less often, so many times.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlsplit

import av

from broadcast.studio import NotOnAir
from broadcast.talk import FRAME_BYTES, RATE
from station.clock import monotonic_s
from wire.live import FRAMES

log = logging.getLogger(__name__)
OPEN_S, READ_S = 10.0, 5.0
# So much is held; of what a server sends ahead at the beginning so much is left out; nothing for so long, and it is broken.
AHEAD_S, BURST_S, BROKEN_S = 0.5, 10.0, 1.0
# The pauses before it is looked for again, the last of them from then on; so many times in vain, and it is given up. What ran for so long counts anew.
PAUSES_S, TRIES, WELL_S = (1.0, 2.0, 5.0, 10.0, 30.0), 20, 60.0
# What ends a relay for good: somebody decided it.
DECIDED = ("stopped", "handed over")
PIECE = FRAMES * FRAME_BYTES


class CannotRelay(ValueError):
    """This is no address of a stream, or nothing in it can be decoded; the text says which."""


class Sitting(Protocol):
    """A place in the studio (``broadcast.door.Visitor``)."""

    def wait_for_the_word(self) -> bool: ...
    def speak(self, pcm: bytes) -> bool: ...
    def end(self) -> dict[str, object]: ...
    def close(self) -> None: ...


def checked(url: str) -> str:
    """The address of a stream. Raises CannotRelay."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise CannotRelay("give the address of a stream that begins with http:// or https://")
    return url


def sound_of(url: str) -> Iterator[bytes]:
    """What the stream holds, decoded: 16 bit, one channel, RATE, as it comes. Raises CannotRelay."""
    checked(url)
    heard = False
    try:
        with av.open(url, timeout=(OPEN_S, READ_S), options={"protocol_whitelist": "http,https,tcp,tls,crypto"}) as stream:
            resampler = av.AudioResampler("s16", "mono", RATE)
            for frame in stream.decode(audio=0):
                for made in resampler.resample(frame):
                    yield made.to_ndarray().astype("<i2").tobytes()
    except (av.error.FFmpegError, OSError, IndexError, ValueError) as error:
        if heard:  # a stream has no length: its end is an error of reading
            log.info("%s: %s", url, error)
            return
        raise CannotRelay(f"the stream cannot be read: {error}") from error


class _Ear:
    """Reads a stream in a thread of its own and holds AHEAD_S of it; then the stream waits. Until ``on_air`` the oldest is left out instead."""

    def __init__(self, source: Iterator[bytes]) -> None:
        self._held: deque[bytes] = deque()
        self._size, self._left, self._spare, self.on_air = 0, b"", int(BURST_S * 2 * RATE), False
        self._more, self.over, self.why = threading.Condition(), False, ""
        self._thread = threading.Thread(target=self._read, args=(source,), name="relay", daemon=True)
        self._thread.start()

    def _read(self, source: Iterator[bytes]) -> None:
        try:
            for pcm in source:
                with self._more:
                    if self.over:
                        return
                    self._held.append(pcm)
                    self._size += len(pcm)
                    self._more.notify()
                    while self._size > AHEAD_S * 2 * RATE and not self.over:
                        if self.on_air or self._spare <= 0:
                            self._more.wait(0.5)
                        elif len(self._held) == 1:
                            break
                        else:
                            gone = len(self._held.popleft())
                            self._size, self._spare = self._size - gone, self._spare - gone
            self.why = "the stream has ended"
        except CannotRelay as error:
            self.why = str(error)
        finally:
            with self._more:
                self.over = True
                self._more.notify()

    def take(self, seconds: float) -> bytes:
        """The next PIECE; b"" when there is none for so long, or no more."""
        until = monotonic_s() + seconds
        with self._more:
            while len(self._left) < PIECE:
                if self._held:
                    pcm = self._held.popleft()
                    self._size -= len(pcm)
                    self._left += pcm
                    self._more.notify()
                elif self.over or (left := until - monotonic_s()) <= 0:
                    return b""
                else:
                    self._more.wait(left)
            piece, self._left = self._left[:PIECE], self._left[PIECE:]
        return piece

    def close(self) -> None:
        with self._more:
            self.over = True
            self._more.notify()


@dataclass
class Relay:
    """``source`` opens the stream anew, ``sit_down`` a place in the studio; ``pause`` waits and says whether the relay was told to end."""

    source: Callable[[], Iterator[bytes]]
    sit_down: Callable[[], Sitting]
    pause: Callable[[float], bool]
    told: Callable[[str], None] = field(default=lambda said: None)

    def run(self, longest_s: float) -> str:
        """Until somebody ends it, the time is over, or it was tried too often; why."""
        began, failed = monotonic_s(), 0
        while monotonic_s() - began < longest_s:
            since = monotonic_s()
            ended, why = self._once(began + longest_s)
            if ended in DECIDED or ended == "over":
                return why
            failed = 1 if monotonic_s() - since > WELL_S else failed + 1
            if failed >= TRIES:
                return f"given up after {TRIES} times: {why}"
            wait_s = PAUSES_S[min(failed, len(PAUSES_S)) - 1]
            self.told(f"{why}; again in {wait_s:g} s")
            if self.pause(wait_s):
                return "it was told to end"
        return "its time is over"

    def _once(self, until: float) -> tuple[str, str]:
        """One talk, as long as the stream holds: how the studio ended it ("" when it never began), and why in words."""
        with closing(_Ear(self.source())) as ear:
            first = ear.take(OPEN_S)
            if not first:
                return "", ear.why or "nothing is heard in the stream"
            try:
                place = self.sit_down()
            except NotOnAir as error:
                return "stopped" if error.facts.get("stopped") else "", str(error)
            try:
                if place.wait_for_the_word():
                    self._carry(ear, place, until)
                told = place.end()
            except NotOnAir as error:
                return "", str(error)
            finally:
                place.close()
            if monotonic_s() >= until:
                return "over", "its time is over"
            return str(told["ended"]), str(told["why"]) if told["ended"] != "spoken" else ear.why or "the stream stood still"

    def _carry(self, ear: _Ear, place: Sitting, until: float) -> None:
        """At the pace of speech, whatever lumps the line brings it in."""
        due, ear.on_air, clock = monotonic_s(), True, threading.Event()
        while monotonic_s() < until and (piece := ear.take(BROKEN_S)) and place.speak(piece):
            due = max(due + PIECE / (2 * RATE), monotonic_s() - PIECE / (2 * RATE))
            clock.wait(max(0.0, due - monotonic_s()))
