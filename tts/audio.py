"""Sound as files: mp3 out, any file in, measured. The only place that starts ffmpeg."""

from __future__ import annotations

import io
import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import av
import ffmpeg
import imageio_ffmpeg
import lameenc
import numpy as np

from tts.engines import Pcm, TtsError
from tts.level import MP3_GAIN_DB, RATE

MP3_KBPS = 64
MP3_EFFORT = 7
"""lame's -q: 7 takes 1.6 ms per second of sound on one core, 2 takes 6, and nobody hears the difference on a horn speaker."""
LEAD_SAMPLES_MP3 = 1105
"""Samples a plain decoder puts in front of the sound: 576 + 1 of lame's own delay and 528 of the decoder's filter bank."""


MEASURE_SECONDS = 120.0


@dataclass(frozen=True)
class Heard:
    """A measurement after EBU R128: integrated loudness and true peak; None for silence."""

    lufs: float | None
    peak_db: float | None


class Mp3:
    """An mp3 that grows while the sound is being made: mono, constant bit rate, 44.1 kHz unless another rate is given."""

    def __init__(self, kbps: int = MP3_KBPS, rate: int = RATE) -> None:
        self._lame, self._rate = lameenc.Encoder(), rate
        self._lame.set_channels(1)
        self._lame.set_in_sample_rate(rate)
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
        return round(self.samples * 1000 / self._rate)

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


class TookTooLong(TtsError):
    """ffmpeg was still at work when its time was up."""


def run_ffmpeg(graph: object, patience: float, stdin: bytes = b"", folder: Path | None = None, nice: int = 0) -> tuple[bytes, str, int]:
    """ffmpeg-python's graph through our ffmpeg, with a time limit and no protocols but files and pipes: (stdout, stderr, code).

    ``folder`` is where relative names lie; ``patience`` in seconds, TookTooLong afterwards; ``nice`` lets others go first. Its
    fontconfig sees no font of the machine: what is drawn must be the same everywhere.
    """
    argv = ffmpeg.compile(graph, cmd=ffmpeg_program())
    argv[1:1] = ["-hide_banner", "-nostdin", "-protocol_whitelist", "file,pipe", "-threads", "1"]
    fonts = str(Path(__file__).parent / "fonts" / "fonts.conf")
    pipe, environment = subprocess.PIPE, {**os.environ, "FONTCONFIG_FILE": fonts}
    with subprocess.Popen(argv, cwd=folder, env=environment, stdin=pipe, stdout=pipe, stderr=pipe) as process:
        try:
            if nice:
                os.setpriority(os.PRIO_PROCESS, process.pid, nice)
            out, said = process.communicate(stdin, timeout=patience)
        except subprocess.TimeoutExpired:
            raise TookTooLong(f"ffmpeg was not done after {patience:g} s") from None
        finally:
            process.kill()  # nothing when it has ended
    return out, said.decode("utf-8", "replace"), process.returncode


def reason(said: str, code: int) -> str:
    """The last thing ffmpeg said, without its bracketed addresses and without paths."""
    lines = [re.sub(r"^\[[^\]]*\]\s*", "", line).strip() for line in said.splitlines()]
    lines = [re.sub(r"(?:/\S+)+/upload", "the file", line) for line in lines if line and "fontconfig" not in line]  # it misses only what it shall not see
    return lines[0][:120] if lines else f"ffmpeg ended with {code}" if code else "no audio stream"


def samples_in() -> ffmpeg.nodes.FilterableStream:
    """Mono samples at 44.1 kHz on ffmpeg's standard input."""
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
    _, said, _ = run_ffmpeg(graph, MEASURE_SECONDS, audio)
    summary = said[said.rfind("Summary:") :]
    return Heard(_figure(r"I:\s+(\S+) LUFS", summary), _figure(r"Peak:\s+(\S+) dBFS", summary))


def _figure(pattern: str, said: str) -> float | None:
    found = re.search(pattern, said)
    if found is None or "inf" in found.group(1) or float(found.group(1)) <= -70:
        return None
    return float(found.group(1))
