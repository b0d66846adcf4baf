"""When: once, daily, weekly or on days of the moon at local times, unrolled into moments in UTC that survive every change of the clocks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import CursorResult, Table, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, selectinload

from devices.days import kinds_of
from playlists import lunar as moon
from playlists.days import Days, check_days, settled
from playlists.errors import NotNow, PlaylistError, RuleRefused
from playlists.models import BREAKS, STARTS, WRITTEN_OUT, Occurrence, Playlist, Schedule
from station.areas import is_below, tz_of
from station.audit import record
from station.models import Area, Person
from station.people import require

KINDS = ("once", "daily", "weekly", "lunar")
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?\Z")
MAX_TIMES, MAX_LUNAR = 48, 16
PRIORITIES = range(2, 8)  # 1 is for emergencies, which nobody schedules
MAX_WINDOW_S = 3600
FIRST, LAST = date(2000, 1, 1), date(2199, 12, 31)
DAY = timedelta(days=1)
MOON_YEARS = timedelta(days=800)  # within so long every day of the moon falls, the 30th of a month that seldom has one too
BATCH = 200


@dataclass(frozen=True)
class Rule:
    """When something is due: local times on days from ``since`` to ``until`` (both count) in the zone ``tz``; of a lunar rule on those that
    ``lunar`` names."""

    kind: str
    tz: str
    times: tuple[time, ...]
    weekdays: tuple[int, ...]
    since: date
    until: date | None
    lunar: tuple[str, ...] = ()


@dataclass(frozen=True)
class Due:
    """A moment in UTC; ``note`` is "clock-back" or "clock-forward" when a change of the clocks touched it, else ""."""

    starts_at: datetime
    note: str = ""


# the arithmetic


def _offset(zone: ZoneInfo, local: datetime) -> timedelta:
    offset = local.replace(tzinfo=zone).utcoffset()
    if offset is None:
        raise RuleRefused(f"the time zone {zone.key} has no offset on {local.date()}")
    return offset


@cache
def _steady(tz: str, year: int, month: int) -> timedelta | None:
    """The zone's one offset in this month and a day around it; None when the clocks change."""
    zone, first = ZoneInfo(tz), datetime(year, month, 1)
    offset = _offset(zone, first - DAY)
    steady = all(_offset(zone, (first + n * DAY).replace(fold=fold)) == offset for n in range(-1, 33) for fold in (0, 1))
    return offset if steady else None


def to_utc(zone: ZoneInfo, local: datetime) -> Due:
    """The first moment at which the wall clock shows ``local``; the first valid moment after it when no clock ever shows it.

    PEP 495: in a fold fold=0 has the larger offset, in a gap the smaller one, so that the gap's end is where the offsets meet. The
    fold that ``local`` itself carries says nothing here.
    """
    local = local.replace(fold=0)
    early, late = _offset(zone, local), _offset(zone, local.replace(fold=1))
    moment = (local - early).replace(tzinfo=UTC)
    if early == late:
        return Due(moment)
    if early > late:
        return Due(moment, "clock-back")
    return Due(_change(zone, (local - late).replace(tzinfo=UTC), moment), "clock-forward")


def _change(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The second at which the zone's offset changes between two moments."""
    old = before.astimezone(zone).utcoffset()
    low, high = int(before.timestamp()), int(after.timestamp())
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == old:
            low = middle
        else:
            high = middle
    return datetime.fromtimestamp(high, UTC)


def _days(rule: Rule, first: date, last: date) -> Iterator[date]:
    low = max(first, rule.since)
    high = min(last, rule.since if rule.kind == "once" else rule.until or last)
    for number in range(low.toordinal(), high.toordinal() + 1):
        day = date.fromordinal(number)
        if rule.kind == "lunar":
            if any(moon.falls(each, day) for each in rule.lunar):
                yield day
        elif rule.kind != "weekly" or day.weekday() in rule.weekdays:
            yield day


def occurrences(rule: Rule, start_utc: datetime, end_utc: datetime) -> list[Due]:
    """Every moment due in [start, end), in order, each once: two local times that one gap moves together are one."""
    zone, found = ZoneInfo(rule.tz), []
    times, steady, month = sorted(set(rule.times)), None, (0, 0)
    # offsets lie within a day of UTC, so that one day more on each side is enough
    for day in _days(rule, start_utc.astimezone(UTC).date() - DAY, end_utc.astimezone(UTC).date() + DAY):
        if (day.year, day.month) != month:
            month = day.year, day.month
            steady = _steady(rule.tz, *month)
        for at in times:
            if steady is None:
                found.append(to_utc(zone, datetime.combine(day, at)))
            else:
                found.append(Due(datetime.combine(day, at, UTC) - steady))
    once = {due.starts_at: due for due in reversed(found) if start_utc <= due.starts_at < end_utc}
    return [once[moment] for moment in sorted(once)]


# what may be said


def read_time(text: str) -> time:
    """ "07:30" or "07:30:00" as a time of the day. Raises RuleRefused."""
    found = TIME.match(text)
    if not found:
        raise RuleRefused(f"{text!r} is no time of the day: write it like 07:30", "times")
    hour, minute, second = (int(part or 0) for part in found.groups())
    return time(hour, minute, second)


def check_rule(
    kind: str, tz: str, times: Sequence[str], weekdays: Sequence[int], since: date, until: date | None, lunar: Sequence[str] = (),
) -> Rule:  # fmt: skip
    """The rule in plain values. Raises RuleRefused naming the part that cannot be."""
    if kind not in KINDS:
        raise RuleRefused(f"{kind!r} is no way to repeat: take one of {', '.join(KINDS)}", "kind")
    if not 1 <= len(times) <= MAX_TIMES:
        raise RuleRefused(f"give 1 to {MAX_TIMES} times of the day, not {len(times)}", "times")
    if (kind == "weekly") != bool(weekdays):
        raise RuleRefused(
            "choose at least one weekday" if kind == "weekly" else f"weekdays belong to weekly, not to {kind}", "weekdays"
        )
    if any(type(day) is not int or not 0 <= day <= 6 for day in weekdays):
        raise RuleRefused("weekdays are 0 (Monday) to 6 (Sunday)", "weekdays")
    if (kind == "lunar") != bool(lunar):
        raise RuleRefused("choose at least one day of the moon" if kind == "lunar" else f"days of the moon belong to lunar, not to {kind}", "lunar")
    if len(set(lunar)) > MAX_LUNAR or not all(moon.is_rule(each) for each in lunar):
        raise RuleRefused(f"days of the moon are written like *-1, *-15, 8-15, 12-last or {', '.join(moon.FESTIVALS)}; at most {MAX_LUNAR}", "lunar")
    if not FIRST <= since <= LAST or (until is not None and not FIRST <= until <= LAST):
        raise RuleRefused(f"dates lie between {FIRST} and {LAST}", "since")
    if until is not None and until < since:
        raise RuleRefused(f"the last day {until} lies before the first day {since}: exchange them", "until")
    at = tuple(sorted({read_time(each) for each in times}))
    rule = Rule(kind, tz, at, tuple(sorted(set(weekdays))), since, since if kind == "once" else until, tuple(sorted(set(lunar))))
    if not any(True for _ in _days(rule, since, since + (MOON_YEARS if kind == "lunar" else 7 * DAY))):
        what = "days of the moon" if kind == "lunar" else "weekdays"
        raise RuleRefused(f"none of the chosen {what} lies between {since} and {until}: choose other days", "lunar" if kind == "lunar" else "weekdays")
    return rule


def check_terms(start: str, brk: str, volume: int, priority: int, window_s: int) -> None:
    """Whether a schedule may be heard so. Raises RuleRefused naming the part that cannot be."""
    if start not in STARTS:
        raise RuleRefused(f"{start!r} is no way to start: take one of {', '.join(STARTS)}", "start")
    if brk not in BREAKS:
        raise RuleRefused(f"{brk!r} is no way to interrupt: take one of {', '.join(BREAKS)}", "brk")
    if not -1 <= volume <= 100:
        raise RuleRefused(f"the volume goes from 0 to 100, or -1 for each speaker's own, not {volume}", "volume")
    if priority not in PRIORITIES:
        raise RuleRefused(f"priorities go from 2 (most important) to 7, not {priority}", "priority")
    if not 0 <= window_s <= MAX_WINDOW_S:
        raise RuleRefused(f"it may begin at most {MAX_WINDOW_S // 60} minutes late, not {window_s} s", "window_s")


def rule_of(schedule: Schedule) -> Rule:
    """The rule of a stored schedule."""
    at = tuple(read_time(each) for each in schedule.times)
    return Rule(schedule.kind, schedule.tz, at, tuple(schedule.weekdays or ()), schedule.since, schedule.until, tuple(schedule.lunar or ()))


def parse_rrule(text: str, tz: str, since: date, times: Sequence[str] = ()) -> Rule:
    """An iCalendar recurrence (RFC 5545, 3.3.10) of our vocabulary: FREQ=DAILY|WEEKLY, BYDAY, BYHOUR, BYMINUTE, UNTIL.

    ``times`` counts where BYHOUR is missing (the DTSTART's time). Raises RuleRefused naming the part that is not understood.
    """
    parts: dict[str, str] = {}
    for part in text.strip().removeprefix("RRULE:").split(";"):
        name, equals, value = part.upper().partition("=")
        if not equals or not value or name in parts:
            raise RuleRefused(f"{part!r} in the rule is empty or said twice")
        parts[name] = value
    unknown = sorted(set(parts) - {"FREQ", "BYDAY", "BYHOUR", "BYMINUTE", "UNTIL", "INTERVAL"})
    if unknown:
        raise RuleRefused(f"{unknown[0]} is not understood here: use FREQ, BYDAY, BYHOUR, BYMINUTE and UNTIL")
    kind = {"DAILY": "daily", "WEEKLY": "weekly"}.get(parts.get("FREQ", ""))
    if kind is None:
        raise RuleRefused(f"FREQ={parts.get('FREQ', '')} is not understood here: use DAILY or WEEKLY")
    if parts.get("INTERVAL", "1") != "1":
        raise RuleRefused(f"INTERVAL={parts['INTERVAL']} is not understood here: only every day or every week")
    days = [_weekday(each) for each in parts["BYDAY"].split(",")] if "BYDAY" in parts else []
    if kind == "daily" and days:
        kind = "weekly"
    elif kind == "weekly" and not days:
        days = [since.weekday()]
    return check_rule(kind, tz, _clock_times(parts, times), days, since, _until(parts.get("UNTIL"), tz))


def _weekday(text: str) -> int:
    if text not in DAYS:
        raise RuleRefused(f"BYDAY={text} is not understood here: use {', '.join(DAYS)}")
    return DAYS.index(text)


def _clock_times(parts: dict[str, str], times: Sequence[str]) -> Sequence[str]:
    if "BYHOUR" not in parts:
        if "BYMINUTE" in parts or not times:
            raise RuleRefused("BYHOUR is missing: say at which hours")
        return times
    minutes = _numbers("BYMINUTE", parts.get("BYMINUTE", "0"), 59)
    return [f"{hour:02}:{minute:02}" for hour in _numbers("BYHOUR", parts["BYHOUR"], 23) for minute in minutes]


def _numbers(name: str, text: str, most: int) -> list[int]:
    each = text.split(",")
    if not all(re.fullmatch("[0-9]{1,2}", one) and int(one) <= most for one in each):
        raise RuleRefused(f"{name}={text} is not understood here: use numbers from 0 to {most}")
    return [int(one) for one in each]


def _until(text: str | None, tz: str) -> date | None:
    """The last local day. A moment in UTC is the local day it falls on."""
    if text is None:
        return None
    try:
        if re.fullmatch(r"\d{8}", text):
            return datetime.strptime(text, "%Y%m%d").date()
        if re.fullmatch(r"\d{8}T\d{6}Z", text):
            return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).astimezone(ZoneInfo(tz)).date()
    except ValueError as error:
        raise RuleRefused(f"UNTIL={text} is no day of the calendar") from error
    raise RuleRefused(f"UNTIL={text} is not understood here: write it like 20261231 or 20261231T155959Z")


# the acts


def make_schedule(
    session: Session, person: Person, playlist: Playlist, area: Area, *, kind: str, times: Sequence[str], since: date, now: datetime,
    weekdays: Sequence[int] = (), until: date | None = None, start: str = "hard", priority: int = 6, window_s: int = 300, brk: str = "resume", volume: int = -1,
    lunar: Sequence[str] = (), on_days: Sequence[str] = (), off_days: Sequence[str] = (),
) -> Schedule:  # fmt: skip
    """A playlist is heard in the area and everywhere below it; of the days of the rule on those that are of a kind in ``on_days`` and none in ``off_days``.

    ``brk`` says what becomes of a less important programme that it interrupts, ``volume`` 0..100 how loud it is (-1: as each speaker is set).
    Raises NotAllowed, RuleRefused, PlaylistError.
    """
    require(session, person, "schedule", area, kind="programme")
    if playlist.archived:
        raise PlaylistError(f"“{playlist.title}” is archived: choose another playlist")
    if not playlist.items:
        raise PlaylistError(f"“{playlist.title}” is empty: put something in before it is scheduled")
    if not (is_below(area, playlist.area) or is_below(playlist.area, area)):
        raise PlaylistError(f"“{playlist.title}” belongs to {playlist.area.name}: it cannot be heard in {area.name}", "area")
    check_terms(start, brk, volume, priority, window_s)
    rule = check_rule(kind, tz_of(session, area), times, weekdays, since, until, lunar)
    on, off = (check_days(each, kinds_of(session, area), name) if each else [] for each, name in ((on_days, "on_days"), (off_days, "off_days")))
    if set(on) & set(off):
        raise RuleRefused(f"it cannot be heard and left out on the same kind of day: {', '.join(sorted(set(on) & set(off)))}", "off_days")
    _still_to_come(rule, now)
    for at in rule.times:  # whoever may speak in some hours only puts nothing into the others
        require(session, person, "schedule", area, kind="programme", at=datetime.combine(since, at, ZoneInfo(rule.tz)))
    made = Schedule(
        playlist_id=playlist.id, area_id=area.id, made_by_id=person.id, kind=kind, tz=rule.tz, times=[_written(at) for at in rule.times],
        weekdays=list(rule.weekdays), lunar=list(rule.lunar), on_days=on, off_days=off, since=since, until=rule.until, start=start, priority=priority, window_s=window_s, brk=brk, volume=volume, created_at=now,
    )  # fmt: skip
    session.add(made)
    session.flush()
    record(
        session, person=person, act="schedule", subject="schedule", subject_id=made.id, area=area, now=now, playlist=playlist.id,
        kind=kind, times=made.times, weekdays=made.weekdays, since=since.isoformat(), until=until.isoformat() if until else None,
        start=start, brk=brk, volume=volume, priority=priority, window_s=window_s, lunar=made.lunar, on_days=on, off_days=off,
    )  # fmt: skip
    return made


def at_moments(
    session: Session, person: Person, playlist: Playlist, area: Area, moments: Sequence[datetime], now: datetime, *, priority: int, window_s: int,
    start: str = "hard",
) -> Schedule:  # fmt: skip
    """A playlist is heard at these moments and at no other: a schedule whose occurrences are written at once. Raises NotAllowed, RuleRefused."""
    require(session, person, "schedule", area)
    if not moments or min(moments) < now:
        raise RuleRefused("all of it must lie in the future", "since")
    if priority not in PRIORITIES or not 0 <= window_s <= MAX_WINDOW_S or start not in STARTS:
        raise RuleRefused(f"priority {priority}, {window_s} s late or the start {start!r} cannot be", "priority")
    tz = tz_of(session, area)
    local = [each.astimezone(ZoneInfo(tz)) for each in moments]
    made = Schedule(
        playlist_id=playlist.id, area_id=area.id, made_by_id=person.id, kind="once", tz=tz, times=sorted({_written(each.time().replace(microsecond=0)) for each in local}),
        weekdays=[], since=min(local).date(), until=max(local).date(), start=start, priority=priority, window_s=window_s, unrolled_to=WRITTEN_OUT, created_at=now,
    )  # fmt: skip
    session.add(made)
    session.flush()
    session.add_all(
        Occurrence(schedule_id=made.id, playlist_id=playlist.id, area_id=area.id, starts_at=each, state="planned", created_at=now) for each in sorted(set(moments))
    )
    session.flush()
    record(
        session, person=person, act="schedule", subject="schedule", subject_id=made.id, area=area, now=now, playlist=playlist.id,
        moments=[each.isoformat() for each in moments], priority=priority, window_s=window_s, start=start,
    )  # fmt: skip
    return made


def _written(at: time) -> str:
    return at.isoformat("seconds" if at.second else "minutes")


def _still_to_come(rule: Rule, now: datetime) -> None:
    end = rule.until or LAST
    if rule.until and not occurrences(rule, now, datetime.combine(end + 2 * DAY, time(), UTC)):
        raise RuleRefused(f"all of it lies in the past (until {end}): choose a later day or time", "since")


def cancel_occurrence(session: Session, person: Person, occurrence: Occurrence, now: datetime) -> None:
    """Not this time. Raises NotAllowed; NotNow when its time has come or it was cancelled before."""
    require(session, person, "schedule", occurrence.area)
    if occurrence.starts_at <= now:
        raise NotNow(f"“{occurrence.playlist.title}” has begun already: stop it on the page of what is playing")
    if occurrence.state != "planned":
        raise NotNow(f"“{occurrence.playlist.title}” is cancelled already")
    occurrence.state = "cancelled"
    session.flush()
    record(
        session, person=person, act="cancel", subject="occurrence", subject_id=occurrence.id, area=occurrence.area, now=now,
        starts_at=occurrence.starts_at.isoformat(),
    )  # fmt: skip


def stop_schedule(session: Session, person: Person, schedule: Schedule, now: datetime) -> None:
    """Nothing of it is heard from now on. Raises NotAllowed; NotNow when it was stopped before."""
    require(session, person, "schedule", schedule.area)
    if not schedule.active:
        raise NotNow(f"this schedule of “{schedule.playlist.title}” is stopped already")
    schedule.active = False
    session.flush()
    coming = (Occurrence.schedule_id == schedule.id, Occurrence.starts_at > now, Occurrence.state.in_(("planned", "off")))
    session.execute(update(Occurrence).where(*coming).values(state="cancelled"))
    record(session, person=person, act="stop", subject="schedule", subject_id=schedule.id, area=schedule.area, now=now)


# the step


def unroll_one(session: Session, now: datetime, horizon_days: int = 7) -> bool:
    """Write the occurrences of the next ``horizon_days`` for up to BATCH schedules that need it; True when there were any.

    Two stations that do it at once write each occurrence once: the database refuses the second.
    """
    horizon = now + timedelta(days=horizon_days)
    needs = or_(Schedule.unrolled_to.is_(None), Schedule.unrolled_to < horizon - timedelta(hours=1))
    query = select(Schedule).where(Schedule.active, needs).options(selectinload(Schedule.area)).order_by(Schedule.id).limit(BATCH)
    batch = list(session.scalars(query.with_for_update(skip_locked=True)))
    rows: list[dict[str, Any]] = []
    days = Days(session, now.date() - DAY, horizon.date() + DAY) if batch else None
    for schedule in batch:
        # from the last horizon on; from a moment ago for a new one, whose time may be this very second
        begin = schedule.unrolled_to or schedule.created_at
        for due in occurrences(rule_of(schedule), max(begin, now - timedelta(seconds=schedule.window_s)), horizon):
            state, music = settled(days, schedule, schedule.area, due.starts_at) if days is not None else ("planned", True)
            rows.append({
                "schedule_id": schedule.id, "playlist_id": schedule.playlist_id, "area_id": schedule.area_id, "starts_at": due.starts_at,
                "state": state, "music": music, "note": due.note, "created_at": now,
            })  # fmt: skip
        schedule.unrolled_to = horizon
    _insert(session, rows)
    session.flush()
    return bool(batch)


def _insert(session: Session, rows: list[dict[str, Any]]) -> CursorResult[Any] | None:
    if not rows:
        return None
    table: Table = Occurrence.__table__  # type: ignore[assignment]
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    return session.connection().execute(insert(table).on_conflict_do_nothing(), rows)
