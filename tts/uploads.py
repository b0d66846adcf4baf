"""Uploaded sound: checked by decoding all of it, trimmed, levelled, stored as the mp3 that is sent."""

from __future__ import annotations

import json
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

import ffmpeg
import numpy as np
from pydub import AudioSegment

from tts.audio import Mp3, TookTooLong, in_mp3, reason, run_ffmpeg, samples_in
from tts.engines import Pcm, TtsError
from tts.level import MP3_GAIN_DB, RATE, TARGET_LUFS, decibels, limited, loudness, weighted_blocks


class AudioRefused(TtsError):
    """An uploaded file that is not taken; the message names it and says what to do instead."""


@dataclass(frozen=True)
class Limits:
    """What an upload may be: bytes, seconds of sound, and seconds of our time to look at it."""

    bytes: int = 50_000_000
    seconds: float = 1800.0
    patience: float = 60.0


@dataclass(frozen=True, eq=False)
class Imported:
    """An upload in the station's own format."""

    mp3: bytes
    ms: int
    title: str
    lufs: float | None
    peak_db: float | None


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
    tags, _, _ = _decoded_by_ffmpeg(graph.global_args("-loglevel", "quiet"), name, limits)
    found = re.search(r"^(?i:title)=((?:[^\\\n]|\\.)*)", tags.decode("utf-8", "replace"), re.MULTILINE | re.DOTALL)
    title = re.sub(r"\\(.)", r"\1", found.group(1), flags=re.DOTALL) if found else ""
    return re.sub(r"[\x00-\x1f\x7f\ufffd]+", " ", title).strip()[:200]


def _decoded_by_ffmpeg(graph: object, name: str, limits: Limits, stdin: bytes = b"") -> tuple[bytes, str, int]:
    try:
        return run_ffmpeg(graph, limits.patience, stdin)
    except TookTooLong:
        raise AudioRefused(
            f"{name} took longer than {limits.patience:g} s to decode; save it as mp3 or wav and try again"
        ) from None


# containers that would make ffmpeg open other files or addresses
_FORMATS = "aac,ac3,aiff,amr,ape,asf,au,caf,eac3,flac,matroska,webm,mov,mp4,mp3,mpc,mpc8,mpeg,mpegts,ogg,tta,w64,wav,wv,dsf,avi,iff"


def _decode(source: Path, name: str, limits: Limits) -> Pcm:
    graph = (
        ffmpeg.input(str(source), format_whitelist=_FORMATS, t=limits.seconds + 1)
        .audio.output("pipe:", format="s16le", acodec="pcm_s16le", ac=1, ar=RATE, vn=None, sn=None, dn=None)
        .global_args("-loglevel", "error")
    )
    raw, said, code = _decoded_by_ffmpeg(graph, name, limits)
    pcm = np.frombuffer(raw[: len(raw) // 2 * 2], dtype=np.int16)
    if not len(pcm):
        why = reason(said, code)
        raise AudioRefused(f"{name} holds no sound that can be decoded ({why}); save it as mp3 or wav and try again")
    if len(pcm) > limits.seconds * RATE:
        raise AudioRefused(f"{name} is longer than {limits.seconds / 60:g} minutes; cut it into parts")
    return pcm


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
    first = samples_in().filter("loudnorm", **target, print_format="json").output("-", format="null")
    _, said, _ = _decoded_by_ffmpeg(first.global_args("-loglevel", "info"), name, limits, pcm.tobytes())
    found_json = re.findall(r"\{[^{}]*\}", said)
    if not found_json:
        raise AudioRefused(f"{name} could not be measured; save it as mp3 or wav and try again")
    m = json.loads(found_json[-1])
    measured = {"measured_I": m["input_i"], "measured_TP": m["input_tp"], "measured_LRA": m["input_lra"]}
    second = (
        samples_in()
        .filter("loudnorm", **target, **measured, measured_thresh=m["input_thresh"], offset=m["target_offset"], linear="true")
        .output("pipe:", format="s16le", acodec="pcm_s16le", ac=1, ar=RATE)
        .global_args("-loglevel", "error")
    )
    raw, said, code = _decoded_by_ffmpeg(second, name, limits, pcm.tobytes())
    if code or not raw:
        raise AudioRefused(f"{name} could not be levelled ({reason(said, code)}); save it as mp3 or wav and try again")
    return limited(np.frombuffer(raw, dtype=np.int16).astype(np.float32) * np.float32(1 / 32768))
