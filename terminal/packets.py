"""MQTT 3.1.1 in a few plain functions, for thousands of connections in one process: packets to bytes, bytes to packets."""

from __future__ import annotations

from dataclasses import dataclass

CONNECT, CONNACK, PUBLISH, PUBACK, SUBACK, UNSUBACK, PINGRESP = 1, 2, 3, 4, 9, 11, 13
PINGREQ, DISCONNECT = b"\xc0\x00", b"\xe0\x00"
MOST_BYTES = 1 << 20
# CONNACK codes (MQTT 3.1.1, table 3.1).
REFUSALS = {1: "protocol version", 2: "client id", 3: "broker unavailable", 4: "bad user name or password", 5: "not authorised"}


class BadPacket(ValueError):
    """The other end does not speak MQTT; the text says at which point."""


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet: its kind, the four flag bits, and what follows the fixed header."""

    kind: int
    flags: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Heard:
    """A publish that arrived. ``mid`` is 0 with QoS 0."""

    topic: str
    payload: bytes
    qos: int
    retained: bool
    mid: int


class Reader:
    """Takes bytes as they come and gives whole packets back."""

    __slots__ = ("_rest",)

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[Packet]:
        """Raises BadPacket; then the connection is of no more use."""
        data = self._rest + data if self._rest else data
        found, at = [], 0
        while (head := _header(data, at)) is not None:
            start, length = head
            if len(data) < start + length:
                break
            found.append(Packet(data[at] >> 4, data[at] & 15, data[start : start + length]))
            at = start + length
        self._rest = data[at:]
        return found


def _header(data: bytes, at: int) -> tuple[int, int] | None:
    """Where the body begins and how long it is; None when the header is not here yet."""
    length = 0
    for n in range(1, 5):
        if at + n >= len(data):
            return None
        byte = data[at + n]
        length |= (byte & 127) << 7 * (n - 1)
        if byte < 128:
            if length > MOST_BYTES:
                raise BadPacket(f"a packet of {length} bytes, more than the {MOST_BYTES} allowed")
            return at + n + 1, length
    raise BadPacket("a length of more than four bytes")


def heard(packet: Packet) -> Heard:
    """The publish in a packet. Raises BadPacket."""
    body, qos = packet.body, packet.flags >> 1 & 3
    end = 2 + int.from_bytes(body[:2], "big")
    start = end + (2 if qos else 0)
    if qos == 3 or len(body) < start or end < 3:
        raise BadPacket("a publish that ends before its payload, or of quality 3")
    try:
        topic = body[2:end].decode()
    except UnicodeDecodeError as error:
        raise BadPacket("a topic that is not UTF-8") from error
    return Heard(topic, body[start:], qos, bool(packet.flags & 1), int.from_bytes(body[end:start], "big"))


def connack(packet: Packet) -> str:
    """Why the broker refuses us, "" when it has us. Raises BadPacket."""
    if len(packet.body) < 2:
        raise BadPacket("an answer to the connection without its code")
    code = packet.body[1]
    return "" if code == 0 else REFUSALS.get(code, f"code {code}")


def refused_filters(packet: Packet) -> int:
    """How many filters of a SUBSCRIBE the broker refused."""
    return sum(1 for code in packet.body[2:] if code >= 128)


def connect(client_id: str, user: str, password: str, keepalive_s: int, will: tuple[str, bytes] | None = None) -> bytes:
    """CONNECT with a clean session; the will has QoS 1 and is retained."""
    flags = 0b11000010 | (0b00101100 if will else 0)
    parts = [_text("MQTT"), b"\x04", bytes([flags]), keepalive_s.to_bytes(2, "big"), _text(client_id)]
    if will:
        parts += [_text(will[0]), _counted(will[1])]
    parts += [_text(user), _text(password)]
    return _packet(0x10, b"".join(parts))


def publish(topic: str, payload: bytes, qos: int, retain: bool, mid: int) -> bytes:
    """``mid`` 1..65535 with QoS 1; it does not count with QoS 0."""
    return _packet(0x30 | qos << 1 | retain, _text(topic) + (mid.to_bytes(2, "big") if qos else b"") + payload)


def puback(mid: int) -> bytes:
    return b"\x40\x02" + mid.to_bytes(2, "big")


def subscribe(mid: int, filters: tuple[str, ...], qos: int = 1) -> bytes:
    return _packet(0x82, mid.to_bytes(2, "big") + b"".join(_text(each) + bytes([qos]) for each in filters))


def unsubscribe(mid: int, filters: tuple[str, ...]) -> bytes:
    return _packet(0xA2, mid.to_bytes(2, "big") + b"".join(_text(each) for each in filters))


def _text(text: str) -> bytes:
    return _counted(text.encode())


def _counted(raw: bytes) -> bytes:
    return len(raw).to_bytes(2, "big") + raw


def _packet(first: int, body: bytes) -> bytes:
    length, left = bytearray(), len(body)
    while True:
        left, byte = left >> 7, left & 127
        length.append(byte | (128 if left else 0))
        if not left:
            return bytes([first]) + bytes(length) + body
