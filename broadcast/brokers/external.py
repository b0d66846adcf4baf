"""A broker that somebody else runs: we connect; who may connect besides is written into two files for that person."""

from __future__ import annotations

import logging
import shlex
import subprocess
from collections.abc import Mapping
from pathlib import Path

from broadcast.brokers import BrokerError
from broadcast.brokers.access import mosquitto_acl, mosquitto_passwords, write_private
from broadcast.brokers.passwords import hash_password

log = logging.getLogger(__name__)


RELOAD_S = 30.0


class ExternalBroker:
    """Where it is, and as whom the station connects. ``reload`` is the command that makes it read its two files again ("": none)."""

    kind = "external"

    def __init__(self, host: str, port: int, tls: bool, username: str, password: str, folder: Path, domain: str, reload: str = "") -> None:
        self.host, self.port, self.tls = host, port, tls
        self.username, self.password = username, password
        self._folder, self._domain, self._reload = folder, domain, shlex.split(reload)
        self._station_hash = hash_password(password)
        self._written: dict[str, str] | None = None

    def set_credentials(self, users: Mapping[str, str]) -> None:
        """Written as mosquitto's password_file and acl_file; then that broker is told to read them. Raises BrokerError."""
        if dict(users) == self._written:
            return
        everyone = {**users, self.username: self._station_hash} if self.username else users
        write_private(self._folder / "passwords", mosquitto_passwords(everyone))
        write_private(self._folder / "acl", mosquitto_acl(self._domain, self.username, users))
        if not self._reload:
            log.warning("the broker %s is run by somebody else: let it read %s/passwords and acl now (or set broker_reload)", self.host, self._folder)
        else:
            self._tell()
        self._written = dict(users)

    def _tell(self) -> None:
        try:
            said = subprocess.run(self._reload, stdin=subprocess.DEVNULL, capture_output=True, timeout=RELOAD_S, text=True, errors="replace")
        except (OSError, subprocess.TimeoutExpired) as error:
            raise BrokerError(f"broker_reload cannot be run ({error}): who was revoked is still let in") from error
        if said.returncode:
            raise BrokerError(f"broker_reload failed ({said.stderr.strip()[-200:] or said.returncode}): who was revoked is still let in")

    def ensure_running(self) -> bool:
        return False

    def stop(self) -> None:
        """It is not ours to stop."""
