"""A warning that came in becomes an emergency, and ends it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from articles.alerts.receive import accept, add_source, receive
from articles.models import AlertSource, ReceivedAlert
from broadcast.airing import air_one, spoken
from broadcast.alarm import Alarm
from broadcast.emergency import TEXT_MOST
from broadcast.models import AlertEmergency, Emergency, ZoneAlert
from broadcast.sounding import sirens
from devices.keys import StationKeys
from station.database import Database
from station.files import Files
from station.models import Area
from tests.articles.alerts.builders import NOON, SPEAKERS, area, cap, info, ref
from tests.broadcast.builders import a_terminal
from tests.broadcast.test_emergency import read
from tests.broadcast.test_emergency import spoken as voices_speak
from tests.fakes import FakeBroker
from tests.people import Village
from wire.topics import Topics

pytestmark = pytest.mark.both_databases

LATER = "2026-11-24T11:55:00+08:00"


class Desk:
    """A station that hears one source for the county."""

    def __init__(self, db: Database, files: Files, people: Village) -> None:
        self.db, self.files, self.people = db, files, people
        with db.session() as session:
            for place, code in ((people.county, "330102000000"), (people.town, "330102001000"), (people.village_a, "330102001201"), (people.village_b, "330102001202")):
                session.get_one(Area, place.id).code = code
            self.source = add_source(session, session.merge(people.admin), session.get_one(Area, people.county.id), name="气象台", url="", trust={"level": "county"}, now=NOON)[0].id

    def take(self, *texts: str, now: datetime = NOON) -> None:
        for text in texts:
            with self.db.session() as session:
                receive(session, self.files, session.get_one(AlertSource, self.source), text.encode(), SPEAKERS, now)

    def air(self, now: datetime = NOON) -> list[tuple[str, str, str]]:
        """Everything that is to be aired is; the emergencies by title, state and how they ended."""
        turns = 0
        while air_one(self.db, now):
            turns += 1
            assert turns < 20, "the step never ends"
        with self.db.reading() as session:
            return [(row.title, row.state, row.how) for row in session.scalars(select(Emergency).order_by(Emergency.id))]


@pytest.fixture
def desk(db: Database, files: Files, people: Village) -> Desk:
    return Desk(db, files, people)


def test_a_warning_becomes_an_emergency_in_its_places_once(desk: Desk) -> None:
    desk.take(cap(info()))
    assert desk.air() == [("河水正在上涨", "live", "")] and desk.air() == [("河水正在上涨", "live", "")]
    with desk.db.reading() as session:
        row = session.scalars(select(Emergency)).one()
        assert (row.level, row.source, row.origin, row.drill) == ("orange", "county", "气象台", False)
        assert [each.id for each in row.areas] == [desk.people.village_a.id] and row.texts == {"zh-Hans": "河水正在上涨。请沿河住户立即到高处去。"}
        assert row.until == datetime.fromisoformat("2026-11-24T20:00:00+08:00")
        assert [zone.area_id for zone in session.scalars(select(ZoneAlert))] == [desk.people.village_a.id]
        assert session.scalars(select(ReceivedAlert)).one().played_at == NOON


def test_the_uppermost_place_stands_for_all_below_it(desk: Desk) -> None:
    desk.take(cap(info(where=area(code="330102000000"))))
    desk.air()
    with desk.db.reading() as session:
        assert [each.id for each in session.scalars(select(Emergency)).one().areas] == [desk.people.county.id]


def test_each_part_is_said_in_its_own_places(desk: Desk) -> None:
    desk.take(cap(info(text="停电。", headline="电", where=area(code="330102001201")), info(text="停水。", headline="水", severity="Minor", where=area(code="330102001202"))))
    desk.air()
    with desk.db.reading() as session:
        found = {row.title: (row.level, [each.name for each in row.areas]) for row in session.scalars(select(Emergency))}
    assert found == {"电": ("orange", ["上坪村"]), "水": ("blue", ["下涌村"])}


def test_what_begins_later_is_said_then_and_not_before(desk: Desk) -> None:
    desk.take(cap(info(onset="2026-11-24T18:00:00+08:00")))
    assert desk.air() == [] and desk.air(NOON + timedelta(hours=5, minutes=59)) == []
    assert [state for _title, state, _how in desk.air(NOON + timedelta(hours=6))] == ["live"]


def test_a_drill_is_ordered_as_a_drill(desk: Desk) -> None:
    desk.take(cap(info(), status="Exercise"))
    desk.air()
    with desk.db.reading() as session:
        assert session.scalars(select(Emergency)).one().drill


@pytest.mark.parametrize(("message", "wanted"), (
    (cap(name="C", kind="Cancel", sent=LATER, refs=ref()), [("河水正在上涨", "ended", "cancelled")]),
    (cap(info(headline="更大的水"), name="U", kind="Update", sent=LATER, refs=ref()), [("河水正在上涨", "ended", "cancelled"), ("更大的水", "live", "")]),
    (cap(info(urgency="Past", headline="水退了", text=""), name="Z", kind="Update", sent=LATER, refs=ref()), [("河水正在上涨", "ended", "all_clear"), ("水退了", "live", "")]),
))  # fmt: skip
def test_a_later_message_ends_it(desk: Desk, message: str, wanted: list[tuple[str, str, str]]) -> None:
    desk.take(cap(info()))
    desk.air()
    desk.take(message)
    assert desk.air() == wanted


def test_what_was_cancelled_before_it_could_be_said_is_never_said(desk: Desk) -> None:
    desk.take(cap(info()), cap(name="C", kind="Cancel", sent=LATER, refs=ref()))
    assert desk.air() == []


def test_what_is_over_before_it_could_be_said_is_not_said_and_no_longer_counts_as_waiting(desk: Desk) -> None:
    desk.take(cap(info()))
    assert desk.air(NOON + timedelta(days=1)) == []
    with desk.db.reading() as session:
        row = session.scalars(select(ReceivedAlert)).one()
        assert (row.state, row.how) == ("ended", "expired")


def test_what_a_person_accepts_is_said_too(desk: Desk) -> None:
    desk.take(cap(info(severity="Unknown")))
    assert desk.air() == []
    with desk.db.session() as session:
        accept(session, session.scalars(select(ReceivedAlert)).one(), session.merge(desk.people.operator), NOON, level="red")
    assert [state for _title, state, _how in desk.air()] == ["live"]


def test_what_cannot_be_ordered_waits_for_a_person_with_the_reason(desk: Desk) -> None:
    for number in range(40):
        desk.take(cap(info(), name=f"N{number}"))
    with desk.db.session() as session:  # the source may play more than a terminal takes
        for row in session.scalars(select(ReceivedAlert).where(ReceivedAlert.state == "inbox")):
            accept(session, row, session.merge(desk.people.operator), NOON)
    turns = 0
    while air_one(desk.db, NOON):
        turns += 1
        assert turns < 100
    with desk.db.reading() as session:
        refused = session.scalars(select(ReceivedAlert).where(ReceivedAlert.state == "inbox")).all()
        live = session.scalars(select(AlertEmergency)).all()
    assert refused and len(refused) + len(live) == 40 and all("live emergencies" in row.why for row in refused)


def test_a_long_text_is_said_to_the_last_sentence_that_fits() -> None:
    long = "河水正在上涨。" * 200
    said = spoken("洪水", long)
    assert len(said) <= TEXT_MOST and said.startswith("洪水。河水") and said.endswith("上涨。")
    assert len(spoken("", "x" * 2000)) == TEXT_MOST and spoken("A.", "A. b") == "A. b" and spoken("Flood", "Go up.") == "Flood. Go up."


def test_a_warning_is_on_the_line_as_a_set_that_a_terminal_believes(
    desk: Desk, line: FakeBroker, keys: StationKeys, topics: Topics, files: Files
) -> None:
    alarm = Alarm(desk.db, line, keys, topics, ("http://station:8080",), sirens(files), ack_s=0.0)
    with desk.db.session() as session:
        a_terminal(session, session.get_one(Area, desk.people.village_a.id), NOON, "t-a")
    desk.take(cap(info(severity="Extreme")))
    assert air_one(desk.db, NOON) and alarm.sound_one(NOON)
    (said,) = line.take()
    first = read(said, keys, NOON).emergencies[0]
    assert (first.level, first.source, first.lang) == ("red", "county", "zh-Hans") and first.text == "河水正在上涨。请沿河住户立即到高处去。"
    assert [sound.name for sound in first.sounds] == ["siren-red"]
    assert voices_speak(desk.db, NOON) == 1 and alarm.sound_one(NOON + timedelta(seconds=1))
    assert [sound.name for sound in read(line.take()[0], keys, NOON).emergencies[0].sounds] == ["siren-red", "speech"]
    desk.take(cap(name="C", kind="Cancel", sent=LATER, refs=ref()), now=NOON + timedelta(seconds=2))
    assert air_one(desk.db, NOON + timedelta(seconds=2)) and alarm.sound_one(NOON + timedelta(seconds=2))
    assert read(line.take()[0], keys, NOON + timedelta(seconds=2)).emergencies == ()
