"""The line: one MQTT connection (paho) whose events go into a queue, so that nothing of ours runs in paho's thread."""

from __future__ import annotations

import random
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

KEEPALIVE_S = 30
MAX_PER_SUBSCRIBE = 8
NOT_AUTHORISED = (4, 5, 134, 135)


@dataclass(frozen=True, slots=True)
class Happened:
    """Something on the line. ``what``: connected, disconnected, refused, message, not subscribed, broken."""

    what: str
    topic: str = ""
    payload: bytes = b""
    reason: str = ""
    mono_ms: float = 0.0  # when a message came, by the monotonic clock


@dataclass
class Endpoint:
    """Where the broker is and who calls."""

    host: str
    port: int
    client_id: str
    username: str = ""
    password: str = ""
    tls: bool = False
    ca_file: str = ""
    will: Callable[[], tuple[str, bytes]] | None = field(default=None)


class Line:
    """Connects, reconnects with jitter, and reports; ``publish`` and ``subscribe`` only while connected."""

    def __init__(self, endpoint: Endpoint, report: Callable[[Happened], None]) -> None:
        self.endpoint, self._report = endpoint, report
        client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=endpoint.client_id, clean_session=True, protocol=mqtt.MQTTv311
        )
        client.reconnect_delay_set(1, round(random.uniform(20, 40)))
        client.max_queued_messages_set(200)
        if endpoint.username:
            client.username_pw_set(endpoint.username, endpoint.password)
        if endpoint.tls:
            client.tls_set_context(ssl.create_default_context(cafile=endpoint.ca_file or None))
        client.on_pre_connect = self._guard(self._on_pre_connect)
        client.on_connect = self._guard(self._on_connect)
        client.on_disconnect = self._guard(self._on_disconnect)
        client.on_connect_fail = self._guard(self._on_connect_fail)
        client.on_message = self._guard(self._on_message)
        client.on_subscribe = self._guard(self._on_subscribe)
        client.on_socket_open = self._guard(self._on_socket_open)
        self._client = client
        self._asked: dict[int, tuple[str, ...]] = {}

    def open(self) -> None:
        """Returns at once; paho's thread connects and keeps trying."""
        self._client.connect_async(self.endpoint.host, self.endpoint.port, keepalive=KEEPALIVE_S)
        self._client.loop_start()

    def close(self, patience_s: float = 2.0) -> None:
        """Sends what is queued, says goodbye, ends the thread."""
        deadline = time.monotonic() + patience_s
        while self._client.is_connected() and self._client.want_write() and time.monotonic() < deadline:
            time.sleep(0.01)
        self._client.disconnect()
        self._client.loop_stop()

    def publish(self, topic: str, payload: bytes, qos: int = 1, retain: bool = False) -> mqtt.MQTTMessageInfo | None:
        """None when the line is down: the agent sends again what matters (paho would send it later, twice)."""
        if not self._client.is_connected():
            return None
        return self._client.publish(topic, payload, qos=qos, retain=retain)

    def subscribe(self, filters: tuple[str, ...]) -> None:
        for at in range(0, len(filters), MAX_PER_SUBSCRIBE):
            part = filters[at : at + MAX_PER_SUBSCRIBE]
            result, mid = self._client.subscribe([(name, 1) for name in part])
            if result == mqtt.MQTT_ERR_SUCCESS and mid is not None:
                self._asked[mid] = part

    def unsubscribe(self, filters: tuple[str, ...]) -> None:
        for at in range(0, len(filters), MAX_PER_SUBSCRIBE):
            self._client.unsubscribe(list(filters[at : at + MAX_PER_SUBSCRIBE]))

    def _guard(self, callback: Callable[..., None]) -> Callable[..., None]:
        """An exception in a callback would end paho's thread without a word: report it instead."""

        def guarded(*args: Any) -> None:
            try:
                callback(*args)
            except Exception as error:
                self._report(Happened("broken", reason=f"{type(error).__name__} in {callback.__name__}: {error}"))

        return guarded

    def _on_pre_connect(self, client: mqtt.Client, _data: object) -> None:
        if self.endpoint.will is not None:
            topic, payload = self.endpoint.will()
            client.will_set(topic, payload, qos=1, retain=True)

    def _on_socket_open(self, _client: mqtt.Client, _data: object, opened: Any) -> None:
        # Without this a QoS 1 round trip waits for delayed acknowledgements: 44 ms instead of 0.4.
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _on_connect(self, _client: mqtt.Client, _data: object, _flags: object, code: Any, _properties: object) -> None:
        if code.is_failure:
            what = "refused" if code.value in NOT_AUTHORISED else "disconnected"
            self._report(Happened(what, reason=str(code)))
        else:
            self._asked.clear()
            self._report(Happened("connected"))

    def _on_disconnect(self, _client: mqtt.Client, _data: object, _flags: object, code: Any, _properties: object) -> None:
        self._report(Happened("disconnected", reason=str(code)))

    def _on_connect_fail(self, _client: mqtt.Client, _data: object) -> None:
        self._report(Happened("disconnected", reason=f"no broker at {self.endpoint.host}:{self.endpoint.port}"))

    def _on_message(self, _client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        self._report(Happened("message", message.topic, bytes(message.payload), mono_ms=time.monotonic() * 1000))

    def _on_subscribe(self, _client: mqtt.Client, _data: object, mid: int, codes: list[Any], _properties: object) -> None:
        for name, code in zip(self._asked.pop(mid, ()), codes, strict=False):
            if code.is_failure:
                self._report(Happened("not subscribed", topic=name, reason=str(code)))

