"""The named voices of every dialect: male, female, slow (for the elderly), lively (for children), and how each speaks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tts.dialects import DIALECTS, dialect

DEFAULT = "male"
NAME_MAX = 32
WHOLE = ""
"""In the place of a sentence: the whole text, read by a person at a stretch."""


@dataclass(frozen=True)
class Voice:
    """One voice of one dialect.

    ``rate`` is the pace beside the dialect's ordinary one; ``pitch`` and ``liveliness`` run from 0 to 100 as espeak-ng counts them
    (50 is the voice's own); ``variant`` is the espeak-ng variant. Other engines take what they can of it: the name, the pace.
    Pauses in milliseconds: at a comma, between sentences, between paragraphs, after the title.
    """

    dialect: str
    name: str
    english: str
    chinese: str
    variant: str
    rate: float = 1.0
    pitch: int = 50
    liveliness: int = 50
    comma_ms: int = 200
    sentence_ms: int = 320
    paragraph_ms: int = 600
    title_ms: int = 700

    def pace(self) -> tuple[int, ...]:
        """The pauses, for a fingerprint."""
        return self.comma_ms, self.sentence_ms, self.paragraph_ms, self.title_ms


class UnknownVoice(ValueError):
    """A voice that the dialect does not have."""

    def __init__(self, code: str, name: str) -> None:
        super().__init__(f"{dialect(code).english} has no voice {name!r}; it has {', '.join(names(code))}")


# espeak-ng's variants m3 and f1: of those without an echo (the loudspeaker's own valley has one) the clearest pair, measured
# at 85-105 and 150-205 Hz in the six dialects. A slow voice pauses longer too: an old listener needs the gaps more than the drawl.
def _of(code: str) -> tuple[Voice, ...]:
    return (
        Voice(code, "male", "male", "男声", "m3"),
        Voice(code, "female", "female", "女声", "f1", pitch=54),
        Voice(
            code, "slow", "slow, for the elderly", "慢速（老人）", "m3", 0.72,
            comma_ms=380, sentence_ms=650, paragraph_ms=1000, title_ms=1100,
        ),
        Voice(
            code, "lively", "lively, for children", "活泼（儿童）", "f1", 1.06, 66, 75,
            comma_ms=180, sentence_ms=300, paragraph_ms=550, title_ms=600,
        ),
    )  # fmt: skip


VOICES: dict[tuple[str, str], Voice] = {(each.dialect, each.name): each for code in DIALECTS for each in _of(code)}


def names(code: str) -> tuple[str, ...]:
    """The voices of a dialect, the ordinary one first."""
    return tuple(name for spoken, name in VOICES if spoken == code)


def voice(code: str, name: str = DEFAULT) -> Voice:
    """The voice of the dialect with this name; raises UnknownDialect or UnknownVoice."""
    dialect(code)
    try:
        return VOICES[code, name or DEFAULT]
    except KeyError:
        raise UnknownVoice(code, name) from None


@dataclass(frozen=True)
class Manner:
    """How a text is to be spoken: the dialect, the name of the voice, the readings that people gave for words, and by the text of a
    sentence (WHOLE: of everything) the file in which a person reads it."""

    dialect: str
    voice: str = DEFAULT
    words: Mapping[str, str] = field(default_factory=dict)
    recordings: Mapping[str, str] = field(default_factory=dict)
