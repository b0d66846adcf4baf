"""The shelf of backups: taken when somebody asks or a day is over, really restored for a trial, the oldest thrown away.

A backup runs as a program of its own (``xiangyin backup``), with the least claim on the processor: whatever sounds meanwhile goes first. What is
wished and how far it is lies in files of the shelf, so that the pages, the command and the station agree without asking each other.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from station.backup import LAST_BACKUP, LAST_REHEARSAL
from station.processes import die_with_parent

NAME = re.compile(r"xiangyin-\d{8}-\d{6}\.zip\Z")
WISH, STATE = "wish.json", "state.json"
# A station that was only just switched on has other things to do than its daily backup.
SETTLED = timedelta(minutes=15)
LEAST_FREE = 500 * 2**20


class NoRoom(OSError):
    """The disk of the shelf is too full for another backup."""


@dataclass(frozen=True)
class Kept:
    """A backup on the shelf. ``tried_at``: when it was last really restored for a trial."""

    name: str
    taken_at: datetime
    bytes: int
    tried_at: datetime | None = None


@dataclass(frozen=True)
class State:
    """What is being done: ``doing`` backup, rehearse or "" for nothing; ``done`` of ``of`` steps of ``what``; ``error`` of the last one."""

    doing: str = ""
    file: str = ""
    what: str = ""
    done: int = 0
    of: int = 0
    error: str = ""


class Shelf:
    """A folder with backups. Only names of the form ``xiangyin-YYYYMMDD-HHMMSS.zip`` count; nothing else in it is touched."""

    def __init__(self, folder: Path, data_dir: Path) -> None:
        self.folder, self.data_dir = folder, data_dir

    def kept(self) -> list[Kept]:
        """The backups, newest first."""
        tried = self.rehearsals()
        found = [each for each in self.folder.glob("xiangyin-*.zip") if NAME.match(each.name)] if self.folder.is_dir() else []
        rows = [Kept(each.name, _taken(each.name), each.stat().st_size, tried.get(each.name)) for each in found]
        return sorted(rows, key=lambda row: row.name, reverse=True)

    def path(self, name: str) -> Path | None:
        """The backup of that name, None where there is none."""
        found = self.folder / name
        return found if NAME.match(name) and found.is_file() else None

    def rehearsals(self) -> dict[str, datetime]:
        """When which backup was last restored for a trial: the newest trial of all, whatever shelf it stood on."""
        told = _read(self.data_dir / LAST_REHEARSAL)
        try:
            return {str(told["file"]): datetime.fromisoformat(told["at"])} if told else {}
        except (KeyError, ValueError, TypeError):
            return {}

    def last_taken(self) -> datetime | None:
        """When the last backup was taken, here or elsewhere."""
        told = _read(self.data_dir / LAST_BACKUP)
        try:
            moments = [datetime.fromisoformat(told["taken_at"])] if told else []
        except (KeyError, ValueError, TypeError):
            moments = []
        return max([*moments, *(each.taken_at for each in self.kept()[:1])], default=None)

    def state(self) -> State:
        told = _read(self.folder / STATE)
        try:
            return State(**told) if told else State()
        except TypeError:
            return State()

    def tell(self, state: State) -> None:
        """Write down how far it is."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(self.folder / STATE, json.dumps(asdict(state)))

    def wish(self, do: str, name: str = "") -> None:
        """Ask the station for a ``backup``, or to ``rehearse`` the one of that name."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(self.folder / WISH, json.dumps({"do": do, "file": name}))

    def wished(self) -> tuple[str, str] | None:
        """What somebody asked for; None for nothing. It is taken off the shelf by asking."""
        told = _read(self.folder / WISH)
        (self.folder / WISH).unlink(missing_ok=True)
        if not told or told.get("do") not in ("backup", "rehearse"):
            return None
        return str(told["do"]), str(told.get("file", ""))

    def waiting(self) -> bool:
        """Whether a wish lies there that the station has not seen yet."""
        return (self.folder / WISH).exists()

    def thin(self, keep: int) -> list[str]:
        """Throw the oldest away until ``keep`` are left; never the one that was last tried and found whole, as long as nothing newer was."""
        rows = self.kept()
        tried = next((each.name for each in rows if each.tried_at), "")
        gone = [each.name for each in rows[keep:] if each.name != tried]
        for name in gone:
            (self.folder / name).unlink(missing_ok=True)
        return gone


def _taken(name: str) -> datetime:
    return datetime.strptime(name.removeprefix("xiangyin-").removesuffix(".zip") + "+0000", "%Y%m%d-%H%M%S%z")


def _read(path: Path) -> dict[str, Any] | None:
    try:
        told = json.loads(path.read_text())
    except (OSError, ValueError):
        return None
    return told if isinstance(told, dict) else None


def write_whole(path: Path, text: str) -> None:
    """The file appears whole or not at all."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    part.write_text(text)
    part.replace(path)


def due(last: datetime | None, up_since: datetime, now: datetime, every: timedelta) -> bool:
    """Whether it is time: the last one is so old, and the station has been up for a while. ``every`` zero: never by itself."""
    return bool(every) and now - up_since >= SETTLED and (last is None or now - last >= every)


class Keeper:
    """Tends the shelf from the station's loop: one program at a time. ``start(words, low)`` starts the ``xiangyin`` command with these words."""

    def __init__(
        self, shelf: Shelf, up_since: datetime, every: timedelta, trial_every: timedelta, keep: int,
        start: Callable[[list[str]], subprocess.Popen[bytes]] | None = None,
    ) -> None:  # fmt: skip
        self.shelf, self.up_since, self.every, self.trial_every, self.keep = shelf, up_since, every, trial_every, keep
        self._start = start or start_command
        self._child: subprocess.Popen[bytes] | None = None
        self._doing = State()
        self._gave_up: datetime | None = None

    def tend(self, now: datetime) -> bool:
        """Look after what runs, or begin what is wished or due; never more at once."""
        if self._child is not None:
            if self._child.poll() is not None:
                self._ended(self._child.returncode, now)
            return False
        todo = self.shelf.wished() or self._by_itself(now)
        if todo is not None:
            self._begin(*todo, now)
        return False

    def _by_itself(self, now: datetime) -> tuple[str, str] | None:
        if self._gave_up is not None and now - self._gave_up < timedelta(hours=1):
            return None
        if due(self.shelf.last_taken(), self.up_since, now, self.every):
            return "backup", ""
        newest = self.shelf.kept()[:1]
        tried = max(self.shelf.rehearsals().values(), default=None)
        if newest and due(tried, self.up_since, now, self.trial_every):
            return "rehearse", newest[0].name
        return None

    def _begin(self, do: str, name: str, now: datetime) -> None:
        name = name if do == "rehearse" else f"xiangyin-{now:%Y%m%d-%H%M%S}.zip"
        self._doing = State(do, name)
        self.shelf.tell(self._doing)
        try:
            if do == "backup":
                self._room()
            elif self.shelf.path(name) is None:
                raise OSError(f"there is no backup {name!r} on the shelf any more")
            self._child = self._start([do, str(self.shelf.folder / name), "--json", "--state", str(self.shelf.folder / STATE)])
        except OSError as error:
            self._gave_up = now
            self.shelf.tell(State(file=name, error=str(error)))

    def _room(self) -> None:
        newest = self.shelf.kept()[:1]
        needed = LEAST_FREE + (newest[0].bytes * 6 // 5 if newest else 0)
        free = shutil.disk_usage(self.shelf.folder).free
        if free < needed:
            raise NoRoom(f"only {free // 2**20} MB are free in {self.shelf.folder}, a backup needs {needed // 2**20}: move older ones away, or set backup_dir")

    def _ended(self, code: int, now: datetime) -> None:
        said = self.shelf.state()
        self._child = None
        error = "" if code == 0 else said.error or f"it ended with {code}: the station's log says why"
        self._gave_up = now if error else None
        self.shelf.tell(State(file=self._doing.file, error=error))
        if not error and self._doing.doing == "backup":
            self.shelf.thin(self.keep)

    def close(self) -> None:
        """The station ends: what runs is broken off, half a backup is thrown away by whoever wrote it."""
        if self._child is not None and self._child.poll() is None:
            self._child.terminate()
            try:
                self._child.wait(5)
            except subprocess.TimeoutExpired:
                self._child.kill()
                self._child.wait()
            self.shelf.tell(State(file=self._doing.file, error="the station was stopped meanwhile: it begins anew"))


def start_command(words: list[str]) -> subprocess.Popen[bytes]:
    """The ``xiangyin`` command, with the least claim on processor and disk, ended with the station."""

    def quietly() -> None:
        die_with_parent()
        os.nice(19)

    return subprocess.Popen([sys.executable, "-m", "front", *words], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, preexec_fn=quietly)
