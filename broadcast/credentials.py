"""Keeps the broker's users equal to the active terminals: paired ones get in, revoked ones are thrown out at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from sqlalchemy import func, select

from devices.models import Terminal
from station.database import Database


class Doorkeeper(Protocol):
    """What is needed of a running broker."""

    def set_credentials(self, users: Mapping[str, str]) -> None:
        """Exactly these terminals (did -> password hash) may connect; others are disconnected."""


class CredentialBook:
    """Finds changes of the terminals' credentials by a cheap mark and hands the whole list to the broker."""

    def __init__(self, db: Database, doorkeeper: Doorkeeper) -> None:
        self.db = db
        self.doorkeeper = doorkeeper
        self._mark: tuple[object, ...] | None = None

    def forget(self) -> None:
        """The broker started anew: hand it everything again."""
        self._mark = None

    def sync(self, _now: datetime) -> bool:
        """One look; whether the broker was told something new."""
        with self.db.reading() as session:
            # both from an index: a province's register is not counted ten times a second. The id grows with every terminal that is taken
            # in, and nobody comes back who was revoked
            revoked = select(func.count()).select_from(Terminal).where(Terminal.state == "revoked").scalar_subquery()
            mark = tuple(session.execute(select(select(func.max(Terminal.id)).scalar_subquery(), revoked)).one())
            if mark == self._mark:
                return False
            rows = session.execute(select(Terminal.did, Terminal.password_hash).where(Terminal.state == "active"))
            users = {did: hashed for did, hashed in rows if hashed}
        self.doorkeeper.set_credentials(users)
        self._mark = mark
        return True
