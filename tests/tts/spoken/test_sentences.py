"""A text becomes sentences that know their place."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tts.spoken import sentences


def test_sentences_keep_their_places() -> None:
    text = "今天，天气好。明天“下雨！”吗？\nDr. Smith said 3.5. Next one.\n\n 末"
    found = sentences(text)
    assert [s.text for s in found] == ["今天，天气好。", "明天“下雨！”", "吗？", "Dr. Smith said 3.5.", "Next one.", "末"]
    assert [s.paragraph for s in found] == [True, False, False, True, False, True]
    assert all(text[s.start : s.end] == s.text for s in found)


def test_a_sentence_without_an_end_is_cut_at_a_comma() -> None:
    assert max(len(s.text) for s in sentences("风调雨顺，" * 400)) <= 170
    assert max(len(s.text) for s in sentences("啊" * 5000)) <= 330


def parts(text: str) -> list[str]:
    return [sentence.text for sentence in sentences(text)]


def test_a_full_stop_in_a_number_an_abbreviation_or_an_address_ends_nothing() -> None:
    assert parts("It rose 3.5 percent. See www.a.cn/?x=1 for more. Next!") == [
        "It rose 3.5 percent.",
        "See www.a.cn/?x=1 for more.",
        "Next!",
    ]
    assert parts("On Oct. 2 Sen. Li of the U.S. came at 5 p.m. to No. 3. He left.") == [
        "On Oct. 2 Sen. Li of the U.S. came at 5 p.m. to No. 3.",
        "He left.",
    ]
    assert parts("1. Bring your card.\n2. Sign.") == ["1. Bring your card.", "2. Sign."]


def test_tibetan_ends_at_a_shad_unless_the_clause_goes_on() -> None:
    assert parts("༄༅། །ཚོགས་འདུ་ཡོད། མི་ཚང་མ་དང་། བུ་མོ་ཕེབས་རོགས།། གསལ་བསྒྲགས། །") == [
        "༄༅། །ཚོགས་འདུ་ཡོད།", "མི་ཚང་མ་དང་། བུ་མོ་ཕེབས་རོགས།།", "གསལ་བསྒྲགས། །",
    ]  # fmt: skip


def test_uyghur_ends_at_its_own_question_mark() -> None:
    assert parts("سىز كىم؟ مەن ئوقۇغۇچى. 3.5 كىلو، ياخشى!") == ["سىز كىم؟", "مەن ئوقۇغۇچى.", "3.5 كىلو، ياخشى!"]


def test_quotes_close_the_sentence_they_end() -> None:
    assert parts("他说：“走吧！”然后走了。") == ["他说：“走吧！”", "然后走了。"]
    assert parts('"Stop." He ran.') == ['"Stop."', "He ran."]


def test_a_long_stretch_is_never_cut_in_a_number_or_a_word() -> None:
    text = "数" * 318 + "1,234,567元" + "字" * 300
    assert "1,234,567" in "".join(part for part in parts(text) if "1" in part) and any("1,234,567" in part for part in parts(text))
    uyghur = "بۇ ناھايىتى ئۇزۇن جۈملە، " * 40
    assert max(map(len, parts(uyghur))) <= 190


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_no_character_is_lost_between_sentences(text: str) -> None:
    found = sentences(text)
    kept = "".join(s.text for s in found)
    assert "".join(kept.split()) == "".join(text.split())
    assert all(text[s.start : s.end] == s.text for s in found)
