"""The station's own keys: a root that vouches, a programme key that signs, both in files only the station may read."""

from __future__ import annotations

import contextlib
import os
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from station.clock import to_ms
from wire.messages import Key, Keys
from wire.signing import Signer, sign

# A command must be fresh, a plan lives a little longer than it reaches, a key set as long as its root.
COMMAND_TTL = timedelta(minutes=5)
PLAN_SLACK = timedelta(days=1)
LONG = timedelta(days=3650)


@dataclass(frozen=True)
class StationKeys:
    """The root and the programme signer, and the number of the present key set."""

    domain: str
    root: Signer
    programme: Signer
    seq: int
    retired: tuple[Key, ...] = ()

    @classmethod
    def load_or_make(cls, folder: Path, domain: str = "xy") -> StationKeys:
        """The keys of this folder, made at first start (0600). Two processes starting at once agree on one pair."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        root = Signer.from_seed(*_seed(folder, "root"))
        programme = Signer.from_seed(*_seed(folder, "programme"))
        return cls(domain, root, programme, _seq(folder), _retired(folder))

    @property
    def root_key(self) -> Key:
        """What a terminal pins at pairing."""
        return self.root.public(("root",))

    def key_set(self, now: datetime) -> bytes:
        """The signed key set: what the programme keys are, vouched for by the root."""
        keys = Keys(self.seq, (self.programme.public(("programme",)), *self.retired))
        return sign(
            keys.to_json(), self.root, typ=Keys.typ, aud=self.domain, seq=self.seq, iat=_s(now), exp=_s(now + LONG)
        )

    def sign(self, payload: bytes, *, typ: str, aud: str, seq: int, now: datetime, expires: datetime) -> bytes:
        """A signed message for ``aud`` (a terminal's did or a zone's zid)."""
        return sign(payload, self.programme, typ=typ, aud=aud, seq=seq, iat=_s(now), exp=_s(expires))


def rotate(folder: Path, domain: str, now: datetime, overlap: timedelta = timedelta(days=8)) -> StationKeys:
    """A new programme key; the old one is believed for ``overlap`` more, so that plans already sent stay good."""
    old = StationKeys.load_or_make(folder, domain)
    retired = old.programme.public(("programme",), 0, to_ms(now + overlap))
    _write(folder / "retired", f"{retired.kid} {retired.x} {retired.to_ms}\n")
    (folder / "programme").unlink()
    _write(folder / "seq", str(old.seq + 1))
    return StationKeys.load_or_make(folder, domain)


def _s(moment: datetime) -> int:
    return int(moment.timestamp())


def _seed(folder: Path, name: str) -> tuple[str, bytes]:
    """kid and 32 bytes of the key file; the first process to create it decides."""
    path = folder / name
    if not path.exists():
        mine = folder / f".{name}-{secrets.token_hex(4)}"
        with os.fdopen(os.open(mine, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(f"{name}-{secrets.token_hex(4)} {secrets.token_hex(32)}\n")
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
    new = path.with_suffix(".new")
    new.touch(0o600)
    new.write_text(text)
    os.replace(new, path)
