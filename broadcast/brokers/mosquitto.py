"""mosquitto as a child of the station: configuration, passwords and rules are generated, and it ends with its parent."""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from broadcast.brokers import STATION_USER, BrokerError
from broadcast.brokers.access import mosquitto_acl, mosquitto_passwords, write_private
from broadcast.brokers.passwords import hash_password
from station.processes import die_with_parent

log = logging.getLogger(__name__)

START_S = 30.0


def find_mosquitto() -> str | None:
    """The program, on PATH or where Debian puts it."""
    return shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")


def heeds_hangup(pid: int) -> bool:
    """Whether the process has its handler for SIGHUP: mosquitto opens its door a moment before, and a hang-up in that moment ends it."""
    try:
        caught = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("SigCgt:"))
    except (OSError, StopIteration):
        return False
    return bool(int(caught.split()[1], 16) >> (signal.SIGHUP - 1) & 1)


class MosquittoBroker:
    """A running mosquitto of our own, with the files in ``folder``."""

    kind = "mosquitto"
    tls = False
    username = STATION_USER

    def __init__(self, host: str, port: int, folder: Path, domain: str, ws_port: int = 0) -> None:
        program = find_mosquitto()
        if program is None:
            raise BrokerError("mosquitto is not installed: apt-get install mosquitto, or set broker to amqtt")
        self.host, self.port, self.folder, self.domain = host, port, folder.resolve(), domain
        self.ws_port = ws_port
        self.password = secrets.token_urlsafe(24)
        self._program = program
        self._station_hash = hash_password(self.password)
        self._users: dict[str, str] = {}
        self._process: subprocess.Popen[bytes] | None = None
        self._end_leftover()
        if ws_port and _answers(host, ws_port):
            log.error("port %d on %s is taken: set-top boxes cannot come in; set broker_ws_port", ws_port, host)
            self.ws_port = 0  # loudspeakers must not wait for televisions
        self._write()
        self._start()

    def set_credentials(self, users: Mapping[str, str]) -> None:
        if dict(users) == self._users:
            return
        self._users = dict(users)
        self._write()
        if self._process is not None:
            # it reads both files again and disconnects whoever is no longer in them
            self._process.send_signal(signal.SIGHUP)

    def ensure_running(self) -> bool:
        if self._process is not None and self._process.poll() is None:
            return False
        self._start()
        return True

    def stop(self) -> None:
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None
        self._pid_file.unlink(missing_ok=True)

    @property
    def pid(self) -> int:
        """The child's process id; 0 when it does not run."""
        return self._process.pid if self._process is not None else 0

    @property
    def _pid_file(self) -> Path:
        return self.folder / "mosquitto.pid"

    def _write(self) -> None:
        everyone = {**self._users, STATION_USER: self._station_hash}
        write_private(self.folder / "passwords", mosquitto_passwords(everyone))
        write_private(self.folder / "acl", mosquitto_acl(self.domain, STATION_USER, self._users))
        lines = [
            f"listener {self.port} {self.host}", "allow_anonymous true", f"password_file {self.folder}/passwords",
            f"acl_file {self.folder}/acl", "persistence true", f"persistence_location {self.folder}/", "persistence_file retained.db",
            # the default of half an hour loses every retained plan when power fails
            "autosave_interval 5", "set_tcp_nodelay true", "message_size_limit 1048576", "max_inflight_messages 100",
            # a thousand terminals greet the station in the same second: with the default most of that would be dropped without a word
            "max_queued_messages 100000", "max_queued_bytes 67108864", "log_dest stderr", "log_type error", "log_type warning",
        ]  # fmt: skip
        if self.ws_port:
            lines += [f"listener {self.ws_port} {self.host}", "protocol websockets"]
        if os.geteuid() == 0:
            lines.append("user root")  # as another user it could not read its files in our folder
        write_private(self.folder / "mosquitto.conf", "\n".join(lines) + "\n")

    def _start(self) -> None:
        if _answers(self.host, self.port):
            raise BrokerError(f"port {self.port} on {self.host} is taken by another program: set broker_port, or broker to its URL")
        with (self.folder / "mosquitto.log").open("ab") as words:
            self._process = subprocess.Popen(
                [self._program, "-c", str(self.folder / "mosquitto.conf")], stdin=subprocess.DEVNULL, stdout=words, stderr=words,
                preexec_fn=die_with_parent,
            )  # fmt: skip
        self._pid_file.write_text(str(self._process.pid))
        ends = time.monotonic() + START_S
        while not (heeds_hangup(self.pid) and all(_answers(self.host, port) for port in (self.port, self.ws_port) if port)):
            if self._process.poll() is not None or time.monotonic() > ends:
                said = (self.folder / "mosquitto.log").read_text(errors="replace").strip().splitlines()[-3:]
                raise BrokerError(f"mosquitto did not start: {' / '.join(said) or 'no word'} (see {self.folder}/mosquitto.log)")
            time.sleep(0.01)

    def _end_leftover(self) -> None:
        """A mosquitto that an earlier station of this folder left behind holds our port: end it, and only it."""
        try:
            pid = int(self._pid_file.read_text())
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (OSError, ValueError):
            return
        if str(self.folder / "mosquitto.conf").encode() in command:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
            ends = time.monotonic() + 5
            while Path(f"/proc/{pid}").exists() and time.monotonic() < ends:
                time.sleep(0.01)


def _answers(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1" if host == "0.0.0.0" else host, port)) == 0
