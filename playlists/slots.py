"""Before it is on air: what runs into the next one, where it falls silent in between, and which times are still free."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from playlists.calendar import DAY, Rule, occurrences, to_utc
from playlists.coming import LONGEST, Lengths, coming
from playlists.conflicts import Conflict, decided, meet, overlapping
from playlists.days import Days
from playlists.models import Occurrence, Playlist, Schedule
from station.models import Area

GAP = timedelta(minutes=10)  # a silence up to so long between two programmes is one that nobody meant
SECOND = timedelta(seconds=1)
STEP = timedelta(minutes=5)
LOOKED_AT = timedelta(days=7)
CLASHES_MOST = 20
Quiet = Callable[[datetime], bool]


@dataclass(frozen=True)
class Remark:
    """Something about a slot that is better known before it is on air.

    ``what``: "resumes", "skipped", "under", "after", "waits" (what becomes of this one when ``other`` is heard first), "before" (this one is
    heard first), "gap" (so long it is silent before ``other``), "empty" (nothing to play), "unspoken" (``count`` items have no sound yet),
    "quiet" (it falls into quiet hours). ``by`` is how long they overlap, or the silence.
    """

    what: str
    other: Occurrence | None = None
    by: timedelta = timedelta(0)
    count: int = 0


@dataclass(frozen=True)
class Slot:
    """One time something is heard; ``ends_at`` counts what is spoken by now."""

    occurrence: Occurrence
    ends_at: datetime
    remarks: list[Remark] = field(default_factory=list)

    @property
    def starts_at(self) -> datetime:
        return self.occurrence.starts_at


def _never(_moment: datetime) -> bool:
    return False


def slots(session: Session, area: Area, start: datetime, end: datetime, *, below: bool = True, quiet: Quiet = _never) -> list[Slot]:
    """Everything that begins there in [start, end), cancelled ones too, each with what there is to say about it."""
    found = coming(session, area, start - LONGEST, end, below=below, cancelled=True)
    lengths = Lengths(session)
    made = {id(each): Slot(each, each.starts_at + lengths.of(each.playlist)) for each in found}
    heard = [each for each in found if each.state == "planned"]
    for pair in overlapping(heard, lengths):
        winner, loser = made[id(pair.winner)], made[id(pair.loser)]
        by = min(winner.ends_at, loser.ends_at) - max(winner.starts_at, loser.starts_at)
        loser.remarks.append(Remark(pair.becomes, pair.winner, by))
        winner.remarks.append(Remark("before", pair.loser, by))
    for each in heard:
        made[id(each)].remarks.extend(_of_itself(each, lengths, quiet))
    for before, after in _followed(heard, made):
        before.remarks.append(Remark("gap", after.occurrence, after.starts_at - before.ends_at))
    return [each for each in made.values() if each.starts_at >= start]


def _of_itself(each: Occurrence, lengths: Lengths, quiet: Quiet) -> list[Remark]:
    lacking, length = lengths.lacking(each.playlist), lengths.of(each.playlist)
    found = [Remark("quiet")] if quiet(each.starts_at) else []
    if not length:
        return [*found, Remark("empty", count=lacking)]
    return [*found, Remark("unspoken", count=lacking)] if lacking else found


def _followed(heard: Sequence[Occurrence], made: dict[int, Slot]) -> list[tuple[Slot, Slot]]:
    """Each with the one that follows after a short silence in a place that hears both."""
    pairs = []
    for number, each in enumerate(heard):
        slot = made[id(each)]
        later = [made[id(other)] for other in heard[number + 1 :] if meet(other.area, each.area)]
        following = next((other for other in later if other.ends_at > slot.ends_at), None)
        if following is not None and SECOND < following.starts_at - slot.ends_at <= GAP and slot.ends_at > slot.starts_at:
            pairs.append((slot, following))
    return pairs


# what a new one would meet


@dataclass(frozen=True)
class Clash:
    """What a new time meets: ``other`` (None: quiet hours), what becomes of the new one (as Remark.what), for how long, and the next free
    time of day for all of its rule, None when the day has none. ``at`` is its own time of day by the rule."""

    starts_at: datetime
    at: time
    other: Occurrence | None
    becomes: str
    by: timedelta
    free: time | None


def clashes(
    session: Session, playlist: Playlist, area: Area, rule: Rule, now: datetime, *, priority: int = 6, start: str = "hard", brk: str = "resume",
    quiet: Quiet = _never, without: Callable[[Occurrence], bool] = lambda _each: False, on_days: Sequence[str] = (), off_days: Sequence[str] = (),
) -> list[Clash]:  # fmt: skip
    """What a programme would meet in the first week of the rule, by time, on the kinds of day it is heard on; a length counts what is spoken by now.

    ``quiet`` says whether nothing of its kind may begin at a moment; ``without`` leaves out what is about to go (the time that is moved).
    """
    begin = max(now, to_utc(ZoneInfo(rule.tz), datetime.combine(rule.since, time())).starts_at)
    asked = Schedule(playlist_id=playlist.id, area_id=area.id, priority=priority, start=start, brk=brk, on_days=list(on_days), off_days=list(off_days))
    days, zone = Days(session, begin.date() - DAY, (begin + LOOKED_AT).date() + DAY, area), ZoneInfo(rule.tz)
    dues = [each for each in occurrences(rule, begin, begin + LOOKED_AT) if days.plays(asked, area, each.starts_at.astimezone(zone).date())]
    lengths = Lengths(session)
    around = coming(session, area, begin - LONGEST, begin + LOOKED_AT + LONGEST) if dues else []
    others = [each for each in around if not without(each)]
    mine = [
        Occurrence(playlist_id=playlist.id, area_id=area.id, starts_at=each.starts_at, state="planned", schedule=asked, playlist=playlist, area=area)
        for each in dues
    ]  # fmt: skip
    length = lengths.of(playlist)
    busy = sorted((each.starts_at, each.starts_at + max(lengths.of(each.playlist), SECOND)) for each in others)
    free: dict[time, time | None] = {}
    found = []
    for each in mine:
        met = [_pair(each, other) for other in others if _overlap(each.starts_at, length, other.starts_at, lengths.of(other.playlist))]
        told = [(pair.winner, "before", pair.loser) if pair.winner is each else (each, pair.becomes, pair.winner) for pair in met]
        silent = quiet(each.starts_at)
        if not told and not silent:
            continue
        at = each.starts_at.astimezone(zone).time().replace(tzinfo=None)
        if at not in free:
            free[at] = free_time(rule, at, length, busy, quiet, begin)
        found += [Clash(each.starts_at, at, None, "quiet", timedelta(0), free[at])] if silent else []
        found += [Clash(each.starts_at, at, other, what, _by(each, length, other, lengths), free[at]) for _, what, other in told]
    return found[:CLASHES_MOST]


def _pair(one: Occurrence, other: Occurrence) -> Conflict:
    return decided(one, other) if one.starts_at < other.starts_at else decided(other, one)


def _overlap(one: datetime, length: timedelta, other: datetime, other_length: timedelta) -> bool:
    return one == other or (one < other + other_length and other < one + length)


def _by(each: Occurrence, length: timedelta, other: Occurrence, lengths: Lengths) -> timedelta:
    return min(each.starts_at + length, other.starts_at + lengths.of(other.playlist)) - max(each.starts_at, other.starts_at)


def free_time(
    rule: Rule, wanted: time, length: timedelta, busy: Sequence[tuple[datetime, datetime]], quiet: Quiet, begin: datetime,
) -> time | None:  # fmt: skip
    """The first time of day from ``wanted`` on, in steps of five minutes, at which the rule meets nothing and nobody is to be quiet on any day
    of the week that is looked at; None when the day has no such time any more."""
    first = datetime.combine(rule.since, wanted)
    step = first if first.minute % 5 == 0 and not first.second else first.replace(second=0) + STEP - timedelta(minutes=first.minute % 5)
    while step.date() == rule.since:
        tried = replace(rule, times=(step.time(),))
        dues = [each.starts_at for each in occurrences(tried, begin, begin + LOOKED_AT)]
        if dues and not any(quiet(due) or any(due < ends and starts < due + max(length, SECOND) for starts, ends in busy) for due in dues):
            return step.time()
        step += STEP
    return None
