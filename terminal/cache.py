"""Audio by digest: resumable download, checked for size and sha256 before anybody may play it, bounded on disk."""

from __future__ import annotations

import errno
import hashlib
import http.client
import os
import queue
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from terminal.actions import Fetch
from terminal.blocks import LINE, Puller, whole_front
from terminal.near import is_near

BLOCK_BYTES = 64 * 1024
FULL = (errno.ENOSPC, errno.EDQUOT)
TIMEOUT_S, NEAR_TIMEOUT_S = 20, 6
MAX_FILE_BYTES = 512 * 1024 * 1024
DEFAULT_LIMIT_BYTES = 2 * 1024 * 1024 * 1024
# Clips leave this much of the disk to the journal and to what is decoded.
LEAVE_BYTES = 16 * 1024 * 1024


class NotFetched(OSError):
    """A clip did not come; the text says from where and why. ``full``: for want of room on the disk."""

    full = False


class NoRoom(NotFetched):
    """The disk, or the part of it that clips may take, is full of what is planned."""

    full = True


@dataclass(frozen=True, slots=True)
class Fetched:
    sha: str
    ok: bool
    reason: str = ""
    content: bytes = b""
    full: bool = False


class Cache:
    """The folder of clips. ``planned`` digests are never evicted."""

    def __init__(self, folder: Path, limit_bytes: int = DEFAULT_LIMIT_BYTES, leave_bytes: int = 0) -> None:
        self.folder, self.limit_bytes, self.leave_bytes = folder, limit_bytes, leave_bytes
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.planned: frozenset[str] = frozenset()
        self.puller: Puller | None = None
        self._checked: set[str] = set()

    def path(self, sha: str) -> Path:
        return self.folder / sha

    def holds(self, sha: str) -> bool:
        """True when the clip is here and its digest was checked since the program began."""
        if sha in self._checked and self.path(sha).exists():
            return True
        if not self.path(sha).is_file():
            return False
        if self._digest(self.path(sha)) != sha:
            self.path(sha).unlink(missing_ok=True)
            return False
        self._checked.add(sha)
        return True

    def rotted(self, sha: str) -> bool:
        """True when the bytes on the disk are no longer those of the digest: then they are gone, and may be fetched again."""
        try:
            good = self._digest(self.path(sha)) == sha
        except OSError:  # gone, or the card does not give it back
            good = False
        if not good:
            self._checked.discard(sha)
            self.path(sha).unlink(missing_ok=True)
        return not good

    def free_bytes(self) -> int:
        stat = os.statvfs(self.folder)
        return stat.f_bavail * stat.f_frsize

    def fetch(self, wanted: Fetch) -> None:
        """Returns when the clip is here; NotFetched otherwise. Goes through the addresses in turn."""
        if self.holds(wanted.sha):
            return
        if wanted.size > MAX_FILE_BYTES:
            raise NotFetched(f"{wanted.size} bytes, more than a clip may have")
        self.make_room(wanted.size)
        reasons = []
        for url in wanted.urls:
            try:
                self._download(url, wanted)
                return
            except (OSError, http.client.HTTPException, ValueError) as error:
                if isinstance(error, OSError) and error.errno in FULL:
                    raise NoRoom(f"no room on the disk for {wanted.size} bytes") from error
                reasons.append(f"{url}: {error}")
        raise NotFetched("; ".join(reasons) or "no address to fetch it from")

    def _download(self, url: str, wanted: Fetch) -> None:
        part = self.path(wanted.sha).with_suffix(".part")
        if url != LINE:
            self._over_http(url, part, wanted.size)
        elif self.puller is None:
            raise NotFetched("there is no line to ask for blocks")
        else:
            self.puller.pull(wanted.sha, wanted.size, part)
        if part.stat().st_size != wanted.size:
            raise NotFetched(f"cut off after {part.stat().st_size} of {wanted.size} bytes")
        if self._digest(part) != wanted.sha:
            part.unlink()
            raise NotFetched("the bytes are not those that were planned (sha256 differs)")
        with open(part, "rb") as file:
            os.fsync(file.fileno())
        os.replace(part, self.path(wanted.sha))
        self._checked.add(wanted.sha)

    def _over_http(self, url: str, part: Path, size: int) -> None:
        have = whole_front(part, size)
        if have > size:
            part.unlink()
            have = 0
        if have < size:
            self._transfer(url, part, have, size)

    def _transfer(self, url: str, part: Path, have: int, size: int) -> None:
        """Continues behind ``have`` when the server allows it; never writes more than ``size`` bytes."""
        headers = {"Range": f"bytes={have}-"} if have else {}
        request = urllib.request.Request(url, headers=headers)
        near = is_near(request.host.rpartition(":")[0] or request.host)
        with urllib.request.urlopen(request, timeout=NEAR_TIMEOUT_S if near else TIMEOUT_S) as answer:
            resumed = answer.status == 206
            left = size - (have if resumed else 0)
            with open(part, "ab" if resumed else "wb") as file:
                while left > 0 and (data := answer.read(min(BLOCK_BYTES, left))):
                    file.write(data)
                    left -= len(data)
            if left == 0 and answer.read(1):
                part.unlink()
                raise NotFetched(f"more than the {size} bytes that were planned")

    @staticmethod
    def _digest(path: Path) -> str:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def make_room(self, size: int) -> None:
        """Evicts what is not planned, oldest use first, until ``size`` more bytes fit; NoRoom when even that is not enough."""
        files = [(path, path.stat()) for path in self.folder.iterdir() if path.is_file()]
        used = sum(stat.st_size for _, stat in files)
        room = min(self.limit_bytes - used, self.free_bytes() - self.leave_bytes if self.leave_bytes else self.limit_bytes)
        for path, stat in sorted(files, key=lambda found: found[1].st_mtime):
            if room >= size:
                return
            if path.name.partition(".")[0] not in self.planned:
                path.unlink(missing_ok=True)
                self._checked.discard(path.name)
                room += stat.st_size
        if room < size:
            raise NoRoom(f"no room for {size} bytes: what is planned fills the disk, or the {self.limit_bytes} bytes allowed")


class Fetcher:
    """One worker thread that takes jobs in turn. What it reports goes through ``report``, from its own thread."""

    def __init__(self, cache: Cache, report: Callable[[Fetched], None]) -> None:
        self._cache, self._report = cache, report
        self._jobs: queue.Queue[Fetch | None] = queue.Queue()
        self._thread = threading.Thread(target=self._run, name="fetcher", daemon=True)
        self._thread.start()

    def ask(self, wanted: Fetch) -> None:
        self._jobs.put(wanted)

    def _run(self) -> None:
        while (wanted := self._jobs.get()) is not None:
            try:
                self._cache.fetch(wanted)
                content = self._cache.path(wanted.sha).read_bytes() if wanted.read else b""
                self._report(Fetched(wanted.sha, True, "", content))
            except OSError as error:
                self._report(Fetched(wanted.sha, False, str(error), full=getattr(error, "full", False)))
            except Exception as error:  # the worker must outlive whatever a foreign server does to it
                self._report(Fetched(wanted.sha, False, f"{type(error).__name__}: {error}"))

    def close(self) -> None:
        self._jobs.put(None)
        self._thread.join(1)
