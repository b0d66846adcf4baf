"""What was heard: per programme a bar of heard, partly, not yet and not heard, with the list of those who missed it and why."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.desk import find, now, person, session
from admin.tongue import _
from broadcast.coverage import Coverage, coverage, recent
from broadcast.stopping import stop_occurrence
from playlists.models import Occurrence
from station.models import Area, Person
from station.people import visible

pages = Blueprint("broadcast", __name__)


def bars(session: Session, person: Person) -> list[Coverage]:
    """The latest programmes of the person's branches with what became of them."""
    return [coverage(session, each, now()) for each in recent(session, person, now(), limit=30)]


@pages.get("/heard")
def heard() -> str:
    """The latest programmes, each with its bar."""
    return render_template("heard.html", rows=bars(session(), person()))


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
    """One programme: who heard it, who did not, and why."""
    found = find(Occurrence, occurrence_id)
    return render_template("occurrence.html", occurrence=found, cover=coverage(session(), found, now()))


@pages.post("/heard/<row:occurrence_id>/stop")
def stop(occurrence_id: int) -> ResponseReturnValue:
    """Break off what is on."""
    found = find(Occurrence, occurrence_id, "play")
    stop_occurrence(session(), person(), found, now())
    flash(_("Stopped: nothing of it is heard from now on."), "good")
    return redirect(url_for("broadcast.one", occurrence_id=found.id) if request.form.get("stay") else url_for("home.first"), 303)
