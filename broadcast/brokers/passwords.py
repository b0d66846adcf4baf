"""Password hashes that mosquitto and our embedded broker both check: ``$7$rounds$salt$hash``, PBKDF2-HMAC-SHA512 (mosquitto 2)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets

# Terminals' passwords are 192 random bits: the rounds need not slow a guesser down, and thousands may connect at once.
ROUNDS = 101


def hash_password(password: str) -> str:
    """The portable hash of a password."""
    salt = secrets.token_bytes(12)
    return "$7${}${}${}".format(ROUNDS, *(base64.b64encode(each).decode() for each in (salt, _derive(password, salt, ROUNDS))))


def check_password_hash(password: str, hashed: str) -> bool:
    """Whether the password is the one; anything unreadable is not."""
    try:
        empty, kind, rounds, salt, wanted = hashed.split("$")
        found = _derive(password, base64.b64decode(salt), int(rounds))
        return empty == "" and kind == "7" and hmac.compare_digest(found, base64.b64decode(wanted))
    except (ValueError, binascii.Error):
        return False


def _derive(password: str, salt: bytes, rounds: int) -> bytes:
    return hashlib.pbkdf2_hmac("sha512", password.encode(), salt, rounds)
