"""Uyghur: letter by letter from the Arabic script, nothing dropped."""

from __future__ import annotations

import pytest

from tts.reading import read_sentence, uyghur
from tts.reading.uyghur import given_phonemes, ipa, phonemes, read_run, written


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("ئۇيغۇر", "ʔujʁur"), ("يېزا", "jezɑ"), ("سائەت", "sɑʔɛt"), ("جەڭچى", "d͡ʒɛŋt͡ʃi"), ("كۈچلۈك", "kyt͡ʃlyk"),
        ("ئۆي", "ʔøj"), ("ژۇرنال", "ʒurnɑl"), ("ھاۋا", "hɑwɑ"), ("فونتان", "fontɑn"), ("ئۇ", "u"), ("ب", "be"),
    ],
)  # fmt: skip
def test_every_letter_has_its_sound(word: str, said: str) -> None:
    assert ipa(word) == said


def test_joined_forms_marks_and_foreign_keyboards_are_the_same_letters() -> None:
    assert written("\ufef3\ufbe7\ufeb0\ufe8d") == "يېزا"
    assert written("كـتـاب") == written("کتاب") == "كتاب"
    assert written("ث") is None


def test_a_letter_that_uyghur_lacks_is_reported_and_the_rest_of_the_word_is_read() -> None:
    assert [(s.at, s.text, s.reading) for s in read_run("بثب ئات")] == [
        (0, "ب", "be"),
        (1, "ث", None),
        (2, "ب", "be"),
        (4, "ئات", "ʔɑt"),
    ]
    assert read_sentence("ug", "ئات ث").unknown == ((4, "ث"),)


def test_all_letters_have_phonemes_of_the_voice_and_the_last_vowel_is_stressed() -> None:
    for letter, sound in (uyghur._VOWELS | uyghur._CONSONANTS).items():
        assert phonemes(sound), letter
    assert phonemes("jezɑ") == "jez'A"
    assert given_phonemes("jezɑ") == ["jez'A"] and given_phonemes("ʘ") is None


def test_a_sentence_of_three_scripts_keeps_every_word() -> None:
    reading = read_sentence("ug", "ئەتە «Xinjiang» دا 中国، سۇ توختايدۇ؟")
    assert not reading.unknown
    assert [u.voice for u in reading.utterances] == ["ug", "en-us", "ug", "cmn", "ug"]
    assert [mark.text for mark in reading.marks] == ["ئەتە", "Xinjiang", "دا", "中", "国", "سۇ", "توختايدۇ"]


def test_a_given_reading_wins() -> None:
    assert [mark.reading for mark in read_sentence("ug", "{كىتاب|kitɑp} ئال").marks] == ["kitɑp", "ʔɑl"]
