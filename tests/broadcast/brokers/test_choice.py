"""Which broker is taken where nobody chose one."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from broadcast.brokers import BrokerError, start_broker


def test_where_mosquitto_is_missing_the_broker_lives_inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("broadcast.brokers.mosquitto.find_mosquitto", lambda: None)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    broker = start_broker("auto", host="127.0.0.1", port=port, folder=tmp_path / "broker", domain="xy")
    try:
        assert broker.kind == "amqtt"
        socket.create_connection(("127.0.0.1", port), 5).close()
    finally:
        broker.stop()
    with pytest.raises(BrokerError, match="apt-get install mosquitto, or set broker to amqtt"):
        start_broker("mosquitto", host="127.0.0.1", port=port, folder=tmp_path / "broker", domain="xy")
