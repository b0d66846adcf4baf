"""The ``--all`` option: nothing may be skipped, because a skipped test is a test that nobody ran. And what came out, for who asked for it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pytest

# The words for -m that choose what may run side by side.
BESIDE = "not alone"


@dataclass
class Outcome:
    """Of one run: how many tests passed, failed and so on, and a line for each that did not go well."""

    counts: dict[str, int] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)

    @classmethod
    def read(cls, path: Path) -> Outcome:
        """Nothing when the run ended before it could say anything."""
        return cls(**json.loads(path.read_text(encoding="utf-8"))) if path.exists() else cls()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all", action="store_true", dest="everything", help="a skipped test is a failure")
    parser.addoption("--outcome", metavar="FILE", help="write what came out of it here")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):  # type: ignore[no-untyped-def]
    outcome = yield
    report = outcome.get_result()
    if report.skipped and not hasattr(report, "wasxfail") and item.config.getoption("everything"):
        report.outcome = "failed"
        report.longrepr = f"skipped, but --all was asked for: {report.longrepr}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if path := config.getoption("outcome"):
        stats = terminalreporter.stats
        counts = {what: len(stats[what]) for what in ("passed", "failed", "error", "skipped", "xfailed", "xpassed") if stats.get(what)}
        failures = [f"{what.upper()} {report.nodeid}" for what in ("failed", "error") for report in stats.get(what, [])]
        Path(path).write_text(json.dumps(asdict(Outcome(counts, failures))), encoding="utf-8")
