"""Versions of this program beside each other: unpack one, try it, keep it when it has reported, return to the old one when not.

``versions/state.json`` in the data folder says which one runs (``current``, "" for the one that was installed), which one is being tried, and
which one failed last. It is written whole, so a power cut leaves the old word or the new one.
"""

from __future__ import annotations

import json
import shutil
import zipfile
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from terminal.memory import MemoryLost, write_whole

MAX_BYTES, MAX_FILES = 64 * 1024 * 1024, 2_000
PACKAGES = ("terminal", "wire")
# A version that has been started this often without reporting (the power went, too) is given up.
TRIES = 3


class BadVersion(ValueError):
    """The archive is no version of this program; the text says why."""


@dataclass
class Versions:
    """What ``state.json`` says. ``trying``: folder, version, minutes, tries; ``failed``: version and why."""

    root: Path
    current: str = ""
    trying: dict[str, Any] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)

    @classmethod
    def load(cls, data: Path) -> Versions:
        root = data / "versions"
        try:
            said = json.loads((root / "state.json").read_bytes())
            return cls(root, str(said["current"]), dict(said["trying"]), dict(said["failed"]))
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return cls(root)  # the installed one always runs

    def save(self) -> None:
        """Raises MemoryLost when the disk takes nothing."""
        self.root.mkdir(exist_ok=True, mode=0o700)
        said = asdict(self)
        del said["root"]
        write_whole(self.root / "state.json", json.dumps(said).encode())

    def unpack(self, archive: Path, sha: str, version: str, minutes: int) -> None:
        """The archive beside the running version, to be tried at the next start. Raises BadVersion, OSError."""
        name = sha[:16]
        new, folder = self.root / f"{name}.new", self.root / name
        self.root.mkdir(exist_ok=True, mode=0o700)
        for left in (new, folder):
            if left.name != self.current:
                shutil.rmtree(left, ignore_errors=True)
        if not folder.exists():
            try:
                _unpack(archive, new)
            except OSError:
                shutil.rmtree(new, ignore_errors=True)
                raise
            new.rename(folder)
        self.trying, self.failed = {"folder": name, "version": version, "minutes": minutes, "tries": 0}, {}
        self.save()

    def begin_try(self) -> bool:
        """Counts one more start of the version on trial; False when it has had its chances (it is given up then)."""
        self.trying["tries"] += 1
        if self.trying["tries"] > TRIES:
            self.give_up(f"started {TRIES} times without reporting")
            return False
        self.save()
        return True

    def give_up(self, why: str) -> None:
        """Back to the old one."""
        self.failed, self.trying = {"version": str(self.trying["version"]), "why": why}, {}
        self.save()

    def keep(self) -> None:
        """The version on trial has reported: it is the one now; others but the one before go."""
        before, self.current, self.trying = self.current, str(self.trying["folder"]), {}
        self.failed = {}
        self.save()
        for folder in self.root.iterdir():
            if folder.is_dir() and folder.name not in (self.current, before):
                shutil.rmtree(folder, ignore_errors=True)

    @property
    def confirmed(self) -> bool:
        """Whether the version on trial says that it has reported."""
        path = self.root / "confirmed"
        return path.exists() and path.read_text().strip() == self.trying.get("folder")

    def forget_confirmation(self) -> None:
        (self.root / "confirmed").unlink(missing_ok=True)


def confirm(data: Path, folder: str) -> None:
    """The running version, which lives in this folder, has come up and reported."""
    try:
        write_whole(data / "versions" / "confirmed", folder.encode())
    except MemoryLost:
        return  # said again with the next report


def _unpack(archive: Path, folder: Path) -> None:
    try:
        with zipfile.ZipFile(archive) as found:
            members = found.infolist()
            if len(members) > MAX_FILES or sum(each.file_size for each in members) > MAX_BYTES:
                raise BadVersion("more or larger files than a version has")
            for each in members:
                parts = Path(each.filename).parts
                if not parts or parts[0] not in PACKAGES or ".." in parts or each.filename.startswith("/") or "\\" in each.filename:
                    raise BadVersion(f"{each.filename[:80]!r} does not belong into a version")
            if not {f"{name}/__init__.py" for name in PACKAGES} <= {each.filename for each in members}:
                raise BadVersion("no terminal or no wire in it")
            found.extractall(folder)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise BadVersion(f"not a zip archive: {error}") from error
