"""Hakka: words of a list, their tones in a word, and nothing dropped where the list ends."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tts import wordbook
from tts.dialects import dialect
from tts.engines import EngineError, Utterance
from tts.engines.system import SystemEngine
from tts.reading import hakka, read_sentence
from tts.reading.hakka import Book, phonemes, sandhi
from tts.voices import voice
from tts.wordbook import WordbookError, from_csv


def forget() -> None:
    wordbook.choice.cache_clear()
    hakka._book.cache_clear()


@pytest.fixture
def own_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A station without formog2p that names a list of its own."""
    path = tmp_path / "hakka.csv"
    path.write_text(
        "word,reading\n客家,hag2 ga24\n客,hag2\n家,ga24\n開會,koi24 fi55\n大家,tai55 ga24\n大,tai55\n大,tai11\n", "utf-8"
    )
    monkeypatch.setenv("XIANGYIN_HAKKA_LEXICON", str(path))
    monkeypatch.setattr(wordbook, "PACKAGE", "no_such_package")
    forget()
    yield path
    forget()


@pytest.fixture
def no_list(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(wordbook, "PACKAGE", "no_such_package")
    monkeypatch.delenv("XIANGYIN_HAKKA_LEXICON", raising=False)
    forget()
    yield
    forget()


@pytest.mark.parametrize(
    ("syllable", "sound"),
    [
        ("hag2", "h'a5k"), ("ga24", "k'a1"), ("ngied5", "n^'ie6t"), ("ng31", "'N-3"), ("m11", "'m-2"), ("siid5", "s'i.6t"), ("vi55", "v'i4"),
        ("hieu11", "hj'eu2"), ("qiong11", "tS;h'io2N"), ("gueu11", None), ("ga", None), ("24", None),
    ],
)  # fmt: skip
def test_a_syllable_becomes_the_voice_s_phonemes(syllable: str, sound: str | None) -> None:
    assert phonemes(syllable) == sound


def test_the_tones_of_every_accent_stay_apart() -> None:
    for accent, contours in (("sixian", "24 11 31 55"), ("hailu", "53 55 24 11 33"), ("dapu", "33 113 31 53")):
        said = [hakka.tone(contour, False, accent) for contour in contours.split()]
        assert len(set(said)) == len(said) and None not in said, accent
    assert hakka.tone("2", True) != hakka.tone("5", True)


def test_tones_change_inside_a_word() -> None:
    assert sandhi(["tien24", "gung24"], "sixian") == ["tien11", "gung24"]
    assert sandhi(["ga24", "hong11"], "sixian") == ["ga24", "hong11"]
    assert sandhi(["ho24", "ngid5", "zii24"], "hailu") == ["ho33", "ngid2", "zii24"]
    assert sandhi(["tien24", "gung24"], "zhaoan") == ["tien24", "gung24"]


def test_the_fewest_words_are_cut() -> None:
    book = Book({"大": ["tai55"], "大家": ["tai55 ga24"], "家人": ["ga24 ngin11"], "人": ["ngin11"]})
    assert book.cut("大家人") == [(0, 2), (2, 3)]
    assert book.cut("大☃家人") == [(0, 1), (1, 2), (2, 4)]


def test_of_several_readings_the_one_that_other_words_use_is_taken_and_a_close_call_is_doubtful() -> None:
    book = Book(
        {
            "重": ["cung11", "cung24"],
            "重要": ["cung55 ieu55"],
            "輕重": ["kiang24 cung24"],
            "重量": ["cung24 liong55"],
            "發": ["fad2", "bod2"],
        }
    )
    assert book.read("重") == (["cung24"], False)
    assert book.read("發") == (["fad2"], True)
    assert book.read("無") == ([], False)


def test_an_own_list_is_enough_and_what_it_lacks_is_reported_with_its_place(own_list: Path) -> None:
    assert dialect("hak").speaks
    reading = read_sentence("hak", "客家大家开会，请")
    assert " ".join(mark.reading for mark in reading.marks) == "hag2 ga24 tai55 ga24 koi24 fi55"
    assert reading.unknown == ((7, "请"),)
    assert {u.voice for u in reading.utterances} == {"hak"}


def test_simplified_writing_is_known_by_the_longer_words_it_makes_when_the_list_has_its_characters_too(own_list: Path) -> None:
    own_list.write_text("廣州,gong31 zu24\n州,zu24\n广,am31\n里,li24\n裡,di24\n長,zong31\n", "utf-8")
    forget()
    assert [mark.reading for mark in read_sentence("hak", "广州").marks] == ["gong31", "zu24"]
    assert [mark.reading for mark in read_sentence("hak", "里長").marks] == ["li24", "zong31"], "a traditional text stays as it is written"


def test_a_given_reading_wins(own_list: Path) -> None:
    assert [m.reading for m in read_sentence("hak", "{大|tai11}家").marks] == ["tai11", "ga24"]


def test_without_a_list_hakka_says_plainly_what_is_missing(no_list: None) -> None:
    assert not dialect("hak").speaks
    with pytest.raises(EngineError, match="its list of words is missing: install one with") as caught:
        read_sentence("hak", "你好")
    assert caught.value.permanent


def test_a_list_with_a_mistake_names_its_line(own_list: Path) -> None:
    own_list.write_text("客家,hag2 ga24\n開會,開會\n", "utf-8")
    with pytest.raises(WordbookError, match=r"line 2: write word,reading"):
        from_csv(own_list)
    with pytest.raises(EngineError, match="line 2"):
        read_sentence("hak", "客家")
    with pytest.raises(WordbookError, match="cannot be read"):
        from_csv(own_list.parent)


@pytest.mark.parametrize("accent", wordbook.ACCENTS)
def test_every_syllable_of_the_package_has_phonemes(accent: str) -> None:
    import json

    path = wordbook.package_file(accent)
    assert path is not None, "formog2p is in requirements-dev.lock"
    found = {one for readings in json.loads(path.read_text("utf-8")).values() for reading in readings for one in reading.split()}
    assert len(found) > 1500
    # slips of the list: a vowel with two codas, no vowel at all
    assert {one for one in found if phonemes(one, accent) is None} <= {"ind54", "und54", "gng53"}


def test_the_package_reads_a_notice_whole() -> None:
    forget()
    reading = read_sentence("hak", "各位鄉親請注意，天光日上晝停水。各位乡亲请注意。")
    assert not reading.unknown and len(reading.marks) == 21
    assert [m.reading for m in reading.marks[:4]] == ["gog2", "vi55", "hiong24", "qin24"]


def test_every_kind_of_syllable_sounds_and_none_is_spelled_out() -> None:
    engine = SystemEngine()
    initials = [*hakka._INITIALS]
    finals = [v + c for v in hakka._NUCLEI for c in hakka._CODAS if v + c not in ("ng",)]
    syllables = [f"{i}a24" for i in initials] + [f"{f}55" for f in finals] + ["m11", "n11", "ng31"]
    for syllable in syllables:
        sound = phonemes(syllable)
        assert sound is not None, syllable
        assert 150 < engine.utter(Utterance("hak", "", phonemes=True), f"[[{sound}]]", voice("hak")).ms < 900, syllable
