"""English words that no dictionary has: sounds laid along letters, the dictionary's sounds in the voice's convention, the network."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from bench import english_net as making
from bench._english_sources import cmudict, gnuspeech
from tts.reading import english_net
from tts.reading.english_net import harmonised, laid_along, letters, net, plain, readable

COSTS = {"tθ": 0.1, "h": 0.1, "iɪ": 0.1, "nŋ": 0.3, "nn": 0.1, "g": 0.5, "xks": 0.1, "aæ": 0.1, "ee": 0.2, "e": 0.5}


def test_every_letter_stands_for_none_one_or_two_sounds() -> None:
    assert laid_along("thing", "θˈɪŋ", COSTS) == ["θ", "", "ˈɪ", "ŋ", ""]
    assert laid_along("axe", "ˈæks", COSTS) == ["ˈæ", "ks", ""]
    assert laid_along("a", "ˈeɪbˌisˈi", COSTS) is None  # more sounds than a letter can stand for


def test_letters_are_known_without_their_marks_and_other_scripts_are_not() -> None:
    assert letters("Győr’s") == "gyor's"
    assert readable("Győr") and not readable("Łódź") and not readable("ab") and not readable("水利局")


def test_the_dictionary_speaks_in_the_convention_of_the_voice() -> None:
    assert harmonised("ə", "ɪ", "t") == "ɪ"
    assert harmonised("ˈɪ", "ə", "t") == "ˈɪ"  # a stressed vowel is a word of its own
    assert harmonised("ə", "ˌʌ", "n") == "ʌ"
    assert harmonised("ˈɛ", "ˈæ", "r") == "ˈæ" and harmonised("ˈɛ", "ˈæ", "t") == "ˈɛ"
    assert harmonised("k", "ɪ", "e") == "k" and harmonised("", "ə", "e") == ""


def test_nothing_is_read_where_sounds_and_letters_have_nothing_in_common() -> None:
    assert net().reading("", "ˈæ") is None
    assert net().reading("xyz", "ˌɛkswˌaɪzˈiəndzˈiəndzˈi") is None


def test_a_learned_word_is_read_by_its_parts() -> None:
    """The voice stumbles over the seam; a made-up word of known parts is in no dictionary."""
    assert plain(net().reading("fibrocardiopath", "fɪbɹəkˈɑɹdiəpˌæθ") or "").startswith("faɪbɹoʊ")


def test_a_word_is_read_alike_alone_and_among_others() -> None:
    words = [net().inputs(word, list(word)) for word in ("dog", "cattle", "at")]
    together = net().chances(words)
    for word, chances in zip(words, together, strict=True):
        (alone,) = net().chances([word])
        assert np.allclose(alone, chances, atol=1e-4)
        assert np.allclose(alone.sum(1), 1, atol=1e-4)


def test_what_is_written_is_what_is_opened() -> None:
    again = english_net.opened(english_net.closed(net()))
    assert again.labels == net().labels and again.heard == net().heard and again.costs == net().costs
    assert all(np.allclose(again.weights[name], each, rtol=1e-5) for name, each in net().weights.items())


def test_the_dictionaries_are_parsed(tmp_path: Path) -> None:
    cmu = tmp_path / "cmudict.dict"
    cmu.write_text("abandon AH0 B AE1 N D AH0 N\nread R EH1 D\nread(2) R IY1 D # a comment\na AH0\n3d TH R IY1\n", "utf-8")
    assert cmudict(cmu) == {"abandon": ["əbˈændən"], "read": ["ɹˈɛd", "ɹˈid"]}
    other = tmp_path / "MainDictionary.txt"
    other.write_text(
        "2.0e Release\nabacus 'aa_b.uh.k_uh_s%a\nacademic \"aa_k.uh.'d_e.m_i_k%ca\nduteous 'd_y_uu.t_i.uh_s%c\nhappy 'h_aa.p_i%c\n"
        "read/v 'r_ee_d%b\nread 'r_e_d%b\nwaltz 'w_0.5_aw_l_t_s%a\nahem '%a\n",
        "utf-8",
    )
    assert gnuspeech(other) == {
        "abacus": ["ˈæbəkəs"], "academic": ["ˌækədˈɛmɪk"], "duteous": ["dˈutiəs"], "happy": ["hˈæpi"], "read": ["ɹˈid", "ɹˈɛd"],
    }  # fmt: skip


def test_words_are_kept_back_to_be_judged_by() -> None:
    usual, rare = {"dog": ["dˈɔɡ"], "smith": ["smˈɪθ"]}, {"dog": ["dˈɑɡ"], **{f"ab{chr(97 + n)}": ["ˈæb"] for n in range(20)}}
    learnt, kept = making.chosen(usual, rare, random.Random(0))
    assert len(kept) == 2 and not kept.keys() & learnt.keys() and learnt.keys() | kept.keys() == usual.keys() | rare.keys()
    assert learnt["dog"] == ["dˈɔɡ"]


def test_which_letter_stands_for_which_sound_is_learnt_from_whole_words() -> None:
    costs = making.learnt_costs(
        [("chat", ["t͡ʃ", "æ", "t"]), ("hat", ["h", "æ", "t"]), ("cat", ["k", "æ", "t"]), ("that", ["ð", "æ", "t"])] * 3
    )
    assert laid_along("chat", "t͡ʃˈæt", costs)[-2:] == ["ˈæ", "t"]  # type: ignore[index]
    assert costs["aæ"] < 0.1


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> tuple[english_net.Net, list[making.Example]]:
    monkeypatch.setattr(making, "WIDTHS", {"letters": 5, "voice": 4})
    monkeypatch.setattr(making, "LAYERS", 2)
    begun = english_net.Net(["a", "b", ""], {"a": 2}, {}, making.begun(3, 4))
    draw = np.random.default_rng(3)
    known = [
        (np.stack([draw.integers(1, 27, size), draw.integers(0, 4, size)], 1), draw.integers(0, 3, size))
        for size in (3, 6, 4)
    ]
    return begun, known


def test_the_slopes_are_those_of_the_loss(small: tuple[english_net.Net, list[making.Example]]) -> None:
    begun, known = small
    weights = {name: each.astype(np.float64) for name, each in begun.weights.items()}

    def told() -> tuple[float, dict[str, english_net.Floats]]:
        return making._slopes(weights, known, np.random.default_rng(0))  # type: ignore[arg-type]

    _, slopes = told()
    for name, each in weights.items():
        at = np.unravel_index(np.abs(slopes[name]).argmax(), each.shape)
        usual = each[at]
        each[at] = usual + 1e-4
        above, _ = told()
        each[at] = usual - 1e-4
        below, _ = told()
        each[at] = usual
        assert (above - below) / 2e-4 == pytest.approx(float(slopes[name][at]), rel=0.02), name


def test_it_learns_and_the_same_seed_learns_the_same(
    small: tuple[english_net.Net, list[making.Example]], monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, known = small
    monkeypatch.setattr(making, "BATCH", 3)
    before, _ = making._slopes(begun.weights, known, np.random.default_rng(0))
    making.learn(begun, known, random.Random(0), rounds=60, rate=2e-3)
    after, _ = making._slopes(begun.weights, known, np.random.default_rng(0))
    assert after < before
    again = english_net.Net(["a", "b", ""], {"a": 2}, {}, making.begun(3, 4))
    making.learn(again, known, random.Random(0), rounds=60, rate=2e-3)
    assert english_net.closed(again) == english_net.closed(begun)
