"""Programmes in the voice that was chosen; while it is not ready, another voice speaks, and then the chosen one takes its place."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from articles.models import Article
from broadcast.dressing import ClipRef
from broadcast.models import Dispatch
from broadcast.plan import Planner
from playlists.calendar import unroll_one
from playlists.models import Playlist, PlaylistItem, Schedule
from playlists.playlist import set_voice
from station.database import Database
from station.models import Area, Person
from tests.builders import an_article
from tests.people import settle
from tts.choose import choose_voice
from tts.models import Rendition


@pytest.fixture
def planned(db: Database, now: datetime) -> Planner:
    """A daily programme of the village, planned with the ordinary voice."""
    with db.session() as session:
        village = settle(session, now)
        article = an_article(session, village.operator, village.town, now, approved=True)
        programme = Playlist(area_id=village.village_a.id, title="早间", created_at=now, updated_at=now)
        session.add_all([_ready(article, "male", "a", now), programme])
        session.flush()
        session.add(PlaylistItem(playlist_id=programme.id, position=0, kind="article", article_id=article.id))
        session.add(Schedule(
            playlist_id=programme.id, area_id=village.village_a.id, kind="daily", tz="Asia/Shanghai", times=["18:00"], since=now.date(),
            created_at=now,
        ))  # fmt: skip
        session.flush()
        while unroll_one(session, now):
            continue
    planner = Planner(db, ClipRef("c" * 64, 1, 1000, 0))
    plan(planner, now + timedelta(minutes=1))
    return planner


def _ready(article: Article, voice: str, sound: str, at: datetime) -> Rendition:
    return Rendition(
        article_id=article.id, revision=1, dialect="cmn", voice=voice, lang="zh-Hans", state="ready", audio_sha256=sound * 64, audio_bytes=1, ms=1000,
        created_at=at, ready_at=at,
    )  # fmt: skip


def plan(planner: Planner, at: datetime) -> None:
    for _ in range(20):
        if not planner.plan_one(at):
            return
    raise AssertionError("the planner does not come to an end")


def heard(db: Database) -> tuple[set[str], set[str]]:
    """The sounds in every plan, and what the plans say is missing."""
    with db.reading() as session:
        rows = list(session.scalars(select(Dispatch)))
        return {item["clip"][0] for each in rows for item in each.items}, {each.error for each in rows}


def finish(db: Database, voice: str, sound: str, at: datetime) -> None:
    with db.session() as session:
        row = session.scalars(select(Rendition).where(Rendition.voice == voice)).one()
        row.state, row.audio_sha256, row.audio_bytes, row.ms, row.ready_at = "ready", sound * 64, 1, 1000, at


def test_a_voice_chosen_for_the_village_is_wanted_and_takes_over_when_it_is_ready(db: Database, planned: Planner, now: datetime) -> None:
    assert heard(db) == ({"a"}, {""})
    with db.session() as session:
        choose_voice(session, now + timedelta(minutes=2), "slow", area=session.scalars(select(Area).where(Area.level == "county")).first())
    plan(planned, now + timedelta(minutes=3))
    sounds, missing = heard(db)
    assert sounds == {"a"} and all("the voice male speaks for slow" in each for each in missing)
    finish(db, "slow", "b", now + timedelta(minutes=4))
    plan(planned, now + timedelta(minutes=5))
    assert heard(db) == ({"b"}, {""})
    with db.session() as session:
        choose_voice(session, now + timedelta(minutes=6), "", area=session.scalars(select(Area).where(Area.level == "county")).first())
    plan(planned, now + timedelta(minutes=7))
    assert heard(db) == ({"a"}, {""})


def test_a_playlist_has_a_voice_of_its_own(db: Database, planned: Planner, now: datetime) -> None:
    with db.session() as session:
        playlist = session.scalars(select(Playlist)).one()
        person = session.scalars(select(Person).order_by(Person.id)).first()
        article = session.scalars(select(Article)).one()
        assert person is not None
        set_voice(session, article.author or person, playlist, "lively", now + timedelta(minutes=2))
    plan(planned, now + timedelta(minutes=3))
    finish(db, "lively", "l", now + timedelta(minutes=4))
    plan(planned, now + timedelta(minutes=5))
    assert heard(db) == ({"l"}, {""})


def test_a_chosen_voice_that_fails_leaves_the_warning_to_another(db: Database, planned: Planner, now: datetime) -> None:
    with db.session() as session:
        choose_voice(session, now + timedelta(minutes=2), "slow", article=session.scalars(select(Article)).one())
    plan(planned, now + timedelta(minutes=3))
    with db.session() as session:
        row = session.scalars(select(Rendition).where(Rendition.voice == "slow")).one()
        row.state, row.error = "failed", "out of breath"
        session.scalars(select(Playlist)).one().updated_at = now + timedelta(minutes=4)
    plan(planned, now + timedelta(minutes=5))
    sounds, missing = heard(db)
    assert sounds == {"a"} and all("speaks for slow: out of breath" in each for each in missing)
