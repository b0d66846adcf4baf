"""A socket that is read by the mouthful: a thousand small packets cost a few calls of the system instead of several thousand.

paho asks for the first byte of a packet, then for its length byte by byte, then for the rest. Each call lets go of the interpreter, and another
thread that is busy keeps it for up to 5 ms: a station to which ten thousand terminals come back heard seventy of them a second.
"""

from __future__ import annotations

import socket

MOUTHFUL_BYTES = 1 << 16


class MouthfulSocket:
    """A connected socket as paho uses one; ``pending`` bytes were read already and not yet asked for."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock, self._held, self._at = sock, b"", 0

    def recv(self, size: int) -> bytes:
        """As of a socket: at most so many bytes, b"" at the end. Raises BlockingIOError (or what TLS raises) when nothing has come."""
        if self._at >= len(self._held):
            self._held, self._at = self._sock.recv(MOUTHFUL_BYTES), 0
        found = self._held[self._at : self._at + size]
        self._at += len(found)
        return found

    def pending(self) -> int:
        """Bytes that ``select`` does not see: those held here, and those that TLS has opened already."""
        opened = self._sock.pending() if hasattr(self._sock, "pending") else 0
        return len(self._held) - self._at + int(opened)

    def send(self, data: bytes) -> int:
        return self._sock.send(data)

    def setblocking(self, flag: bool) -> None:
        self._sock.setblocking(flag)

    def fileno(self) -> int:
        return self._sock.fileno()

    def close(self) -> None:
        self._sock.close()
