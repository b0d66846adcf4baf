"""Tibetan notices in words, and every letter keeps its place."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tts.spoken import joined, places, say, spoken
from tts.spoken.tibetan_numbers import cardinal

BO = [
    ("2026-11-24", "ཉིས་སྟོང་དང་ཉི་ཤུ་རྩ་དྲུག་ལོའི་ཟླ་བ་བཅུ་གཅིག་པའི་ཚེས་ཉི་ཤུ་རྩ་བཞི"),
    ("སྤྱི་ལོ་2026ལོའི་ཟླ་11ཚེས་24ཉིན།", "སྤྱི་ལོ་ཉིས་སྟོང་དང་ཉི་ཤུ་རྩ་དྲུག་ལོའི་ཟླ་བ་བཅུ་གཅིག་པའི་ཚེས་ཉི་ཤུ་རྩ་བཞི་ཉིན།"),
    ("ཆུ་ཚོད་9:30ལ་ཚོགས་འདུ་འཚོགས།", "ཆུ་ཚོད་དགུ་དང་སྐར་མ་སུམ་ཅུ་ལ་ཚོགས་འདུ་འཚོགས།"),
    ("8:00-17:30བར་", "ཆུ་ཚོད་བརྒྱད་ནས་བཅུ་བདུན་དང་སྐར་མ་སུམ་ཅུ་བར་"),
    ("ཁ་པར་0771-5832166", "ཁ་པར་ཀླད་ཀོར་བདུན་བདུན་གཅིག་ལྔ་བརྒྱད་གསུམ་གཉིས་གཅིག་དྲུག་དྲུག"),
    ("ཁ་པར་ཨང་། 13812345678", "ཁ་པར་ཨང་། གཅིག་གསུམ་བརྒྱད་གཅིག་གཉིས་གསུམ་བཞི་ལྔ་དྲུག་བདུན་བརྒྱད"),
    ("ཁ་པར་110ལ་རྒྱོབ།", "ཁ་པར་གཅིག་གཅིག་ཀླད་ཀོར་ལ་རྒྱོབ།"),
    ("ཉིན་3-5བར།", "ཉིན་གསུམ་ནས་ལྔ་བར།"),
    ("མི་1,234", "མི་ཆིག་སྟོང་ཉིས་བརྒྱ་དང་སུམ་ཅུ་སོ་བཞི"),
    ("༢༠༢༦ལོ།", "ཉིས་སྟོང་དང་ཉི་ཤུ་རྩ་དྲུག་ལོ།"),
    ("༡༥", "བཅོ་ལྔ"),
    ("50%ཡིན།", "བརྒྱ་ཆ་ལྔ་བཅུ་ཡིན།"),
    ("10%-20%", "བརྒྱ་ཆ་བཅུ་ནས་ཉི་ཤུ་བར"),
    ("-5℃", "ཧྲེ་ཏུའུ་ཀླད་འོག་ལྔ"),
    ("-5~3℃", "ཧྲེ་ཏུའུ་ཀླད་འོག་ལྔ་ནས་གསུམ་བར"),
    ("60km/hཡིན།", "ཆུ་ཚོད་རེར་སྤྱི་ལེ་དྲུག་བཅུ་ཡིན།"),
    ("25kgཡོད།", "སྤྱི་རྒྱ་ཉི་ཤུ་རྩ་ལྔ་ཡོད།"),
    ("¥200སྤྲོད།", "སྒོར་ཉིས་བརྒྱ་སྤྲོད།"),
    ("སྒོར་200སྤྲོད།", "སྒོར་ཉིས་བརྒྱ་སྤྲོད།"),
    ("$1.5", "ཨ་སྒོར་གཅིག་ཚེག་ལྔ"),
    ("2/3", "གསུམ་ཆ་གཉིས"),
    ("3:2", "གསུམ་སྡུར་གཉིས"),
    ("1པོ།", "དང་པོ།"),
    ("2པ།", "གཉིས་པ།"),
    ("COVID-19ནད་ཡམས།", "COVID-བཅུ་དགུ་ནད་ཡམས།"),
    ("G318གཞུང་ལམ།", "G གསུམ་གཅིག་བརྒྱད་གཞུང་ལམ།"),
    ("A4ཤོག་བུ།", "A བཞི་ཤོག་བུ།"),
    ("v2.0.1", "v གཉིས་ཚེག་ཀླད་ཀོར་ཚེག་གཅིག"),
    ("www.tibet.cn", "www ཚེག tibet ཚེག cn"),
    ("a1@b.com", "a གཅིག ཨེ་ཊི b ཚེག com"),
    ("№5 #3", "ཨང་ལྔ ཨང་གསུམ"),
    ("½", "གཉིས་ཆ་གཅིག"),
    ("3 + 4 = 7", "གསུམ སྣོན བཞི མཉམ བདུན"),
    ("མུའུ་100", "མུའུ་བརྒྱ"),
    ("501ཁང་མིག", "ལྔ་ཀླད་ཀོར་གཅིག་ཁང་མིག"),
    ("1000000", "ས་ཡ་གཅིག"),
    ("ཁྲི་2.5", "ཁྲི་གཉིས་ཚེག་ལྔ"),
]


@pytest.mark.parametrize(("written", "said"), BO)
def test_notices_are_said_in_words(written: str, said: str) -> None:
    assert spoken(written, "bo") == said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("0", "ཀླད་ཀོར"), ("15", "བཅོ་ལྔ"), ("18", "བཅོ་བརྒྱད"), ("21", "ཉི་ཤུ་རྩ་གཅིག"), ("32", "སུམ་ཅུ་སོ་གཉིས"), ("99", "དགུ་བཅུ་གོ་དགུ"), ("101", "བརྒྱ་དང་གཅིག"),
        ("1100", "ཆིག་སྟོང་ཆིག་བརྒྱ"), ("25000", "ཉིས་ཁྲི་ལྔ་སྟོང"), ("007", "ཀླད་ཀོར་ཀླད་ཀོར་བདུན"),
    ],
)  # fmt: skip
def test_numbers_are_written_as_in_school(written: str, said: str) -> None:
    assert cardinal(written) == said


def test_syllables_keep_their_places_and_their_tsheg() -> None:
    text = "ཟླ10ཚེས2ཉིན།"
    pieces = say(text, "bo")
    said, place = joined(pieces), places(pieces)
    assert said == "ཟླ་བ་བཅུ་པའི་ཚེས་གཉིས་ཉིན།"
    assert text[place[said.index("ཚེས")] :].startswith("ཚེས2") and text[place[said.index("ཉིན")] :] == "ཉིན།"


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="0123456789.,:-~/%℃¥$ kmKMgA½Ⅲ²№#+=×①٣۵༥ལོཟླཚེས་ནས", max_size=24))
def test_whatever_is_written_no_digit_is_left_and_no_place_is_lost(text: str) -> None:
    pieces = say(text, "bo")
    assert not any(char.isdigit() for char in joined(pieces))
    assert [piece.start for piece in pieces] == [0, *[piece.end for piece in pieces]][: len(pieces)]
    assert (pieces[-1].end if pieces else 0) == len(text)
