"""English: words in broad IPA; capitals by letter unless they are words."""

from __future__ import annotations

from tts.reading import read_sentence
from tts.reading.english import is_word

WORDS = "NOTICE WATER ROAD SCHOOL STORM BRIDGE NIGHT COVID NATO UNESCO ASEAN OPEC OK WIFI NOT OFF ALL RAM"
LETTERS = "CCTV ETC HSBC WHO UN USA IAEA UNDP OECD ISBN HTTP USSR UNHCR IT"


def test_capitals_that_look_like_a_word_are_one_and_others_are_letters() -> None:
    assert [word for word in WORDS.split() if not is_word(word)] == []
    assert [word for word in LETTERS.split() if is_word(word)] == []


def test_a_line_of_capitals_is_read_in_words() -> None:
    (spoken,) = read_sentence("en", "NOTICE: WATER OFF ALL DAY. Ask the WHO.").utterances
    assert spoken.text == "NOTICE: WATER OFF ALL DAY. Ask the W H O."


def test_readings_are_broad_ipa() -> None:
    assert [mark.reading for mark in read_sentence("en", "The village school").marks] == ["ðə", "vɪlɪd͡ʒ", "skul"]
