"""Alive, silent, lost: births, wills and heartbeats tell, whatever order they come in."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from devices.models import Terminal
from devices.presence import counts, heard_anything, heard_report, heard_state, sweep_one
from tests.people import Village
from wire.messages import BadMessage, Report, State

SECOND = timedelta(seconds=1)


@pytest.fixture
def terminal(session: Session, village: Village, now: datetime) -> Terminal:
    made = Terminal(did="tlimin", area_id=village.village_a.id, name="村口", presence="never", conn=0, created_at=now)
    session.add(made)
    session.flush()
    return made


def test_born_lost_and_born_again(terminal: Terminal, now: datetime) -> None:
    heard_state(terminal, State("on", "boot-a", 1), now)
    assert (terminal.presence, terminal.last_seen_at) == ("online", now)
    heard_state(terminal, State("lost", "boot-a", 1), now + SECOND)
    assert (terminal.presence, terminal.last_seen_at) == ("lost", now), "a will is the broker's word, not the terminal's"
    heard_state(terminal, State("on", "boot-a", 2), now + 2 * SECOND)
    assert terminal.presence == "online"


def test_the_late_will_of_an_old_connection_is_not_believed(terminal: Terminal, now: datetime) -> None:
    heard_state(terminal, State("on", "boot-a", 4), now)
    heard_state(terminal, State("on", "boot-a", 5), now)
    heard_state(terminal, State("lost", "boot-a", 4), now)
    assert (terminal.presence, terminal.conn) == ("online", 5)
    heard_state(terminal, State("on", "boot-b", 6), now)
    heard_state(terminal, State("lost", "boot-a", 5), now)
    assert (terminal.presence, terminal.conn) == ("online", 6)


def test_an_older_birth_that_comes_late_changes_nothing(terminal: Terminal, now: datetime) -> None:
    heard_state(terminal, State("on", "boot-a", 5), now)
    heard_state(terminal, State("off", "boot-a", 5), now)
    heard_state(terminal, State("on", "boot-a", 4), now)
    assert (terminal.presence, terminal.conn) == ("off", 5)


def test_a_device_that_counts_from_one_at_each_start_is_believed_by_its_birth(terminal: Terminal, now: datetime) -> None:
    heard_state(terminal, State("on", "boot-a", 9), now)
    heard_state(terminal, State("on", "boot-b", 1), now)
    heard_state(terminal, State("lost", "boot-b", 1), now)
    assert (terminal.presence, terminal.boot, terminal.conn) == ("lost", "boot-b", 1)


def test_one_that_came_and_went_while_nobody_listened_is_gone(terminal: Terminal, now: datetime) -> None:
    heard_state(terminal, State("on", "boot-a", 3), now)
    heard_state(terminal, State("lost", "boot-b", 7), now + SECOND, retained=True)
    assert (terminal.presence, terminal.boot, terminal.conn) == ("lost", "boot-b", 7)
    heard_state(terminal, State("lost", "boot-a", 3), now + SECOND)
    assert terminal.conn == 7


def test_what_the_broker_kept_says_how_it_is_but_not_that_it_lives(terminal: Terminal, now: datetime) -> None:
    heard_state(terminal, State("on", "boot-a", 3), now)
    heard_state(terminal, State("on", "boot-a", 3), now + 60 * SECOND, retained=True)
    assert (terminal.presence, terminal.last_seen_at) == ("online", now)
    heard_state(terminal, State("lost", "boot-a", 3), now + 60 * SECOND, retained=True)
    heard_report(terminal, Report(model="HX-20"), now + 60 * SECOND, retained=True)
    assert (terminal.presence, terminal.last_seen_at, terminal.model) == ("lost", now, "HX-20")


@pytest.mark.parametrize("state", [State("asleep"), State("on", "b", -1), State("on", "b", 2**31), State("")])
def test_a_state_that_is_none_is_refused(terminal: Terminal, now: datetime, state: State) -> None:
    with pytest.raises(BadMessage, match="st, conn"):
        heard_state(terminal, state, now)
    assert terminal.presence == "never"


def test_any_word_is_a_sign_of_life_but_not_of_a_revoked_one(terminal: Terminal, now: datetime) -> None:
    terminal.presence = "lost"
    heard_anything(terminal, now)
    assert (terminal.presence, terminal.last_seen_at) == ("online", now)
    terminal.state, terminal.presence = "revoked", "off"
    heard_anything(terminal, now)
    assert terminal.presence == "off"


@pytest.mark.both_databases
def test_who_says_nothing_becomes_silent_and_then_lost(session: Session, village: Village, terminal: Terminal, now: datetime) -> None:
    heard_state(terminal, State("on", "boot-a", 1), now)
    session.flush()
    seen = []
    for seconds in (89, 91, 120, 599, 601, 700):
        changed = sweep_one(session, now + seconds * SECOND, 90, 600)
        session.refresh(terminal)
        seen.append((terminal.presence, changed))
    assert seen == [("online", False), ("silent", True), ("silent", False), ("silent", False), ("lost", True), ("lost", False)]
    heard_report(terminal, Report(), now + 701 * SECOND)
    assert terminal.presence == "online"


def test_nobody_is_silent_to_a_station_that_was_not_listening(session: Session, terminal: Terminal, now: datetime) -> None:
    heard_state(terminal, State("on", "boot-a", 1), now)
    session.flush()
    back = now + timedelta(hours=3)  # the station was off for three hours and has just come back
    assert sweep_one(session, back + 80 * SECOND, 90, 600, listening_since=back) is False
    assert sweep_one(session, back + 100 * SECOND, 90, 600, listening_since=back) is True
    session.refresh(terminal)
    assert terminal.presence == "silent"
    assert sweep_one(session, back + 590 * SECOND, 90, 600, listening_since=back) is False
    assert sweep_one(session, back + 610 * SECOND, 90, 600, listening_since=back) is True


def test_presences_are_counted_in_a_branch_and_revoked_ones_are_not(session: Session, village: Village, terminal: Terminal, now: datetime) -> None:
    for did, area, presence, state in (
        ("ta", village.village_a, "online", "active"), ("tb", village.village_b, "online", "active"), ("tc", village.village_b, "off", "revoked"),
        ("td", village.other_county, "online", "active"),
    ):  # fmt: skip
        session.add(Terminal(did=did, area_id=area.id, name=did, presence=presence, state=state, created_at=now))
    session.flush()
    assert counts(session, village.county) == {"never": 1, "online": 2}
    assert counts(session, village.village_b) == {"online": 1}
