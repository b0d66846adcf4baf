"""Files in blocks over the line, for terminals that have no HTTP: a header of 48 bytes, then the bytes.

Header, big-endian: ``XB`` and the version 1 and a zero byte, the sha256 of the whole file (32 bytes), its length (4), the length of a block
(4), the number of this block from 0 (4). Every block but the last is of the full length. The digest of the whole is what is believed.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass

from wire.messages import BadMessage

HEADER = struct.Struct("!2sBx32sIII")
MAGIC, VERSION = b"XB", 1
BLOCK_BYTES, BLOCK_MAX = 16_384, 32_768
# So many blocks may be on their way to one terminal.
IN_FLIGHT = 4
# A request names blocks within this many of ``o``.
REACH = 256
FILE_MAX = 2**31


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of a file: ``n`` counts from 0, ``size`` is the length of the whole file, ``length`` that of a full block."""

    sha: str
    size: int
    length: int
    n: int
    data: bytes

    def to_bytes(self) -> bytes:
        return HEADER.pack(MAGIC, VERSION, bytes.fromhex(self.sha), self.size, self.length, self.n) + self.data

    @classmethod
    def from_bytes(cls, raw: bytes) -> Block:
        """BadMessage when header and bytes do not fit each other."""
        if len(raw) < HEADER.size:
            raise BadMessage(f"block: {len(raw)} bytes, less than a header")
        magic, version, digest, size, length, n = HEADER.unpack_from(raw)
        data = raw[HEADER.size :]
        if magic != MAGIC or version != VERSION:
            raise BadMessage("block: not a block of version 1")
        if not 0 < length <= BLOCK_MAX or not 0 < size <= FILE_MAX or n >= count(size, length):
            raise BadMessage(f"block: number {n} of length {length} in a file of {size} bytes")
        if len(data) != min(length, size - n * length):
            raise BadMessage(f"block: {len(data)} bytes, expected {min(length, size - n * length)}")
        return cls(digest.hex(), size, length, n, data)


def count(size: int, length: int) -> int:
    """How many blocks a file has."""
    return -(-size // length)


def bitmap(numbers: Iterable[int], origin: int) -> str:
    """Block numbers from ``origin`` on as hex: bit 0 of the first byte is the block ``origin``."""
    bits = 0
    for n in numbers:
        bits |= 1 << (n - origin)
    return bits.to_bytes(max(1, -(-bits.bit_length() // 8)), "little").hex()


def numbers(text: str, origin: int) -> list[int]:
    """The inverse of bitmap; BadMessage when it is no hex, or reaches too far."""
    try:
        bits = int.from_bytes(bytes.fromhex(text), "little")
    except ValueError as error:
        raise BadMessage("b: expected hex") from error
    if bits.bit_length() > REACH:
        raise BadMessage(f"b: reaches beyond {REACH} blocks")
    return [origin + at for at in range(bits.bit_length()) if bits >> at & 1]
