"""Every page: shut for strangers, seen by the people of the branch, sealed with strict headers, kind when it fails."""

from __future__ import annotations

import pytest
from werkzeug.routing import Rule

from tests.admin.conftest import Pages

OPEN = {"/https", "/https/xiangyin-ca.crt", "/https/xiangyin.mobileconfig", "/sign-in", "/sign-in/second", "/link/<token>", "/setup", "/language", "/static/<path:filename>", "/setup/speaker", "/setup/chime/<row:terminal_id>"}
# What a village shows to whoever scans the sign on its pole, the letters of people without an account, and what a telephone's calendar subscribes to.
PUBLIC = ("/v/", "/cap/", "/write/", "/calendar/")
# Lines that stay open, and are no pages.
LINES = ("/live", "/live.json")
NOT_FOR_ALL = ("/people", "/backups", "/webhooks", "/audit", "/audit.csv", "/alerts/sources")


def rules(pages: Pages, method: str) -> list[Rule]:
    """The addresses of the pages that take this method; REST, WebSockets and the doors for machines have tests of their own."""
    found = [rule for rule in pages.app.url_map.iter_rules() if method in (rule.methods or ()) and rule.rule not in OPEN and not rule.rule.startswith(PUBLIC)]
    return [rule for rule in found if not rule.websocket and not rule.rule.startswith("/api/") and not rule.endpoint.startswith(("doors.", "vitals."))]


def filled(rule: Rule) -> str:
    values = {name: "cmn" if name == "dialect" else "up" if name == "act" else "chime" if name == "op" else "1" for name in rule.arguments}
    path = rule.rule
    for name in rule.arguments:
        path = path.replace(f"<row:{name}>", values[name]).replace(f"<{name}>", values[name])
    return path


def test_whoever_has_not_signed_in_sees_only_the_sign_in_page(pages: Pages) -> None:
    nobody = pages.browser()
    for rule in rules(pages, "GET"):
        answer = nobody.get(filled(rule))
        assert answer.status_code == 302 and answer.location.startswith("/sign-in"), rule
    for rule in rules(pages, "POST"):
        answer = nobody.post(filled(rule))
        assert answer.status_code in (302, 303) and answer.location.startswith("/sign-in"), rule


def test_no_act_is_done_without_the_form_key(pages: Pages) -> None:
    browser = pages.browser(pages.village.admin)
    for rule in rules(pages, "POST"):
        answer = browser.client.post(filled(rule), data={"title": "x"})
        assert answer.status_code == 400, rule


def test_acts_refuse_get(pages: Pages) -> None:
    browser = pages.browser(pages.village.admin)
    both = {filled(rule) for rule in rules(pages, "GET")}
    for rule in rules(pages, "POST"):
        if filled(rule) not in both:
            assert browser.get(filled(rule)).status_code in (404, 405), rule


@pytest.mark.parametrize("who", ["admin", "operator", "reviewer", "stranger"])
@pytest.mark.both_databases
def test_every_page_without_a_number_opens_for_everybody_who_works_here(pages: Pages, who: str) -> None:
    browser = pages.browser(getattr(pages.village, who))
    for rule in rules(pages, "GET"):
        if rule.arguments or rule.rule in LINES:
            continue
        answer = browser.get(rule.rule)
        allowed = (200, 403) if rule.rule in NOT_FOR_ALL else (200,)
        assert answer.status_code in allowed, (rule, answer.text[:300])


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_pages_speak_the_chosen_language(pages: Pages, lang: str) -> None:
    browser = pages.browser(pages.village.operator)
    browser.client.set_cookie("lang", lang)
    page = browser.get("/").text
    assert ('<html lang="zh-Hans"' in page) == (lang == "zh")
    assert ("首页" in page) == (lang == "zh")


def test_headers_let_nothing_in_from_elsewhere(pages: Pages) -> None:
    for path in ("/", "/sign-in", "/no-such-page", "/api/areas"):
        headers = pages.browser(pages.village.operator).get(path).headers
        assert "default-src 'self'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff" and headers["X-Frame-Options"] == "DENY"


def test_no_page_carries_a_script_or_style_of_its_own(pages: Pages) -> None:
    browser = pages.browser(pages.village.admin)
    for rule in rules(pages, "GET"):
        if not rule.arguments and rule.rule not in LINES and not rule.rule.endswith((".xlsx", ".csv")):  # files are no pages
            page = browser.get(rule.rule).text.replace("http://localhost/v/", "")  # a board shows the address of its own village
            assert "<style" not in page and " style=" not in page and " onclick=" not in page and "http://" not in page, rule
            assert page.count("<script") == page.count('<script src="/static/'), rule


def test_an_unknown_page_leads_home(pages: Pages) -> None:
    answer = pages.browser(pages.village.operator).get("/no-such-page")
    assert answer.status_code == 404 and "To the first page" in answer.text


def test_a_broken_page_says_that_nothing_was_changed(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    from admin import home

    def broken(*_: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr(home, "coming", broken)
    answer = pages.browser(pages.village.operator).get("/")
    assert answer.status_code == 500 and "Nothing was changed" in answer.text and "boom" not in answer.text


def test_numbers_no_database_can_hold_are_not_found(pages: Pages) -> None:
    browser = pages.browser(pages.village.operator)
    for path in ("/articles/99999999999999999999", "/playlists/2147483648", "/devices/0", "/heard/-1", "/live.json?what=article&id=99999999999"):
        assert browser.get(path).status_code == 404, path


def test_the_live_parts_come_as_json_and_as_a_stream(pages: Pages) -> None:
    browser = pages.browser(pages.village.operator)
    told = browser.get("/live.json?what=home").json
    assert told is not None and told["speakers"] == "0 of 0 speakers ready" and "Nothing is on" in told["on-now"]
    stream = browser.get("/live?what=devices")
    assert stream.mimetype == "text/event-stream" and "0 of 0 speakers ready" in stream.text
    assert browser.get("/live?what=nothing").status_code == 404


def test_a_crowd_of_streams_is_sent_to_ask_again_later(pages: Pages) -> None:
    seats = pages.app.extensions["xiangyin_streams"]
    while seats.acquire(blocking=False):
        pass
    assert pages.browser(pages.village.operator).get("/live?what=home").status_code == 503
