"""The audit log on its page and as a table: who did what, in my branches."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import render_template, request
from sqlalchemy import ColumnElement, Select, or_, select
from werkzeug.wrappers import Response

from admin.desk import Refused, areas_for, demand_anywhere, find_area, id_of, person, session, zone_of
from admin.people import pages
from admin.tongue import _
from station.areas import branch
from station.models import Area, AuditEntry, Grant, Person
from station.people import visible

PER_PAGE = 100
CSV_MOST = 50_000


@pages.get("/audit")
def audit() -> str:
    """Who did what, newest first; in my branches, and my own acts; of one person, place, thing or day."""
    demand_anywhere("audit")
    before = id_of("before")
    query = _entries().limit(PER_PAGE + 1)
    if before is not None:
        query = query.where(AuditEntry.id < before)
    rows = list(session().scalars(query))
    asked = {name: request.args.get(name, "")[:60] for name in ("who", "place", "thing", "day")}
    return render_template(
        "audit.html", rows=rows[:PER_PAGE], more=rows[PER_PAGE - 1].id if len(rows) > PER_PAGE else None, asked=asked,
        names=list(session().scalars(select(Person).where(_known_to_me()).order_by(Person.name))),
        areas=areas_for("audit"), things=sorted({row.subject for row in rows}),
    )  # fmt: skip


def _known_to_me() -> ColumnElement[bool]:
    """SQL condition on Person: who has a role in my branches, and I myself."""
    below = select(Grant.person_id).join(Area).where(visible(session(), person(), "audit"))
    return or_(Person.id == person().id, Person.id.in_(below))


def _entries() -> Select[Any]:
    """What the address asks for of the log, newest first."""
    query = (
        select(AuditEntry).outerjoin(Area, AuditEntry.area_id == Area.id)
        .where(or_(visible(session(), person(), "audit"), AuditEntry.person_id == person().id))
        .order_by(AuditEntry.id.desc())
    )  # fmt: skip
    who, place, thing, day = id_of("who"), id_of("place"), request.args.get("thing", "").strip(), request.args.get("day", "").strip()
    if who is not None:
        query = query.where(AuditEntry.person_id == who)
    if place is not None:
        query = query.where(branch(find_area(place, "audit")))
    if thing:
        subject, _blank, number = thing.partition(" ")
        query = query.where(AuditEntry.subject == subject[:24], *([AuditEntry.subject_id == number[:40]] if number else []))
    if day:
        try:
            since = datetime.combine(date.fromisoformat(day), time(), zone_of(None))
        except ValueError as error:
            raise Refused(_("Write the day like 2026-11-25."), "day") from error
        query = query.where(AuditEntry.at >= since, AuditEntry.at < since + timedelta(days=1))
    return query


@pages.get("/audit.csv")
def audit_csv() -> Response:
    """The same entries for a spreadsheet; cells that a spreadsheet would take for a formula are text."""
    demand_anywhere("audit")
    sheet = io.StringIO()
    lines = csv.writer(sheet)
    lines.writerow(["id", "at_utc", "person", "act", "subject", "subject_id", "area", "detail"])
    for row in session().scalars(_entries().limit(CSV_MOST)):
        cells = (
            row.id, row.at.isoformat(), row.person.name if row.person else "", row.act, row.subject, row.subject_id, row.area.name if row.area else "",
            json.dumps(row.detail, ensure_ascii=False, sort_keys=True),
        )  # fmt: skip
        lines.writerow([f"'{cell}" if str(cell)[:1] in ("=", "+", "-", "@", "\t") else cell for cell in cells])
    return Response("\ufeff" + sheet.getvalue(), mimetype="text/csv", headers={"Content-Disposition": "attachment; filename=audit.csv"})
