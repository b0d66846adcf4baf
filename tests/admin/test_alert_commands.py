"""``xiangyin alert check``: light, and never failing on a file that can be read."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from admin.alert_commands import alert
from tests.articles.alerts.builders import cap, ebd, info, tar

ROOT = Path(__file__).resolve().parents[2]
AREAS = [{"id": "a", "name": "上坪村", "code": "330102001201"}, {"id": "b", "name": "下涌村", "code": "330102001202"}]


def check(*words: str) -> dict[str, list[dict[str, object]]]:
    done = CliRunner().invoke(alert, ["check", *words])
    assert done.exit_code == 0, done.output
    found: dict[str, list[dict[str, object]]] = json.loads(done.stdout)
    return found


@pytest.fixture
def areas(tmp_path: Path) -> str:
    path = tmp_path / "areas.json"
    path.write_text(json.dumps({"areas": AREAS}, ensure_ascii=False), encoding="utf-8")
    return str(path)


def test_the_decision_is_printed_with_its_reason(tmp_path: Path, areas: str) -> None:
    path = tmp_path / "a.xml"
    path.write_text(cap(info()), encoding="utf-8")
    found = check(str(path), "--at", "2026-11-24T12:00:00+08:00", "--areas", areas)
    (row,) = found["alerts"]
    assert {name: row[name] for name in ("key", "action", "level", "areas", "area_names", "starts", "ends")} == {
        "key": "weather@example.org,A1,2026-11-24T11:50:00+08:00", "action": "play", "level": "orange", "areas": ["a"], "area_names": ["上坪村"],
        "starts": "2026-11-24T11:50:00+08:00", "ends": "2026-11-24T20:00:00+08:00",
    }  # fmt: skip
    assert row["why"] and row["languages"]["zh-Hans"]["dialects"][:2] == ["cmn", "yue"]  # type: ignore[index]
    assert found["problems"] == []


def test_a_package_is_checked_too_and_the_trust_is_a_file(tmp_path: Path, areas: str) -> None:
    path, trust = tmp_path / "EBDT_1.tar", tmp_path / "trust.json"
    path.write_bytes(tar(EBDB_1_xml=ebd().encode()))
    trust.write_text('{"highest": "yellow", "level": "province"}')
    words = (str(path), "--at", "2026-11-24 12:00:00", "--areas", areas)
    assert [each["action"] for each in check(*words)["alerts"]] == ["play"]
    (held,) = check(*words, "--trust", str(trust))["alerts"]
    assert held["action"] == "inbox" and held["source_level"] == "province"


@pytest.mark.parametrize("content", (b"", b"\0" * 2000, b"PK\x03\x04", b"<alert>", b"\xff\xfe<", b'<!DOCTYPE a [<!ENTITY x "y">]><alert>&x;</alert>'))
def test_a_file_that_is_no_warning_is_no_failure(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x"
    path.write_bytes(content)
    found = check(str(path))
    assert found["alerts"] == [] and found["problems"]


@pytest.mark.parametrize(("words", "says"), (
    (("--at", "noon"), "--at"), (("--areas", "{}"), "areas"), (("--trust", '{"hihgest": "red"}'), "hihgest"), (("--trust", '{"rate": "x"}'), "rate"),
    (("--trust", '{"level": "moon"}'), "level"), (("--trust", '{"tz": "Asia/Nowhere"}'), "Nowhere"), (("--trust", "["), "cannot be used"),
))  # fmt: skip
def test_what_was_asked_wrongly_is_named(tmp_path: Path, words: tuple[str, str], says: str) -> None:
    path, other = tmp_path / "a.xml", tmp_path / "other"
    path.write_text(cap(info()), encoding="utf-8")
    other.write_text(words[1])
    done = CliRunner().invoke(alert, ["check", str(path), words[0], words[1] if words[0] == "--at" else str(other)])
    assert done.exit_code != 0 and says in done.output


def test_the_question_opens_no_station() -> None:
    code = "import sys\nsys.argv = ['xiangyin', 'alert', '--help']\nimport front\ntry:\n    front.main()\nexcept SystemExit:\n    pass\nprint(sorted({'flask', 'sqlalchemy', 'numpy', 'app', 'lxml'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_outlines_are_brought_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XIANGYIN_DATA_DIR", str(tmp_path / "data"))
    path = tmp_path / "places.csv"
    path.write_text("name,code,lat,lon\n上坪村,330102001201,30.5,120.5\n", encoding="utf-8")
    done = CliRunner().invoke(alert, ["places", str(path)])
    assert done.exit_code == 0 and "0 of 1 places" in done.output and "none of our places" in done.output
    path.write_text("[", encoding="utf-8")
    assert CliRunner().invoke(alert, ["places", str(path)]).exit_code == 1
