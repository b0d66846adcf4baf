"""A fleet to try a station with: thousands of virtual terminals over real lines, and what became of everything that was planned."""

from __future__ import annotations

import contextlib
import json
import queue
import random
import secrets
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from sqlalchemy import func, select, update

from broadcast.brokers import RunningBroker, hash_password, start_broker
from broadcast.credentials import CredentialBook
from broadcast.dressing import ClipRef
from broadcast.inbox import Inbox
from broadcast.models import Dispatch, Receipt
from broadcast.mqtt import PahoBroker
from broadcast.plan import Planner
from broadcast.publish import Publisher
from devices.keys import StationKeys
from devices.models import Terminal
from devices.registry import make_places, make_terminals
from playlists import calendar, playlist
from playlists.playlist import ItemSpec
from station import clock
from station.database import Database
from station.files import Files
from station.loop import Loop, Step, Watch
from station.migrations import upgrade
from station.models import Area, Person
from station.people import add_person, grant
from station.processes import die_with_parent
from station.settings import Settings
from tts.audio import LEAD_SAMPLES_MP3, to_mp3
from tts.level import RATE
from tts.models import Clip
from tts.tunes import chime
from wire.topics import Topics

# One process holds so many: its files are limited, and a second one has a processor of its own.
PER_PROCESS = 10_000
# A programme this often, the first when everybody has had time to come.
EVERY_S, WINDOW_S = 20, 60
# The fault that is done to the terminals' processes, not by them: into so many processes they are shared out, looked at so often.
KILL, KILLED_APART, LOOK_S = "kill", 10, 1.8
ENDS = ("finished", "preempted", "failed", "missed")
ZONE = ZoneInfo("Asia/Shanghai")


class FleetFailed(RuntimeError):
    """The fleet could not be tried; the text says why."""


@dataclass
class Options:
    """What the person asked for on the command line."""

    terminals: int = 100
    areas: int = 10
    minutes: float = 2.0
    as_json: bool = False
    broker: str = "auto"
    faults: str = ""
    join: bool = False
    fault_every_s: float = 120.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class LoopbackStation:
    """What a fleet needs of a station: broker, register, planner, publisher and inbox, in threads of this process, on loopback."""

    def __init__(self, folder: Path, broker: str = "auto", database_url: str = "") -> None:
        self.folder, self.topics = folder, Topics()
        self.db = Database(database_url or f"sqlite:///{folder / 'fleet.db'}")
        upgrade(self.db.engine)
        self.keys = StationKeys.load_or_make(folder / "keys")
        self.files = Files(folder / "files")
        self.broker: RunningBroker = start_broker(broker, host="127.0.0.1", port=free_port(), folder=folder / "broker", domain="xy")
        self._stop, self._fresh = threading.Event(), threading.Event()
        self.line = PahoBroker(
            self.broker.host, self.broker.port, self.broker.username, self.broker.password, f"fleet-{secrets.token_hex(4)}", self.topics,
            self._heard, self._reconnected,
        )  # fmt: skip
        self.inbox = Inbox(self.db, self.line, self.topics, self.keys)
        self.publisher = Publisher(self.db, self.line, self.keys, self.topics, self.files, ("http://127.0.0.1:9/",), horizon=timedelta(days=1))
        sound = to_mp3(chime())
        self.chime = ClipRef(self.files.put(sound), len(sound), round(len(chime()) * 1000 / RATE), LEAD_SAMPLES_MP3)
        self.planner = Planner(self.db, self.chime, timedelta(days=1))
        self.book = CredentialBook(self.db, self.broker)
        watch = Watch(self.db.mark)
        self._inbox_loop = Loop([Step("inbox", 0.2, self.inbox.gather)])
        self._line_loop = Loop(
            [
                Step("broker", 0.5, self._mind_broker), Step("credentials", 0.5, self.book.sync, 2), Step("unroll", 0.25, self._unroll, 2),
                Step("plan", 0.25, self.planner.plan_one, 2), Step("publish", 0.1, self._publish, 2),
            ],
            watch=watch,
        )  # fmt: skip
        self._threads = [threading.Thread(target=each.run, args=(self._stop,), daemon=True) for each in (watch, self._inbox_loop, self._line_loop)]

    def _heard(self, topic: str, payload: bytes, retained: bool) -> None:
        self.inbox.heard(topic, payload, retained)
        self._inbox_loop.wake()

    def _reconnected(self) -> None:
        self._fresh.set()
        self._line_loop.wake()

    def _unroll(self, now: datetime) -> bool:
        with self.db.session() as session:
            return calendar.unroll_one(session, now, 1)

    def _publish(self, now: datetime) -> bool:
        if self._fresh.is_set():
            self._fresh.clear()
            with self.db.session() as session:
                self.publisher.republish(session)
        return self.publisher.publish_one(now)

    def _mind_broker(self, _now: datetime) -> bool:
        if self.broker.ensure_running():
            self.book.forget()
            self._line_loop.wake()
        return False

    def open(self) -> None:
        self.book.sync(clock.now())
        self.line.start()
        for each in self._threads:
            each.start()

    def close(self) -> None:
        self._stop.set()
        for each in self._threads:
            if each.is_alive():
                each.join(15)
        self.line.stop()
        self.broker.stop()
        self.db.close()

    def settle(self, terminals: int, areas: int, papers: bool = True) -> list[tuple[str, str]]:
        """Places and terminals that may connect: did and password of each. Without ``papers`` none may: a register to look at."""
        with self.db.session() as session:
            villages = make_places(session, areas, clock.now(), "cmn")
            made = make_terminals(session, villages, terminals, clock.now(), hash_password if papers else None)
            person = add_person(session, "fleet", "fleet", clock.now())
            grant(session, person, session.scalars(select(Area).where(Area.parent_id.is_(None))).one(), "admin")
        return [(each.did, each.password) for each in made]

    def plan_everything(self) -> None:
        """What is scheduled becomes occurrences and manifests, without anything being sent."""
        while self._unroll(clock.now()) or self.planner.plan_one(clock.now()):
            continue

    def schedule(self, times: Sequence[datetime]) -> int:
        """The chime everywhere at these times; the id of the schedule."""
        with self.db.session() as session:
            now = clock.now()
            person = session.scalars(select(Person).where(Person.login == "fleet")).one()
            top = session.scalars(select(Area).where(Area.parent_id.is_(None))).one()
            piece = Clip(
                area_id=top.id, added_by_id=person.id, kind="music", title="试音", audio_sha256=self.chime.sha, audio_bytes=self.chime.bytes,
                ms=self.chime.ms, skip=self.chime.skip, created_at=now,
            )  # fmt: skip
            session.add(piece)
            session.flush()
            made = playlist.make_playlist(session, person, top, "试音", now)
            playlist.set_items(session, person, made, [ItemSpec("clip", clip_id=piece.id)], made.version, now)
            local = [each.astimezone(ZONE) for each in times]
            plan = calendar.make_schedule(
                session, person, made, top, kind="once", times=sorted({f"{each:%H:%M:%S}" for each in local}), since=local[0].date(), now=now,
                window_s=WINDOW_S,
            )  # fmt: skip
            return plan.id

    def receipts(self) -> tuple[int, int]:
        """Of all planned items: how many ended with a receipt, and how many of them were heard."""
        with self.db.reading() as session:
            query = select(Receipt.result, func.count()).where(Receipt.result.in_(ENDS)).group_by(Receipt.result)
            found = {result: count for result, count in session.execute(query)}
        return sum(found.values()), found.get("finished", 0)

    def planned(self, by: datetime) -> int:
        """Items that began before this moment."""
        with self.db.reading() as session:
            rows = session.scalars(select(Dispatch).where(Dispatch.state == "planned", Dispatch.starts_at < by)).all()
        return sum(len(each.items) for each in rows)


@dataclass
class FleetProcess:
    """One process of virtual terminals, seen from here."""

    command: Sequence[str]
    process: subprocess.Popen[str]
    said: queue.Queue[dict[str, Any]] = field(default_factory=queue.Queue)
    last: dict[str, Any] = field(default_factory=dict)
    summary: dict[str, Any] = field(default_factory=dict)
    listener: threading.Thread | None = None

    @classmethod
    def start(cls, command: Sequence[str]) -> FleetProcess:
        part = cls(command, subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, preexec_fn=die_with_parent))
        part.listener = threading.Thread(target=part.listen, daemon=True)
        part.listener.start()
        return part

    def listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            try:
                found = json.loads(line)
            except ValueError:
                continue  # it was killed in the middle of a word
            if found["event"] == "progress":
                self.last = found
            elif found["event"] == "summary":
                self.summary = found
            else:
                self.said.put(found)

    def close(self) -> None:
        """It has ended: read what it said last, and let the pipes go."""
        if self.listener is not None:
            self.listener.join(10)
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()

    def order(self, **said: object) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(said) + "\n")
        self.process.stdin.flush()


class FleetProcesses:
    """All of them; sums of what each says."""

    def __init__(
        self, folder: Path, address: tuple[str, int], domain: str, roots: Sequence[Any], terminals: Sequence[tuple[str, str]], seconds: float,
        faults: str = "", fault_every_s: float = 120.0, per_process: int = PER_PROCESS, state: Path | None = None,
    ) -> None:  # fmt: skip
        self.parts: list[FleetProcess] = []
        self.kills = 0
        for first in range(0, len(terminals), per_process):
            path = folder / f"papers-{first}.json"
            said = {"host": address[0], "port": address[1], "domain": domain, "base": [], "terminals": terminals[first : first + per_process]}
            path.touch(0o600)
            path.write_text(json.dumps({**said, "roots": [json.loads(each.to_json()) for each in roots]}))
            command = [
                sys.executable, "-m", "terminal.fleet", "--papers", str(path), "--seconds", str(seconds), "--faults", faults, "--fault-every",
                str(fault_every_s), "--seed", str(first + 1), "--first", str(first), *(("--state", str(state)) if state else ()),
            ]  # fmt: skip
            self.parts.append(FleetProcess.start(command))

    def kill(self, n: int) -> None:
        """SIGKILL to one of the processes, and a new one in its place: its terminals know what they had written down."""
        part = self.parts[n]
        part.process.kill()
        part.process.wait()
        part.close()
        self.parts[n] = FleetProcess.start(part.command)
        self.kills += 1

    def state(self) -> dict[str, int]:
        """Connected, synced, played and so on, of all together."""
        every = [each.last for each in self.parts]
        behind = {"behind_ms": max((int(each.get("behind_ms", 0)) for each in every), default=0)}
        return behind | {name: sum(int(each.get(name, 0)) for each in every) for name in ("terminals", "connected", "synced", "playing", "played", "waiting")}

    def order(self, **said: object) -> None:
        for each in self.parts:
            each.order(**said)

    def ask(self, timeout_s: float = 60.0, **said: object) -> list[dict[str, Any]]:
        """An order that is answered."""
        self.order(**said)
        return [each.said.get(timeout=timeout_s) for each in self.parts]

    def alive(self) -> bool:
        return any(each.process.poll() is None for each in self.parts)

    def end(self) -> dict[str, Any]:
        """They say farewell; the summary of all together."""
        for each in self.parts:
            if each.process.poll() is None:
                each.order(do="end")
        for each in self.parts:
            try:
                each.process.wait(180)  # ten thousand have much to sum up, and the processor may be shared
            except subprocess.TimeoutExpired:
                each.process.kill()
                each.process.wait()
            each.close()
        return together([each.summary for each in self.parts])


def together(parts: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Counts are added; of lateness the worst part is told, which is no better than the truth."""
    total: dict[str, Any] = {}
    for name in dict.fromkeys(name for each in parts for name in each if name != "event"):
        values = [each[name] for each in parts if each.get(name) is not None]
        total[name] = (max(values) if name.startswith("late_") else sum(values)) if values else None
    return total


@contextmanager
def loopback(broker: str = "auto", database_url: str = "") -> Iterator[LoopbackStation]:
    """A station that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="xiangyin-fleet-", ignore_cleanup_errors=True) as folder:
        station = LoopbackStation(Path(folder), broker, database_url)
        try:
            yield station
        finally:
            station.close()


def wait_for(what: Callable[[], bool], seconds: float) -> bool:
    """Whether it came true in so many seconds."""
    ends = clock.monotonic_s() + seconds
    pause = threading.Event()
    while clock.monotonic_s() < ends:
        if what():
            return True
        pause.wait(0.2)
    return False


def run_fleet(options: Options) -> int:
    """Makes the fleet, plays programmes to it, prints progress and the summary; 0 when nothing was lost, twice or outside its window."""
    if options.terminals < 1 or options.areas < 1 or options.areas > options.terminals * 100:
        raise FleetFailed("give at least one terminal and one area, and not more than a hundred areas a terminal")
    say = Console(stderr=True, quiet=False)
    if options.join:
        return _join(options, say)
    with loopback(options.broker) as station:
        users = station.settle(options.terminals, options.areas)
        station.open()
        # they come at about 300 a second on a small machine
        begin = clock.now() + timedelta(seconds=10 + options.terminals / 200)
        count = max(1, int(options.minutes * 60 / EVERY_S))
        station.schedule([begin + timedelta(seconds=EVERY_S * n) for n in range(count)])
        seconds = (begin - clock.now()).total_seconds() + EVERY_S * (count - 1) + 2 * WINDOW_S
        say.print(f"{options.terminals} terminals in {options.areas} areas on {station.broker.kind}; {count} programmes from {begin.astimezone(ZONE):%H:%M:%S}")
        killed = KILL in options.faults.split(",")
        inside = ",".join(each for each in options.faults.split(",") if each != KILL)
        fleet = FleetProcesses(
            station.folder, (station.broker.host, station.broker.port), "xy", (station.keys.root_key,), users, seconds + 60, inside,
            options.fault_every_s, -(-options.terminals // KILLED_APART) if killed else PER_PROCESS, station.folder / "flash" if killed else None,
        )  # fmt: skip
        chance = random.Random(1)
        last = begin + timedelta(seconds=EVERY_S * (count - 1))
        expected = options.terminals * count

        def over() -> bool:
            found = fleet.state()
            ended, finished = station.receipts()
            say.print(
                f"  connected {found['connected']} synced {found['synced']} playing {found['playing']} played {found['played']} "
                f"receipts {ended}/{expected} heard {finished}"
            )
            if not fleet.alive():
                raise FleetFailed("the terminals' process has ended: look at what it said above")
            threading.Event().wait(LOOK_S)
            for n in range(len(fleet.parts)):
                if killed and chance.random() < LOOK_S / options.fault_every_s:
                    fleet.kill(n)
            return clock.now() > last and ended >= expected

        wait_for(over, seconds)
        ended, heard = station.receipts()
        total = {**fleet.end(), "planned": expected, "receipts_stored": ended, "heard": heard, "unreported": expected - ended}
        if killed:
            total["killed"] = fleet.kills
        return _tell(total, options, say)


def _join(options: Options, say: Console) -> int:
    """Terminals of a running station: enrolled in its register, revoked at the end; its programmes are what they play."""
    settings = Settings.load()
    db = Database(settings.database_url)
    keys = StationKeys.load_or_make(settings.data_dir / "keys", settings.mqtt_domain)
    host, port, tls = settings.told_broker
    if tls:
        raise FleetFailed("the fleet speaks without TLS: name the broker's plain listener on this machine")
    with db.session() as session:
        made = make_terminals(session, make_places(session, options.areas, clock.now()), options.terminals, clock.now(), hash_password)
    try:
        with tempfile.TemporaryDirectory(prefix="xiangyin-fleet-") as folder:
            users = [(each.did, each.password) for each in made]
            fleet = FleetProcesses(Path(folder), (host, port), settings.mqtt_domain, (keys.root_key,), users, options.minutes * 60, options.faults)
            ends = clock.monotonic_s() + options.minutes * 60
            while fleet.alive() and clock.monotonic_s() < ends:
                found = fleet.state()
                say.print(f"  connected {found['connected']} synced {found['synced']} playing {found['playing']} played {found['played']}")
                threading.Event().wait(2)
            return _tell(fleet.end(), options, say)
    finally:
        with db.session() as session:
            dids = [each.did for each in made]
            for begin in range(0, len(dids), 500):
                gone = Terminal.did.in_(dids[begin : begin + 500])
                session.execute(update(Terminal).where(gone).values(state="revoked", revoked_at=clock.now(), password_hash="", presence="off"))
        db.close()


def _tell(total: dict[str, Any], options: Options, say: Console) -> int:
    if options.as_json:
        print(json.dumps(total), flush=True)
    else:
        for name, value in total.items():
            say.print(f"{name:>20} {value}")
    good = not (total.get("lost") or total.get("twice") or total.get("outside") or total.get("unreported"))
    return 0 if good else 1

