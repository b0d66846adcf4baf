"""Clients that call a broker in the tests: paho for the well-behaved, a bare socket for the others."""

from __future__ import annotations

import queue
import socket
import threading
from dataclasses import dataclass, field

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

# Nothing here is a figure: a machine with other work to do may take its time.
PATIENCE_S = 60.0


@dataclass(frozen=True)
class Word:
    topic: str
    payload: bytes
    qos: int
    retain: bool


@dataclass
class Caller:
    """A client that connects once and remembers what it hears. ``code`` is the broker's answer to CONNECT (0: welcome)."""

    port: int
    client_id: str
    username: str | None = None
    password: str | None = None
    will: tuple[str, bytes] | None = None
    keepalive: int = 60
    code: int = -1
    heard: queue.Queue[Word] = field(default_factory=queue.Queue)

    def __post_init__(self) -> None:
        self._answered, self._gone, self._granted = threading.Event(), threading.Event(), queue.Queue()  # type: ignore[var-annotated]
        self.client = client = paho.Client(CallbackAPIVersion.VERSION2, self.client_id, protocol=paho.MQTTv311, reconnect_on_failure=False)
        if self.username is not None:
            client.username_pw_set(self.username, self.password)
        if self.will is not None:
            client.will_set(*self.will, qos=1, retain=True)
        client.max_inflight_messages_set(1000)
        client.on_connect = self._connected
        client.on_disconnect = lambda *_: self._gone.set()
        client.on_subscribe = lambda _client, _data, _mid, codes, _properties: self._granted.put([each.value for each in codes])
        client.on_message = lambda _client, _data, it: self.heard.put(Word(it.topic, bytes(it.payload), it.qos, bool(it.retain)))

    def _connected(self, _client: object, _data: object, _flags: object, reason: paho.ReasonCode, _properties: object) -> None:
        self.code = reason.value
        self._answered.set()

    def call(self) -> Caller:
        self.client.connect("127.0.0.1", self.port, self.keepalive)
        self.client.loop_start()
        assert self._answered.wait(PATIENCE_S), "no answer to CONNECT"
        return self

    def subscribe(self, *filters: str, qos: int = 1) -> list[int]:
        self.client.subscribe([(each, qos) for each in filters])
        granted: list[int] = self._granted.get(timeout=PATIENCE_S)
        return granted

    def publish(self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False) -> None:
        self.client.publish(topic, payload, qos, retain).wait_for_publish(PATIENCE_S)

    def hear(self) -> Word:
        return self.heard.get(timeout=PATIENCE_S)

    def until(self, topic: str) -> list[Word]:
        """What comes before a word on ``topic``: the way to see that something did not come, without waiting for it."""
        words: list[Word] = []
        while (word := self.hear()).topic != topic:
            words.append(word)
        return words

    @property
    def gone(self) -> bool:
        return self._gone.wait(PATIENCE_S)

    @property
    def connected(self) -> bool:
        return bool(self.client.is_connected())

    def drop(self) -> None:
        """The line breaks: no goodbye."""
        self.client.loop_stop()
        sock = self.client.socket()
        if isinstance(sock, socket.socket):
            sock.close()

    def leave(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
