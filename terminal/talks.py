"""Live talks: somebody speaks now. One is begun and ended by signed commands, its sound is believed frame by frame, and when none comes any more the
schedule goes on. What it interrupts, and what interrupts it, is decided like everything else in ``terminal.programme``."""

from __future__ import annotations

from terminal import telling
from terminal.actions import Carry, EndTalk, Subscribe, Tell, Tune, Unsubscribe, Untune
from terminal.mind import Clip, Mind, Talking
from terminal.programme import TALK
from wire.live import LiveStart, LiveStop, opened, talk_of
from wire.messages import SOURCES, BadMessage, PlanItem

# A talk whose sound does not come for so long is over here: back to the schedule.
SILENT_MS = 2_000
# More talks than this at one terminal is a mistake or an attack.
MOST_TALKS = 4
# Of talks from one level the newest is heard: seconds are counted down from here in the rank.
SPAN_S = 2**40


def begin(mind: Mind, args: dict[str, object], zid: str, now: float) -> str:
    """Somebody begins to speak: why not, or "". Heard again (it is said every few seconds, for those who come later) it changes nothing."""
    try:
        start = LiveStart.from_args(args, now)
    except BadMessage as error:
        return str(error)
    held = mind.talks.get(start.id)
    if held is not None:
        return _once_more(mind, held, start, zid)
    if mind.silenced or start.id in mind.kept.stopped:
        return mind.silenced or "it was stopped here"
    if len(mind.talks) >= MOST_TALKS:
        return f"{MOST_TALKS} talks are on already"
    item = _item(mind, start)
    if item.id in mind.kept.done:
        return "it was heard and is over here"
    mind.talks[start.id] = Talking(start, item, (zid,), now)
    mind.items[item.id] = (item, f"live {start.id}", 0)
    mind.clips[item.id] = Clip("stored")
    mind.do(Tune(item.id, start.first, float(mind.want.stagger_ms)))
    mind.do(Subscribe((mind.topics.zone(zid, "live"),)))
    mind.do(Tell("talk", {"item": item.id, "title": start.title, "level": start.level}))
    mind.replan()
    return ""


def _once_more(mind: Mind, held: Talking, start: LiveStart, zid: str) -> str:
    if start != held.start:
        return "a talk of that id is on, with another key or other times"
    if zid not in held.zones:  # a terminal may belong to two places that are spoken to
        held.zones = (*held.zones, zid)
        mind.do(Subscribe((mind.topics.zone(zid, "live"),)))
    return ""


def again(mind: Mind, op: str, args: dict[str, object], zid: str, now: float) -> None:
    """The order of a talk that this terminal obeyed before: after a power cut it joins anew, without a second answer."""
    if op == LiveStart.typ and str(args.get("id", "")) not in mind.talks:
        begin(mind, args, zid, now)


def _item(mind: Mind, start: LiveStart) -> PlanItem:
    rank = SOURCES.index(start.level) * (SPAN_S + 1) + SPAN_S - min(start.from_ms // 1000, SPAN_S)
    name = f"{start.id}-{mind.boot[-20:]}"
    return PlanItem(
        name, start.id, 0, start.from_ms, name, "", 0, start.until_ms - start.from_ms, start.until_ms, priority=TALK, rank=rank, title=start.title,
        volume=start.volume,
    )  # fmt: skip


def end(mind: Mind, args: dict[str, object], zid: str, now: float) -> str:
    """He has spoken: what came before the end is still heard."""
    try:
        stop = LiveStop.from_args(args)
    except BadMessage as error:
        return str(error)
    talk = mind.talks.get(stop.id)
    if talk is None:
        return ""  # it is not on here, or no more
    if zid not in talk.zones:
        return "that talk was not begun in this zone"
    _end(mind, talk, stop.last, "")
    return ""


def _end(mind: Mind, talk: Talking, last: int, why: str) -> None:
    if talk.last is None:
        talk.last, talk.why = last, why
        mind.do(EndTalk(talk.item.id, last))
        voice = mind.voice(talk.item.id)
        if voice is not None and why:
            voice.why, voice.final = why, True


def hear(mind: Mind, payload: bytes, zid: str, now: float) -> None:
    """Sound of a talk. Raises BadMessage or BadSignature, and then nothing is heard of it."""
    talk = mind.talks.get(talk_of(payload))
    if talk is None or zid not in talk.zones:
        raise BadMessage("live: of no talk that was begun here")
    if now >= talk.start.until_ms or talk.last is not None:
        return  # on its way when the talk ended
    frames = opened(payload, talk.start.x)
    if frames.first < talk.start.first:
        raise BadMessage("live: from before the talk")
    if not talk.came_ms:
        clip = mind.clips.setdefault(talk.item.id, Clip("stored"))
        clip.ready = clip.ready or "yes"
        mind.replan()
    talk.came_ms = now
    mind.do(Carry(talk.item.id, tuple(frames.numbered), frames.first, frames.spoken_ms))


def attend(mind: Mind, now: float) -> None:
    """Ends what nothing more is heard of, and lets go of what is over."""
    for name, talk in list(mind.talks.items()):
        placed, item = mind.voice(talk.item.id), talk.item
        silent_at = max(talk.came_ms, talk.began_ms) + SILENT_MS
        if talk.last is None and now >= min(silent_at, talk.start.until_ms):
            _end(mind, talk, -1, "the longest duration was reached" if now >= talk.start.until_ms else "no more of it came")
        if placed is None and (talk.last is not None or mind.silenced) and item.id not in mind.kept.done:
            _unheard(mind, talk, now)
        if placed is None and item.id in mind.kept.done:
            del mind.talks[name]
            mind.items.pop(item.id, None)
            _let_go(mind, talk)
        elif talk.last is None:
            mind.wake(min(silent_at, talk.start.until_ms))


def _unheard(mind: Mind, talk: Talking, now: float) -> None:
    begun = talk.item.id in mind.kept.begun
    result = "preempted" if begun or talk.came_ms else "failed"
    why = talk.why or ("the talk ended before it could go on" if begun else "the talk ended before it could be heard")
    telling.end_unheard(mind, talk.item, 0, result, now, why)


def _let_go(mind: Mind, talk: Talking) -> None:
    mind.do(Untune(talk.item.id))
    used = {zid for each in mind.talks.values() for zid in each.zones}
    if left := tuple(mind.topics.zone(zid, "live") for zid in talk.zones if zid not in used):
        mind.do(Unsubscribe(left))
    mind.replan()


def leave(mind: Mind, zid: str) -> None:
    """This terminal belongs to that zone no longer: what is said there is not heard here."""
    for talk in mind.talks.values():
        talk.zones = tuple(each for each in talk.zones if each != zid)
        if not talk.zones:
            _end(mind, talk, -1, "this terminal left the zone")


def filters(mind: Mind) -> tuple[str, ...]:
    """What a terminal that comes back in the middle of a talk subscribes to besides."""
    return tuple(dict.fromkeys(mind.topics.zone(zid, "live") for each in mind.talks.values() for zid in each.zones))
