"""A new want for a county waits its turn; one for a village does not."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from devices.models import Terminal
from devices.wanted import AT_ONCE, new_wants
from tests.people import Village


@pytest.mark.parametrize(("many", "sent"), [(AT_ONCE, 1), (AT_ONCE + 1, 0)])
def test_many_are_told_at_the_pace_of_those_that_are_told_again(session: Session, village: Village, now: datetime, many: int, sent: int) -> None:
    place = village.village_a.id
    hanging = {"area_id": place, "name": "x", "created_at": now, "want_rev": 1, "want_sent_rev": 1}
    session.add_all([Terminal(did=f"t{number}", **hanging) for number in range(many)])
    session.add(Terminal(did="gone", state="revoked", **hanging))
    session.flush()
    one = session.query(Terminal).filter_by(did="t0").one()
    assert new_wants(session, Terminal.area_id == place) == many
    assert (one.want_rev, one.want_sent_rev) == (2, sent)
    one.want_rev += 1
    session.flush()
    session.expire_all()
    rows = {each.did: (each.want_rev, each.want_sent_rev) for each in session.query(Terminal)}
    assert rows.pop("gone") == (1, 1) and rows.pop("t0") == (3, sent) and set(rows.values()) == {(2, sent)}
