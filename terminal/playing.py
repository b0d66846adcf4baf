"""Playing: hand the player what ``terminal.programme`` chooses, and write down what became of it; after a power cut, own up or go on."""

from __future__ import annotations

from terminal import loudness, telling
from terminal.actions import Play
from terminal.mind import Clip, Mind, Sounding
from terminal.programme import EMERGENCY, WORTH_MS, Choice, Due, On, is_talk, next_choice
from wire.messages import Receipt

# Decoding a clip that has just come is waited for this long before something less important may sound.
DECODE_MS = 2_000
# A successor joins its predecessor without a gap when the plan has them this close.
JOIN_MS = 1_000


def choose(mind: Mind, now: float) -> None:
    """Hands the player what sounds next, and breaks off the less important."""
    for _ in range(4):
        on = mind.sounding[-1] if mind.sounding else None
        holds = On(on.item, on.ends_ms) if on else None
        over = On(mind.over.item, mind.over.ends_ms) if mind.over else None
        choice, again = next_choice(waiting(mind, now), holds, over, len(mind.sounding), now)
        if choice is None:
            mind.wake(again)
            return
        _place(mind, choice, now)
    mind.wake(now + 20)


def waiting(mind: Mind, now: float) -> list[Due]:
    """What may be started within the next moments; all of it when something more important may come between."""
    found = []
    for item, _, rev in mind.near(now):
        due = mind.due_ms(item)
        begun = mind.kept.begun.get(item.id)
        clip = mind.clips.get(item.clip, Clip())
        may = (begun is not None or not loudness.quiet(mind, item, now)) and (mind.clock_known or item.priority == EMERGENCY)
        coming = may and clip.ready == "asked" and now - clip.asked_ms < DECODE_MS
        heard = max(0.0, begun["paused"]) if begun else 0.0
        found.append(Due(item, rev, due, mind.until(item), may and clip.ready == "yes", heard, item.occ in mind.begun_occ, coming))
    return found


def _place(mind: Mind, choice: Choice, now: float) -> None:
    due, item = choice.due, choice.due.item
    last = mind.sounding[-1] if mind.sounding else None
    follows = choice.how == "follow" and last is not None
    join = bool(follows and last and last.item.occ == item.occ and item.n > last.item.n and abs(due.at_ms - last.ends_ms) < JOIN_MS)
    at_ms, offset, resumed = max(due.at_ms, now), 0.0, False
    if follows and last:
        at_ms = last.ends_ms if join else max(at_ms, last.ends_ms)
    begun = mind.kept.begun.get(item.id)
    if begun and begun["paused"] >= 0:
        offset, resumed = float(begun["paused"]), True
    elif begun:
        at_ms = max(at_ms, now + 100)
        offset = max(1.0, at_ms - begun["at"])
    if not begun or resumed:
        row = Receipt(item.id, item.clip, due.rev, 0.0, 0.0, "started", loudness.level(mind, item)).to_row()
        mind.keep({"do": "begin", "id": item.id, "at": at_ms - offset, "until": item.expires_ms, "row": row})
    if choice.how == "cut":
        for each in mind.voices:
            if each.cut_ms < at_ms:
                continue  # another one breaks it off before this one begins, and by its rule
            each.cut_ms = at_ms
            each.why = each.why or f"a more important programme: {item.title or item.id}"
            each.resume = item.brk != "skip" and not each.filler
    voice = Sounding(item, due.rev, min(at_ms + item.ms - offset, due.until_ms), at_ms, offset, resumed)
    if choice.how == "over":
        mind.over = voice
    else:
        mind.sounding.append(voice)
    mind.begun_occ[item.occ] = max(item.n, mind.begun_occ.get(item.occ, -1))
    mind.late[item.occ] = max(0.0, at_ms - offset - item.at_ms - mind.want.stagger_ms)
    volume = loudness.level(mind, item) if item.volume >= 0 or item.priority == EMERGENCY else -1
    mind.do(
        Play(
            item.id, item.clip, at_ms, item.skip, item.gain_db, offset, join, choice.how == "cut", choice.how == "over", due.until_ms, volume,
            item.ms,
        )
    )  # fmt: skip


def started(mind: Mind, item: str, start_ms: float, now: float) -> None:
    """The first sample left the device at ``start_ms``."""
    if item in mind.chimes:
        telling.acknowledge(mind, mind.chimes.pop(item), "done", "", start_ms)
        return
    voice = mind.voice(item)
    if voice is None:
        return
    voice.ends_ms += start_ms - voice.began_ms
    voice.began_ms = start_ms
    if not voice.filler and not mind.kept.begun.get(item, {}).get("heard"):
        telling.receipt(mind, voice.item, voice.rev, "started", now, start_ms=start_ms)
    mind.talk.report_soon(now)


def finished(mind: Mind, item: str, start_ms: float, dur_ms: float, how: str, now: float, reason: str) -> None:
    """The player has given back what it held of this item."""
    if item in mind.chimes and how != "finished":
        telling.acknowledge(mind, mind.chimes.pop(item), "refused", reason or how, now)
    voice = mind.voice(item)
    if voice is None:
        return
    if voice is mind.over:
        mind.over = None
    else:
        mind.sounding.remove(voice)
    mind.talk.report_soon(now)
    if not voice.filler:
        _ended(mind, voice, start_ms, dur_ms, how, now, reason)


def _ended(mind: Mind, voice: Sounding, start_ms: float, dur_ms: float, how: str, now: float, reason: str) -> None:
    """It comes again, goes on later, or is over: then the last receipt is written."""
    item, begun = voice.item, mind.kept.begun.get(voice.item.id)
    if how == "dropped" and not voice.final and not voice.offset_ms:
        mind.keep({"do": "unbegin", "id": item.id})
        return
    heard = voice.offset_ms + dur_ms
    goes_on = how in ("preempted", "dropped") and voice.resume and not voice.final
    if goes_on and begun is not None and item.ms - heard >= WORTH_MS and now < mind.until(item):
        mind.keep({"do": "pause", "id": item.id, "heard": round(heard, 3), "why": voice.why})
        return
    broken_off = how == "finished" and is_talk(item) and bool(voice.why)
    result = "preempted" if how == "dropped" or broken_off else how
    row, detail = begun["row"] if begun else None, voice.why or reason
    if voice.offset_ms and row and row[3]:
        start_ms = row[3]
        detail = detail or (f"went on after {begun['why']}" if voice.resumed and begun else "went on after a power cut")
    telling.receipt(mind, item, voice.rev, result, now, start_ms=start_ms, dur_ms=heard if voice.resumed else dur_ms, detail=detail)


def after_power_cut(mind: Mind, now: float) -> None:
    """Items that had begun before this program started: go on where they would be now, or own up."""
    for name, begun in list(mind.kept.begun.items()):
        if mind.voice(name) is not None:
            continue
        found = mind.items.get(name)
        row, paused = Receipt.from_row(begun["row"]), float(begun["paused"])
        if found is not None and found[0].occ in mind.kept.stopped:
            telling.own_up(mind, row, begun, "preempted", max(0.0, paused), "stopped by the operator")
        elif paused >= 0:
            if found is None or mind.silenced or now >= mind.until(found[0]):
                why = begun["why"] if found is not None else "taken from the plan"
                telling.own_up(mind, row, begun, "preempted", paused, f"{why}; its time was over before it could go on")
        elif found is None or mind.silenced or begun["at"] + found[0].ms - WORTH_MS < now or now >= mind.until(found[0]):
            telling.own_up(mind, row, begun, "failed", 0.0, "power cut")
        elif now < begun["at"]:
            mind.keep({"do": "unbegin", "id": name})
