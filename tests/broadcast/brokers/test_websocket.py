"""Set-top boxes come in over WebSocket, under the same rules as everyone."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from broadcast.brokers import RunningBroker, hash_password, start_broker
from broadcast.brokers.mosquitto import find_mosquitto
from tests.broadcast.brokers.callers import Caller, free_port


class Box(Caller):
    """The same caller over WebSocket."""

    def __post_init__(self) -> None:
        super().__post_init__()
        plain = self.client
        self.client = paho.Client(
            CallbackAPIVersion.VERSION2, self.client_id, protocol=paho.MQTTv311, reconnect_on_failure=False, transport="websockets"
        )
        if self.username is not None:
            self.client.username_pw_set(self.username, self.password)
        for name in ("on_connect", "on_disconnect", "on_subscribe", "on_message"):
            setattr(self.client, name, getattr(plain, name))


@pytest.fixture(params=["amqtt", pytest.param("mosquitto", marks=pytest.mark.outer)])
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[RunningBroker, int]]:
    if request.param == "mosquitto" and find_mosquitto() is None:
        pytest.skip("mosquitto is not installed: apt-get install mosquitto")
    ws = free_port()
    made = start_broker(request.param, host="127.0.0.1", port=free_port(), folder=tmp_path / "broker", domain="xy", ws_port=ws)
    made.set_credentials({"tlimin": hash_password("secret of tlimin")})
    yield made, ws
    made.stop()


def test_a_box_hears_what_is_meant_for_it_and_nothing_else(broker: tuple[RunningBroker, int]) -> None:
    running, ws = broker
    station = Caller(running.port, "station-test", running.username, running.password).call()
    box = Box(ws, "tlimin", "tlimin", "secret of tlimin").call()
    try:
        assert box.code == 0
        station.subscribe("xy/1/d/+/up/state")
        box.subscribe("xy/1/z/z1/plan", "xy/1/d/twang/dn/want")
        station.publish("xy/1/d/twang/dn/want", b"not for the box")
        station.publish("xy/1/z/z1/plan", b"p" * 200_000)
        heard = box.heard.get(timeout=60)
        assert (heard.topic, len(heard.payload)) == ("xy/1/z/z1/plan", 200_000) and box.heard.empty()
        box.publish("xy/1/d/twang/up/state", b"somebody else's words")
        box.publish("xy/1/d/tlimin/up/state", b"my own")
        assert station.heard.get(timeout=60).payload == b"my own"
    finally:
        box.leave()
        station.leave()


def test_a_stranger_is_not_let_in_over_websocket_either(broker: tuple[RunningBroker, int]) -> None:
    box = Box(broker[1], "tlimin", "tlimin", "a guess").call()
    assert box.code != 0
    box.leave()


def test_a_taken_port_shuts_out_the_boxes_but_not_the_speakers(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        running = start_broker("amqtt", host="127.0.0.1", port=free_port(), folder=tmp_path, domain="xy", ws_port=other.getsockname()[1])
        try:
            assert "set broker_ws_port" in caplog.text
            station = Caller(running.port, "station-test", running.username, running.password).call()
            assert station.code == 0
            station.leave()
        finally:
            running.stop()
