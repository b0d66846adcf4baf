"""Every payload of the wire: frozen dataclasses that go to JSON and come back equal.

Fields are added, never renamed; unknown fields are ignored. Times are Unix milliseconds (``_ms``) in UTC, durations
milliseconds, volumes 0..100, gains decibels. A payload is at most 64 KiB of strict JSON (no NaN, no deep nesting).
"""

from __future__ import annotations

import json
import math
import re
import types
import typing
from collections.abc import Callable, Iterable
from dataclasses import MISSING, dataclass, field, fields, is_dataclass, replace
from datetime import date
from functools import cache
from typing import Any, ClassVar, Self, TypeVar

MAX_BYTES = 64 * 1024
MAX_POINTED_BYTES = 8 * 1024 * 1024
MAX_DEPTH = 32
FORMATS = ("mp3", "mp3-48", "mp3-22", "opus", "aac")
"""Sound as terminals can have it: mp3 at 44.1, 48 and 22.05 kHz, Opus in Ogg at 48, AAC (ADTS) at 44.1; all one channel. A terminal names
those it plays among its capabilities, the best liked first; who names none plays mp3."""
FILM = "mp4"
"""What a set-top box names among its capabilities: it shows films (H.264 and AAC in mp4)."""
RESULTS = ("accepted", "stored", "started", "finished", "preempted", "failed", "missed")
SEVERITIES = ("red", "orange", "yellow", "blue")
"""Levels of an emergency, the gravest first."""
SOURCES = ("centre", "province", "city", "county", "town", "village", "community", "campus")
"""Who speaks in an emergency, the uppermost first."""
STARTS = ("hard", "after", "free")
WHOLE_MAX = 2**53 - 1
"""The largest whole number that every JSON reader keeps exactly (RFC 8259, section 6)."""
QUIET_DAYS_MAX = 400
"""How many quiet days (or quiet parts of days) a want may name: more than a year of them."""
_UNWRITABLE = re.compile("[\x00\ud800-\udfff]")
BREAKS = ("resume", "skip", "mix")

M = TypeVar("M", bound="Message")


class BadMessage(ValueError):
    """A payload that is not what its topic promises; the text says which field and why."""


def _refuse_constant(name: str) -> None:
    raise BadMessage(f"{name} is not JSON")


_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_OPENERS = re.compile(rb"[\[\]{}]")


def _depth_ok(raw: bytes) -> bool:
    depth = 0
    for found in _OPENERS.finditer(_STRING.sub(b"", raw)):
        depth += 1 if found.group() in b"[{" else -1
        if depth > MAX_DEPTH:
            return False
    return True


def parse_object(raw: bytes, limit: int = MAX_BYTES) -> dict[str, Any]:
    """Strict JSON object from bytes; BadMessage for anything else (too large, not UTF-8, NaN, too deep, not an object)."""
    if len(raw) > limit:
        raise BadMessage(f"{len(raw)} bytes, more than the {limit} allowed")
    # A depth of 32 needs at least 33 openers: most messages never pay for the scan.
    if raw.count(b"[") + raw.count(b"{") > MAX_DEPTH and not _depth_ok(raw):
        raise BadMessage(f"nested deeper than {MAX_DEPTH}")
    try:
        value = json.loads(raw.decode("utf-8"), parse_constant=_refuse_constant)
    except BadMessage:
        raise
    except (ValueError, RecursionError) as error:
        raise BadMessage(f"not JSON: {error}") from error
    if not isinstance(value, dict):
        raise BadMessage(f"expected an object, not {type(value).__name__}")
    return value


def _read(kind: Any, value: Any, where: str) -> Any:
    """``value`` as the annotated ``kind``, or BadMessage naming the field."""
    origin = typing.get_origin(kind)
    if origin in (typing.Union, types.UnionType):
        choices = typing.get_args(kind)
        if value is None and type(None) in choices:
            return None
        return _read(next(choice for choice in choices if choice is not type(None)), value, where)
    if origin is tuple:
        if not isinstance(value, list):
            raise BadMessage(f"{where}: expected a list")
        inner = typing.get_args(kind)[0]
        return tuple(_read(inner, item, f"{where}[{index}]") for index, item in enumerate(value))
    if origin is dict:
        if not isinstance(value, dict):
            raise BadMessage(f"{where}: expected an object")
        inner = typing.get_args(kind)[1]
        return {_read(str, key, where): _read(inner, item, f"{where}.{key[:40]}") for key, item in value.items()}
    if kind is Any:
        return value
    if is_dataclass(kind):
        if issubclass(typing.cast(type, kind), Receipt):
            return Receipt.from_row(value, where)
        if not isinstance(value, dict):
            raise BadMessage(f"{where}: expected an object")
        return _build(typing.cast(type, kind), value, f"{where}.")
    if isinstance(value, int) and abs(value) > WHOLE_MAX:
        raise BadMessage(f"{where}: beyond ±{WHOLE_MAX}, where not every reader counts exactly")
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise BadMessage(f"{where}: expected {kind.__name__}, got {type(value).__name__}")
    if kind is float and value in (float("inf"), float("-inf")):
        raise BadMessage(f"{where}: too large")
    if kind is str and _UNWRITABLE.search(value):
        raise BadMessage(f"{where}: half a character or a NUL, which nobody can write down")
    return value


def _build(kind: type, data: dict[str, Any], prefix: str = "") -> Any:
    found: dict[str, Any] = {}
    for name, hint, needed in _shape(kind):
        if name in data:
            value = data[name]
            # nearly every field is of a plain type and right: a plan has thousands of them
            good = _PLAIN.get(hint)
            if good is not None and type(value) is hint and good(value):
                found[name] = value
            elif good is None and (held := _held(hint)) is not None and held(value):
                found[name] = tuple(value) if type(value) is list else value
            else:
                found[name] = _read(hint, value, prefix + name)
        elif needed:
            raise BadMessage(f"{prefix}{name} is missing")
    return kind(**found)


# What a value of exactly this type must be besides; anything else takes the long way, which says what is wrong.
_PLAIN: dict[Any, Callable[[Any], bool]] = {
    str: lambda value: _UNWRITABLE.search(value) is None, int: lambda value: -WHOLE_MAX <= value <= WHOLE_MAX, float: math.isfinite,
    bool: lambda value: True,
}  # fmt: skip


@cache
def _held(hint: Any) -> Callable[[Any], bool] | None:
    """Whether a value is a list, or an object, of values of one plain type that are all right; None where the annotation is no such thing."""
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin is tuple and inner[0] in _PLAIN:
        of, good = inner[0], _PLAIN[inner[0]]
        return lambda value: type(value) is list and all(type(each) is of and good(each) for each in value)
    if origin is dict and inner[1] in _PLAIN:
        of, good = inner[1], _PLAIN[inner[1]]
        return lambda value: type(value) is dict and all(
            _UNWRITABLE.search(name) is None and type(each) is of and good(each) for name, each in value.items()
        )
    return None


@cache
def _shape(kind: type) -> tuple[tuple[str, Any, bool], ...]:
    """Name, annotation and whether it must be there, of each field."""
    hints = _hints(kind)
    return tuple(
        (item.name, hints[item.name], item.default is MISSING and item.default_factory is MISSING) for item in fields(kind)
    )


_HINTS: dict[type, dict[str, Any]] = {}


def _hints(kind: type) -> dict[str, Any]:
    if kind not in _HINTS:
        _HINTS[kind] = typing.get_type_hints(kind)
    return _HINTS[kind]


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(item.name for item in fields(kind))


def _plain(value: Any) -> Any:
    if type(value) in _PLAIN:
        return value
    if isinstance(value, Receipt):
        return value.to_row()
    if is_dataclass(value) and not isinstance(value, type):
        return {name: _plain(getattr(value, name)) for name in _names(type(value))}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value


class Message:
    """What every payload can do: ``to_json`` and ``from_json`` are inverse to each other."""

    typ: ClassVar[str] = ""

    def to_json(self) -> bytes:
        return json.dumps(_plain(self), ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()

    def as_dict(self) -> dict[str, Any]:
        """What ``to_json`` writes, before it is text."""
        return typing.cast(dict[str, Any], _plain(self))

    @classmethod
    def from_json(cls, raw: bytes) -> Self:
        return typing.cast(Self, _build(cls, parse_object(raw)))

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """The same from what was JSON already (the arguments of a command). Raises BadMessage."""
        return typing.cast(Self, _build(cls, data))


@dataclass(frozen=True, slots=True)
class State(Message):
    """Presence of a terminal: birth ``on``, will ``lost``, farewell ``off``. An old connection's late will has an old
    ``conn`` and is ignored; ``boot`` changes with every start of the program."""

    typ: ClassVar[str] = "state"
    st: str
    boot: str = ""
    conn: int = 0
    at_ms: int = 0


@dataclass(frozen=True, slots=True)
class Report(Message):
    """What a terminal says of itself: at birth, on change, and every ``status_s`` of its want.

    ``faults`` are words for people; ``trouble`` the same by code: device, disk, clock, decode, silence, selftest, update, silenced.
    ``selftest_ms`` is when it last tried itself in silence, ``selftest`` what came of it ("ok", or words). ``serves`` is where neighbours on
    its network find its clips; empty when it serves none.
    """

    typ: ClassVar[str] = "rep"
    version: str = ""
    model: str = ""
    capabilities: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    revs: dict[str, int] = field(default_factory=dict)
    volume: int = 70
    stored: int = 0
    wanted: int = 0
    free_bytes: int = 0
    clock_error_ms: float = 0.0
    faults: tuple[str, ...] = ()
    playing: str = ""
    at_ms: int = 0
    refused: int = 0
    trouble: dict[str, str] = field(default_factory=dict)
    selftest_ms: int = 0
    selftest: str = ""
    serves: str = ""
    muted: bool = False


@dataclass(frozen=True, slots=True)
class Request(Message):
    """A terminal asks. ``hello``: these revisions I hold (``revs`` of plans, ``alerts`` of sets of emergencies), send what is newer. ``time``: what time is it (t0_ms mine). ``get``: of the file
    ``f`` (sha256), cut into blocks of ``l`` bytes, those from block ``o`` on whose bits are set in ``b`` (hex; see wire.blocks)."""

    typ: ClassVar[str] = "req"
    op: str
    id: str = ""
    revs: dict[str, int] = field(default_factory=dict)
    want_rev: int = 0
    keys_seq: int = 0
    boot: str = ""
    t0_ms: float = 0.0
    f: str = ""
    l: int = 0  # noqa: E741 (the name that AWS and others give it)
    o: int = 0
    b: str = ""
    alerts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer(Message):
    """The station answers one terminal. ``hello``: how many retained things it sends again. ``time``: t1/t2. ``rcpt``:
    receipts up to ``seq`` are written down, forget them. ``ack``: so is what became of the command ``id``. ``get``: why no block of the
    file ``id`` (sha256) comes, in ``detail``."""

    typ: ClassVar[str] = "rsp"
    op: str
    id: str = ""
    seq: int = 0
    stale: int = 0
    t0_ms: float = 0.0
    t1_ms: float = 0.0
    t2_ms: float = 0.0
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Want(Message):
    """What the station wants of one terminal: the zones it follows and how loud it is. Signed, retained.

    Hours are local to ``tz``: ``caps`` ("06:00-08:00=40") bound the volume, in ``quiet`` ("22:00-06:00") nothing but an emergency begins.
    So it is on ``quiet_days`` by date: "2026-12-01" all day, "2026-12-01=08:00-12:00" in these hours (see quiet_day); at most QUIET_DAYS_MAX.
    ``stagger_ms`` is added to every start: neighbours across a valley do not blur each other.
    Every ``heartbeat_s`` it says that it lives, every ``status_s`` what it is. At ``selftest`` ("03:30"; "" never) it tries itself in silence.
    ``metered``: every byte is paid for (Opus where it can, no logs). ``head``: it serves its clips to its neighbours; ``lan`` are the
    addresses of such heads, asked before any ``base``. A base "mqtt:" means blocks over this very line.
    """

    typ: ClassVar[str] = "want"
    rev: int
    zones: tuple[str, ...] = ()
    dialect: str = ""
    area: str = ""
    tz: str = "UTC"
    volume: int = 70
    heartbeat_s: int = 30
    base: tuple[str, ...] = ()
    revoked: bool = False
    caps: tuple[str, ...] = ()
    quiet: tuple[str, ...] = ()
    stagger_ms: int = 0
    status_s: int = 1800
    selftest: str = ""
    metered: bool = False
    head: bool = False
    lan: tuple[str, ...] = ()
    quiet_days: tuple[str, ...] = ()


def quiet_day(day: date, hours: Iterable[str] = ()) -> tuple[str, ...]:
    """What a want says of one quiet day of a place: a funeral, an examination. Without ``hours`` the whole date, else these ("08:00-12:00";
    "22:00-06:00" begins on the date and ends the morning after).

    How a station sets it: ``Want(..., quiet_days=tuple(each for mark in marks for each in quiet_day(mark.day, mark.hours)))`` with the marks that
    count in the terminal's place (its own and those above it) from yesterday on, sorted, so that equal wishes are equal bytes; and
    ``Terminal.want_rev`` is raised below the place whenever they change (devices.wanted.new_wants). Days that have passed do no harm and need
    no new want: a terminal looks at the date by the clock of its ``tz``, a week without a line too. What began before goes on to its end;
    what may not begin is reported ``missed`` with "quiet day 2026-12-01".
    """
    return tuple(f"{day.isoformat()}={each}" for each in hours) or (day.isoformat(),)


@dataclass(frozen=True, slots=True)
class Alternate(Message):
    """The sound of an item in another of FORMATS: the same length, its own digest, address, size and ``skip``."""

    typ: ClassVar[str] = "alternate"
    format: str
    clip: str
    url: str
    bytes: int
    skip: int = 0


@dataclass(frozen=True, slots=True)
class PlanItem(Message):
    """One clip at one time. Items of one occurrence share ``occ`` and follow each other by ``n``.

    ``clip`` is the sha256 of the audio, fetched from each ``base`` + ``url`` in turn; ``skip`` counts the samples (per channel) a
    plain decoder puts before the first real one (encoder delay), ``gain_db`` is added to the recording. After
    ``expires_ms`` it must not sound. ``priority`` 2 (drill) .. 7 (fallback); 1 is what an Alert brings, and a terminal takes a planned 1 for a 2; ``rank`` orders items of one priority (severity, level), the
    smaller first. ``start``: hard (at the second), after (when what sounds has ended), free (when nobody else is on). ``brk``: what becomes of
    that which it interrupts: resume, skip, or mix (it goes on underneath). ``volume`` -1: the terminal's own.

    ``clip`` is mp3 at 44.1 kHz; ``others`` are the same sound for terminals that like another format better (see suited). ``video`` is
    the sha256 of a film of ``video_ms`` (mp4, H.264 and AAC, with the same words) that a set-top box shows instead; empty where there is none.
    ``burnt``: its captions are in the picture. ``captions`` is the sha256 of the WebVTT of what is said in ``clip``, empty where there is none.
    """

    typ: ClassVar[str] = "item"
    id: str
    occ: str
    n: int
    at_ms: int
    clip: str
    url: str
    bytes: int
    ms: int
    expires_ms: int
    start: str = "hard"
    skip: int = 0
    gain_db: float = 0.0
    lang: str = ""
    priority: int = 6
    title: str = ""
    rank: int = 0
    brk: str = "resume"
    volume: int = -1
    others: tuple[Alternate, ...] = ()
    video: str = ""
    video_url: str = ""
    video_bytes: int = 0
    video_ms: int = 0
    burnt: bool = False
    captions: str = ""
    captions_url: str = ""

    def suited(self, can: tuple[str, ...]) -> PlanItem:
        """The item with the file for a terminal of these capabilities: the first format it names that is there, mp3 when none is."""
        return _suited(self, can)


@dataclass(frozen=True, slots=True)
class Fill(Message):
    """A clip for hours in which a speaker shall not fall silent: ``kind`` default (the default playlist, in order) or fallback.

    ``others`` are the same sound in other formats.
    """

    typ: ClassVar[str] = "fill"
    clip: str
    url: str
    bytes: int
    ms: int
    skip: int = 0
    gain_db: float = 0.0
    kind: str = "default"
    title: str = ""
    others: tuple[Alternate, ...] = ()

    def suited(self, can: tuple[str, ...]) -> Fill:
        """The clip for a terminal of these capabilities, as PlanItem.suited."""
        return _suited(self, can)


@dataclass(frozen=True, slots=True)
class Sound(Message):
    """A phrase or a siren of an emergency, placed beforehand or spoken just now; ``name`` is its own in the area. The clip is mp3 at 44.1 kHz,
    ``url`` behind each ``base``; ``others`` are the same sound in further formats (see PlanItem)."""

    typ: ClassVar[str] = "sound"
    name: str
    clip: str
    url: str
    bytes: int
    ms: int
    skip: int = 0
    gain_db: float = 0.0
    lang: str = ""
    title: str = ""
    others: tuple[Alternate, ...] = ()

    def suited(self, can: tuple[str, ...]) -> Sound:
        """The sound for a terminal of these capabilities, as PlanItem.suited."""
        return _suited(self, can)


Playable = TypeVar("Playable", PlanItem, Fill, Sound)


def _suited(sound: Playable, can: tuple[str, ...]) -> Playable:
    for name in can:
        if name == "mp3":
            return sound
        for other in sound.others:
            if other.format == name:
                return replace(sound, clip=other.clip, url=other.url, bytes=other.bytes, skip=other.skip, others=())
    return sound


@dataclass(frozen=True, slots=True)
class Emergency(Message):
    """One emergency of a zone, from ``from_ms`` until ``until_ms`` or until the set no longer holds it: then it ends at once.

    ``sounds`` are heard in their order, all of them ``repeats`` times with ``pause_ms`` between; the first is the lead (siren or stored phrase).
    ``wording`` grows when they change: what is left of the former wording is dropped, what sounds of it is heard out, and who has heard the
    former lead is spared the new one once. ``level`` is of SEVERITIES, ``source`` of SOURCES. A ``drill`` has priority 2, all else 1.
    ``text`` in ``lang`` is what a screen shows. ``all_clear`` says that what was is over. ``volume`` -1: the terminal's own.
    """

    typ: ClassVar[str] = "emergency"
    id: str
    level: str
    source: str
    from_ms: int
    until_ms: int
    sounds: tuple[Sound, ...] = ()
    drill: bool = False
    wording: int = 1
    repeats: int = 1
    pause_ms: int = 1000
    title: str = ""
    text: str = ""
    lang: str = ""
    all_clear: bool = False
    volume: int = -1


@dataclass(frozen=True, slots=True)
class Alert(Message):
    """All live emergencies of a zone; none when it is empty. Signed by a key with use alert, retained; a higher rev replaces the whole.

    ``rev`` is the Unix time of signing in milliseconds, or one more than the last: it never lies far ahead of the clock.
    """

    typ: ClassVar[str] = "alert"
    rev: int
    zid: str
    emergencies: tuple[Emergency, ...] = ()
    base: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan(Message):
    """A zone's manifest: everything it plays between ``from_ms`` and ``to_ms``. Signed, retained; a higher rev replaces.

    When the whole is larger than 32 KiB, ``items`` is empty and ``pointer``/``pointer_sha256``/``pointer_bytes`` name the same JSON
    behind ``base``. In ``fill_hours`` ("06:00-08:00", local to ``tz``) the clips of ``fill`` sound whenever nothing else does.
    ``phrases`` are the sounds of emergencies, fetched first and never given up for anything else, so that an alert need only name them.
    """

    typ: ClassVar[str] = "plan"
    rev: int
    zid: str
    from_ms: int
    to_ms: int
    tz: str = "UTC"
    items: tuple[PlanItem, ...] = ()
    base: tuple[str, ...] = ()
    pointer: str = ""
    pointer_sha256: str = ""
    pointer_bytes: int = 0
    fill: tuple[Fill, ...] = ()
    fill_hours: tuple[str, ...] = ()
    phrases: tuple[Sound, ...] = ()

    @classmethod
    def from_large_json(cls, raw: bytes) -> Plan:
        """The plan behind a pointer, fetched over HTTP and checked against ``pointer_sha256``."""
        return typing.cast(Plan, _build(cls, parse_object(raw, MAX_POINTED_BYTES)))


@dataclass(frozen=True, slots=True)
class Command(Message):
    """One act now, to one terminal or a zone: ``chime`` (test sound), ``volume`` {volume}, ``mute`` {muted}, ``stop`` {occ?}, ``report``,
    ``selftest``, ``log`` (its log comes over ``up/blk``; the acknowledgement's detail is its sha256), ``update`` {release: a signed Release}.
    Acted on once per id; the signature's header says until when."""

    typ: ClassVar[str] = "cmd"
    id: str
    op: str
    args: dict[str, Any] = field(default_factory=dict)
    priority: int = 4


@dataclass(frozen=True, slots=True)
class Ack(Message):
    """What became of a command: ``done`` or ``refused`` with a reason."""

    typ: ClassVar[str] = "ack"
    id: str
    result: str
    detail: str = ""
    at_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Receipt:
    """What happened to one plan item on one terminal; a row (array) on the wire to stay small.

    ``result``: accepted (an emergency was believed; ``start_ms`` is when), stored, started, finished, preempted, failed, missed. ``start_ms`` is
    when the first sample left (0 when none did), ``dur_ms`` how long it sounded, ``clock_error_ms`` how far the terminal's clock may be off.
    """

    item: str
    clip: str
    rev: int
    start_ms: float
    dur_ms: float
    result: str
    volume: int = 0
    clock_error_ms: float = 0.0
    detail: str = ""

    def to_row(self) -> list[Any]:
        return [
            self.item, self.clip, self.rev, self.start_ms, self.dur_ms, self.result, self.volume, self.clock_error_ms, self.detail,
        ]  # fmt: skip

    @classmethod
    def from_row(cls, row: Any, where: str = "items") -> Receipt:
        if not isinstance(row, list) or len(row) < 6:
            raise BadMessage(f"{where}: expected a row of at least 6 fields")
        receipt = cls(
            *(
                value if type(value) is hint and _PLAIN[hint](value) else _read(hint, value, f"{where}.{name}")
                for (name, hint, _), value in zip(_shape(typing.cast(type, cls)), row, strict=False)
            )
        )
        if receipt.result not in RESULTS:
            raise BadMessage(f"{where}.result: {receipt.result[:40]!r} is none of {', '.join(RESULTS)}")
        return receipt


@dataclass(frozen=True, slots=True)
class Receipts(Message):
    """A batch of receipts, kept by the terminal until the station answers ``rcpt`` with the same ``seq``."""

    typ: ClassVar[str] = "rcpt"
    seq: int
    items: tuple[Receipt, ...] = ()


@dataclass(frozen=True, slots=True)
class Key(Message):
    """A public key (Ed25519, base64url) and what it may sign: uses programme, alert, update, root.

    An alert key with ``zones`` (names of areas, without dialect) speaks only to them and what lies below them, and never as a source above
    ``level``; without, to every zone of the station.
    """

    typ: ClassVar[str] = "key"
    kid: str
    x: str
    uses: tuple[str, ...] = ("programme",)
    from_ms: int = 0
    to_ms: int = 0
    zones: tuple[str, ...] = ()
    level: str = ""


@dataclass(frozen=True, slots=True)
class Keys(Message):
    """The key set, signed by a root the terminal pinned at pairing. A higher seq replaces."""

    typ: ClassVar[str] = "keys"
    seq: int
    keys: tuple[Key, ...] = ()


@dataclass(frozen=True, slots=True)
class PairRequest(Message):
    """A terminal without an identity shows its code and asks; ``pk`` is its X25519 key (base64url), which the code is made of."""

    typ: ClassVar[str] = "pair"
    nonce: str
    pk: str
    model: str = ""
    name: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class PairAnswer(Message):
    """Credentials sealed to the terminal's key, or a refusal in words."""

    typ: ClassVar[str] = "paired"
    sealed: str = ""
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Credentials(Message):
    """What a terminal keeps of its pairing (travels only sealed): identity, password, pinned roots."""

    typ: ClassVar[str] = "credentials"
    did: str
    password: str
    domain: str = "xy"
    area: str = ""
    roots: tuple[Key, ...] = ()
    base: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Release(Message):
    """A version of the terminal's program: a zip of ``bytes`` bytes with this sha256, at ``base`` + ``url``. Signed by a key with use update.

    A terminal that has not reported as the new version within ``minutes`` returns to the old one.
    """

    typ: ClassVar[str] = "release"
    version: str
    sha: str
    url: str
    bytes: int
    minutes: int = 10


@dataclass(frozen=True, slots=True)
class StationState(Message):
    """Birth and will of a station node."""

    typ: ClassVar[str] = "station"
    st: str
    version: str = ""
    at_ms: int = 0


BY_TYPE: dict[str, type[Message]] = {
    kind.typ: kind
    for kind in (
        State, Report, Request, Answer, Want, Plan, Alert, Command, Ack, Receipts, Keys, PairRequest, PairAnswer, Credentials,
        Release, StationState,
    )
}  # fmt: skip
