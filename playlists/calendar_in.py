"""A calendar from elsewhere: its events become schedules of programmes, and what cannot be carried is said, event by event."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from icalendar import Calendar
from sqlalchemy import select
from sqlalchemy.orm import Session

from playlists import calendar
from playlists.calendar import DAY, Rule, occurrences, parse_rrule, to_utc
from playlists.errors import NotNow, PlaylistError, RuleRefused
from playlists.models import Playlist, Schedule
from playlists.moving import leave_out
from station.areas import is_below, tz_of
from station.hours import HoursRefused
from station.models import Area, Person
from station.people import visible

BYTES_MOST, EVENTS_MOST, WRITTEN_RULES_MOST = 512 * 1024, 500, 50
AHEAD = timedelta(days=400)
MOMENTS_MOST, STEPS_MOST = 200, 20_000
TITLE_MAX, UID_MAX = 200, 255
# What a rule that is written out time by time may say; anything else is refused by name.
RULE_WORDS = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST"}
MONTH_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
# Fields of an event that a loudspeaker has no use for; others that only calendars need are not worth a word.
NOT_CARRIED = ("DESCRIPTION", "ATTENDEE", "ORGANIZER", "ATTACH", "URL", "CONFERENCE")


class CalendarRefused(PlaylistError):
    """A file that is no calendar, or one that is too large."""


@dataclass(frozen=True)
class Said:
    """One thing that is to be said of an event, in English with places; the pages know each sentence."""

    words: str
    values: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.words % self.values


@dataclass(frozen=True)
class Wanted:
    """An event as this station can carry it: a rule, single moments, or both, less what is ``left_out``. ``lasts`` is what the file says of its
    length, ``notes`` what is not carried of it."""

    uid: str
    title: str
    rule: Rule | None
    moments: tuple[datetime, ...]
    left_out: tuple[datetime, ...]
    lasts: timedelta | None
    notes: tuple[Said, ...] = ()


@dataclass(frozen=True)
class Read:
    """What a file holds: the events that can be carried, and those that cannot (title, why)."""

    wanted: list[Wanted]
    refused: list[tuple[str, Said]]


class _No(Exception):
    """This event cannot be carried."""

    def __init__(self, words: str, **values: object) -> None:
        super().__init__(words)
        self.said = Said(words, {name: str(value) for name, value in values.items()})


# reading


def read_calendar(raw: bytes, tz: str, now: datetime) -> Read:
    """What an iCalendar file wants of a place in the zone ``tz``. Raises CalendarRefused when it is none."""
    if len(raw) > BYTES_MOST:
        raise CalendarRefused(f"this file has {len(raw)} bytes: bring at most {BYTES_MOST} at once", "file")
    try:
        found = Calendar.from_ical(raw.decode("utf-8-sig"))
        events = list(found.walk("VEVENT"))
        others = sorted({each.name for each in found.walk() if each.name in ("VTODO", "VJOURNAL", "VFREEBUSY")})
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:  # a parser that meets what nobody wrote for it
        raise CalendarRefused("this file is no iCalendar file: export it from the calendar as .ics", "file") from error
    if found.name != "VCALENDAR":
        raise CalendarRefused("this file is no iCalendar file: export it from the calendar as .ics", "file")
    if len(events) > EVENTS_MOST:
        raise CalendarRefused(f"this calendar has {len(events)} events: bring at most {EVENTS_MOST} at once", "file")
    return _Reader(ZoneInfo(tz), now).read(events, others)


class _Reader:
    def __init__(self, zone: ZoneInfo, now: datetime) -> None:
        self.zone, self.now, self._written_rules = zone, now, 0

    def read(self, events: list[Any], others: list[str]) -> Read:
        masters: dict[str, Wanted] = {}
        refused = [(name, Said("only events are carried")) for name in others]
        changes: list[tuple[str, Any]] = []
        for number, event in enumerate(events):
            title, uid = _text(event, "SUMMARY", TITLE_MAX) or "?", _text(event, "UID", UID_MAX) or f"no-uid-{number}"
            if "RECURRENCE-ID" in event:
                changes.append((uid, event))
                continue
            try:
                if uid in masters:
                    raise _No("it stands in the file twice")
                masters[uid] = self._wanted(event, uid, title)
            except _No as no:
                refused.append((title, no.said))
        for uid, event in changes:
            title = _text(event, "SUMMARY", TITLE_MAX) or "?"
            try:
                masters[uid] = self._changed(masters.get(uid), event)
            except _No as no:
                refused.append((title, no.said))
        return Read([each for each in masters.values() if self._ahead(each, refused)], refused)

    def _ahead(self, wanted: Wanted, refused: list[tuple[str, Said]]) -> bool:
        """Whether anything of it is still to come."""
        if wanted.moments or (wanted.rule is not None and occurrences(wanted.rule, self.now, max(self.now, _start(wanted.rule)) + AHEAD)):
            return True
        refused.append((wanted.title, Said("all of it lies in the past")))
        return False

    def _wanted(self, event: Any, uid: str, title: str) -> Wanted:
        if _text(event, "STATUS", 20).upper() == "CANCELLED":
            raise _No("it is cancelled in the file")
        starts = self._moment(event, "DTSTART")
        notes = [Said("not carried: %(fields)s", {"fields": ", ".join(lacking)})] if (lacking := _lacking(event)) else []
        if "DTSTART" in event and not _has_zone(event.get("DTSTART").dt):
            notes.append(Said("it names no time zone: read in the time of the place"))
        rules = event.get("RRULE")
        if isinstance(rules, list):
            raise _No("it has several rules: only one is understood")
        extra = tuple(self._list(event, "RDATE"))
        gone = tuple(self._list(event, "EXDATE"))
        lasts = self._length(event, starts)
        if rules is None:
            return Wanted(uid, title, None, self._coming({starts, *extra} - set(gone)), (), lasts, tuple(notes))
        rule, moments = self._repeated(rules, starts, notes)
        if rule is None:
            return Wanted(uid, title, None, self._coming({*moments, *extra} - set(gone)), (), lasts, tuple(notes))
        return Wanted(uid, title, rule, self._coming(set(extra) - set(gone)), tuple(sorted(each.astimezone(UTC) for each in gone if each > self.now)), lasts, tuple(notes))

    def _repeated(self, said: Any, starts: datetime, notes: list[Said]) -> tuple[Rule | None, list[datetime]]:
        """The rule as ours where we have such a rule, else the times it means for AHEAD."""
        text = said.to_ical().decode()
        parts = dict(part.partition("=")[::2] for part in text.upper().split(";"))
        zone = starts.tzinfo or UTC
        simple = not set(parts) - {"FREQ", "BYDAY", "UNTIL", "COUNT", "WKST", "INTERVAL"} and self._same_clock(zone)
        local = starts.astimezone(self.zone)
        if simple and (local.date() == starts.date() or "BYDAY" not in parts):
            kept = ";".join(f"{name}={value}" for name, value in parts.items() if name not in ("COUNT", "WKST"))
            try:
                rule = parse_rrule(kept, self.zone.key, local.date(), [f"{local:%H:%M:%S}"])
                return (rule if "COUNT" not in parts else replace(rule, until=self._last(parts, starts))), []
            except RuleRefused:
                pass  # no rule of ours: it is written out below, or refused there with its reason
        times = self._written_out(parts, text, starts)
        if not self._same_clock(zone):
            notes.append(Said("the clocks of %(zone)s change otherwise than here: carried as single times until %(day)s", {"zone": str(zone), "day": f"{self.now + AHEAD:%Y-%m-%d}"}))
        else:
            notes.append(Said("carried as single times until %(day)s: there is no such rule here", {"day": f"{self.now + AHEAD:%Y-%m-%d}"}))
        return None, times

    def _last(self, parts: Mapping[str, str], starts: datetime) -> date:
        times = self._written_out(parts, ";".join(f"{name}={value}" for name, value in parts.items()), starts, every=True)
        return times[-1].astimezone(self.zone).date()

    def _written_out(self, parts: Mapping[str, str], text: str, starts: datetime, every: bool = False) -> list[datetime]:
        """The times of a rule that can be understood: those from now on for AHEAD, or ``every`` one."""
        self._written_rules += 1
        if self._written_rules > WRITTEN_RULES_MOST:
            raise _No("more than %(most)s events of this file repeat by rules that are written out: bring them in parts", most=WRITTEN_RULES_MOST)
        _check(parts)
        try:
            rule = rrulestr(text, dtstart=starts.replace(tzinfo=None) if "UNTIL" in parts and not parts["UNTIL"].endswith("Z") else starts)
            zone = starts.tzinfo
            found = [each if each.tzinfo else each.replace(tzinfo=zone) for each in islice(rule, STEPS_MOST) if every or _within(each, zone, self.now, self.now + AHEAD)]
        except (ValueError, OverflowError, TypeError) as error:
            raise _No("its rule is not understood: %(rule)s", rule=text[:80]) from error
        if not found:
            raise _No("all of it lies in the past")
        return [each.astimezone(UTC) for each in found]

    def _same_clock(self, zone: tzinfo) -> bool:
        """Whether a clock there shows the same time of day apart from a constant, all year."""
        steps = [self.now + n * 7 * DAY for n in range(-4, 60)]
        return len({(each.astimezone(zone).utcoffset() or timedelta()) - (each.astimezone(self.zone).utcoffset() or timedelta()) for each in steps}) == 1

    def _changed(self, master: Wanted | None, event: Any) -> Wanted:
        """The event with one of its times heard at another, or not at all."""
        if master is None:
            raise _No("one time of a series that is not in the file, or was refused")
        if str(event["RECURRENCE-ID"].params.get("RANGE", "")):
            raise _No("“this and all that follow” is not understood: split the series in the calendar")
        was = self._moment(event, "RECURRENCE-ID")
        moments = set(master.moments) - {was}
        if _text(event, "STATUS", 20).upper() != "CANCELLED":
            moments |= set(self._coming({self._moment(event, "DTSTART")}))
        gone = {*master.left_out, was.astimezone(UTC)} if master.rule is not None and was > self.now else set(master.left_out)
        return replace(master, moments=tuple(sorted(moments)), left_out=tuple(sorted(gone)))

    def _coming(self, moments: Iterable[datetime]) -> tuple[datetime, ...]:
        found = sorted(each.astimezone(UTC) for each in moments if self.now < each)
        if len(found) > MOMENTS_MOST:
            raise _No("it means %(n)s single times: at most %(most)s are carried, make a programme of every day or week of it", n=len(found), most=MOMENTS_MOST)
        return tuple(found)

    def _moment(self, event: Any, name: str) -> datetime:
        there = event.get(name)
        if there is None or isinstance(there, list):
            raise _No("it has no time: %(field)s is missing or said twice", field=name)
        return self._aware(there.dt)

    def _aware(self, said: Any) -> datetime:
        if not isinstance(said, datetime):
            raise _No("it lasts all day and has no time: give it one, or mark the day")
        found = said if said.tzinfo is not None else said.replace(tzinfo=self.zone)
        if not 1970 <= found.year <= 2199:
            raise _No("its year %(year)s cannot be", year=found.year)
        return found.replace(microsecond=0)

    def _list(self, event: Any, name: str) -> list[datetime]:
        there = event.get(name)
        lists = there if isinstance(there, list) else [] if there is None else [there]
        return [self._aware(one.dt[0] if isinstance(one.dt, tuple) else one.dt) for each in lists for one in each.dts[:STEPS_MOST]]

    def _length(self, event: Any, starts: datetime) -> timedelta | None:
        if "DURATION" in event:
            said = event["DURATION"].dt
            return said if isinstance(said, timedelta) else None
        return self._moment(event, "DTEND") - starts if "DTEND" in event else None


def _check(parts: Mapping[str, str]) -> None:
    """_No for what we would follow for ever, or wrongly."""
    unknown = sorted(set(parts) - RULE_WORDS)
    if unknown:
        raise _No("%(word)s in its rule is not understood", word=unknown[0])
    if parts.get("FREQ") not in ("DAILY", "WEEKLY", "MONTHLY", "YEARLY"):
        raise _No("it repeats every hour or oftener: %(rule)s", rule=parts.get("FREQ", "?"))
    if parts["FREQ"] in ("DAILY", "WEEKLY") and ("BYSETPOS" in parts or "BYMONTHDAY" in parts):
        raise _No("%(word)s in its rule is not understood", word="BYSETPOS" if "BYSETPOS" in parts else "BYMONTHDAY")
    numbers = {name: [int(each) for each in re.findall(r"-?\d+", parts[name])] for name in ("BYMONTHDAY", "BYMONTH", "BYDAY", "BYSETPOS") if name in parts}
    months = [each for each in numbers.get("BYMONTH", range(1, 13)) if 1 <= each <= 12]
    days = numbers.get("BYMONTHDAY", [1])
    never = not months or not any(0 < abs(day) <= MONTH_DAYS[month - 1] for month in months for day in days)
    never = never or not re.fullmatch(r"0*[1-9]\d{0,3}", parts.get("INTERVAL", "1"))
    if never or any(abs(each) > 5 or each == 0 for name in ("BYDAY", "BYSETPOS") for each in numbers.get(name, ())):
        raise _No("its rule is not understood: %(rule)s", rule=";".join(f"{name}={value}" for name, value in parts.items())[:80])


def _within(each: datetime, zone: tzinfo | None, since: datetime, until: datetime) -> bool:
    return since < (each if each.tzinfo else each.replace(tzinfo=zone)) < until


def _start(rule: Rule) -> datetime:
    return to_utc(ZoneInfo(rule.tz), datetime.combine(rule.since, time())).starts_at


def _has_zone(said: Any) -> bool:
    return not isinstance(said, datetime) or said.tzinfo is not None


def _text(event: Any, name: str, most: int) -> str:
    there = event.get(name)
    plain = str(there[0] if isinstance(there, list) else there or "")
    return "".join(letter for letter in plain if letter.isprintable())[:most].strip()


def _lacking(event: Any) -> list[str]:
    found = [name.lower() for name in NOT_CARRIED if name in event]
    return found + (["alarm"] if event.walk("VALARM") else [])


# bringing in


@dataclass(frozen=True)
class Brought:
    """What became of a file: the schedules that were made, and per event what was not (title, why)."""

    made: list[Schedule]
    refused: list[tuple[str, str]]


def programme_for(session: Session, person: Person, area: Area, title: str) -> Playlist | None:
    """The programme of that name that can be heard there, the newest when there are several."""
    return next((each for each in programmes(session, person, area) if each.title.strip() == title.strip()), None)


def programmes(session: Session, person: Person, area: Area) -> Sequence[Playlist]:
    """What may be put on the calendar there, the newest first."""
    query = select(Playlist).join(Area, Playlist.area_id == Area.id).where(visible(session, person), Playlist.archived.is_(False)).order_by(Playlist.id.desc())
    return [each for each in session.scalars(query.limit(500)) if is_below(area, each.area) or is_below(each.area, area)]


def known(session: Session, area: Area, uids: Iterable[str]) -> set[str]:
    """Those events that were brought in before and are still on the calendar."""
    query = select(Schedule.uid).where(Schedule.area_id == area.id, Schedule.active, Schedule.uid.in_(list(uids)), Schedule.uid != "")
    return set(session.scalars(query))


def bring_in(session: Session, person: Person, area: Area, chosen: Sequence[tuple[Wanted, Playlist]], now: datetime) -> Brought:
    """Each event becomes a schedule of the programme chosen for it; one that is refused leaves the others alone. What was brought in before is left as it is.

    Raises NotAllowed.
    """
    there = known(session, area, [each.uid for each, _programme in chosen])
    made: list[Schedule] = []
    refused: list[tuple[str, str]] = []
    for wanted, programme in chosen:
        if wanted.uid in there:
            refused.append((wanted.title, "it is on the calendar already"))
            continue
        lacking: list[datetime] = []
        try:
            with session.begin_nested():
                made += _put(session, person, area, wanted, programme, now, lacking)
        except (PlaylistError, HoursRefused) as error:
            refused.append((wanted.title, str(error)))
        else:
            refused += [(wanted.title, f"{each:%Y-%m-%d} cannot be left out yet, it is too far ahead: leave it out in the week when it comes nearer") for each in lacking]
    return Brought(made, refused)


def _put(session: Session, person: Person, area: Area, wanted: Wanted, programme: Playlist, now: datetime, lacking: list[datetime]) -> list[Schedule]:
    """What was made; into ``lacking`` go times that could not be left out, since they lie farther ahead than rules are followed."""
    made: list[Schedule] = []
    if wanted.rule is not None:
        rule = wanted.rule
        schedule = calendar.make_schedule(
            session, person, programme, area, kind=rule.kind, times=[f"{each:%H:%M:%S}" for each in rule.times], weekdays=rule.weekdays, since=rule.since, until=rule.until, now=now,
        )  # fmt: skip
        for gone in (each.astimezone(UTC) for each in wanted.left_out):
            if not any(due.starts_at == gone for due in occurrences(rule, gone, gone + timedelta(seconds=1))):
                continue  # the rule does not come then
            try:
                leave_out(session, person, schedule, gone, False, now)
            except NotNow:
                lacking.append(gone)
        made.append(schedule)
    if wanted.moments:
        made.append(_single(session, person, area, wanted, programme, now))
    for schedule in made:
        schedule.uid = wanted.uid
    session.flush()
    return made


def _single(session: Session, person: Person, area: Area, wanted: Wanted, programme: Playlist, now: datetime) -> Schedule:
    """One moment is a schedule like any other; several are written out."""
    if len(wanted.moments) > 1:
        return calendar.at_moments(session, person, programme, area, wanted.moments, now, priority=6, window_s=300)
    local = wanted.moments[0].astimezone(ZoneInfo(tz_of(session, area)))
    return calendar.make_schedule(session, person, programme, area, kind="once", times=[f"{local:%H:%M:%S}"], since=local.date(), now=now)
