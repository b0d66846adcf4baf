"""The readings of people and places: look, add, take away, bring a table and take it along."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, or_
from werkzeug.datastructures import MultiDict

from admin.desk import Refused, areas_for, find, find_area, id_of, let_go, now, number_of, one_act, person, session, tops
from admin.refusals import told
from admin.tongue import _
from station.models import Area
from station.people import visible
from tts.dialects import DIALECTS, UnknownDialect
from tts.engines import EngineError
from tts.lexicon import Counts, last_change, listed, put_all, remove_reading, set_reading, undo
from tts.lexicon_file import LINES_MAX, BadFile, BadLine, parse, to_csv
from tts.models import LexiconEntry
from tts.spelling import EXAMPLES, LexiconRefused

pages = Blueprint("lexicon", __name__)
PER_PAGE = 100
REFUSALS = (LexiconRefused, EngineError, UnknownDialect, BadFile, Refused)


@dataclass(frozen=True)
class Report:
    """What became of a table: what was done (None: nothing, because a line was bad), and the bad lines."""

    done: Counts | None
    bad: list[BadLine]


def in_reach() -> ColumnElement[bool]:
    """SQL condition on Area: where the person may look, and all above, whose readings hold there too."""
    above = {int(part) for top in tops("see") for part in top.path.strip("/").split("/")}
    return or_(visible(session(), person()), Area.id.in_(above))


def speaking() -> list[str]:
    """The dialects that have a voice."""
    return [code for code, row in DIALECTS.items() if row.speaks]


def bring(data: bytes, name: str, area: Area, code: str | None, good_ones: bool) -> Report:
    """A table into the area: the good lines, or all of it or nothing. Raises BadFile."""
    db = let_go()
    found = parse(data, code)
    if found.bad and not good_ones:
        return Report(None, found.bad)
    return Report(put_all(db, person(), area, found.rows, now(), name), found.bad)


def _chosen_dialect(source: MultiDict[str, str]) -> str:
    code = source.get("dialect", "")
    return code if code in DIALECTS else ""


def _page(wrong: str = "", report: Report | None = None) -> tuple[str, int]:
    code, word = _chosen_dialect(request.args), request.args.get("word", "").strip()[:40]
    place = find_area(id_of("at")) if request.method == "GET" and id_of("at") else None
    rows = listed(session(), in_reach(), code=code, word=word, area=place, before=id_of("before"), limit=PER_PAGE + 1)
    made = last_change(session(), person(), id_of("undo") or 0)
    page = render_template(
        "lexicon.html", rows=rows[:PER_PAGE], more=rows[PER_PAGE - 1].id if len(rows) > PER_PAGE else None, code=code, word=word, place=place,
        areas=areas_for("write"), every=areas_for("see"), speaking=speaking(), wrong=wrong, report=report, made=made, examples=EXAMPLES,
        form=request.form if wrong else MultiDict(), mine={area.id for area in areas_for("write")},
    )  # fmt: skip
    bad = bool(wrong) or (report is not None and report.done is None)
    return page, 422 if bad else 200


@pages.get("/lexicon")
def all() -> ResponseReturnValue:
    """The readings that were given, the newest first."""
    return _page()


@pages.post("/lexicon/add")
def add() -> ResponseReturnValue:
    """A word and its reading, for a place and all below it."""
    area = find_area(id_of("area"), "write")
    try:
        with one_act():
            change = set_reading(
                session(), person(), area, code=_chosen_dialect(request.form), word=request.form.get("word", ""),
                reading=request.form.get("reading", ""), note=request.form.get("note", "").strip(), now=now(),
            )  # fmt: skip
    except REFUSALS as error:
        return _page(told(error))
    if change is None:
        flash(_("It is read like this already."), "good")
    return redirect(url_for("lexicon.all", undo=change.audit_id if change else None), 303)


@pages.post("/lexicon/<row:entry_id>/remove")
def remove(entry_id: int) -> ResponseReturnValue:
    """The word is read again as the places above say, or the dictionaries."""
    entry = find(LexiconEntry, entry_id, "write")
    with one_act():
        change = remove_reading(session(), person(), entry, now())
    return redirect(url_for("lexicon.all", undo=change.audit_id), 303)


@pages.post("/lexicon/undo")
def take_back() -> ResponseReturnValue:
    """One's own change is taken back."""
    try:
        with one_act():
            change = undo(session(), person(), number_of("change", 1, 2**31 - 1), now())
        flash(_("Taken back: %(word)s is read as before.", word=change.word), "good")
    except LexiconRefused as error:
        flash(told(error), "bad")
    return redirect(url_for("lexicon.all"), 303)


@pages.post("/lexicon/import")
def import_table() -> ResponseReturnValue:
    """A table of readings for a place; every bad line is named."""
    area = find_area(id_of("area"), "write")
    sent = request.files.get("file")
    try:
        if sent is None or not sent.filename:
            raise Refused(_("Choose a file first."), "file")
        report = bring(sent.read(), sent.filename, area, _chosen_dialect(request.form) or None, request.form.get("mode") == "good")
    except REFUSALS as error:
        return _page(told(error))
    return _page(report=report)


@pages.get("/lexicon.csv")
def export() -> Response:
    """The readings as a table for office programs."""
    place = find_area(id_of("at")) if id_of("at") else None
    rows = listed(session(), in_reach(), code=_chosen_dialect(request.args), area=place, limit=LINES_MAX)
    headers = {"Content-Disposition": "attachment; filename=readings.csv", "Cache-Control": "no-store"}
    return Response(to_csv(rows), mimetype="text/csv", headers=headers)
