"""A new version: believed when signed for it, tried beside the old one, kept when it reports, left again when not."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from terminal.actions import Confirm, Fetch, Install, Publish
from terminal.memory import Memory
from terminal.versions import TRIES, BadVersion, Versions
from tests.terminal.far_end import NOW, PROGRAMME, ROOT, TOPICS, Bench, an_item, signed
from wire.messages import Ack, Answer, Command, Keys, Release
from wire.signing import Signer

HOUSE = Path(__file__).parents[2]
UPDATER = Signer.from_seed("u1", b"u" * 32)
SHA = "a" * 64
RELEASE = Release("9.9", SHA, f"release/{SHA}.zip", 60_000, 3)


def _bench() -> Bench:
    bench = Bench()
    bench.do(bench.agent.on_connected(NOW))
    keys = Keys(1, (PROGRAMME.public(("programme",)), UPDATER.public(("update",))))
    bench.hear(TOPICS.keys(), signed(keys, "xy", 1, signer=ROOT))
    return bench


def _order(bench: Bench, release: bytes, number: int = 1) -> list[Ack]:
    before = len(bench.log)
    command = Command(f"c{number}", "update", {"release": release.decode()})
    bench.hear(TOPICS.down("t1", "cmd"), signed(command, "t1", number))
    return _acks(bench, before)


def _acks(bench: Bench, before: int) -> list[Ack]:
    return [Ack.from_json(each.payload) for each in bench.log[before:] if isinstance(each, Publish) and each.topic.endswith("/ack")]


def test_only_a_key_for_updates_may_sign_one() -> None:
    bench = _bench()
    (ack,) = _order(bench, signed(RELEASE, "xy", 5, signer=PROGRAMME), 1)
    assert ack.result == "refused" and "not update" in ack.detail
    (ack,) = _order(bench, RELEASE.to_json(), 2)
    assert ack.result == "refused"
    (ack,) = _order(bench, signed(RELEASE, "another", 5, signer=UPDATER), 3)
    assert ack.result == "refused" and bench.every(Fetch) == []


def test_it_is_fetched_by_its_digest_installed_in_a_pause_and_never_an_older_one_after_it() -> None:
    bench = _bench()
    assert _order(bench, signed(RELEASE, "xy", 5, signer=UPDATER)) == []
    assert bench.every(Fetch) == [Fetch(SHA, (f"http://station/release/{SHA}.zip",), 60_000)]
    bench.follow()
    bench.plan(an_item("i0", NOW + 5000, ms=10_000))
    bench.do(bench.agent.on_fetched(SHA, True, "", NOW))
    bench.live(NOW, NOW + 14_000, 500)
    assert bench.every(Install) == [] and bench.played() == ["i0"]
    bench.leap(NOW + 14_000, NOW + 200_000)
    assert bench.every(Install) == [Install("c1", SHA, "9.9", 3)] and bench.results("i0")[-1] == "finished"
    (ack,) = _order(bench, signed(RELEASE, "xy", 4, signer=UPDATER), 2)
    assert ack.result == "refused" and "already seen" in ack.detail


def test_one_that_does_not_come_is_answered() -> None:
    bench = _bench()
    _order(bench, signed(RELEASE, "xy", 5, signer=UPDATER))
    before = len(bench.log)
    bench.do(bench.agent.on_fetched(SHA, False, "gone", NOW))
    assert [(ack.result, ack.detail) for ack in _acks(bench, before)] == [("refused", "update: gone")]
    assert _order(bench, signed(RELEASE, "xy", 5, signer=UPDATER), 2) == [], "and may be ordered again"


def test_a_hello_that_is_answered_confirms_the_version() -> None:
    bench = _bench()
    bench.hear(TOPICS.down("t1", "rsp"), Answer("hello").to_json())
    assert bench.every(Confirm)


def _archive(path: Path, files: dict[str, bytes]) -> str:
    with zipfile.ZipFile(path, "w") as made:
        for name, content in files.items():
            made.writestr(name, content)
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize(
    "files",
    [{"../evil": b""}, {"/etc/evil": b""}, {"evil/x": b""}, {"terminal/../../evil": b""}, {"terminal/__init__.py": b""}, {}],
)  # fmt: skip
def test_an_archive_that_reaches_out_or_is_no_version_is_refused(tmp_path: Path, files: dict[str, bytes]) -> None:
    whole = {"terminal/__init__.py": b"", "wire/__init__.py": b""} if len(files) == 1 and "terminal/__init__.py" not in files else {}
    sha = _archive(tmp_path / "a.zip", {**whole, **files})
    with pytest.raises(BadVersion):
        Versions.load(tmp_path).unpack(tmp_path / "a.zip", sha, "1", 1)
    assert Versions.load(tmp_path).trying == {} and not (tmp_path / "evil").exists()
    (tmp_path / "b.zip").write_bytes(b"no zip")
    with pytest.raises(BadVersion):
        Versions.load(tmp_path).unpack(tmp_path / "b.zip", sha, "1", 1)


def test_a_version_whose_power_is_cut_again_and_again_is_given_up(tmp_path: Path) -> None:
    sha = _archive(tmp_path / "a.zip", {"terminal/__init__.py": b"", "wire/__init__.py": b""})
    Versions.load(tmp_path).unpack(tmp_path / "a.zip", sha, "1.1", 1)
    assert [Versions.load(tmp_path).begin_try() for _ in range(TRIES)] == [True] * TRIES
    assert not Versions.load(tmp_path).begin_try()
    assert Versions.load(tmp_path).trying == {} and Versions.load(tmp_path).failed["version"] == "1.1"


# two real versions, built from the tree; the launcher of the first one runs them


def _program(folder: Path, version: str, spoil: Callable[[str], str] | None = None) -> None:
    """This very terminal as version ``version``, or spoilt."""
    for name in ("terminal", "wire"):
        shutil.copytree(HOUSE / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "vectors", "tv"))
    init = folder / "terminal/__init__.py"
    init.write_text("\n".join(f'__version__ = "{version}"' if "__version__" in line else line for line in init.read_text().splitlines()) + "\n")
    if spoil:
        runner = folder / "terminal/runner.py"
        runner.write_text(spoil(runner.read_text()))


def _zip_of(folder: Path) -> Path:
    return Path(shutil.make_archive(str(folder), "zip", folder))


class _Box:
    """A machine with the installed version 1.0 and one more that waits to be tried."""

    def __init__(self, folder: Path, spoil: Callable[[str], str] | None, minutes: float) -> None:
        self.folder, self.data = folder, folder / "data"
        _program(folder / "installed", "1.0")
        _program(folder / "new", "1.1", spoil)
        memory = Memory(self.data)
        from terminal.memory import Identity
        from wire.messages import Credentials

        memory.keep_identity(Identity(Credentials("t1", "secret", roots=(ROOT.public(("root",)),)), "127.0.0.1", 9))
        memory.close()
        archive = _zip_of(folder / "new")
        versions = Versions.load(self.data)
        versions.unpack(archive, hashlib.sha256(archive.read_bytes()).hexdigest(), "1.1", 1)
        versions.trying["minutes"] = minutes
        versions.save()
        self.lines: list[dict[str, Any]] = []
        self.told = threading.Condition()
        env = {**os.environ, "PYTHONPATH": str(folder / "installed")}
        command = [sys.executable, "-m", "terminal.launch", "--data", str(self.data), "--device", "null", "--json"]
        self.process = subprocess.Popen(command, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.thread = threading.Thread(target=self._listen, daemon=True)
        self.thread.start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith("{"):
                with self.told:
                    self.lines.append(json.loads(line))
                    self.told.notify_all()

    def ran(self) -> list[str]:
        return [each["version"] for each in self.lines if each["event"] == "began"]

    def until_ran(self, *versions: str) -> None:
        with self.told:
            assert self.told.wait_for(lambda: self.ran()[: len(versions)] == list(versions), 150), self.lines

    def end(self) -> None:
        self.process.terminate()
        self.process.wait(60)
        self.thread.join(5)
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Callable[..., _Box]]:
    made: list[_Box] = []

    def make(spoil: Callable[[str], str] | None = None, minutes: float = 1.0) -> _Box:
        made.append(_Box(tmp_path, spoil, minutes))
        return made[-1]

    yield make
    for each in made:
        each.end()


def test_a_new_version_that_reports_is_kept_and_runs_at_the_next_start_too(box: Callable[..., _Box]) -> None:
    found = box()
    found.until_ran("1.1")
    versions = Versions.load(found.data)
    (found.data / "versions" / "confirmed").write_text(versions.trying["folder"])  # as it does when the station has answered its hello
    for _ in range(1200):
        if Versions.load(found.data).current:
            break
        time.sleep(0.05)
    found.end()
    env = {**os.environ, "PYTHONPATH": str(found.folder / "installed")}
    command = [sys.executable, "-m", "terminal.launch", "--data", str(found.data), "--version"]
    assert subprocess.run(command, cwd=found.folder, env=env, capture_output=True, text=True, check=True).stdout.strip() == "1.1"


def test_a_new_version_that_does_not_start_is_left_for_the_old_one_which_says_so(box: Callable[..., _Box]) -> None:
    found = box(lambda text: "raise SystemExit(9)\n")
    found.until_ran("1.0")
    assert "exit 9" in Versions.load(found.data).failed["why"]
    assert Versions.load(found.data).current == ""


def test_a_new_version_that_starts_and_is_never_heard_is_left_too(box: Callable[..., _Box]) -> None:
    found = box(minutes=0.2)
    found.until_ran("1.1", "1.0")
    assert "did not report" in Versions.load(found.data).failed["why"]


def test_a_new_version_that_hangs_is_killed(box: Callable[..., _Box], monkeypatch: pytest.MonkeyPatch) -> None:
    hang = "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nwhile True:\n    time.sleep(1)\n"
    found = box(lambda text: hang, 0.05)
    found.until_ran("1.0")
    assert "did not report" in Versions.load(found.data).failed["why"]
