"""The voice every machine has: pyttsx3 over espeak-ng."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

import numpy as np
import pyttsx3

from tts.engines import EngineError, Line, NothingHeard, NotMine, Pcm, Speech, Utterance, driver
from tts.engines.driver import Take
from tts.engines.options import EngineOptions
from tts.level import trimmed
from tts.voices import Voice

RATES = {"cmn": 195, "yue": 160, "en-us": 165, "hak": 190}
"""espeak-ng's words per minute, per voice: about 240 characters a minute in both Chinese voices, a newsreader's pace."""
VOLUME = 0.7
"""Below 1.0: at full volume espeak-ng clips one sentence in a hundred."""
JOIN_MS = 40
"""Between a Chinese stretch and a Latin one."""
_COMMA_MS = 250
_CLAUSE = re.compile(r"(?:\[\[.*?\]\]|[^\[])*?(?:[,;:،؛](?=\s)|(?<=\]\])[.?!](?=\s)|$)", re.DOTALL)
"""Up to a comma before a blank, or a full stop after phonemes; signs inside [[ ]] are phonemes."""


class SystemEngine:
    """pyttsx3, spoken by espeak-ng. One per process, used from one thread."""

    name = "system"

    def __init__(self, options: EngineOptions | None = None) -> None:
        self._problem: Exception | None = None
        self._loaded: Any = None

    @property
    def _pyttsx3(self) -> Any:
        if self._loaded is None:
            driver.register()
            self._loaded = pyttsx3.init(driver.DRIVER)
            self._loaded.connect("error", self._failed)
            self._loaded.setProperty("volume", VOLUME)
        return self._loaded

    def _failed(self, name: str | None, exception: Exception) -> None:
        self._problem = self._problem or exception

    def fingerprint(self, voice: Voice) -> str:
        programs = f"pyttsx3 {version('pyttsx3')} espeakng-loader {version('espeakng-loader')}"
        return f"{programs} rates {RATES} volume {VOLUME} {voice.variant} {voice.rate} {voice.pitch} {voice.liveliness}"

    def say(self, line: Line) -> Speech:
        """Raises EngineError: permanent for an unknown voice; NothingHeard for signs alone; NotMine where nobody read the line for it."""
        if not line.utterances:
            raise NotMine("there is nothing in it that the voice was given to say")
        parts: list[Pcm] = []
        rate = 0
        for utterance in line.utterances:
            for text, pause_ms in clauses(utterance, line.voice):
                speech = self.utter(utterance, text, line.voice)
                part, rate = trimmed(speech.pcm, speech.rate), speech.rate
                if len(part):
                    parts += [part, np.zeros(rate * pause_ms // 1000, np.int16)]
        if not parts:
            raise NothingHeard(line.text)
        return Speech(np.concatenate(parts[:-1]), rate)

    def utter(self, utterance: Utterance, text: str, voice: Voice) -> Speech:
        """One clause of an utterance in the voice."""
        if not text.strip():
            raise EngineError("there is nothing to say", permanent=True)
        take = Take()
        self._problem = None
        speaker = self._pyttsx3
        speaker.setProperty("voice", f"{utterance.voice}+{voice.variant}" if voice.variant else utterance.voice)
        speaker.setProperty("rate", round(RATES.get(utterance.voice, 175) * voice.rate))
        speaker.setProperty("pitch", voice.pitch)
        speaker.setProperty("range", voice.liveliness)
        speaker.setProperty("phonemes", utterance.phonemes)
        speaker.save_to_file(text, take)
        speaker.runAndWait()
        if isinstance(self._problem, EngineError):
            raise self._problem
        if self._problem is not None:
            raise EngineError(f"pyttsx3 failed: {self._problem}", permanent=False) from self._problem
        return Speech(take.pcm, take.rate)


def clauses(utterance: Utterance, voice: Voice) -> Iterator[tuple[str, int]]:
    """The utterance cut at its commas, and the milliseconds of silence after each part in this voice.

    espeak-ng speaks clause by clause anyway, so the melody stays; only the length of the pause becomes ours.
    """
    parts = [part for part in _CLAUSE.findall(utterance.text) if part.strip()]
    for number, part in enumerate(parts, 1):
        if number == len(parts):
            after = utterance.pause_ms
            yield part, voice.sentence_ms if after > _COMMA_MS else voice.comma_ms if after else JOIN_MS
        else:
            yield part, voice.comma_ms if part[-1] in ",;:،؛" else voice.sentence_ms
