"""How loud it may be now: the terminal's volume, the item's own, the cap of the hour, mute, quiet hours and quiet days."""

from __future__ import annotations

from terminal.actions import SetVolume
from terminal.hours import cap, quiet_date, within
from terminal.mind import Mind
from terminal.programme import EMERGENCY
from wire.messages import PlanItem


def set_volume(mind: Mind, volume: int, now: float) -> None:
    """The volume of this terminal from now on, 0..100."""
    mind.keep({"do": "volume", "to": min(100, max(0, volume))})
    heed_hours(mind, now)
    mind.talk.report_due = True


def heed_hours(mind: Mind, now: float) -> None:
    """How loud it may be at this hour, told to the mixer when it changes."""
    allowed = 0 if mind.kept.muted else min(mind.volume, cap(mind.want.caps, now, mind.want.tz))
    if allowed != mind.loudness:
        mind.loudness = allowed
        mind.do(SetVolume(allowed))


def level(mind: Mind, item: PlanItem) -> int:
    """The volume of one item: its own under the hour's cap; an emergency is bound by neither cap nor mute."""
    wished = item.volume if item.volume >= 0 else mind.volume
    return wished if item.priority == EMERGENCY else min(wished, max(mind.loudness, 0) if mind.loudness >= 0 else wished)


def why_quiet(mind: Mind, now: float) -> str:
    """Why nothing but an emergency may begin at this moment: "quiet hours", "quiet day 2026-12-01"; "" when it may."""
    if within(mind.want.quiet, now, mind.want.tz):
        return "quiet hours"
    day = quiet_date(mind.want.quiet_days, now, mind.want.tz)
    return f"quiet day {day}" if day else ""


def quiet(mind: Mind, item: PlanItem, now: float) -> bool:
    """Whether the hour or the day keeps this item silent."""
    return item.priority != EMERGENCY and bool(why_quiet(mind, now))
