"""What must be read again and yet not lie open in the database or a backup's rows: sealed with a key that is made of the station's secret."""

from __future__ import annotations

import base64
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES = 12


class Locked(ValueError):
    """Sealed with another secret key than today's, or for somebody else; the text says what to do."""


class Vault:
    """AES-256-GCM with a key derived (HKDF-SHA256) from the secret key of the settings; a change of that key makes what was sealed unreadable."""

    def __init__(self, secret_key: str) -> None:
        kdf = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"xiangyin vault 1")
        self._sealer = AESGCM(kdf.derive(secret_key.encode()))

    def seal(self, plain: str, whose: str) -> str:
        """Base64 of nonce and ciphertext; it opens only for the same ``whose`` ("second step 7"), so that rows cannot be exchanged."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return base64.b64encode(nonce + self._sealer.encrypt(nonce, plain.encode(), whose.encode())).decode()

    def open(self, sealed: str, whose: str) -> str:
        """What was sealed. Raises Locked."""
        raw = base64.b64decode(sealed)
        try:
            return self._sealer.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], whose.encode()).decode()
        except InvalidTag as error:
            raise Locked(f"what was kept for {whose} cannot be read: the secret key of the station is another one; set it up anew") from error
