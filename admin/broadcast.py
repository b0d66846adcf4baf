"""One programme on the air: a bar of heard, partly, not yet and not heard, with the list of those who missed it and why; and the way to stop it."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.desk import find, now, person, session
from admin.heard import number_in, overview, place_asked
from admin.tongue import _
from broadcast.coverage import coverage
from broadcast.stopping import stop_occurrence
from playlists.models import Occurrence
from station.areas import is_below
from station.models import Area, Person
from station.people import visible

pages = Blueprint("broadcast", __name__)


@pages.get("/heard")
def heard() -> str:
    """What was heard, by place, day, programme and dialect."""
    return overview()


def live_heard(session: Session, person: Person, row: int) -> dict[str, str]:
    """The bar and the list of one occurrence, as they are now."""
    found = session.scalar(
        select(Occurrence).join(Area, Occurrence.area_id == Area.id).where(Occurrence.id == row, visible(session, person))
    )
    if found is None:
        return {}
    return {"coverage": render_template("_coverage.html", cover=coverage(session, found, now()), occurrence=found)}


@pages.get("/heard/<row:occurrence_id>")
def one(occurrence_id: int) -> str:
    """One programme: who heard it, who did not, and why; with ``place`` only there, also of a programme of a place above."""
    place = place_asked() if number_in("place") is not None else None
    found = session().get(Occurrence, occurrence_id) if place is not None else find(Occurrence, occurrence_id)
    if found is None or (place is not None and not (is_below(place, found.area) or is_below(found.area, place))):
        abort(404)
    if place is not None and is_below(found.area, place):
        place = None
    return render_template("occurrence.html", occurrence=found, cover=coverage(session(), found, now(), place), place=place)


@pages.post("/heard/<row:occurrence_id>/stop")
def stop(occurrence_id: int) -> ResponseReturnValue:
    """Break off what is on."""
    found = find(Occurrence, occurrence_id, "play")
    stop_occurrence(session(), person(), found, now())
    flash(_("Stopped: nothing of it is heard from now on."), "good")
    return redirect(url_for("broadcast.one", occurrence_id=found.id) if request.form.get("stay") else url_for("home.first"), 303)
