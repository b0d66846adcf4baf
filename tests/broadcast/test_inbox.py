"""What terminals say is heard at least once and written down once; what is no message is counted and holds up nothing."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from broadcast import inbox as inbox_module
from broadcast.inbox import AGAIN, BATCH, Inbox
from broadcast.models import OutCommand, Receipt, ZonePlan
from broadcast.plan import Planner
from devices.enrol import PENDING_MAX
from devices.models import Pairing, Terminal
from station.clock import to_ms
from station.database import Database
from tests.broadcast.builders import a_programme, a_terminal
from tests.fakes import FakeBroker
from tests.people import Village
from wire.messages import Ack, Answer, PairRequest, Receipts, Report, Request, State
from wire.messages import Receipt as Row
from wire.sealing import new_key, public_text

MINUTE = timedelta(minutes=1)


def up(terminal: Terminal, channel: str) -> str:
    return f"xy/1/d/{terminal.did}/up/{channel}"


def receipts(seq: int, *rows: Row) -> bytes:
    return Receipts(seq, rows).to_json()


def row(item: str, result: str = "finished", **other: object) -> Row:
    return Row(item, "c" * 64, 1, float(other.pop("start_ms", 0.0)), 2000.0, result, 70)  # type: ignore[arg-type]


def answers(line: FakeBroker) -> list[tuple[str, Answer]]:
    return [(each.topic, Answer.from_json(each.payload)) for each in line.take() if each.topic.endswith("/rsp")]


def stored(db: Database) -> list[Receipt]:
    with db.reading() as session:
        return list(session.scalars(select(Receipt).order_by(Receipt.id)))


def of(db: Database, terminal: Terminal) -> Terminal:
    with db.reading() as session:
        return session.get_one(Terminal, terminal.id)


@pytest.fixture
def terminal(db: Database, people: Village, now: datetime) -> Terminal:
    with db.session() as session:
        return a_terminal(session, people.village_a, now, "tlimin")


@pytest.mark.both_databases
def test_a_receipt_told_many_times_is_written_down_once_and_answered_each_time(
    db: Database, people: Village, terminal: Terminal, planner: Planner, inbox: Inbox, line: FakeBroker, now: datetime
) -> None:
    with db.session() as session:
        programme = a_programme(session, people.village_a, now, "chime", starts_at=now + MINUTE)
    planner.plan_one(now)
    item, start_ms = f"{programme.id}-cmn-0", to_ms(now + MINUTE) + 3.5
    batch = receipts(7, row(item, "started", start_ms=start_ms), row(item, "finished", start_ms=start_ms))
    inbox.heard(up(terminal, "rcpt"), batch)
    inbox.heard(up(terminal, "rcpt"), batch)
    assert inbox.take(now) is True
    inbox.heard(up(terminal, "rcpt"), batch)
    assert inbox.take(now + MINUTE) is True and inbox.take(now + MINUTE) is False
    found = stored(db)
    assert [(each.result, each.occurrence_id, each.item, each.n, each.late_ms) for each in found] == [
        ("started", programme.id, item, 0, 3.5), ("finished", programme.id, item, 0, None),
    ]  # fmt: skip
    assert answers(line) == [(f"xy/1/d/{terminal.did}/dn/rsp", Answer("rcpt", seq=7))] * 3


def test_a_batch_waits_a_moment_for_more_and_a_full_one_does_not(
    terminal: Terminal, inbox: Inbox, line: FakeBroker, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = list[float]()

    def come_meanwhile(seconds: float) -> bool:
        waits.append(seconds)
        inbox.heard(up(terminal, "rcpt"), receipts(2, row("9-cmn-1")))
        return False

    monkeypatch.setattr(inbox._rest, "wait", come_meanwhile)
    assert inbox.gather(now) is False and waits == []
    inbox.heard(up(terminal, "rcpt"), receipts(1, row("9-cmn-0")))
    assert inbox.gather(now) is True and inbox.waiting == 0
    assert [answer.seq for _, answer in answers(line)] == [1, 2] and waits == [inbox_module.GATHER_S]
    for n in range(inbox_module.BATCH):
        inbox.heard(up(terminal, "rcpt"), receipts(3 + n, row(f"9-cmn-{2 + n}")))
    assert inbox.gather(now) is True and len(waits) == 1


@pytest.mark.both_databases
def test_the_answer_goes_out_only_after_the_receipt_is_on_disk(
    db: Database, terminal: Terminal, inbox: Inbox, line: FakeBroker, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    flush = inbox_module._Desk.flush

    def database_gone(desk: object) -> None:
        raise OperationalError("insert", {}, Exception("the server closed the connection"))

    monkeypatch.setattr(inbox_module._Desk, "flush", database_gone)
    inbox.heard(up(terminal, "rcpt"), receipts(1, row("9-cmn-0")))
    inbox.heard(up(terminal, "ack"), Ack("c1", "done").to_json())
    for _ in range(2):
        with pytest.raises(OperationalError):
            inbox.take(now)
    assert line.said == [] and stored(db) == []
    monkeypatch.setattr(inbox_module._Desk, "flush", flush)
    assert inbox.take(now) is True
    assert [each.item for each in stored(db)] == ["9-cmn-0"]
    topic = f"xy/1/d/{terminal.did}/dn/rsp"
    assert answers(line) == [(topic, Answer("rcpt", seq=1)), (topic, Answer("ack", "c1"))]


def deep(levels: int) -> bytes:
    return b'{"seq":1,"items":' + b"[" * levels + b"]" * levels + b"}"


NONSENSE = {
    "empty object": b"{}", "no JSON": b"\xff\xfe\x00", "half of it": b'{"seq":1,"ite', "a list": b"[]", "a number": b"1", "null": b"null",
    "NaN": b'{"seq":1,"items":[["1-cmn-0","c",1,NaN,0,"finished"]]}', "Infinity": b'{"seq":1,"items":[["1-cmn-0","c",1,Infinity,0,"finished"]]}',
    "a number that overflows": b'{"seq":1,"items":[["1-cmn-0","c",1,-1e999,0,"finished"]]}', "deep": deep(100), "very deep": deep(30_000),
    "too large": b'{"seq":1,"items":[],"x":"' + b"x" * 65_536 + b'"}', "a text for a number": b'{"seq":"1","items":[]}',
    "true for a number": b'{"seq":true,"items":[]}', "a short row": b'{"seq":1,"items":[["a","b",1,0,0]]}', "a huge number": b'{"seq":' + b"9" * 5000 + b"}",
    "an unknown result": b'{"seq":1,"items":[["a","b",1,0,0,"sung"]]}', "NUL": b'{"seq":1,"items":[["1-cmn-0\\u0000","c",1,0,0,"finished"]]}',
    "half a surrogate": b'{"seq":1,"items":[["1-cmn-0","\\ud800",1,0,0,"finished"]]}',
}  # fmt: skip


@pytest.mark.both_databases
@pytest.mark.parametrize("what", NONSENSE)
def test_what_is_no_receipt_is_counted_and_holds_up_nothing(
    db: Database, terminal: Terminal, inbox: Inbox, line: FakeBroker, now: datetime, what: str
) -> None:
    inbox.heard(up(terminal, "rcpt"), receipts(1, row("1-cmn-0")))
    inbox.heard(up(terminal, "rcpt"), NONSENSE[what])
    inbox.heard(up(terminal, "rcpt"), receipts(2, row("2-cmn-0")))
    assert inbox.take(now) is True
    assert [each.item for each in stored(db)] == ["1-cmn-0", "2-cmn-0"]
    assert [answer.seq for _, answer in answers(line)] == [1, 2]
    assert inbox.refused == {"bad message": 1}


@pytest.mark.both_databases
def test_odd_but_true_receipts_are_kept(db: Database, terminal: Terminal, inbox: Inbox, now: datetime) -> None:
    odd = [
        row("no-such-occurrence"), row("999999999-cmn-0"), row("٣-cmn-0"), row("1-cmn-99999999"), row("x" * 3000), row("播报-0"),
        Row("1-cmn-1", "c", 2**50, 1e300, -1.0, "failed", -5, 0.0, "原因" * 500),
    ]
    inbox.heard(up(terminal, "rcpt"), receipts(1, *odd))
    inbox.take(now)
    found = stored(db)
    assert len(found) == len(odd) and all(each.occurrence_id is None for each in found)
    assert inbox.refused == {}


@pytest.mark.both_databases
def test_a_word_that_cannot_be_written_down_is_dropped_alone(
    db: Database, terminal: Terminal, inbox: Inbox, line: FakeBroker, now: datetime, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    hear = inbox_module._Desk.receipts

    def stumbles(desk: inbox_module._Desk, of: Terminal, batch: Receipts) -> None:
        hear(desk, of, batch)
        if batch.seq == 2:
            raise ZeroDivisionError("a mistake of ours, with these words only")

    monkeypatch.setattr(inbox_module._Desk, "receipts", stumbles)
    for seq in (1, 2, 3):
        inbox.heard(up(terminal, "rcpt"), receipts(seq, row(f"{seq}-cmn-0")))
    assert inbox.take(now) is True and inbox.take(now) is False
    assert [each.item for each in stored(db)] == ["1-cmn-0", "3-cmn-0"]
    assert [answer.seq for _, answer in answers(line)] == [1, 3] and inbox.refused == {"not storable": 1}
    assert "a mistake of ours" in caplog.text


@pytest.mark.parametrize(
    ("topic", "why"),
    [
        ("xy/1/d/tstranger/up/rcpt", "unknown terminal"), ("xy/1/d/tlimin/up/nothing", "bad topic"), ("xy/2/d/tlimin/up/rcpt", "bad topic"),
        ("ab/1/d/tlimin/up/rcpt", "bad topic"), ("xy/1/d/TLIMIN/up/rcpt", "bad topic"), ("xy/1/d/tlimin/up/rcpt/x", "bad topic"), ("", "bad topic"),
        ("xy/1/d/tlimin/dn/want", "bad message"), ("xy/1/p/nonce-0123456789/dn", "bad message"), ("xy/1/d/" + "t" * 5000 + "/up/rcpt", "bad topic"),
    ],
)  # fmt: skip
def test_words_on_topics_that_are_not_theirs_are_refused(
    db: Database, terminal: Terminal, inbox: Inbox, line: FakeBroker, now: datetime, topic: str, why: str
) -> None:
    inbox.heard(topic, receipts(1, row("1-cmn-0")))
    inbox.take(now)
    assert inbox.refused == {why: 1} and stored(db) == [] and line.said == []


def test_reasons_that_a_stranger_makes_up_are_counted_together(inbox: Inbox, terminal: Terminal, now: datetime) -> None:
    for number in range(300):
        inbox.heard(up(terminal, "rcpt"), b'{"seq":"' + str(number).encode() + b'"}')
        inbox.heard(f"xy/1/d/{number}/{number}", b"{}")
    while inbox.take(now):
        continue
    assert inbox.refused == {"bad message": 300, "bad topic": 300}


@pytest.mark.material
def test_every_document_of_the_collection_is_read_or_refused(db: Database, terminal: Terminal, inbox: Inbox, now: datetime, data_dir: Path) -> None:
    documents = sorted((data_dir / "hostile/json").rglob("*.json"))
    assert len(documents) > 300
    for path in documents:
        for channel in ("state", "rep", "ack", "rcpt", "req"):
            inbox.heard(up(terminal, channel), path.read_bytes())
            inbox.heard(up(terminal, channel), b'{"seq":1,"op":"hello","st":"on","id":"1","result":"done","revs":' + path.read_bytes() + b"}")
        inbox.heard("xy/1/p/nonce-0123456789/up", path.read_bytes())
    inbox.heard(up(terminal, "rcpt"), receipts(1, row("1-cmn-0")))
    while inbox.take(now):
        continue
    assert [each.item for each in stored(db)] == ["1-cmn-0"] and inbox.refused["not storable"] == 0


@pytest.mark.material
@pytest.mark.both_databases
def test_every_naughty_string_is_kept_as_it_is_or_refused(db: Database, terminal: Terminal, inbox: Inbox, now: datetime, data_dir: Path) -> None:
    strings = json.loads((data_dir / "hostile/strings/blns.json").read_text())
    for number, text in enumerate(strings):
        inbox.heard(up(terminal, "rcpt"), receipts(number, Row(f"{number}-cmn-0", "c", 1, 0.0, 0.0, "failed", 0, 0.0, text)))
        inbox.heard(up(terminal, "rep"), Report(model=text, faults=(text,)).to_json())
        inbox.heard(up(terminal, "state"), State("on", text, number).to_json())
    while inbox.take(now):
        continue
    assert [each.detail for each in stored(db)] == [text[:300] for text in strings]
    assert inbox.refused == {}


def test_a_full_inbox_counts_what_it_cannot_take(inbox: Inbox, terminal: Terminal, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    inbox._waiting.maxsize = 10
    for seq in range(12):
        inbox.heard(up(terminal, "rcpt"), receipts(seq, row("1-cmn-0")))
    assert inbox.refused == {"inbox full": 2}


def test_more_than_a_batch_is_taken_in_turns(db: Database, inbox: Inbox, terminal: Terminal, now: datetime) -> None:
    for seq in range(BATCH + 1):
        inbox.heard(up(terminal, "rcpt"), receipts(seq, row(f"{seq}-cmn-0")))
    assert [inbox.take(now) for _ in range(3)] == [True, True, False]
    assert len(stored(db)) == BATCH + 1


def test_a_birth_a_heartbeat_and_a_will_tell_how_it_is(db: Database, inbox: Inbox, terminal: Terminal, now: datetime) -> None:
    inbox.heard(up(terminal, "state"), State("on", "boot-a", 3).to_json())
    inbox.heard(up(terminal, "rep"), Report(model="HX-20", volume=55, clock_error_ms=1.5).to_json())
    inbox.take(now)
    found = of(db, terminal)
    assert (found.presence, found.conn, found.last_seen_at, found.model, found.clock_error_ms) == ("online", 3, now, "HX-20", 1.5)
    assert found.reported["volume"] == 55
    inbox.heard(up(terminal, "state"), State("lost", "boot-a", 3).to_json())
    inbox.take(now + MINUTE)
    assert of(db, terminal).presence == "lost"


def test_what_the_broker_had_kept_is_no_sign_of_life(db: Database, inbox: Inbox, terminal: Terminal, now: datetime) -> None:
    inbox.heard(up(terminal, "state"), State("on", "boot-a", 3).to_json())
    inbox.take(now)
    later = now + timedelta(hours=8)
    inbox.heard(up(terminal, "state"), State("lost", "boot-a", 3).to_json(), True)
    inbox.heard(up(terminal, "rep"), Report(model="HX-20").to_json(), True)
    inbox.take(later)
    found = of(db, terminal)
    assert (found.presence, found.last_seen_at, found.model) == ("lost", now, "HX-20")


@pytest.mark.parametrize("state", [b'{"st":"dancing"}', b'{"st":"on","conn":-1}', b'{"st":"on","conn":99999999999999999999}', b'{"conn":1}'])
def test_a_state_that_is_none_is_refused(db: Database, inbox: Inbox, terminal: Terminal, now: datetime, state: bytes) -> None:
    inbox.heard(up(terminal, "state"), state)
    inbox.take(now)
    assert inbox.refused == {"bad message": 1} and of(db, terminal).presence == "never"


def test_an_acknowledgement_belongs_to_the_terminal_that_was_told(db: Database, people: Village, inbox: Inbox, terminal: Terminal, now: datetime) -> None:
    with db.session() as session:
        other = a_terminal(session, people.village_a, now, "twang")
        session.add(OutCommand(id="c1", aud=terminal.did, op="chime", created_at=now, expires_at=now + MINUTE, sent_at=now))
    inbox.heard(up(other, "ack"), Ack("c1", "done").to_json())
    inbox.heard(up(terminal, "ack"), Ack("c1", "refused", "busy").to_json())
    inbox.heard(up(terminal, "ack"), Ack("c1", "done").to_json())
    inbox.take(now)
    with db.reading() as session:
        command = session.get_one(OutCommand, "c1")
    assert (command.result, command.detail, command.acked_at) == ("refused", "busy", now)


@pytest.fixture
def zone(db: Database, people: Village, now: datetime) -> str:
    """The manifest of the village: revision 4 is with the broker since an hour."""
    zid = f"{people.village_a.zid}_cmn"
    with db.session() as session:
        session.add(
            ZonePlan(zid=zid, area_id=people.village_a.id, dialect="cmn", rev=4, sent_rev=4, payload_rev=4, sent_at=now - timedelta(hours=1))
        )
        session.execute(update(Terminal).values(want_rev=2, want_sent_rev=2))
    return zid


def hello(terminal: Terminal, zone: str, rev: int, want: int = 2, keys: int = 1) -> tuple[str, bytes]:
    return up(terminal, "req"), Request("hello", "h1", {zone: rev}, want, keys).to_json()


def sent_revs(db: Database) -> tuple[int, int]:
    with db.reading() as session:
        return session.scalars(select(ZonePlan.sent_rev)).one(), session.scalars(select(Terminal.want_sent_rev)).one()


def test_hello_from_one_that_has_all_sends_nothing_again(db: Database, inbox: Inbox, line: FakeBroker, terminal: Terminal, zone: str, now: datetime) -> None:
    inbox.heard(*hello(terminal, zone, 4))
    inbox.take(now)
    assert answers(line) == [(f"xy/1/d/{terminal.did}/dn/rsp", Answer("hello", "h1", stale=0))]
    assert sent_revs(db) == (4, 2)


def test_hello_brings_only_what_is_stale(db: Database, inbox: Inbox, line: FakeBroker, terminal: Terminal, zone: str, now: datetime) -> None:
    inbox.heard(*hello(terminal, zone, 3))
    inbox.take(now)
    assert [answer.stale for _, answer in answers(line)] == [1]
    assert sent_revs(db) == (3, 2)
    with db.session() as session:
        session.execute(update(ZonePlan).values(sent_rev=4))
    inbox.heard(*hello(terminal, zone, 4, want=1))
    inbox.take(now)
    assert [answer.stale for _, answer in answers(line)] == [1]
    assert sent_revs(db) == (4, 0)
    inbox.heard(*hello(terminal, zone, 4, keys=0))
    inbox.take(now)
    assert [(each.topic, each.retain) for each in line.take()] == [("xy/1/s/keys", True), (f"xy/1/d/{terminal.did}/dn/rsp", False)]


def test_a_zone_whose_terminals_come_back_together_hears_its_manifest_again_once_in_a_while(
    db: Database, inbox: Inbox, terminal: Terminal, zone: str, now: datetime
) -> None:
    with db.session() as session:
        session.execute(update(ZonePlan).values(sent_at=now - timedelta(seconds=1)))
    inbox.heard(*hello(terminal, zone, 0))
    inbox.take(now)
    with db.reading() as session:
        assert session.scalars(select(ZonePlan.not_before)).one() == now - timedelta(seconds=1) + AGAIN


def test_hello_brings_commands_that_were_never_answered_and_are_still_good(
    db: Database, inbox: Inbox, terminal: Terminal, zone: str, now: datetime
) -> None:
    with db.session() as session:
        for name, acked, expires in (("lost", None, now + MINUTE), ("done", now, now + MINUTE), ("old", None, now - MINUTE)):
            session.add(
                OutCommand(id=name, aud=terminal.did, op="chime", created_at=now - MINUTE, expires_at=expires, sent_at=now - MINUTE, acked_at=acked)
            )
    inbox.heard(*hello(terminal, zone, 4))
    inbox.take(now)
    with db.reading() as session:
        assert session.scalars(select(OutCommand.id).where(OutCommand.sent_at.is_(None))).all() == ["lost"]


@pytest.mark.parametrize("spelled", [b'{"op":"time","id":"t1","t0_ms":5.0}', b'{ "t0_ms" : 5, "id" : "t1", "op" : "time" }'])
def test_what_time_it_is_is_answered_before_anything_is_written_down(
    terminal: Terminal, line: FakeBroker, inbox: Inbox, now: datetime, spelled: bytes
) -> None:
    moments = iter([now, now + timedelta(microseconds=300)])
    inbox.clock = lambda: next(moments)
    inbox.heard(up(terminal, "req"), spelled)
    ((_, answer),) = answers(line)
    assert (answer.id, answer.t0_ms, answer.t1_ms) == ("t1", 5.0, now.timestamp() * 1000)
    assert answer.t2_ms - answer.t1_ms == pytest.approx(0.3, abs=0.01)
    assert inbox.take(now) is False


def test_without_a_line_what_is_heard_is_written_down_all_the_same(db: Database, terminal: Terminal, line: FakeBroker, inbox: Inbox, now: datetime) -> None:
    inbox.heard(up(terminal, "rcpt"), receipts(1, row("1-cmn-0")))
    line.connected = False
    assert inbox.take(now) is True
    assert len(stored(db)) == 1


def ask(nonce: str, pk: str = "") -> tuple[str, bytes]:
    return f"xy/1/p/{nonce}/up", PairRequest(nonce, pk or public_text(new_key()), "HX-20", "村口", "1.0").to_json()


def test_a_terminal_that_asks_to_be_paired_is_written_down_once(db: Database, inbox: Inbox, now: datetime) -> None:
    request = ask("nonce-0123456789")
    inbox.heard(*request)
    inbox.heard(*request)
    inbox.take(now)
    with db.reading() as session:
        found = session.scalars(select(Pairing)).one()
    assert (found.model, found.name, len(found.code), found.expires_at) == ("HX-20", "村口", 8, now + 10 * MINUTE)


def test_a_request_under_another_name_or_with_no_key_is_refused(db: Database, inbox: Inbox, now: datetime) -> None:
    inbox.heard("xy/1/p/nonce-0123456789/up", ask("nonce-of-another")[1])
    inbox.heard(*ask("nonce-0123456789", "no key"))
    inbox.heard(*ask("short"))
    inbox.take(now)
    assert inbox.refused == {"bad message": 1, "pairing refused": 2}


def test_an_answer_that_was_lost_is_sent_again_when_the_terminal_still_asks(db: Database, inbox: Inbox, now: datetime) -> None:
    request = ask("nonce-0123456789")
    inbox.heard(*request)
    inbox.take(now)
    with db.session() as session:
        session.execute(update(Pairing).values(answer="sealed", answered_at=now))
    inbox.heard(*request)
    inbox.take(now)
    with db.reading() as session:
        assert session.scalars(select(Pairing.answered_at)).one() is None


def test_strangers_cannot_fill_the_table(db: Database, inbox: Inbox, now: datetime) -> None:
    pk = public_text(new_key())
    for number in range(PENDING_MAX + 5):
        inbox.heard(*ask(f"nonce-{number:010}", pk))
    while inbox.take(now):
        continue
    assert inbox.refused == {"pairing refused": 5}
    inbox.heard(*ask("nonce-later-0001", pk))
    inbox.take(now + 11 * MINUTE)
    assert inbox.refused == {"pairing refused": 5}
