"""An emergency from the button to the line: who may, who must agree, what is said, and that it ends."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from broadcast.alarm import RENEW, Alarm
from broadcast.commands import send_command
from broadcast.emergency import (
    PHRASES_MOST,
    BadEmergency,
    Order,
    all_clear,
    cancel,
    order,
    phrases_for,
    release,
    remove_phrase,
    reword,
    save_phrase,
    stop_mine,
)  # fmt: skip
from broadcast.emergency_report import report
from broadcast.inbox import Inbox
from broadcast.models import Emergency, EmergencyPhrase, OutCommand, Receipt, ZoneAlert
from broadcast.phrases import PhrasePlanner
from broadcast.publish import Publisher
from broadcast.sounding import sirens
from broadcast.stopping import stop_area
from devices.keys import StationKeys, add_branch, revoke
from devices.models import Terminal
from station.clock import from_ms, to_ms
from station.database import Database
from station.files import Files
from station.models import AuditEntry, Person
from station.people import NotAllowed
from tests.broadcast.builders import a_programme, a_terminal, sha
from tests.fakes import FakeBroker, Said
from tests.people import Village
from tts.models import Speech
from wire.alert import believe
from wire.messages import Alert, Command, Keys, Plan, Receipts, Request
from wire.messages import Receipt as Told
from wire.signing import verify
from wire.topics import Topics

pytestmark = pytest.mark.both_databases

SECOND = timedelta(seconds=1)
TEXT = {"zh": "水库泄洪，请马上往高处走。"}


@pytest.fixture
def alarm(db: Database, line: FakeBroker, keys: StationKeys, topics: Topics, files: Files) -> Alarm:
    return Alarm(db, line, keys, topics, ("http://station:8080",), sirens(files), ack_s=0.0)


@pytest.fixture
def box(db: Database, people: Village, now: datetime) -> Terminal:
    with db.session() as session:
        return a_terminal(session, people.village_a, now, "t-a")


def spoken(db: Database, now: datetime, *, fails: bool = False) -> int:
    """The voices have spoken everything that was wanted."""
    with db.session() as session:
        rows = session.scalars(select(Speech).where(Speech.state == "wanted")).all()
        for row in rows:
            row.state, row.ready_at, row.error = ("failed", None, "no voice") if fails else ("ready", now, "")
            row.audio_sha256, row.audio_bytes, row.ms, row.skip = sha(f"{row.dialect} {row.text}"), 2000, 3000, 1105
        return len(rows)


def read(said: Said, keys: StationKeys, now: datetime, *above: str) -> Alert:
    """A set as a terminal believes it that follows these zones."""
    root = {keys.root.kid: keys.root_key}
    there = Keys.from_json(verify(keys.key_set(now), root, typ="keys", auds={"xy"}, now_s=now.timestamp(), use="root").payload)
    zid = said.topic.split("/")[3]
    found = believe(said.payload, {key.kid: key for key in there.keys}, zid=zid, zones=(*above, zid), now_s=now.timestamp(), held=0)
    assert found is not None and said.retain and said.qos == 1
    return found.alert


def ordered(db: Database, person: Person | None, place: object, now: datetime, **what: object) -> int:
    with db.session() as session:
        row = order(session, [session.merge(place)], Order(**{"texts": TEXT, **what}), now, person=person)  # type: ignore[arg-type, list-item]
        return row.id


def test_the_siren_is_out_at_once_and_the_speech_follows_when_it_is_there(
    db: Database, people: Village, alarm: Alarm, line: FakeBroker, keys: StationKeys, box: Terminal, now: datetime
) -> None:
    number = ordered(db, people.operator, people.village_a, now)
    assert alarm.sound_one(now)
    (said,) = line.take()
    first = read(said, keys, now).emergencies[0]
    assert [sound.name for sound in first.sounds] == ["siren-red"] and first.text == TEXT["zh"] and not first.drill
    assert not alarm.sound_one(now + SECOND), "nothing is said twice"
    assert spoken(db, now + SECOND) == 1
    assert alarm.sound_one(now + 2 * SECOND)
    second = read(line.take()[0], keys, now).emergencies[0]
    assert [sound.name for sound in second.sounds] == ["siren-red", "speech"] and second.wording > first.wording
    assert first.repeats > second.repeats == 3, "the siren goes on until the words are there"
    with db.session() as session:
        cancel(session, session.get_one(Emergency, number), people.operator, now + 3 * SECOND)
    assert alarm.sound_one(now + 3 * SECOND)
    assert read(line.take()[0], keys, now).emergencies == ()
    assert not alarm.sound_one(now + 4 * SECOND)


def test_each_zone_hears_its_own_dialect_and_another_where_none_can_speak_it(
    db: Database, people: Village, alarm: Alarm, line: FakeBroker, keys: StationKeys, now: datetime
) -> None:
    with db.session() as session:
        for n, dialect in enumerate(("cmn", "yue", "bo")):
            a_terminal(session, people.village_a, now, f"t{n}", dialect=dialect)
    ordered(db, people.operator, people.village_a, now)
    spoken(db, now)
    alarm.sound_one(now)
    sets = {said.topic.split("/")[3].split("_")[1]: read(said, keys, now) for said in line.take()}
    assert {code: each.emergencies[0].sounds[-1].lang for code, each in sets.items()} == {"cmn": "cmn", "yue": "yue", "bo": "cmn"}


def test_when_no_voice_can_speak_it_the_siren_and_the_words_on_the_screen_remain(
    db: Database, people: Village, alarm: Alarm, line: FakeBroker, keys: StationKeys, box: Terminal, now: datetime
) -> None:
    ordered(db, people.operator, people.village_a, now)
    alarm.sound_one(now)
    spoken(db, now, fails=True)
    alarm.sound_one(now + SECOND)
    last = read(line.take()[-1], keys, now).emergencies[0]
    assert [sound.name for sound in last.sounds] == ["siren-red"] and last.text and last.repeats == 3


def test_a_second_person_releases_what_a_county_hears(db: Database, people: Village, alarm: Alarm, line: FakeBroker, keys: StationKeys, now: datetime) -> None:
    number = ordered(db, people.operator, people.county, now)
    assert not alarm.sound_one(now), "nothing is heard before somebody else agrees"
    with db.session() as session:
        row = session.get_one(Emergency, number)
        for wrong in (people.operator, people.reviewer, people.stranger):
            with pytest.raises(NotAllowed):
                release(session, row, wrong, now + SECOND)
        release(session, row, people.admin, now + 5 * SECOND)
        with pytest.raises(BadEmergency, match="already"):
            release(session, row, people.admin, now + 6 * SECOND)
        assert row.state == "live" and row.starts_at == now + 5 * SECOND
    assert alarm.sound_one(now + 5 * SECOND)
    assert {said.topic.split("/")[3] for said in line.take()} == {f"{people.county.zid}_cmn"}
    with db.session() as session:
        acts = session.scalars(select(AuditEntry.act).where(AuditEntry.subject == "emergency").order_by(AuditEntry.id)).all()
    assert acts == ["emergency_propose", "emergency_release"]


@pytest.mark.parametrize(("level", "waits"), [("never", False), ("village", True), ("county", False)])
def test_from_which_level_on_two_are_needed_is_a_setting(db: Database, people: Village, now: datetime, level: str, waits: bool) -> None:
    with db.session() as session:
        row = order(session, [people.village_a], Order(texts=TEXT), now, person=people.operator, two_persons=level)
        assert (row.state == "proposed") == waits
        trusted = order(session, [people.county], Order(texts=TEXT), now, person=None, origin="cap: weather office", two_persons=level)
        assert trusted.state == "live" and trusted.ordered_by is None


def test_who_has_no_right_there_orders_nothing_and_ends_nothing(db: Database, people: Village, now: datetime) -> None:
    number = ordered(db, people.operator, people.village_a, now)
    for stranger in (people.stranger, people.reviewer):
        with db.session() as session, pytest.raises(NotAllowed):
            order(session, [people.village_a], Order(texts=TEXT), now, person=stranger)
        with db.session() as session, pytest.raises(NotAllowed):
            cancel(session, session.get_one(Emergency, number), stranger, now)
    with db.session() as session:
        assert session.scalars(select(Emergency.state)).all() == ["live"]


WRONG = {
    "level": Order(level="purple", texts=TEXT), "nothing": Order(siren=False), "long": Order(texts={"zh": "水" * 601}), "repeats": Order(texts=TEXT, repeats=0),
    "for ever": Order(texts=TEXT, lasts=timedelta(days=2)), "source": Order(texts=TEXT, source="emperor"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_is_refused_in_words(db: Database, people: Village, now: datetime, name: str) -> None:
    with db.session() as session, pytest.raises(BadEmergency):
        order(session, [people.village_a], WRONG[name], now, person=people.operator)
    with db.session() as session, pytest.raises(BadEmergency, match="place"):
        order(session, [], Order(texts=TEXT), now, person=people.operator)


def test_a_village_below_a_town_that_is_named_too_hears_it_once(db: Database, people: Village, now: datetime) -> None:
    with db.session() as session:
        row = order(session, [people.village_a, people.town, people.village_b], Order(texts=TEXT), now, person=people.operator)
        assert [area.name for area in row.areas] == [people.town.name] and row.source == "town"


def test_a_drill_bears_its_own_chime_and_says_that_it_is_one(
    db: Database, people: Village, alarm: Alarm, line: FakeBroker, keys: StationKeys, box: Terminal, now: datetime
) -> None:
    ordered(db, people.operator, people.village_a, now, drill=True)
    spoken(db, now)
    alarm.sound_one(now)
    one = read(line.take()[0], keys, now).emergencies[0]
    assert [sound.name for sound in one.sounds] == ["drill", "drill-words", "speech"] and one.drill and one.volume == -1


def test_an_all_clear_ends_it_and_is_said_once(
    db: Database, people: Village, alarm: Alarm, line: FakeBroker, keys: StationKeys, box: Terminal, now: datetime
) -> None:
    number = ordered(db, people.operator, people.village_a, now)
    alarm.sound_one(now)
    with db.session() as session:
        row = session.get_one(Emergency, number)
        assert all_clear(session, row, people.operator, now + SECOND) is not None
        assert all_clear(session, row, people.operator, now + SECOND) is None
    spoken(db, now + SECOND)
    alarm.sound_one(now + SECOND)
    (one,) = read(line.take()[-1], keys, now + SECOND).emergencies
    assert one.all_clear and [sound.name for sound in one.sounds] == ["all-clear", "speech"] and one.repeats == 1


def test_it_ends_by_itself_and_new_words_replace_the_old(
    db: Database, people: Village, alarm: Alarm, line: FakeBroker, keys: StationKeys, box: Terminal, now: datetime
) -> None:
    number = ordered(db, people.operator, people.village_a, now, lasts=timedelta(minutes=5))
    spoken(db, now)
    alarm.sound_one(now)
    before = read(line.take()[0], keys, now).emergencies[0]
    with db.session() as session:
        reword(session, session.get_one(Emergency, number), people.operator, now + SECOND, {"zh": "水已经退了一半。"})
    spoken(db, now + SECOND)
    alarm.sound_one(now + SECOND)
    after = read(line.take()[0], keys, now).emergencies[0]
    assert after.id == before.id and after.wording > before.wording and after.sounds[-1].clip != before.sounds[-1].clip
    alarm.sound_one(now + timedelta(minutes=6))
    assert read(line.take()[0], keys, now + timedelta(minutes=6)).emergencies == ()
    with db.session() as session:
        assert session.get_one(Emergency, number).how == "expired"
        with pytest.raises(BadEmergency):
            reword(session, session.get_one(Emergency, number), people.operator, now, TEXT)


def test_a_set_lost_on_the_way_is_sent_again_and_never_with_other_words_under_one_number(
    db: Database, people: Village, alarm: Alarm, line: FakeBroker, keys: StationKeys, box: Terminal, now: datetime
) -> None:
    line.acknowledges = False
    ordered(db, people.operator, people.village_a, now)
    alarm.sound_one(now)
    first = read(line.take()[0], keys, now)
    spoken(db, now)
    line.acknowledges = True
    assert alarm.sound_one(now + SECOND)
    second = read(line.take()[0], keys, now)
    assert second.rev > first.rev and len(second.emergencies[0].sounds) == 2
    line.connected = False
    assert not alarm.sound_one(now + SECOND)
    line.connected = True
    with db.session() as session:
        alarm.republish(session, now + 3 * SECOND)
    assert alarm.sound_one(now + 3 * SECOND)
    assert read(line.take()[0], keys, now + 3 * SECOND).emergencies == second.emergencies
    assert alarm.sound_one(now + RENEW + 4 * SECOND) and line.take(), "signed anew before its signature ends"


def test_a_countys_own_key_signs_for_its_branch_and_a_revoked_one_is_replaced_at_once(
    db: Database, people: Village, line: FakeBroker, topics: Topics, files: Files, tmp_path: Path, box: Terminal, now: datetime
) -> None:
    folder = tmp_path / "keys"
    with_branch = add_branch(folder, "xy", people.county.zid, "county")
    ordered(db, people.operator, people.village_a, now)
    first = Alarm(db, line, with_branch, topics, (), sirens(files), ack_s=0.0)
    assert first.sound_one(now)
    above = tuple(f"{place.zid}_cmn" for place in (people.province, people.city, people.county, people.town))
    assert read(line.take()[0], with_branch, now, *above)
    with db.session() as session:
        kid = session.scalar(select(ZoneAlert.kid))
        assert kid == with_branch.branches[0].signer.kid
    after = revoke(folder, "xy", str(kid), now)
    again = Alarm(db, line, after, topics, (), sirens(files), ack_s=0.0)  # the station was started again
    assert again.sound_one(now + SECOND)
    assert read(line.take()[0], after, now + SECOND, *above).emergencies


def test_a_terminal_that_greets_without_the_set_is_told_again(
    db: Database, people: Village, alarm: Alarm, inbox: Inbox, line: FakeBroker, topics: Topics, box: Terminal, now: datetime
) -> None:
    ordered(db, people.operator, people.village_a, now)
    alarm.sound_one(now)
    said = line.take()
    zid = said[0].topic.split("/")[3]
    with db.session() as session:
        rev = session.get_one(ZoneAlert, zid).rev
    inbox.heard(topics.up("t-a", "req"), Request("hello", alerts={zid: rev}).to_json())
    inbox.take(now)
    assert not alarm.sound_one(now), "it holds everything"
    inbox.heard(topics.up("t-a", "req"), Request("hello").to_json())
    inbox.take(now)
    assert alarm.sound_one(now)
    assert any(each.topic.endswith("/alert") for each in line.take())


def test_phrases_are_placed_beforehand_in_the_plan_of_their_area_and_sirens_at_the_top(
    db: Database, people: Village, alarm: Alarm, line: FakeBroker, keys: StationKeys, publisher: Publisher, files: Files, box: Terminal, now: datetime
) -> None:
    planner = PhrasePlanner(db, sirens(files))
    with db.session() as session:
        phrase = save_phrase(session, people.village_a, 1, people.operator, now, title="泄洪", texts=TEXT)
    while planner.place_one(now):
        pass
    assert spoken(db, now) >= 2, "the phrase and the words of drills"
    while planner.place_one(now):
        pass
    while publisher.publish_one(now):
        pass
    plans = {}
    for said in line.take():
        if said.topic.endswith("/plan"):
            payload = verify(said.payload, {keys.programme.kid: keys.programme.public(("programme",))}, typ="plan", auds={said.topic.split("/")[3]}, now_s=now.timestamp()).payload
            plans[said.topic.split("/")[3]] = Plan.from_json(payload)
    held = plans[f"{people.village_a.zid}_cmn"].phrases
    assert [each.name for each in held] == [f"phrase-{phrase.id}"]
    assert [each.name for each in plans[f"{people.province.zid}_cmn"].phrases][-1] == "drill-words"
    with db.session() as session:
        order(session, [session.merge(people.village_a)], Order(phrase=session.get_one(EmergencyPhrase, phrase.id)), now, person=people.operator)
    alarm.sound_one(now)
    one = read(line.take()[0], keys, now).emergencies[0]
    assert one.sounds[-1].clip == held[0].clip and len(one.sounds) == 2, "nothing has to be spoken"
    assert not planner.place_one(now)
    with db.session() as session:
        remove_phrase(session, session.merge(phrase), people.operator, now + SECOND)
        assert list(phrases_for(session, people.village_a)) == []
    assert planner.place_one(now + SECOND)


def test_an_area_has_six_phrases_and_those_above_it_fill_the_rest(db: Database, people: Village, now: datetime) -> None:
    with db.session() as session:
        for place in range(1, 7):
            save_phrase(session, people.county, place, people.operator, now, title=f"县 {place}", texts=TEXT)
        save_phrase(session, people.village_a, 1, people.operator, now, title="村", texts=TEXT)
        assert [each.title for each in phrases_for(session, people.village_a)] == ["村", *(f"县 {place}" for place in range(1, PHRASES_MOST))]
        for bad in (0, 7):
            with pytest.raises(BadEmergency, match="at most"):
                save_phrase(session, people.county, bad, people.operator, now, title="x", texts=TEXT)
        with pytest.raises(BadEmergency, match="not stored"):
            order(session, [people.village_b], Order(phrase=phrases_for(session, people.village_a)[0]), now, person=people.operator)
        with pytest.raises(NotAllowed):
            save_phrase(session, people.county, 1, people.stranger, now, title="x", texts=TEXT)


def test_the_report_says_per_terminal_how_far_it_came(
    db: Database, people: Village, alarm: Alarm, inbox: Inbox, topics: Topics, box: Terminal, now: datetime
) -> None:
    with db.session() as session:
        a_terminal(session, people.village_a, now, "t-deaf")
    number = ordered(db, people.operator, people.village_a, now)
    alarm.sound_one(now)
    with db.session() as session:
        key, at = session.get_one(Emergency, number).key, float(to_ms(now))
    rows = (
        Told(f"em-{key}", "", 1, at + 90, 0.0, "accepted"), Told(f"em-{key}-101-0-0", sha("s"), 1, at + 200, 0.0, "started"),
        Told(f"em-{key}-101-0-0", sha("s"), 1, at + 200, 4000.0, "finished"),
    )  # fmt: skip
    for _ in range(2):
        inbox.heard(topics.up("t-a", "rcpt"), Receipts(1, rows).to_json())
        inbox.take(now + SECOND)
    with db.session() as session:
        found = report(session, session.get_one(Emergency, number))
        by_name = {line.terminal.did: line for line in found.lines}
        assert session.scalar(select(Receipt.late_ms).where(Receipt.result == "started")) == 200
    line = by_name["t-a"]
    assert (line.state, line.received, line.started, line.finished) == ("finished", from_ms(int(at) + 90), from_ms(int(at) + 200), from_ms(int(at) + 4200))
    assert by_name["t-deaf"].state == "sent"
    assert found.counts == {"terminals": 2, "sent": 2, "received": 1, "started": 1, "finished": 1} and found.share(50) == 200


def test_one_act_ends_what_i_ordered_and_nothing_of_anybody_else(db: Database, people: Village, now: datetime) -> None:
    mine, other = ordered(db, people.operator, people.village_a, now), ordered(db, people.admin, people.village_b, now)
    with db.session() as session:
        assert [row.id for row in stop_mine(session, people.operator, now)] == [mine]
    with db.session() as session:
        assert [session.get_one(Emergency, each).state for each in (mine, other)] == ["ended", "live"]


def test_stopping_an_area_takes_the_short_road_and_the_plan_forgets_it(
    db: Database, people: Village, planner: object, alarm: Alarm, line: FakeBroker, keys: StationKeys, topics: Topics, files: Files, box: Terminal, now: datetime
) -> None:
    with db.session() as session:
        occurrence = a_programme(session, people.village_a, now, "chime", starts_at=now - SECOND, made_by_id=people.operator.id)
    planner.plan_one(now)  # type: ignore[attr-defined]
    with db.session() as session:
        assert stop_area(session, people.operator, people.village_a, now).programmes == 1
        with pytest.raises(NotAllowed):
            stop_area(session, people.stranger, people.village_a, now)
        send_command(session, person=people.operator, terminal=session.merge(box), op="chime", now=now)
    slow = Publisher(db, line, keys, topics, files, (), ack_s=0.0, elsewhere=("stop",))
    slow.publish_one(now)
    assert [Command.from_json(each.payload.partition(b"\n")[2]).op for each in line.take() if each.topic.endswith("/cmd")] == ["chime"]
    assert alarm.sound_one(now)
    (said,) = line.take()
    assert said.topic == topics.zone(f"{people.village_a.zid}_cmn", "cmd") and not said.retain
    command = Command.from_json(verify(said.payload, {keys.programme.kid: keys.programme.public(("programme",))}, typ="cmd", auds={f"{people.village_a.zid}_cmn"}, now_s=now.timestamp()).payload)
    assert (command.op, command.args["spare"]) == ("stop", "emergency")
    with db.session() as session:
        assert session.get_one(type(occurrence), occurrence.id).state == "cancelled"


def test_who_was_away_when_its_zone_was_stopped_is_told_when_it_greets(
    db: Database, people: Village, alarm: Alarm, inbox: Inbox, line: FakeBroker, topics: Topics, box: Terminal, now: datetime
) -> None:
    with db.session() as session:
        stop_area(session, people.operator, people.village_a, now)
        session.execute(update(OutCommand).values(sent_at=now))
    inbox.heard(topics.up("t-a", "req"), Request("hello").to_json())
    inbox.take(now + 10 * SECOND)
    assert alarm.sound_one(now + 10 * SECOND)
    assert line.topics()[-1] == topics.zone(f"{people.village_a.zid}_cmn", "cmd")
