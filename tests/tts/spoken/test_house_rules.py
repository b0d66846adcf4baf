"""Every example of ``docs/spoken-form.md`` is what the code says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bench._reading_spoken import _DISAGREE
from tts.dialects import DIALECTS
from tts.spoken import spoken

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "spoken-form.md").read_text(encoding="utf-8")
EXAMPLES: list[tuple[str, str, str]] = re.findall(r"^\| (\w+) \| `(.+)` \| (.+) \|$", PAGE, re.M)


@pytest.mark.parametrize(("dialect", "written", "said"), EXAMPLES)
def test_an_example_of_the_page_is_what_is_said(dialect: str, written: str, said: str) -> None:
    assert spoken(written, dialect) == said


def test_the_page_has_examples_of_every_dialect() -> None:
    assert {dialect for dialect, _, _ in EXAMPLES} == set(DIALECTS)


def test_the_page_names_every_rule_by_which_the_public_sets_are_left_out() -> None:
    assert [why for *_, why in _DISAGREE if f" {why.removeprefix('house: ')} |" not in PAGE] == []
