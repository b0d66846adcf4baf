"""Texts come in as drafts; what cannot be spoken is refused in words."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime

import docx
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from articles import collect, review
from articles.errors import BrokenFile, Conflict, Empty, NotNow, Refused, TooLong, UnknownKind
from articles.language import detect
from station.models import AuditEntry
from station.people import NotAllowed
from tests.people import Village


def pasted(session: Session, village: Village, now: datetime, title: str = "停水通知", body: str = "明天停水。") -> collect.Article:
    return collect.collect_paste(
        session, person=village.operator, area=village.village_a, kind="notice", title=title, body=body, now=now
    )


def brought(session: Session, village: Village, now: datetime, name: str, data: bytes) -> collect.Article:
    return collect.collect_file(session, village.operator, village.village_a, kind="notice", name=name, data=data, now=now)


def a_docx(*paragraphs: str, heading: str = "") -> bytes:
    document = docx.Document()
    if heading:
        document.add_heading(heading, 1)
    for each in paragraphs:
        document.add_paragraph(each)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_a_paste_becomes_a_draft_in_its_language_and_in_the_audit_log(session: Session, village: Village, now: datetime) -> None:
    made = pasted(session, village, now, body="请提前\r\n储水\x07。\u202e")
    assert (made.state, made.revision, made.source, made.texts[0].lang) == ("draft", 1, "paste", "zh-Hans")
    assert made.texts[0].body == "请提前\n储水。"
    assert session.scalars(select(AuditEntry.act)).all() == ["collect"]


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("明天上午停水，请提前储备饮用水。", "zh-Hans"), ("明天上午停電，請提前儲備飲用水。", "zh-Hant"), ("The water is off tomorrow.", "en"),
        ("སང་ཉིན་ཆུ་གཅོད་རྒྱུ།", "bo"), ("ئەتە سۇ توختايدۇ", "ug"), ("CCTV 新闻联播今天播出国家消息", "zh-Hans"), ("123", "en"), ("", "en"),
    ],
)  # fmt: skip
def test_the_script_tells_the_language(text: str, lang: str) -> None:
    assert detect(text) == lang


def test_a_stranger_from_the_next_county_may_not_write(session: Session, village: Village, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        collect.collect_paste(session, village.stranger, village.village_a, kind="notice", title="一", body="二", now=now)


@pytest.mark.parametrize(
    ("title", "body", "error"),
    [
        ("题", " \n。！", Empty), ("题", "字" * 20_001, TooLong), ("题" * 301, "字", TooLong),
    ],
)  # fmt: skip
def test_what_cannot_be_spoken_is_refused(
    session: Session, village: Village, now: datetime, title: str, body: str, error: type[Refused]
) -> None:
    with pytest.raises(error):
        pasted(session, village, now, title, body)


def test_the_longest_text_is_taken(session: Session, village: Village, now: datetime) -> None:
    assert len(pasted(session, village, now, body="字" * 20_000).texts[0].body) == 20_000


@pytest.mark.parametrize(
    ("name", "data", "title", "body"),
    [
        ("a.txt", "防火通知\n\n不要烧荒。".encode(), "防火通知", "不要烧荒。"),
        ("a.txt", "防火通知\n不要烧荒。".encode("gb18030"), "防火通知", "不要烧荒。"),
        ("C:\\tmp\\a.TXT", "防火通知\r\n不要烧荒。".encode("utf-16"), "防火通知", "不要烧荒。"),
        ("a.txt", "\ufeff不要烧荒。".encode(), "不要烧荒。", "不要烧荒。"),
        ("a.md", "# 防火 **通知**\n\n不要[烧荒](http://a.b)。\n\n- 一\n- 二\n".encode(), "防火 通知", "不要烧荒。\n一\n二"),
        ("a.docx", a_docx("不要烧荒。", "请互相转告。", heading="防火通知"), "防火通知", "不要烧荒。\n请互相转告。"),
        ("a.docx", a_docx("防火通知", "不要烧荒。"), "防火通知", "不要烧荒。"),
        (
            "a.htm", '<html><head><meta charset="gb2312"><title>县政府</title></head><body><h1>防火通知</h1><p>不要烧荒。</p></body>'.encode("gbk"),
            "防火通知", "不要烧荒。",
        ),
        ("a.html", '<meta charset="undefined"><h1>防火通知</h1><p>不要烧荒。</p>'.encode("gb18030"), "防火通知", "不要烧荒。"),
        ("a.html", '<meta charset="idna"><h1>防火通知</h1><p>不要烧荒。</p>'.encode("gb18030"), "防火通知", "不要烧荒。"),
    ],
)  # fmt: skip
def test_a_file_gives_its_heading_and_its_text(
    session: Session, village: Village, now: datetime, name: str, data: bytes, title: str, body: str
) -> None:
    made = brought(session, village, now, name, data)
    assert (made.title, made.texts[0].body) == (title, body)


def damaged(data: bytes) -> bytes:
    """The same bytes with the packed text of the first part overwritten: the ZIP opens, the part does not unpack."""
    return data[:80] + bytes(255 - each for each in data[80:200]) + data[200:]


def zipped(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "error"),
    [
        ("a.pdf", b"%PDF", UnknownKind), ("a", b"x", UnknownKind), ("a.txt", b"", Empty), ("a.txt", b"\x89PNG\0\0", BrokenFile),
        ("a.docx", b"no zip at all", BrokenFile), ("a.docx", zipped(a=b"b"), BrokenFile), ("a.docx", a_docx("字")[:900], BrokenFile),
        ("a.docx", zipped(bomb=b"\0" * (65 << 20)), BrokenFile), ("a.docx", zipped(**{f"p{n}": b"" for n in range(2001)}), BrokenFile),
        ("a.docx", zipped(**{"word.xml": b"<!DOCTYPE a [<!ENTITY b 'c'>]>"}), BrokenFile), ("a.html", b"<html></html>", Empty),
        ("a.txt", b"x" * (9 << 20), TooLong), ("a.docx", damaged(a_docx("字" * 300)), BrokenFile),
    ],
    ids=range(13),
)  # fmt: skip
def test_a_file_that_is_not_what_it_says_is_refused(
    session: Session, village: Village, now: datetime, name: str, data: bytes, error: type[Refused]
) -> None:
    with pytest.raises(error, match=name):
        brought(session, village, now, name, data)


@pytest.mark.both_databases
def test_an_edit_makes_a_new_revision_and_a_draft(session: Session, village: Village, now: datetime) -> None:
    made = pasted(session, village, now)
    review.submit(session, article=made, person=village.operator, now=now)
    collect.edit(session, village.operator, made, lang="zh-Hans", title="停电通知", body="明天停电。", revision=1, now=now)
    assert (made.state, made.revision, made.title, made.submitted_by_id) == ("draft", 2, "停电通知", None)
    with pytest.raises(Conflict, match="meanwhile"):
        collect.edit(session, village.operator, made, lang="zh-Hans", title="别的", body="别的。", revision=1, now=now)


def test_an_article_takes_one_text_per_language(session: Session, village: Village, now: datetime) -> None:
    made = pasted(session, village, now)
    collect.add_text(session, village.operator, made, lang="en", title="Water", body="The water is off.", now=now)
    assert ([each.lang for each in made.texts], made.revision) == (["zh-Hans", "en"], 2)
    with pytest.raises(Conflict):
        collect.add_text(session, village.operator, made, lang="en", title="Water", body="The water is off.", now=now)
    with pytest.raises(UnknownKind):
        collect.add_text(session, village.operator, made, lang="xx", title="Water", body="The water is off.", now=now)
    review.withdraw(session, made, village.operator, now)
    with pytest.raises(NotNow):
        collect.edit(session, village.operator, made, lang="en", title="W", body="Off.", now=now)
