"""The station's own authority signs for private names alone, and its certificate is made anew in time."""

from __future__ import annotations

import plistlib
import socket
import ssl
import stat
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from station import https
from station.addresses import as_name, own_addresses, private
from station.https import Authority, BadCertificate
from station.settings import Settings

NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return https.load_or_make(tmp_path, NOW, ["localhost", "village", "village.local"])


def greeted(server: ssl.SSLContext, trusting: ssl.SSLContext, name: str) -> str:
    """What the browser's side says of the handshake: "" when it trusts."""
    ours, theirs = socket.socketpair()

    def answer() -> None:
        try:
            with server.wrap_socket(ours, server_side=True):
                pass
        except (ssl.SSLError, OSError):
            ours.close()

    thread = threading.Thread(target=answer)
    thread.start()
    try:
        with trusting.wrap_socket(theirs, server_hostname=name):
            return ""
    except ssl.SSLError as error:
        theirs.close()
        return str(error)
    finally:
        thread.join(20)
        ours.close()


def served(tmp_path: Path, authority: Authority, names: list[str]) -> ssl.SSLContext:
    path = tmp_path / "server.pem"
    path.write_bytes(https.issue(authority, names, NOW))
    return https.context_of(path, path)


def test_keys_are_for_the_owner_alone_and_the_authority_stays_the_same(tmp_path: Path, authority: Authority) -> None:
    assert https.load_or_make(tmp_path, NOW + timedelta(days=400), ["elsewhere"]).der == authority.der
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in https.folder_of(tmp_path).iterdir()}
    assert modes == {"authority.pem": 0o600, "authority.crt": 0o600}
    assert stat.S_IMODE(https.folder_of(tmp_path).stat().st_mode) == 0o700
    assert b"PRIVATE" not in https.authority_path(tmp_path).read_bytes()


@pytest.mark.parametrize(("name", "good"), [
    ("192.168.1.20", True), ("10.0.0.1", True), ("fd00::2", True), ("127.0.0.1", True), ("voice.lan", True), ("village", True), ("x.village.local", True),
    ("8.8.8.8", False), ("172.32.0.1", False), ("2001:4860:4860::8888", False), ("bank.example.com", False), ("notlan", False), ("evillocal", False),
])  # fmt: skip
def test_it_vouches_for_private_names_only(authority: Authority, name: str, good: bool) -> None:
    assert authority.vouches(name) is good
    assert https.vouched(authority, [name, name]) == (([name], []) if good else ([], [name]))


def test_openssl_trusts_what_it_signed_by_name_and_by_address(tmp_path: Path, authority: Authority) -> None:
    trusting = ssl.create_default_context(cadata=authority.der)
    trusting.verify_flags |= ssl.VERIFY_X509_STRICT
    server = served(tmp_path, authority, ["voice.lan", "192.168.1.20", "fd00::2"])
    assert [greeted(server, trusting, name) for name in ("voice.lan", "192.168.1.20", "fd00::2")] == ["", "", ""]
    assert "mismatch" in greeted(server, trusting, "192.168.1.21").lower()


def test_who_steals_the_authority_still_cannot_pretend_to_be_a_bank(tmp_path: Path, authority: Authority) -> None:
    trusting = ssl.create_default_context(cadata=authority.der)
    for name in ("bank.example.com", "8.8.8.8"):
        assert "permitted subtree violation" in greeted(served(tmp_path, authority, [name]), trusting, name)


def test_another_reader_of_certificates_agrees(authority: Authority) -> None:
    def verified(name: str) -> x509.Certificate:
        chain = x509.load_pem_x509_certificates(https.issue(authority, [name], NOW))
        verifier = PolicyBuilder().store(Store([authority.certificate])).time(NOW).build_server_verifier(x509.DNSName(name))
        return verifier.verify(chain[0], [])[-1]

    assert verified("voice.lan") == authority.certificate
    with pytest.raises(VerificationError):
        verified("bank.example.com")


def test_devices_take_its_length_of_life(authority: Authority) -> None:
    made = https.read_first(https.issue(authority, ["voice.lan"], NOW))
    assert made.not_valid_after_utc - made.not_valid_before_utc <= timedelta(days=825)
    assert authority.certificate.not_valid_after_utc > NOW + timedelta(days=19 * 365)


def test_it_is_made_anew_before_it_ends_and_when_an_address_joined(authority: Authority) -> None:
    pem = https.issue(authority, ["10.0.0.5", "voice.lan"], NOW)
    end = https.read_first(pem).not_valid_after_utc
    assert https.stale(authority, None, ["voice.lan"], NOW) == "there is none yet"
    assert https.stale(authority, pem, ["voice.lan"], NOW) == ""  # an address that went is no reason
    assert https.stale(authority, pem, ["10.0.0.6", "voice.lan"], NOW) == "it lacks 10.0.0.6"
    assert https.stale(authority, pem, ["voice.lan"], end - timedelta(days=https.RENEW_DAYS + 1)) == ""
    assert "it ends on" in https.stale(authority, pem, ["voice.lan"], end - timedelta(days=https.RENEW_DAYS - 1))
    assert "no certificate" in https.stale(authority, b"half a file", ["voice.lan"], NOW)
    ahead = https.issue(authority, ["voice.lan"], NOW + timedelta(days=3000))
    assert https.stale(authority, ahead, ["voice.lan"], NOW) == "it was made while the clock was ahead"


def test_a_clock_that_stands_still_in_1970_dates_nothing_back(tmp_path: Path) -> None:
    made = https.load_or_make(tmp_path, datetime(1970, 1, 1, tzinfo=UTC), ["village"])
    assert made.certificate.not_valid_before_utc == https.EARLIEST
    assert https.stale(made, https.issue(made, ["voice.lan"], datetime(1970, 1, 2, tzinfo=UTC)), ["voice.lan"], datetime(1970, 1, 3, tzinfo=UTC)) == ""


def test_renewing_keeps_the_authority_and_says_why(tmp_path: Path) -> None:
    settings = Settings.load({"XIANGYIN_DATA_DIR": str(tmp_path), "XIANGYIN_HTTPS_NAMES": "voice.lan bank.example.com"})
    assert https.renew(settings, NOW) == "there is none yet"
    first = https.server_path(tmp_path).read_bytes()
    assert "voice.lan" in https.show(https.read_first(first)).names and "bank.example.com" in https.unvouched(settings, NOW)
    assert stat.S_IMODE(https.server_path(tmp_path).stat().st_mode) == 0o600
    assert https.renew(settings, NOW) == "" and https.server_path(tmp_path).read_bytes() == first
    assert https.renew(settings, NOW, always=True) == "it was asked for"
    second = x509.load_pem_x509_certificates(https.server_path(tmp_path).read_bytes())
    assert second[0] != x509.load_pem_x509_certificates(first)[0] and second[1] == x509.load_pem_x509_certificates(first)[1]


def test_a_key_that_does_not_belong_to_it_is_refused_with_the_next_step(tmp_path: Path, authority: Authority) -> None:
    one, two = tmp_path / "one.pem", tmp_path / "two.pem"
    one.write_bytes(https.issue(authority, ["voice.lan"], NOW))
    two.write_bytes(https.issue(authority, ["voice.lan"], NOW))
    with pytest.raises(BadCertificate, match="https_key"):
        https.context_of(one, two)


def test_the_profile_of_apples_devices_replaces_itself(authority: Authority) -> None:
    once, again = (plistlib.loads(https.profile(authority.der, "乡音")) for _ in range(2))
    assert once == again and once["PayloadContent"][0]["PayloadType"] == "com.apple.security.root"
    assert once["PayloadContent"][0]["PayloadContent"] == authority.der


def test_this_machine_has_a_loopback_and_only_private_addresses_are_told() -> None:
    told = own_addresses()
    assert "127.0.0.1" in map(str, told) and all(private(each) for each in told)
    assert as_name("Voice.LAN.") == "voice.lan" and as_name("no name") == "" and as_name("-x.lan") == ""
