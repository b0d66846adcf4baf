"""Pairing secrets: the eight-digit code that names a key, and a box that only this key opens (X25519, HKDF-SHA256, AES-256-GCM)."""

from __future__ import annotations

import hashlib

from Crypto.Cipher import AES
from Crypto.Hash import SHA256
from Crypto.Protocol.DH import import_x25519_public_key, key_agreement
from Crypto.Protocol.KDF import HKDF
from Crypto.PublicKey import ECC

from wire.signing import b64, unb64

CODE_DIGITS = 8
_CONTEXT = b"xiangyin pairing 1"


class BadSeal(ValueError):
    """A box that was not made for this key, or was changed on the way."""


def pairing_code(pk: str, nonce: str) -> str:
    """The code both ends compute from the terminal's public key: typing it vouches for the key itself."""
    digest = hashlib.sha256(_CONTEXT + b"|" + pk.encode() + b"|" + nonce.encode()).digest()
    return f"{int.from_bytes(digest[:8], 'big') % 10**CODE_DIGITS:0{CODE_DIGITS}d}"


def new_key() -> ECC.EccKey:
    return ECC.generate(curve="Curve25519")


def key_from_seed(seed: bytes) -> ECC.EccKey:
    return ECC.construct(curve="Curve25519", seed=seed)


def public_text(key: ECC.EccKey) -> str:
    """The public half, base64url of 32 bytes."""
    return b64(key.public_key().export_key(format="raw"))


def _shared(private: ECC.EccKey, public: ECC.EccKey, nonce: str) -> bytes:
    def derive(secret: bytes) -> bytes:
        return bytes(HKDF(secret, 32, nonce.encode(), SHA256, context=_CONTEXT))

    return bytes(key_agreement(static_priv=private, static_pub=public, kdf=derive))


def seal(plain: bytes, pk: str, nonce: str) -> str:
    """``plain`` for the holder of ``pk`` only: base64url of ephemeral key (32) + IV (12) + tag (16) + ciphertext."""
    ephemeral = new_key()
    key = _shared(ephemeral, import_x25519_public_key(unb64(pk)), nonce)
    cipher = AES.new(key, AES.MODE_GCM, nonce=(iv := hashlib.sha256(unb64(pk) + ephemeral.seed).digest()[:12]))
    text, tag = cipher.encrypt_and_digest(plain)
    return b64(ephemeral.public_key().export_key(format="raw") + iv + tag + text)


def unseal(box: str, private: ECC.EccKey, nonce: str) -> bytes:
    """What was sealed; BadSeal when this key or nonce does not fit."""
    try:
        raw = unb64(box)
        key = _shared(private, import_x25519_public_key(raw[:32]), nonce)
        return bytes(AES.new(key, AES.MODE_GCM, nonce=raw[32:44]).decrypt_and_verify(raw[60:], raw[44:60]))
    except ValueError as error:
        raise BadSeal(f"the station's answer does not open with this terminal's key: {error}") from error
