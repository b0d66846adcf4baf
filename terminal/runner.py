"""The agent with its hands: one loop that carries words from line, cache and mixer to the agent and its actions back."""

from __future__ import annotations

import hashlib
import os
import queue
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from terminal import __version__
from terminal.actions import (
    Action,
    Carry,
    Chime,
    Confirm,
    EndTalk,
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
    Tune,
    Unsubscribe,
    Untune,
)  # fmt: skip
from terminal.agent import Agent
from terminal.asking import TimeAsker
from terminal.blocks import Puller
from terminal.cache import LEAVE_BYTES, Cache, Fetched, Fetcher
from terminal.clock import Clock
from terminal.condition import Condition
from terminal.decoding import Decoding
from terminal.device import open_device
from terminal.head import PORT, Head
from terminal.launch import FOLDER
from terminal.line import Endpoint, Happened, Line
from terminal.memory import Identity, Memory
from terminal.mind import Capabilities
from terminal.near import address_towards, is_near
from terminal.player import CannotSound, Mixer, Sounded, chime_samples
from terminal.receiving import Receiver, Spoken
from terminal.recorder import Recorder
from terminal.ringlog import RingLog
from terminal.trial import TRIAL, Trial
from terminal.versions import BadVersion, Versions, confirm
from wire.blocks import BLOCK_BYTES, Block, count
from wire.messages import Answer, BadMessage, Request
from wire.opus import NoOpus

KEEP_TIME_S = 600.0
STEP_MS = 1_000.0
# What SDL_mixer decodes here, the best liked first.
PLAYS = ("mp3", "opus", "wav")
Teller = Callable[[str, dict[str, object]], None]


def _both(one: Teller, other: Teller) -> Teller:
    def tell(event: str, facts: dict[str, object]) -> None:
        one(event, facts)
        other(event, facts)

    return tell


class Runner:
    """One terminal, until ``stopped`` is set. ``tell`` hears every event worth a line."""

    def __init__(
        self, memory: Memory, identity: Identity, tell: Teller, stopped: threading.Event, device: str = "auto",
        wav: Path | None = None, ca_file: str = "", clock: Clock | None = None, log: RingLog | None = None, head_port: int = PORT,
    ) -> None:  # fmt: skip
        self._memory, self._log, self._head_port = memory, log, head_port
        self._head: Head | None = None
        self.restart = False
        self._tell = tell if log is None else _both(tell, log.tell)
        self._events: queue.Queue[Any] = queue.Queue()
        self._stop = stopped
        credentials = identity.credentials
        # Where the station was found serves audio too, when a plan's own addresses do not.
        credentials = replace(credentials, base=tuple(dict.fromkeys((*credentials.base, *identity.base))))
        self._clock = clock or Clock(lambda: time.monotonic() * 1000, lambda: time.time() * 1000, memory.known_ms())
        self._keep_time_at = 0.0
        self._agent = Agent(credentials, memory.kept, Capabilities(__version__, can=PLAYS), secrets.token_hex(4))
        self._cache = Cache(memory.folder / "clips", leave_bytes=LEAVE_BYTES)
        self._puller = self._cache.puller = Puller(self._ask)
        self._receivers: dict[str, Receiver] = {}
        self._decoding = Decoding(memory.folder / "decoded", self._cache, self._events.put)
        self._mixer = Mixer(self._events.put, lambda: self._clock.now_ms() / 1000)
        self._mixer.volume = self._agent.volume
        self._recorder = self._mixer.recorder = Recorder(wav) if wav else None
        self._device, fault = open_device(device, self._mixer, lambda words: self._events.put(("device", words)))
        self._condition = Condition(memory, self._cache, self._clock)
        self._faults = self._condition.faults
        self._condition.device(fault)
        if failed := Versions.load(memory.folder).failed:
            self._faults["update"] = f"update: {failed.get('version')} was tried and left again: {failed.get('why')}"
        self._trial = Trial(self._mixer, self._decoding.folder, self._events.put, lambda: self._clock.now_ms(), lambda: self._faults.get("device", ""))
        self._fetcher = Fetcher(self._cache, self._events.put)
        self._line = Line(
            Endpoint(
                identity.host, identity.port, credentials.did, credentials.did, credentials.password, identity.tls, ca_file,
                self._will,
            ),
            self._events.put,
        )  # fmt: skip
        self._asker = TimeAsker(self._clock, lambda question: self._ask(question, 0))

    @property
    def mixer(self) -> Mixer:
        """What sounds here, for those who listen in."""
        return self._mixer

    def run(self) -> None:
        """Plays until stopped, then says farewell."""
        self._tell("began", {"version": __version__})
        self._tell("device", {"name": self._device.name, "fault": self._faults.get("device", "")})
        self._decoding.start()
        self._line.open()
        try:
            while not self._stop.is_set():
                self._mind_machine(time.monotonic())
                self._turn()
        finally:
            self._end()

    def _mind_machine(self, mono: float) -> None:
        """Looks after disk and device now and then, and at once when something is wrong with them."""
        if not self._condition.due(mono):
            return
        self._condition.mend(mono)
        known = self._clock.source != "none"
        self._carry_out(self._agent.on_clock(self._clock.error_ms(), known, False, self._now()))
        self._carry_out(self._agent.on_machine(self._now(), self._cache.free_bytes(), self._condition.told(), self._serves()))

    def _now(self) -> float:
        return self._clock.now_ms()

    def _turn(self) -> None:
        mono = time.monotonic()
        self._mind_clock(mono)
        if (outcome := self._trial.overdue(mono)) is not None:
            self._carry_out(self._tried(outcome, self._now()))
        wait = max(0.0, min(0.5, (self._agent.wake_ms - self._now()) / 1000, self._asker.due - mono))
        try:
            event = self._events.get(timeout=wait) if wait else self._events.get_nowait()
        except queue.Empty:
            self._carry_out(self._agent.tick(self._now()))
        else:
            self._carry_out(self._told(event))

    def _mind_clock(self, mono: float) -> None:
        """Asks the station what time it is, lets go what waited for the answer, and writes the time down now and then."""
        self._judge(self._asker.look(mono, self._agent.connected))
        if mono >= self._keep_time_at and self._clock.source != "none":
            self._keep_time_at = mono + KEEP_TIME_S
            self._memory.keep_time(self._now())

    def _judge(self, events: list[Happened]) -> None:
        for event in events:
            self._carry_out(self._agent.on_message(event.topic, event.payload, self._now()))

    def _hear_time(self, event: Happened) -> list[Action]:
        """One of eight answers; the last sets the clock."""
        try:
            step = self._asker.heard(event)
        except BadMessage as error:
            self._tell("refused", {"topic": event.topic, "reason": str(error)})
            return []
        if step is None:
            return []
        self._tell("clock", {"step_ms": round(step, 3), "error_ms": round(self._clock.error_ms(), 3)})
        self._condition.changed()  # nobody calls it unready for a clock that is right now
        self._judge(self._asker.let_go())
        return self._agent.on_clock(self._clock.error_ms(), True, abs(step) > STEP_MS, self._now())

    def _ask(self, request: Request, qos: int = 1) -> bool:
        """From any thread; False when the line is down."""
        agent = self._agent
        return agent.connected and self._line.publish(agent.topics.up(agent.did, "req"), request.to_json(), qos) is not None

    def _hear_block(self, topic: str, payload: bytes) -> list[Action]:
        """A block of a file, or why none comes: for the fetcher, who waits for it."""
        try:
            if topic.endswith("/blk"):
                self._puller.heard(payload)
            else:
                answer = Answer.from_json(payload)
                self._puller.refused(answer.id, answer.detail)
        except BadMessage as error:
            self._tell("refused", {"topic": topic, "reason": str(error)})
        return []

    def _tried(self, outcome: str | None, now: float) -> list[Action]:
        return [] if outcome is None else self._agent.on_selftest(outcome == "", outcome or "decoder, mixer and device work", now)

    def _told(self, event: Any) -> list[Action]:
        """What the agent says to one event of a hand."""
        agent, now = self._agent, self._now()
        match event:
            case Happened(what="connected"):
                self._asker.begin(time.monotonic())
                return agent.on_connected(now)
            case Happened(what="refused", reason=reason):
                self._tell("refused by broker", {"reason": reason})
                return agent.on_auth_refused(reason, now)
            case Happened(what="disconnected"):
                return agent.on_disconnected(now) if agent.connected else []
            case Happened(what="message", topic=topic, payload=payload):
                if topic.endswith("/dn/rsp") and b'"op":"time"' in payload:
                    return self._hear_time(event)
                if topic == agent.topics.down(agent.did, "blk") or (topic.endswith("/dn/rsp") and b'"op":"get"' in payload):
                    return self._hear_block(topic, payload)
                if not topic.endswith("/dn/rsp") and self._asker.holds(event):
                    return []
                return agent.on_message(topic, payload, now)
            case Happened(what=what, topic=topic, reason=reason):
                self._tell(what, {"topic": topic, "reason": reason})
                return []
            case Fetched(sha=sha, ok=ok, reason=reason, content=content, full=full):
                self._condition.disk(reason if full else "")
                return agent.on_fetched(sha, ok, reason, now, content)
            case Sounded(item=item) if item == TRIAL:
                return self._tried(self._trial.heard(event), now)
            case ("trial", samples, reason):
                return self._tried(self._trial.decoded(samples, reason), now)
            case Sounded(what="started", item=item, start_ms=start_ms):
                return agent.on_started(item, start_ms, now)
            case Sounded(what=what, item=item, start_ms=start_ms, dur_ms=dur_ms, reason=reason):
                return agent.on_finished(item, start_ms, dur_ms, what, now, reason)
            case ("prepared", sha, ok, reason):
                self._condition.disk("")
                return agent.on_prepared(sha, ok, reason, now)
            case ("log sent", name, sha, reason):
                return agent.on_log_sent(name, sha, reason, now)
            case ("not prepared", sha, reason):
                self._condition.disk(reason)
                return agent.on_not_prepared(sha, reason, now)
            case ("device", fault):
                self._condition.device(fault)
                return []
            case ("rotted", sha):
                self._tell("rotted", {"clip": sha})
                return agent.on_lost(sha, "the card no longer held what was stored", now)
        raise TypeError(f"unknown event {event!r}")

    def _carry_out(self, actions: list[Action]) -> None:
        """In order; what is to be remembered is durable before anything else is done, and entries in a row wait for the flash once."""
        noted = False
        for action in actions:
            if isinstance(action, Record):
                self._memory.note(action.entry)
                noted = True
                continue
            if noted and not isinstance(action, Tell):
                self._memory.sync()
                noted = False
            self._do(action)
        if noted:
            self._memory.sync()
        self._memory.fold_when_large()

    def _do(self, action: Action) -> None:
        match action:
            case Record(entry=entry):
                self._memory.record(entry)
            case Publish(topic=topic, payload=payload, qos=qos, retain=retain):
                self._line.publish(topic, payload, qos, retain)
            case Subscribe(filters=filters):
                self._line.subscribe(filters)
            case Unsubscribe(filters=filters):
                self._line.unsubscribe(filters)
            case Fetch():
                self._fetcher.ask(action)
            case Prepare(sha=sha):
                self._decoding.ask(sha)
            case Play():
                self._play(action)
            case Chime(id=name, at_ms=at_ms):
                self._mixer.place(Play(name, "", at_ms), chime_samples(), weak=True)
            case StopPlaying():
                self._mixer.stop()
            case SetVolume(volume=volume):
                self._mixer.volume = volume
            case KeepClips(shas=shas):
                self._decoding.keep(shas)
            case Serve(on=on):
                self._serve(on)
            case Install():
                self._install(action)
            case Confirm():
                if folder := os.environ.get(FOLDER, ""):
                    confirm(self._memory.folder, folder)
            case SendLog(id=name):
                self._events.put(("log sent", name, *self._send_log()))
            case TrySilently():
                self._trial.begin()
            case Tune(clip=clip):
                self._tune(action, clip)
            case Carry(clip=clip):
                if (receiver := self._receivers.get(clip)) is not None:
                    receiver.carry(action)
            case EndTalk(clip=clip, last=last):
                if (receiver := self._receivers.get(clip)) is not None:
                    receiver.end(last)
            case Untune(clip=clip):
                if (receiver := self._receivers.pop(clip, None)) is not None:
                    self._tell("talk over", {"item": clip, **receiver.told()})
            case Tell(event=event, facts=facts):
                self._tell(event, facts)

    def _tune(self, tune: Tune, clip: str) -> None:
        try:
            self._receivers[clip] = Receiver(tune)
        except (NoOpus, CannotSound) as error:
            self._events.put(("prepared", clip, False, str(error)))

    def _play(self, play: Play) -> None:
        if (receiver := self._receivers.get(play.clip)) is not None:
            self._mixer.place(play, Spoken(receiver))
            return
        try:
            self._mixer.place(*self._decoding.take(play))
        except (OSError, ValueError) as error:
            self._events.put(Sounded("failed", play.item, reason=f"decoded audio is gone: {error}"))

    def _serve(self, on: bool) -> None:
        """Opens or closes the door for neighbours; the next look at the machine tells where it is."""
        if self._head is not None:
            self._head.close()
            self._head = None
        self._faults.pop("head", None)
        if on:
            try:
                self._head = Head(self._cache, port=self._head_port)
            except OSError as error:
                self._faults["head"] = f"head: cannot serve neighbours on port {self._head_port}: {error.strerror}"
        self._condition.changed()

    def _serves(self) -> str:
        host = address_towards(self._line.endpoint.host, self._line.endpoint.port) if self._head is not None else ""
        return f"http://{host}:{self._head.server_port}/" if self._head is not None and is_near(host) else ""

    def _install(self, order: Install) -> None:
        """Unpacks a version, tells of it, and ends so that the launcher starts it."""
        reason = ""
        try:
            Versions.load(self._memory.folder).unpack(self._cache.path(order.sha), order.sha, order.version, order.minutes)
            self.restart = True
        except (BadVersion, OSError) as error:
            reason = f"update: {error}"
            self._faults["update"] = reason
        self._carry_out(self._agent.on_installed(order.id, reason, self._now()))
        if self.restart:
            self._stop.set()

    def _send_log(self) -> tuple[str, str]:
        """Digest of the log that was handed to the line, or why none was."""
        if self._log is None:
            return "", "this terminal keeps no log"
        packed = self._log.packed()
        sha, topic = hashlib.sha256(packed).hexdigest(), self._agent.topics.up(self._agent.did, "blk")
        for n in range(count(len(packed), BLOCK_BYTES)):
            block = Block(sha, len(packed), BLOCK_BYTES, n, packed[n * BLOCK_BYTES : (n + 1) * BLOCK_BYTES])
            if self._line.publish(topic, block.to_bytes(), 1) is None:
                return "", "the line broke"
        return sha, ""

    def _will(self) -> tuple[str, bytes]:
        """Before each connection: a new number, written down, so that an old connection's will is known as old."""
        numbered = self._memory.next_conn()
        return self._agent.will(numbered)

    def _end(self) -> None:
        for action in self._agent.farewell(self._now()):
            self._do(action)
        self._line.close()
        self._device.close()
        self._decoding.close()
        self._fetcher.close()
        self._serve(False)
        if self._recorder is not None:
            self._recorder.close()
        self._tell("stopped", {})
