"""Heads of villages are told to their neighbours, metered lines to their terminals."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from devices import enrol, presence
from devices.want import SELFTEST, is_near, want_of
from station.models import AuditEntry
from tests.broadcast.builders import a_terminal
from tests.people import Village
from wire.messages import Report

BASE = ("http://station/", "mqtt:")
HEAD = "http://192.168.1.5:8700/"


def test_neighbours_learn_where_the_head_is_and_when_it_moves(session: Session, village: Village, now: datetime) -> None:
    head, near, far = (a_terminal(session, area, now) for area in (village.village_a, village.village_a, village.village_b))
    enrol.change(session, person=village.operator, terminal=head, now=now, head=True)
    assert want_of(session, head, BASE).head and want_of(session, near, BASE).lan == ()
    before = near.want_rev, far.want_rev
    presence.heard_report(head, Report(serves=HEAD), now)
    session.flush()
    session.expire_all()
    assert want_of(session, near, BASE).lan == (HEAD,)
    assert want_of(session, head, BASE).lan == () and want_of(session, far, BASE).lan == ()
    assert (near.want_rev, far.want_rev) == (before[0] + 1, before[1])
    presence.heard_report(head, Report(serves=HEAD), now)
    session.flush()
    session.expire_all()
    assert near.want_rev == before[0] + 1, "the same again is no news"
    enrol.change(session, person=village.operator, terminal=head, now=now, head=False)
    session.flush()
    session.expire_all()
    assert want_of(session, near, BASE).lan == () and near.want_rev == before[0] + 2


def test_who_is_no_head_sends_nobody_anywhere(session: Session, village: Village, now: datetime) -> None:
    liar, near = a_terminal(session, village.village_a, now), a_terminal(session, village.village_a, now)
    presence.heard_report(liar, Report(serves=HEAD), now)
    assert want_of(session, near, BASE).lan == ()


@pytest.mark.parametrize("address", ["", "http://8.8.8.8/", "http://evil.example/", "https://192.168.1.5/", "http://192.168.1.5:8700/" + "x" * 100, "http://[::/"])
def test_addresses_that_are_not_near_are_not_told(address: str) -> None:
    assert not is_near(address)


def test_a_terminal_is_metered_by_itself_or_by_its_place(session: Session, village: Village, now: datetime) -> None:
    one, other = a_terminal(session, village.village_a, now), a_terminal(session, village.village_b, now)
    enrol.change(session, person=village.operator, terminal=one, now=now, metered=True)
    assert want_of(session, one, BASE).metered and not want_of(session, other, BASE).metered
    rev = other.want_rev
    enrol.set_metered(session, person=village.admin, area=village.county, metered=True, now=now)
    session.flush()
    session.expire_all()
    assert want_of(session, other, BASE).metered and other.want_rev == rev + 1
    assert session.scalars(select(AuditEntry.act).order_by(AuditEntry.id.desc()).limit(1)).one() == "metered"
    assert want_of(session, other, BASE).selftest == SELFTEST
