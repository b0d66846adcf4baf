"""Our own signature under what we publish: an enveloped XML signature (ECDSA P-256, SHA-256) by a key and certificate of the station's own."""

from __future__ import annotations

import contextlib
import os
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

LASTS = timedelta(days=3650)
FILE = "alerts-out.pem"


@dataclass(frozen=True)
class AlertSeal:
    """``pem``: the private key and the certificate; ``certificate`` is what others put on their list."""

    pem: bytes
    certificate: bytes

    @classmethod
    def load_or_make(cls, folder: Path, name: str, now: datetime) -> AlertSeal:
        """The key of this station, made at the first time. ``name`` stands in its certificate."""
        path = folder / FILE
        with contextlib.suppress(FileNotFoundError):
            return cls._of(path.read_bytes())
        folder.mkdir(parents=True, exist_ok=True)
        handle, made = tempfile.mkstemp(dir=folder)
        with os.fdopen(handle, "wb") as opened:
            opened.write(_made(name, now))
            opened.flush()
            os.fsync(opened.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(made, path)  # of two processes that begin at once, one makes it
        os.unlink(made)
        return cls._of(path.read_bytes())

    @classmethod
    def _of(cls, pem: bytes) -> AlertSeal:
        return cls(pem, pem[pem.index(b"-----BEGIN CERTIFICATE") :])

    def sign(self, xml: bytes) -> bytes:
        """The alert with its signature as the last element."""
        from lxml import etree
        from signxml import XMLSigner, methods  # type: ignore[attr-defined]

        root = etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True))
        signer = XMLSigner(method=methods.enveloped, signature_algorithm="ecdsa-sha256", digest_algorithm="sha256")
        key = self.pem[: self.pem.index(b"-----BEGIN CERTIFICATE")]
        signed: bytes = etree.tostring(signer.sign(root, key=key, cert=self.certificate.decode()), xml_declaration=True, encoding="UTF-8")
        return signed


def _made(name: str, now: datetime) -> bytes:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64] or "xiangyin")])
    certificate = (
        x509.CertificateBuilder().subject_name(who).issuer_name(who).public_key(key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + LASTS)
        .add_extension(x509.KeyUsage(True, False, False, False, False, False, False, False, False), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return private + certificate.public_bytes(serialization.Encoding.PEM)
