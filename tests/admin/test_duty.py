"""The duty book on the page, over REST and by command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from admin.commands import cli
from station.models import AuditEntry
from tests.admin.conftest import Pages


def test_two_people_hand_over_and_the_second_of_two_at_once_is_told(pages: Pages) -> None:
    v = pages.village
    town = str(v.town.id)
    lan, shen = pages.browser(v.operator), pages.browser(v.reviewer)
    assert "Nobody is on duty" in lan.get(f"/duty?place={town}").text
    assert lan.post("/duty", {"area": town, "kind": "on", "seen": "", "text": ""}).status_code == 303
    late = shen.post("/duty", {"area": town, "kind": "on", "seen": "", "text": "钥匙在门卫"})
    assert late.status_code == 422 and f"Meanwhile {v.operator.name}" in late.text and "钥匙在门卫" in late.text
    assert shen.post("/duty", {"area": town, "kind": "on", "seen": str(v.operator.id), "text": "<b>钥匙在门卫</b>"}).status_code == 303
    page = lan.get(f"/duty?place={town}").text
    assert f"relieves {v.operator.name}" in page and "&lt;b&gt;钥匙在门卫" in page and "I relieve" in page
    assert lan.post("/duty", {"area": town, "kind": "off", "seen": str(v.reviewer.id), "text": ""}).status_code == 422
    assert lan.post("/duty", {"area": town, "kind": "note", "text": ""}).status_code == 422
    assert lan.post("/duty", {"area": town, "kind": "nonsense", "text": "x", "seen": str(v.reviewer.id)}).status_code == 422
    assert "钥匙在门卫" in lan.get(f"/duty?place={town}&day=2026-11-24").text and "钥匙在门卫" not in lan.get(f"/duty?place={town}&day=2026-11-23").text
    assert lan.get(f"/duty?place={town}&day=nonsense").status_code == 422
    with pages.db.reading() as session:
        assert list(session.scalars(select(AuditEntry.act).where(AuditEntry.subject == "duty").order_by(AuditEntry.id))) == ["duty_on", "duty_on"]


def test_the_next_county_neither_reads_nor_writes_it(pages: Pages) -> None:
    town, stranger = str(pages.village.town.id), pages.browser(pages.village.stranger)
    assert stranger.get(f"/duty?place={town}").status_code == stranger.post("/duty", {"area": town, "kind": "on"}).status_code == 404
    call = pages.machine(pages.village.stranger)
    assert call("GET", f"/api/duty?area_id={town}").status_code == call("POST", "/api/duty", json={"area_id": int(town), "kind": "on"}).status_code == 404


def test_machines_and_the_command_write_in_the_same_book(pages: Pages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    v = pages.village
    call = pages.machine(v.operator)
    made = call("POST", "/api/duty", json={"area_id": v.town.id, "kind": "on", "text": "接班"})
    assert made.status_code == 201 and made.json["on_duty"] == "lan"  # type: ignore[index]
    assert call("POST", "/api/duty", json={"area_id": v.town.id, "kind": "on"}).status_code == 422
    (line,) = call("GET", f"/api/duty?area_id={v.town.id}&days=1").json["lines"]  # type: ignore[index]
    assert (line["kind"], line["text"], line["person"]) == ("on", "接班", "lan")
    monkeypatch.setenv("XIANGYIN_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("XIANGYIN_DATABASE_URL", pages.db.url)
    run = CliRunner().invoke
    place = str(v.town.id)
    assert "relieves" in run(cli, ["duty", "on", place, "--login", "shen"]).output
    refused = run(cli, ["duty", "off", place, "--login", "lan"])
    assert refused.exit_code == 1 and "is not on" in refused.output
    assert run(cli, ["duty", "note", place, "--login", "shen", "--text", "灯坏了"]).exit_code == 0
    told = json.loads(run(cli, ["duty", "show", place, "--days", "366", "--json"]).stdout)
    assert told["on_duty"] == "shen" and "灯坏了" in [each["text"] for each in told["lines"]]
    assert "shen" in run(cli, ["duty", "show", place]).stdout
