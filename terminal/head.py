"""The head of a village: serves the clips it holds to its neighbours, so that a sound crosses the thin line once.

Only whole files that bear their digest are given, by digest alone, and only to addresses of a private network.
"""

from __future__ import annotations

import http.server
import re
import shutil
import threading
from http import HTTPStatus
from typing import Any

from terminal.cache import Cache
from terminal.near import is_near

PORT = 8700
# So many neighbours are served at the same time; others come again, or ask the station.
GUESTS = 8
TIMEOUT_S = 20.0
_NAME = re.compile(r"/(?:[a-z]{1,16}/)?([0-9a-f]{64})(?:\.[a-z0-9]{1,5})?\Z")
_RANGE = re.compile(r"bytes=(\d{1,12})-\Z")


class _Door(http.server.BaseHTTPRequestHandler):
    server: Head
    timeout = TIMEOUT_S
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer(with_bytes=True)

    def do_HEAD(self) -> None:
        self._answer(with_bytes=False)

    def _answer(self, with_bytes: bool) -> None:
        self.close_connection = True
        found = _NAME.match(self.path)
        if not is_near(self.client_address[0]):
            self.send_error(HTTPStatus.FORBIDDEN, "only neighbours")
        elif found is None or not self.server.cache.holds(found.group(1)):
            self.send_error(HTTPStatus.NOT_FOUND)
        elif not self.server.guests.acquire(blocking=False):
            self.send_error(HTTPStatus.SERVICE_UNAVAILABLE, "too many guests")
        else:
            try:
                self._give(found.group(1), with_bytes)
            finally:
                self.server.guests.release()

    def _give(self, sha: str, with_bytes: bool) -> None:
        with open(self.server.cache.path(sha), "rb") as file:
            size = file.seek(0, 2)
            asked = _RANGE.match(self.headers.get("Range", ""))
            begin = int(asked.group(1)) if asked else 0
            if begin >= size and asked:
                self.send_response(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
                self.send_header("Content-Range", f"bytes */{size}")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            self.send_response(HTTPStatus.PARTIAL_CONTENT if asked else HTTPStatus.OK)
            if asked:
                self.send_header("Content-Range", f"bytes {begin}-{size - 1}/{size}")
            self.send_header("Content-Length", str(size - begin))
            self.send_header("Content-Type", "application/octet-stream")
            self.send_header("ETag", f'"{sha}"')
            self.end_headers()
            if with_bytes:
                file.seek(begin)
                shutil.copyfileobj(file, self.wfile)

    def log_message(self, *_: Any) -> None:
        """Neighbours are not written down."""


class Head(http.server.ThreadingHTTPServer):
    """A door for neighbours. OSError when the port is taken; port 0 picks one."""

    daemon_threads = True

    def __init__(self, cache: Cache, host: str = "0.0.0.0", port: int = PORT) -> None:
        self.cache, self.guests = cache, threading.BoundedSemaphore(GUESTS)
        super().__init__((host, port), _Door)
        self._thread = threading.Thread(target=self.serve_forever, name="head", daemon=True)
        self._thread.start()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A neighbour who hangs up is no event."""

    def close(self) -> None:
        self.shutdown()
        self.server_close()
        self._thread.join(5)
