"""Chime, music, levels and uploads, measured by ffmpeg."""

from __future__ import annotations

import gzip
import io
import os
import secrets
import tempfile
import wave
from pathlib import Path

import numpy as np
import pytest

from tts.audio import (
    LEAD_SAMPLES_MP3,
    AudioRefused,
    Limits,
    chime,
    decode,
    import_upload,
    library_piece,
    measure,
    silence,
    to_mp3,
)  # fmt: skip
from tts.engines import Pcm
from tts.level import CEILING, RATE, at_station_rate, limited, loudness, trimmed, weighted_blocks


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


@pytest.mark.parametrize(("sound", "lufs"), [(chime(), -18.0), (library_piece(), -16.0)])
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


def test_an_upload_becomes_level_and_keeps_its_name() -> None:
    taken = import_upload(wav(np.concatenate([silence(900), tone(440, 4, 0.02), silence(900)])), "../folk song.wav")
    assert taken.title == "folk song"
    assert taken.ms == pytest.approx(4200, abs=60)
    heard = measure(taken.mp3)
    assert heard.lufs == pytest.approx(-16.0, abs=1.0)
    assert heard.peak_db is not None and heard.peak_db <= -1.0


@pytest.mark.parametrize(
    ("data", "limits", "why"),
    [
        (b"", Limits(), "song.mp3 is empty"),
        (b"not sound at all" * 50, Limits(), "song.mp3 holds no sound that can be decoded .*; save it as mp3 or wav"),
        (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n", Limits(), "song.mp3 holds no sound"),
        (b"x" * 2000, Limits(bytes=1000), "song.mp3 has 0 MB, more than 0"),
        (wav(silence(1000)), Limits(), "song.mp3 holds only silence"),
        (wav(tone(300, 3)), Limits(seconds=2), "song.mp3 is longer than"),
        (wav(tone(300, 3)), Limits(patience=0.001), "song.mp3 took longer than 0.001 s"),
    ],
)
def test_what_is_no_sound_is_refused_by_name(data: bytes, limits: Limits, why: str) -> None:
    with pytest.raises(AudioRefused, match=why):
        import_upload(data, "song.mp3", limits)


def broken_files() -> dict[str, bytes]:
    """Uploads as they come from phones and old machines: cut short, damaged, mislabelled, empty of sound."""
    whole = to_mp3(tone(440, 3))
    plain = wav(tone(440, 2))
    damaged = bytearray(whole)
    for at in range(2000, len(damaged), 97):
        damaged[at] ^= 0xFF
    riff = plain[:40] + (0xFFFFFFFF).to_bytes(4, "little") + plain[44:]
    zero_rate = plain[:24] + bytes(8) + plain[32:]
    return {
        "cut.mp3": whole[: len(whole) // 2], "cut.wav": plain[: len(plain) // 3], "head only.wav": plain[:44], "damaged.mp3": bytes(damaged),
        "mp3 named.flac": whole, "wav named.ogg": plain, "size lies.wav": riff, "no rate.wav": zero_rate, "tag only.mp3": b"ID3\x04\0\0\0\0\x0f\x7f" + bytes(2000),
        "zeros.m4a": bytes(5000), "noise.ogg": b"OggS" + secrets.token_bytes(5000), "page.mp3": b"<html><body>404</body></html>" * 20,
        "packed.mp3": gzip.compress(whole),
    }  # fmt: skip


def taken_of(uploads: dict[str, bytes]) -> set[str]:
    """The uploads that are taken; the others are refused by name."""
    taken = set()
    for name, data in uploads.items():
        try:
            assert import_upload(data, name, Limits(patience=20)).ms >= 200
            taken.add(name)
        except AudioRefused as problem:
            assert str(problem).startswith(name)
    return taken


def test_broken_files_are_taken_or_refused_and_leave_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    taken = taken_of(broken_files())
    assert {"cut.mp3", "mp3 named.flac", "wav named.ogg", "size lies.wav"} <= taken
    assert not taken & {"head only.wav", "tag only.mp3", "zeros.m4a", "noise.ogg", "page.mp3", "packed.mp3"}
    assert os.listdir(tmp_path) == []


@pytest.mark.material
def test_files_from_all_over_the_world_are_taken_or_refused(data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    uploads = {each.name: each.read_bytes() for each in sorted((data_dir / "hostile/audio_tinytag").iterdir())}
    taken = taken_of(uploads)
    assert taken
    assert os.listdir(tmp_path) == []
