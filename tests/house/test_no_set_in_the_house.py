"""No sentence of a benchmark stands in code or data: the figures are not bought by heart."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
_SETS = (
    "pron/cpp_zh_polyphones.tsv",
    "pron/hkcancor_yue_jyutping.tsv",
    "text/ntrex128/zho-CN.txt",
    "text/ntrex128/zho-TW.txt",
    "text/ntrex128/yue.txt",
)
_HAN = re.compile(r"[\u3400-\u9fff]+")
_NUMERALS = re.compile(r"[零〇一二三四五六七八九十百千万]{6}")
_LONG = 12
"""So many characters side by side are a sentence's own; shorter strings are words that anybody writes."""


def stretches(text: str) -> set[str]:
    """Every ``_LONG`` Chinese characters that stand side by side."""
    return {
        run[at : at + _LONG] for run in _HAN.findall(text) for at in range(len(run) - _LONG + 1) if not _NUMERALS.match(run, at)
    }


def ours() -> dict[str, str]:
    """Everything Chinese of the rooms and the benchmarks, by file."""
    found = {}
    for folder in ("tts", "bench", "articles", "admin"):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in (".py", ".tsv", ".csv", ".json", ".txt"):
                found[str(path.relative_to(ROOT))] = path.read_text(encoding="utf-8")
    return found


def shared(sets: set[str], files: dict[str, str]) -> list[str]:
    return [f"{name}: {text}" for name, content in files.items() for text in sorted(stretches(content) & sets)]


@pytest.mark.material
def test_no_sentence_of_a_benchmark_stands_in_the_house(data_dir: Path) -> None:
    sets: set[str] = set()
    for name in _SETS:
        sets |= stretches((data_dir / name).read_text(encoding="utf-8").replace("▁", "").replace(" ", ""))
    assert shared(sets, ours()) == []


def test_the_search_would_find_one() -> None:
    sentence = "请各位村民今天下午到村委会开会"
    assert shared(stretches(sentence), {"a.py": f"x = '{sentence}'", "b.py": "x = '村民'"})
    assert shared(stretches(sentence), {"b.py": "请各位村民今天"}) == []


def test_our_own_set_is_no_copy_of_the_tables() -> None:
    """The tables hold words, the set sentences: what is measured is where a word ends and which reading wins."""
    rows = (ROOT / "bench/sets/village_mandarin.tsv").read_text(encoding="utf-8").splitlines()
    plain = [re.sub(r"\[([^|\]]+)\|[^\]]+\]", r"\1", row.split("\t")[1]) for row in rows]
    assert len(rows) == len(set(rows)) >= 300
    tables = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tts/reading").glob("*.py"))
    assert [sentence for sentence in plain if len(sentence) > 6 and sentence in tables] == []
