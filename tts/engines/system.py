"""The voice every machine has: pyttsx3 over espeak-ng."""

from __future__ import annotations

import pyttsx3

from tts.engines import EngineError, Speech, Utterance, driver
from tts.engines.driver import Take

RATES = {"cmn": 195, "yue": 160, "en-us": 165, "hak": 190}
"""espeak-ng's words per minute, per voice: about 240 characters a minute in both Chinese voices, a newsreader's pace."""
VOLUME = 0.7
"""Below 1.0: at full volume espeak-ng clips one sentence in a hundred."""


class SystemEngine:
    """pyttsx3, spoken by espeak-ng. One per process, used from one thread."""

    name = "pyttsx3/espeak-ng"

    def __init__(self) -> None:
        driver.register()
        self._problem: Exception | None = None
        self._pyttsx3 = pyttsx3.init(driver.DRIVER)
        self._pyttsx3.connect("error", self._failed)
        self._pyttsx3.setProperty("volume", VOLUME)

    def _failed(self, name: str | None, exception: Exception) -> None:
        self._problem = self._problem or exception

    def fingerprint(self) -> str:
        return fingerprint()

    def say(self, utterance: Utterance) -> Speech:
        """Raises EngineError: permanent for an unknown voice."""
        if not utterance.text.strip():
            raise EngineError("there is nothing to say", permanent=True)
        take = Take()
        self._problem = None
        self._pyttsx3.setProperty("voice", utterance.voice)
        self._pyttsx3.setProperty("rate", RATES.get(utterance.voice, 175))
        self._pyttsx3.setProperty("phonemes", utterance.phonemes)
        self._pyttsx3.save_to_file(utterance.text, take)
        self._pyttsx3.runAndWait()
        if isinstance(self._problem, EngineError):
            raise self._problem
        if self._problem is not None:
            raise EngineError(f"pyttsx3 failed: {self._problem}", permanent=False) from self._problem
        return Speech(take.pcm, take.rate)


def fingerprint() -> str:
    """Engine and its version, without starting it."""
    from importlib.metadata import version

    return f"pyttsx3 {version('pyttsx3')} espeakng-loader {version('espeakng-loader')} rates {RATES} volume {VOLUME}"
