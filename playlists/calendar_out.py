"""The week for other calendars: what is heard in a place as iCalendar (RFC 5545), behind a link that telephones subscribe to."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from devices.days import marks_of
from devices.models import MarkedDay
from playlists.calendar import DAY, DAYS, occurrences, read_time, rule_of
from playlists.coming import Lengths, coming, heard_in
from playlists.errors import PlaylistError
from playlists.models import WRITTEN_OUT, CalendarLink, Occurrence, Schedule
from station import audit
from station.areas import lineage
from station.models import Area, Person
from station.people import may, require

BACK, AHEAD, MARKS_AHEAD = timedelta(days=30), timedelta(days=120), timedelta(days=400)
SHORTEST = timedelta(minutes=1)
REFRESH = timedelta(hours=1)
NAME_MAX, LINKS_MOST = 100, 50
MEDIA_TYPE = "text/calendar"
FROM_HERE = "it came from this station"


class LinkRefused(PlaylistError):
    """A link that cannot be made."""


# what is heard, as events


def calendar_of(session: Session, area: Area, now: datetime, host: str, kind_name: Callable[[MarkedDay], str]) -> bytes:
    """What is heard in the area (of places above it too), and what its days are marked as.

    Plain rules are events that repeat, for as long as they do; what asks for kinds of day or comes by the moon is there time by time for AHEAD. ``host`` makes the
    names of events our own, ``kind_name`` says what a marked day is.
    """
    made = Calendar()
    made.add("prodid", "-//Xiangyin//week//ZH")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", area.name)
    made.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", "PT1H")
    for each in _events(session, area, now, host, kind_name):
        made.add_component(each)
    made.add_missing_timezones(first_date=(now - BACK - DAY).date(), last_date=(now + timedelta(days=1100)).date())
    written: bytes = made.to_ical()
    return written


def _events(session: Session, area: Area, now: datetime, host: str, kind_name: Callable[[MarkedDay], str]) -> Iterator[Event]:
    lengths, since = Lengths(session), now - BACK
    query = (
        select(Schedule).join(Area, Schedule.area_id == Area.id).where(heard_in(area, below=False), Schedule.active)
        .options(selectinload(Schedule.playlist), selectinload(Schedule.area)).order_by(Schedule.id)
    )  # fmt: skip
    plain = {each.id: each for each in session.scalars(query) if is_plain(each) and (each.until is None or each.until >= since.date() - DAY)}
    out = select(Occurrence.schedule_id, Occurrence.starts_at).where(Occurrence.schedule_id.in_(plain), Occurrence.state != "planned", Occurrence.starts_at >= since - DAY)
    left_out: dict[int, set[datetime]] = {}
    for schedule_id, starts_at in session.execute(out):
        left_out.setdefault(schedule_id, set()).add(starts_at)
    for each in plain.values():
        yield from _repeating(each, since, host, lengths.of(each.playlist), left_out.get(each.id, set()))
    for one in coming(session, area, since, now + AHEAD, below=False):
        if one.schedule_id not in plain:
            yield _event(one.schedule, f"{one.starts_at:%Y%m%dT%H%M%SZ}", host, one.starts_at.astimezone(ZoneInfo(one.schedule.tz)), lengths.of(one.playlist))
    for mark in marks_of(session, lineage(area), since.date(), (now + MARKS_AHEAD).date()):
        yield _all_day(mark, host, kind_name(mark))


def is_plain(schedule: Schedule) -> bool:
    """Whether a calendar can say the whole rule: every day or on weekdays, whatever the day is."""
    return schedule.kind in ("daily", "weekly") and not schedule.on_days and not schedule.off_days and schedule.unrolled_to != WRITTEN_OUT


def _repeating(schedule: Schedule, since: datetime, host: str, length: timedelta, left_out: set[datetime]) -> Iterator[Event]:
    """An event for each time of day: its first day from ``since`` on, the rule, and the days on which it is not heard."""
    rule, zone = rule_of(schedule), ZoneInfo(schedule.tz)
    first = max(datetime.combine(rule.since, time(), zone), since)
    for number, text in enumerate(schedule.times):
        at = read_time(text)
        due = next((each.starts_at for each in occurrences(rule, first, first + 9 * DAY) if each.starts_at.astimezone(zone).time() == at), None)
        if due is None:
            continue  # it is over
        made = _event(schedule, f"t{number}", host, due.astimezone(zone), length)
        says: dict[str, object] = {"freq": schedule.kind.upper()}
        if schedule.kind == "weekly":
            says["byday"] = [DAYS[day] for day in rule.weekdays]
        if rule.until is not None:
            says["until"] = datetime.combine(rule.until, time(23, 59, 59), zone).astimezone(UTC)
        made.add("rrule", says)
        gone = sorted(each for each in left_out if each >= due and each.astimezone(zone).time() == at)
        if gone:
            made.add("exdate", [each.astimezone(zone) for each in gone])
        yield made


def _event(schedule: Schedule, which: str, host: str, starts: datetime, length: timedelta) -> Event:
    made = Event()
    made.add("uid", f"schedule-{schedule.id}-{which}@{host}")
    made.add("dtstamp", schedule.created_at)
    made.add("summary", schedule.playlist.title)
    made.add("location", schedule.area.name)
    made.add("dtstart", starts)
    made.add("duration", max(length, SHORTEST))
    made.add("transp", "TRANSPARENT")
    return made


def _all_day(mark: MarkedDay, host: str, name: str) -> Event:
    made = Event()
    made.add("uid", f"day-{mark.id}@{host}")
    made.add("dtstamp", mark.created_at)
    made.add("summary", name)
    made.add("location", mark.area.name)
    made.add("dtstart", mark.first)
    made.add("dtend", mark.last + DAY)
    made.add("transp", "TRANSPARENT")
    return made


def ours(uid: str, host: str) -> bool:
    """Whether an event came from here: it is not to come in again."""
    return uid.endswith(f"@{host}") and uid.startswith(("schedule-", "day-"))


# the links


def make_link(session: Session, person: Person, area: Area, name: str, now: datetime) -> tuple[CalendarLink, str]:
    """A link for calendars and its token, which is shown once. Raises NotAllowed, LinkRefused."""
    require(session, person, "schedule", area)
    name = name.strip()
    if not name or len(name) > NAME_MAX:
        raise LinkRefused(f"give the link a name of 1 to {NAME_MAX} characters: for whom is it?", "name")
    if len(links_of(session, area)) >= LINKS_MOST:
        raise LinkRefused(f"{area.name} has {LINKS_MOST} links: close some of them", "name")
    token = secrets.token_urlsafe(24)
    row = CalendarLink(area_id=area.id, made_by_id=person.id, name=name, token_hash=_digest(token), created_at=now)
    session.add(row)
    session.flush()
    audit.record(session, person=person, act="make calendar link", subject="link", subject_id=row.id, area=area, now=now, name=name)
    return row, token


def close_link(session: Session, person: Person, link: CalendarLink, now: datetime) -> None:
    """Nobody reads through it any more. Raises NotAllowed."""
    require(session, person, "schedule", link.area)
    if link.closed_at is None:
        link.closed_at = now
        session.flush()
        audit.record(session, person=person, act="close calendar link", subject="link", subject_id=link.id, area=link.area, now=now, name=link.name)


def links_of(session: Session, area: Area) -> list[CalendarLink]:
    """The open links of exactly this place, the newest first."""
    query = select(CalendarLink).where(CalendarLink.area_id == area.id, CalendarLink.closed_at.is_(None)).order_by(CalendarLink.id.desc())
    return list(session.scalars(query))


def find_link(session: Session, token: str) -> CalendarLink | None:
    """The open link of a token, for as long as whoever made it may see the place."""
    row = session.scalar(select(CalendarLink).where(CalendarLink.token_hash == _digest(token), CalendarLink.closed_at.is_(None)))
    return row if row is not None and row.made_by.active and may(session, row.made_by, "see", row.area) else None


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
