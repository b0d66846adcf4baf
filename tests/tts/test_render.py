"""Approved articles get their voices: real speech into a real database and real files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import cast

import pytest
from sqlalchemy import select

from articles.models import Article, Text
from station.database import Database
from station.files import Files
from tests.builders import an_article
from tests.people import settle
from tts.audio import LEAD_SAMPLES_MP3
from tts.engines import EngineError
from tts.models import Rendition
from tts.pool import Pool, SpokenSentence
from tts.render import LEASE, MAX_ATTEMPTS, release_claims, render_one, retry
from tts.want import want_one


class Mute:
    """A pool that cannot speak and counts how often it was asked."""

    def __init__(self, *, permanent: bool) -> None:
        self.permanent, self.asked = permanent, 0

    def speak(self, sentences: Sequence[str], dialect: str) -> Iterator[SpokenSentence]:
        self.asked += 1
        raise EngineError("the voice is hoarse", permanent=self.permanent)
        yield


def mute(*, permanent: bool) -> Pool:
    return cast(Pool, Mute(permanent=permanent))


def rows(db: Database) -> dict[str, Rendition]:
    with db.reading() as session:
        return {row.dialect: row for row in session.scalars(select(Rendition))}


@pytest.fixture
def article_id(db: Database, now: datetime) -> int:
    """An approved notice for the whole town, in which Mandarin and Cantonese are heard."""
    with db.session() as session:
        village = settle(session, now)
        return an_article(session, village.operator, village.town, now, body="明天停水。", approved=True).id


@pytest.mark.both_databases
def test_a_wanted_rendition_becomes_sound_and_captions(
    db: Database, files: Files, article_id: int, now: datetime, pool: Pool
) -> None:
    want_one(db, now)
    assert render_one(db, now, pool, files, clock=lambda: now)
    assert render_one(db, now, pool, files, clock=lambda: now)
    assert not render_one(db, now, pool, files, clock=lambda: now)
    for row in rows(db).values():
        assert (row.state, row.progress, row.attempts, row.error, row.lang) == ("ready", 1.0, 1, "", "zh-Hans")
        assert row.lufs is not None and -17.5 < row.lufs < -14.5
        assert row.skip == LEAD_SAMPLES_MP3
        assert row.ready_at == now
        assert files.size(row.audio_sha256) == row.audio_bytes
        assert files.get(row.captions_sha256).decode().startswith("WEBVTT\n")
        assert [cue[2] for cue in row.cues] == ["停水通知", "明天停水。"]


def test_the_same_inputs_are_never_rendered_twice(db: Database, files: Files, article_id: int, now: datetime, pool: Pool) -> None:
    want_one(db, now)
    while render_one(db, now, pool, files):
        continue
    with db.session() as session:
        first = session.get_one(Article, article_id)
        an_article(session, first.author, first.area, now, body="明天停水。", approved=True)  # type: ignore[arg-type]
    want_one(db, now)
    nobody = Mute(permanent=True)
    while render_one(db, now, cast(Pool, nobody), files):
        continue
    assert nobody.asked == 0
    with db.reading() as session:
        shas = list(session.scalars(select(Rendition.audio_sha256).where(Rendition.dialect == "cmn")))
    assert len(shas) == 2 and shas[0] == shas[1]


def test_a_permanent_failure_is_visible_and_blocks_nothing_else(
    db: Database, files: Files, article_id: int, now: datetime, pool: Pool
) -> None:
    want_one(db, now)
    assert render_one(db, now, mute(permanent=True), files, clock=lambda: now)
    assert render_one(db, now, pool, files, clock=lambda: now)
    found = rows(db)
    assert (found["cmn"].state, found["cmn"].error) == ("failed", "the voice is hoarse")
    assert found["yue"].state == "ready"
    assert not render_one(db, now, pool, files, clock=lambda: now)


def test_a_passing_failure_is_tried_three_times_with_growing_pauses(
    db: Database, files: Files, article_id: int, now: datetime
) -> None:
    want_one(db, now)
    hoarse = mute(permanent=False)
    assert render_one(db, now, hoarse, files, clock=lambda: now) and render_one(db, now, hoarse, files, clock=lambda: now)
    assert not render_one(db, now + timedelta(seconds=9), hoarse, files)
    waits = []
    moment = now
    while rows(db)["cmn"].state == "wanted":
        due = rows(db)["cmn"].not_before
        assert due is not None
        waits.append((due - moment).total_seconds())
        moment = due
        for _ in range(2):
            render_one(db, moment, hoarse, files, clock=lambda at=moment: at)  # type: ignore[misc]
    assert waits == [10.0, 30.0]
    assert {(row.state, row.attempts) for row in rows(db).values()} == {("failed", MAX_ATTEMPTS)}


def test_a_person_can_have_it_tried_again(db: Database, files: Files, article_id: int, now: datetime, pool: Pool) -> None:
    want_one(db, now)
    render_one(db, now, mute(permanent=True), files, clock=lambda: now)
    with db.session() as session:
        retry(session.scalars(select(Rendition).where(Rendition.state == "failed")).one(), now)
    while render_one(db, now, pool, files):
        continue
    assert {row.state for row in rows(db).values()} == {"ready"}


def test_a_row_of_a_station_that_died_is_taken_over_when_its_lease_ends(
    db: Database, files: Files, article_id: int, now: datetime, pool: Pool
) -> None:
    want_one(db, now)
    with db.session() as session:
        for row in session.scalars(select(Rendition)):
            row.state, row.attempts, row.lease_until = "rendering", 1, now + LEASE
    assert not render_one(db, now, pool, files)
    assert render_one(db, now + LEASE + timedelta(seconds=1), pool, files)
    assert sorted(row.state for row in rows(db).values()) == ["ready", "rendering"]


def test_a_restarted_station_need_not_wait_for_its_own_lease(
    db: Database, files: Files, article_id: int, now: datetime, pool: Pool
) -> None:
    want_one(db, now)
    with db.session() as session:
        row = session.scalars(select(Rendition).where(Rendition.dialect == "cmn")).one()
        row.state, row.attempts, row.lease_until = "rendering", 1, now + LEASE
    assert release_claims(db) == 1
    while render_one(db, now, pool, files):
        continue
    assert {row.state for row in rows(db).values()} == {"ready"}


def test_an_edited_article_is_not_spoken_as_it_was(db: Database, files: Files, article_id: int, now: datetime) -> None:
    want_one(db, now)
    with db.session() as session:
        article = session.get_one(Article, article_id)
        article.revision += 1
        article.state = "draft"
    nobody = Mute(permanent=True)
    while render_one(db, now, cast(Pool, nobody), files):
        continue
    assert nobody.asked == 0
    assert "edited or withdrawn" in rows(db)["cmn"].error


def test_progress_is_seen_while_it_is_spoken(db: Database, files: Files, article_id: int, now: datetime, pool: Pool) -> None:
    with db.session() as session:
        session.scalars(select(Text)).one().body = "今天停水。" * 20
    want_one(db, now)
    seen: list[float] = []
    ticks = iter(range(10_000))

    def clock() -> datetime:
        seen.append(rows(db)["cmn"].progress)
        return now + timedelta(seconds=next(ticks))

    render_one(db, now, pool, files, clock=clock)
    assert len(set(seen)) > 10 and seen == sorted(seen)
    assert rows(db)["cmn"].progress == 1.0
