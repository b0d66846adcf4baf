"""Decoding what will sound soon, one clip at a time, each checked against its digest before; and the decoded files themselves.

Long clips have a thread of their own: on a slow machine an hour of music keeps no warning waiting. A child process decodes: a broken file cannot hurt us, and the decoder's memory is given back.
"""

from __future__ import annotations

import contextlib
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from terminal.actions import Play
from terminal.cache import Cache, NotFetched
from terminal.child import EXIT_FULL
from terminal.player import RATE, CannotSound, NoRoomToDecode, Samples

CHILD = Path(__file__).with_name("child.py")
LONG_BYTES = 2_000_000
"""A larger file waits among the long ones: about two minutes of mp3."""
DECODE_TIMEOUT_S, DECODE_TIMEOUT_MOST_S, SLOW_BYTES_S = 120, 3600, 4_000
"""How long a decoder may take: two minutes, and a second more for so many bytes (less than a second of Opus), up to an hour."""


class Decoding:
    """Reports ("prepared", sha, ok, reason), ("not prepared", sha, reason) for want of room, or ("rotted", sha), from its own thread."""

    def __init__(self, folder: Path, cache: Cache, report: Callable[[tuple[Any, ...]], None]) -> None:
        self.folder, self._cache, self._report = folder, cache, report
        folder.mkdir(exist_ok=True)
        for left in folder.iterdir():
            left.unlink()
        self._short: queue.Queue[str | None] = queue.Queue()
        self._long: queue.Queue[str | None] = queue.Queue()
        queues = {"decoder": self._short, "decoder of long clips": self._long}
        self._threads = [threading.Thread(target=self._run, args=(wanted,), name=name, daemon=True) for name, wanted in queues.items()]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def ask(self, sha: str) -> None:
        (self._long if self._is_long(sha) else self._short).put(sha)

    def close(self) -> None:
        for wanted in (self._short, self._long):
            wanted.put(None)

    def _is_long(self, sha: str) -> bool:
        with contextlib.suppress(OSError, NotFetched):  # one that is gone is told by whoever decodes it
            return self._cache.path(sha).stat().st_size > LONG_BYTES
        return False

    def keep(self, shas: frozenset[str]) -> None:
        """Everything decoded but these is dropped."""
        self._cache.planned = shas
        for path in self.folder.iterdir():
            if path.name.partition(".")[0] not in shas:
                path.unlink(missing_ok=True)

    def take(self, play: Play) -> tuple[Play, Samples]:
        """The samples of a clip, and the order without what the decoder has left out already. OSError or ValueError when they are gone."""
        samples = Samples.of_file(self.folder / play.clip)
        return replace(play, skip=0 if play.skip and skips_itself(self._cache.path(play.clip)) else play.skip), samples

    def _run(self, wanted: queue.Queue[str | None]) -> None:
        while (sha := wanted.get()) is not None:
            self._report(self._decode(sha))

    def _decode(self, sha: str) -> tuple[Any, ...]:
        """What became of one clip that will sound soon."""
        target = self.folder / sha
        if self._cache.rotted(sha):
            return "rotted", sha
        for again in (False, True):
            try:
                if not target.exists():
                    decode(self._cache.path(sha), target)
                return "prepared", sha, True, ""
            except NoRoomToDecode as error:
                if again or not self._free_for(sha):
                    return "not prepared", sha, str(error)
            except (CannotSound, OSError) as error:
                return "prepared", sha, False, str(error)
        return "not prepared", sha, "no room"

    def _free_for(self, sha: str) -> bool:
        """Evicts clips that nobody plans, as many as what is decoded may need (eleven times the mp3). Whether any were."""
        before = self._cache.free_bytes()
        with contextlib.suppress(NotFetched, OSError):
            self._cache.make_room(12 * self._cache.path(sha).stat().st_size)
        return self._cache.free_bytes() > before


def decode(source: Path, target: Path) -> None:
    """Any audio file SDL_mixer reads -> raw mono 16-bit samples at RATE in ``target``; CannotSound says why not."""
    temporary = target.with_name(target.name + ".part")
    command = [sys.executable, "-P", "-W", "ignore", str(CHILD), str(RATE), str(source), str(temporary)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout_s(source.stat().st_size), check=False)
    except subprocess.TimeoutExpired as error:
        raise CannotSound(f"decoding took more than {error.timeout:.0f} s") from error
    if done.returncode or not temporary.exists() or temporary.stat().st_size < 2:
        temporary.unlink(missing_ok=True)
        if done.returncode == EXIT_FULL:
            raise NoRoomToDecode("no room on the disk for what was decoded")
        said = done.stderr.strip().splitlines()
        raise CannotSound(f"not audio this terminal can decode: {said[-1] if said else f'exit {done.returncode}'}")
    os.replace(temporary, target)


def timeout_s(size: int) -> float:
    """Seconds after which a decoder of a file of ``size`` bytes is taken to hang; less would give up an hour that a slow machine decodes in time."""
    return min(DECODE_TIMEOUT_MOST_S, DECODE_TIMEOUT_S + size / SLOW_BYTES_S)


def skips_itself(source: Path) -> bool:
    """True for an mp3 whose first frame tells the encoder delay (LAME tag): SDL_mixer's decoder drops it already."""
    with open(source, "rb") as file:
        head = file.read(4096)
    at = max(head.find(b"Xing"), head.find(b"Info"))
    return at >= 0 and any(name in head[at : at + 200] for name in (b"LAME", b"Lavf", b"Lavc"))
