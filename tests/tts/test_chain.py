"""Engines in order: who speaks when the first cannot, who is asked again when, and engines that others install."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from station.settings import Settings, SettingsError
from tts.engines import EngineError, Line, NothingHeard, NotMine, Speech, Utterance
from tts.engines.chain import REST_SECONDS, Engines, installed
from tts.engines.options import EngineOptions, EnginesMisspelt, parse_order
from tts.pool import Pool
from tts.voices import Manner, Voice, voice

LINE = Line(voice("cmn"), "停水。", "停水。")


class Pretender:
    """Says one second, or raises what it was given; counts how often it was asked."""

    def __init__(self, name: str, *problems: Exception | None) -> None:
        self.name, self.problems, self.asked = name, list(problems), 0

    def fingerprint(self, voice: Voice) -> str:
        return f"{self.name} 1"

    def say(self, line: Line) -> Speech:
        self.asked += 1
        problem = self.problems.pop(0) if self.problems else None
        if problem is not None:
            raise problem
        return Speech(np.full(16000, 1000, np.int16), 16000)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def chain(*engines: Pretender, clock: Clock | None = None) -> Engines:
    made = Engines(EngineOptions(parse_order(" ".join(each.name for each in engines))), clock or Clock())
    made._made.update({each.name: each for each in engines})
    return made


def test_the_first_that_can_speaks_and_what_the_others_said_is_kept() -> None:
    tried: list[str] = []
    said = chain(
        Pretender("a", NotMine("")), Pretender("b", EngineError("hoarse", permanent=False)), Pretender("c", OSError("no line")), Pretender("d")
    ).say(LINE, trying=tried.append)
    assert (said.engine, said.instead, said.passing) == ("d", (("b", "hoarse"), ("c", "OSError: no line")), True)
    assert tried == ["a", "b", "c", "d"]


def test_what_an_engine_cannot_ever_say_is_no_passing_failure() -> None:
    said = chain(Pretender("a", EngineError("no such word", permanent=True)), Pretender("b")).say(LINE)
    assert not said.passing


def test_an_engine_that_failed_rests_for_a_while() -> None:
    clock, first = Clock(), Pretender("a", EngineError("down", permanent=False))
    engines = chain(first, Pretender("b"), clock=clock)
    assert [engines.say(LINE).engine for _ in range(3)] == ["b", "b", "b"] and first.asked == 1
    assert engines.say(LINE).instead == (("a", "down"),)
    clock.now = REST_SECONDS + 1
    assert engines.say(LINE).engine == "a"


@pytest.mark.parametrize(("problem", "permanent"), [(EngineError("x", permanent=True), True), (RuntimeError("x"), False)])
def test_when_none_can_the_error_names_each(problem: Exception, permanent: bool) -> None:
    with pytest.raises(EngineError, match=r"a: never; b: .*x") as caught:
        chain(Pretender("a", EngineError("never", permanent=True)), Pretender("b", problem)).say(LINE)
    assert caught.value.permanent is permanent


def test_silence_is_told_as_silence() -> None:
    with pytest.raises(NothingHeard):
        chain(Pretender("a", EngineError("never", permanent=True)), Pretender("b", NothingHeard("x"))).say(LINE)


def test_an_engine_that_took_its_process_down_is_left_out() -> None:
    first = Pretender("a")
    said = chain(first, Pretender("b")).say(LINE, without=("a",))
    assert (said.engine, first.asked, said.passing) == ("b", 0, True)


def test_an_engine_that_is_not_installed_is_said_and_the_next_speaks() -> None:
    engines = Engines(EngineOptions(parse_order("nobody system")))
    assert "no engine is called 'nobody'; installed are " in engines.fingerprint(LINE.voice)
    speech = engines.say(Line(LINE.voice, "[[i55]]", "[[i55]]", (), (Utterance("cmn", "[[i55]]", True),)))
    assert speech.engine == "system" and not speech.passing and speech.instead[0][0] == "nobody"


@pytest.mark.parametrize("text", ["cm = system", "cmn/bass = system", "cmn =", "cmn = system; cmn = http", "*/male = system"])
def test_an_order_that_cannot_be_understood_is_refused(text: str) -> None:
    with pytest.raises(EnginesMisspelt):
        parse_order(text)
    with pytest.raises(SettingsError, match="engines: "):
        EngineOptions.of(Settings(engines=text))


def test_the_order_is_that_of_the_voice_else_the_dialect_else_all() -> None:
    options = EngineOptions(parse_order("a b; cmn = c; cmn/slow = d b d"))
    assert [options.engines(*each) for each in (("yue", "slow"), ("cmn", "male"), ("cmn", "slow"))] == [("a", "b"), ("c",), ("d", "b")]
    assert EngineOptions.from_json(options.to_json()) == options


THEIRS = """
import os, numpy
from tts.engines import EngineError, Speech
class Whistle:
    name = "whistle"
    def __init__(self, options): pass
    def fingerprint(self, voice): return "whistle 1"
    def say(self, line):
        if "死" in line.text: os._exit(3)
        if "错" in line.text: raise EngineError("out of breath", permanent=False)
        return Speech((numpy.sin(numpy.arange(16000) / 3) * 9000).astype(numpy.int16), 16000)
"""


@pytest.fixture
def whistle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pool]:
    """A distribution of somebody else's that offers the engine ``whistle``."""
    (tmp_path / "whistling.py").write_text(THEIRS)
    info = tmp_path / "whistling-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: whistling\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[xiangyin.engines]\nwhistle = whistling:Whistle\nsystem = whistling:Whistle\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    installed.cache_clear()
    pool = Pool(1, options=EngineOptions(parse_order("whistle system")))
    yield pool
    pool.close()
    installed.cache_clear()


def test_an_engine_of_somebody_else_speaks_and_falls_back_per_sentence(whistle: Pool) -> None:
    assert "whistle 1; system: pyttsx3" in whistle.engines.fingerprint(voice("cmn"))  # our own name is not taken over
    said = list(whistle.speak(["停水。", "停电错。", "停气。"], Manner("cmn")))
    assert [each.engine for each in said] == ["whistle", "system", "system"]
    assert said[1].instead == (("whistle", "out of breath"),) and said[1].passing


def test_an_engine_that_takes_its_process_down_twice_gives_the_text_to_the_next(whistle: Pool) -> None:
    said = list(whistle.speak(["停水。", "死。", "停气。"], Manner("cmn")))
    assert [each.engine for each in said] == ["whistle", "system", "system"]
    assert said[1].instead == (("whistle", "it took its process down twice"),)
