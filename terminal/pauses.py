"""Pauses: what fills hours that shall not be silent, and the silent self-test, which needs one."""

from __future__ import annotations

from terminal import loudness, playing
from terminal.actions import Play, Prepare, Tell, TrySilently
from terminal.hours import next_at, within
from terminal.mind import AGAIN_MS, Clip, Mind, Sounding
from terminal.programme import FILL_RANK
from wire.messages import Fill, PlanItem

# No filler begins this shortly before the next programme.
FILL_ROOM_MS = 2_000


def fill_pause(mind: Mind, now: float) -> None:
    """Where something should sound and nothing does: the default playlist, then fallback media, then a fault."""
    mind.machine.faults.pop("silence", None)
    if mind.sounding or mind.over or not (mind.fills or mind.items):
        return
    if not mind.clock_known or loudness.why_quiet(mind, now):
        return  # nobody knows the hour, or it is to be quiet
    open_hours = [plan for plan in mind.fills.values() if within(plan.fill_hours, now, plan.tz)]
    lacking = _lacking(mind, now)
    if (not open_hours and lacking is None) or _soon(mind, now):
        return
    default = [(plan.zid, each) for plan in open_hours for each in plan.fill if each.kind == "default"]
    fallback = [(plan.zid, each) for plan in mind.fills.values() for each in plan.fill if each.kind != "default"]
    for zid, each in [*_turned(mind, default), *_turned(mind, fallback)]:
        clip = mind.clips.get(each.clip, Clip())
        if clip.state != "stored" or clip.ready == "no":
            continue
        if not clip.ready:
            clip.ready = "asked"
            mind.do(Prepare(each.clip))
        if clip.ready == "yes":
            _play_fill(mind, zid, each, now)
        return
    mind.machine.faults["silence"] = f"silence: {lacking or 'nothing of the default playlist is stored'}"


def _turned(mind: Mind, fills: list[tuple[str, Fill]]) -> list[tuple[str, Fill]]:
    """The clips in their order, beginning behind the one that was played last."""
    turn = mind.filled % len(fills) if fills else 0
    return fills[turn:] + fills[:turn]


def _lacking(mind: Mind, now: float) -> str | None:
    """A programme that should sound now and cannot, in words."""
    for item, _, _ in mind.near(now):
        due = mind.due_ms(item)
        clip = mind.clips.get(item.clip, Clip())
        if due <= now < due + item.ms and clip.ready != "yes" and not loudness.quiet(mind, item, now):
            decoding = "still being decoded, this machine is too slow" if clip.ready == "asked" else ""
            return f"{item.title or item.id} is not here: {clip.reason or decoding or clip.state}"
    return None


def _soon(mind: Mind, now: float) -> bool:
    """Whether a programme that can sound begins in a moment."""
    return any(mind.due_ms(each.item) - now < FILL_ROOM_MS for each in playing.waiting(mind, now) if each.ready)


def _play_fill(mind: Mind, zid: str, fill: Fill, now: float) -> None:
    mind.filled += 1
    name = f"fill-{mind.filled}"
    item = PlanItem(
        name, name, 0, int(now), fill.clip, fill.url, fill.bytes, fill.ms, int(now) + fill.ms + 1000, skip=fill.skip, gain_db=fill.gain_db,
        priority=7, rank=FILL_RANK, title=fill.title,
    )  # fmt: skip
    mind.sounding.append(Sounding(item, 0, now + 50 + fill.ms, now + 50, filler=True))
    mind.do(Play(name, fill.clip, now + 50, fill.skip, fill.gain_db, ms=fill.ms))
    mind.do(Tell("fill", {"zid": zid, "title": fill.title, "kind": fill.kind}))


def test_in_silence(mind: Mind, now: float) -> None:
    """At the hour of ``want``, once a night, and when told to: but never while something sounds or is about to."""
    if mind.selftest.next_ms <= 0:
        mind.selftest.next_ms = next_at(mind.want.selftest, now, mind.want.tz) if mind.want.selftest else float("inf")
    if now < mind.selftest.next_ms:
        mind.wake(mind.selftest.next_ms)
    elif mind.selftest.running:
        return
    elif mind.sounding or mind.over or _soon(mind, now):
        mind.wake(now + AGAIN_MS)
    else:
        mind.selftest.running, mind.selftest.next_ms = True, 0.0
        mind.do(TrySilently())
