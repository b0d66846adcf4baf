"""Spent sound goes, and never what is planned, was sent lately, fills pauses, or stands on a page: whatever the order of rounds."""

from __future__ import annotations

import os
import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from articles import review
from articles.models import Article
from broadcast.models import Dispatch, ZoneFill
from broadcast.tidying import BETWEEN, KEPT, tidy
from playlists.models import Occurrence, Playlist, Schedule
from station.database import Database
from station.files import Files
from tests.builders import an_article
from tests.people import Village, settle
from tts.models import Edition, Part, Preview, Rendition, SpentFile, TvRendition, Variant
from tts.preview import forget_one
from tts.render import FORMER_KEPT

OLD = KEPT + timedelta(days=5)


@dataclass
class World:
    """A station at work for months: which files are referred to, and which are not."""

    session: Session
    files: Files
    village: Village
    now: datetime
    referred: set[str] = field(default_factory=set)
    spent: set[str] = field(default_factory=set)
    counter: int = 0

    def file(self, age: timedelta) -> str:
        self.counter += 1
        sha = self.files.put(f"sound {self.counter}".encode())
        at = (self.now - age).timestamp()
        os.utime(self.files.path(sha), (at, at))
        return sha

    def rendition(self, *, revision: int = 1) -> Rendition:
        article = an_article(self.session, self.village.operator, self.village.town, self.now - OLD, title=f"通知{self.counter}", approved=True)
        row = Rendition(
            article_id=article.id, revision=revision, dialect="cmn", lang="zh-Hans", state="ready", audio_sha256=self.file(OLD), cues=[], unknown=[],
            created_at=self.now - OLD, ready_at=self.now - OLD,
        )  # fmt: skip
        self.session.add(row)
        self.session.flush()
        self.referred.add(row.audio_sha256)
        return row

    def dispatch(self, sha: str, ends_in: timedelta) -> None:
        if not hasattr(self, "_occurrence"):
            programme = Playlist(area_id=self.village.town.id, title="早", created_at=self.now, updated_at=self.now)
            self.session.add(programme)
            self.session.flush()
            rule = Schedule(playlist_id=programme.id, area_id=self.village.town.id, kind="daily", tz="UTC", times=["06:00"], since=self.now.date(), created_at=self.now)
            self.session.add(rule)
            self.session.flush()
            self._occurrence = (rule.id, programme.id)
        rule_id, programme_id = self._occurrence
        self.counter += 1
        occurrence = Occurrence(
            schedule_id=rule_id, playlist_id=programme_id, area_id=self.village.town.id, starts_at=self.now + ends_in + timedelta(seconds=self.counter), created_at=self.now
        )
        self.session.add(occurrence)
        self.session.flush()
        items = [{"id": "x", "sha256": "0" * 64, "url": f"/audio/{sha}.mp3"}]
        self.session.add(Dispatch(
            occurrence_id=occurrence.id, area_id=self.village.town.id, dialect="cmn", zid="z", items=items, starts_at=occurrence.starts_at,
            ends_at=self.now + ends_in, planned_at=self.now - OLD,
        ))  # fmt: skip

    def edition(self, row: Rendition, age: timedelta, state: str = "ready") -> str:
        self.counter += 1
        sha = self.file(age) if state == "ready" else ""
        self.session.add(Edition(
            rendition_id=row.id, body_sha256=row.audio_sha256, key=f"{self.counter:064d}", dress={}, state=state, audio_sha256=sha, created_at=self.now - age,
            ready_at=self.now - age if sha else None,
        ))  # fmt: skip
        return sha


@pytest.fixture
def world(session: Session, files: Files, now: datetime) -> World:
    return World(session, files, settle(session, now), now)


def rounds(db: Database, world: World, days: int = 3) -> None:
    """A round a day; the files themselves grow no younger."""
    for day in range(days):
        tidy(db, world.now + timedelta(days=day, hours=1), world.files, clock=lambda day=day: world.now + timedelta(days=day, hours=1))  # type: ignore[misc]


def build(db: Database, files: Files, now: datetime, seed: int) -> World:
    """Anything, at random ages, in random places of the station."""
    dice = random.Random(seed)
    ages = (timedelta(hours=1), KEPT - timedelta(days=10), KEPT + timedelta(days=4), timedelta(days=200))
    with db.session() as session:
        world = World(session, files, settle(session, now), now)
        for _ in range(dice.randint(1, 4)):
            row = world.rendition(revision=dice.choice((1, 1, 2)))
            for _ in range(dice.randint(0, 4)):
                kind, age = dice.choice(("edition", "variant", "part", "film", "preview")), dice.choice(ages)
                sha = world.file(age)
                world.counter += 1
                made = {"state": "ready", "created_at": now - age, "ready_at": now - age}
                young = age < KEPT
                if kind == "edition":
                    session.add(Edition(rendition_id=row.id, body_sha256=row.audio_sha256, key=f"{world.counter:064d}", dress={}, audio_sha256=sha, **made))
                elif kind == "variant":
                    session.add(Variant(source_sha256=f"{world.counter:064d}", format="opus", audio_sha256=sha, **made))
                elif kind == "part":
                    session.add(Part(key=f"{world.counter:064d}", audio_sha256=sha, made_at=now - age))
                elif kind == "film":
                    if session.scalar(select(TvRendition).where(TvRendition.rendition_id == row.id)) is not None:
                        continue
                    session.add(TvRendition(rendition_id=row.id, audio_sha256=row.audio_sha256, video_sha256=sha, **made))
                    young = young or row.revision == 1  # the page of the article shows it
                else:
                    young = age < timedelta(days=7)
                    session.add(Preview(key=f"{world.counter:064d}", kind="speak", dialect="cmn", sentences=["x"], words={}, state="ready", audio_sha256=sha, created_at=now - age, asked_at=now - age))
                session.flush()
                use = dice.choice(("", "", "planned", "sent lately", "sent long ago", "fill"))
                if use == "planned":
                    world.dispatch(sha, timedelta(days=dice.randint(0, 9)))
                elif use == "sent lately":
                    world.dispatch(sha, -timedelta(days=dice.randint(0, 25)))
                elif use == "sent long ago":
                    world.dispatch(sha, -KEPT - timedelta(days=dice.randint(5, 90)))
                elif use == "fill":
                    session.add(ZoneFill(zid=f"z{world.counter}", area_id=world.village.town.id, dialect="cmn", fill=[{"clip": sha}], tz="UTC", planned_at=now))
                (world.referred if young or use in ("planned", "sent lately", "fill") else world.spent).add(sha)
    return world


@pytest.mark.parametrize("seed", range(16))
def test_what_is_referred_to_keeps_its_file_and_the_rest_goes(db: Database, files: Files, now: datetime, seed: int) -> None:
    world = build(db, files, now, seed)
    for _ in range(2):  # whatever the order of rounds
        forget_one(db, now + timedelta(hours=1))
        rounds(db, world)
    assert {sha for sha in world.referred if not files.has(sha)} == set()
    assert {sha for sha in world.spent if files.has(sha)} == set()
    with db.reading() as session:
        assert session.scalars(select(SpentFile)).all() == []


@pytest.mark.both_databases
def test_a_file_goes_a_day_after_its_row_and_not_when_it_was_taken_up_again(db: Database, files: Files, now: datetime) -> None:
    with db.session() as session:
        world = World(session, files, settle(session, now), now)
        row = world.rendition()
        gone, back = world.edition(row, OLD), world.edition(row, OLD)
    tidy(db, now, files, clock=lambda: now)
    with db.reading() as session:
        assert session.scalars(select(Edition)).all() == [] and {each.sha256 for each in session.scalars(select(SpentFile))} == {gone, back}
    assert files.has(gone) and files.has(back)
    with db.session() as session:
        world.session = session
        world.dispatch(back, timedelta(days=1))
    later = now + BETWEEN + timedelta(minutes=1)
    tidy(db, later, files, clock=lambda: later)
    assert not files.has(gone) and files.has(back)
    with db.reading() as session:
        assert session.scalars(select(SpentFile)).all() == []


def test_a_file_stored_again_meanwhile_stays(db: Database, files: Files, now: datetime, session: Session, world: World) -> None:
    sha = files.put(b"the same sound")
    os.utime(files.path(sha), (1, 1))
    files.put(b"the same sound")  # whoever stores it now is about to mention it
    assert not files.remove(sha, now - BETWEEN) and files.has(sha)
    os.utime(files.path(sha), (1, 1))
    assert files.remove(sha, now - BETWEEN) and not files.has(sha) and not files.remove(sha, now - BETWEEN)
    assert files.put(b"the same sound") == sha and files.get(sha) == b"the same sound"


def test_what_is_still_being_made_and_what_pages_show_stays(db: Database, files: Files, now: datetime) -> None:
    with db.session() as session:
        world = World(session, files, settle(session, now), now)
        row = world.rendition()
        world.edition(row, OLD, state="wanted")
        film = TvRendition(rendition_id=row.id, audio_sha256=row.audio_sha256, video_sha256=world.file(OLD), state="ready", created_at=now - OLD, ready_at=now - OLD)
        session.add(film)
    rounds(db, world)
    with db.reading() as session:
        assert [each.state for each in session.scalars(select(Edition))] == ["wanted"] and files.has(session.scalars(select(TvRendition)).one().video_sha256)
    with db.session() as session:
        review.withdraw(session, session.scalars(select(Article)).one(), session.merge(world.village.operator), now)
    rounds(db, world)
    with db.reading() as session:
        assert session.scalars(select(TvRendition)).all() == [] and not files.has(film.video_sha256)
        assert files.has(row.audio_sha256)


def test_a_former_sound_goes_when_no_plan_names_it_any_more(db: Database, files: Files, now: datetime) -> None:
    with db.session() as session:
        world = World(session, files, settle(session, now), now)
        kept, gone = world.file(OLD), world.file(OLD)
        world.dispatch(kept, timedelta(days=1))
        for sha in (kept, gone):
            session.add(SpentFile(sha256=sha, since=now + FORMER_KEPT))
    tidy(db, now, files, clock=lambda: now)
    assert files.has(kept) and files.has(gone)  # its month is not over
    later = now + FORMER_KEPT + BETWEEN + timedelta(minutes=1)
    with db.session() as session:
        for row in session.scalars(select(Dispatch)):
            row.ends_at = later
    tidy(db, later, files, clock=lambda: later)
    assert files.has(kept) and not files.has(gone)
