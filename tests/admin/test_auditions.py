"""The voice of an article and of a programme is heard in one of its sentences and then chosen; the default is shown."""

from __future__ import annotations

import re

from sqlalchemy import select

from playlists.models import Playlist
from station.files import Files
from tests.admin.conftest import Pages
from tests.admin.test_playlists import made
from tests.builders import an_article
from tts.choose import Choices, choose_voice
from tts.models import Preview, Rendition, VoiceChoice
from tts.pool import Pool
from tts.preview import preview_one
from tts.want import want_renditions

BODY = "通知。\n各位村民请注意，明天上午停水。\n请储水。"


def article_of(pages: Pages) -> int:
    with pages.db.session() as session:
        article = an_article(session, pages.village.operator, pages.village.town, pages.now, body=BODY, approved=True)
        choose_voice(session, pages.now, "slow", area=pages.village.county)
        want_renditions(session, article, {"cmn", "yue"}, pages.now)
        return article.id


def trials(pages: Pages) -> list[Preview]:
    with pages.db.reading() as session:
        return list(session.scalars(select(Preview).order_by(Preview.id)))


def test_an_article_page_shows_who_speaks_and_takes_another_voice(pages: Pages) -> None:
    number = article_of(pages)
    lan = pages.browser(pages.village.operator)
    page = lan.get(f"/articles/{number}").text
    assert page.count("as the place says: slow, for the elderly") == 3  # the dialects of a Chinese text
    assert lan.post(f"/articles/{number}/voice", {"dialect": "yue", "voice": "lively"}).status_code == 303
    with pages.db.reading() as session:
        rows = {(row.dialect, row.voice) for row in session.scalars(select(Rendition))}
        assert rows >= {("cmn", "slow"), ("yue", "slow"), ("yue", "lively")}  # it is spoken anew; the former sound counts until then
    page = lan.get(f"/articles/{number}").text
    assert re.search(r'id="speaks-yue".*?value="lively" selected', page, re.S) and not re.search(r'id="speaks-cmn".*?selected', page[: page.index("speaks-yue")], re.S)
    lan.post(f"/articles/{number}/voice", {"dialect": "yue", "voice": ""})
    with pages.db.reading() as session:
        assert session.scalars(select(VoiceChoice.voice).where(VoiceChoice.article_id == number)).all() == [""]


def test_a_voice_is_heard_in_a_sentence_of_the_article_before_it_is_chosen(pages: Pages, files: Files) -> None:
    number = article_of(pages)
    lan = pages.browser(pages.village.operator)
    assert lan.post(f"/articles/{number}/voice/hear", {"dialect": "cmn", "voice": "female"}).status_code == 303
    (trial,) = trials(pages)
    assert (trial.sentences, trial.voice, trial.article_id) == (["各位村民请注意，明天上午停水。"], "female", number)
    assert "Being spoken" in lan.get(f"/live.json?what=article&id={number}").json["trial-cmn"]
    pool = Pool(1)
    try:
        assert preview_one(pages.db, pages.now, pool, files, clock=lambda: pages.now)
    finally:
        pool.close()
    heard = lan.get(f"/live.json?what=article&id={number}").json["trial-cmn"]
    assert "<audio" in heard and "female voice" in heard
    lan.post(f"/articles/{number}/voice/hear", {"dialect": "cmn", "voice": ""})  # as it is now
    assert trials(pages)[-1].voice == "slow"
    with pages.db.reading() as session:
        assert session.scalars(select(VoiceChoice).where(VoiceChoice.article_id == number)).all() == []


def test_a_programme_has_a_voice_and_lets_it_be_heard(pages: Pages) -> None:
    number = made(pages)
    lan = pages.browser(pages.village.operator)
    assert "as the place says: male voice" in lan.get(f"/playlists/{number}").text
    assert lan.post(f"/playlists/{number}/voice/hear", {"voice": "lively"}).status_code == 303
    (trial,) = trials(pages)
    assert trial.voice == "lively" and "Being spoken" in lan.get(f"/live.json?what=playlist&id={number}").json["trial"]
    lan.post(f"/playlists/{number}/voice", {"voice": "lively"})
    with pages.db.reading() as session:
        assert session.get_one(Playlist, number).voice == "lively"
    assert 'value="lively" selected' in lan.get(f"/playlists/{number}").text


def test_what_no_voice_can_be_is_refused_and_others_may_not_choose(pages: Pages) -> None:
    number = article_of(pages)
    lan, stranger, reviewer = (pages.browser(who) for who in (pages.village.operator, pages.village.stranger, pages.village.reviewer))
    for form, words in (
        ({"dialect": "cmn", "voice": "bass"}, {"Mandarin has no voice"}), ({"voice": "slow"}, {"dialect: this field is needed"}),
        ({"dialect": "xx", "voice": "slow"}, {"unknown dialect", "Nothing of this text can be heard"}),
    ):  # fmt: skip
        for path in ("voice", "voice/hear"):
            assert lan.post(f"/articles/{number}/{path}", form).status_code == 303
            page = lan.get(f"/articles/{number}").text
            assert any(word in page for word in words), (form, path)
    assert trials(pages) == []
    for path in (f"/articles/{number}/voice", f"/articles/{number}/voice/hear"):
        assert stranger.post(path, {"dialect": "cmn", "voice": "slow"}).status_code == 404 and lan.get(path).status_code == 405
    listed = made(pages)
    assert reviewer.post(f"/playlists/{listed}/voice", {"voice": "slow"}).status_code == 403  # reviewers do not schedule
    assert stranger.post(f"/playlists/{listed}/voice/hear", {}).status_code == 404
    lan.post(f"/playlists/{listed}/voice", {"voice": "bass"})
    assert "no voice is called" in lan.get(f"/playlists/{listed}").text
    with pages.db.reading() as session:
        assert session.get_one(Playlist, listed).voice == ""


def test_the_voice_of_a_place_is_that_of_the_nearest_choice(pages: Pages) -> None:
    with pages.db.session() as session:
        village = pages.village
        choose_voice(session, pages.now, "slow", area=village.county)
        choose_voice(session, pages.now, "female", area=village.town, code="yue")
        choices = Choices(session)
        assert choices.of_area("yue", village.village_a) == "female" and choices.of_area("cmn", village.village_a) == "slow"
        assert choices.of_area("cmn", village.other_county) == "male"
