"""A broker that somebody else runs: we connect; who may connect besides is written into two files for that person."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path

from broadcast.brokers.access import mosquitto_acl, mosquitto_passwords, write_private

log = logging.getLogger(__name__)


class ExternalBroker:
    """Where it is, and as whom the station connects."""

    kind = "external"

    def __init__(self, host: str, port: int, tls: bool, username: str, password: str, folder: Path, domain: str) -> None:
        self.host, self.port, self.tls = host, port, tls
        self.username, self.password = username, password
        self._folder, self._domain = folder, domain

    def set_credentials(self, users: Mapping[str, str]) -> None:
        """Written as mosquitto's password_file and acl_file; that broker has to be told to read them (SIGHUP)."""
        write_private(self._folder / "passwords", mosquitto_passwords(users))
        write_private(self._folder / "acl", mosquitto_acl(self._domain, self.username, users))
        log.warning("the broker %s is run by somebody else: let it read %s/passwords and acl", self.host, self._folder)

    def ensure_running(self) -> bool:
        return False

    def stop(self) -> None:
        """It is not ours to stop."""
