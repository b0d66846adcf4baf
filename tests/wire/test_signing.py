"""A signature holds for these bytes, this audience, this time and this number, and for nothing else."""

from __future__ import annotations

import pytest
from Crypto.Signature import eddsa
from hypothesis import given
from hypothesis import strategies as st

from wire.messages import Key
from wire.signing import BadSignature, Signer, Verified, b64, sign, unb64, verify

NOW = 1_800_000_000
SIGNER = Signer.from_seed("p1", b"1" * 32)
KEYS = {"p1": SIGNER.public(("programme",))}
LINE = sign(b'{"a":1}', SIGNER, typ="plan", aud="z1", seq=5, iat=NOW, exp=NOW + 60)


def _verify(
    line: bytes = LINE, now_s: float = NOW, after_seq: int = 4, use: str = "programme", keys: dict[str, Key] = KEYS
) -> Verified:
    return verify(line, keys, typ="plan", auds={"z1"}, now_s=now_s, use=use, after_seq=after_seq)


def test_rfc_8037_appendix_a() -> None:
    """The private key, the thumbprint's key and the signature printed in RFC 8037, A.1, A.2 and A.4."""
    seed = unb64("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A")
    signer = Signer.from_seed("rfc", seed)
    assert signer.seed == seed and signer.public(("programme",)).x == "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
    signing_input = b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc"
    expected = "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
    assert b64(eddsa.new(signer.key, "rfc8032").sign(signing_input)) == expected


def test_what_is_signed_is_believed() -> None:
    found = _verify()
    assert (found.payload, found.kid, found.seq, found.aud) == (b'{"a":1}', "p1", 5, "z1")


@given(st.integers(0, len(LINE) - 1), st.integers(1, 255))
def test_no_byte_can_be_changed(at: int, by: int) -> None:
    changed = LINE[:at] + bytes([LINE[at] ^ by]) + LINE[at + 1 :]
    with pytest.raises(BadSignature):
        _verify(changed)


@given(st.binary(max_size=200))
def test_no_noise_is_believed(noise: bytes) -> None:
    with pytest.raises(BadSignature):
        _verify(noise)


def test_time_number_use_and_key_are_checked() -> None:
    with pytest.raises(BadSignature, match="expired"):
        _verify(now_s=NOW + 61)
    with pytest.raises(BadSignature, match="future"):
        _verify(now_s=NOW - 301)
    with pytest.raises(BadSignature, match="already seen"):
        _verify(after_seq=5)
    with pytest.raises(BadSignature, match="may sign"):
        _verify(use="alert")
    with pytest.raises(BadSignature, match="do not know"):
        _verify(keys={})
    with pytest.raises(BadSignature, match="not valid at this time"):
        _verify(keys={"p1": SIGNER.public(("programme",), to_ms=NOW * 1000 - 1)})


def test_base64url_has_one_spelling() -> None:
    assert unb64(b64(b"\x00\xff")) == b"\x00\xff"
    for text in ("AP9", "AP8=", "A P8", "AP/_", "é"):
        with pytest.raises(ValueError, match="base64url"):
            unb64(text)
