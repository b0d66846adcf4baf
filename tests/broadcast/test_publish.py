"""What is unsent leaves, and counts as sent only when the broker has it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from broadcast.models import Dispatch, OutCommand, ZonePlan
from broadcast.plan import Planner
from broadcast.publish import AGAIN_PER_S, INLINE_BYTES, PATIENCE, Publisher
from devices import wanted
from devices.keys import StationKeys
from devices.models import Pairing, Terminal
from station.database import Database
from station.files import Files
from tests.broadcast.builders import a_clip, a_programme, a_terminal, again
from tests.fakes import FakeBroker, Said
from tests.people import Village
from wire.messages import Command, Keys, Plan, Want
from wire.signing import Verified, verify

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def opened(said: Said, keys: StationKeys, aud: str, typ: str, now: datetime) -> Verified:
    """A signed message as a terminal reads it."""
    use, key = ("root", keys.root_key) if typ == Keys.typ else ("programme", keys.programme.public(("programme",)))
    return verify(said.payload, {key.kid: key}, typ=typ, auds={aud}, now_s=now.timestamp(), use=use)


def a_command(aud: str, now: datetime, name: str = "c1", op: str = "chime", **args: object) -> OutCommand:
    return OutCommand(id=name, aud=aud, op=op, args=args, created_at=now, expires_at=now + 2 * MINUTE)


def everything(publisher: Publisher, now: datetime) -> None:
    for _ in range(50):
        if not publisher.publish_one(now):
            return
    raise AssertionError("it finds the same work for ever")


@pytest.fixture
def settled(db: Database, people: Village, planner: Planner, publisher: Publisher, line: FakeBroker, now: datetime) -> Terminal:
    """A terminal with a programme in ten minutes; everything of it is sent."""
    with db.session() as session:
        terminal = a_terminal(session, people.village_a, now)
        a_programme(session, people.village_a, now, "chime", starts_at=now + 10 * MINUTE)
    planner.plan_one(now)
    everything(publisher, now)
    line.take()
    return terminal


def test_keys_want_and_manifest_leave_signed_and_retained(
    db: Database, people: Village, planner: Planner, publisher: Publisher, line: FakeBroker, keys: StationKeys, now: datetime
) -> None:
    with db.session() as session:
        terminal = a_terminal(session, people.village_a, now)
        a_programme(session, people.village_a, now, "chime", starts_at=now + 10 * MINUTE)
    planner.plan_one(now)
    everything(publisher, now)
    said = {each.topic: each for each in line.take()}
    zid = f"{people.village_a.zid}_cmn"
    assert set(said) == {"xy/1/s/keys", f"xy/1/d/{terminal.did}/dn/want", f"xy/1/z/{zid}/plan"}
    assert all(each.retain and each.qos == 1 for each in said.values())
    assert Keys.from_json(opened(said["xy/1/s/keys"], keys, "xy", Keys.typ, now).payload).keys[0].kid == keys.programme.kid
    want = Want.from_json(opened(said[f"xy/1/d/{terminal.did}/dn/want"], keys, terminal.did, Want.typ, now).payload)
    assert (want.rev, want.zones[-1], want.base) == (1, zid, ("http://station:8080",))
    sent = opened(said[f"xy/1/z/{zid}/plan"], keys, zid, Plan.typ, now)
    plan = Plan.from_json(sent.payload)
    assert (plan.rev, sent.seq, len(plan.items), plan.tz) == (1, 1, 1, "Asia/Shanghai")
    assert sent.exp > (now + timedelta(days=7)).timestamp()
    with db.reading() as session:
        assert session.scalars(select(Dispatch.sent_at)).all() == [now]


@pytest.mark.both_databases
def test_nothing_counts_as_sent_before_the_broker_has_it(
    db: Database, people: Village, planner: Planner, publisher: Publisher, line: FakeBroker, now: datetime
) -> None:
    with db.session() as session:
        terminal = a_terminal(session, people.village_a, now)
        a_programme(session, people.village_a, now, "chime", starts_at=now + 10 * MINUTE)
        session.add(a_command(terminal.did, now))
    planner.plan_one(now)
    line.acknowledges = False
    assert publisher.publish_one(now) is False
    with db.reading() as session:
        assert session.scalars(select(OutCommand.sent_at)).all() == [None]
        assert session.scalars(select(ZonePlan.sent_rev)).all() == [0]
        assert session.scalars(select(Dispatch.sent_at)).all() == [None]
        assert session.scalars(select(Terminal.want_sent_rev)).all() == [0]
    before = len(line.said)
    assert publisher.publish_one(now) is False and len(line.said) == before, "it is on its way: waited for, not said twice"
    line.acknowledges = True
    assert publisher.publish_one(now + SECOND) is True
    assert len(line.said) == before
    with db.reading() as session:
        assert session.scalars(select(OutCommand.sent_at)).all() == [now + SECOND]
        assert session.scalars(select(ZonePlan.sent_rev)).all() == [1]


def test_a_station_that_dies_between_publish_and_mark_says_the_same_again(
    db: Database, settled: Terminal, people: Village, line: FakeBroker, keys: StationKeys, files: Files, publisher: Publisher, now: datetime
) -> None:
    with db.session() as session:
        session.add(a_command(settled.did, now))
        session.execute(update(ZonePlan).values(rev=ZonePlan.rev + 1))
    line.acknowledges = False
    publisher.publish_one(now)
    first = {each.topic: each for each in line.take()}
    line.acknowledges = True
    born_again = Publisher(db, line, keys, publisher.topics, files, publisher.base, ack_s=0.0)
    everything(born_again, now + SECOND)
    second = {each.topic: each for each in line.take()}
    zid, did = f"{people.village_a.zid}_cmn", settled.did
    assert Command.from_json(opened(first[f"xy/1/d/{did}/dn/cmd"], keys, did, Command.typ, now).payload).id == "c1"
    assert Command.from_json(opened(second[f"xy/1/d/{did}/dn/cmd"], keys, did, Command.typ, now).payload).id == "c1"
    assert opened(first[f"xy/1/z/{zid}/plan"], keys, zid, Plan.typ, now).seq == opened(second[f"xy/1/z/{zid}/plan"], keys, zid, Plan.typ, now).seq == 2
    assert born_again.publish_one(now + SECOND) is False


def test_without_a_line_nothing_is_marked_and_nothing_fails(db: Database, settled: Terminal, publisher: Publisher, line: FakeBroker, now: datetime) -> None:
    with db.session() as session:
        session.add(a_command(settled.did, now))
    line.connected = False
    assert publisher.publish_one(now) is False
    line.connected = True
    assert publisher.publish_one(now) is True
    assert line.topics() == [f"xy/1/d/{settled.did}/dn/cmd"]


def test_a_change_while_a_manifest_was_on_its_way_is_sent_after_it(
    db: Database, settled: Terminal, publisher: Publisher, line: FakeBroker, keys: StationKeys, people: Village, now: datetime
) -> None:
    zid = f"{people.village_a.zid}_cmn"
    with db.session() as session:
        session.execute(update(ZonePlan).values(rev=2))
    line.acknowledges = False
    publisher.publish_one(now)
    with db.session() as session:
        session.execute(update(ZonePlan).values(rev=3))
    line.acknowledges = True
    everything(publisher, now + SECOND)
    assert [opened(each, keys, zid, Plan.typ, now).seq for each in line.take()] == [2, 3]
    with db.reading() as session:
        assert session.scalars(select(ZonePlan.sent_rev)).all() == [3]


def test_an_expired_command_is_not_sent(db: Database, settled: Terminal, publisher: Publisher, line: FakeBroker, now: datetime) -> None:
    with db.session() as session:
        session.add(a_command(settled.did, now))
    assert publisher.publish_one(now + 3 * MINUTE) is False
    assert line.said == []


def test_a_command_that_cannot_be_put_into_words_holds_up_no_other(
    db: Database, settled: Terminal, publisher: Publisher, line: FakeBroker, keys: StationKeys, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    with db.session() as session:
        session.add_all([a_command("NOT A NAME OF THE WIRE", now, "bad"), a_command(settled.did, now + SECOND, "good")])
    everything(publisher, now + SECOND)
    assert [Command.from_json(opened(each, keys, settled.did, Command.typ, now).payload).id for each in line.take()] == ["good"]
    assert "command bad cannot be sent" in caplog.text
    with db.reading() as session:
        assert {row.id: row.sent_at for row in session.execute(select(OutCommand.id, OutCommand.sent_at))} == {"bad": None, "good": now + SECOND}


def test_a_zone_whose_manifest_cannot_be_made_rests_while_the_others_go(
    db: Database, settled: Terminal, people: Village, publisher: Publisher, line: FakeBroker, now: datetime
) -> None:
    with db.session() as session:
        bad = session.scalars(select(Dispatch)).one()
        bad.items = [{"no": "item"}]
        session.execute(update(ZonePlan).values(rev=ZonePlan.rev + 1))
        session.add(ZonePlan(zid=f"{people.village_b.zid}_yue", area_id=people.village_b.id, dialect="yue"))
    everything(publisher, now)
    assert line.topics() == [f"xy/1/z/{people.village_b.zid}_yue/plan"]
    line.take()
    assert publisher.publish_one(now + SECOND) is False


def test_a_large_manifest_is_pointed_to(
    db: Database, people: Village, planner: Planner, publisher: Publisher, line: FakeBroker, keys: StationKeys, files: Files, now: datetime
) -> None:
    with db.session() as session:
        first = a_programme(session, people.village_a, now, *["chime", a_clip(session, people.county, now)] * 10, starts_at=now + MINUTE)
        for number in range(1, 20):
            again(session, first.schedule, now + MINUTE + timedelta(hours=number), now)
    planner.plan_one(now)
    everything(publisher, now)
    zid = f"{people.village_a.zid}_cmn"
    (said,) = [each for each in line.take() if each.topic == f"xy/1/z/{zid}/plan"]
    plan = Plan.from_json(opened(said, keys, zid, Plan.typ, now).payload)
    assert plan.items == () and len(said.payload) < 2000
    whole = files.path(plan.pointer_sha256).read_bytes()
    assert len(whole) == plan.pointer_bytes > INLINE_BYTES
    assert len(Plan.from_large_json(whole).items) == 20 * 20 and json.loads(whole)["rev"] == plan.rev


def test_a_manifest_is_signed_anew_every_day(
    db: Database, settled: Terminal, people: Village, publisher: Publisher, line: FakeBroker, keys: StationKeys, now: datetime
) -> None:
    everything(publisher, now + timedelta(hours=23))
    assert line.take() == []
    later = now + timedelta(hours=25)
    everything(publisher, later)
    (said,) = line.take()
    sent = opened(said, keys, f"{people.village_a.zid}_cmn", Plan.typ, later)
    assert sent.seq == 2 and sent.exp > (later + timedelta(days=7)).timestamp()


def test_after_a_new_line_everything_retained_is_sent_again(
    db: Database, settled: Terminal, people: Village, publisher: Publisher, line: FakeBroker, now: datetime
) -> None:
    with db.session() as session:
        publisher.republish(session)
    everything(publisher, now + SECOND)
    assert sorted(line.topics()) == sorted(["xy/1/s/keys", f"xy/1/z/{people.village_a.zid}_cmn/plan"])
    line.take()
    everything(publisher, now + SECOND + PATIENCE)
    assert line.topics() == [f"xy/1/d/{settled.did}/dn/want"]


def test_after_a_new_line_a_terminal_that_holds_its_want_is_not_sent_it_and_a_newer_one_does_not_wait(
    db: Database, settled: Terminal, publisher: Publisher, line: FakeBroker, now: datetime
) -> None:
    mine = f"xy/1/d/{settled.did}/dn/want"
    for later, seen, sent in ((SECOND, "the newest", 0), (2 * PATIENCE, "an older one", 1), (4 * PATIENCE, "nothing", 1)):
        with db.session() as session:
            publisher.republish(session)
        everything(publisher, now + later)
        with db.session() as session:
            terminal = session.scalars(select(Terminal)).one()
            if seen == "nothing":
                terminal.want_rev += 1
            else:
                assert wanted.holds(terminal, terminal.want_rev - (seen == "an older one")) == (seen == "the newest")
        everything(publisher, now + later + SECOND)
        assert line.topics().count(mine) == sent, seen
        everything(publisher, now + later + PATIENCE)
        assert line.topics().count(mine) == sent, seen
        line.take()


def test_what_is_only_sent_again_is_paced_and_what_is_new_goes_first(
    db: Database, settled: Terminal, people: Village, publisher: Publisher, line: FakeBroker, now: datetime
) -> None:
    many = 2 * AGAIN_PER_S + 100
    with db.session() as session:
        for number in range(many):
            session.add(ZonePlan(zid=f"zold{number:05}_cmn", area_id=people.village_a.id, dialect="cmn"))
    everything(publisher, now)
    line.take()
    with db.session() as session:
        publisher.republish(session)
        session.add(ZonePlan(zid="zznew_cmn", area_id=people.village_a.id, dialect="cmn"))
        session.add(a_command(settled.did, now + SECOND))
    everything(publisher, now + SECOND)
    first = line.topics()
    urgent = {"xy/1/s/keys", f"xy/1/d/{settled.did}/dn/cmd", "xy/1/z/zznew_cmn/plan"}
    assert urgent <= set(first[: next(n for n, topic in enumerate(first) if "/zold" in topic)])
    assert len(first) <= AGAIN_PER_S + 3
    for number in range(2, 5):
        everything(publisher, now + number * SECOND)
    everything(publisher, now + SECOND + PATIENCE)
    with db.reading() as session:
        assert session.scalar(select(func.count()).where(ZonePlan.sent_rev < ZonePlan.rev)) == 0
        assert session.scalar(select(func.count()).where(Terminal.want_sent_rev < Terminal.want_rev)) == 0


def test_a_revoked_terminal_is_told_nothing_more(db: Database, settled: Terminal, publisher: Publisher, line: FakeBroker, now: datetime) -> None:
    with db.session() as session:
        session.execute(update(Terminal).values(state="revoked", want_rev=Terminal.want_rev + 1))
        publisher.republish(session)
    everything(publisher, now + SECOND)
    assert f"xy/1/d/{settled.did}/dn/want" not in line.topics()


def test_a_sealed_answer_is_sent_once_and_not_after_its_code_has_expired(db: Database, publisher: Publisher, line: FakeBroker, people: Village, now: datetime) -> None:
    with db.session() as session:
        for nonce, expires in (("nonce-fresh-0001", now + MINUTE), ("nonce-old-000001", now - 2 * MINUTE), ("nonce-mute-00001", now + MINUTE)):
            session.add(Pairing(
                nonce=nonce, pk="x", code="12345678", created_at=now - 10 * MINUTE, expires_at=expires, answer="" if "mute" in nonce else "sealed",
            ))  # fmt: skip
    everything(publisher, now)
    answers = [each for each in line.take() if "/p/" in each.topic]
    assert [(each.topic, each.retain) for each in answers] == [("xy/1/p/nonce-fresh-0001/dn", False)]


def test_a_station_that_moved_says_where_the_sound_is_now(
    db: Database, settled: Terminal, people: Village, line: FakeBroker, keys: StationKeys, files: Files, publisher: Publisher, now: datetime
) -> None:
    everything(Publisher(db, line, keys, publisher.topics, files, publisher.base, ack_s=0.0), now)
    assert [each for each in line.take() if each.topic != "xy/1/s/keys"] == [], "it did not move"
    everything(Publisher(db, line, keys, publisher.topics, files, ("http://乡音.example",), ack_s=0.0), now)
    said = {each.topic: each for each in line.take()}
    zid = f"{people.village_a.zid}_cmn"
    plan = opened(said[f"xy/1/z/{zid}/plan"], keys, zid, Plan.typ, now)
    want = opened(said[f"xy/1/d/{settled.did}/dn/want"], keys, settled.did, Want.typ, now)
    assert (plan.seq, Plan.from_json(plan.payload).base) == (2, ("http://乡音.example",))
    assert (want.seq, Want.from_json(want.payload).base) == (2, ("http://乡音.example",))
    everything(Publisher(db, line, keys, publisher.topics, files, ("http://乡音.example",), ack_s=0.0), now)
    assert [each for each in line.take() if each.topic != "xy/1/s/keys"] == []
