"""``xiangyin heard``: the figures of the book and the month as a file, without a write lock on the station's database."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from admin.commands import cli
from broadcast.models import HeardDay, HeardMonth
from station.database import Database
from tests.people import Village, settle


@pytest.fixture
def places(db: Database, now: datetime, monkeypatch: pytest.MonkeyPatch) -> Village:
    monkeypatch.setenv("XIANGYIN_DATABASE_URL", db.url)
    with db.session() as session:
        village = settle(session, now)
        for place in (village.town, village.village_a):
            session.add(HeardDay(area_id=place.id, day="2026-11-24", playlist_id=1, dialect="cmn", expected=2, heard=1, not_heard=1))
            session.add(HeardMonth(area_id=place.id, month="2026-11", expected=2, heard=1, not_heard=1))
        return village


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, ("heard", *words))


def test_the_figures_of_a_place_for_people_and_machines(places: Village) -> None:
    said = json.loads(run("show", "石桥镇", "--since", "2026-11-20", "--until", "2026-11-24", "--json").output)
    assert said["total"]["expected"] == 2 and said["days"][0]["day"] == "2026-11-24" and said["below"][0]["place"] == "上坪村"
    assert "上坪村" in run("show", "石桥镇", "--until", "2026-11-24").output


def test_the_month_is_written_as_a_workbook_or_a_table(places: Village, tmp_path: Path) -> None:
    for name in ("month.xlsx", "month.csv"):
        assert run("report", "石桥镇", "--month", "2026-11", "--out", str(tmp_path / name)).exit_code == 0
    assert (tmp_path / "month.xlsx").read_bytes()[:2] == b"PK" and "上坪村,village" in (tmp_path / "month.csv").read_text("utf-8-sig")
    assert run("report", "石桥镇", "--month", "2026-13", "--out", str(tmp_path / "x.csv")).exit_code != 0
    assert run("report", "石桥镇", "--month", "2026-11", "--out", str(tmp_path / "x.pdf")).exit_code != 0
