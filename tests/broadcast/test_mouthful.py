"""A socket read by the mouthful gives the same bytes as the socket itself, and says what it holds back."""

from __future__ import annotations

import socket

import pytest

from broadcast.mouthful import MOUTHFUL_BYTES, MouthfulSocket


def test_small_questions_are_answered_in_order_from_one_mouthful() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        line = MouthfulSocket(ours)
        theirs.sendall(b"\x30\x05hello\x40\x02ok")
        assert [line.recv(1), line.recv(1), line.recv(5)] == [b"\x30", b"\x05", b"hello"]
        assert line.pending() == 4  # select would say that nothing has come
        assert line.recv(100) == b"\x40\x02ok"
        assert line.pending() == 0


def test_nothing_there_and_the_end_are_told_as_a_socket_tells_them() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        line = MouthfulSocket(ours)
        line.setblocking(False)
        with pytest.raises(BlockingIOError):
            line.recv(1)
        assert (line.send(b"he"), line.send(b"ard"), line.unsent) == (2, 3, 5)
        line.flush()
        assert (theirs.recv(10), line.unsent) == (b"heard", 0)
        theirs.sendall(b"x")
        theirs.close()
        assert (line.recv(1), line.recv(1)) == (b"x", b"")
        assert line.fileno() == ours.fileno()
        line.close()
        assert ours.fileno() == -1


def test_what_is_said_goes_out_together_in_order_and_what_finds_no_room_later() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        line = MouthfulSocket(ours)
        line.setblocking(False)
        said = b"".join(bytes([n % 251]) * 1000 for n in range(2000))
        heard, taken = b"", 0
        while len(heard) < len(said):
            try:
                while taken < len(said):
                    taken += line.send(said[taken : taken + 1000])
                line.flush()
            except BlockingIOError:
                assert line.unsent >= MOUTHFUL_BYTES  # no packet is taken that has no room
            heard += theirs.recv(1 << 20)
        assert heard == said and line.unsent == 0
        line.send(b"goodbye")
        line.close()
        assert theirs.recv(10) == b"goodbye"
