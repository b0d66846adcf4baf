"""A person reads an article on its page: sentences are brought, heard, replaced, removed; nothing is kept for words that changed."""

from __future__ import annotations

import io
from typing import Any

import pytest
from sqlalchemy import select

from articles import collect, review
from articles.models import Article
from tests.admin.conftest import Browser, Pages
from tests.builders import an_article
from tts import wordbook
from tts.audio import measure, to_mp3
from tts.models import Recording, Rendition
from tts.recordings import lines_of, sounds_short, text_of, whole_of, words_hash
from tts.tunes import chime
from tts.want import want_renditions

BODY = "明天停水。\n请大家储水。"


@pytest.fixture
def number(pages: Pages) -> int:
    with pages.db.session() as session:
        return an_article(session, pages.village.operator, pages.village.town, pages.now, body=BODY, approved=True).id


def sent(words: str, **more: Any) -> dict[str, Any]:
    return {"words": words_hash(words), "file": (io.BytesIO(to_mp3(chime())), "read.m4a"), **more}


def kept(pages: Pages) -> list[Recording]:
    with pages.db.reading() as session:
        return list(session.scalars(select(Recording).order_by(Recording.id)))


def test_a_sentence_is_brought_heard_replaced_and_removed(pages: Pages, number: int) -> None:
    lan = pages.browser(pages.village.operator)
    path = f"/articles/{number}/recordings/cmn"
    page = lan.get(path)
    assert page.status_code == 200 and "0 of 3 read" in page.text and "has to be reviewed again" in page.text and "data-record" in page.text
    assert "microphone=(self)" in page.headers["Permissions-Policy"] and "blob:" in page.headers["Content-Security-Policy"]
    answer = lan.post(path, sent("明天停水。"), content_type="multipart/form-data")
    assert answer.status_code == 303 and f"#w{words_hash('明天停水。')[:12]}" in answer.headers["Location"]
    (first,) = kept(pages)
    assert (first.sentence, first.whole) == ("明天停水。", False)
    page = lan.get(path).text
    assert "1 of 3 read" in page and f"/audio/{first.audio_sha256}.mp3" in page and "Record again" in page and pages.village.operator.name in page
    with lan.get(f"/audio/{first.audio_sha256}.mp3") as heard:
        assert measure(heard.data).lufs == pytest.approx(-16, abs=1)
    lan.post(path, sent("明天停水。", file=(io.BytesIO(to_mp3(chime()[:60_000])), "again.mp3")), content_type="multipart/form-data")
    (again,) = kept(pages)
    assert again.id == first.id and again.audio_sha256 != first.audio_sha256
    for said in ("Removed", "removed already"):  # the second time
        assert lan.post(f"{path}/remove", {"recording": first.id}).status_code == 303
        assert said in lan.get(path).text
    assert kept(pages) == []


def test_the_whole_text_is_read_at_a_stretch_and_outlived_by_no_change_of_words(pages: Pages, number: int) -> None:
    lan = pages.browser(pages.village.operator)
    path = f"/articles/{number}/recordings/cmn"
    with pages.db.reading() as session:
        whole = whole_of(text_of(session.get_one(Article, number), "cmn"))
    assert lan.post(path, sent(whole), content_type="multipart/form-data").status_code == 303
    assert [row.whole for row in kept(pages)] == [True] and "Of former words" not in lan.get(path).text
    with pages.db.session() as session:
        collect.edit(session, pages.village.operator, session.get_one(Article, number), lang="zh-Hans", title="停水", body="后天停水。", now=pages.now)
    page = lan.get(path).text
    assert "Of former words" in page and "0 of 2 read" in page
    refused = lan.post(path, sent("明天停水。"), content_type="multipart/form-data")
    assert refused.status_code == 422 and "The text was changed meanwhile" in refused.text and len(kept(pages)) == 1


@pytest.mark.parametrize(("file", "word"), [
    ((io.BytesIO(b"no sound" * 99), "x.mp3"), "x.mp3"), ((io.BytesIO(b""), ""), "Choose a file"), ((io.BytesIO(b""), "empty.wav"), "empty.wav is empty"),
])  # fmt: skip
def test_what_is_no_sound_is_refused_beside_its_sentence(pages: Pages, number: int, file: tuple[io.BytesIO, str], word: str) -> None:
    lan = pages.browser(pages.village.operator)
    refused = lan.post(f"/articles/{number}/recordings/cmn", sent("明天停水。", file=file), content_type="multipart/form-data")
    assert refused.status_code == 422 and word in refused.text and kept(pages) == []
    assert refused.text.index(word) > refused.text.index("明天停水。")
    with pages.db.reading() as session:
        assert session.get_one(Article, number).state == "approved"  # a refusal changes nothing


def test_strangers_see_nothing_and_what_was_withdrawn_is_recorded_no_more(pages: Pages, number: int) -> None:
    path = f"/articles/{number}/recordings/cmn"
    stranger, lan = pages.browser(pages.village.stranger), pages.browser(pages.village.operator)
    assert stranger.get(path).status_code == 404 and stranger.post(path, sent("明天停水。")).status_code == 404
    assert stranger.post(f"{path}/remove", {"recording": 1}).status_code == 404 and lan.get(f"{path}/remove").status_code == 405
    for other in ("en", "bo", "xx"):  # no text from which it is spoken; no such dialect
        assert lan.get(f"/articles/{number}/recordings/{other}").status_code == 404
    assert lan.get(f"{path}?part=9").status_code == 404
    with pages.db.session() as session:
        review.withdraw(session, session.get_one(Article, number), pages.village.operator, pages.now)
    assert "data-record" not in lan.get(path).text
    refused = lan.post(path, sent("明天停水。"), content_type="multipart/form-data")
    assert refused.status_code == 422 and "was withdrawn" in refused.text and kept(pages) == []


def test_the_article_shows_the_way(pages: Pages, number: int) -> None:
    assert f"/articles/{number}/recordings/cmn" in pages.browser(pages.village.operator).get(f"/articles/{number}").text


def test_a_long_text_is_recorded_in_parts(pages: Pages) -> None:
    with pages.db.session() as session:
        article = an_article(session, pages.village.operator, pages.village.town, pages.now, body="".join(f"第{n}号通知停水。" for n in range(60)))
        number, lines = article.id, lines_of(text_of(article, "cmn"))
    lan: Browser = pages.browser(pages.village.operator)
    path = f"/articles/{number}/recordings/cmn"
    assert lines[0] in lan.get(path).text and lines[-1] in lan.get(f"{path}?part=1").text
    answer = lan.post(path, sent(lines[-1], part="1"), content_type="multipart/form-data")
    assert "part=1" in answer.headers["Location"]


def test_a_recording_that_cannot_be_all_of_the_words_is_noticed() -> None:
    assert sounds_short("请各位村民明天上午到村委会门口领取化肥。", 1_000) and not sounds_short("请各位村民明天上午到村委会门口领取化肥。", 4_000)
    assert not sounds_short("停水。", 100) and not sounds_short("{单|shan4}家庄停水停电", 900)
    assert sounds_short("Please come to the village committee tomorrow morning.", 1_000)


def test_a_dialect_without_a_voice_is_recorded_and_the_pages_say_so(pages: Pages, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wordbook, "present", lambda: False)
    with pages.db.session() as session:
        session.get_one(type(pages.village.village_b), pages.village.village_b.id).dialect = "hak"
    lan, path = pages.browser(pages.village.operator), f"/articles/{number}/recordings/hak"
    page = lan.get(f"/articles/{number}").text
    assert "No voice here: record it" in page and path in page and f"/articles/{number}/readings/hak" not in page
    page = lan.get(path).text
    assert "No voice speaks Hakka here: record it." in page and "hear Mandarin instead" in page and "the voice reads the rest" not in page
    lan.post(path, sent("明天停水。"), content_type="multipart/form-data")
    assert "1 of 3 read" in lan.get(path).text and "hear Mandarin instead" in lan.get(path).text
    for words in ("停水通知", "请大家储水。"):
        lan.post(path, sent(words), content_type="multipart/form-data")
    page = lan.get(path).text
    assert "All of it is read" in page and "Nothing else speaks these words here" in page
    (row, *_others) = kept(pages)
    lan.post(f"{path}/remove", {"recording": row.id})
    assert "Nothing else speaks it here." in lan.get(path).text


def test_what_had_no_voice_is_tried_again_only_when_something_can_speak_it(pages: Pages, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    lan = pages.browser(pages.village.operator)
    monkeypatch.setattr(wordbook, "present", lambda: False)
    with pages.db.session() as session:
        want_renditions(session, session.get_one(Article, number), {"hak"}, pages.now)
    assert lan.post(f"/articles/{number}/voices/hak/retry").status_code == 303
    with pages.db.reading() as session:
        assert session.scalars(select(Rendition.state).where(Rendition.dialect == "hak")).one() == "no_voice"
    monkeypatch.undo()
    assert f"/articles/{number}/voices/hak/retry" in lan.get(f"/articles/{number}").text, "the list of words came since"
    lan.post(f"/articles/{number}/voices/hak/retry")
    with pages.db.reading() as session:
        assert session.scalars(select(Rendition.state).where(Rendition.dialect == "hak")).one() == "wanted"
