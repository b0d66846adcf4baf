"""Ed25519 signatures over raw JSON: JWS with a detached, unencoded payload (RFC 7515, RFC 7797, RFC 8037).

On the line a signed message is ``<header>..<signature>\\n<raw JSON>``. The protected header carries what the terminal checks
before it believes a word: ``typ`` (what it is), ``aud`` (for whom: a terminal, a zone, or the domain for the key set),
``iat``/``exp`` (Unix seconds), ``seq`` (newer than what I hold), ``kid`` (who).
"""

from __future__ import annotations

import base64
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from Crypto.PublicKey import ECC
from Crypto.Signature import eddsa

from wire.messages import BadMessage, Key, parse_object

# A clock may be this wrong before a signature "from the future" is refused.
CLOCK_SLACK_S = 300


class BadSignature(ValueError):
    """Unsigned, wrongly signed, expired, replayed, or meant for somebody else; the text says which."""


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key with its name."""

    kid: str
    key: ECC.EccKey

    @classmethod
    def generate(cls, kid: str) -> Signer:
        return cls(kid, ECC.generate(curve="Ed25519"))

    @classmethod
    def from_seed(cls, kid: str, seed: bytes) -> Signer:
        return cls(kid, ECC.construct(curve="Ed25519", seed=seed))

    @property
    def seed(self) -> bytes:
        return bytes(self.key.seed)

    def public(self, uses: tuple[str, ...], from_ms: int = 0, to_ms: int = 0, zones: tuple[str, ...] = (), level: str = "") -> Key:
        raw = self.key.public_key().export_key(format="raw")
        return Key(self.kid, b64(raw), uses, from_ms, to_ms, zones, level)


@dataclass(frozen=True, slots=True)
class Verified:
    """A payload that somebody entitled has signed, with the facts of its header."""

    payload: bytes
    kid: str
    typ: str
    aud: str
    seq: int
    iat: int
    exp: int


def b64(raw: bytes) -> str:
    """base64url without padding (RFC 7515, section 2)."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    """Inverse of b64; ValueError for anything that is not canonical base64url."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError as error:  # binascii.Error is one, so is text that is not ASCII
        raise ValueError("not base64url") from error
    if b64(raw) != text:
        raise ValueError("not canonical base64url")
    return raw


def sign(payload: bytes, signer: Signer, *, typ: str, aud: str, seq: int, iat: int, exp: int) -> bytes:
    """The signed message, ready for the line. ``iat`` and ``exp`` are Unix seconds."""
    header = {
        "alg": "EdDSA", "b64": False, "crit": ["b64"], "kid": signer.kid,
        "typ": typ, "aud": aud, "seq": seq, "iat": iat, "exp": exp,
    }  # fmt: skip
    protected = b64(json.dumps(header, separators=(",", ":")).encode())
    signature = eddsa.new(signer.key, "rfc8032").sign(protected.encode() + b"." + payload)
    return protected.encode() + b".." + b64(signature).encode() + b"\n" + payload


def verify(
    message: bytes, keys: Mapping[str, Key], *, typ: str, auds: Collection[str], now_s: float, use: str = "programme",
    after_seq: int = -1,
) -> Verified:  # fmt: skip
    """The payload when everything holds; BadSignature when anything does not.

    ``keys`` are the believed keys by kid, ``auds`` the audiences I belong to, ``after_seq`` the last sequence I have
    acted on (equal or older is a replay). The cheap checks come first, the arithmetic last.
    """
    head, separator, payload = message.partition(b"\n")
    parts = head.split(b".")
    if not separator or len(parts) != 3 or parts[1]:
        raise BadSignature("not signed: expected <header>..<signature> on the first line")
    header, signature = _opened(parts[0], parts[2])
    found = _checked_header(header, typ, auds, now_s, after_seq)
    key = keys.get(str(header.get("kid")))
    if key is None:
        raise BadSignature(f"signed by a key I do not know: {str(header.get('kid'))[:40]!r}")
    if use not in key.uses:
        raise BadSignature(f"key {key.kid} may sign {', '.join(key.uses) or 'nothing'}, not {use}")
    if now_s * 1000 < key.from_ms - CLOCK_SLACK_S * 1000 or (key.to_ms and now_s * 1000 > key.to_ms):
        raise BadSignature(f"key {key.kid} is not valid at this time")
    if not matches(key.x, parts[0] + b"." + payload, signature):
        raise BadSignature("the signature does not match")
    return Verified(payload, key.kid, *found)


def speaks_to(key: Key, zid: str, zones: Sequence[str]) -> bool:
    """Whether an alert key may speak to zone ``zid`` of a terminal that follows ``zones``, uppermost place first: a key of a branch only to
    places at or below its own, whatever the terminal's other zones are."""
    if not key.zones:
        return True
    above = zones[: zones.index(zid) + 1] if zid in zones else ()
    return any(each.partition("_")[0] in key.zones for each in above)


@lru_cache(maxsize=64)
def _opened(header: bytes, signature: bytes) -> tuple[Mapping[str, object], bytes]:
    """Header and signature as they were before they were written for the line."""
    try:
        return MappingProxyType(parse_object(unb64(header.decode("ascii")), 2048)), unb64(signature.decode("ascii"))
    except (ValueError, BadMessage) as error:
        raise BadSignature(f"unreadable header or signature: {error}") from error


@lru_cache(maxsize=64)
def matches(x: str, signed: bytes, signature: bytes) -> bool:
    """The arithmetic alone (0.7 ms): the same bytes need it once, however often they come or however many agents share this process."""
    try:
        eddsa.new(_public(x), "rfc8032").verify(signed, signature)
    except ValueError:
        return False
    return True


@lru_cache(maxsize=64)
def _public(x: str) -> ECC.EccKey:
    return eddsa.import_public_key(unb64(x))


def _checked_header(
    header: Mapping[str, object], typ: str, auds: Collection[str], now_s: float, after_seq: int
) -> tuple[str, str, int, int, int]:
    if header.get("alg") != "EdDSA" or header.get("b64") is not False or header.get("crit") != ["b64"]:
        raise BadSignature("only EdDSA with an unencoded payload is accepted")
    if header.get("typ") != typ:
        raise BadSignature(f"this is a {str(header.get('typ'))[:40]!r}, not a {typ!r}")
    aud, seq, iat, exp = (header.get(name) for name in ("aud", "seq", "iat", "exp"))
    if not isinstance(aud, str) or aud not in auds:
        raise BadSignature(f"meant for {str(aud)[:40]!r}, not for me")
    if type(seq) is not int or type(iat) is not int or type(exp) is not int:
        raise BadSignature("seq, iat and exp must be whole numbers")
    if seq <= after_seq:
        raise BadSignature(f"already seen: number {seq}, and I hold {after_seq}")
    if exp < now_s:
        raise BadSignature(f"expired {now_s - exp:.0f} s ago")
    if iat > now_s + CLOCK_SLACK_S:
        raise BadSignature(f"signed {iat - now_s:.0f} s in the future")
    return typ, aud, seq, iat, exp
