"""Ten thousand terminals on one broker: how soon a phrase is heard beside a raw publish, how they come back, what becomes of receipts.

Ten thousand agents, the station, its pages and the broker share the processors of this machine. Send and first sound are stamped with the
machine's monotonic clock. A terminal hears a word when it has come to its socket, and is charged its own work, as it would be on a processor
of its own (``terminal.fleet``); beside it stands when the shared processor had come to it. Nothing is sent before everybody is idle.
What is the same bytes to all of them (the manifest or the emergencies of a zone) is verified once in the process that they share (0.7 ms; a real
terminal does it for itself). Whatever does not end in its time is a figure that was missed, and the next one is measured.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select

from admin.fleet import FleetProcesses, LoopbackStation, loopback, wait_for
from bench.figures import Figure
from broadcast.brokers.mosquitto import MosquittoBroker
from broadcast.models import Receipt
from station import access, clock
from station.areas import zone
from station.models import Area, Person
from station.processes import die_with_parent
from terminal import packets
from tts.engines.options import EngineOptions
from tts.export import spoken_file
from tts.pool import Pool
from tts.speak import Around
from tts.voices import Manner, voice
from wire.messages import Plan, PlanItem

TERMINALS, SMALL, AREAS, PLAYS, ROUNDS = 10_000, 200, 100, 20, 3
IDLE_BEHIND_MS = 100
# No part is begun later than so many seconds after the start: a run ends by itself.
MOST_S = 1500
SPEECH = "各位村民请注意，今天下午两点到六点，东头水渠检修，全村停水四个小时，请大家提前储水，做好准备，谢谢配合，有事请找村委会。"


class Bench:
    """The station, its terminals, and the zone in which they all are."""

    def __init__(self, station: LoopbackStation, users: Sequence[tuple[str, str]]) -> None:
        self.station, self.users = station, users
        with station.db.reading() as session:
            city = session.scalars(select(Area).where(Area.level == "city")).one()
        self.zid, self.rev = zone(city, "cmn"), 0

    def letter(self, name: str, ms: int = 400) -> bytes:
        """The signed manifest of the zone that holds one phrase, to be heard now."""
        self.rev += 1
        now = clock.now()
        at = clock.to_ms(now)
        sha = hashlib.sha256(name.encode()).hexdigest()
        item = PlanItem(name, name, 0, at, sha, sha, 10_000, ms, at + 60_000, priority=2, title=name)
        plan = Plan(self.rev, self.zid, at, at + 86_400_000, items=(item,))
        return self.station.keys.sign(plan.to_json(), typ=Plan.typ, aud=self.zid, seq=self.rev, now=now, expires=now + timedelta(days=1))

    def send(self, name: str) -> float:
        """One phrase, now, to everybody; monotonic milliseconds when it was handed over."""
        signed = self.letter(name)
        sent = time.monotonic() * 1000
        self.station.line.publish(self.station.topics.zone(self.zid, "plan"), signed, retain=True)
        return sent

    def idle(self, fleet: FleetProcesses, seconds: float = 60.0) -> bool:
        """Nobody plays, nobody waits for an answer, nothing is left to be written down: three looks in a row."""
        looks = 0

        def quiet() -> bool:
            nonlocal looks
            found = fleet.state()
            busy = found["playing"] or found["waiting"] or self.station.inbox.waiting or found["behind_ms"] > IDLE_BEHIND_MS
            looks = 0 if busy else looks + 1
            time.sleep(0.8)
            return looks >= 3

        return wait_for(quiet, seconds)


def main() -> list[Figure]:
    named = os.environ.get("XIANGYIN_BENCH_TERMINALS")
    size = int(named) if named else SMALL if os.environ.get("XIANGYIN_BENCH_SMALL") else TERMINALS
    return measure(size, database_url=os.environ.get("XIANGYIN_BENCH_DATABASE", ""))


def measure(terminals: int, plays: int = PLAYS, database_url: str = "") -> list[Figure]:
    """Every figure at this size."""
    taken = Taken()
    figures, take = taken.figures, taken.take
    with loopback("mosquitto", database_url) as station:
        users = station.settle(terminals + 1, min(AREAS, terminals))
        stranger, users = users[-1], users[:-1]
        station.open()
        bench, floor = Bench(station, users), dict[str, float]()
        take("raw publish to as many plain subscribers", lambda: _raw(bench, floor))
        fleet = FleetProcesses(station.folder, (station.broker.host, station.broker.port), "xy", (station.keys.root_key,), users, 3600)
        try:
            take("first connection, all synced", lambda: _first_connection(bench, fleet, terminals))
            take("stored phrase", lambda: _phrases(bench, fleet, terminals, floor))
            take("fresh speech", lambda: _fresh(bench, fleet, terminals))
            take("malformed MQTT and JSON", lambda: _malformed(bench, fleet, stranger, terminals))
            take("receipts after a cut line", lambda: _receipts(bench, fleet, terminals, plays))
            take("reconnect after the broker was killed", lambda: _killed(bench, fleet, terminals))
            take("memory", lambda: [_memory(fleet)])
        finally:
            total = fleet.end()
        told = [total.get(name) for name in ("lost", "twice", "outside")]  # None: its process ended without a summary
        figures.append(Figure("lost / twice / outside the window", " / ".join(str(each) for each in told), "", "", "0 / 0 / 0", told == [0, 0, 0]))
    return figures


class Taken:
    """The figures of a benchmark, one part after the other. A part that fails is a figure that was missed, and the next one is measured; after
    ``MOST_S`` seconds no part is begun any more."""

    def __init__(self) -> None:
        self.figures: list[Figure] = []
        self._ends = time.monotonic() + MOST_S

    def take(self, what: str, work: Callable[[], list[Figure]]) -> None:
        print(f"{time.strftime('%H:%M:%S')} load {os.getloadavg()[0]:.1f}: {what}", file=sys.stderr, flush=True)
        if time.monotonic() > self._ends:
            self.figures.append(Figure(what, f"not measured: {MOST_S / 60:.0f} minutes were over", good=False))
            return
        try:
            found = work()
        except Exception as error:  # the other figures are worth having all the same
            found = [Figure(what, f"{type(error).__name__}: {error}"[:200], good=False)]
        for each in found:
            print(f"    {each.what}: {each.measured} ({each.beside})", file=sys.stderr, flush=True)
        self.figures.extend(found)


def _load() -> str:
    return f"load {os.getloadavg()[0]:.1f}"


class Spent:
    """Processor seconds of station, terminals and broker since it was made: what a figure cost, however many others share the machine."""

    def __init__(self, bench: Bench, fleet: FleetProcesses) -> None:
        self._bench, self._fleet = bench, fleet
        self._before = self._now()

    def _now(self) -> tuple[float, float, float]:
        broker = self._bench.station.broker
        pid = broker.pid if isinstance(broker, MosquittoBroker) else 0
        return _cpu_s(os.getpid()), sum(_cpu_s(each.process.pid) for each in self._fleet.parts), _cpu_s(pid)

    def __str__(self) -> str:
        station, terminals, broker = (now - before for now, before in zip(self._now(), self._before, strict=True))
        return f"processor: station {station:.1f} s, terminals {terminals:.1f} s, broker {max(0.0, broker):.1f} s; {_load()}"


def _cpu_s(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _first_connection(bench: Bench, fleet: FleetProcesses, terminals: int) -> list[Figure]:
    began, spent = time.monotonic(), Spent(bench, fleet)
    came = wait_for(lambda: _all(fleet, "synced", terminals), 60 + terminals / 20)
    seconds, found = time.monotonic() - began, fleet.state()
    words = f"{seconds:.1f} s" if came else f"{found['synced']} of {terminals} in {seconds:.0f} s"
    return [Figure(f"first connection, {terminals} terminals synced", words, f"{terminals / seconds:.0f}/s; {spent}", good=None if came else False)]


def _all(fleet: FleetProcesses, what: str, terminals: int) -> bool:
    return fleet.state()[what] == terminals


def _raw(bench: Bench, floor: dict[str, float]) -> list[Figure]:
    """The same broker, as many plain subscribers, one publish of the same size: median and 99 of 100 in milliseconds."""
    path = bench.station.folder / "subscribers.json"
    broker, topic = bench.station.broker, bench.station.topics.zone(bench.zid, "cmd")
    path.touch(0o600)
    path.write_text(json.dumps({"terminals": bench.users, "host": broker.host, "port": broker.port, "topic": topic}))
    process = subprocess.Popen(
        [sys.executable, "-m", "bench._subscribers", str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, preexec_fn=die_with_parent
    )
    assert process.stdin is not None and process.stdout is not None
    size = len(bench.letter("as large as a phrase"))
    try:
        if not process.stdout.readline():
            raise RuntimeError("the plain subscribers did not connect")
        rounds = []
        for _ in range(ROUNDS):
            sent = time.monotonic() * 1000
            bench.station.line.publish(topic, b"x" * size)
            time.sleep(2 + len(bench.users) / 2500)
            process.stdin.write(f"{sent}\n")
            process.stdin.flush()
            found = json.loads(process.stdout.readline())
            if found["count"] != len(bench.users):
                raise RuntimeError(f"{found['count']} of {len(bench.users)} plain subscribers heard it")
            rounds.append((found["p50_ms"], found["p99_ms"]))
    finally:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()
    floor["p50"], floor["p99"] = (statistics.median(each[n] for each in rounds) for n in (0, 1))
    return []


@dataclass(frozen=True)
class First:
    """How long after it was sent a phrase was first heard: by each terminal's own time, and by that of the processor they share."""

    count: int
    p50: float
    p99: float
    seen_p50: float
    seen_p99: float


def _first(fleet: FleetProcesses, name: str, since: float, terminals: int, seconds: float = 60.0) -> First:
    """Everybody must have heard it. Raises RuntimeError."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        time.sleep(min(5.0, 1 + terminals / 2500))
        parts = fleet.ask(do="first", item=name, since_ms=since)
        if sum(each["count"] for each in parts) == terminals:
            return First(terminals, *(max(each[kind] for each in parts) for kind in ("p50_ms", "p99_ms", "seen_p50_ms", "seen_p99_ms")))
    raise RuntimeError(f"{name} was heard by {sum(each['count'] for each in parts)} of {terminals} within {seconds:g} s")


def _phrases(bench: Bench, fleet: FleetProcesses, terminals: int, floor: dict[str, float]) -> list[Figure]:
    rounds, idle = list[First](), True
    for name in (f"phrase {n}" for n in range(ROUNDS)):
        idle = bench.idle(fleet) and idle
        rounds.append(_first(fleet, name, bench.send(name), terminals))
    p50, p99, seen_p50, seen_p99 = (statistics.median(getattr(each, kind) for each in rounds) for kind in ("p50", "p99", "seen_p50", "seen_p99"))
    ratio = p99 / floor["p99"] if floor else float("inf")
    beside = f"raw publish to as many {floor['p50']:.0f} / {floor['p99']:.0f} ms" if floor else "no raw publish"
    return [
        Figure(
            f"send -> first sound, stored phrase, {terminals} terminals, p50 / p99", f"{p50:.0f} / {p99:.0f} ms", f"{beside}; {_load()}",
            f"{ratio:.2f}", "p99 <= 1500 ms", p99 <= 1500 and idle,
        ),
        Figure("the same beside the raw publish", f"{p99:.0f} ms", f"{floor.get('p99', 0):.0f} ms", f"{ratio:.2f}", "<= 2 x", ratio <= 2),
        Figure("the same, waiting for the processor they all share", f"{seen_p50:.0f} / {seen_p99:.0f} ms", "" if idle else "not everybody was idle before"),
    ]  # fmt: skip


def _fresh(bench: Bench, fleet: FleetProcesses, terminals: int) -> list[Figure]:
    bench.idle(fleet)
    pool = Pool(1, options=EngineOptions())
    try:
        around, manner = Around(b"", None), Manner("cmn", voice("cmn", "").name)
        spoken_file(SPEECH[:8], "", manner, "mp3", pool, around)
        asked = time.monotonic() * 1000
        made, _ = spoken_file(SPEECH, "", manner, "mp3", pool, around)
        spoken = time.monotonic() * 1000 - asked
        bench.station.files.put(made)
        bench.send("fresh")
        fresh = _first(fleet, "fresh", asked, terminals)
    finally:
        pool.close()
    return [
        Figure(
            f"send -> first sound, fresh speech of {len(SPEECH)} characters, p50 / p99", f"{fresh.p50:.0f} / {fresh.p99:.0f} ms",
            f"speaking alone {spoken:.0f} ms; fetching the file not counted; {_load()}", "", "p99 <= 3000 ms", fresh.p99 <= 3000,
        )
    ]  # fmt: skip


def _malformed(bench: Bench, fleet: FleetProcesses, stranger: tuple[str, str], terminals: int) -> list[Figure]:
    """Nonsense to the broker, to the station and to every terminal; everybody else goes on."""
    station = bench.station
    address = (station.broker.host, station.broker.port)
    for raw in (b"\x00" * 64, b"\x30\xff\xff\xff\xff\x7f", b"\x10\x7f" + b"A" * 40, os.urandom(300)):
        with socket.create_connection(address, 5) as line:
            line.sendall(raw)
    nonsense = (b"", b"{", b"[" * 5000, b'{"seq":1e999}', b'{"seq":"x","items":[[]]}', b"\xff\xfe", b'{"op":"hello","revs":{"z":-1e400}}', b"null" * 4000)
    with socket.create_connection(address, 5) as line:
        line.sendall(packets.connect(stranger[0], stranger[0], stranger[1], 60))
        line.recv(16)
        for channel in ("rcpt", "rep", "state", "req", "ack"):
            for raw in nonsense:
                line.sendall(packets.publish(station.topics.up(stranger[0], channel), raw, 0, False, 0))
    for raw in nonsense:
        for channel in ("plan", "cmd"):
            station.line.publish(station.topics.zone(bench.zid, channel), raw).wait(5)
    bench.idle(fleet)
    heard = _first(fleet, "after nonsense", bench.send("after nonsense"), terminals)
    state, refused = fleet.state(), sum(station.inbox.refused.values())
    good = state["connected"] == terminals and refused >= 10
    return [Figure("malformed MQTT and JSON: still connected, next phrase", f"{state['connected']} of {terminals}, p99 {heard.p99:.0f} ms", f"{refused} refused", "", "all", good)]


def _receipts(bench: Bench, fleet: FleetProcesses, terminals: int, plays: int) -> list[Figure]:
    """Lines cut, so many plays noted on each flash, lines back: how long until every receipt is in the database."""
    station, expected = bench.station, terminals * plays
    bench.idle(fleet)
    spent = Spent(bench, fleet)
    fleet.order(do="cut", seconds=5 + terminals / 1000)
    fleet.ask(do="remember", items=[f"cut-{n}" for n in range(plays)])
    wait_for(lambda: fleet.state()["connected"] == 0, 30)
    wait_for(lambda: fleet.state()["connected"] > 0, 60)
    began = time.monotonic()

    def stored() -> int:
        with station.db.reading() as session:
            return session.scalar(select(func.count()).where(Receipt.item.like("cut-%"))) or 0

    all_in = wait_for(lambda: stored() >= expected, 180)
    seconds, found = time.monotonic() - began, stored()
    good = all_in and found == expected and seconds <= 60
    return [
        Figure(
            f"receipts after a cut line, {terminals} terminals x {plays} plays", f"{found} of {expected} in {seconds:.1f} s",
            f"{found / seconds:.0f}/s into {station.db.engine.dialect.name}; {spent}", "", "all within 60 s, none twice", good,
        )
    ]  # fmt: skip


def _killed(bench: Bench, fleet: FleetProcesses, terminals: int) -> list[Figure]:
    """SIGKILL to the broker; the station starts it anew. Pages are asked for meanwhile, by a process of their own as in production."""
    station = bench.station
    assert isinstance(station.broker, MosquittoBroker) and station.broker.pid > 0
    with Visitor(station) as visitor:
        bench.idle(fleet)
        visitor.begin()
        os.kill(station.broker.pid, signal.SIGKILL)
        began, spent = time.monotonic(), Spent(bench, fleet)
        wait_for(lambda: fleet.state()["connected"] < terminals / 2, 30)
        synced = wait_for(lambda: _all(fleet, "synced", terminals), 120)
        seconds = time.monotonic() - began
        took = visitor.end().took_ms
    pages = sorted((each, path) for path, times in took.items() for each in times)
    slowest, path = pages[-1] if pages else (0.0, "none")
    median = statistics.median(each for each, _ in pages) if pages else 0.0
    found = fleet.state()["synced"]
    return [
        Figure(f"reconnect after the broker was killed, {terminals} terminals synced", f"{found} in {seconds:.1f} s", str(spent), "", "<= 60 s", synced and seconds <= 60),
        Figure("slowest of the pages meanwhile", f"{slowest:.0f} ms", f"{path} of {len(pages)} pages, median {median:.0f} ms", "", "<= 1000 ms", bool(pages) and slowest <= 1000),
    ]  # fmt: skip


class Visitor:
    """Somebody who looks at pages of the station, in a process of his own (``bench._pages``)."""

    def __init__(self, station: LoopbackStation, paths: Sequence[str] = (), rounds: int = 0) -> None:
        with station.db.session() as session:
            person = session.scalars(select(Person).where(Person.login == "fleet")).one()
            cookie = access.open_session(session, person, clock.now())
        self._path = station.folder / "visitor.json"
        self._path.touch(0o600)
        address = station.db.engine.url.render_as_string(hide_password=False)
        said = {"database": address, "folder": str(station.folder), "session": cookie, "paths": list(paths), "rounds": rounds}
        self._path.write_text(json.dumps(said))
        self._rounds = rounds
        command = [sys.executable, "-m", "bench._pages", str(self._path)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, preexec_fn=die_with_parent)

    def __enter__(self) -> Visitor:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def begin(self) -> None:
        """From now on it counts. Raises RuntimeError when no page came."""
        assert self._process.stdout is not None
        if not self._process.stdout.readline():
            raise RuntimeError("no page came before the broker was killed")

    def end(self, timeout_s: float = 60) -> Pages:
        """It goes home. Raises RuntimeError for pages that were refused."""
        said, _ = self._process.communicate(timeout=timeout_s) if self._rounds else self._process.communicate("enough\n", timeout=timeout_s)
        found = json.loads(said)
        if found["refused"]:
            raise RuntimeError(f"pages were refused: {found['refused']}")
        return Pages(found["took_ms"], found["cpu_ms"], float(found["most_mb"]))


@dataclass(frozen=True)
class Pages:
    """How long each page took (milliseconds, by the wall clock and of the processor), and the most memory that the process held."""

    took_ms: dict[str, list[float]]
    cpu_ms: dict[str, list[float]]
    most_mb: float


def _memory(fleet: FleetProcesses) -> Figure:
    status = Path("/proc/self/status").read_text().splitlines()
    mine = next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM:"))
    theirs = [int(line.split()[1]) / 1024 for each in fleet.parts for line in _status(each.process.pid) if line.startswith("VmRSS:")]
    return Figure("memory: station at most; the fleet", f"{mine:.0f} MB; {sum(theirs):.0f} MB", "", "", "station <= 500 MB", mine <= 500)


def _status(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/status").read_text().splitlines()

