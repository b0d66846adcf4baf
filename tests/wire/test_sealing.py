"""A sealed box opens with one key, whole."""

from __future__ import annotations

import pytest

from wire.sealing import BadSeal, key_from_seed, new_key, public_text, seal, unseal
from wire.signing import b64, unb64

NONCE = "n1"


def test_a_box_opens_with_its_key_and_nonce_only() -> None:
    key = key_from_seed(b"k" * 32)
    box = seal(b"secret", public_text(key), NONCE)
    assert unseal(box, key, NONCE) == b"secret"
    for other, nonce in ((new_key(), NONCE), (key, "n2")):
        with pytest.raises(BadSeal):
            unseal(box, other, nonce)


@pytest.mark.parametrize("at", [0, 40, 50, 62, -1])
def test_a_changed_box_does_not_open(at: int) -> None:
    key = key_from_seed(b"k" * 32)
    raw = bytearray(unb64(seal(b"secret", public_text(key), NONCE)))
    raw[at] ^= 1
    with pytest.raises(BadSeal):
        unseal(b64(bytes(raw)), key, NONCE)


@pytest.mark.parametrize("box", ["", "AAAA", "###", "A" * 200])
def test_rubbish_is_a_bad_seal(box: str) -> None:
    with pytest.raises(BadSeal):
        unseal(box, key_from_seed(b"k" * 32), NONCE)
