"""A broker that somebody else runs is told who may connect, and it is said plainly when it cannot be told."""

from __future__ import annotations

from pathlib import Path

import pytest

from broadcast.brokers import BrokerError, check_password_hash, start_broker
from broadcast.brokers.external import ExternalBroker


def external(folder: Path, reload: str = "") -> ExternalBroker:
    found = start_broker("mqtt://head%40town:p%3Aw@broker.example:1884", host="", port=0, folder=folder, domain="xy", reload=reload)
    assert isinstance(found, ExternalBroker)
    return found


def test_the_url_says_where_and_as_whom(tmp_path: Path) -> None:
    broker = external(tmp_path)
    assert (broker.host, broker.port, broker.tls, broker.username, broker.password) == ("broker.example", 1884, False, "head@town", "p:w")
    safe = start_broker("mqtts://broker.example", host="", port=0, folder=tmp_path, domain="xy")
    assert (safe.port, safe.tls, safe.username) == (8883, True, "")
    assert broker.ensure_running() is False


@pytest.mark.parametrize("url", ["http://broker.example", "mqtt://", "mosquito", "broker.example:1883"])
def test_what_is_no_broker_is_refused_without_its_password(tmp_path: Path, url: str) -> None:
    with pytest.raises(BrokerError, match="take auto, mosquitto, amqtt or mqtt://"):
        start_broker(url, host="", port=0, folder=tmp_path, domain="xy")
    with pytest.raises(BrokerError) as refused:
        start_broker("ftp://me:hidden@x", host="", port=0, folder=tmp_path, domain="xy")
    assert "hidden" not in str(refused.value)


def test_the_files_let_in_the_terminals_and_the_station_itself(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    external(tmp_path).set_credentials({"tlimin": "$7$hash"})
    users = dict(line.split(":", 1) for line in (tmp_path / "passwords").read_text().splitlines())
    assert users["tlimin"] == "$7$hash" and check_password_hash("p:w", users["head@town"])
    assert "user tlimin" in (tmp_path / "acl").read_text() and "user head@town" in (tmp_path / "acl").read_text()
    assert "set broker_reload" in caplog.text


def test_it_is_told_once_for_each_change(tmp_path: Path) -> None:
    told = tmp_path / "told"
    broker = external(tmp_path, f"sh -c 'echo told >> {told}'")
    for users in ({}, {}, {"tlimin": "h"}, {"tlimin": "h"}):
        broker.set_credentials(users)
    assert told.read_text().splitlines() == ["told", "told"]


@pytest.mark.parametrize(("reload", "why"), [("/no/such/program", "cannot be run"), ("sh -c 'echo no right >&2; exit 3'", "no right")])
def test_one_that_cannot_be_told_is_an_error_each_time_until_it_can(tmp_path: Path, reload: str, why: str) -> None:
    broker = external(tmp_path, reload)
    for _ in range(2):
        with pytest.raises(BrokerError, match=why) as failed:
            broker.set_credentials({"tlimin": "h"})
        assert "still let in" in str(failed.value)
