"""Each format decodes to the same sound at the same place."""

from __future__ import annotations

import io

import av
import numpy as np
import pytest

from tests.tts.test_audio import tone
from tts.audio import LEAD_SAMPLES_MP3, decode, measure, silence, to_mp3
from tts.formats import FORMATS, LIMITS, FormatError, convert
from wire.messages import FORMATS as ON_THE_WIRE

MP3 = to_mp3(np.concatenate([silence(500), tone(1000, 2, 0.3), silence(500)]))


def raw(sound: bytes, rate: int) -> np.ndarray:
    """What a plain decoder gives, at the format's own rate."""
    with av.open(io.BytesIO(sound)) as container:
        assert container.streams.audio[0].rate == rate and container.streams.audio[0].channels == 1
        resampler = av.AudioResampler(format="s16", layout="mono", rate=rate)
        return np.concatenate([part.to_ndarray()[0] for frame in container.decode(audio=0) for part in resampler.resample(frame)])


@pytest.mark.parametrize("name", FORMATS)
def test_the_sound_is_the_same_and_begins_where_the_format_says(name: str) -> None:
    wanted = FORMATS[name]
    made = convert(MP3, LEAD_SAMPLES_MP3, wanted)
    pcm = raw(made, wanted.rate)
    onset = int(np.flatnonzero(np.abs(pcm.astype(int)) > 4000)[0])
    assert onset - wanted.skip == pytest.approx(wanted.rate // 2, abs=wanted.rate * 0.003), "within 3 ms"
    assert measure(made).lufs == pytest.approx(measure(MP3).lufs or 0, abs=0.7)
    middle = pcm[wanted.skip + wanted.rate : wanted.skip + 2 * wanted.rate].astype(float)
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle))))
    assert int(spectrum.argmax()) == 1000


def test_each_is_smaller_than_the_sound_itself() -> None:
    sizes = {name: len(convert(MP3, LEAD_SAMPLES_MP3, wanted)) for name, wanted in FORMATS.items()}
    assert sizes["opus"] < sizes["mp3-22"] < sizes["mp3"] < 3 * 44100


def test_the_names_are_those_of_the_wire() -> None:
    assert tuple(FORMATS) == ON_THE_WIRE


def test_what_is_no_sound_is_refused() -> None:
    with pytest.raises(FormatError, match="opus could not be made"):
        convert(b"no sound", 0, FORMATS["opus"])
    assert decode(MP3).any()


@pytest.mark.parametrize("name", LIMITS)
def test_what_a_coder_gives_back_is_taken_from_the_peaks_first(name: str) -> None:
    """A tone far above comes out at the limit that was measured for the coder."""
    made = convert(to_mp3(tone(1000, 2, 0.95)), LEAD_SAMPLES_MP3, FORMATS[name])
    middle = np.abs(raw(made, FORMATS[name].rate).astype(float))[FORMATS[name].rate // 2 : -FORMATS[name].rate // 2] / 32768
    assert middle.max() <= LIMITS[name]["limit"] * 1.03
