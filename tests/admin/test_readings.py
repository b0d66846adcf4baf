"""The readings page: what will be said stands there, is corrected, heard and taken back; nothing for the next county."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from articles.models import Article, Text
from station.files import Files
from tests.admin.conftest import Pages
from tests.builders import an_article
from tts.choose import choose_voice
from tts.models import LexiconEntry, Preview, Rendition
from tts.pool import Pool
from tts.preview import preview_one

BODY = "请单家庄村民注意☃，3月停水。\n{李|zzz}说{王|wang2}好。"


@pytest.fixture(scope="module")
def voices() -> Iterator[Pool]:
    pool = Pool(1)
    yield pool
    pool.close()


@pytest.fixture
def number(pages: Pages) -> int:
    """An approved notice of village A, spoken in Mandarin."""
    with pages.db.session() as session:
        article = an_article(session, pages.village.operator, pages.village.village_a, pages.now, body=BODY, approved=True)
        session.add(Rendition(article_id=article.id, revision=1, dialect="cmn", lang="zh-Hans", state="ready", created_at=pages.now))
        return article.id


def serve(pages: Pages, files: Files, voices: Pool) -> None:
    """What the station does meanwhile."""
    while preview_one(pages.db, pages.now, voices, files, clock=lambda: pages.now):
        continue


def path(number: int, act: str = "") -> str:
    return f"/articles/{number}/readings/cmn{act and '/' + act}"


def correction(**changes: Any) -> dict[str, Any]:
    return {"s": 1, "a": 1, "b": 4, "word": "单家庄", "reading": "shàn jiā zhuāng", "where": "text", **changes}


def entries(pages: Pages) -> list[tuple[int, int | None, str, str]]:
    with pages.db.reading() as session:
        return [(row.area_id, row.article_id, row.word, row.reading) for row in session.scalars(select(LexiconEntry).order_by(LexiconEntry.id))]


def test_the_page_waits_for_the_voices_and_then_shows_the_readings(pages: Pages, number: int, files: Files, voices: Pool) -> None:
    browser = pages.browser(pages.village.operator)
    page = browser.get(path(number)).text
    assert "being read" in page and "<rt>" not in page.partition("data-part")[2]
    assert browser.get(path(number)).status_code == 200
    with pages.db.reading() as session:
        (row,) = session.scalars(select(Preview))  # asked for once, however often one looks
    key = f"read-{row.key[:16]}"
    assert "progress" in browser.get(f"/live.json?what=readings-cmn&id={number}").json[key]
    serve(pages, files, voices)
    assert browser.get(f"/live.json?what=readings-cmn&id={number}").json[key] == "done"
    page = browser.get(path(number)).text
    assert "<ruby>村<rp>(</rp><rt>cūn</rt><rp>)</rp></ruby>" in page
    assert "nobody can read it" in page and "☃" in page
    assert "Written: <span" in page and "三</" not in page.partition("Written:")[2][:80]
    assert "Not understood: {李|zzz}" in page and "{王" not in page


def test_a_correction_holds_in_this_text_and_can_be_taken_back(pages: Pages, number: int, files: Files, voices: Pool) -> None:
    browser = pages.browser(pages.village.operator)
    answer = browser.post(path(number, "fix"), correction())
    assert answer.status_code == 303 and entries(pages) == [(pages.village.village_a.id, number, "单家庄", "shan4 jia1 zhuang1")]
    browser.get(path(number))
    serve(pages, files, voices)
    page = browser.get(answer.location.partition("#")[0]).text
    assert "<ruby>单<rp>(</rp><rt>shàn</rt>" in page and ">Undo<" in page and "former sound counts" in page
    assert "Being spoken again" in browser.get(f"/articles/{number}").text
    change = answer.location.partition("undo=")[2].partition("#")[0]
    assert browser.post(path(number, "undo"), {"change": change}).status_code == 303 and entries(pages) == []
    again = browser.post(path(number, "undo"), {"change": change})
    assert "changed again meanwhile" in browser.get(again.location).text


def test_a_correction_may_hold_in_the_village_and_as_far_up_as_the_rights_go(pages: Pages, number: int) -> None:
    browser, village = pages.browser(pages.village.operator), pages.village
    for area in (village.village_a, village.county):
        assert browser.post(path(number, "fix"), correction(where=area.id)).status_code == 303
    assert [row[0] for row in entries(pages)] == [village.village_a.id, village.county.id]
    assert browser.post(path(number, "fix"), correction(where=village.province.id)).status_code == 404
    assert browser.post(path(number, "fix"), correction(where=village.village_b.id)).status_code == 404
    assert browser.post(path(number, "fix"), correction(where="all")).status_code == 404
    assert pages.browser(village.admin).post(path(number, "fix"), correction(where=village.province.id)).status_code == 303
    assert len(entries(pages)) == 3


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"reading": "shan4"}, "one syllable a character"), ({"reading": "shan9 jia1 zhuang1"}, "“shan9” is no Mandarin reading"),
        ({"reading": ""}, "give a reading"), ({"word": "{x"}, "holds a brace"), ({"word": ""}, "write the word"),
    ],
)  # fmt: skip
def test_what_is_no_reading_is_refused_and_stays_in_the_form(
    pages: Pages, number: int, files: Files, voices: Pool, changes: dict[str, str], says: str
) -> None:
    browser = pages.browser(pages.village.operator)
    browser.get(path(number))
    serve(pages, files, voices)
    answer = browser.post(path(number, "fix"), correction(**changes))
    assert answer.status_code == 422 and says in answer.text and entries(pages) == []
    assert f'name="reading" required maxlength="200" value="{correction(**changes)["reading"]}"' in answer.text


def test_a_tapped_word_opens_the_form_and_grows(pages: Pages, number: int, files: Files, voices: Pool) -> None:
    browser = pages.browser(pages.village.operator)
    browser.get(path(number))
    serve(pages, files, voices)
    page = browser.get(path(number) + "?s=1&a=1&b=2").text
    assert 'name="word" required maxlength="40" value="单"' in page and "a=1&amp;b=3" in page and "a=0&amp;b=2" in page
    for nonsense in ("?s=1&a=1&b=99", "?s=99&a=0&b=1", "?s=1&a=2&b=1", "?s=x"):
        assert 'id="fix"' not in browser.get(path(number) + nonsense).text


def test_a_sentence_is_heard(pages: Pages, number: int, files: Files, voices: Pool) -> None:
    browser = pages.browser(pages.village.operator)
    assert browser.post(path(number, "hear"), {"s": 0}).status_code == 303
    waiting = browser.get(f"/live.json?what=readings-cmn&id={number}").json
    (part,) = [name for name in waiting if name.startswith("hear-")]
    assert "Being spoken" in waiting[part] and "Being spoken" in browser.get(path(number)).text
    serve(pages, files, voices)
    html = browser.get(f"/live.json?what=readings-cmn&id={number}").json[part]
    sound = html.partition('src="')[2].partition('"')[0]
    with browser.get(sound) as heard:
        assert heard.mimetype == "audio/mpeg" and len(heard.data) > 5000
    assert browser.post(path(number, "hear"), {"s": 99}).status_code == 422


def test_a_sentence_is_heard_in_the_voice_of_its_article(pages: Pages, number: int) -> None:
    with pages.db.session() as session:
        choose_voice(session, pages.now, "slow", article=session.get_one(Article, number))
    pages.browser(pages.village.operator).post(path(number, "hear"), {"s": 0})
    with pages.db.reading() as session:
        assert session.scalars(select(Preview)).one().voice == "slow"


@pytest.mark.parametrize("act", ["fix", "hear", "undo", "remove", "again"])
def test_acts_are_forms_and_strangers_find_nothing(pages: Pages, number: int, act: str) -> None:
    form = {**correction(), "change": 1, "entry": 1, "part": 0}
    assert pages.browser(pages.village.operator).get(path(number, act)).status_code == 405
    assert pages.browser(pages.village.stranger).post(path(number, act), form).status_code == 404
    assert pages.browser().post(path(number, act), form).location.endswith("/sign-in")
    unsigned = pages.browser(pages.village.operator).client.post(path(number, act), data=form)
    assert unsigned.status_code == 400 and entries(pages) == []


def test_the_next_county_sees_no_readings(pages: Pages, number: int) -> None:
    stranger = pages.browser(pages.village.stranger)
    assert stranger.get(path(number)).status_code == 404
    assert stranger.get(f"/live.json?what=readings-cmn&id={number}").json == {}


def test_who_may_not_write_here_hears_but_corrects_nothing(pages: Pages, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    from station import people

    monkeypatch.setitem(people.ACTS, "write", frozenset({"admin"}))
    browser = pages.browser(pages.village.reviewer)
    assert browser.get(path(number)).status_code == 200
    assert browser.post(path(number, "hear"), {"s": 0}).status_code == 303
    assert browser.post(path(number, "fix"), correction()).status_code == 403
    assert browser.post(path(number, "fix"), correction(where=pages.village.village_a.id)).status_code == 403
    assert entries(pages) == []


def test_a_given_reading_is_removed_from_the_page(pages: Pages, number: int) -> None:
    browser = pages.browser(pages.village.operator)
    browser.post(path(number, "fix"), correction())
    with pages.db.reading() as session:
        entry = session.scalars(select(LexiconEntry)).one().id
    answer = browser.post(path(number, "remove"), {"entry": entry})
    assert entries(pages) == [] and ">Undo<" in browser.get(answer.location).text
    assert browser.post(path(number, "remove"), {"entry": entry}).status_code == 404


def test_a_dialect_nothing_speaks_or_no_text_fits_is_not_found(pages: Pages, number: int) -> None:
    browser = pages.browser(pages.village.operator)
    for code in ("klingon", "ug", "en"):
        assert browser.get(f"/articles/{number}/readings/{code}").status_code == 404


def test_a_long_text_has_several_parts(pages: Pages, number: int) -> None:
    with pages.db.session() as session:
        session.scalars(select(Text)).one().body = "今天停水。" * 90
    browser = pages.browser(pages.village.operator)
    assert 'id="s40"' in browser.get(path(number) + "?part=1").text and 'id="s40"' not in browser.get(path(number)).text
    assert browser.get(path(number) + "?part=3").status_code == 404


def test_what_could_not_be_read_says_why_and_is_tried_again(pages: Pages, number: int) -> None:
    browser = pages.browser(pages.village.operator)
    browser.get(path(number))
    with pages.db.session() as session:
        row = session.scalars(select(Preview)).one()
        row.state, row.error = "failed", "the voice is hoarse"
    assert "the voice is hoarse" in browser.get(path(number)).text
    browser.post(path(number, "again"), {"part": 0})
    with pages.db.reading() as session:
        assert session.scalars(select(Preview)).one().state == "wanted"


def test_uyghur_runs_from_right_to_left(pages: Pages, number: int) -> None:
    with pages.db.session() as session:
        article = session.get_one(Article, number)
        article.texts.append(Text(lang="ug", title="ئۇقتۇرۇش", body="ئەتە سۇ توختايدۇ."))
    page = pages.browser(pages.village.operator).get(f"/articles/{number}/readings/ug").text
    assert 'class="said" lang="ug" dir="rtl"' in page
