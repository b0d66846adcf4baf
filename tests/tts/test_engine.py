"""pyttsx3 with our driver: real speech, in this process, from one thread."""

from __future__ import annotations

import numpy as np
import pytest
import pyttsx3

from tts.engines import EngineError, Line, NothingHeard, Speech, Utterance
from tts.engines.driver import DRIVER
from tts.engines.system import SystemEngine, clauses
from tts.voices import voice


@pytest.fixture(scope="module")
def engine() -> SystemEngine:
    return SystemEngine()


def say(engine: SystemEngine, spoken_by: str, text: str, *, phonemes: bool = False, name: str = "male") -> Speech:
    return engine.say(Line(voice("cmn", name), text, text, (), (Utterance(spoken_by, text, phonemes),)))


def test_it_is_really_pyttsx3(engine: SystemEngine) -> None:
    say(engine, "en", "one")
    assert pyttsx3.init(DRIVER) is engine._pyttsx3
    assert {"cmn", "yue", "en-gb"} <= {lang for voice in engine._pyttsx3.getProperty("voices") for lang in voice.languages}


def test_twelve_short_texts_come_back_each_under_its_own_name(engine: SystemEngine) -> None:
    lengths = [say(engine, "en", "one " * n).ms for n in range(1, 13)]
    assert lengths == sorted(lengths) and lengths[-1] > 6 * lengths[0]


def test_phonemes_are_spoken_as_phonemes(engine: SystemEngine) -> None:
    as_sound = say(engine, "cmn", "[[S;j'ong55]]", phonemes=True)
    spelled = say(engine, "cmn", "[[S;j'ong55]]")
    assert as_sound.rate == 22050 and 200 < as_sound.ms < spelled.ms


@pytest.mark.parametrize("name", ["xx", "xx+f1", "+f1"])
def test_an_unknown_voice_is_a_permanent_error_and_not_english(engine: SystemEngine, name: str) -> None:
    with pytest.raises(EngineError, match="no voice") as caught:
        say(engine, name, "བོད")
    assert caught.value.permanent
    assert np.abs(say(engine, "en", "still here").pcm).max() > 3000


@pytest.mark.parametrize("text", ["  ", "[[]]"])
def test_silence_is_told_from_speech(engine: SystemEngine, text: str) -> None:
    with pytest.raises(NothingHeard):
        say(engine, "en", text, phonemes=True)


def test_the_fingerprint_names_the_versions_and_the_voice(engine: SystemEngine) -> None:
    assert "espeakng-loader 0." in engine.fingerprint(voice("cmn"))
    assert len({engine.fingerprint(voice("cmn", name)) for name in ("male", "female", "slow", "lively")}) == 4


def test_an_utterance_is_cut_at_its_commas_and_not_inside_phonemes() -> None:
    cut = list(clauses(Utterance("cmn", "[[a:, b]], [[c]]. [[d]]", True, 400), voice("cmn", "slow")))
    assert cut == [("[[a:, b]],", 380), (" [[c]].", 650), (" [[d]]", 650)]
    assert list(clauses(Utterance("ug", "a.m. 1,5 b; c", False, 250), voice("ug"))) == [("a.m. 1,5 b;", 200), (" c", 200)]


def test_a_comma_lasts_as_long_as_the_voice_says(engine: SystemEngine) -> None:
    spoken = say(engine, "en", "one, two", name="slow")
    heard = np.flatnonzero(np.abs(spoken.pcm.astype(int)) > 60)
    assert (np.diff(heard).max() * 1000 / spoken.rate) == pytest.approx(380 + 40, abs=10)
