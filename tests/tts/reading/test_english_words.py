"""English words on which dictionaries and voice differ: what is reported, what is spoken."""

from __future__ import annotations

from pathlib import Path

import pytest

from tts.reading import english_words, read_sentence


def test_every_word_of_the_tables_is_found_and_others_are_not() -> None:
    for table in english_words._tables():
        rows = table.splitlines()
        assert rows == sorted(rows)
        for row in (rows[0], rows[-1], *rows[1 : -1 : len(rows) // 100]):
            word, said = row.decode().split("\t")
            assert english_words.readings(word.title().replace("'", "’")) == said.split()
    assert english_words.readings("zzzz") is None and english_words.readings("") is None and english_words.readings("水") is None


def test_a_word_that_the_voice_has_right_stands_in_the_table_without_a_reading() -> None:
    assert english_words.readings("village") == []
    assert english_words.reported("village", "vˈɪlɪd͡ʒ") == "vɪlɪd͡ʒ"


def test_the_voice_says_which_weak_vowel_stands_and_the_dictionary_the_rest() -> None:
    assert english_words.reported("acquisition", "əkwɪzˈɪʃən") == "ækwɪzɪʃən"


def test_only_a_word_that_is_quite_another_is_spoken_by_the_dictionary() -> None:
    (said,) = read_sentence("en", "The ziggurat and the harvest").utterances
    assert said.text == "The [[z'Ig3,at]] and the harvest"


def test_the_second_dictionary_may_be_taken_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    usual, rare = english_words.TABLES
    only_there = next(line.partition("\t")[0] for line in english_words._tables()[1].decode().splitlines() if line.partition("\t")[2])
    assert english_words.readings(only_there) and english_words.readings("water") is not None
    english_words._tables.cache_clear()
    monkeypatch.setattr(english_words, "TABLES", (usual, tmp_path / rare.name))
    try:
        assert english_words.readings(only_there) is None and english_words.readings("water") is not None
    finally:
        english_words._tables.cache_clear()
