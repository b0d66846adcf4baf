"""Editions, listened to by measuring: real voices, joined, decoded again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import select

from station.database import Database
from station.files import Files
from tests.builders import an_article
from tests.people import Village, settle
from tts import claim
from tts.audio import LEAD_SAMPLES_MP3, decode, measure, silence, to_mp3
from tts.bed import INTRO_MS, OUTRO_MS
from tts.editions import LEASE, join_one, want_edition
from tts.engines import EngineError, Pcm
from tts.joining import samples
from tts.level import RATE
from tts.models import Edition, Part, Rendition
from tts.pool import Pool, SpokenSentence
from tts.presentation import Dress
from tts.speak import Spoken, speak_article
from tts.tunes import library_piece
from tts.voices import DEFAULT, Manner

BODY = "因为检修管道，明天上午全村停水。请大家提前储水，照顾好老人和孩子。"


@pytest.fixture(scope="module")
def spoken(pool: Pool) -> Spoken:
    return speak_article(BODY, "停水通知", Manner("cmn", DEFAULT, {}), pool)


class Counting:
    """A real pool that counts what it was asked to say."""

    def __init__(self, pool: Pool) -> None:
        self._pool, self.engines, self.said = pool, pool.engines, list[str]()

    def speak(self, sentences: Sequence[str], manner: Manner) -> Iterator[SpokenSentence]:
        self.said += sentences
        return self._pool.speak(sentences, manner)


class Studio:
    """A spoken article, and editions of it."""

    def __init__(self, db: Database, files: Files, spoken: Spoken, pool: Pool, now: datetime) -> None:
        self.db, self.files, self.now, self.pool = db, files, now, Counting(pool)
        self.village: Village
        with db.session() as session:
            self.village = settle(session, now)
            article = an_article(session, self.village.operator, self.village.county, now, body=BODY, approved=True)
            row = Rendition(
                article_id=article.id, revision=1, dialect="cmn", lang="zh-Hans", state="ready", audio_sha256=files.put(spoken.mp3),
                audio_bytes=len(spoken.mp3), ms=spoken.ms, skip=LEAD_SAMPLES_MP3, cues=[[c.start_ms, c.end_ms, c.text] for c in spoken.cues],
                unknown=[], created_at=now, ready_at=now,
            )  # fmt: skip
            session.add(row)
            session.flush()
            self.rendition = row.id

    def edition(self, dress: Dress) -> Edition:
        """Wanted, made, and read back."""
        with self.db.session() as session:
            number = want_edition(session, session.get_one(Rendition, self.rendition), dress, self.village.village_a, self.now).id
        while join_one(self.db, self.now, self.pool, self.files):  # type: ignore[arg-type]
            continue
        with self.db.reading() as session:
            row = session.get_one(Edition, number)
            assert row.state == "ready", row.error
            return row

    def pcm(self, row: Edition) -> Pcm:
        return decode(self.files.get(row.audio_sha256))[row.skip :]


@pytest.fixture
def studio(db: Database, files: Files, spoken: Spoken, pool: Pool, now: datetime) -> Studio:
    return Studio(db, files, spoken, pool, now)


def quiet_runs(pcm: Pcm, below: int = 60) -> int:
    """The longest silence in milliseconds."""
    loud = np.flatnonzero(np.abs(pcm.astype(int)) > below)
    return int(np.diff(loud).max() * 1000 / RATE)


def test_everything_is_heard_in_order_where_the_captions_say(studio: Studio, spoken: Spoken) -> None:
    row = studio.edition(Dress("own", "上坪村广播站，现在播送通知。", "通知播送完了。", repeats=2))
    texts = [cue[2] for cue in row.cues]
    body = [cue.text for cue in spoken.cues]
    assert texts == ["上坪村广播站，现在播送通知。", *body, *body, "通知播送完了。"] and row.unknown == ""
    pcm = studio.pcm(row).astype(float)
    assert len(pcm) * 1000 / RATE == pytest.approx(row.ms, abs=30)
    for start, end, _ in row.cues:
        inside, before = pcm[start * RATE // 1000 : end * RATE // 1000], pcm[(start - 120) * RATE // 1000 : (start - 20) * RATE // 1000]
        assert np.sqrt(np.mean(inside**2)) > 1000, "somebody speaks"
        assert np.abs(before).max() < 300, "nobody speaks just before: the first word is whole"
    assert row.cues[0][0] > 2500, "the chime comes first"


def test_the_joints_are_silent_and_nothing_clicks_or_clips(studio: Studio, spoken: Spoken) -> None:
    row = studio.edition(Dress("own", "上坪村广播站。", "完了。", repeats=3))
    mp3 = studio.files.get(row.audio_sha256)
    pcm = decode(mp3).astype(int)
    steepest = max(np.abs(np.diff(decode(each).astype(int))).max() for each in (spoken.mp3,))
    assert np.abs(np.diff(pcm)).max() <= steepest * 1.5
    assert len(pcm) == samples(mp3)
    at = samples(mp3) - samples(spoken.mp3)
    heard = measure(mp3)
    assert heard.peak_db is not None and heard.peak_db <= -1.0
    assert heard.lufs == pytest.approx(-16.0, abs=1.0)
    assert np.abs(pcm).max() < 32767 and at > 0
    assert quiet_runs(pcm) <= 1500, "no hole longer than the pause between repetitions"


def test_music_ducks_under_the_voice_and_stands_alone_before_and_after(studio: Studio, spoken: Spoken) -> None:
    row = studio.edition(Dress(bed="own"))
    assert row.ms == pytest.approx(spoken.ms + INTRO_MS + OUTRO_MS, abs=80)
    assert [cue[0] for cue in row.cues] == [cue.start_ms + INTRO_MS for cue in spoken.cues]
    heard = measure(studio.files.get(row.audio_sha256))
    assert heard.lufs == pytest.approx(-16.0, abs=1.0) and heard.peak_db is not None and heard.peak_db <= -1.0
    pcm = studio.pcm(row).astype(float)
    alone = pcm[RATE * 400 // 1000 : RATE * (INTRO_MS - 400) // 1000]
    under = pcm[: RATE * row.ms // 1000][RATE * INTRO_MS // 1000 :][: RATE * spoken.ms // 1000] - decode(spoken.mp3)[LEAD_SAMPLES_MP3:][: RATE * spoken.ms // 1000]
    first = spoken.cues[1]
    middle = under[first.start_ms * RATE // 1000 + RATE // 2 : first.end_ms * RATE // 1000]
    depth = 20 * np.log10(np.sqrt(np.mean(alone**2)) / np.sqrt(np.mean(middle**2)))
    assert depth > 5, f"what is left when the voice is taken away is {depth:.1f} dB softer than the music alone (coding noise included)"


def test_villages_share_the_body_and_have_their_own_phrase(studio: Studio) -> None:
    one = studio.edition(Dress(opening="上坪村广播站。", bed="own"))
    two = studio.edition(Dress(opening="下涌村广播站。", bed="own"))
    again = studio.edition(Dress(opening="上坪村广播站。", bed="own", repeats=2))
    assert len({row.audio_sha256 for row in (one, two, again)}) == 3
    assert studio.pool.said == ["上坪村广播站。", "下涌村广播站。"], "each phrase is spoken once, the body never again"
    with studio.db.reading() as session:
        assert len(session.scalars(select(Part)).all()) == 3, "two phrases and one body with its music"
    assert studio.edition(Dress(opening="上坪村广播站。", bed="own")).id == one.id


def test_a_clip_of_the_library_is_chime_and_bed(studio: Studio) -> None:
    bell = to_mp3(np.concatenate([silence(50), (8000 * np.sin(2 * np.pi * 2000 * np.arange(RATE) / RATE)).astype(np.int16), silence(80)]))
    row = studio.edition(Dress(chime=studio.files.put(bell), bed=studio.files.put(to_mp3(library_piece()))))
    first = studio.pcm(row)[RATE // 4 : RATE // 4 + RATE // 2].astype(float)
    assert np.abs(np.fft.rfft(first)).argmax() * 2 == pytest.approx(2000, abs=3)


def test_what_nobody_can_read_in_a_phrase_is_said(studio: Studio) -> None:
    assert "ꙮ" in studio.edition(Dress(opening="上坪村ꙮ广播站。")).unknown


class Hoarse:
    """A pool that cannot speak."""

    def __init__(self, pool: Pool) -> None:
        self.engines = pool.engines

    def speak(self, sentences: Sequence[str], manner: Manner) -> Iterator[SpokenSentence]:
        raise EngineError("the voice is hoarse", permanent=False)
        yield


def test_a_failure_is_seen_and_tried_again(studio: Studio, pool: Pool) -> None:
    with studio.db.session() as session:
        number = want_edition(session, session.get_one(Rendition, studio.rendition), Dress(opening="开始。"), studio.village.village_a, studio.now).id
    assert join_one(studio.db, studio.now, Hoarse(pool), studio.files, lambda: studio.now)  # type: ignore[arg-type]
    assert not join_one(studio.db, studio.now, pool, studio.files)
    with studio.db.reading() as session:
        row = session.get_one(Edition, number)
        assert (row.state, row.error) == ("wanted", "the voice is hoarse")
    assert join_one(studio.db, studio.now + timedelta(minutes=5), pool, studio.files)
    with studio.db.reading() as session:
        assert session.get_one(Edition, number).state == "ready"


@pytest.mark.parametrize("missing", [Dress(chime="e" * 64), Dress(bed="e" * 64)])
def test_a_lost_file_is_named(studio: Studio, missing: Dress, pool: Pool) -> None:
    with studio.db.session() as session:
        number = want_edition(session, session.get_one(Rendition, studio.rendition), missing, studio.village.village_a, studio.now).id
    assert join_one(studio.db, studio.now, pool, studio.files)
    with studio.db.reading() as session:
        row = session.get_one(Edition, number)
        assert row.state == "failed" and "e" * 64 in row.error


def test_a_dead_worker_s_edition_is_joined_by_another(studio: Studio, pool: Pool) -> None:
    with studio.db.session() as session:
        want_edition(session, session.get_one(Rendition, studio.rendition), Dress(chime="own"), studio.village.village_a, studio.now)
    assert isinstance(claim.take(studio.db, Edition, studio.now, LEASE), claim.Claim)
    assert not join_one(studio.db, studio.now + LEASE / 2, pool, studio.files)
    assert join_one(studio.db, studio.now + 2 * LEASE, pool, studio.files)


SAID = {
    "cmn": ("上坪村广播站。", BODY), "yue": ("上坪村廣播站。", "聽日上午停水，請大家預先儲水。"), "ug": ("كەنت رادىيو ئىستانسىسى.", "ئەتە ئەتىگەندە سۇ توختىتىلىدۇ، ئالدىن تەييارلىق قىلىڭلار."),
    "bo": ("གྲོང་ཚོའི་རླུང་འཕྲིན་ཁང་།", "སང་ཉིན་ཆུ་བཅད་རྒྱུ་ཡིན། སྔོན་ལ་ཆུ་གསོག་རོགས།"), "en": ("Village radio.", "There will be no water tomorrow morning. Please store some today."),
}  # fmt: skip


@pytest.mark.parametrize("code", SAID)
def test_every_dialect_keeps_its_loudness_when_it_is_dressed(db: Database, files: Files, pool: Pool, now: datetime, code: str) -> None:
    opening, body = SAID[code]
    studio = Studio(db, files, speak_article(body, "", Manner(code, DEFAULT, {}), pool), pool, now)
    with db.session() as session:
        session.get_one(Rendition, studio.rendition).dialect = code
    row = studio.edition(Dress("", opening, opening, "own", 2))  # the chime is 2 LU softer by design
    heard = measure(files.get(row.audio_sha256))
    assert heard.lufs == pytest.approx(-16.0, abs=1.0)
    assert heard.peak_db is not None and heard.peak_db <= -1.0
    assert quiet_runs(studio.pcm(row), below=8) <= 1500 and row.unknown == ""
