"""What the agent asks its hands to do, in the order they must be done."""

from __future__ import annotations

from dataclasses import dataclass, field

from terminal.memory import Entry


@dataclass(frozen=True, slots=True)
class Subscribe:
    filters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unsubscribe:
    filters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Publish:
    topic: str
    payload: bytes
    qos: int = 1
    retain: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """Write this entry down durably before the next action."""

    entry: Entry


@dataclass(frozen=True, slots=True)
class Fetch:
    """Bring the file with this digest into the cache; ``read`` wants its bytes back (a plan behind a pointer)."""

    sha: str
    urls: tuple[str, ...]
    size: int
    read: bool = False


@dataclass(frozen=True, slots=True)
class Prepare:
    """Decode this clip now: it sounds within seconds."""

    sha: str


@dataclass(frozen=True, slots=True)
class Play:
    """Sound ``clip`` at ``at_ms`` (Unix). ``join``: right behind what sounds, without a gap; ``cut``: break off what
    sounds; ``over``: on top of what sounds, which goes on quieter; none of them: when what sounds has ended. ``offset_ms`` skips what was
    heard before; it ends at ``until_ms`` whatever is left (0: no limit). ``volume`` -1: that of the mixer. ``ms`` is the length of the
    recording (0: all there is): what an encoder put behind it would make each next item a little later."""

    item: str
    clip: str
    at_ms: float
    skip: int = 0
    gain_db: float = 0.0
    offset_ms: float = 0.0
    join: bool = False
    cut: bool = False
    over: bool = False
    until_ms: float = 0.0
    volume: int = -1
    ms: int = 0


@dataclass(frozen=True, slots=True)
class StopPlaying:
    """Silence now. Everything placed is reported back as preempted."""


@dataclass(frozen=True, slots=True)
class Chime:
    """The built-in test sound, on behalf of a command."""

    id: str
    at_ms: float


@dataclass(frozen=True, slots=True)
class TrySilently:
    """Decode, mix and play something nobody hears, and say whether it came through."""


@dataclass(frozen=True, slots=True)
class Serve:
    """Serve clips to neighbours, or stop serving them."""

    on: bool


@dataclass(frozen=True, slots=True)
class SendLog:
    """Send the log to the station, on behalf of a command."""

    id: str


@dataclass(frozen=True, slots=True)
class Install:
    """Unpack this fetched version beside the running one and start anew in it, for a trial of so many minutes."""

    id: str
    sha: str
    version: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Confirm:
    """This version has come up: the station has heard it."""


@dataclass(frozen=True, slots=True)
class SetVolume:
    volume: int


@dataclass(frozen=True, slots=True)
class KeepClips:
    """These digests are planned: evict anything but them."""

    shas: frozenset[str]


@dataclass(frozen=True, slots=True)
class Tune:
    """Be ready for the live talk that is played as ``clip``: its first frame has the number ``first``; ``late_ms``: heard so much later than
    elsewhere."""

    clip: str
    first: int
    late_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Carry:
    """Sound of a live talk that has come: numbered packets, the first new one spoken at ``spoken_ms`` by the station's clock."""

    clip: str
    frames: tuple[tuple[int, bytes], ...]
    first_new: int
    spoken_ms: int


@dataclass(frozen=True, slots=True)
class EndTalk:
    """The live talk ends with the frame before ``last`` (-1: with what is here): once that is heard its voice has finished."""

    clip: str
    last: int


@dataclass(frozen=True, slots=True)
class Untune:
    """Nothing of that live talk is heard any more."""

    clip: str


@dataclass(frozen=True, slots=True)
class Tell:
    """Something for the log and the --json lines."""

    event: str
    facts: dict[str, object] = field(default_factory=dict)


Action = (
    Subscribe | Unsubscribe | Publish | Record | Fetch | Prepare | Play | StopPlaying | Chime | SetVolume | KeepClips | TrySilently | Serve
    | SendLog | Install | Confirm | Tell | Tune | Carry | EndTalk | Untune
)  # fmt: skip
