"""The station's end of the line: a small Broker protocol, and paho behind it."""

from __future__ import annotations

import logging
import random
import socket
import ssl
import threading
from collections.abc import Callable
from typing import Any, Protocol

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from broadcast.mouthful import MouthfulSocket
from wire.messages import StationState
from wire.topics import Topics

log = logging.getLogger(__name__)

# What a terminal says again until it is answered needs no acknowledgement of the broker's besides.
REPEATED = ("ack", "rcpt", "req")
# So many packets of one mouthful are read before what waits to be sent has its turn.
READ_MOST = 200


class Offline(ConnectionError):
    """There is no line to the broker now; what was to be sent must be found again later."""


class Handle(Protocol):
    """A message on its way."""

    def wait(self, timeout_s: float) -> bool:
        """Whether the broker acknowledged it within so many seconds."""


class Broker(Protocol):
    """What the rooms need of a broker."""

    @property
    def connected(self) -> bool: ...

    def publish(self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False) -> Handle:
        """Hand a message over; raises Offline when there is no line."""


class _Sent:
    """paho's own record of one publish."""

    def __init__(self, info: paho.MQTTMessageInfo) -> None:
        self._info = info

    def wait(self, timeout_s: float) -> bool:
        try:
            self._info.wait_for_publish(timeout_s)
        except (RuntimeError, ValueError):  # the line broke before the acknowledgement
            return False
        return bool(self._info.is_published())


class _Client(paho.Client):
    """paho, reading and writing by the mouthful."""

    def _create_socket(self) -> Any:
        sock = super()._create_socket()
        assert isinstance(sock, socket.socket)
        # without it Nagle and delayed acknowledgements make a QoS 1 round trip 44 ms long
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return MouthfulSocket(sock)

    def loop_read(self, max_packets: int = 1) -> MQTTErrorCode:
        """One packet, and all others that came with it."""
        for _ in range(READ_MOST):
            code = super().loop_read(max_packets)
            if code or not isinstance(self._sock, MouthfulSocket) or not self._sock.pending():
                break
        return code


    def loop_write(self) -> MQTTErrorCode:
        """Every packet that waits, in as few calls of the system as there are mouthfuls."""
        code = super().loop_write()
        if code or not isinstance(self._sock, MouthfulSocket):
            return code
        try:
            self._sock.flush()
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            pass  # the rest when select says that there is room
        except OSError as error:
            log.info("the line to the broker: %s", error)
            return self._loop_rc_handle(MQTTErrorCode.MQTT_ERR_CONN_LOST)
        return code

    def want_write(self) -> bool:
        """Whether anything waits: packets, or bytes of them."""
        return super().want_write() or (isinstance(self._sock, MouthfulSocket) and self._sock.unsent > 0)

    def _packet_queue(self, *packet: Any, **more: Any) -> MQTTErrorCode:
        """Whoever says something wakes paho's thread out of its ``select``, which is a call of the system; not that thread itself, which is awake."""
        if threading.current_thread() is not self._thread:
            return super()._packet_queue(*packet, **more)
        bell, self._sockpairW = self._sockpairW, None
        try:
            return super()._packet_queue(*packet, **more)
        finally:
            self._sockpairW = bell


class PahoBroker:
    """One connection of the station, kept up by paho's thread; words that arrive go to ``on_message(topic, payload, retained)`` in
    that thread."""

    def __init__(
        self, host: str, port: int, username: str, password: str, client_id: str, topics: Topics,
        on_message: Callable[[str, bytes, bool], None], on_connect: Callable[[], None] | None = None, tls: bool = False,
        node: str = "station", version: str = "",
    ) -> None:  # fmt: skip
        self._topics, self._on_message, self._on_connect, self._node, self._version = topics, on_message, on_connect, node, version
        self._address = (host, port)
        self._client = client = _Client(CallbackAPIVersion.VERSION2, client_id, clean_session=True, protocol=paho.MQTTv311)
        client.username_pw_set(username, password)
        client.will_set(topics.station_state(node), StationState("lost", version).to_json(), 1, True)
        # every retry at another moment, so that many stations do not return at once
        client.reconnect_delay_set(1, 8 + random.randint(0, 8))
        client.max_inflight_messages_set(5000)
        client.max_queued_messages_set(0)
        if tls:
            client.tls_set()
        client.on_connect = self._connected
        client.on_disconnect = self._disconnected
        client.on_subscribe = self._subscribed
        client.on_message = self._heard

    @property
    def connected(self) -> bool:
        return bool(self._client.is_connected())

    def start(self) -> None:
        self._client.connect_async(*self._address, keepalive=20)
        self._client.loop_start()

    def stop(self) -> None:
        """Say goodbye, and let the line go."""
        if self.connected:
            self._client.publish(self._topics.station_state(self._node), StationState("off", self._version).to_json(), 1, True)
        self._client.disconnect()
        self._client.loop_stop()

    def publish(self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False) -> Handle:
        if not self.connected:
            # paho would keep it and send it one day; the rows are our outbox, not paho's memory
            raise Offline("not connected to the broker")
        return _Sent(self._client.publish(topic, payload, qos, retain))

    def _connected(
        self, client: paho.Client, _data: Any, _flags: paho.ConnectFlags, reason: ReasonCode, _properties: Properties | None
    ) -> None:
        try:
            if reason.is_failure:
                log.error("the broker refuses the station: %s", reason)
                return
            client.subscribe([(topic, int(not topic.endswith(REPEATED))) for topic in self._topics.station_filters()])
            client.publish(self._topics.station_state(self._node), StationState("on", self._version).to_json(), 1, True)
            if self._on_connect is not None:
                self._on_connect()
        except Exception:  # a fault here would end paho's thread without a word
            log.exception("after connecting")

    def _disconnected(
        self, _client: paho.Client, _data: Any, _flags: paho.DisconnectFlags, reason: ReasonCode, _properties: Properties | None
    ) -> None:
        if reason.is_failure:
            log.warning("the line to the broker is cut: %s", reason)

    def _subscribed(
        self, _client: paho.Client, _data: Any, _mid: int, reasons: list[ReasonCode], _properties: Properties | None
    ) -> None:
        refused = [str(each) for each in reasons if each.is_failure]
        if refused:
            log.error("the broker refuses the station's subscriptions: %s", ", ".join(refused))

    def _heard(self, _client: paho.Client, _data: Any, message: paho.MQTTMessage) -> None:
        try:
            self._on_message(message.topic, bytes(message.payload), message.retain)
        except Exception:  # as above: paho's thread must live on
            log.exception("a message on %s", message.topic[:128])

