"""Who may speaks, one at a time for a place; the order goes first, the sound behind it, the end last; and all of it is in the audit log."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from broadcast.studio import Door, NotOnAir, Studio, Visitor
from broadcast.talk import FRAME_BYTES, RATE
from devices.keys import StationKeys
from station.database import Database
from station.models import AuditEntry
from station.people import NotAllowed
from tests.fakes import FakeBroker
from tests.people import Village
from wire.live import opened
from wire.messages import Command
from wire.signing import verify
from wire.topics import Topics

SECOND = bytes(2 * RATE)


@pytest.fixture
def studio(db: Database, line: FakeBroker, keys: StationKeys, topics: Topics, now: datetime) -> Studio:
    return Studio(db, line, keys, topics, lambda: now)


@pytest.fixture
def door(tmp_path: Path, studio: Studio) -> Iterator[Door]:
    made = Door(tmp_path, studio)
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
    assert visitor.hear() == {"speak": True} and visitor.speak(SECOND)
    told = visitor.end()
    visitor.close()
    assert (told["frames"], told["why"], told["talk"]) == (50, "he has spoken", visitor.talk["talk"])
    (zid,) = visitor.talk["zones"]
    start, stop = commands(line, keys, now, zid)
    assert (start.op, start.args["level"], start.args["title"], stop.op, stop.args["last"]) == ("live.start", "village", "防汛", "live.stop", 50)
    sound = [opened(each.payload, start.args["x"]) for each in line.said if each.topic.endswith("/live")]
    assert {n for each in sound for n, _ in each.numbered} == set(range(50))
    assert line.said[0].topic.endswith("/cmd") and line.said[-1].topic.endswith("/cmd") and all(each.qos == 0 for each in line.said if each.topic.endswith("/live"))
    with db.reading() as session:
        assert [each.act for each in session.scalars(select(AuditEntry).where(AuditEntry.subject == "talk"))] == ["speak", "spoke"]


def test_who_has_no_say_there_does_not_speak(studio: Studio, people: Village, line: FakeBroker) -> None:
    for person in (people.stranger, people.reviewer):
        with pytest.raises(NotAllowed):
            studio.begin(person.id, people.village_a.id)
    assert line.said == []


def test_one_speaks_at_a_time_and_the_next_after_him(studio: Studio, people: Village) -> None:
    first = studio.begin(people.operator.id, people.village_a.id)
    with pytest.raises(NotOnAir, match="is speaking"):
        studio.begin(people.admin.id, people.village_a.id)
    studio.end(first, 0, "he has spoken")
    assert studio.begin(people.admin.id, people.village_a.id)


def test_a_stranger_at_the_door_learns_nothing(tmp_path: Path, door: Door, people: Village, line: FakeBroker) -> None:
    (tmp_path / "studio").write_text((tmp_path / "studio").read_text().replace('"word": "', '"word": "x'))
    with pytest.raises(NotOnAir, match="not that of this station"):
        Visitor(tmp_path, people.operator.id, people.village_a.id)
    assert line.said == []


def test_without_a_line_or_a_station_nobody_speaks_and_it_is_said(tmp_path: Path, studio: Studio, people: Village, line: FakeBroker) -> None:
    with pytest.raises(NotOnAir, match="no station"):
        Visitor(tmp_path, 1, 1)
    line.connected = False
    with pytest.raises(NotOnAir, match="cut"):
        studio.begin(people.operator.id, people.village_a.id)


def test_a_place_that_is_stopped_ends_the_talk(studio: Studio, people: Village, now: datetime, db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    from broadcast.stopping import stop_area
    from station.models import Area, Person

    monkeypatch.setattr("broadcast.studio.LOOK_S", 0.0)
    talk = studio.begin(people.operator.id, people.village_a.id)

    def sound() -> Iterator[bytes]:
        yield bytes(FRAME_BYTES)
        with db.session() as session:
            stop_area(session, session.get_one(Person, people.operator.id), session.get_one(Area, people.village_a.id), now)
        for _ in range(100):
            yield bytes(FRAME_BYTES)

    frames, why = studio.speak(talk, sound())
    assert (frames, why) == (1, "stopped by the operator")
