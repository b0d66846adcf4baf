"""Blocks of files: what is packed is unpacked, and nothing else is taken for a block."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wire.blocks import BLOCK_MAX, HEADER, REACH, Block, bitmap, count, numbers
from wire.messages import BadMessage

SHA = "a3" * 32


def test_a_block_looks_the_same_for_ever() -> None:
    raw = Block(SHA, 40_000, 16_384, 2, b"x" * (40_000 - 2 * 16_384)).to_bytes()
    assert HEADER.size == 48
    assert raw[:48].hex() == "58420100" + SHA + "00009c40" + "00004000" + "00000002"
    assert Block.from_bytes(raw).n == 2


@given(st.integers(1, 100_000), st.integers(1, BLOCK_MAX), st.data())
def test_every_block_of_every_file_comes_back(size: int, length: int, data: st.DataObject) -> None:
    n = data.draw(st.integers(0, count(size, length) - 1))
    block = Block(SHA, size, length, n, bytes(min(length, size - n * length)))
    assert Block.from_bytes(block.to_bytes()) == block


@given(st.binary(max_size=200))
def test_what_is_no_block_is_refused(raw: bytes) -> None:
    with pytest.raises(BadMessage):
        Block.from_bytes(raw)


@pytest.mark.parametrize(
    "size, length, n, data",
    [(0, 10, 0, b""), (10, 0, 0, b""), (10, BLOCK_MAX + 1, 0, b"x" * 10), (10, 5, 2, b"xxxxx"), (10, 5, 1, b"xxxx"), (10, 5, 1, b"xxxxxx"), (2**31 + 1, 5, 1, b"x" * 5)],
)  # fmt: skip
def test_figures_that_do_not_fit_are_refused(size: int, length: int, n: int, data: bytes) -> None:
    with pytest.raises(BadMessage):
        Block.from_bytes(HEADER.pack(b"XB", 1, bytes.fromhex(SHA), size, length, n) + data)


@given(st.sets(st.integers(0, REACH - 1)), st.integers(0, 10_000))
def test_a_bitmap_names_its_blocks(wanted: set[int], origin: int) -> None:
    assert set(numbers(bitmap([origin + n for n in wanted], origin), origin)) == {origin + n for n in wanted}


@pytest.mark.parametrize("text", ["xyz", "0", "ff" * 33])
def test_a_bitmap_that_is_none_or_reaches_too_far_is_refused(text: str) -> None:
    with pytest.raises(BadMessage):
        numbers(text, 0)
