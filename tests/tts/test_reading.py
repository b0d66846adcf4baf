"""Characters become syllables: polyphones, tone sandhi, broadcast register, and nothing dropped silently."""

from __future__ import annotations

import pytest

from tts.engines import EngineError
from tts.reading import cantonese, mandarin, read_sentence


def said(run: str) -> str:
    found, unknown = mandarin.syllables(run)
    assert not unknown
    return " ".join(s.sound + s.tone for s in mandarin.sandhi(found))


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
    sound = mandarin.phonemes(syllable, "1")
    assert sound is not None and "55" in sound


def test_all_readings_of_the_dictionary_have_phonemes() -> None:
    from pypinyin import Style, pinyin
    from pypinyin.constants import PINYIN_DICT

    chars = [chr(code) for code in PINYIN_DICT if 0x4E00 <= code <= 0x9FA5]
    sounds = {r[0] for r in pinyin("".join(chars), style=Style.TONE3, neutral_tone_with_five=True)}
    missing = [s for s in sounds if mandarin.phonemes(s[:-1].replace("ü", "v"), s[-1]) is None]
    assert sorted(missing) == sorted(s for s in missing if "ê" in s or len(s) > 7)


def test_traditional_text_is_read_in_mandarin_too() -> None:
    assert mandarin.run_to_phonemes("銀行開會") == mandarin.run_to_phonemes("银行开会")


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
    assert cantonese.run_to_phonemes("幺") == cantonese.run_to_phonemes("一")


@pytest.mark.parametrize("dialect", ["cmn", "yue"])
def test_latin_words_stay_english(dialect: str) -> None:
    reading = read_sentence(dialect, "请带上ETC卡和WiFi密码。")
    assert [(u.voice, u.text) for u in reading.utterances if not u.phonemes] == [("en", "E T C"), ("en", "WiFi")]
    assert {u.voice for u in reading.utterances if u.phonemes} == {dialect}


def test_what_cannot_be_read_is_reported() -> None:
    assert read_sentence("cmn", "通知☃བོ。").unknown == ("☃", "བ")
    assert read_sentence("cmn", "“好”——（真的）！★").unknown == ("★",)
    assert read_sentence("en", "Good བ").unknown == ("བ",)


@pytest.mark.parametrize("dialect", ["hak", "bo", "ug"])
def test_a_dialect_without_a_front_end_is_a_permanent_error(dialect: str) -> None:
    with pytest.raises(EngineError, match="no voice speaks") as caught:
        read_sentence(dialect, "你好")
    assert caught.value.permanent
