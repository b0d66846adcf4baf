"""Tibetan: spelling into parts, parts into the sounds of Lhasa, sentences into words, and nothing dropped."""

from __future__ import annotations

import unicodedata

import pytest

from tts.engines import Utterance
from tts.engines.system import SystemEngine
from tts.reading import read_sentence, tibetan
from tts.reading.tibetan import cut, given_phonemes, read_run
from tts.reading.tibetan_sounds import Around, said
from tts.reading.tibetan_syllable import Written, syllables
from tts.reading.tibetan_words import PARTICLES, SAID, WORDS
from tts.voices import voice


def ipa(word: str) -> str:
    return " ".join(str(sound.reading) for sound in read_run(word))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("བརྒྱད", Written("ག", "a", "བ", "ར", "y", "ད")), ("བདག", Written("ད", "a", "བ", suffix="ག")), ("དགའ", Written("ག", "a", "ད")),
        ("དགའི", Written("ག", "a", "ད", after=("i",))), ("བོད", Written("བ", "o", suffix="ད")), ("མངས", Written("མ", "a", suffix="ང", second=True)),
        ("དགས", Written("ག", "a", "ད", suffix="ས")), ("རླུང", Written("ལ", "u", head="ར", suffix="ང")), ("གྲྭ", Written("ག", "a", below="r")),
        ("ལྷ", Written("ཧ", "a", head="ལ")), ("རེའུ", Written("ར", "e", after=("u",))), ("དེའང", Written("ད", "e", after=("aང",))),
    ],
)  # fmt: skip
def test_a_syllable_is_cut_into_its_parts(text: str, parts: Written) -> None:
    assert syllables(text) == [parts]


def test_sanskrit_is_cut_stack_by_stack() -> None:
    assert [(s.root, s.suffix) for s in syllables("པདྨ") or []] == [("པ", "ད"), ("མ", "")]
    assert [(s.root, s.suffix) for s in syllables("ཀརྨ") or []] == [("ཀ", "ར"), ("མ", "")]
    assert [(s.root, s.vowel, s.suffix) for s in syllables("ༀ") or []] == [("ཨ", "o", "མ")]
    assert syllables("ོ") is None


@pytest.mark.parametrize(
    ("word", "sound"),
    [
        # register and breath
        ("ཀ", "ka˥˥"), ("ཁ", "kʰa˥˥"), ("ག", "kʰa˩˨"), ("མགོ", "ko˩˨"), ("ང", "ŋa˩˨"), ("ལྔ", "ŋa˥˥"), ("གཡག", "ja˥˨"), ("ཡབ", "jəp̚˩˧˨"),
        # letters below
        ("ཁྱི", "cʰi˥˥"), ("བྱ", "t͡ɕʰa˩˨"), ("དབྱར", "jaː˥˥"), ("གྲི", "ʈ͡ʂʰi˩˨"), ("སྤྲེལ", "ʈ͡ʂeː˥˥"), ("སླད", "lɛː˥˨"), ("ཟླ", "ta˩˨"), ("ལྷོ", "ɬo˥˥"), ("མྱང", "ȵaŋ˩˨"),
        # endings
        ("བོད", "pʰøː˩˧˨"), ("དུས", "tʰyː˩˧˨"), ("ཀུན", "kỹ˥˥"), ("ཁལ", "kʰɛː˥˥"), ("གཟུགས", "su˩˧˨"), ("ལམ", "lam˩˨"), ("སེམས", "sem˥˨"), ("དབང", "waŋ˥˥"), ("པའི", "pɛː˥˥"),
        # words: the second syllable is high and loses its breath; harmony; a nasal handed over
        ("རྒྱ་གར", "ca˩˨kaː˥˥"), ("ཟ་ཁང", "sa˩˨kʰaŋ˥˥"), ("འགྲོ་བ", "ʈ͡ʂo˩˨wa˥˥"), ("གངས་རི", "kʰəŋ˩˨ʐi˥˥"), ("ཨ་མདོ", "ʔam˥˥to˥˥"), ("སྔོན་པོ", "ŋø̃˥˥po˥˥"),
        ("ལྷ་ས", "ɬɛː˥˥sa˥˥"),
    ],
)  # fmt: skip
def test_words_are_said_as_in_lhasa(word: str, sound: str) -> None:
    assert unicodedata.normalize("NFD", ipa(word)) == unicodedata.normalize("NFD", sound)


def test_a_sentence_is_cut_into_words_and_particles() -> None:
    parts = ["སང", "ཉིན", "གྲོང", "ཚོའི", "ཆུ", "གཅོད", "རྒྱུ", "ཡིན", "པས"]
    assert [size for size, _ in cut(parts)] == [2, 2, 3, 2]
    assert cut(["མི", "དང", "ནོར", "ལ"]) == [(1, False), (1, True), (1, False), (1, True)]
    assert cut(["ལ", "དྭགས"]) == [(2, False)]


def test_long_unknown_stretches_go_by_twos_and_end_with_their_endings() -> None:
    assert [size for size, _ in cut(list("ཀཁགཅཆཇཉ"))] == [2, 2, 3]
    assert [size for size, _ in cut(["ཀུར", "ཁུར", "པོ", "གུར", "ངུར"])] == [3, 2]
    assert [size for size, _ in cut(["ཀུར", "ཁུར", "པའི", "གུར"])] == [3, 1]


def test_own_words_are_tibetan_and_particles_are_none_of_them() -> None:
    assert all(syllables(part) for word in WORDS for part in word.split("་"))
    assert not WORDS & PARTICLES
    for word, sound in SAID.items():
        assert len(given_phonemes(sound) or []) == len(word.split("་")), word


def test_a_sentence_keeps_every_word_in_every_script() -> None:
    reading = read_sentence("bo", "༄༅། །བོད་ལྗོངས་ཀྱི་CCTV 中国 གནས་ཚུལ་ཡིན།")
    assert not reading.unknown
    assert [mark.text for mark in reading.marks] == ["བོད་ལྗོངས", "ཀྱི", *"CCTV", *"中国", "གནས་ཚུལ", "ཡིན"]
    assert [u.voice for u in reading.utterances] == ["yue", "en-us", "cmn", "yue"]


def test_what_is_no_tibetan_is_reported_with_its_place_and_the_rest_is_read() -> None:
    reading = read_sentence("bo", "བོད་ོ་ཡིག")
    assert reading.unknown == ((4, "ོ"),)
    assert [mark.text for mark in reading.marks] == ["བོད", "ཡིག"]


def test_a_given_reading_wins() -> None:
    assert read_sentence("bo", "{བོད|ka˥˥} ཡིག").marks[0].reading == "ka˥˥"
    assert given_phonemes("xx") is None and given_phonemes("t͡ɕʰøː˥˨") == ["tS;h'oe1?"]


def test_every_syllable_of_lhasa_sounds_and_none_is_spelled_out() -> None:
    """Every initial with an open and a closed rhyme, every rhyme behind one initial; a spelled-out letter takes a second and more."""
    engine = SystemEngine()
    onsets = [Written(root, "a", *more) for root in "ཀཁགངཅཆཇཉཏཐདནཔཕབམཙཚཛཝཞཟའཡརལཤསཧཨ" for more in ((), ("འ",))]
    onsets += [
        Written(root, "a", below=below)
        for below, roots in (("y", "ཀཁགཔཕབམ"), ("r", "ཀཁགདཔཕབསཧ"), ("l", "ཀགབརསཟ"))
        for root in roots
    ]
    rhymes = [
        Written("མ", vowel, suffix=suffix, second=second)
        for vowel in "aioue"
        for suffix in ["", *"གངདནབམརལས"]
        for second in (False, True)
    ]
    for written in [*onsets, *rhymes]:
        for around in (Around(), Around(before=Written("ཀ", "a")), Around(after=Written("ཀ", "a"))):
            sound = given_phonemes(said(written, around))
            assert sound is not None and len(sound) == 1, said(written, around)
            ms = engine.utter(Utterance("yue", "", phonemes=True), f"[[{sound[0]}]]", voice("bo")).ms
            assert 100 < ms < 800, (said(written, around), ms)


def test_digits_that_are_left_are_named_one_by_one() -> None:
    assert [(s.text, s.reading) for s in read_run("༡༠ལོ")] == [("༡", "t͡ɕi˥˨"), ("༠", "lɛː˥˥koː˥˥"), ("ལོ", "lo˩˨")]


def test_the_dot_alone_is_silence() -> None:
    assert read_run("་") == [] and tibetan.owns("་") and not tibetan.owns("།")


def test_no_word_reaches_over_a_space_as_between_two_numbers() -> None:
    parts = ["གསུམ", "བརྒྱ", "ལ"]
    assert cut(parts, {1}) == [(1, False), (1, False), (1, True)]
    marks = read_sentence("bo", "༣ ༡༠༠").marks
    assert [(mark.at, mark.text) for mark in marks][-1] == (2, "བརྒྱ") and not any(" " in mark.text for mark in marks)
