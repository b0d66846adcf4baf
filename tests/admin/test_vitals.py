"""Whoever watches over the station learns whether it is well; the numbers are for the machine itself and for those who see all of its places."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from admin.metrics import Metric, Surroundings, lacking, text
from admin.web import create_web
from broadcast.vitals import FILE, Vitals
from devices.keys import StationKeys
from station import access
from station.backup import LAST_BACKUP, LAST_REHEARSAL
from station.database import Database
from station.files import Files
from station.models import Person
from tests.admin.conftest import Pages, settings
from tests.people import settle

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
LINE = re.compile(r'(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[a-z]+="[^"\n]*"\})? -?[0-9.e+-]+)\Z')
FAR = {"REMOTE_ADDR": "192.168.1.9"}


@pytest.fixture
def here(db: Database, files: Files, keys: StationKeys, now: datetime, tmp_path: Path) -> Pages:
    with db.session() as session:
        village = settle(session, now)
    app = create_web(settings(data_dir=tmp_path, second_step_roles=()), db, files, keys, lambda password: "", lambda: now)
    (tmp_path / FILE).write_text(Vitals(now - timedelta(seconds=9), True, {"online": 3, "lost": 1}, {"wanted": 2}, 61.5).to_json())
    return Pages(app, db, village, now)


def token(pages: Pages, person: Person, scopes: list[str] | None = None) -> dict[str, str]:
    with pages.db.session() as session:
        return {"Authorization": f"Bearer {access.make_token(session, person, 'prometheus', pages.now, scopes=scopes)}"}


def values(client: FlaskClient) -> dict[str, float]:
    answer = client.get("/metrics")
    assert answer.status_code == 200 and answer.content_type == "text/plain; version=0.0.4; charset=utf-8"
    assert [line for line in answer.text.splitlines() if not LINE.match(line)] == [] and answer.text.endswith("\n")
    return {line.split(" ")[0]: float(line.split(" ")[1]) for line in answer.text.splitlines() if not line.startswith("#")}


def test_the_numbers_are_those_that_the_pipeline_left(here: Pages, tmp_path: Path) -> None:
    (tmp_path / LAST_BACKUP).write_text(json.dumps({"taken_at": "2026-11-24T01:00:00+00:00"}))
    (tmp_path / LAST_REHEARSAL).write_text("{")
    found = values(here.app.test_client())
    assert found['xiangyin_terminals{presence="online"}'] == 3 and found['xiangyin_terminals{presence="silent"}'] == 0
    assert found['xiangyin_renditions{state="wanted"}'] == 2 and found["xiangyin_rendition_oldest_seconds"] == 61.5
    assert found["xiangyin_pipeline_up"] == found["xiangyin_broker_connected"] == found["xiangyin_database_up"] == 1
    assert found["xiangyin_disk_free_bytes"] > 0 and found["xiangyin_clock_timestamp_seconds"] == here.now.timestamp()
    assert found["xiangyin_backup_timestamp_seconds"] == here.now.timestamp() - 3600 and "xiangyin_restore_test_timestamp_seconds" not in found


def test_a_pipeline_that_stands_still_is_not_ready_and_says_so(here: Pages, tmp_path: Path) -> None:
    client = here.app.test_client()
    assert client.get("/readyz").json == {"ready": True, "lacks": []} and client.get("/healthz").status_code == 200
    (tmp_path / FILE).write_text(Vitals(here.now - timedelta(seconds=61), True).to_json())
    answer = client.get("/readyz")
    assert answer.status_code == 503 and "the pipeline" in answer.json["lacks"][0]  # type: ignore[index]
    assert client.get("/readyz", environ_base=FAR).json == {"ready": False, "lacks": []}
    assert values(client)["xiangyin_pipeline_up"] == 0
    (tmp_path / FILE).unlink()
    assert values(client)["xiangyin_pipeline_up"] == 0


def test_from_elsewhere_a_token_of_somebody_who_sees_everything_is_asked_for(here: Pages) -> None:
    client, village = here.app.test_client(), here.village
    assert client.get("/metrics", environ_base=FAR).status_code == 401
    assert client.get("/metrics", headers={"X-Forwarded-For": "192.168.1.9"}).status_code == 401  # a proxy on this machine
    assert client.get("/metrics", environ_base=FAR, headers={"Authorization": "Bearer xy_wrong"}).status_code == 401
    assert client.get("/metrics", environ_base=FAR, headers=token(here, village.admin, ["see"])).status_code == 200
    assert client.get("/metrics", environ_base=FAR, headers=token(here, village.stranger)).status_code == 403


def test_a_token_waits_for_its_persons_second_step(db: Database, files: Files, keys: StationKeys, now: datetime) -> None:
    with db.session() as session:
        village = settle(session, now)
    app: APIFlask = create_web(settings(second_step_roles=("admin",)), db, files, keys, lambda password: "", lambda: now)
    pages = Pages(app, db, village, now)
    refused = pages.machine(village.admin)("GET", "/api/articles")
    assert refused.status_code == 403 and "second step" in refused.json["message"]  # type: ignore[index]
    assert pages.app.test_client().get("/metrics", environ_base=FAR, headers=token(pages, village.admin)).status_code == 403
    assert pages.machine(village.operator)("GET", "/api/articles").status_code == 200
    with db.session() as session:
        session.get_one(Person, village.admin.id).second_step_at = now
    assert pages.machine(village.admin)("GET", "/api/articles").status_code == 200


@pytest.mark.parametrize(("vitals", "around", "word"), [
    (Vitals(NOW, True), {}, ""), (Vitals(NOW, False), {}, "broker"), (None, {}, "pipeline"), (Vitals(NOW, True), {"database": False}, "database"),
    (Vitals(NOW, True), {"disk_free": 100 * 2**20}, "100 MB"), (Vitals(NOW.replace(year=1970), True), {"now": NOW.replace(year=1970)}, "clock"),
])  # fmt: skip
def test_each_thing_that_lacks_is_named(vitals: Vitals | None, around: dict[str, object], word: str) -> None:
    found = lacking(vitals, Surroundings(**{"now": NOW, "database": True, **around}))  # type: ignore[arg-type]
    assert len(found) == bool(word) and all(word in each for each in found)


def test_labels_are_written_so_that_they_can_be_read_back() -> None:
    lines = list(Metric("a", "gauge", "b\\c\nd", {(("l", 'x"y\\z\n'),): 0.5, (("l", "-"),): None}).lines())
    assert lines == ["# HELP a b\\\\c\\nd", "# TYPE a gauge", 'a{l="x\\"y\\\\z\\n"} 0.5']
    assert "xiangyin_disk" not in text(None, Surroundings(NOW, True))
