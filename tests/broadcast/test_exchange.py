"""A county platform and the one above it: the thirteen cases of an acceptance plan, and what goes wrong in between.

The peer is a table of what it was brought; one test speaks real HTTP.
"""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from xml.etree.ElementTree import Element

import pytest
from sqlalchemy import func, select

from articles import feeds
from articles.alerts import ebd as written
from articles.alerts import package
from articles.alerts.markup import child, name_of, parse, text_of
from articles.alerts.receive import accept, add_source, dismiss, stop
from articles.errors import BadFeed, Refused
from articles.models import AlertSource, ReceivedAlert
from broadcast.airing import air_one
from broadcast.exchange import answer, set_exchange, tell_one
from broadcast.exchange_line import BACK_OFF, BEAT, INFORM, STATE, ExchangeLine
from broadcast.models import Emergency, EmergencySent, Exchange, ExchangePackage, Receipt
from broadcast.sounding import sirens, sounding
from devices.models import Terminal
from station.areas import zone
from station.clock import to_ms
from station.database import Database
from station.files import Files
from station.models import Area
from tests.articles.alerts.builders import NOON, SPEAKERS, ebd, tar
from tests.broadcast.builders import a_terminal
from tests.people import Village
from tts.audio import to_mp3
from tts.level import RATE
from tts.models import Speech
from tts.sirens import siren

pytestmark = pytest.mark.both_databases

OURS = "43301020010000101010101"
THEIRS = "43301020000000101010101"
PUBLIC = "http://station.example"


def second(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


class Peer:
    """The platform above: takes packages, answers as it is told to."""

    def __init__(self, db: Database, files: Files, people: Village) -> None:
        self.db, self.files, self.people = db, files, people
        self.result, self.reachable, self.got = 1, True, list[Element]()
        with db.session() as session:
            for place, code in ((people.county, "330102000000"), (people.town, "330102001000"), (people.village_a, "330102001201"), (people.village_b, "330102001202")):
                session.get_one(Area, place.id).code = code
            source = add_source(session, session.merge(people.admin), session.get_one(Area, people.county.id), name="市平台", url="", trust={"level": "city", "lowest": "blue"}, now=NOON)[0]
            self.source = source.id
            set_exchange(session, source, session.merge(people.admin), resource=OURS, url="http://198.51.100.7/ebd", now=NOON, private=True)
        self.line = ExchangeLine(db, self.post, PUBLIC)

    def post(self, url: str, name: str, data: bytes, seconds: float) -> bytes:
        assert (url, seconds) == ("http://198.51.100.7/ebd", 20.0) and name.startswith("EBDT_") and name.endswith(".tar")
        if not self.reachable:
            raise BadFeed("198.51.100.7 was not reached (TimeoutError): it is tried again")
        self.got.append(parse(next(iter(package.members(data).values()))))
        us = written.Us(THEIRS, "", NOON.tzinfo)  # type: ignore[arg-type]
        return written.packed("1", written.response(us, "1", self.result, "", NOON), NOON)

    def send(self, data: bytes, now: datetime = NOON) -> tuple[int, str]:
        """A package of theirs; the result that we answer at once, and its words."""
        with self.db.session() as session:
            said = answer(session, self.files, session.get_one(Exchange, self.source), data, SPEAKERS, now, PUBLIC)
        return written.response_of(said)

    def work(self, now: datetime = NOON) -> None:
        while air_one(self.db, now) | tell_one(self.db, now, PUBLIC) | self.line.send_one(now):
            pass

    def told(self, now: datetime = NOON) -> list[tuple[str, str]]:
        """The states that it was told since it was asked last: EBMID and code."""
        self.work(now)
        found = [(text_of(child(body, "ebm"), "ebmid"), text_of(body, "brdstatecode")) for each in self.got if (body := child(each, "ebmstateresponse")) is not None]  # type: ignore[arg-type]
        self.got.clear()
        return found

    def kinds(self) -> list[str]:
        found = [text_of(each, "ebdtype") for each in self.got]
        self.got.clear()
        return found

    def on_air(self, *, heard: int, of: int, now: datetime = NOON) -> None:
        """The broker has the emergency; so many of its terminals heard it to the end."""
        with self.db.session() as session:
            place = session.get_one(Area, self.people.village_a.id)
            terminals = [a_terminal(session, place, now) for _ in range(of)]
            row = session.scalars(select(Emergency).order_by(Emergency.id.desc())).first()
            assert row is not None
            session.add(EmergencySent(emergency_id=row.id, zid=zone(place, "yue"), sent_at=now))
            for each in terminals[:heard]:
                for result in ("started", "finished"):
                    session.add(Receipt(terminal_id=each.id, item=f"e:{row.key}", emergency_id=row.id, result=result, start_ms=to_ms(now), dur_ms=9000, received_at=now))


@pytest.fixture
def peer(db: Database, files: Files, people: Village) -> Peer:
    return Peer(db, files, people)


def request(kind: str, body: str, name: str = "10433010200000001010101010000000000000077") -> bytes:
    return f"<EBD><EBDVersion>1.0</EBDVersion><EBDID>{name}</EBDID><EBDType>{kind}</EBDType><SRC><EBRID>{THEIRS}</EBRID></SRC><EBDTime>2026-11-24 11:59:00</EBDTime><{kind}>{body}</{kind}></EBD>".encode()


def test_case_1_a_sign_of_life_every_thirty_seconds(peer: Peer) -> None:
    assert peer.line.beat_one(NOON) and not peer.line.beat_one(second(29))
    beat = peer.got[0]
    assert text_of(beat, "ebdtype") == "ConnectionCheck" and text_of(beat, "ebdid") == f"01{OURS}{0:016d}"
    assert text_of(child(beat, "connectioncheck"), "rpttime") == "2026-11-24 12:00:00"  # type: ignore[arg-type]
    assert timedelta(seconds=30) == BEAT and peer.line.beat_one(second(30))
    with peer.db.reading() as session:
        assert session.get_one(Exchange, peer.source).heard_at == second(30)


def test_case_2_a_platform_that_does_not_answer_in_twenty_seconds_is_said_to_be_lost_and_comes_back(peer: Peer) -> None:
    peer.reachable = False
    peer.line.beat_one(NOON)
    with peer.db.reading() as session:
        assert "not reached" in session.get_one(Exchange, peer.source).error
    peer.reachable = True
    peer.line.beat_one(second(30))
    with peer.db.reading() as session:
        row = session.get_one(Exchange, peer.source)
        assert (row.error, row.heard_at) == ("", second(30))


@pytest.mark.parametrize(("case", "every", "kinds"), [(3, INFORM, ["EBRPSInfo", "EBRDTInfo"]), (4, STATE, ["EBRPSState", "EBRDTState"])])
def test_cases_3_to_6_who_we_are_every_day_and_how_we_are_every_half_hour(peer: Peer, case: int, every: timedelta, kinds: list[str]) -> None:
    assert every == {3: timedelta(hours=24), 4: timedelta(minutes=30)}[case]
    with peer.db.session() as session:
        for presence, fault in (("online", ""), ("online", "no sound"), ("lost", "")):
            terminal = a_terminal(session, session.get_one(Area, peer.people.village_a.id), NOON)
            terminal.presence, terminal.fault = presence, fault
    peer.line.beat_one(NOON)
    peer.work()
    first = list(peer.got)
    assert [kind for kind in peer.kinds() if kind != "ConnectionCheck"] == ["EBRPSInfo", "EBRDTInfo", "EBRPSState", "EBRDTState"]
    states = child(first[-1], "ebrdtstate")
    assert states is not None and [text_of(each, "statecode") for each in states if name_of(each) == "ebrdt"] == ["1", "3", "2"]
    assert [text_of(each, "ebrname") for each in child(first[2], "ebrdtinfo") or () if name_of(each) == "ebrdt"] != []
    peer.line.beat_one(NOON + every - timedelta(seconds=1))
    peer.work(NOON + every - timedelta(seconds=1))
    assert not set(kinds) & set(peer.kinds())
    peer.line.beat_one(NOON + every + BEAT)
    peer.work(NOON + every + BEAT)
    assert set(kinds) <= set(peer.kinds())


def test_case_7_a_message_is_taken_waits_is_played_and_is_done(peer: Peer) -> None:
    assert peer.send(tar(a_xml=ebd(areas="330102001201").encode())) == (1, written.RESULTS[1])
    assert peer.told() == [("E1", "1")]
    peer.on_air(heard=0, of=2)
    assert peer.told(second(1)) == [("E1", "2")]
    with peer.db.session() as session:
        row = session.scalars(select(Emergency)).one()
        for each in session.scalars(select(Terminal)):
            session.add(Receipt(terminal_id=each.id, item="e", emergency_id=row.id, result="finished", start_ms=to_ms(NOON), dur_ms=9000, received_at=NOON))
    peer.work(second(2))
    body = child(peer.got[-1], "ebmstateresponse")
    assert body is not None and text_of(body, "brdstatecode") == "3" and text_of(child(body, "coverage"), "coveragerate", "areacode") == "1.00"  # type: ignore[arg-type]
    assert peer.told(second(3)) == [("E1", "3")] and peer.told(second(4)) == []


def test_the_first_state_is_written_down_with_the_answer_and_waits_for_no_look(peer: Peer) -> None:
    peer.send(ebd().encode())
    assert peer.line.send_one(NOON) and peer.kinds() == ["EBMStateResponse"] and not peer.line.send_one(NOON)
    assert peer.told() == []


def test_whoever_waits_is_looked_at_again_when_a_person_ended_it(peer: Peer) -> None:
    later = ebd().replace("<StartTime>2026-11-24 11:50:00", "<StartTime>2026-11-24 12:30:00")
    peer.send(later.encode())
    assert peer.told() == [("E1", "1")]
    assert peer.send(ebd(name="E2", kind="2", related="E1").replace("11:50:00", "11:51:00", 1).encode(), second(5))[0] == 1
    assert ("E1", "5") in peer.told(second(5))


def test_case_8_a_message_that_comes_twice_is_taken_and_played_once(peer: Peer) -> None:
    for _ in range(2):
        assert peer.send(ebd().encode())[0] == 1
    peer.work()
    with peer.db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Emergency)) == 1


def test_case_9_a_message_for_later_waits_until_its_time(peer: Peer) -> None:
    text = ebd().replace("<StartTime>2026-11-24 11:50:00", "<StartTime>2026-11-24 12:30:00")
    assert peer.send(text.encode())[0] == 1
    assert peer.told() == [("E1", "1")] and peer.told(second(1799)) == []
    peer.work(second(1801))
    with peer.db.reading() as session:
        assert session.scalars(select(Emergency)).one().state == "live"


def test_case_10_a_cancelled_message_ends_and_both_are_told(peer: Peer) -> None:
    peer.send(ebd().encode())
    peer.work()
    peer.on_air(heard=0, of=1)
    peer.told(second(1))
    assert peer.send(ebd(name="E2", kind="2", related="E1").replace("11:50:00", "11:51:00", 1).encode(), second(5))[0] == 1
    assert sorted(peer.told(second(5))) == [("E1", "5"), ("E2", "3")]
    with peer.db.reading() as session:
        assert session.scalars(select(Emergency)).one().state == "ended"


def test_case_11_a_state_is_told_when_it_is_asked_for(peer: Peer) -> None:
    peer.send(ebd().encode())
    peer.told()
    assert peer.send(request("EBMStateRequest", "<EBM><EBMID>E1</EBMID></EBM>"))[0] == 1
    peer.work()
    asked = peer.got[-1]
    assert text_of(child(asked, "relatedebd"), "ebdid").endswith("77") and text_of(child(asked, "ebmstateresponse"), "brdstatecode") == "1"  # type: ignore[arg-type]
    code, words = peer.send(request("EBMStateRequest", "<EBM><EBMID>E9</EBMID></EBM>"))
    assert code == 5 and "E9" in words and peer.send(request("EBMStateRequest", ""))[0] == 3


@pytest.mark.parametrize(("kind", "rows"), [("EBMBrdLog", 1), ("EBRPSInfo", 1), ("EBRDTInfo", 2), ("EBRPSState", 1), ("EBRDTState", 2)])
def test_case_12_records_and_lists_are_sent_when_they_are_asked_for(peer: Peer, kind: str, rows: int) -> None:
    peer.send(ebd().encode())
    with peer.db.session() as session:
        for _ in range(2):
            a_terminal(session, session.get_one(Area, peer.people.village_b.id), NOON)
    bounds = "<Params><RptStartTime>2026-11-24 00:00:00</RptStartTime><RptEndTime>2026-11-24 23:00:00</RptEndTime><RptType>Full</RptType></Params>"
    peer.told()
    assert peer.send(request("OMDRequest", f"<OMDType>{kind}</OMDType>{bounds}"))[0] == 1
    peer.work()
    body = child(peer.got[-1], kind.lower())
    assert body is not None and sum(name_of(each) != "params" for each in body) == rows and text_of(child(body, "params"), "rpttype") == "Full"  # type: ignore[arg-type]
    if kind == "EBMBrdLog":
        item = child(body, "ebmbrditem")
        assert item is not None and text_of(child(item, "ebm"), "ebmid") == "E1" and text_of(item, "brdstatecode") == "1"  # type: ignore[arg-type]
    late = bounds.replace("2026-11-24", "2026-11-25")
    peer.send(request("OMDRequest", f"<OMDType>EBMBrdLog</OMDType>{late}"))
    peer.work()
    assert child(child(peer.got[-1], "ebmbrdlog"), "ebmbrditem") is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"no package at all", 2), (tar(a_xml=b"<EBD><EBDID>1"), 2), (tar(a_txt=b"hello"), 2), (b"", 2), (request("EBM", "").replace(b"<EBM></EBM>", b""), 3),
        (request("OMDRequest", "<OMDType>Everything</OMDType>"), 5), (request("Weather", ""), 5), (ebd(name="").encode(), 3),
    ],
)  # fmt: skip
def test_case_13_what_cannot_be_taken_is_refused_by_number_and_in_words(peer: Peer, data: bytes, code: int) -> None:
    found, words = peer.send(data)
    assert found == code and words
    assert peer.told() == [] or code == 3  # what lacks something may wait for a person


def test_only_who_may_send_is_listened_to(peer: Peer) -> None:
    with peer.db.session() as session:
        session.get_one(AlertSource, peer.source).trust = {"level": "city", "senders": ["somebody else"]}
    assert peer.send(ebd().encode())[0] == 5
    with peer.db.reading() as session:
        assert session.scalars(select(ReceivedAlert)).all() == []


def test_an_unsigned_message_where_a_signature_is_required_is_answered_so_and_waits_for_a_person(peer: Peer) -> None:
    with peer.db.session() as session:
        session.get_one(AlertSource, peer.source).trust = {"level": "city", "lowest": "blue", "signature": "required"}
    assert peer.send(ebd().encode())[0] == 4
    assert peer.told() == [("E1", "0")]
    with peer.db.session() as session:
        accept(session, session.scalars(select(ReceivedAlert)).one(), session.merge(peer.people.admin), NOON)
    assert peer.told() == [("E1", "1")]


@pytest.mark.parametrize(("act", "codes"), [("dismiss", ["0", "5"]), ("stop", ["1", "5"])])
def test_a_persons_no_is_told(peer: Peer, act: str, codes: list[str]) -> None:
    if act == "dismiss":
        with peer.db.session() as session:
            session.get_one(AlertSource, peer.source).trust = {"level": "city", "highest": ""}
    peer.send(ebd().encode())
    first = peer.told()
    with peer.db.session() as session:
        row, admin = session.scalars(select(ReceivedAlert)).one(), session.merge(peer.people.admin)
        dismiss(session, row, admin, "旧闻", NOON) if act == "dismiss" else stop(session, row, admin, NOON)
    assert [code for _, code in first + peer.told(second(1))] == codes


def test_part_of_the_speakers_counts_as_failed(peer: Peer) -> None:
    peer.send(ebd().encode())
    peer.work()
    peer.on_air(heard=1, of=3)
    peer.told(second(1))
    with peer.db.session() as session:
        row = session.scalars(select(Emergency)).one()
        row.state, row.how = "ended", "expired"
        session.scalars(select(ReceivedAlert)).one().state = "ended"
    peer.work(second(9))
    body = child(peer.got[-1], "ebmstateresponse")
    assert body is not None and text_of(body, "brdstatecode") == "4" and "1/3" in text_of(body, "brdstatedesc")


def test_packages_keep_their_order_over_a_broken_line(peer: Peer) -> None:
    peer.reachable = False
    peer.send(ebd().encode())
    peer.work()
    peer.on_air(heard=1, of=1)
    peer.work(second(1))
    assert peer.got == []
    peer.reachable = True
    assert peer.told(second(3)) == []  # it rests
    assert [code for _, code in peer.told(second(2) + BACK_OFF)] == ["1", "2", "3"]
    with peer.db.reading() as session:
        numbers = session.scalars(select(ExchangePackage.ebd_id).order_by(ExchangePackage.id)).all()
        assert numbers == sorted(set(numbers))


def test_a_package_that_is_refused_there_is_written_down_and_not_sent_for_ever(peer: Peer) -> None:
    peer.result = 3
    peer.send(ebd().encode())
    peer.work()
    with peer.db.reading() as session:
        row = session.scalars(select(ExchangePackage)).one()
        assert (row.result, row.sent_at) == (3, NOON)


def test_our_number_and_the_address_are_checked(peer: Peer) -> None:
    with peer.db.session() as session:
        source, admin = session.get_one(AlertSource, peer.source), session.merge(peer.people.admin)
        for resource, url, private in (("12", "http://198.51.100.7/", True), (OURS, "ftp://x/", True), (OURS, "http://10.0.0.1/", False)):
            with pytest.raises(Refused):
                set_exchange(session, source, admin, resource=resource, url=url, now=NOON, private=private)
        assert set_exchange(session, source, admin, resource="", url="", now=NOON) is None
        assert session.get(Exchange, source.id) is None


class _Above(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.server.body = self.rfile.read(int(self.headers["Content-Length"]))  # type: ignore[attr-defined]
        self.send_response(self.server.status)  # type: ignore[attr-defined]
        self.end_headers()
        self.wfile.write(b"taken")

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def above() -> Iterator[http.server.HTTPServer]:
    server = http.server.HTTPServer(("127.0.0.1", 0), _Above)
    server.status = 200  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_package_goes_over_http_as_a_forms_file(above: http.server.HTTPServer) -> None:
    url = f"http://127.0.0.1:{above.server_address[1]}/ebd"
    assert feeds.post(url, "EBDT_1.tar", b"\0package\r\n", 5, allow_private=True) == b"taken"
    assert b'name="file"; filename="EBDT_1.tar"' in above.body and b"\r\n\r\n\0package\r\n\r\n--" in above.body  # type: ignore[attr-defined]
    with pytest.raises(BadFeed, match="private"):
        feeds.post(url, "EBDT_1.tar", b"x", 5)
    above.status = 500  # type: ignore[attr-defined]
    with pytest.raises(BadFeed, match="500"):
        feeds.post(url, "EBDT_1.tar", b"x", 5, allow_private=True)


def a_sound(seconds: float = 4.0) -> bytes:
    return to_mp3(siren("siren-red")[: int(seconds * RATE)])


def with_sound(sound: bytes, *, said: str = "warnung.mp3", areas: str = "330102001000", digest: str = "") -> bytes:
    told = f"<Auxiliary><AuxiliaryType>2</AuxiliaryType><AuxiliaryDesc>{said}</AuxiliaryDesc><Size>{len(sound)}</Size><Digest>{digest}</Digest></Auxiliary>"
    return tar(a_xml=ebd(areas=areas, auxiliary=told).encode(), warnung_mp3=sound)


def test_a_recording_that_came_along_is_heard_in_its_own_tongue_and_read_in_the_others(peer: Peer) -> None:
    assert peer.send(with_sound(a_sound())) == (1, written.RESULTS[1])
    peer.work()
    ours = sirens(peer.files)
    with peer.db.session() as session:
        row = session.scalars(select(Emergency)).one()
        assert row.clip is not None and row.clip_dialect == "cmn" and 3500 < row.clip.ms < 4500
        place = session.get_one(Area, peer.people.village_a.id)
        mandarin, cantonese = (sounding(session, row, place, code, ours, NOON) for code in ("cmn", "yue"))
        assert [each.name for each in mandarin.message.sounds] == ["siren-red", "clip"] and not mandarin.awaits
        assert [each.name for each in cantonese.message.sounds] == ["siren-red"] and cantonese.awaits
        while sounding(session, row, place, "yue", ours, NOON).awaits:
            for each in session.scalars(select(Speech)):
                each.state, each.error = "failed", "no voice"
        silent = sounding(session, row, place, "yue", ours, NOON)
        assert [each.name for each in silent.message.sounds] == ["siren-red", "clip"]  # better in another tongue than not at all


@pytest.mark.parametrize(("sound", "digest"), [(b"this is no sound at all", ""), (b"", "")])
def test_a_recording_that_is_none_is_left_out_and_the_words_are_read(peer: Peer, sound: bytes, digest: str) -> None:
    assert peer.send(with_sound(sound, digest=digest))[0] == 1
    peer.work()
    with peer.db.reading() as session:
        row = session.scalars(select(Emergency)).one()
        assert row.clip is None and row.texts


def test_a_recording_with_another_digest_waits_for_a_person(peer: Peer) -> None:
    assert peer.send(with_sound(a_sound(), digest="00" * 32))[0] == 1
    assert peer.told() == [("E1", "0")]
