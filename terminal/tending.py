"""Tending what is planned: fetch it, say that it is stored, decode it before its time, give it up when its time is over."""

from __future__ import annotations

import zlib

from terminal import loudness, telling
from terminal.actions import Fetch, KeepClips, Prepare, Tell
from terminal.blocks import LINE
from terminal.mind import PREPARE_MS, Clip, Mind
from terminal.programme import EMERGENCY, is_talk, repeated
from wire.messages import PlanItem

# Notices and what is more important are decoded as soon as they are here, when they are short: a change of plan may want them at once.
URGENT, SHORT_MS, EARLY_MS = 4, 120_000, 3_600_000
# Decoding begins PREPARE_MS and this part of its length before a clip's time: a machine that decodes four times as fast as it plays is never late.
DECODE_PART = 0.25
# What could not be decoded for want of room is tried again after this long.
PREPARE_AGAIN_MS = 5_000
FETCH_FIRST_MS, FETCH_MOST_MS = 1_000, 60_000
SPREAD_MOST_MS, SPREAD_END_MS = 6 * 3600 * 1000, 30 * 60 * 1000


def tend(mind: Mind, now: float) -> None:
    """Fetch, decode, report what is stored, and give up what is over: when something changed, or its time has come."""
    if mind.dirty or now >= mind.tend_ms:
        mind.tend_ms = now + 3_600_000
        _look_through(mind, now)
        mind.dirty = False
    mind.wake(mind.tend_ms)


def _look_through(mind: Mind, now: float) -> None:
    for item, _, rev in mind.open_items():
        if item.id not in mind.kept.begun and (gone := _gone(mind, item, now)):
            telling.end_unheard(mind, item, rev, gone[0], now, gone[1])
    waiting = mind.open_items()
    # said before anything is fetched: nothing that is planned is evicted for it
    _keep_clips(mind, {item.clip for item, _, _ in waiting})
    for held in mind.phrases.values():  # before any programme: nobody knows when they are wanted
        for phrase in held.phrases:
            _fetch(mind, phrase.clip, held.base, phrase.url, phrase.bytes, now)
    for item, zid, rev in waiting:
        _bring(mind, item, zid, rev, now)
        mind.tend_ms = min(mind.tend_ms, mind.until(item) + 1)
    for plan in mind.fills.values():
        for each in plan.fill:
            _fetch(mind, each.clip, plan.base, each.url, each.bytes, now)


def _keep_clips(mind: Mind, clips: set[str]) -> None:
    clips |= {voice.item.clip for voice in mind.voices}
    clips |= {each.clip for plan in mind.fills.values() for each in plan.fill}
    clips |= {each.clip for plan in mind.phrases.values() for each in plan.phrases}
    clips |= {mind.update[1].sha} if mind.update else set()
    if clips != mind.planned_clips:
        mind.planned_clips = frozenset(clips)
        mind.do(KeepClips(mind.planned_clips))
        mind.clips = {sha: clip for sha, clip in mind.clips.items() if sha in clips or clip.state == "fetching"}


def _gone(mind: Mind, item: PlanItem, now: float) -> tuple[str, str] | None:
    """Result and reason when this item can no longer sound."""
    clip = mind.clips.get(item.clip, Clip())
    if clip.ready == "no":
        return "failed", clip.reason
    if now >= mind.until(item):
        # as it was at the end of its window, however long the power was gone since
        why = loudness.why_quiet(mind, mind.until(item) - 1) if item.priority != EMERGENCY else ""
        if why:
            return "missed", why
        if clip.ready == "asked":
            return "failed", "not decoded in time: this machine is too slow for it"
        if clip.reason:
            return "failed", f"the clip never came: {clip.reason}"
        return "missed", "its time was over" if clip.state == "stored" else "its time was over before the clip was here"
    if mind.begun_occ.get(item.occ, -1) > item.n:
        return "failed", f"came too late: {clip.reason or 'a later item of this programme had begun'}"
    return None


def _bring(mind: Mind, item: PlanItem, zid: str, rev: int, now: float) -> None:
    """One step nearer to being heard: fetch, say that it is stored, decode when its time is near. Of a live talk there is nothing to bring."""
    if is_talk(item):
        return
    due = mind.due_ms(item)
    clip = mind.clips.get(item.clip) or mind.clips.setdefault(item.clip, Clip(again_ms=now + _spread(mind, due - now)))
    if clip.state == "wanted":
        _fetch(mind, item.clip, mind.bases.get(zid, ()), item.url, item.bytes, now)
    if clip.state != "stored":
        return
    if item.id not in mind.kept.stored and not repeated(item):
        telling.receipt(mind, item, rev, "stored", now)
    prepare_ms = due - (EARLY_MS if item.priority <= URGENT and item.ms <= SHORT_MS else PREPARE_MS + DECODE_PART * item.ms)
    if clip.ready == "later":
        mind.tend_ms = min(mind.tend_ms, clip.again_ms)
        clip.ready = "" if clip.again_ms <= now else "later"
    if not clip.ready and prepare_ms <= now:
        clip.ready, clip.asked_ms = "asked", now
        mind.do(Prepare(item.clip))
    elif not clip.ready:
        mind.tend_ms = min(mind.tend_ms, prepare_ms)


def _spread(mind: Mind, ahead_ms: float) -> float:
    """Milliseconds to wait before fetching what is needed in ``ahead_ms``: a province does not ask for a file in one second."""
    room = min(SPREAD_MOST_MS, (ahead_ms - SPREAD_END_MS) / 2)
    return room * (zlib.crc32(mind.did.encode()) % 4096) / 4096 if room > 0 else 0.0


def _fetch(mind: Mind, sha: str, bases: tuple[str, ...], url: str, size: int, now: float) -> None:
    clip = mind.clips.get(sha) or mind.clips.setdefault(sha, Clip())
    if clip.state == "wanted":
        if clip.again_ms <= now:
            clip.state = "fetching"
            mind.do(Fetch(sha, urls(mind, bases, url), size))
        else:
            mind.tend_ms = min(mind.tend_ms, clip.again_ms)


def urls(mind: Mind, bases: tuple[str, ...], url: str) -> tuple[str, ...]:
    """Where a file may be had: the neighbours first, the line itself last."""
    if url.startswith(("http://", "https://")):
        return (url,)
    every = dict.fromkeys((*mind.want.lan, *bases, *mind.want.base, *mind.credentials.base))
    http = tuple(base.rstrip("/") + "/" + url.lstrip("/") for base in every if base.startswith(("http://", "https://")))
    return (*http, LINE) if LINE in every else http


def wait_ms(tries: int) -> int:
    """How long after so many failures a download is tried again: doubling, up to a minute."""
    return min(FETCH_MOST_MS, FETCH_FIRST_MS << min(10, tries - 1))


def fetched(mind: Mind, sha: str, ok: bool, reason: str, now: float) -> None:
    """A download ended; what did not come is asked for again, later each time."""
    clip = mind.clips.setdefault(sha, Clip())
    mind.dirty = True
    if ok:
        clip.state, clip.reason, clip.tries = "stored", "", 0
    else:
        clip.state, clip.reason, clip.tries = "wanted", reason, clip.tries + 1
        clip.again_ms = now + wait_ms(clip.tries)
        mind.do(Tell("fetch failed", {"clip": sha, "reason": reason}))


def prepared(mind: Mind, sha: str, ok: bool, reason: str) -> None:
    """A clip is decoded, or cannot be."""
    clip = mind.clips.setdefault(sha, Clip(state="stored"))
    mind.dirty = True
    clip.ready, clip.reason = ("yes", "") if ok else ("no", reason)
    before, mind.undecodable = mind.undecodable, "" if ok else reason[:200]
    mind.talk.report_due = mind.talk.report_due or before != mind.undecodable


def not_prepared(mind: Mind, sha: str, reason: str, now: float) -> None:
    """For want of room, not for anything wrong with the clip: tried again while its time lasts."""
    clip = mind.clips.setdefault(sha, Clip(state="stored"))
    clip.ready, clip.reason, clip.again_ms = "later", reason, now + PREPARE_AGAIN_MS
    mind.dirty = True
    mind.do(Tell("not prepared", {"clip": sha, "reason": reason}))


def lost(mind: Mind, sha: str, reason: str) -> None:
    """A clip that was stored is stored no more: it is fetched again at once."""
    mind.clips[sha] = Clip(reason=reason)
    mind.dirty = True
