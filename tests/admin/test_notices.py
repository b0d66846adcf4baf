"""The pages of a notice: written once, shown to who may, refused to others, kept when it is refused; the first page with its cards."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from articles import review
from articles.models import Article
from broadcast import notices
from broadcast.models import Dispatch, Notice, OutCommand
from playlists.models import Occurrence
from station.models import AuditEntry
from tests.admin.conftest import Pages
from tests.broadcast.builders import a_clip, a_programme, a_terminal

pytestmark = pytest.mark.both_databases

KEY = "a" * 32


def said(pages: Pages, **typed: Any) -> dict[str, Any]:
    return {"key": KEY, "area": pages.village.village_a.id, "body": "各位村民，明天停水。", **typed}


def address(answer: TestResponse) -> str:
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def count(pages: Pages, kind: Any = Notice) -> int:
    with pages.db.reading() as session:
        return session.scalar(select(func.count()).select_from(kind)) or 0


def test_from_the_text_to_who_hears_it_to_sent(pages: Pages) -> None:
    with pages.db.session() as session:
        a_terminal(session, pages.village.village_a, pages.now, "ta", presence="online")
        a_terminal(session, pages.village.village_a, pages.now, "tl", presence="lost")
    browser = pages.browser(pages.village.operator)
    assert "What shall be said?" in browser.get("/notice").text
    there = address(browser.post("/notice", said(pages)))
    page = browser.get(there).text
    assert "1 speaker hears it" in page and "1 not now" in page and "It interrupts nothing" in page and "1 other person has to approve it first" in page
    assert "Send: played once approved" in page and "Play now" not in page
    assert address(browser.post(f"{there}/send", {"when": "now", "repeats": "2"})) == there
    page = browser.get(there).text
    assert "Leaves the station in 10 seconds" in page and "Undo" in page
    address(browser.post(f"{there}/send", {"when": "now", "repeats": "2"}))  # the second tap
    with pages.db.reading() as session:
        notice = session.scalars(select(Notice)).one()
        assert (notice.state, notice.repeats, notice.article.state) == ("held", 2, "submitted")
        assert session.scalar(select(func.count()).select_from(AuditEntry).where(AuditEntry.act == "send")) == 1
    assert "Taken back" in browser.post(f"{there}/undo", follow_redirects=True).text
    assert "has left" not in browser.get(there).text and "Nobody heard it." in browser.get(there).text


def test_the_same_form_sent_twice_is_one_notice(pages: Pages) -> None:
    browser = pages.browser(pages.village.operator)
    assert address(browser.post("/notice", said(pages))) == address(browser.post("/notice", said(pages)))
    assert count(pages) == count(pages, Article) == 1


def test_what_was_typed_stays_when_it_is_refused(pages: Pages) -> None:
    browser = pages.browser(pages.village.operator)
    answer = browser.post("/notice", said(pages, body="字" * 2001))
    assert answer.status_code == 422 and "字" * 2001 in answer.text and KEY in answer.text
    answer = browser.post("/notice", said(pages, form="water", day="2026-11-26", since="08:00", until="07:00", place="老街"))
    assert answer.status_code == 422 and "老街" in answer.text and "ends before it begins" in answer.text
    answer = browser.post("/notice", said(pages, key="x"))
    assert answer.status_code == 422 and count(pages) == 0


def test_a_template_brings_its_repetitions(pages: Pages) -> None:
    browser = pages.browser(pages.village.operator)
    assert 'name="reason"' in browser.get("/notice?form=water").text
    there = address(browser.post("/notice", said(pages, form="water", lang="zh-Hans", day="2026-11-26", since="08:00", until="12:00")))
    page = browser.get(there).text
    assert "11月26日星期四08:00至12:00，暂停供水" in page and 'value="2026-11-26T12:00"' in page
    assert re.search(r'value="07:00" checked', page) and re.search(r'value="18:00" checked', page)


def test_at_a_time_the_page_says_who_hears_it_then(pages: Pages) -> None:
    browser = pages.browser(pages.village.operator)
    there = address(browser.post("/notice", said(pages)))
    page = browser.get(f"{there}?play_at=2026-11-24T23:10").text
    assert "It is night there" in page and "today 23:10" in page
    assert browser.get(f"{there}?play_at=soon").status_code == 422
    assert browser.post(f"{there}/send", {"when": "at", "repeats": "1"}).status_code == 422
    address(browser.post(f"{there}/send", {"when": "at", "repeats": "1", "play_at": "2026-11-24T18:00"}))
    with pages.db.reading() as session:
        assert session.scalars(select(Notice)).one().play_at == pages.now.replace(hour=10)


def test_only_who_may_put_it_on_air_writes_a_notice(pages: Pages) -> None:
    there = address(pages.browser(pages.village.operator).post("/notice", said(pages)))
    for person, status in ((pages.village.reviewer, 403), (pages.village.stranger, 404)):
        browser = pages.browser(person)
        assert browser.post("/notice", said(pages, key="b" * 32)).status_code == status
        for act in ("send", "undo", "again", "stop", "reopen", "text", "hear/cmn"):
            assert browser.post(f"{there}/{act}").status_code == status, act
            assert browser.get(f"{there}/{act}").status_code == 405, act
    assert pages.browser(pages.village.stranger).get(there).status_code == 404
    assert pages.browser().get(there).status_code == 302
    assert count(pages) == 1


def test_hearing_it_beforehand_asks_the_voices_for_the_whole_text(pages: Pages) -> None:
    browser = pages.browser(pages.village.operator)
    there = address(browser.post("/notice", said(pages, title="停水")))
    address(browser.post(f"{there}/hear/cmn"))
    told = browser.get(f"/live.json?what=notice&id={there.rsplit('/', 1)[1]}").json
    assert told is not None and len(told) == 1 and "Being spoken" in next(iter(told.values()))
    assert browser.post(f"{there}/hear/xx").status_code == 404
    assert pages.browser(pages.village.stranger).get(f"/live.json?what=notice&id={there.rsplit('/', 1)[1]}").json == {}


def test_nothing_typed_runs_as_a_script(pages: Pages) -> None:
    browser = pages.browser(pages.village.operator)
    there = address(browser.post("/notice", said(pages, title="<script>alert(1)</script>", body="<img src=x onerror=alert(1)>水")))
    for path in (there, "/"):
        page = browser.get(path).text
        assert "<script>alert" not in page and "<img src=x" not in page


def test_home_says_who_is_not_ready_and_why(pages: Pages) -> None:
    with pages.db.session() as session:
        a_terminal(session, pages.village.village_a, pages.now, "ta", presence="online")
        a_terminal(session, pages.village.village_a, pages.now, "码头", presence="lost", last_seen_at=pages.now - timedelta(hours=2))
        a_terminal(session, pages.village.village_a, pages.now, "祠堂", presence="online", fault="disk: full")
        a_terminal(session, pages.village.other_county, pages.now, "elsewhere", presence="lost")
    page = pages.browser(pages.village.operator).get("/").text
    assert "1 of 3 speakers ready" in page and "码头" in page and "2 hours ago" in page and "Its disk is full or broken: full" in page and "elsewhere" not in page


def test_what_is_on_is_shown_with_its_end_and_can_be_stopped(pages: Pages) -> None:
    with pages.db.session() as session:
        found = a_programme(session, pages.village.town, pages.now, a_clip(session, pages.village.county, pages.now), starts_at=pages.now - timedelta(seconds=60))
        found.schedule.made_by_id = pages.village.operator.id
        start = int(found.starts_at.timestamp() * 1000)
        session.add(Dispatch(
            occurrence_id=found.id, area_id=found.area_id, dialect="cmn", zid="zid_cmn", items=[{"id": f"{found.id}-cmn-0", "at_ms": start, "ms": 600_000}],
            starts_at=found.starts_at, ends_at=found.starts_at + timedelta(minutes=15), planned_at=found.starts_at,
        ))  # fmt: skip
        number = found.id
    browser = pages.browser(pages.village.operator)
    page = browser.get("/").text
    assert "until today 10:09" in page and f"/heard/{number}/stop" in page and 'class="stop-mine"' in page
    assert 'class="stop-mine"' in browser.get("/articles").text
    assert 'class="stop-mine"' not in pages.browser(pages.village.admin).get("/").text
    assert f"/heard/{number}/stop" not in pages.browser(pages.village.reviewer).get("/").text
    assert pages.browser(pages.village.reviewer).post(f"/heard/{number}/stop").status_code == 403
    assert pages.browser(pages.village.stranger).post(f"/heard/{number}/stop").status_code == 404
    assert browser.get(f"/heard/{number}/stop").status_code == 405
    assert "Stopped" in browser.post("/notices/stop-mine", follow_redirects=True).text
    with pages.db.reading() as session:
        order = session.scalars(select(OutCommand)).one()
        assert (order.aud, order.to_zone, order.op, order.args["occ"]) == ("zid_cmn", True, "stop", f"{number}-cmn")
        assert session.get_one(Occurrence, number).state == "cancelled"
    assert 'class="stop-mine"' not in browser.get("/").text
    assert "Nothing that you started" in browser.post("/notices/stop-mine", follow_redirects=True).text


def test_a_village_releases_its_own_notices_and_a_reviewer_looks_afterwards(pages: Pages) -> None:
    village = pages.village
    admin = pages.browser(village.admin)
    assert "none, looked at afterwards" in admin.get(f"/areas/{village.village_a.id}/hours").text
    assert pages.browser(village.operator).post(f"/areas/{village.village_a.id}/reviews", {"kind": "notice", "needed": "0"}).status_code == 403
    address(admin.post(f"/areas/{village.village_a.id}/reviews", {"kind": "notice", "needed": "0"}))
    browser = pages.browser(village.operator)
    there = address(browser.post("/notice", said(pages)))
    assert "Play now" in browser.get(there).text and "Nobody has to approve it here" in browser.get(there).text
    address(browser.post(f"{there}/send", {"when": "now", "repeats": "1"}))
    reviewer = pages.browser(village.reviewer)
    assert "Said without a review" in reviewer.get("/").text and "Said without a review" not in browser.get("/").text
    with pages.db.reading() as session:
        number = session.scalars(select(Article.id)).one()
    assert pages.browser(village.operator).post(f"/articles/{number}/seen").status_code == 403
    address(reviewer.post(f"/articles/{number}/seen"))
    assert "Said without a review" not in reviewer.get("/").text


def test_the_whole_of_it_by_rest(pages: Pages) -> None:
    village = pages.village
    admin, operator, stranger = (pages.machine(each) for each in (village.admin, village.operator, village.stranger))
    assert admin("PUT", f"/api/areas/{village.village_a.id}/reviews", json={"kind": "notice", "needed": 0}).json == {"notice": 0, "programme": 2}
    assert operator("PUT", f"/api/areas/{village.village_a.id}/reviews", json={"kind": "notice"}).status_code == 403
    with pages.db.session() as session:
        a_terminal(session, village.village_a, pages.now, "ta", presence="online")
    spoken = {"key": KEY, "area_id": village.village_a.id, "form": "water", "fields": {"day": "2026-11-26", "since": "08:00", "until": "12:00"}}
    made, twice = (operator("POST", "/api/notices", json=spoken) for _ in range(2))
    assert made.status_code == 201 and made.json is not None and twice.json is not None and made.json["id"] == twice.json["id"]
    at = f"/api/notices/{made.json['id']}"
    who = operator("GET", f"{at}/audience").json
    assert who is not None and (who["ready"], who["reviews_needed"], [each["speaks"] for each in who["voices"]]) == (1, 0, ["cmn"])
    assert operator("POST", f"{at}/send", json={"play_at": "2026-11-24T18:00"}).status_code == 422
    sent = operator("POST", f"{at}/send", json={})
    assert sent.json is not None and (sent.json["state"], sent.json["later"]) == ("held", ["07:00", "18:00"])
    assert operator("POST", f"{at}/again", json={}).status_code == 422
    assert stranger("GET", at).status_code == 404 and stranger("POST", f"{at}/undo").status_code == 404
    home = operator("GET", "/api/home").json
    assert home is not None and (home["ready"], home["total"], home["on_now"]) == (1, 1, [])
    assert operator("POST", "/api/stop").json["programmes"] == 1
    assert operator("GET", at).json["state"] == "undone" and operator("GET", f"{at}/occurrences").json == {"occurrences": []}  # type: ignore[index]
    listed = operator("GET", "/api/notices").json
    assert listed is not None and [each["id"] for each in listed["notices"]] == [made.json["id"]]


@pytest.mark.parametrize("form", [{"kind": "notice", "needed": "7"}, {"kind": "weather", "needed": "1"}, {"kind": "notice", "needed": "x"}, {}])
def test_reviews_that_cannot_be_change_nothing(pages: Pages, form: dict[str, str]) -> None:
    pages.browser(pages.village.admin).post(f"/areas/{pages.village.county.id}/reviews", form)
    with pages.db.reading() as session:
        assert review.reviews_needed(session, pages.village.county, "notice") == 1
    assert timedelta(seconds=10) == notices.UNDO
