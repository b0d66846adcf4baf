"""Real Chromium at the two doors of the real page server: it gives the microphone at the encrypted one only."""

from __future__ import annotations

import base64
import hashlib
import os
import socket
import ssl
import subprocess
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app import web_command
from station import clock, https
from station.database import Database
from station.migrations import upgrade
from station.processes import die_with_parent
from station.settings import Settings
from tests.browser.conftest import launched
from tests.journeys.station import ROOT, free_port, until
from tests.people import settle

pytestmark = pytest.mark.outer
HOST = "voice.lan"


@dataclass
class Doors:
    """The page server as the station starts it."""

    settings: Settings
    process: subprocess.Popen[bytes]

    @property
    def plain(self) -> str:
        return f"http://{HOST}:{self.settings.http_port}"

    @property
    def secure(self) -> str:
        return f"https://{HOST}:{self.settings.https_port}"

    def pin(self) -> str:
        """The authority's key as Chromium wants it named: whatever that signs is believed, and nothing else."""
        authority = https.read_first(https.authority_path(self.settings.data_dir).read_bytes())
        return base64.b64encode(hashlib.sha256(authority.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()).decode()

    def shown(self) -> bytes:
        """The certificate that a new connection is shown; it must be one of the authority's."""
        trusting = ssl.create_default_context(cafile=str(https.authority_path(self.settings.data_dir)))
        raw = socket.create_connection(("127.0.0.1", self.settings.https_port), 30)
        with trusting.wrap_socket(raw, server_hostname=HOST) as opened:
            return opened.getpeercert(binary_form=True) or b""


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    folder = tmp_path_factory.mktemp("doors")
    own = {name: value for name, value in os.environ.items() if not name.startswith("XIANGYIN_")}
    said = {"XIANGYIN_DATA_DIR": str(folder), "XIANGYIN_HTTP_PORT": str(free_port()), "XIANGYIN_HTTPS_PORT": str(free_port()), "XIANGYIN_HTTPS_NAMES": HOST}
    settings = Settings.load(said)
    db = Database(settings.database_url)
    upgrade(db.engine)
    with db.session() as session:
        settle(session, clock.now())
    db.close()
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            web_command(settings), cwd=folder, env={**own, **said, "PYTHONPATH": str(ROOT)}, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            preexec_fn=die_with_parent,
        )  # fmt: skip

    def awake() -> bool:
        assert process.poll() is None, (folder / "log").read_text()
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{settings.http_port}/health", timeout=30) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    try:
        until("the page server", awake, 240)
        yield Doors(settings, process)
    finally:
        process.terminate()
        process.wait(60)


def test_the_microphone_is_there_at_the_encrypted_door_only(doors: Doors) -> None:
    flags = ["--no-sandbox", f"--host-resolver-rules=MAP {HOST} 127.0.0.1", f"--ignore-certificate-errors-spki-list={doors.pin()}"]
    asks = "({ devices: 'mediaDevices' in navigator, secure: isSecureContext })"
    with launched(flags) as browser:
        page = browser.new_context(locale="en-GB").new_page()
        page.set_default_timeout(90_000)
        page.goto(f"{doors.plain}/https")
        assert page.evaluate(asks) == {"devices": False, "secure": False}
        assert "Everything works but the microphone" in page.inner_text("main")
        page.click(f"main a:text-is('{doors.secure}/')")
        page.wait_for_url(f"{doors.secure}/sign-in**")
        assert page.evaluate(asks) == {"devices": True, "secure": True}
        page.goto(f"{doors.secure}/https")
        assert "the microphone works here" in page.inner_text("main")


def test_a_renewed_certificate_is_shown_at_once_and_plain_words_are_answered(doors: Doors) -> None:
    first = doors.shown()
    assert https.renew(doors.settings, clock.now(), always=True)
    assert doors.shown() != first
    with socket.create_connection(("127.0.0.1", doors.settings.https_port), 30) as plain:
        plain.sendall(b"GET / HTTP/1.1\r\nHost: voice.lan\r\n\r\n")
        plain.settimeout(30)
        heard = b""
        while part := plain.recv(4096):
            heard += part
    assert heard.startswith(b"HTTP/1.1 400") and b"https://" in heard
    doors.shown()  # and the door stays open


def test_a_large_file_crosses_the_encrypted_door_unharmed(doors: Doors) -> None:
    """gunicorn would hand a file to the kernel (sendfile), past the encryption."""
    trusting = ssl.create_default_context(cafile=str(https.authority_path(doors.settings.data_dir)))
    address = f"https://127.0.0.1:{doors.settings.https_port}/fonts/NotoSerifTibetan-Regular.ttf"
    with urllib.request.urlopen(address, timeout=60, context=trusting) as answer:
        got = answer.read()
    assert got == (ROOT / "tts" / "fonts" / "NotoSerifTibetan-Regular.ttf").read_bytes()
