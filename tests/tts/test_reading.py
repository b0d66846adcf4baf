"""Characters become syllables: polyphones, tone sandhi, broadcast register, and nothing dropped silently."""

from __future__ import annotations

from itertools import accumulate

import pytest

from tts.reading import Lexicon, cantonese, mandarin, pinyin, read_sentence
from tts.reading.sandhi import Syllable, sandhi
from tts.reading.sound import Sound


def said(run: str) -> str:
    """After sandhi; h is the half third tone."""
    found = mandarin.read_run(run)
    heard = [Syllable(run[s.at], str(s.reading)[:-1], str(s.reading)[-1], n) for s, n in zip(found, words(found), strict=True)]
    return " ".join(s.sound + s.tone for s in sandhi(heard))


def words(found: list[Sound]) -> list[int]:
    """The number of the word each sound belongs to."""
    return list(accumulate(int(sound.starts_word) for sound in found))


def readings(dialect: str, sentence: str, lexicon: Lexicon | None = None) -> str:
    return " ".join(mark.reading for mark in read_sentence(dialect, sentence, lexicon).marks)


@pytest.mark.parametrize(
    ("run", "pinyin"),
    [
        ("银行行长", "yin2 hang2 hang2 zhang3"),
        ("重庆", "chong2 qing4"),
        ("你好", "ni2 hao3"),
        ("不去", "bu2 qu4"),
        ("不好", "bu4 hao3"),
        ("一个", "yi2 ge4"),
        ("一天", "yi4 tian1"),
        ("十一月", "shi2 yi1 yue4"),
        ("第一", "di4 yi1"),
        ("老师", "laoh shi1"),
    ],
)
def test_mandarin_readings_after_sandhi(run: str, pinyin: str) -> None:
    assert said(run) == pinyin


@pytest.mark.parametrize("syllable", ["xiong", "qiong", "jiong", "er", "lv", "nve", "zhi", "zi", "yuan", "wen", "shuang", "yo"])
def test_every_kind_of_syllable_has_phonemes(syllable: str) -> None:
    sound = pinyin.phonemes(syllable, "1")
    assert sound is not None and "55" in sound


def test_all_readings_of_the_dictionary_have_phonemes() -> None:
    from pypinyin import Style, lazy_pinyin
    from pypinyin.constants import PINYIN_DICT

    chars = [chr(code) for code in PINYIN_DICT if 0x4E00 <= code <= 0x9FA5]
    sounds = set(lazy_pinyin("".join(chars), style=Style.TONE3, neutral_tone_with_five=True))
    missing = [s for s in sounds if pinyin.phonemes(s[:-1].replace("ü", "v"), s[-1]) is None]
    assert sorted(missing) == sorted(s for s in missing if "ê" in s or len(s) > 7)


def test_traditional_text_is_read_in_mandarin_too() -> None:
    assert [s.phonemes for s in mandarin.read_run("銀行開會")] == [s.phonemes for s in mandarin.read_run("银行开会")]


@pytest.mark.parametrize(
    ("jyutping", "sound"),
    [
        ("m4", "m-4"), ("ng5", "'ng5"), ("gwong2", "gw'ong2"), ("saam1", "s'aa1m"), ("luk6", "l'u6k"), ("ngo5", "N'o5"),
        ("jyun4", "j'yu4n"),
    ],
)  # fmt: skip
def test_jyutping_becomes_the_voice_s_phonemes(jyutping: str, sound: str) -> None:
    assert cantonese.phonemes(jyutping) == sound


def test_cantonese_speaks_the_broadcast_register() -> None:
    assert dict(cantonese.readings("请"))["請"] == "cing2"
    assert [s.phonemes for s in cantonese.read_run("幺二")] == [s.phonemes for s in cantonese.read_run("一二")]


@pytest.mark.parametrize("dialect", ["cmn", "yue"])
def test_latin_words_stay_english(dialect: str) -> None:
    reading = read_sentence(dialect, "请带上ETC卡和WiFi密码。")
    assert [(u.voice, u.text) for u in reading.utterances if not u.phonemes] == [("en-us", "E T C"), ("en-us", "WiFi")]
    assert {u.voice for u in reading.utterances if u.phonemes} == {dialect}


def test_what_cannot_be_read_is_reported() -> None:
    assert read_sentence("cmn", "通知☃क。").unknown == ((2, "☃"), (3, "क"))
    assert read_sentence("cmn", "“好”——（真的）！★").unknown == ((10, "★"),)
    assert read_sentence("en", "Good क").unknown == ((5, "क"),)


def test_words_of_another_script_are_read_by_the_tongue_that_writes_it() -> None:
    voices = [u.voice for u in read_sentence("cmn", "通知བོད་سۇ water。").utterances]
    assert voices == ["cmn", "yue", "ug", "en-us"]


def test_marks_keep_the_places_of_the_input() -> None:
    found = read_sentence("cmn", "请{单|shan4}家庄开会").marks
    assert [(mark.at, mark.text, mark.reading) for mark in found[:3]] == [(0, "请", "qing3"), (2, "单", "shan4"), (10, "家", "jia1")]


def test_a_given_reading_wins_and_is_woven_into_the_tones_around_it() -> None:
    assert readings("cmn", "我{长|zhang3}得好").split()[1] == "zhang3"
    (spoken,) = read_sentence("cmn", "我{长|zhang3}").utterances
    assert spoken.text == "[[w'o35 ts.'A214N]]"
    assert readings("yue", "{请|ceng2}坐").split()[0] == "ceng2"


def test_the_braces_of_a_mark_are_never_spoken() -> None:
    assert read_sentence("cmn", "请{单|shan4}家庄开会").spoken == "请单家庄开会"


@pytest.mark.parametrize("mark", ["{字|}", "{字|zzz9}", "{字|zi4 zi4}", "{字|zi4", "{|zi4}", "{字|zi4|zi4}"])
def test_a_malformed_mark_is_reported_and_the_rest_is_read(mark: str) -> None:
    found = read_sentence("cmn", f"写{mark}。请看")
    assert found.unknown == ((1, mark),)
    assert found.spoken in ("写字。请看", "写。请看")


def test_a_lexicon_reads_the_longest_name_first() -> None:
    book = Lexicon({"单": "shan4", "单家庄": "shan4 jia5 zhuang5", "WiFi": "wei1 fu1"})
    assert readings("cmn", "单家庄的单老师", book) == "shan4 jia5 zhuang5 de5 shan4 lao3 shi1"
    assert readings("cmn", "有WiFi吗", book) == "you3 wei1 fu1 ma5"
    assert readings("cmn", "{单|dan1}家庄", book).startswith("dan1 jia1")


def test_a_name_with_figures_in_it_is_found_before_they_become_words() -> None:
    book = Lexicon({"K3路": "kai4 san1 lu4", "G107": "guo2 dao4 yi1 ling2 qi1"})
    found = read_sentence("cmn", "走K3路3站，K35路，上G107", book)
    assert [mark.reading for mark in found.marks if 1 <= mark.at <= 3] == ["kai4", "san1", "lu4"]
    assert [(mark.at, mark.reading) for mark in found.marks if mark.text == "G107"] == [(13, "guo2 dao4 yi1 ling2 qi1")]
    assert "kai4" not in [mark.reading for mark in found.marks if mark.at > 4]


def test_a_name_in_latin_letters_is_no_part_of_a_longer_word() -> None:
    assert [text for text, *_ in Lexicon({"Li": "li3"}).find("Lily")] == []


def test_punctuation_becomes_pauses_where_the_voice_changes() -> None:
    found = read_sentence("cmn", "办ETC，请来。").utterances
    assert [(u.voice, u.pause_ms) for u in found] == [("cmn", 0), ("en-us", 250), ("cmn", 0)]
    assert found[-1].text.endswith("]].")


@pytest.mark.parametrize(
    ("word", "heard"), [("bottle", "bɑtəl"), ("church", "t͡ʃɝt͡ʃ"), ("radio", "ɹeɪdioʊ"), ("fire", "faɪɚ"), ("city", "sɪti")]
)
def test_english_is_written_in_broad_ipa(word: str, heard: str) -> None:
    assert readings("en", word) == heard


def test_an_english_word_can_be_given_in_ipa() -> None:
    (said,) = read_sentence("en", "Come to {Xi'an|ʃiˈɑn}!").utterances
    assert said.text == "Come to [[Si'A:n]]!" and said.phonemes
    assert read_sentence("en", "{Li|好}").unknown == ((0, "{Li|好}"),)


def test_a_question_with_a_word_given_in_phonemes_stays_a_question() -> None:
    (asked,) = read_sentence("en", "Is it {Xi|ʃiː} today?").utterances
    assert asked.phonemes and asked.text.endswith("?")
