"""amqtt with its holes closed: who is not let in touches nothing, and each client gets only what it may hear and asked for.

amqtt (0.11, 0.12) gives the codec, the checks of CONNECT and the sessions. What it does not do is done here: it ends an existing
session before it knows whether the newcomer may come in; it pushes every retained message that matches anyone's subscription to each
new client; it forgets the rules for wills; it drops what a client published just before its DISCONNECT; it reads packets of 256 MB;
it never notices a line that went dead; and a subscription in the middle of a fan-out loses the message.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Iterable
from typing import Any

from amqtt.adapters import BufferReader, StreamReaderAdapter, StreamWriterAdapter
from amqtt.broker import Broker
from amqtt.contexts import BrokerConfig, ListenerConfig
from amqtt.errors import AMQTTError, MQTTError, NoDataError
from amqtt.mqtt.connack import CONNECTION_ACCEPTED, NOT_AUTHORIZED, ConnackPacket
from amqtt.mqtt.disconnect import DisconnectPacket
from amqtt.mqtt.packet import CONNECT
from amqtt.mqtt.pingreq import PingReqPacket
from amqtt.mqtt.pingresp import PingRespPacket
from amqtt.mqtt.protocol.broker_handler import BrokerProtocolHandler
from amqtt.mqtt.puback import PubackPacket
from amqtt.mqtt.publish import PublishPacket
from amqtt.mqtt.suback import SubackPacket
from amqtt.mqtt.subscribe import SubscribePacket
from amqtt.mqtt.unsuback import UnsubackPacket
from amqtt.mqtt.unsubscribe import UnsubscribePacket
from amqtt.session import OutgoingApplicationMessage, Session

from broadcast.brokers.access import Rules
from broadcast.brokers.packets import Malformed, Reader, decode, read_packet

log = logging.getLogger(__name__)

CONNECTIONS_MAX = 2000
# A newcomer says CONNECT within so many seconds, in a packet of so many bytes; later packets may be as large as mosquitto's limit of ours.
CONNECT_S, CONNECT_BYTES, PACKET_BYTES = 10.0, 16 * 1024, 1024 * 1024
SUBSCRIPTIONS_MAX = 48
# A client that reads too slowly is cut off rather than remembered for ever; it comes back and asks for what it lacks.
BACKLOG_BYTES, INFLIGHT_MAX = 8 * 1024 * 1024, 20_000
GOODBYE_S = 2.0
FAILED = 0x80


class Client(BrokerProtocolHandler):  # type: ignore[misc]  # amqtt has no types
    """One client's line. What is sent to it is never waited for: a slow client holds up nobody."""

    ended: asyncio.Event
    hashed: str | None = None

    def take_over(self, session: Session, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.attach(session, StreamReaderAdapter(reader), StreamWriterAdapter(writer))
        self.transport, self.ended = writer.transport, asyncio.Event()
        self.filters: set[str] = set()

    def send(self, packet: Any) -> None:
        if self.transport.is_closing():
            return
        self.transport.write(packet.to_bytes())
        if self.transport.get_write_buffer_size() > BACKLOG_BYTES or len(self.session.inflight_out) > INFLIGHT_MAX:
            log.warning("%s reads too slowly and is cut off: it will come back and ask", self.session.client_id)
            self.cut()

    def deliver(self, topic: str, data: bytes, qos: int, retain: bool) -> None:
        """One message; at QoS 1 its number is taken until the client acknowledges it."""
        number = self.session.next_packet_id if qos else None
        message = OutgoingApplicationMessage(number, topic, qos, data, retain)
        if number is not None:
            self.session.inflight_out[number] = message
        self.send(message.build_publish_packet())

    def cut(self) -> None:
        self.transport.abort()


class GuardedBroker(Broker):  # type: ignore[misc]  # amqtt has no types
    """amqtt's broker, listening on ``sock``. Sessions are always clean: what must be known is retained or asked for again."""

    def __init__(self, rules: Rules, sock: socket.socket) -> None:
        super().__init__(BrokerConfig(listeners={"default": ListenerConfig(bind="127.0.0.1:0")}, plugins={}))
        self.rules, self.sock, self.closing = rules, sock, False
        self._lines: dict[asyncio.Task[Any], asyncio.WriteTransport] = {}
        self._wild: set[str] = set()  # those of the filters in use that have a wildcard: few

    async def _create_server_instance(self, listener_name: str, *_: Any) -> asyncio.Server:
        def protocol() -> asyncio.StreamReaderProtocol:
            return asyncio.StreamReaderProtocol(Reader(), lambda reader, writer: self.stream_connected(reader, writer, listener_name))

        return await asyncio.get_running_loop().create_server(protocol, sock=self.sock, backlog=512)

    async def shutdown(self) -> None:
        """Nobody hears a will: it is the broker that goes, not they."""
        self.closing = True
        for transport in self._lines.values():
            transport.abort()
        if self._lines:
            await asyncio.wait(self._lines, timeout=GOODBYE_S)
        await super().shutdown()

    def kick(self) -> None:
        """Whoever's credentials are gone or changed is thrown out."""
        for session, client in list(self._sessions.values()):
            hashed = self.rules.hash_of(session.username)
            if hashed == client.hashed:
                continue
            if self.rules.admits(session.username, session.password, session.client_id):
                client.hashed = hashed  # another salt, the same password
            else:
                log.info("%s is no longer let in: thrown out", session.client_id)
                client.cut()

    # one connection, from its first byte to its last

    async def stream_connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, listener_name: str) -> None:
        task = asyncio.current_task()
        if task is None or self.closing or len(self._lines) >= CONNECTIONS_MAX:
            writer.transport.abort()
            return
        self._lines[task] = writer.transport
        try:
            await self._live(reader, writer)
        except (Malformed, OSError, EOFError, TimeoutError, AMQTTError, MQTTError, NoDataError) as error:
            log.info("connection of %s ended: %s", writer.get_extra_info("peername"), error or type(error).__name__)
        finally:
            del self._lines[task]
            writer.close()
            # one who does not take the rest is not waited for
            asyncio.get_running_loop().call_later(GOODBYE_S, writer.transport.abort)

    async def _live(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with asyncio.timeout(CONNECT_S):
            client, session = await self._newcomer(reader, writer)
        if not self._admits(session):
            log.warning("%s from %s is not let in", session.username or session.client_id, session.remote_address)
            writer.write(ConnackPacket.build(0, NOT_AUTHORIZED).to_bytes())
            return
        while (old := self._sessions.get(session.client_id)) is not None:
            old[1].cut()  # the same client came again before its old line was noticed dead
            await old[1].ended.wait()
        client.hashed = self.rules.hash_of(session.username)
        client.take_over(session, reader, writer)
        self._sessions[session.client_id] = (session, client)
        session.transitions.connect()
        polite = False
        try:
            client.send(ConnackPacket.build(0, CONNECTION_ACCEPTED))
            polite = await self._serve(client, session, reader)
        finally:
            del self._sessions[session.client_id]
            for wanted in client.filters:
                self._del_subscription(wanted, session)
            session.transitions.disconnect()
            client.ended.set()
            if session.will_flag and not polite and not self.closing:
                await self._publish(session, session.will_topic, bytes(session.will_message), session.will_qos, session.will_retain)

    async def _newcomer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> tuple[Client, Session]:
        found = await read_packet(reader, CONNECT_BYTES)
        if found is None or found[0].packet_type != CONNECT:
            raise Malformed("it does not begin with CONNECT")
        header, body = found
        try:
            client, session = await Client.init_from_connect(
                BufferReader(header.to_bytes() + body), StreamWriterAdapter(writer), self.plugins_manager
            )
        except (AMQTTError, MQTTError, NoDataError):
            raise
        except Exception as error:  # whatever amqtt's codec stumbles over, it is the sender's fault
            raise Malformed(f"CONNECT: {error!r}") from error
        session.clean_session, session.parent = True, 0
        return client, session

    def _admits(self, session: Session) -> bool:
        if not self.rules.admits(session.username, session.password, session.client_id):
            return False
        return not session.will_flag or (session.will_qos <= 1 and _is_topic(session.will_topic) and self._may_publish(session, session.will_topic))

    def _may_publish(self, session: Session, topic: str) -> bool:
        return self.rules.may_publish(session.username, session.client_id, topic)

    async def _serve(self, client: Client, session: Session, reader: asyncio.StreamReader) -> bool:
        """Every packet in its order, until the client goes. Whether it said goodbye."""
        silence_s = session.keep_alive * 1.5 or None
        while True:
            async with asyncio.timeout(silence_s):
                found = await read_packet(reader, PACKET_BYTES)
            if found is None:
                return False
            packet = await decode(*found)
            match packet:
                case PublishPacket():
                    await self._published(client, session, packet)
                case PubackPacket():
                    session.inflight_out.pop(packet.variable_header.packet_id, None)
                case SubscribePacket():
                    await self._subscribed(client, session, packet)
                case UnsubscribePacket():
                    for wanted in packet.payload.topics:
                        self._del_subscription(wanted, session)
                        client.filters.discard(wanted)
                    client.send(UnsubackPacket.build(packet.variable_header.packet_id))
                case PingReqPacket():
                    client.send(PingRespPacket.build())
                case DisconnectPacket():
                    return True
                case _:
                    raise Malformed(f"a client may not send {type(packet).__name__}")
            await asyncio.sleep(0)  # one who talks without a pause must not keep the others from talking

    # what is said, and who hears it

    async def _published(self, client: Client, session: Session, packet: PublishPacket) -> None:
        topic = packet.topic_name
        if packet.qos > 1 or not _is_topic(topic):
            raise Malformed(f"PUBLISH at QoS {packet.qos} to {topic[:128]!r}")
        if self._may_publish(session, topic):
            await self._publish(session, topic, packet.data, packet.qos, packet.retain_flag)
        else:
            log.info("%s may not say anything on %s", session.client_id, topic[:128])
        if packet.qos:
            client.send(PubackPacket.build(packet.packet_id))

    async def _publish(self, session: Session, topic: str, data: bytes, qos: int, retain: bool) -> None:
        if retain and session.username is not None:  # strangers' words are not kept
            await self.retain_message(session, topic, data, qos)
        await self._broadcast_message(session, topic, data, qos)

    async def _broadcast_message(self, session: Session | None, topic: str, data: bytes, force_qos: int | None = None) -> None:
        """To everyone who asked for it and may hear it, at once and in order; once, even when two of his filters match."""
        heard: dict[str, int] = {}
        for wanted in self._filters(topic):
            for listener, qos in self._subscriptions.get(wanted, ()):
                heard[listener.client_id] = max(qos, heard.get(listener.client_id, 0))
        for client_id, qos in heard.items():
            listener, client = self._sessions[client_id]
            if self.rules.may_read(listener.username, client_id, topic):
                client.deliver(topic, data, min(qos, force_qos or 0), False)

    def _filters(self, topic: str) -> Iterable[str]:
        """The filters that match; almost all are exact, and those are looked up."""
        yield topic
        yield from (wanted for wanted in self._wild if self._matches(topic, wanted))

    async def _subscribed(self, client: Client, session: Session, packet: SubscribePacket) -> None:
        if not packet.payload.topics:
            raise Malformed("SUBSCRIBE without a filter")
        granted = [(wanted, await self._grant(client, session, wanted, qos)) for wanted, qos in packet.payload.topics]
        client.send(SubackPacket.build(packet.variable_header.packet_id, [code for _, code in granted]))
        for wanted, code in granted:
            if code != FAILED:
                await self._publish_retained_messages_for_subscription((wanted, code), session)

    async def _grant(self, client: Client, session: Session, wanted: str, qos: int) -> int:
        """The QoS that is granted, or FAILED."""
        if qos > 2:
            raise Malformed(f"SUBSCRIBE at QoS {qos}")
        if not _is_filter(wanted) or len(client.filters | {wanted}) > SUBSCRIPTIONS_MAX:
            return FAILED
        self._del_subscription(wanted, session)  # asked again: the newer QoS counts
        code: int = await self.add_subscription((wanted, min(qos, 1)), session)
        if code != FAILED:
            client.filters.add(wanted)
            if _has_wildcard(wanted):
                self._wild.add(wanted)
        return code

    async def _publish_retained_messages_for_subscription(self, subscription: tuple[str, int], session: Session) -> None:
        """What is retained under this filter, as far as this client may hear it."""
        wanted, qos = subscription
        client = self._sessions[session.client_id][1]
        for topic in list(self._retained_messages) if _has_wildcard(wanted) else [wanted]:
            kept = self._retained_messages.get(topic)
            if kept is not None and self._matches(topic, wanted) and self.rules.may_read(session.username, session.client_id, topic):
                client.deliver(topic, bytes(kept.data), min(qos, kept.qos or 0), True)

    def _del_subscription(self, a_filter: str, session: Session) -> int:
        deleted: int = super()._del_subscription(a_filter, session)
        if deleted and not self._subscriptions[a_filter]:
            del self._subscriptions[a_filter]
            self._wild.discard(a_filter)
        return deleted


def _is_topic(topic: str) -> bool:
    """A name that may be published to: not empty, no wildcard, nothing of the broker's own."""
    return 0 < len(topic) <= 1024 and not topic.startswith("$") and not set("+#\0") & set(topic)


def _has_wildcard(wanted: str) -> bool:
    return "+" in wanted or "#" in wanted


def _is_filter(wanted: str) -> bool:
    return 0 < len(wanted) <= 1024 and "\0" not in wanted and not wanted.startswith("$")
