"""The page server's two doors: one process answers http on one port and https on the other.

gunicorn speaks TLS on all its ports or on none; a second server would cost a village's small machine its memory twice, and everything that is
counted in the process (sign-in attempts, open pages) would be counted apart. So the connections of the second port, and only these, are
wrapped here.
"""

from __future__ import annotations

import logging
import os
import socket
import ssl
from pathlib import Path
from typing import Any

from gunicorn.http import get_parser
from gunicorn.workers.gthread import TConn, ThreadWorker

from station.https import BadCertificate, context_of, files_of
from station.settings import Settings

LOG = logging.getLogger("xiangyin.admin")
# A thread that waits for somebody's handshake serves nobody else.
HANDSHAKE_S = 10.0
TLS_RECORD = b"\x16"
PLAIN_WORDS = "这个端口只用加密连接：请在地址前加 https://\nThis door speaks HTTPS: write https:// in front of the address.\n".encode()
PLAIN_ANSWER = b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%b" % (len(PLAIN_WORDS), PLAIN_WORDS)


class Chain:
    """The certificate as it lies on the disk: read anew when the file is another one; what cannot be read leaves the last good one in use."""

    def __init__(self, certificate: Path, key: Path) -> None:
        self.certificate, self.key = certificate, key
        self._context = context_of(certificate, key)
        self._seen = self._mark()

    def _mark(self) -> tuple[tuple[int, int, int], ...]:
        stats = [os.stat(each) for each in (self.certificate, self.key)]
        return tuple((each.st_mtime_ns, each.st_ino, each.st_size) for each in stats)

    def context(self) -> ssl.SSLContext:
        """What the next connection is wrapped with."""
        try:
            mark = self._mark()
            if mark != self._seen:
                self._seen = mark
                self._context = context_of(self.certificate, self.key)
        except (OSError, BadCertificate) as error:
            LOG.error("the new certificate cannot be used, the old one stays: %s", error)
        return self._context


class SecureSide:
    """gunicorn's settings as a connection over TLS sees them: its requests are https."""

    def __init__(self, cfg: Any) -> None:
        self._cfg = cfg
        self.is_ssl = True

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cfg, name)


class SecureConn(TConn):  # type: ignore[misc,unused-ignore]
    """A connection of the second door: the handshake first, within a limit."""

    initialized: bool
    sock: Any

    def __init__(self, plain: Any, cfg: SecureSide, chain: Chain) -> None:
        super().__init__(cfg, plain.sock, plain.client, plain.server)
        self.data_ready = plain.data_ready
        self.chain = chain

    def init(self) -> None:
        """Raises StopIteration (gunicorn closes without a word) for whoever does not get through the handshake."""
        if self.initialized:
            return
        self.initialized = True
        self.sock.settimeout(HANDSHAKE_S)
        try:
            if self.sock.recv(1, socket.MSG_PEEK) not in (TLS_RECORD, b""):
                self.sock.sendall(PLAIN_ANSWER)
                raise StopIteration("plain HTTP at the door for HTTPS")
            self.sock = self.chain.context().wrap_socket(self.sock, server_side=True)
        except OSError as error:  # ssl.SSLError and TimeoutError are among them
            raise StopIteration(f"no handshake: {error}") from error
        self.sock.settimeout(None)
        self.parser = get_parser(self.cfg, self.sock, self.client)


class TwoDoors(ThreadWorker):  # type: ignore[misc,unused-ignore]
    """gunicorn's worker of threads; what comes in by ``https_port`` is https."""

    def init_process(self) -> None:
        settings = Settings.load()
        self.secure_port = settings.https_port
        files = files_of(settings)
        self.chain = Chain(*files) if files and len(self.sockets) > 1 else None
        super().init_process()

    def enqueue_req(self, conn: Any) -> None:
        """Every connection comes by here before a thread has it."""
        if self.chain is not None and not conn.initialized and conn.server[1] == self.secure_port and not isinstance(conn, SecureConn):
            conn = SecureConn(conn, SecureSide(self.cfg), self.chain)
        super().enqueue_req(conn)
