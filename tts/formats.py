"""The sound formats that terminals play, and how the station's own mp3 becomes each of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ffmpeg

from tts.audio import LEAD_SAMPLES_MP3, TookTooLong, reason, run_ffmpeg
from tts.engines import TtsError
from tts.level import RATE


class FormatError(TtsError):
    """A sound could not be made into another format."""


@dataclass(frozen=True)
class Format:
    """One way of writing sound. ``skip``: samples at ``rate`` that a plain decoder gives before the first real one."""

    name: str
    suffix: str
    mime: str
    rate: int
    skip: int
    options: tuple[tuple[str, Any], ...]


MASTER = "mp3"
OPUS_LIMIT: dict[str, Any] = {"limit": 0.68, "attack": 1, "release": 20, "level": 0}
"""Opus at 24 kbit/s gives up to 1.4 dB back above the samples it was given (measured): its peaks are held at -3.3 dBFS
first, by ffmpeg's alimiter, for a true peak of at most -1 dBTP; 0.1 LU of loudness at most."""
AAC_LIMIT: dict[str, Any] = {**OPUS_LIMIT, "limit": 0.72}
"""The fast coder of AAC gives up to 1.5 dB back, seldom (measured over six dialects and four voices): held at -2.9 dBFS, 0.1 LU at most."""
LIMITS = {"opus": OPUS_LIMIT, "aac": AAC_LIMIT}
"""What holds the peaks before a coder that gives some back; lame's are reckoned with in the samples themselves (``tts.level.CEILING``)."""
_LAME = (("acodec", "libmp3lame"), ("compression_level", 7), ("write_xing", 0), ("id3v2_version", 0), ("format", "mp3"))
# Names are those of the wire (wire.messages.FORMATS). Efforts after measuring 185 s of speech: lame 7 takes 0.3 s where its default takes
# 0.7; opus complexity 0 takes 0.4 s for 1.9; aac's fast coder 0.7 s for 3.9. A horn speaker tells none of them apart.
FORMATS: dict[str, Format] = {
    each.name: each
    for each in (
        Format("mp3", "mp3", "audio/mpeg", RATE, LEAD_SAMPLES_MP3, (*_LAME, ("audio_bitrate", "64k"))),
        Format("mp3-48", "mp3", "audio/mpeg", 48_000, LEAD_SAMPLES_MP3, (*_LAME, ("audio_bitrate", "64k"))),
        Format("mp3-22", "mp3", "audio/mpeg", 22_050, LEAD_SAMPLES_MP3, (*_LAME, ("audio_bitrate", "32k"))),
        Format(
            "opus", "opus", "audio/ogg", 48_000, 0,  # its decoder drops its own pre-skip
            (("acodec", "libopus"), ("compression_level", 0), ("audio_bitrate", "24k"), ("application", "audio"), ("format", "ogg")),
        ),
        Format("aac", "aac", "audio/aac", RATE, 1024, (("acodec", "aac"), ("aac_coder", "fast"), ("audio_bitrate", "48k"), ("format", "adts"))),
    )
}  # fmt: skip


def convert(mp3: bytes, skip: int, wanted: Format) -> bytes:
    """The station's mp3 in another format, without the ``skip`` samples of its own lead; raises FormatError."""
    sound = ffmpeg.input("pipe:", format="mp3").audio.filter("atrim", start_sample=skip).filter("asetpts", "N/SR/TB").filter("aresample", wanted.rate)
    if wanted.name in LIMITS:
        sound = sound.filter("alimiter", **LIMITS[wanted.name])
    graph = (
        sound.output("pipe:", ac=1, ar=wanted.rate, map_metadata=-1, bitexact=None, **dict(wanted.options)).global_args("-loglevel", "error")
    )  # fmt: skip
    try:
        made, said, code = run_ffmpeg(graph, 60 + len(mp3) / 50_000, mp3, nice=5)
    except TookTooLong as problem:
        raise FormatError(str(problem)) from problem
    if code or not made:
        raise FormatError(f"{wanted.name} could not be made ({reason(said, code)})")
    return made
