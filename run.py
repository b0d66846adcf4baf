#!/usr/bin/env python3
"""Two commands set everything up on a bare machine: ``python3 run.py demo`` and ``python3 run.py test``.

Standard library only. Makes ``.venv``, installs what ``requirements.lock`` names (hashes checked, wheels only), then hands over:
no word starts the station, ``test`` runs the tests, ``bench NAME`` the figures, ``add NAME`` installs something optional
(``requirements-NAME.lock``), any other word is a word of the ``xiangyin`` command.
Without a network: PIP_NO_INDEX=1 PIP_FIND_LINKS=folder.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST = (3, 11)
NEWEST = (3, 13)


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def fail(text: str) -> None:
    say(f"run.py: {text}")
    raise SystemExit(2)


def stamp_of(lock: Path) -> str:
    """What an installed lock is known by: its content and the Python it was installed for."""
    digest = hashlib.sha256(lock.read_bytes())
    digest.update(repr((sys.version_info[:3], sys.platform, str(ROOT))).encode())
    return digest.hexdigest()


def make_venv() -> None:
    """A virtual environment without pip: Debian's python3 lacks ensurepip, the system's pip installs into it."""
    if PYTHON.exists() and subprocess.run([PYTHON, "-c", ""], capture_output=True).returncode == 0:
        return
    say("making .venv ...")
    shutil.rmtree(VENV, ignore_errors=True)
    venv.EnvBuilder(with_pip=False, symlinks=True).create(VENV)


def pip() -> list[str]:
    """The pip that installs into .venv: the system's, with --python; else one that ensurepip puts there."""
    if subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True).returncode == 0:
        return [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    if subprocess.run([PYTHON, "-m", "ensurepip"], capture_output=True).returncode == 0:
        return [str(PYTHON), "-m", "pip"]
    fail("this Python has neither pip nor ensurepip: apt-get install python3-pip, then run this again")
    raise AssertionError


def install(lock: Path) -> None:
    """Install a lock unless its stamp says it is there; an interrupted set-up goes on where it stopped."""
    stamp = VENV / f".{lock.name}.stamp"
    wanted = stamp_of(lock)
    if stamp.exists() and stamp.read_text() == wanted:
        return
    count = sum(1 for line in lock.read_text().splitlines() if "==" in line and not line.startswith(("#", " ")))
    say(f"installing {count} packages from {lock.name} (about a minute the first time) ...")
    began = time.monotonic()
    command = [
        *pip(), "install", "--disable-pip-version-check", "--no-warn-script-location", "--require-hashes", "--no-deps",
        "--only-binary", ":all:", "-r", str(lock),
    ]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=install_env())
    assert process.stdout is not None
    tail: list[str] = []
    seen = 0
    for line in process.stdout:
        tail = [*tail[-30:], line]
        if line.startswith(("Collecting", "Requirement already", "Processing")):
            seen += 1
            if sys.stderr.isatty():
                print(f"\r  {min(seen, count)}/{count} {line.split()[1][:50]:<50}", end="", file=sys.stderr, flush=True)
            elif seen % 25 == 0:
                say(f"  {seen}/{count}")
        elif line.startswith("Installing") and sys.stderr.isatty():
            print(f"\r  {'unpacking ...':<60}", end="", file=sys.stderr, flush=True)
    if sys.stderr.isatty():
        print(file=sys.stderr)
    if process.wait() != 0:
        say("".join(tail))
        fail("the packages could not be installed; the reason stands above. With no network, set PIP_NO_INDEX=1 PIP_FIND_LINKS=FOLDER")
    stamp.write_text(wanted)
    say(f"ready after {time.monotonic() - began:.0f} s")


def install_env() -> dict[str, str]:
    """pip's environment: a user's own settings stay, but nothing may redirect the installation elsewhere."""
    return {name: value for name, value in os.environ.items() if name not in ("PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PYTHONPATH")}


def make_importable() -> None:
    """A path file instead of an editable install: no build backend, no network."""
    site = next((VENV / "lib").glob("python3.*/site-packages"))
    path_file = site / "xiangyin-house.pth"
    if not path_file.exists() or path_file.read_text() != f"{ROOT}\n":
        path_file.write_text(f"{ROOT}\n")
    launcher = VENV / "bin" / "xiangyin"
    text = f"#!{PYTHON}\nimport sys\n\nfrom front import main\n\nsys.exit(main())\n"
    if not launcher.exists() or launcher.read_text() != text:
        launcher.write_text(text)
        launcher.chmod(0o755)


def set_up(locks: list[Path]) -> None:
    """Everything installed; two of us at once take turns."""
    VENV.parent.mkdir(exist_ok=True)
    with (ROOT / ".setup.lock").open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        make_venv()
        for lock in locks:
            install(lock)
        make_importable()


def command_for(words: list[str]) -> list[str]:
    """What the words mean, as a command for the environment's Python."""
    if not words:
        return ["-m", "app", "serve"]
    if words[0] == "test":
        return ["-m", "tests", *words[1:]]
    if words[0] == "bench":
        return ["-m", "bench", *words[1:]]
    return ["-m", "front", *words]


def add(names: list[str], locks: list[Path]) -> None:
    """Install what is optional: each name has a lock of its own."""
    known = sorted(path.name[len("requirements-") : -len(".lock")] for path in ROOT.glob("requirements-*.lock"))
    if not names or set(names) - set(known):
        fail(f"add what? There is: {', '.join(name for name in known if name != 'dev')}")
    set_up([*locks, *(ROOT / f"requirements-{name}.lock" for name in names)])
    say(f"added: {', '.join(names)}; restart the station to use it")


def main() -> None:
    if sys.version_info < OLDEST:
        fail(f"Python {OLDEST[0]}.{OLDEST[1]} or newer is needed, this is {sys.version.split()[0]}: try python3.11 run.py")
    if sys.version_info[:2] > NEWEST:
        say(f"run.py: the lock was made for Python up to {NEWEST[0]}.{NEWEST[1]}; trying all the same")
    words = sys.argv[1:]
    locks = [ROOT / "requirements.lock"]
    if words[:1] in (["test"], ["bench"]):
        locks.append(ROOT / "requirements-dev.lock")
    if words[:1] == ["add"]:
        add(words[1:], locks)
        return
    set_up(locks)
    os.environ["VIRTUAL_ENV"] = str(VENV)
    os.environ["PATH"] = f"{VENV / 'bin'}:{os.environ.get('PATH', '')}"
    if words[:1] in (["test"], ["bench"]):
        os.chdir(ROOT)
    os.execv(PYTHON, [str(PYTHON), *command_for(words)])


if __name__ == "__main__":
    main()
