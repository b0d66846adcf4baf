"""The code names the key, and only that key opens the answer."""

from __future__ import annotations

import pytest

from terminal.pairing import NotPaired, Offer
from tests.terminal.far_end import PROGRAMME, ROOT
from wire.messages import BadMessage, Credentials, PairAnswer
from wire.sealing import BadSeal, pairing_code, seal

CREDENTIALS = Credentials("t1", "secret", roots=(ROOT.public(("root",)),))


def _answer(offer: Offer, credentials: Credentials = CREDENTIALS) -> bytes:
    return PairAnswer(seal(credentials.to_json(), offer.request("", "", "").pk, offer.nonce)).to_json()


def test_the_operator_sees_the_code_the_terminal_shows() -> None:
    offer = Offer.make()
    request = offer.request("linux", "at the well", "1")
    assert pairing_code(request.pk, request.nonce) == offer.code and len(offer.code) == 8


def test_credentials_open_with_the_right_key_only() -> None:
    offer, other = Offer.make(), Offer.make()
    assert offer.open(_answer(offer)) == CREDENTIALS
    with pytest.raises(BadSeal):
        other.open(_answer(offer))


def test_a_refusal_is_told_and_odd_credentials_are_not_kept() -> None:
    offer = Offer.make()
    with pytest.raises(NotPaired, match="too many"):
        offer.open(PairAnswer(refused="too many attempts").to_json())
    with pytest.raises(BadMessage, match="topic"):
        offer.open(_answer(offer, Credentials("../t1", "secret", roots=CREDENTIALS.roots)))
    with pytest.raises(BadMessage, match="roots"):
        offer.open(_answer(offer, Credentials("t1", "secret", roots=(PROGRAMME.public(("programme",)),))))
