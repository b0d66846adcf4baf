"""How soon an emergency is heard after its alert arrived, what resuming loses, and how soon a stop is obeyed."""

from __future__ import annotations

import statistics
import time

import numpy as np

from bench._village import Speaker, Village, noise, percentile, village
from bench.figures import Figure
from station import clock
from terminal.player import RATE

ROUNDS = 12


def main() -> list[Figure]:
    with village() as here:
        speaker = here.speaker("t1")
        waits, losses = zip(*(_once(here, speaker, n) for n in range(ROUNDS)), strict=True)
        stops = [_stop(here, speaker, n) for n in range(ROUNDS)]
    middle, far, lost = statistics.median(waits), percentile(waits, 0.99), max(abs(each) for each in losses)
    stop = percentile(stops, 0.99)
    return [
        Figure("pre-emption: alert published -> first sound, median", f"{middle:.0f} ms"),
        Figure("pre-emption: alert published -> first sound, p99", f"{far:.0f} ms", "OBPlayer's loop 1000 (elsewhere)", "", "<= 150 ms", far <= 150),
        Figure("resume: lost or repeated, most", f"{lost:.1f} ms", "", "", "<= 100 ms", lost <= 100),
        Figure("stop: command published -> silence, p99", f"{stop:.0f} ms", "", "", "<= 300 ms", stop <= 300),
    ]


def _once(here: Village, speaker: Speaker, number: int) -> tuple[float, float]:
    """A song is broken off by an emergency whose sound is stored already, and goes on: milliseconds until it is heard, milliseconds lost."""
    song, notice = here.clip(noise(4.0, 10 + number)), here.clip(noise(0.8, 900))
    at = clock.to_ms(clock.now()) + 1500
    later = here.item(f"later{number}", notice, at + 900_000, priority=4)  # its sound is stored before it is wanted
    playing = here.item(f"song{number}", song, at)
    here.plan(playing, later)
    speaker.wait_for("started", item=f"song{number}")
    speaker.wait_for("stored", item=f"later{number}")
    time.sleep(1.2)
    sent = here.alarm(here.emergency(f"flood{number}", notice))
    name = f"em-flood{number}-1-0-0"
    _, facts = speaker.wait_for("started", item=name)
    speaker.wait_for("finished", item=name)
    speaker.wait_for("finished", item=f"song{number}")
    first = float(str(facts["start_ms"])) / 1000 - time.time() + time.monotonic()
    return (first - sent) * 1000, _loss(speaker, number, noise(4.0, 10 + number))


def _loss(speaker: Speaker, number: int, song: np.ndarray) -> float:
    """Milliseconds of the song that were not heard (negative: heard twice), by finding the song's pieces in what was played."""
    ends = time.monotonic()
    heard = speaker.tap.between(ends - 6.5, ends).astype(np.float64)
    before = _place(heard, song[: RATE // 2].astype(np.float64))
    after = _place(heard, song[-RATE // 2 :].astype(np.float64)) + RATE // 2
    return (len(song) - (after - before - _notice_frames(0.8))) * 1000 / RATE


def _notice_frames(seconds: float) -> int:
    return round(seconds * RATE)


def _place(heard: np.ndarray, piece: np.ndarray) -> int:
    size = 1 << (len(heard) + len(piece)).bit_length()
    return int(np.argmax(np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(piece, size)), size)[: len(heard)]))


def _stop(here: Village, speaker: Speaker, number: int) -> float:
    """Milliseconds from the command to the last sample that is no silence."""
    name = f"stopped{number}"
    clip = here.clip(noise(6.0, 50 + number))
    here.plan(here.item(name, clip, clock.to_ms(clock.now()) + 1200))
    speaker.wait_for("started", item=name)
    time.sleep(0.3)
    sent = here.command("stop")
    speaker.wait_for("preempted", item=name)
    time.sleep(0.1)
    heard = np.flatnonzero(np.abs(speaker.tap.between(sent - 0.2, sent + 1.0).astype(np.int32)) > 100)
    return float(heard[-1] / RATE - 0.2) * 1000 if len(heard) else 0.0
