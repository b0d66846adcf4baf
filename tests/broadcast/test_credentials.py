"""Who may connect follows the terminals: at once, and each change once."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, update

from broadcast.brokers import BrokerError
from broadcast.credentials import CredentialBook
from devices.models import Terminal
from station.database import Database
from tests.broadcast.builders import a_terminal
from tests.fakes import FakeDoor
from tests.people import Village

SECOND = timedelta(seconds=1)


@pytest.mark.both_databases
def test_the_door_is_told_of_each_change_and_only_then(db: Database, people: Village, now: datetime) -> None:
    door = FakeDoor()
    book = CredentialBook(db, door)
    assert book.sync(now) is True and book.sync(now) is False
    with db.session() as session:
        first, second = (a_terminal(session, people.village_a, now, did) for did in ("ta", "tb"))
    assert book.sync(now) is True and book.sync(now) is False
    with db.session() as session:
        session.execute(update(Terminal).where(Terminal.id == first.id).values(state="revoked", revoked_at=now + SECOND, password_hash=""))
    assert book.sync(now) is True and book.sync(now) is False
    with db.session() as session:  # committed later, though it was clicked earlier than the other
        session.execute(update(Terminal).where(Terminal.id == second.id).values(state="revoked", revoked_at=now, password_hash=""))
    assert book.sync(now) is True
    with db.session() as session:
        a_terminal(session, people.village_a, now, "tc")
        session.execute(delete(Terminal).where(Terminal.id == first.id))
    assert book.sync(now) is True
    assert door.lists == [{}, {"ta": "hash of ta", "tb": "hash of tb"}, {"tb": "hash of tb"}, {}, {"tc": "hash of tc"}]


def test_presence_and_heartbeats_are_no_change(db: Database, people: Village, now: datetime) -> None:
    with db.session() as session:
        a_terminal(session, people.village_a, now, "ta")
    book = CredentialBook(db, FakeDoor())
    book.sync(now)
    with db.session() as session:
        session.execute(update(Terminal).values(last_seen_at=now, presence="online", conn=7))
    assert book.sync(now) is False


def test_a_broker_that_started_anew_is_told_everything_again(db: Database, people: Village, now: datetime) -> None:
    with db.session() as session:
        a_terminal(session, people.village_a, now, "ta")
    door = FakeDoor()
    book = CredentialBook(db, door)
    book.sync(now)
    book.forget()
    assert book.sync(now) is True and door.lists == [{"ta": "hash of ta"}] * 2


def test_a_door_that_could_not_be_told_is_told_the_next_time(db: Database, people: Village, now: datetime) -> None:
    class Stuck(FakeDoor):
        stuck = True

        def set_credentials(self, users: object) -> None:
            if self.stuck:
                raise BrokerError("broker_reload failed")
            super().set_credentials(users)  # type: ignore[arg-type]

    door = Stuck()
    book = CredentialBook(db, door)
    with pytest.raises(BrokerError):
        book.sync(now)
    door.stuck = False
    assert book.sync(now) is True and door.lists == [{}]
