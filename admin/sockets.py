"""A WebSocket (RFC 6455) on the page server's own connection: the talk's page speaks through the port, the name and the certificate of all pages.

The protocol is the ``websockets`` package's, without its network; the connection is lent by the WSGI server (gunicorn's threads, or werkzeug's server
in tests), encrypted or not. One thread reads and writes: nothing here is called from two.
"""

from __future__ import annotations

import contextlib
import json
import select
import socket
import ssl
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from flask import Request, Response
from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode
from websockets.http11 import Request as Handshake
from websockets.protocol import State
from websockets.server import ServerProtocol

MESSAGE_MAX = 65_536
# Whoever takes nothing for so long has gone.
SEND_S, READ_MAX = 5.0, 65_536
# What the protocol looks at in a handshake.
_HEADERS = ("Host", "Upgrade", "Connection", "Sec-WebSocket-Key", "Sec-WebSocket-Version", "Origin")


class NoSocket(ValueError):
    """This is no handshake from a page of ours, or the server lends no connection; the text says which."""


class WebSocket:
    """An open connection to one page."""

    def __init__(self, asked: Request) -> None:
        """Raises NoSocket, before anything was answered."""
        lent = asked.environ.get("gunicorn.socket") or asked.environ.get("werkzeug.socket")
        if not isinstance(lent, socket.socket):
            raise NoSocket("this server lends no connection for a WebSocket: run the pages with “xiangyin serve”")
        if urlsplit(asked.headers.get("Origin", "")).netloc != asked.host:
            raise NoSocket("only a page of this station may open this")
        self.socket = lent
        self._protocol = ServerProtocol(max_size=MESSAGE_MAX)
        head = "".join(f"{name}: {asked.headers[name]}\r\n" for name in _HEADERS if name in asked.headers)
        self._protocol.receive_data(f"GET {asked.path} HTTP/1.1\r\n{head}\r\n".encode())
        handshake = next((each for each in self._protocol.events_received() if isinstance(each, Handshake)), None)
        answer = self._protocol.accept(handshake) if handshake is not None else None
        if answer is None or answer.status_code != 101:
            raise NoSocket("this is the door of a WebSocket: it is opened by the page")
        self.socket.settimeout(SEND_S)
        self._protocol.send_response(answer)
        self._flush()
        self._parts: list[bytes] = []

    @property
    def closed(self) -> bool:
        """Whether nothing more comes: a farewell, or a line that is gone."""
        return self._protocol.state is not State.OPEN

    @property
    def farewell(self) -> bool:
        """Whether the page said that it leaves; a line that is cut says nothing."""
        return self._protocol.close_rcvd is not None

    def send(self, what: dict[str, Any]) -> None:
        """A word to the page; nothing when it has gone."""
        if not self.closed:
            try:
                self._protocol.send_text(json.dumps(what, ensure_ascii=False).encode())
            except ConnectionClosed:
                return
            self._flush()

    def ping(self) -> None:
        """A sign of life, so that a line that is cut is noticed and no box on the way forgets it."""
        if not self.closed:
            self._protocol.send_ping(b"")
            self._flush()

    def wait(self, other: socket.socket | None, seconds: float) -> tuple[bool, bool]:
        """Whether the page, and whether the other side, has said something; after ``seconds`` at the latest."""
        if isinstance(self.socket, ssl.SSLSocket) and self.socket.pending():
            seconds, there = 0.0, True
        else:
            there = False
        ready = select.select([self.socket, *([other] if other is not None else [])], [], [], seconds)[0]
        return there or self.socket in ready, other in ready

    def receive(self) -> list[dict[str, Any] | bytes]:
        """What the page has said: words, and sound. Blocks when there is nothing; ``closed`` afterwards when it was the last."""
        try:
            came = self.socket.recv(READ_MAX)
        except (ssl.SSLWantReadError, TimeoutError):
            return []
        except OSError:
            came = b""
        if came:
            self._protocol.receive_data(came)
        else:
            self._protocol.receive_eof()
        said = self._messages(each for each in self._protocol.events_received() if isinstance(each, Frame))
        self._flush()
        return said

    def _messages(self, frames: Iterable[Frame]) -> list[dict[str, Any] | bytes]:
        said: list[dict[str, Any] | bytes] = []
        for frame in frames:
            if frame.opcode not in (Opcode.TEXT, Opcode.BINARY, Opcode.CONT):
                continue
            if frame.opcode is not Opcode.CONT:
                self._parts, self._text = [], frame.opcode is Opcode.TEXT
            self._parts.append(bytes(frame.data))
            if frame.fin:
                whole = b"".join(self._parts)
                said.append(_word(whole) if self._text else whole)
        return said

    def _flush(self) -> None:
        for out in self._protocol.data_to_send():
            try:
                if out:
                    self.socket.sendall(out)
            except OSError:
                self._protocol.receive_eof()
                return

    def close(self) -> Response:
        """Says goodbye; what the view gives back to the server, which answers nothing more on this connection."""
        if not self.closed:
            self._protocol.send_close(1000)
            self._flush()
        return _Taken()


def _word(whole: bytes) -> dict[str, Any]:
    """A word of the page; whatever is none is an empty one."""
    try:
        word = json.loads(whole)
    except ValueError:
        return {}
    return word if isinstance(word, dict) else {}


class _Taken(Response):
    """The connection was used up: gunicorn lets go of it by StopIteration, werkzeug finds it shut."""

    def __call__(self, environ: Any, start_response: Any) -> Any:
        lent = environ.get("gunicorn.socket")
        if lent is not None:
            raise StopIteration
        with contextlib.suppress(OSError):  # shut already
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        return super().__call__(environ, start_response)
