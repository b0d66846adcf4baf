"""The six dialects: their names, the written languages each can be spoken from, and whether a voice here speaks them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tts import wordbook


@dataclass(frozen=True)
class Dialect:
    """One spoken language of the station.

    ``writings`` are the written languages (normalised codes) it can be read from, best first. ``fallback`` is the dialect to
    use where this one has no voice, None at the end of the road. ``by_words`` is True where characters cannot be read without a list of
    words that is not shipped (``tts.wordbook``).
    """

    code: str
    own_name: str
    english: str
    chinese: str
    writings: tuple[str, ...]
    fallback: str | None
    by_words: bool = False

    @property
    def speaks(self) -> bool:
        """Whether a voice of this station speaks it. What a person recorded is heard either way (``tts.recordings``)."""
        return not self.by_words or wordbook.present() or wordbook.served()

    @property
    def from_text(self) -> bool:
        """Whether it is read by the engine alone: there is no list of words here, and an engine is named that needs none."""
        return self.by_words and not wordbook.present() and wordbook.served()

    @property
    def no_voice_reason(self) -> str:
        """One plain sentence for the operator; empty when the dialect has a voice."""
        if self.speaks:
            return ""
        return (
            f"no voice speaks {self.english} ({self.own_name}) here, for its list of words is missing: install one with "
            "`python3 run.py add hakka`, or name a CSV file in the setting hakka_lexicon; or name an engine that needs none in the setting "
            "engines (hak = recorded http); or let a person read it; "
            f"villages that speak it can hear {DIALECTS[self.fallback].english if self.fallback else 'nothing'} instead"
        )


DIALECTS: dict[str, Dialect] = {
    d.code: d
    for d in (
        Dialect("cmn", "普通话", "Mandarin", "普通话", ("zh-Hans", "zh-Hant"), None),
        Dialect("yue", "廣東話", "Cantonese", "粤语", ("zh-Hant", "zh-Hans"), "cmn"),
        Dialect("hak", "客家話", "Hakka", "客家话", ("zh-Hant", "zh-Hans"), "cmn", by_words=True),
        Dialect("bo", "བོད་སྐད", "Tibetan", "藏语", ("bo",), "cmn"),
        Dialect("ug", "ئۇيغۇرچە", "Uyghur", "维吾尔语", ("ug",), "cmn"),
        Dialect("en", "English", "English", "英语", ("en",), "cmn"),
    )
}

_SCRIPTS = {"bo": "tibt", "ug": "arab", "en": "latn"}
"""A text in another script (ug-Latn) is another writing, and no dialect is spoken from it."""
_HANT_REGIONS = frozenset({"tw", "hk", "mo"})


class UnknownDialect(ValueError):
    """A dialect code that is not in the table."""

    def __init__(self, code: str) -> None:
        super().__init__(f"unknown dialect {code!r}; the station knows {', '.join(DIALECTS)}")


def dialect(code: str) -> Dialect:
    """The row of the table; raises UnknownDialect."""
    try:
        return DIALECTS[code]
    except KeyError:
        raise UnknownDialect(code) from None


def normalise_writing(lang: str) -> str:
    """A written language in the station's own spelling: zh, zh-CN, zh_Hans_CN -> zh-Hans; zh-TW, yue-HK -> zh-Hant; en-GB -> en."""
    parts = lang.strip().replace("_", "-").lower().split("-")
    if parts[0] not in ("zh", "cmn", "yue", "hak"):
        lang = {"eng": "en", "bod": "bo", "tib": "bo", "uig": "ug"}.get(parts[0], parts[0])
        other = [part for part in parts[1:] if len(part) == 4 and part.isalpha() and part != _SCRIPTS.get(lang, part)]
        return f"{lang}-{other[0].title()}" if other else lang
    rest = set(parts[1:])
    if "latn" in rest:
        return f"{parts[0]}-Latn"
    if "hans" in rest:
        return "zh-Hans"
    if "hant" in rest or rest & _HANT_REGIONS or (parts[0] == "yue" and "cn" not in rest):
        return "zh-Hant"
    return "zh-Hans"


def pick_text(code: str, available: Iterable[str]) -> str | None:
    """Which of an article's written languages this dialect is spoken from; the caller's own spelling of it, None when none fits."""
    by_writing: dict[str, str] = {}
    for lang in available:
        by_writing.setdefault(normalise_writing(lang), lang)
    for writing in dialect(code).writings:
        if writing in by_writing:
            return by_writing[writing]
    return None
