"""A loudspeaker whose line carries MQTT alone: its media, its log and its new versions come and go over the broker."""

from __future__ import annotations

import gzip
import io
import json
import os
import shutil
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from broadcast.logs import log_files
from broadcast.models import OutCommand
from devices.keys import StationKeys
from devices.models import Terminal
from devices.releases import archive_of, release
from station import clock
from station.files import Files
from station.processes import die_with_parent
from tests.journeys.speaker import Speaker
from tests.journeys.stage import tone
from tests.journeys.station import ROOT, Station, free_port, until
from wire.blocks import BLOCK_BYTES

pytestmark = pytest.mark.timeout(900)


class Installed(Speaker):
    """A speaker started as a machine starts it: by its launcher, from an installation of its own, told of the broker alone."""

    def start(self) -> None:
        self.lives += 1
        there = self.home / "installed"
        if not there.exists():
            for name in ("terminal", "wire"):
                shutil.copytree(ROOT / name, there / name, ignore=shutil.ignore_patterns("__pycache__", "vectors", "tv"))
        command = [
            sys.executable, "-m", "terminal.launch", "--pair", "--mqtt", f"127.0.0.1:{self.station.mqtt}", "--data", str(self.home / "memory"),
            "--device", "null", "--name", self.name, "--json", "--die-with-parent",
        ]  # fmt: skip
        with (self.home / "log").open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=self.home, env={**os.environ, "PYTHONPATH": str(there)}, stdout=subprocess.PIPE, stderr=log, stdin=subprocess.DEVNULL,
                text=True, preexec_fn=die_with_parent,
            )  # fmt: skip
        threading.Thread(target=self._listen, args=(self.process,), name=f"listen-{self.name}", daemon=True).start()


class Pole:
    """The station, whose pages no speaker reaches, and the one speaker."""

    def __init__(self, station: Station, speaker: Installed) -> None:
        self.station, self.speaker = station, speaker
        self.row = next(each["id"] for each in station.done("lan", "GET", "/api/terminals")["terminals"] if each["did"] == speaker.did)

    def reported(self) -> dict[str, Any]:
        """What it last said of itself to the station."""
        with self.station.db.reading() as session:
            return dict(session.get_one(Terminal, self.row).reported or {})

    def runs(self, version: str) -> bool:
        """Whether this version is the last that began, and the station has heard it."""
        began = self.speaker.said("began")
        return bool(began) and began[-1]["version"] == version and self.reported().get("version") == version

    def answer(self, op: str) -> OutCommand:
        """The last command of this kind, as soon as it is answered."""

        def answered() -> OutCommand | None:
            with self.station.db.reading() as session:
                query = select(OutCommand).where(OutCommand.aud == self.speaker.did, OutCommand.op == op).order_by(OutCommand.created_at.desc())
                found = session.scalar(query.limit(1))
                return found if found is not None and found.acked_at is not None else None

        found = until(f"the answer to {op}", answered, told=lambda: self.speaker.events[-20:])
        assert found is not None
        return found

    def update(self, version: str) -> OutCommand:
        """Ordered for everybody below the county; its answer."""
        said = {"area_id": self.station.village.county.id, "version": version, "percent": 100}
        assert self.station.done("guan", "POST", "/api/terminals/update", said) == {"ordered": 1}
        return self.answer("update")


@pytest.fixture(scope="module")
def pole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pole]:
    folder = tmp_path_factory.mktemp("pole")
    station = Station(folder, env={"XIANGYIN_PUBLIC_URL": f"http://127.0.0.1:{free_port()}"})  # where nobody answers
    station.start()
    speaker = Installed(folder, station, "pole")
    speaker.start()
    try:
        speaker.pair(station.village.village_a.id)
        yield Pole(station, speaker)
    finally:
        speaker.stop()
        station.stop()


def test_its_media_come_in_blocks_and_are_heard_whole(pole: Pole) -> None:
    station = pole.station
    sent = station.upload("lan", "/api/clips", {"area_id": station.village.county.id, "kind": "music", "title": "song"}, "song.wav", tone(440.0, 6.0))
    assert sent.status == 201, sent.body
    programme = station.programme([{"kind": "clip", "clip_id": int(sent.json()["id"])}], "song")
    (heard,) = station.in_time(lambda at: (station.schedule_at(programme, station.village.village_a.id, at),))

    def results() -> list[str]:
        return [each.result for each in station.receipts(pole.speaker.did, heard)]

    until("it to have been heard", lambda: "finished" in results(), told=results)
    (clip,) = {item["clip"] for each in station.dispatches(heard).values() for item in each.items}
    stored = pole.speaker.home / "memory" / "clips" / clip
    assert stored.read_bytes() == station.files.get(clip) and stored.stat().st_size > 2 * BLOCK_BYTES


def test_its_log_comes_up_over_the_same_line_when_it_is_asked_for(pole: Pole) -> None:
    station = pole.station
    station.done("lan", "POST", f"/api/terminals/{pole.row}/commands", {"op": "log"})
    answer = pole.answer("log")
    assert answer.result == "done"
    files = log_files(station.files)
    until("the whole log", lambda: files.has(answer.detail))
    lines = [json.loads(line) for line in gzip.decompress(files.get(answer.detail)).splitlines()]
    assert {"connected", "plan", "stored", "started", "finished"} <= {line["event"] for line in lines}


def test_it_takes_a_signed_version_over_the_line_and_returns_to_it_when_the_next_one_fails(pole: Pole) -> None:
    station = pole.station
    made = subprocess.run(
        [sys.executable, "-m", "app", "release", "make", "9.1", "--login", "guan", "--minutes", "5"], cwd=station.folder, env=station.env,
        capture_output=True, text=True,
    )  # fmt: skip
    assert made.returncode == 0 and made.stdout.startswith("9.1: "), made.stdout + made.stderr
    assert pole.update("9.1").result == "done"
    until("the new version", lambda: pole.runs("9.1"), told=lambda: pole.speaker.events[-20:])
    kept = pole.speaker.home / "memory" / "versions" / "state.json"
    until("it to be kept", lambda: json.loads(kept.read_text())["current"])

    with station.db.session() as session:
        release(
            session, person=session.merge(station.village.admin), root=session.merge(station.village.county), archive=_spoilt("9.2"), version="9.2",
            files=Files(station.data / "files"), keys=StationKeys.load_or_make(station.data / "keys"), now=clock.now(), minutes=1,
        )  # fmt: skip
    assert pole.update("9.2").result == "done"
    until("its own word for it", lambda: "9.2" in pole.reported().get("trouble", {}).get("update", ""), told=lambda: pole.speaker.events[-20:])
    assert pole.runs("9.1") and "exit 9" in pole.reported()["trouble"]["update"]
    assert json.loads(kept.read_text())["failed"]["version"] == "9.2"


def _spoilt(version: str) -> bytes:
    """A version that is signed like any other and ends as soon as it is started."""
    good, made = zipfile.ZipFile(io.BytesIO(archive_of(ROOT, version))), io.BytesIO()
    with good, zipfile.ZipFile(made, "w") as archive:
        for name in good.namelist():
            archive.writestr(name, b"raise SystemExit(9)\n" if name == "terminal/runner.py" else good.read(name))
    return made.getvalue()
