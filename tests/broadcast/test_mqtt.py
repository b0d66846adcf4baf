"""The station's end of the line, against the broker inside the station."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from broadcast.brokers import RunningBroker, start_broker
from broadcast.mqtt import Offline, PahoBroker
from tests.broadcast.brokers.callers import PATIENCE_S, Caller, free_port
from wire.messages import StationState
from wire.topics import Topics

TOPICS = Topics()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[RunningBroker]:
    running = start_broker("amqtt", host="127.0.0.1", port=free_port(), folder=tmp_path / "broker", domain="xy")
    yield running
    running.stop()


@pytest.fixture
def heard() -> queue.Queue[tuple[str, bytes, bool]]:
    return queue.Queue()


@pytest.fixture
def open_line(broker: RunningBroker, heard: queue.Queue[tuple[str, bytes, bool]]) -> Iterator[Callable[..., PahoBroker]]:
    """A started line, connected; ``open_line(password="...")`` for one that is not let in."""
    lines: list[PahoBroker] = []

    def made(password: str = "", on_message: Callable[[str, bytes, bool], None] | None = None, wait: bool = True) -> PahoBroker:
        up = threading.Event()
        line = PahoBroker(
            broker.host, broker.port, broker.username, password or broker.password, f"station-{len(lines)}", TOPICS,
            on_message or (lambda *word: heard.put(word)), up.set, node=f"n{len(lines)}", version="1.2",
        )  # fmt: skip
        lines.append(line)
        line.start()
        assert not wait or up.wait(PATIENCE_S)
        return line

    yield made
    for each in lines:
        each.stop()


def station(broker: RunningBroker) -> Caller:
    return Caller(broker.port, "station-witness", broker.username, broker.password).call()


def test_it_hears_every_terminal_and_knows_what_the_broker_had_kept(
    broker: RunningBroker, open_line: Callable[..., PahoBroker], heard: queue.Queue[tuple[str, bytes, bool]]
) -> None:
    witness = station(broker)
    witness.publish("xy/1/d/tlimin/up/state", b"kept", retain=True)
    open_line()
    assert heard.get(timeout=PATIENCE_S) == ("xy/1/d/tlimin/up/state", b"kept", True)
    for topic in ("xy/1/d/tlimin/up/rcpt", "xy/1/d/tlimin/up/state", "xy/1/p/nonce-0123456789/up"):
        witness.publish(topic, b"said")
        assert heard.get(timeout=PATIENCE_S) == (topic, b"said", False)
    witness.leave()


def test_a_message_is_acknowledged_and_arrives(broker: RunningBroker, open_line: Callable[..., PahoBroker]) -> None:
    witness, line = station(broker), open_line()
    witness.subscribe("xy/1/z/+/plan")
    assert line.publish("xy/1/z/zvillage_cmn/plan", b"a plan", retain=True).wait(PATIENCE_S) is True
    assert witness.hear().payload == b"a plan"
    witness.leave()


def test_without_a_broker_it_says_offline_at_once_and_keeps_nothing_for_later(broker: RunningBroker, open_line: Callable[..., PahoBroker]) -> None:
    line = open_line(password="guessed", wait=False)
    assert line.connected is False
    with pytest.raises(Offline):
        line.publish("xy/1/s/keys", b"keys")


def test_its_birth_its_will_and_its_goodbye_are_kept(broker: RunningBroker, open_line: Callable[..., PahoBroker]) -> None:
    witness = station(broker)
    witness.subscribe("xy/1/s/+/state")
    line = open_line()
    assert StationState.from_json(witness.hear().payload) == StationState("on", "1.2")
    line.stop()
    assert StationState.from_json(witness.hear().payload) == StationState("off", "1.2")
    broken = open_line()
    assert StationState.from_json(witness.hear().payload).st == "on"
    broken._client.loop_stop()
    broken._client.socket().close()  # type: ignore[union-attr]
    assert StationState.from_json(witness.hear().payload).st == "lost"
    witness.leave()


def test_a_fault_in_what_hears_does_not_end_the_line(
    broker: RunningBroker, open_line: Callable[..., PahoBroker], caplog: pytest.LogCaptureFixture
) -> None:
    found: queue.Queue[bytes] = queue.Queue()

    def stumbles(topic: str, payload: bytes, retained: bool) -> None:
        if payload == b"bad":
            raise ZeroDivisionError
        found.put(payload)

    open_line(on_message=stumbles)
    witness = station(broker)
    for payload in (b"bad", b"good"):
        witness.publish("xy/1/d/tlimin/up/rcpt", payload)
    assert found.get(timeout=PATIENCE_S) == b"good"
    assert "a message on xy/1/d/tlimin/up/rcpt" in caplog.text
    witness.leave()


def test_it_comes_back_by_itself_when_the_broker_does(broker: RunningBroker, open_line: Callable[..., PahoBroker]) -> None:
    line = open_line()
    broker.stop()
    ends = threading.Event()
    for _ in range(1200):
        if not line.connected:
            break
        ends.wait(0.05)
    assert line.connected is False
    assert broker.ensure_running() is True
    for _ in range(1200):
        if line.connected:
            break
        ends.wait(0.05)
    assert line.connected is True
