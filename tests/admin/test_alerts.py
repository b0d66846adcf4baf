"""Warnings on the pages and by machine: cards that wait, who may decide, who may send."""

from __future__ import annotations

import base64
import io
import json
import re

import pytest
from sqlalchemy import select

from articles.alerts.ebd import response_of
from articles.alerts.read import read
from articles.models import AlertSource, ReceivedAlert
from broadcast.emergency import Order, order
from broadcast.models import Emergency
from station.models import Area
from tests.admin.conftest import Pages
from tests.articles.alerts.builders import area, cap, ebd, info, ref, tar

pytestmark = pytest.mark.both_databases

SENT = "2026-11-24T09:50:00+08:00"  # ten minutes before the pages' own moment
FORM = {"name": "气象台", "url": "", "level": "county", "lowest": "blue", "signature": "if_present", "senders": "", "certificates": "", "more": ""}


def told(*infos: str, **what: str) -> bytes:
    return cap(*(infos or (info(),)), **{"sent": SENT, **what}).encode()  # type: ignore[arg-type]


@pytest.fixture
def token(pages: Pages) -> str:
    """A source that pushes, added on the page by the administrator."""
    with pages.db.session() as session:
        for place, code in ((pages.village.county, "330102000000"), (pages.village.village_a, "330102001201")):
            session.get_one(Area, place.id).code = code
    page = pages.browser(pages.village.admin).post("/alerts/sources", {**FORM, "area": pages.village.county.id})
    found = re.search(r"Bearer ([\w-]+)", page.text)
    assert page.status_code == 200 and found
    return found[1]


def push(pages: Pages, token: str, data: bytes) -> tuple[int, dict[str, list[dict[str, str]]]]:
    answer = pages.app.test_client().post("/api/alerts", data=data, headers={"Authorization": f"Bearer {token}"})
    return answer.status_code, answer.json  # type: ignore[return-value]


def state(pages: Pages) -> dict[str, str]:
    with pages.db.reading() as session:
        return {row.identifier: row.state for row in session.scalars(select(ReceivedAlert))}


def number(pages: Pages, name: str = "A1") -> int:
    with pages.db.reading() as session:
        return session.scalars(select(ReceivedAlert.id).where(ReceivedAlert.identifier == name)).one()


def test_what_a_source_pushes_is_decided_at_once_and_once(pages: Pages, token: str) -> None:
    status, body = push(pages, token, told())
    assert status == 200 and [(each["identifier"], each["action"], each["level"], each["state"]) for each in body["alerts"]] == [("A1", "play", "orange", "play")]
    assert push(pages, token, told()) == (200, {"alerts": [], "problems": []})
    assert "河水正在上涨" in pages.browser(pages.village.operator).get("/alerts").text
    listed = pages.machine(pages.village.operator)("GET", "/api/alerts").json
    assert [each["identifier"] for each in listed["alerts"]] == ["A1"]  # type: ignore[index]
    assert pages.machine(pages.village.stranger)("GET", "/api/alerts").json == {"alerts": []}


@pytest.mark.parametrize("data", (b"", b"hello", b'<!DOCTYPE a [<!ENTITY x "y">]><alert>&x;</alert>', b"\0" * 4000, b"<feed/>"))
def test_what_is_no_warning_is_answered_in_words(pages: Pages, token: str, data: bytes) -> None:
    status, body = push(pages, token, data)
    assert status == 200 and body["alerts"] == [] and body["problems"]


@pytest.mark.parametrize("wrong", ("", "x", "é", "xy_abc"))
def test_nobody_pushes_without_the_token_of_a_source(pages: Pages, token: str, wrong: str) -> None:
    client = pages.app.test_client()
    assert client.post("/api/alerts", data=told(), headers={"Authorization": f"Bearer {wrong}".encode().decode("latin-1")}).status_code == 401
    assert client.post("/api/alerts", data=told()).status_code == 401 and state(pages) == {}


def test_a_source_that_is_switched_off_is_not_heard(pages: Pages, token: str) -> None:
    with pages.db.reading() as session:
        row = session.scalars(select(AlertSource.id)).one()
    pages.browser(pages.village.admin).post(f"/alerts/sources/{row}/active", {"active": "0"})
    assert push(pages, token, told())[0] == 401


def test_an_unclear_warning_is_a_card_and_one_tap_plays_it(pages: Pages, token: str) -> None:
    push(pages, token, told(info(severity="Unknown", where=area(desc="河边"))))
    browser = pages.browser(pages.village.operator)
    page = browser.get("/alerts").text
    assert "neither a code nor an outline" in page and 'name="areas"' in page and 'name="level"' in page and "Not here" in page
    browser.post(f"/alerts/{number(pages)}/play", {"areas": str(pages.village.village_b.id), "level": "red"})
    assert state(pages) == {"A1": "play"}
    page = browser.get("/alerts").text
    assert "下涌村" in page and "No warning waits for you." in page
    browser.post(f"/alerts/{number(pages)}/stop")
    assert state(pages) == {"A1": "ended"} and "stopped here" in browser.get("/alerts").text


def test_a_warning_is_not_played_here_for_a_reason_that_is_kept(pages: Pages, token: str) -> None:
    push(pages, token, told(info(severity="Unknown")))
    browser = pages.browser(pages.village.operator)
    browser.post(f"/alerts/{number(pages)}/dismiss", {"reason": ""})
    assert state(pages) == {"A1": "inbox"}
    browser.post(f"/alerts/{number(pages)}/dismiss", {"reason": "与我县无关"})
    assert state(pages) == {"A1": "dismissed"} and "与我县无关" in browser.get("/alerts").text
    answer = browser.post(f"/alerts/{number(pages)}/play", {"level": "red"})
    assert "waits for nobody" in browser.get(answer.location).text and state(pages) == {"A1": "dismissed"}


def test_who_reviews_sees_and_does_not_play_and_the_next_county_does_not_even_see(pages: Pages, token: str) -> None:
    push(pages, token, told(info(severity="Unknown")))
    reviewer, stranger = pages.browser(pages.village.reviewer), pages.browser(pages.village.stranger)
    assert "河水正在上涨" in reviewer.get("/alerts").text and "Play now" not in reviewer.get("/alerts").text
    assert "河水正在上涨" not in stranger.get("/alerts").text
    for act in ("play", "dismiss", "stop"):
        path = f"/alerts/{number(pages)}/{act}"
        assert reviewer.post(path, {"level": "red", "reason": "x"}).status_code == 403 and stranger.post(path, {"level": "red", "reason": "x"}).status_code == 404
        assert pages.browser(pages.village.operator).get(path).status_code == 405
    assert pages.browser(pages.village.operator).get("/alerts/sources").status_code == 403
    assert pages.browser().get("/alerts").status_code in (302, 303, 401) and state(pages) == {"A1": "inbox"}


def test_a_cancel_that_waits_ends_what_it_names_when_it_is_accepted(pages: Pages, token: str) -> None:
    push(pages, token, told())
    push(pages, token, told(name="C", kind="Cancel", sent="2026-11-24T11:55:00+08:00", refs=ref(sent=SENT)).replace(b"<info>", b"<x>").replace(b"</info>", b"</x>"))
    assert state(pages) == {"A1": "play", "C": "inbox"}  # sent in the future
    browser = pages.browser(pages.village.operator)
    assert "End what it names" in browser.get("/alerts").text
    browser.post(f"/alerts/{number(pages, 'C')}/play")
    assert state(pages) == {"A1": "ended", "C": "done"}


@pytest.mark.parametrize("wrong", (
    {"name": " "}, {"url": "http://weather.example.org/feed"}, {"url": "https://127.0.0.1/feed"}, {"more": "{"}, {"more": "[]"}, {"more": '{"rate": "many"}'}, {"signature": "perhaps"},
    {"lowest": "pink"},
))  # fmt: skip
def test_a_source_that_cannot_be_is_refused_in_words(pages: Pages, wrong: dict[str, str]) -> None:
    page = pages.browser(pages.village.admin).post("/alerts/sources", {**FORM, **wrong, "area": pages.village.county.id})
    assert page.status_code == 422 and 'class="flash bad"' in page.text


def test_what_the_form_tells_becomes_the_trust(pages: Pages) -> None:
    more = {"lowest": "", "senders": "a@x\n\n b@y ", "signature": "required", "more": json.dumps({"rate": 3})}
    assert pages.browser(pages.village.admin).post("/alerts/sources", {**FORM, **more, "area": pages.village.county.id}).status_code == 200
    with pages.db.reading() as session:
        (made,) = session.scalars(select(AlertSource))
        assert made.trust == {"signature": "required", "level": "county", "senders": ["a@x", "b@y"], "highest": "", "rate": 3} and made.url == ""


def test_a_platform_above_is_answered_and_its_address_is_its_secret(pages: Pages, token: str) -> None:
    url = f"/api/ebd/{token}"
    machine = pages.app.test_client()
    assert machine.post(url, data=ebd(areas="330102001201").encode()).status_code == 401  # nobody set it up
    with pages.db.reading() as session:
        source = session.scalars(select(AlertSource.id)).one()
    form = {"resource": "43301020010000101010101", "url": "https://9.9.9.9/ebd"}
    assert pages.browser(pages.village.operator).post(f"/alerts/sources/{source}/exchange", form).status_code in (403, 404)
    admin = pages.browser(pages.village.admin)
    assert "18" in admin.post(f"/alerts/sources/{source}/exchange", {**form, "resource": "12"}, follow_redirects=True).text
    assert admin.post(f"/alerts/sources/{source}/exchange", form).status_code == 303
    package = tar(a_xml=ebd(areas="330102001201").replace("11:50:00", "09:50:00").encode())
    for sent in ({"data": package}, {"data": {"file": (io.BytesIO(package), "EBDT_1.tar")}, "content_type": "multipart/form-data"}):
        answer = machine.post(url, **sent)  # type: ignore[arg-type]
        assert answer.mimetype == "application/x-tar", answer.text
        assert response_of(answer.data)[0] == 1
    assert response_of(machine.post(url, data=b"\0" * 600).data)[0] == 2 and machine.post("/api/ebd/nobody", data=package).status_code == 401
    assert state(pages) == {"E1": "play"}
    page = admin.get("/alerts/sources").text
    assert "43301020010000101010101" in page and "9.9.9.9" in page


def test_our_own_warnings_are_there_for_everybody(pages: Pages) -> None:
    nobody = pages.app.test_client()
    assert nobody.get("/cap/feed.atom").status_code == 200 and nobody.get("/cap/feed.atom?area=999").status_code == 404
    with pages.db.session() as session:
        place = session.get_one(Area, pages.village.village_a.id)
        place.code = "330102001201"
        key = order(session, [place], Order(title="水库泄洪", texts={"zh": "请远离河道。"}), pages.now, person=None).key
    feed = nobody.get("/cap/feed.atom")
    assert nobody.get("/cap/feed.atom", headers={"If-None-Match": feed.headers["ETag"]}).status_code == 304
    links = read(feed.data).links
    assert [each.rpartition("/")[2] for each in links] == [f"xy-{key}-1.xml"]
    whole = nobody.get(f"/cap/xy-{key}-1.xml")
    told = read(whole.data).alerts[0]
    assert whole.mimetype == "application/cap+xml" and (told.status, told.infos[0].headline) == ("Actual", "水库泄洪")
    assert nobody.get("/cap/xy-none-1.xml").status_code == 404 and nobody.get(f"/cap/xy-{key}-7.xml").headers["Location"].endswith(f"xy-{key}-1.xml")
    with pages.db.reading() as session:
        number = session.scalars(select(Emergency.id)).one()
    operator = pages.machine(pages.village.operator)
    said = operator("GET", f"/api/emergencies/{number}/message").json
    assert said and said["kind"] == "Alert" and any("signature" in each for each in said["lost"])  # these pages have no folder
    ebm = operator("GET", f"/api/emergencies/{number}/message?form=ebm&resource=43301020010000101010101").json
    assert ebm and read(base64.b64decode(ebm["content"])).alerts[0].form == "EBM"
    assert operator("GET", f"/api/emergencies/{number}/message?form=ebm&resource=1").status_code == 422
    assert pages.machine(pages.village.stranger)("GET", f"/api/emergencies/{number}/message").status_code == 404
