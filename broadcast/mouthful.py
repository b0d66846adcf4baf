"""A socket that is read and written by the mouthful: a thousand small packets cost a few calls of the system instead of several thousand.

paho asks for the first byte of a packet, then for its length byte by byte, then for the rest. Each call lets go of the interpreter, and another
thread that is busy keeps it for up to 5 ms: a station to which ten thousand terminals come back heard seventy of them a second. What it
says it hands over packet by packet as well, an acknowledgement or an answer to each of them.
"""

from __future__ import annotations

import contextlib
import socket

MOUTHFUL_BYTES = 1 << 16


class MouthfulSocket:
    """A connected socket as paho uses one; ``pending`` bytes were read already and not yet asked for."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock, self._held, self._at = sock, b"", 0
        self._out = bytearray()

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
        """Takes it all; it goes out with the next ``flush``, or at once when a mouthful is held. Raises what a socket raises."""
        if len(self._out) >= MOUTHFUL_BYTES:
            self.flush()
        self._out += data
        return len(data)

    @property
    def unsent(self) -> int:
        """Bytes that wait for ``flush``."""
        return len(self._out)

    def flush(self) -> None:
        """As much as the system takes. Raises BlockingIOError (or what TLS raises) when it takes nothing, OSError when the line is cut."""
        if self._out:
            del self._out[: self._sock.send(self._out)]

    def setblocking(self, flag: bool) -> None:
        self._sock.setblocking(flag)

    def fileno(self) -> int:
        return self._sock.fileno()

    def close(self) -> None:
        """A last word still goes out if the system takes it."""
        with contextlib.suppress(OSError):
            self.flush()
        self._sock.close()
