"""Who really sent it: XML signatures of CAP alerts and SM2 seals of EBD packages, against the keys that a source is trusted for."""

from __future__ import annotations

import base64
import binascii
import logging
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from articles.alerts import cap, markup, sm2
from articles.alerts.errors import BadAlert
from articles.alerts.markup import text_of
from articles.alerts.model import Alert, Signed
from articles.alerts.read import Source
from articles.alerts.trust import Trust

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

log = logging.getLogger(__name__)
_DSIG = "{http://www.w3.org/2000/09/xmldsig#}"
_WEAK = re.compile(r"sha1|md5|hmac", re.IGNORECASE)
MAX_CHAIN = 4


def with_signatures(sources: Sequence[Source], trust: Trust, now: datetime) -> list[Alert]:
    """The alerts, each with what its signature is worth. Where the source is to be believed without one, none is looked at."""
    if trust.signature == "ignore":
        return [each.alert for each in sources]
    return [replace(each.alert, signed=_signed(each, trust, now)) for each in sources]


def _signed(source: Source, trust: Trust, now: datetime) -> Signed:
    if source.alert.form == "EBM":
        return _sealed(source, trust)
    if b"Signature" not in source.xml.replace(b"\0", b"") or not source.alert.whole:
        return Signed()
    try:
        return _checked(source, trust, now)
    except Exception as error:  # the border to foreign parsers of foreign bytes: whatever it is, it is not a good signature
        log.info("the signature of %s could not be checked", source.alert.key, exc_info=True)
        return Signed("broken", f"it cannot be read ({type(error).__name__})")


# XML


def _checked(source: Source, trust: Trust, now: datetime) -> Signed:
    from lxml import etree

    # the very text that was read for the decision, not its bytes: two readers must not see two alerts in one file
    text = markup.plain(source.xml)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_pis=False)
    root = etree.fromstring(text.encode("utf-8"), parser)
    element = root if source.alone else next((each for each in root.iter("{*}alert") if _same(each, source.alert)), None)
    if element is None:
        return Signed("broken", "the alert is not found again in its file")
    if not source.alone:
        alone = etree.fromstring(etree.tostring(element, with_tail=False), parser)
        etree.cleanup_namespaces(alone)
        element = alone
    seals = element.findall(f"{_DSIG}Signature")
    if not seals:
        return Signed()
    weak = [name for each in seals for part in each.iter() if _WEAK.search(name := str(part.get("Algorithm", "")).rpartition("#")[2])]
    if weak:
        return Signed("weak", f"it is made with {weak[0]}")
    if len(seals) > 1:
        return Signed("unchecked", "it has more than one signature")
    # publishers sign, and indent afterwards: the space between elements says nothing in CAP, and what is said is compared all the same
    bare = etree.fromstring(etree.tostring(element, with_tail=False), etree.XMLParser(resolve_entities=False, no_network=True, remove_blank_text=True))
    return _weighed((element, bare), seals[0], source.alert, trust, now)


def _same(element: Any, alert: Alert) -> bool:
    def told(name: str) -> str:
        return " ".join((element.findtext(f"{{*}}{name}") or "").split())

    return (told("identifier"), told("sender"), told("sent")) == (alert.identifier, alert.sender, alert.sent_text)


def _weighed(forms: Sequence[Any], seal: Any, alert: Alert, trust: Trust, now: datetime) -> Signed:
    for name in ("SignatureValue", "DigestValue", "X509Certificate"):
        if not all(_canonical(each.text or "") for each in seal.iter(_DSIG + name)):
            return Signed("broken", f"its {name} is no proper base 64")
    given = [_certificate(each.text or "") for each in seal.iter(_DSIG + "X509Certificate")]
    ours = [_pem(each) for each in trust.certificates]
    for each in ours:
        if _whole(forms, alert, trust, each):
            return _in_time(each, now)
    if not given:
        good = _whole(forms, alert, trust, None)
        return Signed("unknown", "it names no certificate") if good else Signed("broken", "it does not fit what is said, or names no key")
    if not _whole(forms, alert, trust, given[0]):
        return Signed("broken", "it does not fit what is said")
    issued = _chain(given, ours)
    if issued is None:
        return Signed("unknown", f"its certificate {given[0].subject.rfc4514_string()[:80]!r} is not on the list of {trust.name}")
    return next((found for each in (given[0], *issued) if (found := _in_time(each, now)).state != "known"), Signed("known", given[0].subject.rfc4514_string()[:80]))


def _in_time(certificate: Certificate, now: datetime) -> Signed:
    """A certificate that is not yet valid comes from a clock or from a renewal; one that is over may have been given up by its owner."""
    name = certificate.subject.rfc4514_string()[:80]
    if certificate.not_valid_after_utc < now:
        return Signed("unknown", f"its certificate {name!r} was valid until {certificate.not_valid_after_utc.isoformat()}")
    return Signed("known", name)


def _whole(forms: Sequence[Any], alert: Alert, trust: Trust, certificate: Certificate | None) -> bool:
    """Whether in one of its forms the alert has its signature by this key."""
    return any(_fits(each, alert, trust, certificate) for each in forms)


def _fits(element: Any, alert: Alert, trust: Trust, certificate: Certificate | None) -> bool:
    """Whether the signature is by this key (None: by the key it brings along) and covers the alert as it was read."""
    from cryptography.exceptions import InvalidSignature as NotThisKey
    from lxml import etree
    from signxml import SignatureConfiguration, XMLVerifier  # type: ignore[attr-defined]
    from signxml.exceptions import SignXMLException

    # whether a key fits is one question, whether its certificate still holds another (``_in_time``)
    config = SignatureConfiguration(
        location="./", expect_references=1, require_x509=certificate is not None,
        verification_time=certificate.not_valid_after_utc if certificate is not None else None,
    )  # fmt: skip
    try:
        found: Any = XMLVerifier().verify(element, x509_cert=certificate, expect_config=config)
    except (SignXMLException, NotThisKey, ValueError, TypeError):
        return False
    if found.signed_xml is None:
        return False
    try:
        signed = cap.read_alert(markup.parse(etree.tostring(found.signed_xml)), trust.zone)
    except BadAlert:
        return False
    return signed == replace(alert, digest="", envelope="", signed=Signed())


def _chain(given: Sequence[Certificate], ours: Sequence[Certificate]) -> list[Certificate] | None:
    """From the signer's certificate by those it brings along up to one of ours; None when there is no such way."""
    way: list[Certificate] = []
    last = given[0]
    for _step in range(MAX_CHAIN):
        found = next((each for each in ours if _issued(last, each)), None)
        if found is not None:
            return [*way, found]
        last_but = next((each for each in given[1:] if each not in way and each != last and _issued(last, each)), None)
        if last_but is None:
            return None
        way.append(last_but)
        last = last_but
    return None


def _issued(certificate: Certificate, by: Certificate) -> bool:
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

    try:
        certificate.verify_directly_issued_by(by)
        return bool(by.extensions.get_extension_for_class(x509.BasicConstraints).value.ca)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError, x509.ExtensionNotFound):
        return False


def _certificate(text: str) -> Certificate:
    from cryptography.x509 import load_der_x509_certificate

    return load_der_x509_certificate(base64.b64decode("".join(text.split()), validate=True))


def _pem(text: str) -> Certificate:
    from cryptography.x509 import load_pem_x509_certificate

    return load_pem_x509_certificate(text.encode())


def _canonical(text: str) -> bool:
    """Whether a text is base 64 as it is written: another last letter that gives the same bytes shows that somebody touched it."""
    plain = "".join(text.split())
    try:
        return bool(plain) and base64.b64encode(base64.b64decode(plain, validate=True)).decode() == plain
    except (binascii.Error, ValueError):
        return False


# EBD packages


def _sealed(source: Source, trust: Trust) -> Signed:
    """The seal of an EBD package: SM2 over the bytes of its EBD, by the key that the list has for the number of the certificate."""
    seal = source.seal
    value = text_of(seal, "signaturevalue") if seal is not None else ""
    if seal is None or not value:
        return Signed()
    if not sm2.available():
        return Signed("unchecked", "this Python has no SM3")
    inner = markup.child(seal, "signaturecert")
    number = text_of(seal, "certsn") or (text_of(inner, "certsn") if inner is not None else "")
    keys = dict(trust.sm2_keys)
    if number not in keys:
        return Signed("unknown", f"its certificate {number[:40]!r} is not on the list of {trust.name}")
    try:
        good = sm2.verify(bytes.fromhex(keys[number]), source.xml, base64.b64decode("".join(value.split()), validate=True))
    except ValueError:
        return Signed("broken", "its value is no base 64, or our key no hexadecimal number")
    return Signed("known", number) if good else Signed("broken", "it does not fit the package")
