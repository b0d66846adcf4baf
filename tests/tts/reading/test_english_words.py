"""English words on which dictionary and voice differ: what is reported, what is spoken."""

from __future__ import annotations

from tts.reading import english_words, read_sentence


def test_the_first_the_last_and_a_capital_word_are_found_and_others_are_not() -> None:
    rows = english_words._rows()
    assert rows == sorted(rows)
    for row in (rows[0], rows[-1]):
        word, said = row.decode().split("\t")
        assert english_words.readings(word.title().replace("'", "’")) == said.split(" ")
    assert english_words.readings("zzzz") == english_words.readings("") == english_words.readings("水") == []


def test_the_voice_says_which_weak_vowel_stands_and_the_dictionary_the_rest() -> None:
    assert english_words.reported("acquisition", "əkwɪzɪʃən") == "ækwɪzɪʃən"
    assert english_words.reported("zzzz", "zɪz") == "zɪz"


def test_only_a_word_that_is_quite_another_is_spoken_by_the_dictionary() -> None:
    (said,) = read_sentence("en", "The ziggurat and the harvest").utterances
    assert said.text == "The [[z'Ig3,at]] and the harvest"
