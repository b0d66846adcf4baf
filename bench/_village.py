"""A village for measuring: a real broker, a station that signs and tells the time, audio over HTTP, and real terminals on null devices."""

from __future__ import annotations

import functools
import hashlib
import http.server
import socket
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import numpy as np

from broadcast.brokers import RunningBroker, hash_password, start_broker
from broadcast.inbox import Inbox
from broadcast.mqtt import PahoBroker
from devices.keys import LONG, StationKeys
from devices.models import Terminal
from station import clock
from station.areas import add_area
from station.database import Database
from station.migrations import upgrade
from terminal.clock import Clock
from terminal.memory import Identity, Memory
from terminal.player import RATE
from terminal.runner import Runner
from tts.audio import LEAD_SAMPLES_MP3, to_mp3
from wire.messages import Alert, Command, Credentials, Emergency, Plan, PlanItem, Sound, Want
from wire.topics import Topics

ZONE = "z1_cmn"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """The figures are what is printed."""


class Tap:
    """Keeps what left a device beside the machine's own monotonic time, whatever the terminal believes the time to be."""

    def __init__(self, runner: Runner) -> None:
        self._mixer = runner.mixer
        self.blocks: list[tuple[float, np.ndarray]] = []

    def take(self, samples: Sequence[int], _at_ms: float, _voiced: bool) -> None:
        # counted by the mixer: the device may have taken blocks before anybody listened
        self.blocks.append((self._mixer.epoch + (self._mixer.handed_over - len(samples)) / RATE, np.array(samples, np.int16)))

    def close(self) -> None:
        """Nothing is open."""

    def between(self, begin_s: float, end_s: float) -> np.ndarray:
        """The samples heard between two monotonic times."""
        out = np.zeros(round((end_s - begin_s) * RATE), np.int16)
        for at, block in self.blocks:
            first = round((at - begin_s) * RATE)
            left, right = max(0, first), min(len(out), first + len(block))
            if left < right:
                out[left:right] = block[left - first : right - first]
        return out

    def first_sound(self, after_s: float, over: int = 200) -> float | None:
        """The monotonic time of the first sample above the threshold."""
        for at, block in self.blocks:
            if at + len(block) / RATE < after_s:
                continue
            loud = np.flatnonzero(np.abs(block.astype(np.int32)) > over)
            loud = loud[at + loud / RATE >= after_s]
            if len(loud):
                return float(at + loud[0] / RATE)
        return None


@dataclass
class Speaker:
    """One terminal: its agent with all its hands, in a thread of this process."""

    did: str
    runner: Runner
    tap: Tap
    thread: threading.Thread
    stopped: threading.Event
    events: list[tuple[float, str, dict[str, object]]] = field(default_factory=list)

    def wait_for(self, event: str, seconds: float = 20.0, count: int = 1, **facts: object) -> tuple[float, dict[str, object]]:
        """Until the terminal has told it so often: when (monotonic), and what."""
        ends, seen, left = time.monotonic() + seconds, 0, count
        while time.monotonic() < ends:
            new = self.events[seen:]
            seen += len(new)
            for at, name, told in new:
                left -= name == event and facts.items() <= told.items()
                if not left:
                    return at, told
            time.sleep(0.005)
        raise TimeoutError(f"{self.did} did not tell {event!r} within {seconds:g} s; it told {[each[1] for each in self.events][-12:]}")


class Village:
    """What a benchmark holds in its hands."""

    def __init__(self, folder: Path, broker: str = "auto") -> None:
        self.folder, self.topics = folder, Topics()
        self.db = Database(f"sqlite:///{folder / 'bench.db'}")
        upgrade(self.db.engine)
        self.keys = StationKeys.load_or_make(folder / "keys")
        self.broker: RunningBroker = start_broker(broker, host="127.0.0.1", port=free_port(), folder=folder / "broker", domain="xy")
        self._up, self._over = threading.Event(), threading.Event()
        self.line = PahoBroker(
            self.broker.host, self.broker.port, self.broker.username, self.broker.password, "bench", self.topics, self._heard, self._up.set
        )
        self.inbox = Inbox(self.db, self.line, self.topics, self.keys)
        self._inbox_thread = threading.Thread(target=self._read, daemon=True)
        (folder / "clips").mkdir()
        served = functools.partial(_Quiet, directory=str(folder / "clips"))
        self._http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), served)
        self._http_thread = threading.Thread(target=self._http.serve_forever, daemon=True)
        self.base = f"http://127.0.0.1:{self._http.server_port}/"
        self.speakers: list[Speaker] = []
        self._passwords: dict[str, str] = {}
        self._rev = self._alert_rev = 0

    def _heard(self, topic: str, payload: bytes, retained: bool = False) -> None:
        self.inbox.heard(topic, payload, retained)

    def _read(self) -> None:
        while not self._over.is_set():
            if not self.inbox.take(clock.now()):
                self._over.wait(0.02)

    def open(self) -> None:
        self._http_thread.start()
        self._inbox_thread.start()
        self.line.start()
        if not self._up.wait(10):
            raise RuntimeError("the broker does not answer")
        now = clock.now()
        with self.db.session() as session:
            self._area_id = add_area(session, parent=None, level="village", name="云岭村", now=now).id
        self.line.publish(self.topics.keys(), self.keys.key_set(now), retain=True).wait(5)

    def close(self) -> None:
        for each in self.speakers:
            each.stopped.set()
        for each in self.speakers:
            each.thread.join(10)
        self.line.stop()
        self._over.set()
        self._inbox_thread.join(5)
        self._http.shutdown()
        self._http.server_close()
        self.broker.stop()
        self.db.close()

    def admit(self, did: str, password: str) -> None:
        """Station and broker know the terminal from now on."""
        with self.db.session() as session:
            session.add(Terminal(did=did, area_id=self._area_id, name=did, password_hash=hash_password(password), created_at=clock.now()))
        self._passwords[did] = hash_password(password)
        self.broker.set_credentials(self._passwords)

    def speaker(self, did: str, clock_of_it: Clock | None = None) -> Speaker:
        """A paired terminal that follows the village's zone; returns when it is connected and knows the time."""
        now = clock.now()
        password = "p" * 24
        self.admit(did, password)
        want = Want(1, (ZONE,), "cmn", volume=100, tz="Asia/Shanghai", base=(self.base,))
        signed = self.keys.sign(want.to_json(), typ=Want.typ, aud=did, seq=1, now=now, expires=now + LONG)
        self.line.publish(self.topics.down(did, "want"), signed, retain=True).wait(5)
        memory = Memory(self.folder / did)
        credentials = Credentials(did, password, roots=(self.keys.root_key,), base=(self.base,))
        stopped, events = threading.Event(), list[tuple[float, str, dict[str, object]]]()

        def tell(event: str, facts: dict[str, object]) -> None:
            events.append((time.monotonic(), event, facts))

        runner = Runner(memory, Identity(credentials, self.broker.host, self.broker.port), tell, stopped, "null", clock=clock_of_it)
        tap = Tap(runner)
        runner.mixer.recorder = tap  # type: ignore[assignment]  # it takes blocks as a Recorder does
        thread = threading.Thread(target=runner.run, daemon=True)
        found = Speaker(did, runner, tap, thread, stopped, events)
        self.speakers.append(found)
        thread.start()
        found.wait_for("want")
        found.wait_for("clock")
        return found

    def clip(self, pcm: np.ndarray) -> tuple[str, int, int]:
        """Audio where terminals find it: sha256, bytes, milliseconds."""
        mp3 = to_mp3(pcm)
        sha = hashlib.sha256(mp3).hexdigest()
        (self.folder / "clips" / sha).write_bytes(mp3)
        return sha, len(mp3), round(len(pcm) * 1000 / RATE)

    def item(self, name: str, clip: tuple[str, int, int], at_ms: float, **more: object) -> PlanItem:
        sha, size, ms = clip
        facts: dict[str, object] = {"expires_ms": int(at_ms) + ms + 300_000, "skip": LEAD_SAMPLES_MP3, "title": name, **more}
        return PlanItem(name, str(facts.pop("occ", name)), int(str(facts.pop("n", 0))), int(at_ms), sha, sha, size, ms, **facts)  # type: ignore[arg-type]

    def plan(self, *items: PlanItem) -> float:
        """Publishes the zone's manifest; the monotonic moment at which it was handed over."""
        self._rev += 1
        now = clock.now()
        plan = Plan(self._rev, ZONE, clock.to_ms(now), clock.to_ms(now + timedelta(days=1)), items=items, base=(self.base,))
        signed = self.keys.sign(plan.to_json(), typ=Plan.typ, aud=ZONE, seq=self._rev, now=now, expires=now + timedelta(days=2))
        sent = time.monotonic()
        self.line.publish(self.topics.zone(ZONE, "plan"), signed, retain=True)
        return sent

    def alarm(self, *emergencies: Emergency) -> float:
        """Publishes the zone's set of emergencies, signed with the key of emergencies; the monotonic moment at which it was handed over."""
        now = clock.now()
        self._alert_rev = max(self._alert_rev + 1, clock.to_ms(now))
        signed = self.keys.sign_alert(Alert(self._alert_rev, ZONE, emergencies, (self.base,)), self.keys.alert, now)
        sent = time.monotonic()
        self.line.publish(self.topics.zone(ZONE, "alert"), signed, retain=True)
        return sent

    def emergency(self, name: str, clip: tuple[str, int, int], lasts_ms: int = 600_000) -> Emergency:
        """A red emergency of the village from this moment on, heard once."""
        (sha, size, ms), at = clip, clock.to_ms(clock.now())
        return Emergency(name, "red", "village", at, at + lasts_ms, (Sound(name, sha, sha, size, ms, LEAD_SAMPLES_MP3),), title=name)

    def plan_by_pointer(self, *items: PlanItem) -> float:
        """The same for a manifest that is larger than one message: it lies behind HTTP, its digest is signed."""
        self._rev += 1
        now = clock.now()
        span = clock.to_ms(now), clock.to_ms(now + timedelta(days=1))
        whole = Plan(self._rev, ZONE, *span, items=items, base=(self.base,)).to_json()
        sha = hashlib.sha256(whole).hexdigest()
        (self.folder / "clips" / f"plan-{sha}").write_bytes(whole)
        plan = Plan(self._rev, ZONE, *span, base=(self.base,), pointer=f"plan-{sha}", pointer_sha256=sha, pointer_bytes=len(whole))
        signed = self.keys.sign(plan.to_json(), typ=Plan.typ, aud=ZONE, seq=self._rev, now=now, expires=now + timedelta(days=2))
        sent = time.monotonic()
        self.line.publish(self.topics.zone(ZONE, "plan"), signed, retain=True)
        return sent

    def command(self, op: str, **args: object) -> float:
        now = clock.now()
        self._rev += 1
        command = Command(f"c{self._rev}", op, dict(args))
        signed = self.keys.sign(command.to_json(), typ=Command.typ, aud=ZONE, seq=self._rev, now=now, expires=now + timedelta(seconds=60))
        sent = time.monotonic()
        self.line.publish(self.topics.zone(ZONE, "cmd"), signed)
        return sent


@contextmanager
def village(broker: str = "auto") -> Iterator[Village]:
    with tempfile.TemporaryDirectory(prefix="xiangyin-bench-") as folder:
        made = Village(Path(folder), broker)
        made.open()
        try:
            yield made
        finally:
            made.close()


def noise(seconds: float, seed: int = 1, lowpass: int = 8) -> np.ndarray:
    """Speech-like noise with a hard beginning: its cross-correlation has one sharp peak."""
    raw = np.random.default_rng(seed).normal(0, 1, round(seconds * RATE))
    smooth = np.convolve(raw, np.ones(lowpass) / lowpass, "same")
    return np.asarray(smooth / np.abs(smooth).max() * 12_000, np.int16)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which so large a share lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
