"""What a time on the calendar meets, in words, and the next time that is free: said before anything is written down."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from admin.desk import now, session, zone_name
from admin.tongue import _
from admin.words import length
from devices.hours import quiet_of
from playlists.calendar import DAY, Rule, check_rule, check_terms, read_time
from playlists.days import Days
from playlists.models import Occurrence, Playlist
from playlists.slots import Clash, Quiet, Remark, clashes
from station.areas import ancestors
from station.hours import within
from station.models import Area

LOOKED_AHEAD = timedelta(days=800)


def quiet_in(area: Area, days: Days | None = None) -> Quiet:
    """Whether a place is quiet at a moment: by the hour, or because of what the day is (without ``days``: of the days to come)."""
    spans, zone = quiet_of(session(), ancestors(session(), area)), ZoneInfo(zone_name(area))
    today = now().date()
    known = days or Days(session(), today - DAY, today + LOOKED_AHEAD, area)

    def quiet(moment: datetime) -> bool:
        local = moment.astimezone(zone)
        return within(spans, local.time()) or known.is_quiet(area, local) is not None

    return quiet


def met(
    playlist: Playlist, area: Area, said: dict[str, Any], without: Callable[[Occurrence], bool] = lambda _each: False
) -> list[Clash]:
    """What a programme would meet in the place; ``said`` are the fields of a schedule. Raises RuleRefused."""
    check_terms(said["start"], said["brk"], said["volume"], said["priority"], said["window_s"])
    rule = check_rule(said["kind"], zone_name(area), said["times"], said["weekdays"], said["since"], said["until"], said["lunar"])
    return met_by(playlist, area, rule, said, without)


def met_by(playlist: Playlist, area: Area, rule: Rule, said: dict[str, Any], without: Callable[[Occurrence], bool]) -> list[Clash]:
    """The same of a rule."""
    return clashes(
        session(), playlist, area, rule, now(), priority=said["priority"], start=said["start"], brk=said["brk"], quiet=quiet_in(area), without=without,
        on_days=said["on_days"], off_days=said["off_days"],
    )  # fmt: skip


def free_of(found: Sequence[Clash], times: Sequence[str] = ()) -> str:
    """The times of day with those that meet something exchanged for the next free ones, like "06:35 18:00"; "" when there are none."""
    freed = {each.at: each.free for each in found}
    wanted = [read_time(each) for each in times] or sorted(freed)
    chosen = [freed.get(each, each) for each in wanted]
    return "" if None in chosen else " ".join(f"{each:%H:%M}" if not each.second else f"{each:%H:%M:%S}" for each in chosen if each is not None)


def in_words(remark: Remark, at: datetime) -> str:
    """A remark about what begins at this moment."""
    name = f"“{remark.other.playlist.title}”" if remark.other is not None else ""
    by = length(remark.by / timedelta(milliseconds=1))
    match remark.what:
        case "quiet":
            return _("falls into quiet hours: it does not begin")
        case "empty":
            return _("nothing to play")
        case "unspoken":
            return _("%(n)s items have no sound yet", n=remark.count)
        case "gap":
            return _("%(by)s of silence, then %(name)s", by=by, name=name)
        case "before" if remark.other is not None and remark.other.starts_at >= at:
            return _("runs %(by)s into %(name)s", by=by, name=name)
        case "before":
            return _("interrupts %(name)s", name=name)
        case "resumes":
            return _("interrupted by %(name)s for %(by)s, then goes on", name=name, by=by)
        case "skipped":
            return _("broken off by %(name)s", name=name)
        case "under":
            return _("goes on softly under %(name)s", name=name)
        case "after":
            return _("gives way to %(name)s at the end of an item", name=name)
    return _("waits until %(name)s is over", name=name)


def clash_in_words(clash: Clash) -> str:
    """What a new time meets."""
    return in_words(Remark(clash.becomes, clash.other, clash.by), clash.starts_at)


def tone(remark: Remark, at: datetime) -> str:
    """How a remark is coloured; it always says the same in words."""
    if remark.what in ("skipped", "quiet", "empty"):
        return "bad"
    if remark.what in ("before", "under") and (remark.other is None or remark.other.starts_at < at):
        return "quiet"
    return "quiet" if remark.what == "gap" else "wait"


def day_of(text: str) -> date | None:
    """A date of an address, None where there is none that a calendar could show."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return min(max(found, date(2000, 1, 3)), date(2100, 1, 1))
