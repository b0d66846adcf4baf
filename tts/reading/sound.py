"""What a front end gives for each stretch of writing: its reading for people, and its phonemes for the voice."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sound:
    """``text`` stands at ``at`` in the run it was read from.

    ``reading`` is for people and lexicons, in dictionary tones before sandhi: pinyin + tone digit (v for ü, 5 neutral), jyutping, Hakka
    syllable + tone digit, IPA for Tibetan, Uyghur and English; None when nobody can read it. ``phonemes`` are the engine's own, after
    sandhi; empty where the voice reads the plain text itself. ``starts_word`` parts words; ``doubtful`` asks a person to look.

    A front end is a module with VOICE, ``owns(char)`` for its script, and ``read_run(run) -> list[Sound]``: every letter of the run in
    exactly one Sound, in order. Where a person may give readings it has ``given_phonemes(reading) -> list[str] | None`` too. The
    Chinese ones look at the whole sentence and weave given readings in: ``read_run(run, given, whole, at)``.
    """

    at: int
    text: str
    reading: str | None
    phonemes: str = ""
    starts_word: bool = True
    doubtful: bool = False
