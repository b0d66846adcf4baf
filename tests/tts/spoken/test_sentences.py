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


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_no_character_is_lost_between_sentences(text: str) -> None:
    found = sentences(text)
    kept = "".join(s.text for s in found)
    assert "".join(kept.split()) == "".join(text.split())
    assert all(text[s.start : s.end] == s.text for s in found)
