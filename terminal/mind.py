"""What an agent knows and holds: the plain state that the modules of its mind read and change, and the few questions all of them ask.

Nothing is decided here. ``do`` collects the actions that the hands will carry out; ``keep`` changes what must survive a power cut.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from terminal.actions import Action, Record
from terminal.memory import Entry, Kept
from wire.live import LiveStart
from wire.messages import Credentials, Emergency, Key, Keys, Plan, PlanItem, Release, Want
from wire.signing import Verified, verify
from wire.topics import Topics

# A clip is decoded this long before its time.
PREPARE_MS = 20_000
REPORT_WAIT_MS = 500
HELLO_FIRST_MS = 3_000
# A silent self-test, and a new version, give way to programmes and try again after this long.
AGAIN_MS = 60_000


@dataclass(frozen=True)
class Capabilities:
    """What this machine is; it goes into every report."""

    version: str
    model: str = "linux"
    can: tuple[str, ...] = ("mp3", "wav")


@dataclass
class Sounding:
    """What the player has been given and not yet given back."""

    item: PlanItem
    rev: int
    ends_ms: float
    began_ms: float
    offset_ms: float = 0.0
    resumed: bool = False  # the offset is what was heard before; otherwise what a power cut swallowed
    why: str = ""
    resume: bool = False
    cut_ms: float = math.inf  # when something more important takes over
    final: bool = False
    filler: bool = False


@dataclass
class Clip:
    """One audio file on its way to being heard."""

    state: str = "wanted"  # wanted, fetching, stored
    ready: str = ""  # "", asked, later, yes, no
    reason: str = ""
    tries: int = 0
    again_ms: float = 0.0
    asked_ms: float = 0.0


@dataclass
class Machine:
    """What the hands report about themselves for the next report."""

    free_bytes: int = 0
    faults: dict[str, str] = field(default_factory=dict)
    serves: str = ""


@dataclass(slots=True)
class Talk:
    """When what is said next: greeting, receipts, answers to commands, report, heartbeat. ``hello_ms`` None: the station has answered."""

    asked: int = 0
    hello_ms: float | None = None
    hello_wait_ms: float = float(HELLO_FIRST_MS)
    batch_ms: float | None = None
    oldest_ms: float | None = None
    report_ms: float = 0.0
    beat_ms: float = 0.0
    report_due: bool = True
    # command id -> when its answer is sent (again), and how long is waited then
    answers: dict[str, tuple[float, float]] = field(default_factory=dict)

    def report_soon(self, now: float) -> None:
        """What sounds has changed. Ten thousand hear an emergency begin, end and begin again in one moment: that is one report of each."""
        self.report_ms = min(self.report_ms, now + REPORT_WAIT_MS)


@dataclass(slots=True)
class SelfTest:
    """The silent test: when it was and what came of it, when it is due (0: not known yet), and the commands that wait for it."""

    outcome: tuple[float, str] = (0.0, "")
    running: bool = False
    next_ms: float = 0.0
    asked: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Pointed:
    """A plan that lies behind a pointer: ``plan`` as it was signed; asked for again at ``again_ms``, infinite while it is under way."""

    plan: Plan
    tries: int = 0
    again_ms: float = math.inf


@dataclass(slots=True)
class Talking:
    """A live talk: its order, the zones that gave it, when its sound came last (0: not yet), and the number behind its last frame once it was ended."""

    start: LiveStart
    item: PlanItem
    zones: tuple[str, ...]
    began_ms: float
    came_ms: float = 0.0
    last: int | None = None
    why: str = ""


class Mind:
    """The state of one loudspeaker. What survives a power cut lies in ``kept``; the rest can be made again from it and from the line."""

    def __init__(self, credentials: Credentials, kept: Kept, capabilities: Capabilities, boot: str) -> None:
        self.credentials, self.kept, self.capabilities, self.boot = credentials, kept, capabilities, boot
        self.did = credentials.did
        self.topics = Topics(credentials.domain)
        # whom it believes, and what the station wants of it
        self.roots = {key.kid: key for key in credentials.roots}
        self.keys: dict[str, Key] = {}
        self.want = Want(0, base=credentials.base)
        self.unread: dict[str, bytes] = {}
        self.refused = 0
        self.silenced = ""
        self.auth_refusals = 0
        # what is planned, and where its media are
        self.items: dict[str, tuple[PlanItem, str, int]] = {}
        self.fills: dict[str, Plan] = {}
        self.phrases: dict[str, Plan] = {}
        self.bases: dict[str, tuple[str, ...]] = {}
        self.pointers: dict[str, Pointed] = {}
        self.clips: dict[str, Clip] = {}
        self.planned_clips: frozenset[str] = frozenset()
        self.update: tuple[str, Release] | None = None
        self.update_here = False
        self._in_order: list[tuple[PlanItem, str, int]] | None = None
        # what sounds
        self.sounding: list[Sounding] = []
        self.over: Sounding | None = None
        self.chimes: dict[str, str] = {}
        self.under_way: set[str] = set()
        self.begun_occ: dict[str, int] = {}
        self.late: dict[str, float] = {}
        self.alarms: dict[str, Emergency] = {}
        self.alarms_looked_ms = 0.0
        self.filled = 0
        self.talks: dict[str, Talking] = {}
        self.loudness = -1
        # the machine and the line
        self.machine = Machine()
        self.selftest = SelfTest()
        self.undecodable = ""
        self.serving = False
        self.clock_error_ms, self.clock_known = 0.0, True
        self.connected = False
        self.talk = Talk()
        # when to look again, and what to do now
        self.wake_ms = self.tend_ms = self.forget_ms = 0.0
        self.dirty = True
        self.out: list[Action] = []

    @property
    def volume(self) -> int:
        return self.kept.volume if self.kept.volume >= 0 else self.want.volume

    @property
    def synced(self) -> bool:
        """The station has answered what I hold; nothing newer is on its way."""
        return self.connected and self.talk.hello_ms is None and bool(self.keys)

    def verified(self, payload: bytes, typ: str, auds: set[str], now: float, held: int) -> Verified | None:
        """The payload; None for the very message I hold already (retained ones come again at every connection)."""
        root = typ == Keys.typ
        found = verify(
            payload, self.roots if root else self.keys, typ=typ, auds=auds, now_s=now / 1000,
            use="root" if root else "programme", after_seq=held - 1,
        )  # fmt: skip
        return None if found.seq == held else found

    @property
    def can(self) -> tuple[str, ...]:
        """What it plays, best liked first: the smallest where every byte is paid for."""
        can = self.capabilities.can
        return ("opus", *(name for name in can if name != "opus")) if self.want.metered and "opus" in can else can

    def wake(self, at_ms: float) -> None:
        """Look again at that moment at the latest."""
        self.wake_ms = min(self.wake_ms, at_ms)

    def due_ms(self, item: PlanItem) -> float:
        """When the item is due here: a programme that was held up is late as a whole."""
        return item.at_ms + self.want.stagger_ms + self.late.get(item.occ, 0.0)

    def until(self, item: PlanItem) -> float:
        """When its window closes here."""
        return float(item.expires_ms + self.want.stagger_ms)

    def open_items(self) -> list[tuple[PlanItem, str, int]]:
        """Planned, not placed, not over, in the order of their times."""
        if self._in_order is None:
            self._in_order = sorted(self.items.values(), key=lambda found: (found[0].at_ms, found[0].n, found[0].id))
        placed, done = self.placed(), self.kept.done
        self._in_order = [found for found in self._in_order if found[0].id not in done]
        return [found for found in self._in_order if found[0].id not in placed]

    def replan(self) -> None:
        """What is planned has changed: look through it again."""
        self._in_order, self.dirty = None, True

    @property
    def voices(self) -> list[Sounding]:
        """Everything the player holds."""
        return [*self.sounding, self.over] if self.over else self.sounding[:]

    def placed(self) -> set[str]:
        return {voice.item.id for voice in self.voices}

    def near(self, now: float) -> Iterator[tuple[PlanItem, str, int]]:
        """Of those only the ones whose time has come or comes within the next moments: a week of others costs nothing."""
        if self._in_order is None:
            self.open_items()
        placed, done, last = self.placed(), self.kept.done, now + PREPARE_MS - self.want.stagger_ms
        for found in self._in_order or ():
            if found[0].at_ms > last:
                self.wake(now + found[0].at_ms - last)
                return
            if found[0].id not in done and found[0].id not in placed:
                yield found

    def voice(self, item: str) -> Sounding | None:
        """What the player holds of that item."""
        return next((voice for voice in self.voices if voice.item.id == item), None)

    def keep(self, entry: Entry) -> None:
        """One change of what survives a power cut."""
        self.dirty = True
        self.kept.apply(entry)
        self.do(Record(entry))

    def do(self, action: Action) -> None:
        self.out.append(action)
