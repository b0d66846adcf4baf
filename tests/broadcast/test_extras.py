"""Terminals of other kinds: a plan brings the sound in their format and the film for their screen, as soon as these are made."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from articles.models import Article
from broadcast.dressing import ClipRef
from broadcast.extras import plan_item
from broadcast.models import Dispatch
from broadcast.plan import Planner
from devices.boxes import boxes_below
from devices.models import Terminal
from devices.presence import heard_report
from playlists.calendar import unroll_one
from playlists.models import Playlist, PlaylistItem, Schedule
from station.database import Database
from station.files import Files
from tests.builders import an_article
from tests.people import Village, settle
from tests.tts.test_audio import tone
from tts.audio import LEAD_SAMPLES_MP3, decode, to_mp3
from tts.captions import Cue, webvtt
from tts.models import Rendition, Variant
from tts.television import choose, render_tv_one, want_tv_one
from tts.tunes import chime
from tts.variants import make_variant_one
from wire.messages import Alternate, PlanItem, Report

SOON = timedelta(minutes=1)


class Broadcast:
    """A town's programme at six in the evening: the chime and a notice in Mandarin."""

    def __init__(self, db: Database, files: Files, now: datetime) -> None:
        self.db, self.files, self.now = db, files, now
        with db.session() as session:
            self.village: Village = settle(session, now)
            article = an_article(session, self.village.operator, self.village.town, now, body="明天停水。", approved=True)
            sound = to_mp3(tone(300, 3))
            programme = Playlist(area_id=self.village.town.id, title="晚间", created_at=now, updated_at=now)
            rendition = Rendition(
                article_id=article.id, revision=1, dialect="cmn", lang="zh-Hans", state="ready", audio_sha256=files.put(sound), audio_bytes=len(sound),
                ms=3000, skip=LEAD_SAMPLES_MP3, cues=[[200, 1000, "停水通知"], [1500, 2600, "明天停水。"]], unknown=[], created_at=now, ready_at=now,
            )  # fmt: skip
            session.add_all([programme, rendition])
            session.flush()
            session.add(PlaylistItem(playlist_id=programme.id, position=0, kind="chime"))
            session.add(PlaylistItem(playlist_id=programme.id, position=1, kind="article", article_id=article.id))
            session.add(
                Schedule(playlist_id=programme.id, area_id=self.village.town.id, kind="once", tz="Asia/Shanghai", times=["18:00"], since=now.date(), created_at=now)
            )
            session.flush()
            while unroll_one(session, now):
                continue
        bells = to_mp3(chime())
        self.planner = Planner(db, ClipRef(files.put(bells), len(bells), 3000, LEAD_SAMPLES_MP3))

    def hang(self, did: str, **more: Any) -> None:
        with self.db.session() as session:
            session.add(Terminal(did=did, area_id=self.village.village_a.id, name=did, created_at=self.now, **more))

    def plan(self) -> list[PlanItem]:
        """The items after planning as long as there is anything to plan; a minute later each time."""
        self.now += SOON
        for _round in range(20):
            if not self.planner.plan_one(self.now):
                break
        with self.db.reading() as session:
            (row,) = session.scalars(select(Dispatch).where(Dispatch.dialect == "cmn"))
            return [plan_item(each) for each in row.items]

    def make(self) -> None:
        """Everything that is wanted is made."""
        self.now += SOON
        while want_tv_one(self.db, self.now, boxes_below):
            continue
        while make_variant_one(self.db, self.now, self.files, lambda: self.now) or render_tv_one(self.db, self.now, self.files, lambda: self.now):
            continue

    def lacks(self) -> bool:
        with self.db.reading() as session:
            return any(session.scalars(select(Dispatch.lacks)))


@pytest.fixture
def evening(db: Database, files: Files, now: datetime) -> Broadcast:
    return Broadcast(db, files, now)


@pytest.mark.both_databases
def test_plain_loudspeakers_make_no_work(evening: Broadcast) -> None:
    evening.hang("plain")
    assert [(item.others, item.video) for item in evening.plan()] == [((), ""), ((), "")]
    with evening.db.reading() as session:
        assert not session.scalars(select(Variant)).all() and not evening.lacks()


@pytest.mark.both_databases
def test_every_item_comes_in_the_formats_of_the_terminals_below(evening: Broadcast) -> None:
    evening.hang("horn", format="mp3-48")
    evening.hang("phone", format="opus")
    first = evening.plan()
    assert [item.others for item in first] == [(), ()] and evening.lacks(), "the programme is planned at once, with what is there"
    evening.make()
    second = evening.plan()
    assert [[each.format for each in item.others] for item in second] == [["mp3-48", "opus"]] * 2 and not evening.lacks()
    for item in second:
        for each in item.others:
            assert evening.files.size(each.clip) == each.bytes
        assert item.suited(("opus", "mp3")).url.endswith(".opus") and item.suited(("mp3", "opus")) == item
    assert len(decode(evening.files.get(second[1].suited(("mp3-48",)).clip))) / 44100 == pytest.approx(3.0, abs=0.1)
    assert [item.clip for item in second] == [item.clip for item in first], "what is planned already stays as it is"
    assert evening.plan() == second


@pytest.mark.both_databases
def test_a_set_top_box_gets_the_film_and_the_chime_has_none(evening: Broadcast) -> None:
    evening.hang("box", kind="stb")
    assert [item.video for item in evening.plan()] == ["", ""] and evening.lacks()
    evening.make()
    bells, notice = evening.plan()
    assert bells.video == "" and notice.video_url == f"/video/{notice.video}.mp4"
    assert (evening.files.size(notice.video), notice.video_ms) == (notice.video_bytes, 3000)
    assert not evening.lacks()


def test_a_plan_names_the_captions_of_what_is_said(evening: Broadcast) -> None:
    evening.hang("plain")
    bells, notice = evening.plan()
    said = webvtt([Cue(200, 1000, "停水通知"), Cue(1500, 2600, "明天停水。")])
    assert (bells.captions, bells.captions_url) == ("", "")
    assert (notice.captions, notice.captions_url) == (hashlib.sha256(said.encode()).hexdigest(), f"/captions/{notice.clip}.vtt")


def test_a_plan_says_whether_the_film_has_the_captions_in_it(evening: Broadcast) -> None:
    evening.hang("box", kind="stb")
    evening.plan()
    evening.make()
    bells, notice = evening.plan()
    assert notice.burnt and not bells.burnt
    evening.now += SOON
    with evening.db.session() as session:
        choose(session, session.scalars(select(Article)).one(), evening.now, shown=None, burnt=False)
    evening.make()
    assert evening.plan()[1].burnt is False


def test_an_article_that_is_not_to_be_shown_any_more_loses_its_film(evening: Broadcast) -> None:
    evening.hang("box", kind="stb")
    evening.plan()
    evening.make()
    assert evening.plan()[1].video
    evening.now += SOON
    with evening.db.session() as session:
        choose(session, session.scalars(select(Article)).one(), evening.now, shown=False, burnt=True)
    assert evening.plan()[1].video == "" and not evening.lacks()


def test_a_format_that_cannot_be_made_holds_up_nothing(evening: Broadcast) -> None:
    evening.hang("phone", format="opus")
    with evening.db.session() as session:
        session.scalars(select(Rendition)).one().audio_sha256 = "d" * 64
    evening.plan()
    evening.make()
    bells, notice = evening.plan()
    assert len(bells.others) == 1 and notice.others == () and notice.clip == "d" * 64
    with evening.db.reading() as session:
        assert "gone from the files" in session.scalars(select(Variant.error).where(Variant.state == "failed")).one()


@pytest.mark.parametrize(
    ("can", "likes", "kind"),
    [
        ((), "mp3", "stb"), (("wav", "opus", "mp3"), "opus", "loudspeaker"), (("flac",), "mp3", "loudspeaker"), (("mp3-22",), "mp3-22", "loudspeaker"),
        (("mp4", "aac"), "aac", "stb"),
    ],
)  # fmt: skip
def test_a_terminal_says_what_it_likes_and_whether_it_shows_films(evening: Broadcast, can: tuple[str, ...], likes: str, kind: str) -> None:
    evening.hang("one", format="aac", kind="stb")
    with evening.db.session() as session:
        terminal = session.scalars(select(Terminal)).one()
        heard_report(terminal, Report(capabilities=can), evening.now)
        assert (terminal.format, terminal.kind) == (likes, kind)


def test_a_kept_item_comes_back_equal() -> None:
    item = PlanItem("i", "o", 0, 1, "c", "u", 2, 3, 4, others=(Alternate("opus", "x", "y", 5, 6),), video="v", video_ms=7)
    assert plan_item(asdict(item)) == item
