"""A programme as its village announces it: planned at once with what is there, dressed when the edition is ready."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from articles.models import Article
from playlists.models import Occurrence, Playlist, PlaylistItem
from station.database import Database
from station.files import Files
from tests.broadcast.test_extras import Broadcast
from tests.tts.test_audio import tone
from tts.audio import LEAD_SAMPLES_MP3, to_mp3
from tts.editions import BETWEEN_MS, join_one
from tts.models import Edition, Rendition
from tts.pool import Pool
from tts.presentation import set_presentation


@pytest.fixture
def evening(db: Database, files: Files, now: datetime) -> Broadcast:
    """The chime and a notice at six, in a town that says a notice twice with music under it."""
    made = Broadcast(db, files, now)
    with db.session() as session:
        set_presentation(session, made.village.county, "", now, bed="own", repeats=2, chime="own")
    return made


def join(evening: Broadcast, pool: Pool | None = None) -> None:
    evening.now += timedelta(minutes=1)
    while join_one(evening.db, evening.now, pool or Pool(0), evening.files, lambda: evening.now):
        continue


@pytest.mark.both_databases
def test_the_plan_stands_at_once_and_is_dressed_when_the_edition_is_ready(evening: Broadcast) -> None:
    bells, plain = evening.plan()
    assert plain.ms == 3000 and evening.lacks()
    join(evening)
    bells_again, dressed = evening.plan()
    assert bells_again.clip == bells.clip and dressed.clip != plain.clip and not evening.lacks()
    assert dressed.ms == pytest.approx(2 * (3000 + 4500) + BETWEEN_MS, abs=200) and dressed.expires_ms - plain.expires_ms == dressed.ms - plain.ms
    assert evening.files.size(dressed.clip) == dressed.bytes
    with evening.db.reading() as session:
        assert session.scalars(select(Edition)).one().dress["chime"] == "", "the programme has chimed already"
    assert evening.plan() == [bells_again, dressed]


def test_an_edition_that_cannot_be_made_leaves_the_plain_voice(evening: Broadcast) -> None:
    with evening.db.session() as session:
        row = session.scalars(select(Rendition)).one()
        row.audio_sha256 = "d" * 64
    evening.plan()
    join(evening)
    assert evening.plan()[1].clip == "d" * 64
    with evening.db.reading() as session:
        assert session.scalars(select(Edition.state)).one() == "failed"


def test_what_is_announced_otherwise_is_planned_anew_and_what_is_about_to_begin_is_left_alone(evening: Broadcast) -> None:
    evening.plan()
    join(evening)
    dressed = evening.plan()[1]
    evening.now += timedelta(minutes=1)
    with evening.db.session() as session:
        set_presentation(session, evening.village.village_a, "", evening.now, active=False)
        set_presentation(session, evening.village.county, "", evening.now)
    plain = evening.plan()[1]
    assert plain.clip != dressed.clip and plain.ms == 3000
    with evening.db.session() as session:
        start = session.scalars(select(Occurrence.starts_at)).first()
        assert start is not None
        evening.now = start - timedelta(seconds=90)
        set_presentation(session, evening.village.county, "", evening.now + timedelta(seconds=1), bed="own")
    assert evening.plan()[1] == plain, "terminals need time to fetch"


def test_only_the_first_article_is_opened_and_only_the_last_closed(evening: Broadcast, now: datetime) -> None:
    with evening.db.session() as session:
        set_presentation(session, evening.village.county, "", evening.now, opening={"cmn": "开始。"}, closing={"cmn": "完了。"})
        article = session.scalars(select(Article)).one()
        other = Article(area_id=article.area_id, kind="notice", title="二", source="paste", state="approved", created_at=now, updated_at=now, approved_at=now)
        session.add(other)
        session.flush()
        sound = to_mp3(tone(600, 2))
        session.add(Rendition(
            article_id=other.id, revision=1, dialect="cmn", lang="zh-Hans", state="ready", audio_sha256=evening.files.put(sound), audio_bytes=len(sound),
            ms=2000, skip=LEAD_SAMPLES_MP3, cues=[], unknown=[], created_at=now, ready_at=now,
        ))  # fmt: skip
        programme = session.scalars(select(Playlist)).one()
        session.add(PlaylistItem(playlist_id=programme.id, position=2, kind="article", article_id=other.id))
        programme.updated_at = evening.now
    evening.plan()
    with evening.db.reading() as session:
        rows = session.scalars(select(Edition).order_by(Edition.id)).all()
        assert [(row.dress["opening"], row.dress["closing"]) for row in rows[-2:]] == [("开始。", ""), ("", "完了。")]


def test_on_a_day_without_music_there_is_none_under_the_voice(evening: Broadcast) -> None:
    from playlists.days import mark_day
    evening.plan()
    with evening.db.session() as session:
        occurrence = session.scalars(select(Occurrence)).one()
        day = occurrence.starts_at.date()
        mark_day(session, session.merge(evening.village.operator), session.merge(evening.village.county), "funeral", day, day, evening.now + timedelta(seconds=1))
        assert occurrence.music is False
    evening.now += timedelta(seconds=1)
    evening.plan()
    with evening.db.reading() as session:
        assert sorted(each.dress["bed"] for each in session.scalars(select(Edition))) == ["", "own"]
