"""Cantonese in two registers: the news and talk; each told from the sentence itself."""

from __future__ import annotations

import pytest

from tts.reading import cantonese, colloquial, read_sentence
from tts.reading.rare import JYUTPING, PINYIN


def of(sentence: str, word: str) -> str:
    at = sentence.index(word)
    return " ".join(mark.reading for mark in read_sentence("yue", sentence).marks if at <= mark.at < at + len(word))


@pytest.mark.parametrize(
    ("sentence", "word", "reading"),
    [
        ("请各位村民前来领取", "请", "cing2"), ("你請佢入嚟坐", "請", "ceng2"), ("他明天來開會", "來", "loi4"), ("佢哋出來喇", "來", "lai4"),
        ("佢原來唔知", "來", "loi4"), ("嚴重的問題", "重", "zung6"), ("重有三日", "重", "zung6"), ("你識唔識郁", "郁", "juk1"),
        ("唔好嚇親我", "嚇", "haak3"), ("返回本站", "返", "faan2"), ("我哋返屋企", "返", "faan1"), ("佢成日遲到", "成", "seng4"),
        ("呢個係邊個", "呢", "ni1"), ("佢喺邊度呢", "呢", "ne1"), ("睇下先啦", "下", "haa5"), ("佢喺樓下", "下", "haa6"), ("揾到佢喇", "到", "dou2"),
    ],
)  # fmt: skip
def test_each_register_has_its_readings(sentence: str, word: str, reading: str) -> None:
    assert of(sentence, word) == reading


@pytest.mark.parametrize(
    ("sentence", "name", "reading"),
    [
        ("單老師今日開會", "單", "sin6"), ("單位已經通知", "單", "daan1"), ("请任书记讲话", "任", "jam4"), ("曾醫生", "曾", "zang1"),
        ("他曾去北京", "曾", "cang4"), ("區先生在嗎", "區", "au1"), ("社區主任", "區", "keoi1"), ("尉遲主任", "尉遲", "wat1 ci4"),
    ],
)  # fmt: skip
def test_a_surname_is_told_from_the_same_character_in_a_word(sentence: str, name: str, reading: str) -> None:
    assert of(sentence, name) == reading


def test_written_chinese_is_never_taken_for_talk() -> None:
    assert not colloquial.is_spoken("关系到各村的防汛工作，请大家重视。")
    assert colloquial.is_spoken("我哋聽日開會")


def test_every_reading_of_our_tables_can_be_spoken() -> None:
    tables = [*cantonese.BROADCAST.items(), *colloquial.WORDS.items(), *JYUTPING.items()]
    assert [word for word, reading in tables if None in map(cantonese.phonemes, reading.split())] == []
    assert [word for word, reading in tables if len(word) != len(reading.split())] == []


@pytest.mark.parametrize("char", ["乾", "𬒈", "爇"])
def test_a_character_by_itself_is_read_as_a_dictionary_s_headword(char: str) -> None:
    (mark,) = read_sentence("cmn", char).marks
    assert mark.reading == PINYIN[char]


def test_what_no_dictionary_has_is_reported() -> None:
    assert read_sentence("yue", "請看𡎚字").unknown == ((2, "𡎚"),)
