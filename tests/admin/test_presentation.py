"""Opening and closing on their page: written, shown, taken away, by those who may."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from playlists.models import Playlist
from station.files import Files
from station.models import AuditEntry
from tests.admin.conftest import Pages
from tests.builders import an_article
from tts.models import Clip, Edition, Presentation, Rendition
from tts.presentation import of_programme, programme_of


def row(pages: Pages) -> Presentation | None:
    with pages.db.reading() as session:
        return session.scalar(select(Presentation))


def form(pages: Pages, **more: object) -> dict[str, object]:
    return {"area": pages.village.county.id, "kind": "notice", "chime": "own", "bed": "", "repeats": "2", "opening-cmn": "{place}广播站。", "closing-ug": "تامام.", **more}


def test_it_is_written_shown_and_taken_away(pages: Pages) -> None:
    browser = pages.browser(pages.village.operator)
    assert "without anything around them" in browser.get("/presentation").text
    assert browser.post("/presentation", form(pages)).status_code == 303
    found = row(pages)
    assert found is not None and (found.kind, found.chime, found.repeats, found.opening, found.closing) == (
        "notice", "own", 2, {"cmn": "{place}广播站。"}, {"ug": "تامام."},
    )  # fmt: skip
    page = browser.get(f"/presentation?edit={found.id}").text
    assert 'value="{place}广播站。"' in page and "2 times" in page and 'dir="rtl"' in page
    browser.post("/presentation", form(pages, remove="1"))
    found = row(pages)
    assert found is not None and not found.active
    assert "without anything around them" in browser.get("/presentation").text
    with pages.db.reading() as session:
        assert list(session.scalars(select(AuditEntry.act).where(AuditEntry.subject == "presentation"))) == ["present", "take_back"]


def test_a_clip_of_a_place_above_may_be_used_and_one_of_elsewhere_not(pages: Pages) -> None:
    with pages.db.session() as session:
        mine, other = (
            Clip(area_id=area.id, kind="music", title=f"曲{area.name}", audio_sha256="a" * 64, audio_bytes=1, ms=1, created_at=pages.now)
            for area in (pages.village.county, pages.village.other_county)
        )
        session.add_all([mine, other])
        session.flush()
        numbers = mine.id, other.id
    browser = pages.browser(pages.village.operator)
    assert browser.post("/presentation", form(pages, area=pages.village.town.id, bed=str(numbers[0]))).status_code == 303
    found = row(pages)
    assert found is not None and (found.bed, found.bed_clip_id) == ("clip", numbers[0])
    for wrong in (str(numbers[1]), "999", "x"):
        answer = browser.post("/presentation", form(pages, bed=wrong))
        assert answer.status_code == 422 and "bed: choose a sound of this place" in answer.text


def test_editions_are_heard_there(pages: Pages, files: Files) -> None:
    with pages.db.session() as session:
        article = an_article(session, pages.village.operator, pages.village.county, pages.now, title="<停水>", approved=True)
        spoken = Rendition(article_id=article.id, revision=1, dialect="cmn", lang="zh-Hans", state="ready", audio_sha256="a" * 64, cues=[], unknown=[], created_at=pages.now)
        session.add(spoken)
        session.flush()
        session.add(Edition(
            rendition_id=spoken.id, body_sha256="a" * 64, key="k" * 64, dress={"opening": "开始。"}, state="ready", audio_sha256="e" * 64, audio_bytes=9, ms=61_000,
            cues=[[0, 900, "开始。"]], unknown="ꙮ", created_at=pages.now,
        ))  # fmt: skip
    page = pages.browser(pages.village.operator).get("/presentation").text
    assert f"/audio/{'e' * 64}.mp3" in page and "&lt;停水&gt;" in page and "ꙮ" in page and "1:01" in page
    assert "开始。" in pages.browser().get(f"/captions/{'e' * 64}.vtt").text
    assert "停水" not in pages.browser(pages.village.stranger).get("/presentation").text


@pytest.mark.parametrize(("wrong", "why"), [({"repeats": "9"}, "repeats"), ({"kind": "opera"}, "kind: take one of"), ({"opening-cmn": "长" * 300}, "opening: at most 200")])
def test_what_does_not_fit_is_said_and_nothing_typed_is_lost(pages: Pages, wrong: dict[str, str], why: str) -> None:
    answer = pages.browser(pages.village.operator).post("/presentation", form(pages, **wrong))
    assert answer.status_code == 422 and why in answer.text and "تامام." in answer.text and row(pages) is None


def test_only_who_writes_there_may(pages: Pages) -> None:
    assert pages.browser(pages.village.stranger).post("/presentation", form(pages)).status_code == 404
    assert "/sign-in" in pages.browser().get("/presentation").headers["Location"]
    assert row(pages) is None


def test_a_programme_has_its_own_opening(pages: Pages) -> None:
    lan, reviewer = pages.browser(pages.village.operator), pages.browser(pages.village.reviewer)
    with pages.db.session() as session:
        programme = Playlist(area_id=pages.village.county.id, title="早间新闻", created_at=pages.now, updated_at=pages.now)
        session.add(programme)
        session.flush()
        number = programme.id
    assert f"playlist={number}" in lan.get(f"/playlists/{number}").text
    page = lan.get(f"/presentation?playlist={number}").text
    assert "For the programme 早间新闻" in page and 'name="area"' not in page
    sent = {"playlist": number, "chime": "own", "repeats": "1", "opening-cmn": "早间新闻。"}
    assert lan.post("/presentation", sent).status_code == 303
    found = row(pages)
    assert found is not None and programme_of(found.kind) == number and found.area_id == pages.village.county.id
    assert "Programme: 早间新闻" in lan.get("/presentation").text
    assert 'value="早间新闻。"' in lan.get(f"/presentation?playlist={number}").text
    assert reviewer.post("/presentation", sent).status_code == 403  # reviewers do not arrange programmes
    assert pages.browser(pages.village.stranger).post("/presentation", sent).status_code == 404
    assert lan.post("/presentation", form(pages, kind=of_programme(number))).status_code == 422
    lan.post("/presentation", {**sent, "remove": "1"})
    assert "早间新闻" not in lan.get("/presentation").text


def test_places_and_programmes_are_given_their_opening_by_rest(pages: Pages) -> None:
    machine = pages.machine(pages.village.operator)
    county = pages.village.county.id
    with pages.db.session() as session:
        programme = Playlist(area_id=county, title="早间新闻", created_at=pages.now, updated_at=pages.now)
        clip = Clip(area_id=county, kind="music", title="曲", audio_sha256="a" * 64, audio_bytes=1, ms=1, created_at=pages.now)
        session.add_all([programme, clip])
        session.flush()
        number, music = programme.id, str(clip.id)
    told = machine("PUT", f"/api/areas/{county}/presentation", json={"kind": "notice", "chime": "own", "opening": {"cmn": "{place}广播站。"}, "repeats": 2})
    assert told.status_code == 200 and told.json["playlist_id"] is None, told.text
    told = machine("PUT", f"/api/playlists/{number}/presentation", json={"bed": music, "closing": {"yue": "播完喇。"}})
    assert told.json == {
        "area_id": county, "kind": "", "playlist_id": number, "active": True, "chime": "", "bed": music, "repeats": 1, "opening": {}, "closing": {"yue": "播完喇。"},
    }  # fmt: skip
    assert [row["playlist_id"] for row in machine("GET", "/api/presentations").json["presentations"]] == [number, None]
    machine("PUT", f"/api/playlists/{number}/presentation", json={"active": False})
    assert len(machine("GET", "/api/presentations").json["presentations"]) == 1
    for body, word in (
        ({"kind": "opera"}, "kind"), ({"kind": of_programme(number)}, "kind"), ({"repeats": 6}, "repeats"), ({"chime": "999"}, "chime: choose a sound"),
        ({"bed": "../x"}, "bed"), ({"opening": {"xx": "a"}}, "unknown dialect"), ({"opening": {"cmn": "长" * 201}}, "200"), ({"loud": 1}, "loud"),
    ):  # fmt: skip
        refused = machine("PUT", f"/api/areas/{county}/presentation", json=body)
        assert refused.status_code == 422 and word in refused.text, (body, refused.text)
    stranger = pages.machine(pages.village.stranger)
    assert stranger("PUT", f"/api/areas/{county}/presentation", json={}).status_code == 404
    assert stranger("PUT", f"/api/playlists/{number}/presentation", json={}).status_code == 404
    assert stranger("GET", "/api/presentations").json["presentations"] == []
