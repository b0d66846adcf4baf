"""What must survive a power cut: who I am, what I am to play, what I have played, and what I have not yet reported.

``Kept`` is the state as plain values; it changes only by entries (small JSON objects). ``Memory`` writes each entry to a journal
with a checksum and fsync before anybody acts on it, and now and then folds the journal into one snapshot file.

On a full disk nothing ends: a reserve file is given up first, so that receipts still find room when clips have taken everything; what
then cannot be written waits in memory, in order, and is written as soon as there is room. ``trouble`` says so meanwhile.
"""

from __future__ import annotations

import json
import os
import zlib
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from wire.messages import BadMessage, Credentials

Entry = dict[str, Any]
FOLD_AT_BYTES = 512 * 1024
# Given up when the disk is full: some two thousand receipts, and a snapshot.
RESERVE_BYTES = 1024 * 1024
# Long after a window has closed nobody offers its item again.
REMEMBER_MS = 7 * 24 * 3600 * 1000


class MemoryLost(OSError):
    """The data folder cannot be read or written; the text names the file."""


@dataclass
class Kept:
    """Everything the agent must know again after a power cut. ``apply`` is the only way it changes."""

    conn: int = 0
    volume: int = -1
    muted: bool = False
    keys: str = ""
    keys_seq: int = 0
    want: str = ""
    want_rev: int = 0
    plans: dict[str, str] = field(default_factory=dict)
    plan_revs: dict[str, int] = field(default_factory=dict)
    # item id -> {"at": start asked for, "until": end of its window, "row": receipt so far, "heard": start reported,
    #             "paused": milliseconds heard before something more important, -1 while it sounds, "why": what it was}
    begun: dict[str, dict[str, Any]] = field(default_factory=dict)
    done: dict[str, int] = field(default_factory=dict)
    stored: dict[str, int] = field(default_factory=dict)
    commands: dict[str, int] = field(default_factory=dict)
    pending: list[list[Any]] = field(default_factory=list)
    batch: list[list[Any]] = field(default_factory=list)
    batch_seq: int = 0
    release_seq: int = 0
    # zone -> its set of emergencies: {"rev", "kid" (who signed it), "exp" (Unix seconds), "raw"}
    alerts: dict[str, dict[str, Any]] = field(default_factory=dict)
    # occurrence that was stopped by order -> when nobody offers it any more
    stopped: dict[str, int] = field(default_factory=dict)
    # command id -> whether it came to a whole zone, until it is answered; then [result, detail, Unix ms], until the station has that
    owing: dict[str, bool] = field(default_factory=dict)
    answers: dict[str, list[Any]] = field(default_factory=dict)

    def apply(self, entry: Entry) -> None:
        """One change, by its verb. A later version that was tried and left again may have written verbs we do not know: they are passed over."""
        change = getattr(self, f"_{entry['do']}", None)
        if change is not None:
            change(entry)

    def _volume(self, entry: Entry) -> None:
        self.volume = entry["to"]

    def _keys(self, entry: Entry) -> None:
        self.keys, self.keys_seq = entry["raw"], entry["seq"]

    def _want(self, entry: Entry) -> None:
        self.want, self.want_rev = entry["raw"], entry["rev"]

    def _plan(self, entry: Entry) -> None:
        self.plans[entry["zid"]], self.plan_revs[entry["zid"]] = entry["raw"], entry["rev"]

    def _leave(self, entry: Entry) -> None:
        self.plans.pop(entry["zid"], None)
        self.plan_revs.pop(entry["zid"], None)

    def _begin(self, entry: Entry) -> None:
        before = self.begun.get(entry["id"], {})
        row, heard = before.get("row", entry["row"]), before.get("heard", False)
        self.begun[entry["id"]] = {"at": entry["at"], "until": entry["until"], "row": row, "heard": heard, "paused": -1.0, "why": before.get("why", "")}

    def _pause(self, entry: Entry) -> None:
        self.begun[entry["id"]].update(paused=entry["heard"], why=entry["why"])

    def _release(self, entry: Entry) -> None:
        self.release_seq = entry["seq"]

    def _mute(self, entry: Entry) -> None:
        self.muted = entry["to"]

    def _unbegin(self, entry: Entry) -> None:
        self.begun.pop(entry["id"], None)

    def _receipt(self, entry: Entry) -> None:
        row, until = entry["row"], entry["until"]
        self.pending.append(row)
        item, result = row[0], row[5]
        if result in ("stored", "accepted"):
            self.stored[item] = until
        elif result == "started":
            if item in self.begun:
                self.begun[item].update(heard=True, row=row)
        else:
            self.begun.pop(item, None)
            self.done[item] = until

    def _alert(self, entry: Entry) -> None:
        self.alerts[entry["zid"]] = {name: entry[name] for name in ("rev", "kid", "exp", "raw")}

    def _stop(self, entry: Entry) -> None:
        self.stopped.update(entry["occs"])

    def _batch(self, entry: Entry) -> None:
        self.batch_seq, self.batch = entry["seq"], self.pending[: entry["n"]]
        self.pending = self.pending[entry["n"] :]

    def _acked(self, entry: Entry) -> None:
        self.batch = []

    def _command(self, entry: Entry) -> None:
        self.commands[entry["id"]] = entry["exp"]
        self.owing[entry["id"]] = entry.get("zone", False)

    def _answer(self, entry: Entry) -> None:
        self.owing.pop(entry["id"], None)
        self.answers[entry["id"]] = [entry["result"], entry["detail"], entry["at"]]

    def _answered(self, entry: Entry) -> None:
        self.answers.pop(entry["id"], None)

    def _forget(self, entry: Entry) -> None:
        """Drops marks that cannot matter any more; ``before`` in Unix milliseconds."""
        before = entry["before"]
        self.done = {item: until for item, until in self.done.items() if until >= before}
        self.stored = {item: until for item, until in self.stored.items() if until >= before}
        self.stopped = {occ: until for occ, until in self.stopped.items() if until >= before}
        self.commands = {name: exp for name, exp in self.commands.items() if exp * 1000 >= before}
        self.answers = {name: answer for name, answer in self.answers.items() if answer[2] >= before}


def write_whole(path: Path, data: bytes, mode: int = 0o600) -> None:
    """The file is either the old one or the new one, never half: temporary file, fsync, rename, fsync of the folder."""
    temporary = path.with_name(path.name + ".new")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
        _sync_folder(path.parent)
    except OSError as error:
        temporary.unlink(missing_ok=True)  # half a file only takes room
        raise MemoryLost(f"cannot write {path}: {error.strerror}; is the disk full or read-only?") from error


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _line(entry: Entry) -> bytes:
    text = json.dumps(entry, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    return b"%08x %s\n" % (zlib.crc32(text), text)


def _entry_of(line: bytes) -> Entry | None:
    """The entry of one whole journal line, None for a torn or damaged one."""
    check, separator, text = line.rstrip(b"\n").partition(b" ")
    if not line.endswith(b"\n") or not separator:
        return None
    try:
        if int(check, 16) != zlib.crc32(text):
            return None
        entry = json.loads(text)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) else None


@dataclass(frozen=True)
class Identity:
    """Who this terminal is and where its station listens."""

    credentials: Credentials
    host: str
    port: int
    tls: bool = False
    base: tuple[str, ...] = ()

    def to_json(self) -> bytes:
        said = {"host": self.host, "port": self.port, "tls": self.tls, "base": list(self.base)}
        return json.dumps({**said, "credentials": self.credentials.to_json().decode()}, indent=1).encode()

    @classmethod
    def from_json(cls, raw: bytes) -> Identity:
        said = json.loads(raw)
        return cls(
            Credentials.from_json(said["credentials"].encode()), str(said["host"]), int(said["port"]),
            bool(said.get("tls", False)), tuple(said.get("base", ())),
        )  # fmt: skip


class Memory:
    """The data folder of one terminal. Not shared between processes: ``lock`` refuses a second one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._snapshot, self._journal_path = folder / "state.json", folder / "journal"
        self._lock_file = self._lock()
        self.kept, number = self._read_snapshot()
        self._number = number
        self._read_journal()
        self._open_journal()
        self._unwritten: list[bytes] = []
        self._fold_at = FOLD_AT_BYTES
        self.trouble = ""
        self.keep_reserve()

    def _open_journal(self) -> None:
        # without a buffer: what a full disk did not take must not be written later behind our back
        self._journal = open(self._journal_path, "ab", buffering=0)  # noqa: SIM115 (open as long as the program)
        self._good = os.fstat(self._journal.fileno()).st_size

    def _lock(self) -> Any:
        file = open(self.folder / "lock", "w")  # noqa: SIM115 (open as long as the program)
        if os.name == "posix":
            import fcntl

            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                file.close()
                raise MemoryLost(f"another terminal already uses {self.folder}; give each its own --data") from error
        return file

    def _read_snapshot(self) -> tuple[Kept, int]:
        """State and the number of the last entry folded into it. A damaged snapshot is set aside, not fatal."""
        try:
            said = json.loads(self._snapshot.read_bytes())
            known = {item.name for item in fields(Kept)}
            return Kept(**{name: value for name, value in said["kept"].items() if name in known}), int(said["number"])
        except FileNotFoundError:
            return Kept(), 0
        except (ValueError, KeyError, TypeError, AttributeError):
            os.replace(self._snapshot, self._snapshot.with_suffix(".damaged"))
            return Kept(), 0

    def _read_journal(self) -> None:
        """Applies every whole entry newer than the snapshot and cuts off a torn tail."""
        if not self._journal_path.exists():
            return
        good = 0
        with open(self._journal_path, "rb") as file:
            for line in file:
                entry = _entry_of(line)
                if entry is None:
                    break
                if entry.get("no", 0) > self._number:
                    self.kept.apply(entry)
                    self._number = entry["no"]
                good += len(line)
        if good < self._journal_path.stat().st_size:
            os.truncate(self._journal_path, good)

    def record(self, entry: Entry) -> None:
        """Durable when this returns. The agent has applied the entry to ``kept`` already."""
        self.note(entry)
        self.sync()

    def note(self, entry: Entry) -> None:
        """To be written with the next ``sync``: many entries cost one wait for the flash."""
        self._number += 1
        self._unwritten.append(_line({**entry, "no": self._number}))

    def sync(self) -> None:
        """Everything noted is durable when this returns, or ``trouble`` says why not and it is tried again with the next."""
        if not self._unwritten:
            return
        try:
            self._write()
        except OSError as error:
            self._give_up_reserve()
            try:
                self._write()
            except OSError:
                self.trouble = f"cannot write {self._journal_path}: {error.strerror}; {len(self._unwritten)} entries wait for room"

    def _write(self) -> None:
        """All that waits behind the last good byte; a half-written tail is cut off again."""
        data = b"".join(self._unwritten)
        try:
            done = 0
            while done < len(data):
                done += self._journal.write(data[done:])
            os.fsync(self._journal.fileno())
        except OSError:
            os.ftruncate(self._journal.fileno(), self._good)
            raise
        self._good += len(data)
        self._unwritten, self.trouble = [], ""

    @property
    def waiting(self) -> int:
        """Entries that no disk has taken yet."""
        return len(self._unwritten)

    def keep_reserve(self) -> None:
        """Room for the journal on a disk that others fill; made again when there is room."""
        path = self.folder / "reserve"
        if path.exists() and path.stat().st_size == RESERVE_BYTES:
            return
        room = os.statvfs(self.folder)
        if room.f_bavail * room.f_frsize < 8 * RESERVE_BYTES:
            return
        try:
            with open(path, "wb") as file:
                # real bytes: a hole would reserve nothing
                file.write(b"\xff" * RESERVE_BYTES)
        except OSError:
            path.unlink(missing_ok=True)

    def _give_up_reserve(self) -> None:
        (self.folder / "reserve").unlink(missing_ok=True)

    def next_conn(self) -> int:
        """A connection number never used before. The line's thread asks, so it has a file of its own."""
        path = self.folder / "conn"
        before = int(path.read_text()) if path.exists() and path.read_text().strip().isdigit() else 0
        self.kept.conn = max(before, self.kept.conn) + 1
        self._write_or_say(path, str(self.kept.conn).encode())
        return self.kept.conn

    def _write_or_say(self, path: Path, data: bytes) -> bool:
        try:
            write_whole(path, data)
        except MemoryLost as error:
            self.trouble = str(error)
            return False
        return True

    def known_ms(self) -> float:
        """A time that has certainly passed: a machine without a battery believes no earlier one."""
        path = self.folder / "time"
        text = path.read_text().strip() if path.exists() else ""
        return float(text) if text.isdigit() else 0.0

    def keep_time(self, now_ms: float) -> None:
        """Now and then, so that ``known_ms`` is not long ago."""
        self._write_or_say(self.folder / "time", str(int(now_ms)).encode())

    def fold_when_large(self) -> None:
        """Only between two lists of actions: then ``kept`` and the journal say the same."""
        if self._good > self._fold_at:
            self.fold()

    def fold(self) -> None:
        """Snapshot first, then an empty journal; a cut in between is harmless because entries are numbered. Without room the journal goes on."""
        snapshot = json.dumps({"number": self._number, "kept": asdict(self.kept)}).encode()
        if not self._write_or_say(self._snapshot, snapshot):
            self._fold_at = self._good + FOLD_AT_BYTES
            return
        self._unwritten = []  # the snapshot holds them
        os.ftruncate(self._journal.fileno(), 0)
        os.fsync(self._journal.fileno())
        self._good, self._fold_at = 0, FOLD_AT_BYTES

    def close(self) -> None:
        self.sync()
        self._journal.close()
        self._lock_file.close()

    @property
    def identity_path(self) -> Path:
        return self.folder / "identity.json"

    def identity(self) -> Identity | None:
        """Who I am, None before pairing."""
        try:
            return Identity.from_json(self.identity_path.read_bytes())
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError, BadMessage) as error:
            raise MemoryLost(f"{self.identity_path} is damaged; move it away and pair again") from error

    def keep_identity(self, identity: Identity) -> None:
        write_whole(self.identity_path, identity.to_json(), 0o600)


