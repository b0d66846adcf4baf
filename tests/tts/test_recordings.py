"""A person reads: the recorded sentence is heard as it was read, every other by the next engine, and no unreviewed sound airs."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from articles import collect, review
from station.database import Database
from station.files import Files
from tests.builders import an_article
from tests.people import Village, settle
from tts import wordbook
from tts.audio import decode, measure, to_mp3
from tts.engines import EngineError, Pcm
from tts.level import RATE
from tts.models import Recording, Rendition
from tts.pool import Pool
from tts.recordings import (
    RecordingRefused,
    as_files,
    keep_recording,
    lines_of,
    recorded,
    remove_recording,
    text_of,
    whole_of,
    why_silent,
)
from tts.render import render_one
from tts.speak import speak_article
from tts.uploads import Imported
from tts.voices import WHOLE, Manner
from tts.want import want_one

BODY = "明天停水。\n请大家储水。"


def hum(seconds: float, hertz: float, loud: float = 0.02) -> Pcm:
    """Somebody who hums softly, with silence around it."""
    t = np.arange(int(seconds * RATE)) / RATE
    quiet = np.zeros(RATE // 2, np.int16)
    return np.concatenate([quiet, (np.sin(2 * np.pi * hertz * t) * loud * 32767).astype(np.int16), quiet])


def upload(seconds: float = 2.0, hertz: float = 440.0) -> Imported:
    pcm = hum(seconds, hertz)
    return Imported(to_mp3(pcm), round(len(pcm) * 1000 / RATE), "read", None, None)


def strongest_hz(pcm: Pcm) -> float:
    spectrum = np.abs(np.fft.rfft(pcm.astype(float)))
    return float(np.argmax(spectrum) * RATE / len(pcm))


def read(session: Session, files: Files, village: Village, article_id: int, sentence: str, now: datetime, hertz: float = 440.0) -> Recording:
    from articles.models import Article

    return keep_recording(
        session, files, upload(hertz=hertz), by=village.operator, article=session.get_one(Article, article_id), code="cmn", sentence=sentence, now=now
    )


def test_a_recorded_sentence_is_heard_and_the_rest_is_spoken(pool: Pool, files: Files) -> None:
    path = str(files.path(files.put(upload(hertz=523.0).mp3)))
    spoken = speak_article(BODY, "停水通知", Manner("cmn", recordings={"明天停水。": path}), pool)
    assert spoken.engines == ("system", "recorded", "system") and spoken.engine == "system 2, recorded 1" and not spoken.instead
    cue = spoken.cues[1]
    assert cue.end_ms - cue.start_ms == pytest.approx(2000, abs=80)  # without the silence around it
    pcm = decode(spoken.mp3)
    assert strongest_hz(pcm[cue.start_ms * RATE // 1000 : cue.end_ms * RATE // 1000]) == pytest.approx(523, abs=2)
    assert measure(spoken.mp3).lufs == pytest.approx(-16, abs=1)


def test_a_recording_that_cannot_be_read_leaves_the_sentence_to_the_next_engine(pool: Pool, tmp_path: Path) -> None:
    (tmp_path / "broken").write_bytes(b"no sound at all" * 100)
    spoken = speak_article(BODY, "", Manner("cmn", recordings={"明天停水。": str(tmp_path / "broken"), "请大家储水。": str(tmp_path / "gone")}), pool)
    assert spoken.engines == ("system", "system") and spoken.passing and spoken.instead[0][0] == "recorded"


def test_the_whole_text_read_at_a_stretch_shares_its_time_among_the_cues(pool: Pool, files: Files, tmp_path: Path) -> None:
    path = str(files.path(files.put(upload(6.0).mp3)))
    spoken = speak_article(BODY, "停水通知", Manner("cmn", recordings={WHOLE: path}), pool)
    assert spoken.engine == "recorded" and [cue.text for cue in spoken.cues] == ["停水通知", "明天停水。", "请大家储水。"]
    assert spoken.ms == pytest.approx(6650, abs=100) and spoken.lufs == pytest.approx(measure(spoken.mp3).lufs, abs=0.5)
    assert all(before.end_ms == after.start_ms for before, after in zip(spoken.cues, spoken.cues[1:], strict=False))
    gone = speak_article(BODY, "停水通知", Manner("cmn", recordings={WHOLE: str(tmp_path / "gone")}), pool)
    assert gone.engines == ("system",) * 3


@pytest.mark.both_databases
def test_what_was_recorded_is_reviewed_before_it_is_heard(db: Database, files: Files, now: datetime, pool: Pool) -> None:
    with db.session() as session:
        village = settle(session, now)
        article = an_article(session, village.operator, village.county, now, title="停水通知", body=BODY, approved=True)
        read(session, files, village, article.id, "明天停水。", now)
        assert (article.state, article.revision) == ("draft", 2)
        review.submit(session, article, village.operator, now)
        review.approve(session, article, village.reviewer, now)
    want_one(db, now)
    while render_one(db, now, pool, files, clock=lambda: now):
        continue
    with db.reading() as session:
        rows = {row.dialect: row for row in session.scalars(select(Rendition).where(Rendition.revision == 2))}
    assert rows["cmn"].engines == ["system", "recorded", "system"] and rows["cmn"].engine == "system 2, recorded 1"
    assert all(row.engines == ["system"] * 3 for code, row in rows.items() if code != "cmn" and row.state == "ready")


def test_whoever_recorded_it_does_not_approve_it(session: Session, files: Files, village: Village, now: datetime) -> None:
    article = an_article(session, village.operator, village.county, now, body=BODY)
    assert not review.has_written(session, article, village.reviewer)
    keep_recording(session, files, upload(), by=village.admin, article=article, code="cmn", sentence="明天停水。", now=now)
    assert review.has_written(session, article, village.admin)


def test_a_recording_lives_as_long_as_its_words(session: Session, files: Files, village: Village, now: datetime) -> None:
    article = an_article(session, village.operator, village.county, now, body=BODY)
    first = read(session, files, village, article.id, "明天停水。", now)
    read(session, files, village, article.id, "", now, 300.0)
    again = read(session, files, village, article.id, "明天停水。", now, 600.0)
    assert again.id == first.id
    text = text_of(article, "cmn")
    found = recorded(session, article, "cmn", text)
    assert set(found) == {"明天停水。", WHOLE} and set(as_files(found, files)) == set(found)
    collect.edit(session, village.operator, article, lang="zh-Hans", title=text.title, body="明天停水。\n后天也停。", now=now)
    assert set(recorded(session, article, "cmn", text)) == {"明天停水。"}
    assert recorded(session, article, "yue", text) == {}
    remove_recording(session, again, village.operator, now)
    assert recorded(session, article, "cmn", text) == {}


def test_what_cannot_be_recorded_is_refused(session: Session, files: Files, village: Village, now: datetime) -> None:
    article = an_article(session, village.operator, village.county, now, body=BODY)
    assert lines_of(text_of(article, "cmn"))[-2:] == ["明天停水。", "请大家储水。"]
    with pytest.raises(RecordingRefused, match="no sentence of the text in zh-Hans reads '后天'"):
        read(session, files, village, article.id, "后天", now)
    with pytest.raises(RecordingRefused, match="English is spoken from a text in en"):
        text_of(article, "en")
    assert article.revision == 1


@pytest.fixture
def wordless(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pool]:
    """A station, and its speaking processes, without any list of Hakka words."""
    monkeypatch.setattr(wordbook, "PACKAGE", "no_words_here")
    monkeypatch.setattr(wordbook, "choice", lambda: ("sixian", ""))
    bare = "from tts import wordbook; wordbook.PACKAGE = 'no_words_here'; wordbook.choice = lambda: ('sixian', ''); from tts.engines import worker; worker.main()"
    pool = Pool(1, argv=(sys.executable, "-c", bare))
    yield pool
    pool.close()


def approved_in_hakka(db: Database, files: Files, now: datetime, lines: list[str]) -> Rendition:
    """The row of a Hakka village for a notice of which a person read these lines ("": all at a stretch), as it is wanted."""
    with db.session() as session:
        village = settle(session, now)
        village.village_b.dialect = "hak"
        article = an_article(session, village.operator, village.village_b, now, title="停水通知", body=BODY)
        for line in lines:
            keep_recording(session, files, upload(), by=village.operator, article=article, code="hak", sentence=line, now=now)
        review.submit(session, article, village.operator, now)
        review.approve(session, article, village.reviewer, now)
    want_one(db, now)
    return rows_of(db)["hak"]


def rows_of(db: Database) -> dict[str, Rendition]:
    with db.reading() as session:
        return {row.dialect: row for row in session.scalars(select(Rendition))}


@pytest.mark.parametrize("lines", [["停水通知", "明天停水。", "请大家储水。"], [""]], ids=["by sentence", "at a stretch"])
def test_where_no_voice_speaks_a_person_is_heard(db: Database, files: Files, now: datetime, wordless: Pool, lines: list[str]) -> None:
    assert approved_in_hakka(db, files, now, lines).state == "wanted"
    while render_one(db, now, wordless, files, clock=lambda: now):
        continue
    rows = rows_of(db)
    assert rows["hak"].state == "ready" and rows["hak"].engines == ["recorded"] * 3 and rows["hak"].unknown == []
    assert [cue[2] for cue in rows["hak"].cues] == ["停水通知", "明天停水。", "请大家储水。"]
    assert strongest_hz(decode(files.get(rows["hak"].audio_sha256))) == pytest.approx(440, abs=2)
    assert rows["cmn"].state == "ready", "what would be heard instead is there too"


def test_half_a_warning_is_not_heard_where_no_voice_speaks_the_rest(db: Database, files: Files, now: datetime, wordless: Pool) -> None:
    row = approved_in_hakka(db, files, now, ["停水通知", "明天停水。"])
    assert row.state == "no_voice" and row.error.startswith("no voice speaks Hakka") and row.error.endswith("(2 of 3 sentences are read by a person)")
    with pytest.raises(EngineError, match="or let a person read it") as caught:
        speak_article(BODY, "", Manner("hak", recordings={"明天停水。": "one"}), wordless)
    assert caught.value.permanent


def test_a_recording_that_is_lost_leaves_the_village_the_other_dialect_and_not_silence(db: Database, files: Files, now: datetime, wordless: Pool) -> None:
    approved_in_hakka(db, files, now, ["停水通知", "明天停水。", "请大家储水。"])
    with db.reading() as session:
        files.path(session.scalars(select(Recording.audio_sha256)).first() or "").write_bytes(b"no sound at all" * 100)
    for minute in range(10):
        while render_one(db, now + timedelta(minutes=minute), wordless, files, clock=lambda at=now + timedelta(minutes=minute): at):  # type: ignore[misc]
            continue
    row = rows_of(db)["hak"]
    assert row.state == "no_voice" and row.error.startswith("the recording of '停水通知' cannot be read")


def test_every_dialect_says_why_it_is_silent(session: Session, files: Files, village: Village, now: datetime, wordless: Pool) -> None:
    article = an_article(session, village.operator, village.county, now, body=BODY)
    told = {code: why_silent(session, article, code) for code in ("cmn", "yue", "hak", "bo")}
    assert not told["cmn"] and not told["yue"] and "or let a person read it" in told["hak"] and "add a text" in told["bo"]
    assert whole_of(text_of(article, "hak")).endswith(BODY)
