"""What was heard, for whoever asks: how many heard it, how late it began, which places miss most, and the list behind every number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from flask import Blueprint, abort, render_template, request
from sqlalchemy import or_, select
from sqlalchemy.orm import selectinload

from admin.desk import now, person, session, tops, zone_of
from broadcast.coverage import coverage
from broadcast.heard import Asked, Told, below, by_day, by_dialect, by_programme, total, worst
from broadcast.ledger import in_branch, unpack
from broadcast.models import STOPPED, HeardEntry
from playlists.models import Occurrence
from station.areas import ancestors, branch, is_below, lineage
from station.models import Area
from station.people import visible
from tts.dialects import DIALECTS

pages = Blueprint("heard", __name__)
LISTED = 20
LONGEST_DAYS = 366


def number_in(name: str) -> int | None:
    """A number of the address, None when there is none that could be one."""
    raw = request.args.get(name, "")
    return int(raw) if raw.isascii() and raw.isdecimal() and len(raw) < 10 else None


def place_asked() -> Area:
    """The place that the address names, else the top of the person's first branch; 404 when it is not theirs."""
    number = number_in("place")
    if number is None:
        if not tops():
            abort(404)
        return tops()[0]
    found = session().scalar(select(Area).where(Area.id == number, visible(session(), person())))
    if found is None:
        abort(404)
    return found


def day_in(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def asked_for() -> Asked:
    """What the address asks for; without days the last seven."""
    place = place_asked()
    today = now().astimezone(zone_of(place)).date()
    until = day_in("until") or today
    since = day_in("since") or until - timedelta(days=6)
    if not timedelta(0) <= until - since <= timedelta(days=LONGEST_DAYS):
        since = until
    dialect = request.args.get("dialect", "")
    return Asked(place, since, until, number_in("playlist"), dialect if dialect in DIALECTS else "")


def args_of(asked: Asked, **other: object) -> dict[str, object]:
    """The address that asks the same, with something changed; None leaves it out."""
    said: dict[str, object] = {
        "place": asked.place.id, "since": asked.since.isoformat(), "until": asked.until.isoformat(), "playlist": asked.playlist_id, "dialect": asked.dialect or None,
    }
    return {name: value for name, value in (said | other).items() if value is not None}


@dataclass(frozen=True)
class Column:
    """One day of the plot: where it stands, and how high each part of it is (0 to 100, from the ground up)."""

    day: str
    x: float
    width: float
    told: Told
    parts: tuple[tuple[str, float, float], ...]


def columns(days: list[tuple[str, Told]], wide: float = 620.0, high: float = 160.0) -> list[Column]:
    """Stacked columns as high as their hearings: heard below, then partly, not heard, not yet; every one at least a line high."""
    most = max((told.expected for _, told in days), default=0) or 1
    step = wide / max(len(days), 1)
    made = []
    for n, (day, told) in enumerate(days):
        y, parts = high, []
        for name in ("heard", "partly", "not_heard", "not_yet"):
            number = getattr(told, name)
            if number:
                tall = max(1.5, number / most * high)
                y -= tall
                parts.append((name, y, tall))
        made.append(Column(day, n * step + step * 0.12, min(step * 0.76, 64.0), told, tuple(parts)))
    return made


def overview() -> str:
    """The page of figures and plots."""
    asked = asked_for()
    here = session()
    today = now().astimezone(zone_of(asked.place)).date()
    last_month = today.replace(day=1) - timedelta(days=1)
    days = by_day(here, asked)
    above = [each for each in ancestors(here, asked.place) if any(is_below(each, top) for top in tops())]
    return render_template(
        "heard.html", asked=asked, args=args_of, total=total(here, asked), days=days, columns=columns(days), programmes=by_programme(here, asked, 30),
        every_programme=by_programme(here, Asked(asked.place, asked.since, asked.until), 100), dialects=by_dialect(here, asked), below=below(here, asked, 60),
        worst=worst(here, asked.place, asked.month), above=above, tops=tops(), codes=DIALECTS, rows=listed(asked, LISTED)[:6],
        periods=(("today", today, today), ("week", today - timedelta(days=6), today), ("month", today.replace(day=1), today), ("last", last_month.replace(day=1), last_month)),
    )  # fmt: skip


@dataclass(frozen=True)
class Listed:
    """One programme on the list behind a number; ``told`` None: it is not in the book yet."""

    occurrence: Occurrence
    told: Told | None


def listed(asked: Asked, limit: int, before: int | None = None) -> list[Listed]:
    """The programmes that reached the place in these days, the latest first: its own, those of places below it and of places above it."""
    zone, here = zone_of(asked.place), session()
    begin = datetime.combine(asked.since, time(), zone)
    end = datetime.combine(asked.until + timedelta(days=1), time(), zone)
    query = (
        select(Occurrence).join(Area, Area.id == Occurrence.area_id)
        .where(
            Occurrence.starts_at >= begin, Occurrence.starts_at < end, Occurrence.starts_at <= now(), or_(Occurrence.state == "planned", Occurrence.note == STOPPED),
            or_(branch(asked.place), Occurrence.area_id.in_(lineage(asked.place))),
        )
        .options(selectinload(Occurrence.area), selectinload(Occurrence.playlist)).order_by(Occurrence.starts_at.desc(), Occurrence.id.desc()).limit(limit)
    )  # fmt: skip
    if asked.playlist_id:
        query = query.where(Occurrence.playlist_id == asked.playlist_id)
    elif asked.playlist_id == 0:
        query = query.where(Occurrence.area_id.not_in(lineage(asked.place)))
    last = here.get(Occurrence, before) if before else None
    if last is not None:
        query = query.where(or_(Occurrence.starts_at < last.starts_at, (Occurrence.starts_at == last.starts_at) & (Occurrence.id < last.id)))
    return [Listed(each, _figures(each, asked)) for each in here.scalars(query)]


def _figures(occurrence: Occurrence, asked: Asked) -> Told | None:
    """What became of it in the place that is asked for, from the book; where it is not in the book yet, by looking at each speaker."""
    entry = session().get(HeardEntry, occurrence.id)
    if entry is not None:
        whole = is_below(occurrence.area, asked.place) and not asked.dialect
        return Told(*(entry.totals if whole else in_branch(session(), unpack(entry.parts), asked.place, asked.dialect)))
    inside = None if is_below(occurrence.area, asked.place) else asked.place
    found = coverage(session(), occurrence, now(), inside)
    if not found.whole and found.counted_at is None:
        return None
    count = found.counts
    return Told(found.expected, count["heard"], count["partly"], count["not_heard"], count["waiting"] + count["stored"] + count["started"])


@pages.get("/heard/programmes")
def programmes() -> str:
    """The list behind a number: the programmes, each leading to its speakers there."""
    asked = asked_for()
    rows = listed(asked, LISTED + 1, number_in("before"))
    missed = request.args.get("missed") == "1"
    shown = [each for each in rows[:LISTED] if not missed or each.told is None or each.told.not_heard + each.told.partly]
    return render_template("heard_list.html", asked=asked, args=args_of, rows=shown, missed=missed, before=rows[LISTED - 1].occurrence.id if len(rows) > LISTED else None)
