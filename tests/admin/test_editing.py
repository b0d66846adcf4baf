"""The desk on its pages and doors: letters, feeds to pick from, versions, remarks, who does it, adapting; both texts when two edit at once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from articles import collect
from articles.models import Article, Feed
from tests.admin.conftest import Pages
from tests.builders import an_article

LETTER = {"sender": "王五 139", "title": "路灯", "body": "桥头的路灯坏了。"}


@pytest.fixture
def number(pages: Pages) -> int:
    with pages.db.session() as session:
        return collect.collect_paste(
            session, pages.village.operator, pages.village.village_a, kind="notice", title="停水通知", body="明天上午停水。", now=pages.now
        ).id


def article(pages: Pages, number: int) -> Article:
    with pages.db.reading() as session:
        found = session.get_one(Article, number)
        session.expunge(found)
        return found


def made_link(pages: Pages) -> str:
    """The address of a new link, without its host."""
    page = pages.browser(pages.village.operator).post("/contributions", {"area": pages.village.village_a.id, "name": "村民", "days": "7"}).text
    return "/write/" + page.split("/write/", 1)[1].split("<", 1)[0]


def test_a_letter_needs_no_account_and_waits_on_the_first_page(pages: Pages) -> None:
    address = made_link(pages)
    anybody, operator = pages.browser(), pages.browser(pages.village.operator)
    assert anybody.get(address).status_code == 200
    assert anybody.post(address, {**LETTER, "sender": ""}).status_code == 422
    kept = anybody.post(address, {**LETTER, "body": "\u202e"})
    assert kept.status_code == 422 and "王五" in kept.text
    sent = anybody.post(address, LETTER)
    assert sent.status_code == 303 and "arrived" in anybody.get(sent.location).text
    assert "王五 139 · 村民" in operator.get("/").text
    assert "路灯" not in pages.browser(pages.village.stranger).get("/").text
    operator.post("/contributions/1/close")
    assert anybody.post(address, LETTER).status_code == 404 and anybody.get("/write/nothing").status_code == 404


def test_links_are_the_matter_of_those_who_write_there(pages: Pages) -> None:
    made_link(pages)
    stranger = pages.browser(pages.village.stranger)
    assert "村民" not in stranger.get("/contributions").text
    assert stranger.post("/contributions/1/close").status_code == 404
    assert stranger.post("/contributions", {"area": pages.village.village_a.id, "name": "x", "days": "7"}).status_code == 404
    operator = pages.browser(pages.village.operator)
    assert operator.get("/contributions/1/close").status_code == 405
    assert operator.post("/contributions", {"area": pages.village.village_a.id, "name": "x", "days": "8"}).status_code == 422


def test_the_second_of_two_is_told_and_sees_both_texts(pages: Pages, number: int) -> None:
    first, second = pages.browser(pages.village.reviewer), pages.browser(pages.village.operator)
    form = {"lang": "zh-Hans", "title": "停水通知", "revision": "1"}
    assert first.post(f"/articles/{number}/texts", {**form, "body": "后天上午停水。"}).status_code == 303
    beaten = second.post(f"/articles/{number}/texts", {**form, "body": "明天下午停水。"})
    assert beaten.status_code == 409 and "后天上午停水。" in beaten.text and "明天下午停水。</textarea>" in beaten.text and "沈审" in beaten.text
    assert "<del>" in beaten.text and "<ins>" in beaten.text and 'name="revision" value="2"' in beaten.text
    assert article(pages, number).revision == 2
    changes = second.get(f"/articles/{number}/versions/zh-Hans").text
    assert "version 1" in changes and "沈审" in changes and "后" in changes
    assert second.get(f"/articles/{number}/versions/xx").status_code == 404


def test_remarks_deadline_and_end_are_on_the_page_and_on_the_first_page_of_whoever_does_it(pages: Pages, number: int) -> None:
    operator, reviewer = pages.browser(pages.village.operator), pages.browser(pages.village.reviewer)
    operator.post(f"/articles/{number}/remark", {"remark": "请核对 <b>时间"})
    operator.post(f"/articles/{number}/assign", {"assignee": pages.village.reviewer.id, "due_at": f"{pages.now + timedelta(days=2):%Y-%m-%dT%H:%M}"})
    operator.post(f"/articles/{number}/ends", {"expires_at": f"{pages.now + timedelta(days=3):%Y-%m-%dT%H:%M}"})
    page = reviewer.get(f"/articles/{number}").text
    assert "请核对 &lt;b&gt;时间" in page and "Yours to do" in reviewer.get("/").text and "Yours to do" not in operator.get("/").text
    assert article(pages, number).expires_at is not None
    operator.post(f"/articles/{number}/assign", {"assignee": pages.village.stranger.id})
    assert article(pages, number).assignee_id == pages.village.reviewer.id
    stranger = pages.browser(pages.village.stranger)
    for act in ("remark", "assign", "ends", "pick", "drop", "adapt-for"):
        assert stranger.post(f"/articles/{number}/{act}", {"area": pages.village.other_county.id}).status_code == 404
        assert operator.get(f"/articles/{number}/{act}").status_code == 405


def test_a_suggestion_is_marked_as_one_and_kept_only_when_saved(pages: Pages, number: int) -> None:
    operator = pages.browser(pages.village.operator)
    page = operator.get(f"/articles/{number}/adapt?to=yue").text
    assert "聽日上晝停水。" in page and "suggestion" in page and article(pages, number).revision == 1
    assert operator.get(f"/articles/{number}/adapt?to=tlh").status_code == 404
    operator.post(f"/articles/{number}/adapt-for", {"area": pages.village.village_b.id, "audience": "elderly"})
    assert article(pages, number + 1).adapted_from_id == number
    assert "the elderly" in operator.get(f"/articles/{number + 1}").text


def test_a_piece_of_a_feed_is_taken_once_or_turned_down_for_good(pages: Pages) -> None:
    with pages.db.session() as session:
        feed = Feed(area_id=pages.village.county.id, url="https://example.com/feed", lang="zh-Hans", title="县报")
        session.add(feed)
        session.flush()
        for title in ("一", "二"):
            made = an_article(session, pages.village.operator, pages.village.county, pages.now, title=title)
            made.source, made.feed_id, made.author_id = "feed", feed.id, None
    operator, other = pages.browser(pages.village.operator), pages.browser(pages.village.admin)
    assert operator.get("/feeds/desk").text.count("Take it") == 2
    assert operator.post("/articles/1/pick").status_code == 303
    other.post("/articles/1/pick")
    assert article(pages, 1).assignee_id == pages.village.operator.id
    operator.post("/articles/2/drop")
    assert article(pages, 2).state == "withdrawn" and "Take it" not in operator.get("/feeds/desk").text


def test_a_reviewer_hears_and_reads_before_he_decides(pages: Pages, number: int) -> None:
    operator, reviewer = pages.browser(pages.village.operator), pages.browser(pages.village.reviewer)
    operator.post(f"/articles/{number}/submit")
    page = reviewer.get(f"/articles/{number}").text
    assert "How it will be heard" in page and "明天上午停水" in page and "How it will be heard" not in operator.get(f"/articles/{number}").text
    assert reviewer.post(f"/articles/{number}/hear/cmn").status_code == 303 and reviewer.post(f"/articles/{number}/hear/xx").status_code == 404
    parts = reviewer.get(f"/live.json?what=article&id={number}").json
    assert parts is not None and [each for each in parts if each.startswith("hear-")] and [each for each in parts if each.startswith("read-")]


def test_machines_do_the_same(pages: Pages, number: int) -> None:
    call = pages.machine(pages.village.operator)
    at = (pages.now + timedelta(days=1)).isoformat()
    assert call("POST", f"/api/articles/{number}/remarks", json={"body": "好"}).status_code == 201
    assert call("GET", f"/api/articles/{number}/remarks").json["remarks"][0]["by"] == "阿兰"  # type: ignore[index]
    assert call("POST", f"/api/articles/{number}/assign", json={"person_id": pages.village.operator.id, "due_at": at}).json["assignee_id"] == pages.village.operator.id  # type: ignore[index]
    assert call("POST", f"/api/articles/{number}/assign", json={"person_id": pages.village.stranger.id}).status_code == 422
    assert call("POST", f"/api/articles/{number}/ends", json={"expires_at": "2026-11-24T18:00:00"}).status_code == 422
    assert call("POST", f"/api/articles/{number}/ends", json={"expires_at": at}).status_code == 200
    assert len(call("GET", f"/api/articles/{number}/texts/zh-Hans/versions").json["versions"]) == 1  # type: ignore[index]
    assert call("GET", f"/api/articles/{number}/suggestion?to=yue").json["swaps"]  # type: ignore[index]
    assert call("POST", f"/api/articles/{number}/adapt", json={"area_id": pages.village.village_b.id}).status_code == 201
    link = call("POST", "/api/contributions", json={"area_id": pages.village.village_a.id, "name": "村民"}).json
    assert link is not None and "/write/" in link["address"]
    assert len(call("GET", "/api/contributions").json["links"]) == 1 and call("POST", f"/api/contributions/{link['id']}/close").json["closed_at"]  # type: ignore[index]
    assert pages.machine(pages.village.stranger)("GET", f"/api/articles/{number}/desk").status_code == 404
    assert call("GET", "/api/feeds/offered").json == {"articles": []}
