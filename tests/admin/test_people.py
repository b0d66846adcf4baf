"""Signing in and out, roles in a branch, links and tokens that are shown once."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from admin.entrance import safe_next
from admin.web import create_web, limiter
from station.access import open_session, set_password
from station.clock import Clock
from station.models import AuditEntry, Grant, Person
from station.people import grant
from tests.admin.conftest import Browser, Pages, settings

GOOD = "four words in a row"


def with_password(pages: Pages) -> Person:
    with pages.db.session() as session:
        person = session.get_one(Person, pages.village.operator.id)
        set_password(session, person, GOOD)
    return person


def test_name_and_password_let_in_and_signing_out_ends_it(pages: Pages) -> None:
    with_password(pages)
    browser = pages.browser()
    answer = browser.post("/sign-in", {"login": " LAN ", "password": GOOD, "next": "/articles"})
    assert answer.status_code == 303 and answer.location == "/articles"
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie
    assert browser.get("/").status_code == 200
    browser.post("/sign-out")
    assert browser.get("/").status_code == 302


@pytest.mark.parametrize(("login", "password"), [("lan", "wrong"), ("nobody", GOOD), ("shen", GOOD), ("", ""), ("a\0b", "x")])
def test_a_wrong_name_and_a_wrong_password_sound_the_same(pages: Pages, login: str, password: str) -> None:
    with_password(pages)
    answer = pages.browser().post("/sign-in", {"login": login, "password": password})
    assert answer.status_code == 401 and "do not belong together" in answer.text


def test_guessing_passwords_is_slowed_down(pages: Pages) -> None:
    desk = pages.app.extensions["xiangyin"]
    app = create_web(settings(rate_limits=True), desk.db, desk.files, desk.keys, desk.hash_password, desk.clock)
    limiter.reset()
    try:
        browser = Browser(app.test_client())
        key = {"csrf_token": browser.form_key()}
        statuses = [browser.client.post("/link/x", data=key).status_code for _ in range(21)]
        assert statuses[:20] == [410] * 20 and statuses[20] == 429
    finally:
        limiter.reset()
        limiter.enabled = False


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "", "/a\nb"])
def test_signing_in_never_leads_away_from_here(pages: Pages, target: str) -> None:
    with pages.app.test_request_context():
        assert safe_next(target) == "/"


def test_a_link_works_once_and_looking_at_it_does_not_use_it_up(pages: Pages) -> None:
    boss = pages.browser(pages.village.admin)
    shown = boss.post(f"/people/{pages.village.operator.id}/link")
    path = re.search(r"(/link/[\w-]+)", shown.text)
    assert path
    browser = pages.browser()
    assert browser.get(path[1]).status_code == browser.get(path[1]).status_code == 200
    assert browser.post(path[1]).location == "/"
    assert browser.get("/").status_code == 200
    assert pages.browser().post(path[1]).status_code == 410


def test_an_administrator_adds_somebody_and_it_is_written_down(pages: Pages) -> None:
    boss, village = pages.browser(pages.village.admin), pages.village
    form = {"login": "mei", "name": "阿梅", "role": "operator", "area": village.town.id}
    answer = boss.post("/people", form)
    assert answer.status_code == 303 and "Now make a sign-in link" in boss.get(answer.location).text
    again = boss.post("/people", form)
    assert "taken" in boss.get(again.location).text
    with pages.db.reading() as session:
        mei = session.scalars(select(Person).where(Person.login == "mei")).one()
        assert [each.role for each in session.scalars(select(Grant).where(Grant.person_id == mei.id))] == ["operator"]
        assert session.scalars(select(AuditEntry).where(AuditEntry.act == "add", AuditEntry.subject == "person")).one()


def test_only_administrators_see_people_and_only_in_their_branch(pages: Pages) -> None:
    for who in (pages.village.operator, pages.village.reviewer, pages.village.stranger):
        browser = pages.browser(who)
        assert browser.get("/people").status_code == 403
        assert browser.post("/people", {"login": "x1", "name": "x", "role": "admin", "area": pages.village.province.id}).status_code == 403
        assert browser.post(f"/people/{who.id}/grants", {"role": "admin", "area": pages.village.county.id}).status_code == 403
        assert browser.post(f"/people/{pages.village.admin.id}/link").status_code == 403


def test_a_county_administrator_cannot_become_the_province(pages: Pages) -> None:
    with pages.db.session() as session:
        session.add(Grant(person_id=pages.village.reviewer.id, area_id=pages.village.county.id, role="admin"))
    browser = pages.browser(pages.village.reviewer)
    assert browser.post(f"/people/{pages.village.admin.id}/link").status_code == 404
    assert browser.get(f"/people/{pages.village.stranger.id}").status_code == 404
    grants = browser.post(f"/people/{pages.village.reviewer.id}/grants", {"role": "admin", "area": pages.village.province.id})
    assert grants.status_code == 404


def test_nobody_takes_his_own_administration_away(pages: Pages) -> None:
    boss, me = pages.browser(pages.village.admin), pages.village.admin
    with pages.db.reading() as session:
        mine = session.scalars(select(Grant).where(Grant.person_id == me.id)).one()
    boss.post(f"/people/{me.id}/grants/{mine.id}/take")
    with pages.db.reading() as session:
        assert session.get(Grant, mine.id)


def test_a_new_password_ends_the_other_sessions(pages: Pages) -> None:
    person = with_password(pages)
    here, elsewhere = pages.browser(person), pages.browser(person)
    here.post("/me/password", {"old": "wrong wrong", "new": "another good one"})
    assert elsewhere.get("/").status_code == 200
    here.post("/me/password", {"old": GOOD, "new": "short"})
    assert "10 to 200" in here.get("/me").text
    here.post("/me/password", {"old": GOOD, "new": "another good one"})
    assert here.get("/").status_code == 200 and elsewhere.get("/").status_code == 302


def test_a_token_is_shown_once_and_can_be_revoked(pages: Pages) -> None:
    browser = pages.browser(pages.village.operator)
    shown = browser.post("/me/tokens", {"name": "weather", "days": "30"})
    token = re.search(r"xy_[\w-]+", shown.text)
    assert token and token[0] not in browser.get("/me").text
    ask = {"Authorization": f"Bearer {token[0]}"}
    assert pages.app.test_client().get("/api/areas", headers=ask).status_code == 200
    browser.post("/me/tokens/1/revoke")
    assert pages.app.test_client().get("/api/areas", headers=ask).status_code == 401
    assert pages.browser(pages.village.reviewer).post("/me/tokens/1/revoke").status_code == 404


def test_hostile_names_are_only_text(pages: Pages) -> None:
    boss = pages.browser(pages.village.admin)
    boss.post("/areas", {"parent": pages.village.town.id, "level": "village", "name": "<script>alert(1)</script>", "dialect": "", "tz": ""})
    page = boss.get("/areas").text
    assert "<script>alert" not in page and "&lt;script&gt;alert" in page


def test_the_audit_log_is_for_the_branch(pages: Pages) -> None:
    pages.browser(pages.village.admin).post("/areas", {"parent": pages.village.town.id, "level": "village", "name": "新村"})
    assert "新村" in pages.browser(pages.village.reviewer).get("/audit").text
    assert pages.browser(pages.village.stranger).get("/audit").status_code == 403


def test_an_expired_session_ends(pages: Pages) -> None:
    from datetime import timedelta

    desk = pages.app.extensions["xiangyin"]
    later: Clock = lambda: pages.now + timedelta(days=8)  # noqa: E731
    app = create_web(settings(), desk.db, desk.files, desk.keys, desk.hash_password, later)
    with pages.db.session() as session:
        token = open_session(session, pages.village.operator, pages.now)
    client = app.test_client()
    client.set_cookie("xiangyin", token)
    assert client.get("/").status_code == 302


def test_a_limited_role_is_given_shown_and_written_down(pages: Pages) -> None:
    boss, who = pages.browser(pages.village.admin), pages.village.operator
    form = {"role": "operator", "area": pages.village.village_a.id, "kinds": ["notice"], "hours": "6-20", "langs": ["zh-Hans"], "highest": "village"}
    boss.post(f"/people/{who.id}/grants", form)
    page = boss.get(f"/people/{who.id}").text
    assert "only: Notice · 简体中文 · 06:00-20:00 · up to the level Village" in page
    boss.post(f"/people/{who.id}/grants", {**form, "hours": "nonsense"})
    assert "are no hours" in boss.get(f"/people/{who.id}").text
    log = boss.get("/audit", query_string={"who": pages.village.admin.id, "thing": f"person {who.id}", "place": pages.village.town.id}).text
    assert "after" in log and "06:00-20:00" in log
    assert "06:00-20:00" not in boss.get("/audit", query_string={"day": "2026-11-20"}).text
    assert boss.get("/audit", query_string={"day": "yesterday"}).status_code == 422


def test_whoever_holds_a_limited_administration_cannot_become_somebody_with_more(pages: Pages) -> None:
    from station.people import Limits

    with pages.db.session() as session:
        grant(session, pages.village.reviewer2, pages.village.county, "admin", Limits.read(["notice"]))
    small, theirs = pages.browser(pages.village.reviewer2), pages.village.operator
    with pages.db.reading() as session:
        held = session.scalars(select(Grant).where(Grant.person_id == theirs.id)).one()
    for path in ("link", "sessions/end", f"grants/{held.id}/take"):
        assert small.post(f"/people/{theirs.id}/{path}").status_code == 403, path
    assert small.post(f"/people/{theirs.id}/grants", {"role": "admin", "area": pages.village.county.id}).status_code == 403


def test_the_log_as_a_table_is_for_the_branch_and_runs_nothing(pages: Pages) -> None:
    pages.browser(pages.village.admin).post("/areas", {"parent": pages.village.town.id, "level": "village", "name": "=1+1"})
    found = pages.browser(pages.village.reviewer).get("/audit.csv")
    assert found.mimetype == "text/csv" and "'=1+1" in found.text and ",=1+1" not in found.text
    assert pages.browser(pages.village.stranger).get("/audit.csv").status_code == 403


def test_sessions_are_listed_and_ended_one_by_one_or_all(pages: Pages) -> None:
    me = pages.village.operator
    here, phone, lost = pages.browser(me), pages.browser(me), pages.browser(me)
    assert sorted(re.findall(r'action="/me/sessions/(\w+)', here.get("/me").text)) == ["2", "3", "end"], "not the one at hand"
    assert pages.browser(pages.village.reviewer).post("/me/sessions/2/end").status_code == 404
    here.post("/me/sessions/2/end")
    assert phone.get("/").status_code == 302 and lost.get("/").status_code == 200
    here.post("/me/sessions/end")
    assert lost.get("/").status_code == 302 and here.get("/").status_code == 200
    pages.browser(pages.village.admin).post(f"/people/{me.id}/sessions/end")
    assert here.get("/").status_code == 302


def test_a_token_does_only_what_it_is_for_and_says_when_it_was_used(pages: Pages) -> None:
    browser = pages.browser(pages.village.admin)
    token = re.search(r"xy_[\w-]+", browser.post("/me/tokens", {"name": "log", "days": "30", "scopes": ["audit"]}).text)
    assert token and "never used" in browser.get("/me").text
    ask = {"Authorization": f"Bearer {token[0]}"}
    machine = pages.app.test_client()
    assert machine.get("/api/audit", headers=ask).status_code == 200
    assert machine.delete(f"/api/areas/{pages.village.village_b.id}", headers=ask).status_code == 403
    assert "never used" not in browser.get("/me").text
    assert browser.post("/me/tokens", {"name": "x", "scopes": ["fly"]}).status_code == 422
