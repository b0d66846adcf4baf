"""Clips over a bad line: cut off, changed, too long, no room."""

from __future__ import annotations

import hashlib
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from terminal.actions import Fetch
from terminal.cache import Cache, NotFetched

AUDIO = bytes(range(256)) * 1000
SHA = hashlib.sha256(AUDIO).hexdigest()


class _BadLine(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        ranges, cut = self.server.ranges, self.server.cut.pop(0) if self.server.cut else None  # type: ignore[attr-defined]
        asked = self.headers.get("Range")
        ranges.append(asked)
        if self.path.startswith("/missing"):
            self.send_error(404)
            return
        body = AUDIO if self.path.startswith("/good") else b"x" * len(AUDIO)
        if self.path.startswith("/long"):
            body = AUDIO + b"more"
        begin = int(asked[6:-1]) if asked else 0
        self.send_response(206 if asked else 200)
        self.send_header("Content-Length", str(len(body) - begin))
        self.end_headers()
        self.wfile.write(body[begin:cut])

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def server() -> Iterator[http.server.ThreadingHTTPServer]:
    found = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _BadLine)
    found.ranges, found.cut = [], []  # type: ignore[attr-defined]
    thread = threading.Thread(target=found.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield found
    found.shutdown()
    found.server_close()
    thread.join()


def _wanted(server: http.server.ThreadingHTTPServer, *paths: str) -> Fetch:
    return Fetch(SHA, tuple(f"http://127.0.0.1:{server.server_port}/{path}" for path in paths), len(AUDIO))


def test_a_cut_download_goes_on_where_it_stopped(server: http.server.ThreadingHTTPServer, tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    server.cut.append(100_000)  # type: ignore[attr-defined]
    with pytest.raises(NotFetched, match=r"cut off|IncompleteRead"):
        cache.fetch(_wanted(server, "good"))
    assert not cache.holds(SHA)
    cache.fetch(_wanted(server, "good"))
    assert cache.path(SHA).read_bytes() == AUDIO
    assert server.ranges == [None, "bytes=100000-"]  # type: ignore[attr-defined]


def test_wrong_bytes_never_become_a_clip_and_the_next_is_tried(server: http.server.ThreadingHTTPServer, tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.fetch(_wanted(server, "missing", "evil", "long", "good"))
    assert cache.holds(SHA)
    with pytest.raises(NotFetched, match="sha256"):
        Cache(tmp_path / "b").fetch(_wanted(server, "evil"))


def test_what_is_planned_is_never_evicted(server: http.server.ThreadingHTTPServer, tmp_path: Path) -> None:
    cache = Cache(tmp_path, limit_bytes=len(AUDIO) + 100)
    (tmp_path / "old").write_bytes(b"o" * 1000)
    (tmp_path / "planned").write_bytes(b"p" * 50)
    cache.planned = frozenset({"planned", SHA})
    cache.fetch(_wanted(server, "good"))
    assert not (tmp_path / "old").exists() and (tmp_path / "planned").exists()
    with pytest.raises(NotFetched, match="no room"):
        cache.make_room(1000)


def test_a_clip_that_rotted_on_disk_is_not_played(tmp_path: Path) -> None:
    (tmp_path / SHA).write_bytes(AUDIO[:-1] + b"!")
    assert not Cache(tmp_path).holds(SHA) and not (tmp_path / SHA).exists()
