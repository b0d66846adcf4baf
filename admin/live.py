"""Pages that change by themselves: the parts of a page that moved, as a stream (SSE) or as one answer (JSON)."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator

from flask import Blueprint, Response, abort, current_app, g, jsonify, request, stream_with_context
from markupsafe import escape
from sqlalchemy.orm import Session

from admin import articles, auditions, backups, broadcast, devices, emergency, fleet_map, home, notices, readings
from admin.desk import LARGEST_ID, desk, person
from admin.tongue import _
from station.clock import monotonic_s
from station.models import Person

pages = Blueprint("live", __name__)
EVERY_S = 1.0

Parts = dict[str, str]


def _home_parts(session: Session, person: Person, row: int) -> Parts:
    ready, total = home.speakers(session, person)
    return {"speakers": str(escape(_("%(ready)d of %(total)d speakers ready", ready=ready, total=total))), "on-now": home.on_air_part(session, person)}


WATCHES: dict[str, Callable[[Session, Person, int], Parts]] = {
    "home": _home_parts,
    "devices": devices.live_list,
    "terminal": devices.live_terminal,
    "article": articles.live_renditions,
    "heard": broadcast.live_heard,
    "wall": fleet_map.live_wall,
    "emergencies": emergency.live_all,
    "emergency": emergency.live_report,
    "playlist": auditions.live_of_playlist,
    "notice": notices.live,
    "backups": backups.live,
    **readings.WATCHES,
}


def _watch() -> tuple[Callable[[Session, Person, int], Parts], int]:
    what, row = request.args.get("what", ""), request.args.get("id", "0")
    if what not in WATCHES or not (row.isascii() and row.isdecimal() and len(row) < 10 and int(row) <= LARGEST_ID):
        abort(404)
    return WATCHES[what], int(row)


@pages.get("/live.json")
def once() -> Response:
    """The moving parts of a page as they are now: {name: html}."""
    parts, row = _watch()
    with desk().db.reading() as session:
        return jsonify(parts(session, person(), row))


@pages.get("/live")
def stream() -> Response:
    """The moving parts of a page, sent whenever they change; ends by itself, the browser comes back."""
    parts, row = _watch()
    here, who = desk(), person()
    seats: threading.BoundedSemaphore = current_app.extensions["xiangyin_streams"]
    with here.db.reading() as session:
        first = parts(session, who, row)
    if not seats.acquire(blocking=False):
        return Response(status=503, headers={"Retry-After": "10"})

    def events() -> Iterator[str]:
        try:
            told = first
            yield f"retry: 2000\ndata: {json.dumps(told, ensure_ascii=False)}\n\n"
            ends = monotonic_s() + here.settings.live_seconds
            pause = threading.Event()
            while monotonic_s() < ends:
                pause.wait(EVERY_S)
                g.now = here.clock()  # a stream outlives the moment of its request
                with here.db.reading() as session:
                    fresh = parts(session, who, row)
                moved = {name: html for name, html in fresh.items() if told.get(name) != html}
                told = fresh
                yield f"data: {json.dumps(moved, ensure_ascii=False)}\n\n" if moved else ": still here\n\n"
        finally:
            seats.release()

    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return Response(stream_with_context(events()), mimetype="text/event-stream", headers=headers)
