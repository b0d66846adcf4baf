"""The talk's page and its WebSocket: what the page says before anybody speaks, who may open the line, and what goes through it."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import select
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from werkzeug.serving import make_server

from admin.web import create_web
from broadcast.door import Door
from broadcast.models import LiveTalk, Notice, OutCommand
from broadcast.studio import Studio
from broadcast.talk import FRAME_BYTES
from devices.keys import StationKeys
from station import access
from station.database import Database
from station.files import Files
from station.models import Area, Person
from station.people import Limits, grant
from tests.admin.conftest import Pages, settings
from tests.fakes import FakeBroker
from tests.journeys.stage import tone
from tests.people import Village
from tts.models import Recording
from wire.topics import Topics

FRAME = bytes(FRAME_BYTES)


def test_the_page_says_who_hears_it_and_offers_both_ways(pages: Pages) -> None:
    said = pages.browser(pages.village.operator).get(f"/speak?area={pages.village.village_a.id}").text
    assert "speaker" in said and "data-record" in said and "data-talk=" in said
    answer = pages.browser(pages.village.operator).get("/speak")
    assert "microphone=(self)" in answer.headers["Permissions-Policy"] and "ws://localhost" in answer.headers["Content-Security-Policy"]


def test_whose_right_is_not_for_live_talk_may_still_record(pages: Pages) -> None:
    with pages.db.session() as session:
        grant(session, session.get_one(Person, pages.village.operator.id), session.get_one(Area, pages.village.county.id), "operator", Limits.read(["notice"]))
    said = pages.browser(pages.village.operator).get(f"/speak?area={pages.village.village_a.id}").text
    assert "data-record" in said and "data-talk=" not in said and "is for notice only" in said


def test_somebody_of_the_next_county_finds_no_such_place(pages: Pages) -> None:
    assert pages.browser(pages.village.stranger).get(f"/speak?area={pages.village.village_a.id}").status_code == 404


def test_a_recording_becomes_a_notice_that_is_heard_as_it_was_spoken(pages: Pages) -> None:
    browser = pages.browser(pages.village.operator)
    form = {"area": str(pages.village.village_a.id), "key": "k" * 32, "title": "", "file": (io.BytesIO(tone(400.0, 2.0)), "read.wav")}
    answer = browser.post("/speak/recorded", form, content_type="multipart/form-data")
    assert answer.status_code == 303
    with pages.db.reading() as session:
        notice = session.scalars(select(Notice)).one()
        rows = session.scalars(select(Recording)).all()
        assert (notice.state, notice.article.title) == ("draft", "Spoken notice")
        assert "cmn" in {row.dialect for row in rows} and all(row.whole and row.article_id == notice.article_id for row in rows)
        assert {row.ms for row in rows} == {rows[0].ms} and 1500 < rows[0].ms < 2500
    shown = browser.get(f"/notices/{notice.id}").text
    assert f"/audio/{rows[0].audio_sha256}" in shown and "Read by a person" in shown


def test_what_is_no_sound_is_refused_and_nothing_is_kept(pages: Pages) -> None:
    form = {"area": str(pages.village.village_a.id), "key": "k" * 32, "file": (io.BytesIO(b"no sound"), "read.wav")}
    answer = pages.browser(pages.village.operator).post("/speak/recorded", form, content_type="multipart/form-data")
    assert answer.status_code == 422
    with pages.db.reading() as session:
        assert session.scalars(select(Notice)).all() == []


@dataclass
class Spoken:
    """The pages behind a real port, with a studio whose line is a list."""

    port: int
    db: Database
    village: Village
    now: datetime
    line: FakeBroker

    def open(self, person: Person | None, origin: str | None = None) -> ClientConnection:
        headers = {}
        if person is not None:
            with self.db.session() as session:
                headers["Cookie"] = f"xiangyin={access.open_session(session, person, self.now)}"
        return connect(f"ws://127.0.0.1:{self.port}/speak/live", origin=origin or f"http://127.0.0.1:{self.port}", additional_headers=headers)  # type: ignore[arg-type]

    @property
    def sound(self) -> int:
        return sum(each.topic.endswith("/live") for each in self.line.said)


@pytest.fixture
def spoken(db: Database, files: Files, keys: StationKeys, people_of: Village, now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Spoken]:  # fmt: skip
    monkeypatch.setattr("broadcast.door.leading", lambda: b"")
    line = FakeBroker()
    door = Door(tmp_path, Studio(db, line, keys, Topics("xy"), lambda: now))
    server = make_server("127.0.0.1", 0, create_web(settings(data_dir=tmp_path), db, files, keys, lambda password: "", lambda: now), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Spoken(server.server_port, db, people_of, now, line)
    server.shutdown()
    thread.join(10)
    server.server_close()
    door.close()


@pytest.fixture
def people_of(pages: Pages) -> Village:
    return pages.village


def ask(line: ClientConnection, **word: Any) -> dict[str, Any]:
    line.send(json.dumps(word))
    return hear(line)


def hear(line: ClientConnection) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(line.recv(timeout=60))
    return said


def hear_until(line: ClientConnection, name: str) -> dict[str, Any]:
    while name not in (said := hear(line)):
        pass
    return said


def test_what_goes_into_the_line_goes_out_to_the_speakers(spoken: Spoken) -> None:
    with spoken.open(spoken.village.operator) as line:
        assert ask(line, do="speak", area=spoken.village.village_a.id)["talk"].startswith("live-")
        hear_until(line, "speak")
        before = spoken.sound
        for _ in range(30):
            line.send(np.zeros(FRAME_BYTES // 2, "<i2").tobytes())
        line.send(json.dumps({"do": "end"}))
        told = hear_until(line, "ended")
    assert told["ended"] == "spoken" and spoken.sound - before >= 10
    assert told["frames"] * 20 >= 600


def test_a_page_that_is_closed_ends_the_talk_and_says_so(spoken: Spoken) -> None:
    with spoken.open(spoken.village.admin) as waiting:
        with spoken.open(spoken.village.operator) as line:
            ask(line, do="speak", area=spoken.village.village_a.id)
            hear_until(line, "speak")
            line.send(FRAME)
            assert ask(waiting, do="wait", area=spoken.village.village_a.id)["waits"] == spoken.village.operator.name
        assert "turn" in hear_until(waiting, "turn")


def test_who_may_not_speak_there_hears_why(spoken: Spoken) -> None:
    with spoken.open(spoken.village.stranger) as line:
        said = ask(line, do="speak", area=spoken.village.village_a.id)
        assert spoken.village.village_a.name in said["refused"] and said["allowed"] is False
        with pytest.raises(ConnectionClosed):
            line.recv(timeout=60)
    assert spoken.line.said == []


def test_words_that_no_page_says_are_refused(spoken: Spoken) -> None:
    for word in ({"do": "sing"}, {"do": "speak"}, {"do": "speak", "area": "x"}, {"do": "speak", "area": 2**60}, {"do": "speak", "area": 1, "longest": 10**9}, {"do": None}):
        with spoken.open(spoken.village.operator) as line:
            assert "refused" in ask(line, **word)
    assert spoken.line.said == []


def test_strangers_and_other_sites_open_no_line(spoken: Spoken) -> None:
    with pytest.raises(InvalidStatus) as refused:
        spoken.open(None)
    assert refused.value.response.status_code == 302
    with pytest.raises(InvalidStatus) as refused:
        spoken.open(spoken.village.operator, origin="https://elsewhere.example")
    assert refused.value.response.status_code == 400


def test_the_door_of_the_line_is_no_page(pages: Pages) -> None:
    assert pages.browser(pages.village.operator).get("/speak/live").status_code == 400


def a_talk(pages: Pages) -> str:
    with pages.db.session() as session:
        session.add(
            LiveTalk(
                id="live-" + "a" * 16, area_id=pages.village.village_a.id, person_id=pages.village.operator.id, title="防汛", zones=["z_cmn"], since=pages.now,
                until=pages.now + timedelta(minutes=5),
            )
        )  # fmt: skip
    return "live-" + "a" * 16


def test_a_talk_that_is_on_is_shown_and_stopped_from_the_first_page(pages: Pages) -> None:
    number, browser = a_talk(pages), pages.browser(pages.village.operator)
    assert f"/talks/{number}" in browser.get("/").text and "防汛" in browser.get("/talks").text
    assert "is on" in browser.get(f"/talks/{number}").text
    assert browser.post(f"/talks/{number}/stop").status_code == 303
    with pages.db.reading() as session:
        told = session.scalars(select(OutCommand)).one()
    assert (told.aud, told.op, told.args) == ("z_cmn", "stop", {"occ": number, "spare": "emergency"})


def test_a_talk_of_another_county_is_not_to_be_found(pages: Pages) -> None:
    number, browser = a_talk(pages), pages.browser(pages.village.stranger)
    assert browser.get(f"/talks/{number}").status_code == browser.post(f"/talks/{number}/stop").status_code == 404
    assert "防汛" not in browser.get("/talks").text
    assert pages.browser(pages.village.reviewer).post(f"/talks/{number}/stop").status_code == 404


def test_what_was_said_and_why_it_ended_stand_on_its_page(pages: Pages) -> None:
    number = a_talk(pages)
    with pages.db.session() as session:
        row = session.get_one(LiveTalk, number)
        row.ended_at, row.why, row.ended_by, row.frames, row.audio_sha256 = pages.now, "handed over", "王五", 500, "c" * 64
    shown = pages.browser(pages.village.operator).get(f"/talks/{number}").text
    assert "handed over: 王五" in shown and f"/audio/{'c' * 64}" in shown and "0:10" in shown


def test_machines_read_and_stop_talks_like_people(pages: Pages) -> None:
    number = a_talk(pages)
    call = pages.machine(pages.village.operator)
    assert [each["id"] for each in call("GET", "/api/talks").json["talks"]] == [number]
    read = call("GET", f"/api/talks/{number}").json
    assert (read["title"], read["why"], read["terminals"], read["audio_url"]) == ("防汛", "", 0, None)
    assert call("POST", f"/api/talks/{number}/stop").status_code == 200
    with pages.db.reading() as session:
        assert session.scalars(select(OutCommand)).one().args["occ"] == number
    stranger = pages.machine(pages.village.stranger)
    assert stranger("GET", "/api/talks").json["talks"] == [] and stranger("POST", f"/api/talks/{number}/stop").status_code == 404
