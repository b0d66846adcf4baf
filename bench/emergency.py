"""The red button at many terminals: button -> first sound of a stored phrase and of fresh speech, all clear and stop -> silence, beside a raw publish.

The button is the real door (HTTP in this process): the order, the bell, the signature and the broker are in the figures, as is the agents' wait for
the one processor that all of them share. Fetching sound over HTTP is not: the virtual terminals hold what they ask for. What is the same bytes to
all of them, a zone's set of emergencies, is verified and read once in the process that they share (0.8 ms; a real terminal does it for itself).
"""

from __future__ import annotations

import os
import statistics
import threading
import time
from dataclasses import dataclass

from flask.testing import FlaskClient
from sqlalchemy import select

from admin.fleet import FleetProcesses, LoopbackStation, loopback, wait_for
from admin.web import WebSettings, create_web
from articles.models import ReceivedAlert
from bench._alerts_in import Gateway
from bench.figures import Figure
from bench.fleet import Bench, Taken, _first_connection, _load, _raw
from broadcast.airing import air_one
from broadcast.alarm import Alarm
from broadcast.brokers import hash_password
from broadcast.models import AlertEmergency, Emergency
from broadcast.phrases import PhrasePlanner
from broadcast.sounding import sirens
from station import access, clock
from station.bell import Bell
from station.loop import Loop, Step
from station.models import Area, Person
from tts.engines.options import EngineOptions
from tts.models import Speech
from tts.pool import Pool
from tts.urgent import speak_one

TERMINALS, SMALL, AREAS, ROUNDS = 10_000, 300, 100, 5
# So many terminals share the processors with the station that a round takes a minute.
MANY, ROUNDS_OF_MANY = 5_000, 3
# How long is waited for everybody to tell what it heard, and for everybody to be at rest again.
WAIT_S, REST_S = 90.0, 60.0
PHRASE = "水库马上泄洪，请沿河的村民立刻往高处走，不要回家拿东西。"
FRESH = "各位村民请注意，石桥下游水位正在快速上涨，请住在河边的村民马上带好老人和孩子往学校方向转移。"


class Button:
    """What the bench adds to a station of the fleet: the alarm's road, the voices that are waited for, the bell, and the door."""

    def __init__(self, station: LoopbackStation) -> None:
        self.station, self.stop = station, threading.Event()
        ours = sirens(station.files)
        self.alarm = Alarm(station.db, station.line, station.keys, station.topics, ("http://127.0.0.1:9/",), ours)
        self.pool = Pool(1, options=EngineOptions())
        self.pool.warm(("cmn",))
        self.phrases = PhrasePlanner(station.db, ours)
        self.loops = [
            Loop([Step("airing", 0.1, lambda now: air_one(station.db, now)), Step("alarm", 0.1, self.alarm.sound_one)]), Loop([Step("urgent speech", 0.1, self._speak)]), Loop([Step("phrases", 1, self.phrases.place_one)]),
        ]  # fmt: skip
        self.bell = Bell(station.folder, self._rung)
        self.threads = [threading.Thread(target=each.run, args=(self.stop,), daemon=True) for each in self.loops]
        for each in self.threads:
            each.start()
        settings = WebSettings("a key only for this benchmark, of no worth", rate_limits=False, two_persons="never", data_dir=station.folder)
        self.client: FlaskClient = create_web(settings, station.db, station.files, station.keys, hash_password).test_client()
        with station.db.session() as session:
            person = session.scalars(select(Person).where(Person.login == "fleet")).one()
            self.token = access.make_token(session, person, "bench", clock.now())
            self.area = session.scalars(select(Area).where(Area.level == "city")).one().id

    def _speak(self, now: object) -> bool:
        spoken = speak_one(self.station.db, clock.now(), self.pool, self.station.files)
        if spoken:
            self.loops[0].wake()
        return spoken

    def _rung(self) -> None:
        self.loops[0].wake()
        self.loops[1].wake()

    def call(self, method: str, path: str, **said: object) -> dict[str, object]:
        answer = self.client.open(path, method=method, headers={"Authorization": f"Bearer {self.token}"}, json=said)
        if answer.status_code >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status_code} {answer.text[:200]}")
        return dict(answer.json or {})

    def press(self, **said: object) -> tuple[float, dict[str, object]]:
        """The button; monotonic milliseconds when the thumb left it."""
        pressed = time.monotonic() * 1000
        return pressed, self.call("POST", "/api/emergencies", area_ids=[self.area], **said)

    def close(self) -> None:
        self.stop.set()
        for each in self.threads:
            each.join(10)
        self.bell.close()
        self.pool.close()


def main() -> list[Figure]:
    # a station takes every word of this kind in the environment for a setting of its own
    small, terminals = os.environ.pop("XIANGYIN_BENCH_SMALL", ""), int(os.environ.pop("XIANGYIN_BENCH_TERMINALS", TERMINALS))
    os.environ.pop("XIANGYIN_TEST_DATA", None)
    return measure(SMALL if small else terminals)


def measure(terminals: int) -> list[Figure]:
    """Every figure at this size; what some had not reported in time is told of those that had."""
    taken, floor = Taken(), dict[str, float]()
    with loopback("mosquitto") as station:
        users = station.settle(terminals, min(AREAS, terminals))
        station.open()
        bench = Bench(station, users)
        taken.take("raw publish to as many plain subscribers", lambda: _raw(bench, floor))
        button = Button(station)
        fleet = FleetProcesses(station.folder, (station.broker.host, station.broker.port), "xy", (station.keys.root_key,), users, 3600)
        street = Street(bench, fleet, terminals, f"raw publish to as many {floor.get('p50', 0):.0f} / {floor.get('p99', 0):.0f} ms")
        try:
            taken.take("everybody connects", lambda: _first_connection(bench, fleet, terminals))
            taken.take("stored phrase, and stop", lambda: _stored(button, street))
            taken.take("fresh speech", lambda: _fresh(button, street))
            taken.take("CAP and EBM from outside", lambda: _from_outside(button, street))
        finally:
            button.close()
            total = fleet.end()
        told = [total.get(name) for name in ("lost", "twice", "outside")]  # None: its process ended without a summary
        taken.figures.append(Figure("lost / twice / outside the window", " / ".join(str(each) for each in told), f"refused {total.get('refused')}", "", "0 / 0 / 0", told == [0, 0, 0]))
    return taken.figures


@dataclass(frozen=True)
class Heard:
    """How long it took until it was heard (or silent), in milliseconds, at how many of the terminals that should."""

    count: int
    of: int
    p50: float
    p99: float

    @property
    def everywhere(self) -> bool:
        return self.count == self.of

    def __str__(self) -> str:
        return f"{self.p50:.0f} / {self.p99:.0f} ms" + ("" if self.everywhere else f" at the {self.count} of {self.of} that had told it")

    def within(self, p99: float, p50: float = float("inf")) -> bool:
        return self.everywhere and self.p99 <= p99 and self.p50 <= p50


@dataclass
class Street:
    """Everybody who hears it; ``raw`` says how a plain publish to as many went."""

    bench: Bench
    fleet: FleetProcesses
    terminals: int
    raw: str

    def rest(self) -> None:
        """Until the last emergency is written down everywhere: the next one finds a village at rest, as it does in life."""
        self.bench.idle(self.fleet, REST_S)

    def told(self, do: str, item: str, since: float) -> Heard:
        """When ``item`` was first heard, or was last, after ``since``: as soon as everybody has told it, or after WAIT_S."""
        ends = time.monotonic() + WAIT_S
        while True:
            time.sleep(min(4.0, 1 + self.terminals / 4000))
            parts = self.fleet.ask(do=do, item=item, since_ms=since)
            count = sum(each["count"] for each in parts)
            if count == self.terminals or time.monotonic() > ends:
                return Heard(count, self.terminals, *(max((each[kind] or 0.0 for each in parts), default=0.0) for kind in ("p50_ms", "p99_ms")))


def _middle(rounds: list[Heard]) -> Heard:
    """The median of the rounds, and the fewest that had told it."""
    p50, p99 = (statistics.median(getattr(each, kind) for each in rounds) for kind in ("p50", "p99"))
    return Heard(min(each.count for each in rounds), rounds[0].of, p50, p99)


def _stored(button: Button, street: Street) -> list[Figure]:
    phrase = button.call("PUT", f"/api/areas/{button.area}/phrases/1", title="泄洪", texts={"zh": PHRASE})
    if not wait_for(lambda: _spoken(button, PHRASE), 60):
        raise RuntimeError("the phrase was not spoken")
    time.sleep(3)  # it is placed: the plan goes to everybody
    starts, silences = [], []
    for _ in range(ROUNDS if street.terminals < MANY else ROUNDS_OF_MANY):
        street.rest()
        pressed, row = button.press(phrase_id=phrase["id"], siren=False, repeats=50)
        starts.append(street.told("first", f"em-{row['key']}-", pressed))
        time.sleep(1)
        ended = time.monotonic() * 1000
        button.call("POST", f"/api/emergencies/{row['id']}/cancel")
        silences.append(street.told("last", f"em-{row['key']}-", ended))  # long before its fifty rounds are over
    first, silent = _middle(starts), _middle(silences)
    return [
        Figure(f"red button -> first sound, stored phrase, {street.terminals} terminals, p50 / p99", str(first), f"{street.raw}; {_load()}", "", "<= 500 / 1500 ms", first.within(1500, 500)),
        Figure("stop: button -> silence, p50 / p99", str(silent), street.raw, "", "p99 <= 300 ms", silent.within(300)),
    ]  # fmt: skip


def _spoken(button: Button, text: str) -> bool:
    with button.station.db.reading() as session:
        return session.scalar(select(Speech.id).where(Speech.text == text, Speech.state == "ready")) is not None


def _fresh(button: Button, street: Street) -> list[Figure]:
    rounds = []
    for n in range(3):
        street.rest()
        pressed, row = button.press(texts={"zh": f"{FRESH}第{n + 1}次。"}, siren=False, repeats=1)
        rounds.append(street.told("first", f"em-{row['key']}-", pressed))
        button.call("POST", f"/api/emergencies/{row['id']}/cancel")
    street.rest()
    pressed, row = button.press(texts={"zh": f"{FRESH}先响警报。"}, siren=True, repeats=1)
    siren = street.told("first", f"em-{row['key']}-", pressed)
    button.call("POST", f"/api/emergencies/{row['id']}/cancel")
    first = _middle(rounds)
    return [
        Figure(f"red button -> first sound, fresh speech of {len(FRESH)} characters, p50 / p99", str(first), f"{street.raw}; fetching not counted; {_load()}", "", "p99 <= 3000 ms", first.within(3000)),
        Figure("the same with a siren first: button -> siren, p50 / p99", str(siren), "", "", "p99 <= 1500 ms", siren.within(1500)),
    ]  # fmt: skip


def _from_outside(button: Button, street: Street) -> list[Figure]:
    gateway = Gateway(button.station, button.client)
    try:
        rounds = []
        for n in range(3):
            street.rest()
            handed = gateway.push_cap(f"{FRESH}外来第{n + 1}次。", name=f"C{n}")
            if not wait_for(lambda n=n: _key_of(button, f"C{n}") is not None, 10) or (row := _key_of(button, f"C{n}")) is None:
                raise RuntimeError("the warning became no emergency")
            rounds.append(street.told("first", f"em-{row.key}-", handed))
            button.call("POST", f"/api/emergencies/{row.id}/cancel")
        first = _middle(rounds)
        street.rest()
        answered, told = gateway.ebm_figures()
    finally:
        gateway.close()
    return [
        Figure(f"CAP red pushed -> first sound (siren, then fresh speech), {street.terminals} terminals, p50 / p99", str(first), _load(), "", "p99 <= 3000 ms", first.within(3000)),
        Figure("EBM package in -> response / first state message out, slowest of 20", f"{answered:.0f} / {told:.0f} ms", "the specification allows 10 s", "", "<= 1000 ms", max(answered, told) <= 1000),
    ]  # fmt: skip


def _key_of(button: Button, identifier: str) -> Emergency | None:
    """The emergency that a warning became."""
    with button.station.db.reading() as session:
        query = select(Emergency).join(AlertEmergency, AlertEmergency.emergency_id == Emergency.id).join(ReceivedAlert, ReceivedAlert.id == AlertEmergency.alert_id)
        return session.scalar(query.where(ReceivedAlert.identifier == identifier))
