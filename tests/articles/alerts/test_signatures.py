"""Only what its trusted sender signed, and as he signed it, counts as his."""

from __future__ import annotations

import base64
import re
from datetime import datetime, timedelta
from functools import cache

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from lxml import etree
from signxml import SignatureMethod, XMLSigner

from articles.alerts import sm2
from articles.alerts.decide import decide
from articles.alerts.places import Map
from articles.alerts.read import read
from articles.alerts.signatures import with_signatures
from articles.alerts.trust import Trust, read_trust
from tests.articles.alerts.builders import NOON, PLACES, SPEAKERS, cap, ebd, info, tar

Signer = tuple[ec.EllipticCurvePrivateKey, x509.Certificate]


def certify(name: str, *, by: Signer | None = None, ends: datetime = NOON + timedelta(days=90), ca: bool = False) -> Signer:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(by[1].subject if by else subject).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(NOON - timedelta(days=90)).not_valid_after(ends)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    )  # fmt: skip
    return key, made.sign(by[0] if by else key, hashes.SHA256())


@cache
def signer(name: str) -> Signer:
    """One of the people of this story: the weather office, its root and the certificate in between, a stranger, one whose time is over."""
    if name == "office":
        return certify(name, by=signer("root"))
    if name == "below":
        return certify(name, by=signer("between"))
    if name == "between":
        return certify(name, by=signer("root"), ca=True)
    if name == "over":
        return certify(name, by=signer("root"), ends=NOON - timedelta(days=1))
    if name == "no ca":
        return certify(name, by=signer("office"))
    return certify(name, ca=name == "root")


def pem(name: str) -> str:
    return signer(name)[1].public_bytes(serialization.Encoding.PEM).decode()


def sign(text: str, name: str, *more: str) -> bytes:
    key, certificate = signer(name)
    chain = [certificate, *(signer(each)[1] for each in more)]
    made = XMLSigner(signature_algorithm=SignatureMethod.ECDSA_SHA256).sign(etree.fromstring(text.encode()), key=key, cert=chain)
    return bytes(etree.tostring(made))


def state(data: bytes, *certificates: str, now: datetime = NOON) -> str:
    trust = Trust(certificates=tuple(pem(each) for each in certificates))
    return with_signatures(read(data, trust.zone).sources, trust, now)[0].signed.state


def action(data: bytes, trust: Trust) -> list[str]:
    alerts = with_signatures(read(data, trust.zone).sources, trust, NOON)
    return [each.action for each in decide(alerts, now=NOON, trust=trust, places=Map(PLACES), speakers=SPEAKERS)]


ALERT = cap(info())


def test_the_office_is_known_by_its_certificate_or_by_the_one_that_issued_it() -> None:
    data = sign(ALERT, "office")
    assert [state(data, "office"), state(data, "root"), state(data, "stranger", "root"), state(data), state(data, "stranger")] == ["known", "known", "known", "unknown", "unknown"]
    assert state(sign(ALERT, "below", "between"), "root") == "known" and state(sign(ALERT, "below"), "root") == "unknown"
    assert state(ALERT.encode()) == "none"


def test_whoever_is_no_authority_vouches_for_nobody() -> None:
    assert state(sign(ALERT, "no ca", "office"), "root") == "unknown" and state(sign(ALERT, "no ca"), "office") == "unknown"


def test_a_certificate_that_is_over_is_not_believed_any_more() -> None:
    data = sign(ALERT, "over")
    assert state(data, "root") == "unknown" and state(data, "over") == "unknown" and state(data, "root", now=NOON - timedelta(days=2)) == "known"


@pytest.mark.parametrize(("old", "new"), ((b"<severity>Severe", b"<severity>Minor"), (b"330102001201", b"330102001202"), (b"<status>Actual", b"<status>Test"), (b"<scope>", b"<note>x</note><scope>")))
def test_one_changed_word_breaks_it(old: bytes, new: bytes) -> None:
    data = sign(ALERT, "office")
    assert old in data
    changed = data.replace(old, new, 1)
    assert state(changed, "office") == "broken" and action(changed, Trust(certificates=(pem("office"),))) == ["inbox"]


@pytest.mark.parametrize("name", (b"SignatureValue", b"DigestValue", b"X509Certificate"))
def test_a_value_written_in_another_way_is_broken_too(name: bytes) -> None:
    data = sign(ALERT, "office")
    found = re.search(rb"<ds:" + name + rb">([^<]+)</ds:" + name, data)
    assert found is not None
    value = base64.b64decode(found[1])
    for instead in (b"", b"!!!!", base64.b64encode(value) + b"=", base64.b64encode(value[:-1] + bytes([value[-1] ^ 1]))):
        assert state(data.replace(found[1], instead), "root") in ("broken", "unknown")


def test_a_signature_over_a_part_or_over_another_alert_is_not_one_over_this_one() -> None:
    data = sign(ALERT, "office")
    seal = re.search(rb"<ds:Signature .*</ds:Signature>", data, re.DOTALL)
    assert seal is not None
    other = cap(info(severity="Extreme"), name="A2").encode()
    moved = other.replace(b"</alert>", seal[0] + b"</alert>")
    wrapped = other.replace(b"</alert>", b"<note>" + data + b"</note></alert>")
    beside = other.replace(b"</alert>", data + b"</alert>")
    assert [state(moved, "office"), state(wrapped, "office"), state(beside, "office")] == ["broken", "none", "none"]
    required = Trust(signature="required", certificates=(pem("office"),))
    assert [action(each, required) for each in (moved, wrapped, beside, data)] == [["inbox"], ["inbox"], ["inbox"], ["play"]]


def test_one_that_was_indented_after_signing_still_says_the_same() -> None:
    assert state(sign(ALERT, "office").replace(b"><", b">\n  <"), "office") == "known"


def test_an_alert_that_a_feed_carries_keeps_its_signature() -> None:
    feed = b'<feed xmlns="http://www.w3.org/2005/Atom" xmlns:cap="urn:oasis:names:tc:emergency:cap:1.2"><entry><content type="text/xml">%s</content></entry></feed>'
    assert state(feed % sign(ALERT, "office"), "office") == "known"
    assert state(feed % sign(ALERT, "office").replace(b"Severe", b"Minor"), "office") == "broken"


def test_of_two_alerts_in_a_file_each_answers_for_itself() -> None:
    trust = Trust(signature="required", certificates=(pem("office"),))
    both = b"<alerts>" + sign(ALERT, "office") + cap(info(), name="A2").encode() + b"</alerts>"
    assert action(both, trust) == ["play", "inbox"]
    forged = b"<alerts>" + cap(info(severity="Extreme")).encode() + sign(ALERT, "office") + b"</alerts>"
    assert "play" not in action(forged, trust)


def test_what_can_be_forged_is_weak() -> None:
    data = sign(ALERT, "office").replace(b"ecdsa-sha256", b"ecdsa-sha1")
    assert state(data, "office") == "weak" and action(data, Trust(signature="required", certificates=(pem("office"),))) == ["inbox"]


def test_a_source_that_needs_no_signature_is_not_asked_for_one() -> None:
    assert action(sign(ALERT, "office").replace(b"Severe", b"Minor"), Trust(signature="ignore")) == ["play"]


# SM2. The vector is that of the standard itself (GB/T 32918.5, annex A.2).
KEY = "0409F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
SEAL = bytes.fromhex("F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA")
SECRET = 0x3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8
needs_sm3 = pytest.mark.skipif(not sm2.available(), reason="this Python's OpenSSL has no SM3")


@needs_sm3
def test_the_example_of_the_standard_is_verified_and_nothing_beside_it() -> None:
    key = bytes.fromhex(KEY)
    der = b"\x30\x46\x02\x21\x00" + SEAL[:32] + b"\x02\x21\x00" + SEAL[32:]
    assert sm2.verify(key, b"message digest", SEAL) and sm2.verify(key[1:], b"message digest", SEAL) and sm2.verify(key, b"message digest", der)
    assert not sm2.verify(key, b"message digests", SEAL) and not sm2.verify(key, b"message digest", SEAL, b"somebody else...")
    for bad in (b"", bytes(64), SEAL[:63], SEAL[32:] + SEAL[:32], der[:-1], b"\xff" * 64):
        assert not sm2.verify(key, b"message digest", bad)
    assert not sm2.verify(bytes(65), b"message digest", SEAL) and not sm2.verify(key[:-1] + b"\0", b"message digest", SEAL)


def seal_of(data: bytes, nonce: int = 0x59276E27D506861A16680F3AD9C02DCCEF3CC1FA3CDBE4CE6D54B80DEAC1BC21) -> bytes:
    """A seal by the key of the standard, as its text says how to make one."""
    digest = sm2._digest(bytes.fromhex(KEY)[1:], data, sm2.WHO)
    met = sm2._times(nonce, sm2._G)
    assert met is not None
    r = (digest + met[0]) % sm2._N
    s = pow(1 + SECRET, -1, sm2._N) * (nonce - r * SECRET) % sm2._N
    return r.to_bytes(32) + s.to_bytes(32)


def packed(text: str, seal: bytes, number: str = "0001") -> bytes:
    value = base64.b64encode(seal).decode()
    xml = f"<Signature><RelatedEBD><EBDID>10433010200000001010101010000000000000001</EBDID></RelatedEBD><CertSN>{number}</CertSN><SignatureAlgorithm>SM2-SM3</SignatureAlgorithm><SignatureValue>{value}</SignatureValue></Signature>"
    return tar(EBDB_1_xml=text.encode(), EBDS_EBDB_1_xml=xml.encode())


@needs_sm3
def test_a_package_plays_by_the_seal_of_a_key_we_hold() -> None:
    trust = read_trust({"signature": "required", "sm2_keys": {"0001": KEY}})
    good = packed(ebd(), seal_of(ebd().encode()))
    assert action(good, trust) == ["play"]
    assert action(packed(ebd(severity="2"), seal_of(ebd().encode())), trust) == ["inbox"]
    assert action(packed(ebd(), seal_of(ebd().encode()), "0002"), trust) == ["inbox"]
    assert action(tar(EBDB_1_xml=ebd().encode()), trust) == ["inbox"] and action(tar(EBDB_1_xml=ebd().encode()), Trust()) == ["play"]
    assert action(packed(ebd(severity="2"), seal_of(ebd().encode())), read_trust({"sm2_keys": {"0001": KEY}})) == ["inbox"]


