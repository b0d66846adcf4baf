"""A programme that was planned with a sound that has been spoken again since names the new one."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from broadcast.dressing import ClipRef
from broadcast.models import Dispatch
from broadcast.plan import Planner
from playlists.calendar import unroll_one
from playlists.models import Playlist, PlaylistItem, Schedule
from station.database import Database
from tests.builders import an_article
from tests.people import settle
from tts.models import Rendition


def test_a_sound_spoken_again_replaces_the_planned_one(db: Database, now: datetime) -> None:
    with db.session() as session:
        village = settle(session, now)
        article = an_article(session, village.operator, village.village_a, now, approved=True)
        rendition = Rendition(
            article_id=article.id, revision=1, dialect="cmn", lang="zh-Hans", state="ready", audio_sha256="a" * 64, audio_bytes=1, ms=1000,
            created_at=now, ready_at=now,
        )  # fmt: skip
        programme = Playlist(area_id=village.village_a.id, title="早间", created_at=now, updated_at=now)
        session.add_all([rendition, programme])
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
    moment = now + timedelta(minutes=1)
    while planner.plan_one(moment):
        continue
    with db.session() as session:
        (row,) = session.scalars(select(Rendition))
        row.audio_sha256, row.respoken_at = "b" * 64, moment + timedelta(minutes=1)
    later = moment + timedelta(minutes=2)
    assert planner.plan_one(later) and not planner.plan_one(later)
    with db.reading() as session:
        assert {item["clip"] for each in session.scalars(select(Dispatch)) for item in each.items} == {"b" * 64}
