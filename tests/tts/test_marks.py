"""Inline marks: well-formed ones give readings, everything else is named, and no word of the text is lost."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tts.reading import read_sentence
from tts.reading.marks import Segment, segments, without_marks
from tts.spoken import sentences


def accept(text: str, reading: str) -> str | None:
    """As a dialect would: one syllable with a digit a character."""
    parts = reading.lower().split()
    return " ".join(parts) if len(parts) == len(text) and all(re.fullmatch("[a-z]+[1-5]", part) for part in parts) else None


def cut(sentence: str) -> list[Segment]:
    return list(segments(sentence, accept))


def test_a_mark_gives_the_reading_of_its_word() -> None:
    assert cut("请{单|SHAN4}家") == [Segment(0, "请"), Segment(2, "单", "shan4"), Segment(10, "家")]
    assert cut("{ 单家 |shan4 jia1 }") == [Segment(2, "单家", "shan4 jia1")]


def test_a_brace_behind_a_backslash_is_no_mark() -> None:
    assert [each.text for each in cut(r"\{单|x\}家")] == ["{单|x", "}家"]
    assert not any(each.malformed or each.reading for each in cut(r"\{单|x\}家"))


@pytest.mark.parametrize("text", ["{单}家", "{}", "{单", "单}", "x|y", "单 | 家"])
def test_braces_and_bars_that_are_no_marks_are_left_alone(text: str) -> None:
    assert cut(text) == [Segment(0, text)]


@pytest.mark.parametrize(
    ("sentence", "wrong", "read"),
    [
        ("{单|zzz9x}家", (0, "{单|zzz9x}"), "单家"), ("{单|shan4 jia1}家", (0, "{单|shan4 jia1}"), "单家"), ("{单|}家", (0, "{单|}"), "单家"),
        ("{|shan4}家", (0, "{|shan4}"), "家"), ("{单|a1|b2}家", (0, "{单|a1|b2}"), "单家"), ("{单|shan4家庄明天", (0, "{单|shan4"), "单家庄明天"),
        ("单|shan4}家", (1, "|shan4}"), "单家"), ("{{单|shan4}|x}家", (0, "{{单|shan4}|x}"), "单家"), ("{单|{家|jia1}}庄", (0, "{单|{家|jia1}}"), "单庄"),
        ("{单|shan4 家庄明天上午八点停水请储水}好", (0, "{单|shan4"), "单家庄明天上午八点停水请储水}好"),
    ],
)  # fmt: skip
def test_a_mark_that_is_none_is_named_and_its_word_read(sentence: str, wrong: tuple[int, str], read: str) -> None:
    found = cut(sentence)
    assert [each.malformed for each in found if each.malformed] == [wrong]
    assert "".join(each.text for each in found) == read


@given(st.text(alphabet="{}|\\ 单家庄a14，。\r\n𠮷", max_size=60))
@settings(max_examples=400, deadline=None)
def test_every_part_stands_where_it_says_and_nothing_is_lost(sentence: str) -> None:
    at = 0
    found = cut(sentence)
    for each in found:
        assert sentence[each.start : each.start + len(each.text)] == each.text
        if each.malformed is None:
            assert each.start >= at
            at = each.start + len(each.text)
        else:
            assert sentence.startswith(each.malformed[1], each.malformed[0])
    kept = "".join(each.text + (each.malformed[1] if each.malformed else "") for each in found)
    assert set("单家庄𠮷") & set(sentence) == set("单家庄𠮷") & set(kept)


@pytest.mark.parametrize("text", ["{" * 20_000, "{|" * 10_000, "{单|" * 5_000 + "}" * 5_000, "|}" * 10_000, "\\{" * 10_000])
def test_nonsense_without_end_ends(text: str) -> None:
    assert len(without_marks(text)) <= len(text)


def test_places_hold_with_line_ends_wide_characters_numbers_and_marks() -> None:
    sentence = "𠀀\r\n{单|shàn}家3月5日😀{李|li3}好"
    found = read_sentence("cmn", sentence)
    places = {mark.text: mark.at for mark in found.marks}
    assert {char: places[char] for char in "家月日李好"} == {char: sentence.index(char) for char in "家月日李好"}
    assert (places["单"], places["三"], places["五"]) == (sentence.index("单"), sentence.index("3"), sentence.index("5"))
    assert (sentence.index("😀"), "😀") in found.unknown
    assert all(found.spoken[mark.said : mark.said + len(mark.text)] == mark.text for mark in found.marks)


def test_a_mark_is_never_cut_between_two_sentences() -> None:
    text = "Please come to {Dr. Li|li} tomorrow. " + "长" * 155 + "{单家庄, 村|shan4 jia1 zhuang1 cun1}" + "句" * 20
    assert any("{Dr. Li|li}" in each.text for each in sentences(text))
    assert any("{单家庄, 村|shan4 jia1 zhuang1 cun1}" in each.text for each in sentences(text))
