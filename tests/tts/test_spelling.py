"""What people type as a reading becomes the station's spelling, or a refusal that says what to write instead."""

from __future__ import annotations

import pytest

from tts.spelling import EXAMPLES, WRITTEN_AS, LexiconRefused, tidy_reading, tidy_word


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("shan4 jia1 zhuang1", "shan4 jia1 zhuang1"), ("shàn jiā zhuāng", "shan4 jia1 zhuang1"), ("SHAN4JIA1ZHUANG1", "shan4 jia1 zhuang1"),
        ("Shan4-jia5’zhuang1", "shan4 jia5 zhuang1"), (" shan4  jia1\tzhuang1 ", "shan4 jia1 zhuang1"),
    ],
)  # fmt: skip
def test_pinyin_in_every_usual_spelling(typed: str, kept: str) -> None:
    assert tidy_reading("cmn", "单家庄", typed) == kept


@pytest.mark.parametrize("typed", ["lü4", "lu:4", "lv4", "lǜ"])
def test_the_u_with_dots(typed: str) -> None:
    assert tidy_reading("cmn", "绿", typed) == "lv4"


def test_jyutping_and_ipa() -> None:
    assert tidy_reading("yue", "单家", "sin6gaa1") == "sin6 gaa1"
    assert tidy_reading("en", "Xi'an", "ʃiˈɑn") == "ʃiˈɑn"


@pytest.mark.parametrize(
    ("code", "word", "reading", "says"),
    [
        ("cmn", "单家庄", "shan4 jia1", "3 characters.*2 syllables.*one syllable a character"),
        ("cmn", "单", "shan9", "“shan9” is no Mandarin reading: write pinyin with a tone digit"),
        ("cmn", "单", "shan", "“shan” is no Mandarin reading"),
        ("yue", "单", "shan4x", "is no Cantonese reading: write jyutping.*sin6"),
        ("en", "Li", "李", "is no English reading: write IPA"),
        ("cmn", "单", " ", "give a reading for “单”"),
        ("cmn", "单", "x" * 300, "longer than 200"),
    ],
)  # fmt: skip
def test_what_is_no_reading_is_refused_with_an_example(code: str, word: str, reading: str, says: str) -> None:
    with pytest.raises(LexiconRefused, match=says) as refused:
        tidy_reading(code, word, reading)
    assert refused.value.field == "reading"


@pytest.mark.parametrize("word", ["", " \n ", "{字", "a|b", "字}", "a\0b", "123", "，。", "字" * 41, "\ud800"])
def test_what_is_no_word_is_refused(word: str) -> None:
    with pytest.raises(LexiconRefused) as refused:
        tidy_word(word)
    assert refused.value.field == "word"


def test_every_dialect_says_how_it_is_written() -> None:
    from tts.dialects import DIALECTS

    assert set(EXAMPLES) == set(WRITTEN_AS) == set(DIALECTS)
