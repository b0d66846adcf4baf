"""Who may say and hear what on the broker: one set of rules, as mosquitto's files and as a function."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from broadcast.brokers.passwords import check_password_hash
from wire.topics import LEVEL, VERSION


def may_publish(domain: str, station: str, user: str | None, client_id: str, topic: str) -> bool:
    """A terminal speaks below its own name; who has no name yet may only ask to be paired, below its client id."""
    root = f"{domain}/{VERSION}"
    if user == station:
        return topic.startswith(f"{domain}/")
    if user:
        return topic.startswith(f"{root}/d/{user}/up/")
    return bool(client_id) and topic == f"{root}/p/{client_id}/up"


def may_read(domain: str, station: str, user: str | None, client_id: str, topic: str) -> bool:
    """A terminal hears what is sent to it, to the zones and to all; who has no name yet hears the answer to its own request."""
    root = f"{domain}/{VERSION}"
    if user == station:
        return topic.startswith(f"{domain}/")
    if user:
        return topic.startswith((f"{root}/d/{user}/dn/", f"{root}/z/", f"{root}/s/"))
    return bool(client_id) and topic == f"{root}/p/{client_id}/dn"


class Rules:
    """Who may come in, and who may say and hear what. ``users`` (did -> password hash) is replaced whole, from any thread."""

    def __init__(self, domain: str, station: str, station_hash: str) -> None:
        self.domain, self.station, self.station_hash = domain, station, station_hash
        self.users: dict[str, str] = {}

    def hash_of(self, user: str | None) -> str | None:
        return self.station_hash if user == self.station else self.users.get(user or "")

    def admits(self, user: str | None, password: str | None, client_id: str) -> bool:
        """A terminal comes under its own name; nobody takes another's. Who has no name yet may only ask to be paired."""
        if not LEVEL.match(client_id):
            return False
        if user is None:
            return password is None and client_id not in self.users
        hashed = self.hash_of(user)
        if hashed is None or not check_password_hash(password or "", hashed):
            return False
        return client_id not in self.users if user == self.station else client_id == user

    def may_publish(self, user: str | None, client_id: str, topic: str) -> bool:
        return may_publish(self.domain, self.station, user, client_id, topic)

    def may_read(self, user: str | None, client_id: str, topic: str) -> bool:
        return may_read(self.domain, self.station, user, client_id, topic)


def mosquitto_acl(domain: str, station: str, users: Mapping[str, str]) -> str:
    """The same rules as an acl_file. Zones and station are listed per user: a general pattern would let strangers read them."""
    root = f"{domain}/{VERSION}"
    lines = [
        f"pattern write {root}/p/%c/up", f"pattern read {root}/p/%c/dn", f"pattern write {root}/d/%u/up/#", f"pattern read {root}/d/%u/dn/#",
        "", f"user {station}", f"topic readwrite {domain}/#",
    ]  # fmt: skip
    for did in sorted(users):
        lines += ["", f"user {did}", f"topic read {root}/z/#", f"topic read {root}/s/#"]
    return "\n".join(lines) + "\n"


def mosquitto_passwords(users: Mapping[str, str]) -> str:
    """A password_file."""
    return "".join(f"{name}:{hashed}\n" for name, hashed in sorted(users.items()))


def write_private(path: Path, text: str) -> None:
    """Write for the owner only, and all or nothing."""
    new = path.with_name(path.name + ".new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    os.replace(new, path)
