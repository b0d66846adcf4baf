"""Runs the tests: everything in two runs with one verdict, or whatever is named as pytest would.

With nothing named, all that waits for nobody runs side by side, a process for each core; then what keeps a time or strains the machine
(the mark ``alone``) runs with little beside it: it waits most of the time, so two of its files at once cost no more than one after the other.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.allornone import BESIDE, Outcome

ROOT = Path(__file__).resolve().parents[1]
# More processes than this gain nothing and each takes some 400 MB.
MOST = 8
# So many files of what keeps a time run at once.
WAITING = 2
# Words that say how the tests are run and not which.
HOW = ("--all", "-q", "-qq", "-v", "-vv", "-x", "-l", "-s", "--durations=", "--durations-min=", "--maxfail=", "--tb=", "--color=", "-r")


def names_tests(words: list[str]) -> bool:
    """Whether the words choose among the tests: then they are pytest's alone."""
    return any(not (word in HOW or word.startswith(tuple(how for how in HOW if how.endswith("=") or how == "-r"))) for word in words)


def cores() -> int:
    return min(MOST, len(os.sched_getaffinity(0)))


def runs() -> dict[str, list[str]]:
    """The two halves of everything, and how pytest is told."""
    return {"side by side": ["-m", BESIDE, *_at_once(cores())], "alone": ["-m", "alone", *_at_once(min(WAITING, cores()))]}


def _at_once(processes: int) -> list[str]:
    return ["-n", str(processes), "--dist", "loadfile", "--no-loadscope-reorder"] if processes > 1 else []


def run(half: list[str], words: list[str]) -> tuple[int, Outcome]:
    """pytest's exit code, and what came out. Drawn examples are the same in every such run; a run of named tests draws new ones."""
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "outcome.json"
        how = ["--hypothesis-profile", "same", "--outcome", str(told)]
        code = subprocess.run([sys.executable, "-m", "pytest", *half, *how, *words], cwd=ROOT).returncode
        return code, Outcome.read(told)


def verdict(found: dict[str, tuple[int, Outcome]], seconds: float) -> str:
    """Which tests failed, and one line for all of them."""
    counts: Counter[str] = Counter()
    lines = []
    for name, (code, outcome) in found.items():
        counts.update(outcome.counts)
        lines += outcome.failures
        if code and not outcome.failures:
            lines.append(f"the tests that run {name} ended with {code}")
    said = ", ".join(f"{number} {what}" for what, number in counts.items() if number)
    return "\n".join([*lines, f"{'FAILED' if lines else 'PASSED'}: {said} in {seconds / 60:.1f} minutes"])


def main(words: list[str]) -> int:
    if names_tests(words):
        return subprocess.run([sys.executable, "-m", "pytest", *words], cwd=ROOT).returncode
    began, found = time.monotonic(), {}
    for name, half in runs().items():
        print(f"\n== {name}", flush=True)
        found[name] = run(half, words)
        code = found[name][0]
        if code and (code == 2 or "-x" in words):  # interrupted, or told to stop at the first
            break
    print(f"\n{verdict(found, time.monotonic() - began)}", flush=True)
    return max(code for code, _ in found.values())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
