"""Lines that bring the messages of a talk, and an ear that asks for a frame whenever one is due."""

from __future__ import annotations

from typing import NamedTuple

from terminal.jitter import FRAME_MS, JitterBuffer, Piece


class Arrival(NamedTuple):
    """A message that comes ``at`` (ms): numbered frames, the number of the first new one, and when that was spoken."""

    at: float
    frames: tuple[tuple[int, bytes], ...]
    first_new: int
    spoken: float


def messages(count: int, new: int = 3) -> list[Arrival]:
    """Each comes when its last frame was spoken, and brings the frames of the one before again."""
    return [
        Arrival((n + 1) * new * FRAME_MS, tuple((k, b"%d" % k) for k in range(max(0, (n - 1) * new), (n + 1) * new)), n * new, n * new * FRAME_MS)
        for n in range(count)
    ]


def listen(buffer: JitterBuffer, arrivals: list[Arrival], count: int, new: int = 3) -> list[Piece]:
    """What is heard until the talk of so many messages is over."""
    waiting, pieces, now, ended = list(arrivals), [], 0.0, count * new * FRAME_MS + 60
    while not buffer.over and now < ended + 10_000:
        while waiting and waiting[0].at <= now:
            one = waiting.pop(0)
            buffer.put(one.frames, one.first_new, one.spoken, one.at)
        if now >= ended:
            buffer.end(count * new)
        pieces.append(buffer.pull(now))
        now += FRAME_MS
    return pieces
