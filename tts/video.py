"""The TV rendition: a spoken article as H.264 with its text or a picture, captions, and a sign-language video in the corner."""

from __future__ import annotations

import io
import tempfile
from dataclasses import dataclass
from pathlib import Path

import av
import ffmpeg

from tts.audio import LEAD_SAMPLES_MP3, TookTooLong, reason, run_ffmpeg
from tts.engines import TtsError
from tts.lettering import FONTS, undrawn
from tts.level import RATE
from tts.screen import GROUND, HIGH, SIGN_HIGH, SIGN_WIDE, WIDE, Script, ass, stills

FRAMES = 2
"""Pictures a second while nothing moves: a text turns at most a quarter of a second early or late."""
MOVING_FRAMES = 25
CRF = 23
SIGN_MOST_BYTES, SIGN_MOST_SECONDS = 300_000_000, 1800.0
SIGN_LOOK_SECONDS = 120.0
_SIGN_FORMATS = "matroska,webm,mov,mp4,mpeg,mpegts,avi"


class VideoError(TtsError):
    """The television picture could not be made. ``permanent``: the same things will fail again."""

    def __init__(self, message: str, *, permanent: bool) -> None:
        super().__init__(message)
        self.permanent = permanent


class SignRefused(TtsError):
    """An uploaded sign-language video that is not taken; the message names it and says what to do instead."""


@dataclass(frozen=True, eq=False)
class Telecast:
    """A finished TV rendition; ``undrawn`` are letters that none of our fonts has."""

    mp4: bytes
    ms: int
    undrawn: tuple[str, ...]


def telecast(
    mp3: bytes, script: Script, *, skip: int = LEAD_SAMPLES_MP3, picture: bytes | None = None, sign: Path | None = None, burnt: bool = True
) -> Telecast:
    """An mp4 (H.264 main, yuv420p, 720p, AAC, index in front) of the sound with its text.

    ``picture`` is a screen_picture(), ``sign`` a video that check_sign() took; ``skip`` are the encoder's samples before the first
    real one. Raises VideoError.
    """
    rate = MOVING_FRAMES if sign else FRAMES
    seconds = script.ms / 1000
    with tempfile.TemporaryDirectory(prefix="xiangyin-tv-") as name:
        folder = Path(name)
        (folder / "sound.mp3").write_bytes(mp3)
        drawn, turns = stills(ass(script, picture=picture is not None, sign=sign is not None, burnt=burnt), script.ms)
        (folder / "screen.ass").write_text(drawn, "utf-8")
        if picture is not None:
            (folder / "picture.jpg").write_bytes(picture)
        graph = _graph(picture is not None, sign, rate, turns, skip)
        try:
            _, said, code = run_ffmpeg(graph, 120 + (8 if sign else 2) * seconds, folder=folder, nice=10)
        except TookTooLong as problem:
            raise VideoError(str(problem), permanent=False) from problem
        out = folder / "tv.mp4"
        if code or not out.exists():
            raise VideoError(f"the television picture could not be made ({reason(said, code)})", permanent=False)
        letters = script.place + script.title + "".join(cue.text for cue in script.cues)
        return Telecast(out.read_bytes(), script.ms, tuple(undrawn(letters)))


def _graph(picture: bool, sign: Path | None, rate: int, turns: list[int], skip: int) -> ffmpeg.nodes.OutputStream:
    seconds, screens = turns[-1] / 1000, len(turns)
    if picture:
        screen = ffmpeg.input("picture.jpg", loop=1, framerate=1, t=screens, f="image2").filter("setsar", 1)
    else:
        screen = ffmpeg.input(f"color=c=0x{GROUND}:s={WIDE}x{HIGH}:r=1:d={screens}", f="lavfi")
    screen = (
        screen.filter("format", "yuv420p").filter("ass", "screen.ass", fontsdir=str(FONTS))
        .filter("settb", "1/1000").filter("setpts", _moment(turns, 0, screens)).filter("fps", rate)
    )  # fmt: skip
    if sign is not None:
        signer = (
            ffmpeg.input(str(sign), format_whitelist=_SIGN_FORMATS).video.filter("fps", rate)
            .filter("scale", SIGN_WIDE, SIGN_HIGH, force_original_aspect_ratio="decrease", force_divisible_by=2).filter("setsar", 1)
        )  # fmt: skip
        screen = screen.overlay(signer, x="W-w-40", y="H-h-40", eof_action="pass")
    sound = ffmpeg.input("sound.mp3", f="mp3").audio.filter("atrim", start_sample=skip).filter("asetpts", "N/SR/TB").filter("apad")
    return ffmpeg.output(
        screen, sound, "tv.mp4", t=f"{seconds:.3f}", vcodec="libx264", preset="veryfast", profile="main", crf=CRF, pix_fmt="yuv420p", r=rate,
        g=20 * rate, acodec="aac", audio_bitrate="64k", ar=RATE, aac_coder="fast", movflags="+faststart", map_metadata=-1,
        **{} if sign else {"tune": "stillimage"},
    ).global_args("-loglevel", "error")  # fmt: skip


def _moment(turns: list[int], first: int, end: int) -> str:
    """ffmpeg's expression for the moment of screen N: halved again and again, for it takes no hundred terms beside each other."""
    if end - first == 1:
        return str(turns[first])
    middle = (first + end) // 2
    return f"if(lt(N,{middle}),{_moment(turns, first, middle)},{_moment(turns, middle, end)})"


def check_sign(source: Path, name: str) -> float:
    """Seconds of a sign-language video, all of it decoded; raises SignRefused with the file's name and the next step."""
    name = Path(name.replace("\\", "/")).name[:120] or "the video"
    size = source.stat().st_size
    if size > SIGN_MOST_BYTES:
        raise SignRefused(f"{name} has {size / 1e6:.0f} MB, more than {SIGN_MOST_BYTES / 1e6:.0f}; save it smaller, 640 pixels wide are enough")
    graph = (
        ffmpeg.input(str(source), format_whitelist=_SIGN_FORMATS, t=SIGN_MOST_SECONDS + 1)
        .video.filter("fps", 4).filter("scale", 32, 32).output("-", format="rawvideo", pix_fmt="gray").global_args("-loglevel", "error")
    )  # fmt: skip
    try:
        frames, said, code = run_ffmpeg(graph, SIGN_LOOK_SECONDS)
    except TookTooLong:
        raise SignRefused(f"{name} took longer than {SIGN_LOOK_SECONDS:g} s to look at; save it smaller, as mp4") from None
    seconds = len(frames) / (4 * 32 * 32)
    if seconds < 1:
        raise SignRefused(f"{name} holds no picture that can be decoded ({reason(said, code)}); save it as mp4 and try again")
    if seconds > SIGN_MOST_SECONDS:
        raise SignRefused(f"{name} is longer than {SIGN_MOST_SECONDS / 60:g} minutes; cut it")
    return seconds


def look(mp4: bytes, ms: int) -> av.VideoFrame:
    """The picture that is on the screen at a moment (for tests and previews)."""
    with av.open(io.BytesIO(mp4), "r") as container:
        last = None
        for frame in container.decode(video=0):
            if last is not None and frame.time is not None and frame.time * 1000 > ms:
                return last
            last = frame
    assert last is not None
    return last
