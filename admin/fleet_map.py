"""The speakers as a map and as a tree, in three states; and the wall: the same for the county's screen, to be read from across the room."""

from __future__ import annotations

import math
import threading
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from admin.desk import Refused, desk, find_area, id_of, now, one_act, person, session, text_of, tops, zone_name, zone_of
from admin.heard import place_asked
from admin.refusals import told
from admin.tongue import _
from broadcast.heard import Asked, Told, total
from broadcast.on_air import OnNow, on_now
from devices import registry, where
from devices.models import Terminal
from devices.registry import BadRegister
from devices.standing import Standing, amiss, by_child, by_place, children, standing_of
from devices.where import Box, box_of
from playlists.models import Occurrence
from station.areas import ancestors, branch, is_below
from station.clock import monotonic_s
from station.models import Area, Person
from station.people import visible
from tts.dialects import DIALECTS

pages = Blueprint("fleet_map", __name__)
WIDE, HIGH, CELL = 900.0, 560.0, 60.0
# The wall asks the database at most so often, however many screens hang in the county.
FRESH_S = 5.0
TILES = 60
BROUGHT_MOST = 5_000
TABLE_BYTES = 2_000_000


@dataclass(frozen=True)
class Cluster:
    """Places that lie so close together on the map that they are drawn as one."""

    x: float
    y: float
    size: float
    standing: Standing
    place: Area | None
    places: int
    box: Box

    @property
    def worst(self) -> str:
        return self.standing.worst


@dataclass(frozen=True)
class Point:
    """A place with where it lies and how its speakers are."""

    place: Area
    lat: float
    lon: float
    standing: Standing


def clusters(points: Iterable[Point], box: Box) -> list[Cluster]:
    """The points of the box on a sheet of WIDE by HIGH, north up and true to scale at its middle, gathered in cells; the larger below the smaller."""
    shrink = math.cos(math.radians((box.south + box.north) / 2))
    scale = min(WIDE / max((box.east - box.west) * shrink, 1e-9), HIGH / max(box.north - box.south, 1e-9))
    left, top = (WIDE - (box.east - box.west) * shrink * scale) / 2, (HIGH - (box.north - box.south) * scale) / 2
    cells: dict[tuple[int, int], list[tuple[float, float, Point]]] = defaultdict(list)
    for each in points:
        if box.south <= each.lat <= box.north and box.west <= each.lon <= box.east:
            x, y = left + (each.lon - box.west) * shrink * scale, top + (box.north - each.lat) * scale
            cells[int(x // CELL), int(y // CELL)].append((x, y, each))
    made = [_cluster(cell) for cell in cells.values()]
    return sorted(made, key=lambda each: -each.size)


def _cluster(cell: list[tuple[float, float, Point]]) -> Cluster:
    count = len(cell)
    standing = sum((point.standing for _x, _y, point in cell), Standing())
    around = box_of((point.lat, point.lon) for _x, _y, point in cell)
    assert around is not None  # a cell is made by the first point in it
    return Cluster(
        sum(x for x, _y, _p in cell) / count, sum(y for _x, y, _p in cell) / count, min(28.0, 12.0 + 3.0 * math.log2(max(standing.total, 1))), standing,
        cell[0][2].place if count == 1 else None, count, around,
    )  # fmt: skip


def points_of(session: Session, place: Area) -> list[Point]:
    """The places of the branch that say where they lie: the lowest ones, in which speakers hang, or villages without any."""
    lie = select(Area).where(branch(place), Area.lat.is_not(None), Area.lon.is_not(None))
    rows = session.scalars(lie).all()
    if not rows:
        return []
    there = by_place(session, place)
    return [Point(each, each.lat or 0.0, each.lon or 0.0, there[each.id]) for each in rows if each.id in there]


def box_asked() -> Box | None:
    """The part of the map that the address names, when it makes sense."""
    try:
        found = [float(each) for each in request.args.get("box", "").split(",")]
    except ValueError:
        return None
    if len(found) != 4 or not all(math.isfinite(each) for each in found):
        return None
    south, west, north, east = found
    return Box(south, west, north, east) if -90 <= south < north <= 90 and -180 <= west < east <= 180 else None


def box_word(box: Box) -> str:
    return f"{box.south:.5f},{box.west:.5f},{box.north:.5f},{box.east:.5f}"


@pages.get("/devices/places")
def places() -> str:
    """Map and tree of one place: how many speakers are ready, not ready, or unknown in each place right below."""
    place = place_asked()
    here = session()
    counts = by_child(here, place)
    rows, itself = children(here, place, counts), counts.get(place.id, Standing())
    points = points_of(here, place)
    whole = box_of((each.lat, each.lon) for each in points)
    box = box_asked() or whole
    above = [each for each in ancestors(here, place) if any(is_below(each, top) for top in tops())]
    own = here.scalars(select(Terminal).where(Terminal.area_id == place.id, Terminal.state == "active").order_by(Terminal.name).limit(200)).all()
    return render_template(
        "fleet_map.html", place=place, rows=rows, itself=itself, above=above, tops=tops(), clusters=clusters(points, box) if box else [], box=box, whole=whole,
        box_word=box_word, wide=WIDE, high=HIGH, own=own, standing_of=standing_of, total=sum((each for _, each in rows), itself), drawn=len(points),
    )  # fmt: skip


@dataclass(frozen=True)
class Seen:
    """What the wall shows of a place's speakers, as it was counted at one moment."""

    total: Standing
    tiles: list[tuple[str, int, Standing]]
    amiss: list[tuple[str, str, str, str]]
    clusters: list[Cluster]
    today: Told


class Counted:
    """What was counted for walls, by place, with the moment (monotonic seconds); one count at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[int, tuple[float, Seen]] = {}

    def of(self, session: Session, place: Area) -> Seen:
        with self._lock:
            held = self._kept.get(place.id)
            if held is not None and monotonic_s() - held[0] < FRESH_S:
                return held[1]
            seen = look(session, place)
            if len(self._kept) > 200:
                self._kept.clear()
            self._kept[place.id] = (monotonic_s(), seen)
            return seen


def look(session: Session, place: Area) -> Seen:
    """One look at the speakers of a branch."""
    counts = by_child(session, place)
    rows, itself = children(session, place, counts), counts.get(place.id, Standing())
    points = points_of(session, place)
    box = box_of((each.lat, each.lon) for each in points)
    today = now().astimezone(zone_of(place)).date()
    wrong = [(each.area.name, each.name, each.fault if each.presence == "online" else "", each.presence) for each in amiss(session, place, 8)]
    return Seen(
        sum((each for _, each in rows), itself), [(each.name, each.id, standing) for each, standing in rows if standing.total][:TILES], wrong,
        clusters(points, box) if box else [], total(session, Asked(place, today, today)),
    )  # fmt: skip


def counted() -> Counted:
    found: Counted = current_app.extensions.setdefault("xiangyin_walls", Counted())
    return found


def live_wall(session: Session, person: Person, row: int) -> dict[str, str]:
    """The wall of one place as it is now."""
    place = session.scalar(select(Area).where(Area.id == row, visible(session, person)))
    return {} if place is None else {"wall": wall_part(session, person, place)}


def wall_part(session: Session, person: Person, place: Area) -> str:
    seen = counted().of(session, place)
    on: list[OnNow] = [each for each in on_now(session, person, now()) if is_below(each.occurrence.area, place) or is_below(place, each.occurrence.area)]
    soon = (
        select(Occurrence).join(Area, Area.id == Occurrence.area_id)
        .where(branch(place), Occurrence.state == "planned", Occurrence.starts_at > now(), Occurrence.starts_at < now() + timedelta(days=1))
        .order_by(Occurrence.starts_at).limit(3)
    )  # fmt: skip
    return str(render_template("_wall.html", place=place, seen=seen, on=on[:4], more=len(on) - 4, coming=list(session.scalars(soon)), wide=WIDE, high=HIGH))


@pages.get("/wall")
def wall() -> str:
    """One place for a large screen: no menu, nothing to press, always as it is now."""
    place = place_asked()
    return render_template("wall.html", place=place, part=wall_part(session(), person(), place), zone=zone_name(place))


def _sent(name: str) -> str:
    """The uploaded table as text. Raises Refused."""
    file: FileStorage | None = request.files.get(name)
    if file is None or not file.filename:
        raise Refused(_("Choose a file."), name)
    raw: bytes = file.read(TABLE_BYTES + 1)
    if len(raw) > TABLE_BYTES:
        raise Refused(_("This table is larger than 2 MB: bring it with “xiangyin register bring” on the machine itself."), name)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused(_("This table is not UTF-8: save it as CSV UTF-8."), name) from error


@pages.post("/devices/bring")
def bring() -> ResponseReturnValue:
    """A table of speakers is taken into the register, all or none; the answer is the table of their papers, told this once."""
    if not tops("devices"):
        raise Refused(_("You may not do this here"))
    try:
        entries = registry.read_table(_sent("table"), DIALECTS)
        if len(entries) > BROUGHT_MOST:
            raise Refused(_("More than %(n)s lines: bring them with “xiangyin register bring” on the machine itself.", n=BROUGHT_MOST), "table")
        with one_act():
            papers = registry.bring(session(), entries, now(), desk().hash_password, person())
    except (BadRegister, Refused) as error:
        flash(told(error), "bad")
        return redirect(url_for("devices.all"), 303)
    lines = ["did,password,name,place", *(",".join(map(_quoted, (each.did, each.password, each.name, each.place))) for each in papers)]
    return Response("\ufeff" + "\r\n".join(lines) + "\r\n", mimetype="text/csv", headers={"Content-Disposition": 'attachment; filename="papers.csv"', "Cache-Control": "no-store"})


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


@pages.get("/areas/<row:area_id>/where")
def where_of(area_id: int) -> str:
    """Where a place lies."""
    return render_template("where.html", area=find_area(area_id, "people"))


@pages.post("/areas/<row:area_id>/where")
def set_where(area_id: int) -> ResponseReturnValue:
    """Two numbers, or none."""
    area = find_area(area_id, "people")
    try:
        raw = [text_of(name, 20, required=False) for name in ("lat", "lon")]
        lat, lon = (where.degrees(each, most) if each else None for each, most in zip(raw, (90, 180), strict=True))
        where.set_where(session(), person=person(), area=area, lat=lat, lon=lon, now=now())
        flash(_("Saved."), "good")
    except (BadRegister, Refused) as error:
        flash(told(error), "bad")
    return redirect(url_for("fleet_map.where_of", area_id=area.id), 303)


@pages.post("/areas/where")
def bring_where() -> ResponseReturnValue:
    """A table of where places lie, all or none."""
    back = id_of("back")
    try:
        with one_act():
            moved = where.bring_spots(session(), where.read_spots(_sent("table")), person=person(), now=now())
        flash(_("%(n)s places were put on the map.", n=moved), "good")
    except (BadRegister, Refused) as error:
        flash(told(error), "bad")
    return redirect(url_for("fleet_map.where_of", area_id=back) if back else url_for("fleet_map.places"), 303)

