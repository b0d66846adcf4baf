"""Warnings come in once, end what they name, and wait for a person where they are unclear."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import permutations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from articles.alerts.errors import BadAlert
from articles.alerts.places import read_places
from articles.alerts.poll import poll_one
from articles.alerts.receive import accept, add_source, dismiss, receive, source_of_token, stop, switch
from articles.alerts.tree import bring, map_of
from articles.errors import BadFeed, Conflict, Empty, NotNow, Refused
from articles.feeds import Fetched
from articles.models import AlertSource, ReceivedAlert
from station.database import Database
from station.files import Files
from station.models import AuditEntry
from station.people import NotAllowed
from tests.articles.alerts.builders import NOON, SPEAKERS, SQUARE, area, cap, ebd, info, ref, tar
from tests.people import Village, settle

LATER = "2026-11-24T11:55:00+08:00"
FEED = "https://weather.example.org/feed"


@pytest.fixture
def coded(session: Session, village: Village) -> Village:
    """The village with the codes of its places."""
    for place, code in ((village.county, "330102000000"), (village.town, "330102001000"), (village.village_a, "330102001201"), (village.village_b, "330102001202")):
        place.code = code
    session.flush()
    return village


def source(session: Session, village: Village, **trust: object) -> AlertSource:
    return add_source(session, village.admin, village.county, name="气象台", url="", trust=trust, now=NOON)[0]


def take(session: Session, files: Files, sender: AlertSource, *texts: str, now: datetime = NOON) -> list[ReceivedAlert]:
    return [row for text in texts for row in receive(session, files, sender, text.encode(), SPEAKERS, now)[0]]


def states(session: Session) -> dict[str, tuple[str, str]]:
    return {row.identifier: (row.state, row.how) for row in session.scalars(select(ReceivedAlert).order_by(ReceivedAlert.id))}


def test_a_warning_is_written_down_with_its_words_its_places_and_its_bytes(session: Session, files: Files, coded: Village) -> None:
    (row,) = take(session, files, source(session, coded), cap(info()))
    assert (row.state, row.action, row.level, row.title) == ("play", "play", "orange", "河水正在上涨")
    assert row.parts[0]["areas"] == [coded.village_a.id] and row.parts[0]["languages"]["zh-Hans"]["text"] == "请沿河住户立即到高处去。"
    assert files.get(row.file_sha256) == cap(info()).encode()
    assert session.scalar(select(AuditEntry.act).where(AuditEntry.subject == "received_alert")) == "alert_play"


def test_twice_is_once(session: Session, files: Files, coded: Village) -> None:
    sender = source(session, coded)
    assert len(take(session, files, sender, cap(info()), cap(info()), cap(info(), sent="2026-11-24T03:50:00Z"))) == 1


def test_a_source_warns_its_own_branch_and_nobody_beside(session: Session, files: Files, coded: Village) -> None:
    beside = add_source(session, coded.admin, coded.other_county, name="邻县", url="", trust={}, now=NOON)[0]
    (row,) = take(session, files, beside, cap(info()))
    assert (row.action, row.state) == ("inbox", "inbox")  # no place of that branch has a code: nobody can tell, so a person looks
    coded.other_county.code = "330109000000"
    (row,) = take(session, files, beside, cap(info(), name="A2"))
    assert (row.action, row.state) == ("ignore", "done")


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_updates_and_cancels_end_what_they_name_in_any_order(session: Session, files: Files, coded: Village, order: tuple[int, ...]) -> None:
    texts = (
        cap(info()), cap(info(severity="Extreme"), name="A2", kind="Update", sent=LATER, refs=ref()),
        cap(name="A3", kind="Cancel", sent="2026-11-24T11:58:00+08:00", refs=ref("A2", sent=LATER)),
    )  # fmt: skip
    take(session, files, source(session, coded), *(texts[n] for n in order))
    found = states(session)
    assert found["A3"] == ("done", "") and found["A1"][0] in ("ended", "done") and found["A2"][0] in ("ended", "done")


def test_an_all_clear_ends_and_a_drill_does_not_end_what_is_real(session: Session, files: Files, coded: Village) -> None:
    sender = source(session, coded)
    take(session, files, sender, cap(info()), cap(info(), name="D", status="Exercise"), cap(name="C", kind="Cancel", status="Exercise", sent=LATER, refs=ref()))
    assert states(session)["A1"] == ("play", "") and states(session)["D"] == ("play", "")
    take(session, files, sender, cap(info(urgency="Past"), name="A9", kind="Update", sent=LATER, refs=ref()))
    assert states(session)["A1"] == ("ended", "all_clear")


def test_what_is_unclear_waits_and_one_tap_plays_it(session: Session, files: Files, coded: Village) -> None:
    (row,) = take(session, files, source(session, coded), cap(info(severity="Unknown", where=area(desc="河边"))))
    assert row.state == "inbox" and "neither a code" in row.why
    with pytest.raises(NotAllowed):
        accept(session, row, coded.stranger, NOON)
    with pytest.raises(Refused, match="places"):
        accept(session, row, coded.operator, NOON)
    with pytest.raises(Refused, match="below"):
        accept(session, row, coded.operator, NOON, [coded.other_county], "red")
    with pytest.raises(Refused, match="grave"):
        accept(session, row, coded.operator, NOON, [coded.village_b])
    accept(session, row, coded.operator, NOON, [coded.village_b], "yellow")
    assert (row.state, row.level, row.parts[0]["areas"]) == ("play", "yellow", [coded.village_b.id])
    with pytest.raises(NotNow):
        accept(session, row, coded.operator, NOON)
    stop(session, row, coded.operator, NOON)
    assert (row.state, row.how) == ("ended", "stopped")


def test_a_no_takes_a_reason_and_what_is_over_cannot_be_played(session: Session, files: Files, coded: Village) -> None:
    sender = source(session, coded)
    first, second = take(session, files, sender, cap(info(severity="Unknown")), cap(info(severity="Unknown"), name="A2"))
    with pytest.raises(Empty):
        dismiss(session, first, coded.operator, " ", NOON)
    dismiss(session, first, coded.operator, "与我县无关", NOON)
    assert (first.state, first.reason) == ("dismissed", "与我县无关")
    with pytest.raises(NotNow, match="over"):
        accept(session, second, coded.operator, NOON + timedelta(days=1), level="red")


def test_an_update_in_the_inbox_ends_nothing_until_a_person_says_yes(session: Session, files: Files, coded: Village) -> None:
    sender = source(session, coded)
    take(session, files, sender, cap(info()), cap(info(severity="Unknown"), name="A2", kind="Update", sent=LATER, refs=ref()))
    assert states(session) == {"A1": ("play", ""), "A2": ("inbox", "")}
    accept(session, session.scalars(select(ReceivedAlert).where(ReceivedAlert.identifier == "A2")).one(), coded.operator, NOON, level="red")
    assert states(session) == {"A1": ("ended", "replaced"), "A2": ("play", "")}


def test_a_cancel_in_the_inbox_is_obeyed_once_a_person_says_yes_even_for_what_comes_later(session: Session, files: Files, coded: Village) -> None:
    sender = source(session, coded, senders=["weather@example.org"])
    (row,) = take(session, files, sender, cap(name="C", kind="Cancel", sender="deputy@example.org", sent=LATER, refs=ref()))
    assert row.state == "inbox"
    accept(session, row, coded.operator, NOON)
    take(session, files, sender, cap(info()))
    assert states(session)["A1"] == ("done", "")


def test_a_package_comes_in_like_everything_else(session: Session, files: Files, coded: Village) -> None:
    sender = source(session, coded)
    rows, _links, problems = receive(session, files, sender, tar(EBDB_1_xml=ebd().encode()), SPEAKERS, NOON)
    assert rows[0].level == "red" and set(rows[0].parts[0]["areas"]) == {coded.town.id, coded.village_a.id, coded.village_b.id} and problems == []


def test_outlines_are_brought_for_places_by_code_or_name(session: Session, files: Files, coded: Village) -> None:
    text = f'[{{"code": "330102001201", "name": "x", "polygon": "{SQUARE}", "geocodes": {{"EMMA_ID": "CN001"}}}}, {{"name": "下涌村", "point": "30.5,122"}}, {{"name": "nowhere", "code": "1"}}]'
    marked, strange = bring(session, read_places(text.encode()), NOON)
    assert marked == 2 and len(strange) == 1 and "nowhere" in strange[0]
    bring(session, read_places(text.encode()), NOON)
    (row,) = take(session, files, source(session, coded), cap(info(where=area(polygon="30.1,120.1 30.1,120.2 30.2,120.2"))))
    assert row.parts[0]["areas"] == [coded.village_a.id]
    assert len(map_of(session, coded.county).places) == 4


def test_who_may_add_a_source_and_what_it_must_be(session: Session, coded: Village) -> None:
    with pytest.raises(NotAllowed):
        add_source(session, coded.operator, coded.county, name="x", url="", trust={}, now=NOON)
    for wrong, error in (({"trust": {"highest": "pink"}}, BadAlert), ({"name": " "}, Refused), ({"url": "http://weather.example.org/"}, Refused), ({"url": "ftp://x"}, BadFeed)):
        with pytest.raises(error):
            add_source(session, coded.admin, coded.county, **({"name": "x", "url": "", "trust": {}, "now": NOON} | wrong))  # type: ignore[arg-type]
    made, token = add_source(session, coded.admin, coded.county, name="x", url="", trust={}, now=NOON)
    assert source_of_token(session, token) is made and source_of_token(session, token + "x") is None and source_of_token(session, "") is None
    with pytest.raises(Conflict):
        add_source(session, coded.admin, coded.county, name="x", url="", trust={}, now=NOON)
    switch(session, made, coded.admin, False, NOON)
    assert source_of_token(session, token) is None


# reading


class Wire:
    """Answers by address, and what was asked."""

    def __init__(self, **answers: Fetched | Exception) -> None:
        self.answers, self.asked = answers, list[tuple[str, str | None]]()

    def __call__(self, url: str, etag: str | None, modified: str | None) -> Fetched:
        self.asked.append((url, etag))
        answer = self.answers[url.rpartition("/")[2].partition(".")[0]]
        if isinstance(answer, Exception):
            raise answer
        return Fetched(None, etag, modified) if etag and etag == answer.etag else answer


@pytest.fixture
def polled(db: Database, files: Files) -> Database:
    with db.session() as session:
        people = settle(session, NOON)
        people.county.code, people.village_a.code = "330102000000", "330102001201"
        session.add(AlertSource(area_id=people.county.id, name="feed", url=FEED, trust={}, created_at=NOON))
    return db


def told(db: Database) -> tuple[list[str], str, datetime | None]:
    with db.reading() as session:
        sender = session.scalars(select(AlertSource)).one()
        return [row.identifier for row in session.scalars(select(ReceivedAlert).order_by(ReceivedAlert.id))], sender.error, sender.not_before


def test_a_source_is_read_every_minute_and_what_is_unchanged_costs_nothing(polled: Database, files: Files) -> None:
    wire = Wire(feed=Fetched(cap(info()).encode(), "e1"))
    assert poll_one(polled, files, SPEAKERS, NOON, wire) and not poll_one(polled, files, SPEAKERS, NOON, wire)
    assert told(polled) == (["A1"], "", NOON + timedelta(minutes=1))
    assert poll_one(polled, files, SPEAKERS, NOON + timedelta(minutes=1), wire)
    assert wire.asked == [(FEED, None), (FEED, "e1")] and told(polled)[0] == ["A1"]


@pytest.mark.parametrize("answer", (BadFeed("weather.example.org could not be read"), ValueError("odd"), Fetched(b"<html/>x"), Fetched(b'<!DOCTYPE a [<!ENTITY x "y">]><alert/>')))
def test_a_source_that_fails_says_why_and_waits_longer_each_time(polled: Database, files: Files, answer: Fetched | Exception) -> None:
    moment, waits = NOON, []
    for _turn in range(8):
        assert poll_one(polled, files, SPEAKERS, moment, Wire(feed=answer))
        _rows, error, after = told(polled)
        assert error and after is not None
        waits.append((after - moment).total_seconds() / 60)
        moment = after
    assert waits == [1, 2, 4, 8, 15, 15, 15, 15]
    assert poll_one(polled, files, SPEAKERS, moment, Wire(feed=Fetched(cap(info()).encode()))) and told(polled)[:2] == (["A1"], "")


def entry(name: str, code: str = "330102001201") -> str:
    return (
        f'<entry><id>{name}</id><updated>{LATER}</updated><link href="https://weather.example.org/{name}.cap"/><cap:status>Actual</cap:status><cap:msgType>Alert</cap:msgType>'
        f"<cap:severity>Severe</cap:severity><cap:expires>2026-11-24T20:00:00+08:00</cap:expires><cap:geocode><valueName>code</valueName><value>{code}</value></cap:geocode></entry>"
    )  # fmt: skip


def index(*entries: str) -> bytes:
    return f'<feed xmlns="http://www.w3.org/2005/Atom" xmlns:cap="urn:oasis:names:tc:emergency:cap:1.2"><id>f</id>{"".join(entries)}</feed>'.encode()


def test_an_index_leads_to_the_alerts_that_concern_us_once(polled: Database, files: Files) -> None:
    wire = Wire(feed=Fetched(index(entry("one"), entry("far", "440100000000")), "e1"), one=Fetched(cap(info(), name="one").encode()))
    poll_one(polled, files, SPEAKERS, NOON, wire)
    poll_one(polled, files, SPEAKERS, NOON + timedelta(minutes=1), wire)
    assert told(polled)[0] == ["one"] and [url for url, _etag in wire.asked] == [FEED, "https://weather.example.org/one.cap", FEED]


def test_an_alert_of_an_index_that_could_not_be_had_is_asked_for_again(polled: Database, files: Files) -> None:
    feed = Fetched(index(entry("one"), entry("two")), "e1")
    wire = Wire(feed=feed, one=BadFeed("one is away"), two=Fetched(cap(info(), name="two").encode()))
    poll_one(polled, files, SPEAKERS, NOON, wire)
    assert told(polled)[0] == ["two"] and "one is away" in told(polled)[1]
    wire.answers["one"] = Fetched(cap(info(), name="one").encode())
    poll_one(polled, files, SPEAKERS, NOON + timedelta(minutes=1), wire)
    assert told(polled)[:2] == (["two", "one"], "")


def test_an_index_does_not_lead_off_the_safe_road(polled: Database, files: Files) -> None:
    wire = Wire(feed=Fetched(index(entry("one").replace("https://weather", "http://weather"))))
    poll_one(polled, files, SPEAKERS, NOON, wire)
    assert told(polled)[0] == [] and "https only" in told(polled)[1] and len(wire.asked) == 1
