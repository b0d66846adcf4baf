"""Live talk on the line: the order that begins one, the order that ends it, and the messages that carry its sound.

A signed command ``live.start`` names the talk, until when it lasts at most, and the public key of this one talk. Every message on the zone's
topic ``live`` is signed with that key: who holds no key of the station puts no word into a loudspeaker, whatever he can write to the broker.

A message, big-endian: ``XL``, the version 1, how many frames were in the message before (``old``) and are heard again here, how many are new, the
eight bytes that the id of the talk spells in hex, the number of the first new frame (4), when its first sample was spoken (Unix milliseconds, 8);
then each frame with its length before it (2), the old ones first; then 64 bytes of Ed25519 over MARK and everything before.
"""

from __future__ import annotations

import re
import secrets
import struct
from dataclasses import dataclass
from typing import Any, ClassVar

from Crypto.PublicKey import ECC
from Crypto.Signature import eddsa

from wire.messages import SOURCES, WHOLE_MAX, BadMessage, Message
from wire.opus import FRAME_MS, PACKET_MAX
from wire.signing import BadSignature, b64, matches, unb64

HEADER = struct.Struct("!2sBBB8sIQ")
LENGTH = struct.Struct("!H")
MAGIC, VERSION, SIGNATURE = b"XL", 1, 64
MARK = b"xiangyin live 1\n"
# A message of 60 ms: fewer cost more signatures, more are heard later.
FRAMES = 3
FRAMES_MAX = 10
# The terminal's own limit, whatever an order says.
LONGEST_MS = 3_600_000
AHEAD_MS = 60_000
ID = re.compile(r"live-[0-9a-f]{16}\Z")
FIRST_MAX = 2**32 - 1


@dataclass(frozen=True, slots=True)
class LiveStart(Message):
    """What ``live.start`` carries: the talk, its key (Ed25519, base64url), from when until when it may sound, from which place's level (SOURCES)
    somebody speaks, who or what it is, and the number of its first frame. ``volume`` -1: the terminal's own."""

    typ: ClassVar[str] = "live.start"
    id: str
    x: str
    from_ms: int
    until_ms: int
    level: str
    title: str = ""
    first: int = 0
    codec: str = "opus"
    frame_ms: int = FRAME_MS
    volume: int = -1

    @classmethod
    def from_args(cls, args: dict[str, Any], now_ms: float) -> LiveStart:
        """BadMessage names what no terminal can act on."""
        start = cls.from_dict(args)
        if not ID.match(start.id) or start.level not in SOURCES:
            raise BadMessage("id or level is none of ours")
        if start.codec != "opus" or start.frame_ms != FRAME_MS:
            raise BadMessage(f"codec: only opus in frames of {FRAME_MS} ms")
        if not start.from_ms < start.until_ms <= start.from_ms + LONGEST_MS or start.from_ms > now_ms + AHEAD_MS:
            raise BadMessage(f"from_ms or until_ms out of range: a talk begins within a minute and lasts at most {LONGEST_MS // 60_000} minutes")
        if start.until_ms <= now_ms:
            raise BadMessage("the talk is over")
        if not 0 <= start.first <= FIRST_MAX or not -1 <= start.volume <= 100:
            raise BadMessage("first or volume out of range")
        try:
            if len(unb64(start.x)) != 32:
                raise ValueError
        except ValueError as error:
            raise BadMessage("x: no Ed25519 key") from error
        return start


@dataclass(frozen=True, slots=True)
class LiveStop(Message):
    """What ``live.stop`` carries: the talk, and the number behind its last frame: it is heard to its end. ``last`` -1: it ends at once."""

    typ: ClassVar[str] = "live.stop"
    id: str
    last: int = -1

    @classmethod
    def from_args(cls, args: dict[str, Any]) -> LiveStop:
        stop = cls.from_dict(args)
        if not ID.match(stop.id) or not -1 <= stop.last <= FIRST_MAX:
            raise BadMessage("id or last is none of ours")
        return stop


@dataclass(frozen=True, slots=True)
class Frames:
    """The sound of one message: ``new`` frames begin with number ``first``, spoken at ``spoken_ms``; ``old`` are those right before."""

    talk: str
    first: int
    spoken_ms: int
    new: tuple[bytes, ...]
    old: tuple[bytes, ...] = ()

    @property
    def numbered(self) -> list[tuple[int, bytes]]:
        return list(enumerate((*self.old, *self.new), self.first - len(self.old)))


class TalkKey:
    """The key of one talk: made when it begins, gone with it."""

    def __init__(self, key: ECC.EccKey | None = None) -> None:
        key = key or ECC.generate(curve="Ed25519")
        self._signer = eddsa.new(key, "rfc8032")
        self.x = b64(key.public_key().export_key(format="raw"))

    def seal(self, frames: Frames) -> bytes:
        """The signed message, ready for the line."""
        head = HEADER.pack(MAGIC, VERSION, len(frames.old), len(frames.new), bytes.fromhex(frames.talk[5:]), frames.first, frames.spoken_ms)
        body = head + b"".join(LENGTH.pack(len(each)) + each for each in (*frames.old, *frames.new))
        return body + bytes(self._signer.sign(MARK + body))


def new_talk_id() -> str:
    return "live-" + secrets.token_hex(8)


def talk_of(raw: bytes) -> str:
    """Which talk a message claims to be of; BadMessage when it is none of ours."""
    if len(raw) < HEADER.size + SIGNATURE or raw[:2] != MAGIC or raw[2] != VERSION:
        raise BadMessage("live: not a message of version 1")
    return "live-" + raw[5:13].hex()


def opened(raw: bytes, x: str) -> Frames:
    """The sound of a message that the key ``x`` has signed. Raises BadMessage, BadSignature."""
    talk = talk_of(raw)
    body = raw[:-SIGNATURE]
    if not matches(x, MARK + body, raw[-SIGNATURE:]):
        raise BadSignature("the signature is not that of the talk")
    _, _, old, new, _, first, spoken = HEADER.unpack_from(body)
    if not 0 < new <= FRAMES_MAX or old > min(first, FRAMES_MAX) or first + new > FIRST_MAX or spoken > WHOLE_MAX:
        raise BadMessage("live: number or count of frames out of range")
    frames, at = [], HEADER.size
    for _ in range(old + new):
        if len(body) < at + LENGTH.size:
            raise BadMessage("live: cut short")
        size = LENGTH.unpack_from(body, at)[0]
        at += LENGTH.size
        if not 0 < size <= PACKET_MAX or at + size > len(body):
            raise BadMessage("live: a frame of no possible length")
        frames.append(body[at : at + size])
        at += size
    if at != len(body):
        raise BadMessage("live: more than its frames")
    return Frames(talk, first, spoken, tuple(frames[old:]), tuple(frames[:old]))
