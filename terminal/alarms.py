"""Emergencies: a zone's set is believed or refused whole, kept on flash, and turned into items that break in; what it no longer holds ends at once."""

from __future__ import annotations

import zlib

from terminal import plans, telling
from terminal.actions import StopPlaying, Tell
from terminal.mind import Mind
from terminal.programme import ALARM, EMERGENCY, ROUND, WORDING, is_alarm
from wire.alert import USE, believe, read
from wire.messages import SEVERITIES, SOURCES, Alert, Emergency, PlanItem, Receipt, Sound
from wire.signing import speaks_to

DRILL = EMERGENCY + 1
# From here the moments of orders are counted: so that level, source, moment and a tie-breaker fit into one number that JSON readers keep.
EPOCH_MS, SPAN_MS, TIES = 1_577_836_800_000, 2**40, 64


def hear_alert(mind: Mind, payload: bytes, zid: str, now: float) -> None:
    """A zone's full set of live emergencies. Raises BadSignature or BadMessage, and then nothing changes."""
    held = mind.kept.alerts.get(zid, {})
    found = believe(payload, mind.keys, zid=zid, zones=mind.want.zones, now_s=now / 1000, held=held.get("rev", 0))
    if found is None:
        return
    mind.keep({"do": "alert", "zid": zid, "rev": found.alert.rev, "kid": found.kid, "exp": found.exp, "raw": found.raw.decode()})
    _accepted(mind, found.alert, now)
    take_over(mind, now)
    mind.talk.report_soon(now)
    mind.do(Tell("alert", {"zid": zid, "rev": found.alert.rev, "emergencies": [each.id for each in found.alert.emergencies]}))


def _accepted(mind: Mind, alert: Alert, now: float) -> None:
    """Say of each emergency, once, that it was believed, and when."""
    for each in alert.emergencies:
        name = ALARM + each.id
        if name not in mind.kept.stored:
            row = Receipt(name, "", alert.rev % 2**31, round(now, 3), 0.0, "accepted", 0, round(mind.clock_error_ms, 3)).to_row()
            mind.keep({"do": "receipt", "row": row, "until": each.until_ms})
            mind.talk.oldest_ms = now if mind.talk.oldest_ms is None else mind.talk.oldest_ms
            mind.do(Tell("accepted", {"item": name, "level": each.level, "drill": each.drill}))


def take_over(mind: Mind, now: float) -> None:
    """The items of all sets that are still believed take the place of those before: after a new set, a new key set, a new start."""
    sets = {zid: read(kept["raw"].encode()) for zid, kept in mind.kept.alerts.items() if _holds(mind, kept, zid, now)}
    live: dict[str, tuple[Emergency, str, Alert]] = {}
    for zid, alert in sets.items():
        for one in alert.emergencies:
            if one.until_ms > now and ALARM + one.id not in mind.kept.stopped:
                live.setdefault(one.id, (one, zid, alert))
    items: dict[str, tuple[PlanItem, str, int]] = {}
    for one, zid, alert in live.values():
        mind.bases[f"alert {zid}"] = alert.base
        for item in _items(mind, one):
            items[item.id] = (item, f"alert {zid}", alert.rev % 2**31)
    _end_others(mind, {ALARM + name for name in live}, set(items), now)
    mind.items = {name: found for name, found in mind.items.items() if not is_alarm(found[0])} | items
    mind.alarms = {ALARM + name: found[0] for name, found in live.items()}
    mind.replan()


def _holds(mind: Mind, kept: dict[str, object], zid: str, now: float) -> bool:
    """Whether a kept set is still to be acted on: its key is still believed and may speak there, its time is not over, the zone is mine."""
    key = mind.keys.get(str(kept["kid"]))
    if key is None or USE not in key.uses or (key.to_ms and now > key.to_ms):
        return False
    return float(str(kept["exp"])) * 1000 >= now and zid in mind.want.zones and speaks_to(key, zid, mind.want.zones)


def _items(mind: Mind, one: Emergency) -> list[PlanItem]:
    """Everything of an emergency that is still to be heard, in order, one behind the other from ``from_ms`` on."""
    occ = ALARM + one.id
    began = mind.begun_occ.get(occ, -1)
    heard = _heard(mind, occ, one.wording)
    at, found = one.from_ms, []
    for turn in range(one.repeats):
        for place, sound in enumerate(one.sounds):
            n = one.wording * WORDING + turn * ROUND + place
            name = f"{occ}-{one.wording}-{turn}-{place}"
            if turn == 0 and sound.clip in heard and name not in mind.kept.begun and name not in mind.kept.done:
                continue  # the former wording said it just now
            if n < began and name not in mind.kept.begun and name not in mind.kept.done:
                continue  # came after what follows it had begun: heard in the next round
            found.append(_item(mind, one, sound, name, n, at))
            at += sound.ms
        at += one.pause_ms
    return found


def rank(one: Emergency) -> int:
    """The graver level first, then the upper source, then the newest; two of one moment differ, so that neither breaks the other off for ever."""
    grave = SEVERITIES.index(one.level) * len(SOURCES) + SOURCES.index(one.source)
    age = SPAN_MS - min(max(one.from_ms - EPOCH_MS, 0), SPAN_MS)
    return (grave * (SPAN_MS + 1) + age) * TIES + zlib.crc32(one.id.encode()) % TIES


def _heard(mind: Mind, occ: str, wording: int) -> set[str]:
    """The clips that an earlier wording of it has begun."""
    said = {name for name in (*mind.kept.begun, *mind.kept.done) if name.startswith(occ + "-")}
    earlier = {name for name in said if _wording(name) < wording}
    return {found[0].clip for name, found in mind.items.items() if name in earlier}


def _wording(name: str) -> int:
    part = name.split("-")[2:3]
    return int(part[0]) if part and part[0].isdecimal() else 0


def _item(mind: Mind, one: Emergency, sound: Sound, name: str, n: int, at_ms: int) -> PlanItem:
    plain = PlanItem(
        name, ALARM + one.id, n, at_ms, sound.clip, sound.url, sound.bytes, sound.ms, one.until_ms, skip=sound.skip, gain_db=sound.gain_db,
        lang=sound.lang or one.lang, priority=DRILL if one.drill else EMERGENCY, title=one.title or one.text[:200], rank=rank(one), volume=one.volume,
        others=sound.others,
    )  # fmt: skip
    return plans.suited(mind, plain)


def _end_others(mind: Mind, live: set[str], items: set[str], now: float) -> None:
    """What no set holds any more is over: its sound at once, the rest of it unheard. A former wording that sounds is heard out."""
    over = "all clear, or taken back"
    ended = [voice for voice in mind.voices if is_alarm(voice.item) and voice.item.occ not in live]
    for voice in ended:
        voice.why, voice.final = over, True
    if ended:
        for voice in mind.voices:
            if voice not in ended:
                voice.why, voice.resume = voice.why or "an emergency ended", True
        mind.do(StopPlaying())
    placed = mind.placed()
    for name, (item, _, rev) in mind.items.items():
        begun = is_alarm(item) and name in mind.kept.begun and name not in placed
        if begun and name not in items and name not in mind.kept.done:
            telling.end_unheard(mind, item, rev, "preempted", now, over if item.occ not in live else "other words took its place")


def expire(mind: Mind, now: float) -> None:
    """What is over by itself (its own time, or that of the set's signature) ends: looked at when the moment comes."""
    if not mind.alarms:
        return
    ends = [float(one.until_ms) for one in mind.alarms.values()] + [float(kept["exp"]) * 1000 + 1 for kept in mind.kept.alerts.values()]
    if any(mind.alarms_looked_ms <= end <= now for end in ends):
        take_over(mind, now)
    mind.alarms_looked_ms = now
    for end in ends:
        if end > now:
            mind.wake(end)
