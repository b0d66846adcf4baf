"""Somebody speaks into one end and is heard at the other: real broker, real agent; the music that he broke into goes on when he has spoken."""

from __future__ import annotations

import io
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
from tests.journeys.station import Station, until

SECONDS = 3.0
# Frames of silence in front of the chime: a terminal may open its ears during them.
OPENING = 25


def sweep(pitch: float, rise: float) -> np.ndarray:
    """A tone that rises, at the mixer's rate: no stretch of it is like another."""
    at = np.arange(int(RATE * SECONDS)) / RATE
    return 8000 * np.sin(2 * np.pi * (pitch + rise * at) * at)


def music(seconds: float) -> bytes:
    """A steady tone, as a file."""
    made = io.BytesIO()
    _write(made, 6000 * np.sin(2 * np.pi * 220 * np.arange(int(RATE * seconds)) / RATE))
    return made.getvalue()


@pytest.mark.timeout(600)
def test_what_is_spoken_is_heard_and_the_music_goes_on(station: Station, new_speaker: Callable[..., Speaker], ground: Path) -> None:
    speaker = new_speaker("square")
    speaker.pair(station.village.village_a.id)
    sent = station.upload("lan", "/api/clips", {"area_id": station.village.county.id, "kind": "music", "title": "music"}, "music.wav", music(150.0))
    programme = station.programme([{"kind": "clip", "clip_id": int(sent.json()["id"])}])
    playing = station.schedule(programme, station.village.village_a.id, 6.0, priority=6, window_s=300)
    until("the music to sound", lambda: speaker.items(playing.id, "started"))

    spoken = ground / "spoken.wav"
    _write(spoken, sweep(500, 300))
    words = [sys.executable, "-m", "app", "talk", "--area", str(station.village.village_a.id), "--file", str(spoken), "--login", "lan", "--json"]
    for _ in range(3):  # a machine that stands still for a moment is a bad line, of which bench live tells
        done = subprocess.run(words, cwd=station.folder, env=station.env, capture_output=True, text=True, timeout=240)
        assert done.returncode == 0, done.stderr
        told = json.loads(done.stdout)
        assert told["why"] == "he has spoken" and told["frames"] * 0.02 >= SECONDS
        counts = until("the talk to be let go", lambda told=told: [each for each in speaker.said("talk over") if each["item"].startswith(told["talk"])])[0]  # type: ignore[misc]
        began_ms = next(float(each["start_ms"]) for each in speaker.said("started") if each["item"] == counts["item"])
        if counts["lost"] == counts["late"] == counts["left_out"] == 0:
            break
    assert counts["lost"] == counts["late"] == counts["broken"] == 0 and counts["played"] >= told["frames"] - OPENING, "every frame behind the silence in front"
    until("the talk to be heard to its end", lambda: [each for each in speaker.said("finished") if each["item"] == counts["item"]], told=lambda: str(speaker.events[-10:]))
    size = speaker.wav.stat().st_size
    until("more of the music", lambda: speaker.wav.stat().st_size > size + 4 * RATE)
    speaker.stop()
    heard = Recording(speaker.wav)
    said, first = sweep(500, 300), heard.frame_of(began_ms)
    found = [heard.find(said[at : at + RATE // 5], first, first + int((SECONDS + 12) * RATE)) for at in range(0, len(said) - RATE // 5, RATE // 5)]
    assert min(each.likeness for each in found) > 0.5, "no word is missing"
    assert [each.frame for each in found] == sorted(each.frame for each in found)
    assert not speaker.items(playing.id, "finished") and not speaker.items(playing.id, "failed")
    last = heard.samples[-RATE // 2 :]
    assert np.sqrt((last**2).mean()) > 100, "the music is what is heard last"


def _write(where: Path | io.BytesIO, samples: np.ndarray) -> None:
    with wave.open(str(where) if isinstance(where, Path) else where, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.astype("<i2").tobytes())
