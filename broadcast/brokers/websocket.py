"""MQTT over WebSocket for set-top boxes: each connection is carried byte by byte to the embedded broker, which guards it as any other."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from broadcast.brokers.guarded import PACKET_BYTES, GuardedBroker

log = logging.getLogger(__name__)
MQTT = Subprotocol("mqtt")
CHUNK_BYTES = 32 * 1024


async def open_door(broker: GuardedBroker, sock: socket.socket) -> Server:
    """Listens on ``sock`` until it is closed."""
    logging.getLogger("websockets").setLevel(logging.WARNING)

    async def come_in(line: ServerConnection) -> None:
        await _carry(broker, line)

    # what is compressed costs memory for each box, and most of it is compressed already
    return await serve(come_in, sock=sock, subprotocols=[MQTT], max_size=PACKET_BYTES, compression=None, ping_interval=None)


async def _carry(broker: GuardedBroker, line: ServerConnection) -> None:
    """Both ways, until either end goes."""
    host, port = broker.sock.getsockname()[:2]
    far_reader, far_writer = await asyncio.open_connection({"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host), port)
    back = asyncio.create_task(_back(far_reader, line))
    try:
        async for said in line:
            if isinstance(said, str):
                break  # MQTT 3.1.1, section 6: text frames end the connection
            far_writer.write(said)
            await far_writer.drain()
    except (ConnectionClosed, OSError) as error:
        log.debug("a set-top box went: %s", error)
    finally:
        far_writer.close()
        back.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await back


async def _back(reader: asyncio.StreamReader, line: ServerConnection) -> None:
    """What the broker says, to the box."""
    try:
        while said := await reader.read(CHUNK_BYTES):
            await line.send(said)
        await line.close()
    except (ConnectionClosed, OSError) as error:
        log.debug("a set-top box went: %s", error)
