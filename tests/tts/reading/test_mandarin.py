"""Village words, places and people are read as the village reads them, and what is doubtful says so."""

from __future__ import annotations

import pytest

from tts.reading import mandarin, read_sentence
from tts.reading.contexts import by_context
from tts.reading.phrases import cut, trusted
from tts.reading.pinyin import parsed
from tts.reading.polyphones import beliefs


def of(sentence: str, word: str) -> str:
    """The readings of ``word`` where it first stands in the sentence."""
    at = sentence.index(word)
    return " ".join(mark.reading for mark in read_sentence("cmn", sentence).marks if at <= mark.at < at + len(word))


def test_every_word_of_our_own_tables_is_read_as_it_says() -> None:
    wrong = [word for word, syllables in trusted().items() if None in map(parsed, syllables) or len(word) != len(syllables)]
    assert wrong == []


@pytest.mark.parametrize(
    ("sentence", "place", "reading"),
    [
        ("六安市有大雨", "六安", "lu4 an1"), ("今天六安全市停课", "六安", "lu4 an1"), ("台州湾", "台州", "tai1 zhou1"),
        ("山西长子县", "长子", "zhang3 zi3"), ("他的长子参军", "长子", "zhang3 zi3"), ("五里铺村", "铺", "pu4"),
        ("解家坡的梯田", "解", "xie4"), ("二百弄八号", "弄", "long4"), ("不要弄丢了", "弄", "nong4"),
    ],
)  # fmt: skip
def test_places_are_read_by_the_gazetteer_and_by_rule(sentence: str, place: str, reading: str) -> None:
    assert of(sentence, place) == reading


@pytest.mark.parametrize(
    ("sentence", "name", "reading"),
    [
        ("单书记到了", "单", "shan4"), ("单据要留好", "单", "dan1"), ("通讯员查建英来电", "查", "zha1"), ("检查组长来了", "查", "cha2"),
        ("这里有姓解的人家", "解", "xie4"), ("请解决用水问题", "解", "jie3"), ("老任说明天有雨", "任", "ren2"), ("责任重大", "任", "ren4"),
        ("社区主任来了", "区", "qu1"), ("区主任来了", "区", "ou1"), ("老百姓解放了", "解", "jie3"), ("万俟老师", "万俟", "mo4 qi2"),
        ("他曾任组长", "曾", "ceng2"), ("曾老伯", "曾", "zeng1"), ("名单于明天公布", "单", "dan1"),
    ],
)  # fmt: skip
def test_a_surname_is_told_from_the_same_character_in_a_word(sentence: str, name: str, reading: str) -> None:
    assert of(sentence, name) == reading


@pytest.mark.parametrize(
    ("sentence", "word", "reading"),
    [
        ("养了三只羊", "只", "zhi1"), ("这只是开始", "只", "zhi3"), ("昨天下了一场大雪", "场", "chang2"), ("看了一场电影", "场", "chang3"),
        ("孩子长高了", "长", "zhang3"), ("借了钱要还清", "还", "huan2"), ("为大家服务", "为", "wei4"), ("他被选为代表", "为", "wei2"),
        ("给孩子量体温", "量", "liang2"), ("倒垃圾要分类", "倒", "dao4"), ("树被大风吹倒", "倒", "dao3"),
    ],
)  # fmt: skip
def test_grammar_decides_where_the_neighbours_do(sentence: str, word: str, reading: str) -> None:
    assert of(sentence, word) == reading


def test_of_two_ways_to_cut_the_one_the_network_believes_wins() -> None:
    sentence = "每人参加一次"
    assert "参加" in list(cut(sentence, beliefs(sentence)))
    assert of("本村人参种植户", "人参") == "ren2 shen1"


def test_rules_name_places_of_the_sentence() -> None:
    assert dict(by_context("三只鸡")) == {1: "zhi1"}


def test_a_reading_the_network_half_believes_in_is_doubtful_and_a_plain_one_is_not() -> None:
    assert [mark.text for mark in read_sentence("cmn", "明天上午九点在村委会开会。").marks if mark.doubtful] == []
    sentence = "他看了看那几处好地，没说中不中。"
    unsure = {at for at, belief in beliefs(sentence).items() if belief.sure < 0.9}
    assert {mark.at for mark in read_sentence("cmn", sentence).marks if mark.doubtful} <= unsure


def test_the_network_tells_how_much_it_believes() -> None:
    belief = beliefs("银行行长")[1]
    assert belief.best == "hang2" and 0.5 < belief.sure <= 1
    assert belief.in_("hang2") == belief.sure and belief.in_("yin2") is None


def test_a_run_without_any_reading_is_reported_whole() -> None:
    assert read_sentence("cmn", "\U000323af").unknown == ((0, "\U000323af"),)


@pytest.mark.parametrize(
    ("run", "tones"),
    [
        ("展览馆", "223"),
        ("看一看", "454"),
        ("好不好", "h53"),
        ("不是", "24"),
        ("老李买酒", "2223"),
        ("管理品种", "2h23"),
        ("第一百", "413"),
    ],
)
def test_tones_change_beside_each_other(run: str, tones: str) -> None:
    spoken = [sound.phonemes for sound in mandarin.read_run(run)]
    told = {"55": "1", "35": "2", "214": "3", "51": "4", "11": "5", "21": "h"}
    heard = "".join(next(told[digits] for digits in sorted(told, key=len, reverse=True) if digits in sound) for sound in spoken)
    assert heard == tones


def test_a_melting_er_has_no_syllable_of_its_own() -> None:
    flower, er = mandarin.read_run("花儿")
    assert (flower.phonemes, er.phonemes, er.starts_word) == ("Xw'A55", "@r", False)
    assert [sound.phonemes for sound in mandarin.read_run("女儿")][-1] == "'@r35"
    assert mandarin.read_run("事儿")[0].phonemes == "s.'@51"
