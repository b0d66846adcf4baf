"""The decoder's child: every kind of file gives the same sound, from its first sample to its last, however long it is."""

from __future__ import annotations

import os
import subprocess
import sys
import wave
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest

from terminal.decoding import CHILD, decode
from terminal.player import RATE

KINDS = {
    "mp3": ("a.mp3", "-c:a", "libmp3lame"),
    "mp3 of two channels": ("b.mp3", "-c:a", "libmp3lame", "-ac", "2"),
    "mp3 at 48 kHz": ("c.mp3", "-c:a", "libmp3lame", "-ar", "48000"),
    "mp3 at 22 kHz": ("d.mp3", "-c:a", "libmp3lame", "-ar", "22050"),
    "opus": ("e.opus", "-c:a", "libopus", "-b:a", "48k"),
    "opus of two channels": ("f.opus", "-c:a", "libopus", "-ac", "2"),
    "wave of two channels": ("g.wav", "-ac", "2"),
    "wave of 8 bits": ("h.wav", "-c:a", "pcm_u8", "-ar", "16000"),
    "a kind that is read whole": ("i.flac",),
}


def sound(seconds: float, folder: Path, *, name: str, options: tuple[str, ...] = (), times: int = 1) -> tuple[Path, np.ndarray]:
    """Noise below 2 kHz as a file of that kind, and its samples (once)."""
    raw = np.convolve(np.random.default_rng(4).normal(0, 1, round(seconds * RATE)), np.ones(22) / 22, "same")
    samples = np.asarray(raw / np.abs(raw).max() * 12_000, np.int16)
    with wave.open(str(folder / "plain.wav"), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(samples.tobytes())
    loop = ("-stream_loop", str(times - 1))
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *loop, "-i", str(folder / "plain.wav"), *options, str(folder / name)]
    subprocess.run(command, check=True)
    return folder / name, samples


def place(piece: np.ndarray, heard: np.ndarray) -> int:
    """Where in what was heard this piece fits best."""
    size = 1 << (len(heard) + len(piece)).bit_length()
    return int(np.argmax(np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(piece, size)), size)[: len(heard)]))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_file_has_its_length_and_lies_at_its_time_from_the_first_sample_to_the_last(kind: str, tmp_path: Path) -> None:
    name, *options = KINDS[kind]
    file, samples = sound(9.37, tmp_path, name=name, options=tuple(options))
    decode(file, tmp_path / "raw")
    heard = np.fromfile(tmp_path / "raw", "<i2")
    assert abs(len(heard) - len(samples)) <= 2
    for at in (0, len(samples) - RATE):
        assert abs(place(samples[at : at + RATE].astype(float), heard.astype(float)) - at) <= 2


def most_mb(file: Path, target: Path) -> float:
    child = subprocess.Popen([sys.executable, "-P", str(CHILD), str(RATE), str(file), str(target)])
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0
    return used.ru_maxrss / 1024


@pytest.mark.parametrize("kind", ["mp3", "opus"])
def test_a_long_file_needs_no_more_memory_than_a_short_one(kind: str, tmp_path: Path) -> None:
    name, *options = KINDS[kind]
    short, _ = sound(5.0, tmp_path, name="short-" + name, options=tuple(options))
    long, _ = sound(5.0, tmp_path, name="long-" + name, options=tuple(options), times=72)
    little, much = most_mb(short, tmp_path / "raw1"), most_mb(long, tmp_path / "raw2")
    assert (tmp_path / "raw2").stat().st_size >= 2 * RATE * 359  # 32 MB
    assert much - little < 4


def test_a_file_that_breaks_off_sounds_as_far_as_it_is_there(tmp_path: Path) -> None:
    file, samples = sound(5.0, tmp_path, name="whole.mp3", options=("-c:a", "libmp3lame"))
    (tmp_path / "half.mp3").write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    decode(tmp_path / "half.mp3", tmp_path / "raw")
    heard = np.fromfile(tmp_path / "raw", "<i2")
    assert 0.4 * len(samples) < len(heard) < 0.6 * len(samples) and abs(place(samples[:RATE].astype(float), heard.astype(float))) <= 2
