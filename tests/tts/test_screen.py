"""What stands on the screen and when."""

from __future__ import annotations

from tests.tts.test_captions import LONG
from tts.captions import Cue
from tts.screen import FOOT, Script, ass, pages, script_of, stills

BODY = "第一句。第二句。\n第三句。"


def script(text: str = BODY, title: str = "停水通知", place: str = "云岭村") -> Script:
    """Title and body, two seconds a sentence."""
    said = [title, *(part for part in text.replace("\n", "").replace("。", "。|").split("|") if part)]
    cues = tuple(Cue(2000 * n, 2000 * n + 1800, each) for n, each in enumerate(said))
    return script_of(place, title, text, cues, 2000 * len(said))


def test_the_title_and_the_paragraphs_are_found_in_what_was_spoken() -> None:
    found = script()
    assert found.title_cues == 1
    assert found.paragraphs == {3}
    assert script_of("", "停水。通知", "", (Cue(0, 1, "停水。"), Cue(1, 2, "通知"), Cue(2, 3, "好。")), 3).title_cues == 2
    assert script_of("", "ABC", "", (Cue(0, 1, "停水。"),), 3).title_cues == 0


def test_a_page_holds_what_fits_and_turns_when_its_first_letter_is_spoken() -> None:
    long = script("".join(f"这是第{n}句话，请各位村民仔细地听完以后再去做。" for n in range(1, 31)))
    found = pages(long, 150, 1136)
    assert len(found) >= 3
    assert all(line.baseline < FOOT for page in found for line in page.lines)
    assert [page.start_ms for page in found] == sorted({page.start_ms for page in found})
    assert "".join(line.text for page in found for line in page.lines) == "".join(cue.text for cue in long.cues[1:])
    for page in found[1:]:
        index = page.lines[0].pieces[0][0]
        assert long.cues[index].start_ms <= page.start_ms <= long.cues[index].end_ms


def test_a_paragraph_that_fits_on_a_page_is_not_parted_for_a_line_or_two() -> None:
    one, two = "甲" * 26 * 5, "乙" * 26 * 3
    cues = (Cue(0, 1000, "题"), Cue(1000, 9000, one), Cue(9000, 15_000, two))
    found = pages(Script("", "题", cues, 1, frozenset({2}), 16_000), 150, 1136)
    assert [{line.text[0] for line in page.lines} for page in found] == [{"甲"}, {"乙"}]
    assert found[1].start_ms == 9000


def test_the_spoken_sentence_is_white_and_the_others_are_not() -> None:
    events = [line for line in ass(script()).splitlines() if line.startswith("Dialogue: 2,0:00:04.00,0:00:06.00")]
    assert any("FFFFFF&}{\\fnXiangyin Han\\fs60.82}第二句" in each and "D0BCA9&}{\\fnXiangyin Han\\fs60.82}第一句" in each for each in events)


def test_uyghur_stands_at_the_right_with_a_mark_that_turns_the_line() -> None:
    text = ass(Script("", "ئۇقتۇرۇش", (Cue(0, 1000, "ئۇقتۇرۇش"), Cue(1000, 5000, "WeChat " + LONG["ug"])), 1, frozenset(), 6000))
    lines = [line for line in text.splitlines() if "Naskh" in line and line.startswith("Dialogue")]
    assert lines and all(",right," in line and "}\u200f{" in line and "\\pos(1208," in line for line in lines)


def test_captions_stand_under_a_picture_only_when_they_are_to_be_burnt() -> None:
    assert "第二句" in ass(script(), picture=True)
    assert "第二句" not in ass(script(), picture=True, burnt=False)
    assert "停水通知" in ass(script(), picture=True, burnt=False)


def test_text_is_never_taken_for_an_order_to_the_renderer() -> None:
    found = ass(script("{\\b1}粗。"))
    assert "\\{\\\u2060b1\\}" in found and "{\\b1}" not in found


def test_each_screen_is_drawn_once_and_shown_when_it_was_to_be() -> None:
    whole = script("".join(f"第{n}句话。" for n in range(1, 41)))
    drawn, turns = stills(ass(whole), whole.ms)
    assert turns == sorted(set(turns)) and turns[0] == 0 and turns[-1] == whole.ms
    assert 41 <= len(turns) <= 45, "a screen per sentence, and one more per page"
    lit = [line for line in drawn.splitlines() if "FFFFFF&}{\\fnXiangyin Han\\fs60.82}第7句" in line]
    shown = turns.index(whole.cues[7].start_ms)
    assert lit and all(f",0:00:{shown:02}.00,0:00:{shown + 1:02}.00," in line for line in lit)
