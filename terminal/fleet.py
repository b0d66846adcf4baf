"""Thousands of virtual terminals in one process: the same agent, over real MQTT connections of their own, with faults on demand.

A real terminal has a processor of its own; here thousands share one. So each has a time of its own: a word is heard when it has come to the
socket (sockets are read before anybody thinks), what the agent then does takes as long as it took this processor, and what is due happens
when it is due, however long the others kept the processor meanwhile. How far behind that the process is, is told as ``behind_ms``.

``python -m terminal.fleet --papers FILE`` reads who they are, prints one JSON object a line (progress every second, a summary at the end)
and obeys one JSON object a line on its standard input: {"do": "cut", "seconds": 5}, {"do": "power", "share": 0.1},
{"do": "first", "item": ..., "since_ms": ...} (how soon after that monotonic time it was heard), {"do": "remember", "items": [...]} (as if these had been played while
the line was cut), {"do": "end"}.
"""

from __future__ import annotations

import argparse
import asyncio
import heapq
import json
import random
import resource
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from terminal.actions import Fetch
from terminal.member import Effort, Member
from terminal.virtual import outside_window, sounded_twice
from wire.messages import Credentials, Key

FAULTS = ("lines", "power", "clocks", "disks")
IN_FLIGHT = 50
CONNECT_S = 20.0
# A process of ordinary limits holds so many sockets; so many source ports has one loopback address towards one listener.
PORTS_OF_AN_ADDRESS = 20_000
SPARE_FILES = 100
# A connection, a journal, its lock, an ear.
FILES_OF_STATE = 4
# Thinking goes on for so long before the sockets have their turn: while they bring much, when they are quiet, when somebody has waited long.
BRIEF_S, SLICE_S, LONG_S, WAITED_MS = 0.0005, 0.005, 0.02, 1000.0
# Whoever asks how things stand has looked at so many a second at most: looking costs processor, too.
LOOKED_A_SECOND = 5_000


class TooMany(RuntimeError):
    """More terminals than this process may hold connections."""


@dataclass(frozen=True)
class Papers:
    """Who the terminals are and where their station listens."""

    host: str
    port: int
    domain: str
    terminals: tuple[tuple[str, str], ...]
    roots: tuple[Key, ...]
    base: tuple[str, ...] = ()

    def to_json(self) -> str:
        said = {"host": self.host, "port": self.port, "domain": self.domain, "base": self.base, "terminals": self.terminals}
        return json.dumps({**said, "roots": [json.loads(each.to_json()) for each in self.roots]})

    @classmethod
    def from_json(cls, text: str) -> Papers:
        said = json.loads(text)
        roots = tuple(Key.from_json(json.dumps(each).encode()) for each in said["roots"])
        terminals = tuple((str(did), str(password)) for did, password in said["terminals"])
        return cls(str(said["host"]), int(said["port"]), str(said["domain"]), terminals, roots, tuple(said["base"]))


@dataclass(frozen=True)
class Faults:
    """Which faults happen; each of the first two befalls a terminal once in ``every_s`` on the average. ``share`` have wrong clocks or slow disks."""

    kinds: frozenset[str] = frozenset()
    every_s: float = 120.0
    share: float = 0.1


def percentile(values: Sequence[float], share: float) -> float | None:
    """The value below which so large a share lies, None of nothing."""
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 3) if ordered else None


def resident_mb() -> float | None:
    """The memory this process holds now; None where /proc does not say."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return None
    return next((round(int(line.split()[1]) / 1024, 1) for line in lines if line.startswith("VmRSS:")), None)


def allow_files(wanted: int) -> None:
    """Raises the limit of open files as far as it may be raised. Raises TooMany."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and wanted > hard:
        raise TooMany(f"{wanted} connections, and this process may open {hard} files: share the terminals among several processes")
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


class Fleet:
    """All of them, on one event loop."""

    def __init__(self, papers: Papers, faults: Faults | None = None, seed: int = 1, first: int = 0, state: Path | None = None) -> None:
        self.papers, self.faults, self.first, self.state_folder = papers, faults or Faults(), first, state
        self.chance = random.Random(seed)
        self.counts: Counter[str] = Counter()
        self._began, self._mono = time.time() * 1000, time.monotonic() * 1000
        self.members = [
            Member(self, n, Credentials(did, password, papers.domain, "", papers.roots, papers.base))
            for n, (did, password) in enumerate(papers.terminals)
        ]
        self._due: list[tuple[float, int]] = []
        self._door = asyncio.Semaphore(IN_FLIGHT)
        self._read_once: dict[str, asyncio.Future[bytes]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._ended = asyncio.Event()
        self._cut_until = 0.0
        self.buffer = memoryview(bytearray(1 << 18))
        self._thinking: deque[tuple[float, Member]] = deque()
        self._arrivals, self._thought_at, self.behind_ms = 0, 0, 0.0
        self.effort = Effort()

    def mono_ms(self) -> float:
        return time.monotonic() * 1000

    def now_ms(self) -> float:
        """The time of this process; it never goes back."""
        return self._began + self.mono_ms() - self._mono

    # -- time ----------------------------------------------------------------------------------------------------------

    def due(self, member: Member) -> None:
        """Look at it again when its next thing is due."""
        at = self.now_ms() + (member.terminal.next_ms - member.now())
        if member.wakes <= self.now_ms() or at < member.wakes:
            member.wakes = at
            heapq.heappush(self._due, (at, member.index))

    def arrived(self, member: Member) -> None:
        """Something has come for it."""
        self._arrivals += 1
        self._queue(member)

    def _queue(self, member: Member, since: float | None = None) -> None:
        if not member.queued:
            member.queued = True
            if not self._thinking:
                asyncio.get_running_loop().call_soon(self._think)
            self._thinking.append((self.now_ms() if since is None else since, member))

    def _think(self) -> None:
        """One member after the other for a moment, then the sockets have their turn."""
        self.effort.begin()
        waited = self.now_ms() - self._thinking[0][0]
        moment = LONG_S if waited > WAITED_MS else BRIEF_S if self._arrivals != self._thought_at else SLICE_S
        self._thought_at, ends = self._arrivals, time.monotonic() + moment
        while self._thinking:
            since, member = self._thinking.popleft()
            self.behind_ms = max(self.behind_ms, self.now_ms() - since)
            if member.queued:
                member.think()
            if time.monotonic() >= ends:
                break
        if self._thinking:
            asyncio.get_running_loop().call_soon(self._think)

    def later(self, seconds: float, act: Any) -> None:
        asyncio.get_running_loop().call_later(seconds, act)

    async def _clockwork(self) -> None:
        while not self._ended.is_set():
            now = self.now_ms()
            while self._due and self._due[0][0] <= now:
                at, index = heapq.heappop(self._due)
                member = self.members[index]
                if member.wakes == at:
                    member.wakes = 0.0
                    self._queue(member, at)
            wait = (self._due[0][0] - self.now_ms()) / 1000 if self._due else 0.01
            await asyncio.sleep(max(0.001, min(0.01, wait)))

    # -- connections ---------------------------------------------------------------------------------------------------

    async def _connect(self, member: Member) -> None:
        async with self._door:
            if self._ended.is_set():
                return
            number, loop = self.first + member.index, asyncio.get_running_loop()
            local = (f"127.0.0.{2 + number // PORTS_OF_AN_ADDRESS}", 0) if number >= PORTS_OF_AN_ADDRESS else None
            member.settled = loop.create_future()
            try:
                async with asyncio.timeout(CONNECT_S):
                    await loop.create_connection(lambda: member, self.papers.host, self.papers.port, local_addr=local)
                    await member.settled  # the next one has its turn when this one was let in, or turned away
            except (OSError, TimeoutError):
                self.counts["no connection"] += 1
                if member.connected_to:
                    member.hang_up()
                else:
                    self.fallen(member)

    def fallen(self, member: Member) -> None:
        """It comes back after a while, each at its own moment."""
        if self._ended.is_set():
            return
        wait = max(0.0, self._cut_until - time.monotonic()) + self.chance.uniform(0.2, 1.0 + min(15.0, 2.0**member.retry))
        member.retry += 1
        self.later(wait, lambda: self._start(self._connect(member)))
        self.due(member)

    def _start(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # -- faults and stores -----------------------------------------------------------------------------------------------

    def slow_disk(self, _fetch: Fetch, _now: float) -> tuple[float, str]:
        """Half a second to five, and one time in ten it does not work at all."""
        return self.chance.uniform(500.0, 5000.0), "the disk is slow and failed" if self.chance.random() < 0.1 else ""

    def read(self, member: Member, fetch: Fetch) -> None:
        """A plan behind a pointer: read over HTTP once in this process, for whoever asks."""
        self._start(self._read_for(member, fetch))

    async def _read_for(self, member: Member, fetch: Fetch) -> None:
        if fetch.sha not in self._read_once:
            self._read_once[fetch.sha] = asyncio.ensure_future(asyncio.to_thread(_get, fetch.urls))
        content = await self._read_once[fetch.sha]
        if not content:
            self._read_once.pop(fetch.sha, None)
        member.terminal.read(fetch.sha, bool(content), "" if content else "nobody has it", content, member.now())
        self.due(member)

    async def _strike(self) -> None:
        """Faults, a tenth of a second's worth at a time."""
        while not self._ended.is_set():
            await asyncio.sleep(0.1)
            for kind in ("lines", "power"):
                if kind in self.faults.kinds:
                    expected = len(self.members) * 0.1 / self.faults.every_s
                    for _ in range(int(expected) + (self.chance.random() < expected % 1)):
                        self._befall(kind, self.chance.choice(self.members))

    def _befall(self, kind: str, member: Member) -> None:
        self.counts[kind] += 1
        member.think()
        if kind == "power":
            member.terminal.power_cut(member.now())
        member.hang_up()
        self.due(member)

    def cut_all(self, share: float = 1.0, power: bool = False, seconds: float = 0.0) -> None:
        """Many lines at once, or the power of many; nobody comes back for so long."""
        self._cut_until = time.monotonic() + seconds
        for member in self.members:
            if self.chance.random() < share:
                self._befall("power" if power else "lines", member)

    # -- the whole -------------------------------------------------------------------------------------------------------

    async def run(self, seconds: float, tell: Any) -> dict[str, Any]:
        """For so long, or until ``end``; what became of everything."""
        for member in self.members:
            self._start(self._connect(member))
        for work in (self._clockwork(), self._strike(), self._mind_lines()):
            self._start(work)
        ends, look_s = time.monotonic() + seconds, max(1.0, len(self.members) / LOOKED_A_SECOND)
        while time.monotonic() < ends and not self._ended.is_set():
            tell({"event": "progress", **self.state(), "behind_ms": round(self.behind_ms)})
            self.behind_ms = 0.0
            try:
                await asyncio.wait_for(self._ended.wait(), min(look_s, max(0.0, ends - time.monotonic())))
            except TimeoutError:
                continue
        summary = self.summary()
        self._ended.set()
        for member in self.members:
            member.farewell()
        await asyncio.sleep(0.3)
        for member in self.members:
            member.hang_up()
        for task in list(self._tasks):
            task.cancel()
        return summary

    async def _mind_lines(self) -> None:
        while not self._ended.is_set():
            for n, member in enumerate(self.members):
                member.ping()
                if n % 500 == 499:
                    await asyncio.sleep(0)
            await asyncio.sleep(5)

    def end(self) -> None:
        self._ended.set()

    def state(self) -> dict[str, Any]:
        """How things stand now."""
        connected = synced = playing = played = waiting = 0
        for member in self.members:
            agent = member.terminal.agent
            played += member.terminal.told["finished"]
            waiting += len(agent.kept.pending) + len(agent.kept.batch)
            playing += bool(agent.sounding)
            if agent.connected:
                connected += 1
                synced += agent.synced
        return {
            "terminals": len(self.members), "connected": connected, "synced": synced, "playing": playing, "played": played, "waiting": waiting,
        }  # fmt: skip

    def summary(self) -> dict[str, Any]:
        """Everything that can be said at this end."""
        now = self.now_ms()
        late = [each for member in self.members for each in member.terminal.late_ms]
        lost = sum(
            1 for member in self.members for item, _, _ in member.terminal.agent.items.values()
            if item.expires_ms + 1000 < now and item.id not in member.terminal.agent.kept.done and item.id not in member.terminal.agent.kept.begun
        )  # fmt: skip
        return {
            **self.state(), "late_p50_ms": percentile(late, 0.5), "late_p99_ms": percentile(late, 0.99),
            "receipts": sum(each.terminal.told["acknowledged"] for each in self.members), "lost": lost,
            "twice": sum(len(sounded_twice(each.terminal.heard)) for each in self.members),
            "outside": sum(len(outside_window(each.terminal.heard)) for each in self.members),
            "failed": sum(each.terminal.told["failed"] for each in self.members), "missed": sum(each.terminal.told["missed"] for each in self.members),
            "refused": sum(each.terminal.agent.refused for each in self.members),
            "rss_mb": resident_mb(), **{name.replace(" ", "_"): n for name, n in self.counts.items()},
        }  # fmt: skip

    def first_sounds(self, item: str, since_ms: float) -> dict[str, Any]:
        """How long after this monotonic time the item, or the first of those whose names begin so, was first heard: how many, median, 99 of 100;
        ``seen_``: when this process, which all of them share, had come to it."""
        since = self._began + since_ms - self._mono
        waits, seen = [], []
        for each in self.members:
            name = min((name for name in each.terminal.first_sound if name.startswith(item)), key=each.terminal.first_sound.__getitem__, default=None)
            if name is not None:
                waits.append(each.terminal.first_sound[name] - since)
                seen.append(each.noticed[name] - since)
        return {
            "item": item, "count": len(waits), "p50_ms": percentile(waits, 0.5), "p99_ms": percentile(waits, 0.99),
            "seen_p50_ms": percentile(seen, 0.5), "seen_p99_ms": percentile(seen, 0.99),
        }  # fmt: skip

    def last_sounds(self, item: str, since_ms: float) -> dict[str, Any]:
        """How long after this monotonic time the last item whose name begins so fell silent, at each terminal that heard one."""
        since = self._began + since_ms - self._mono
        ends = [[one.ends_ms for one in each.terminal.heard if one.item.startswith(item)] for each in self.members]
        waits = [max(0.0, max(each) - since) for each in ends if each]
        return {"item": item, "count": len(waits), "p50_ms": percentile(waits, 0.5), "p99_ms": percentile(waits, 0.99)}

    def obey(self, said: dict[str, Any], tell: Any) -> None:
        """One order from the standard input."""
        match said.get("do"):
            case "cut":
                self.cut_all(float(said.get("share", 1.0)), seconds=float(said.get("seconds", 0.0)))
            case "power":
                self.cut_all(float(said.get("share", 1.0)), power=True)
            case "first":
                tell({"event": "first", **self.first_sounds(str(said["item"]), float(said["since_ms"]))})
            case "last":
                tell({"event": "last", **self.last_sounds(str(said["item"]), float(said["since_ms"]))})
            case "remember":
                for member in self.members:
                    member.terminal.remember_plays(list(said["items"]), self.now_ms())
                tell({"event": "remembered", "waiting": self.state()["waiting"]})
            case "end":
                self.end()
            case other:
                tell({"event": "not understood", "order": other})


def _get(urls: Sequence[str]) -> bytes:
    """The first answer, b"" when there is none."""
    for url in urls:
        try:
            with urllib.request.urlopen(url, timeout=20) as answer:
                return bytes(answer.read(8 << 20))
        except (urllib.error.URLError, OSError, ValueError):
            continue
    return b""


async def _main(papers: Papers, faults: Faults, seconds: float, seed: int, first: int, state: Path | None) -> None:
    loop = asyncio.get_running_loop()
    fleet = Fleet(papers, faults, seed, first, state)

    def tell(said: dict[str, Any]) -> None:
        print(json.dumps(said), flush=True)

    def listen() -> None:
        for line in sys.stdin:
            try:
                loop.call_soon_threadsafe(fleet.obey, json.loads(line), tell)
            except ValueError:
                continue
        loop.call_soon_threadsafe(fleet.end)  # whoever started us is gone

    threading.Thread(target=listen, daemon=True).start()
    tell({"event": "summary", **await fleet.run(seconds, tell)})


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser("python -m terminal.fleet", description=__doc__)
    parser.add_argument("--papers", type=Path, required=True, metavar="FILE", help="who they are, as the station wrote it")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--faults", default="", help=f"any of {','.join(FAULTS)}")
    parser.add_argument("--fault-every", type=float, default=120.0, metavar="S", help="mean seconds between faults of one terminal")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first terminal, when several processes share a fleet")
    parser.add_argument("--state", type=Path, metavar="DIR", help="where each terminal writes down what it must know again: this process may be killed, and started anew")
    args = parser.parse_args(argv)
    kinds = frozenset(filter(None, args.faults.split(",")))
    if kinds - set(FAULTS):
        parser.error(f"no fault is called {', '.join(sorted(kinds - set(FAULTS)))}: take of {', '.join(FAULTS)}")
    papers = Papers.from_json(args.papers.read_text())
    try:
        allow_files(len(papers.terminals) * (FILES_OF_STATE if args.state else 1) + SPARE_FILES)
    except TooMany as error:
        print(f"fleet: {error}", file=sys.stderr)
        return 2
    asyncio.run(_main(papers, Faults(kinds, args.fault_every), args.seconds, args.seed, args.first, args.state))
    return 0


if __name__ == "__main__":
    sys.exit(main())
