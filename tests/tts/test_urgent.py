"""What an emergency says is spoken once, the urgent first, and in another tongue where its own has no voice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import select

from station.database import Database
from station.files import Files
from tests.people import Village, settle
from tts.audio import decode
from tts.engines import EngineError
from tts.models import Speech
from tts.pool import Pool
from tts.sirens import SIRENS, siren
from tts.urgent import say, speak_one

TEXTS = {"zh-Hans": "请马上转移。"}


@pytest.fixture
def people(db: Database, now: datetime) -> Iterator[Village]:
    with db.session() as session:
        village = settle(session, now)
    yield village


def wanted(db: Database, people: Village, now: datetime, text: str, code: str = "cmn", urgent: bool = True) -> bool:
    with db.session() as session:
        return say(session, {"zh-Hans": text}, code, session.merge(people.village_a), now, urgent=urgent).pending


def spoken(db: Database) -> list[str]:
    with db.reading() as session:
        return list(session.scalars(select(Speech.text).where(Speech.state == "ready").order_by(Speech.ready_at)))


def test_the_urgent_goes_first_and_the_same_words_are_spoken_once(db: Database, people: Village, files: Files, pool: Pool, now: datetime) -> None:
    assert wanted(db, people, now, "早就存好的话。", urgent=False) and wanted(db, people, now, "马上要说的话。") and wanted(db, people, now, "马上要说的话。")
    moments = iter([now + timedelta(seconds=n) for n in range(1, 9)])
    while speak_one(db, now, pool, files, clock=lambda: next(moments)):
        pass
    assert spoken(db) == ["马上要说的话。", "早就存好的话。"]
    with db.session() as session:
        said = say(session, {"zh-Hans": "马上要说的话。"}, "cmn", session.merge(people.village_a), now, urgent=True).speech
        assert said is not None and files.size(said.audio_sha256) == said.audio_bytes and abs(len(decode(files.get(said.audio_sha256))) / 44.1 - said.ms) < 100


def test_where_the_voice_fails_another_dialect_speaks_and_where_none_can_it_is_said_why(db: Database, people: Village, now: datetime) -> None:
    with db.session() as session:
        place = session.merge(people.village_a)
        assert say(session, TEXTS, "yue", place, now, urgent=True).pending
        session.scalars(select(Speech)).one().state = "failed"
        session.flush()
        assert say(session, TEXTS, "yue", place, now, urgent=True).pending, "Mandarin is spoken instead"
        for row in session.scalars(select(Speech)):
            row.state, row.error = "failed", "the engine is ill"
        session.flush()
        assert say(session, TEXTS, "yue", place, now, urgent=True).why == "the engine is ill"
        assert say(session, {"en": "Go."}, "yue", place, now, urgent=True).why


def test_a_text_that_no_engine_can_speak_is_given_up_and_holds_up_nothing(db: Database, people: Village, files: Files, now: datetime) -> None:
    class Mute:
        def speak(self, *_: object) -> object:
            raise EngineError("nobody speaks", permanent=True)

    wanted(db, people, now, "说不出的话。")
    assert speak_one(db, now, Mute(), files, clock=lambda: now)  # type: ignore[arg-type]
    assert not speak_one(db, now, Mute(), files, clock=lambda: now)  # type: ignore[arg-type]
    with db.reading() as session:
        assert session.scalars(select(Speech.state)).all() == ["failed"]


def test_sirens_sound_at_once_are_loud_and_unlike_each_other() -> None:
    heard = {name: siren(name) for name in SIRENS}
    assert len({pcm.tobytes() for pcm in heard.values()}) == len(SIRENS)
    for name, pcm in heard.items():
        first = int(np.argmax(np.abs(pcm) > 500)) / 44.1
        assert first < (200 if name != "drill" else 400) and np.abs(pcm.astype(int)).max() > 12_000 and 1.5 < len(pcm) / 44_100 < 6, name
    with pytest.raises(KeyError, match="siren-purple"):
        siren("siren-purple")
