"""A place goes only when nothing names it any more; else what is there is named with the next step, and the log outlives it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from devices.models import Terminal
from playlists.models import Playlist
from station.areas import add_area, names_places, used_by
from station.models import Area, AuditEntry
from station.people import grant
from tests.admin.conftest import Pages
from tests.builders import an_article
from tts.choose import choose_voice
from tts.lexicon import set_reading
from tts.models import LexiconEntry, Recording
from tts.presentation import set_presentation
from tts.recordings import words_hash


def hamlet(pages: Pages) -> int:
    with pages.db.session() as session:
        town = session.get_one(Area, pages.village.town.id)
        return add_area(session, parent=town, level="village", name="新村", now=pages.now).id


def there(pages: Pages, number: int) -> bool:
    with pages.db.reading() as session:
        return session.get(Area, number) is not None


def test_an_empty_place_goes_and_its_log_goes_over_to_the_place_above(pages: Pages) -> None:
    number = hamlet(pages)
    with pages.db.session() as session:  # chosen and taken back: that leaves rows which stand in no way
        place = session.get_one(Area, number)
        choose_voice(session, pages.now, "", area=place)
        set_presentation(session, place, "", pages.now, active=False)
        session.add(AuditEntry(at=pages.now, act="voice", subject="area", subject_id=str(number), area_id=number, detail={}))
    guan = pages.browser(pages.village.admin)
    assert "Remove 新村" in guan.get("/areas").text
    assert guan.post(f"/areas/{number}/remove").status_code == 303 and not there(pages, number)
    assert "新村 was removed" in guan.get("/areas").text
    assert guan.post(f"/areas/{number}/remove").status_code == 404  # the second time
    with pages.db.reading() as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.subject == "area")).all()
        assert [(each.act, each.area_id) for each in entries] == [("voice", pages.village.town.id), ("remove", pages.village.town.id)]


def _reading(pages: Pages, session: Any, place: Area) -> None:
    set_reading(session, None, place, code="cmn", word="单家庄", reading="shan4 jia1 zhuang1", now=pages.now)


def _speaker(pages: Pages, session: Any, place: Area) -> None:
    session.add(Terminal(did="t1", area_id=place.id, name="屋顶", dialect="cmn", state="revoked", created_at=pages.now))


def _recorded(pages: Pages, session: Any, place: Area) -> None:
    article = an_article(session, pages.village.operator, place, pages.now)
    session.add(Recording(article_id=article.id, dialect="cmn", words_sha256=words_hash("x"), sentence="x", audio_sha256="a" * 64, ms=1, created_at=pages.now))


@pytest.mark.parametrize(("put", "what", "step"), [
    (_reading, "readings (1)", "(Readings"), (_speaker, "speakers, revoked ones too (1)", "move them to another place"), (_recorded, "articles (1)", "kept for the record"),
    (lambda pages, session, place: set_presentation(session, place, "", pages.now, chime="own"), "openings and closings (1)", "(Opening and closing)"),
    (lambda pages, session, place: choose_voice(session, pages.now, "slow", area=place), "chosen voices (1)", "(Who speaks)"),
    (lambda pages, session, place: add_area(session, parent=place, level="community", name="一组", now=pages.now), "places below it (1)", "remove those first"),
    (lambda pages, session, place: grant(session, session.merge(pages.village.operator), place, "operator"), "roles of people (1)", "(People)"),
    (lambda pages, session, place: session.add(Playlist(area_id=place.id, title="早", created_at=pages.now, updated_at=pages.now)), "programmes (1)", "kept for the record"),
])  # fmt: skip
def test_a_place_that_is_in_use_stays_and_what_is_there_is_named(pages: Pages, put: Any, what: str, step: str) -> None:
    number = hamlet(pages)
    with pages.db.session() as session:
        put(pages, session, session.get_one(Area, number))
    guan, machine = pages.browser(pages.village.admin), pages.machine(pages.village.admin)
    assert guan.post(f"/areas/{number}/remove").status_code == 303
    page = guan.get("/areas").text
    assert "新村 cannot be removed" in page and what in page and step in page
    refused = machine("DELETE", f"/api/areas/{number}")  # in the language of the token's person
    assert refused.status_code == 422 and "新村" in refused.json["message"] and "(1)" in refused.json["message"] and there(pages, number)


def test_only_who_looks_after_people_removes_places_and_never_the_top(pages: Pages) -> None:
    number = hamlet(pages)
    lan, stranger, guan = (pages.browser(who) for who in (pages.village.operator, pages.village.stranger, pages.village.admin))
    assert lan.post(f"/areas/{number}/remove").status_code == 403 and stranger.post(f"/areas/{number}/remove").status_code == 404
    assert guan.get(f"/areas/{number}/remove").status_code == 405 and "Remove 新村" not in lan.get("/areas").text
    guan.post(f"/areas/{pages.village.province.id}/remove")
    assert "is the top of the tree" in guan.get("/areas").text and there(pages, pages.village.province.id)
    machine = pages.machine(pages.village.admin)
    assert machine("DELETE", f"/api/areas/{number}").status_code == 204 and machine("DELETE", f"/api/areas/{number}").status_code == 404


def test_every_row_that_names_a_place_counts(pages: Pages) -> None:
    assert {"article", "lexicon_entry", "presentation", "terminal", "occurrence", "grant_", "area", "clip"} <= set(names_places())
    assert "audit_entry" not in names_places()
    number = hamlet(pages)
    with pages.db.session() as session:
        place = session.get_one(Area, number)
        assert used_by(session, place) == {}
        session.add_all([
            LexiconEntry(area_id=number, dialect="cmn", word=word, reading="shan4", created_at=pages.now, updated_at=pages.now) for word in ("单", "山")
        ])
        session.flush()
        assert used_by(session, place) == {"lexicon_entry": 2}
