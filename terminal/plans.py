"""What is planned: a zone's plan is checked, taken whole in place of the one before, or fetched when it lies behind a pointer."""

from __future__ import annotations

import math
import re
from dataclasses import replace

from terminal import telling, tending
from terminal.actions import Fetch, Tell
from terminal.hours import check_spans
from terminal.mind import Clip, Mind, Pointed
from terminal.programme import ALARM, LIVE, MOST_PLANNED
from wire.alert import check_sound
from wire.messages import BREAKS, STARTS, BadMessage, Plan, PlanItem, Playable

MAX_ITEMS, MAX_PHRASES = 5_000, 32
SHA256 = re.compile(r"[0-9a-f]{64}\Z")


def hear_plan(mind: Mind, payload: bytes, zid: str, now: float) -> None:
    """A zone's plan as it came over the line: what was planned for that zone before is over."""
    found = mind.verified(payload, Plan.typ, {zid}, now, mind.kept.plan_revs.get(zid, 0))
    if found is None:
        return
    plan = Plan.from_json(found.payload)
    if plan.rev != found.seq or plan.zid != zid:
        raise BadMessage(f"rev {plan.rev} of zone {plan.zid[:40]!r} inside, {found.seq} of {zid!r} signed")
    if plan.pointer:
        _point(mind, plan)
        return
    _check_items(plan)
    _accept(mind, plan, found.payload.decode(), now)


def drop_zone(mind: Mind, zid: str) -> None:
    """Nothing of that zone is planned any more."""
    mind.items = {name: found for name, found in mind.items.items() if found[1] != zid}
    mind.fills.pop(zid, None)
    mind.phrases.pop(zid, None)
    mind.replan()


def _point(mind: Mind, plan: Plan) -> None:
    """A plan too large for one message lies behind HTTP; its digest was signed."""
    if not SHA256.match(plan.pointer_sha256):
        raise BadMessage("pointer_sha256: expected 64 hex digits")
    mind.pointers = {sha: found for sha, found in mind.pointers.items() if found.plan.zid != plan.zid}
    mind.pointers[plan.pointer_sha256] = Pointed(plan)
    _ask_for(mind, plan)


def _ask_for(mind: Mind, plan: Plan) -> None:
    mind.do(Fetch(plan.pointer_sha256, tending.urls(mind, plan.base, plan.pointer), plan.pointer_bytes, read=True))


def ask_again(mind: Mind, now: float) -> None:
    """A plan that did not come is asked for again, later each time: it may hold tonight's warning."""
    for found in mind.pointers.values():
        if found.again_ms <= now:
            found.again_ms = math.inf
            _ask_for(mind, found.plan)
        mind.wake(found.again_ms)


def _check_items(plan: Plan) -> None:
    if len(plan.items) > MAX_ITEMS:
        raise BadMessage(f"items: {len(plan.items)}, more than the {MAX_ITEMS} allowed")
    for item in plan.items:
        if not SHA256.match(item.clip):
            raise BadMessage(f"item {item.id[:40]!r}: clip is not a sha256")
        if item.bytes <= 0 or item.ms < 0 or item.skip < 0 or not -60.0 <= item.gain_db <= 20.0 or not -1 <= item.volume <= 100:
            raise BadMessage(f"item {item.id[:40]!r}: bytes, ms, skip, gain_db or volume out of range")
        if any(not SHA256.match(each.clip) or each.bytes <= 0 or each.skip < 0 for each in item.others):
            raise BadMessage(f"item {item.id[:40]!r}: an alternate's clip, bytes or skip out of range")
        if item.start not in STARTS or item.brk not in BREAKS:
            raise BadMessage(f"item {item.id[:40]!r}: no start is called {item.start[:20]!r}, or no break {item.brk[:20]!r}")
    if any(not SHA256.match(each.clip) or each.bytes <= 0 or each.ms <= 0 for each in plan.fill):
        raise BadMessage("fill: a clip, bytes or ms out of range")
    if any(not SHA256.match(other.clip) or other.bytes <= 0 or other.skip < 0 for each in plan.fill for other in each.others):
        raise BadMessage("fill: an alternate's clip, bytes or skip out of range")
    for phrase in plan.phrases:
        check_sound(phrase, f"phrase {phrase.name[:40]!r}")
    if len(plan.phrases) > MAX_PHRASES or any(item.occ.startswith((ALARM, LIVE)) or item.id.startswith((ALARM, LIVE)) for item in plan.items):
        raise BadMessage(f"more than {MAX_PHRASES} phrases, or an item named like an emergency")
    check_spans("fill_hours", plan.fill_hours)


def _accept(mind: Mind, plan: Plan, raw: str, now: float) -> None:
    again = {item.id for item in plan.items}
    for item, zid, rev in mind.open_items():
        # Its time had come but it has not sounded, and the station no longer plans it: say so rather than nothing.
        if zid == plan.zid and item.id not in again and item.at_ms <= now and item.id not in mind.kept.begun:
            telling.receipt(mind, item, rev, "missed", now, detail="taken from the plan before it could sound")
    mind.keep({"do": "plan", "zid": plan.zid, "rev": plan.rev, "raw": raw})
    drop_zone(mind, plan.zid)
    take_items(mind, plan)
    _tell_too_important(mind, plan)
    mind.talk.report_due = True
    mind.do(Tell("plan", {"zid": plan.zid, "rev": plan.rev, "items": len(plan.items)}))


def take_items(mind: Mind, plan: Plan) -> None:
    """Its items join what is planned."""
    mind.bases[plan.zid] = plan.base
    for item in plan.items:
        if item.occ not in mind.kept.stopped or item.id in mind.kept.begun:
            mind.items[item.id] = (suited(mind, _lowered(item)), plan.zid, plan.rev)
    if plan.phrases:
        mind.phrases[plan.zid] = replace(plan, items=(), fill=(), phrases=tuple(suited(mind, each) for each in plan.phrases))
    if plan.fill or plan.fill_hours:
        mind.fills[plan.zid] = replace(plan, fill=tuple(suited(mind, each) for each in plan.fill))
    mind.replan()


def _lowered(item: PlanItem) -> PlanItem:
    """The item as important as a plan can make it: a programme's key cannot give the priority of an emergency. It sounds all the same, for
    nothing may be lost; but it neither breaks off an emergency nor breaks quiet hours, caps or mute.
    """
    return replace(item, priority=MOST_PLANNED) if item.priority < MOST_PLANNED else item


def _tell_too_important(mind: Mind, plan: Plan) -> None:
    found = [item.id for item in plan.items if item.priority < MOST_PLANNED]
    if found:
        mind.refused += 1
        reason = f"{len(found)} items claim the priority of an emergency ({found[0][:40]!r}): a plan has at most {MOST_PLANNED}, and they sound with that"
        mind.do(Tell("refused", {"topic": mind.topics.zone(plan.zid, "plan"), "reason": reason}))


def suited(mind: Mind, item: Playable) -> Playable:
    """The sound in the format this terminal likes best; where bytes are paid for, in one that is here already."""
    if mind.want.metered:
        for name in ("mp3", *(other.format for other in item.others)):
            found = item.suited((name,))
            if name in mind.can and mind.clips.get(found.clip, Clip()).state == "stored":
                return found
    return item.suited(mind.can)


def read_pointer(mind: Mind, sha: str, ok: bool, reason: str, content: bytes, now: float) -> None:
    """The plan that lay behind a pointer is here, or did not come."""
    found = mind.pointers[sha]
    zid, rev = found.plan.zid, found.plan.rev
    if not ok and now < found.plan.to_ms and rev > mind.kept.plan_revs.get(zid, 0):
        found.tries += 1
        found.again_ms = now + tending.wait_ms(found.tries)
        mind.do(Tell("fetch failed", {"clip": sha, "reason": reason}))
        return
    del mind.pointers[sha]
    try:
        if not ok:
            raise BadMessage(reason)
        plan = Plan.from_large_json(content)
        if plan.zid != zid or plan.rev != rev or rev <= mind.kept.plan_revs.get(zid, 0):
            raise BadMessage(f"rev {plan.rev} of {plan.zid[:40]!r} behind the pointer, expected {rev} of {zid!r}")
        _check_items(plan)
        if zid in mind.want.zones:
            _accept(mind, plan, content.decode(), now)
    except BadMessage as error:
        mind.refused += not ok
        mind.do(Tell("refused", {"topic": mind.topics.zone(zid, "plan"), "reason": str(error)}))
