"""Our emergencies, read back by our own reader and by the rules of the standard: what goes out is what was ordered."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from articles.alerts import package
from articles.alerts.decide import decide
from articles.alerts.ebd import RESOURCE
from articles.alerts.markup import name_of, parse
from articles.alerts.model import Alert
from articles.alerts.outgoing import NAMESPACE
from articles.alerts.places import Map, Place
from articles.alerts.read import read
from articles.alerts.signatures import with_signatures
from articles.alerts.trust import Trust
from articles.errors import Refused
from broadcast import emergency
from broadcast.alerts_out import Press, find, messages, shown
from broadcast.emergency import Order
from broadcast.models import Emergency
from station.database import Database
from station.models import Area
from tests.articles.alerts.builders import NOON, SPEAKERS
from tests.people import Village

pytestmark = pytest.mark.both_databases

PLACES = Map((Place("county", "云岭县", (("code", "330102000000"),)), Place("a", "上坪村", (("code", "330102001201"),))))
US = "43301020010000101010101"
# CAP 1.2, section 3.2: the elements in the order of its schema
ALERT = ["identifier", "sender", "sent", "status", "msgType", "source", "scope", "restriction", "addresses", "code", "note", "references", "incidents", "info", "Signature"]
INFO = [
    "language", "category", "event", "responseType", "urgency", "severity", "certainty", "audience", "eventCode", "effective", "onset", "expires", "senderName", "headline",
    "description", "instruction", "web", "contact", "parameter", "resource", "area",
]  # fmt: skip
AREA = ["areaDesc", "polygon", "circle", "geocode", "altitude", "ceiling"]


class Out:
    """A village whose emergencies go out."""

    def __init__(self, db: Database, people: Village, folder: Path) -> None:
        self.db, self.people, self.folder = db, people, folder
        with db.session() as session:
            for place, code in ((people.county, "330102000000"), (people.village_a, "330102001201")):
                session.get_one(Area, place.id).code = code

    def order(self, **what: object) -> int:
        with self.db.session() as session:
            told = {"title": "水库泄洪", "texts": {"zh": "请远离河道。", "en": "Keep away from the river."}, "level": "orange", **what}
            return emergency.order(session, [session.get_one(Area, self.people.village_a.id)], Order(**told), NOON, person=None).id  # type: ignore[arg-type]

    def act(self, number: int, name: str, minutes: int, *args: object) -> None:
        with self.db.session() as session:
            getattr(emergency, name)(session, session.get_one(Emergency, number), None, NOON + timedelta(minutes=minutes), *args)

    def cap(self, number: int) -> tuple[bytes, list[str]]:
        with self.db.reading() as session:
            return Press(session, "https://station.example:8443", self.folder).cap(session.get_one(Emergency, number), NOON)

    def decided(self, *numbers: int, minutes: int = 0) -> list[tuple[str, str | None, tuple[str, ...]]]:
        """What a station that trusts us makes of our messages, in the order given."""
        alerts = [each for number in numbers for each in read(self.cap(number)[0]).alerts]
        return [(each.action, each.level, each.areas) for each in decide(alerts, now=NOON + timedelta(minutes=minutes), trust=Trust(lowest="blue"), places=PLACES, speakers=SPEAKERS)]


@pytest.fixture
def out(db: Database, people: Village, tmp_path: Path) -> Out:
    return Out(db, people, tmp_path / "keys")


def the_one(data: bytes) -> Alert:
    found = read(data)
    assert found.problems == []
    return found.alerts[0]


@pytest.mark.parametrize("level", ["red", "orange", "yellow", "blue"])
@pytest.mark.parametrize(("drill", "action"), [(False, "play"), (True, "drill")])
def test_what_goes_out_comes_in_as_it_was_ordered(out: Out, level: str, drill: bool, action: str) -> None:
    number = out.order(level=level, drill=drill)
    assert out.decided(number) == [(action, level, ("a",))]
    told = the_one(out.cap(number)[0])
    assert [(each.language, each.headline, each.description) for each in told.infos] == [
        ("zh-Hans", "水库泄洪", "请远离河道。"), ("en", "水库泄洪", "Keep away from the river."),
    ] and told.doubts == () and told.notes == ()  # fmt: skip
    assert (told.sender, told.scope, told.sent) == ("xiangyin@station.example", "Public", NOON) and told.infos[0].expires == NOON + timedelta(minutes=30)


def test_it_is_cap_1_2_to_the_letter(out: Out) -> None:
    root = parse(out.cap(out.order())[0])
    assert all(each.tag.startswith(f"{{{NAMESPACE}}}") or "xmldsig" in each.tag for each in root.iter())

    def ordered(names: list[str], wanted: list[str]) -> bool:
        return names == sorted(names, key=wanted.index)

    def plain(element: object) -> list[str]:
        return [each.tag.rpartition("}")[2] for each in element]  # type: ignore[attr-defined]

    assert ordered(plain(root), ALERT)
    for each in root.iter():
        if name_of(each) == "info":
            assert ordered(plain(each), INFO)
        if name_of(each) == "area":
            assert ordered(plain(each), AREA)
        if name_of(each) in ("sent", "effective", "onset", "expires"):
            assert each.text is not None and len(each.text) == 25 and each.text[-6] in "+-", each.text


def test_our_signature_is_known_to_whoever_has_our_certificate_and_broken_by_a_word(out: Out) -> None:
    data = out.cap(out.order())[0]
    pem = (out.folder / "alerts-out.pem").read_text()
    trust = Trust(signature="required", certificates=(pem[pem.index("-----BEGIN CERTIFICATE") :],))

    def state(what: bytes) -> str:
        return with_signatures(read(what).sources, trust, NOON)[0].signed.state

    assert state(data) == "known" and state(data.replace("远离".encode(), "靠近".encode())) == "broken"
    assert (out.folder / "alerts-out.pem").stat().st_mode & 0o077 == 0
    again = out.cap(out.order(title="再次"))[0]
    assert state(again) == "known"


def test_new_words_replace_an_all_clear_ends_and_a_cancel_cancels(out: Out) -> None:
    first = out.order()
    before = out.cap(first)[0]
    out.act(first, "reword", 5, {"zh": "请立即到高处去。"})
    update = the_one(out.cap(first)[0])
    assert (update.msg_type, update.identifier[-2:]) == ("Update", "-2") and update.references[0].identifier == the_one(before).identifier
    assert update.references[0].sent == NOON and update.infos[0].description == "请立即到高处去。"
    out.act(first, "all_clear", 10)
    over = read(out.cap(first)[0]).alerts
    decisions = decide([*read(before).alerts, *over], now=NOON + timedelta(minutes=11), trust=Trust(lowest="blue"), places=PLACES, speakers=SPEAKERS)
    assert [each.action for each in decisions] == ["ignore", "all_clear"]
    second = out.order(level="red")
    out.act(second, "cancel", 2)
    cancel = the_one(out.cap(second)[0])
    assert (cancel.msg_type, len(cancel.references)) == ("Cancel", 1) and out.decided(second, minutes=3)[0][0] == "cancel"


def test_the_feed_has_what_is_live_and_what_ended_within_a_day(out: Out) -> None:
    live, ended = out.order(), out.order(title="另一")
    out.act(ended, "all_clear", 1)
    with out.db.reading() as session:
        assert [row.id for row in shown(session, NOON + timedelta(hours=2))] == [ended, live]
        assert [row.id for row in shown(session, NOON + timedelta(hours=25))] == [live]
        over = session.scalars(select(Emergency).where(Emergency.clears_id == ended)).one()
        said = Press(session, "http://x", None).last(over)  # asked for by its own name it is no warning either
        assert said.over and said.kind == "Update" and said.identifier == messages(session, session.get_one(Emergency, ended), "x@y")[-1].identifier
        row = session.get_one(Emergency, ended)
        assert find(session, messages(session, row, "x@y")[-1].identifier) is row and find(session, "xy-none-1") is None
        assert list(shown(session, NOON, session.get_one(Area, out.people.village_b.id))) == []


def test_what_a_format_cannot_carry_is_said(out: Out) -> None:
    with out.db.session() as session:
        session.get_one(Area, out.people.village_a.id).code = None
    number = out.order(repeats=3, siren=False)
    lost = out.cap(number)[1]
    assert len(lost) == 3 and any("上坪村" in each for each in lost)
    with out.db.reading() as session:
        _name, _tar, lost = Press(session, "http://x", out.folder).ebm(session.get_one(Emergency, number), US, NOON)
    assert any("zh-Hans" in each for each in lost) and any("00000" in each for each in lost) and any("上坪村" in each for each in lost)


@pytest.mark.parametrize(("drill", "action"), [(False, "play"), (True, "drill")])
def test_an_ebd_package_is_read_back_too(out: Out, drill: bool, action: str) -> None:
    number = out.order(drill=drill)

    def packed() -> bytes:
        with out.db.reading() as session:
            name, data, _lost = Press(session, "http://x", out.folder).ebm(session.get_one(Emergency, number), US, NOON)
        assert next(iter(package.members(data))) == f"EBDB_{name}.xml"
        return data

    first = read(packed(), Trust().zone).alerts
    out.act(number, "cancel", 1)
    last = read(packed(), Trust().zone).alerts
    found = decide([*first, *last], now=NOON + timedelta(seconds=90), trust=Trust(lowest="blue"), places=PLACES, speakers=SPEAKERS)
    alone = decide(first, now=NOON, trust=Trust(lowest="blue"), places=PLACES, speakers=SPEAKERS)[0]
    assert last[0].references[0].identifier == first[0].identifier != last[0].identifier
    assert (alone.action, alone.level, alone.areas) == (action, "orange", ("a",)) and found[-1].action == "cancel"
    assert RESOURCE.fullmatch(US)
    with out.db.reading() as session, pytest.raises(Refused):
        Press(session, "http://x", out.folder).ebm(session.get_one(Emergency, number), "123", NOON)
