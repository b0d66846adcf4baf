"""What a terminal believes on the alert topic, and from whom: every check of a set of emergencies, the cheap ones first."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from wire.messages import SEVERITIES, SOURCES, Alert, BadMessage, Emergency, Key, Sound
from wire.signing import CLOCK_SLACK_S, BadSignature, speaks_to, verify
from wire.topics import LEVEL

USE = "alert"
# A set is signed for so long; the station signs it anew before that.
TTL_S = 24 * 3600
MOST_EMERGENCIES, MOST_SOUNDS, MOST_REPEATS, MOST_PAUSE_MS = 32, 8, 50, 60_000
SHA256 = re.compile(r"[0-9a-f]{64}\Z")


@dataclass(frozen=True, slots=True)
class Believed:
    """A set of emergencies that somebody entitled has signed: who, and until when (Unix seconds) it may be acted on."""

    alert: Alert
    kid: str
    exp: int
    raw: bytes


def believe(message: bytes, keys: Mapping[str, Key], *, zid: str, zones: Sequence[str], now_s: float, held: int) -> Believed | None:
    """The set for zone ``zid`` of a terminal that follows ``zones``; None for the very set it holds (``held`` is that one's rev).

    Raises BadSignature or BadMessage, naming what does not hold: no alert key, a key of another branch, a source above the key's level, a rev
    that was seen or that lies ahead of the clock (whoever steals a key shall not be able to lock the station out for long), values out of range.
    """
    found = verify(message, keys, typ=Alert.typ, auds={zid}, now_s=now_s, use=USE, after_seq=held - 1)
    key = keys[found.kid]
    if not speaks_to(key, zid, zones):
        raise BadSignature(f"key {key.kid} may speak to {', '.join(key.zones)[:80]}, not to {zid}")
    if found.exp > now_s + TTL_S + CLOCK_SLACK_S:
        raise BadSignature(f"signed for longer than {TTL_S // 3600} hours")
    if found.seq > (now_s + CLOCK_SLACK_S) * 1000:
        raise BadSignature(f"number {found.seq} lies ahead of the clock")
    if found.seq == held:
        return None
    alert = read(found.payload)
    if alert.rev != found.seq or alert.zid != zid:
        raise BadMessage(f"rev {alert.rev} of zone {alert.zid[:40]!r} inside, {found.seq} of {zid!r} signed")
    check(alert)
    for each in alert.emergencies:
        if key.level and SOURCES.index(each.source) < SOURCES.index(key.level):
            raise BadSignature(f"key {key.kid} may not speak as {each.source}: it is of a {key.level}")
    return Believed(alert, found.kid, found.exp, found.payload)


@lru_cache(maxsize=32)
def read(payload: bytes) -> Alert:
    """A set of emergencies: read when it comes, looked at again with every change of what is kept, the same bytes once. Raises BadMessage."""
    return Alert.from_json(payload)


def check(alert: Alert) -> None:
    """BadMessage for values that no terminal can act on."""
    if len(alert.emergencies) > MOST_EMERGENCIES:
        raise BadMessage(f"emergencies: {len(alert.emergencies)}, more than the {MOST_EMERGENCIES} allowed")
    if len({each.id for each in alert.emergencies}) != len(alert.emergencies):
        raise BadMessage("emergencies: one id twice")
    for each in alert.emergencies:
        _check_emergency(each)


def _check_emergency(one: Emergency) -> None:
    where = f"emergency {one.id[:40]!r}"
    if not LEVEL.match(one.id) or one.level not in SEVERITIES or one.source not in SOURCES:
        raise BadMessage(f"{where}: id, level or source is none of ours")
    if not 0 < one.from_ms < one.until_ms or not 1 <= one.repeats <= MOST_REPEATS or not 0 <= one.pause_ms <= MOST_PAUSE_MS:
        raise BadMessage(f"{where}: from_ms, until_ms, repeats or pause_ms out of range")
    if one.wording < 1 or not -1 <= one.volume <= 100 or len(one.sounds) > MOST_SOUNDS:
        raise BadMessage(f"{where}: wording, volume or sounds out of range")
    for sound in one.sounds:
        check_sound(sound, where)


def check_sound(sound: Sound, where: str) -> None:
    """BadMessage for a sound that cannot be fetched and played."""
    files = [(sound.clip, sound.bytes, sound.skip), *((each.clip, each.bytes, each.skip) for each in sound.others)]
    if any(not SHA256.match(sha) or size <= 0 or skip < 0 for sha, size, skip in files):
        raise BadMessage(f"{where}: a clip, its bytes or skip out of range")
    if not 0 < sound.ms <= 3_600_000 or not -60.0 <= sound.gain_db <= 20.0:
        raise BadMessage(f"{where}: ms or gain_db out of range")
