"""The hostile collections at the running station: every file is taken or refused in words, quickly, and the station lives on."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from articles import feeds
from articles.collect import clean
from articles.models import Article, Feed
from station.database import Database
from tests.journeys.station import Answer, Station
from tests.people import settle

pytestmark = [pytest.mark.material, pytest.mark.timeout(600)]


def files(data_dir: Path, folder: str, pattern: str = "*") -> list[Path]:
    found = sorted(each for each in (data_dir / folder).rglob(pattern) if each.is_file())
    assert found, f"{data_dir / folder} holds no {pattern}"
    return found


def judged(answer: Answer, name: str) -> bool:
    """Whether it was taken; refused is well too, in words that name it, and broken is not."""
    assert answer.status == 201 or 400 <= answer.status < 500, (name, answer.status, answer.body[:300])
    if answer.status != 201:
        assert answer.json()["message"], name
    return answer.status == 201


def test_every_json_of_the_collection_is_read_or_refused(house: Station, data_dir: Path) -> None:
    for path in files(data_dir, "hostile/json", "*.json"):
        answer = house.say("lan", "POST", "/api/articles", path.read_bytes())
        assert not judged(answer, path.name), "none of them is an article"
        if path.name.startswith("y_"):
            assert answer.status == 422, (path.name, answer.body[:200])


def test_every_word_file_is_read_or_refused(house: Station, data_dir: Path) -> None:
    fields = {"area_id": house.village.county.id, "kind": "notice"}
    paths = files(data_dir, "hostile/docx_python_docx", "*.docx")
    taken = [path.name for path in paths if judged(house.upload("lan", "/api/articles/file", fields, path.name, path.read_bytes()), path.name)]
    assert taken, "well-formed files are among them"


def test_every_naughty_string_is_stored_as_it_can_be_said_or_refused(house: Station, data_dir: Path) -> None:
    for text in json.loads((data_dir / "hostile/strings/blns.json").read_text()):
        said = {"area_id": house.village.county.id, "kind": "notice", "lang": "zh-Hans", "title": text or "空", "body": f"{text}。请注意。"}
        answer = house.say("lan", "POST", "/api/articles", said)
        if judged(answer, repr(text)):
            assert answer.json()["texts"][0]["body"] == clean(f"{text}。请注意。")
    page = house.ask("GET", "/sign-in")
    assert page.status == 200


def test_a_document_that_explodes_is_refused_as_a_page_and_as_a_feed(house: Station, data_dir: Path, db: Database, now: datetime) -> None:
    fields = {"area_id": house.village.county.id, "kind": "notice"}
    for path in files(data_dir, "hostile/xml"):
        judged(house.upload("lan", "/api/articles/file", fields, path.stem + ".html", path.read_bytes()), path.name)
    _fed(db, now, files(data_dir, "hostile/xml"))


def test_every_feed_is_read_or_its_fault_is_written_down(db: Database, now: datetime, data_dir: Path) -> None:
    errors = _fed(db, now, [*files(data_dir, "feeds/feedvalidator", "*.xml"), *files(data_dir, "feeds/gofeed", "*.xml")])
    assert sum(not each for each in errors) > len(errors) // 2, "most of them are feeds"


def test_the_station_has_not_stumbled(house: Station) -> None:
    assert house.ask("GET", "/health").status == 200
    assert house.process is not None and house.process.poll() is None
    assert "Traceback" not in house.log(), house.log()[-3000:]


def _fed(db: Database, now: datetime, paths: list[Path]) -> list[str]:
    """Read each as a feed in turn, a bad one never holding up the next; what is written down of each ("" when all is well)."""
    with db.session() as session:
        village = settle(session, now)
        for number, _ in enumerate(paths):
            session.add(Feed(area_id=village.county.id, added_by_id=village.operator.id, url=f"https://feed.example/{number}", lang="zh-Hans"))

    def fetch(url: str, etag: str | None, modified: str | None) -> feeds.Fetched:
        return feeds.Fetched(paths[int(url.rsplit("/", 1)[1])].read_bytes())

    turns = 0
    while feeds.read_one(db, now, fetch):
        turns += 1
        assert turns <= len(paths)
    with db.reading() as session:
        rows = list(session.scalars(select(Feed).order_by(Feed.id)))
        assert all(each.read_at is not None or each.error for each in rows)
        for article in session.scalars(select(Article)):
            assert article.created_at - now < timedelta(seconds=1) and "<script" not in article.texts[0].body
        return [each.error for each in rows]
