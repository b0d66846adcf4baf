"""A time on the calendar is moved or left out: this one only, or this and all that follow."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import update
from sqlalchemy.orm import Session

from playlists import calendar
from playlists.calendar import DAY, Rule, rule_of, to_utc
from playlists.coming import written_out
from playlists.errors import NotNow, RuleRefused
from playlists.models import WRITTEN_OUT, Occurrence, Schedule
from station.audit import record
from station.models import Person
from station.people import require


def moved_rule(schedule: Schedule, starts_at: datetime, to: datetime, following: bool) -> Rule:
    """What the calendar says after a time was moved: once, or its own rule with another time of day (and another weekday). Raises RuleRefused."""
    rule = rule_of(schedule)
    zone = ZoneInfo(rule.tz)
    was, will = starts_at.astimezone(zone), to.astimezone(zone).replace(microsecond=0)
    if not following:
        return replace(rule, kind="once", times=(_clock(will),), weekdays=(), lunar=(), since=will.date(), until=will.date())
    if rule.kind in ("daily", "lunar") and was.date() != will.date():
        every = "every day" if rule.kind == "daily" else "by the moon"
        raise RuleRefused(f"what is heard {every} cannot be moved to another day: move this one only, or change the time", "to")
    if _clock(was) not in rule.times:
        raise RuleRefused("the clocks change on this day: move this one only", "following")
    times = tuple(sorted({_clock(will), *(each for each in rule.times if each != _clock(was))}))
    days = tuple(sorted({will.weekday(), *(each for each in rule.weekdays if each != was.weekday())})) if rule.kind == "weekly" else ()
    since = min(was.date(), will.date())
    if rule.until is not None and rule.until < since:
        raise RuleRefused(f"it ends on {rule.until}: choose a day before", "to")
    return replace(rule, times=times, weekdays=days, since=since)


def _clock(moment: datetime) -> time:
    return moment.time().replace(tzinfo=None)


def move(session: Session, person: Person, schedule: Schedule, starts_at: datetime, to: datetime, following: bool, now: datetime) -> Schedule:
    """The time at ``starts_at`` is heard at ``to`` instead, and with ``following`` all later ones likewise; the schedule that says so now.

    Raises NotAllowed; NotNow when its time has come or it is due at no such moment; RuleRefused.
    """
    require(session, person, "schedule", schedule.area)
    found, following = _still_to_come(session, schedule, starts_at, now), following and schedule.kind != "once"
    if to <= now:
        raise RuleRefused("the new time lies in the past: choose a later one", "to")
    if to == starts_at:
        raise RuleRefused("it is there already: choose another time", "to")
    rule = moved_rule(schedule, starts_at, to, following)
    if following:
        _end_before(session, schedule, rule.since, now)
    else:
        found.state, found.note = "cancelled", "moved"
        session.flush()
    made = calendar.make_schedule(
        session, person, schedule.playlist, schedule.area, kind=rule.kind, times=[each.isoformat("seconds" if each.second else "minutes") for each in rule.times],
        weekdays=rule.weekdays, since=rule.since, until=None if rule.kind == "once" else rule.until, start=schedule.start, priority=schedule.priority,
        window_s=schedule.window_s, brk=schedule.brk, volume=schedule.volume, now=now, lunar=rule.lunar,
        on_days=schedule.on_days if following else (), off_days=schedule.off_days if following else (),
    )  # fmt: skip
    record(
        session, person=person, act="move", subject="schedule", subject_id=schedule.id, area=schedule.area, now=now, before=starts_at.isoformat(),
        after=to.isoformat(), following=following, made=made.id,
    )  # fmt: skip
    return made


def leave_out(session: Session, person: Person, schedule: Schedule, starts_at: datetime, following: bool, now: datetime) -> None:
    """The time at ``starts_at`` is not heard, and with ``following`` none after it. Raises NotAllowed, NotNow."""
    require(session, person, "schedule", schedule.area)
    found = _still_to_come(session, schedule, starts_at, now)
    if not following:
        calendar.cancel_occurrence(session, person, found, now)
        return
    day = starts_at.astimezone(ZoneInfo(schedule.tz)).date()
    _end_before(session, schedule, day, now, but=starts_at)
    record(
        session, person=person, act="stop", subject="schedule", subject_id=schedule.id, area=schedule.area, now=now, since=starts_at.isoformat(),
    )  # fmt: skip


def _still_to_come(session: Session, schedule: Schedule, starts_at: datetime, now: datetime) -> Occurrence:
    found = written_out(session, schedule, starts_at, now)
    if found.starts_at <= now:
        raise NotNow(f"“{schedule.playlist.title}” has begun already: stop it on the page of what is playing")
    if found.state == "off":
        raise NotNow(f"“{schedule.playlist.title}” is not heard on this day: look at what kind of day it is")
    if found.state != "planned":
        raise NotNow(f"“{schedule.playlist.title}” is cancelled already")
    return found


def _end_before(session: Session, schedule: Schedule, day: date, now: datetime, but: datetime | None = None) -> None:
    """Its last day is the one before ``day`` (local); what is written out later and has not begun is cancelled, from ``but`` on when given."""
    first = to_utc(ZoneInfo(schedule.tz), datetime.combine(day, time())).starts_at
    written = schedule.unrolled_to == WRITTEN_OUT
    if but is not None and not written:
        for due in calendar.occurrences(rule_of(schedule), max(first, now), but):  # earlier times of that day stay
            written_out(session, schedule, due.starts_at, now)
    since = max(first, now + timedelta(microseconds=1)) if but is None else but
    coming = (Occurrence.schedule_id == schedule.id, Occurrence.starts_at >= since, Occurrence.state.in_(("planned", "off")))
    session.execute(update(Occurrence).where(*coming).values(state="cancelled"))
    if written:
        return
    if schedule.kind == "once" or day <= schedule.since:
        schedule.active = False
    else:
        schedule.until = day - DAY
    session.flush()
