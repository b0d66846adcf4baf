"""The doors for whoever watches over the station: alive, ready, and its numbers."""

from __future__ import annotations

import json
import shutil
from datetime import datetime
from ipaddress import ip_address
from pathlib import Path

from flask import Blueprint, Response, g, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from admin import metrics
from admin.api.door import token_person
from admin.desk import desk, session
from admin.metrics import Surroundings
from broadcast import vitals
from station import backup, clock, https
from station.people import sees_all

pages = Blueprint("vitals", __name__)


def _from_here() -> bool:
    """Whether the asker is a program on this machine itself; one that a proxy on this machine brings along is not."""
    forwarded = any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"))
    try:
        return not forwarded and ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


def _refusal() -> ResponseReturnValue | None:
    """None for whoever may read the numbers of the whole station: this machine, or a token of somebody whose branch is the whole tree."""
    if _from_here():
        return None
    sent = request.authorization
    who = token_person(sent.token or "") if sent is not None and sent.type == "bearer" else None
    if who is None and (refused := g.get("token_refused")):
        return jsonify(message=refused, detail={}), 403
    if who is None:
        return jsonify(message="ask from the station itself, or send a token: Authorization: Bearer xy_…", detail={}), 401, {"WWW-Authenticate": "Bearer"}
    session().add(who)
    if not sees_all(session(), who):
        return jsonify(message="these numbers are of the whole station: take a token of somebody who sees all of its places", detail={}), 403
    return None


def _database() -> bool:
    try:
        with desk().db.reading() as looking:
            looking.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return False
    return True


def _around() -> Surroundings:
    here, told = desk(), clock.synchronised()
    folder = here.settings.data_dir
    held, whole = told if told is not None else (None, None)
    if folder is None or not folder.is_dir():
        return Surroundings(here.clock(), _database(), here.settings.version, synchronised=held, clock_error_s=whole)
    disk = shutil.disk_usage(folder)
    return Surroundings(
        here.clock(), _database(), here.settings.version, disk.free, disk.total, held, whole, _taken_at(folder), _rehearsed_at(folder), _ends(),
    )  # fmt: skip


def _rehearsed_at(folder: Path) -> datetime | None:
    return _moment_in(folder / backup.LAST_REHEARSAL, "at")


def _taken_at(folder: Path) -> datetime | None:
    return _moment_in(folder / backup.LAST_BACKUP, "taken_at")


def _moment_in(path: Path, name: str) -> datetime | None:
    try:
        return datetime.fromisoformat(json.loads(path.read_text())[name])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _ends() -> datetime | None:
    """When the certificate of the encrypted pages ends."""
    files = desk().settings.certificate
    try:
        return https.show(https.read_first(files.read_bytes())).until if files is not None else None
    except (OSError, https.BadCertificate):
        return None


def _vitals() -> vitals.Vitals | None:
    folder = desk().settings.data_dir
    return vitals.read(folder) if folder is not None else None


@pages.get("/healthz")
def alive() -> Response:
    """The page server answers: nothing else is looked at, so that a slow database does not get it killed."""
    return jsonify(ok=True)


@pages.get("/readyz")
def ready() -> ResponseReturnValue:
    """Whether a warning would go out right now: 200, or 503 with what lacks, in words for whoever may read them."""
    lacks = metrics.lacking(_vitals(), _around())
    told = lacks if _refusal() is None else []
    return jsonify(ready=not lacks, lacks=told), 503 if lacks else 200


@pages.get("/metrics")
def numbers() -> ResponseReturnValue:
    """For Prometheus. Nothing is counted while it waits: the pipeline leaves its numbers every ten seconds."""
    refused = _refusal()
    if refused is not None:
        return refused
    answer = Response(metrics.text(_vitals(), _around()), content_type=metrics.MIME)
    answer.headers["Cache-Control"] = "no-store"
    return answer
