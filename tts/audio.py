"""Sound as files: mp3 out, uploads in, the chime and the station's own piece of music. The only place that runs ffmpeg."""

from __future__ import annotations

import io
import json
import re
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import av
import ffmpeg
import imageio_ffmpeg
import lameenc
import numpy as np
from pydub import AudioSegment

from tts.engines import Pcm, TtsError
from tts.level import MP3_GAIN_DB, RATE, TARGET_LUFS, decibels, limited, loudness, weighted_blocks

MP3_KBPS = 64
MP3_EFFORT = 7
"""lame's -q: 7 takes 1.6 ms per second of sound on one core, 2 takes 6, and nobody hears the difference on a horn speaker."""
LEAD_SAMPLES_MP3 = 1105
"""Samples a plain decoder puts in front of the sound: 576 + 1 of lame's own delay and 528 of the decoder's filter bank."""


class AudioRefused(TtsError):
    """An uploaded file that is not taken; the message names it and says what to do instead."""


@dataclass(frozen=True)
class Limits:
    """What an upload may be: bytes, seconds of sound, and seconds of our time to look at it."""

    bytes: int = 50_000_000
    seconds: float = 1800.0
    patience: float = 60.0


@dataclass(frozen=True)
class Heard:
    """A measurement after EBU R128: integrated loudness and true peak; None for silence."""

    lufs: float | None
    peak_db: float | None


@dataclass(frozen=True, eq=False)
class Imported:
    """An upload in the station's own format."""

    mp3: bytes
    ms: int
    title: str
    lufs: float | None
    peak_db: float | None


class Mp3:
    """An mp3 that grows while the sound is being made: 44.1 kHz, mono, constant bit rate."""

    def __init__(self, kbps: int = MP3_KBPS) -> None:
        self._lame = lameenc.Encoder()
        self._lame.set_channels(1)
        self._lame.set_in_sample_rate(RATE)
        self._lame.set_bit_rate(kbps)
        self._lame.set_quality(MP3_EFFORT)
        self._lame.silence()
        self._parts: list[bytes] = []
        self.samples = 0

    def add(self, pcm: Pcm) -> None:
        if len(pcm):
            self._parts.append(bytes(self._lame.encode(pcm.tobytes())))
            self.samples += len(pcm)

    @property
    def ms(self) -> int:
        return round(self.samples * 1000 / RATE)

    def finish(self) -> bytes:
        """The whole file; only once."""
        self._parts.append(bytes(self._lame.flush()))
        return b"".join(self._parts)


def to_mp3(pcm: Pcm, kbps: int = MP3_KBPS) -> bytes:
    mp3 = Mp3(kbps)
    mp3.add(pcm)
    return mp3.finish()


def in_mp3(db: float | None) -> float | None:
    """A level of the samples as it is in the finished mp3."""
    return None if db is None else round(db + MP3_GAIN_DB, 2)


def silence(ms: int) -> Pcm:
    return np.zeros(RATE * ms // 1000, np.int16)


def ffmpeg_program() -> str:
    """The ffmpeg that came with imageio-ffmpeg; no other is used."""
    return str(imageio_ffmpeg.get_ffmpeg_exe())


# made here: the chime, and a piece of music


def _bell(hertz: float, seconds: float, loud: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """A struck tone: a soft attack of 6 ms, partials that die away faster the higher they are."""
    t = np.arange(int(seconds * RATE)) / RATE
    partials = ((1.0, 1.0, 0.55), (2.0, 0.38, 0.3), (3.01, 0.14, 0.18), (4.17, 0.06, 0.1))
    tone = sum(share * np.sin(2 * np.pi * hertz * ratio * t) * np.exp(-t / (life * 1.6)) for ratio, share, life in partials)
    return np.asarray(tone * np.minimum(1, t / 0.006) * np.minimum(1, (seconds - t) / 0.05) * loud, dtype=np.float64)


def _place(notes: list[tuple[float, float, float, float]], seconds: float, lufs: float) -> Pcm:
    """Notes (start s, Hz, length s, strength) mixed into ``seconds`` of sound at the given loudness."""
    mix = np.zeros(int(seconds * RATE))
    for start, hertz, length, strength in notes:
        at = int(start * RATE)
        bell = _bell(hertz, min(length, seconds - start), strength)
        mix[at : at + len(bell)] += bell
    mix *= 0.5 / max(1e-9, float(np.abs(mix).max()))
    quiet = (mix * 32767).astype(np.int16)
    found = loudness(weighted_blocks(quiet))
    gain = 10 ** ((lufs - MP3_GAIN_DB - (found if found is not None else lufs)) / 20)
    return limited((mix * gain).astype(np.float32))


@cache
def chime() -> Pcm:
    """Two falling tones, E5 and C5, with half a second of silence in front: the amplifier wakes before the first word."""
    bells = _place([(0.0, 659.26, 1.3, 1.0), (0.55, 523.25, 1.9, 1.0)], 2.5, TARGET_LUFS - 2)
    return np.concatenate([silence(500), bells])


# steps of the pentatonic scale on C4; (beat, step, beats): eight bars of our own, in the manner of a folk tune
_SCALE = (261.63, 293.66, 329.63, 392.00, 440.00, 523.25, 587.33, 659.26, 783.99)
_TUNE = (
    (0, 2, 1), (1, 3, 1), (2, 5, 1.5), (3.5, 4, 0.5), (4, 3, 1), (5, 4, 0.5), (5.5, 3, 0.5), (6, 2, 2),
    (8, 1, 1), (9, 2, 1), (10, 4, 1.5), (11.5, 3, 0.5), (12, 2, 0.5), (12.5, 1, 0.5), (13, 1, 1), (14, 0, 3),
)  # fmt: skip
_BEAT = 0.48


@cache
def library_piece() -> Pcm:
    """About 8.7 s of music of our own for a library that is still empty: a pentatonic tune over an open fifth."""
    tune = [(beat * _BEAT, _SCALE[step], (length + 1.5) * _BEAT, 1.0) for beat, step, length in _TUNE]
    ground = [(beat * _BEAT, hertz, 4 * _BEAT, 0.4) for beat in range(0, 16, 4) for hertz in (130.81, 196.00)]
    return _place(sorted(tune + ground), 18 * _BEAT, TARGET_LUFS)


# uploads


def import_upload(data: bytes, name: str, limits: Limits | None = None) -> Imported:
    """An uploaded audio file, checked by decoding all of it: trimmed, edges faded, brought to -16 LUFS, as mp3.

    Raises AudioRefused with the file's name and the next step. Nothing is left on disk.
    """
    limits = limits or Limits()
    name = Path(name.replace("\\", "/")).name[:120] or "the file"
    if not data:
        raise AudioRefused(f"{name} is empty; choose a file that holds sound")
    if len(data) > limits.bytes:
        raise AudioRefused(f"{name} has {len(data) / 1e6:.0f} MB, more than {limits.bytes / 1e6:.0f}; cut it or save it as mp3")
    with tempfile.TemporaryDirectory(prefix="xiangyin-upload-") as folder:
        source = Path(folder) / "upload"
        source.write_bytes(data)
        pcm = _level_upload(_edit(_decode(source, name, limits), name), name, limits)
        title = _title(source, name, limits) or Path(name).stem
    blocks = weighted_blocks(pcm)
    mp3 = Mp3(128)
    mp3.add(pcm)
    peak = int(np.abs(pcm.astype(np.int32)).max())
    return Imported(mp3.finish(), mp3.ms, title, in_mp3(loudness(blocks)), in_mp3(decibels(peak)))


def _title(source: Path, name: str, limits: Limits) -> str:
    """The title tag if there is a readable one: a courtesy, never a reason to refuse."""
    graph = ffmpeg.input(str(source), format_whitelist=_FORMATS).output("pipe:", format="ffmetadata")
    tags, _, _ = _run(graph.global_args("-loglevel", "quiet"), name, limits)
    found = re.search(r"^(?i:title)=((?:[^\\\n]|\\.)*)", tags.decode("utf-8", "replace"), re.MULTILINE | re.DOTALL)
    title = re.sub(r"\\(.)", r"\1", found.group(1), flags=re.DOTALL) if found else ""
    return re.sub(r"[\x00-\x1f\x7f\ufffd]+", " ", title).strip()[:200]


def _run(graph: object, name: str, limits: Limits, stdin: bytes | None = None) -> tuple[bytes, str, int]:
    """ffmpeg-python's graph through our ffmpeg, with a time limit and no protocols but files and pipes: (stdout, stderr, code)."""
    argv = ffmpeg.compile(graph, cmd=ffmpeg_program())
    argv[1:1] = ["-hide_banner", "-nostdin", "-protocol_whitelist", "file,pipe", "-threads", "1"]
    try:
        done = subprocess.run(
            argv, input=stdin if stdin is not None else b"", capture_output=True, timeout=limits.patience, check=False
        )
    except subprocess.TimeoutExpired:
        raise AudioRefused(
            f"{name} took longer than {limits.patience:g} s to decode; save it as mp3 or wav and try again"
        ) from None
    return done.stdout, done.stderr.decode("utf-8", "replace"), done.returncode


# containers that would make ffmpeg open other files or addresses
_FORMATS = "aac,ac3,aiff,amr,ape,asf,au,caf,eac3,flac,matroska,webm,mov,mp4,mp3,mpc,mpc8,mpeg,mpegts,ogg,tta,w64,wav,wv,dsf,avi,iff"


def _decode(source: Path, name: str, limits: Limits) -> Pcm:
    graph = (
        ffmpeg.input(str(source), format_whitelist=_FORMATS, t=limits.seconds + 1)
        .audio.output("pipe:", format="s16le", acodec="pcm_s16le", ac=1, ar=RATE, vn=None, sn=None, dn=None)
        .global_args("-loglevel", "error")
    )
    raw, said, code = _run(graph, name, limits)
    pcm = np.frombuffer(raw[: len(raw) // 2 * 2], dtype=np.int16)
    if not len(pcm):
        why = _reason(said, code)
        raise AudioRefused(f"{name} holds no sound that can be decoded ({why}); save it as mp3 or wav and try again")
    if len(pcm) > limits.seconds * RATE:
        raise AudioRefused(f"{name} is longer than {limits.seconds / 60:g} minutes; cut it into parts")
    return pcm


def _reason(said: str, code: int) -> str:
    """The last thing ffmpeg said, without its bracketed addresses and without paths."""
    lines = [re.sub(r"^\[[^\]]*\]\s*", "", line).strip() for line in said.splitlines()]
    lines = [re.sub(r"(?:/\S+)+/upload", "the file", line) for line in lines if line]
    return lines[0][:120] if lines else f"ffmpeg ended with {code}" if code else "no audio stream"


FADE_MS = 30
SHORTEST_MS = 200


def _edit(pcm: Pcm, name: str) -> Pcm:
    """Silence at both ends cut down to 100 ms and the edges faded, so that nothing clicks."""
    heard = np.flatnonzero(np.abs(pcm.astype(np.int32)) > 60)
    if not len(heard):
        raise AudioRefused(f"{name} holds only silence; choose a file in which something is heard")
    clip = AudioSegment(data=pcm.tobytes(), sample_width=2, frame_rate=RATE, channels=1)
    start, end = int(heard[0] * 1000 / RATE) - 100, int(heard[-1] * 1000 / RATE) + 100
    clip = clip[max(0, start) : min(len(clip), end)]
    if len(clip) < SHORTEST_MS:
        clip = clip + AudioSegment.silent(SHORTEST_MS - len(clip), frame_rate=RATE)
    faded = clip.fade_in(FADE_MS).fade_out(FADE_MS)
    return np.frombuffer(faded.raw_data, dtype=np.int16)


def _level_upload(pcm: Pcm, name: str, limits: Limits) -> Pcm:
    """Two passes of ffmpeg's loudnorm: measure, then one linear gain to -16 LUFS with the true peak kept below -1.5 dBTP.

    One plain gain for a jingle (EBU R128 needs 3 s) and for more than ten minutes (loudnorm takes 12 ms a second and pass).
    """
    if not 3 * RATE <= len(pcm) <= 600 * RATE:
        found = loudness(weighted_blocks(pcm))
        gain = 10 ** ((TARGET_LUFS - MP3_GAIN_DB - found) / 20) if found is not None else 1.0
        return limited(pcm.astype(np.float32) * np.float32(min(gain, 10.0) / 32768))
    target = {"I": TARGET_LUFS - MP3_GAIN_DB, "TP": -1.5, "LRA": 11}
    first = _sound_in().filter("loudnorm", **target, print_format="json").output("-", format="null")
    _, said, _ = _run(first.global_args("-loglevel", "info"), name, limits, pcm.tobytes())
    found_json = re.findall(r"\{[^{}]*\}", said)
    if not found_json:
        raise AudioRefused(f"{name} could not be measured; save it as mp3 or wav and try again")
    m = json.loads(found_json[-1])
    measured = {"measured_I": m["input_i"], "measured_TP": m["input_tp"], "measured_LRA": m["input_lra"]}
    second = (
        _sound_in()
        .filter("loudnorm", **target, **measured, measured_thresh=m["input_thresh"], offset=m["target_offset"], linear="true")
        .output("pipe:", format="s16le", acodec="pcm_s16le", ac=1, ar=RATE)
        .global_args("-loglevel", "error")
    )
    raw, said, code = _run(second, name, limits, pcm.tobytes())
    if code or not raw:
        raise AudioRefused(f"{name} could not be levelled ({_reason(said, code)}); save it as mp3 or wav and try again")
    return limited(np.frombuffer(raw, dtype=np.int16).astype(np.float32) * np.float32(1 / 32768))


def _sound_in() -> ffmpeg.nodes.FilterableStream:
    return ffmpeg.input("pipe:", format="s16le", ar=RATE, ac=1)


def decode(mp3: bytes) -> Pcm:
    """A file of the station's own as 44.1 kHz mono samples, without the encoder's lead where the file tells its length."""
    parts: list[Pcm] = []
    with av.open(io.BytesIO(mp3), "r") as container:
        resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
        for frame in container.decode(audio=0):
            parts += [part.to_ndarray().reshape(-1).astype(np.int16) for part in resampler.resample(frame)]
    return np.concatenate(parts) if parts else np.zeros(0, np.int16)


def measure(audio: bytes) -> Heard:
    """Integrated loudness and true peak of any audio file, by ffmpeg's ebur128 filter."""
    graph = ffmpeg.input("pipe:").filter("ebur128", peak="true").output("-", format="null").global_args("-loglevel", "info")
    _, said, _ = _run(graph, "the audio", Limits(), audio)
    summary = said[said.rfind("Summary:") :]
    return Heard(_figure(r"I:\s+(\S+) LUFS", summary), _figure(r"Peak:\s+(\S+) dBFS", summary))


def _figure(pattern: str, said: str) -> float | None:
    found = re.search(pattern, said)
    if found is None or "inf" in found.group(1) or float(found.group(1)) <= -70:
        return None
    return float(found.group(1))
