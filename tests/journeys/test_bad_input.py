"""Whatever comes in is taken or refused in words that name it; nothing breaks, and what is good behind it is heard."""

from __future__ import annotations

import io
import json
import random
import zipfile
from collections.abc import Iterator
from typing import Any

import docx
import pytest

from articles.models import Feed
from tests.journeys.line import Client
from tests.journeys.speaker import Speaker
from tests.journeys.stage import tone
from tests.journeys.station import Answer, Station, until

pytestmark = pytest.mark.timeout(600)
NOISE = random.Random(7).randbytes(30_000)
DEEP = b'{"area_id":' + b"[" * 5000 + b"]" * 5000 + b"}"


@pytest.fixture(scope="module")
def speaker(house: Station) -> Iterator[Speaker]:
    made = Speaker(house.folder, house, "speaker")
    made.start()
    made.pair(house.village.village_a.id)
    yield made
    made.stop()


def a_docx(*lines: str) -> bytes:
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def a_zip(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in parts.items():
            made.writestr(name, data)
    return out.getvalue()


def refused(answer: Answer, *names: str) -> None:
    """A client's mistake, in words that name the thing."""
    assert 400 <= answer.status < 500, (answer.status, answer.body[:300])
    words = json.dumps(answer.json(), ensure_ascii=False)
    assert all(name in words for name in names), words


def an_article(house: Station, **changes: Any) -> dict[str, Any]:
    return {"area_id": house.village.county.id, "kind": "notice", "lang": "zh-Hans", "title": "通知", "body": "请储水。", **changes}


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({"body": ""}, ["body"]), ({"body": "   "}, ["body"]), ({"body": "……！？"}, ["sentence"]), ({"body": "水" * 20_001}, ["20001"]),
        ({"body": "水" * 500_000}, ["body"]), ({"title": "长" * 400}, ["title"]), ({"lang": "th"}, ["th", "zh-Hans"]), ({"body": 7}, ["body"]),
        ({"body": "半个\ud800字。"}, ["body"]), ({"body": "零\x00字。"}, ["body"]), ({"kind": "rumour"}, ["kind"]), ({"area_id": 10**12}, ["area_id"]),
        ({"colour": "red"}, ["colour"]),
    ],
)  # fmt: skip
def test_a_text_that_cannot_be_is_refused_by_name(house: Station, changes: dict[str, Any], names: list[str]) -> None:
    refused(house.say("lan", "POST", "/api/articles", an_article(house, **changes)), *names)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"nothing", b'"a"', b'{"area_id": NaN}', b'{"area_id": Infinity}', b'{"area_id": 1e999}', DEEP, b"\xff\xfe{}", b"[" * 100_000],
    ids=range(11),
)  # fmt: skip
def test_json_that_is_none_is_refused(house: Station, body: bytes) -> None:
    for path in ("/api/articles", "/api/schedules", "/api/terminals/pair"):
        refused(house.say("lan", "POST", path, body))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("空.txt", b""), ("图.txt", b"\x89PNG\r\n\x1a\n\0\0\0"), ("坏.docx", NOISE), ("半.docx", a_docx("停水。" * 300)[:5000]),
        ("包.docx", a_zip(a=b"b")), ("大.docx", a_zip(bomb=b"\0" * (65 << 20))), ("页.html", b"<html></html>"), ("书.pdf", b"%PDF-1.4"), ("无", b"x"),
    ],
)  # fmt: skip
def test_a_file_that_is_not_what_it_says_is_refused_by_name(house: Station, name: str, data: bytes) -> None:
    fields = {"area_id": house.village.county.id, "kind": "notice"}
    refused(house.upload("lan", "/api/articles/file", fields, name, data), name)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_file_in_another_encoding_is_read(house: Station, encoding: str) -> None:
    fields = {"area_id": house.village.county.id, "kind": "notice"}
    made = house.upload("lan", "/api/articles/file", fields, "通知.txt", "停水通知\n明天停水，请储水。".encode(encoding))
    assert made.status == 201, made.body
    assert made.json()["texts"][0]["body"] == "明天停水，请储水。"


@pytest.mark.parametrize(
    ("name", "data"), [("空.mp3", b""), ("字.mp3", "这不是声音。".encode() * 500), ("噪.wav", NOISE), ("半.wav", tone(300, 0.5)[:30]), ("包.mp3", a_zip(a=NOISE))]
)
def test_sound_that_is_none_is_refused_by_name(house: Station, name: str, data: bytes) -> None:
    fields = {"area_id": house.village.county.id, "kind": "music", "title": "曲"}
    refused(house.upload("lan", "/api/clips", fields, name, data), name)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/feed", "http://localhost/", "http://[::1]/", "http://169.254.169.254/latest", "file:///etc/passwd", "x"])
def test_a_feed_of_the_inner_network_is_refused(house: Station, url: str) -> None:
    refused(house.say("lan", "POST", "/api/feeds", {"area_id": house.village.county.id, "url": url if len(url) > 7 else "x" * 8}), "url")


def test_what_is_good_behind_the_bad_is_heard(house: Station, speaker: Speaker) -> None:
    with house.db.session() as session:  # an address that was public when it was entered, and leads inside now
        feed = Feed(
            area_id=house.village.county.id, added_by_id=house.village.operator.id, url=f"{house.url}/health", title="", lang="zh-Hans", active=True,
        )  # fmt: skip
        session.add(feed)
        session.flush()
        number = feed.id
    unreadable = house.approved("𓀀𓀁", "𓀂𓀃𓀀。")
    foreign = house.approved("Notice", "The water is off tomorrow.", lang="en")
    good = house.approved("通知", "请储水。")
    _babble(house)
    rows = house.spoken(good, {"cmn"})
    assert rows["cmn"]["ms"] > 500
    programme = house.programme([{"kind": "article", "article_id": each} for each in (unreadable, foreign, good)])
    occurrence = house.schedule(programme, house.village.village_a.id, 3)
    until("it to be heard", lambda: house.coverage(occurrence)["counts"] == {"heard": 1})
    planned = house.dispatches(occurrence)["cmn"]
    assert [item["title"] for item in planned.items] == ["通知"]
    assert "𓀀𓀁" in planned.error and "Notice" in planned.error, "what is missing is named"
    foreign_row = house.renditions(foreign)["cmn"]
    assert foreign_row["state"] == "no_voice" and "zh" in foreign_row["error"]
    assert house.renditions(unreadable)["cmn"]["state"] == "failed"

    def said_of_feed() -> str:
        with house.db.reading() as session:
            return session.get_one(Feed, number).error

    assert "private network" in until("the feed to be refused", said_of_feed)
    assert "Traceback" not in house.log(), house.log()[-3000:]
    assert house.process is not None and house.process.poll() is None


def _babble(house: Station) -> None:
    """Words over MQTT that are none, from a stranger and from a terminal that has gone mad."""
    gone = Speaker(house.folder, house, "gone")
    gone.start()
    gone.pair(house.village.village_b.id)
    gone.stop()
    words = [b"", b"{", b"[]", b"\xff\xfe", b'{"op":NaN}', b"[" * 60_000, NOISE, b'{"st":"on","conn":1e999}', b'{"seq":1,"items":[[1]]}', b'{"seq":-1,"items":null}']
    words += [json.dumps({"op": "hello", "revs": {"a": 10**30}, "want_rev": 10**30}).encode(), json.dumps({"id": "\x00", "result": "\x00"}).encode()]
    words.append(json.dumps({"seq": 10**25, "items": [["1-cmn-0\x00", "\x00", 10**25, 1e300, 1e300, "finished", 10**25, 0.0, "\x00" * 5]]}).encode())
    words.append(json.dumps({"st": "on", "boot": "\x00" * 99, "conn": 10**25}).encode())
    words.append(json.dumps({"model": "\x00\ud800", "free_bytes": 10**30, "clock_error_ms": 1e308, "faults": ["\ud800"]}).encode())
    with Client(house.mqtt, gone.did, gone.did, gone.password) as mad:
        assert mad.code == 0
        for channel in ("state", "rep", "ack", "rcpt", "req"):
            for each in words:
                mad.publish(f"xy/1/d/{gone.did}/up/{channel}", each)
    nonce = "0123456789abcdef0123"
    with Client(house.mqtt, nonce) as stranger:
        for each in (*words, json.dumps({"nonce": nonce, "pk": "A" * 43, "model": "\x00\ud800" * 50, "name": "\x00"}).encode()):
            stranger.publish(f"xy/1/p/{nonce}/up", each)
