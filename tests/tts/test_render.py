"""Approved articles get their voices: real speech into a real database and real files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import cast

import numpy as np
import pytest
from sqlalchemy import select

from articles.models import Article, Text
from station.areas import add_area
from station.database import Database
from station.files import Files
from tests.builders import an_article
from tests.people import settle
from tts.audio import LEAD_SAMPLES_MP3, decode, measure
from tts.engines import EngineError
from tts.level import RATE
from tts.models import Rendition
from tts.pool import Pool, SpokenSentence
from tts.render import LEASE, MAX_ATTEMPTS, inputs_hash, release_claims, render_one, retry, speak_article, want_one, want_renditions

NOTICE = """各位村民请注意，11月24日上午9:30在村委会召开村民代表大会，请带上ETC卡。联系电话：13812345678。
秋粮收购价每斤1.35元，比去年上涨3.5%。"""


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


@pytest.mark.parametrize("dialect", ["cmn", "yue"])
def test_an_article_is_spoken_level_and_in_time(pool: Pool, dialect: str) -> None:
    shares: list[float] = []
    spoken = speak_article(NOTICE, "村民大会通知", dialect, pool, shares.append)
    heard = measure(spoken.mp3)
    assert heard.lufs == pytest.approx(-16.0, abs=1.0)
    assert spoken.lufs == pytest.approx(heard.lufs, abs=0.3)
    assert heard.peak_db is not None and heard.peak_db <= -1.0
    assert shares == sorted(shares) and shares[-1] == 1.0
    assert [cue.text for cue in spoken.cues] == ["村民大会通知", *NOTICE.replace("。", "。\n").split()]
    assert spoken.unknown == ()
    pcm = decode(spoken.mp3)[LEAD_SAMPLES_MP3:]
    assert len(pcm) / RATE * 1000 == pytest.approx(spoken.ms, abs=60)
    loud = np.abs(pcm.astype(int)) > 1000
    for cue in spoken.cues:
        assert loud[cue.start_ms * RATE // 1000 : cue.end_ms * RATE // 1000].mean() > 0.2
    for before, after in zip(spoken.cues, spoken.cues[1:], strict=False):
        assert after.start_ms - before.end_ms >= 300
        assert not loud[(before.end_ms + 40) * RATE // 1000 : (after.start_ms - 40) * RATE // 1000].any()


def test_english_is_spoken_from_english(pool: Pool) -> None:
    spoken = speak_article("The water will be off tomorrow from 8:00 to 17:30. Call 110.", "Notice", "en", pool)
    assert measure(spoken.mp3).lufs == pytest.approx(-16.0, abs=1.0)
    assert 4000 < spoken.ms < 12000


def test_what_nobody_can_read_is_named_with_its_place(pool: Pool) -> None:
    assert speak_article("停水☃。\n明天༄བོ停电。", "通知★", "cmn", pool).unknown == ((-1, "★"), (2, "☃"), (8, "བ"))


@pytest.mark.parametrize(
    ("text", "dialect", "why"),
    [
        ("བོད", "cmn", "nothing in the text can be read in Mandarin"),
        ("", "cmn", "no text to speak"),
        ("你好", "hak", "no voice speaks Hakka"),
        ("好" * 70_000, "cmn", "70000 characters, more than 60000"),
    ],
)
def test_what_cannot_be_spoken_is_refused_for_good(pool: Pool, text: str, dialect: str, why: str) -> None:
    with pytest.raises(EngineError, match=why) as caught:
        speak_article(text, "", dialect, pool)
    assert caught.value.permanent


def test_the_hash_knows_every_input() -> None:
    base = ("a", "t", "cmn", "zh-Hans")
    others = [("b", *base[1:]), ("a", "u", *base[2:]), ("a", "t", "yue", "zh-Hans"), ("a", "t", "cmn", "zh-Hant")]
    assert inputs_hash(*base) == inputs_hash(*base)
    assert len({inputs_hash(*each) for each in [base, *others]}) == 5


def test_an_approved_article_gets_a_row_per_dialect_of_its_branch(db: Database, article_id: int, now: datetime) -> None:
    assert want_one(db, now)
    assert {code: row.state for code, row in rows(db).items()} == {"cmn": "wanted", "yue": "wanted"}
    assert not want_one(db, now)


def test_a_village_that_joins_later_gets_its_dialect(db: Database, article_id: int, now: datetime) -> None:
    want_one(db, now)
    with db.session() as session:
        article = session.get_one(Article, article_id)
        add_area(session, parent=article.area, level="village", name="新村", now=now, dialect="hak")
    assert want_one(db, now)
    assert rows(db)["hak"].state == "no_voice"
    assert "no voice speaks Hakka" in rows(db)["hak"].error
    assert not want_one(db, now)


def test_a_dialect_without_a_text_says_what_to_add(db: Database, article_id: int, now: datetime) -> None:
    with db.session() as session:
        assert want_renditions(session, session.get_one(Article, article_id), {"en", "bo"}, now) == 2
    assert rows(db)["en"].state == rows(db)["bo"].state == "no_voice"
    assert rows(db)["en"].error == "English is spoken from a text in en; the article has zh-Hans: add a text"


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


def test_a_village_whose_dialect_has_no_voice_gets_the_one_heard_instead(db: Database, now: datetime) -> None:
    with db.session() as session:
        village = settle(session, now)
        village.village_b.dialect = "bo"
        an_article(session, village.operator, village.village_b, now, approved=True)
    assert want_one(db, now)
    assert {code: row.state for code, row in rows(db).items()} == {"bo": "no_voice", "cmn": "wanted"}


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
