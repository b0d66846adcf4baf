"""Whoever owns the machine sees who has a second step, and takes a lost one away."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from admin.commands import cli
from station import second_step
from station.database import Database
from station.models import AuditEntry
from station.second_step import digits, step_of
from station.vault import Vault
from tests.people import settle


def test_a_lost_telephone_is_helped_from_the_machine_itself(tmp_path: Path, db: Database, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XIANGYIN_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("XIANGYIN_DATABASE_URL", db.url)
    monkeypatch.setenv("XIANGYIN_SECOND_STEP_ROLES", "operator")
    with db.session() as session:
        village, vault = settle(session, now), Vault("of no worth")
        secret = second_step.begin(session, vault, village.operator, now)
        second_step.confirm(session, vault, village.operator, digits(secret, step_of(now)), now)
    told = {row["login"]: row for row in json.loads(CliRunner().invoke(cli, ["people", "list", "--json"]).stdout)}
    assert told["lan"]["must"] and told["lan"]["codes_left"] == 10 and not told["shen"]["must"] and told["shen"]["second_step_at"] is None
    taken = CliRunner().invoke(cli, ["people", "without-second-step", "lan", "--json"])
    assert json.loads(taken.stdout)["taken"] is True
    assert "lan had none" in CliRunner().invoke(cli, ["people", "without-second-step", "lan"]).stdout
    assert "nobody signs in as" in CliRunner().invoke(cli, ["people", "without-second-step", "nobody"]).output
    with db.reading() as session:
        assert [row.detail["before"] for row in session.scalars(select(AuditEntry).where(AuditEntry.act == "take_second_step"))] == ["set up", "none"]
