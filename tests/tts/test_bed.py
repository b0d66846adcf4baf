"""Music under speech, measured: how far it ducks, that it neither clicks nor clips, and that the voice stays as loud as it was."""

from __future__ import annotations

import numpy as np
import pytest

from tests.tts.test_audio import tone
from tts.audio import decode, measure, silence, to_mp3
from tts.bed import CLEAR_DB, DUCK_DB, INTRO_MS, OUTRO_MS, envelope, looped, under
from tts.engines import Pcm
from tts.level import RATE, TARGET_LUFS, decibels, limited, loudness, weighted_blocks
from tts.tunes import library_piece

SPOKEN = [(250, 4000), (4320, 8000), (12_000, 16_000)]


def voice() -> Pcm:
    """Something as loud and as uneven as a voice at -16 LUFS, where SPOKEN says so."""
    pcm = np.zeros(RATE * 17, np.float32)
    for start, end in SPOKEN:
        a, b = start * RATE // 1000, end * RATE // 1000
        t = np.arange(b - a) / RATE
        pcm[a:b] = 0.42 * np.sin(2 * np.pi * 220 * t) * (0.6 + 0.4 * np.sin(2 * np.pi * 4 * t)) * np.minimum(1, np.minimum(t, t[::-1]) / 0.01)
    return limited(pcm)


def level(pcm: Pcm, start_ms: int, end_ms: int) -> float:
    found = loudness(weighted_blocks(pcm[start_ms * RATE // 1000 : end_ms * RATE // 1000]))
    assert found is not None
    return found


def power(pcm: Pcm, start_ms: int, end_ms: int) -> float:
    """Decibels of the mean square."""
    part = pcm[start_ms * RATE // 1000 : end_ms * RATE // 1000].astype(float)
    return float(10 * np.log10(np.mean(part**2)))


def test_the_bed_ducks_under_every_sentence_and_comes_back_in_long_pauses() -> None:
    speech = voice()
    alone = under(np.zeros_like(speech), SPOKEN, tone(700, 5, 0.2))  # the bed as it is mixed, without the voice
    clear, ducked = level(alone, INTRO_MS - 1500, INTRO_MS - 300), level(alone, INTRO_MS + 600, INTRO_MS + 3600)
    assert clear == pytest.approx(TARGET_LUFS + CLEAR_DB, abs=1.0)
    assert clear - ducked == pytest.approx(-DUCK_DB, abs=0.7)
    assert power(alone, INTRO_MS + 4020, INTRO_MS + 4300) == pytest.approx(power(alone, INTRO_MS + 600, INTRO_MS + 3600), abs=0.5), "not between"
    assert level(alone, INTRO_MS + 9000, INTRO_MS + 11_500) == pytest.approx(clear, abs=0.7), "but in the long pause"
    assert len(alone) == len(speech) + RATE * (INTRO_MS + OUTRO_MS) // 1000
    assert np.abs(alone[:20].astype(int)).max() <= 2 and np.abs(alone[-200:].astype(int)).max() < 30


def test_the_whole_keeps_the_voice_s_loudness_and_never_clips() -> None:
    plain = measure(to_mp3(voice()))
    dressed = measure(to_mp3(under(voice(), SPOKEN, library_piece())))
    assert plain.lufs is not None and dressed.lufs == pytest.approx(plain.lufs, abs=1.0)
    assert dressed.peak_db is not None and dressed.peak_db <= -1.0


def test_nothing_clicks() -> None:
    """A click is a step between neighbours far above what the tune itself does: the loop's joints and every ramp included."""
    music = library_piece()
    alone = under(np.zeros(RATE * 60, np.int16), [(1000, 20_000), (30_000, 50_000)], music).astype(int)
    scale = np.abs(alone).max() / np.abs(music.astype(int)).max()
    steepest = np.abs(np.diff(music.astype(int), n=2)).max() * scale
    assert np.abs(np.diff(alone, n=2)).max() <= 1.3 * steepest + 3


def test_the_loop_is_as_long_as_asked_and_as_loud_at_its_joints() -> None:
    music = tone(440, 3, 0.3)
    found = looped(music, RATE * 20)
    assert len(found) == RATE * 20 and len(looped(music, 1000)) == 1000
    assert decibels(int(np.abs(found.astype(int)).max())) <= decibels(int(np.abs(music.astype(int)).max())) + 3.1


def test_the_gain_is_never_above_one_nor_below_nothing() -> None:
    for spoken in ([], [(0, 500)], [(5000, 6000)], [(0, 6000)]):
        gain = envelope(spoken, RATE * 6)
        assert len(gain) == RATE * 6 and gain.min() >= 0 and gain.max() <= 1.0
        assert gain[0] == 0 and gain[-1] < 0.01


def test_silent_music_leaves_the_speech_as_loud_as_it_was_after_the_encoder() -> None:
    speech = tone(300, 3)
    whole = decode(to_mp3(under(speech, [(0, 3000)], silence(500))))[RATE * INTRO_MS // 1000 :][RATE : 2 * RATE]
    assert np.abs(whole.astype(int)).max() == pytest.approx(np.abs(speech.astype(int)).max(), rel=0.03)
