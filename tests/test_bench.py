"""The benchmarks are there under their names."""

from __future__ import annotations

import importlib

from bench.__main__ import names


def test_each_name_is_a_module_with_main() -> None:
    assert "sentence" in names()
    assert all(callable(importlib.import_module(f"bench.{name}").main) for name in names())


def test_the_village_set_is_large_and_well_formed() -> None:
    from bench._reading_chinese import OWN, lines, marked

    kinds = {"word": 0, "place": 0, "surname": 0}
    for line in lines(OWN):
        kind, sentence = line.split("\t")
        plain, marks = marked(sentence)
        assert marks and "[" not in plain
        assert all(len(word) == len(readings.split()) and plain.startswith(word, place) for place, word, readings in marks)
        kinds[kind] += len(marks)
    assert min(kinds.values()) >= 300


def test_a_share_under_the_limit_is_missed() -> None:
    from bench._reading_chinese import share

    assert share("x", 98, 100, 97.0, []).good is True
    assert share("x", 96, 100, 97.0, ["y"]).good is False
