"""Starts the version of this program that is to run, and stands by one that is on trial.

Without an update this is the installed program itself, in this very process. A version on trial runs as a child: when it ends, or has not
reported in its minutes, the one before is started again.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from terminal.versions import Versions

EXIT_RESTART = 75
# Which folder the running version lives in, and what the module path was before any.
FOLDER, BASE_PATH = "XIANGYIN_VERSION", "XIANGYIN_BASE_PATH"
LOOK_S, GO_S = 0.2, 10.0


def main(argv: list[str] | None = None) -> int:
    """Exit codes are those of the program."""
    words = list(sys.argv[1:] if argv is None else argv)
    data = _data_of(words)
    versions = Versions.load(data)
    if versions.trying and versions.begin_try():
        return _stand_by(versions, words)
    if versions.current and versions.current != os.environ.get(FOLDER) and (versions.root / versions.current).is_dir():
        _become(words, _environment(versions, versions.current))
    from terminal.__main__ import main as run

    code = run(words)
    if code == EXIT_RESTART:
        _become(words, _environment(versions, ""))
    return code


def _data_of(words: list[str]) -> Path:
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--data", type=Path, default=Path("terminal-data"))
    return Path(parser.parse_known_args(words)[0].data)


def _environment(versions: Versions, folder: str) -> dict[str, str]:
    """That of a process in which this version (""; the installed one) is what ``import terminal`` finds."""
    made = dict(os.environ)
    base = made.setdefault(BASE_PATH, made.get("PYTHONPATH", ""))
    made.pop(FOLDER, None)
    made["PYTHONPATH"] = base
    if folder:
        made[FOLDER] = folder
        made["PYTHONPATH"] = os.pathsep.join(filter(None, (str((versions.root / folder).resolve()), base)))
    return {name: value for name, value in made.items() if value or name != "PYTHONPATH"}


def _become(words: list[str], environment: dict[str, str]) -> None:
    """This process goes on as the launcher with another version around it."""
    os.execve(sys.executable, [sys.executable, "-m", "terminal.launch", *words], environment)


def _stand_by(versions: Versions, words: list[str]) -> int:
    """One trial: kept when it reports in time; otherwise the old one again."""
    trial, told = versions.trying, list[int]()
    versions.forget_confirmation()
    extra = [] if "--die-with-parent" in words else ["--die-with-parent"]
    child = subprocess.Popen([sys.executable, "-m", "terminal", *words, *extra], env=_environment(versions, trial["folder"]))

    def pass_on(number: int, _frame: object) -> None:
        told.append(number)
        child.send_signal(number)

    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, pass_on)
    why = _watch(versions, child, 60.0 * trial["minutes"], told)
    if told:
        return child.wait()
    if why:
        versions.give_up(why)
        _become(words, _environment(versions, ""))
    versions.keep()
    code = child.wait()
    if code == EXIT_RESTART and not told:
        _become(words, _environment(versions, ""))
    return code


def _watch(versions: Versions, child: subprocess.Popen[bytes], seconds: float, told: list[int]) -> str:
    """Why the trial failed; "" when it has reported, or when we were told to stop."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not told:
        if versions.confirmed:
            return ""
        code = child.poll()
        if code is not None:
            return f"it ended at once (exit {code})"
        time.sleep(LOOK_S)
    if told:
        return ""
    child.terminate()
    try:
        child.wait(GO_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    return f"it did not report within {seconds / 60:g} minutes"


if __name__ == "__main__":
    sys.exit(main())
