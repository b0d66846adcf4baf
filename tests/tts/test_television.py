"""Films of spoken articles: wanted where they are seen, made once, made anew when what they show has changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select

from articles.models import Article
from devices.boxes import boxes_below
from devices.models import Terminal
from station.database import Database
from station.files import Files
from tests.builders import an_article
from tests.people import Village, settle
from tests.tts.test_audio import tone
from tests.tts.test_pictures import picture
from tests.tts.test_video import signer  # noqa: F401, a fixture
from tts import claim, television
from tts.audio import LEAD_SAMPLES_MP3, to_mp3
from tts.claim import MAX_ATTEMPTS
from tts.models import Rendition, TvRendition
from tts.pictures import screen_picture
from tts.television import LEASE, choose, films, no_boxes, render_tv_one, want_tv_one
from tts.video import check_sign, look


@pytest.fixture
def village(db: Database, now: datetime) -> Village:
    with db.session() as session:
        return settle(session, now)


def spoken(db: Database, files: Files, village: Village, now: datetime, hertz: float = 300) -> int:
    """An approved article with its sound in Mandarin; returns the rendition's id."""
    with db.session() as session:
        article = an_article(session, village.operator, village.town, now, body="明天停水。", approved=True)
        row = Rendition(
            article_id=article.id, revision=1, dialect="cmn", lang="zh-Hans", state="ready", audio_sha256=files.put(to_mp3(tone(hertz, 3))),
            ms=3000, skip=LEAD_SAMPLES_MP3, cues=[[200, 1000, "停水通知"], [1500, 2600, "明天停水。"]], unknown=[], created_at=now, ready_at=now,
        )  # fmt: skip
        session.add(row)
        session.flush()
        return row.id


def a_box(db: Database, village: Village, now: datetime, **more: object) -> None:
    with db.session() as session:
        session.add(Terminal(did="box1", area_id=village.village_a.id, name="TV", created_at=now, **{"kind": "stb", **more}))


def film(db: Database) -> TvRendition:
    with db.reading() as session:
        return session.scalars(select(TvRendition)).one()


@pytest.mark.both_databases
def test_a_film_is_made_where_a_set_top_box_hangs_and_only_once(db: Database, files: Files, village: Village, now: datetime) -> None:
    spoken(db, files, village, now)
    assert not want_tv_one(db, now, boxes_below), "there is only a loudspeaker"
    a_box(db, village, now)
    assert want_tv_one(db, now, boxes_below) and not want_tv_one(db, now, boxes_below)
    assert render_tv_one(db, now, files) and not render_tv_one(db, now, files)
    made = film(db)
    assert (made.state, made.error, made.ms, made.undrawn) == ("ready", "", 3000, "")
    assert files.size(made.video_sha256) == made.video_bytes > 10_000


@pytest.mark.parametrize("more", [{"kind": "loudspeaker"}, {"state": "revoked"}])
def test_what_is_no_box_in_service_asks_for_nothing(db: Database, files: Files, village: Village, now: datetime, more: dict[str, str]) -> None:
    spoken(db, files, village, now)
    a_box(db, village, now, **more)
    assert not want_tv_one(db, now, boxes_below)


def test_an_article_may_ask_for_television_or_refuse_it(db: Database, files: Files, village: Village, now: datetime) -> None:
    spoken(db, files, village, now)
    a_box(db, village, now)
    with db.session() as session:
        choose(session, session.scalars(select(Article)).one(), now, shown=False, burnt=True)
    assert not want_tv_one(db, now, boxes_below)
    with db.session() as session:
        choose(session, session.scalars(select(Article)).one(), now, shown=True, burnt=True)
    assert want_tv_one(db, now, no_boxes)


def test_a_picture_and_a_signer_change_the_film(db: Database, files: Files, village: Village, now: datetime, signer: Path) -> None:  # noqa: F811
    spoken(db, files, village, now)
    seconds = check_sign(signer, "hands.mp4")
    with db.session() as session:
        article = session.scalars(select(Article)).one()
        choose(session, article, now, shown=True, burnt=True)
    want_tv_one(db, now, no_boxes)
    render_tv_one(db, now, files)
    plain = film(db).video_sha256
    with db.session() as session:
        choose(
            session, session.scalars(select(Article)).one(), now, shown=True, burnt=False, picture=files.put(screen_picture(picture("PNG"), "red.png")),
            sign=(files.put(signer.read_bytes()), "hands.mp4", round(seconds * 1000)),
        )  # fmt: skip
    assert film(db).state == "wanted"
    render_tv_one(db, now, files)
    made = film(db)
    assert made.video_sha256 != plain and made.ms == pytest.approx(4000, abs=300), "the film lasts as long as the hands do"
    shown = look(files.get(made.video_sha256), 2000).to_ndarray(format="rgb24")
    assert shown[500, 1080].tolist() == pytest.approx([0, 255, 0], abs=30)
    assert np.argmax(shown[400, 640]) == 0, "the picture stands in the middle"


def test_a_text_spoken_anew_is_filmed_anew(db: Database, files: Files, village: Village, now: datetime) -> None:
    number = spoken(db, files, village, now)
    a_box(db, village, now)
    want_tv_one(db, now, boxes_below)
    render_tv_one(db, now, files)
    first = film(db).video_sha256
    with db.session() as session:
        session.get_one(Rendition, number).audio_sha256 = files.put(to_mp3(tone(700, 3)))
    assert want_tv_one(db, now, boxes_below)
    render_tv_one(db, now, files)
    assert film(db).video_sha256 != first and not want_tv_one(db, now, boxes_below)


def withdrawn(article: Article) -> None:
    article.state = "withdrawn"


def edited(article: Article) -> None:
    article.revision += 1


@pytest.mark.parametrize("change", [withdrawn, edited])
def test_what_is_not_to_be_heard_is_not_shown(db: Database, files: Files, village: Village, now: datetime, change: Callable[[Article], None]) -> None:
    spoken(db, files, village, now)
    a_box(db, village, now)
    want_tv_one(db, now, boxes_below)
    with db.session() as session:
        change(session.scalars(select(Article)).one())
    assert render_tv_one(db, now, files)
    assert film(db).state == "failed" and "edited or withdrawn" in film(db).error
    assert not render_tv_one(db, now, files)


def test_marks_of_readings_are_not_shown(db: Database, files: Files, village: Village, now: datetime) -> None:
    spoken(db, files, village, now)
    with db.session() as session:
        text = session.scalars(select(Article)).one().texts[0]
        text.title, text.body = "停{水|shui3}通知", "一\x07明天\u202e停{水|shui3}。"
    a_box(db, village, now)
    assert want_tv_one(db, now, boxes_below)
    work = television._work(db, film(db).id)
    assert work is not None and (work.script.title, work.script.cues[0].text, work.script.title_cues) == ("停水通知", "停水通知", 1)


def test_a_failure_is_tried_three_times_then_seen_and_can_be_tried_again(
    db: Database, files: Files, village: Village, now: datetime
) -> None:
    number = spoken(db, files, village, now)
    a_box(db, village, now)
    with db.session() as session:
        session.get_one(Rendition, number).audio_sha256 = files.put(b"no sound at all")
    want_tv_one(db, now, boxes_below)
    later = now
    for _attempt in range(MAX_ATTEMPTS):
        assert render_tv_one(db, later, files, lambda: later)  # noqa: B023
        assert not render_tv_one(db, later, files), "it waits before the next try"
        later += timedelta(minutes=10)
    assert film(db).state == "failed" and "could not be made" in film(db).error
    assert not render_tv_one(db, later, files)
    with db.session() as session:
        claim.again(films(session, session.scalars(select(Article)).one())[0], later)
    assert render_tv_one(db, later, files)


def test_a_dead_worker_s_film_is_made_by_another(db: Database, files: Files, village: Village, now: datetime) -> None:
    spoken(db, files, village, now)
    a_box(db, village, now)
    want_tv_one(db, now, boxes_below)
    dead = claim.take(db, TvRendition, now, LEASE)
    assert isinstance(dead, claim.Claim)
    assert not render_tv_one(db, now + LEASE / 2, files)
    assert render_tv_one(db, now + LEASE * 2, files)
    assert film(db).state == "ready" and film(db).attempts == 2
    assert not claim.ready(db, dead, lambda: now, video_sha256="f" * 64), "what comes back from the dead changes nothing"
    assert claim.release(db, TvRendition) == 0
