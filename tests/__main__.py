"""Runs the tests: everything in two runs with one verdict, or whatever is named as pytest would.

With nothing named, two halves run at the same time. What keeps a time (the mark ``alone``) waits more than it works, so two of its files run at
once; all that waits for nobody runs a process for each core, and gives way: it takes the cores that the first half leaves it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from tests.allornone import BESIDE, Outcome

ROOT = Path(__file__).resolve().parents[1]
# More processes than this gain nothing and each takes some 400 MB.
MOST = 8
# So many files of what keeps a time run at once.
WAITING = 2
# The niceness of what gives way: beside something that wants the same core it gets a tenth of it.
LAST = 10
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


@dataclass
class Run:
    """One half under way."""

    process: subprocess.Popen[bytes]
    outcome: Path
    said: Path | None

    def finished(self) -> tuple[int, Outcome]:
        """pytest's exit code, and what came out. What was kept back is printed, so that the halves do not talk at the same time."""
        code = self.process.wait()
        if self.said:
            print(f"\n== what ran beside it\n{self.said.read_text(encoding='utf-8', errors='replace')}", flush=True)
        return code, Outcome.read(self.outcome)


def start(half: list[str], words: list[str], folder: Path, *, gives_way: bool) -> Run:
    """Drawn examples are the same in every such run; a run of named tests draws new ones."""
    folder.mkdir()
    told, said = folder / "outcome.json", None if gives_way else folder / "said.txt"
    how = ["--hypothesis-profile", "same", "--outcome", str(told)]
    with said.open("wb") if said else nullcontext() as out:
        process = subprocess.Popen([sys.executable, "-m", "pytest", *half, *how, *words], cwd=ROOT, stdout=out, stderr=out)
    if gives_way:
        # Nothing has been started by it yet: what it starts inherits this.
        os.setpriority(os.PRIO_PROCESS, process.pid, LAST)
    return Run(process, told, said)


def finish(under_way: dict[str, Run], stop_early: bool) -> dict[str, tuple[int, Outcome]]:
    """What came of each, in the order in which they end; after an interruption, or a failure where the first is enough, the others are stopped too."""
    found: dict[str, tuple[int, Outcome]] = {}
    try:
        while waiting := [name for name in under_way if name not in found]:
            ended = next((name for name in waiting if under_way[name].process.poll() is not None), None)
            if ended is None:
                time.sleep(0.2)
                continue
            found[ended] = under_way[ended].finished()
            if (code := found[ended][0]) == 2 or (code and stop_early):
                for name in waiting:
                    under_way[name].process.send_signal(signal.SIGINT)
    except KeyboardInterrupt:
        for name in under_way:
            found[name] = under_way[name].finished()
    return found


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
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        under_way = {
            name: start(half, words, Path(folder) / name.replace(" ", "_"), gives_way=name != "alone") for name, half in runs().items()
        }
        found = finish(under_way, stop_early="-x" in words)
    print(f"\n{verdict(found, time.monotonic() - began)}", flush=True)
    return max(code for code, _ in found.values())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
