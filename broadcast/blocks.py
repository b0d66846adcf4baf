"""Sound in blocks over the line, for terminals that have no HTTP: a few at a time to each, never more than its share."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from broadcast.mqtt import Broker, Handle, Offline
from station.clock import monotonic_s
from station.files import SHA256, Files
from wire.blocks import BLOCK_MAX, FILE_MAX, IN_FLIGHT, Block, count, numbers
from wire.messages import Answer, BadMessage, Request
from wire.topics import Address, BadTopic, Topics

log = logging.getLogger(__name__)

# Bytes a second to one terminal, and how many it may have saved up.
RATE, SAVED = 128 * 1024, 256 * 1024
# Terminals that are served at the same time; who comes later asks again.
TERMINALS_MAX = 20_000
# Blocks that the broker has not acknowledged yet, to all terminals together: the line keeps room for alerts.
FLYING_MAX = 64


@dataclass
class _Share:
    """What one terminal still gets, and how much it may have now."""

    wanted: deque[tuple[str, int, int]] = field(default_factory=deque)
    tokens: float = float(SAVED)
    counted_s: float = 0.0


class Blocks:
    """``heard`` takes requests from the line's thread, ``send_one`` answers them, one block of each terminal in turn."""

    def __init__(
        self, files: Files, broker: Broker, topics: Topics, rate: int = RATE, clock_s: Callable[[], float] = monotonic_s
    ) -> None:
        self.files, self.broker, self.topics, self.rate, self.clock_s = files, broker, topics, rate, clock_s
        self._lock = threading.Lock()
        self._shares: OrderedDict[str, _Share] = OrderedDict()
        self._refusals: deque[tuple[str, Answer]] = deque(maxlen=TERMINALS_MAX)
        self._flying: deque[Handle] = deque()

    def heard(self, topic: str, payload: bytes) -> bool:
        """Whether this was a request for blocks; what is none, or a bad one, is left to the inbox, which counts it."""
        if not topic.endswith("/up/req") or b'"get"' not in payload:
            return False
        try:
            address, request = self.topics.parse(topic), Request.from_json(payload)
            return request.op == "get" and self._take(address, request)
        except (BadMessage, BadTopic):
            return False

    def _take(self, address: Address, request: Request) -> bool:
        """A new request replaces what was still to come: the terminal knows best what it lacks."""
        if not SHA256.match(request.f) or not 0 < request.l <= BLOCK_MAX or not 0 <= request.o <= FILE_MAX:
            raise BadMessage("f, l or o: no file, length or block")
        asked = [(request.f, request.l, n) for n in numbers(request.b, request.o)]
        with self._lock:
            if address.name not in self._shares and len(self._shares) >= TERMINALS_MAX:
                return True
            share = self._shares.setdefault(address.name, _Share(counted_s=self.clock_s()))
            others = [each for each in share.wanted if each not in asked and each[0] == request.f]
            share.wanted = deque([*others, *asked][:IN_FLIGHT])
        return True

    def idle(self) -> bool:
        """Whether nothing is wanted, refused or on its way: ``heard`` says when there is."""
        return not (self._shares or self._refusals or self._flying)

    def send_one(self, now: datetime) -> bool:
        """One round: a block to every terminal whose share allows it. Whether anything was sent."""
        del now
        while self._flying and self._flying[0].wait(0):
            self._flying.popleft()
        sent = False
        try:
            while self._refusals:
                did, answer = self._refusals[0]
                self.broker.publish(self.topics.down(did, "rsp"), answer.to_json(), qos=0, retain=False)
                self._refusals.popleft()
            for did in list(self._shares):
                if len(self._flying) >= FLYING_MAX:
                    break
                sent = self._serve(did) or sent
        except Offline:
            with self._lock:
                self._shares.clear()  # whoever still wants blocks asks again over the new line
            self._flying.clear()
        return sent

    def _serve(self, did: str) -> bool:
        with self._lock:
            share = self._shares[did]
            at = self.clock_s()
            share.tokens = min(float(SAVED), share.tokens + (at - share.counted_s) * self.rate)
            share.counted_s = at
            if not share.wanted:
                if share.tokens >= SAVED:
                    del self._shares[did]  # it owes nothing any more
                return False
            sha, length, n = share.wanted[0]
            if share.tokens < length:
                return False
            share.wanted.popleft()
            share.tokens -= length
            self._shares.move_to_end(did)
        return self._send(did, sha, length, n)

    def _send(self, did: str, sha: str, length: int, n: int) -> bool:
        size = self.files.size(sha)
        if size is None or n >= count(size, length):
            why = "no such file" if size is None else f"no block {n} in {size} bytes"
            self._refusals.append((did, Answer("get", sha, detail=why)))
            return True
        with open(self.files.path(sha), "rb") as file:
            file.seek(n * length)
            data = file.read(length)
        block = Block(sha, size, length, n, data)
        self._flying.append(self.broker.publish(self.topics.down(did, "blk"), block.to_bytes(), qos=1, retain=False))
        return True
