"""Pieces joined byte by byte are heard one after the other, without a click and where the captions say."""

from __future__ import annotations

import numpy as np
import pytest

from tests.tts.test_audio import tone
from tts.audio import LEAD_SAMPLES_MP3, decode, measure, silence, to_mp3
from tts.captions import Cue
from tts.engines import Pcm
from tts.joining import FRAME, NotJoinable, Piece, frames, joined, samples
from tts.level import RATE
from tts.tunes import chime


def said(hertz: float, seconds: float = 1.0) -> Pcm:
    """A phrase as the voice gives it: silence, sound, silence."""
    return np.concatenate([silence(250), tone(hertz, seconds, 0.3), silence(400)])


def piece(hertz: float, seconds: float = 1.0) -> Piece:
    return Piece(to_mp3(said(hertz, seconds)), (Cue(250, 250 + round(seconds * 1000), f"{hertz:g}"),))


def test_every_piece_begins_without_looking_back() -> None:
    """main_data_begin, the first nine bits of a frame's side information, is 0: no bit of an earlier frame is needed."""
    for made in (piece(440).mp3, to_mp3(chime())):
        first = next(frames(made))
        assert (first[4] << 1 | first[5] >> 7) == 0


def test_a_decoder_gives_as_many_samples_as_are_counted() -> None:
    both = joined([piece(440), Piece(to_mp3(chime())), piece(700, 3.3)])
    assert len(decode(both.mp3)) == samples(both.mp3) == sum(1 for _ in frames(both.mp3)) * FRAME


def test_the_sentences_are_heard_where_the_captions_say() -> None:
    pieces = [piece(440), piece(880, 2.0), piece(440), piece(1500, 0.7)]
    both = joined(pieces)
    pcm = decode(both.mp3)[LEAD_SAMPLES_MP3:].astype(float)
    assert [cue.text for cue in both.cues] == ["440", "880", "440", "1500"]
    for cue in both.cues:
        a, b = cue.start_ms * RATE // 1000, cue.end_ms * RATE // 1000
        inside = pcm[a + 400 : b - 400]
        assert np.abs(np.fft.rfft(inside * np.hanning(len(inside)))).argmax() * RATE / len(inside) == pytest.approx(float(cue.text), abs=2)
        onset = a - 2000 + int(np.flatnonzero(np.abs(pcm[a - 2000 : a + 4000]) > 3000)[0])
        assert onset == pytest.approx(a, abs=RATE * 0.004), "within 4 ms"


def test_no_joint_clicks() -> None:
    """Around each joint there is silence, and no step between neighbouring samples that the pieces do not have themselves."""
    pieces = [piece(440), piece(880, 2.0), Piece(to_mp3(chime())), piece(440)]
    pcm = decode(joined(pieces).mp3).astype(int)
    at = 0
    for each in pieces[:-1]:
        at += samples(each.mp3)
        around = pcm[at - 1500 : at + 1500]
        assert np.abs(np.diff(around)).max() <= 8 and np.abs(around).max() <= 30
    alone = max(np.abs(np.diff(decode(each.mp3).astype(int))).max() for each in pieces)
    assert np.abs(np.diff(pcm)).max() <= alone + 40


def test_joining_changes_no_loudness() -> None:
    one = measure(piece(880, 3.0).mp3)
    many = measure(joined([piece(880, 3.0)] * 3).mp3)
    assert one.lufs is not None and many.lufs == pytest.approx(one.lufs, abs=0.2)


@pytest.mark.parametrize("wrong", [b"ID3\x04" + bytes(100), b"RIFF", piece(440).mp3[:-1], piece(440).mp3 + b"x"])
def test_what_is_not_frames_is_refused(wrong: bytes) -> None:
    with pytest.raises(NotJoinable, match="begins no whole mp3 frame"):
        samples(wrong)
