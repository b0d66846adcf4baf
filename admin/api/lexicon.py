"""Readings of people and places: the list, one more, one less, and tables in and out."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from apiflask import abort
from flask import Response
from pydantic import Field

from admin import lexicon as lexicon_pages
from admin.api.door import In, Out, Page, RowNumber, Words, auth, doors, refusals, uploaded
from admin.desk import LARGEST_ID, Refused, find, find_area, now, one_act, person, session
from articles.models import Article
from tts.lexicon import find_entry, listed, remove_reading, set_reading
from tts.lexicon_file import LINES_MAX, to_csv
from tts.models import LexiconEntry
from tts.spelling import tidy_word

Dialect = Literal["cmn", "yue", "hak", "bo", "ug", "en"]


class EntryOut(Out):
    id: int
    area_id: int
    article_id: int | None
    dialect: str
    word: str
    reading: str
    note: str
    updated_at: datetime


class Entries(Out):
    entries: list[EntryOut]


class EntryQuery(Page):
    dialect: Dialect | None = None
    area_id: Annotated[int, Field(ge=1, le=LARGEST_ID)] | None = None
    word: Annotated[str, Field(max_length=40)] = ""


class EntryIn(In):
    """``area_id`` is where the reading holds, with everything below; with ``article_id`` it holds in that text alone."""

    area_id: RowNumber
    article_id: RowNumber | None = None
    dialect: Dialect
    word: Annotated[Words, Field(min_length=1, max_length=40)]
    reading: Annotated[Words, Field(min_length=1, max_length=200)]
    note: Annotated[str, Field(max_length=200)] = ""


class ExportQuery(In):
    dialect: Dialect | None = None
    area_id: Annotated[int, Field(ge=1, le=LARGEST_ID)] | None = None


class ReadingsForm(In):
    """The fields beside the uploaded ``file``; ``dialect`` is of lines that name none; ``mode``: all or nothing, or the good lines."""

    area_id: Annotated[int, Field(ge=1, le=LARGEST_ID)]
    dialect: Dialect | None = None
    mode: Literal["all", "good"] = "all"


class BadLineOut(Out):
    line: int
    text: str
    reason: str


class ImportOut(Out):
    """``bad`` are the lines that were not taken. Articles in which a changed word is heard are spoken again by themselves."""

    added: int
    changed: int
    unchanged: int
    bad: list[BadLineOut]


@doors.get("/lexicon")
@doors.auth_required(auth)
@doors.input(EntryQuery, location="query")
@doors.output(Entries)
def list_entries(query_data: EntryQuery) -> Any:
    """Readings of places, the newest first: the token's branches, and what holds there from above."""
    area = find_area(query_data.area_id) if query_data.area_id is not None else None
    rows = listed(
        session(), lexicon_pages.in_reach(), code=query_data.dialect or "", word=query_data.word, area=area, before=query_data.before,
        limit=query_data.limit,
    )  # fmt: skip
    return {"entries": rows}


@doors.post("/lexicon")
@doors.auth_required(auth)
@doors.input(EntryIn)
@doors.output(EntryOut, status_code=201)
@refusals
def add_entry(json_data: EntryIn) -> Any:
    """Give a word its reading; giving it another one later replaces it. Articles in which it is heard are spoken again."""
    area = find_area(json_data.area_id, "write")
    article = find(Article, json_data.article_id, "write") if json_data.article_id is not None else None
    if article is not None and article.area_id != area.id:
        raise Refused("article_id: the article belongs to another place; give the area_id of the article", "article_id")
    with one_act():
        set_reading(
            session(), person(), area, code=json_data.dialect, word=json_data.word, reading=json_data.reading, note=json_data.note,
            article=article, now=now(),
        )  # fmt: skip
    return find_entry(session(), area, json_data.dialect, tidy_word(json_data.word), article)


@doors.delete("/lexicon/<row:entry_id>")
@doors.auth_required(auth)
@doors.output(EntryOut)
@refusals
def remove_entry(entry_id: int) -> Any:
    """The word is read again as the places above say, or the dictionaries. The answer is what was removed."""
    entry = find(LexiconEntry, entry_id, "write")
    gone = EntryOut.model_validate(entry).model_dump()
    with one_act():
        remove_reading(session(), person(), entry, now())
    return gone


@doors.post("/lexicon/import")
@doors.auth_required(auth)
@doors.input(ReadingsForm, location="form")
@doors.output(ImportOut)
@refusals
def import_entries(form_data: ReadingsForm) -> Any:
    """A table (CSV) of word, reading, dialect, note. With ``mode`` all a bad line keeps everything out (422, each line named)."""
    name, data = uploaded()
    area = find_area(form_data.area_id, "write")
    report = lexicon_pages.bring(data, name, area, form_data.dialect, form_data.mode == "good")
    if report.done is None:
        lines = [f"{each.line}: {each.reason}" for each in report.bad[:200]]
        abort(422, message=f"{len(report.bad)} lines are not right, so nothing was taken", detail={"form": {"file": lines}})
    return {**vars(report.done), "bad": report.bad}


@doors.get("/lexicon/export")
@doors.auth_required(auth)
@doors.input(ExportQuery, location="query")
@doors.doc(responses={200: "CSV in UTF-8: word, reading, dialect, note, place"})
def export_entries(query_data: ExportQuery) -> Any:
    """The readings as a table; no cell begins like a formula."""
    area = find_area(query_data.area_id) if query_data.area_id is not None else None
    rows = listed(session(), lexicon_pages.in_reach(), code=query_data.dialect or "", area=area, limit=LINES_MAX)
    return Response(to_csv(rows), mimetype="text/csv", headers={"Content-Disposition": "attachment; filename=readings.csv"})
