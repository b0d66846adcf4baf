"""Mandarin and Cantonese: polyphones, village words, places, surnames, conversations, every standard character, news lines."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from bench.figures import Figure
from tts.reading import read_sentence
from tts.reading.mixed import is_han
from tts.spoken import say

OWN = Path(__file__).parent / "sets" / "village_mandarin.tsv"
"""Sentences as in notices: kind, sentence with [word|readings]. Written from public facts, apart from the tables of ``tts/reading``."""
_ASKED = {"word": 97.0, "place": 98.0, "surname": 95.0}
_NAMES = {"word": "village words", "place": "place names", "surname": "surnames"}
_MARK = re.compile(r"\[([^|\]]+)\|([^\]]+)\]")
_EVERY = 3
"""Of the polyphones one sentence in three is read, so that the bench ends within a minute."""


def figures(data: Path | None) -> list[Figure]:
    """All figures of the two tongues; the sets of ``data`` only where it is named."""
    found = list(village())
    if data:
        found += [
            polyphones(data / "pron/cpp_zh_polyphones.tsv"),
            conversations(data / "pron/hkcancor_yue_jyutping.tsv"),
            *characters(data / "pron/unihan_tgh.tsv"),
            *news(data / "text/ntrex128"),
        ]
    return found


def lines(path: Path, every: int = 1) -> list[str]:
    return [line for at, line in enumerate(path.read_text(encoding="utf-8").splitlines()) if line.strip() and at % every == 0]


def at_places(dialect: str, sentence: str) -> dict[int, str]:
    """The reading of every place of the sentence, as the product gives it."""
    return {mark.at: mark.reading for mark in read_sentence(dialect, sentence).marks}


def share(what: str, right: int, of: int, asked: float, misses: list[str]) -> Figure:
    """A share in per cent beside the limit, with the first misses."""
    reached = 100 * right / max(of, 1)
    return Figure(what, f"{reached:.2f} % of {of}", "; ".join(misses[:4]), asked=f">= {asked} %", good=reached >= asked)


def marked(line: str) -> tuple[str, list[tuple[int, str, str]]]:
    """A sentence without its marks, and (place, word, readings) of each."""
    plain, marks, done = "", [], 0
    for found in _MARK.finditer(line):
        plain += line[done : found.start()]
        marks.append((len(plain), found[1], found[2]))
        plain += found[1]
        done = found.end()
    return plain + line[done:], marks


def village() -> Iterator[Figure]:
    """Our own set by kind: a word is right when all its characters are."""
    right, of = Counter[str](), Counter[str]()
    misses: dict[str, list[str]] = {kind: [] for kind in _ASKED}
    for line in lines(OWN):
        kind, sentence = line.split("\t")
        plain, marks = marked(sentence)
        read = at_places("cmn", plain)
        for place, word, expected in marks:
            said = " ".join(read.get(place + i, "-") for i in range(len(word)))
            of[kind] += 1
            right[kind] += said == expected
            if said != expected:
                misses[kind].append(f"{word} {said}, not {expected}")
    for kind, asked in _ASKED.items():
        yield share(f"Mandarin {_NAMES[kind]}", right[kind], of[kind], asked, misses[kind])


def polyphones(path: Path) -> Figure:
    """CPP: the one marked polyphone of each sentence."""
    right, misses, rows = 0, [], lines(path, _EVERY)
    for line in rows:
        sentence, expected = line.split("\t")
        place, plain = sentence.index("▁"), sentence.replace("▁", "")
        said = at_places("cmn", plain).get(place, "-")
        right += said == expected.replace("u:", "v")
        if said != expected.replace("u:", "v"):
            misses.append(f"{plain[max(0, place - 1) : place + 2]} {said}, not {expected}")
    return share("Mandarin polyphones (CPP)", right, len(rows), 97.3, misses)


def conversations(path: Path) -> Figure:
    """HKCanCor: syllables in order, with tone, as its scorer compares them."""
    right = of = 0
    wrong: Counter[str] = Counter()
    for line in lines(path):
        words, readings = line.split("\t")
        sentence = words.replace(" ", "")
        expected = re.findall(r"[a-z]+[1-6]", readings)
        said = [syllable for mark in read_sentence("yue", sentence).marks for syllable in mark.reading.split()]
        of += len(expected)
        for place, (ours, theirs) in enumerate(zip(said, expected, strict=False)):
            right += ours == theirs
            if ours != theirs:
                wrong[f"{sentence[place : place + 1]} {ours}, not {theirs}"] += 1
    return share(
        "Cantonese conversations (HKCanCor)", right, of, 93.0, [f"{what} ({times}x)" for what, times in wrong.most_common(4)]
    )


def characters(path: Path) -> Iterator[Figure]:
    """The 8105 standard characters: a reading out of the allowed ones, in Mandarin and where given in Cantonese."""
    mandarin: list[str] = []
    cantonese: list[str] = []
    rows = [line.split("\t") for line in lines(path)[1:]]
    given = 0
    for char, _, *pinyin, jyutping in (row + [""] * (7 - len(row)) for row in rows):
        allowed = {each for column in pinyin[:4] for each in _syllables(column)}
        said = at_places("cmn", char).get(0, "-")
        if said not in allowed:
            mandarin.append(f"{char} {said}, not {'/'.join(sorted(allowed))}")
        if jyutping.strip():
            given += 1
            said = at_places("yue", char).get(0, "-")
            if said not in jyutping.split():
                cantonese.append(f"{char} {said}, not {jyutping.strip()}")
    yield share("standard characters in Mandarin", len(rows) - len(mandarin), len(rows), 100.0, mandarin)
    yield share("standard characters in Cantonese", given - len(cantonese), given, 100.0, cantonese)


_TONES = {"\u0304": "1", "\u0301": "2", "\u030c": "3", "\u0300": "4"}


def _syllables(column: str) -> Iterator[str]:
    """``482.140:zhòu`` or ``lǜ(12)`` as zhou4, lv4."""
    for written in re.findall(r"[a-zà-ÿāēīōūǎěǐǒǔǖǘǚǜüńňǹḿê\u0300-\u036f]+", column.lower()):
        plain, tone = "", "5"
        for sign in unicodedata.normalize("NFD", written):
            if sign in _TONES:
                tone = _TONES[sign]
            elif sign == "\u0308":
                plain = plain[:-1] + "v"
            elif sign.isascii():
                plain += sign
        yield plain + tone


def news(folder: Path) -> Iterator[Figure]:
    """NTREX: characters that have neither a reading nor a report; those of a rewritten number are read in its words."""
    for name, dialect in (("zho-CN", "cmn"), ("zho-TW", "cmn"), ("yue", "yue")):
        for path in sorted(folder.glob(f"*{name}*")):
            silent: list[str] = []
            reported = 0
            for line in lines(path):
                reading = read_sentence(dialect, line)
                covered = {mark.at + i for mark in reading.marks for i in range(len(mark.text))}
                covered |= {
                    at
                    for piece in say(line, dialect)
                    if line[piece.start : piece.end] != piece.text
                    for at in range(piece.start, piece.end)
                }
                named = {at + i for at, text in reading.unknown for i in range(len(text))}
                reported += len(named)
                silent += [char for at, char in enumerate(line) if is_han(char) and at not in covered | named]
            yield Figure(
                f"news lines read or reported ({path.name}, {dialect})", f"{len(silent)} unread without a report",
                f"{reported} reported; {' '.join(silent[:6])}", asked="0", good=not silent,
            )  # fmt: skip
