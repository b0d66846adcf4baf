"""Texts read and spoken for machines, by REST and from the command line; and voices chosen by REST."""

from __future__ import annotations

import base64
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from admin.speaking import WAITING, Busy, Speaking
from app import main
from playlists.models import Playlist
from station.models import AuditEntry
from tests.admin.conftest import Pages
from tests.builders import an_article
from tts.audio import measure, to_mp3
from tts.choose import Choices
from tts.engines import EngineError
from tts.engines.options import EngineOptions, parse_order
from tts.lexicon import set_reading
from tts.tunes import chime
from tts.voices import Manner


@pytest.fixture
def machine(pages: Pages) -> Iterator[Any]:
    yield pages.machine(pages.village.operator)
    pages.app.extensions["xiangyin_speaking"].close()


def test_a_text_is_read_with_the_readings_of_a_place_and_spoken_with_them(pages: Pages, machine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    village = pages.village
    with pages.db.session() as session:
        set_reading(session, village.operator, session.merge(village.town), code="cmn", word="单家庄", reading="dan1 jia1 zhuang1", note="", now=pages.now)
    asked = {"dialect": "cmn", "text": "单家庄。"}
    here, elsewhere = (machine("POST", "/api/read", json={**asked, **more}).json for more in ({"area_id": village.village_a.id}, {}))
    assert here["readings"][0] == [0, "单", "dan1"] != elsewhere["readings"][0]
    assert pages.machine(village.stranger)("POST", "/api/read", json={**asked, "area_id": village.village_a.id}).status_code == 404
    heard: list[dict[str, str]] = []

    def noted(text: str, title: str, manner: Manner, *rest: Any) -> Any:
        heard.append(dict(manner.words))
        raise EngineError("enough", permanent=True)

    monkeypatch.setattr("admin.api.speech.spoken_file", noted)
    assert machine("POST", "/api/speak", json={**asked, "area_id": village.village_a.id}).status_code == 422
    assert machine("POST", "/api/speak", json=asked).status_code == 422
    assert heard == [{"单家庄": "dan1 jia1 zhuang1"}, {}]


def test_a_long_text_is_read_whole(machine: Any) -> None:
    told = machine("POST", "/api/read", json={"dialect": "ug", "text": "كەنت " * 2_000})
    assert told.status_code == 200 and len(told.json["readings"]) == 2_000 and told.json["unknown"] == []
    assert machine("POST", "/api/read", json={"dialect": "ug", "text": "x" * 20_001}).status_code == 422


def test_the_command_speaks_with_the_readings_of_a_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[Manner] = []

    def noted(text: str, title: str, manner: Manner, *rest: Any, **kept: Any) -> None:
        heard.append(manner)
        raise EngineError("enough", permanent=True)

    monkeypatch.setattr("tts.export.speak_article", noted)
    (tmp_path / "text").write_text("单家庄停水", "utf-8")
    (tmp_path / "names.csv").write_text("单家庄,shan4 jia1 zhuang1\n", "utf-8")
    words = ["speak", "--dialect", "cmn", "--out", str(tmp_path / "a.wav"), "--file", str(tmp_path / "text"), "--lexicon", str(tmp_path / "names.csv")]
    assert main(words) == 1
    assert heard[0].words == {"单家庄": "shan4 jia1 zhuang1"} and heard[0].voice == "male"


def test_a_text_is_read_by_rest_as_on_the_command_line(machine: Any) -> None:
    told = machine("POST", "/api/read", json={"dialect": "cmn", "text": "3元☃好"})
    assert told.status_code == 200, told.text
    assert told.json["spoken"] == "三元☃好" and told.json["unknown"] == [[2, "☃"]]
    assert told.json["readings"] == [[0, "三", "san1"], [1, "元", "yuan2"], [3, "好", "hao3"]]


@pytest.mark.parametrize(("format", "begins"), [("mp3", b"\xff\xfb"), ("wav", b"RIFF"), ("opus", b"OggS"), ("m4a", b"\0\0\0")])
def test_a_text_is_spoken_by_rest_in_every_format(machine: Any, format: str, begins: bytes) -> None:
    sent = {"dialect": "yue", "voice": "female", "title": "通知", "text": "聽日停水。請大家預先儲水。", "format": format}
    told = machine("POST", "/api/speak", json=sent)
    assert told.status_code == 200, told.text
    made = base64.b64decode(told.json["audio"])
    assert made.startswith(begins)
    heard = measure(made)
    assert heard.lufs == told.json["lufs"] == pytest.approx(-16, abs=1) and told.json["true_peak_db"] <= -1
    assert [cue[2] for cue in told.json["cues"]] == ["通知", "聽日停水。", "請大家預先儲水。"]
    assert told.json["engine"] == "system" and told.json["unknown"] == [] and 3 < told.json["seconds"] < 12


@pytest.mark.parametrize(
    ("change", "status", "word"),
    [
        ({"dialect": "xx"}, 422, "unknown dialect"), ({"dialect": ""}, 422, "unknown dialect"), ({"text": ""}, 422, "text"), ({"text": "x" * 2001}, 422, "2000"),
        ({"text": None}, 422, "text"), ({"text": "a\0b"}, 422, "control"), ({"voice": "bass"}, 422, "has no voice"), ({"format": "flac"}, 422, "format"),
        ({"loud": 1}, 422, "loud"), ({"text": "☃☃"}, 422, "nothing in the text can be read"), ({"title": "t" * 301}, 422, "title"),
    ],
)  # fmt: skip
def test_what_cannot_be_spoken_is_refused_with_the_reason(machine: Any, change: dict[str, Any], status: int, word: str) -> None:
    told = machine("POST", "/api/speak", json={"dialect": "cmn", "text": "停水。", **change})
    assert told.status_code == status and word in told.text


@pytest.mark.parametrize("body", [{"dialect": "xx", "text": "x"}, {"dialect": "cmn"}, {"dialect": "cmn", "text": ["x"]}, [], "x"])
def test_what_cannot_be_read_is_refused(machine: Any, body: Any) -> None:
    assert machine("POST", "/api/read", json=body).status_code in (400, 422)


def test_an_engine_that_fails_for_now_is_no_fault_of_the_caller(pages: Pages) -> None:
    pages.app.extensions["xiangyin_speaking"] = Speaking(EngineOptions(parse_order("http"), speech_url="http://127.0.0.1:9/"), 20)
    told = pages.machine(pages.village.operator)("POST", "/api/speak", json={"dialect": "cmn", "text": "停水。"})
    pages.app.extensions["xiangyin_speaking"].close()
    assert told.status_code == 503 and "does not answer" in told.text and told.headers["Retry-After"] == "5"


def test_too_many_at_once_are_told_to_come_again(pages: Pages) -> None:
    speaking = Speaking(EngineOptions(), 20)
    waiting = [speaking.pool() for _ in range(WAITING)]
    for each in waiting:
        each.__enter__()
    with pytest.raises(Busy), speaking.pool():
        pass
    pages.app.extensions["xiangyin_speaking"] = speaking
    told = pages.machine(pages.village.operator)("POST", "/api/speak", json={"dialect": "cmn", "text": "停水。"})
    assert told.status_code == 503 and "busy" in told.text
    for each in waiting:
        each.__exit__(None, None, None)
    with speaking.pool():
        speaking.close()


def test_every_voice_is_listed(machine: Any) -> None:
    listed = machine("GET", "/api/voices").json["voices"]
    assert {(each["dialect"], each["name"]) for each in listed} >= {("cmn", "male"), ("bo", "slow"), ("ug", "lively")}


def test_voices_are_chosen_by_rest_and_written_down(pages: Pages, machine: Any) -> None:
    village = pages.village
    with pages.db.session() as session:
        article = an_article(session, village.operator, village.town, pages.now)
        playlist = Playlist(area_id=village.town.id, title="早间", created_at=pages.now, updated_at=pages.now)
        session.add(playlist)
        session.flush()
        number, listed = article.id, playlist.id
    assert machine("PUT", f"/api/areas/{village.county.id}/voice", json={"voice": "slow"}).json == {"voice": "slow", "dialect": ""}
    assert machine("PUT", f"/api/articles/{number}/voice", json={"voice": "lively", "dialect": "yue"}).status_code == 200
    assert machine("PUT", f"/api/playlists/{listed}/voice", json={"voice": "female"}).json["voice"] == "female"
    with pages.db.reading() as session:
        choices = Choices(session)
        article = session.merge(article)
        assert choices.voice("cmn", article, village.village_a) == "slow" and choices.voice("yue", article, village.village_a) == "lively"
        assert session.get_one(Playlist, listed).voice == "female"
        assert len(session.scalars(select(AuditEntry).where(AuditEntry.act == "voice")).all()) == 3
    for path, body in (
        (f"/api/areas/{village.county.id}/voice", {"voice": "bass"}), (f"/api/areas/{village.county.id}/voice", {"voice": "slow", "dialect": "xx"}),
        (f"/api/playlists/{listed}/voice", {"voice": "bass"}), (f"/api/articles/{number}/voice", {}),
    ):  # fmt: skip
        assert machine("PUT", path, json=body).status_code == 422, path
    stranger = pages.machine(village.stranger)
    for path in (f"/api/areas/{village.county.id}/voice", f"/api/articles/{number}/voice", f"/api/playlists/{listed}/voice"):
        assert stranger("PUT", path, json={"voice": "slow"}).status_code == 404


def speak(tmp_path: Path, *words: str, text: bytes = "明天停水。".encode()) -> subprocess.CompletedProcess[bytes]:
    """The real command in a process of its own, with a data folder of its own."""
    code = "import sys, app; sys.exit(app.main(sys.argv[1:]))"
    root = Path(__file__).resolve().parents[2]
    return subprocess.run(
        [sys.executable, "-c", code, "speak", *words], input=text, capture_output=True, timeout=120, cwd=root, env={"PATH": os.environ.get("PATH", os.defpath), "XIANGYIN_DATA_DIR": str(tmp_path / "data")}
    )


def test_the_command_writes_the_file_and_tells_about_it(tmp_path: Path) -> None:
    out = tmp_path / "notice.mp3"
    done = speak(tmp_path, "--dialect", "cmn", "--voice", "slow", "--chime", "--music", "--out", str(out), text=("明天停水。" + "请大家提前储水，锅炉不要空烧，老人可以打电话预约。" * 3).encode())
    assert done.returncode == 0, done.stderr.decode()
    told = json.loads(done.stdout)
    assert set(told) == {"seconds", "lufs", "true_peak_db", "cues", "engine", "unknown"}
    assert measure(out.read_bytes()).lufs == told["lufs"] == pytest.approx(-16, abs=1) and told["cues"][0][2] == "明天停水。"
    assert [each.name for each in tmp_path.iterdir() if each.is_file()] == ["notice.mp3"]


@pytest.mark.parametrize(
    ("words", "text", "code", "why"),
    [
        (("--dialect", "xx", "--out", "a.mp3"), b"x", 2, "unknown dialect"), (("--dialect", "cmn", "--voice", "bass", "--out", "a.mp3"), b"x", 2, "has no voice"),
        (("--dialect", "cmn", "--out", "a.flac"), b"x", 2, "ends in none of .mp3"), (("--dialect", "cmn", "--out", "a.mp3"), b"\xff\xfe\x00", 1, "not UTF-8"),
        (("--dialect", "cmn", "--out", "nowhere/a.mp3"), b"x", 1, "there is no folder nowhere"),
    ],
)  # fmt: skip
def test_the_command_refuses_with_the_reason_and_leaves_nothing(
    words: tuple[str, ...], text: bytes, code: int, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "text").write_bytes(text)
    monkeypatch.chdir(tmp_path)
    assert main(["speak", *words, "--file", "text"]) == code
    assert why in capsys.readouterr().err and [each.name for each in tmp_path.iterdir()] == ["text"]


def test_the_command_says_what_the_voices_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def hoarse(*args: object, **kept: object) -> None:
        raise EngineError("the voice is hoarse", permanent=True)

    monkeypatch.setattr("tts.export.speak_article", hoarse)
    (tmp_path / "text").write_text("停水")
    assert main(["speak", "--dialect", "cmn", "--out", str(tmp_path / "a.wav"), "--file", str(tmp_path / "text")]) == 1
    assert "hoarse" in capsys.readouterr().err and not (tmp_path / "a.wav").exists()


def test_a_sentence_is_recorded_listed_and_taken_back_by_rest(pages: Pages, machine: Any) -> None:
    with pages.db.session() as session:
        number = an_article(session, pages.village.operator, pages.village.town, pages.now, body="明天停水。").id
    path = f"/api/articles/{number}/recordings"

    def sent(**fields: Any) -> dict[str, Any]:
        return {"dialect": "cmn", "sentence": "明天停水。", "file": (io.BytesIO(to_mp3(chime())), "read.mp3"), **fields}

    made = machine("POST", path, data=sent())
    assert made.status_code == 201, made.text
    listed = machine("GET", path + "?dialect=cmn").json
    assert [each["sentence"] for each in listed["recordings"]] == ["明天停水。"] and "明天停水。" in listed["sentences"]
    for fields, word in (
        ({"sentence": "后天停水。"}, "no sentence"), ({"dialect": "xx"}, "unknown dialect"), ({"dialect": "en"}, "add one first"),
        ({"file": (io.BytesIO(b"no sound" * 99), "x.mp3")}, "x.mp3"), ({"loud": "1"}, "loud"), ({"file": (io.BytesIO(b""), "")}, "file"),
    ):  # fmt: skip
        refused = machine("POST", path, data=sent(**fields))
        assert refused.status_code == 422 and word in refused.text, fields
    stranger = pages.machine(pages.village.stranger)
    assert stranger("POST", path, data=sent()).status_code == 404 and stranger("GET", path + "?dialect=cmn").status_code == 404
    assert machine("DELETE", f"{path}/{made.json['id']}").status_code == 204
    assert machine("DELETE", f"{path}/{made.json['id']}").status_code == 422
    assert machine("GET", path + "?dialect=cmn").json["recordings"] == []
