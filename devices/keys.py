"""The station's own keys: a root that vouches, one that signs programmes, others that sign emergencies; in files only the station may read."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from station.clock import to_ms
from wire.alert import TTL_S
from wire.messages import Alert, Key, Keys, Release
from wire.signing import Signer, sign

# A command must be fresh, a plan lives a little longer than it reaches, a key set as long as its root.
COMMAND_TTL = timedelta(minutes=5)
PLAN_SLACK = timedelta(days=1)
LONG = timedelta(days=3650)
ALERT_TTL = timedelta(seconds=TTL_S)
# The file in which a rotation is written down before it happens, and what the key files of branches begin with.
NEXT, BRANCH = "rotation", "alert-"


class NoSuchKey(ValueError):
    """No key of this name can be changed; the text names those there are."""


@dataclass(frozen=True)
class BranchKey:
    """Who signs emergencies of one branch alone: of the area ``zid`` (of ``level``) and what lies below it."""

    signer: Signer
    zid: str
    level: str

    @property
    def key(self) -> Key:
        return self.signer.public(("alert",), zones=(self.zid,), level=self.level)


@dataclass(frozen=True)
class StationKeys:
    """The root, who signs programmes, who emergencies (everywhere, and in branches), who new versions of the terminals' program, and the
    number of the present key set."""

    domain: str
    root: Signer
    programme: Signer
    update: Signer
    alert: Signer
    seq: int
    retired: tuple[Key, ...] = ()
    branches: tuple[BranchKey, ...] = ()

    @classmethod
    def load_or_make(cls, folder: Path, domain: str = "xy") -> StationKeys:
        """The keys of this folder, made at first start (0600). Two processes starting at once agree on one pair."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _finish_rotation(folder)
        root = Signer.from_seed(*_seed(folder, "root"))
        if (folder / "programme").exists() and not all((folder / name).exists() for name in ("update", "alert")):
            # a station of an earlier release: with one key more its set is a new one, which terminals take
            _write(folder / "seq", str(_seq(folder) + 1))
        update, alert = Signer.from_seed(*_seed(folder, "update")), Signer.from_seed(*_seed(folder, "alert"))
        programme = Signer.from_seed(*_seed(folder, "programme"))
        return cls(domain, root, programme, update, alert, _seq(folder), _retired(folder), _branches(folder))

    @property
    def root_key(self) -> Key:
        """What a terminal pins at pairing."""
        return self.root.public(("root",))

    def key_set(self, now: datetime) -> bytes:
        """The signed key set: who may sign what, vouched for by the root."""
        present = (self.programme.public(("programme",)), self.update.public(("update",)), self.alert.public(("alert",)))
        keys = Keys(self.seq, (*present, *(each.key for each in self.branches), *self.retired))
        return sign(
            keys.to_json(), self.root, typ=Keys.typ, aud=self.domain, seq=self.seq, iat=_s(now), exp=_s(now + LONG)
        )

    def sign_release(self, release: Release, seq: int, now: datetime) -> bytes:
        """A version of the terminals' program that every terminal of this station may take."""
        return sign(release.to_json(), self.update, typ=Release.typ, aud=self.domain, seq=seq, iat=_s(now), exp=_s(now + LONG))

    def alert_signer(self, zids: Sequence[str]) -> Signer:
        """Who signs emergencies for an area: the key of the nearest branch, else the station's own. ``zids`` are the names of the areas from
        the root of the tree down to it."""
        there = {each.zid: each.signer for each in self.branches}
        return next((there[zid] for zid in reversed(zids) if zid in there), self.alert)

    def sign_alert(self, alert: Alert, signer: Signer, now: datetime) -> bytes:
        """A zone's set of emergencies; ``signer`` is the zone's ``alert_signer``."""
        return sign(alert.to_json(), signer, typ=Alert.typ, aud=alert.zid, seq=alert.rev, iat=_s(now), exp=_s(now + ALERT_TTL))

    def sign(self, payload: bytes, *, typ: str, aud: str, seq: int, now: datetime, expires: datetime) -> bytes:
        """A signed message for ``aud`` (a terminal's did or a zone's zid)."""
        return sign(payload, self.programme, typ=typ, aud=aud, seq=seq, iat=_s(now), exp=_s(expires))


def rotate(folder: Path, domain: str, now: datetime, overlap: timedelta = timedelta(days=8), name: str = "programme") -> StationKeys:
    """A new key in the place of ``name`` (programme, alert, or alert-ZID of a branch); the old one is believed for ``overlap`` more, so that
    what was already sent stays good. Without an overlap it is revoked: whatever it signed is believed no more.

    All of it is written into one file first and only then put into place: a power cut leaves the old keys or the new ones. A running
    station takes the new key when it starts the next time.
    """
    old = StationKeys.load_or_make(folder, domain)
    former = _names(old).get(name)
    if former is None:
        raise NoSuchKey(f"no key is called {name!r}: take one of {', '.join(_names(old))}")
    retired = _still(old.retired, now)
    if overlap > timedelta():
        retired.insert(0, Key(former.kid, former.x, former.uses, 0, to_ms(now + overlap), former.zones, former.level))
    kind = "alert" if name.startswith(BRANCH) else name
    tail = f" {former.zones[0]} {former.level}" if former.zones else ""
    _change(folder, old.seq + 1, retired, {name: _new_seed(kind).rstrip() + tail + "\n"})
    return StationKeys.load_or_make(folder, domain)


def revoke(folder: Path, domain: str, kid: str, now: datetime) -> StationKeys:
    """The key ``kid`` is believed no more, at once: a retired one goes, one in use gets a successor. Raises NoSuchKey."""
    old = StationKeys.load_or_make(folder, domain)
    name = next((each for each, key in _names(old).items() if key.kid == kid), None)
    if name is not None:
        return rotate(folder, domain, now, timedelta(), name)
    if kid not in {each.kid for each in old.retired}:
        known = [key.kid for key in (*_names(old).values(), *old.retired)]
        raise NoSuchKey(f"no key is called {kid!r}: those believed are {', '.join(known)}")
    _change(folder, old.seq + 1, [each for each in _still(old.retired, now) if each.kid != kid], {})
    return StationKeys.load_or_make(folder, domain)


def add_branch(folder: Path, domain: str, zid: str, level: str) -> StationKeys:
    """A key of its own for the emergencies of one branch; asking twice changes nothing."""
    old = StationKeys.load_or_make(folder, domain)
    if zid not in {each.zid for each in old.branches}:
        _change(folder, old.seq + 1, list(old.retired), {BRANCH + zid: f"{_new_seed('alert').rstrip()} {zid} {level}\n"})
    return StationKeys.load_or_make(folder, domain)


def _names(keys: StationKeys) -> dict[str, Key]:
    """The keys in use that can be changed, by the name of their file."""
    own = {"programme": keys.programme.public(("programme",)), "alert": keys.alert.public(("alert",))}
    return own | {BRANCH + each.zid: each.key for each in keys.branches}


def _still(retired: Sequence[Key], now: datetime) -> list[Key]:
    return [each for each in retired if each.to_ms > to_ms(now)]


def _change(folder: Path, seq: int, retired: Sequence[Key], seeds: dict[str, str]) -> None:
    rows = "".join(f"{each.kid} {each.x} {each.to_ms} {','.join(each.uses)} {','.join(each.zones)} {each.level}".rstrip() + "\n" for each in retired)
    _write(folder / NEXT, json.dumps({"seq": seq, "seeds": seeds, "retired": rows}))
    _finish_rotation(folder)


def _finish_rotation(folder: Path) -> None:
    """Put the new keys into place; doing it twice, or from two processes, changes nothing."""
    try:
        new = json.loads((folder / NEXT).read_text())
    except FileNotFoundError:
        return
    _write(folder / "retired", new["retired"])
    for name, seed in new.get("seeds", {"programme": new.get("programme")}).items():  # written by an earlier release: programme alone
        _write(folder / name, seed)
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
    kid, seed = path.read_text().split()[:2]
    return kid, bytes.fromhex(seed)


def _branches(folder: Path) -> tuple[BranchKey, ...]:
    found = []
    for path in sorted(folder.glob(f"{BRANCH}*")):
        kid, seed, zid, level = path.read_text().split()
        found.append(BranchKey(Signer.from_seed(kid, bytes.fromhex(seed)), zid, level))
    return tuple(found)


def _seq(folder: Path) -> int:
    path = folder / "seq"
    return int(path.read_text()) if path.exists() else 1


def _retired(folder: Path) -> tuple[Key, ...]:
    path = folder / "retired"
    if not path.exists():
        return ()
    found = []
    for line in path.read_text().splitlines():
        kid, x, to, uses, zones, level = (*line.split(), "programme", "", "")[:6] if line.count(" ") == 2 else (*line.split(), "", "")[:6]
        found.append(Key(kid, x, tuple(uses.split(",")), 0, int(to), tuple(filter(None, zones.split(","))), level))
    return tuple(found)


def _write(path: Path, text: str) -> None:
    """For the owner only, all or nothing, and on the disk when it returns."""
    new = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(new, path)
