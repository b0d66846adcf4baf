"""Who may speaks, one at a time for a place; who waits comes next; who speaks from above breaks in; a stop anywhere above ends it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest

from broadcast.howling import Guard
from broadcast.stopping import stop_area
from broadcast.studio import NotOnAir, Studio, Talk
from broadcast.talk import FRAME_BYTES
from devices.keys import StationKeys
from station.database import Database
from station.models import Area, Person
from station.people import Limits, NotAllowed, grant
from tests.fakes import FakeBroker
from tests.people import Village
from wire.topics import Topics

FRAME = bytes(FRAME_BYTES)


@pytest.fixture
def studio(db: Database, line: FakeBroker, keys: StationKeys, topics: Topics, now: datetime, monkeypatch: pytest.MonkeyPatch) -> Studio:
    monkeypatch.setattr("broadcast.studio.LOOK_S", 0.0)
    return Studio(db, line, keys, topics, lambda: now)


def spoken(studio: Studio, talk: Talk, *, meanwhile: Callable[[], object] = lambda: None) -> tuple[int, str, list[dict[str, Any]]]:
    """Something happens after the first frame; at most a hundred more are spoken. How many went out, why it ended, what the speaker was told."""
    told: list[dict[str, Any]] = []
    talk.tell = told.append

    def sound() -> Iterator[bytes]:
        yield FRAME
        meanwhile()
        for _ in range(100):
            yield FRAME

    frames, why = studio.speak(talk, sound())
    return frames, why, told


def test_who_has_no_say_there_does_not_speak(studio: Studio, people: Village, line: FakeBroker) -> None:
    for person in (people.stranger, people.reviewer):
        with pytest.raises(NotAllowed):
            studio.begin(person.id, people.village_a.id)
    assert line.said == []


def test_a_right_may_be_for_everything_but_live_talk(studio: Studio, people: Village, db: Database) -> None:
    for kinds, may in ((["notice", "programme"], False), (["live"], True)):
        with db.session() as session:
            grant(session, session.get_one(Person, people.operator.id), session.get_one(Area, people.county.id), "operator", Limits.read(kinds))
        if may:
            assert studio.begin(people.operator.id, people.village_a.id)
        else:
            with pytest.raises(NotAllowed, match="for programme, notice only"):
                studio.begin(people.operator.id, people.village_a.id)


def test_one_speaks_at_a_time_and_the_next_after_him(studio: Studio, people: Village) -> None:
    first = studio.begin(people.operator.id, people.village_a.id)
    with pytest.raises(NotOnAir, match="is speaking") as refused:
        studio.begin(people.admin.id, people.village_a.id)
    assert refused.value.facts["busy"] == people.operator.name
    studio.end(first, 0, "spoken")
    assert studio.begin(people.admin.id, people.village_a.id)


def test_who_waits_is_named_to_who_speaks_and_comes_before_others(studio: Studio, people: Village) -> None:
    first = studio.begin(people.operator.id, people.village_a.id)
    waiting = studio.wait(people.admin.id, people.village_a.id)
    assert studio.standing(waiting)["waits"] == people.operator.name
    frames, why, told = spoken(studio, first, meanwhile=lambda: studio.hand_over(first))
    assert (why, first.by) == ("handed over", people.admin.name) and frames < 10
    assert {"waiting": [people.admin.name]} in told
    with pytest.raises(NotOnAir, match="comes first"):
        studio.begin(people.operator.id, people.village_a.id)
    assert "turn" in studio.standing(waiting)
    second = studio.begin(people.admin.id, people.village_a.id)
    assert studio.standing(waiting) == {"passed": True}
    studio.end(second, 0, "spoken")


def test_a_turn_that_is_not_taken_passes(studio: Studio, people: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = studio.wait(people.admin.id, people.village_a.id)
    after = studio.wait(people.operator.id, people.village_a.id)
    assert "turn" in studio.standing(waiting) and studio.standing(after)["waits"] == people.admin.name
    monkeypatch.setattr("broadcast.studio.monotonic_s", lambda: float("inf"))
    assert studio.standing(waiting) == {"passed": True}
    assert "turn" in studio.standing(after)


def test_nobody_waits_and_handing_over_changes_nothing(studio: Studio, people: Village) -> None:
    talk = studio.begin(people.operator.id, people.village_a.id)
    assert spoken(studio, talk, meanwhile=lambda: studio.hand_over(talk))[:2] == (101, "spoken")


def test_who_speaks_to_a_place_above_breaks_in_and_the_one_below_is_told(studio: Studio, people: Village) -> None:
    below = studio.begin(people.operator.id, people.village_a.id)
    elsewhere = studio.begin(people.operator.id, people.village_b.id)
    above: list[Talk] = []

    def break_in() -> None:
        above.append(studio.begin(people.admin.id, people.county.id))

    frames, why, told = spoken(studio, below, meanwhile=break_in)
    assert (frames, why) == (101, "spoken"), "his talk lasts: what is above may end before it"
    assert told == [{"under": {"speaker": people.admin.name, "place": people.county.name}}]
    with pytest.raises(NotOnAir, match=people.county.name):
        studio.begin(people.operator.id, people.village_a.id)
    over: list[dict[str, Any]] = []
    over = spoken(studio, elsewhere, meanwhile=lambda: studio.end(above[0], 0, "spoken"))[2]
    assert over[0]["under"] is not None and over[-1] == {"under": None}


def test_without_a_line_nobody_speaks_and_it_is_said(studio: Studio, people: Village, line: FakeBroker) -> None:
    line.connected = False
    with pytest.raises(NotOnAir, match="cut"):
        studio.begin(people.operator.id, people.village_a.id)


@pytest.mark.parametrize("where", ["village_a", "county"])
def test_a_place_that_is_stopped_or_one_above_it_ends_the_talk(studio: Studio, people: Village, now: datetime, db: Database, where: str) -> None:
    talk = studio.begin(people.operator.id, people.village_a.id)

    def stop() -> None:
        with db.session() as session:
            stop_area(session, session.get_one(Person, people.admin.id), session.get_one(Area, getattr(people, where).id), now)

    frames, why, _ = spoken(studio, talk, meanwhile=stop)
    assert (frames, why, talk.by) == (1, "stopped", people.admin.name)


def test_another_village_that_is_stopped_does_not_end_it(studio: Studio, people: Village, now: datetime, db: Database) -> None:
    talk = studio.begin(people.operator.id, people.village_a.id)

    def stop() -> None:
        with db.session() as session:
            stop_area(session, session.get_one(Person, people.admin.id), session.get_one(Area, people.village_b.id), now)

    assert spoken(studio, talk, meanwhile=stop)[1] == "spoken"


def test_a_howl_is_told_and_then_ends_the_talk(studio: Studio, people: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    says = iter(["", "quieter", "", "stop"])
    monkeypatch.setattr(Guard, "hear", lambda self, pcm: (pcm, next(says)))
    talk, told = studio.begin(people.operator.id, people.village_a.id), []
    talk.tell = told.append
    assert studio.speak(talk, iter([FRAME] * 10), guarded=True) == (3, "howling")
    assert told == [{"howls": True}]
