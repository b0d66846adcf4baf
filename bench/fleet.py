"""Ten thousand terminals on one broker: how soon a phrase is heard beside a raw publish, how they come back, what becomes of receipts.

The agents share one processor here: their wait for it is in the figures, as it is in those of the plain subscribers.
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
import threading
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select

from admin.fleet import FleetProcesses, LoopbackStation, loopback, wait_for
from admin.web import WebSettings, create_web
from bench.figures import Figure
from broadcast.brokers import hash_password
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
SPEECH = "各位村民请注意，今天下午两点到六点，东头水渠检修，全村停水四个小时，请大家提前储水，做好准备，谢谢配合，有事请找村委会。"


class Bench:
    """The station, its terminals, and the zone in which they all are."""

    def __init__(self, station: LoopbackStation, users: Sequence[tuple[str, str]]) -> None:
        self.station, self.users = station, users
        with station.db.reading() as session:
            city = session.scalars(select(Area).where(Area.level == "city")).one()
        self.zid, self.rev = zone(city, "cmn"), 0

    def send(self, name: str, ms: int = 400) -> float:
        """One phrase, now, to everybody; Unix milliseconds when it was handed over."""
        self.rev += 1
        now = clock.now()
        at = clock.to_ms(now)
        sha = hashlib.sha256(name.encode()).hexdigest()
        item = PlanItem(name, name, 0, at, sha, sha, 10_000, ms, at + 60_000, priority=2, title=name)
        plan = Plan(self.rev, self.zid, at, at + 86_400_000, items=(item,))
        keys = self.station.keys
        signed = keys.sign(plan.to_json(), typ=Plan.typ, aud=self.zid, seq=self.rev, now=now, expires=now + timedelta(days=1))
        sent = time.time() * 1000
        self.station.line.publish(self.station.topics.zone(self.zid, "plan"), signed, retain=True)
        return sent


def main() -> list[Figure]:
    return measure(SMALL if os.environ.get("XIANGYIN_BENCH_SMALL") else TERMINALS)


def measure(terminals: int, plays: int = PLAYS) -> list[Figure]:
    """Every figure at this size."""
    figures: list[Figure] = []
    with loopback("mosquitto") as station:
        users = station.settle(terminals + 1, min(AREAS, terminals))
        stranger, users = users[-1], users[:-1]
        station.open()
        bench = Bench(station, users)
        floor = _raw(bench)
        fleet = FleetProcesses(station.folder, (station.broker.host, station.broker.port), "xy", (station.keys.root_key,), users, 3600)
        began = time.monotonic()
        if not wait_for(lambda: _all(fleet, "synced", terminals), 60 + terminals / 20):
            raise RuntimeError(f"not every terminal came: {fleet.state()}")
        figures.append(Figure("first connection, all synced", f"{time.monotonic() - began:.1f} s", f"{terminals} terminals"))
        figures += _phrases(bench, fleet, terminals, floor)
        figures += _malformed(bench, fleet, stranger, terminals)
        figures += _receipts(bench, fleet, terminals, plays)
        figures += _killed(bench, fleet, terminals)
        figures.append(_memory(fleet))
        total = fleet.end()
        clean = not (total["lost"] or total["twice"] or total["outside"])
        figures.append(Figure("lost / twice / outside the window", f"{total['lost']} / {total['twice']} / {total['outside']}", "", "", "0 / 0 / 0", clean))
    return figures


def _all(fleet: FleetProcesses, what: str, terminals: int) -> bool:
    return fleet.state()[what] == terminals


def _raw(bench: Bench) -> tuple[float, float]:
    """The same broker, as many plain subscribers, one publish of the same size: median and 99 of 100 in milliseconds."""
    path = bench.station.folder / "subscribers.json"
    broker, topic = bench.station.broker, bench.station.topics.zone(bench.zid, "cmd")
    path.touch(0o600)
    path.write_text(json.dumps({"terminals": bench.users, "host": broker.host, "port": broker.port, "topic": topic}))
    process = subprocess.Popen(
        [sys.executable, "-m", "bench._subscribers", str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, preexec_fn=die_with_parent
    )
    assert process.stdin is not None and process.stdout is not None
    try:
        if not process.stdout.readline():
            raise RuntimeError("the plain subscribers did not connect")
        rounds = []
        for _ in range(ROUNDS):
            sent = time.time() * 1000
            bench.station.line.publish(topic, b"x" * 700)
            time.sleep(2 + len(bench.users) / 4000)
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
    return statistics.median(each[0] for each in rounds), statistics.median(each[1] for each in rounds)


def _first(fleet: FleetProcesses, name: str, since: float, terminals: int, seconds: float) -> tuple[float, float]:
    """Median and 99 of 100 of how long after ``since`` it was first heard; everybody must have heard it."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        time.sleep(min(4.0, 1 + terminals / 4000))
        parts = fleet.ask(do="first", item=name, since_ms=since)
        if sum(each["count"] for each in parts) == terminals:
            return max(each["p50_ms"] for each in parts), max(each["p99_ms"] for each in parts)
    raise RuntimeError(f"{name} was not heard everywhere within {seconds:g} s: {parts}")


def _phrases(bench: Bench, fleet: FleetProcesses, terminals: int, floor: tuple[float, float]) -> list[Figure]:
    rounds = [_first(fleet, name, bench.send(name), terminals, 60) for name in (f"phrase {n}" for n in range(ROUNDS))]
    p50, p99 = (statistics.median(each[n] for each in rounds) for n in (0, 1))
    ratio = p99 / floor[1]
    found = [
        Figure(
            f"send -> first sound, stored phrase, {terminals} terminals, p50 / p99", f"{p50:.0f} / {p99:.0f} ms",
            f"raw publish to as many {floor[0]:.0f} / {floor[1]:.0f} ms", f"{ratio:.2f}", "p99 <= 1500 ms", p99 <= 1500,
        ),
        Figure("the same beside the raw publish", f"{p99:.0f} ms", f"{floor[1]:.0f} ms", f"{ratio:.2f}", "<= 2 x", ratio <= 2),
    ]  # fmt: skip
    pool = Pool(1, options=EngineOptions())
    try:
        around, manner = Around(b"", None), Manner("cmn", voice("cmn", "").name)
        spoken_file(SPEECH[:8], "", manner, "mp3", pool, around)
        asked = time.time() * 1000
        made, _ = spoken_file(SPEECH, "", manner, "mp3", pool, around)
        spoken = time.time() * 1000 - asked
        bench.station.files.put(made)
        bench.send("fresh")
        fresh = _first(fleet, "fresh", asked, terminals, 60)
    finally:
        pool.close()
    found.append(
        Figure(
            f"send -> first sound, fresh speech of {len(SPEECH)} characters, p50 / p99", f"{fresh[0]:.0f} / {fresh[1]:.0f} ms",
            f"speaking alone {spoken:.0f} ms; fetching the file not counted", "", "p99 <= 3000 ms", fresh[1] <= 3000,
        )
    )  # fmt: skip
    return found


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
    sent = bench.send("after nonsense")
    heard = _first(fleet, "after nonsense", sent, terminals, 60)
    state, refused = fleet.state(), sum(station.inbox.refused.values())
    good = state["connected"] == terminals and refused >= 10
    return [Figure("malformed MQTT and JSON: still connected, next phrase", f"{state['connected']} of {terminals}, p99 {heard[1]:.0f} ms", f"{refused} refused", "", "all", good)]


def _receipts(bench: Bench, fleet: FleetProcesses, terminals: int, plays: int) -> list[Figure]:
    """Lines cut, so many plays noted on each flash, lines back: how long until every receipt is in the database."""
    station, expected = bench.station, terminals * plays
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
            f"{found / seconds:.0f}/s into {station.db.engine.dialect.name}", "", "all within 60 s, none twice", good,
        )
    ]  # fmt: skip


def _killed(bench: Bench, fleet: FleetProcesses, terminals: int) -> list[Figure]:
    """SIGKILL to the broker; the station starts it anew. Pages are asked for meanwhile, from this very process."""
    station = bench.station
    pages, stop = list[float](), threading.Event()
    asking = threading.Thread(target=_ask_pages, args=(station, pages, stop), daemon=True)
    asking.start()
    assert isinstance(station.broker, MosquittoBroker) and station.broker.pid > 0
    os.kill(station.broker.pid, signal.SIGKILL)
    began = time.monotonic()
    wait_for(lambda: fleet.state()["connected"] < terminals / 2, 30)
    synced = wait_for(lambda: _all(fleet, "synced", terminals), 120)
    seconds = time.monotonic() - began
    stop.set()
    asking.join(30)
    slowest = max(pages, default=0.0)
    return [
        Figure(f"reconnect after the broker was killed, {terminals} terminals synced", f"{seconds:.1f} s", "", "", "<= 60 s", synced and seconds <= 60),
        Figure("slowest of the pages meanwhile", f"{slowest * 1000:.0f} ms", f"{len(pages)} pages, in the process of the station", "", "<= 1000 ms", bool(pages) and slowest <= 1),
    ]


def _ask_pages(station: LoopbackStation, took: list[float], stop: threading.Event) -> None:
    settings = WebSettings("a key only for this benchmark, of no worth", rate_limits=False)
    client = create_web(settings, station.db, station.files, station.keys, hash_password).test_client()
    with station.db.session() as session:
        person = session.scalars(select(Person).where(Person.login == "fleet")).one()
        client.set_cookie("xiangyin", access.open_session(session, person, clock.now()))
    while not stop.is_set():
        for path in ("/", "/devices", "/heard"):
            began = time.monotonic()
            if client.get(path).status_code == 200:
                took.append(time.monotonic() - began)
        stop.wait(1.0)


def _memory(fleet: FleetProcesses) -> Figure:
    status = Path("/proc/self/status").read_text().splitlines()
    mine = next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM:"))
    theirs = [int(line.split()[1]) / 1024 for each in fleet.parts for line in _status(each.process.pid) if line.startswith("VmRSS:")]
    return Figure("memory: station at most; the fleet", f"{mine:.0f} MB; {sum(theirs):.0f} MB", "", "", "station <= 500 MB", mine <= 500)


def _status(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/status").read_text().splitlines()

