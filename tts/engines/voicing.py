"""A sentence becomes level sound: read, spoken stretch by stretch, trimmed, brought to the station's rate and loudness."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from tts.engines import Engine, Pcm, Utterance
from tts.engines.system import SystemEngine
from tts.level import RATE, at_station_rate, level, trimmed, weighted_blocks
from tts.reading import Lexicon, read_sentence

JOIN_MS = 40
"""Between a Chinese stretch and a Latin one."""


class Voicing:
    """Called with (dialect, sentence, readings given for words); the engine and the dictionaries stay loaded between calls."""

    def __init__(self, engine: Engine | None = None) -> None:
        self.engine: Engine = engine or SystemEngine()

        self._warm: set[str] = set()

    def warm(self, dialect: str) -> None:
        """Load what the dialect needs, once: up to two seconds on a slow machine."""
        if dialect not in self._warm:
            self(dialect, "1", {})
            self._warm.add(dialect)

    def __call__(self, dialect: str, sentence: str, words: Mapping[str, str]) -> tuple[dict[str, Any], bytes]:
        """What to tell: spoken form, what nobody could read and where, K-weighted power per 100 ms; and the samples at RATE."""
        reading = read_sentence(dialect, sentence, Lexicon(words))
        pcm = self._sound(reading.utterances)
        told = {
            "spoken": reading.spoken,
            "unknown": [list(each) for each in reading.unknown],
            "blocks": [round(float(b), 9) for b in weighted_blocks(pcm)],
            "peak": int(np.abs(pcm.astype(np.int32)).max()) if len(pcm) else 0,
        }
        return told, pcm.tobytes()

    def read(self, dialect: str, sentence: str, words: Mapping[str, str]) -> tuple[dict[str, Any], bytes]:
        """How it would be spoken, without a sound: marks are [place in the spoken form, characters, reading, doubtful]."""
        reading = read_sentence(dialect, sentence, Lexicon(words))
        told = {
            "spoken": reading.spoken,
            "marks": [[mark.said, mark.text, mark.reading, mark.doubtful] for mark in reading.marks],
            "unread": [list(each) for each in reading.unread],
            "unknown": [list(each) for each in reading.unknown],
        }
        return told, b""

    def _sound(self, utterances: tuple[Utterance, ...]) -> Pcm:
        parts: list[Pcm] = []
        for utterance in utterances:
            speech = self.engine.say(utterance)
            part = trimmed(speech.pcm, speech.rate)
            if len(part):
                parts.append(level(at_station_rate(part, speech.rate), utterance.voice))
                parts.append(np.zeros(RATE * max(utterance.pause_ms, JOIN_MS) // 1000, np.int16))
        return np.concatenate(parts[:-1]) if parts else np.zeros(0, np.int16)
