"""Readings of words: kept per place and text, the nearest wins, taken back, and never by the next county."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import event, select, update
from sqlalchemy.orm import Session

from articles.models import Article
from station.database import Database
from station.models import Area, AuditEntry
from station.people import NotAllowed, visible
from tests.builders import an_article
from tests.people import Village, settle
from tts.lexicon import PIECE, LexiconConflict, Row, entries_for, listed, put_all, remove_reading, set_reading, undo, words_for
from tts.models import LexiconEntry, ReadingChange, Rendition
from tts.respeak import AT_ONCE, respeak_one
from tts.sought import occurs
from tts.spelling import LexiconRefused


@pytest.fixture
def article(session: Session, village: Village, now: datetime) -> Article:
    return an_article(session, village.operator, village.village_a, now, body="单家庄明天停水。", approved=True)


def given(session: Session, village: Village, area: Area, reading: str, now: datetime, article: Article | None = None) -> int:
    change = set_reading(session, village.admin, area, code="cmn", word="单家庄", reading=reading, now=now, article=article)
    assert change is not None
    return change.audit_id


def test_the_nearest_reading_wins(session: Session, village: Village, article: Article, now: datetime) -> None:
    assert words_for(session, village.village_a, "cmn", "单家庄", article.id) == {}
    given(session, village, village.province, "dan1 jia1 zhuang1", now)
    given(session, village, village.town, "shan4 jia1 zhuang1", now)
    given(session, village, village.village_a, "shan4 jia5 zhuang1", now)
    given(session, village, village.village_a, "shan4 jia5 zhuang5", now, article)
    said = {
        name: words_for(session, area, "cmn", "去单家庄", number).get("单家庄")
        for name, area, number in (
            ("this text", village.village_a, article.id), ("its village", village.village_a, None), ("beside it", village.village_b, None),
            ("the county", village.county, None), ("the next county", village.other_county, None),
        )
    }  # fmt: skip
    assert said == {
        "this text": "shan4 jia5 zhuang5", "its village": "shan4 jia5 zhuang1", "beside it": "shan4 jia1 zhuang1",
        "the county": "dan1 jia1 zhuang1", "the next county": "dan1 jia1 zhuang1",
    }  # fmt: skip
    (entry,) = entries_for(session, village.village_b, "cmn", "去单家庄")
    assert entry.area is village.town


def test_only_words_that_may_be_heard_go_along(session: Session, village: Village, now: datetime) -> None:
    for word, reading in (("单家庄", "shan4 jia1 zhuang1"), ("三道沟", "san1 dao4 gou1"), ("六安", "lu4 an1")):
        set_reading(session, village.operator, village.county, code="cmn", word=word, reading=reading, now=now)
    assert words_for(session, village.town, "cmn", "单家庄到3道沟") == {"三道沟": "san1 dao4 gou1", "单家庄": "shan4 jia1 zhuang1"}
    assert words_for(session, village.town, "yue", "单家庄") == {}
    assert not occurs("六安", "安6") or occurs("六安", "6安")
    assert not occurs("单家庄", "单 家 庄")


def test_giving_the_same_reading_twice_changes_nothing(session: Session, village: Village, now: datetime) -> None:
    given(session, village, village.town, "shan4 jia1 zhuang1", now)
    again = set_reading(session, village.admin, village.town, code="cmn", word=" 单家庄 ", reading="shàn jiā zhuāng", now=now)
    assert again is None and len(list(session.scalars(select(LexiconEntry)))) == 1
    assert len(list(session.scalars(select(AuditEntry).where(AuditEntry.subject == "lexicon")))) == 1


def test_a_change_is_taken_back_by_whoever_made_it(session: Session, village: Village, now: datetime) -> None:
    first = given(session, village, village.town, "dan1 jia1 zhuang1", now)
    second = given(session, village, village.town, "shan4 jia1 zhuang1", now)
    with pytest.raises(LexiconConflict, match="changed again"):
        undo(session, village.admin, first, now)
    with pytest.raises(LexiconRefused, match="nothing of yours"):
        undo(session, village.operator, second, now)
    assert undo(session, village.admin, second, now).after == "dan1 jia1 zhuang1"
    assert undo(session, village.admin, first, now).after is None
    assert words_for(session, village.town, "cmn", "单家庄") == {}
    removed = remove_reading(session, village.admin, _entry(session, village, now), now)
    undo(session, village.admin, removed.audit_id, now)
    assert words_for(session, village.town, "cmn", "单家庄") == {"单家庄": "shan4 jia1 zhuang1"}


def _entry(session: Session, village: Village, now: datetime) -> LexiconEntry:
    given(session, village, village.town, "shan4 jia1 zhuang1", now)
    return session.scalars(select(LexiconEntry)).one()


def test_the_next_county_gives_no_readings_here(session: Session, village: Village, article: Article, now: datetime) -> None:
    entry = _entry(session, village, now)
    for area, text in ((village.county, None), (village.village_a, article)):
        with pytest.raises(NotAllowed):
            set_reading(session, village.stranger, area, code="cmn", word="单", reading="shan4", now=now, article=text)
    with pytest.raises(NotAllowed):
        set_reading(session, village.operator, village.province, code="cmn", word="单", reading="shan4", now=now)
    with pytest.raises(NotAllowed):
        remove_reading(session, village.stranger, entry, now)
    assert len(list(session.scalars(select(LexiconEntry)))) == 1


def test_who_changed_what_is_written_down(session: Session, village: Village, now: datetime) -> None:
    given(session, village, village.town, "dan1 jia1 zhuang1", now)
    given(session, village, village.town, "shan4 jia1 zhuang1", now)
    last = session.scalars(select(AuditEntry).where(AuditEntry.subject == "lexicon").order_by(AuditEntry.id.desc())).first()
    assert last is not None and last.person is village.admin and last.area is village.town
    assert (last.detail["before"], last.detail["after"]) == ("dan1 jia1 zhuang1", "shan4 jia1 zhuang1")


@pytest.mark.both_databases
def test_only_renditions_that_hear_the_word_are_spoken_again(session: Session, village: Village, article: Article, now: datetime) -> None:
    other = an_article(session, village.operator, village.village_a, now, body="庄家单说。", approved=True)
    beside = an_article(session, village.operator, village.other_county, now, body="单家庄开会。", approved=True)
    draft = an_article(session, village.operator, village.village_a, now, body="单家庄开会。")
    for each in (article, other, beside, draft):
        for code in ("cmn", "yue"):
            session.add(Rendition(article_id=each.id, revision=1, dialect=code, lang="zh-Hans", state="ready", attempts=2, created_at=now))
    session.flush()
    given(session, village, village.county, "shan4 jia1 zhuang1", now)
    session.expire_all()
    marked = [(row.article_id, row.dialect, row.attempts) for row in session.scalars(select(Rendition).where(Rendition.again))]
    assert marked == [(article.id, "cmn", 0)]


@pytest.fixture
def stood(db: Database, now: datetime) -> Village:
    """The village, written down: what works in transactions of its own finds it."""
    with db.session() as session:
        return settle(session, now)


@pytest.mark.both_databases
def test_many_readings_come_at_once(db: Database, stood: Village, now: datetime) -> None:
    with db.session() as session:
        article = an_article(session, stood.operator, stood.village_a, now, body="單家莊明天停水。", approved=True)
        session.add(Rendition(article_id=article.id, revision=1, dialect="cmn", lang="zh-Hans", state="ready", created_at=now))
    rows = [Row("cmn", "单家庄", "shan4 jia1 zhuang1"), Row("yue", "单家庄", "sin6 gaa1 zong1", "宗祠")]
    first = put_all(db, stood.operator, stood.county, rows, now, "村名.csv")
    assert (first.added, first.changed, first.unchanged) == (2, 0, 0)
    assert respeak_one(db, now) and respeak_one(db, now) and not respeak_one(db, now)
    rows[0] = Row("cmn", "单家庄", "shan4 jia5 zhuang5")
    second = put_all(db, stood.operator, stood.county, rows, now, "村名.csv")
    assert (second.added, second.changed, second.unchanged) == (0, 1, 1)
    third = put_all(db, stood.operator, stood.county, rows, now, "村名.csv")
    assert (third.added, third.changed, third.unchanged) == (0, 0, 2)
    with db.reading() as session:
        assert session.scalars(select(Rendition.again)).all() == [True]
        seen = listed(session, visible(session, stood.operator), word="单家", code="yue")
        assert [(row.reading, row.note) for row in seen] == [("sin6 gaa1 zong1", "宗祠")]
        assert listed(session, visible(session, stood.stranger)) == []
        told = [row.detail["added"] for row in session.scalars(select(AuditEntry).where(AuditEntry.act == "import readings"))]
        assert told == [2, 0]


@pytest.mark.both_databases
def test_a_table_of_many_pieces_is_whole_and_others_write_meanwhile(
    db: Database, stood: Village, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[float] = []

    def another(pause: float) -> None:
        with db.session() as session:  # would wait thirty seconds, and fail, if the import held the lock
            session.execute(update(Article).values(revision=1))
        written.append(pause)

    monkeypatch.setattr("tts.lexicon.sleep", another)
    rows = [Row("cmn", f"{chr(0x5200 + n // 100)}{chr(0x6C00 + n % 100)}", "a1 a1") for n in range(2 * PIECE + 1)]
    told: list[int] = []
    assert put_all(db, None, stood.county, rows, now, "x.csv", told.append).added == 2 * PIECE + 1
    assert told == [PIECE, PIECE, 1]  # whoever waits sees how far it is
    assert len(written) == 2
    with db.reading() as session:
        assert {row.word for row in session.scalars(select(LexiconEntry))} == {row.word for row in rows}
        assert sum(len(row.words) for row in session.scalars(select(ReadingChange))) == len(rows)


def test_the_next_county_brings_no_table_here(db: Database, stood: Village, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        put_all(db, stood.stranger, stood.county, [Row("cmn", "单", "shan4")], now, "x.csv")
    with db.reading() as session:
        assert list(session.scalars(select(LexiconEntry))) == []


def test_the_index_of_places_is_used_and_the_statement_is_short(db: Database, stood: Village, now: datetime) -> None:
    asked: list[tuple[str, Any]] = []
    event.listen(db.engine, "before_cursor_execute", lambda _c, _u, statement, parameters, *_: asked.append((statement, parameters)))
    with db.reading() as session:
        words_for(session, stood.town, "cmn", "".join(chr(0x4E00 + n) for n in range(900)) + "5人")
        looked = [each for each in asked if "FROM lexicon_entry" in each[0]]
        assert len(looked) == 2 and all(len(parameters) < 12 for _, parameters in looked)
        for statement, parameters in looked:
            plan = " ".join(row[3] for row in session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters))
            assert "ix_lexicon_entry_start" in plan or "ix_lexicon_entry_rest" in plan, plan


@pytest.mark.both_databases
def test_what_the_database_finds_is_what_a_slow_look_finds(db: Database, stood: Village, now: datetime) -> None:
    words = ("单家庄", "單家莊", "后", "三道沟", "十里", "三十", "K3路", "རྒྱ་མཚོ", "Li Wei", "后家")
    put_all(db, None, stood.county, [Row("cmn", word, str(n)) for n, word in enumerate(words)], now, "x.csv")
    texts = ("去單家莊", "後家", "后", "後", "3道溝里", "5人", "坐K3路", "རྒྱ་མཚོ་ཆེན་པོ", "Li Wei", "", "长" * 3000 + "单家庄", "单家庄\0\ud800后", "😀后家")
    with db.reading() as session:
        for text in texts:
            assert list(words_for(session, stood.town, "cmn", text)) == sorted(word for word in words if occurs(word, text)), text


def test_one_word_in_two_scripts_has_the_nearest_reading(session: Session, village: Village, now: datetime) -> None:
    for area, word, reading in ((village.county, "单家庄", "dan1 jia1 zhuang1"), (village.town, "單家莊", "shan4 jia1 zhuang1")):
        set_reading(session, village.admin, area, code="cmn", word=word, reading=reading, now=now)
    assert words_for(session, village.village_a, "cmn", "去单家庄") == {"單家莊": "shan4 jia1 zhuang1"}
    assert words_for(session, village.county, "cmn", "去單家莊") == {"单家庄": "dan1 jia1 zhuang1"}


def test_one_reading_that_reaches_many_articles_is_left_to_the_pipeline(
    session: Session, db: Database, village: Village, article: Article, now: datetime
) -> None:
    for n in range(AT_ONCE + 1):
        row = Rendition(article_id=article.id, revision=1, dialect="cmn", voice=f"v{n}", lang="zh-Hans", state="ready", attempts=1, created_at=now)
        session.add(row)
    session.flush()
    given(session, village, village.county, "shan4 jia1 zhuang1", now)
    assert not session.scalars(select(Rendition).where(Rendition.again)).all()
    session.commit()
    assert respeak_one(db, now)
    with db.reading() as look:
        assert len(look.scalars(select(Rendition).where(Rendition.again)).all()) == AT_ONCE
    assert respeak_one(db, now) and not respeak_one(db, now)
    with db.reading() as look:
        assert all(row.again and row.attempts == 0 for row in look.scalars(select(Rendition)))
        assert look.scalars(select(ReadingChange)).all() == []

