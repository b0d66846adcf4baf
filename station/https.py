"""HTTPS inside the village's own network: an authority of the station's own, the certificate it signs, and when that is made anew.

The authority is made once, at first start, and installed on telephones and computers by hand. It is bound to private names and addresses
(name constraints, RFC 5280 4.2.1.10): whoever installs it trusts this station for its own network and for nothing on the internet.
"""

from __future__ import annotations

import hashlib
import ipaddress
import os
import plistlib
import re
import secrets
import socket
import ssl
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from station.addresses import PRIVATE, PRIVATE_ZONES, as_address, as_name, own_addresses, own_names
from station.settings import Settings

FOLDER = "keys/https"  # of the data folder: what lies below keys/ goes into every backup
AUTHORITY_YEARS = 20
# Apple's devices refuse more than 825 days of an authority that a person installed; browsers' own limit for public ones is 398.
CERTIFICATE_DAYS = 397
RENEW_DAYS = 60
# A board without a clock starts in 1970; no certificate is dated before this station could have been.
EARLIEST = datetime(2026, 1, 1, tzinfo=UTC)
NAMES_MOST = 64
PROFILE_SPACE = uuid.UUID("5d0b9d0e-6a34-5b0e-9f5e-0c7b3b1f2a61")


class BadCertificate(ValueError):
    """A certificate or key that cannot be used; the text says what to do."""


@dataclass(frozen=True)
class Authority:
    """The station's own certificate authority."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def zones(self) -> list[str]:
        """The names it may vouch for, with all below them."""
        return zones_of(self.certificate)

    def vouches(self, name: str) -> bool:
        """Whether it may sign for the name or address."""
        address = as_address(name)
        if address is not None:
            return any(address in each for each in PRIVATE if each.version == address.version)
        return any(name == zone or name.endswith(f".{zone}") for zone in self.zones)


@dataclass(frozen=True)
class Shown:
    """A certificate as people are told of it: ``names`` it stands for, from when to when, SHA-256 of the whole as ``AB:CD:...``."""

    names: tuple[str, ...]
    since: datetime
    until: datetime
    fingerprint: str
    subject: str


def zones_of(certificate: x509.Certificate) -> list[str]:
    """The names that an authority is bound to."""
    bound = certificate.extensions.get_extension_for_class(x509.NameConstraints).value
    return [each.value for each in bound.permitted_subtrees or [] if isinstance(each, x509.DNSName)]


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of the certificate, as telephones and computers show it."""
    raw = certificate.fingerprint(hashes.SHA256()).hex().upper()
    return ":".join(raw[at : at + 2] for at in range(0, len(raw), 2))


def show(certificate: x509.Certificate) -> Shown:
    """What to tell people of it."""
    try:
        named = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        names = (*named.get_values_for_type(x509.DNSName), *(str(each) for each in named.get_values_for_type(x509.IPAddress)))
    except x509.ExtensionNotFound:
        names = ()
    subject = ", ".join(str(each.value) for each in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME))
    return Shown(names, certificate.not_valid_before_utc, certificate.not_valid_after_utc, fingerprint(certificate), subject)


def read_first(pem: bytes) -> x509.Certificate:
    """The first certificate of a PEM text. Raises BadCertificate."""
    try:
        return x509.load_pem_x509_certificates(pem)[0]
    except ValueError as error:
        raise BadCertificate(f"it holds no certificate in PEM form ({error})") from error


def folder_of(data_dir: Path) -> Path:
    return data_dir / FOLDER


def authority_path(data_dir: Path) -> Path:
    """The authority's certificate (PEM), which everybody may have."""
    return folder_of(data_dir) / "authority.crt"


def server_path(data_dir: Path) -> Path:
    """Key, certificate and authority in one PEM file, replaced as a whole: 0600."""
    return folder_of(data_dir) / "server.pem"


def load_or_make(data_dir: Path, now: datetime, names: Sequence[str]) -> Authority:
    """The authority of this station; made at first start. ``names`` are this machine's own, the bare ones among them it may vouch for too."""
    folder, path = folder_of(data_dir), folder_of(data_dir) / "authority.pem"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    if not path.exists():
        _put(path, _new_authority(now, names), only_new=True)
    try:
        raw = path.read_bytes()
        key = serialization.load_pem_private_key(raw, None)
        authority = Authority(read_first(raw), key)  # type: ignore[arg-type]
    except ValueError as error:
        raise BadCertificate(f"{path} cannot be read ({error}): bring it back from a backup, or remove it and install the new authority everywhere") from error
    public = authority.certificate.public_bytes(serialization.Encoding.PEM)
    if not authority_path(data_dir).exists() or authority_path(data_dir).read_bytes() != public:
        _put(authority_path(data_dir), public)
    return authority


def _new_authority(now: datetime, names: Sequence[str]) -> bytes:
    """Key and self-signed certificate, bound to private names and addresses."""
    key = ec.generate_private_key(ec.SECP256R1())
    host = next((each for each in names if "." not in each and each != "localhost"), "station")
    subject = x509.Name([
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Xiangyin"), x509.NameAttribute(NameOID.COMMON_NAME, f"Xiangyin {host[:40]} {secrets.token_hex(2)}"),
    ])  # fmt: skip
    bare = [each for each in names if "." not in each and each not in PRIVATE_ZONES]
    allowed: list[x509.GeneralName] = [x509.DNSName(each) for each in (*PRIVATE_ZONES, *bare)]
    allowed += [x509.IPAddress(each) for each in PRIVATE]
    since = max(now - timedelta(days=1), EARLIEST)
    certificate = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(since).not_valid_after(since + timedelta(days=AUTHORITY_YEARS * 365))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.NameConstraints(allowed, None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    return _private_pem(key) + certificate.public_bytes(serialization.Encoding.PEM)


def _usage(signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs, content_commitment=False, key_encipherment=False, data_encipherment=False, key_agreement=False,
        key_cert_sign=signs, crl_sign=signs, encipher_only=False, decipher_only=False,
    )  # fmt: skip


def _private_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def _put(path: Path, content: bytes, only_new: bool = False) -> None:
    """The file appears whole, readable by its owner alone; ``only_new``: whoever was first wins."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        if only_new:
            os.link(part, path)
        else:
            part.replace(path)
    except FileExistsError:
        return
    finally:
        part.unlink(missing_ok=True)


def vouched(authority: Authority, names: Iterable[str]) -> tuple[list[str], list[str]]:
    """The names it may sign for, each once and in their order, and those it may not."""
    known = list(dict.fromkeys(str(as_address(each) or as_name(each)) for each in names))
    good = [each for each in known if each and authority.vouches(each)]
    return good[:NAMES_MOST], [each for each in known if each and each not in good]


def issue(authority: Authority, names: Sequence[str], now: datetime) -> bytes:
    """A fresh key and a certificate for the names, as one PEM text: key, certificate, authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    since = max(now - timedelta(days=1), EARLIEST)
    named: list[x509.GeneralName] = [x509.IPAddress(ipaddress.ip_address(each)) if as_address(each) else x509.DNSName(each) for each in names]
    subject = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Xiangyin"), x509.NameAttribute(NameOID.COMMON_NAME, "Xiangyin station")])
    ours = authority.certificate
    keyed = ours.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    certificate = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(ours.subject).public_key(key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(since).not_valid_after(min(since + timedelta(days=CERTIFICATE_DAYS), ours.not_valid_after_utc))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(named), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(keyed), critical=False)
        .sign(authority.key, hashes.SHA256())
    )  # fmt: skip
    return _private_pem(key) + certificate.public_bytes(serialization.Encoding.PEM) + ours.public_bytes(serialization.Encoding.PEM)


def stale(authority: Authority, pem: bytes | None, names: Sequence[str], now: datetime) -> str:
    """Why the certificate has to be made anew, "" when it need not. A name that went is no reason: an address may come back."""
    if pem is None:
        return "there is none yet"
    try:
        held = read_first(pem)
    except BadCertificate as error:
        return str(error)
    if held.issuer != authority.certificate.subject:
        return "another authority signed it"
    if held.not_valid_after_utc - now < timedelta(days=RENEW_DAYS):
        return f"it ends on {held.not_valid_after_utc:%Y-%m-%d}"
    if held.not_valid_before_utc > max(now, EARLIEST):
        return "it was made while the clock was ahead"
    missing = set(names) - set(show(held).names)
    return f"it lacks {', '.join(sorted(missing))}" if missing else ""


def names_of(settings: Settings) -> list[str]:
    """Every name and address under which people may open the pages: the machine's own, that of the pages, and those set."""
    told = re.sub(r"^https?://", "", settings.public_url).split("/")[0]
    host = told[: told.rindex("]") + 1] if told.startswith("[") else told.split(":")[0]
    listens = [] if settings.http_host in ("0.0.0.0", "::") else [settings.http_host]
    return [*(str(each) for each in own_addresses()), *own_names(), *listens, host, *settings.https_names.split()]


def renew(settings: Settings, now: datetime, always: bool = False) -> str:
    """Make the station's certificate where it must be made; why it was, "" when nothing was to do (or a certificate of one's own is set)."""
    if not settings.https_port or settings.https_certificate:
        return ""
    authority = load_or_make(settings.data_dir, now, own_names())
    names, _public = vouched(authority, names_of(settings))
    path = server_path(settings.data_dir)
    why = stale(authority, path.read_bytes() if path.exists() else None, names, now) or ("it was asked for" if always else "")
    if why:
        _put(path, issue(authority, names, now))
    return why


def unvouched(settings: Settings, now: datetime) -> list[str]:
    """The names under which people may open the pages and which the station's own authority may not sign for: public ones."""
    return vouched(load_or_make(settings.data_dir, now, own_names()), [each for each in names_of(settings) if each not in ("0.0.0.0", "::")])[1]


def files_of(settings: Settings) -> tuple[Path, Path] | None:
    """Certificate and key that the pages are served with, or None without HTTPS."""
    if not settings.https_port:
        return None
    if settings.https_certificate:
        own = Path(settings.https_certificate).expanduser()
        return own, Path(settings.https_key).expanduser() if settings.https_key else own
    path = server_path(settings.data_dir)
    return path, path


def shown(settings: Settings) -> Shown | None:
    """The authority that people install, None where there is none to install."""
    path = authority_path(settings.data_dir)
    return show(read_first(path.read_bytes())) if settings.https_port and not settings.https_certificate and path.exists() else None


def context_of(certificate: Path, key: Path) -> ssl.SSLContext:
    """What the pages are served with. Raises BadCertificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    try:
        context.load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as error:
        fix = "give the chain in https_certificate and its key in https_key, both as PEM without a password"
        raise BadCertificate(f"{certificate} with the key {key} cannot be used ({error}): {fix}") from error
    return context


def free(host: str, port: int) -> bool:
    """Whether the pages can listen there."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def profile(der: bytes, name: str) -> bytes:
    """The authority as a configuration profile of Apple's devices. The same authority always gives the same profile: installing it again replaces it."""
    digest = hashlib.sha256(der).hexdigest()
    payload = {
        "PayloadType": "com.apple.security.root", "PayloadVersion": 1, "PayloadIdentifier": f"xiangyin.authority.{digest[:12]}",
        "PayloadUUID": str(uuid.uuid5(PROFILE_SPACE, digest)).upper(), "PayloadDisplayName": name,
        "PayloadCertificateFileName": "xiangyin.crt", "PayloadContent": der,
    }  # fmt: skip
    whole = {
        "PayloadType": "Configuration", "PayloadVersion": 1, "PayloadIdentifier": f"xiangyin.{digest[:12]}",
        "PayloadUUID": str(uuid.uuid5(PROFILE_SPACE, f"profile {digest}")).upper(), "PayloadDisplayName": name,
        "PayloadDescription": "Trust this loudspeaker station inside its own network.", "PayloadContent": [payload],
    }  # fmt: skip
    return plistlib.dumps(whole)
