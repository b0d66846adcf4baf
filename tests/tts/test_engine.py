"""pyttsx3 with our driver: real speech, in this process, from one thread."""

from __future__ import annotations

import numpy as np
import pytest
import pyttsx3

from tts.engines import EngineError, Utterance
from tts.engines.driver import DRIVER
from tts.engines.system import SystemEngine


@pytest.fixture(scope="module")
def engine() -> SystemEngine:
    return SystemEngine()


def test_it_is_really_pyttsx3(engine: SystemEngine) -> None:
    assert pyttsx3.init(DRIVER) is engine._pyttsx3
    assert {"cmn", "yue", "en-gb"} <= {lang for voice in engine._pyttsx3.getProperty("voices") for lang in voice.languages}


def test_twelve_short_texts_come_back_each_under_its_own_name(engine: SystemEngine) -> None:
    lengths = [engine.say(Utterance("en", "one " * n)).ms for n in range(1, 13)]
    assert lengths == sorted(lengths) and lengths[-1] > 6 * lengths[0]


def test_phonemes_are_spoken_as_phonemes(engine: SystemEngine) -> None:
    as_sound = engine.say(Utterance("cmn", "[[S;j'ong55]]", phonemes=True))
    spelled = engine.say(Utterance("cmn", "[[S;j'ong55]]"))
    assert as_sound.rate == 22050 and 200 < as_sound.ms < spelled.ms


def test_an_unknown_voice_is_a_permanent_error_and_not_english(engine: SystemEngine) -> None:
    with pytest.raises(EngineError, match="no voice 'bo'") as caught:
        engine.say(Utterance("bo", "བོད"))
    assert caught.value.permanent
    assert np.abs(engine.say(Utterance("en", "still here")).pcm).max() > 3000


def test_nothing_to_say_is_a_permanent_error(engine: SystemEngine) -> None:
    with pytest.raises(EngineError, match="nothing to say"):
        engine.say(Utterance("en", "  "))


def test_the_fingerprint_names_the_versions(engine: SystemEngine) -> None:
    assert "espeakng-loader 0." in engine.fingerprint()
