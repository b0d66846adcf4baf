"""First contact: show a code, wait until an operator has typed it, and open the sealed credentials."""

from __future__ import annotations

import queue
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from Crypto.PublicKey import ECC

from terminal.line import Endpoint, Happened, Line
from wire.messages import BadMessage, Credentials, PairAnswer, PairRequest
from wire.sealing import BadSeal, new_key, pairing_code, public_text, unseal
from wire.topics import LEVEL, BadTopic, Topics

CODE_LIFE_S = 600.0
ASK_EVERY_S = 3.0


class NotPaired(RuntimeError):
    """Pairing ended without an identity; the text says why."""


@dataclass(frozen=True)
class Offer:
    """One code: a fresh key and name, worth ten minutes."""

    nonce: str
    key: ECC.EccKey

    @classmethod
    def make(cls) -> Offer:
        return cls(secrets.token_hex(10), new_key())

    @property
    def code(self) -> str:
        return pairing_code(public_text(self.key), self.nonce)

    def request(self, model: str, name: str, version: str) -> PairRequest:
        return PairRequest(self.nonce, public_text(self.key), model, name, version)

    def open(self, payload: bytes) -> Credentials:
        """The credentials in an answer; NotPaired when refused, BadSeal or BadMessage when it is not for this key."""
        answer = PairAnswer.from_json(payload)
        if answer.refused:
            raise NotPaired(f"the station refuses: {answer.refused[:200]}")
        credentials = Credentials.from_json(unseal(answer.sealed, self.key, self.nonce))
        if not LEVEL.match(credentials.did) or not LEVEL.match(credentials.domain):
            raise BadMessage("did or domain cannot be part of a topic")
        if not any("root" in key.uses for key in credentials.roots):
            raise BadMessage("roots: no key to believe")
        return credentials


def pair(
    endpoint: Endpoint, domain: str, model: str, name: str, version: str, show: Callable[[str, float], None],
    stopped: Callable[[], bool] = lambda: False,
) -> Credentials:  # fmt: skip
    """Credentials from the station. ``show`` gets each new code and its life in seconds; NotPaired when refused or stopped."""
    while True:
        offer = Offer.make()
        show(offer.code, CODE_LIFE_S)
        found = _try(replace(endpoint, client_id=offer.nonce), Topics(domain), offer, offer.request(model, name, version), stopped)
        if found is not None:
            return found


def _try(endpoint: Endpoint, topics: Topics, offer: Offer, request: PairRequest, stopped: Callable[[], bool]) -> Credentials | None:
    """One code until it is answered or too old (None)."""
    events: queue.Queue[Happened] = queue.Queue()
    line = Line(endpoint, events.put)
    line.open()
    ends, ask_at = time.monotonic() + CODE_LIFE_S, float("inf")
    try:
        while time.monotonic() < ends:
            if stopped():
                raise NotPaired("stopped before anybody typed the code")
            if time.monotonic() >= ask_at:
                line.publish(topics.pairing(offer.nonce, "up"), request.to_json())
                ask_at = time.monotonic() + ASK_EVERY_S
            try:
                event = events.get(timeout=0.2)
            except queue.Empty:
                continue
            if event.what == "connected":
                line.subscribe((topics.pairing(offer.nonce, "dn"),))
                ask_at = time.monotonic()
            elif event.what == "message":
                try:
                    return offer.open(event.payload)
                except (BadMessage, BadSeal, BadTopic):
                    continue  # not sealed to my key: somebody else's attempt, mine may still come
        return None
    finally:
        line.close()
