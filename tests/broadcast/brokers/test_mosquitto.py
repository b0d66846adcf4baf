"""mosquitto as a child: its files are ours alone, it comes back, and nothing of it is left behind."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from broadcast.brokers import BrokerError, mosquitto
from broadcast.brokers.mosquitto import MosquittoBroker, find_mosquitto, heeds_hangup
from tests.broadcast.brokers.callers import free_port

outer = pytest.mark.outer


@pytest.fixture(autouse=True)
def _installed(request: pytest.FixtureRequest) -> None:
    if request.node.get_closest_marker("outer") and find_mosquitto() is None:
        pytest.skip("mosquitto is not installed: apt-get install mosquitto")


@outer
def test_its_files_are_for_the_owner_only_and_keep_no_password(tmp_path: Path) -> None:
    broker = MosquittoBroker("127.0.0.1", free_port(), tmp_path, "xy")
    try:
        for name in ("passwords", "acl", "mosquitto.conf"):
            assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
            assert broker.password not in (tmp_path / name).read_text()
    finally:
        broker.stop()


@outer
def test_one_that_fell_is_started_again_once(tmp_path: Path) -> None:
    broker = MosquittoBroker("127.0.0.1", free_port(), tmp_path, "xy")
    try:
        assert broker.ensure_running() is False
        before = broker.pid
        os.kill(before, signal.SIGKILL)
        os.waitid(os.P_PID, before, os.WEXITED | os.WNOWAIT)
        assert broker.ensure_running() is True and broker.ensure_running() is False
        assert broker.pid != before
    finally:
        broker.stop()
    assert broker.pid == 0 and not (tmp_path / "mosquitto.pid").exists()


@outer
def test_one_that_an_earlier_station_left_behind_is_ended_and_nobody_elses(tmp_path: Path) -> None:
    port = free_port()
    first = MosquittoBroker("127.0.0.1", port, tmp_path, "xy")
    left = first._process
    assert left is not None
    second = MosquittoBroker("127.0.0.1", port, tmp_path, "xy")
    try:
        assert left.wait(60) is not None and second.pid != left.pid
        other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        (tmp_path / "mosquitto.pid").write_text(str(other.pid))
        second.ensure_running()
        MosquittoBroker._end_leftover(second)
        assert other.poll() is None, "a number that now belongs to another program"
        other.kill()
        other.wait()
    finally:
        second.stop()


@outer
def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(BrokerError, match=f"port {port} .* set broker_port"):
            MosquittoBroker("127.0.0.1", port, tmp_path, "xy")


@outer
def test_one_that_cannot_start_says_its_own_last_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mosquitto, "mosquitto_acl", lambda *_: "nonsense for an acl file\n")
    with pytest.raises(BrokerError, match=r"mosquitto did not start: .*acl"):
        MosquittoBroker("127.0.0.1", free_port(), tmp_path, "xy")


def test_where_it_is_not_installed_the_next_step_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mosquitto, "find_mosquitto", lambda: None)
    with pytest.raises(BrokerError, match="apt-get install mosquitto, or set broker to amqtt"):
        MosquittoBroker("127.0.0.1", free_port(), tmp_path, "xy")


def test_a_process_heeds_a_hangup_from_the_moment_it_has_a_handler() -> None:
    code = "import signal; print(1, flush=True); input(); signal.signal(signal.SIGHUP, print); print(2, flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1) as other:
        assert other.stdin is not None and other.stdout is not None
        other.stdout.readline()
        assert not heeds_hangup(other.pid)
        other.stdin.write("\n")
        other.stdout.readline()
        assert heeds_hangup(other.pid)
        other.kill()
    assert not heeds_hangup(other.pid), "it is gone"
