"""A terminal without a machine: the same agent, with a flash, a store and a mixer that are only arithmetic.

It knows no sockets and no clock: whoever holds it passes the time and carries its words. What it "heard" is kept, so that one can ask
afterwards whether anything sounded twice or outside its window.
"""

from __future__ import annotations

import copy
import heapq
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from terminal.actions import (
    Action,
    Chime,
    EndTalk,
    Fetch,
    Play,
    Prepare,
    Publish,
    Record,
    StopPlaying,
    Subscribe,
    Tell,
    Unsubscribe,
)
from terminal.agent import Agent
from terminal.memory import Entry, Kept
from terminal.mind import Capabilities
from terminal.programme import FILL_RANK
from wire.messages import Credentials, PlanItem, Receipt

VERSION = "virtual"
# A device takes its sound in blocks: nothing placed "now" is heard before the next one.
BLOCK_MS = 20.0


class DiskFull(OSError):
    """The flash takes no more: the program ends, and is started again."""


class Words(Protocol):
    """Where a terminal's words go."""

    def publish(self, topic: str, payload: bytes, qos: int, retain: bool) -> None: ...

    def subscribe(self, filters: tuple[str, ...]) -> None: ...

    def unsubscribe(self, filters: tuple[str, ...]) -> None: ...


@dataclass(frozen=True, slots=True)
class Heard:
    """Something sounded from ``begins_ms`` to ``ends_ms``, ``offset_ms`` into the item; ``until_ms`` is where its window closed."""

    item: str
    begins_ms: float
    ends_ms: float
    offset_ms: float
    at_ms: float
    until_ms: float


class Disk(Protocol):
    """Where a terminal writes down what it must know again (``terminal.memory.Memory``)."""

    kept: Kept

    def note(self, entry: Entry) -> None: ...

    def sync(self) -> None: ...

    def next_conn(self) -> int: ...

    def fold_when_large(self) -> None: ...


class EarLike(Protocol):
    """Who writes down what was heard, for a program that comes after this one (``terminal.ondisk``)."""

    before: list[Heard]

    def begins(self, whole: Heard) -> None: ...

    def ended(self, heard: Heard) -> None: ...


@dataclass(slots=True)
class _Voice:
    play: Play
    item: PlanItem | None
    begins: float
    ends: float
    whole: bool
    told: bool = False


@dataclass(slots=True)
class _Told:
    """Something that the hands will report."""

    what: str
    name: str
    ok: bool = True
    reason: str = ""
    content: bytes = b""


# What a store says to a fetch: after how many milliseconds, and why not ("" when it is there).
Store = Callable[[Fetch, float], tuple[float, str]]


def at_once(_fetch: Fetch, _now: float) -> tuple[float, str]:
    """The file is there already."""
    return 0.0, ""


class VirtualTerminal:
    """One terminal. ``flash`` True keeps what was durably recorded apart, so that a power cut may fall between two entries."""

    def __init__(
        self, credentials: Credentials, words: Words, store: Store = at_once, flash: bool = False, decode_ms: float = 0.0,
        read: Callable[[Fetch], None] | None = None, disk: Disk | None = None, ear: EarLike | None = None,
    ) -> None:  # fmt: skip
        self.credentials, self.words, self.store, self.decode_ms, self._read = credentials, words, store, decode_ms, read
        self.flash = Kept() if flash else None
        self.disk, self.ear = disk, ear
        self.boots, self.full, self.records_left = 0, False, -1
        self.heard: list[Heard] = list(ear.before) if ear is not None else []
        self.told: Counter[str] = Counter()
        self.first_sound: dict[str, float] = {}
        self.late_ms: list[float] = []
        self._coming: list[tuple[float, int, _Told]] = []
        self._counted = 0
        self.voices: list[_Voice] = []
        self.agent = self._boot(disk.kept if disk is not None else Kept())

    def _boot(self, kept: Kept) -> Agent:
        self.boots += 1
        # a program that finds a journal is not the first: its boots are told apart by the connections that were before
        before = f"{kept.conn}." if self.disk is not None else ""
        return Agent(self.credentials, kept, Capabilities(VERSION), f"{self.credentials.did[-8:]}-{before}{self.boots}")

    def power_cut(self, now: float) -> None:
        """Everything not on the flash is gone, mid-word; the program starts again from what it had written down."""
        for voice in self.voices:
            if voice.begins < now:
                self._log(voice, min(now, voice.ends))
        self.voices, self._coming, self.records_left = [], [], -1
        kept = copy.deepcopy(self.flash if self.flash is not None else self.agent.kept)
        if self.disk is not None:
            self.disk.kept = kept
        self.agent = self._boot(kept)

    @property
    def next_ms(self) -> float:
        """When something is due, if nothing comes before."""
        moments = [each for voice in self.voices for each in ((voice.ends,) if voice.told else (voice.begins, voice.ends))]
        return min([self.agent.wake_ms, *moments, *(each[0] for each in self._coming[:1])])

    def remember_plays(self, items: list[str], now: float) -> None:
        """On its flash lie the receipts of these plays, as a cut line leaves them."""
        for item in items:
            row = Receipt(item, "0" * 64, 1, now, 2000.0, "finished", 70, 1.0).to_row()
            self.agent.kept.apply({"do": "receipt", "row": row, "until": int(now)})

    # -- the line ----------------------------------------------------------------------------------------------------

    def will(self) -> tuple[str, bytes]:
        """Before each connection: a new number, so that an old connection's will is known as old."""
        if self.disk is not None:
            return self.agent.will(self.disk.next_conn())
        self.agent.kept.conn += 1
        if self.flash is not None:
            self.flash.conn = self.agent.kept.conn
        return self.agent.will(self.agent.kept.conn)

    def connected(self, now: float) -> None:
        self._carry_out(self.agent.on_connected(now), now)

    def disconnected(self, now: float) -> None:
        if self.agent.connected:
            self._carry_out(self.agent.on_disconnected(now), now)

    def refused(self, reason: str, now: float) -> None:
        self._carry_out(self.agent.on_auth_refused(reason, now), now)

    def hear(self, topic: str, payload: bytes, now: float) -> None:
        self._carry_out(self.agent.on_message(topic, payload, now), now)

    def on_clock(self, error_ms: float, stepped: bool, now: float) -> None:
        self._carry_out(self.agent.on_clock(error_ms, True, stepped, now), now)

    def read(self, sha: str, ok: bool, reason: str, content: bytes, now: float) -> None:
        """What was asked for with ``read`` is here."""
        self._carry_out(self.agent.on_fetched(sha, ok, reason, now, content), now)

    # -- time --------------------------------------------------------------------------------------------------------

    def run(self, now: float) -> None:
        """Whatever is due by now, in order."""
        while self._coming and self._coming[0][0] <= now:
            self._report(heapq.heappop(self._coming)[2], now)
        for voice in [each for each in self.voices if each.begins <= now and not each.told]:
            if voice in self.voices:
                self._begin(voice, now)
        for voice in [each for each in self.voices if each.ends <= now]:
            if voice in self.voices:
                self.voices.remove(voice)
                self._log(voice, voice.ends)
                how = "finished" if voice.whole else "preempted"
                self._carry_out(self.agent.on_finished(voice.play.item, voice.begins, voice.ends - voice.begins, how, now), now)
        if now >= self.agent.wake_ms:
            self._carry_out(self.agent.tick(now), now)

    def _begin(self, voice: _Voice, now: float) -> None:
        voice.told = True
        if self.ear is not None and (whole := _as_heard(voice, voice.ends)) is not None:
            self.ear.begins(whole)
        if voice.item is not None:
            self.first_sound.setdefault(voice.play.item, voice.begins)
            if not voice.play.offset_ms and voice.item.n == 0:
                self.late_ms.append(voice.begins - voice.item.at_ms)
        self._carry_out(self.agent.on_started(voice.play.item, voice.begins, now), now)

    def _log(self, voice: _Voice, ends: float) -> None:
        heard = _as_heard(voice, ends) if ends > voice.begins else None
        if heard is not None:
            self.heard.append(heard)
            if self.ear is not None:
                self.ear.ended(heard)

    def _report(self, told: _Told, now: float) -> None:
        if told.what == "fetched":
            self._carry_out(self.agent.on_fetched(told.name, told.ok, told.reason, now), now)
        elif told.what == "prepared":
            self._carry_out(self.agent.on_prepared(told.name, told.ok, told.reason, now), now)
        else:
            self._carry_out(self.agent.on_finished(told.name, 0.0, 0.0, told.what, now, told.reason), now)

    # -- what the agent asks for -------------------------------------------------------------------------------------

    def _carry_out(self, actions: list[Action], now: float) -> None:
        if self.disk is not None and any(isinstance(action, Record) for action in actions):
            # all of them at once, and before anything else is done
            for entry in [action.entry for action in actions if isinstance(action, Record)]:
                self.disk.note(entry)
            self.disk.sync()
            self.disk.fold_when_large()
        for action in actions:
            match action:
                case Record(entry=entry):
                    self._note(entry)
                case Publish(topic=topic, payload=payload, qos=qos, retain=retain):
                    self.words.publish(topic, payload, qos, retain)
                case Fetch(sha=sha, read=read):
                    if read and self._read is not None:
                        self._read(action)
                        continue
                    wait, reason = self.store(action, now)
                    self._later(now + wait, _Told("fetched", sha, not reason, reason))
                case Prepare(sha=sha):
                    self._later(now + self.decode_ms, _Told("prepared", sha))
                case Play():
                    self._place(action, now)
                case Chime(id=name, at_ms=at_ms):
                    self.voices.append(_Voice(Play(name, "", at_ms), None, at_ms, at_ms + 1500, True))
                case StopPlaying():
                    self._break_off(now, now)
                case EndTalk(clip=clip):
                    for voice in [each for each in self.voices if each.play.clip == clip]:
                        voice.ends, voice.whole = min(voice.ends, max(now, voice.begins) + BLOCK_MS), True
                case Subscribe(filters=filters):
                    self.words.subscribe(filters)
                case Unsubscribe(filters=filters):
                    self.words.unsubscribe(filters)
                case Tell(event=event):
                    self.told[event] += 1
                case _:
                    pass  # how loud it is and what may be evicted make no difference to arithmetic

    def _note(self, entry: dict[str, object]) -> None:
        if self.full:
            raise DiskFull("no room on the flash")
        if self.records_left == 0:
            raise DiskFull("the power was cut between two entries")
        self.records_left -= self.records_left > 0
        if self.flash is not None:
            self.flash.apply(entry)

    def _later(self, at: float, told: _Told) -> None:
        self._counted += 1
        heapq.heappush(self._coming, (at, self._counted, told))

    def _place(self, play: Play, now: float) -> None:
        """As the mixer does: at its time, or at the next block when that has passed; behind what sounds unless it cuts or lies over it."""
        begins = max(play.at_ms, now + BLOCK_MS)
        if play.cut:
            self._break_off(begins, now)
        elif not play.over:
            ends = [each.ends for each in self.voices if not each.play.over and each.item is not None]
            begins = max([play.at_ms, *ends]) if play.join and ends else max([begins, *ends])
        found = next((each.item for each in (*self.agent.sounding, self.agent.over) if each and each.item.id == play.item), None)
        whole = begins + (found.ms if found else 0) - play.offset_ms
        ends_at = max(begins, min(whole, play.until_ms or whole))
        self.voices.append(_Voice(play, found, begins, ends_at, ends_at == whole))

    def _break_off(self, at: float, now: float) -> None:
        for voice in [each for each in self.voices if each.ends > at]:
            if voice.begins < at:
                voice.ends, voice.whole = at, False
            else:
                self.voices.remove(voice)
                self._later(now, _Told("dropped", voice.play.item))


def _as_heard(voice: _Voice, ends: float) -> Heard | None:
    """What is heard of it until then; None for what fills pauses, which may sound as often as it likes."""
    item = voice.item
    if item is None or item.rank == FILL_RANK:
        return None
    return Heard(item.id, voice.begins, ends, voice.play.offset_ms, item.at_ms, item.expires_ms)


def sounded_twice(heard: list[Heard]) -> list[Heard]:
    """Stretches of an item that had sounded before, by more than a block of the device."""
    upto: dict[str, float] = {}
    twice = []
    for each in sorted(heard, key=lambda one: one.begins_ms):
        if each.offset_ms + 2 * BLOCK_MS < upto.get(each.item, 0.0):
            twice.append(each)
        upto[each.item] = max(upto.get(each.item, 0.0), each.offset_ms + each.ends_ms - each.begins_ms)
    return twice


def outside_window(heard: list[Heard]) -> list[Heard]:
    """What sounded before its time or after its window had closed, by more than a block of the device."""
    return [each for each in heard if each.begins_ms < each.at_ms - BLOCK_MS or each.ends_ms > each.until_ms + BLOCK_MS]
