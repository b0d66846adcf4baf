"""Television on the article's page: how it is shown, the films, and who may say so."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from sqlalchemy import select

from articles.models import Article
from station.files import Files
from station.models import AuditEntry
from tests.admin.conftest import Pages
from tests.builders import an_article
from tests.tts.test_pictures import picture
from tests.tts.test_video import signer  # noqa: F401, a fixture
from tts.models import Rendition, TvChoice, TvRendition


@pytest.fixture
def number(pages: Pages) -> int:
    """An approved article of the county with one film."""
    with pages.db.session() as session:
        article = an_article(session, pages.village.operator, pages.village.county, pages.now, approved=True)
        rendition = Rendition(
            article_id=article.id, revision=1, dialect="ug", lang="ug", state="ready", audio_sha256="a" * 64, ms=61_000, unknown=[],
            cues=[[0, 900, "سۇ < يوق"]], created_at=pages.now, ready_at=pages.now,
        )  # fmt: skip
        session.add(rendition)
        session.flush()
        session.add(TvRendition(rendition_id=rendition.id, audio_sha256="a" * 64, state="failed", error="the pen <b>broke", created_at=pages.now))
        return article.id


def choice(pages: Pages) -> TvChoice | None:
    with pages.db.reading() as session:
        return session.scalar(select(TvChoice))


def film(pages: Pages) -> TvRendition:
    with pages.db.reading() as session:
        return session.scalars(select(TvRendition)).one()


def test_a_failed_film_says_why_and_is_tried_again(pages: Pages, number: int) -> None:
    browser = pages.browser(pages.village.operator)
    assert "the pen &lt;b&gt;broke" in browser.get(f"/articles/{number}").text
    assert browser.post(f"/articles/{number}/tv/ug/retry").status_code == 303
    assert (film(pages).state, film(pages).error) == ("wanted", "")
    browser.post(f"/articles/{number}/tv/ug/retry")
    assert "nothing to try again" in browser.get(f"/articles/{number}").text


def test_a_ready_film_is_seen_with_its_captions(pages: Pages, number: int, files: Files) -> None:
    with pages.db.session() as session:
        row = session.scalars(select(TvRendition)).one()
        row.state, row.error, row.video_sha256, row.video_bytes, row.ms, row.undrawn = "ready", "", files.put(b"film"), 4, 61_000, "𪚥"
    browser = pages.browser(pages.village.operator)
    live = browser.get(f"/live.json?what=article&id={number}").json
    assert live and "<video" in live["tv"] and "1:01" in live["tv"] and "𪚥" in live["tv"]
    sha = film(pages).video_sha256
    with browser.get(f"/video/{sha}.mp4") as answer:
        assert (answer.data, answer.mimetype) == (b"film", "video/mp4")
    text = browser.get(f"/captions/{'a' * 64}.srt")
    assert text.mimetype == "application/x-subrip" and "\u200fسۇ ‹ يوق\u200f" in text.text
    assert "سۇ &lt; يوق" in browser.get(f"/captions/{'a' * 64}.vtt").text
    assert browser.get(f"/captions/{'b' * 64}.srt").status_code == 404


def test_how_it_is_shown_is_chosen(pages: Pages, number: int, signer: Path) -> None:  # noqa: F811
    browser = pages.browser(pages.village.operator)
    form = {"shown": "yes", "captions": "beside", "picture": (io.BytesIO(picture("PNG")), "village.png"), "sign": (io.BytesIO(signer.read_bytes()), "hands.mp4")}
    assert browser.post(f"/articles/{number}/tv", form).status_code == 303
    found = choice(pages)
    assert found is not None and (found.shown, found.burnt, found.sign_name, found.sign_ms) == (True, False, "hands.mp4", 4000)
    assert film(pages).state == "wanted", "the film is made anew"
    page = browser.get(f"/articles/{number}").text
    assert "hands.mp4" in page
    with browser.get(f"/picture/{found.picture_sha256}.jpg") as answer:
        assert answer.data[:2] == b"\xff\xd8"
    browser.post(f"/articles/{number}/tv", {"shown": "auto", "captions": "burnt", "no_picture": "1"})
    found = choice(pages)
    assert found is not None and (found.shown, found.burnt, found.picture_sha256, found.sign_ms) == (None, True, "", 4000)
    with pages.db.reading() as session:
        assert [each.detail["shown"] for each in session.scalars(select(AuditEntry).where(AuditEntry.act == "television"))] == ["yes", "auto"]


@pytest.mark.parametrize(
    ("form", "why"),
    [
        ({"shown": "maybe"}, "shown: take one of auto, yes, no"),
        ({"shown": "yes", "picture": (b"<svg/>", "a.svg")}, "a.svg is no picture that can be read"),
        ({"shown": "yes", "sign": (b"GIF89a", "a.gif")}, "a.gif holds no picture that can be decoded"),
    ],
)
def test_what_does_not_fit_is_refused_in_words_and_changes_nothing(pages: Pages, number: int, form: dict[str, object], why: str) -> None:
    browser = pages.browser(pages.village.operator)
    sent = {name: (io.BytesIO(value[0]), value[1]) if isinstance(value, tuple) else value for name, value in form.items()}
    assert why in browser.post(f"/articles/{number}/tv", sent, follow_redirects=True).text
    assert choice(pages) is None and film(pages).state == "failed"


@pytest.mark.parametrize("act", ["tv", "tv/ug/retry"])
def test_only_who_writes_there_may(pages: Pages, number: int, act: str) -> None:
    assert pages.browser(pages.village.stranger).post(f"/articles/{number}/{act}", {"shown": "no"}).status_code == 404
    assert pages.browser(pages.village.operator).get(f"/articles/{number}/{act}").status_code == 405
    assert "/sign-in" in pages.browser().post(f"/articles/{number}/{act}", {"shown": "no"}).headers["Location"]
    with pages.db.reading() as session:
        assert session.scalars(select(Article)).one().id == number and choice(pages) is None


def test_how_it_is_shown_is_chosen_by_rest(pages: Pages, number: int, signer: Path) -> None:  # noqa: F811
    machine = pages.machine(pages.village.operator)
    path = f"/api/articles/{number}/tv"
    told = machine("GET", path).json
    assert (told["shown"], told["captions"], told["films"][0]["dialect"], told["films"][0]["state"]) == ("auto", "burnt", "ug", "failed")
    assert machine("PUT", path, json={"shown": "yes", "captions": "beside"}).status_code == 200
    told = machine("POST", f"{path}/picture", data={"file": (io.BytesIO(picture("PNG")), "village.png")})
    assert told.status_code == 200 and len(told.json["picture_sha256"]) == 64, told.text
    told = machine("POST", f"{path}/sign", data={"file": (io.BytesIO(signer.read_bytes()), "hands.mp4")}).json
    assert (told["shown"], told["captions"], told["sign_name"], told["sign_ms"]) == ("yes", "beside", "hands.mp4", 4000)  # the rest stayed
    assert told["films"][0]["state"] == "wanted"
    assert machine("DELETE", f"{path}/picture").json["picture_sha256"] == "" and machine("DELETE", f"{path}/sign").json["sign_ms"] == 0
    for verb, where, more, word in (
        ("PUT", path, {"json": {"shown": "maybe"}}, "shown"), ("PUT", path, {"json": {"loud": 1}}, "loud"),
        ("POST", f"{path}/picture", {"data": {"file": (io.BytesIO(b"no picture"), "x.png")}}, "x.png"),
        ("POST", f"{path}/sign", {"data": {"file": (io.BytesIO(b"no film"), "x.mp4")}}, "x.mp4"), ("POST", f"{path}/sign", {"data": {}}, "file"),
    ):  # fmt: skip
        refused = machine(verb, where, **more)
        assert refused.status_code == 422 and word in refused.text, (where, refused.text)
    stranger = pages.machine(pages.village.stranger)
    assert stranger("GET", path).status_code == 404 and stranger("PUT", path, json={}).status_code == 404
