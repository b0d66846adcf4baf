"""A spoken text as a file of its own: mp3, wav, opus or m4a, by the ending of its name; and what there is to tell about it."""

from __future__ import annotations

import io
import wave
from collections.abc import Callable
from typing import Any

import ffmpeg

from tts.audio import LEAD_SAMPLES_MP3, decode, measure, reason, run_ffmpeg, samples_in
from tts.engines import EngineError, Pcm
from tts.formats import AAC_LIMIT, OPUS_LIMIT
from tts.level import RATE
from tts.pool import Pool
from tts.speak import Around, Spoken, speak_article
from tts.voices import Manner

MIME = {"mp3": "audio/mpeg", "wav": "audio/wav", "opus": "audio/ogg", "m4a": "audio/mp4"}
PATIENCE_S = 600.0
# efforts as for terminals: what is faster by four and heard by nobody
_OPUS = {"acodec": "libopus", "compression_level": 0, "audio_bitrate": "24k", "ar": 48_000, "format": "ogg"}
_AAC = {"acodec": "aac", "aac_coder": "fast", "audio_bitrate": "48k", "movflags": "+frag_keyframe+empty_moov", "format": "mp4"}


def spoken_file(
    text: str, title: str, manner: Manner, suffix: str, pool: Pool, around: Around | None = None
) -> tuple[bytes, dict[str, Any]]:
    """The file, and what ``xiangyin speak`` tells of it: seconds, lufs and true_peak_db measured in the file, cues as [start ms, end ms, text],
    engine, and unknown as [place in the text, characters] (place -1 is the title).

    Raises EngineError, also UnknownDialect and UnknownVoice. ``suffix`` is a key of MIME.
    """
    spoken = speak_article(text, title, manner, pool, around=around)
    made = as_file(spoken, suffix)
    heard = measure(made)
    told = {
        "seconds": round(spoken.ms / 1000, 3), "lufs": heard.lufs, "true_peak_db": heard.peak_db,
        "cues": [[cue.start_ms, cue.end_ms, cue.text] for cue in spoken.cues], "engine": spoken.engine,
        "unknown": [list(each) for each in spoken.unknown],
    }  # fmt: skip
    return made, told


def as_file(spoken: Spoken, suffix: str) -> bytes:
    """The bytes of a file with this ending."""
    if suffix == "mp3":
        return spoken.mp3
    pcm = decode(spoken.mp3)[LEAD_SAMPLES_MP3:][: spoken.ms * RATE // 1000]
    making: dict[str, Callable[[Pcm], bytes]] = {"wav": _wav, "opus": lambda pcm: _by_ffmpeg(pcm, _OPUS), "m4a": lambda pcm: _by_ffmpeg(pcm, _AAC)}
    return making[suffix](pcm)


def _wav(pcm: Pcm) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as made:
        made.setnchannels(1)
        made.setsampwidth(2)
        made.setframerate(RATE)
        made.writeframes(pcm.tobytes())
    return out.getvalue()


def _by_ffmpeg(pcm: Pcm, options: dict[str, Any]) -> bytes:
    sound = samples_in().filter("alimiter", **(OPUS_LIMIT if options["format"] == "ogg" else AAC_LIMIT))
    graph = sound.output("pipe:", map_metadata=-1, **options).global_args("-loglevel", "error")
    assert isinstance(graph, ffmpeg.nodes.OutputStream)
    made, said, code = run_ffmpeg(graph, PATIENCE_S, pcm.tobytes())
    if code or not made:
        raise EngineError(f"the {options['format']} file could not be made ({reason(said, code)})", permanent=True)
    return made
