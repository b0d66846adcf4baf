"""A sentence becomes level sound: read, spoken by the first engine that can, brought to the station's rate and loudness."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tts.dialects import DIALECTS
from tts.engines import Line, NothingHeard
from tts.engines.chain import Engines
from tts.engines.worker import Job, Trying
from tts.level import levelled
from tts.reading import Lexicon, Reading, read_sentence
from tts.reading.marks import plain, without_marks
from tts.voices import DEFAULT, Manner, voice

_SILENT: dict[str, Any] = {"engine": "", "instead": [], "passing": False, "blocks": [], "peak": 0}


def _reading(manner: Manner, sentence: str, recording: str) -> Reading:
    """How the sentence is read; what a person recorded needs no reading where nothing here reads the dialect."""
    row = DIALECTS[manner.dialect]
    if recording and not row.speaks:
        return Reading(without_marks(sentence), (), (), ())
    found = read_sentence(manner.dialect, sentence, Lexicon(manner.words))
    # what is given by people goes to the engine that reads the rest itself; the voice here would say those words alone
    return replace(found, utterances=(), unknown=(), unread=()) if row.from_text else found


class Voicing:
    """Called with a job and which of its sentences; the engines and the dictionaries stay loaded between calls."""

    def __init__(self, engines: Engines | None = None) -> None:
        self.engines = engines or Engines()
        self._warm: set[str] = set()

    def warm(self, dialect: str) -> None:
        """Load what the dialect needs, once: up to two seconds on a slow machine."""
        if dialect not in self._warm:
            self._warm.add(dialect)
            if not DIALECTS[dialect].speaks or DIALECTS[dialect].from_text:
                return  # a person or an engine reads it, and that needs no dictionary
            reading = read_sentence(dialect, "1")
            if "system" in self.engines.options.engines(dialect, DEFAULT):
                self.engines.engine("system").say(Line(voice(dialect), "1", reading.spoken, (), reading.utterances))

    def __call__(self, job: Job, at: int, trying: Trying = lambda engine: None) -> tuple[dict[str, Any], bytes]:
        """Sentence ``at`` of the job. What to tell: spoken form, what nobody could read and where, who spoke and why nobody before,
        K-weighted power per 100 ms; and the samples at RATE.

        A sentence in which nothing can be read is silent: what stands in ``unknown`` says so.
        """
        manner, sentence = job.manner, job.sentences[at]
        recording = manner.recordings.get(sentence, "")
        reading = _reading(manner, sentence, recording)
        told: dict[str, Any] = {"spoken": reading.spoken, "unknown": [list(each) for each in reading.unknown]}
        if not reading.utterances and not recording and not (DIALECTS[manner.dialect].from_text and any(map(str.isalnum, reading.spoken))):
            return {**told, **_SILENT}, b""
        text, place = plain(sentence)  # an engine that reads the text itself would say the marks
        marks = tuple((place(mark.at), mark.text, mark.reading) for mark in reading.marks)
        line = Line(voice(manner.dialect, manner.voice), text, reading.spoken, marks, reading.utterances, recording)
        try:
            said = self.engines.say(line, job.without, trying)
        except NothingHeard:
            return {**told, **_SILENT, "unknown": [[0, sentence]]}, b""
        sound = levelled(said.speech)
        instead = [list(each) for each in said.instead]
        told |= {"engine": said.engine, "instead": instead, "passing": said.passing, "blocks": sound.blocks, "peak": sound.peak}
        return told, sound.pcm.tobytes()

    def read(self, job: Job, at: int, trying: Trying = lambda engine: None) -> tuple[dict[str, Any], bytes]:
        """How sentence ``at`` would be spoken, without a sound: marks are [place in the spoken form, characters, reading, doubtful],
        readings and doubtful have their places in the sentence itself."""
        reading = _reading(job.manner, job.sentences[at], "")
        told = {
            "spoken": reading.spoken,
            "readings": [[mark.at, mark.text, mark.reading] for mark in reading.marks],
            "doubtful": [mark.at for mark in reading.marks if mark.doubtful],
            "marks": [[mark.said, mark.text, mark.reading, mark.doubtful] for mark in reading.marks],
            "unread": [list(each) for each in reading.unread],
            "unknown": [list(each) for each in reading.unknown],
        }
        return told, b""
