"""The TV rendition, looked at: drawn by the real ffmpeg, decoded again, compared pixel by pixel."""

from __future__ import annotations

import io
from pathlib import Path

import av
import ffmpeg
import numpy as np
import pytest

from tests.tts.test_audio import tone
from tests.tts.test_captions import LONG
from tests.tts.test_pictures import picture
from tts.audio import decode, run_ffmpeg, to_mp3
from tts.captions import Cue
from tts.lettering import FONTS, measured
from tts.pictures import screen_picture
from tts.screen import TITLE, Script, ass
from tts.video import SignRefused, check_sign, look, telecast

TITLES = {"cmn": "停水通知", "yue": "停水通知", "hak": "停水个通知", "bo": "བརྡ་ཐོ་བསྒྲིབས", "ug": "ئۇقتۇرۇش", "en": "No water"}


def script(code: str, ms: int = 6000) -> Script:
    body = LONG.get(code, LONG["yue"])
    return Script("云岭村", TITLES[code], (Cue(200, 1000, TITLES[code]), Cue(1500, ms - 500, body)), 1, frozenset(), ms)


def grey(frame: av.VideoFrame) -> np.ndarray:
    return frame.to_ndarray(format="gray").astype(int)


def drawn(tmp_path: Path, text: str, shaping: str) -> np.ndarray:
    """The lit pixels of a screen with one title, by libass with or without its shaper."""
    (tmp_path / "screen.ass").write_text(ass(Script("", text, (), 0, frozenset(), 1000)), "utf-8")
    graph = (
        ffmpeg.input("color=c=black:s=1280x720:r=1:d=1", f="lavfi")
        .filter("subtitles", "screen.ass", fontsdir=str(FONTS), shaping=shaping).output("pipe:", format="rawvideo", pix_fmt="gray", vframes=1)
    )  # fmt: skip
    raw, said, code = run_ffmpeg(graph, 30, folder=tmp_path)
    assert code == 0, said
    return np.frombuffer(raw, np.uint8).reshape(720, 1280) > 205


def breadth(lit: np.ndarray) -> int:
    columns = np.flatnonzero(lit.any(axis=0))
    return int(columns[-1] - columns[0])


@pytest.mark.parametrize("text", ["བསྒྲིབས", "སྤྱོད", "རྒྱལ", "ئۇيغۇرچە", "ئۇقتۇرۇش"])
def test_libass_draws_what_the_shaper_says(tmp_path: Path, text: str) -> None:
    """As broad as the shaped glyphs are, and another picture than letters set one beside the other."""
    shaped, naive = drawn(tmp_path, text, "complex"), drawn(tmp_path, text, "simple")
    assert breadth(shaped) == pytest.approx(measured(text) * TITLE, abs=9)
    assert (shaped != naive).sum() > 150


def test_libass_joins_uyghur_letters(tmp_path: Path) -> None:
    """In a joined word the pen is not lifted; where the letters are kept from joining, empty columns part them."""

    def gaps(lit: np.ndarray) -> int:
        return int((np.diff(np.flatnonzero(lit.any(axis=0))) > 1).sum())

    assert gaps(drawn(tmp_path, "سىلىقلىشىش", "complex")) == 0
    assert gaps(drawn(tmp_path, "\u200c".join("سىلىقلىشىش"), "complex")) >= 5


@pytest.mark.parametrize("code", TITLES)
def test_every_dialect_is_shown(code: str) -> None:
    made = telecast(to_mp3(tone(300, 6)), script(code))
    assert made.undrawn == ()
    with av.open(io.BytesIO(made.mp4)) as container:
        video, sound = container.streams.video[0], container.streams.audio[0]
        assert (video.codec_context.name, video.codec_context.pix_fmt, video.width, video.height) == ("h264", "yuv420p", 1280, 720)
        assert sound.codec_context.name == "aac"
        assert container.duration / 1000 == pytest.approx(6000, abs=60)
    assert made.mp4.index(b"moov") < made.mp4.index(b"mdat"), "the index stands in front: it plays while it loads"
    title_only, speaking = grey(look(made.mp4, 1000)), grey(look(made.mp4, 3000))
    body = slice(220, 640)
    assert (speaking[body] > 220).sum() > (title_only[body] > 220).sum() + 1000, "the sentence is lit while it is spoken"
    half = speaking[body] > 120
    left, right = half[:, :640].sum(), half[:, 640:].sum()
    assert left and right
    first = np.flatnonzero(half.any(axis=0))[[0, -1]]
    assert (first[1] > 1195) if code == "ug" else (first[0] < 90), "a Uyghur line ends at the right edge, the others begin at the left"


def test_the_sound_is_heard_when_the_text_is_lit() -> None:
    silent = np.zeros(44100 * 2, np.int16)
    made = telecast(to_mp3(np.concatenate([silent, tone(1000, 2, 0.5), silent])), script("cmn"))
    onset = int(np.flatnonzero(np.abs(decode(made.mp4).astype(int)) > 5000)[0]) / 44100
    assert onset == pytest.approx(2.0, abs=0.03)


def test_a_picture_with_captions_burnt_or_beside() -> None:
    ground = screen_picture(picture("PNG", (1280, 720)), "red.png")
    burnt = look(telecast(to_mp3(tone(300, 6)), script("cmn"), picture=ground).mp4, 4000)
    beside = look(telecast(to_mp3(tone(300, 6)), script("cmn"), picture=ground, burnt=False).mp4, 4000)
    low = slice(560, 690)
    assert (grey(burnt)[low] > 220).sum() > 2000 > (grey(beside)[low] > 220).sum()
    assert beside.to_ndarray(format="rgb24")[400, 640].tolist() == pytest.approx([254, 0, 0], abs=12)


@pytest.fixture
def signer(tmp_path: Path) -> Path:
    """Four seconds of a green square."""
    path = tmp_path / "sign.mp4"
    graph = ffmpeg.input("color=c=0x00FF00:s=320x400:r=25:d=4", f="lavfi").output(str(path), vcodec="libx264", preset="ultrafast", pix_fmt="yuv420p")
    _, said, code = run_ffmpeg(graph, 30)
    assert code == 0, said
    return path


def test_the_sign_language_video_stands_in_the_corner_and_no_text_behind_it(signer: Path) -> None:
    assert check_sign(signer, "sign.mp4") == pytest.approx(4, abs=1)
    made = telecast(to_mp3(tone(300, 6)), script("ug"), sign=signer)
    shown, over = look(made.mp4, 3000).to_ndarray(format="rgb24"), look(made.mp4, 5500).to_ndarray(format="rgb24")
    assert shown[500, 1080].tolist() == pytest.approx([0, 255, 0], abs=30)
    assert over[500, 1080].tolist() == pytest.approx([15, 34, 56], abs=10), "when it ends the corner is empty"
    assert (over[290:680, 920:1240].max(axis=2) < 120).all(), "the text keeps out of the corner"


@pytest.mark.parametrize("data", [b"", b"not a film", to_mp3(tone(300, 2)), b"#EXTM3U\n/etc/hostname\n"])
def test_what_is_no_film_is_refused_by_name(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "upload"
    path.write_bytes(data)
    with pytest.raises(SignRefused, match=r"^sign.mp4 holds no picture .* save it as mp4"):
        check_sign(path, "../sign.mp4")


def test_hundreds_of_sentences_are_a_film_too() -> None:
    """400 screens: more than ffmpeg's expressions take side by side."""
    cues = (Cue(0, 900, "题"), *(Cue(1000 * n, 1000 * n + 900, f"第{n}句。") for n in range(1, 401)))
    made = telecast(to_mp3(np.zeros(44100, np.int16)), Script("", "题", cues, 1, frozenset(), 402_000))
    white = [(grey(look(made.mp4, ms))[120:640] > 200).sum(axis=1) for ms in (200_500, 205_500)]
    assert not np.array_equal(*white), "another line is lit five seconds later"
