"""State, not queue: whatever a broker forgets, the station says again, and a terminal that returns gets exactly what it lacks."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from broadcast.brokers import hash_password
from broadcast.credentials import CredentialBook
from broadcast.inbox import Inbox
from broadcast.models import ZonePlan
from broadcast.mqtt import PahoBroker
from broadcast.plan import Planner
from broadcast.publish import Publisher
from devices.enrol import revoke
from devices.keys import StationKeys
from devices.models import Terminal
from station import clock
from station.database import Database
from station.files import Files
from station.models import Person
from tests.broadcast.brokers.callers import Caller
from tests.broadcast.brokers.conftest import TERMINALS, Bench
from tests.broadcast.builders import a_programme, a_terminal
from tests.broadcast.conftest import CHIME
from tests.people import Village, settle
from wire.messages import Answer, Plan, Request
from wire.topics import Topics

LIMIN, WANG = TERMINALS
TOPICS = Topics()
PATIENCE_S = 60.0


class Sending:
    """The sending room of a station on the bench's broker, its steps in a loop of its own."""

    def __init__(self, db: Database, bench: Bench, folder: Path) -> None:
        self.db, self.bench = db, bench
        keys = StationKeys.load_or_make(folder / "keys")
        broker = bench.broker
        self.line = PahoBroker(
            broker.host, broker.port, broker.username, broker.password, "station-sending", TOPICS, self.hear, self.fresh.set
        )
        self.inbox = Inbox(db, self.line, TOPICS, keys)
        self.publisher = Publisher(db, self.line, keys, TOPICS, Files(folder / "files"), ("http://station:8080",))
        self.planner = Planner(db, CHIME)
        self.book = CredentialBook(db, broker)
        self.thread = threading.Thread(target=self.run)

    fresh, ended = threading.Event(), threading.Event()

    def hear(self, topic: str, payload: bytes, retained: bool) -> None:
        self.inbox.heard(topic, payload, retained)

    def run(self) -> None:
        while not self.ended.wait(0.01):
            now = clock.now()
            self.book.sync(now)
            self.planner.plan_one(now)
            if self.fresh.is_set():
                self.fresh.clear()
                with self.db.session() as session:
                    self.publisher.republish(session)
            self.publisher.publish_one(now)
            self.inbox.take(now)


@pytest.fixture
def present() -> datetime:
    return clock.now()


@pytest.fixture
def place(db: Database, present: datetime) -> Village:
    """The village with its two terminals and a programme in an hour."""
    with db.session() as session:
        village = settle(session, present)
        for did in TERMINALS:
            a_terminal(session, village.village_a, present, did).password_hash = hash_password(f"secret of {did}")
        a_programme(session, village.village_a, present, "chime", starts_at=present + timedelta(hours=1))
    return village


@pytest.fixture
def sending(db: Database, place: Village, bench: Bench, tmp_path: Path) -> Iterator[Sending]:
    Sending.fresh, Sending.ended = threading.Event(), threading.Event()
    room = Sending(db, bench, tmp_path)
    room.line.start()
    room.thread.start()
    yield room
    room.ended.set()
    room.thread.join()
    room.line.stop()


def follow(terminal: Caller, place: Village) -> str:
    """Subscribe as a terminal of the village does; its zone."""
    zid = f"{place.village_a.zid}_cmn"
    terminal.subscribe(*TOPICS.terminal_filters(terminal.client_id, (zid,)))
    return zid


def plan_in(terminal: Caller, zid: str) -> Plan:
    while (word := terminal.heard.get(timeout=PATIENCE_S)).topic != TOPICS.zone(zid, "plan"):
        continue
    return Plan.from_json(word.payload.partition(b"\n")[2])


def says_hello(terminal: Caller, zid: str, rev: int, want_rev: int = 1, keys_seq: int = 1) -> Answer:
    """The answer to hello."""
    terminal.publish(TOPICS.up(terminal.client_id, "req"), Request("hello", "h", {zid: rev}, want_rev, keys_seq).to_json())
    while (word := terminal.heard.get(timeout=PATIENCE_S)).topic != TOPICS.down(terminal.client_id, "rsp"):
        continue
    return Answer.from_json(word.payload)


def connected(bench: Bench, did: str) -> Caller:
    """As a terminal does: until the broker knows it."""
    for _ in range(1000):
        caller = bench.terminal(did)
        if caller.code == 0:
            return caller
        threading.Event().wait(0.05)
    raise AssertionError(f"{did} is not let in")


def test_a_broker_that_forgot_everything_is_told_again_and_the_terminals_lack_nothing(
    bench: Bench, sending: Sending, place: Village, db: Database
) -> None:
    terminal = connected(bench, LIMIN)
    zid = follow(terminal, place)
    first = plan_in(terminal, zid)
    assert [item.clip for item in first.items] == [CHIME.sha]
    bench.forget_everything()
    back = connected(bench, LIMIN)
    follow(back, place)
    again = plan_in(back, zid)
    assert (again.rev, again.items) == (first.rev, first.items), "the same revision: who has it does not act twice"
    assert says_hello(back, zid, again.rev).stale == 0


def test_hello_is_answered_with_what_is_stale_and_only_that(bench: Bench, sending: Sending, place: Village) -> None:
    terminal = connected(bench, LIMIN)
    zid = follow(terminal, place)
    plan = plan_in(terminal, zid)
    assert says_hello(terminal, zid, plan.rev).stale == 0
    assert says_hello(terminal, zid, plan.rev - 1).stale == 1
    assert plan_in(terminal, zid).rev == plan.rev
    assert says_hello(terminal, zid, plan.rev, want_rev=0).stale == 1
    while (word := terminal.heard.get(timeout=PATIENCE_S)).topic != TOPICS.down(LIMIN, "want"):
        assert word.topic != TOPICS.zone(zid, "plan")
    terminal.publish(TOPICS.up(LIMIN, "req"), Request("hello", "h", {zid: plan.rev}, 1, 0).to_json())
    assert [word.topic for word in terminal.until(TOPICS.down(LIMIN, "rsp"))] == [TOPICS.keys()]


def test_a_change_while_the_terminal_was_away_is_there_when_it_returns(bench: Bench, sending: Sending, place: Village, db: Database) -> None:
    terminal = connected(bench, LIMIN)
    zid = follow(terminal, place)
    held = plan_in(terminal, zid).rev
    terminal.drop()
    with db.session() as session:
        session.execute(update(ZonePlan).where(ZonePlan.zid == zid).values(rev=ZonePlan.rev + 1))
    back = connected(bench, LIMIN)
    follow(back, place)
    while plan_in(back, zid).rev <= held:
        continue


def test_revoking_in_the_database_throws_the_terminal_out_and_the_other_stays(bench: Bench, sending: Sending, place: Village, db: Database) -> None:
    terminal, other = connected(bench, LIMIN), connected(bench, WANG)
    zid = follow(other, place)
    plan_in(other, zid)
    with db.session() as session:
        row = session.query(Terminal).filter_by(did=LIMIN).one()
        revoke(session, person=session.get_one(Person, place.operator.id), terminal=row, now=clock.now())
    assert terminal.gone
    assert bench.terminal(LIMIN).code != 0
    with db.session() as session:
        session.execute(update(ZonePlan).where(ZonePlan.zid == zid).values(rev=ZonePlan.rev + 1))
    assert plan_in(other, zid).rev == 2 and other.connected


def test_the_station_hears_every_one_of_a_crowd_that_the_broker_had_kept(bench: Bench) -> None:
    crowd = bench.station()
    for number in range(3000):
        crowd.client.publish(f"xy/1/d/t{number}/up/state", b'{"st":"on"}', 1, True)
    crowd.publish("xy/1/s/time", b"end")
    station = bench.station()
    station.subscribe(*TOPICS.station_filters())
    assert len({station.hear().topic for _ in range(3000)}) == 3000
