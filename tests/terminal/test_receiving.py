"""What is spoken into one end comes out of the other: encoded, sealed, opened, buffered, decoded, at the mixer's rate."""

from __future__ import annotations

import time

import numpy as np

from terminal.actions import Carry, Play, Tune
from terminal.player import RATE, Mixer, Sounded
from terminal.receiving import Receiver, Spoken
from wire.live import FRAMES, Frames, TalkKey, opened
from wire.opus import Encoder

SPOKEN_RATE, SECONDS = 24_000, 2.0
MS = 1000.0 / 44_100 * 882


def test_a_tone_that_is_spoken_is_heard_to_its_end_and_the_voice_has_finished() -> None:
    at = np.arange(int(SPOKEN_RATE * SECONDS)) / SPOKEN_RATE
    spoken = (9000 * np.sin(2 * np.pi * (300 + 200 * at) * at)).astype("<i2")
    encoder, key, talk = Encoder(SPOKEN_RATE), TalkKey(), "live-00112233445566aa"
    packets = [encoder.encode(part.tobytes()) for part in spoken.reshape(-1, encoder.samples)]
    now = [0.0]
    told: list[Sounded] = []
    mixer, receiver = Mixer(told.append), Receiver(Tune("t", 0), lambda: now[0])
    mixer.volume = 100
    mixer.place(Play("t", "t", 0, until_ms=time.time() * 1000 + 60_000, ms=60_000), Spoken(receiver))
    heard = []
    for block in range(int(SECONDS * 1000 / MS) + 40):
        now[0] = block * MS
        if block % FRAMES == 0 and (n := block) < len(packets):
            frames = opened(key.seal(Frames(talk, n, n * 20, tuple(packets[n : n + FRAMES]), tuple(packets[max(0, n - FRAMES) : n]))), key.x)
            if block != 30:  # one is lost
                receiver.carry(Carry("t", tuple(frames.numbered), frames.first, frames.spoken_ms))
        if block == len(packets) + 3:
            receiver.end(len(packets))
        heard.append(np.array(mixer.fill(882), dtype=float))
    out = np.concatenate(heard)
    assert [each.what for each in told] == ["started", "finished"]
    assert receiver.buffer.lost == 0
    like = np.interp(np.arange(1.0, 1.2, 1 / RATE), at, spoken.astype(float))
    near = out[RATE : 2 * RATE]
    found = np.correlate(near, like, "valid") / np.sqrt(np.convolve(near**2, np.ones(len(like)), "valid") * (like**2).sum() + 1)
    best = int(np.argmax(found))
    assert found[best] > 0.95 and 0.02 < best / RATE < 0.5
