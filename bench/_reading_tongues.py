"""Readings in IPA beside Wiktionary's: Tibetan (Lhasa), Uyghur, English; Hakka words beside the Ministry of Education's.

Phone error rate = Levenshtein distance / phones of the gold row, over all words; of several rows of one word the nearest counts.
Wiktionary's rows come from many hands; both sides are brought to one broad spelling first (``BROAD_UG``, ``BROAD_EN``), which folds
only what no listener would call another word: ties, length, stress, a glottal stop before a vowel, free variants of one phoneme.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from bench.figures import Figure

BROAD_UG = (
    ("ʔ", ""), ("æ", "ɛ"), ("ɪ", "i"), ("ɯ", "i"), ("ɔ", "o"), ("œ", "ø"), ("ɦ", "h"), ("x", "χ"), ("a", "ɑ"), ("v", "w"),
)  # fmt: skip
BROAD_EN = (
    ("n̩", "ən"), ("l̩", "əl"), ("m̩", "əm"), ("ɜɹ", "ɝ"), ("ɚ", "ɝ"), ("əɹ", "ɝ"), ("ʌɹ", "ɝ"), ("ɝɹ", "ɝ"), ("ɒ", "ɑ"), ("əʊ", "oʊ"), ("ɔ", "ɑ"),
    ("ɑɪ", "ɔɪ"), ("r", "ɹ"), ("ɾ", "t"), ("ʍ", "w"), ("g", "ɡ"), ("ɪəɹ", "ɪɹ"), ("ɪɝ", "ɪɹ"), ("ɛɝ", "ɛɹ"), ("ʊɝ", "ʊɹ"), ("ɫ", "l"), ("ɐ", "ə"), ("ʔ", "t"),
)  # fmt: skip
"""American and British rows stand side by side: rhotic vowels, LOT and THOUGHT, GOAT."""
_DROPPED = re.compile("[ːˑˈˌ. \u0361\u032f\u031aʰ]")


def distance(said: Sequence[str], gold: Sequence[str]) -> int:
    """Levenshtein's."""
    before = list(range(len(gold) + 1))
    for row, one in enumerate(said, 1):
        now = [row]
        for column, other in enumerate(gold, 1):
            now.append(min(before[column] + 1, now[-1] + 1, before[column - 1] + (one != other)))
        before = now
    return before[-1]


def broad(ipa: str, folds: Iterable[tuple[str, str]]) -> str:
    """One spelling for what sounds the same: ties, length and stress dropped, then folded in order."""
    plain = _DROPPED.sub("", unicodedata.normalize("NFD", ipa).replace("kː", "kk"))
    for narrow, wide in folds:
        plain = plain.replace(narrow, wide)
    return plain


def golds(path: Path, keep: Callable[[str], bool] = lambda ipa: True) -> dict[str, list[str]]:
    """Word -> the IPA of its rows."""
    found: dict[str, list[str]] = {}
    for line in path.read_text("utf-8").splitlines():
        word, ipa = line.split("\t")
        if keep(ipa):
            found.setdefault(word, []).append(ipa)
    return found


def error_rate(said: Callable[[str], Sequence[str]], rows: Mapping[str, list[Sequence[str]]]) -> float:
    """Errors per hundred phones of the gold."""
    errors = phones = 0
    for word, readings in rows.items():
        heard = said(word)
        wrong, gold = min(((distance(heard, each), each) for each in readings), key=lambda pair: pair[0] / max(1, len(pair[1])))
        errors += wrong
        phones += len(gold)
    return 100 * errors / phones


def reading(code: str, text: str) -> str:
    """The IPA that ``xiangyin read`` gives for the text."""
    from tts.reading import read_sentence

    return "".join(mark.reading for mark in read_sentence(code, text).marks)


def _alphabetic(what: str, code: str, path: Path, folds: Sequence[tuple[str, str]], limit: float) -> Figure:
    rows = {word: [broad(ipa, folds) for ipa in each] for word, each in golds(path).items()}
    rate = error_rate(lambda word: broad(reading(code, word), folds), rows)
    return Figure(what, f"{rate:.2f} %", f"{len(rows)} words", "", f"<= {limit} %", rate <= limit)


def phones(ipa: str) -> list[str]:
    """Sounds with their marks, and a whole contour as one: as Wiktionary's rows are parted by blanks."""
    found: list[str] = []
    for char in unicodedata.normalize("NFD", ipa).replace(" ", ""):
        marks = found and (unicodedata.category(char) == "Mn" or char in "ːˑʰˀ" or found[-1][-1] == "\u0361")
        if marks or (found and char in _TONES and found[-1][-1] in _TONES):
            found[-1] += char
        else:
            found.append(char)
    return found


_TONES = "˥˦˧˨˩"


def _tibetan(path: Path) -> Iterable[Figure]:
    """Rows with tone letters are Lhasa's. Some of them write a reduced tone ˑ where others write ˥˥: beside ours it counts as ˥˥, and apart as it is."""
    rows = golds(path, lambda ipa: any(tone in ipa for tone in _TONES))
    as_is = {word: [phones(ipa) for ipa in each] for word, each in rows.items()}
    high = {word: [phones(ipa.replace("ˑ", "˥˥")) for ipa in each] for word, each in rows.items()}
    rate, raw = (error_rate(lambda word: phones(reading("bo", word)), each) for each in (high, as_is))
    yield Figure("Tibetan (Lhasa), phone error rate", f"{rate:.2f} %", f"{len(rows)} words", "", "<= 12 %", rate <= 12)
    yield Figure("Tibetan (Lhasa), with ˑ as a sound of its own", f"{raw:.2f} %", f"{len(rows)} words")


def _hakka(path: Path) -> Iterable[Figure]:
    """Whole words, each beside all rows that the dictionary has of it; of the words that the list of this station has."""
    from tts import wordbook

    accents = {"sixian": 2, "hailu": 3, "dapu": 4, "raoping": 5, "zhaoan": 6, "southern-sixian": 7}
    accent = wordbook.choice()[0]
    if not wordbook.present():
        yield Figure("Hakka", "no list of words here", "", "", "python3 run.py add hakka", False)
        return
    golds: dict[str, set[str]] = {}
    for line in path.read_text("utf-8").splitlines()[1:]:
        cells = line.split("\t")
        gold = " ".join(cells[accents[accent]].split())
        if re.fullmatch(r"[a-z]+\d+( [a-z]+\d+)*", gold):
            golds.setdefault(cells[1], set()).add(gold)
    right = whole = known = dropped = 0
    from tts.reading import read_sentence

    words = wordbook.words()
    for word, readings in golds.items():
        found = read_sentence("hak", word)
        heard = sum(len(mark.text) for mark in found.marks) + sum(len(text) for _, text in found.unknown)
        dropped += len(word) - heard if all(c.isalnum() for c in word) else 0
        whole += not found.unknown
        known += word in words
        right += word in words and " ".join(mark.reading for mark in found.marks) in readings
    share = 100 * right / known
    yield Figure(
        f"Hakka words ({accent})", f"{share:.2f} %", f"{known} of {len(golds)} words are in the list", "", ">= 95 %", share >= 95
    )
    yield Figure("Hakka characters dropped without a report", str(dropped), f"{whole} words read whole", "", "0", dropped == 0)


def figures(data: Path | None) -> list[Figure]:
    """Only with outer material: these sets are not ours."""
    if data is None:
        return []
    wikipron = data / "pron" / "wikipron"
    return [
        *_hakka(data / "pron" / "hakka_moe" / "words.tsv"),
        *_tibetan(wikipron / "bod_tibt_broad.tsv"),
        _alphabetic("Uyghur, phone error rate", "ug", wikipron / "uig_arab_broad.tsv", BROAD_UG, 0.5),
        _alphabetic("English, phone error rate", "en", wikipron / "eng_us_sample.tsv", BROAD_EN, 8.0),
    ]
