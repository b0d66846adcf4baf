"""English: the voice reads plain text itself; capitals are spelled, and characters inside are read in Mandarin."""

from __future__ import annotations

import re

from tts.engines import Utterance

VOICE = "en"
_CAPITALS = re.compile(r"\b[A-Z]{2,6}\b")
# capitals that are said as a word
_AS_WORDS = frozenset({"OK", "COVID", "AIDS", "NASA", "UNESCO", "UNICEF", "PIN", "NATO", "SIM"})


def latin_words(text: str) -> str:
    """Latin words as the English voice should get them: ETC -> E T C, WiFi stays."""
    return _CAPITALS.sub(lambda m: m.group() if m.group() in _AS_WORDS else " ".join(m.group()), text)


def read(text: str) -> tuple[list[Utterance], list[str]]:
    """A sentence in its spoken form -> what the voices are given."""
    from tts.reading import mandarin, stretches

    utterances: list[Utterance] = []
    unknown: list[str] = []
    plain: list[str] = []

    def close() -> None:
        if re.search(r"\w", "".join(plain)):
            utterances.append(Utterance(VOICE, "".join(plain).strip()))
        plain.clear()

    for stretch in stretches(text):
        if stretch.kind == "latin":
            plain.append(f" {latin_words(stretch.text)}")
        elif stretch.kind in ("pause", "long"):
            plain.append(stretch.text)
        elif stretch.kind == "unknown":
            unknown.append(stretch.text)
        else:
            close()
            sound, missing = mandarin.run_to_phonemes(stretch.text)
            unknown += missing
            if sound:
                utterances.append(Utterance(mandarin.VOICE, f"[[{sound}]]", phonemes=True))
    close()
    return utterances, unknown
