"""Behind the code on the pole: the last day of one village for everybody, words without a name that reach whoever looks after the speakers."""

from __future__ import annotations

from datetime import timedelta
from xml.etree import ElementTree

import pytest
from sqlalchemy import func, select

from broadcast.models import Dispatch, Word
from station.models import AuditEntry
from tests.admin.conftest import Pages
from tests.broadcast.builders import a_programme, a_rendition, sha
from tests.builders import an_article

pytestmark = pytest.mark.both_databases


@pytest.fixture
def spoken(pages: Pages) -> Pages:
    """An hour ago something was said to the town in two dialects, two days ago something else, and to another county a secret."""
    with pages.db.session() as session:
        village = pages.village
        for area, title, ago in ((village.town, "停水通知", timedelta(hours=1)), (village.town, "旧闻", timedelta(hours=49)), (village.other_county, "邻县通知", timedelta(hours=1))):
            article = an_article(session, village.operator, area, pages.now, title=title)
            occurrence = a_programme(session, area, pages.now, "chime", article, starts_at=pages.now - ago)
            for code in ("cmn", "yue"):
                rendition = a_rendition(session, article, code, pages.now)
                rendition.cues = [[0, 7000, f"{title}在{code}"]]
                items = [
                    {"id": "0", "clip": "c" * 64, "lang": "", "title": "♪", "ms": 2000, "bytes": 9},
                    {"id": "1", "clip": rendition.audio_sha256, "lang": code, "title": title, "ms": 7000, "bytes": 2000},
                ]
                session.add(Dispatch(
                    occurrence_id=occurrence.id, area_id=area.id, dialect=code, zid=f"{area.zid}_{code}", items=items, starts_at=occurrence.starts_at,
                    ends_at=occurrence.starts_at + timedelta(minutes=5), planned_at=pages.now,
                ))  # fmt: skip
    return pages


def test_everybody_hears_and_reads_the_last_day_of_his_village_in_his_dialect(spoken: Pages) -> None:
    browser, zid = spoken.browser(), spoken.village.village_b.zid
    page = browser.get(f"/v/{zid}").text
    assert "停水通知在yue" in page and "停水通知在cmn" not in page and "旧闻" not in page and "邻县" not in page and "♪" not in page
    assert "停水通知在cmn" in browser.get(f"/v/{zid}?dialect=cmn").text
    assert page.count("<audio") == 1
    assert browser.get("/v/znobody").status_code == 404 and "Nothing was said" in browser.get(f"/v/{spoken.village.county.zid}").text


def test_the_podcast_has_every_sound_once_with_its_length(spoken: Pages) -> None:
    answer = spoken.browser().get(f"/v/{spoken.village.village_a.zid}/cmn.xml")
    assert answer.mimetype == "application/rss+xml"
    items = ElementTree.fromstring(answer.data).findall("./channel/item")  # our own words
    assert [each.findtext("title") for each in items] == ["停水通知"]
    enclosure = items[0].find("enclosure")
    assert enclosure is not None and enclosure.get("url", "").endswith(".mp3") and enclosure.get("length") == "2000"
    assert spoken.browser().get(f"/v/{spoken.village.village_a.zid}/xx.xml").status_code == 404
    assert sha("x") not in answer.text


def test_too_loud_is_one_tap_and_a_card_for_whoever_looks_after_the_speakers(pages: Pages) -> None:
    village = pages.village
    anybody = pages.browser()
    for kind in ("loud", "loud", "unheard"):
        answer = anybody.post(f"/v/{village.village_a.zid}/say", {"kind": kind}, follow_redirects=True)
        assert "Thank you" in answer.text
    assert anybody.post(f"/v/{village.village_a.zid}/say", {"kind": "angry"}).status_code == 422
    home = pages.browser(village.operator)
    assert "2 people: it was too loud" in home.get("/").text and "1 person could not hear it" in home.get("/").text
    assert "What people say" not in pages.browser(village.stranger).get("/").text
    assert pages.browser(village.stranger).post(f"/areas/{village.village_a.id}/dealt-with", {"kind": "loud"}).status_code == 404
    assert pages.browser(village.reviewer).post(f"/areas/{village.village_a.id}/dealt-with", {"kind": "loud"}).status_code == 403
    home.post(f"/areas/{village.village_a.id}/dealt-with", {"kind": "loud"})
    assert "too loud" not in home.get("/").text and "could not hear it" in home.get("/").text
    with pages.db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Word)) == 3
        assert session.scalars(select(AuditEntry).where(AuditEntry.act == "dealt with")).one().detail == {"kind": "loud", "words": 2}


def test_a_place_says_only_so_much_a_day(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    from broadcast import missed

    monkeypatch.setattr(missed, "WORDS_MOST", 2)
    for _ in range(4):
        pages.browser().post(f"/v/{pages.village.village_a.zid}/say", {"kind": "loud"})
    with pages.db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Word)) == 2


def test_the_code_for_the_pole_is_drawn_for_those_who_may_see_the_place(pages: Pages) -> None:
    number = pages.village.village_a.id
    answer = pages.browser(pages.village.operator).get(f"/areas/{number}/code.svg")
    assert answer.mimetype == "image/svg+xml" and b"<svg" in answer.data
    assert pages.browser(pages.village.stranger).get(f"/areas/{number}/code.svg").status_code == 404
    assert pages.browser().get(f"/areas/{number}/code.svg").status_code == 302
