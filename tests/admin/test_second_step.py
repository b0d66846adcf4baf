"""Signing in with a second step: digits or paper, set up on one's page, asked of roles and persons, taken away by whoever is above."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from admin.web import create_web
from station import second_step
from station.access import set_password
from station.models import AuditEntry, Person, SignIn
from station.people import Limits, grant
from station.second_step import digits, step_of
from tests.admin.conftest import Browser, Pages, settings

GOOD = "four words in a row"


def at(pages: Pages, seconds: int = 0, **changes: object) -> Pages:
    """The same station some seconds later."""
    desk = pages.app.extensions["xiangyin"]
    moment = pages.now + timedelta(seconds=seconds)
    return Pages(create_web(settings(**changes), desk.db, desk.files, desk.keys, desk.hash_password, lambda: moment), pages.db, pages.village, moment)


def set_up(pages: Pages, browser: Browser) -> tuple[str, list[str]]:
    """A second step through the page: the secret and the codes on paper."""
    key = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/me/second-step").text)
    assert key
    shown = browser.client.post("/me/second-step/begin", data={"csrf_token": key[1], "password": GOOD}).text
    secret = re.search(r"<code class=\"secret mono\">([A-Z2-7]+)</code>", shown)
    assert secret and "data:image/svg+xml" in shown
    assert "%23fff" in shown.partition("data:image/svg+xml")[2][:400], "dark on white, on a dark page too: a telephone reads no other"
    assert secret[1] not in browser.get("/me/second-step").text, "shown once"
    wrong = browser.client.post("/me/second-step/confirm", data={"csrf_token": key[1], "code": "000000"})
    assert wrong.status_code == 422 and "do not fit" in wrong.text
    done = browser.client.post("/me/second-step/confirm", data={"csrf_token": key[1], "code": digits(secret[1], step_of(pages.now))}).text
    codes = re.findall(r"<li><code>([a-z0-9-]+)</code>", done)
    assert len(codes) == 10 and codes[0] not in browser.get("/me/second-step").text
    return secret[1], codes


def password(pages: Pages, person: Person) -> None:
    with pages.db.session() as session:
        set_password(session, session.get_one(Person, person.id), GOOD)


def test_whoever_finds_a_browser_left_open_sets_up_nothing(pages: Pages) -> None:
    me = pages.village.operator
    password(pages, me)
    browser = pages.browser(me)
    for given in ("", "another word or two"):
        refused = browser.post("/me/second-step/begin", {"password": given})
        assert refused.status_code == 422 and "not your password" in refused.text and "secret mono" not in refused.text
    with pages.db.reading() as session:
        assert not second_step.begun(session, session.get_one(Person, me.id))
    assert "secret mono" in browser.post("/me/second-step/begin", {"password": GOOD}).text


@pytest.mark.both_databases
def test_name_and_password_alone_open_nothing_any_more(pages: Pages) -> None:
    me = pages.village.operator
    password(pages, me)
    here, elsewhere = pages.browser(me), pages.browser(me)
    secret, codes = set_up(pages, here)
    assert elsewhere.get("/").status_code == 302 and here.get("/").status_code == 200, "other browsers have to sign in anew"

    later = at(pages, 60)
    browser = later.browser()
    first = browser.post("/sign-in", {"login": "lan", "password": GOOD, "next": "/articles"})
    assert first.location == "/sign-in/second?next=/articles" and browser.get("/").status_code == 302
    assert browser.post("/sign-in/second", {"code": digits(secret, step_of(pages.now))}).status_code == 401, "used when it was set up"
    right = digits(secret, step_of(later.now))
    done = browser.post("/sign-in/second", {"code": f"{right[:3]} {right[3:]}", "next": "/articles"})
    assert done.location == "/articles" and browser.get("/").status_code == 200

    again = later.browser()
    again.post("/sign-in", {"login": "lan", "password": GOOD})
    assert again.post("/sign-in/second", {"code": right}).status_code == 401, "each opens once"
    assert again.post("/sign-in/second", {"code": codes[0], "next": "//evil.example"}).location == "/"
    assert "9 codes on paper are left" in again.get("/me/second-step").text
    with pages.db.reading() as session:
        acts = [row.act for row in session.scalars(select(AuditEntry).where(AuditEntry.subject == "person").order_by(AuditEntry.id))]
    assert acts == ["set_up_second_step", "wrong_code", "sign_in", "wrong_code", "sign_in"]


def test_a_link_asks_for_it_too_and_waiting_too_long_begins_anew(pages: Pages) -> None:
    me = pages.village.operator
    secret, _codes = set_up(pages, pages.browser(me))
    path = re.search(r"(/link/[\w-]+)", pages.browser(pages.village.admin).post(f"/people/{me.id}/link").text)
    assert path
    browser = pages.browser()
    assert browser.post(path[1]).location == "/sign-in/second?next=/"
    assert pages.browser().get("/sign-in/second").location == "/sign-in?next=/"
    late = Browser(at(pages, 700).app.test_client())
    cookie = browser.client.get_cookie("xiangyin_half")
    assert cookie
    late.client.set_cookie("xiangyin_half", cookie.value)
    assert late.post("/sign-in/second", {"code": digits(secret, step_of(pages.now + timedelta(seconds=700)))}).location == "/sign-in?next=/"


@pytest.mark.both_databases
def test_after_five_wrong_ones_the_right_one_waits_too(pages: Pages) -> None:
    me = pages.village.operator
    password(pages, me)
    secret, _codes = set_up(pages, pages.browser(me))
    later = at(pages, 60)
    browser = later.browser()
    browser.post("/sign-in", {"login": "lan", "password": GOOD})
    for _ in range(5):
        assert browser.post("/sign-in/second", {"code": "123"}).status_code == 401
    assert "too many wrong codes" in browser.post("/sign-in/second", {"code": digits(secret, step_of(later.now))}).text
    browser.client.set_cookie("lang", "zh")
    assert "错误次数太多：请 1 分钟后再试" in browser.post("/sign-in/second", {"code": "123"}).text
    calm = at(pages, 200)
    again = calm.browser()
    again.post("/sign-in", {"login": "lan", "password": GOOD})
    assert again.post("/sign-in/second", {"code": digits(secret, step_of(calm.now))}).status_code == 303


def test_whoever_must_have_it_sets_it_up_before_anything_else(pages: Pages) -> None:
    strict = at(pages, second_step_roles=("operator",))
    browser = strict.browser(pages.village.operator)
    assert browser.get("/").location == browser.get("/live").location == "/me/second-step"
    key = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/me/second-step").text)
    assert key and browser.client.post("/me/tokens", data={"csrf_token": key[1], "name": "x"}).location == "/me/second-step"
    assert "With your role" in browser.get("/me/second-step").text
    secret, _codes = set_up(strict, browser)
    assert browser.get("/").status_code == 200
    later = at(pages, 60, second_step_roles=("operator",))
    mine = later.browser(pages.village.operator)
    assert mine.post("/me/second-step/off", {"code": digits(secret, step_of(later.now))}).status_code == 403
    assert later.browser(pages.village.reviewer).get("/").status_code == 200


def test_without_it_again_where_nothing_asks_for_it(pages: Pages) -> None:
    secret, codes = set_up(pages, pages.browser(pages.village.operator))
    later = at(pages, 60)
    browser = later.browser(pages.village.operator)
    assert browser.post("/me/second-step/off", {"code": "000000"}).status_code == 422
    fresh = browser.post("/me/second-step/codes", {"code": digits(secret, step_of(later.now))}).text
    assert codes[0] not in fresh and len(re.findall(r"<li><code>", fresh)) == 10
    new = re.findall(r"<li><code>([a-z0-9-]+)</code>", fresh)
    browser.post("/me/second-step/off", {"code": new[0]})
    with pages.db.reading() as session:
        assert session.get_one(Person, pages.village.operator.id).second_step_at is None


def test_an_administrator_asks_for_it_and_takes_a_lost_one_away(pages: Pages) -> None:
    boss, me = pages.browser(pages.village.admin), pages.village.operator
    boss.post(f"/people/{me.id}/second-step/ask", {"asked": "1"})
    browser = pages.browser(me)
    assert browser.get("/").location == "/me/second-step" and "asked for, not set up yet" in boss.get(f"/people/{me.id}").text
    set_up(pages, browser)
    answer = boss.post(f"/people/{me.id}/second-step/take")
    assert "taken away" in boss.get(answer.location).text and browser.get("/").status_code == 302
    with pages.db.reading() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "take_second_step")).one()
        assert entry.person_id == pages.village.admin.id and entry.detail == {"before": "set up", "after": "none", "ended": 1}
        assert session.scalars(select(SignIn).where(SignIn.person_id == me.id, SignIn.ended_at.is_(None))).all() == []


@pytest.mark.parametrize("act", ["ask", "take"])
def test_only_whoever_holds_more_takes_it_away_and_never_ones_own(pages: Pages, act: str) -> None:
    village = pages.village
    with pages.db.session() as session:
        grant(session, village.reviewer2, village.county, "admin", Limits.read(["notice"]))
    path = f"/people/{village.operator.id}/second-step/{act}"
    assert pages.browser(village.admin).get(path).status_code == 405
    assert [pages.browser(who).post(path).status_code for who in (village.reviewer, village.stranger, village.reviewer2)] == [403, 403, 403]
    assert pages.browser(village.admin).post(f"/people/{village.admin.id}/second-step/{act}").status_code == 403


def test_by_rest_a_second_step_is_seen_asked_for_and_taken(pages: Pages) -> None:
    call, me = pages.machine(pages.village.admin), pages.village.operator
    assert call("GET", f"/api/people/{me.id}/second-step").json == {"asked": False, "must": False, "set_up_at": None, "codes_left": 0}
    assert call("PUT", f"/api/people/{me.id}/second-step", json={"asked": True}).json["must"] is True
    set_up(pages, pages.browser(me))
    assert call("DELETE", f"/api/people/{me.id}/second-step").status_code == 204
    assert call("GET", f"/api/people/{me.id}/second-step").json["set_up_at"] is None
    assert pages.machine(pages.village.reviewer)("DELETE", f"/api/people/{me.id}/second-step").status_code == 403
    with pages.db.reading() as session:
        assert not second_step.codes_left(session, session.get_one(Person, me.id))
