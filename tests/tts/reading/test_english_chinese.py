"""Chinese names in pinyin inside English text."""

from __future__ import annotations

import pytest

from tts.reading import read_sentence
from tts.reading.english_chinese import reading
from tts.reading.ipa import english_phonemes

NAMES = {
    "Longzhou": "lʊŋd͡ʒˈoʊ", "Guangxi": "ɡwɑŋʃˈi", "Xi'an": "ʃiˈɑn", "Qinghai": "t͡ʃɪŋhˈaɪ", "Dongxing": "dʊŋʃˈɪŋ", "Chongzuo": "t͡ʃʊŋdzwˈɔ",
    "Tiandeng": "tjɛndˈɛŋ", "Lüliang": "luljˈɑŋ", "Xishuangbanna": "ʃiʃwɑŋbɑnnˈɑ", "Wuxi": "wuʃˈi", "Zhengzhou": "d͡ʒɛŋd͡ʒˈoʊ",
    "Guangzhounese": "ɡwɑŋd͡ʒoʊnˈiz", "Shenzhenese": "ʃɛnd͡ʒɛnˈiz", "Guangdongese": "ɡwɑŋdʊŋˈiz", "Zhejiang’s": "d͡ʒəd͡ʒjˈɑŋz",
}  # fmt: skip
OTHERS = """
longzhou LONGZHOU Banana Canada Bengali Along Alongside Xenon Zhou Fabian Qatar Sananda O'Neill Taxi Maxi Boxing Exile Dixie Monique
Boutique Antique Congratulate Chinese Japanese Fukuoka Enrique Quesada Ne'er You're Payin' Hunan Manchester Hongkong Chinese's Tonga
"""


@pytest.mark.parametrize("name", NAMES)
def test_a_name_in_whole_syllables_is_read_by_them(name: str) -> None:
    assert reading(name) == NAMES[name]


def test_other_words_are_not() -> None:
    assert {word: reading(word) for word in OTHERS.split() if reading(word)} == {}


def test_every_reading_is_sounds_of_english() -> None:
    assert {name for name, said in NAMES.items() if english_phonemes(said) is None} == set()


def test_the_voice_says_it_and_the_page_shows_it() -> None:
    said = read_sentence("en", "The road to Longzhou is closed.")
    assert [mark.reading for mark in said.marks][3] == "lʊŋd͡ʒoʊ"
    assert said.utterances[0].text == "The road to [[lUNdZ'oU]] is closed."
