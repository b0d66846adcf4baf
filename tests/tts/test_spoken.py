"""Written numbers become words, and a text becomes sentences that know their place."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tts.spoken import sentences, spoken

ZH = [
    ("2026年11月24日上午9:30开会", "二零二六年十一月二十四日上午九点三十分开会"),
    ("11月24日19：30", "十一月二十四日十九点三十分"),
    ("电话13812345678", "电话幺三八幺二三四五六七八"),
    ("电话138-1234-5678", "电话幺三八幺二三四五六七八"),
    ("村委会0771-5832166", "村委会零七七幺五八三二幺六六"),
    ("热线400-810-8888", "热线四零零八幺零八八八八"),
    ("热线电话：12345", "热线电话：幺二三四五"),
    ("请拨打110", "请拨打幺幺零"),
    ("共120人", "共一百二十人"),
    ("价格￥3.50元", "价格三点五元"),
    ("每斤12.80元", "每斤十二点八元"),
    ("¥1,200", "一千二百元"),
    ("每亩补贴200元", "每亩补贴两百元"),
    ("上涨3.5%", "上涨百分之三点五"),
    ("10%-20%", "百分之十到百分之二十"),
    ("8-12岁", "八到十二岁"),
    ("3～5天", "三到五天"),
    ("8:00-17:30", "八点到十七点三十分"),
    ("身份证450102199001011234", "身份证四五零幺零二幺九九零零幺零幺幺二三四"),
    ("身份证45010219900101123X", "身份证四五零幺零二幺九九零零幺零幺幺二三X"),
    ("温度-5℃到3℃", "温度零下五摄氏度到三摄氏度"),
    ("气温-5~3℃", "气温零下五到三摄氏度"),
    ("面积25.6㎡", "面积二十五点六平方米"),
    ("第3届", "第三届"),
    ("２０２６年", "二零二六年"),
    ("1—3月", "一到三月"),
    ("11月24日-26日", "十一月二十四日到二十六日"),
    ("8点-12点", "八点到十二点"),
    ("第1-3组", "第一到第三组"),
    ("120元/亩", "一百二十元每亩"),
    ("每天2次", "每天两次"),
    ("第2名", "第二名"),
    ("0.5‰", "千分之零点五"),
    ("QQ群123456789", "QQ群幺二三四五六七八九"),
    ("10kV线路", "十千伏线路"),
]


@pytest.mark.parametrize(("written", "said"), ZH)
def test_chinese_notices_are_said_in_words(written: str, said: str) -> None:
    assert spoken(written, "cmn") == said


EN = [
    ("Call 13812345678 now", "Call one three eight one two three four five six seven eight now"),
    ("call 0771-5832166", "call zero seven seven one, five eight three two one six six"),
    ("dial 110", "dial one one zero"),
    ("It costs $3.50", "It costs 3 dollars 50 cents"),
    ("It costs ¥12.80 per jin.", "It costs 12.8 yuan per jin."),
    ("¥1,200", "1200 yuan"),
    ("at 9:30 am", "at 9 30 A M"),
    ("from 8:00 to 17:30", "from 8 o'clock to 17 30"),
    ("2026-11-24", "November 24, 2026"),
    ("up 3.5%", "up 3.5 percent"),
    ("8-12 years", "8 to 12 years"),
    ("1,234,567 people", "1234567 people"),
    ("$1.5 million", "1.5 million dollars"),
    ("60 km/h", "60 kilometres per hour"),
]


@pytest.mark.parametrize(("written", "said"), EN)
def test_english_notices_are_said_in_words(written: str, said: str) -> None:
    assert spoken(written, "en") == said


def test_sentences_keep_their_places() -> None:
    text = "今天，天气好。明天“下雨！”吗？\nDr. Smith said 3.5. Next one.\n\n 末"
    found = sentences(text)
    assert [s.text for s in found] == ["今天，天气好。", "明天“下雨！”", "吗？", "Dr. Smith said 3.5.", "Next one.", "末"]
    assert [s.paragraph for s in found] == [True, False, False, True, False, True]
    assert all(text[s.start : s.end] == s.text for s in found)


def test_a_sentence_without_an_end_is_cut_at_a_comma() -> None:
    assert max(len(s.text) for s in sentences("风调雨顺，" * 400)) <= 170
    assert max(len(s.text) for s in sentences("啊" * 5000)) <= 330


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_no_character_is_lost_between_sentences(text: str) -> None:
    found = sentences(text)
    kept = "".join(s.text for s in found)
    assert "".join(kept.split()) == "".join(text.split())
    assert all(text[s.start : s.end] == s.text for s in found)
