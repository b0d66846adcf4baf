"""Readings above the characters: nothing of the spoken form is lost, and pinyin wears its marks."""

from __future__ import annotations

import pytest

from admin.ruby import shown, steps, tokens, word_at

TOLD = {
    "spoken": "去单家庄，☃Wi-Fi好", "unread": [[5, "☃"]],
    "marks": [
        [0, "去", "qu4", False], [1, "单", "dan1", True], [2, "家", "jia1", False], [3, "庄", "zhuang1", False], [6, "Wi-Fi", "waɪfaɪ", False],
        [11, "好", "hao3", False],
    ],
}  # fmt: skip


def test_every_character_is_in_exactly_one_token() -> None:
    parts = tokens(TOLD)
    assert "".join(each.text for each in parts) == TOLD["spoken"]
    assert [(each.start, each.end) for each in parts] == [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 6), (6, 11), (11, 12)]
    assert [each.text for each in parts if each.doubtful] == ["单"] and [each.text for each in parts if each.unread] == ["☃"]


@pytest.mark.parametrize(
    ("kept", "printed"),
    [("shan4", "shàn"), ("lv4", "lǜ"), ("gou3", "gǒu"), ("gui4", "guì"), ("liu2", "liú"), ("de5", "de"), ("xiong2", "xióng"), ("nve4", "nüè"), ("er2", "ér")],
)
def test_pinyin_wears_its_tone_marks(kept: str, printed: str) -> None:
    assert shown(kept, "cmn") == printed


def test_other_readings_are_shown_as_they_are_kept() -> None:
    assert shown("sin6", "yue") == "sin6" and shown("ʃiˈɑn", "en") == "ʃiˈɑn"


def test_a_chosen_word_grows_and_shrinks_by_its_neighbours() -> None:
    parts = tokens(TOLD)
    assert word_at(parts, 1, 4) == ("单家庄", "dan1 jia1 zhuang1") and word_at(parts, 5, 6) == ("☃", "")
    assert steps(parts, 1, 2) == {"left": (0, 2), "right": (1, 3)}
    assert steps(parts, 1, 4) == {"left": (0, 4), "shorter": (1, 3)}
    assert [word_at(parts, *span) for span in ((7, 9), (4, 5), (3, 3), (9, 99), (-1, 2))] == [None] * 5
