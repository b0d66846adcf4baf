"""The shelf of backups for machines."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from admin.api.door import Out, auth, doors, refusals
from admin.backups import bring, plain, rehearse, shelf_of_mine, take
from admin.desk import Refused, person, session
from station.shelf import NAME


class BackupOut(Out):
    name: str
    taken_at: datetime
    bytes: int
    tried_at: datetime | None


class StateOut(Out):
    doing: str
    file: str
    what: str
    done: int
    of: int
    error: str


class ShelfOut(Out):
    backups: list[BackupOut]
    state: StateOut
    waiting: bool


def _named(name: str) -> str:
    if not NAME.match(name):
        raise Refused("name: a backup is called xiangyin-YYYYMMDD-HHMMSS.zip", "name")
    return name


@doors.get("/backups")
@doors.auth_required(auth)
@doors.output(ShelfOut)
def backups() -> Any:
    """What is kept, what is under way; for whoever administers the whole station."""
    return plain(shelf_of_mine(session(), person()))


@doors.post("/backups")
@doors.auth_required(auth)
@doors.output(ShelfOut, status_code=202)
@refusals
def take_backup() -> Any:
    """A backup now."""
    shelf = shelf_of_mine(session(), person())
    take(shelf)
    return plain(shelf)


@doors.post("/backups/<name>/rehearse")
@doors.auth_required(auth)
@doors.output(ShelfOut, status_code=202)
@refusals
def rehearse_backup(name: str) -> Any:
    """Really restore it for a trial, into a folder that is thrown away."""
    shelf = shelf_of_mine(session(), person())
    rehearse(shelf, _named(name))
    return plain(shelf)


@doors.get("/backups/<name>/file")
@doors.auth_required(auth)
def backup_file(name: str) -> Any:
    """The file itself: it holds the station's keys."""
    return bring(shelf_of_mine(session(), person()), _named(name))
