"""Telling: receipts in numbered batches until they are acknowledged, greeting, heartbeat, report, and what became of commands
until the station has it."""

from __future__ import annotations

import zlib
from typing import Any

from terminal import loudness
from terminal.actions import Publish, Tell
from terminal.mind import Clip, Mind
from wire.messages import Ack, PlanItem, Receipt, Receipts, Report, Request, State

BATCH_ROWS, BATCH_WAIT_MS, BATCH_RETRY_MS = 100, 200, 10_000
HELLO_MOST_MS = 60_000
# An answer to a command is said again after this long, twice as long each time.
ANSWER_FIRST_MS, ANSWER_MOST_MS, ZONE_JITTER_MS = 10_000, 600_000, 2_000


def own_up(mind: Mind, row: Receipt, begun: dict[str, Any], result: str, heard_ms: float, why: str) -> None:
    """The last receipt of an item that had begun before this program started."""
    last = Receipt(row.item, row.clip, row.rev, row.start_ms, heard_ms, result, row.volume, round(mind.clock_error_ms, 3), why[:200])
    mind.keep({"do": "receipt", "row": last.to_row(), "until": int(begun["until"])})
    mind.do(Tell(result, {"item": row.item, "detail": why}))


def end_unheard(mind: Mind, item: PlanItem, rev: int, result: str, now: float, detail: str) -> None:
    """The last receipt of an item that does not sound now; what was heard of it before an interruption is told."""
    begun = mind.kept.begun.get(item.id)
    start, heard = (begun["row"][3], max(0.0, begun["paused"])) if begun else (0.0, 0.0)
    receipt(mind, item, rev, result, now, start_ms=start, dur_ms=heard, detail=detail)


def receipt(
    mind: Mind, item: PlanItem, rev: int, result: str, now: float, *, start_ms: float = 0.0, dur_ms: float = 0.0, detail: str = "",
) -> None:
    """One more thing that happened to an item: written down, and told when the line allows."""
    made = Receipt(
        item.id, item.clip, rev, round(start_ms, 3), round(dur_ms, 3), result, loudness.level(mind, item), round(mind.clock_error_ms, 3), detail[:200],
    )  # fmt: skip
    mind.keep({"do": "receipt", "row": made.to_row(), "until": item.expires_ms})
    if mind.talk.oldest_ms is None:
        mind.talk.oldest_ms = now
    facts: dict[str, Any] = {"item": item.id, "title": item.title, "at_ms": item.at_ms, "start_ms": made.start_ms}
    mind.do(Tell(result, {**facts, "dur_ms": made.dur_ms, "detail": detail}))


def send(mind: Mind, now: float) -> None:
    """Whatever is due to be said now."""
    if mind.talk.hello_ms is not None and now >= mind.talk.hello_ms:
        mind.talk.hello_wait_ms = min(HELLO_MOST_MS, mind.talk.hello_wait_ms * 2)
        say_hello(mind, now)
    if mind.talk.hello_ms is not None:
        mind.wake(mind.talk.hello_ms)
    _send_batch(mind, now)
    _send_answers(mind, now)
    if mind.talk.report_due or now >= mind.talk.report_ms:
        _send_report(mind, now)
    elif now >= mind.talk.beat_ms:
        mind.talk.beat_ms = now + max(5, mind.want.heartbeat_s) * 1000
        state = State("on", mind.boot, mind.kept.conn, int(now))
        mind.do(Publish(mind.topics.up(mind.did, "state"), state.to_json(), qos=0))
    mind.wake(min(mind.talk.report_ms, mind.talk.beat_ms))


def say_hello(mind: Mind, now: float) -> None:
    """Greets the station with what is held here; it answers with what is newer."""
    if not mind.connected:
        return
    mind.talk.asked += 1
    hello = Request(
        "hello", f"{mind.boot}-{mind.talk.asked}", dict(mind.kept.plan_revs), mind.kept.want_rev, mind.kept.keys_seq, mind.boot,
        alerts={zid: each["rev"] for zid, each in mind.kept.alerts.items() if zid in mind.want.zones},
    )  # fmt: skip
    mind.do(Publish(mind.topics.up(mind.did, "req"), hello.to_json()))
    # Spread by the terminal's name: a thousand of them come back together after a power cut of the station.
    mind.talk.hello_ms = now + mind.talk.hello_wait_ms * (1 + zlib.crc32(mind.did.encode()) % 256 / 512)


def _send_batch(mind: Mind, now: float) -> None:
    kept = mind.kept
    if not kept.batch and kept.pending:
        ripe = (mind.talk.oldest_ms or 0.0) + BATCH_WAIT_MS
        if now < ripe and len(kept.pending) < BATCH_ROWS:
            mind.wake(ripe)
            return
        mind.keep({"do": "batch", "seq": kept.batch_seq + 1, "n": BATCH_ROWS})
        mind.talk.oldest_ms, mind.talk.batch_ms = now if kept.pending else None, None
    if not kept.batch:
        return
    if mind.talk.batch_ms is None or now >= mind.talk.batch_ms:
        rows = tuple(Receipt.from_row(row) for row in kept.batch)
        mind.do(Publish(mind.topics.up(mind.did, "rcpt"), Receipts(kept.batch_seq, rows).to_json()))
        mind.talk.batch_ms = now + BATCH_RETRY_MS
    mind.wake(mind.talk.batch_ms)


def _send_report(mind: Mind, now: float) -> None:
    mind.talk.report_due, mind.talk.report_ms = False, now + max(60, mind.want.status_s) * 1000
    mind.talk.beat_ms = now + max(5, mind.want.heartbeat_s) * 1000
    faults = _faults(mind)
    shas = {item.clip for item, _, _ in mind.open_items()} | {each.clip for plan in mind.phrases.values() for each in plan.phrases}
    report = Report(
        version=mind.capabilities.version, model=mind.capabilities.model, capabilities=mind.can,
        zones=mind.want.zones, revs=dict(mind.kept.plan_revs), volume=mind.volume,
        stored=sum(1 for sha in shas if mind.clips.get(sha, Clip()).state == "stored"), wanted=len(shas),
        free_bytes=mind.machine.free_bytes, faults=tuple(sorted(faults.values())),
        clock_error_ms=round(mind.clock_error_ms, 3), playing=mind.sounding[0].item.id if mind.sounding else "", at_ms=int(now),
        refused=mind.refused, trouble=faults, selftest_ms=int(mind.selftest.outcome[0]), selftest=mind.selftest.outcome[1], serves=mind.machine.serves,
        muted=mind.kept.muted,
    )  # fmt: skip
    mind.do(Publish(mind.topics.up(mind.did, "rep"), report.to_json(), retain=True))


def _faults(mind: Mind) -> dict[str, str]:
    """Everything that is wrong with this terminal now, by code."""
    faults = dict(mind.machine.faults)
    if mind.undecodable:
        faults["decode"] = f"decode: {mind.undecodable}"
    if mind.selftest.outcome[1] not in ("", "ok"):
        faults["selftest"] = f"selftest: {mind.selftest.outcome[1]}"
    if mind.silenced:
        faults["silenced"] = mind.silenced
    return faults


def acknowledge(mind: Mind, name: str, result: str, detail: str, now: float) -> None:
    """What became of a command: written down, and said until the station has it. A whole zone does not answer in one moment."""
    jitter = zlib.crc32(mind.did.encode()) % ZONE_JITTER_MS if mind.kept.owing.get(name) else 0
    mind.under_way.discard(name)
    mind.keep({"do": "answer", "id": name, "result": result, "detail": detail, "at": float(now)})
    mind.talk.answers[name] = (now + jitter, float(ANSWER_FIRST_MS))
    mind.do(Tell("command", {"id": name, "result": result, "detail": detail}))


def _send_answers(mind: Mind, now: float) -> None:
    for name, (result, detail, at) in mind.kept.answers.items():
        due, wait = mind.talk.answers.get(name, (now, float(ANSWER_FIRST_MS)))
        if now >= due:
            mind.do(Publish(mind.topics.up(mind.did, "ack"), Ack(name, result, detail, at).to_json()))
            due, wait = now + wait, min(float(ANSWER_MOST_MS), wait * 2)
        mind.talk.answers[name] = (due, wait)
        mind.wake(due)
