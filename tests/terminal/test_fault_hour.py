"""An hour of five hundred terminals in a few seconds: power, lines, disks, station and broker fail at random; nothing is lost, said twice
or heard outside its window.

The agents are the real ones, their hands are arithmetic (``terminal.virtual``), line and station are a few rules of ours; every random
choice comes from one seed.
"""

from __future__ import annotations

import heapq
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from terminal.actions import Fetch
from terminal.virtual import DiskFull, VirtualTerminal, outside_window, sounded_twice
from tests.terminal.far_end import NOW, PROGRAMME, ROOT, TOPICS, an_item, signed
from wire.messages import Answer, Credentials, Keys, Plan, PlanItem, Receipt, Receipts, Request, Want

HOUR_MS, ZONES, WINDOW_MS = 3_600_000.0, 10, 180_000
QUIET_MS = 400_000.0  # after the hour: faults are over, the last receipts come in
FINAL = ("finished", "preempted", "failed", "missed")


@dataclass
class Line:
    """One terminal's end: what it says goes to the station while the connection stands. A cut makes a new number."""

    hour: Hour
    n: int
    number: int = 0
    up: bool = False
    filters: set[str] = field(default_factory=set)

    def publish(self, topic: str, payload: bytes, qos: int, retain: bool) -> None:
        if self.up:
            self.hour.later(20.0, self._arrives, topic, payload, self.number)

    def _arrives(self, topic: str, payload: bytes, number: int) -> None:
        if self.up and self.number == number:
            self.hour.station_hears(self, topic, payload)

    def subscribe(self, filters: tuple[str, ...]) -> None:
        self.filters |= set(filters)
        for topic in filters:
            if topic in self.hour.retained:
                self.send(topic, self.hour.retained[topic])

    def unsubscribe(self, filters: tuple[str, ...]) -> None:
        self.filters -= set(filters)

    def send(self, topic: str, payload: bytes) -> None:
        self.hour.later(20.0, self._heard, topic, payload, self.number)

    def _heard(self, topic: str, payload: bytes, number: int) -> None:
        if self.up and self.number == number and topic in self.filters:
            self.hour.act(self.n, lambda terminal: terminal.hear(topic, payload, self.hour.now))


class Hour:
    """The terminals, their station, and what befalls them."""

    def __init__(self, terminals: int, seed: int) -> None:
        self.now, self.chance, self._count = NOW, random.Random(seed), 0
        self._heap: list[tuple[float, int, Callable[..., None], tuple[object, ...]]] = []
        self.lines = [Line(self, n) for n in range(terminals)]
        self.dead_until = [0.0] * terminals
        self.wakes = [0.0] * terminals
        self.station_up = self.broker_up = True
        self.retained: dict[str, bytes] = {}
        self.believed: dict[tuple[str, str, str], Receipt] = {}
        self.told = Counter[str]()
        self.keys = signed(Keys(1, (PROGRAMME.public(("programme",)),)), "xy", 1, signer=ROOT)
        self.revs, self.plans = [0] * ZONES, [b""] * ZONES
        self.items: list[list[PlanItem]] = [[] for _ in range(ZONES)]
        for n in range(terminals):
            want = Want(1, (f"z{n % ZONES}",), volume=80, heartbeat_s=900)
            self.retained[TOPICS.down(f"t{n}", "want")] = signed(want, f"t{n}", 1)
        self.retained[TOPICS.keys()] = self.keys
        self.terminals = [self._terminal(n) for n in range(terminals)]
        for n in range(terminals):
            self.later(self.chance.uniform(0, 20_000), self.connect, n)

    def _terminal(self, n: int) -> VirtualTerminal:
        credentials = Credentials(f"t{n}", "secret", roots=(ROOT.public(("root",)),), base=("http://station/",))
        return VirtualTerminal(credentials, self.lines[n], self._store, flash=True, decode_ms=50.0)

    def _store(self, _fetch: Fetch, _now: float) -> tuple[float, str]:
        """Files come within seconds, one in twenty does not at first, none while the station is down."""
        if not self.station_up or self.chance.random() < 0.05:
            return 5_000.0, "the station does not answer"
        return self.chance.uniform(50.0, 3_000.0), ""

    # -- time ----------------------------------------------------------------------------------------------------------

    def later(self, after_ms: float, act: Callable[..., None], *args: object) -> None:
        self._count += 1
        heapq.heappush(self._heap, (self.now + after_ms, self._count, act, args))

    def run(self, until: float) -> None:
        while self._heap and self._heap[0][0] <= until:
            self.now, _, act, args = heapq.heappop(self._heap)
            act(*args)
        self.now = until

    def act(self, n: int, act: Callable[[VirtualTerminal], None]) -> None:
        """Something happens to a terminal that has power; a full disk or a cut in the middle of writing ends its program."""
        if self.now < self.dead_until[n]:
            return
        terminal = self.terminals[n]
        try:
            act(terminal)
        except DiskFull:
            self.told["ended in mid-word"] += 1
            self.power_cut(n, self.chance.uniform(10_000, 40_000))
        self._wake(n)

    def _wake(self, n: int) -> None:
        at = max(self.terminals[n].next_ms, self.now + 1, self.dead_until[n])
        if self.wakes[n] <= self.now or at < self.wakes[n]:
            self.wakes[n] = at
            self.later(at - self.now, self._turn, n, at)

    def _turn(self, n: int, at: float) -> None:
        if self.wakes[n] == at:
            self.wakes[n] = 0.0
            self.act(n, lambda terminal: terminal.run(self.now))

    # -- lines ---------------------------------------------------------------------------------------------------------

    def connect(self, n: int) -> None:
        line = self.lines[n]
        if line.up or self.now < self.dead_until[n]:
            return
        if not self.broker_up:
            self.later(self.chance.uniform(1_000, 10_000), self.connect, n)
            return
        line.up, line.number = True, line.number + 1
        self.terminals[n].will()
        self.act(n, lambda terminal: terminal.connected(self.now))

    def cut(self, n: int, back_ms: float) -> None:
        line = self.lines[n]
        was, line.up, line.filters = line.up, False, set()
        if was and self.now >= self.dead_until[n]:
            self.act(n, lambda terminal: terminal.disconnected(self.now))
        self.later(back_ms, self.connect, n)

    def power_cut(self, n: int, dark_ms: float) -> None:
        self.told["power cut"] += 1
        self.lines[n].up, self.lines[n].filters = False, set()
        self.terminals[n].power_cut(self.now)
        self.dead_until[n] = self.now + dark_ms
        self.later(dark_ms + 1, self._wake, n)
        self.later(dark_ms + self.chance.uniform(1_000, 10_000), self.connect, n)

    # -- the station ---------------------------------------------------------------------------------------------------

    def plan(self, zone: int, *items: PlanItem) -> None:
        """More to play in a zone, as a new revision; said when the station is there."""
        self.items[zone] += items
        self.revs[zone] += 1
        body = Plan(self.revs[zone], f"z{zone}", int(NOW), int(NOW) + 10**8, items=tuple(self.items[zone]))
        self.plans[zone] = signed(body, f"z{zone}", self.revs[zone], now=self.now)
        if self.station_up and self.broker_up:
            self.publish(TOPICS.zone(f"z{zone}", "plan"), self.plans[zone])

    def publish(self, topic: str, payload: bytes) -> None:
        self.retained[topic] = payload
        for line in self.lines:
            if line.up and topic in line.filters:
                line.send(topic, payload)

    def station_hears(self, line: Line, topic: str, payload: bytes) -> None:
        if not self.station_up:
            return
        did = f"t{line.n}"
        if topic.endswith("/up/rcpt"):
            batch = Receipts.from_json(payload)
            for each in batch.items:
                self.believed.setdefault((did, each.item, each.result), each)
            line.send(TOPICS.down(did, "rsp"), Answer("rcpt", seq=batch.seq).to_json())
        elif topic.endswith("/up/req"):
            hello, zone = Request.from_json(payload), line.n % ZONES
            line.send(TOPICS.down(did, "rsp"), Answer("hello", hello.id).to_json())
            if hello.revs.get(f"z{zone}", 0) < self.revs[zone]:
                self.publish(TOPICS.zone(f"z{zone}", "plan"), self.plans[zone])

    # -- faults --------------------------------------------------------------------------------------------------------

    def befall(self) -> None:
        """Every second something breaks somewhere; now and then all of it."""
        n, dice = self.chance.randrange(len(self.terminals)), self.chance.random()
        if dice < 0.35:
            self.cut(n, self.chance.uniform(1_000, 120_000))
        elif dice < 0.6:
            if self.now >= self.dead_until[n]:
                self.power_cut(n, self.chance.uniform(2_000, 90_000))
        elif dice < 0.75:
            self.terminals[n].records_left = self.chance.randrange(6)  # the power goes while it writes
        elif dice < 0.85:
            self.terminals[n].full = True
            self.later(self.chance.uniform(10_000, 150_000), self._free, n)
        elif dice > 0.999:
            self.break_broker(wiped=self.chance.random() < 0.5)
        elif dice > 0.998:
            self.station_up = False
            self.told["station down"] += 1
            self.later(self.chance.uniform(5_000, 60_000), self._station_back)
        if self.now < NOW + HOUR_MS:
            self.later(1_000.0, self.befall)

    def _free(self, n: int) -> None:
        self.terminals[n].full = False

    def break_broker(self, wiped: bool) -> None:
        """It falls and comes back; ``wiped``: without anything it had kept, until the station says it again."""
        self.told["broker down"] += 1
        self.broker_up = False
        kept = dict(self.retained)
        if wiped:
            self.retained.clear()
        for n in range(len(self.lines)):
            self.cut(n, self.chance.uniform(3_000, 30_000))
        self.later(2_000.0, self._broker_back, kept)

    def _broker_back(self, kept: dict[str, bytes]) -> None:
        self.broker_up = True
        self.later(1_000.0, self._say_again, kept)

    def _say_again(self, kept: dict[str, bytes]) -> None:
        for topic, payload in kept.items():
            self.publish(topic, self.retained.get(topic, payload))

    def _station_back(self) -> None:
        self.station_up = True
        for zone, plan in enumerate(self.plans):
            self.publish(TOPICS.zone(f"z{zone}", "plan"), plan)


def programme(hour: Hour) -> None:
    """In every zone something each seven minutes: long, short, in two parts, more important, and late news in the middle."""
    for zone in range(ZONES):
        items = []
        for n in range(8):
            at, name = NOW + 120_000 + n * 420_000, f"z{zone}-{n}"
            items.append(an_item(name, at, ms=25_000, window_ms=WINDOW_MS, occ=name))
            if n % 4 == 1:
                items.append(an_item(f"{name}-part", at + 25_000, ms=5_000, window_ms=WINDOW_MS, occ=name, n=1))
            if n % 5 == 2:
                items.append(an_item(f"{name}-urgent", at + 8_000, ms=6_000, window_ms=WINDOW_MS, priority=2))
        hour.plan(zone, *items)
        hour.later(1_500_000.0 + zone * 7_000, hour.plan, zone, an_item(f"z{zone}-news", NOW + 1_700_000, ms=9_000, window_ms=WINDOW_MS, priority=4))


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("terminals", "seed"), [(500, 1)])
def test_nothing_is_lost_said_twice_or_heard_outside_its_window(terminals: int, seed: int) -> None:
    hour = Hour(terminals, seed)
    programme(hour)
    hour.later(30_000.0, hour.befall)
    hour.later(1_200_000.0, hour.break_broker, True)
    hour.later(2_400_000.0, hour.break_broker, False)
    hour.run(NOW + HOUR_MS)
    for terminal in hour.terminals:
        terminal.full, terminal.records_left = False, -1
    hour.station_up = True
    hour._station_back()
    hour.run(NOW + HOUR_MS + QUIET_MS)
    planned = {(f"t{n}", item.id) for n in range(terminals) for item in hour.items[n % ZONES]}
    ends = Counter((did, item) for did, item, result in hour.believed if result in FINAL)
    assert {each for each in planned if not ends[each]} == set(), "items without a last receipt"
    assert [each for each, count in ends.items() if count > 1] == [], "items that ended twice"
    assert [(n, each) for n, terminal in enumerate(hour.terminals) for each in sounded_twice(terminal.heard)] == []
    assert [(n, each) for n, terminal in enumerate(hour.terminals) for each in outside_window(terminal.heard)] == []
    heard = sum(1 for did, item, result in hour.believed if result == "finished")
    # the rest was cut by the power in the middle and says so
    assert heard > 0.9 * len(planned)
    assert min(hour.told["power cut"], hour.told["ended in mid-word"]) > 100 and hour.told["broker down"] >= 2
    assert all(not terminal.agent.kept.pending and not terminal.agent.kept.batch for terminal in hour.terminals)
