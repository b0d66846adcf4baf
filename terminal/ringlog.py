"""What happened here lately, on disk in two files of bounded size: for people who ask from afar."""

from __future__ import annotations

import gzip
import json
import threading
import time
from pathlib import Path

HALF_BYTES = 128 * 1024


class RingLog:
    """``tell`` adds a line; when a file is full the older one goes. A full disk costs lines, which are counted, and nothing else."""

    def __init__(self, folder: Path, half_bytes: int = HALF_BYTES) -> None:
        self._now, self._before = folder / "log", folder / "log.1"
        self._half_bytes, self._lock = half_bytes, threading.Lock()
        self.lost = 0

    def tell(self, event: str, facts: dict[str, object]) -> None:
        line = json.dumps({"t_ms": round(time.time() * 1000), "event": event, **facts}, ensure_ascii=False, default=str).encode() + b"\n"
        with self._lock:
            try:
                if self._now.exists() and self._now.stat().st_size + len(line) > self._half_bytes:
                    self._now.replace(self._before)
                with open(self._now, "ab") as file:
                    file.write(line[: self._half_bytes])
            except OSError:
                self.lost += 1

    def packed(self) -> bytes:
        """All of it, the oldest first, as gzip."""
        with self._lock:
            parts = [path.read_bytes() for path in (self._before, self._now) if path.exists()]
        if self.lost:
            parts.append(json.dumps({"event": "lines lost", "count": self.lost}).encode() + b"\n")
        return gzip.compress(b"".join(parts), mtime=0)
