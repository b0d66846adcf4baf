"""The station's own keys: a root that vouches, a programme key that signs, both in files only the station may read."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from station.clock import to_ms
from wire.messages import Key, Keys, Release
from wire.signing import Signer, sign

# A command must be fresh, a plan lives a little longer than it reaches, a key set as long as its root.
COMMAND_TTL = timedelta(minutes=5)
PLAN_SLACK = timedelta(days=1)
LONG = timedelta(days=3650)
# The file in which a rotation is written down before it happens.
NEXT = "rotation"


@dataclass(frozen=True)
class StationKeys:
    """The root, who signs programmes, who signs new versions of the terminals' program, and the number of the present key set."""

    domain: str
    root: Signer
    programme: Signer
    update: Signer
    seq: int
    retired: tuple[Key, ...] = ()

    @classmethod
    def load_or_make(cls, folder: Path, domain: str = "xy") -> StationKeys:
        """The keys of this folder, made at first start (0600). Two processes starting at once agree on one pair."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _finish_rotation(folder)
        root = Signer.from_seed(*_seed(folder, "root"))
        if (folder / "programme").exists() and not (folder / "update").exists():
            # a station of an earlier release: with one key more its set is a new one, which terminals take
            _write(folder / "seq", str(_seq(folder) + 1))
        update = Signer.from_seed(*_seed(folder, "update"))
        programme = Signer.from_seed(*_seed(folder, "programme"))
        return cls(domain, root, programme, update, _seq(folder), _retired(folder))

    @property
    def root_key(self) -> Key:
        """What a terminal pins at pairing."""
        return self.root.public(("root",))

    def key_set(self, now: datetime) -> bytes:
        """The signed key set: what the programme keys are, vouched for by the root."""
        keys = Keys(self.seq, (self.programme.public(("programme",)), self.update.public(("update",)), *self.retired))
        return sign(
            keys.to_json(), self.root, typ=Keys.typ, aud=self.domain, seq=self.seq, iat=_s(now), exp=_s(now + LONG)
        )

    def sign_release(self, release: Release, seq: int, now: datetime) -> bytes:
        """A version of the terminals' program that every terminal of this station may take."""
        return sign(release.to_json(), self.update, typ=Release.typ, aud=self.domain, seq=seq, iat=_s(now), exp=_s(now + LONG))

    def sign(self, payload: bytes, *, typ: str, aud: str, seq: int, now: datetime, expires: datetime) -> bytes:
        """A signed message for ``aud`` (a terminal's did or a zone's zid)."""
        return sign(payload, self.programme, typ=typ, aud=aud, seq=seq, iat=_s(now), exp=_s(expires))


def rotate(folder: Path, domain: str, now: datetime, overlap: timedelta = timedelta(days=8)) -> StationKeys:
    """A new programme key; the old one is believed for ``overlap`` more, so that plans already sent stay good.

    All of it is written into one file first and only then put into place: a power cut leaves the old keys or the new ones. A running
    station takes the new key when it starts the next time.
    """
    old = StationKeys.load_or_make(folder, domain)
    present_ms = to_ms(now)
    retired = [old.programme.public(("programme",), 0, to_ms(now + overlap)), *(each for each in old.retired if each.to_ms > present_ms)]
    new = {
        "seq": old.seq + 1, "programme": _new_seed("programme"), "retired": "".join(f"{each.kid} {each.x} {each.to_ms}\n" for each in retired),
    }  # fmt: skip
    _write(folder / NEXT, json.dumps(new))
    return StationKeys.load_or_make(folder, domain)


def _finish_rotation(folder: Path) -> None:
    """Put the new keys into place; doing it twice, or from two processes, changes nothing."""
    try:
        new = json.loads((folder / NEXT).read_text())
    except FileNotFoundError:
        return
    _write(folder / "retired", new["retired"])
    _write(folder / "programme", new["programme"])
    _write(folder / "seq", str(new["seq"]))
    (folder / NEXT).unlink(missing_ok=True)


def _s(moment: datetime) -> int:
    return int(moment.timestamp())


def _new_seed(name: str) -> str:
    return f"{name}-{secrets.token_hex(4)} {secrets.token_hex(32)}\n"


def _seed(folder: Path, name: str) -> tuple[str, bytes]:
    """kid and 32 bytes of the key file; the first process to create it decides."""
    path = folder / name
    if not path.exists():
        mine = folder / f".{name}-{secrets.token_hex(4)}"
        with os.fdopen(os.open(mine, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(_new_seed(name))
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):  # another process was first: its key counts
            os.link(mine, path)
        mine.unlink()
    kid, seed = path.read_text().split()
    return kid, bytes.fromhex(seed)


def _seq(folder: Path) -> int:
    path = folder / "seq"
    return int(path.read_text()) if path.exists() else 1


def _retired(folder: Path) -> tuple[Key, ...]:
    path = folder / "retired"
    if not path.exists():
        return ()
    rows = [line.split() for line in path.read_text().splitlines()]
    return tuple(Key(kid, x, ("programme",), 0, int(to)) for kid, x, to in rows)


def _write(path: Path, text: str) -> None:
    """For the owner only, all or nothing, and on the disk when it returns."""
    new = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(new, path)
