"""Everything is run in two halves with one verdict; what is named is pytest's alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.__main__ import names_tests, runs, verdict
from tests.allornone import Outcome

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("words", [[], ["--all", "-q"], ["--all", "-q", "--durations=60"], ["-x", "--tb=short", "-rA"]])
def test_how_tests_are_run_names_none(words: list[str]) -> None:
    assert not names_tests(words)


@pytest.mark.parametrize("words", [["tests/tts"], ["--all", "tests/tts/test_bed.py::test_x"], ["-k", "numbers"], ["-m", "outer"], ["--lf"], ["-n", "4"]])
def test_what_chooses_among_them_does(words: list[str]) -> None:
    assert names_tests(words)


def test_every_test_is_in_one_half_and_a_journey_in_the_second() -> None:
    small = ["tests/journeys/test_losses.py", "tests/house/test_two_runs.py"]
    found = []
    for half in runs().values():
        words = [word for word in half if word in ("-m", "alone", "not alone")]
        said = subprocess.run([sys.executable, "-m", "pytest", "-q", "--collect-only", *words, *small], cwd=ROOT, capture_output=True, text=True)
        found.append({line.partition("::")[0] for line in said.stdout.splitlines() if "::" in line})
    assert found == [{small[1]}, {small[0]}]


def test_what_came_out_is_written_where_it_was_asked_for(tmp_path: Path) -> None:
    (tmp_path / "test_small.py").write_text("def test_good(): pass\n\ndef test_bad(): assert False\n")
    words = ["-q", "--outcome", str(tmp_path / "told"), "-c", str(ROOT / "pyproject.toml"), str(tmp_path / "test_small.py")]
    subprocess.run([sys.executable, "-m", "pytest", *words], cwd=ROOT, capture_output=True)
    found = Outcome.read(tmp_path / "told")
    assert found.counts == {"passed": 1, "failed": 1} and found.failures[0].endswith("::test_bad")


def test_the_verdict_names_what_failed_in_either_half() -> None:
    good, bad = Outcome({"passed": 10}), Outcome({"passed": 3, "failed": 1}, ["FAILED tests/x.py::test_y"])
    assert verdict({"side by side": (0, good), "alone": (0, good)}, 90.0) == "PASSED: 20 passed in 1.5 minutes"
    assert verdict({"side by side": (1, bad), "alone": (0, good)}, 60.0) == "FAILED tests/x.py::test_y\nFAILED: 13 passed, 1 failed in 1.0 minutes"


def test_a_half_that_ended_without_a_word_is_a_failure() -> None:
    assert verdict({"alone": (3, Outcome())}, 0.0).splitlines()[0] == "the tests that run alone ended with 3"
