"""What was said live is kept, with who, where, when, why it ended and what each speaker tells; one act stops what I began; after half a year the sound goes."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import select

from broadcast import live_talks, notices, tidying
from broadcast.inbox import Inbox
from broadcast.models import LiveTalk, OutCommand, Receipt
from broadcast.studio import Studio
from broadcast.talk import FRAME_BYTES, RATE
from devices.keys import StationKeys
from devices.models import Terminal
from station.database import Database
from station.files import Files
from station.models import Person
from tests.fakes import FakeBroker
from tests.people import Village
from tts.audio import decode
from wire.messages import Receipt as Told
from wire.messages import Receipts
from wire.topics import Topics


@pytest.fixture
def studio(db: Database, line: FakeBroker, keys: StationKeys, topics: Topics, now: datetime, files: Files) -> Studio:
    return Studio(db, line, keys, topics, lambda: now, files)


def said(seconds: float) -> np.ndarray:
    return np.asarray(8000 * np.sin(2 * np.pi * 700 * np.arange(int(RATE * seconds)) / RATE)).astype("<i2")


def spoken(studio: Studio, people: Village, seconds: float = 1.0) -> LiveTalk:
    talk = studio.begin(people.operator.id, people.village_a.id, "防汛", 60, "microphone")
    pcm = said(seconds).tobytes()
    studio.speak(talk, iter([pcm[at : at + FRAME_BYTES] for at in range(0, len(pcm), FRAME_BYTES)]))
    with studio.db.reading() as session:
        return session.get_one(LiveTalk, talk.start.id)


def test_what_was_said_is_kept_with_who_where_and_why_it_ended(studio: Studio, people: Village, now: datetime, files: Files) -> None:
    row = spoken(studio, people)
    assert (row.person_id, row.area_id, row.title, row.source, row.since, row.why, row.frames) == (
        people.operator.id, people.village_a.id, "防汛", "microphone", now, "spoken", 50,
    )  # fmt: skip
    assert row.ended_at == now and row.audio_sha256 is not None
    heard = decode(files.get(row.audio_sha256)).astype(np.float64)
    power = np.abs(np.fft.rfft(heard * np.hanning(len(heard))))
    assert np.argmax(power) * 44100 / len(heard) == pytest.approx(700, abs=5)


def test_the_report_joins_what_each_speaker_tells(studio: Studio, people: Village, now: datetime, db: Database, line: FakeBroker, keys: StationKeys, topics: Topics) -> None:
    row = spoken(studio, people)
    with db.session() as session:
        for name in ("roof", "school", "silent"):
            session.add(Terminal(did=f"t{name}", area_id=people.village_a.id, name=name, dialect="cmn", created_at=now))
    inbox = Inbox(db, line, topics, keys, 10)
    for did, results in (("troof", ("started", "finished")), ("tschool", ("started", "preempted"))):
        items = tuple(Told(f"{row.id}-0a1b", "", 0, 1_800_000_000_000, 900, each, 70, 0, "no more of it came" if each == "preempted" else "") for each in results)
        inbox.heard(topics.up(did, "rcpt"), Receipts(1, items).to_json(), False)
    while inbox.take(now):
        pass
    with db.reading() as session:
        assert {each.talk_id for each in session.scalars(select(Receipt))} == {row.id}
        told = live_talks.report(session, session.get_one(LiveTalk, row.id))
    assert (told.total, told.started, told.finished, told.broken) == (3, 2, 1, 1)
    assert [(each.terminal.name, each.result, each.detail) for each in told.lines] == [
        ("silent", "", ""), ("school", "preempted", "no more of it came"), ("roof", "finished", ""),
    ]  # fmt: skip


def test_stop_everything_of_mine_ends_my_talk_and_nobody_elses(studio: Studio, people: Village, now: datetime, db: Database) -> None:
    mine = studio.begin(people.operator.id, people.village_a.id)
    studio.begin(people.admin.id, people.village_b.id)
    with db.session() as session:
        person = session.get_one(Person, people.operator.id)
        assert notices.has_started(session, person, now)
        assert notices.stop_mine(session, person, now).programmes == 1
        told = {(each.aud, each.op, each.args["occ"]) for each in session.scalars(select(OutCommand))}
    assert told == {(zid, "stop", mine.start.id) for zid in mine.zones}
    assert studio.speak(mine, iter([bytes(FRAME_BYTES)] * 20))[1] in ("stopped", "spoken")


def test_a_station_that_begins_anew_gives_up_the_talks_of_one_that_was_killed(studio: Studio, people: Village, now: datetime, db: Database) -> None:
    talk = studio.begin(people.operator.id, people.village_a.id)
    with db.session() as session:
        assert [each.id for each in live_talks.open_talks(session, session.get_one(Person, people.admin.id), now)] == [talk.start.id]
        assert live_talks.give_up(session, now) == 1
        assert live_talks.open_talks(session, session.get_one(Person, people.admin.id), now) == []
        assert session.get_one(LiveTalk, talk.start.id).why == "failed"


def test_after_half_a_year_the_sound_goes_and_the_line_about_it_stays(studio: Studio, people: Village, now: datetime, db: Database, files: Files) -> None:
    row = spoken(studio, people)
    sha = row.audio_sha256 or ""
    for days in (100, 200, 202):
        later = now + timedelta(days=days)
        tidying.tidy(db, later, files, lambda later=later: later)  # type: ignore[misc]
        assert files.has(sha) == (days < 202)
    with db.reading() as session:
        assert session.get_one(LiveTalk, row.id).frames == 50
