"""Which dialects there are, and from which written language each is spoken."""

from __future__ import annotations

import pytest

from tts import wordbook
from tts.dialects import DIALECTS, UnknownDialect, dialect, normalise_writing, pick_text


def test_all_six_are_there_and_speak() -> None:
    assert list(DIALECTS) == ["cmn", "yue", "hak", "bo", "ug", "en"]
    assert [code for code, row in DIALECTS.items() if row.speaks] == list(DIALECTS)


def test_a_dialect_without_its_words_says_so_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wordbook, "present", lambda: False)
    assert [code for code, row in DIALECTS.items() if not row.speaks] == ["hak"]
    assert dialect("hak").no_voice_reason.startswith("no voice speaks Hakka (客家話) here, for its list of words is missing")
    assert dialect("hak").no_voice_reason.endswith("can hear Mandarin instead")
    assert dialect("cmn").no_voice_reason == ""


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("zh", "zh-Hans"), ("zh-CN", "zh-Hans"), ("zh_Hans_CN", "zh-Hans"), ("zh-TW", "zh-Hant"), ("zh-Hant", "zh-Hant"),
        ("zh-HK", "zh-Hant"), ("yue", "zh-Hant"), ("en-GB", "en"), ("eng", "en"), ("bo", "bo"), ("bod", "bo"), ("ug-Arab", "ug"),
        ("ug-Latn", "ug-Latn"), ("uig_cyrl_KZ", "ug-Cyrl"), ("bo-CN", "bo"), ("hak-Latn", "hak-Latn"),
    ],
)  # fmt: skip
def test_language_codes_are_normalised(written: str, normal: str) -> None:
    assert normalise_writing(written) == normal


def test_the_best_text_is_picked_under_its_own_name() -> None:
    assert pick_text("cmn", ["zh-Hant", "zh-CN"]) == "zh-CN"
    assert pick_text("yue", ["zh-CN", "zh-Hant"]) == "zh-Hant"
    assert pick_text("cmn", ["en", "zh-TW"]) == "zh-TW"
    assert pick_text("en", ["zh"]) is None
    assert pick_text("bo", []) is None
    assert pick_text("ug", ["ug-Latn", "en"]) is None


def test_an_unknown_dialect_is_named() -> None:
    with pytest.raises(UnknownDialect, match="'wuu'"):
        dialect("wuu")
