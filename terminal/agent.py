"""The agent without hands: messages and time go in, actions come out. No sockets, no clock, no threads, no files.

Rules it keeps:
- it believes only what is signed for it (``wire.signing``), and counts what it refuses;
- an item sounds at most once: that it begins is written down before it sounds. After a power cut an item that had begun goes on
  where it would be now if its end is still ahead, and is reported ``failed`` ("power cut") otherwise; it never starts again;
- an item that has not begun may begin late, until ``expires_ms``; afterwards it is ``missed`` (``failed`` if its clip never came);
- who sounds is decided in ``terminal.programme``; what was interrupted goes on where it stopped while its window is open;
- nothing waits for a clip that is not there;
- in hours that shall not be silent the default playlist sounds, else fallback media, else a fault is raised.

Times are Unix milliseconds.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from terminal.actions import (
    Action,
    Chime,
    Confirm,
    Fetch,
    Install,
    KeepClips,
    Play,
    Prepare,
    Publish,
    Record,
    SendLog,
    Serve,
    SetVolume,
    StopPlaying,
    Subscribe,
    Tell,
    TrySilently,
    Unsubscribe,
)  # fmt: skip
from terminal.blocks import LINE
from terminal.hours import BadHours, cap, moment, next_at, span, within
from terminal.memory import REMEMBER_MS, Entry, Kept
from terminal.near import serves_near
from terminal.programme import EMERGENCY, FILL_RANK, WORTH_MS, Choice, Due, On, next_choice
from wire.messages import (
    BREAKS,
    STARTS,
    Ack,
    Answer,
    BadMessage,
    Command,
    Credentials,
    Fill,
    Key,
    Keys,
    Plan,
    PlanItem,
    Receipt,
    Receipts,
    Release,
    Report,
    Request,
    State,
    Want,
)  # fmt: skip
from wire.signing import BadSignature, Verified, verify
from wire.topics import LEVEL, BadTopic, Topics

# A clip is decoded this long before its time.
PREPARE_MS = 20_000
# Notices and what is more important are decoded as soon as they are here, when they are short: a change of plan may want them at once.
URGENT, SHORT_MS, EARLY_MS = 4, 120_000, 3_600_000
# Decoding a clip that has just come is waited for this long before something less important may sound.
DECODE_MS = 2_000
# What could not be decoded for want of room is tried again after this long.
PREPARE_AGAIN_MS = 5_000
# A silent self-test gives way to programmes and tries again after this long.
TEST_AGAIN_MS = 60_000
# A new version starts only when nothing begins within this long, and is no larger than this.
UPDATE_ROOM_MS, RELEASE_MAX = 60_000, 32 * 1024 * 1024
# A successor joins its predecessor without a gap when the plan has them this close.
JOIN_MS = 1_000
BATCH_ROWS, BATCH_WAIT_MS, BATCH_RETRY_MS = 100, 200, 10_000
HELLO_FIRST_MS, HELLO_MOST_MS = 3_000, 60_000
FETCH_FIRST_MS, FETCH_MOST_MS = 1_000, 60_000
FORGET_EVERY_MS = 6 * 3600 * 1000
MAX_ITEMS, MAX_ZONES = 5_000, 20
AUTH_REFUSALS = 3
# No filler begins this shortly before the next programme.
FILL_ROOM_MS = 2_000
SPREAD_MOST_MS, SPREAD_END_MS = 6 * 3600 * 1000, 30 * 60 * 1000
SHA256 = re.compile(r"[0-9a-f]{64}\Z")


@dataclass(frozen=True)
class Capabilities:
    """What this machine is; it goes into every report."""

    version: str
    model: str = "linux"
    can: tuple[str, ...] = ("mp3", "wav")


@dataclass
class _Sounding:
    """What the player has been given and not yet given back."""

    item: PlanItem
    rev: int
    ends_ms: float
    began_ms: float
    offset_ms: float = 0.0
    resumed: bool = False  # the offset is what was heard before; otherwise what a power cut swallowed
    why: str = ""
    resume: bool = False
    final: bool = False
    filler: bool = False


@dataclass
class _Clip:
    """One audio file on its way to being heard."""

    state: str = "wanted"  # wanted, fetching, stored
    ready: str = ""  # "", asked, yes, no
    reason: str = ""
    tries: int = 0
    again_ms: float = 0.0
    asked_ms: float = 0.0


@dataclass
class _Machine:
    """What the hands report about themselves for the next report."""

    free_bytes: int = 0
    faults: dict[str, str] = field(default_factory=dict)
    serves: str = ""


class Agent:
    """One loudspeaker's mind. Every method returns what is to be done, in order."""

    def __init__(self, credentials: Credentials, kept: Kept, capabilities: Capabilities, boot: str) -> None:
        self.credentials, self.kept, self.capabilities, self.boot = credentials, kept, capabilities, boot
        self.did = credentials.did
        self.topics = Topics(credentials.domain)
        self.roots = {key.kid: key for key in credentials.roots}
        self.keys: dict[str, Key] = {}
        self.want = Want(0, base=credentials.base)
        self.items: dict[str, tuple[PlanItem, str, int]] = {}
        self.clips: dict[str, _Clip] = {}
        self.sounding: list[_Sounding] = []
        self.over: _Sounding | None = None
        self.clock_error_ms = 0.0
        self.clock_known = True
        self.machine = _Machine()
        self.connected = False
        self.refused = 0
        self.silenced = ""
        self.wake_ms = 0.0
        self._chimes: dict[str, str] = {}
        self._unread: dict[str, bytes] = {}
        self._pointers: dict[str, tuple[str, int]] = {}
        self._bases: dict[str, tuple[str, ...]] = {}
        self._begun_occ: dict[str, int] = {}
        self._late: dict[str, float] = {}
        self._selftest: tuple[float, str] = (0.0, "")
        self._testing, self._test_ms = False, 0.0
        self._serving = False
        self._update: tuple[str, Release] | None = None
        self._update_here = False
        self._undecodable = ""
        self._selftests: list[str] = []
        self._fills: dict[str, Plan] = {}
        self._filled = 0
        self._loudness = -1
        self._sorted: list[tuple[PlanItem, str, int]] | None = None
        self._dirty, self._tend_ms = True, 0.0
        self._auth_refusals = 0
        self._asked = 0
        self._hello_ms: float | None = None
        self._hello_wait = float(HELLO_FIRST_MS)
        self._batch_ms: float | None = None
        self._oldest_ms: float | None = None
        self._report_ms = self._beat_ms = 0.0
        self._report_due = True
        self._forget_ms = 0.0
        self._planned_clips: frozenset[str] = frozenset()
        self._out: list[Action] = []
        self._remember()

    # -- what was known before the power went ------------------------------------------------------------------------

    def _remember(self) -> None:
        if self.kept.keys:
            self.keys = {key.kid: key for key in Keys.from_json(self.kept.keys.encode()).keys}
        if self.kept.want:
            self.want = Want.from_json(self.kept.want.encode())
        self.silenced = "revoked" if self.want.revoked else ""
        for raw in self.kept.plans.values():
            plan = Plan.from_large_json(raw.encode())  # one that came behind a pointer is kept whole
            if not plan.pointer:
                self._take_items(plan)
        for name in self.kept.begun:
            if name in self.items:
                item, at = self.items[name][0], self.kept.begun[name]["at"]
                self._begun_occ[item.occ] = max(item.n, self._begun_occ.get(item.occ, -1))
                self._late[item.occ] = max(0.0, at - item.at_ms - self.want.stagger_ms)

    @property
    def volume(self) -> int:
        return self.kept.volume if self.kept.volume >= 0 else self.want.volume

    @property
    def synced(self) -> bool:
        """The station has answered what I hold; nothing newer is on its way."""
        return self.connected and self._hello_ms is None and bool(self.keys)

    # -- the line ----------------------------------------------------------------------------------------------------

    def on_connected(self, now: float) -> list[Action]:
        """The broker has us: subscribe, be born, ask what is newer, send what was not acknowledged."""
        self.connected, self._auth_refusals = True, 0
        if self.silenced == "refused":
            self.silenced = ""
        self._do(Subscribe(tuple(self.topics.terminal_filters(self.did, self.want.zones))))
        state = State("on", self.boot, self.kept.conn, int(now))
        self._do(Publish(self.topics.up(self.did, "state"), state.to_json(), retain=True))
        self._hello_wait, self._report_due, self._batch_ms = float(HELLO_FIRST_MS), True, None
        self._say_hello(now)
        self._do(Tell("connected", {"conn": self.kept.conn}))
        return self._finish(now)

    def on_disconnected(self, now: float) -> list[Action]:
        """The line is gone: the plan goes on by its own clock."""
        self.connected, self._hello_ms = False, None
        self._do(Tell("disconnected"))
        return self._finish(now)

    def on_auth_refused(self, reason: str, now: float) -> list[Action]:
        """The broker does not accept my credentials. Several times in a row: I was revoked, so I fall silent."""
        self._auth_refusals += 1
        if self._auth_refusals >= AUTH_REFUSALS and not self.silenced:
            self._silence("refused", f"the broker refuses this terminal: {reason}")
        return self._finish(now)

    def farewell(self, now: float) -> list[Action]:
        """The program ends on purpose."""
        state = State("off", self.boot, self.kept.conn, int(now))
        return [Publish(self.topics.up(self.did, "state"), state.to_json(), retain=True)]

    def will(self, conn: int) -> tuple[str, bytes]:
        """What the broker shall say when this connection dies."""
        return self.topics.up(self.did, "state"), State("lost", self.boot, conn).to_json()

    def on_message(self, topic: str, payload: bytes, now: float) -> list[Action]:
        """Whatever the line brings. What cannot be believed is counted, told, and changes nothing."""
        try:
            address = self.topics.parse(topic)
            match (address.kind, address.channel):
                case ("s", "keys"):
                    self._hear_keys(payload, now)
                case ("d", "dn/want") if address.name == self.did:
                    self._hear_want(payload, now)
                case ("d", "dn/cmd") if address.name == self.did:
                    self._hear_command(payload, self.did, now)
                case ("d", "dn/rsp") if address.name == self.did:
                    self._hear_answer(Answer.from_json(payload), now)
                case ("z", "plan") if address.name in self.want.zones:
                    self._hear_plan(payload, address.name, now)
                case ("z", "cmd") if address.name in self.want.zones:
                    self._hear_command(payload, address.name, now)
                case _:
                    raise BadTopic("not meant for me")
        except (BadSignature, BadMessage, BadTopic) as error:
            if not self.keys and len(self._unread) < MAX_ZONES + 1 and topic.endswith(("/want", "/plan")):
                self._unread[topic] = payload  # retained messages may come before the key set: read them again then
                return self._finish(now)
            self.refused += 1
            self._do(Tell("refused", {"topic": topic[:128], "reason": str(error)}))
        return self._finish(now)

    def _verified(self, payload: bytes, typ: str, auds: set[str], now: float, held: int) -> Verified | None:
        """The payload; None for the very message I hold already (retained ones come again at every connection)."""
        root = typ == Keys.typ
        found = verify(
            payload, self.roots if root else self.keys, typ=typ, auds=auds, now_s=now / 1000,
            use="root" if root else "programme", after_seq=held - 1,
        )  # fmt: skip
        return None if found.seq == held else found

    def _hear_keys(self, payload: bytes, now: float) -> None:
        found = self._verified(payload, Keys.typ, {self.credentials.domain}, now, self.kept.keys_seq)
        if found is None:
            return
        keys = Keys.from_json(found.payload)
        if keys.seq != found.seq:
            raise BadMessage(f"seq: {keys.seq} inside, {found.seq} signed")
        self.keys = {key.kid: key for key in keys.keys}
        self._keep({"do": "keys", "seq": keys.seq, "raw": found.payload.decode()})
        self._do(Tell("keys", {"seq": keys.seq, "kids": sorted(self.keys)}))
        unread, self._unread = self._unread, {}
        for topic in sorted(unread):
            out, self._out = self._out, []
            self._out = out + self.on_message(topic, unread[topic], now)
        # What the old set could not verify is asked for again.
        self._hello_wait = float(HELLO_FIRST_MS)
        self._say_hello(now)

    def _hear_want(self, payload: bytes, now: float) -> None:
        found = self._verified(payload, Want.typ, {self.did}, now, self.kept.want_rev)
        if found is None:
            return
        want = Want.from_json(found.payload)
        if want.rev != found.seq:
            raise BadMessage(f"rev: {want.rev} inside, {found.seq} signed")
        if len(want.zones) > MAX_ZONES or not all(LEVEL.match(zid) for zid in want.zones):
            raise BadMessage(f"zones: at most {MAX_ZONES} well-formed names")
        _check_hours("caps", want.caps)
        _check_hours("quiet", want.quiet)
        _check_moment("selftest", want.selftest)
        if not all(serves_near(base) for base in want.lan):
            raise BadMessage("lan: only addresses of a private network")
        self._test_ms = 0.0
        before, self.want = self.want, want
        self._keep({"do": "want", "rev": want.rev, "raw": found.payload.decode()})
        self._follow(before.zones, want.zones, now)
        if want.metered != before.metered:
            for raw in self.kept.plans.values():
                self._take_items(Plan.from_large_json(raw.encode()))
        if want.volume != before.volume or self.kept.volume < 0:
            self._set_volume(want.volume, now)
        if want.revoked:
            self._silence("revoked", "the station has revoked this terminal")
        elif self.silenced == "revoked":
            self.silenced = ""
        self._report_due = True
        self._do(Tell("want", {"rev": want.rev, "zones": list(want.zones), "volume": want.volume}))

    def _follow(self, before: tuple[str, ...], zones: tuple[str, ...], now: float) -> None:
        left = tuple(zid for zid in before if zid not in zones)
        joined = tuple(zid for zid in zones if zid not in before)
        for zid in left:
            self._keep({"do": "leave", "zid": zid})
            self._drop_zone(zid)
        own = set(self.topics.terminal_filters(self.did, ()))
        if left and self.connected:
            self._do(Unsubscribe(tuple(f for f in self.topics.terminal_filters(self.did, left) if f not in own)))
        if joined and self.connected:
            self._do(Subscribe(tuple(f for f in self.topics.terminal_filters(self.did, joined) if f not in own)))
            self._say_hello(now)

    def _drop_zone(self, zid: str) -> None:
        self.items = {name: found for name, found in self.items.items() if found[1] != zid}
        self._fills.pop(zid, None)
        self._sorted = None

    def _hear_plan(self, payload: bytes, zid: str, now: float) -> None:
        found = self._verified(payload, Plan.typ, {zid}, now, self.kept.plan_revs.get(zid, 0))
        if found is None:
            return
        plan = Plan.from_json(found.payload)
        if plan.rev != found.seq or plan.zid != zid:
            raise BadMessage(f"rev {plan.rev} of zone {plan.zid[:40]!r} inside, {found.seq} of {zid!r} signed")
        if plan.pointer:
            self._point(plan)
            return
        self._check_items(plan)
        self._accept(plan, found.payload.decode(), now)

    def _point(self, plan: Plan) -> None:
        """A plan too large for one message lies behind HTTP; its digest was signed."""
        if not SHA256.match(plan.pointer_sha256):
            raise BadMessage("pointer_sha256: expected 64 hex digits")
        self._pointers[plan.pointer_sha256] = (plan.zid, plan.rev)
        urls = self._urls(plan.base, plan.pointer)
        self._do(Fetch(plan.pointer_sha256, urls, plan.pointer_bytes, read=True))

    def _check_items(self, plan: Plan) -> None:
        if len(plan.items) > MAX_ITEMS:
            raise BadMessage(f"items: {len(plan.items)}, more than the {MAX_ITEMS} allowed")
        for item in plan.items:
            if not SHA256.match(item.clip):
                raise BadMessage(f"item {item.id[:40]!r}: clip is not a sha256")
            if item.bytes <= 0 or item.ms < 0 or item.skip < 0 or not -60.0 <= item.gain_db <= 20.0 or not -1 <= item.volume <= 100:
                raise BadMessage(f"item {item.id[:40]!r}: bytes, ms, skip, gain_db or volume out of range")
            if any(not SHA256.match(each.clip) or each.bytes <= 0 or each.skip < 0 for each in item.others):
                raise BadMessage(f"item {item.id[:40]!r}: an alternate's clip, bytes or skip out of range")
            if item.start not in STARTS or item.brk not in BREAKS:
                raise BadMessage(f"item {item.id[:40]!r}: no start is called {item.start[:20]!r}, or no break {item.brk[:20]!r}")
        if any(not SHA256.match(each.clip) or each.bytes <= 0 or each.ms <= 0 for each in plan.fill):
            raise BadMessage("fill: a clip, bytes or ms out of range")
        _check_hours("fill_hours", plan.fill_hours)

    def _accept(self, plan: Plan, raw: str, now: float) -> None:
        again = {item.id for item in plan.items}
        for item, zid, rev in self._open():
            # Its time had come but it has not sounded, and the station no longer plans it: say so rather than nothing.
            if zid == plan.zid and item.id not in again and item.at_ms <= now and item.id not in self.kept.begun:
                self._receipt(item, rev, "missed", now, detail="taken from the plan before it could sound")
        self._keep({"do": "plan", "zid": plan.zid, "rev": plan.rev, "raw": raw})
        self._drop_zone(plan.zid)
        self._take_items(plan)
        self._report_due = True
        self._do(Tell("plan", {"zid": plan.zid, "rev": plan.rev, "items": len(plan.items)}))

    def _take_items(self, plan: Plan) -> None:
        self._bases[plan.zid] = plan.base
        for item in plan.items:
            self.items[item.id] = (self._suited(item), plan.zid, plan.rev)
        if plan.fill or plan.fill_hours:
            self._fills[plan.zid] = plan
        self._sorted, self._dirty = None, True

    @property
    def can(self) -> tuple[str, ...]:
        """What it plays, best liked first: the smallest where every byte is paid for."""
        can = self.capabilities.can
        return ("opus", *(name for name in can if name != "opus")) if self.want.metered and "opus" in can else can

    def _suited(self, item: PlanItem) -> PlanItem:
        """The item in the format this terminal likes best; where bytes are paid for, in one that is here already."""
        if self.want.metered:
            for name in ("mp3", *(other.format for other in item.others)):
                found = item.suited((name,))
                if name in self.can and self.clips.get(found.clip, _Clip()).state == "stored":
                    return found
        return item.suited(self.can)

    def _hear_command(self, payload: bytes, aud: str, now: float) -> None:
        found = self._verified(payload, Command.typ, {aud}, now, -1)
        if found is None:
            return
        command = Command.from_json(found.payload)
        if command.id in self.kept.commands:
            return
        self._keep({"do": "command", "id": command.id, "exp": found.exp})
        refusal = self._obey(command, now)
        if refusal is None:
            return
        self._acknowledge(command.id, "refused" if refusal else "done", refusal, now)

    def _obey(self, command: Command, now: float) -> str | None:
        """Why the command is refused, "" when it is done, None when the answer comes later."""
        match command.op:
            case "chime":
                if self.silenced or self.sounding:
                    return self.silenced or f"busy: {self.sounding[0].item.title or self.sounding[0].item.id} is playing"
                self._chimes[command.id] = command.id
                self._do(Chime(command.id, now + 100))
                return None
            case "volume":
                volume = command.args.get("volume")
                if type(volume) is not int or not 0 <= volume <= 100:
                    return "volume must be a whole number from 0 to 100"
                self._set_volume(volume, now)
                return ""
            case "mute":
                muted = command.args.get("muted", True)
                if type(muted) is not bool:
                    return "muted must be true or false"
                self._keep({"do": "mute", "to": muted})
                self._heed_hours(now)
                self._report_due = True
                return ""
            case "stop":
                self._stop(str(command.args.get("occ", "")), now)
                return ""
            case "report":
                self._report_due = True
                return ""
            case "update":
                return self._order_update(command, now)
            case "log":
                if self.want.metered:
                    return "every byte of this line is paid for: no logs"
                self._do(SendLog(command.id))
                return None
            case "selftest":
                self._selftests.append(command.id)
                self._test_ms = now
                return None
        return f"unknown command {command.op[:40]!r}"

    def _order_update(self, command: Command, now: float) -> str | None:
        """Believes only what a key for updates has signed, and nothing older than it had before."""
        try:
            found = verify(
                str(command.args.get("release", "")).encode(), self.keys, typ=Release.typ, auds={self.credentials.domain},
                now_s=now / 1000, use="update", after_seq=self.kept.release_seq - 1,
            )  # fmt: skip
            release = Release.from_json(found.payload)
        except (BadSignature, BadMessage) as error:
            return f"update: {error}"
        if release.version == self.capabilities.version:
            return ""
        if not SHA256.match(release.sha) or not 0 < release.bytes <= RELEASE_MAX or not 0 < release.minutes <= 120:
            return "update: sha, bytes or minutes out of range"
        if self._update is not None:
            return f"update: {self._update[1].version} is on its way already"
        self._keep({"do": "release", "seq": found.seq})
        self._update, self._update_here = (command.id, release), False
        self._do(Fetch(release.sha, self._urls((), release.url), release.bytes))
        self._do(Tell("update", {"version": release.version}))
        return None

    def _update_fetched(self, ok: bool, reason: str, now: float) -> None:
        assert self._update is not None
        if ok:
            self._update_here = True
        else:
            self._acknowledge(self._update[0], "refused", f"update: {reason}", now)
            self._update = None

    def _install_in_a_pause(self, now: float) -> None:
        """Nobody's programme is broken off, or begun late, for a new version."""
        if self._update is None or not self._update_here:
            return
        if self.sounding or self.over or any(self._due_ms(item) - now < UPDATE_ROOM_MS for item, _, _ in self._near(now)):
            self._wake(now + TEST_AGAIN_MS)
            return
        name, release = self._update
        self._update = None
        self._do(Install(name, release.sha, release.version, release.minutes))

    def on_installed(self, name: str, reason: str, now: float) -> list[Action]:
        """Unpacked and about to start anew; or why not."""
        self._acknowledge(name, "refused" if reason else "done", reason or "unpacked; starts anew on trial", now)
        return self._finish(now)

    def _acknowledge(self, name: str, result: str, detail: str, now: float) -> None:
        ack = Ack(name, result, detail, float(now))
        self._do(Publish(self.topics.up(self.did, "ack"), ack.to_json()))
        self._do(Tell("command", {"id": name, "result": result, "detail": detail}))

    def _stop(self, occ: str, now: float) -> None:
        """Break off one occurrence, or whatever sounds; what remains of it is not played either."""
        voices = [*self.sounding, *([self.over] if self.over else [])]
        paused = {self.items[name][0].occ for name, begun in self.kept.begun.items() if begun["paused"] >= 0 and name in self.items}
        stopped = {occ} if occ else {voice.item.occ for voice in voices} | paused
        placed = {voice.item.id for voice in voices}
        if not occ or any(voice.item.occ == occ for voice in voices):
            for voice in voices:
                # without a name everything ends; with one, what shares the device goes on afterwards
                if not occ or voice.item.occ == occ:
                    voice.why, voice.final = "stopped by the operator", True
                else:
                    voice.why, voice.resume = "another programme was stopped", True
            self._do(StopPlaying())
        for item, _, rev in list(self.items.values()):
            if item.occ in stopped and item.id not in placed and item.id not in self.kept.done:
                self._end_unheard(item, rev, "preempted", now, "stopped by the operator")

    def _end_unheard(self, item: PlanItem, rev: int, result: str, now: float, detail: str) -> None:
        """The last receipt of an item that does not sound now; what was heard of it before an interruption is told."""
        begun = self.kept.begun.get(item.id)
        start, heard = (begun["row"][3], max(0.0, begun["paused"])) if begun else (0.0, 0.0)
        self._receipt(item, rev, result, now, start_ms=start, dur_ms=heard, detail=detail)

    def _set_volume(self, volume: int, now: float) -> None:
        self._keep({"do": "volume", "to": min(100, max(0, volume))})
        self._heed_hours(now)
        self._report_due = True

    def _heed_hours(self, now: float) -> None:
        """How loud it may be at this hour, told to the mixer when it changes."""
        loudness = 0 if self.kept.muted else min(self.volume, cap(self.want.caps, now, self.want.tz))
        if loudness != self._loudness:
            self._loudness = loudness
            self._do(SetVolume(loudness))

    def _level(self, item: PlanItem) -> int:
        """The volume of one item: its own under the hour's cap; an emergency is bound by neither cap nor mute."""
        wished = item.volume if item.volume >= 0 else self.volume
        return wished if item.priority == EMERGENCY else min(wished, max(self._loudness, 0) if self._loudness >= 0 else wished)

    def _silence(self, why: str, words: str) -> None:
        self.silenced = why
        for voice in [*self.sounding, *([self.over] if self.over else [])]:
            voice.why, voice.final = words, True
        self._do(StopPlaying())
        self._do(Tell("silenced", {"reason": words}))

    def _hear_answer(self, answer: Answer, now: float) -> None:
        if answer.op == "hello":
            self._hello_ms = None
            self._do(Confirm())
        elif answer.op == "rcpt" and self.kept.batch and answer.seq == self.kept.batch_seq:
            rows = self.kept.batch
            self._keep({"do": "acked", "seq": answer.seq})
            self._batch_ms = None
            for row in rows:
                self._do(Tell("acknowledged", {"item": row[0], "result": row[5], "seq": answer.seq}))

    # -- the hands report back ---------------------------------------------------------------------------------------

    def on_fetched(self, sha: str, ok: bool, reason: str, now: float, content: bytes = b"") -> list[Action]:
        """A download ended. ``content`` only for what was asked with ``read``."""
        if self._update is not None and sha == self._update[1].sha:
            self._update_fetched(ok, reason, now)
            return self._finish(now)
        if sha in self._pointers:
            self._read_pointer(sha, ok, reason, content, now)
            return self._finish(now)
        clip = self.clips.setdefault(sha, _Clip())
        self._dirty = True
        if ok:
            clip.state, clip.reason, clip.tries = "stored", "", 0
        else:
            clip.state, clip.reason, clip.tries = "wanted", reason, clip.tries + 1
            clip.again_ms = now + min(FETCH_MOST_MS, FETCH_FIRST_MS * 2 ** min(10, clip.tries - 1))
            self._do(Tell("fetch failed", {"clip": sha, "reason": reason}))
        return self._finish(now)

    def _read_pointer(self, sha: str, ok: bool, reason: str, content: bytes, now: float) -> None:
        zid, rev = self._pointers.pop(sha)
        try:
            if not ok:
                raise BadMessage(reason)
            plan = Plan.from_large_json(content)
            if plan.zid != zid or plan.rev != rev or rev <= self.kept.plan_revs.get(zid, 0):
                raise BadMessage(f"rev {plan.rev} of {plan.zid[:40]!r} behind the pointer, expected {rev} of {zid!r}")
            self._check_items(plan)
            if zid in self.want.zones:
                self._accept(plan, content.decode(), now)
        except BadMessage as error:
            self.refused += not ok
            self._do(Tell("refused", {"topic": self.topics.zone(zid, "plan"), "reason": str(error)}))

    def on_prepared(self, sha: str, ok: bool, reason: str, now: float) -> list[Action]:
        """A clip is decoded, or cannot be."""
        clip = self.clips.setdefault(sha, _Clip(state="stored"))
        self._dirty = True
        clip.ready, clip.reason = ("yes", "") if ok else ("no", reason)
        before, self._undecodable = self._undecodable, "" if ok else reason[:200]
        self._report_due = self._report_due or before != self._undecodable
        return self._finish(now)

    def on_not_prepared(self, sha: str, reason: str, now: float) -> list[Action]:
        """For want of room, not for anything wrong with the clip: tried again while its time lasts."""
        clip = self.clips.setdefault(sha, _Clip(state="stored"))
        clip.ready, clip.reason, clip.again_ms = "later", reason, now + PREPARE_AGAIN_MS
        self._dirty = True
        self._do(Tell("not prepared", {"clip": sha, "reason": reason}))
        return self._finish(now)

    def on_lost(self, sha: str, reason: str, now: float) -> list[Action]:
        """A clip that was stored is stored no more: it is fetched again at once."""
        self.clips[sha] = _Clip(reason=reason)
        self._dirty = True
        return self._finish(now)

    def on_started(self, item: str, start_ms: float, now: float) -> list[Action]:
        """The first sample left the device at ``start_ms``."""
        if item in self._chimes:
            self._acknowledge(self._chimes.pop(item), "done", "", start_ms)
            return self._finish(now)
        voice = self._voice(item)
        if voice is not None:
            voice.ends_ms += start_ms - voice.began_ms
            voice.began_ms = start_ms
            if not voice.filler and not self.kept.begun.get(item, {}).get("heard"):
                self._receipt(voice.item, voice.rev, "started", now, start_ms=start_ms)
            self._report_due = True
        return self._finish(now)

    def on_finished(self, item: str, start_ms: float, dur_ms: float, how: str, now: float, reason: str = "") -> list[Action]:
        """``how``: finished, preempted, dropped (never sounded, may come again), failed."""
        if item in self._chimes and how != "finished":
            self._acknowledge(self._chimes.pop(item), "refused", reason or how, now)
        voice = self._voice(item)
        if voice is None:
            return self._finish(now)
        if voice is self.over:
            self.over = None
        else:
            self.sounding.remove(voice)
        self._report_due = True
        if not voice.filler:
            self._ended(voice, start_ms, dur_ms, how, now, reason)
        return self._finish(now)

    def _ended(self, voice: _Sounding, start_ms: float, dur_ms: float, how: str, now: float, reason: str) -> None:
        """It comes again, goes on later, or is over: then the last receipt is written."""
        item, begun = voice.item, self.kept.begun.get(voice.item.id)
        if how == "dropped" and not voice.final and not voice.offset_ms:
            self._keep({"do": "unbegin", "id": item.id})
            return
        heard = voice.offset_ms + dur_ms
        goes_on = how in ("preempted", "dropped") and voice.resume and not voice.final
        if goes_on and begun is not None and item.ms - heard >= WORTH_MS and now < self._until(item):
            self._keep({"do": "pause", "id": item.id, "heard": round(heard, 3), "why": voice.why})
            return
        result = "preempted" if how == "dropped" else how
        row, detail = begun["row"] if begun else None, voice.why or reason
        if voice.offset_ms and row and row[3]:
            start_ms = row[3]
            detail = detail or (f"went on after {begun['why']}" if voice.resumed and begun else "went on after a power cut")
        self._receipt(item, voice.rev, result, now, start_ms=start_ms, dur_ms=heard if voice.resumed else dur_ms, detail=detail)

    def on_machine(self, now: float, free_bytes: int = 0, faults: dict[str, str] | None = None, serves: str = "") -> list[Action]:
        """What the hands say about disk and sound device, and where they serve neighbours; told at once when it is news."""
        before, self.machine = self.machine, _Machine(free_bytes, dict(faults or {}), serves)
        silence = before.faults.get("silence")
        if silence:  # the agent's own word
            self.machine.faults["silence"] = silence
        self._report_due = self._report_due or (before.faults, before.serves) != (self.machine.faults, serves)
        return self._finish(now)

    def on_log_sent(self, name: str, sha: str, reason: str, now: float) -> list[Action]:
        """The log is on its way, whole when it has this digest; or it could not be sent."""
        self._acknowledge(name, "done" if sha else "refused", sha or reason, now)
        return self._finish(now)

    def on_selftest(self, ok: bool, words: str, now: float) -> list[Action]:
        """Decoder, mixer and device were tried in silence."""
        self._testing, self._selftest = False, (now, "ok" if ok else words[:200])
        self._report_due = True
        self._do(Tell("selftest", {"ok": ok, "detail": words}))
        for name in self._selftests:
            self._acknowledge(name, "done" if ok else "refused", words, now)
        self._selftests = []
        return self._finish(now)

    def on_clock(self, error_ms: float, known: bool, stepped: bool, now: float) -> list[Action]:
        """How sure the time is. After a step everything signed is asked for again: it may have been refused by the old time."""
        self.clock_error_ms, self.clock_known = error_ms, known
        if stepped and self.connected:
            self._hello_wait, self._report_due = float(HELLO_FIRST_MS), True
            self._say_hello(now)
        return self._finish(now)

    def tick(self, now: float) -> list[Action]:
        """Time passes. Cheap until ``wake_ms``."""
        return self._finish(now) if now >= self.wake_ms else []

    # -- what is due -------------------------------------------------------------------------------------------------

    def _finish(self, now: float) -> list[Action]:
        self.wake_ms = now + 30_000
        self._heed_hours(now)
        if self._serving != self.want.head:
            self._serving = self.want.head
            self._do(Serve(self._serving))
        self._after_power_cut(now)
        if not self.silenced:
            self._tend(now)
            self._choose(now)
            self._fill_pause(now)
            self._test_in_silence(now)
        self._install_in_a_pause(now)
        if self.connected:
            self._send(now)
        if now >= self._forget_ms:
            self._forget_ms = now + FORGET_EVERY_MS
            known = {item.occ for item, _, _ in self.items.values()}
            self._begun_occ = {occ: n for occ, n in self._begun_occ.items() if occ in known}
            self._late = {occ: late for occ, late in self._late.items() if occ in known}
            self._keep({"do": "forget", "before": int(now) - REMEMBER_MS})
        out, self._out = self._out, []
        return out

    def _wake(self, at_ms: float) -> None:
        self.wake_ms = min(self.wake_ms, at_ms)

    def _due_ms(self, item: PlanItem) -> float:
        """When the item is due here: a programme that was held up is late as a whole."""
        return item.at_ms + self.want.stagger_ms + self._late.get(item.occ, 0.0)

    def _until(self, item: PlanItem) -> float:
        return float(item.expires_ms + self.want.stagger_ms)

    def _after_power_cut(self, now: float) -> None:
        """Items that had begun before this program started: go on where they would be now, or own up."""
        for name, begun in list(self.kept.begun.items()):
            if self._voice(name) is not None:
                continue
            found = self.items.get(name)
            row, paused = Receipt.from_row(begun["row"]), float(begun["paused"])
            if paused >= 0:
                if found is None or self.silenced or now >= self._until(found[0]):
                    why = begun["why"] if found is not None else "taken from the plan"
                    self._own_up(row, begun, "preempted", paused, f"{why}; its time was over before it could go on")
            elif found is None or self.silenced or begun["at"] + found[0].ms - WORTH_MS < now or now >= self._until(found[0]):
                self._own_up(row, begun, "failed", 0.0, "power cut")
            elif now < begun["at"]:
                self._keep({"do": "unbegin", "id": name})

    def _own_up(self, row: Receipt, begun: dict[str, Any], result: str, heard_ms: float, why: str) -> None:
        last = Receipt(row.item, row.clip, row.rev, row.start_ms, heard_ms, result, row.volume, round(self.clock_error_ms, 3), why[:200])
        self._keep({"do": "receipt", "row": last.to_row(), "until": int(begun["until"])})
        self._do(Tell(result, {"item": row.item, "detail": why}))

    def _open(self) -> list[tuple[PlanItem, str, int]]:
        """Planned, not placed, not over, in the order of their times."""
        if self._sorted is None:
            self._sorted = sorted(self.items.values(), key=lambda found: (found[0].at_ms, found[0].n, found[0].id))
        placed, done = self._placed(), self.kept.done
        self._sorted = [found for found in self._sorted if found[0].id not in done]
        return [found for found in self._sorted if found[0].id not in placed]

    def _placed(self) -> set[str]:
        return {voice.item.id for voice in self.sounding} | ({self.over.item.id} if self.over else set())

    def _near(self, now: float) -> Iterator[tuple[PlanItem, str, int]]:
        """Of those only the ones whose time has come or comes within the next moments: a week of others costs nothing."""
        if self._sorted is None:
            self._open()
        placed, done, last = self._placed(), self.kept.done, now + PREPARE_MS - self.want.stagger_ms
        for found in self._sorted or ():
            if found[0].at_ms > last:
                self._wake(now + found[0].at_ms - last)
                return
            if found[0].id not in done and found[0].id not in placed:
                yield found

    def _tend(self, now: float) -> None:
        """Fetch, decode, report what is stored, and give up what is over: when something changed, or its time has come."""
        if self._dirty or now >= self._tend_ms:
            self._tend_ms = now + 3_600_000
            self._look_through(now)
            self._dirty = False
        self._wake(self._tend_ms)

    def _look_through(self, now: float) -> None:
        for item, _, rev in self._open():
            if item.id not in self.kept.begun and (gone := self._gone(item, now)):
                self._end_unheard(item, rev, gone[0], now, gone[1])
        waiting = self._open()
        # said before anything is fetched: nothing that is planned is evicted for it
        self._keep_clips({item.clip for item, _, _ in waiting})
        for item, zid, rev in waiting:
            self._bring(item, zid, rev, now)
            self._tend_ms = min(self._tend_ms, self._until(item) + 1)
        for plan in self._fills.values():
            for each in plan.fill:
                self._fetch(each.clip, self._urls(plan.base, each.url), each.bytes, now)

    def _keep_clips(self, clips: set[str]) -> None:
        clips |= {voice.item.clip for voice in self.sounding} | ({self.over.item.clip} if self.over else set())
        clips |= {each.clip for plan in self._fills.values() for each in plan.fill}
        clips |= {self._update[1].sha} if self._update else set()
        if clips != self._planned_clips:
            self._planned_clips = frozenset(clips)
            self._do(KeepClips(self._planned_clips))
            self.clips = {sha: clip for sha, clip in self.clips.items() if sha in clips or clip.state == "fetching"}

    def _gone(self, item: PlanItem, now: float) -> tuple[str, str] | None:
        """Result and reason when this item can no longer sound."""
        clip = self.clips.get(item.clip, _Clip())
        if clip.ready == "no":
            return "failed", clip.reason
        if now >= self._until(item):
            if clip.ready == "yes" and self._quiet(item, now):
                return "missed", "quiet hours"
            if clip.reason:
                return "failed", f"the clip never came: {clip.reason}"
            return "missed", "its time was over" if clip.state == "stored" else "its time was over before the clip was here"
        if self._begun_occ.get(item.occ, -1) > item.n:
            return "failed", f"came too late: {clip.reason or 'a later item of this programme had begun'}"
        return None

    def _quiet(self, item: PlanItem, now: float) -> bool:
        return item.priority != EMERGENCY and within(self.want.quiet, now, self.want.tz)

    def _bring(self, item: PlanItem, zid: str, rev: int, now: float) -> None:
        due = self._due_ms(item)
        clip = self.clips.get(item.clip) or self.clips.setdefault(item.clip, _Clip(again_ms=now + self._spread(due - now)))
        if clip.state == "wanted":
            self._fetch(item.clip, self._urls(self._bases.get(zid, ()), item.url), item.bytes, now)
        if clip.state != "stored":
            return
        if item.id not in self.kept.stored:
            self._receipt(item, rev, "stored", now)
        prepare_ms = due - (EARLY_MS if item.priority <= URGENT and item.ms <= SHORT_MS else PREPARE_MS)
        if clip.ready == "later":
            self._tend_ms = min(self._tend_ms, clip.again_ms)
            clip.ready = "" if clip.again_ms <= now else "later"
        if not clip.ready and prepare_ms <= now:
            clip.ready, clip.asked_ms = "asked", now
            self._do(Prepare(item.clip))
        elif not clip.ready:
            self._tend_ms = min(self._tend_ms, prepare_ms)

    def _spread(self, ahead_ms: float) -> float:
        """Milliseconds to wait before fetching what is needed in ``ahead_ms``: a province does not ask for a file in one second."""
        room = min(SPREAD_MOST_MS, (ahead_ms - SPREAD_END_MS) / 2)
        return room * (zlib.crc32(self.did.encode()) % 4096) / 4096 if room > 0 else 0.0

    def _fetch(self, sha: str, urls: tuple[str, ...], size: int, now: float) -> None:
        clip = self.clips.setdefault(sha, _Clip())
        if clip.state == "wanted":
            if clip.again_ms <= now:
                clip.state = "fetching"
                self._do(Fetch(sha, urls, size))
            else:
                self._tend_ms = min(self._tend_ms, clip.again_ms)

    def _urls(self, bases: tuple[str, ...], url: str) -> tuple[str, ...]:
        if url.startswith(("http://", "https://")):
            return (url,)
        every = dict.fromkeys((*self.want.lan, *bases, *self.want.base, *self.credentials.base))
        http = tuple(base.rstrip("/") + "/" + url.lstrip("/") for base in every if base.startswith(("http://", "https://")))
        return (*http, LINE) if LINE in every else http

    def _choose(self, now: float) -> None:
        """Hands the player what sounds next, and breaks off the less important."""
        for _ in range(4):
            on = self.sounding[-1] if self.sounding else None
            holds = On(on.item, on.ends_ms) if on else None
            over = On(self.over.item, self.over.ends_ms) if self.over else None
            choice, again = next_choice(self._waiting(now), holds, over, len(self.sounding), now)
            if choice is None:
                self._wake(again)
                return
            self._place(choice, now)
        self._wake(now + 20)

    def _waiting(self, now: float) -> list[Due]:
        """What may be started within the next moments; all of it when something more important may come between."""
        found = []
        for item, _, rev in self._near(now):
            due = self._due_ms(item)
            begun = self.kept.begun.get(item.id)
            clip = self.clips.get(item.clip, _Clip())
            may = (begun is not None or not self._quiet(item, now)) and (self.clock_known or item.priority == EMERGENCY)
            coming = may and clip.ready == "asked" and now - clip.asked_ms < DECODE_MS
            heard = max(0.0, begun["paused"]) if begun else 0.0
            found.append(Due(item, rev, due, self._until(item), may and clip.ready == "yes", heard, item.occ in self._begun_occ, coming))
        return found

    def _place(self, choice: Choice, now: float) -> None:
        due, item = choice.due, choice.due.item
        last = self.sounding[-1] if self.sounding else None
        follows = choice.how == "follow" and last is not None
        join = bool(follows and last and last.item.occ == item.occ and item.n > last.item.n and abs(due.at_ms - last.ends_ms) < JOIN_MS)
        at_ms, offset, resumed = max(due.at_ms, now), 0.0, False
        if follows and last:
            at_ms = last.ends_ms if join else max(at_ms, last.ends_ms)
        begun = self.kept.begun.get(item.id)
        if begun and begun["paused"] >= 0:
            offset, resumed = float(begun["paused"]), True
        elif begun:
            at_ms = max(at_ms, now + 100)
            offset = max(1.0, at_ms - begun["at"])
        if not begun or resumed:
            row = Receipt(item.id, item.clip, due.rev, 0.0, 0.0, "started", self._level(item)).to_row()
            self._keep({"do": "begin", "id": item.id, "at": at_ms - offset, "until": item.expires_ms, "row": row})
        if choice.how == "cut":
            for each in [*self.sounding, *([self.over] if self.over else [])]:
                each.why = each.why or f"a more important programme: {item.title or item.id}"
                each.resume = item.brk != "skip" and not each.filler
        voice = _Sounding(item, due.rev, min(at_ms + item.ms - offset, due.until_ms), at_ms, offset, resumed)
        if choice.how == "over":
            self.over = voice
        else:
            self.sounding.append(voice)
        self._begun_occ[item.occ] = max(item.n, self._begun_occ.get(item.occ, -1))
        self._late[item.occ] = max(0.0, at_ms - offset - item.at_ms - self.want.stagger_ms)
        volume = self._level(item) if item.volume >= 0 or item.priority == EMERGENCY else -1
        self._do(
            Play(
                item.id, item.clip, at_ms, item.skip, item.gain_db, offset, join, choice.how == "cut", choice.how == "over", due.until_ms, volume,
                item.ms,
            )
        )  # fmt: skip

    def _voice(self, item: str) -> _Sounding | None:
        if self.over is not None and self.over.item.id == item:
            return self.over
        return next((voice for voice in self.sounding if voice.item.id == item), None)

    def _test_in_silence(self, now: float) -> None:
        """At the hour of ``want``, once a night, and when told to: but never while something sounds or is about to."""
        if self._test_ms <= 0:
            self._test_ms = next_at(self.want.selftest, now, self.want.tz) if self.want.selftest else float("inf")
        if now < self._test_ms:
            self._wake(self._test_ms)
        elif self._testing:
            return
        elif self.sounding or self.over or self._soon(now):
            self._wake(now + TEST_AGAIN_MS)
        else:
            self._testing, self._test_ms = True, 0.0
            self._do(TrySilently())

    # -- hours that shall not be silent ------------------------------------------------------------------------------

    def _fill_pause(self, now: float) -> None:
        """Where something should sound and nothing does: the default playlist, then fallback media, then a fault."""
        self.machine.faults.pop("silence", None)
        if self.sounding or self.over or not (self._fills or self.items):
            return
        if not self.clock_known or within(self.want.quiet, now, self.want.tz):
            return  # nobody knows the hour, or it is to be quiet
        open_hours = [plan for plan in self._fills.values() if within(plan.fill_hours, now, plan.tz)]
        lacking = self._lacking(now)
        if (not open_hours and lacking is None) or self._soon(now):
            return
        default = [(plan.zid, each) for plan in open_hours for each in plan.fill if each.kind == "default"]
        fallback = [(plan.zid, each) for plan in self._fills.values() for each in plan.fill if each.kind != "default"]
        for zid, each in [*self._turned(default), *self._turned(fallback)]:
            clip = self.clips.get(each.clip, _Clip())
            if clip.state != "stored" or clip.ready == "no":
                continue
            if not clip.ready:
                clip.ready = "asked"
                self._do(Prepare(each.clip))
            if clip.ready == "yes":
                self._play_fill(zid, each, now)
            return
        self.machine.faults["silence"] = f"silence: {lacking or 'nothing of the default playlist is stored'}"

    def _turned(self, fills: list[tuple[str, Fill]]) -> list[tuple[str, Fill]]:
        """The clips in their order, beginning behind the one that was played last."""
        turn = self._filled % len(fills) if fills else 0
        return fills[turn:] + fills[:turn]

    def _lacking(self, now: float) -> str | None:
        """A programme that should sound now and cannot, in words."""
        for item, _, _ in self._near(now):
            due = self._due_ms(item)
            clip = self.clips.get(item.clip, _Clip())
            if due <= now < due + item.ms and clip.ready != "yes" and not self._quiet(item, now):
                return f"{item.title or item.id} is not here: {clip.reason or clip.state}"
        return None

    def _soon(self, now: float) -> bool:
        """Whether a programme that can sound begins in a moment."""
        return any(self._due_ms(each.item) - now < FILL_ROOM_MS for each in self._waiting(now) if each.ready)

    def _play_fill(self, zid: str, fill: Fill, now: float) -> None:
        self._filled += 1
        name = f"fill-{self._filled}"
        item = PlanItem(
            name, name, 0, int(now), fill.clip, fill.url, fill.bytes, fill.ms, int(now) + fill.ms + 1000, skip=fill.skip, gain_db=fill.gain_db,
            priority=7, rank=FILL_RANK, title=fill.title,
        )  # fmt: skip
        self.sounding.append(_Sounding(item, 0, now + 50 + fill.ms, now + 50, filler=True))
        self._do(Play(name, fill.clip, now + 50, fill.skip, fill.gain_db, ms=fill.ms))
        self._do(Tell("fill", {"zid": zid, "title": fill.title, "kind": fill.kind}))

    # -- what is said ------------------------------------------------------------------------------------------------

    def _receipt(
        self, item: PlanItem, rev: int, result: str, now: float, *, start_ms: float = 0.0, dur_ms: float = 0.0, detail: str = ""
    ) -> None:
        receipt = Receipt(
            item.id, item.clip, rev, round(start_ms, 3), round(dur_ms, 3), result, self._level(item), round(self.clock_error_ms, 3), detail[:200],
        )  # fmt: skip
        self._keep({"do": "receipt", "row": receipt.to_row(), "until": item.expires_ms})
        if self._oldest_ms is None:
            self._oldest_ms = now
        facts: dict[str, Any] = {"item": item.id, "title": item.title, "at_ms": item.at_ms, "start_ms": receipt.start_ms}
        self._do(Tell(result, {**facts, "dur_ms": receipt.dur_ms, "detail": detail}))

    def _send(self, now: float) -> None:
        if self._hello_ms is not None and now >= self._hello_ms:
            self._hello_wait = min(HELLO_MOST_MS, self._hello_wait * 2)
            self._say_hello(now)
        if self._hello_ms is not None:
            self._wake(self._hello_ms)
        self._send_batch(now)
        if self._report_due or now >= self._report_ms:
            self._send_report(now)
        elif now >= self._beat_ms:
            self._beat_ms = now + max(5, self.want.heartbeat_s) * 1000
            state = State("on", self.boot, self.kept.conn, int(now))
            self._do(Publish(self.topics.up(self.did, "state"), state.to_json(), qos=0))
        self._wake(min(self._report_ms, self._beat_ms))

    def _say_hello(self, now: float) -> None:
        if not self.connected:
            return
        self._asked += 1
        hello = Request(
            "hello", f"{self.boot}-{self._asked}", dict(self.kept.plan_revs), self.kept.want_rev, self.kept.keys_seq, self.boot,
        )  # fmt: skip
        self._do(Publish(self.topics.up(self.did, "req"), hello.to_json()))
        # Spread by the terminal's name: a thousand of them come back together after a power cut of the station.
        self._hello_ms = now + self._hello_wait * (1 + zlib.crc32(self.did.encode()) % 256 / 512)

    def _send_batch(self, now: float) -> None:
        kept = self.kept
        if not kept.batch and kept.pending:
            ripe = (self._oldest_ms or 0.0) + BATCH_WAIT_MS
            if now < ripe and len(kept.pending) < BATCH_ROWS:
                self._wake(ripe)
                return
            self._keep({"do": "batch", "seq": kept.batch_seq + 1, "n": BATCH_ROWS})
            self._oldest_ms, self._batch_ms = now if kept.pending else None, None
        if not kept.batch:
            return
        if self._batch_ms is None or now >= self._batch_ms:
            rows = tuple(Receipt.from_row(row) for row in kept.batch)
            self._do(Publish(self.topics.up(self.did, "rcpt"), Receipts(kept.batch_seq, rows).to_json()))
            self._batch_ms = now + BATCH_RETRY_MS
        self._wake(self._batch_ms)

    def _send_report(self, now: float) -> None:
        self._report_due, self._report_ms = False, now + max(60, self.want.status_s) * 1000
        self._beat_ms = now + max(5, self.want.heartbeat_s) * 1000
        faults = self._faults()
        shas = {item.clip for item, _, _ in self._open()}
        report = Report(
            version=self.capabilities.version, model=self.capabilities.model, capabilities=self.can,
            zones=self.want.zones, revs=dict(self.kept.plan_revs), volume=self.volume,
            stored=sum(1 for sha in shas if self.clips.get(sha, _Clip()).state == "stored"), wanted=len(shas),
            free_bytes=self.machine.free_bytes, faults=tuple(sorted(faults.values())),
            clock_error_ms=round(self.clock_error_ms, 3), playing=self.sounding[0].item.id if self.sounding else "", at_ms=int(now),
            refused=self.refused, trouble=faults, selftest_ms=int(self._selftest[0]), selftest=self._selftest[1], serves=self.machine.serves,
            muted=self.kept.muted,
        )  # fmt: skip
        self._do(Publish(self.topics.up(self.did, "rep"), report.to_json(), retain=True))

    def _faults(self) -> dict[str, str]:
        """Everything that is wrong with this terminal now, by code."""
        faults = dict(self.machine.faults)
        if self._undecodable:
            faults["decode"] = f"decode: {self._undecodable}"
        if self._selftest[1] not in ("", "ok"):
            faults["selftest"] = f"selftest: {self._selftest[1]}"
        if self.silenced:
            faults["silenced"] = self.silenced
        return faults

    def _keep(self, entry: Entry) -> None:
        self._dirty = True
        self.kept.apply(entry)
        self._do(Record(entry))

    def _do(self, action: Action) -> None:
        self._out.append(action)




def _check_moment(name: str, text: str) -> None:
    try:
        if text:
            moment(text)
    except BadHours as error:
        raise BadMessage(f"{name}: {error}") from error


def _check_hours(name: str, spans: tuple[str, ...]) -> None:
    try:
        for each in spans:
            span(each)
    except BadHours as error:
        raise BadMessage(f"{name}: {error}") from error
