"""One mp3 encoded by two threads: in stretches of ten seconds that overlap, whose frames follow each other as if one encoder had made them."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np

from tts.audio import to_mp3
from tts.engines import Pcm
from tts.joining import FRAME, frames, widened

STRETCH = 382
"""Frames in a stretch: ten seconds. The overlap costs 2 % of the work."""
WARM, AHEAD = 5, 2
"""Frames an encoder hears before its stretch, so that its filters and its masking are where the former's are; and after it, which it needs
for its last frame. 3 frames would hold the longest loan (511 bytes)."""
THREADS = 2
WAITING = 6
"""Stretches not yet encoded; whoever adds more waits: four hours of sound would take a gigabyte."""


class Mp3InStretches:
    """An mp3 that grows while the sound is being made: what ``tts.audio.Mp3`` makes, on both cores."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="encoder")
        self._made: list[Future[list[bytes]]] = []
        self._held: list[Pcm] = []
        self._length = 0
        self.samples = 0

    def add(self, pcm: Pcm) -> None:
        """More sound; raises what the encoder raised."""
        self._held.append(pcm)
        self._length += len(pcm)
        self.samples += len(pcm)
        while self._length >= FRAME * (self._warm + STRETCH + AHEAD):
            self._stretch()

    @property
    def _warm(self) -> int:
        return WARM if self._made else 0

    def _stretch(self) -> None:
        """The oldest ten seconds go to a thread; their end is kept, for the next one begins with it."""
        warm = self._warm
        sound = np.concatenate(self._held)
        self._give(sound[: FRAME * (warm + STRETCH + AHEAD)], warm + STRETCH)
        self._held = [sound[FRAME * (warm + STRETCH - WARM) :]]
        self._length = len(self._held[0])

    def _give(self, sound: Pcm, upto: int | None) -> None:
        if len(self._made) >= WAITING:
            self._made[-WAITING].result()
        self._made.append(self._threads.submit(lambda: list(frames(to_mp3(sound)))[:upto]))

    def finish(self) -> bytes:
        """The whole file; only once."""
        try:
            self._give(np.concatenate(self._held), None)
            made = [each.result() for each in self._made]
        finally:
            self.abandon()
        return b"".join(stitched(made))

    def abandon(self) -> None:
        """The threads end."""
        self._threads.shutdown(cancel_futures=True)


def encoded(pcm: Pcm) -> bytes:
    """Sound that is there already, as one mp3, on both cores."""
    mp3 = Mp3InStretches()
    mp3.add(pcm)
    return mp3.finish()


def stitched(made: Sequence[list[bytes]]) -> list[bytes]:
    """The frames of all stretches; each but the first begins with WARM frames that were heard already."""
    whole = list(made[0])
    for stretch in made[1:]:
        whole[-1] = widened(whole[-1], stretch[:WARM], stretch[WARM])
        whole += stretch[WARM:]
    return whole
