"""mpv as the sound device, where the card opens for mpv and not for us: it is given the mixer's samples and says what it has let be heard.

The mixer stays ours, so starts, pre-emption and volume are as on the card; mpv only carries samples to whatever output it finds. Its
``audio-pts`` (asked over its JSON socket) tells when a sample is heard: 0.1 ms from one answer to the next when tried with mpv 0.35.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import socket
import statistics
import subprocess
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

from terminal.player import BLOCK, RATE, UNDERRUN_S, CannotSound, Mixer

# Samples are handed over this long before they are heard, its own buffer of 0.1 s included.
AHEAD_S = 0.2
START_S, ASK_EVERY_S, AGAIN_S, STUCK_S = 10.0, 0.5, 5.0, 1.0
_ARGUMENTS = (
    "--no-config", "--no-terminal", "--no-video", "--no-ytdl", "--load-scripts=no", "--profile=low-latency", "--audio-buffer=0.1", "--cache=no",
    "--volume=100", "--demuxer=rawaudio", f"--demuxer-rawaudio-rate={RATE}", "--demuxer-rawaudio-channels=1", "--demuxer-rawaudio-format=s16le",
)  # fmt: skip


def _output(name: str) -> list[str]:
    """mpv's arguments for an output: "" its choice, "null", "file=PATH" (bare samples), or one of ``mpv --audio-device=help``."""
    if name.startswith("file="):
        return ["--ao=pcm", "--ao-pcm-waveheader=no", "--audio-format=s16", "--audio-channels=mono", f"--ao-pcm-file={name[5:]}"]
    if name == "null":
        return ["--ao=null"]
    return [f"--audio-device={name}"] if name else []


class _Process:
    """One mpv: a child with a pipe for samples and a socket for questions. CannotSound when it does not come up."""

    def __init__(self, program: str, output: str) -> None:
        self._folder = tempfile.mkdtemp(prefix="xiangyin-mpv-")
        path = str(Path(self._folder) / "ipc")
        self.child = subprocess.Popen(
            [program, *_ARGUMENTS, f"--input-ipc-server={path}", *_output(output), "-"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, bufsize=0,
        )  # fmt: skip
        assert self.child.stdin is not None
        self._pipe = self.child.stdin
        os.set_blocking(self._pipe.fileno(), False)
        self._ipc = socket.socket(socket.AF_UNIX)
        self._said = b""
        try:
            self._connect(path)
        except CannotSound:
            self.close()
            raise

    def _connect(self, path: str) -> None:
        deadline = time.monotonic() + START_S
        while True:
            try:
                self._ipc.connect(path)
                break
            except OSError as error:
                if self.child.poll() is not None:
                    raise CannotSound(f"mpv ended at once (exit {self.child.returncode})") from error
                if time.monotonic() > deadline:
                    raise CannotSound(f"mpv did not come up in {START_S:.0f} s") from error
                time.sleep(0.02)
        self._ipc.settimeout(STUCK_S)

    def write(self, data: bytes) -> bool:
        """Whether mpv took all of it in time."""
        deadline = time.monotonic() + STUCK_S
        while data:
            try:
                data = data[self._pipe.write(data) or 0 :]
            except BlockingIOError:
                pass
            except OSError:
                return False
            if data and not select.select([], [self._pipe], [], max(0.0, deadline - time.monotonic()))[1]:
                return False
        return True

    def heard(self) -> tuple[float, float] | None:
        """A monotonic moment and the second of the samples that was heard then; None while nothing is."""
        try:
            before = time.monotonic()
            self._ipc.sendall(b'{"command":["get_property","audio-pts"],"request_id":1}\n')
            while True:
                said = self._line()
                if said.get("request_id") == 1 and "error" in said:
                    pts = said.get("data")
                    return ((before + time.monotonic()) / 2, float(pts)) if isinstance(pts, int | float) else None
        except (OSError, ValueError):
            return None

    def _line(self) -> dict[str, Any]:
        while b"\n" not in self._said:
            data = self._ipc.recv(4096)
            if not data:
                raise OSError("mpv hung up")
            self._said += data
        line, self._said = self._said.split(b"\n", 1)
        found = json.loads(line)
        return found if isinstance(found, dict) else {}

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._pipe.close()  # the end of its input is its end
        self._ipc.close()
        try:
            self.child.wait(2)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
        shutil.rmtree(self._folder, ignore_errors=True)


class MpvDevice:
    """Carries the mixer's samples to mpv, started anew when it ends; ``report`` hears the fault, or "" when it is over."""

    def __init__(self, mixer: Mixer, output: str = "", report: Callable[[str], None] = lambda _: None, program: str = "mpv") -> None:
        found = shutil.which(program)
        if found is None:
            raise CannotSound("mpv is not installed")
        self.name = f"mpv {output}".rstrip()
        self._program, self._output, self._mixer, self._report = found, output, mixer, report
        self._process: _Process | None = None
        self._epochs: deque[float] = deque(maxlen=9)
        self._stop = threading.Event()
        self._ask_at = self._again_at = 0.0
        self._sent = self._skipped = 0
        self._begin(time.monotonic())
        self._feel_out()
        self._thread = threading.Thread(target=self._run, name="mpv device", daemon=True)
        self._thread.start()

    @property
    def pid(self) -> int:
        """Of the mpv that runs now; 0 when none does."""
        return self._process.child.pid if self._process is not None else 0

    def _begin(self, mono: float) -> None:
        """A new mpv, whose first sample is the next of the mixer's. Raises CannotSound."""
        self._process = _Process(self._program, self._output)
        self._skipped = self._sent
        self._epochs.clear()
        self._mixer.heard_at(time.monotonic() + AHEAD_S - self._sent / RATE)

    def _feel_out(self) -> None:
        """Silence until mpv says that some was heard: an output that does not open ends it. Raises CannotSound."""
        deadline = time.monotonic() + START_S
        while not self._epochs:
            assert self._process is not None
            taken = self._block()
            if not taken or self._process.child.poll() is not None or time.monotonic() > deadline:
                ended = self._process.child.poll()
                self._process.close()
                raise CannotSound(f"mpv opens no output (exit {ended})" if ended is not None else "mpv takes no samples")
            self._listen(time.monotonic())
            time.sleep(BLOCK / RATE)

    def _block(self) -> bool:
        """The next block of the mixer, handed over. False when mpv did not take it."""
        data = self._mixer.fill(BLOCK).tobytes()
        self._sent += BLOCK
        return self._process is not None and self._process.write(data)

    def _listen(self, mono: float) -> None:
        """Asks mpv where it is, and tells the mixer when frame 0 was heard."""
        if mono < self._ask_at or self._process is None:
            return
        found = self._process.heard()
        if found is not None:
            self._epochs.append(found[0] - found[1] - self._skipped / RATE)
            self._mixer.heard_at(statistics.median(self._epochs))
        self._ask_at = mono + (ASK_EVERY_S if len(self._epochs) == self._epochs.maxlen else 0.05)

    def _run(self) -> None:
        while True:
            due = self._mixer.epoch + self._sent / RATE - AHEAD_S
            wait = due - time.monotonic()
            if self._stop.wait(max(0.0, wait)):
                return
            if wait < -UNDERRUN_S:
                self._mixer.heard_at(self._mixer.epoch - wait)
            if not self._block() and self._process is not None:
                self._lose()
            mono = time.monotonic()
            self._listen(mono)
            if self._process is None and mono >= self._again_at:
                self._revive(mono)

    def _lose(self) -> None:
        assert self._process is not None
        ended = self._process.child.poll()
        self._process.close()
        self._process, self._again_at = None, time.monotonic() + AGAIN_S
        self._report(f"no sound device: mpv {'takes no samples' if ended is None else f'ended (exit {ended})'}; it is started again")

    def _revive(self, mono: float) -> None:
        """The mixer's time went on meanwhile; what was to be heard then is lost, and the fault said so."""
        self._again_at = mono + AGAIN_S
        try:
            self._begin(mono)
        except CannotSound as error:
            self._report(f"no sound device: {error}")
        else:
            self._report("")

    def close(self) -> None:
        self._stop.set()
        self._thread.join(5)
        if self._process is not None:
            self._process.close()
