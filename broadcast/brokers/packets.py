"""MQTT packets off the line, whole or not at all: amqtt's codec, given only bytes that are there."""

from __future__ import annotations

import asyncio
from typing import Any

from amqtt.adapters import BufferReader
from amqtt.mqtt import packet_class
from amqtt.mqtt.packet import PUBLISH, PUBREL, SUBSCRIBE, UNSUBSCRIBE, MQTTFixedHeader

# The flags of the fixed header are given by the standard, except those of PUBLISH (MQTT 3.1.1, table 2.2).
FLAGS = {PUBREL: 2, SUBSCRIBE: 2, UNSUBSCRIBE: 2}


class Malformed(ValueError):
    """A packet that is none, or that a client may not send: its connection ends."""


class Reader(asyncio.StreamReader):
    """What a client said before its line broke is read to its end: it may be a receipt, or its goodbye."""

    def set_exception(self, exc: BaseException) -> None:
        self.feed_eof()


async def read_packet(reader: asyncio.StreamReader, most: int) -> tuple[MQTTFixedHeader, bytes] | None:
    """The next packet, whole; None at the end. Raises Malformed before anything too large is read."""
    first = await reader.read(1)
    if not first:
        return None
    kind, flags = first[0] >> 4, first[0] & 15
    if not (kind == PUBLISH or flags == FLAGS.get(kind, 0)):
        raise Malformed(f"packet type {kind} with flags {flags}")
    length = 0
    for shift in (0, 7, 14, 21):
        byte = (await reader.readexactly(1))[0]
        length |= (byte & 127) << shift
        if byte < 128:
            break
    else:
        raise Malformed("a length of more than four bytes")
    if length > most:
        raise Malformed(f"a packet of {length} bytes; at most {most} are read")
    return MQTTFixedHeader(kind, flags, length), await reader.readexactly(length)


async def decode(header: MQTTFixedHeader, body: bytes) -> Any:
    try:
        return await packet_class(header).from_stream(BufferReader(body), fixed_header=header)
    except Exception as error:  # whatever amqtt's codec stumbles over, it is the sender's fault
        raise Malformed(f"packet type {header.packet_type}: {error!r}") from error
