"""The head of a village serves whole clips to its neighbours, and nothing else to nobody else."""

from __future__ import annotations

import hashlib
import http.client
from collections.abc import Iterator
from pathlib import Path

import pytest

from terminal.actions import Fetch, Serve
from terminal.cache import Cache
from terminal.head import Head
from terminal.near import address_towards, is_near
from tests.terminal.far_end import NOW, TOPICS, Bench, signed
from wire.messages import Want

AUDIO = bytes(range(256)) * 500
SHA = hashlib.sha256(AUDIO).hexdigest()


@pytest.fixture
def head(tmp_path: Path) -> Iterator[Head]:
    cache = Cache(tmp_path / "head")
    cache.path(SHA).write_bytes(AUDIO)
    found = Head(cache, "127.0.0.1", 0)
    yield found
    found.close()


def _ask(head: Head, path: str, headers: dict[str, str] | None = None, method: str = "GET") -> tuple[int, bytes]:
    line = http.client.HTTPConnection("127.0.0.1", head.server_port, timeout=10)
    line.request(method, path, headers=headers or {})
    answer = line.getresponse()
    found = answer.status, answer.read()
    line.close()
    return found


def test_a_neighbour_fetches_from_it_and_goes_on_where_he_stopped(head: Head, tmp_path: Path) -> None:
    cache = Cache(tmp_path / "neighbour")
    cache.path(SHA).with_suffix(".part").write_bytes(AUDIO[:1000])
    cache.fetch(Fetch(SHA, (f"http://127.0.0.1:{head.server_port}/audio/{SHA}.mp3",), len(AUDIO)))
    assert cache.path(SHA).read_bytes() == AUDIO


def test_by_digest_alone(head: Head, tmp_path: Path) -> None:
    (tmp_path / "head" / "secret").write_bytes(b"x")
    assert _ask(head, f"/audio/{SHA}.mp3") == (200, AUDIO)
    assert _ask(head, f"/audio/{SHA}.mp3", {"Range": "bytes=10-"}) == (206, AUDIO[10:])
    assert _ask(head, f"/audio/{SHA}.mp3", {"Range": f"bytes={len(AUDIO)}-"})[0] == 416
    assert _ask(head, f"/{SHA}", method="HEAD") == (200, b"")
    for path in ("/", "/secret", f"/audio/../{SHA}", "/audio/" + "f" * 64 + ".mp3", f"/a/b/{SHA}"):
        assert _ask(head, path)[0] == 404, path
    assert _ask(head, f"/{SHA}", method="POST")[0] == 501


def test_what_has_rotted_is_given_to_nobody(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "rotten")
    cache.path(SHA).write_bytes(AUDIO[:-1] + b"?")
    head = Head(cache, "127.0.0.1", 0)
    assert _ask(head, f"/{SHA}")[0] == 404
    head.close()


def test_strangers_from_afar_are_not_served(head: Head, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("terminal.head.is_near", lambda host: False)
    assert _ask(head, f"/{SHA}")[0] == 403


@pytest.mark.parametrize(
    "host, near",
    [("192.168.1.5", True), ("10.1.2.3", True), ("172.16.0.1", True), ("127.0.0.1", True), ("fe80::1%eth0", True), ("fd00::1", True),
     ("::ffff:8.8.8.8", False), ("::ffff:10.0.0.1", True), ("8.8.8.8", False), ("2001:4860::8888", False), ("evil.example", False), ("", False)],
)  # fmt: skip
def test_near_is_a_private_network(host: str, near: bool) -> None:
    assert is_near(host) == near


def test_it_knows_its_own_address() -> None:
    assert address_towards("127.0.0.1", 1883) == "127.0.0.1" and address_towards("no.such.host.invalid", 1) == ""


def test_it_serves_when_the_station_wants_it_and_after_a_restart_too() -> None:
    bench = Bench().follow()
    bench.hear(TOPICS.down("t1", "want"), signed(Want(2, ("z1",), head=True), "t1", 2))
    assert bench.every(Serve) == [Serve(True)]
    again = Bench(bench.kept, "b2")
    again.do(again.agent.tick(NOW + 1000))
    assert again.every(Serve) == [Serve(True)]
    again.hear(TOPICS.down("t1", "want"), signed(Want(3, ("z1",)), "t1", 3), NOW + 2000)


def test_heads_that_are_not_near_are_refused() -> None:
    bench = Bench().follow()
    for address in ("http://8.8.8.8/", "http://[::/", "ftp://192.168.1.5/"):
        bench.hear(TOPICS.down("t1", "want"), signed(Want(2, ("z1",), lan=(address,)), "t1", 2))
    assert bench.agent.want.rev == 1 and bench.agent.refused == 3
