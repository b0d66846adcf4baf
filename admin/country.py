"""The places of my branches, and a new one below one of them."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin.desk import Refused, areas_for, demand_anywhere, find_area, id_of, now, person, session, text_of
from admin.people import pages
from admin.refusals import told
from admin.tongue import _
from station.areas import BadArea, add_area
from station.audit import record
from station.models import LEVELS
from tts.dialects import DIALECTS


@pages.get("/areas")
def areas() -> str:
    """The places of my branches."""
    demand_anywhere("see")
    rows, parents = areas_for("see"), areas_for("people")
    mine = {each.id for each in parents}  # asked once, not for each of hundreds of places
    return render_template("areas.html", rows=rows, parents=parents, mine=mine, levels=LEVELS, dialects=DIALECTS)


@pages.post("/areas")
def new_area() -> ResponseReturnValue:
    """A new place below one that I administer."""
    parent = find_area(id_of("parent"), "people")
    dialect = request.form.get("dialect", "") or None
    try:
        if dialect is not None and dialect not in DIALECTS:
            raise Refused(_("Choose one of the six dialects."), "dialect")
        made = add_area(
            session(), parent=parent, level=text_of("level", 16), name=text_of("name", 100), now=now(),
            tz=text_of("tz", 64, required=False) or None, dialect=dialect,
        )  # fmt: skip
    except (BadArea, Refused) as error:
        flash(told(error), "bad")
        return redirect(url_for("people.areas"), 303)
    record(session(), person=person(), act="add", subject="area", subject_id=made.id, area=made, now=now(), name=made.name)
    flash(_("%(name)s was added.", name=made.name), "good")
    return redirect(url_for("people.areas"), 303)
