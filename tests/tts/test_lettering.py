"""Letters: the right font for each, shaped as their readers write them, and lines that fit."""

from __future__ import annotations

import pytest

from tests.tts.test_captions import LONG
from tts.lettering import faces, measured, narrow, runs, undrawn, wrapped

HAN, TIBETAN, ARABIC = range(3)


@pytest.mark.parametrize("stack", ["བསྒྲིབས", "རྒྱལ", "ཧཱུྃ", "སྤྱོད"])
def test_tibetan_letters_are_stacked(stack: str) -> None:
    face = faces()[TIBETAN]
    shaped, unshaped = face.glyphs(stack), face.glyphs(stack, shaped=False)
    assert len(shaped) < len(unshaped), "subjoined letters have become one with their base"
    assert {glyph for glyph, _ in shaped} - {glyph for glyph, _ in unshaped}, "and the stack is a form of its own"


@pytest.mark.parametrize("word", ["ئۇيغۇرچە", "كەنت", "ئۇقتۇرۇش"])
def test_uyghur_letters_are_joined_and_run_from_right_to_left(word: str) -> None:
    face = faces()[ARABIC]
    shaped = [glyph for glyph, _ in face.glyphs(word)]
    unshaped = [glyph for glyph, _ in face.glyphs(word, shaped=False)]
    assert len(set(shaped) - set(unshaped)) >= 2, "letters inside a word take other forms than alone"
    turned = [glyph for glyph, _ in face.glyphs("دەر")]
    assert turned[0] == face.glyphs("ر")[0][0], "the last letter stands at the left"


@pytest.mark.parametrize("letter", "ئەېۇۆۈۋڭگچپژغقخھيى،؛؟")
def test_every_uyghur_letter_has_a_form(letter: str) -> None:
    assert faces()[ARABIC].has(letter)


def test_every_character_of_the_national_lists_is_drawn() -> None:
    """GB 2312 and Big5 are what simplified and traditional newspapers are set in."""
    for codec, first in (("gb2312", range(0xB0, 0xF8)), ("big5", range(0xA4, 0xFA))):
        pairs = [bytes([a, b]) for a in first for b in range(0x40, 0xFF)]
        letters = "".join(pair.decode(codec, "ignore") for pair in pairs)
        assert len([c for c in letters if "\u4e00" <= c <= "\u9fff"]) > 6700
        assert undrawn("".join(c for c in letters if "\u4e00" <= c <= "\u9fff")) == []
    assert undrawn("嘅咗喺冇啲嗰嚟咁哋嘢佢唔乜嘥攞搵瞓諗睇𠊎摎恁毋徛") == []


def test_what_no_font_has_is_said() -> None:
    assert undrawn("停水𪚥 \u200f通知ꙮ") == ["ꙮ", "𪚥"]


def test_each_letter_gets_its_own_font_and_marks_stay() -> None:
    found = [(run.face.family, run.text) for run in runs("WeChat (ئۈندىدار) 13. བོད་ཡིག")]
    assert found == [
        ("Xiangyin Han", "WeChat ("), ("Noto Naskh Arabic", "ئۈندىدار"), ("Xiangyin Han", ") 13. "), ("Noto Serif Tibetan", "བོད་ཡིག"),
    ]  # fmt: skip


def test_an_apostrophe_beside_letters_is_as_narrow_as_they_are_and_han_quotes_stay() -> None:
    assert narrow("don’t “go” ئا’ئە") == "don't \"go\" ئا'ئە" and measured("don’t") == measured("don't")
    assert narrow("他说“停水”。") == "他说“停水”。"


@pytest.mark.parametrize("code", LONG)
def test_lines_fit_and_nothing_is_lost(code: str) -> None:
    text = LONG[code] * 3
    lines = wrapped(text, 20.0)
    assert [line.start for line in lines[1:]] == [line.end for line in lines[:-1]]
    assert (lines[0].start, lines[-1].end) == (0, len(text))
    broad = [measured(text[line.start : line.end].rstrip()) for line in lines]
    assert max(broad) <= 20.0
    assert min(broad[:-1]) > 10.0, "lines are filled"


def test_a_word_longer_than_a_line_is_parted() -> None:
    assert all(measured("x" * (line.end - line.start)) <= 5 for line in wrapped("x" * 100, 5.0))
    assert wrapped("", 5.0) == []
