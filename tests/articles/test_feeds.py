"""Feeds: each entry once, failures in words, and no way into the station's own network."""

from __future__ import annotations

import itertools
import socket
import threading
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from articles import feeds
from articles.errors import BadFeed
from articles.feeds import Fetched, check_url, is_public, read_feed, read_one
from articles.models import Article, Feed
from station.database import Database
from tests.people import Village, settle

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>县气象局</title><entry><id>a</id><title>大风</title>
<content type="html">&lt;p&gt;明天有&lt;b&gt;大风&lt;/b&gt;。&lt;/p&gt;</content></entry><entry><id>b</id><title>降温</title><summary>注意保暖。</summary></entry></feed>"""


@pytest.fixture
def feed(session: Session, village: Village) -> Feed:
    made = Feed(area_id=village.county.id, added_by_id=village.operator.id, url="http://example.org/f", lang="zh-Hans")
    session.add(made)
    session.flush()
    return made


@pytest.mark.both_databases
def test_each_entry_becomes_a_draft_once(session: Session, feed: Feed, now: datetime) -> None:
    assert read_feed(session, feed, Fetched(ATOM.encode()), now) == 2
    assert read_feed(session, feed, Fetched(ATOM.encode()), now) == 0
    made = session.scalars(select(Article).order_by(Article.id)).all()
    assert [(each.title, each.state, each.source) for each in made] == [("大风", "draft", "feed"), ("降温", "draft", "feed")]
    assert "大风" in made[0].texts[0].body and "<" not in made[0].texts[0].body


@pytest.mark.parametrize("data", [b"<!DOCTYPE a [<!ENTITY b 'c'>]><rss/>", b"<html>no</html>", b""])
def test_what_is_no_feed_is_refused(session: Session, feed: Feed, now: datetime, data: bytes) -> None:
    with pytest.raises(BadFeed):
        read_feed(session, feed, Fetched(data), now)


def test_a_feed_cannot_name_a_file_of_the_station(session: Session, feed: Feed, now: datetime, tmp_path: Path) -> None:
    private = tmp_path / "private.xml"
    private.write_text(ATOM, encoding="utf-8")
    with pytest.raises(BadFeed):
        read_feed(session, feed, Fetched(str(private).encode()), now)
    assert session.scalars(select(Article)).all() == []


def test_a_failure_is_kept_in_words_and_waits_longer_each_time(db: Database, now: datetime) -> None:
    with db.session() as session:
        place = settle(session, now)
        session.add(Feed(area_id=place.county.id, url="https://example.org/feed", lang="zh-Hans"))

    def down(url: str, etag: str | None, modified: str | None) -> Fetched:
        raise BadFeed("example.org answered 500: check the address of the feed")

    def feed_now() -> Feed:
        with db.reading() as session:
            return session.scalars(select(Feed)).one()

    assert read_one(db, now, down)
    assert not read_one(db, now, down)
    assert "500" in feed_now().error and feed_now().not_before == now + timedelta(minutes=15)
    assert read_one(db, now + timedelta(minutes=15), down)
    assert feed_now().not_before == now + timedelta(minutes=45)
    assert read_one(db, now + timedelta(hours=1), lambda *_: Fetched(ATOM.encode(), "e1"))
    assert (feed_now().error, feed_now().attempts, feed_now().etag) == ("", 0, "e1")


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1/", "http://169.254.169.254/latest", "http://[::1]/", "http://10.0.0.1", "http://[::ffff:10.0.0.1]/", "ftp://a.b/c",
     "file:///etc/passwd", "http://", "http://u:p@1.1.1.1/", "http://0.0.0.0/", "http://100.100.100.200/", "http://2130706433/"],
)  # fmt: skip
def test_no_way_leads_into_the_own_network(url: str) -> None:
    with pytest.raises(BadFeed):
        check_url(url)


def test_public_addresses_are_public() -> None:
    assert is_public("1.1.1.1") and is_public("2606:4700::1111") and not is_public("64:ff9b::a00:1") and not is_public("224.0.0.1")


def test_a_feed_that_provokes_something_foreign_does_not_keep_the_others_waiting(
    db: Database, session: Session, feed: Feed, now: datetime
) -> None:
    session.add(Feed(area_id=feed.area_id, url="http://example.org/good", lang="zh-Hans"))
    session.commit()

    def odd(url: str, etag: str | None, modified: str | None) -> Fetched:
        if url.endswith("good"):
            return Fetched(ATOM.encode())
        raise RuntimeError("nobody thought of this")

    assert read_one(db, now, odd) and read_one(db, now, odd) and not read_one(db, now, odd)
    with db.reading() as reading:
        assert [bool(each.error) for each in reading.scalars(select(Feed).order_by(Feed.id))] == [True, False]


def test_a_server_that_drips_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    hung_up = threading.Event()

    def drip(server: socket.socket) -> None:
        line, _address = server.accept()
        with line:
            line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
            for _ in itertools.count():
                try:
                    line.sendall(b"x")
                except OSError:
                    return
                hung_up.wait(0.02)

    monkeypatch.setattr(feeds, "DEADLINE_S", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as server:
        dripping = threading.Thread(target=drip, args=(server,))
        dripping.start()
        with pytest.raises(BadFeed, match="longer than"):
            feeds.fetch(f"http://127.0.0.1:{server.getsockname()[1]}/", allow_private=True)
        dripping.join()
