"""A file over the line itself, for places without HTTP: asked for in blocks, at most four on their way, gone on with after a restart.

Beside the half-fetched file lies a map of the blocks that are safely in it; whole files are believed by their digest alone.
"""

from __future__ import annotations

import os
import queue
import time
from collections.abc import Callable
from pathlib import Path

from wire.blocks import BLOCK_BYTES, IN_FLIGHT, Block, bitmap, count
from wire.messages import Request

# The address of the line among others.
LINE = "mqtt:"
# A block that has not come after this long is asked for again, and so often in a row in vain the file is given up for now.
PATIENCE_S, TRIES = 10.0, 4
# Blocks between two waits for the flash.
SAFE_EVERY = 16


class NotPulled(OSError):
    """The file did not come over the line; the text says why."""


def map_of(part: Path) -> Path:
    """Where the map of a half-fetched file lies."""
    return part.with_suffix(".map")


def held(part: Path, size: int, length: int = BLOCK_BYTES) -> set[int]:
    """The blocks that are safely here: by the map, else those in front that an earlier download left whole."""
    here = part.stat().st_size if part.exists() else 0
    try:
        raw = map_of(part).read_bytes()
    except FileNotFoundError:
        return set(range(count(size, length) if here == size else min(here, size) // length))
    bits = int.from_bytes(raw, "little")
    return {n for n in range(count(size, length)) if bits >> n & 1 and min(size, (n + 1) * length) <= here}


def whole_front(part: Path, size: int, length: int = BLOCK_BYTES) -> int:
    """Bytes from the beginning without a hole: what a download by HTTP may go on behind. The map is gone afterwards."""
    if not map_of(part).exists():
        return part.stat().st_size if part.exists() else 0
    have, front = held(part, size, length), 0
    while front in have:
        front += 1
    here = min(size, front * length)
    if part.exists():
        os.truncate(part, here)
    map_of(part).unlink()
    return here


class Puller:
    """Pulls one file at a time, from the fetcher's thread; ``heard`` and ``refused`` come from the line's."""

    def __init__(
        self, ask: Callable[[Request], bool], patience_s: float = PATIENCE_S, length: int = BLOCK_BYTES,
    ) -> None:  # fmt: skip
        self._ask, self._patience_s, self._length = ask, patience_s, length
        self._wanted = ""
        self._came: queue.Queue[Block | str] = queue.Queue()

    def heard(self, payload: bytes) -> None:
        """A block from the line; those of files that nobody wants any more are dropped. Raises BadMessage."""
        block = Block.from_bytes(payload)
        if block.sha == self._wanted:
            self._came.put(block)

    def refused(self, sha: str, detail: str) -> None:
        """The station has no such file, or gives none."""
        if sha == self._wanted:
            self._came.put(detail or "the station does not give it")

    def pull(self, sha: str, size: int, part: Path) -> None:
        """All blocks of the file into ``part``; NotPulled when they do not come. What came stays for the next time."""
        have = held(part, size, self._length)
        missing = [n for n in range(count(size, self._length)) if n not in have]
        self._wanted, self._came = sha, queue.Queue()
        part.touch(mode=0o600)
        with open(part, "r+b") as file:
            try:
                self._fill(sha, size, file.fileno(), have, missing, part)
            finally:
                self._wanted = ""
                self._keep_the_rest(size, file.fileno(), have)
                self._note(file.fileno(), have, part)
        map_of(part).unlink(missing_ok=True)

    def _fill(self, sha: str, size: int, handle: int, have: set[int], missing: list[int], part: Path) -> None:
        flying: set[int] = set()
        tries, since = 0, 0
        while missing:
            if len(flying) <= IN_FLIGHT // 2:
                flying |= self._request(sha, missing, flying)
            block = self._next()
            if block is None:
                tries, flying = tries + 1, set()
                if tries >= TRIES:
                    raise NotPulled(f"no block came for {tries * self._patience_s:.0f} s; {len(have)} of {count(size, self._length)} are here")
                continue
            if block.size != size or block.length != self._length:
                raise NotPulled(f"a file of {block.size} bytes in blocks of {block.length}, planned were {size} in blocks of {self._length}")
            flying.discard(block.n)
            if block.n in have:
                continue
            os.pwrite(handle, block.data, block.n * self._length)
            have.add(block.n)
            missing.remove(block.n)
            tries, since = 0, since + 1
            if since % SAFE_EVERY == 0:
                self._note(handle, have, part)

    def _keep_the_rest(self, size: int, handle: int, have: set[int]) -> None:
        """What had come before the line broke is not asked for again."""
        while not self._came.empty():
            block = self._came.get_nowait()
            if isinstance(block, Block) and block.size == size and block.length == self._length and block.n not in have:
                os.pwrite(handle, block.data, block.n * self._length)
                have.add(block.n)

    def _request(self, sha: str, missing: list[int], flying: set[int]) -> set[int]:
        """Asks for as many of the first missing ones as may be on their way; which were asked for."""
        wanted = [n for n in missing[: 2 * IN_FLIGHT] if n not in flying][: IN_FLIGHT - len(flying)]
        if not wanted:
            return set()
        origin = wanted[0]
        if not self._ask(Request("get", sha, f=sha, l=self._length, o=origin, b=bitmap(wanted, origin))):
            raise NotPulled("there is no line now")
        return set(wanted)

    def _next(self) -> Block | None:
        """The next block; None when none came in time."""
        deadline = time.monotonic() + self._patience_s
        try:
            came = self._came.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            return None
        if isinstance(came, str):
            raise NotPulled(came)
        return came

    def _note(self, handle: int, have: set[int], part: Path) -> None:
        """The bytes first, then the map that vouches for them."""
        os.fsync(handle)
        bits = 0
        for n in have:
            bits |= 1 << n
        new = map_of(part).with_suffix(".map-new")
        new.write_bytes(bits.to_bytes(max(1, -(-bits.bit_length() // 8)), "little"))
        os.replace(new, map_of(part))
