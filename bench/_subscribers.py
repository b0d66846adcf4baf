"""Plain subscribers, the floor of a broker: they connect, subscribe to one topic, and note when a message arrived. Run as a program."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path

from terminal import packets
from terminal.fleet import allow_files, percentile


class Subscriber(asyncio.Protocol):
    """One connection."""

    def __init__(self, name: str, password: str, topic: str, arrived: list[float], ready: asyncio.Semaphore) -> None:
        self._name, self._password, self._topic, self._arrived, self._ready = name, password, topic, arrived, ready
        self._reader = packets.Reader()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(packets.connect(self._name, self._name, self._password, 600))

    def data_received(self, data: bytes) -> None:
        for packet in self._reader.feed(data):
            if packet.kind == packets.CONNACK:
                self.transport.write(packets.subscribe(1, (self._topic,)))
            elif packet.kind == packets.SUBACK:
                self._ready.release()
            elif packet.kind == packets.PUBLISH:
                self._arrived.append(time.monotonic() * 1000)
                said = packets.heard(packet)
                if said.qos:
                    self.transport.write(packets.puback(said.mid))


async def main(said: dict[str, object]) -> None:
    """Prints {"ready": n}; then, a line for every line on the standard input (monotonic milliseconds of a publish), how long it took."""
    loop, arrived, ready = asyncio.get_running_loop(), list[float](), asyncio.Semaphore(0)
    users: list[list[str]] = said["terminals"]  # type: ignore[assignment]
    allow_files(len(users) + 100)
    for begin in range(0, len(users), 50):
        part = users[begin : begin + 50]
        makers = [
            loop.create_connection(lambda u=user: Subscriber(u[0], u[1], str(said["topic"]), arrived, ready), str(said["host"]), int(str(said["port"])))
            for user in part
        ]
        await asyncio.gather(*makers)
        for _ in part:
            await asyncio.wait_for(ready.acquire(), 20)
    print(json.dumps({"ready": len(users)}), flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        waits = [each - float(line) for each in arrived]
        print(json.dumps({"count": len(waits), "p50_ms": percentile(waits, 0.5), "p99_ms": percentile(waits, 0.99)}), flush=True)
        arrived.clear()


if __name__ == "__main__":
    asyncio.run(main(json.loads(Path(sys.argv[1]).read_text())))
