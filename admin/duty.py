"""The duty book on its page: who is on, I am on, I hand over, a note; read together with what was said meanwhile."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin.desk import Refused, areas_for, arrived, find_area, id_of, now, one_act, person, session, text_of, zone_of
from admin.refusals import told
from admin.tongue import _, _l
from station import duty
from station.areas import ancestors
from station.audit import record
from station.duty import TEXT_MOST, BadDuty, Line, Watch
from station.models import Area, DutyEntry
from station.people import may, visible

pages = Blueprint("duty", __name__, url_prefix="/duty")
REFUSALS = (BadDuty,)
ACTS = {"on": duty.begin, "off": duty.end, "note": duty.note}
DAYS, DAYS_MOST = 2, 31
SUBJECTS = {
    "emergency": _l("Emergency"), "received_alert": _l("Warning from outside"), "notice": _l("Notice"), "talk": _l("Live talk"), "schedule": _l("Schedule"),
    "occurrence": _l("On air"),
}  # fmt: skip


def write(area: Area, kind: str, text: str) -> DutyEntry:
    """A line in the book. Raises BadDuty, NotAllowed."""
    if kind not in ACTS:
        raise BadDuty(f"no line is of the kind {kind!r}: take on, off or note")
    made = ACTS[kind](session(), person(), area, text, now())
    if kind != "note":
        record(session(), person=person(), act=f"duty_{kind}", subject="duty", subject_id=made.id, area=area, now=now())
    return made


def read(area: Area, since: datetime, until: datetime) -> tuple[Watch | None, list[Line]]:
    """Who is on there, and the lines."""
    return duty.on_duty(session(), area), duty.lines(session(), area, since, until, visible(session(), person()))


def _asked(area: Area) -> tuple[datetime, datetime, str]:
    """The last two days, or the day that the address names, in the place's own time."""
    day = request.args.get("day", "")[:10]
    if not day:
        return (*duty.of_day(now(), DAYS), "")
    try:
        start = datetime.combine(datetime.strptime(day, "%Y-%m-%d"), time(), zone_of(area))
    except ValueError as error:
        raise Refused(_("Choose a day."), "day") from error
    return start, start + timedelta(days=1), day


def _place() -> Area | None:
    """The place that was asked for, else the first of mine."""
    named = id_of("place") or id_of("area")
    if named is not None:
        return find_area(named)
    mine = areas_for("write") or areas_for("see")
    return mine[0] if mine else None


def _page(wrong: str = "", status: int = 200) -> tuple[str, int]:
    area = _place()
    if area is None:
        return render_template("duty.html", area=None, areas=[], wrong=wrong), status
    since, until, day = _asked(area)
    watch, rows = read(area, since, until)
    return render_template(
        "duty.html", area=area, areas=areas_for("see"), watch=watch, rows=rows, day=day, wrong=wrong, subjects=SUBJECTS, most=TEXT_MOST,
        mine=may(session(), person(), "write", area), me=person(), above=[each.name for each in ancestors(session(), area)], typed=request.form.get("text", ""),
    ), status  # fmt: skip


def _as_seen(area: Area) -> None:
    """Nothing when the person on duty is still the one that the form showed. Raises Refused: two who take over at once see each other."""
    watch, seen = duty.on_duty(session(), area), request.form.get("seen", "")
    if request.form.get("kind") != "note" and seen != str(watch.person.id if watch else ""):
        if watch is None:
            raise Refused(_("Meanwhile nobody is on duty any more. Look again, then send once more."))
        raise Refused(_("Meanwhile %(name)s has come on duty. Look again, then send once more.", name=watch.person.name))


@pages.get("")
def book() -> ResponseReturnValue:
    """Who is on, and what stands in the book."""
    return _page()


@pages.post("")
def add() -> ResponseReturnValue:
    """I am on; I go off; a note."""
    area = find_area(id_of("area"))
    try:
        with one_act():
            _as_seen(area)
            write(area, request.form.get("kind", ""), text_of("text", TEXT_MOST, required=False))
    except (BadDuty, Refused) as error:
        return _page(told(error), 422)
    arrived("duty-")
    flash(_("It stands in the book."), "good")
    return redirect(url_for("duty.book", place=area.id), 303)
