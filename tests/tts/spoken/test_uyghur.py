"""Uyghur notices in words, and every letter keeps its place."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tts.spoken import joined, places, say, spoken
from tts.spoken.uyghur_numbers import cardinal, ordinal, out_of, until

UG = [
    ("2026-11-24", "ئىككى مىڭ يىگىرمە ئالتىنچى يىلى يىگىرمە تۆتىنچى نويابىر"),
    ("24.11.2026", "ئىككى مىڭ يىگىرمە ئالتىنچى يىلى يىگىرمە تۆتىنچى نويابىر"),
    ("2026-يىلى 11-ئاينىڭ 24-كۈنى", "ئىككى مىڭ يىگىرمە ئالتىنچى يىلى ئون بىرىنچى ئاينىڭ يىگىرمە تۆتىنچى كۈنى"),
    ("سائەت 9:30 دا يىغىن ئېچىلىدۇ", "سائەت توققۇز يېرىمدا يىغىن ئېچىلىدۇ"),
    ("8:00-17:30", "سائەت سەككىزدىن ئون يەتتە يېرىمگىچە"),
    ("سائەت 19:45 تە", "سائەت ئون توققۇزدىن قىرىق بەش مىنۇت ئۆتكەنتە"),
    ("تېلېفون: 0771-5832166", "تېلېفون: نۆل يەتتە يەتتە بىر بەش سەككىز ئۈچ ئىككى بىر ئالتە ئالتە"),
    ("13812345678", "بىر ئۈچ سەككىز بىر ئىككى ئۈچ تۆت بەش ئالتە يەتتە سەككىز"),
    ("110 غا تېلېفون قىلىڭ", "بىر بىر نۆل غا تېلېفون قىلىڭ"),
    ("3-5 كۈن", "ئۈچتىن بەشكىچە كۈن"),
    ("8-12-ئايلاردا", "سەككىزىنچىدىن ئون ئىككىنچى ئايلاردا"),
    ("1,234,567 ئادەم", "بىر مىليون ئىككى يۈز ئوتتۇز تۆت مىڭ بەش يۈز ئاتمىش يەتتە ئادەم"),
    ("٢٠٢٦-يىلى", "ئىككى مىڭ يىگىرمە ئالتىنچى يىلى"),
    ("۵۰ سوم", "ئەللىك سوم"),
    ("40% تىن ئارتۇق", "يۈزدە قىرىقتىن ئارتۇق"),
    ("%40 تىن ئارتۇق", "يۈزدە قىرىقتىن ئارتۇق"),
    ("% 68 - نىڭ نەتىجىسى", "يۈزدە ئاتمىش سەككىزنىڭ نەتىجىسى"),
    ("10%-20%", "يۈزدە ئوندىن يىگىرمىگىچە"),
    ("-5℃", "نۆلدىن تۆۋەن بەش سېلسىيە گرادۇس"),
    ("-5~3℃", "نۆلدىن تۆۋەن بەشتىن ئۈچكىچە سېلسىيە گرادۇس"),
    ("60km/h", "سائىتىگە ئاتمىش كىلومېتىر"),
    ("25kg ئۇن", "يىگىرمە بەش كىلوگرام ئۇن"),
    ("¥200", "ئىككى يۈز يۈەن"),
    ("$1.5 مىليون", "بىر پۈتۈن ئوندىن بەش مىليون دوللار"),
    ("2/3 قىسمى", "ئۈچتىن ئىككى قىسمى"),
    ("3/2 قىسمىدا", "ئۈچتىن ئىككى قىسمىدا"),
    ("3:2", "ئۈچكە ئىككى"),
    ("1-دەرىجىلىك", "بىرىنچى دەرىجىلىك"),
    ("5.6", "بەش پۈتۈن ئوندىن ئالتە"),
    ("2.53", "ئىككى پۈتۈن يۈزدىن ئەللىك ئۈچ"),
    ("COVID-19 ۋىرۇسى", "COVID-ئون توققۇز ۋىرۇسى"),
    ("G30 تاشيولى", "G ئوتتۇز تاشيولى"),
    ("A4 قەغەز", "A تۆت قەغەز"),
    ("v2.0.1", "v ئىككى چېكىت نۆل چېكىت بىر"),
    ("www.ts.cn", "www چېكىت ts چېكىت cn"),
    ("a1@b.com", "a بىر ئېت b چېكىت com"),
    ("№5", "بەشىنچى نومۇر"),
    ("50قا بېرىپ", "ئەللىكقا بېرىپ"),
    ("6 دىن", "ئالتىدىن"),
    ("8-ئۆي 501", "سەككىزىنچى ئۆي بەش يۈز بىر"),
    ("20ەسىر", "يىگىرمىنچى ەسىر"),
    ("1934يىلى", "بىر مىڭ توققۇز يۈز ئوتتۇز تۆتىنچى يىلى"),
    ("2 پارچە، 3 نەپەر", "ئىككى پارچە، ئۈچ نەپەر"),
    ("100 مو", "بىر يۈز مو"),
    ("80-يىللار", "سەكسىنىنچى يىللار"),
    ("5 - 6 قېتىم", "بەشتىن ئالتىگىچە قېتىم"),
]


@pytest.mark.parametrize(("written", "said"), UG)
def test_notices_are_said_in_words(written: str, said: str) -> None:
    assert spoken(written, "ug") == said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("100", "بىر يۈز"),
        ("100000", "يۈز مىڭ"),
        ("150000", "يۈز ئەللىك مىڭ"),
        ("1968", "بىر مىڭ توققۇز يۈز ئاتمىش سەككىز"),
        ("0", "نۆل"),
    ],
)
def test_numbers(written: str, said: str) -> None:
    assert cardinal(written) == said


@pytest.mark.parametrize(
    ("written", "first", "from_it", "to_it"),
    [
        ("2", "ئىككىنچى", "ئىككىدىن", "ئىككىگىچە"), ("3", "ئۈچىنچى", "ئۈچتىن", "ئۈچكىچە"), ("6", "ئالتىنچى", "ئالتىدىن", "ئالتىگىچە"),
        ("10", "ئونىنچى", "ئوندىن", "ئونغىچە"), ("40", "قىرىقىنچى", "قىرىقتىن", "قىرىققىچە"), ("90", "توقسىنىنچى", "توقساندىن", "توقسانغىچە"),
    ],
)  # fmt: skip
def test_endings_follow_the_sounds_of_the_word(written: str, first: str, from_it: str, to_it: str) -> None:
    word = cardinal(written)
    assert (ordinal(written), out_of(word), until(word)) == (first, from_it, to_it)


def test_words_keep_their_places() -> None:
    text = "2026-يىلى 3 ئادەم، 6 دىن"
    pieces = say(text, "ug")
    said, place = joined(pieces), places(pieces)
    assert text[place[said.index("يىلى")] :].startswith("يىلى 3") and text[place[said.rindex("دىن")] :] == "دىن"


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="0123456789.,:-~/%℃¥$ kmKMgA½Ⅲ²№#+=×①٣۵༥ئايدىنيىلى", max_size=24))
def test_whatever_is_written_no_digit_is_left_and_no_place_is_lost(text: str) -> None:
    pieces = say(text, "ug")
    assert not any(char.isdigit() for char in joined(pieces))
    assert [piece.start for piece in pieces] == [0, *[piece.end for piece in pieces]][: len(pieces)]
    assert (pieces[-1].end if pieces else 0) == len(text)
