"""The two doors of the pages: what a browser is told at each, and how it comes to trust the second."""

from __future__ import annotations

import plistlib
import re
from datetime import datetime
from pathlib import Path

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from admin.web import WebSettings, always_encrypted, create_web, https_url
from devices.keys import StationKeys
from station import access, https
from station.database import Database
from station.files import Files
from tests.admin.conftest import settings
from tests.people import settle

ENGLISH = {"Accept-Language": "en"}
WORD = "four words in a row"


@pytest.fixture
def app(db: Database, files: Files, keys: StationKeys, now: datetime, tmp_path: Path) -> APIFlask:
    with db.session() as session:
        access.set_password(session, settle(session, now).operator, WORD)
    https.load_or_make(tmp_path, now, ["village"])
    return create_web(settings(data_dir=tmp_path, https_port=8443, http_port=8080), db, files, keys, lambda password: "", lambda: now)


def sign_in(client: FlaskClient, door: str) -> list[str]:
    """The cookies that the browser is given; they let it in."""
    form_page = client.get("/sign-in", base_url=door)
    key = re.search(r'name="csrf_token" value="([^"]+)"', form_page.text)
    assert key
    form = {"csrf_token": key[1], "login": "lan", "password": WORD}
    answer = client.post("/sign-in", data=form, base_url=door, headers={"Referer": f"{door}/sign-in"})
    assert answer.status_code == 303, answer.text[-500:]
    assert client.get("/me", base_url=door).status_code == 200
    return [*form_page.headers.getlist("Set-Cookie"), *answer.headers.getlist("Set-Cookie")]


def test_who_signed_in_at_one_door_can_sign_in_at_the_other(app: APIFlask) -> None:
    client = app.test_client()
    secure = sign_in(client, "https://voice.lan:8443")
    assert len(secure) == 2 and all(re.match(r"__Host-xiangyin(_form)?=.*; Secure; HttpOnly; Path=/; SameSite=Lax$", each) for each in secure), secure
    plain = sign_in(client, "http://voice.lan:8080")
    assert not any("Secure" in each or each.startswith("__Host-") for each in plain)
    page = client.get("/me", base_url="https://voice.lan:8443")
    key = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert key
    out = client.post("/sign-out", data={"csrf_token": key[1]}, base_url="https://voice.lan:8443", headers={"Referer": "https://voice.lan:8443/me"})
    assert any(each.startswith("__Host-xiangyin=;") and "Secure" in each for each in out.headers.getlist("Set-Cookie"))
    assert client.get("/me", base_url="https://voice.lan:8443").status_code == 302
    assert client.get("/me", base_url="http://voice.lan:8080").status_code == 200


def test_the_page_says_what_is_missing_and_leads_to_the_encrypted_address(app: APIFlask) -> None:
    client = app.test_client()
    page = client.get("/https", base_url="http://voice.lan:8080", headers=ENGLISH)
    assert "Everything works but the microphone" in page.text and 'href="https://voice.lan:8443/"' in page.text
    assert "http://voice.lan:8080/https" in page.text and "192.168" not in page.text.replace("192.168.x.x", "")
    page = client.get("/https", base_url="https://voice.lan:8443", headers=ENGLISH)
    assert "the microphone works here" in page.text and "Strict-Transport-Security" not in page.headers


def test_the_authority_is_brought_in_the_forms_that_telephones_take(app: APIFlask, tmp_path: Path) -> None:
    client = app.test_client()
    authority = https.read_first(https.authority_path(tmp_path).read_bytes())
    crt = client.get("/https/xiangyin-ca.crt")
    assert crt.mimetype == "application/x-x509-ca-cert" and crt.data == https.load_or_make(tmp_path, authority.not_valid_before_utc, []).der
    profile = client.get("/https/xiangyin.mobileconfig")
    assert profile.mimetype == "application/x-apple-aspen-config"
    assert plistlib.loads(profile.data)["PayloadContent"][0]["PayloadContent"] == crt.data
    assert https.fingerprint(authority) in client.get("/https").text


def test_without_the_second_door_nothing_is_promised(db: Database, files: Files, keys: StationKeys, now: datetime, tmp_path: Path) -> None:
    client = create_web(settings(data_dir=tmp_path), db, files, keys, lambda password: "", lambda: now).test_client()
    page = client.get("/https", headers=ENGLISH)
    assert "no encrypted pages" in page.text and client.get("/https/xiangyin-ca.crt").status_code == 404


@pytest.mark.parametrize(("host", "changes", "told"), [
    ("voice.example", {}, True), ("voice.lan", {}, False), ("village", {}, False), ("192.168.1.5", {}, False), ("voice.example", {"own_certificate": False}, False),
    ("voice.example", {"http_port": 8080}, False), ("voice.example:8443", {"https_port": 8443}, False),
])  # fmt: skip
def test_browsers_are_bound_to_https_only_where_nothing_else_of_the_host_breaks(host: str, changes: dict[str, int], told: bool) -> None:
    usual = {"own_certificate": True, "https_port": 443, "http_port": 80}
    assert always_encrypted(host, WebSettings("k", **{**usual, **changes})) is told  # type: ignore[arg-type]


def test_an_address_keeps_its_brackets_and_leaves_the_usual_port_out() -> None:
    assert https_url("[fd00::2]:8080", 8443, "/me") == "https://[fd00::2]:8443/me"
    assert https_url("voice.example", 443, "/") == "https://voice.example/"
