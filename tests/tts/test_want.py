"""Which rows an approved article gets: one per dialect of its branch, with the reason where there is no voice."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select

from articles.models import Article
from station.areas import add_area
from station.database import Database
from tests.builders import an_article
from tests.people import settle
from tts import wordbook
from tts.models import Rendition
from tts.want import want_one, want_renditions


def rows(db: Database) -> dict[str, Rendition]:
    with db.reading() as session:
        return {row.dialect: row for row in session.scalars(select(Rendition))}


@pytest.fixture
def article_id(db: Database, now: datetime) -> int:
    """An approved notice for the whole town, in which Mandarin and Cantonese are heard."""
    with db.session() as session:
        village = settle(session, now)
        return an_article(session, village.operator, village.town, now, body="明天停水。", approved=True).id


def test_an_approved_article_gets_a_row_per_dialect_of_its_branch(db: Database, article_id: int, now: datetime) -> None:
    assert want_one(db, now)
    assert {code: row.state for code, row in rows(db).items()} == {"cmn": "wanted", "yue": "wanted"}
    assert not want_one(db, now)


def test_a_village_that_joins_later_gets_its_dialect(
    db: Database, article_id: int, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wordbook, "present", lambda: False)
    want_one(db, now)
    with db.session() as session:
        article = session.get_one(Article, article_id)
        add_area(session, parent=article.area, level="village", name="新村", now=now, dialect="hak")
    assert want_one(db, now)
    assert rows(db)["hak"].state == "no_voice"
    assert "no voice speaks Hakka" in rows(db)["hak"].error
    assert not want_one(db, now)


def test_a_dialect_without_a_text_says_what_to_add(db: Database, article_id: int, now: datetime) -> None:
    with db.session() as session:
        assert want_renditions(session, session.get_one(Article, article_id), {"en", "bo"}, now) == 2
    assert rows(db)["en"].state == rows(db)["bo"].state == "no_voice"
    assert rows(db)["en"].error == "English is spoken from a text in en; the article has zh-Hans: add a text"


def test_a_village_whose_dialect_has_no_voice_gets_the_one_heard_instead(
    db: Database, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wordbook, "present", lambda: False)
    with db.session() as session:
        village = settle(session, now)
        village.village_b.dialect = "hak"
        an_article(session, village.operator, village.village_b, now, approved=True)
    assert want_one(db, now)
    assert {code: row.state for code, row in rows(db).items()} == {"hak": "no_voice", "cmn": "wanted"}
