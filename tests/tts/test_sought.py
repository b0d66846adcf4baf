"""The fast look for many words finds what the slow one finds; both read simplified and traditional characters alike."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as some

from tts.reading.lexicon import Lexicon
from tts.sought import Heard, Sought, occurs, rest_of, start_of

LETTERS = "单單庄莊后後三十道沟溝3５aK ་ར"
WORDS = some.lists(some.text(LETTERS, min_size=1, max_size=4), max_size=12)
TEXTS = some.text(LETTERS, max_size=12)


@given(WORDS, TEXTS)
def test_the_fast_look_finds_what_the_slow_one_finds(words: list[str], text: str) -> None:
    assert set(Sought(words).heard(text)) == {word for word in words if occurs(word, text)}


@given(some.text(LETTERS, min_size=1, max_size=4), TEXTS)
def test_what_is_heard_is_found_by_its_beginning_or_its_rest(word: str, text: str) -> None:
    heard = Heard(text)
    if heard.holds(word):
        assert start_of(word) in heard.starts or rest_of(word) in heard.rests


@given(WORDS, TEXTS)
def test_no_reading_is_left_at_home(words: list[str], text: str) -> None:
    """Whatever a reader would use goes along with the article."""
    book = Lexicon({word: word for word in words})
    used = {reading for find in (book.find, book.find_figured) for _, _, reading in find(text)}
    assert used <= {" ".join(word.split()) for word in Sought(words).heard(text)}


def test_scripts_are_one_but_words_of_one_character_are_not() -> None:
    assert occurs("单家庄", "去單家莊") and occurs("單家莊", "去单家庄") and occurs("三道沟", "3道溝")
    assert not occurs("后", "後") and not occurs("後", "后") and occurs("后", "皇后")
    assert list(Lexicon({"單家莊": "shan4 jia1 zhuang1"}).find("去单家庄")) == [(1, 4, "shan4 jia1 zhuang1")]
    assert [found[2] for found in Lexicon({"后家": "a", "後家": "b"}).find("後家后家")] == ["b", "a"]
    assert list(Lexicon({"后": "hou4"}).find("後")) == []
