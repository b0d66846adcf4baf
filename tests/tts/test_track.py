"""Music mixed while the voice speaks is the same as music mixed under the finished speech; a chime goes before it byte by byte."""

from __future__ import annotations

import numpy as np
import pytest

from tests.tts.test_speak import NOTICE
from tts.audio import LEAD_SAMPLES_MP3, decode, measure, silence, to_mp3
from tts.bed import INTRO_MS, OUTRO_MS, under
from tts.joining import samples
from tts.level import MP3_GAIN_DB, RATE
from tts.pool import Pool
from tts.speak import LEAD_IN_MS, Around, speak_article
from tts.track import Music, Track
from tts.tunes import chime, library_piece
from tts.voices import Manner


def tone(ms: int, loud: float = 0.3) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    return (np.sin(np.arange(RATE * ms // 1000) / 20) * loud * 32767).astype(np.int16)


def test_growing_and_finished_speech_get_the_same_bed() -> None:
    music = library_piece()
    words, pauses = [tone(1500), tone(2500)], silence(400)
    growing = Music(music)
    pieces = [growing.intro(0), growing.under(words[0]), growing.under(pauses), growing.under(words[1]), growing.outro(0)]
    decoded = np.concatenate([words[0], pauses, words[1]]) * 10 ** (MP3_GAIN_DB / 20)  # as an encoder left it
    finished = under(decoded.astype(np.int16), [(0, 1500), (1900, 4400)], music)
    mixed = np.concatenate(pieces)
    assert len(mixed) == len(finished) == RATE * (INTRO_MS + 4400 + OUTRO_MS) // 1000
    apart = np.abs(mixed.astype(int) - finished.astype(int))
    assert apart.max() < 300 and apart.mean() < 20


def test_short_music_goes_round_without_a_gap() -> None:
    bed = Music(tone(700))
    heard = np.concatenate([bed.next(RATE * 50), bed.next(RATE * 50)])
    assert np.abs(heard[: RATE * 99].reshape(-1, RATE // 10)).max(axis=1).min() > 0.5 * np.abs(heard).max()


def test_silent_music_changes_nothing() -> None:
    speech = tone(500, 0.2)
    assert np.abs(Music(silence(1000)).under(speech).astype(int) - speech).max() <= 1


def test_an_article_with_chime_and_music_is_level_and_its_cues_are_in_time(pool: Pool) -> None:
    opening = to_mp3(chime())
    spoken = speak_article(NOTICE, "通知", Manner("cmn"), pool, around=Around(opening, library_piece()))
    plain = speak_article(NOTICE, "通知", Manner("cmn"), pool)
    heard = measure(spoken.mp3)
    assert heard.lufs == pytest.approx(-16, abs=1) and heard.peak_db is not None and heard.peak_db <= -1
    assert spoken.mp3.startswith(opening) and len(decode(spoken.mp3)) - LEAD_SAMPLES_MP3 == pytest.approx(spoken.ms * RATE / 1000, abs=2400)
    later = samples(opening) * 1000 / RATE + INTRO_MS
    assert [cue.start_ms for cue in spoken.cues] == pytest.approx([cue.start_ms + later for cue in plain.cues], abs=60)
    assert plain.cues[0].start_ms == LEAD_IN_MS
    pcm = np.abs(decode(spoken.mp3)[LEAD_SAMPLES_MP3:].astype(int))
    first = spoken.cues[0].start_ms * RATE // 1000
    assert pcm[first : first + RATE // 2].max() > 4 * pcm[first - RATE // 10 : first - RATE // 100].max()


def test_an_encoder_that_fails_is_told_and_its_thread_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(pcm: object) -> bytes:
        raise MemoryError("no room")

    monkeypatch.setattr("tts.stretches.to_mp3", full)
    track = Track(100)
    track.add(tone(12_000))
    threads = list(track._mp3._threads._threads)
    with pytest.raises(MemoryError, match="no room"):
        track.finish(100)
    assert threads and not any(thread.is_alive() for thread in threads)
