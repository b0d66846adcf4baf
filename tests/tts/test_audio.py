"""Chime, music and levels, measured by ffmpeg."""

from __future__ import annotations

import io
import wave

import numpy as np
import pytest

from tts.audio import LEAD_SAMPLES_MP3, decode, measure, silence, to_mp3
from tts.engines import Pcm
from tts.level import CEILING, RATE, at_station_rate, limited, loudness, trimmed, weighted_blocks
from tts.tunes import chime, library_piece


def tone(hertz: float, seconds: float, loud: float = 0.1) -> Pcm:
    return (loud * 32767 * np.sin(2 * np.pi * hertz * np.arange(int(RATE * seconds)) / RATE)).astype(np.int16)


def wav(pcm: Pcm, rate: int = RATE) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(pcm.tobytes())
    return out.getvalue()


def test_a_sine_of_minus_20_measures_as_the_standard_says() -> None:
    """EBU Tech 3341: 997 Hz at -20 dBFS in one channel is -23.0 LUFS."""
    sine = tone(997, 5)
    assert loudness(weighted_blocks(sine)) == pytest.approx(-23.0, abs=0.1)
    assert measure(wav(sine)).lufs == pytest.approx(-23.0, abs=0.1)


def test_silence_has_no_loudness() -> None:
    assert loudness(weighted_blocks(silence(1000))) is None
    assert loudness([]) is None
    assert measure(wav(silence(1000))).lufs is None


def test_the_limiter_never_passes_its_ceiling() -> None:
    loud = limited(tone(200, 0.2, 0.9).astype(np.float32) * np.float32(4 / 32768))
    assert np.abs(loud.astype(int)).max() <= CEILING * 32767


def test_doubling_the_rate_keeps_the_tone() -> None:
    low = (8000 * np.sin(2 * np.pi * 1000 * np.arange(22050) / 22050)).astype(np.int16)
    spectrum = np.abs(np.fft.rfft(at_station_rate(low, 22050)))
    assert int(spectrum.argmax()) == 1000
    spectrum[990:1010] = 0
    assert spectrum.max() < 0.02 * RATE / 2 * 8000 / 32768


@pytest.mark.parametrize("rate", [16000, 44100])
def test_other_rates_arrive_at_44100_with_the_same_length(rate: int) -> None:
    assert len(at_station_rate(np.ones(rate, np.int16), rate)) == RATE


def test_edges_are_trimmed_to_what_is_heard() -> None:
    assert len(trimmed(np.concatenate([silence(500), tone(300, 1), silence(500)]), RATE)) == pytest.approx(RATE * 1.04, abs=200)
    assert len(trimmed(silence(300), RATE)) == 0


@pytest.mark.parametrize(("sound", "lufs"), [(chime(), -16.0), (library_piece(), -16.0)])
def test_our_own_sounds_are_level(sound: Pcm, lufs: float) -> None:
    heard = measure(to_mp3(sound))
    assert heard.lufs == pytest.approx(lufs, abs=0.7)
    assert heard.peak_db is not None and heard.peak_db <= -1.0


def test_the_chime_wakes_the_amplifier_first() -> None:
    assert not chime()[: RATE // 2].any()
    assert 8 < len(library_piece()) / RATE < 9


def test_a_plain_decoder_gets_the_named_number_of_samples_in_front() -> None:
    mp3 = decode(to_mp3(np.concatenate([silence(100), tone(1000, 0.5, 0.5)])))
    onset = int(np.flatnonzero(np.abs(mp3.astype(int)) > 8000)[0])
    assert onset == pytest.approx(RATE // 10 + LEAD_SAMPLES_MP3, abs=25)
