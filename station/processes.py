"""Child processes that live and die with the station: started again when they fall, gone when it is killed."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence

PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """For ``preexec_fn``: ask Linux to end this process when its parent ends, even by SIGKILL. Elsewhere it does nothing."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Child:
    """A program that should be running. ``ensure(now_s)`` starts it (again), at most once in ``pause_s``."""

    def __init__(self, name: str, command: Sequence[str], env: Mapping[str, str] | None = None, pause_s: float = 1.0) -> None:
        self.name = name
        self.command = list(command)
        self.env = {**os.environ, **(env or {})}
        self.pause_s = pause_s
        self.process: subprocess.Popen[bytes] | None = None
        self._started_s = float("-inf")

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def ensure(self, now_s: float) -> bool:
        """Start it when it is not running; whether it was started just now."""
        if self.alive or now_s < self._started_s + self.pause_s:
            return False
        self._started_s = now_s
        self.process = subprocess.Popen(
            self.command, env=self.env, preexec_fn=die_with_parent, stdin=subprocess.DEVNULL
        )
        return True

    def stop(self, wait_s: float = 5.0) -> None:
        """Ask it to end, then end it; an ended one is left alone."""
        if self.process is None or not self.alive:
            return
        self.process.terminate()
        try:
            self.process.wait(wait_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
