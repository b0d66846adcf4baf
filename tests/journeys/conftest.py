"""Stations, speakers and lines for journeys: everything is real, on loopback, and ends with its test."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from broadcast.brokers.mosquitto import find_mosquitto
from station.processes import die_with_parent
from tests.journeys.speaker import Speaker
from tests.journeys.stage import Stage, a_stage
from tests.journeys.station import ROOT, Station


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a station and of its speakers."""
    return tmp_path_factory.mktemp("journey")


@pytest.fixture(scope="module")
def speakers() -> Iterator[list[Speaker]]:
    """Whoever is put into this list is stopped at the end."""
    made: list[Speaker] = []
    yield made
    for each in made:
        each.stop()


@pytest.fixture(scope="module")
def station(ground: Path) -> Iterator[Station]:
    """A station with the broker that this machine offers: one for each file, for what hangs in its villages is to be heard by all."""
    made = Station(ground)
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def new_speaker(ground: Path, speakers: list[Speaker], station: Station) -> Callable[..., Speaker]:
    """A started speaker that shows its code: ``new_speaker("school")``."""

    def made(name: str, mqtt: str = "") -> Speaker:
        found = Speaker(ground, station, name, mqtt)
        speakers.append(found)
        found.start()
        return found

    return made


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The station with a foreign broker, for all that fall and all that meddle."""
    with a_stage(tmp_path_factory.mktemp("stage")) as made:
        yield made


@dataclass(frozen=True)
class Demo:
    """A demo that runs beside everything else."""

    folder: Path
    process: subprocess.Popen[str]


@pytest.fixture(scope="module")
def demos(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Demo]]:
    """The demos that this run asks for, side by side: they take half a minute and need nobody."""
    wanted = {item.callspec.params["broker"] for item in request.session.items if item.path.name == "test_demo.py" and hasattr(item, "callspec")}
    running: dict[str, Demo] = {}
    for broker in sorted(wanted - (set() if find_mosquitto() else {"mosquitto"})):
        folder = tmp_path_factory.mktemp(f"demo-{broker}")
        (folder / "notice.txt").write_text("停水通知\n明天8点停水。")
        command = [sys.executable, "run.py", "demo", "--once", "--json", "--broker", broker, "--article", str(folder / "notice.txt"), "--data", str(folder / "data")]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=die_with_parent)
        running[broker] = Demo(folder / "data", process)
    yield running
    for demo in running.values():
        if demo.process.poll() is None:
            demo.process.send_signal(signal.SIGINT)
            demo.process.wait(30)
        for pipe in (demo.process.stdout, demo.process.stderr):
            if pipe is not None:
                pipe.close()


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Station]:
    """A station as on a machine without mosquitto: the broker lives inside it."""
    made = Station(tmp_path_factory.mktemp("bad"), "amqtt")
    made.start()
    yield made
    made.stop()
