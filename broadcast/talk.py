"""What is said becomes messages: samples in, sealed messages of Opus frames out, each with the frames of the one before again."""

from __future__ import annotations

from wire.live import FRAMES, Frames, TalkKey
from wire.opus import FRAME_MS, Encoder

RATE = 24_000
"""Samples a second of the microphone: 12 kHz of speech is more than a horn loudspeaker gives back."""
FRAME_BYTES = 2 * RATE * FRAME_MS // 1000
# When what comes is so much later than it should be, the microphone stood still: the talk goes on from now.
STOOD_STILL_MS = 500.0


class Sender:
    """One talk from its first sample on. Frame n was spoken at ``since_ms`` + 20 n: the terminals see from it how late each message came."""

    def __init__(self, talk: str, key: TalkKey, since_ms: float) -> None:
        self._talk, self._key, self._since = talk, key, since_ms
        self._encoder = Encoder(RATE)
        self._left = b""
        self._new: list[bytes] = []
        self._old: tuple[bytes, ...] = ()
        self.sent = 0

    @property
    def seconds(self) -> float:
        return self.sent * FRAME_MS / 1000

    def feed(self, pcm: bytes, now_ms: float) -> list[bytes]:
        """The messages that these samples (16 bit, little-endian, RATE, one channel) complete."""
        self._left += pcm
        ready = len(self._left) // FRAME_BYTES
        made = []
        for n in range(ready):
            self._new.append(self._encoder.encode(self._left[n * FRAME_BYTES : (n + 1) * FRAME_BYTES]))
            if len(self._new) == FRAMES:
                made.append(self._seal(now_ms))
        self._left = self._left[ready * FRAME_BYTES :]
        return made

    def finish(self, now_ms: float) -> list[bytes]:
        """The last message, filled up with silence to a whole frame; and once more, since no other brings its frames again."""
        made = self.feed(bytes(-len(self._left) % FRAME_BYTES), now_ms) if self._left else []
        if self._new:
            made.append(self._seal(now_ms))
        return [*made, *made[-1:]]

    def _seal(self, now_ms: float) -> bytes:
        first, frames = self.sent, tuple(self._new)
        due = self._since + (first + len(frames)) * FRAME_MS
        if now_ms - due > STOOD_STILL_MS:
            self._since += now_ms - due
        raw = self._key.seal(Frames(self._talk, first, round(self._since + first * FRAME_MS), frames, self._old))
        self.sent += len(frames)
        self._old, self._new = frames, []
        return raw
