"""Articles on the pages: write, bring, review by somebody else, hear every dialect; nothing for the next county."""

from __future__ import annotations

import io

import pytest
from sqlalchemy import select

from articles.models import Article, Feed, Text
from station.models import Person
from tests.admin.conftest import Pages
from tests.builders import an_article
from tts import wordbook
from tts.models import Rendition

HOSTILE = "<script>alert('喇叭')</script> & {{ 7 * 7 }} \" ' </textarea>"


def written(pages: Pages, title: str = "停水通知", body: str = "明天上午八点停水，请提前储水。") -> int:
    """An article written by the operator through the page; its number."""
    answer = pages.browser(pages.village.operator).post(
        "/articles/new", {"area": pages.village.county.id, "kind": "notice", "lang": "zh-Hans", "title": title, "body": body}
    )
    assert answer.status_code == 303, answer.text
    return int(answer.location.rsplit("/", 1)[1])


def state(pages: Pages, number: int) -> str:
    with pages.db.reading() as session:
        return session.get_one(Article, number).state


def test_from_writing_to_approval_by_somebody_else(pages: Pages) -> None:
    number = written(pages)
    author, reviewer = pages.browser(pages.village.operator), pages.browser(pages.village.reviewer)
    assert "Send to review" in author.get(f"/articles/{number}").text
    author.post(f"/articles/{number}/submit")
    assert "停水通知" in reviewer.get("/").text
    page = reviewer.get(f"/articles/{number}").text
    assert "明天上午八点停水" in page and ">Approve<" in page and ">Approve<" not in author.get(f"/articles/{number}").text
    reviewer.post(f"/articles/{number}/approve", {"revision": 1})
    assert state(pages, number) == "approved"
    again = reviewer.post(f"/articles/{number}/approve", {"revision": 1})
    assert again.status_code == 303 and "bad" in reviewer.get(again.location).text


def test_nobody_approves_his_own(pages: Pages) -> None:
    with pages.db.session() as session:
        number = an_article(session, pages.village.reviewer, pages.village.county, pages.now).id
    browser = pages.browser(pages.village.reviewer)
    browser.post(f"/articles/{number}/submit")
    browser.post(f"/articles/{number}/approve", {"revision": 1})
    assert state(pages, number) == "submitted"


def test_sent_back_with_the_reason_for_the_author_to_read(pages: Pages) -> None:
    number = written(pages)
    pages.browser(pages.village.operator).post(f"/articles/{number}/submit")
    reviewer = pages.browser(pages.village.reviewer)
    empty = reviewer.post(f"/articles/{number}/send-back", {"revision": 1, "reason": " "})
    assert state(pages, number) == "submitted" and "say why" in reviewer.get(empty.location).text
    reviewer.post(f"/articles/{number}/send-back", {"revision": 1, "reason": "时间不对 <b>"})
    assert state(pages, number) == "draft"
    assert "时间不对 &lt;b&gt;" in pages.browser(pages.village.operator).get(f"/articles/{number}").text


@pytest.mark.parametrize("act", ["submit", "approve", "send-back", "withdraw", "texts", "voices/cmn/retry"])
def test_an_operator_reviews_nothing_and_the_next_county_sees_nothing(pages: Pages, act: str) -> None:
    number = written(pages)
    pages.browser(pages.village.operator).post(f"/articles/{number}/submit")
    form = {"revision": 1, "reason": "x", "lang": "zh-Hans", "title": "x", "body": "x"}
    stranger = pages.browser(pages.village.stranger)
    assert stranger.get(f"/articles/{number}").status_code == 404
    assert stranger.post(f"/articles/{number}/{act}", form).status_code == 404
    if act in ("approve", "send-back"):
        assert pages.browser(pages.village.operator).post(f"/articles/{number}/{act}", form).status_code == 403
    assert state(pages, number) == "submitted"


def test_the_next_county_neither_lists_nor_watches_nor_writes_here(pages: Pages) -> None:
    number = written(pages)
    stranger = pages.browser(pages.village.stranger)
    assert "停水通知" not in stranger.get("/articles").text
    assert stranger.get(f"/live.json?what=article&id={number}").json == {}
    form = {"area": pages.village.county.id, "kind": "notice", "lang": "zh-Hans", "title": "x", "body": "y"}
    assert stranger.post("/articles/new", form).status_code == 404


def test_what_was_typed_is_still_there_when_it_is_refused(pages: Pages) -> None:
    answer = pages.browser(pages.village.operator).post(
        "/articles/new", {"area": pages.village.county.id, "kind": "notice", "lang": "zh-Hans", "title": "", "body": "留下来"}
    )
    assert answer.status_code == 422 and "留下来" in answer.text


def test_two_people_editing_are_told(pages: Pages) -> None:
    number = written(pages)
    browser = pages.browser(pages.village.operator)
    first = {"revision": 1, "lang": "zh-Hans", "title": "停水通知", "body": "第一个人改的。"}
    assert browser.post(f"/articles/{number}/texts", first).status_code == 303
    late = browser.post(f"/articles/{number}/texts", {**first, "body": "第二个人改的。"})
    assert late.status_code == 409 and "第二个人改的" in late.text and "meanwhile" in late.text


def test_a_uyghur_text_runs_from_right_to_left(pages: Pages) -> None:
    number = written(pages)
    browser = pages.browser(pages.village.operator)
    browser.post(f"/articles/{number}/texts", {"revision": 1, "lang": "ug", "title": "ئۇقتۇرۇش", "body": "ئەتە سۇ توختايدۇ"})
    page = browser.get(f"/articles/{number}").text
    assert 'lang="ug" dir="rtl"' in page
    with pages.db.reading() as session:
        assert {each.lang for each in session.scalars(select(Text))} == {"zh-Hans", "ug"}


def test_hostile_text_is_only_text(pages: Pages) -> None:
    number = written(pages, title=HOSTILE, body=HOSTILE)
    browser = pages.browser(pages.village.operator)
    for path in ("/", "/articles", f"/articles/{number}"):
        page = browser.get(path).text
        assert "<script>alert" not in page and "49" not in page.replace("&#39;", "").split("alert")[-1][:60]


def test_all_six_dialects_are_shown_and_why_one_has_no_sound(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wordbook, "present", lambda: False)
    number = written(pages)
    with pages.db.session() as session:
        session.add_all([
            Rendition(article_id=number, revision=1, dialect="cmn", state="rendering", progress=0.42, created_at=pages.now, lang="zh-Hans"),
            Rendition(article_id=number, revision=1, dialect="yue", state="failed", error="no such syllable <x>", created_at=pages.now),
        ])  # fmt: skip
    browser = pages.browser(pages.village.operator)
    page = browser.get(f"/articles/{number}").text
    for name in ("Mandarin", "Cantonese", "Hakka", "Tibetan", "Uyghur", "English"):
        assert name in page
    assert 'value="42"' in page and "no such syllable &lt;x&gt;" in page and "No voice" in page
    assert "python3 run.py add hakka" in page
    browser.post(f"/articles/{number}/voices/yue/retry")
    with pages.db.session() as session:
        yue = session.scalars(select(Rendition).where(Rendition.dialect == "yue")).one()
        assert (yue.state, yue.error) == ("wanted", "")
        yue.state, yue.audio_sha256, yue.ms, yue.lufs, yue.cues = "ready", "a" * 64, 61_000, -16.04, [[0, 900, "明天停水。"]]
    parts = browser.get(f"/live.json?what=article&id={number}").json
    assert parts and "<audio" in parts["voice-yue"] and "1:01" in parts["voice-yue"] and "-16.0 LUFS" in parts["voice-yue"]


def test_a_file_becomes_a_draft_and_a_broken_one_is_refused_in_words(pages: Pages) -> None:
    browser = pages.browser(pages.village.operator)
    form = {"area": pages.village.county.id, "kind": "notice", "lang": "zh-Hans"}
    sent = browser.post("/articles/file", {**form, "file": (io.BytesIO("春耕通知\n\n各位村民，明天开会。".encode()), "春耕.txt")})
    assert sent.status_code == 303 and "明天开会" in browser.get(sent.location).text
    broken = browser.post("/articles/file", {**form, "file": (io.BytesIO(b"PK\x03\x04 broken"), "x.docx")})
    assert broken.status_code == 422 and "x.docx" in broken.text
    assert browser.post("/articles/file", form).status_code == 422


def test_a_feed_is_added_once_and_nonsense_is_refused(pages: Pages) -> None:
    browser = pages.browser(pages.village.operator)
    form = {"area": pages.village.county.id, "lang": "zh-Hans", "url": "https://93.184.216.34/news.atom"}
    assert browser.post("/feeds", form).status_code == 303
    assert "93.184.216.34" in browser.get("/feeds").text
    assert browser.post("/feeds", {**form, "url": "file:///etc/passwd"}).status_code == 422
    with pages.db.reading() as session:
        feed = session.scalars(select(Feed)).one()
    assert pages.browser(pages.village.stranger).post(f"/feeds/{feed.id}/active", {"active": "0"}).status_code == 404
    browser.post(f"/feeds/{feed.id}/active", {"active": "0"})
    with pages.db.reading() as session:
        assert session.get_one(Feed, feed.id).active is False


def test_somebody_without_a_role_sees_nothing_and_is_told_whom_to_ask(pages: Pages) -> None:
    written(pages)
    with pages.db.session() as session:
        lost = Person(login="lost", name="路人", locale="en", active=True, created_at=pages.now)
        session.add(lost)
    browser = pages.browser(lost)
    assert "Ask an administrator" in browser.get("/").text
    assert "停水通知" not in browser.get("/articles").text


def test_every_page_speaks_its_own_language_even_for_what_no_voice_speaks(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wordbook, "present", lambda: False)
    number = written(pages)
    browser = pages.browser(pages.village.operator)
    said = []
    for lang in ("zh", "en"):
        browser.client.set_cookie("lang", lang)
        said.append(browser.get(f"/articles/{number}").text)
    assert "暂无语音" in said[0] and "No voice yet" in said[1]
    assert "暂无语音" not in said[1]
