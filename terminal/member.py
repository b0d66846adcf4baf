"""One terminal of a fleet: a virtual terminal, its connection, and the time of its own that it has on a processor which all share."""

from __future__ import annotations

import asyncio
import secrets
import socket
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from terminal import packets
from terminal.actions import Fetch, Publish
from terminal.clock import BURST, Clock
from terminal.ondisk import Ear, Flash
from terminal.virtual import VirtualTerminal, at_once
from wire.messages import Answer, Credentials, Request

if TYPE_CHECKING:
    from terminal.fleet import Fleet

KEEPALIVE_S = 60
MAX_FILTERS = 8
TIME_WAIT_S = 3.0
STEPS_MOST = 50
# A thought of less than this by the wall clock was not interrupted by others; most take a tenth of it.
DOUBT_S = 0.001


class Effort:
    """How long a thought took this processor. The wall clock says so, which costs nothing to ask; only of a thought that took long by it is it asked
    how much of that was the processor's, and how much went to others. All thoughts together are never charged less than they took."""

    def __init__(self) -> None:
        self._asked_s, self._charged_s = 0.0, 0.0

    def begin(self) -> None:
        """Some thinking begins."""
        self._asked_s, self._charged_s = time.thread_time(), 0.0

    def took_s(self, wall_s: float) -> float:
        """Seconds of the processor, for a thought of so many by the wall clock."""
        if wall_s < DOUBT_S:
            self._charged_s += wall_s
            return wall_s
        spent_s = time.thread_time() - self._asked_s - self._charged_s
        self.begin()
        return min(wall_s, max(0.0, spent_s))


class Member(asyncio.BufferedProtocol):
    """One terminal of the fleet with its connection."""

    __slots__ = (
        "_asked", "_came", "_clock", "_held", "_inside", "_local", "_mid", "_out", "_reader", "_said", "_transport", "accepted", "fleet", "index", "noticed",
        "queued", "retry", "settled", "terminal", "wakes",
    )  # fmt: skip

    def __init__(self, fleet: Fleet, index: int, credentials: Credentials) -> None:
        self.fleet, self.index = fleet, index
        slow = "disks" in fleet.faults.kinds and fleet.chance.random() < fleet.faults.share
        store = fleet.slow_disk if slow else at_once
        if fleet.state_folder is None:
            self.terminal = VirtualTerminal(credentials, self, store, read=self._read)
        else:
            disk = Flash(fleet.state_folder / credentials.did)
            self.terminal = VirtualTerminal(credentials, self, store, read=self._read, disk=disk, ear=Ear(disk.folder / "heard", fleet.now_ms()))
        self._transport: asyncio.Transport | None = None
        self._reader = packets.Reader()
        self._mid, self.wakes, self.accepted, self.retry = 0, 0.0, False, 0
        self._said = 0.0
        self._out: list[bytes] = []
        self._came: list[tuple[float, bytes]] = []
        self._local, self._inside, self.queued = fleet.now_ms(), False, False
        self.noticed: dict[str, float] = {}
        self._clock: Clock | None = None
        self._asked: dict[str, float] = {}
        self._held: list[tuple[str, bytes]] | None = None
        self.settled: asyncio.Future[None] | None = None
        if "clocks" in fleet.faults.kinds and fleet.chance.random() < fleet.faults.share:
            wrong = fleet.chance.uniform(-600_000.0, 600_000.0)
            self._clock = Clock(fleet.mono_ms, lambda: fleet.now_ms() + wrong)

    def now(self) -> float:
        """Unix milliseconds as this terminal believes them."""
        if self._clock is not None:
            return self._clock.now_ms()
        return self._local if self._inside else self.fleet.now_ms()

    # -- its own time ----------------------------------------------------------------------------------------------------

    def think(self) -> None:
        """Everything that has come and everything that is due by now, each at its own time."""
        came, self._came, self.queued = self._came, [], False
        sounded = len(self.terminal.first_sound)
        self._inside = True
        try:
            for at, data in came:
                self._run_until(at)
                self._spend(at, lambda data=data: self._feed(data))  # type: ignore[misc]
            self._run_until(self.fleet.now_ms())
        finally:
            self._inside = False
            self._flush()
        if len(self.terminal.first_sound) > sounded:
            now = self.fleet.now_ms()
            for item in list(self.terminal.first_sound)[sounded:]:
                self.noticed[item] = now
        self.fleet.due(self)

    def _spend(self, at: float, act: Callable[[], None]) -> None:
        """Done at that time, or when it is done with what came before; it takes as long as it takes."""
        self._local = max(self._local, at)
        began = time.perf_counter()
        act()
        self._local += self.fleet.effort.took_s(time.perf_counter() - began) * 1000

    def _run_until(self, at: float) -> None:
        for _ in range(STEPS_MOST):
            due = self.terminal.next_ms
            if self._clock is not None:
                if due <= self.now():
                    self.terminal.run(self.now())
                return
            if due > at or self._local > at:
                return
            self._spend(due, lambda: self.terminal.run(self._local))

    # -- words ---------------------------------------------------------------------------------------------------------

    def _write(self, data: bytes) -> None:
        """What it says while it thinks goes out together: a call of the system costs as much as a thought."""
        self._out.append(data)
        if not self._inside:
            self._flush()

    def _flush(self) -> None:
        out, self._out = self._out, []
        if out and self._transport is not None and not self._transport.is_closing():
            self._transport.write(b"".join(out))
            self._said = time.monotonic()

    def _next_mid(self) -> int:
        self._mid = self._mid % 65_535 + 1
        return self._mid

    def publish(self, topic: str, payload: bytes, qos: int, retain: bool) -> None:
        """Lost when the line is down: the agent says again what matters."""
        self._write(packets.publish(topic, payload, qos, retain, self._next_mid() if qos else 0))

    def subscribe(self, filters: tuple[str, ...]) -> None:
        for at in range(0, len(filters), MAX_FILTERS):
            self._write(packets.subscribe(self._next_mid(), filters[at : at + MAX_FILTERS]))

    def unsubscribe(self, filters: tuple[str, ...]) -> None:
        for at in range(0, len(filters), MAX_FILTERS):
            self._write(packets.unsubscribe(self._next_mid(), filters[at : at + MAX_FILTERS]))

    # -- the connection ------------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport, self._reader, self._came, self._out = transport, packets.Reader(), [], []
        made = transport.get_extra_info("socket")
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        known = self.terminal.credentials
        self._write(packets.connect(known.did, known.did, known.password, KEEPALIVE_S, self.terminal.will()))

    def get_buffer(self, _hint: int) -> memoryview:
        return self.fleet.buffer

    def buffer_updated(self, count: int) -> None:
        """Only taken from the socket and given its time: the others' sockets come first, then it is thought about."""
        self._came.append((self.fleet.now_ms(), bytes(self.fleet.buffer[:count])))
        self.fleet.arrived(self)

    def _feed(self, data: bytes) -> None:
        try:
            for packet in self._reader.feed(data):
                self._take(packet)
        except packets.BadPacket:
            self.fleet.counts["bad packets"] += 1
            self.hang_up()

    def _take(self, packet: packets.Packet) -> None:
        if packet.kind == packets.PUBLISH:
            said = packets.heard(packet)
            if said.qos:
                self._write(packets.puback(said.mid))
            self._hear(said.topic, said.payload)
        elif packet.kind == packets.CONNACK:
            self._answered(packets.connack(packet))
        elif packet.kind == packets.SUBACK and (refused := packets.refused_filters(packet)):
            self.fleet.counts["filters refused"] += refused

    def _answered(self, refusal: str) -> None:
        if refusal:
            self.fleet.counts["refused by broker"] += 1
            if refusal in (packets.REFUSALS[4], packets.REFUSALS[5]):
                self.terminal.refused(refusal, self.now())
            self.hang_up()
            return
        self.accepted, self.retry = True, 0
        self._settle()
        self.fleet.counts["connects"] += 1
        if self._clock is not None and self._clock.source != "line":
            self._held = []
            self.fleet.later(TIME_WAIT_S, self._let_go)
        self.terminal.connected(self.now())
        if self._held is not None:
            self._ask_time()

    def connection_lost(self, _why: Exception | None) -> None:
        self.think()
        self._transport, self.accepted = None, False
        self._settle()
        self.terminal.disconnected(self.now())
        self.fleet.fallen(self)

    @property
    def connected_to(self) -> bool:
        """Whether there is a line, let in or not."""
        return self._transport is not None

    def _settle(self) -> None:
        if self.settled is not None and not self.settled.done():
            self.settled.set_result(None)

    def hang_up(self) -> None:
        """The line is cut, without a word."""
        if self._transport is not None:
            self._transport.abort()

    def ping(self) -> None:
        if self.accepted and time.monotonic() - self._said > KEEPALIVE_S / 2:
            self._write(packets.PINGREQ)

    def farewell(self) -> None:
        for action in self.terminal.agent.farewell(self.now()):
            if isinstance(action, Publish):
                self.publish(action.topic, action.payload, action.qos, action.retain)
        self._write(packets.DISCONNECT)

    # -- what it hears -------------------------------------------------------------------------------------------------

    def _hear(self, topic: str, payload: bytes) -> None:
        if topic.endswith("/dn/rsp") and b'"op":"time"' in payload:
            self._hear_time(payload)
        elif self._held is not None and not topic.endswith("/dn/rsp"):
            self._held.append((topic, payload))
        else:
            self.terminal.hear(topic, payload, self.now())

    def _ask_time(self) -> None:
        agent = self.terminal.agent
        for _ in range(BURST):
            name = secrets.token_hex(4)
            self._asked[name] = self.fleet.mono_ms()
            self.publish(agent.topics.up(agent.did, "req"), Request("time", name, t0_ms=self._asked[name]).to_json(), 0, False)

    def _hear_time(self, payload: bytes) -> None:
        answer, clock = Answer.from_json(payload), self._clock
        sent = self._asked.pop(answer.id, None)
        if sent is None or clock is None or not clock.heard(sent, answer.t1_ms, answer.t2_ms, self.fleet.mono_ms()):
            return
        self._let_go()
        self.terminal.on_clock(clock.error_ms(), True, self.now())

    def _let_go(self) -> None:
        held, self._held = self._held, None
        for topic, payload in held or ():
            self.terminal.hear(topic, payload, self.now())
        self.fleet.due(self)

    def _read(self, fetch: Fetch) -> None:
        self.fleet.read(self, fetch)
