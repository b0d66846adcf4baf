"""A sentence of several scripts: characters as phonemes for one voice, Latin words for the English one, pauses kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tts.engines import Utterance
from tts.reading import stretches
from tts.reading.english import latin_words

Reader = Callable[[str], tuple[str, list[str]]]


def utter(text: str, voice: str, reader: Reader) -> tuple[list[Utterance], list[str]]:
    """``reader`` turns a run of characters into phonemes and names what it could not read."""
    utterances: list[Utterance] = []
    unknown: list[str] = []
    clauses: list[str] = []

    def close() -> None:
        if any(clause.startswith("[[") for clause in clauses):
            utterances.append(Utterance(voice, "".join(clauses), phonemes=True))
        clauses.clear()

    for stretch in stretches(text):
        if stretch.kind == "han":
            sound, missing = reader(stretch.text)
            unknown += missing
            if sound:
                clauses.append(f"[[{sound}]]")
        elif stretch.kind == "latin":
            close()
            utterances.append(Utterance("en", latin_words(stretch.text)))
        elif stretch.kind == "unknown":
            unknown.append(stretch.text)
        elif clauses and clauses[-1].startswith("[["):
            clauses.append(", " if stretch.kind == "pause" else ". ")
        elif utterances and not clauses:
            utterances[-1] = replace(utterances[-1], pause_ms=250)
    close()
    return utterances, unknown
