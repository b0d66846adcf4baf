"""Sentence times as WebVTT and SRT, in pieces that can be read."""

from __future__ import annotations

import itertools
import re

import pytest

from tts.captions import LONGEST, Cue, readable, shifted, srt, webvtt
from tts.lines import breaks, runs_right_to_left, width

LONG = {
    "cmn": "请各家各户在今天晚上八点之前把晾晒在村口小广场上的稻谷全部收回家中，检查门窗和屋顶，并且提醒住在河边的老人暂时不要外出，等待村委会的下一次通知。",
    "yue": "請各位街坊喺今晚八點之前將晾喺村口嘅穀收返屋企，檢查門窗同屋頂，並且提醒住喺河邊嘅老人家暫時唔好出街，等村委會下一次通知。",
    "bo": "དེ་རིང་དགོང་མོ་ཆུ་ཚོད་བརྒྱད་པའི་སྔོན་ལ་ཁྱིམ་ཚང་ཚང་མས་གྲོང་སྒོའི་ཐང་ཆུང་དུ་བསྐམས་པའི་འབྲས་ཚང་མ་ཁྱིམ་དུ་ཕྱིར་བསྡུ་རོགས། སྒོ་དང་སྒེའུ་ཁུང་ལ་ཞིབ་བཤེར་བྱེད་རོགས།",
    "ug": "ھۆرمەتلىك كەنت ئاھالىلىرى، بۈگۈن كەچ سائەت سەككىزدىن بۇرۇن كەنت ئالدىدىكى مەيداندا قۇرۇتقان شالنى ئۆيگە يىغىۋېلىڭ، ئىشىك ۋە دېرىزىلەرنى تەكشۈرۈڭ، دەريا بويىدىكى ياشانغانلارغا خەۋەر قىلىڭ.",
    "en": "Please bring in all the rice that is drying on the village square before eight o'clock tonight, check your doors, windows and roofs, and tell the old people by the river not to go out.",
}


def test_captions_are_webvtt() -> None:
    cues = [Cue(250, 1900, "停水\n通知"), Cue(1900, 1900, "empty"), Cue(3_723_004, 3_724_000, "a --> b & <i>")]
    assert webvtt(cues) == (
        "WEBVTT\n\n1\n00:00:00.250 --> 00:00:01.900\n停水 通知\n\n2\n01:02:03.004 --> 01:02:04.000\na --&gt; b &amp; &lt;i&gt;\n"
    )


def test_captions_are_srt() -> None:
    cues = [Cue(250, 1900, "停水\n通知"), Cue(3_723_004, 3_724_000, "a --> b & <i>")]
    assert srt(cues) == (
        "\ufeff1\n00:00:00,250 --> 00:00:01,900\n停水 通知\n\n2\n01:02:03,004 --> 01:02:04,000\na → b & ‹i›\n"
    )


def test_no_control_reaches_a_player() -> None:
    cues = [Cue(0, 900, "\x00停\x1b水\x85通\u202e知\ud800\ufeff\u200dn")]
    assert webvtt(cues).split("\n")[4] == srt(cues).split("\n")[2] == "停水 通知\u200dn"


def test_no_sentences_are_still_a_file() -> None:
    assert webvtt([]) == "WEBVTT\n"
    assert srt([]) == "\ufeff"


@pytest.mark.parametrize("code", LONG)
def test_a_long_sentence_is_cut_for_reading_and_nothing_is_lost(code: str) -> None:
    whole = Cue(1000, 21_000, LONG[code])
    pieces = readable([whole])
    assert len(pieces) >= 2
    assert all(width(piece.text) <= LONGEST for piece in pieces)
    assert "".join("".join(piece.text.split()) for piece in pieces) == "".join(LONG[code].split())
    assert pieces[0].start_ms == 1000 and pieces[-1].end_ms == 21_000
    assert all(one.end_ms == two.start_ms and one.end_ms > one.start_ms for one, two in itertools.pairwise(pieces))
    shortest, longest = min(map(lambda p: width(p.text), pieces)), max(map(lambda p: width(p.text), pieces))
    assert shortest > longest / 4, [piece.text for piece in pieces]


@pytest.mark.parametrize("code", LONG)
def test_no_piece_begins_with_a_mark_or_inside_a_word(code: str) -> None:
    text = LONG[code]
    for at, _kind in breaks(text):
        assert not re.match(r"[，、；：。！？,.;:!?།་،؛؟\s]", text[at])
        if code in ("ug", "en"):
            assert text[at - 1] == " "
        if code == "bo":
            assert text[at - 1] in "་། "


def test_a_word_wider_than_a_caption_stays_whole() -> None:
    assert [cue.text for cue in readable([Cue(0, 10, "x" * 200)])] == ["x" * 200]


def test_uyghur_runs_right_to_left_even_behind_a_latin_name() -> None:
    assert runs_right_to_left("WeChat دا ئۇقتۇرۇش بار.")
    assert not runs_right_to_left("ئۇ said the village head in English")
    assert not runs_right_to_left("12:30")
    for text in (webvtt, srt):
        assert "\u200fWeChat دا ئۇقتۇرۇش بار.\u200f" in text([Cue(0, 1000, "WeChat دا ئۇقتۇرۇش بار.")])


def test_what_comes_before_moves_the_sentences() -> None:
    assert shifted([Cue(0, 5, "a")], 1000) == [Cue(1000, 1005, "a")]
