"""The jitter buffer: in order, at most once, and what the line loses, mixes up or doubles is borne."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from terminal.jitter import FRAME_MS, LEAST_MS, MOST_MS, JitterBuffer, Piece
from tests.terminal.lines import Arrival, listen, messages


def heard(pieces: list[Piece]) -> list[int]:
    return [piece.n for piece in pieces if piece.what == "frame"]


def test_a_line_that_only_delays_makes_up_nothing_and_soon_waits_no_longer_than_needed() -> None:
    buffer = JitterBuffer(0)
    pieces = listen(buffer, [Arrival(at + 30, *rest) for at, *rest in messages(200)], 200)
    assert heard(pieces)[-250:] == list(range(350, 600)) and buffer.over
    assert buffer.concealed == buffer.lost == 0 and buffer.left_out <= 6
    assert buffer.target_ms(12_000) == LEAST_MS


def test_a_lost_message_is_heard_from_the_one_behind_it() -> None:
    buffer = JitterBuffer(0)
    sent = [each for number, each in enumerate(messages(200)) if number % 17 != 9]
    pieces = listen(buffer, sent, 200)
    assert len(heard(pieces)) + buffer.left_out == 600 and buffer.lost == 0


def test_what_was_not_heard_while_something_else_sounded_is_not_heard_afterwards() -> None:
    buffer = JitterBuffer(0)
    for each in messages(100):
        buffer.put(each.frames, each.first_new, each.spoken, each.at)
    first = next(piece for at in range(50) if (piece := buffer.pull(6_000 + at * FRAME_MS)).what == "frame")
    assert first.n * FRAME_MS > 6_000 - 2 * MOST_MS


def test_a_talk_of_which_nothing_came_is_over_when_it_is_ended() -> None:
    buffer = JitterBuffer(0)
    buffer.end(30)
    assert buffer.pull(0.0).what == "silence" and buffer.over


LINES = st.lists(st.tuples(st.booleans(), st.floats(0, 400), st.booleans()), min_size=5, max_size=60)


@given(LINES)
def test_no_frame_twice_none_out_of_order_and_the_buffer_stays_small(line: list[tuple[bool, float, bool]]) -> None:
    sent = []
    for each, (lost, delay, twice) in zip(messages(len(line)), line, strict=True):
        if not lost:
            sent += [each._replace(at=each.at + delay)] * (1 + twice)
    buffer = JitterBuffer(0)
    pieces = listen(buffer, sorted(sent), len(line))
    assert heard(pieces) == sorted(set(heard(pieces)))
    assert buffer.over and len(buffer._held) == 0


@given(st.lists(st.floats(0, 100), min_size=40, max_size=80))
def test_a_hundred_milliseconds_of_jitter_lose_nothing_once_they_are_known(delays: list[float]) -> None:
    sent = [each._replace(at=each.at + delay) for each, delay in zip(messages(len(delays)), delays, strict=True)]
    buffer = JitterBuffer(0)
    pieces = listen(buffer, sorted(sent), len(delays))
    assert buffer.lost == 0 and len(heard(pieces)) + buffer.left_out == 3 * len(delays)
