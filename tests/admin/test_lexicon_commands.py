"""``xiangyin lexicon`` and ``xiangyin read`` with readings of a place or of a table."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from admin.commands import cli
from station.areas import add_area
from station.database import Database
from tests.people import Village, settle


@pytest.fixture
def places(db: Database, now: datetime, monkeypatch: pytest.MonkeyPatch) -> Village:
    monkeypatch.setenv("XIANGYIN_DATABASE_URL", db.url)
    with db.session() as session:
        village = settle(session, now)
        add_area(session, parent=village.other_county, level="village", name="上坪村", now=now)
        return village


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, words)


def added(*words: str) -> None:
    result = run("lexicon", "add", "--dialect", "cmn", *words)
    assert result.exit_code == 0, result.output


def test_a_reading_is_added_listed_and_used(places: Village) -> None:
    added("--area", "石桥镇", "单家庄", "shàn jiā zhuāng")
    (row,) = run("lexicon", "list", "--json").stdout.splitlines()
    assert json.loads(row) | {"id": 0, "updated_at": ""} == {
        "id": 0, "area_id": places.town.id, "area": "石桥镇", "dialect": "cmn", "word": "单家庄", "reading": "shan4 jia1 zhuang1", "note": "",
        "updated_at": "",
    }  # fmt: skip
    assert "单家庄" in run("lexicon", "list", "--dialect", "cmn", "--word", "家").stdout
    read = [json.loads(run("read", "--dialect", "cmn", "--text", "去单家庄", "--area", area).stdout)["readings"][1] for area in ("石桥镇/上坪村", "邻县")]
    assert read[0] == [1, "单", "shan4"] and read[1][2] != ""
    assert run("lexicon", "list", "--area", "邻县", "--json").stdout == ""


def test_a_place_that_could_be_several_is_asked_for_again(places: Village) -> None:
    result = run("lexicon", "add", "--area", "上坪村", "--dialect", "cmn", "单", "shan4")
    assert result.exit_code == 2 and "邻县/上坪村" in result.stderr and "give the number" in result.stderr
    added("--area", str(places.village_a.id), "单", "shan4")
    assert run("lexicon", "list", "--area", "无此村").exit_code == 2


def test_a_wrong_reading_is_refused_with_words(places: Village) -> None:
    result = run("lexicon", "add", "--area", "石桥镇", "--dialect", "cmn", "单", "shan9")
    assert result.exit_code == 1 and "“shan9” is no Mandarin reading" in result.stderr


def test_a_table_goes_in_and_comes_out(places: Village, tmp_path: Path) -> None:
    table = tmp_path / "村名.csv"
    table.write_bytes("词语,拼音\n单家庄,shan4 jia1 zhuang1\n长沟,chang2\n".encode("gb18030"))
    refused = run("lexicon", "import", "--area", "石桥镇", "--dialect", "cmn", str(table))
    assert refused.exit_code == 1 and "nothing was taken" in refused.stderr and run("lexicon", "list", "--json").stdout == ""
    taken = run("lexicon", "import", "--area", "石桥镇", "--dialect", "cmn", "--good", "--json", str(table))
    told = json.loads(taken.stdout)
    assert taken.exit_code == 1 and (told["added"], [each["line"] for each in told["bad"]]) == (1, [3])
    out = tmp_path / "out.csv"
    assert run("lexicon", "export", "--out", str(out)).exit_code == 0
    assert out.read_bytes().startswith(b"\xef\xbb\xbf") and "单家庄,shan4 jia1 zhuang1,cmn" in out.read_text("utf-8-sig")
    again = run("lexicon", "import", "--area", "石桥镇", str(out))
    assert again.exit_code == 0 and "0 added, 0 changed, 1 as they were" in again.stdout


def test_reading_with_a_table_wins_over_the_place(places: Village, tmp_path: Path) -> None:
    added("--area", "石桥镇", "单", "chan2")
    table = tmp_path / "own.csv"
    table.write_text("单,shan4\n")
    told = json.loads(run("read", "--dialect", "cmn", "--text", "单", "--area", "石桥镇", "--lexicon", str(table)).stdout)
    assert told["readings"] == [[0, "单", "shan4"]]
    table.write_text("单,shan9\n")
    broken = run("read", "--dialect", "cmn", "--text", "单", "--lexicon", str(table))
    assert broken.exit_code == 1 and "line 1: “shan9”" in broken.stderr
