"""The walk through a text: pieces in order, without a gap, every place inside the text."""

from __future__ import annotations

import pytest

from tts.spoken import Piece, joined, places, say
from tts.spoken.rules import narrow, split

NOTICES = [
    ("cmn", "价格￥1.25元/斤，5月1日8:30在3栋501室，限速60km/h"),
    ("yue", "11月24號下午2:30，收費$20"),
    ("bo", "ཟླ་11ཚེས་24ཉིན་¥200"),
    ("ug", "$2.4 مىليون، 9-ئاينىڭ 29-كۈنى"),
    ("en", "On 24 November 2026 it costs $2.4 million"),
]


@pytest.mark.parametrize(("dialect", "text"), NOTICES)
def test_every_place_is_in_the_text(dialect: str, text: str) -> None:
    pieces = say(text, dialect)
    assert all(0 <= place < len(text) for place in places(pieces))
    assert [piece.start for piece in pieces[1:]] == [piece.end for piece in pieces[:-1]]
    assert all(piece.start < piece.end for piece in pieces)


def test_what_is_written_and_said_alike_keeps_its_own_place() -> None:
    assert split("8月1日", 0, 4, "八月一日") == [Piece(0, 1, "八"), Piece(1, 2, "月"), Piece(2, 3, "一"), Piece(3, 4, "日")]


def test_words_that_are_only_said_belong_to_what_stands_before_them() -> None:
    assert split("5 million", 0, 9, "five million yuan") == [Piece(0, 2, "five "), Piece(2, 9, "million yuan")]
    assert split("3元", 0, 2, "每三") == [Piece(0, 2, "每三")]


def test_digits_and_letters_of_any_width_and_script_are_the_plain_ones() -> None:
    assert narrow("Ａ１٣۵༥९b") == "A1355" + "9b"


def test_a_text_without_anything_to_rewrite_is_one_plain_piece() -> None:
    assert say("全村开会。", "cmn") == [Piece(0, 5, "全村开会。")] and joined(say("", "cmn")) == ""
