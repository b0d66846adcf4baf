"""The jitter buffer of a live talk: frames come in when the line brings them, and one goes out whenever one is due. Pure; time comes in.

What it keeps to: every frame is heard at most once and in order; one that comes when its place has passed is dropped. It waits as long as the line
needs, and no longer: the delay follows how much later than the quickest the slowest messages of the last seconds came, and where messages are lost
it covers the next message, which brings their frames again. Nothing there: the decoder makes up what is missing, and the talk is held rather than
cut, until ``MOST_MS``. Ahead of its time: it catches up by leaving out the quietest frames.

Times are milliseconds of one clock of this machine; what the station says of its own clock is only compared with itself.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

FRAME_MS = 20.0
# Delay before anything is known of the line, and its bounds.
FIRST_MS, LEAST_MS, MOST_MS = 160.0, 40.0, 800.0
# The line is judged by what came within this long, and by at least so many messages.
WINDOW_MS, FEW = 8_000.0, 12
# A device asks a block at a time, and the machine may be busy just then.
SPARE_MS = 40.0
# So far from where it should be it is left alone; so often at most it is put right by a frame.
SLACK_MS, EVERY_MS = 40.0, 160.0
# A pause of this long in the asking (something more important sounded): the talk goes on with what is said now.
PAUSE_MS = 500.0
# Beyond the longest delay, what one late message may bring in one go; and a way so much longer is another clock, not the line.
FRAMES_SPARE, ANOTHER_CLOCK_MS = 20, 3_000.0


@dataclass(frozen=True, slots=True)
class Piece:
    """What is heard for the next FRAME_MS: a ``frame`` (its packet in ``data``), something made up (``conceal``), or ``silence`` before the first
    and after the last. ``skipped`` is decoded before it and not heard, so that the decoder keeps up."""

    what: str
    data: bytes = b""
    n: int = -1
    skipped: tuple[bytes, ...] = ()


class JitterBuffer:
    """One talk at one terminal, from frame ``first`` on; ``extra_ms`` is added to every delay (staggered neighbours)."""

    def __init__(self, first: int, extra_ms: float = 0.0) -> None:
        self._held: dict[int, bytes] = {}
        self._next, self._newest, self._last = first, first - 1, -1
        self._extra = extra_ms
        self._begun = self._over = False
        self._transits: deque[tuple[float, float]] = deque()
        self._spoken: tuple[int, float] | None = None
        self._lost_at = self._asked_at = self._mended_at = float("-inf")
        self._span = 0.0
        self._size = 0.0
        self.late = self.lost = self.twice = self.held_back = self.left_out = self.concealed = self.played = 0

    @property
    def over(self) -> bool:
        """Everything was heard that could be."""
        return self._over

    @property
    def newest(self) -> int:
        """The number behind the newest frame that came."""
        return self._newest + 1

    def put(self, frames: Iterable[tuple[int, bytes]], first_new: int, spoken_ms: float, now: float) -> None:
        """The frames of one message, with their numbers; the first new one was spoken at ``spoken_ms`` by the station's clock."""
        listed = list(frames)
        if not listed or self._over:
            return
        if first_new > self._newest + 1 and self._newest >= 0 and self._spoken is not None:
            self._lost_at = now
        newest = listed[-1][0]
        if newest > self._newest:
            self._span = (newest - first_new + 1) * FRAME_MS
            self._spoken = (first_new, spoken_ms)
            if self._transits and abs(now - spoken_ms - self._transits[-1][1]) > ANOTHER_CLOCK_MS:
                self._transits.clear()
            self._transits.append((now, now - spoken_ms))
        while self._transits and self._transits[0][0] < now - WINDOW_MS and len(self._transits) > FEW:
            self._transits.popleft()
        for n, data in listed:
            if n < self._next:
                self.late += n >= first_new
            elif n in self._held:
                self.twice += n >= first_new
            elif self._last < 0 or n < self._last:
                self._held[n] = data
                self._newest = max(self._newest, n)
        self._make_room()

    def end(self, last: int) -> None:
        """The number behind the last frame is known: what comes before it is still heard. -1: with what is here."""
        self._last = last if last >= 0 else self._newest + 1
        self._held = {n: data for n, data in self._held.items() if n < self._last}
        self._over = self._over or self._next >= self._last

    def target_ms(self, now: float) -> float:
        """How long after the quickest way through the line a frame is to be heard."""
        if not self._transits:
            return FIRST_MS + self._extra
        quickest = min(transit for _, transit in self._transits)
        slowest = max(transit for _, transit in self._transits)
        again = self._span if now - self._lost_at < WINDOW_MS else 0.0
        wanted = slowest - quickest + again + SPARE_MS
        if len(self._transits) < FEW:
            wanted = max(wanted, FIRST_MS)
        return min(MOST_MS, max(LEAST_MS, wanted)) + self._extra

    def _due(self, n: int, now: float) -> float:
        """When frame ``n`` should be heard. A frame's way begins when the message that brings it is whole: its first waited for the last."""
        if self._spoken is None:
            return now
        number, spoken = self._spoken
        quickest = min(transit for _, transit in self._transits)
        return spoken + (n - number) * FRAME_MS + quickest + self.target_ms(now)

    def _make_room(self) -> None:
        """Nobody asks, or the line brings all at once what it held back: of more than the longest delay the oldest goes."""
        most = int((MOST_MS + self._extra) / FRAME_MS) + FRAMES_SPARE
        if self._newest - self._next >= most:
            self._next = self._newest - most + 1
            self.left_out += sum(n < self._next for n in self._held)
            self._held = {n: data for n, data in self._held.items() if n >= self._next}

    def pull(self, now: float) -> Piece:
        """What is heard next. Asked once for every FRAME_MS that sounds."""
        paused = now - self._asked_at > PAUSE_MS
        self._asked_at = now
        if self._over:
            return Piece("silence")
        if paused:
            self._begun = False
        if not self._begun and not self._begin(now):
            return Piece("silence")
        late = now - self._due(self._next, now)
        skipped: tuple[bytes, ...] = ()
        if self._next in self._held:
            if -late > SLACK_MS and self._may_mend(now):
                self.held_back += 1
                return Piece("conceal")
            if late > SLACK_MS and self._may_leave_out(now, late):
                skipped = (self._take(self._next),)
                self.left_out += 1
                self._step()
        if self._next in self._held:
            data, n = self._take(self._next), self._next
            self._size += (len(data) - self._size) / 16
            self.played += 1
            self._step()
            return Piece("frame", data, n, skipped)
        self.concealed += 1
        if self._over:
            return Piece("conceal", skipped=skipped)
        behind = self._newest > self._next or self._last >= 0
        if (behind and late >= 0) or late > MOST_MS:
            self.lost += 1
            self._step()
        return Piece("conceal", skipped=skipped)

    def _begin(self, now: float) -> bool:
        """Whether it is time for the first frame, or for the first after a pause: then what is too old by now is left out."""
        while self._held and self._next not in self._held:
            self._next = min(self._held)
        if not self._held:
            if self._last >= 0:  # ended, and nothing came that could be heard
                self._over = True
            return False
        while self._next in self._held and self._newest > self._next and now - self._due(self._next, now) > SLACK_MS + FRAME_MS:
            self._take(self._next)
            self.left_out += 1
            self._step()
        if self._next not in self._held:
            return False
        self._begun = self._last >= 0 or now >= self._due(self._next, now)
        return self._begun

    def _may_mend(self, now: float) -> bool:
        if now - self._mended_at < EVERY_MS:
            return False
        self._mended_at = now
        return True

    def _may_leave_out(self, now: float, late: float) -> bool:
        """Left out is what is quiet: Opus says little where little is said. What is far behind cannot choose."""
        quiet = len(self._held[self._next]) < 0.6 * self._size
        urgent = late > 4 * SLACK_MS or now - self._mended_at > 8 * EVERY_MS
        return self._next + 1 in self._held and (quiet or urgent) and self._may_mend(now)

    def _take(self, n: int) -> bytes:
        return self._held.pop(n)

    def _step(self) -> None:
        self._next += 1
        if 0 <= self._last <= self._next:
            self._over = True
