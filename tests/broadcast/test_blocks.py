"""Who has no HTTP gets his sound in blocks: what he asked for, at his share, four on their way at most."""

from __future__ import annotations

import random
from datetime import datetime

import pytest

from broadcast.blocks import SAVED, Blocks
from station.files import Files
from tests.fakes import FakeBroker
from wire.blocks import IN_FLIGHT, Block, bitmap
from wire.messages import Answer, Request
from wire.topics import Topics

SOUND = random.Random(1).randbytes(1_000_000)


class Ticks:
    """A clock that moves when told."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def ticks() -> Ticks:
    return Ticks()


@pytest.fixture
def blocks(files: Files, line: FakeBroker, topics: Topics, ticks: Ticks) -> Blocks:
    return Blocks(files, line, topics, clock_s=ticks)


def _ask(blocks: Blocks, did: str, sha: str, wanted: list[int], length: int = 16_384) -> bool:
    request = Request("get", sha, f=sha, l=length, o=wanted[0], b=bitmap(wanted, wanted[0]))
    return blocks.heard(f"xy/1/d/{did}/up/req", request.to_json())


def _drain(blocks: Blocks, now: datetime) -> None:
    while blocks.send_one(now):
        pass


def test_the_blocks_that_were_asked_for_come_and_are_those_of_the_file(blocks: Blocks, files: Files, line: FakeBroker, now: datetime) -> None:
    sha = files.put(SOUND)
    assert _ask(blocks, "tlimin", sha, [3, 5, 61])
    _drain(blocks, now)
    came = {block.n: block for block in (Block.from_bytes(each.payload) for each in line.said)}
    assert {each.topic for each in line.said} == {"xy/1/d/tlimin/dn/blk"}
    assert set(came) == {3, 5, 61}
    assert all(block.data == SOUND[n * 16_384 : (n + 1) * 16_384] and block.sha == sha and block.size == len(SOUND) for n, block in came.items())


def test_never_more_than_four_are_owed_to_one_terminal(blocks: Blocks, files: Files, line: FakeBroker, now: datetime) -> None:
    sha = files.put(SOUND)
    _ask(blocks, "tlimin", sha, list(range(30)))
    _drain(blocks, now)
    assert len(line.said) == IN_FLIGHT
    _ask(blocks, "tlimin", sha, [9, 10])
    _ask(blocks, "tlimin", sha, [9, 10])
    _drain(blocks, now)
    assert [Block.from_bytes(each.payload).n for each in line.said[IN_FLIGHT:]] == [9, 10], "asking twice brings nothing twice"


def test_each_terminal_has_its_share_and_one_that_asks_for_much_takes_nothing_from_others(
    blocks: Blocks, files: Files, line: FakeBroker, now: datetime, ticks: Ticks
) -> None:
    sha = files.put(SOUND)
    for begin in range(0, 60, 4):
        _ask(blocks, "greedy", sha, list(range(begin, begin + 4)))
        _drain(blocks, now)
    assert sum(len(each.payload) for each in line.take()) <= SAVED + 16 * 48
    _ask(blocks, "modest", sha, [0])
    _drain(blocks, now)
    assert [each.topic for each in line.take()] == ["xy/1/d/modest/dn/blk"]
    ticks.at += 1.0
    _ask(blocks, "greedy", sha, list(range(4)))
    _drain(blocks, now)
    assert len(line.take()) >= 4


def test_what_is_not_there_is_answered(blocks: Blocks, files: Files, line: FakeBroker, now: datetime) -> None:
    sha = files.put(b"short")
    _ask(blocks, "tlimin", "f" * 64, [0])
    _ask(blocks, "twang", sha, [7])
    _drain(blocks, now)
    told = {each.topic: Answer.from_json(each.payload) for each in line.said}
    assert told["xy/1/d/tlimin/dn/rsp"] == Answer("get", "f" * 64, detail="no such file")
    assert told["xy/1/d/twang/dn/rsp"].detail == "no block 7 in 5 bytes"


@pytest.mark.parametrize(
    "request_",
    [
        Request("get", f="../../etc/passwd", l=16_384, b="01"), Request("get", f="a" * 64, l=0, b="01"), Request("get", f="a" * 64, l=2**20, b="01"),
        Request("get", f="a" * 64, l=16_384, o=-1, b="01"), Request("get", f="a" * 64, l=16_384, b="zz"), Request("get", f="a" * 64, l=16_384, b="ff" * 64),
        Request("hello", "get"),
    ],
)  # fmt: skip
def test_what_is_no_good_request_is_left_to_the_inbox(blocks: Blocks, line: FakeBroker, now: datetime, request_: Request) -> None:
    assert not blocks.heard("xy/1/d/tlimin/up/req", request_.to_json())
    _drain(blocks, now)
    assert line.said == []


def test_blocks_wait_for_a_broker_that_is_slow_and_end_with_the_line(blocks: Blocks, files: Files, line: FakeBroker, now: datetime) -> None:
    sha = files.put(SOUND)
    assert blocks.idle()
    line.acknowledges = False
    for number in range(40):
        _ask(blocks, f"t{number}", sha, [0, 1, 2, 3])
    assert not blocks.idle()
    _drain(blocks, now)
    assert len(line.said) == 64
    line.connected = False
    line.acknowledges = True
    assert not blocks.send_one(now)
    line.connected = True
    _drain(blocks, now)
    assert len(line.said) == 64, "over a new line they ask again"
    assert blocks.idle()
