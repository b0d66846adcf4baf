"""The shelf takes a backup when it is asked or when a day is over, tries it, and never throws away the one that was found whole."""

from __future__ import annotations

import json
import stat
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from station.backup import LAST_BACKUP, LAST_REHEARSAL
from station.shelf import SETTLED, Keeper, Shelf, State, due

DAY = timedelta(days=1)


class Running:
    """A program that runs until it is told its end."""

    def __init__(self, words: list[str]) -> None:
        self.words, self.returncode = words, 0
        self.over = False

    def poll(self) -> int | None:
        return self.returncode if self.over else None


class Stage:
    """A keeper whose programs do what the test says."""

    def __init__(self, folder: Path, now: datetime, every: timedelta = DAY, trial: timedelta = 30 * DAY, keep: int = 2) -> None:
        self.shelf = Shelf(folder / "backups", folder)
        self.begun: list[Running] = []
        self.keeper = Keeper(self.shelf, now, every, trial, keep, self._start)

    def _start(self, words: list[str]) -> Any:
        self.begun.append(Running(words))
        return self.begun[-1]

    def end(self, now: datetime, error: str = "") -> None:
        """The running program ends as the real one does."""
        running = self.begun[-1]
        file = Path(running.words[1])
        if error:
            self.shelf.tell(State("backup", file.name, error=error))
            running.returncode = 1
        elif running.words[0] == "backup":
            file.write_bytes(b"zip")
            (self.shelf.data_dir / LAST_BACKUP).write_text(json.dumps({"taken_at": now.isoformat(), "file": file.name}))
        else:
            (self.shelf.data_dir / LAST_REHEARSAL).write_text(json.dumps({"at": now.isoformat(), "taken_at": now.isoformat(), "file": file.name}))
        running.over = True
        self.keeper.tend(now)


def test_nothing_begins_while_the_station_is_only_just_up(tmp_path: Path, now: datetime) -> None:
    stage = Stage(tmp_path, now)
    stage.keeper.tend(now + SETTLED - timedelta(seconds=1))
    assert stage.begun == []
    stage.keeper.tend(now + SETTLED)
    assert stage.begun[0].words[0] == "backup" and stage.shelf.state().doing == "backup"
    stage.keeper.tend(now + 2 * SETTLED)
    assert len(stage.begun) == 1, "one at a time"


@pytest.mark.parametrize(("ago", "every", "is_due"), [(None, DAY, True), (DAY, DAY, True), (DAY - timedelta(seconds=1), DAY, False), (None, timedelta(), False)])
def test_a_day_is_a_day(now: datetime, ago: timedelta | None, every: timedelta, is_due: bool) -> None:
    assert due(now - ago if ago is not None else None, now - DAY, now, every) is is_due


def test_days_go_by(tmp_path: Path, now: datetime) -> None:
    stage, at = Stage(tmp_path, now - DAY), now
    for day in range(5):
        at = now + day * (DAY + timedelta(hours=1))
        stage.keeper.tend(at)
        assert stage.begun[-1].words[0] == "backup"
        stage.end(at + timedelta(minutes=1))
        if day == 0:
            stage.keeper.tend(at + timedelta(minutes=2))
            assert stage.begun[-1].words[0] == "rehearse", "the first one is tried at once"
            stage.end(at + timedelta(minutes=3))
    stage.keeper.tend(at + timedelta(minutes=5))
    names = [each.name for each in stage.shelf.kept()]
    assert len(names) == 3 and len(stage.begun) == 6, "two are kept, and the one that was found whole"
    assert [each.name for each in stage.shelf.kept() if each.tried_at] == [names[-1]]
    stage.keeper.tend(now + 31 * DAY)
    stage.end(now + 31 * DAY)
    stage.keeper.tend(now + 31 * DAY + timedelta(minutes=1))
    assert stage.begun[-1].words[0] == "rehearse" and stage.begun[-1].words[1].endswith(stage.shelf.kept()[0].name)


def test_what_somebody_asks_for_goes_first_and_is_asked_once(tmp_path: Path, now: datetime) -> None:
    stage = Stage(tmp_path, now, every=timedelta(), trial=timedelta())
    stage.shelf.wish("backup")
    assert stage.shelf.waiting()
    stage.keeper.tend(now)
    assert not stage.shelf.waiting() and stage.begun[0].words[0] == "backup"
    stage.end(now)
    stage.keeper.tend(now)
    assert len(stage.begun) == 1 and stage.shelf.state() == State(file=stage.shelf.kept()[0].name)
    assert stat.S_IMODE(stage.shelf.folder.stat().st_mode) == 0o700


def test_a_failure_is_told_and_not_repeated_every_second(tmp_path: Path, now: datetime) -> None:
    stage = Stage(tmp_path, now - DAY)
    stage.keeper.tend(now)
    stage.end(now, error="No space left on device")
    assert stage.shelf.state().error == "No space left on device" and stage.shelf.state().doing == ""
    stage.keeper.tend(now + timedelta(minutes=59))
    assert len(stage.begun) == 1
    stage.keeper.tend(now + timedelta(minutes=61))
    assert len(stage.begun) == 2
    stage.shelf.wish("rehearse", "xiangyin-20200101-000000.zip")
    stage.end(now + timedelta(minutes=62))
    stage.keeper.tend(now + timedelta(minutes=63))
    assert "no backup" in stage.shelf.state().error


def test_only_its_own_names_are_touched(tmp_path: Path, now: datetime) -> None:
    shelf = Shelf(tmp_path / "b", tmp_path)
    assert shelf.kept() == [] and shelf.last_taken() is None and shelf.state() == State() and shelf.wished() is None
    shelf.tell(State())
    for name in ("xiangyin-20261101-010203.zip", "xiangyin-20261102-010203.zip", "xiangyin-mine.zip", "photos.zip"):
        (shelf.folder / name).write_bytes(b"x")
    (shelf.folder / "state.json").write_text('{"doing": 1, "what')
    assert shelf.thin(1) == ["xiangyin-20261101-010203.zip"] and (shelf.folder / "xiangyin-mine.zip").exists()
    assert shelf.path("../keys") is None and shelf.path("photos.zip") is None and shelf.state() == State()
