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
from tts.engines.chain import Engines
from tts.lexicon import remove_reading, set_reading
from tts.models import LexiconEntry, Rendition, SpentFile
from tts.pool import Pool, SpokenSentence
from tts.render import FORMER_KEPT, LEASE, MAX_ATTEMPTS, release_claims, render_one, retry
from tts.voices import Manner
from tts.want import want_one


class Mute:
    """A pool that cannot speak and counts how often it was asked."""

    def __init__(self, *, permanent: bool) -> None:
        self.permanent, self.asked = permanent, 0
        self.engines = Engines()

    def speak(self, sentences: Sequence[str], manner: Manner) -> Iterator[SpokenSentence]:
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


def correct(db: Database, now: datetime, word: str, reading: str, code: str = "cmn") -> None:
    """Somebody gives a word its reading for the whole town."""
    with db.session() as session:
        article = session.scalars(select(Article)).one()
        set_reading(session, article.author, article.area, code=code, word=word, reading=reading, now=now)


def spoken(db: Database, files: Files, now: datetime, pool: Pool) -> None:
    want_one(db, now)
    while render_one(db, now, pool, files, clock=lambda: now):
        continue


@pytest.mark.both_databases
def test_a_corrected_reading_is_spoken_again_and_nothing_else_is(
    db: Database, files: Files, article_id: int, now: datetime, pool: Pool
) -> None:
    spoken(db, files, now, pool)
    before = rows(db)
    later = now + timedelta(hours=1)
    correct(db, later, "停水", "ting2 shui3")
    assert [code for code, row in rows(db).items() if row.again] == ["cmn"]
    assert render_one(db, later, pool, files, clock=lambda: later)
    assert not render_one(db, later, pool, files, clock=lambda: later)
    after = rows(db)
    assert after["cmn"].audio_sha256 != before["cmn"].audio_sha256 and after["yue"].audio_sha256 == before["yue"].audio_sha256
    assert (after["cmn"].respoken_at, after["cmn"].ready_at, after["yue"].respoken_at) == (later, later, None)
    with db.reading() as session:
        spent = {row.sha256: row.since for row in session.scalars(select(SpentFile))}
    assert spent == dict.fromkeys({before["cmn"].audio_sha256, before["cmn"].captions_sha256} - {after["cmn"].captions_sha256}, later + FORMER_KEPT)


def test_until_it_is_spoken_again_the_former_sound_counts(
    db: Database, files: Files, article_id: int, now: datetime, pool: Pool
) -> None:
    spoken(db, files, now, pool)
    former = rows(db)["cmn"].audio_sha256
    correct(db, now, "停水", "ting2 shui3")
    assert render_one(db, now, mute(permanent=False), files, clock=lambda: now)
    row = rows(db)["cmn"]
    assert (row.state, row.audio_sha256, row.again, row.error) == ("ready", former, True, "the voice is hoarse")
    assert not render_one(db, now + timedelta(seconds=9), pool, files)
    assert render_one(db, now + timedelta(seconds=10), pool, files, clock=lambda: now)
    assert rows(db)["cmn"].audio_sha256 != former and not rows(db)["cmn"].error


def test_a_correction_taken_back_speaks_nothing(db: Database, files: Files, article_id: int, now: datetime, pool: Pool) -> None:
    spoken(db, files, now, pool)
    before = rows(db)["cmn"]
    correct(db, now, "停水", "ting2 shui3")
    with db.session() as session:
        remove_reading(session, None, session.scalars(select(LexiconEntry)).one(), now)
    nobody = Mute(permanent=True)
    assert render_one(db, now, cast(Pool, nobody), files, clock=lambda: now)
    after = rows(db)["cmn"]
    assert nobody.asked == 0 and (after.audio_sha256, after.again, after.lease_until) == (before.audio_sha256, False, None)


def test_a_correction_while_it_is_being_spoken_is_not_lost(
    db: Database, files: Files, article_id: int, now: datetime, pool: Pool
) -> None:
    want_one(db, now)
    moments = iter([False, True])

    def clock() -> datetime:
        if next(moments, False):  # between the claim and the end
            correct(db, now, "停水", "ting2 shui3")
        return now

    with db.session() as session:
        for row in session.scalars(select(Rendition).where(Rendition.dialect == "yue")):
            session.delete(row)
    render_one(db, now, pool, files, clock=clock)
    first = rows(db)["cmn"]
    assert first.state == "ready" and first.again
    assert render_one(db, now, pool, files, clock=lambda: now)
    assert rows(db)["cmn"].audio_sha256 != first.audio_sha256


def test_what_a_station_that_died_was_speaking_again_is_spoken_again(
    db: Database, files: Files, article_id: int, now: datetime, pool: Pool
) -> None:
    spoken(db, files, now, pool)
    with db.session() as session:
        row = session.scalars(select(Rendition).where(Rendition.dialect == "cmn")).one()
        row.lease_until, row.inputs_hash = now + LEASE, "of other readings"
    assert not render_one(db, now, pool, files)
    release_claims(db)
    assert render_one(db, now, pool, files, clock=lambda: now)
    assert rows(db)["cmn"].inputs_hash != "of other readings" and rows(db)["cmn"].respoken_at == now


def test_new_articles_are_spoken_before_old_ones_again(db: Database, files: Files, article_id: int, now: datetime, pool: Pool) -> None:
    spoken(db, files, now, pool)
    correct(db, now, "停水", "ting2 shui3")
    with db.session() as session:
        old = session.get_one(Article, article_id)
        new = an_article(session, old.author, old.area, now, body="明天有雨。", approved=True).id  # type: ignore[arg-type]
    want_one(db, now)
    for _ in range(2):
        render_one(db, now, pool, files, clock=lambda: now)
    with db.reading() as session:
        assert {row.state for row in session.scalars(select(Rendition).where(Rendition.article_id == new))} == {"ready"}
    assert rows(db)["cmn"].article_id == new


def test_captions_show_no_marks(db: Database, files: Files, article_id: int, now: datetime, pool: Pool) -> None:
    with db.session() as session:
        session.scalars(select(Text)).one().body = "{单|shan4}家庄停水。"
    spoken(db, files, now, pool)
    assert [cue[2] for cue in rows(db)["cmn"].cues] == ["停水通知", "单家庄停水。"]
