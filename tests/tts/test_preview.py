"""Trials: read and heard by the speaking processes, once for the same inputs, redone when one is lost."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import cast

import pytest
from sqlalchemy import select

from station.database import Database
from station.files import Files
from tests.tts.test_render import Mute
from tts.models import Preview
from tts.pool import Pool
from tts.preview import KEPT, LEASE, ask, forget_one, preview_one

SENTENCES = ["单家庄3月停水☃。", "请储水。"]


def wanted(db: Database, now: datetime, kind: str = "read", words: dict[str, str] | None = None) -> int:
    with db.session() as session:
        return ask(session, kind, "cmn", SENTENCES, words or {}, now).id


def row(db: Database, number: int) -> Preview:
    with db.reading() as session:
        return session.get_one(Preview, number)


@pytest.mark.both_databases
def test_sentences_are_read_with_the_readings_given(db: Database, files: Files, now: datetime, pool: Pool) -> None:
    number = wanted(db, now, words={"单家庄": "shan4 jia5 zhuang5"})
    assert preview_one(db, now, pool, files, clock=lambda: now) and not preview_one(db, now, pool, files)
    found = row(db, number)
    assert (found.state, found.progress, found.error, len(found.result)) == ("ready", 1.0, "", 2)
    first = found.result[0]
    assert first["spoken"] == "单家庄三月停水☃。" and first["unread"] == [[7, "☃"]]
    assert [mark[2] for mark in first["marks"][:4]] == ["shan4", "jia5", "zhuang5", "san1"]


def test_one_sentence_is_heard(db: Database, files: Files, now: datetime, pool: Pool) -> None:
    number = wanted(db, now, "speak")
    assert preview_one(db, now, pool, files, clock=lambda: now)
    found = row(db, number)
    assert found.state == "ready" and files.has(found.audio_sha256) and 2000 < found.ms < 9000


def test_another_voice_is_another_trial_and_sounds_otherwise(db: Database, files: Files, now: datetime, pool: Pool) -> None:
    with db.session() as session:
        numbers = [ask(session, "speak", "cmn", SENTENCES, {}, now, voice=name).id for name in ("male", "slow")]
    while preview_one(db, now, pool, files, clock=lambda: now):
        continue
    first, slow = (row(db, number) for number in numbers)
    assert slow.ms > first.ms * 1.15 and slow.audio_sha256 != first.audio_sha256


def test_the_same_is_tried_once_and_other_readings_are_another_trial(db: Database, now: datetime) -> None:
    first, again, other, heard = (
        wanted(db, now), wanted(db, now + timedelta(hours=1)), wanted(db, now, words={"单": "shan4"}), wanted(db, now, "speak"),
    )  # fmt: skip
    assert first == again and len({first, other, heard}) == 3
    assert row(db, first).asked_at == now + timedelta(hours=1)


def test_what_fails_says_why_and_can_be_asked_again(db: Database, files: Files, now: datetime, pool: Pool) -> None:
    number = wanted(db, now, "speak")
    hoarse = cast(Pool, Mute(permanent=False))
    assert preview_one(db, now, hoarse, files, clock=lambda: now)
    assert row(db, number).state == "wanted" and not preview_one(db, now, hoarse, files)
    later = now + timedelta(seconds=3)
    assert preview_one(db, later, hoarse, files, clock=lambda: later)
    assert (row(db, number).state, row(db, number).error) == ("failed", "the voice is hoarse")
    assert wanted(db, later, "speak") == number
    assert preview_one(db, later, pool, files, clock=lambda: later) and row(db, number).state == "ready"


def test_what_a_station_was_trying_when_it_died_is_taken_over(db: Database, files: Files, now: datetime, pool: Pool) -> None:
    number = wanted(db, now)
    with db.session() as session:
        found = session.get_one(Preview, number)
        found.state, found.attempts, found.lease_until = "rendering", 1, now + LEASE
    assert not preview_one(db, now, pool, files)
    assert preview_one(db, now + LEASE + timedelta(seconds=1), pool, files) and row(db, number).state == "ready"


def test_old_trials_are_forgotten(db: Database, files: Files, now: datetime, pool: Pool) -> None:
    wanted(db, now)
    preview_one(db, now, pool, files, clock=lambda: now)
    forget_one(db, now + KEPT - timedelta(hours=1))
    kept = wanted(db, now + KEPT, "speak")
    forget_one(db, now + KEPT + timedelta(hours=1))
    with db.reading() as session:
        assert [each.id for each in session.scalars(select(Preview))] == [kept]
