"""mp3 pieces joined without decoding them: each was made by an encoder of its own, so they follow each other byte by byte."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tts.captions import Cue, shifted
from tts.engines import TtsError
from tts.level import RATE

FRAME = 1152
"""Samples in a frame of MPEG-1 Layer III."""
_DATA = 21
"""Bytes before a frame's bits: the header and one channel's side information."""
_KBPS = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)


class NotJoinable(TtsError):
    """Bytes that are not plain MPEG-1 Layer III frames at 44.1 kHz, one channel."""


@dataclass(frozen=True, eq=False)
class Piece:
    """An mp3 with its sentences in time; ``skip`` samples stand before the first real one."""

    mp3: bytes
    cues: tuple[Cue, ...] = ()


def frames(mp3: bytes) -> Iterator[bytes]:
    """The frames, one after the other. Raises NotJoinable at the first byte that belongs to none."""
    at = 0
    while at < len(mp3):
        head = mp3[at : at + 4]
        kbps = _KBPS[head[2] >> 4] if len(head) == 4 and head[2] >> 4 < 15 else 0
        plain = len(head) == 4 and head[0] == 0xFF and head[1] & 0xFE == 0xFA and head[2] & 0x0C == 0 and head[3] & 0xC0 == 0xC0
        size = 144_000 * kbps // RATE + (head[2] >> 1 & 1) if plain else 0
        if not size or at + size > len(mp3):
            raise NotJoinable(f"byte {at} of {len(mp3)} begins no whole mp3 frame of the station's own kind")
        yield mp3[at : at + size]
        at += size


def samples(mp3: bytes) -> int:
    """How many samples a decoder gives for it."""
    return FRAME * sum(1 for _ in frames(mp3))


def widened(last: bytes, dropped: Sequence[bytes], following: bytes) -> bytes:
    """The ``last`` frame before a seam, at a bit rate at which it also holds what the ``following`` frame borrowed from its own predecessors.

    Layer III lets a frame's bits begin up to 511 bytes (main_data_begin) before its own header's place; behind the seam these bytes would
    be another encoder's. They are put at the end of the frame that now goes before it; its own bits stay at its beginning.
    """
    owed = following[4] << 1 | following[5] >> 7
    if not owed:
        return last
    loan = b"".join(frame[_DATA:] for frame in dropped)[-owed:]
    if len(loan) < owed:
        raise NotJoinable(f"{len(dropped)} frames before a seam do not hold the {owed} bytes that the frame behind it borrowed")
    needed = len(last) + owed
    rate = next(index for index, kbps in enumerate(_KBPS) if 144_000 * kbps // RATE >= needed)
    head = bytes((last[0], last[1], rate << 4 | last[2] & 0x0D, last[3]))  # without the padding byte
    room = 144_000 * _KBPS[rate] // RATE - needed
    return head + last[4:] + bytes(room) + loan


def joined(pieces: Sequence[Piece]) -> Piece:
    """One mp3 of them all, and every sentence where it is then heard. Each begins and ends in silence, so no joint can click."""
    cues: list[Cue] = []
    passed = 0
    for piece in pieces:
        cues += shifted(piece.cues, round(passed * 1000 / RATE))
        passed += samples(piece.mp3)
    return Piece(b"".join(piece.mp3 for piece in pieces), tuple(cues))
