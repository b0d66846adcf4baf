"""The week of one place: all that is heard there, hour by hour or as a list; a time is moved or left out, this one or all that follow."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin import clashes
from admin.day_words import DayTold, day_told, mark_does
from admin.days import mine
from admin.desk import Refused, areas_for, find, find_area, id_of, now, one_act, session, text_of, tops, zone_of
from admin.desk import person as who
from admin.playlists import REFUSALS, in_words, pages
from admin.refusals import told
from admin.tongue import _
from devices.days import kinds_of
from devices.hours import quiet_of
from playlists import holidays, moving
from playlists.calendar import to_utc
from playlists.coming import BELOW_MOST
from playlists.days import Days
from playlists.models import WRITTEN_OUT, Occurrence, Schedule
from playlists.slots import Clash, Slot, slots
from station.areas import ancestors, is_below
from station.hours import within
from station.models import Area

DAYS = 7
# The hours that a week always shows; others are there, but narrow, while nothing happens in them.
OPEN = range(6, 22)


@dataclass
class Day:
    """One column: what begins in each hour, which hours are quiet from end to end, and what the day is."""

    date: date
    told: DayTold
    hours: dict[int, list[Slot]] = field(default_factory=lambda: defaultdict(list))
    quiet: frozenset[int] = frozenset()

    @property
    def slots(self) -> list[Slot]:
        return [slot for hour in sorted(self.hours) for slot in self.hours[hour]]


@dataclass
class Week:
    """Seven days of one place in its own time."""

    area: Area
    zone: ZoneInfo
    first: date
    days: list[Day]
    quiet: list[str]
    below: bool

    @property
    def idle(self) -> set[int]:
        """The hours of the night in which nothing begins on any day."""
        return {hour for hour in range(24) if hour not in OPEN and not any(day.hours.get(hour) for day in self.days)}


def bounds(first: date, zone: ZoneInfo, days: int = DAYS) -> tuple[datetime, datetime]:
    """The moments between which these days lie in the zone."""
    since, until = (to_utc(zone, datetime.combine(day, time())).starts_at for day in (first, first + timedelta(days=days)))
    return since, until


def week_of(area: Area, first: date) -> Week:
    """What is heard there from that day on; places below are left out where they would fill the page."""
    zone = zone_of(area)
    since, until = bounds(first, zone)
    known = Days(session(), first - timedelta(days=1), first + timedelta(days=DAYS), area)
    quiet = clashes.quiet_in(area, known)
    found = slots(session(), area, since, until, quiet=quiet)
    below = len(found) <= BELOW_MOST
    if not below:
        found = slots(session(), area, since, until, below=False, quiet=quiet)
    spans = quiet_of(session(), ancestors(session(), area))
    dates = [first + timedelta(days=n) for n in range(DAYS)]
    days = {each: Day(each, day_told(known, area, each), quiet=_quiet_hours(spans, each, known, area)) for each in dates}
    for each in found:
        local = each.starts_at.astimezone(zone)
        days[local.date()].hours[local.hour].append(each)
    return Week(area, zone, first, list(days.values()), spans, below)


def _quiet_hours(spans: list[str], day: date, known: Days, area: Area) -> frozenset[int]:
    """The hours that are quiet from end to end: by the hours of every day, or by what the day is."""
    ends = ((hour, datetime.combine(day, time(hour)), datetime.combine(day, time(hour, 59))) for hour in range(24))
    return frozenset(
        hour for hour, begin, end in ends
        if (within(spans, begin.time()) and within(spans, end.time())) or (known.is_quiet(area, begin) and known.is_quiet(area, end))
    )  # fmt: skip


def movable(occurrence: Occurrence) -> bool:
    """Whether the person may move it: it lies ahead, is a rule's (a notice is changed on its own page), in a place that is his."""
    mine = any(is_below(occurrence.area, top) for top in tops("schedule"))
    return mine and occurrence.state == "planned" and occurrence.starts_at > now() and occurrence.schedule.unrolled_to != WRITTEN_OUT


def asked_week() -> Week | None:
    """The week that the address asks for; None for somebody who sees no place at all."""
    wanted = id_of("area")
    area = find_area(wanted) if wanted is not None else (tops()[0] if tops() else None)
    if area is None:
        return None
    first = clashes.day_of(request.args.get("from", "")) or now().astimezone(zone_of(area)).date()
    return week_of(area, first - timedelta(days=first.weekday()))


@pages.get("/week")
def week() -> str:
    """Seven days of one place: hour by hour, or (``view=list``) one after the other."""
    found = asked_week()
    if found is None:
        return render_template("week.html", week=None, areas=[])
    return render_template(
        "week.html", week=found, areas=areas_for("see"), area=found.area, today=now().astimezone(found.zone).date(), listed=request.args.get("view") == "list",
        earlier=found.first - timedelta(days=DAYS), later=found.first + timedelta(days=DAYS), movable=movable, locked=locked, remarks=remarks,
        kinds=kinds_of(session(), found.area), mine=mine, kind_of=lambda each: kinds_of(session(), each.area).get(each.code), mark_does=mark_does,
        lacking=holidays.lacking(session(), now().astimezone(found.zone).date()),
    )  # fmt: skip


def locked(occurrence: Occurrence, area: Area) -> bool:
    """Whether it comes from a place above that is not the person's to change."""
    return is_below(area, occurrence.area) and area.id != occurrence.area_id and not any(is_below(occurrence.area, top) for top in tops("schedule"))


def remarks(slot: Slot) -> list[tuple[str, str]]:
    """What there is to say about a slot: (tone, words)."""
    return [(clashes.tone(each, slot.starts_at), clashes.in_words(each, slot.starts_at)) for each in slot.remarks]


# a time is moved or left out


def moment_of(text: str) -> datetime:
    """A moment of an address or a form in UTC. Raises Refused."""
    try:
        found = datetime.fromisoformat(text)
        if found.tzinfo is not None:
            return found.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Refused(_("This time is no moment: go back to the week and choose it again."), "at") from error
    raise Refused(_("This time is no moment: go back to the week and choose it again."), "at")


def _wanted(schedule: Schedule) -> datetime:
    """The local day and time of the form as a moment."""
    try:
        local = datetime.combine(date.fromisoformat(text_of("day", 10)), time.fromisoformat(request.form.get("instead") or text_of("time", 8)).replace(tzinfo=None))
        return to_utc(ZoneInfo(schedule.tz), local).starts_at
    except (ValueError, OverflowError) as error:
        if isinstance(error, Refused):
            raise
        raise Refused(_("Give a day and a time like 18:30."), "time") from error


def meets(schedule: Schedule, at: datetime, to: datetime, following: bool) -> list[Clash]:
    """What the moved time would meet."""
    rule = moving.moved_rule(schedule, at, to, following)
    said: dict[str, Any] = {"priority": schedule.priority, "start": schedule.start, "brk": schedule.brk}
    said |= {name: getattr(schedule, name) if following else [] for name in ("on_days", "off_days")}

    def goes(each: Occurrence) -> bool:
        return each.schedule_id == schedule.id and (each.starts_at == at or (following and each.starts_at >= min(at, to)))

    return clashes.met_by(schedule.playlist, schedule.area, rule, said, goes)


def _page(schedule: Schedule, at: datetime, status: int = 200, **more: Any) -> ResponseReturnValue:
    local = at.astimezone(ZoneInfo(schedule.tz))
    page = render_template(
        "change.html", schedule=schedule, at=at, local=local, said=in_words(schedule), day=request.form.get("day", local.date().isoformat()),
        time=request.form.get("time", local.strftime("%H:%M")), following=request.form.get("which") == "following", met=more.get("met", []),
        wrong=more.get("wrong", ""), free=clashes.free_of(more.get("met", [])), met_words=clashes.clash_in_words,
    )  # fmt: skip
    return page, status


@pages.get("/schedules/<row:schedule_id>/change")
def change(schedule_id: int) -> ResponseReturnValue:
    """One time of a schedule: to move it, or to leave it out."""
    found = find(Schedule, schedule_id, "schedule")
    return _page(found, moment_of(request.args.get("at", "")))


def _back(schedule: Schedule, at: datetime) -> ResponseReturnValue:
    asked: dict[str, Any] = {"from": at.astimezone(ZoneInfo(schedule.tz)).date().isoformat(), "area": id_of("area") or schedule.area_id}
    asked |= {"view": "list"} if request.form.get("view") == "list" else {}
    return redirect(url_for("playlists.week", **asked), 303)


@pages.post("/schedules/<row:schedule_id>/move")
def move(schedule_id: int) -> ResponseReturnValue:
    """It is heard at another time; what it would meet there is asked about first."""
    found, at = find(Schedule, schedule_id, "schedule"), moment_of(request.form.get("at", ""))
    following = request.form.get("which") == "following" and found.kind != "once"
    try:
        to = _wanted(found)
        there = [] if request.form.get("sure") == "yes" else meets(found, at, to, following)
        if there:
            return _page(found, at, 409, met=there)
        with one_act():
            moving.move(session(), who(), found, at, to, following, now())
    except REFUSALS as error:
        return _page(found, at, 422, wrong=told(error))
    flash(_("Moved: this and all that follow.") if following else _("Moved. The others stay where they are."), "good")
    return _back(found, to)


@pages.post("/schedules/<row:schedule_id>/leave-out")
def leave_out(schedule_id: int) -> ResponseReturnValue:
    """It is not heard: this time, or from this time on."""
    found, at = find(Schedule, schedule_id, "schedule"), moment_of(request.form.get("at", ""))
    following = request.form.get("which") == "following"
    if request.form.get("which") not in ("one", "following"):
        abort(422)
    try:
        with one_act():
            moving.leave_out(session(), who(), found, at, following, now())
    except REFUSALS as error:
        flash(told(error), "bad")
    else:
        flash(_("Stopped: nothing of it is heard from this time on.") if following else _("This one is cancelled; the others stay."), "good")
    return _back(found, at)
