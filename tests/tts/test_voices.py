"""Four voices a dialect, each different to hear."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from tts.dialects import DIALECTS, UnknownDialect
from tts.engines import Pcm
from tts.level import RATE
from tts.pool import Pool
from tts.voices import DEFAULT, Manner, UnknownVoice, names, voice

SENTENCE = {
    "cmn": "各位村民请注意，明天上午停水。", "yue": "各位村民請注意，聽日上晝停水。", "en": "Dear neighbours, the water will be off tomorrow.",
    "ug": "ھۆرمەتلىك دېھقانلار، ئەتە سۇ توختايدۇ.",
}  # fmt: skip


def pitch_hz(pcm: Pcm) -> float:
    """Median pitch of the voiced 46 ms windows, by autocorrelation."""
    found = []
    for at in range(0, len(pcm) - 2048, 2048):
        window = pcm[at : at + 2048].astype(float)
        alike = np.correlate(window, window, "full")[2047:]
        lag = RATE // 400 + int(alike[RATE // 400 : RATE // 70].argmax())
        if np.abs(window).max() > 2000 and alike[lag] > 0.5 * alike[0]:
            found.append(RATE / lag)
    return float(np.median(found))


def test_every_dialect_has_the_four_voices_the_ordinary_one_first() -> None:
    for code in DIALECTS:
        assert names(code) == (DEFAULT, "female", "slow", "lively")
        assert voice(code) == voice(code, "") == voice(code, DEFAULT)


def test_a_voice_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(UnknownVoice, match="Cantonese has no voice 'bass'; it has male, female, slow, lively"):
        voice("yue", "bass")
    with pytest.raises(UnknownDialect):
        voice("xx", "male")


@pytest.fixture(scope="module")
def spoken(pool: Pool) -> Iterator[dict[tuple[str, str], Pcm]]:
    spoken = {
        (code, name): next(pool.speak([text], Manner(code, name))).pcm
        for code, text in SENTENCE.items() if DIALECTS[code].speaks for name in names(code)
    }  # fmt: skip
    yield spoken


def test_the_voices_differ_in_pitch_and_pace(spoken: dict[tuple[str, str], Pcm]) -> None:
    for code in {code for code, _ in spoken}:
        male, female, slow, lively = (spoken[code, name] for name in names(code))
        assert pitch_hz(male) < 130 < 145 < pitch_hz(female) < pitch_hz(lively), code
        assert len(slow) > 1.25 * len(male) and len(lively) < len(female), code
