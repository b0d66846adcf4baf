"""Backups from the page: taken now, tried, downloaded; for whoever administers the whole station, since a backup holds its keys."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin.account import it_is_me
from admin.desk import Refused, desk, now, person, session
from admin.refusals import told
from admin.tongue import _
from admin.web import limiter
from station.audit import record
from station.models import Person
from station.people import sees_all
from station.shelf import Kept, Shelf, State

pages = Blueprint("backups", __name__, url_prefix="/backups")


def shelf_of_mine(looking: Session, who: Person) -> Shelf:
    """The shelf, for whoever administers the whole tree; 403 for others, 404 where the pages know of none."""
    if not sees_all(looking, who, "people"):
        abort(403)
    found = desk().settings.shelf
    if found is None:
        abort(404)
    return found


def _mine() -> Shelf:
    return shelf_of_mine(session(), person())


def take(shelf: Shelf) -> None:
    """Ask the station for a backup. Raises Refused while another one runs."""
    if shelf.waiting() or shelf.state().doing:
        raise Refused(_("Something is under way already: wait until it has ended."))
    shelf.wish("backup")
    record(session(), person=person(), act="ask_backup", subject="backup", subject_id="", area=None, now=now())


def rehearse(shelf: Shelf, name: str) -> None:
    """Ask the station to really restore this backup for a trial. Raises Refused while something runs; 404 for no backup."""
    if shelf.path(name) is None:
        abort(404)
    if shelf.waiting() or shelf.state().doing:
        raise Refused(_("Something is under way already: wait until it has ended."))
    shelf.wish("rehearse", name)
    record(session(), person=person(), act="ask_restore_test", subject="backup", subject_id=name, area=None, now=now())


def bring(shelf: Shelf, name: str) -> Response:
    """The file itself, written into the log: whoever has it can be the station."""
    path: Path | None = shelf.path(name)
    if path is None:
        abort(404)
    record(session(), person=person(), act="download_backup", subject="backup", subject_id=name, area=None, now=now())
    answer = send_file(path, mimetype="application/zip", as_attachment=True, download_name=name)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _part(shelf: Shelf) -> str:
    state, rows = shelf.state(), shelf.kept()
    tried = max((each.tried_at for each in rows if each.tried_at), default=None) or max(shelf.rehearsals().values(), default=None)
    return render_template("_backups.html", state=state, rows=rows, waiting=shelf.waiting(), tried=tried, last=shelf.last_taken())


def live(looking: Session, who: Person, row: int) -> dict[str, str]:
    """What moves on the page."""
    return {"shelf": _part(shelf_of_mine(looking, who))}


def plain(shelf: Shelf) -> dict[str, Any]:
    """The shelf for machines."""
    state: State = shelf.state()
    rows: list[Kept] = shelf.kept()
    return {"backups": [asdict(each) for each in rows], "state": asdict(state), "waiting": shelf.waiting()}


@pages.get("")
def shown() -> str:
    """The shelf: what is kept, what is under way, the last restore for a trial."""
    shelf = _mine()
    return render_template("backups.html", part=Markup(_part(shelf)), folder=shelf.folder, names=[each.name for each in shelf.kept()])


def _back(message: str, tone: str) -> Response:
    flash(message, tone)
    return redirect(url_for("backups.shown"), 303)


@pages.post("/take")
def take_now() -> ResponseReturnValue:
    """A backup now."""
    try:
        take(_mine())
    except Refused as error:
        return _back(told(error), "bad")
    return redirect(url_for("backups.shown"), 303)


@pages.post("/<name>/rehearse")
def rehearse_now(name: str) -> ResponseReturnValue:
    """Restore it for a trial now."""
    try:
        rehearse(_mine(), name)
    except Refused as error:
        return _back(told(error), "bad")
    return redirect(url_for("backups.shown"), 303)


@pages.post("/<name>/download")
@limiter.limit("10 per minute")
def download(name: str) -> ResponseReturnValue:
    """Bring it to this computer; the password is asked for again."""
    shelf = _mine()
    try:
        it_is_me(request.form.get("password", ""))
    except Refused as error:
        return _back(told(error), "bad")
    return bring(shelf, name)
