"""Somebody speaks into one end and is heard at the other: real broker, real agent; the music that he broke into goes on when he has spoken."""

from __future__ import annotations

import json
import subprocess
import sys
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from terminal.player import RATE
from tests.journeys.speaker import Recording, Speaker
from tests.journeys.stage import tone
from tests.journeys.station import Station, until

SECONDS = 3.0


def sweep(pitch: float, rise: float) -> np.ndarray:
    """A tone that rises, at the mixer's rate: no stretch of it is like another."""
    at = np.arange(int(RATE * SECONDS)) / RATE
    return 8000 * np.sin(2 * np.pi * (pitch + rise * at) * at)


@pytest.mark.timeout(600)
def test_what_is_spoken_is_heard_and_the_music_goes_on(station: Station, new_speaker: Callable[..., Speaker], ground: Path) -> None:
    speaker = new_speaker("square")
    speaker.pair(station.village.village_a.id)
    sent = station.upload("lan", "/api/clips", {"area_id": station.village.county.id, "kind": "music", "title": "music"}, "music.wav", tone(300.0, 60.0))
    programme = station.programme([{"kind": "clip", "clip_id": int(sent.json()["id"])}])
    music = station.schedule(programme, station.village.village_a.id, 6.0, priority=6, window_s=300)
    until("the music to sound", lambda: speaker.items(music.id, "started"))

    spoken = ground / "spoken.wav"
    _write(spoken, sweep(500, 300))
    words = [sys.executable, "-m", "app", "talk", "--area", str(station.village.village_a.id), "--file", str(spoken), "--login", "lan", "--json"]
    done = subprocess.run(words, cwd=station.folder, env=station.env, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["why"] == "he has spoken" and told["frames"] * 0.02 >= SECONDS

    def ended() -> bool:
        return any(each["item"].startswith(told["talk"]) for each in speaker.said("finished"))

    until("the talk to be heard to its end", ended, told=lambda: f"{speaker.events[-10:]} {station.log()[-500:]}")
    until("the talk to be let go", lambda: speaker.said("talk over"))
    counts = speaker.said("talk over")[0]
    assert counts["played"] > told["frames"] / 2, "on a busy machine the silence and the chime in front may be missed, never the words"
    size = speaker.wav.stat().st_size
    until("more of the music", lambda: speaker.wav.stat().st_size > size + 4 * RATE)
    speaker.stop()
    heard = Recording(speaker.wav)
    assert heard.find(sweep(500, 300)[int(1.5 * RATE) : int(1.8 * RATE)]).likeness > 0.8
    assert not speaker.items(music.id, "finished") and not speaker.items(music.id, "failed")
    last = heard.samples[-RATE // 2 :]
    assert np.sqrt((last**2).mean()) > 100, "the music is what is heard last"


def _write(path: Path, samples: np.ndarray) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.astype("<i2").tobytes())
