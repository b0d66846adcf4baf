"""A microphone that hears its own loudspeaker is met before it is loud for long; whoever speaks, hums or switches a tone on is left alone."""

from __future__ import annotations

import numpy as np
import pytest

from broadcast.howling import DUCK_DB, Guard
from broadcast.talk import RATE

PIECE = 480


def speech(seconds: float, pitch: float = 120.0) -> np.ndarray:
    """Vowels of changing pitch in syllables, over a little noise; full scale is 1."""
    draw, at = np.random.default_rng(6), np.arange(int(RATE * seconds)) / RATE
    angle = 2 * np.pi * np.cumsum(pitch * (1 + 0.1 * np.sin(4.4 * at) + 0.05 * np.sin(14.5 * at))) / RATE
    vowel = sum(np.sin(k * angle) / k for k in range(1, 25))
    return np.asarray(0.15 * vowel * np.clip(np.sin(22 * at) + 0.2, 0, 1) + 0.003 * draw.standard_normal(len(at)))


def heard(guard: Guard, sound: np.ndarray) -> list[str]:
    pieces = (sound[at : at + PIECE] for at in range(0, len(sound), PIECE))
    return [said for piece in pieces if (said := guard.hear((np.clip(piece, -1, 1) * 32767).astype("<i2").tobytes())[1])]


def looped(mouth: np.ndarray, delay_s: float, gain: float, hz: float = 1100.0) -> list[tuple[str, float]]:
    """The same microphone in a place whose loudspeaker comes back to it: a resonance at ``hz`` amplified ``gain`` times, so much later."""
    bell = np.hanning(240) * np.cos(2 * np.pi * hz / RATE * np.arange(240))
    bell *= gain / abs(np.sum(bell * np.exp(-2j * np.pi * hz / RATE * np.arange(240))))
    behind, guard, told = int(delay_s * RATE), Guard(), []
    back = np.zeros(len(mouth) + behind + 1000)
    for at in range(0, len(mouth) - PIECE, PIECE):
        microphone = np.clip(mouth[at : at + PIECE] + back[at : at + PIECE], -0.95, 0.95)
        out, said = guard.hear((microphone * 32767).astype("<i2").tobytes())
        if said:
            told.append((said, at / RATE))
        if said == "stop":
            break
        back[at + behind : at + behind + PIECE + 239] += np.convolve(np.frombuffer(out, "<i2") / 32768, bell)
    return told


@pytest.mark.parametrize("delay_s", [0.06, 0.3])
def test_a_howl_is_first_made_quieter_and_then_ends_the_talk(delay_s: float) -> None:
    told = looped(speech(14), delay_s, 2.0)
    assert [said for said, _ in told] == ["quieter", "stop"]
    assert told[0][1] < 6


def test_a_loop_that_does_not_amplify_is_no_howl() -> None:
    assert looped(speech(6), 0.2, 0.5) == []


def test_speech_pulses_and_a_whistled_tune_are_left_alone() -> None:
    at = np.arange(RATE * 8) / RATE
    pulses = 0.3 * np.sin(2 * np.pi * 800 * at) * (at % 1 < 0.7)
    tune = 0.3 * np.sin(2 * np.pi * np.cumsum(1500 + 300 * np.sin(3 * at)) / RATE)
    for sound in (speech(8), speech(8, 220.0), pulses, tune):
        assert heard(Guard(), sound) == []


def test_what_howls_goes_out_quieter() -> None:
    at, guard = np.arange(RATE * 2) / RATE, Guard()
    growing = 0.5 * np.sin(2 * np.pi * 900 * at) * np.minimum(1, 0.01 * 10 ** (at * 1.2))
    assert heard(guard, growing) == ["quieter"]
    loud = (0.5 * np.sin(2 * np.pi * 900 * at[:PIECE]) * 32767).astype("<i2")
    out = np.frombuffer(guard.hear(loud.tobytes())[0], "<i2").astype(float)
    assert abs(out).max() == pytest.approx(abs(loud).max() * 10 ** (DUCK_DB / 20), abs=1)
