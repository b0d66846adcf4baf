"""A command is written down for one terminal, by one entitled, for minutes and no longer."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcast.commands import TTL_MAX_S, BadCommand, send_command, update_some
from broadcast.models import OutCommand
from devices.models import Release
from station.models import AuditEntry
from station.people import NotAllowed
from tests.broadcast.builders import a_terminal
from tests.people import Village


def test_it_waits_to_be_sent_and_is_in_the_audit(session: Session, village: Village, now: datetime) -> None:
    terminal = a_terminal(session, village.village_a, now)
    command = send_command(session, person=village.operator, terminal=terminal, op="volume", args={"volume": 0}, now=now)
    found = session.scalars(select(OutCommand)).one()
    assert (found.aud, found.to_zone, found.op, found.args, found.sent_at) == (terminal.did, False, "volume", {"volume": 0}, None)
    assert found.expires_at == now + timedelta(seconds=120)
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.act, entry.subject_id, entry.person_id) == ("volume", str(terminal.id), village.operator.id)
    assert command.id != send_command(session, person=village.operator, terminal=terminal, op="chime", now=now).id


@pytest.mark.parametrize(
    "what",
    [
        {"op": "explode"}, {"op": ""}, {"op": "volume"}, {"op": "volume", "args": {"volume": 101}}, {"op": "volume", "args": {"volume": True}},
        {"op": "volume", "args": {"volume": float("nan")}}, {"op": "chime", "ttl_s": TTL_MAX_S + 1}, {"op": "chime", "ttl_s": 0},
    ],
)  # fmt: skip
def test_what_is_no_command_is_refused_before_it_is_written(session: Session, village: Village, now: datetime, what: dict[str, Any]) -> None:
    terminal = a_terminal(session, village.village_a, now)
    with pytest.raises(BadCommand):
        send_command(session, person=village.operator, terminal=terminal, now=now, **what)
    assert session.scalars(select(OutCommand)).all() == []


@pytest.mark.parametrize("who", ["stranger", "reviewer"])
def test_who_has_no_say_over_the_terminal_commands_nothing(session: Session, village: Village, now: datetime, who: str) -> None:
    terminal = a_terminal(session, village.village_a, now)
    with pytest.raises(NotAllowed):
        send_command(session, person=getattr(village, who), terminal=terminal, op="chime", now=now)


def test_a_revoked_terminal_is_sent_nothing(session: Session, village: Village, now: datetime) -> None:
    terminal = a_terminal(session, village.village_a, now, state="revoked")
    with pytest.raises(BadCommand, match="revoked"):
        send_command(session, person=village.operator, terminal=terminal, op="chime", now=now)


def test_an_update_goes_to_a_share_of_a_branch_always_the_same_first_ones(session: Session, village: Village, now: datetime) -> None:
    session.add(Release(version="2.0", sha256="a" * 64, bytes=3, signed="signed word", created_at=now))
    terminals = [a_terminal(session, village.village_a, now, f"t{number}") for number in range(60)]
    terminals[0].reported = {"version": "2.0"}
    order = {"person": village.operator, "area": village.county, "version": "2.0", "now": now}
    some = {each.aud for each in update_some(session, percent=30, **order)}  # type: ignore[arg-type]
    more = {each.aud for each in update_some(session, percent=70, **order)}  # type: ignore[arg-type]
    everybody = {each.aud for each in update_some(session, percent=100, **order)}  # type: ignore[arg-type]
    assert 5 <= len(some) < len(more) < len(everybody) and some < more < everybody
    assert everybody == {each.did for each in terminals[1:]}
    with pytest.raises(BadCommand, match="no such version"):
        update_some(session, person=village.operator, area=village.county, version="3.0", percent=100, now=now)
    with pytest.raises(NotAllowed):
        update_some(session, person=village.stranger, area=village.county, version="2.0", percent=100, now=now)
