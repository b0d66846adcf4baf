"""The broker that carries the words: mosquitto as a child, an embedded one where nothing is installed, or one that runs already."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from broadcast.brokers.passwords import check_password_hash, hash_password

__all__ = ["BrokerError", "RunningBroker", "check_password_hash", "hash_password", "start_broker"]

STATION_USER = "station"


class BrokerError(RuntimeError):
    """The broker cannot do its work; the text says what to do about it."""


class RunningBroker(Protocol):
    """A broker somebody may connect to, and who may."""

    kind: str
    host: str
    port: int
    tls: bool
    username: str
    password: str

    def set_credentials(self, users: Mapping[str, str]) -> None:
        """Exactly these terminals (did -> password hash) may connect; one that is gone is disconnected at once."""

    def ensure_running(self) -> bool:
        """Start it again when it fell; whether it was started just now (it may have forgotten everything)."""

    def stop(self) -> None:
        """End it, when it is ours."""


def start_broker(kind: str, *, host: str, port: int, folder: Path, domain: str, reload: str = "", ws_port: int = 0) -> RunningBroker:
    """The broker that the setting ``broker`` names; ``reload`` is a command for one that somebody else runs, ``ws_port`` where set-top boxes
    reach ours over WebSocket (0: nowhere). Raises BrokerError."""
    from broadcast.brokers.external import ExternalBroker
    from broadcast.brokers.mosquitto import MosquittoBroker, find_mosquitto

    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if kind == "auto":
        kind = "mosquitto" if find_mosquitto() else "amqtt"
    if kind == "mosquitto":
        return MosquittoBroker(host, port, folder, domain, ws_port)
    if kind == "amqtt":
        from broadcast.brokers.embedded import EmbeddedBroker

        return EmbeddedBroker(host, port, folder, domain, ws_port)
    parts = urlsplit(kind)
    if parts.scheme not in ("mqtt", "mqtts") or not parts.hostname:
        raise BrokerError(f"broker {kind.split('@')[-1]!r}: take auto, mosquitto, amqtt or mqtt://user:password@host:port")
    tls = parts.scheme == "mqtts"
    return ExternalBroker(
        parts.hostname, parts.port or (8883 if tls else 1883), tls, unquote(parts.username or ""), unquote(parts.password or ""), folder, domain, reload
    )
