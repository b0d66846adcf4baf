"""From the command line: a backup is taken, rehearsed, restored, and the doctor knows of it."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from admin.commands import cli
from admin.doctor import _backup
from station.audit import SEALED_AFTER, record, seal_one
from station.database import Database
from station.migrations import upgrade
from station.settings import Settings


def test_a_backup_is_taken_rehearsed_and_restored_and_its_log_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    old, new, file = tmp_path / "old", tmp_path / "new", tmp_path / "one.zip"
    monkeypatch.setenv("XIANGYIN_DATA_DIR", str(old))
    old.mkdir()
    db = Database(Settings.load().database_url)
    upgrade(db.engine)
    with db.session() as session:
        record(session, person=None, act="test", subject="thing", subject_id=1, area=None, now=now)
    assert seal_one(db, now + 2 * SEALED_AFTER)
    db.close()
    run = CliRunner().invoke
    assert [check.state for check in _backup(Settings.load())] == ["note"]
    for words in (["backup", str(file)], ["rehearse", str(file)]):
        done = run(cli, [*words, "--json"])
        assert done.exit_code == 0, done.output
        assert json.loads(done.stdout)["rows"] >= 2
    (known,) = _backup(Settings.load())
    assert known.state == "good" and "one.zip" in known.found
    assert "name another file" in run(cli, ["backup", str(file)]).output
    assert "is not empty" in run(cli, ["restore", str(file)]).output
    monkeypatch.setenv("XIANGYIN_DATA_DIR", str(new))
    assert run(cli, ["restore", str(file)]).exit_code == 0
    whole = json.loads(run(cli, ["audit", "check", "--json"]).stdout)
    assert whole["whole"] and whole["sealed"] == 1
