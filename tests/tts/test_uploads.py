"""Uploads: taken level and trimmed, or refused by name, and nothing is left behind."""

from __future__ import annotations

import gzip
import os
import secrets
import tempfile
from pathlib import Path

import numpy as np
import pytest

from tests.tts.test_audio import tone, wav
from tts.audio import measure, silence, to_mp3
from tts.uploads import AudioRefused, Limits, import_upload


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
