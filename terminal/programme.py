"""What should sound next: priorities, starts and breaks after GD/J 084 section 6.4, as plain functions over plain values.

The more important interrupts the less important at its start; what was interrupted goes on where it stopped while its window is open;
equals and lesser ones wait their turn. Among emergencies of one level and source the newest wins (its rank says so), so that a forgotten one
cannot block. A programme that has begun is whole: an equal one does not get between its items.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from wire.messages import PlanItem

# A signed alert alone is an emergency; what a plan brings is at most as important as a drill, whatever it says of itself.
EMERGENCY, MOST_PLANNED = 1, 2
# What an alert brings bears occurrences that begin like this; when it was ordered stands in its rank. Its ``n`` counts wordings, rounds in each,
# and sounds in a round.
ALARM, WORDING, ROUND = "em-", 1024, 16
# A live talk has this importance and this occurrence; its item bears the boot of the program too: who comes back in the middle joins anew.
TALK, LIVE = 3, "live-"
# What only fills a pause gives way at once, whatever start was asked for.
FILL_RANK = 99
# A start is handed to the player this long before its time.
LEAD_MS = 500
# What is left of an item must be worth hearing.
WORTH_MS = 1_000
# A gap inside a programme up to this long is kept free of equal ones.
GAP_MS = 30_000


@dataclass(frozen=True, slots=True)
class Due:
    """An item that has not been heard to its end: when it is due here, and how much of it was heard before it was interrupted.

    ``ready`` may sound at once, ``coming`` within moments (it is being decoded).
    """

    item: PlanItem
    rev: int
    at_ms: float
    until_ms: float
    ready: bool
    heard_ms: float = 0.0
    begun: bool = False
    coming: bool = False

    def worth(self, at_ms: float) -> bool:
        """Whether enough is left of its window to begin at that moment."""
        return at_ms + min(WORTH_MS, self.item.ms - self.heard_ms) <= self.until_ms


@dataclass(frozen=True, slots=True)
class On:
    """What the player holds last: its item and when it will have ended."""

    item: PlanItem
    ends_ms: float


@dataclass(frozen=True, slots=True)
class Choice:
    """Start ``due`` now: ``how`` is begin (nothing is on), follow (behind what is on), cut (break it off) or over (on top of it)."""

    due: Due
    how: str


def strength(item: PlanItem) -> tuple[int, int]:
    """The smaller, the more important."""
    return item.priority, item.rank


def beats(one: PlanItem, other: PlanItem) -> bool:
    """Whether ``one`` interrupts ``other``."""
    if one.occ == other.occ:
        return False
    return strength(one) < strength(other)


def is_alarm(item: PlanItem) -> bool:
    """Whether an alert brought it."""
    return item.occ.startswith(ALARM)


def is_talk(item: PlanItem) -> bool:
    """Whether somebody speaks live: there is no file to fetch."""
    return item.occ.startswith(LIVE)


def repeated(item: PlanItem) -> bool:
    """Whether it is one of an emergency's later rounds: that its sound is here was told with the first."""
    return is_alarm(item) and item.n % WORDING >= ROUND


def order(due: Due) -> tuple[object, ...]:
    """Who comes first: the more important; what has begun; the earlier."""
    return (*strength(due.item), not due.begun, due.at_ms, due.item.n, due.item.id)


def next_choice(waiting: Sequence[Due], on: On | None, over: On | None, placed: int, now: float) -> tuple[Choice | None, float]:
    """What is to be started now, if anything; else the moment to look again.

    ``waiting`` is everything not yet over and not with the player; ``on`` the last of what the player holds (``placed`` many), ``over`` what
    sounds on top of it. Times are Unix milliseconds.
    """
    again = now + 60_000.0
    begun = {due.item.occ for due in waiting if due.begun}
    for due in sorted((each for each in waiting if each.ready and each.worth(now)), key=order):
        if due.at_ms - LEAD_MS > now:
            again = min(again, due.at_ms - LEAD_MS)
            continue
        choice, look = _judge(due, waiting, begun, on, over, placed, now)
        if choice is not None:
            return choice, now
        again = min(again, look)
    return None, max(again, now + 20)


def _judge(
    due: Due, waiting: Sequence[Due], begun: Collection[str], on: On | None, over: On | None, placed: int, now: float
) -> tuple[Choice | None, float]:
    """Start this one, or when to look at it again."""
    item = due.item
    if over is not None and not due.begun and not beats(item, over.item):
        return None, over.ends_ms  # while something is on top, underneath goes on only what was there
    if any(each.coming and each.at_ms - LEAD_MS <= now and beats(each.item, item) for each in waiting):
        return None, now + 50  # no snatch of the less important before the more important is decoded
    held = _held(due, waiting, begun, now)
    if on is None:
        return (Choice(due, "begin"), now) if held is None else (None, held)
    if beats(item, on.item) and (due.begun or item.start == "hard" or on.item.rank >= FILL_RANK):
        return Choice(due, "over" if item.brk == "mix" and over is None else "cut"), now
    if on.ends_ms > now + LEAD_MS or placed > 1:
        return None, max(now + 20, on.ends_ms - LEAD_MS)
    if held is not None and not (beats(item, on.item) and item.start == "after"):
        return None, held
    if not due.worth(on.ends_ms):
        return None, on.ends_ms
    return Choice(due, "follow"), now


def _held(due: Due, waiting: Sequence[Due], begun: Collection[str], now: float) -> float | None:
    """The moment to look again when a programme that is under way keeps this one out; None when nothing does."""
    for each in waiting:
        under_way = each.item.occ in begun and each.item.occ != due.item.occ and each.ready and each.until_ms > now
        if not under_way or each.at_ms - now > GAP_MS:
            continue
        if due.item.start == "free" and not due.begun:
            return max(now + 20, each.at_ms)
        if not beats(due.item, each.item) and not (due.begun and order(due) < order(each)):
            return max(now + 20, each.at_ms)
    return None
