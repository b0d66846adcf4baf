"""The page of readings: add, remove, take back, bring a table and take it along; nothing for the next county."""

from __future__ import annotations

import io
from typing import Any

import pytest
from sqlalchemy import select

from tests.admin.conftest import Browser, Pages
from tts.models import LexiconEntry


def words(pages: Pages) -> dict[str, str]:
    with pages.db.reading() as session:
        return {row.word: row.reading for row in session.scalars(select(LexiconEntry))}


def form(pages: Pages, **changes: Any) -> dict[str, Any]:
    return {"area": pages.village.county.id, "dialect": "cmn", "word": "单家庄", "reading": "shan4 jia1 zhuang1", "note": "宗祠 <b>", **changes}


def table(pages: Pages, browser: Browser, text: str, **changes: Any) -> Any:
    sent = {"area": pages.village.county.id, "dialect": "cmn", "mode": "all", "file": (io.BytesIO(text.encode()), "村名.csv"), **changes}
    return browser.post("/lexicon/import", sent, content_type="multipart/form-data")


def test_a_reading_is_added_shown_and_taken_back(pages: Pages) -> None:
    browser = pages.browser(pages.village.operator)
    answer = browser.post("/lexicon/add", form(pages))
    assert answer.status_code == 303 and words(pages) == {"单家庄": "shan4 jia1 zhuang1"}
    page = browser.get(answer.location).text
    assert "单家庄" in page and "宗祠 &lt;b&gt;" in page and ">Undo<" in page
    change = answer.location.partition("undo=")[2]
    browser.post("/lexicon/undo", {"change": change})
    assert words(pages) == {}


def test_a_wrong_reading_is_refused_and_what_was_typed_stays(pages: Pages) -> None:
    answer = pages.browser(pages.village.operator).post("/lexicon/add", form(pages, reading="shan9"))
    assert answer.status_code == 422 and "shan9" in answer.text and words(pages) == {}


def test_a_reading_is_removed(pages: Pages) -> None:
    browser = pages.browser(pages.village.operator)
    browser.post("/lexicon/add", form(pages))
    with pages.db.reading() as session:
        number = session.scalars(select(LexiconEntry)).one().id
    assert pages.browser(pages.village.stranger).post(f"/lexicon/{number}/remove").status_code == 404
    assert browser.post(f"/lexicon/{number}/remove").status_code == 303 and words(pages) == {}
    assert browser.post(f"/lexicon/{number}/remove").status_code == 404


def test_a_table_comes_in_whole_or_its_good_lines(pages: Pages) -> None:
    browser = pages.browser(pages.village.operator)
    mixed = "单,shan4\n家庄,jia1\n长沟,chang2 gou1\n"
    refused = table(pages, browser, mixed)
    assert refused.status_code == 422 and words(pages) == {}
    assert '<td class="num">2</td>' in refused.text and "one syllable a character" in refused.text
    taken = table(pages, browser, mixed, mode="good")
    assert taken.status_code == 200 and "2 added" in taken.text and '<td class="num">2</td>' in taken.text
    assert words(pages) == {"单": "shan4", "长沟": "chang2 gou1"}


@pytest.mark.parametrize("changes", [{"file": (io.BytesIO(b"PK\0\0"), "x.xlsx")}, {"file": (io.BytesIO(b""), "")}])
def test_what_is_no_table_is_refused(pages: Pages, changes: dict[str, Any]) -> None:
    answer = table(pages, pages.browser(pages.village.operator), "", **changes)
    assert answer.status_code == 422 and words(pages) == {}


def test_the_readings_are_taken_along_and_come_back(pages: Pages) -> None:
    browser = pages.browser(pages.village.operator)
    browser.post("/lexicon/add", form(pages))
    sent = browser.get("/lexicon.csv")
    assert sent.mimetype == "text/csv" and "attachment" in sent.headers["Content-Disposition"]
    assert "单家庄" not in pages.browser(pages.village.stranger).get("/lexicon.csv").text
    with pages.db.session() as session:
        session.delete(session.scalars(select(LexiconEntry)).one())
    table(pages, browser, sent.get_data(as_text=True))
    assert words(pages) == {"单家庄": "shan4 jia1 zhuang1"}


def test_the_list_is_searched_by_word_dialect_and_place(pages: Pages) -> None:
    browser, village = pages.browser(pages.village.operator), pages.village
    for changes in ({}, {"dialect": "yue", "word": "李屋", "reading": "lei5 uk1"}, {"area": village.village_b.id, "word": "长沟", "reading": "chang2 gou1"}):
        browser.post("/lexicon/add", form(pages, **changes))
    for query, seen in (("dialect=yue", {"李屋"}), ("word=家", {"单家庄"}), (f"at={village.village_b.id}", {"长沟"}), ("", {"李屋", "单家庄", "长沟"})):
        page = browser.get(f"/lexicon?{query}").text.partition("<ul")[2]
        assert {word for word in ("李屋", "单家庄", "长沟") if word in page} == seen


def test_readings_from_above_are_seen_but_not_changed(pages: Pages) -> None:
    pages.browser(pages.village.admin).post("/lexicon/add", form(pages, area=pages.village.province.id))
    page = pages.browser(pages.village.operator).get("/lexicon").text
    assert "单家庄" in page and "/remove" not in page


@pytest.mark.parametrize("act", ["add", "import", "undo", "1/remove"])
def test_acts_are_forms_and_strangers_change_nothing(pages: Pages, act: str) -> None:
    operator, stranger = pages.browser(pages.village.operator), pages.browser(pages.village.stranger)
    assert operator.get(f"/lexicon/{act}").status_code == 405
    assert operator.client.post(f"/lexicon/{act}", data=form(pages)).status_code == 400
    answer = stranger.post(f"/lexicon/{act}", form(pages, change=1))
    assert answer.status_code == (303 if act == "undo" else 404) and words(pages) == {}
    assert pages.browser().post(f"/lexicon/{act}", form(pages)).location.endswith("/sign-in")


def test_who_may_not_write_reads_only(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    from station import people

    pages.browser(pages.village.operator).post("/lexicon/add", form(pages))
    monkeypatch.setitem(people.ACTS, "write", frozenset({"admin"}))
    browser = pages.browser(pages.village.reviewer)
    page = browser.get("/lexicon").text
    assert "单家庄" in page and "/remove" not in page and "/lexicon/add" not in page
    assert browser.post("/lexicon/add", form(pages)).status_code == 403
    assert table(pages, browser, "单,shan4\n").status_code == 403
