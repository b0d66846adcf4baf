"""A province in the register, 277,000 terminals in 37,000 villages: what its pages cost, and how fast receipts are written down, on SQLite and on PostgreSQL.

The pages are asked for by a process of their own, one after the other, warm, as somebody who may see everything; server time is by the wall clock,
beside it the process's own processor time. A programme for the whole province was planned, and every terminal has a receipt of it.
The receipts are handed to the station's inbox as they come from the line, twenty of a terminal a message, so that nothing but reading and writing counts.
"""

from __future__ import annotations

import os
import resource
import statistics
import sys
import time
from contextlib import nullcontext
from datetime import timedelta

from sqlalchemy import case, func, insert, literal, select, update
from sqlalchemy.orm import Session

from admin.fleet import LoopbackStation, loopback
from bench._postgres import binaries, own_server
from bench.figures import Figure
from bench.fleet import Taken, Visitor, _load
from broadcast.inbox import Inbox
from broadcast.models import Dispatch, Receipt
from devices.models import Terminal
from station import clock
from station.models import Area
from wire.messages import Receipt as Row
from wire.messages import Receipts

TERMINALS, VILLAGES, PLAYS, REPORTING, ROUNDS = 277_000, 37_000, 20, 3_000, 5
PAGE_MS, MEMORY_MB, RECEIPTS_PER_S = 200.0, 500.0, 3_000.0


def main() -> list[Figure]:
    small = bool(os.environ.pop("XIANGYIN_BENCH_SMALL", ""))
    named, url = int(os.environ.pop("XIANGYIN_BENCH_TERMINALS", 0)), os.environ.pop("XIANGYIN_BENCH_DATABASE", "")
    os.environ.pop("XIANGYIN_TEST_DATA", None)
    terminals = named or (2_000 if small else TERMINALS)
    taken = Taken()
    if not url:
        _measure(taken, terminals, "")
        installed = binaries()
        if installed is None:
            taken.figures.append(Figure("the same on PostgreSQL", "not measured: PostgreSQL is not installed", good=False))
            return taken.figures
    with nullcontext(url) if url or installed is None else own_server(installed) as address:
        _measure(taken, terminals, address)
    return taken.figures


def _measure(taken: Taken, terminals: int, url: str) -> None:
    with loopback("mosquitto", url) as station:
        kind = station.db.engine.dialect.name
        began = time.monotonic()
        occurrence = settle(station, terminals)
        print(f"    {kind}: {terminals} terminals and their receipts made in {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
        taken.take(f"pages on {kind}", lambda: _pages(station, occurrence, terminals, kind))
        taken.take(f"receipts into {kind}", lambda: _receipts(station, kind))
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    taken.figures.append(Figure(f"memory of the process with the inbox, {kind}", f"{most:.0f} MB at most", "what made the register lay in it too", "", f"<= {MEMORY_MB:.0f} MB", None))


def settle(station: LoopbackStation, terminals: int) -> int:
    """The register, nine of ten online, a programme for everybody an hour ago, and everybody's receipt of it; its occurrence."""
    station.settle(terminals, max(1, terminals * VILLAGES // TERMINALS), papers=False)
    now = clock.now()
    station.schedule([now + timedelta(minutes=5)])
    station.plan_everything()
    with station.db.session() as session:
        online = case((Terminal.id % 10 == 0, "lost"), else_="online")
        session.execute(update(Terminal).values(presence=online, last_seen_at=now, want_sent_rev=Terminal.want_rev))
        sent = session.scalars(select(Dispatch).order_by(Dispatch.id)).first()
        assert sent is not None and sent.items
        item = sent.items[0]
        columns = ("terminal_id", "occurrence_id", "item", "n", "clip", "rev", "result", "start_ms", "late_ms", "dur_ms", "volume", "clock_error_ms", "detail", "received_at")
        told = select(
            Terminal.id, literal(sent.occurrence_id), literal(item["id"]), literal(0), literal("0" * 64), literal(1), literal("finished"), literal(float(item["at_ms"])), literal(1.0),
            literal(2000.0), literal(70), literal(1.0), literal(""), literal(now, type_=Receipt.received_at.type),
        ).where(Terminal.id % 20 != 0)  # fmt: skip
        session.execute(insert(Receipt).from_select(columns, told))
        _analyse(session)
        return sent.occurrence_id


def _analyse(session: Session) -> None:
    """What a database that has run for a day knows about its tables."""
    session.connection().exec_driver_sql("ANALYZE")


def _pages(station: LoopbackStation, occurrence: int, terminals: int, kind: str) -> list[Figure]:
    with station.db.reading() as session:
        county, village = (session.scalars(select(Area.id).where(Area.level == level).order_by(Area.id).offset(3)).first() or 1 for level in ("county", "village"))
        terminal = session.scalar(select(func.max(Terminal.id)))
    paths = (
        "/", "/devices", f"/devices?area={county}", f"/devices?area={village}", "/devices?state=lost", "/devices?name=喇叭27", f"/devices/{terminal}", "/devices/places",
        f"/devices/places?area={county}", "/wall", "/areas", "/week", f"/week?area={village}", "/heard", f"/heard/{occurrence}", "/heard/programmes", f"/areas/{village}/hours",
    )  # fmt: skip
    with Visitor(station, paths, ROUNDS) as visitor:
        visitor.begin()
        found = visitor.end(600)
    middle = {path: statistics.median(times) for path, times in found.took_ms.items()}
    for path in sorted(middle, key=middle.__getitem__, reverse=True):
        print(f"    {middle[path]:7.0f} ms ({statistics.median(found.cpu_ms[path]):.0f} of the processor) {path}", file=sys.stderr, flush=True)
    slowest = max(middle, key=middle.__getitem__)
    spent = statistics.median(found.cpu_ms[slowest])
    return [
        Figure(f"slowest of {len(paths)} pages at {terminals} terminals, {kind}, median of {ROUNDS}", f"{middle[slowest]:.0f} ms", f"{slowest}, {spent:.0f} ms of the processor; {_load()}", "", f"<= {PAGE_MS:.0f} ms", middle[slowest] <= PAGE_MS),
        Figure(f"memory of the process with the pages, {kind}", f"{found.most_mb:.0f} MB at most", "", "", f"<= {MEMORY_MB:.0f} MB", found.most_mb <= MEMORY_MB),
    ]  # fmt: skip


class _Silent:
    """A line that takes everything."""

    connected = True

    def publish(self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False) -> _Silent:
        return self

    def wait(self, timeout: float) -> bool:
        return True


def _receipts(station: LoopbackStation, kind: str) -> list[Figure]:
    with station.db.reading() as session:
        dids = session.scalars(select(Terminal.did).order_by(Terminal.id).limit(REPORTING)).all()
    inbox = Inbox(station.db, _Silent(), station.topics, station.keys)
    expected = len(dids) * PLAYS
    at = clock.to_ms(clock.now())
    for did in dids:
        rows = tuple(Row(f"bench-{n}", "0" * 64, 1, at - 60_000 * n, 2000.0, "finished", 70, 1.0) for n in range(PLAYS))
        inbox.heard(station.topics.up(did, "rcpt"), Receipts(1, rows).to_json())
    began, spent = time.monotonic(), time.process_time()
    while inbox.take(clock.now()):
        continue
    seconds, own = time.monotonic() - began, time.process_time() - spent
    with station.db.reading() as session:
        stored = session.scalar(select(func.count()).where(Receipt.item.like("bench-%"))) or 0
    rate = stored / seconds
    return [
        Figure(f"receipts written down, {len(dids)} terminals x {PLAYS} plays, {kind}", f"{rate:.0f}/s", f"{stored} of {expected} in {seconds:.1f} s, {own:.1f} s of our processor; {_load()}", "", f">= {RECEIPTS_PER_S:.0f}/s", stored == expected and rate >= RECEIPTS_PER_S),
    ]  # fmt: skip
