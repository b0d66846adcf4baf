"""The spoken form beside the public sets, where their folder is named; and that none of their sentences stands in our code."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench._reading_spoken import figures

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.material
def test_every_figure_of_the_spoken_form_is_reached(data_dir: Path) -> None:
    short = [
        f"{each.what}: {each.measured} ({each.beside})"
        for each in figures(data_dir)
        if each.good is False and "725" not in each.what
    ]
    assert short == []


@pytest.mark.material
def test_no_sentence_of_a_set_stands_in_the_rules(data_dir: Path) -> None:
    ours = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tts" / "spoken").glob("*.py"))
    sets = [
        path for name in ("nemo_zh", "nemo_en", "wetext_zh", "wetext_en") for path in (data_dir / "textnorm" / name).glob("*.txt")
    ]
    lines = {
        line.replace(" => ", "~").split("~")[0].strip() for path in sets for line in path.read_text(encoding="utf-8").splitlines()
    }
    articles = {
        line for path in (data_dir / "text" / "ntrex128").glob("*.txt") for line in path.read_text(encoding="utf-8").splitlines()
    }
    assert [line for line in lines | articles if len(line) > 10 and line in ours] == []


def test_without_a_folder_only_the_speed_is_measured() -> None:
    assert [each.what for each in figures(None)] == ["spoken form, 725 characters full of numbers"]
