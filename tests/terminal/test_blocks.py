"""A file over a bad line in blocks: whole at last, never twice what is here, gone on with after a restart."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from terminal.actions import Fetch
from terminal.blocks import LINE, NotPulled, Puller, map_of
from terminal.cache import Cache, NotFetched
from tests.terminal.far_end import NOW, TOPICS, Bench, an_item, clip, signed
from wire.blocks import IN_FLIGHT, Block, count, numbers
from wire.messages import Request, Want

AUDIO = random.Random(7).randbytes(300_000)
SHA = hashlib.sha256(AUDIO).hexdigest()
LENGTH = 16_384


class BadLine:
    """A station's end of the line. ``lost`` are blocks that get lost the first time; after ``dies`` blocks the line is down."""

    def __init__(self, content: bytes = AUDIO, lost: frozenset[int] = frozenset(), dies: int = 10**6) -> None:
        self.content, self.lost, self.dies = content, set(lost), dies
        self.puller = Puller(self.ask, patience_s=0.05)
        self.gave: list[int] = []
        self.most = 0

    def ask(self, request: Request) -> bool:
        wanted = numbers(request.b, request.o)
        self.most = max(self.most, len(wanted))
        # the last first: nothing relies on their order
        for n in reversed(wanted):
            if len(self.gave) >= self.dies:
                return False
            if n in self.lost:
                self.lost.discard(n)
                continue
            self.gave.append(n)
            data = self.content[n * request.l : (n + 1) * request.l]
            self.puller.heard(Block(request.f, len(self.content), request.l, n, data).to_bytes())
        return True


def _cache(folder: Path, line: BadLine) -> Cache:
    cache = Cache(folder)
    cache.puller = line.puller
    return cache


WANTED = Fetch(SHA, (LINE,), len(AUDIO))


def test_a_file_comes_whole_although_blocks_get_lost(tmp_path: Path) -> None:
    line = BadLine(lost=frozenset({0, 3, 17, 18}))
    cache = _cache(tmp_path, line)
    cache.fetch(WANTED)
    assert cache.path(SHA).read_bytes() == AUDIO and [path.name for path in tmp_path.iterdir()] == [SHA]
    assert line.most <= IN_FLIGHT


@pytest.mark.parametrize("dies", [1, 5, 16, 17])
def test_after_a_restart_only_what_is_missing_is_asked_for(tmp_path: Path, dies: int) -> None:
    first = BadLine(dies=dies)
    with pytest.raises(NotFetched, match="no line now"):
        _cache(tmp_path, first).fetch(WANTED)
    second = BadLine()
    _cache(tmp_path, second).fetch(WANTED)
    assert sorted(first.gave + second.gave) == list(range(count(len(AUDIO), LENGTH)))
    assert (tmp_path / SHA).read_bytes() == AUDIO


def test_http_goes_on_behind_what_the_line_brought_without_a_hole_and_the_line_behind_http(tmp_path: Path) -> None:
    first = BadLine(lost=frozenset({9}), dies=12)
    with pytest.raises(NotFetched):
        _cache(tmp_path, first).fetch(WANTED)
    ranges: list[int] = []
    cache = Cache(tmp_path)

    def transfer(url: str, part: Path, have: int, size: int) -> None:
        ranges.append(have)
        with open(part, "ab") as file:
            file.write(AUDIO[have : have + 40_000])

    cache._transfer = transfer  # type: ignore[method-assign]
    with pytest.raises(NotFetched, match="cut off"):
        cache.fetch(Fetch(SHA, ("http://station/x",), len(AUDIO)))
    assert ranges == [9 * LENGTH]
    assert not map_of(tmp_path / f"{SHA}.part").exists()
    last = BadLine()
    _cache(tmp_path, last).fetch(WANTED)
    assert min(last.gave) == (ranges[0] + 40_000) // LENGTH and (tmp_path / SHA).read_bytes() == AUDIO


def test_evil_bytes_never_become_a_clip(tmp_path: Path) -> None:
    line = BadLine(content=AUDIO[:-1] + b"!")
    with pytest.raises(NotFetched, match="sha256"):
        _cache(tmp_path, line).fetch(WANTED)
    assert list(tmp_path.iterdir()) == []


def test_a_station_that_is_silent_is_given_up_for_now(tmp_path: Path) -> None:
    def ask(_: Request) -> bool:
        return True

    with pytest.raises(NotPulled, match="no block came"):
        Puller(ask, patience_s=0.01).pull(SHA, 100, tmp_path / "x.part")


def test_a_refusal_is_believed_at_once(tmp_path: Path) -> None:
    def ask(_: Request) -> bool:
        puller.refused("another", "no")
        puller.refused(SHA, "no such file")
        return True

    puller = Puller(ask, patience_s=60)
    with pytest.raises(NotPulled, match="no such file"):
        puller.pull(SHA, 100, tmp_path / "x.part")


def _urls_of(change: Callable[[Bench], None]) -> tuple[str, ...]:
    bench = Bench().follow()
    change(bench)
    bench.plan(an_item("i0", NOW + 1000))
    return bench.every(Fetch)[-1].urls


def test_heads_of_the_village_are_asked_first_then_the_station_then_the_line() -> None:
    def told(bench: Bench) -> None:
        want = Want(2, ("z1",), base=(LINE, "http://station2/"), lan=("http://192.168.1.5:8700/",))
        bench.hear(TOPICS.down("t1", "want"), signed(want, "t1", 2))

    sha = clip("i0")
    assert _urls_of(told) == (f"http://192.168.1.5:8700/{sha}", f"http://station2/{sha}", f"http://station/{sha}", LINE)
