"""The studio's door: what is spoken through it goes to the zone between its order and its end; strangers learn nothing; who leaves has spoken."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from broadcast.door import Door, Visitor
from broadcast.studio import NotOnAir, Studio
from broadcast.talk import RATE
from devices.keys import StationKeys
from station.database import Database
from station.models import AuditEntry
from tests.fakes import FakeBroker
from tests.people import Village
from wire.live import opened
from wire.messages import Command
from wire.signing import verify
from wire.topics import Topics

SECOND = bytes(2 * RATE)


@pytest.fixture
def door(tmp_path: Path, db: Database, line: FakeBroker, keys: StationKeys, topics: Topics, now: datetime) -> Iterator[Door]:
    made = Door(tmp_path, Studio(db, line, keys, topics, lambda: now))
    yield made
    made.close()


def commands(line: FakeBroker, keys: StationKeys, now: datetime, zid: str) -> list[Command]:
    known = {keys.programme.kid: keys.programme.public(("programme",))}
    found = [verify(each.payload, known, typ="cmd", auds={zid}, now_s=now.timestamp()) for each in line.said if each.topic.endswith("/cmd")]
    return [Command.from_json(each.payload) for each in found]


def test_what_is_spoken_through_the_door_goes_to_the_zone_between_its_order_and_its_end(
    tmp_path: Path, door: Door, people: Village, line: FakeBroker, keys: StationKeys, now: datetime, db: Database
) -> None:  # fmt: skip
    visitor = Visitor(tmp_path, people.operator.id, people.village_a.id, "防汛", 60, with_chime=False)
    assert visitor.wait_for_the_word() and visitor.speak(SECOND)
    told = visitor.end()
    visitor.close()
    assert (told["frames"], told["why"], told["ended"], told["talk"]) == (50, "he has spoken", "spoken", visitor.talk["talk"])
    (zid,) = visitor.talk["zones"]
    start, stop = commands(line, keys, now, zid)
    assert (start.op, start.args["level"], start.args["title"], stop.op, stop.args["last"]) == ("live.start", "village", "防汛", "live.stop", 50)
    sound = [opened(each.payload, start.args["x"]) for each in line.said if each.topic.endswith("/live")]
    assert {n for each in sound for n, _ in each.numbered} == set(range(50))
    assert line.said[0].topic.endswith("/cmd") and line.said[-1].topic.endswith("/cmd") and all(each.qos == 0 for each in line.said if each.topic.endswith("/live"))
    with db.reading() as session:
        assert [each.act for each in session.scalars(select(AuditEntry).where(AuditEntry.subject == "talk"))] == ["speak", "spoke"]


def test_a_speaker_who_is_gone_without_a_farewell_has_lost_the_line(tmp_path: Path, door: Door, people: Village, db: Database) -> None:
    visitor = Visitor(tmp_path, people.operator.id, people.village_a.id, with_chime=False)
    assert visitor.wait_for_the_word() and visitor.speak(SECOND)
    waiting = Visitor(tmp_path, people.admin.id, people.village_a.id, wait=True)
    assert waiting.talk["waits"] == people.operator.name
    visitor.close()
    assert "turn" in waiting.hear()
    waiting.close()
    with db.reading() as session:
        spoke = session.scalars(select(AuditEntry).where(AuditEntry.act == "spoke")).one()
    assert spoke.detail["why"] == "the line to the speaker was lost"


def test_who_speaks_hears_who_waits_and_hands_over(tmp_path: Path, door: Door, people: Village) -> None:
    first = Visitor(tmp_path, people.operator.id, people.village_a.id, with_chime=False)
    assert first.wait_for_the_word() and first.speak(SECOND)
    second = Visitor(tmp_path, people.admin.id, people.village_a.id, wait=True)
    assert first.say(do="hand over")
    while first.speak(SECOND):
        pass
    told = first.end()
    assert (told["ended"], told["by"]) == ("handed over", people.admin.name)
    assert "turn" in second.hear()
    third = Visitor(tmp_path, people.admin.id, people.village_a.id, with_chime=False)
    assert third.wait_for_the_word() and third.end()["ended"] == "spoken"
    for each in (first, second, third):
        each.close()


def test_a_stranger_at_the_door_learns_nothing(tmp_path: Path, door: Door, people: Village, line: FakeBroker) -> None:
    (tmp_path / "studio").write_text((tmp_path / "studio").read_text().replace('"word": "', '"word": "x'))
    with pytest.raises(NotOnAir, match="not that of this station"):
        Visitor(tmp_path, people.operator.id, people.village_a.id)
    assert line.said == []


def test_without_a_station_nobody_speaks_and_it_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotOnAir, match="no station"):
        Visitor(tmp_path, 1, 1)
