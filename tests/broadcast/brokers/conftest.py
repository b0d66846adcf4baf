"""The three brokers: ours inside, a mosquitto of ours, and one that somebody else runs (here: the test)."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from broadcast.brokers import RunningBroker, hash_password, start_broker
from broadcast.brokers.mosquitto import MosquittoBroker, find_mosquitto, heeds_hangup
from tests.broadcast.brokers.callers import PATIENCE_S, Caller, free_port

TERMINALS = ("tlimin", "twang")


@dataclass
class Bench:
    """A broker with two terminals known to it, and what a test does to it. Callers hang up at the end."""

    broker: RunningBroker
    crash: Callable[[], None]
    callers: list[Caller] = field(default_factory=list)
    hashes: Mapping[str, str] = field(default_factory=lambda: {did: hash_password(f"secret of {did}") for did in TERMINALS})

    def know(self, *dids: str) -> None:
        """Exactly these terminals may connect."""
        self.broker.set_credentials({did: self.hashes[did] for did in dids})

    def station(self) -> Caller:
        return self._call(Caller(self.broker.port, "station-test", self.broker.username, self.broker.password))

    def terminal(self, did: str, *, client_id: str = "", password: str = "", will: tuple[str, bytes] | None = None) -> Caller:
        return self._call(Caller(self.broker.port, client_id or did, did, password or f"secret of {did}", will))

    def stranger(self, client_id: str, will: tuple[str, bytes] | None = None) -> Caller:
        return self._call(Caller(self.broker.port, client_id, will=will))

    def _call(self, caller: Caller) -> Caller:
        self.callers.append(caller)
        return caller.call()

    def forget_everything(self) -> None:
        """The broker is killed, loses what it kept, and runs again."""
        for caller in self.callers:
            caller.drop()
        self.crash()
        self.broker.ensure_running()


@pytest.fixture(params=["amqtt", pytest.param("mosquitto", marks=pytest.mark.outer), pytest.param("external", marks=pytest.mark.outer)])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    if request.param != "amqtt" and find_mosquitto() is None:
        pytest.skip("mosquitto is not installed: apt-get install mosquitto")
    made = {"amqtt": _embedded, "mosquitto": _mosquitto, "external": _external}[request.param]
    yield from made(tmp_path)


@pytest.fixture
def inside(tmp_path: Path) -> Iterator[Bench]:
    """The embedded broker alone."""
    yield from _embedded(tmp_path)


def _used(bench: Bench) -> Iterator[Bench]:
    try:
        bench.know(*TERMINALS)
        yield bench
    finally:
        for caller in bench.callers:
            caller.leave()
        bench.broker.stop()


def _embedded(folder: Path) -> Iterator[Bench]:
    broker = start_broker("amqtt", host="127.0.0.1", port=free_port(), folder=folder / "broker", domain="xy")
    yield from _used(Bench(broker, broker.stop))


def _mosquitto(folder: Path) -> Iterator[Bench]:
    broker = start_broker("mosquitto", host="127.0.0.1", port=free_port(), folder=folder / "broker", domain="xy")
    assert isinstance(broker, MosquittoBroker)

    def crash() -> None:
        os.kill(broker.pid, signal.SIGKILL)
        os.waitid(os.P_PID, broker.pid, os.WEXITED | os.WNOWAIT)
        (folder / "broker" / "retained.db").unlink(missing_ok=True)

    yield from _used(Bench(broker, crash))


def _external(folder: Path) -> Iterator[Bench]:
    """A mosquitto that this test runs by a configuration of its own; the station is told its URL and how to make it read its files again."""
    there, port = folder / "broker", free_port()
    there.mkdir()
    conf, pid_file = folder / "theirs.conf", folder / "theirs.pid"
    conf.write_text(
        f"listener {port} 127.0.0.1\nallow_anonymous true\npassword_file {there}/passwords\nacl_file {there}/acl\npid_file {pid_file}\n"
        "max_queued_messages 100000\n"
        + ("user root\n" if os.geteuid() == 0 else "")
    )
    reload = f"""sh -c 'test ! -s {pid_file} || kill -HUP $(cat {pid_file})'"""
    broker = start_broker(
        f"mqtt://head:of%20line@127.0.0.1:{port}", host="", port=0, folder=there, domain="xy", reload=reload,
    )  # fmt: skip
    broker.set_credentials({})
    running: list[subprocess.Popen[bytes]] = []

    def start() -> None:
        program = find_mosquitto()
        assert program is not None
        running.append(subprocess.Popen([program, "-c", str(conf)], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        ends = time.monotonic() + PATIENCE_S
        while not (pid_file.exists() and pid_file.read_text().strip() and heeds_hangup(running[-1].pid)):
            assert time.monotonic() < ends, "mosquitto did not start"
            time.sleep(0.01)

    def crash() -> None:
        running[-1].kill()
        running[-1].wait()
        pid_file.unlink(missing_ok=True)
        start()

    start()
    try:
        yield from _used(Bench(broker, crash))
    finally:
        running[-1].terminate()
        running[-1].wait()
