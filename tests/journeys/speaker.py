"""A loudspeaker at the far end: a process of the real agent, and an ear that measures what its WAV holds."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import wave
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from station.processes import die_with_parent
from terminal.decoding import decode, skips_itself
from terminal.player import RATE
from tests.journeys.station import ROOT, Station, until
from tts.audio import LEAD_SAMPLES_MP3

Samples = NDArray[np.float64]
ALIKE = 0.9


class Speaker:
    """One terminal's folder and the process that lives in it; it can be killed and started again."""

    def __init__(self, folder: Path, station: Station, name: str, mqtt: str = "") -> None:
        self.home, self.station, self.name, self.mqtt = folder / name, station, name, mqtt
        self.home.mkdir(parents=True)
        self.events: list[dict[str, Any]] = []
        self.did = ""
        self.head_port = 0
        self.lives = 0
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        self.lives += 1
        where = ["--mqtt", self.mqtt] if self.mqtt else []
        where += ["--head-port", str(self.head_port)] if self.head_port else []
        command = [
            sys.executable, "-m", "terminal", "--pair", "--station", self.station.url, *where, "--data", str(self.home / "memory"),
            "--device", "null", "--wav", str(self.wav), "--name", self.name, "--json", "--die-with-parent",
        ]  # fmt: skip
        with (self.home / "log").open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, stdout=subprocess.PIPE, stderr=log, stdin=subprocess.DEVNULL, text=True, preexec_fn=die_with_parent
            )
        threading.Thread(target=self._listen, args=(self.process,), name=f"listen-{self.name}", daemon=True).start()

    def _listen(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        with process.stdout as lines:
            for line in lines:
                if line.startswith("{"):  # else a library's warning: the terminal's own words are JSON
                    self.events.append({**json.loads(line), "life": self.lives})

    @property
    def wav(self) -> Path:
        """A file for each life: a program that starts anew records anew."""
        return self.home / f"life-{self.lives}.wav"

    def said(self, event: str, **facts: Any) -> list[dict[str, Any]]:
        """Every event of this kind with these facts, over all its lives."""
        return [each for each in self.events if each["event"] == event and all(each.get(key) == value for key, value in facts.items())]

    def pair(self, area: int, dialect: str | None = None, login: str = "lan") -> None:
        """Show a code, have it typed, get the papers and the wishes."""
        code = until(f"the code of {self.name}", lambda: self.said("code"))[-1]["code"]
        self.did = str(self.station.pair(code, area, self.name, dialect, login)["did"])
        until(f"{self.name} to be in service", lambda: self.said("want"))

    @property
    def password(self) -> str:
        """What it was given when it was paired."""
        kept = json.loads((self.home / "memory" / "identity.json").read_text())
        return str(json.loads(kept["credentials"])["password"])

    def kill(self) -> None:
        """As a power cut would."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """Its farewell; the WAV is whole after that."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def stores(self, occurrence: int) -> None:
        """Wait until it has this occurrence's plan and the first of its sound."""
        until(f"{self.name} to store occurrence {occurrence}", lambda: self.items(occurrence, "stored"))

    def items(self, occurrence: int, event: str) -> list[str]:
        """The items of the occurrence for which it told this event, in order, over all its lives."""
        return [each["item"] for each in self.said(event) if each["item"].startswith(f"{occurrence}-")]


@dataclass(frozen=True)
class Heard:
    """Where in a recording a clip was found: Unix ms and place of its first sample, and how alike they are (1 = the same)."""

    at_ms: float
    frame: int
    likeness: float


class Recording:
    """A speaker's WAV with the moments at which its stretches were heard."""

    def __init__(self, wav: Path) -> None:
        with wave.open(str(wav), "rb") as file:
            assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (RATE, 1, 2)
            self.samples = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").astype(np.float64)
        self.stretches = json.loads(wav.with_suffix(".wav.json").read_text())["stretches"]

    def moment_ms(self, frame: int) -> float:
        """When a frame was heard, Unix ms."""
        stretch = [each for each in self.stretches if each["frame"] <= frame][-1]
        return float(stretch["at_ms"] + (frame - stretch["frame"]) * 1000 / RATE)

    def frame_of(self, at_ms: float) -> int:
        """The frame that was heard at this moment."""
        stretch = [each for each in self.stretches if each["at_ms"] <= at_ms][-1]
        return int(stretch["frame"] + (at_ms - stretch["at_ms"]) * RATE / 1000)

    def find(self, clip: Samples, first: int = 0, last: int | None = None) -> Heard:
        """The place where the recording is most like the clip, beginning between two frames."""
        first = max(0, first)
        likeness = self._likeness(clip, first, last)
        best = int(np.argmax(likeness))
        return Heard(self.moment_ms(first + best), first + best, float(likeness[best]))

    def count(self, clip: Samples) -> int:
        """How often the clip was heard, from its first to its last sample."""
        alike = np.flatnonzero(self._likeness(clip) > ALIKE)
        return int(np.count_nonzero(np.diff(alike, prepend=-RATE) > RATE // 10))

    def _likeness(self, clip: Samples, first: int = 0, last: int | None = None) -> Samples:
        """Normalised cross-correlation, -1..1, for each frame at which the clip may begin."""
        there = self.samples[first : None if last is None else last + len(clip)]
        size = 1 << (len(there) + len(clip)).bit_length()
        spectrum = np.fft.rfft(there, size) * np.conj(np.fft.rfft(clip, size))
        dot = np.fft.irfft(spectrum, size)[: max(1, len(there) - len(clip) + 1)]
        power = np.concatenate([[0.0], np.cumsum(there**2)])
        window = power[len(clip) : len(clip) + len(dot)] - power[: len(dot)]
        return np.asarray(dot / np.sqrt(np.maximum(window, 1.0) * float(clip @ clip)))


def clip_of(station: Station, sha: str, folder: Path, ms: int = 0) -> Samples:
    """A clip of the station's as the terminal sounds it: decoded, without the encoder's delay, and no longer than ``ms`` (0: all of it)."""
    raw = folder / f"{sha}.raw"
    if not raw.exists():
        decode(station.files.path(sha), raw)
    skip = 0 if skips_itself(station.files.path(sha)) else LEAD_SAMPLES_MP3
    return np.fromfile(raw, dtype="<i2").astype(np.float64)[skip:][: ms * RATE // 1000 or None]
