"""Files by the hash of their content: written once, atomically, never changed."""

from __future__ import annotations

import hashlib
import os
import re
from datetime import datetime
from pathlib import Path

from obstore.exceptions import AlreadyExistsError
from obstore.store import LocalStore

SHA256 = re.compile(r"[0-9a-f]{64}\Z")


class NoSuchFile(KeyError):
    """No file of this content is stored."""


class Files:
    """A folder of files named by their sha256 (hex), spread over 256 subfolders."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)
        self._store = LocalStore(prefix=str(root.resolve()), mkdir=True)

    def put(self, data: bytes) -> str:
        """Store the bytes; returns their sha256. Storing them again changes nothing."""
        sha = hashlib.sha256(data).hexdigest()
        try:
            self._store.put(_key(sha), data, mode="create")
        except AlreadyExistsError:
            if self.size(sha) != len(data) or not self._young_again(sha):  # a torn disk (the name promises the content); removed this moment
                self._store.put(_key(sha), data)
        return sha

    def _young_again(self, sha: str) -> bool:
        """Whoever stores a file anew is about to mention it: it counts as new. False when it is gone."""
        try:
            os.utime(self.path(sha))
        except FileNotFoundError:
            return False
        return True

    def remove(self, sha: str, before: datetime) -> bool:
        """Remove a file that was last stored before a moment; False when it is newer, or gone. Safe beside ``put``: the file is taken aside
        first, so that whoever stores the same content either made it new in time or finds none and stores his own."""
        path = self.path(sha)
        aside = path.with_name(f"{sha}.spent")
        try:
            path.rename(aside)
        except FileNotFoundError:
            return False
        if aside.stat().st_mtime >= before.timestamp() and not path.exists():
            aside.rename(path)
            return False
        aside.unlink()
        return True

    def path(self, sha: str) -> Path:
        """Where the file is, or would be; NoSuchFile when the name is no sha256."""
        return self.root / _key(sha)

    def has(self, sha: str) -> bool:
        return self.path(sha).is_file()

    def size(self, sha: str) -> int | None:
        """Bytes, or None when it is not stored."""
        return self.path(sha).stat().st_size if self.has(sha) else None

    def get(self, sha: str) -> bytes:
        """The content; NoSuchFile when it is not stored."""
        try:
            return self.path(sha).read_bytes()
        except FileNotFoundError as error:
            raise NoSuchFile(sha) from error


def _key(sha: str) -> str:
    if not SHA256.match(sha):
        raise NoSuchFile(f"{sha[:80]!r} is not a sha256")
    return f"{sha[:2]}/{sha}"
