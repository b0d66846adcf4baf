"""A broker inside the station, where nothing else is installed: amqtt in a thread of its own, for one village and for trying."""

from __future__ import annotations

import asyncio
import logging
import secrets
import socket
import threading
from collections.abc import Mapping
from pathlib import Path

from broadcast.brokers import STATION_USER, BrokerError
from broadcast.brokers.access import Rules
from broadcast.brokers.guarded import GuardedBroker
from broadcast.brokers.passwords import hash_password
from broadcast.brokers.websocket import open_door

log = logging.getLogger(__name__)

START_S, STOP_S = 10.0, 10.0


class EmbeddedBroker:
    """Runs while the station runs. It keeps nothing on disk: after a start the station sends everything retained again."""

    kind = "amqtt"
    tls = False
    username = STATION_USER

    def __init__(self, host: str, port: int, folder: Path, domain: str, ws_port: int = 0) -> None:
        self.host, self.port, self.folder, self.ws_port = host, port, folder, ws_port
        self.password = secrets.token_urlsafe(24)
        self._rules = Rules(domain, STATION_USER, hash_password(self.password))
        self._running: _Running | None = None
        for name in ("amqtt", "transitions"):  # a line for each packet would be too many
            logging.getLogger(name).setLevel(logging.WARNING)
        self.ensure_running()

    def set_credentials(self, users: Mapping[str, str]) -> None:
        if dict(users) == self._rules.users:
            return
        self._rules.users = dict(users)
        if self._running is not None:
            self._running.kick()

    def ensure_running(self) -> bool:
        if self._running is not None and self._running.alive:
            return False
        self._running = _Running(self._rules, _listen(self.host, self.port), self._listen_ws())
        return True

    def _listen_ws(self) -> socket.socket | None:
        """Where set-top boxes come in; None where none is wanted or the port is taken: loudspeakers do not wait for televisions."""
        if not self.ws_port:
            return None
        try:
            return _listen(self.host, self.ws_port, "broker_ws_port")
        except BrokerError as error:
            log.error("set-top boxes cannot come in: %s", error)
            return None

    def stop(self) -> None:
        if self._running is not None:
            self._running.stop()
            self._running = None


class _Running:
    """The thread with its event loop."""

    def __init__(self, rules: Rules, sock: socket.socket, ws_sock: socket.socket | None) -> None:
        self._loop = asyncio.new_event_loop()
        self._ready, self._end = threading.Event(), asyncio.Event()
        self._broker: GuardedBroker | None = None
        self._thread = threading.Thread(target=self._run, args=(rules, sock, ws_sock), name="broker", daemon=True)
        self._thread.start()
        if not self._ready.wait(START_S) or self._broker is None:
            raise BrokerError("the embedded broker does not start: see the station's log")

    @property
    def alive(self) -> bool:
        return self._thread.is_alive()

    def kick(self) -> None:
        if self.alive and self._broker is not None:
            self._loop.call_soon_threadsafe(self._broker.kick)

    def stop(self) -> None:
        if self.alive:
            self._loop.call_soon_threadsafe(self._end.set)
            self._thread.join(STOP_S)

    def _run(self, rules: Rules, sock: socket.socket, ws_sock: socket.socket | None) -> None:
        try:
            with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
                runner.run(self._serve(rules, sock, ws_sock))
        except Exception:  # the thread's edge: ensure_running starts another one
            log.exception("the embedded broker fell")
        finally:
            sock.close()
            if ws_sock is not None:
                ws_sock.close()
            self._ready.set()

    async def _serve(self, rules: Rules, sock: socket.socket, ws_sock: socket.socket | None) -> None:
        broker = GuardedBroker(rules, sock)
        await broker.start()
        door = await open_door(broker, ws_sock) if ws_sock is not None else None
        self._broker = broker
        self._ready.set()
        await self._end.wait()
        if door is not None:
            door.close()
        await broker.shutdown()


def _listen(host: str, port: int, setting: str = "broker_port") -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
        sock.listen(512)
    except OSError as error:
        sock.close()
        raise BrokerError(f"port {port} on {host} cannot be opened ({error.strerror}): set {setting}, or broker to the URL of one that runs") from error
    return sock
