"""An article becomes sound: level, in time, with what nobody could read named; and refused for good when it cannot."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tts import wordbook
from tts.audio import LEAD_SAMPLES_MP3, decode, measure
from tts.engines import EngineError
from tts.engines.chain import Engines
from tts.engines.options import EngineOptions, parse_order
from tts.level import RATE
from tts.pool import Pool
from tts.speak import inputs_hash, speak_article
from tts.voices import Manner

NOTICE = """各位村民请注意，11月24日上午9:30在村委会召开村民代表大会，请带上ETC卡。联系电话：13812345678。
秋粮收购价每斤1.35元，比去年上涨3.5%。"""


@pytest.mark.parametrize("dialect", ["cmn", "yue"])
def test_an_article_is_spoken_level_and_in_time(pool: Pool, dialect: str) -> None:
    shares: list[float] = []
    spoken = speak_article(NOTICE, "村民大会通知", Manner(dialect), pool, shares.append)
    heard = measure(spoken.mp3)
    assert heard.lufs == pytest.approx(-16.0, abs=1.0)
    assert spoken.lufs == pytest.approx(heard.lufs, abs=0.3)
    assert heard.peak_db is not None and heard.peak_db <= -1.0
    assert shares == sorted(shares) and shares[-1] == 1.0
    assert [cue.text for cue in spoken.cues] == ["村民大会通知", *NOTICE.replace("。", "。\n").split()]
    assert spoken.unknown == ()
    pcm = decode(spoken.mp3)[LEAD_SAMPLES_MP3:]
    assert len(pcm) / RATE * 1000 == pytest.approx(spoken.ms, abs=60)
    loud = np.abs(pcm.astype(int)) > 1000
    for cue in spoken.cues:
        assert loud[cue.start_ms * RATE // 1000 : cue.end_ms * RATE // 1000].mean() > 0.2
    for before, after in zip(spoken.cues, spoken.cues[1:], strict=False):
        assert after.start_ms - before.end_ms >= 300
        assert not loud[(before.end_ms + 40) * RATE // 1000 : (after.start_ms - 40) * RATE // 1000].any()


def test_english_is_spoken_from_english(pool: Pool) -> None:
    spoken = speak_article("The water will be off tomorrow from 8:00 to 17:30. Call 110.", "Notice", Manner("en"), pool)
    assert measure(spoken.mp3).lufs == pytest.approx(-16.0, abs=1.0)
    assert 4000 < spoken.ms < 12000


def test_what_nobody_can_read_is_named_with_its_place(pool: Pool) -> None:
    assert speak_article("停水☃。\n明天༄क停电。", "通知★", Manner("cmn"), pool).unknown == ((-1, "★"), (2, "☃"), (8, "क"))


@pytest.mark.parametrize(
    ("text", "dialect", "why"),
    [
        ("कख", "cmn", "nothing in the text can be read in Mandarin"),
        ("", "cmn", "no text to speak"),
        ("好" * 70_000, "cmn", "70000 characters, more than 60000"),
    ],
)
def test_what_cannot_be_spoken_is_refused_for_good(pool: Pool, text: str, dialect: str, why: str) -> None:
    with pytest.raises(EngineError, match=why) as caught:
        speak_article(text, "", Manner(dialect), pool)
    assert caught.value.permanent


def test_a_dialect_that_lacks_its_words_is_refused_for_good(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wordbook, "present", lambda: False)
    with pytest.raises(EngineError, match="no voice speaks Hakka") as caught:
        speak_article("你好", "", Manner("hak"), pool)
    assert caught.value.permanent


def test_the_hash_knows_every_input() -> None:
    engines = Engines()
    base = {"text": "a", "title": "t", "lang": "zh-Hans", "manner": Manner("cmn"), "engines": engines}
    others: list[dict[str, Any]] = [
        {"text": "b"}, {"title": "u"}, {"lang": "zh-Hant"}, {"manner": Manner("yue")}, {"manner": Manner("cmn", "female")},
        {"manner": Manner("cmn", words={"a": "a1"})}, {"manner": Manner("cmn", recordings={"a": "/1"})},
        {"engines": Engines(EngineOptions(parse_order("http system")))},
    ]  # fmt: skip
    hashes = [inputs_hash(**{**base, **each}) for each in [{}, {}, *others]]
    assert hashes[0] == hashes[1] and len(set(hashes)) == len(others) + 1


@pytest.mark.parametrize(
    ("dialect", "text"),
    [
        ("hak", "各位鄉親請注意，天光日上晝九點在村委會開會，請大家準時來。"),
        ("bo", "སང་ཉིན་ཞོགས་པར་གྲོང་ཚོའི་ཚོགས་འདུ་འཚོགས་རྒྱུ་ཡིན། ཚང་མ་དུས་ཐོག་ཏུ་ཡོང་རོགས་གནང་།"),
        ("ug", "ئەتە چۈشتىن بۇرۇن كەنتتە يىغىن ئېچىلىدۇ، ھەممەيلەن ۋاقتىدا كەلسۇن."),
    ],
)
def test_every_other_tongue_is_spoken_level_at_an_ordinary_pace_and_without_holes(pool: Pool, dialect: str, text: str) -> None:
    spoken = speak_article(text, "", Manner(dialect), pool)
    heard = measure(spoken.mp3)
    assert spoken.unknown == ()
    assert heard.lufs == pytest.approx(-16.0, abs=1.0)
    assert heard.peak_db is not None and heard.peak_db <= -1.0
    seconds = spoken.ms / 1000 / sum(char.isalpha() for char in text)
    ordinary = {"hak": 0.26, "bo": 0.14, "ug": 0.085}[dialect]
    assert ordinary / 2 < seconds < ordinary * 2
    loud = np.abs(decode(spoken.mp3).astype(int)) > 300
    assert np.diff(np.flatnonzero(loud)).max() < 1.5 * RATE
