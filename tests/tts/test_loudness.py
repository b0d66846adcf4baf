"""A notice of any length is as loud as it should be, bare and behind the chime, in every tongue."""

from __future__ import annotations

import pytest

from tts.audio import LEAD_SAMPLES_MP3, measure, to_mp3
from tts.export import as_file
from tts.formats import FORMATS, convert
from tts.pool import Pool
from tts.speak import Around, speak_article
from tts.tunes import chime
from tts.voices import Manner

WORD = {"cmn": "停水", "yue": "停水", "hak": "停水", "bo": "ཆུ།", "ug": "سۇ", "en": "Go!"}
SHORT = {"cmn": "明天停水。", "yue": "聽日停水。", "hak": "天光日停水。", "bo": "སང་ཉིན་ཆུ་གཅོད་རྒྱུ་ཡིན།", "ug": "ئەتە سۇ توختىتىلىدۇ.", "en": "The water is off tomorrow."}
LONGER = {
    "cmn": "各位村民请注意，明天上午停水，请储水。", "yue": "各位街坊請留意，聽日上晝停水，請儲水。", "hak": "各位鄉親請注意，天光日上晝停水，請儲水。",
    "bo": "གྲོང་མི་རྣམས་ལ་བརྡ་ཐོ། སང་ཉིན་ཞོགས་པར་ཆུ་གཅོད་རྒྱུ་ཡིན།", "ug": "ھۆرمەتلىك ئاھالىلەر، ئەتە چۈشتىن بۇرۇن سۇ توختىتىلىدۇ، سۇ زاپاسلاڭلار.",
    "en": "Dear villagers, the water is off tomorrow morning; please store some today.",
}  # fmt: skip


@pytest.mark.parametrize("dialect", SHORT)
@pytest.mark.parametrize(("about_s", "least", "most"), [(1, 0.8, 1.5), (2, 1.0, 4.0), (5, 3.0, 9.0), (60, 38.0, 95.0)])
def test_a_notice_of_any_length_has_the_loudness_of_the_station(pool: Pool, dialect: str, about_s: int, least: float, most: float) -> None:
    text = {1: WORD[dialect], 2: SHORT[dialect], 5: LONGER[dialect], 60: " ".join([LONGER[dialect]] * 12)}[about_s]
    for around in (None, Around(to_mp3(chime()))):
        spoken = speak_article(text, "", Manner(dialect), pool, around=around)
        if around is None:
            assert least < spoken.ms / 1000 < most
        heard = measure(spoken.mp3)
        assert heard.lufs == pytest.approx(-16.0, abs=1.0), (dialect, about_s, around is not None)
        assert heard.peak_db is not None and heard.peak_db <= -1.0


@pytest.mark.parametrize("dialect", ["en", "hak", "yue"])
@pytest.mark.parametrize("name", ["male", "lively"])
def test_no_format_gives_more_than_the_promised_peak(pool: Pool, dialect: str, name: str) -> None:
    spoken = speak_article(LONGER[dialect] * 2, "", Manner(dialect, name), pool)
    made = {suffix: as_file(spoken, suffix) for suffix in ("opus", "m4a")}
    made |= {each: convert(spoken.mp3, LEAD_SAMPLES_MP3, FORMATS[each]) for each in ("opus", "aac", "mp3-48", "mp3-22")}
    for each, data in made.items():
        heard = measure(data)
        assert heard.lufs == pytest.approx(-16.0, abs=1.0) and heard.peak_db is not None and heard.peak_db <= -1.0, each


def test_the_chime_is_as_loud_as_the_speech_behind_it() -> None:
    heard = measure(to_mp3(chime()))
    assert heard.lufs == pytest.approx(-16.0, abs=0.3) and heard.peak_db is not None and heard.peak_db <= -1.0
