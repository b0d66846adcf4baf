"""What terminals say: births, heartbeats, receipts, requests. Heard at least once, written down once."""

from __future__ import annotations

import logging
import queue
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from broadcast.models import Dispatch, OutCommand, Receipt, ZonePlan
from broadcast.mqtt import Broker, Offline
from devices import presence
from devices.enrol import heard_pair_request
from devices.keys import StationKeys
from devices.models import Pairing, Terminal
from devices.want import want_of
from station.clock import Clock, to_ms
from station.clock import now as clock_now
from station.database import Database
from wire.messages import Ack, Answer, BadMessage, PairRequest, Receipts, Report, Request, State
from wire.topics import Address, BadTopic, Topics

log = logging.getLogger(__name__)

# Words waiting to be written down; a terminal repeats what was not acknowledged, so a full queue loses nothing.
WAITING_MAX = 20_000
BATCH = 500


class Inbox:
    """``heard`` takes words from the line's thread, ``take`` writes a batch of them down and answers afterwards.

    What time it is, is answered at once: a queue would be part of the answer's error.
    """

    def __init__(
        self, db: Database, broker: Broker, topics: Topics, keys: StationKeys, pairing_minutes: int = 10, clock: Clock = clock_now
    ) -> None:
        self.db, self.broker, self.topics, self.keys = db, broker, topics, keys
        self.pairing_minutes, self._clock = pairing_minutes, clock
        self.refused: Counter[str] = Counter()
        self._waiting: queue.Queue[tuple[str, bytes]] = queue.Queue(WAITING_MAX)
        self._again: list[tuple[str, bytes]] = []

    def heard(self, topic: str, payload: bytes) -> None:
        """From any thread; never blocks."""
        if topic.endswith("/up/req") and b'"op":"time"' in payload and self._tell_time(topic, payload):
            return
        try:
            self._waiting.put_nowait((topic, payload))
        except queue.Full:
            self.refused["inbox full"] += 1

    def _tell_time(self, topic: str, payload: bytes) -> bool:
        """When the question came and when the answer left, in milliseconds with fractions; False when it was no such question."""
        came_ms = self._clock().timestamp() * 1000
        try:
            address, request = self.topics.parse(topic), Request.from_json(payload)
        except (BadMessage, BadTopic):
            return False  # refused and counted with everything else
        if request.op != "time" or address.channel != "up/req":
            return False
        answer = Answer("time", request.id, t0_ms=request.t0_ms, t1_ms=came_ms, t2_ms=self._clock().timestamp() * 1000)
        try:
            self.broker.publish(self.topics.down(address.name, "rsp"), answer.to_json(), qos=0, retain=False)
        except Offline:
            log.info("offline: %s will ask for the time again", address.name)
        return True

    def take(self, now: datetime) -> bool:
        """One batch in one transaction, then the answers. Whether there was anything.

        One word that the database does not take (it was written to do harm) costs the others of its batch nothing.
        """
        words = self._again or self._words()
        if not words:
            return False
        self._again = words
        try:
            answers = self._write(words, now)
        except OperationalError:  # the database is away: the loop says so, and the words are kept until it is back
            raise
        except Exception as error:
            log.warning("a batch of %d words could not be written (%s): each is tried alone", len(words), type(error).__name__)
            answers = [answer for word in words for answer in self._write_alone(word, now)]
        self._again = []
        for did, answer in answers:
            self._answer(did, answer)
        return True

    def _write(self, words: Sequence[tuple[str, bytes]], now: datetime) -> list[tuple[str, Answer]]:
        answers: list[tuple[str, Answer]] = []
        with self.db.session() as session:
            desk = _Desk(session, now)
            for topic, payload in words:
                self._read(desk, topic, payload, answers)
            desk.flush()
        return answers

    def _write_alone(self, word: tuple[str, bytes], now: datetime) -> list[tuple[str, Answer]]:
        try:
            return self._write([word], now)
        except Exception as error:  # whatever it is, it came from outside
            self._refuse(f"cannot be written down: {type(error).__name__}", word[0])
            return []

    def _words(self) -> list[tuple[str, bytes]]:
        words: list[tuple[str, bytes]] = []
        while len(words) < BATCH:
            try:
                words.append(self._waiting.get_nowait())
            except queue.Empty:
                break
        return words

    def _answer(self, did: str, answer: Answer) -> None:
        """At most once: a terminal that gets no answer asks again."""
        try:
            self.broker.publish(self.topics.down(did, "rsp"), answer.to_json(), qos=1, retain=False)
        except Offline:
            log.info("offline: %s will ask again", did)

    def _read(self, desk: _Desk, topic: str, payload: bytes, answers: list[tuple[str, Answer]]) -> None:
        try:
            address = self.topics.parse(topic)
            if address.kind == "p":
                self._pairing(desk, address, payload)
            elif address.kind == "d" and payload:
                terminal = desk.terminal(address.name)
                if terminal is None:
                    self._refuse("unknown terminal", topic)
                else:
                    self._terminal(desk, terminal, address.channel, payload, answers)
        except (BadMessage, BadTopic) as error:
            self._refuse(f"bad message: {error}"[:120], topic)

    def _refuse(self, why: str, topic: str) -> None:
        """Counted always, logged the first time and then at every thousandth."""
        self.refused[why] += 1
        if self.refused[why] % 1000 == 1:
            log.warning("not understood on %s: %s (%d times)", topic[:128], why, self.refused[why])

    def _pairing(self, desk: _Desk, address: Address, payload: bytes) -> None:
        request = PairRequest.from_json(payload)
        if address.channel != "up" or request.nonce != address.name:
            raise BadMessage("nonce: not that of the topic")
        pairing = heard_pair_request(desk.session, request, desk.now, self.pairing_minutes)
        if pairing is None:
            self._refuse("pairing refused: bad key or too many at once", f"p/{address.name}")
        elif pairing.answer and pairing.answered_at is not None:
            # it still asks, so the answer was lost: send it again
            desk.session.execute(update(Pairing).where(Pairing.id == pairing.id).values(answered_at=None))

    def _terminal(self, desk: _Desk, terminal: Terminal, channel: str, payload: bytes, answers: list[tuple[str, Answer]]) -> None:
        match channel:
            case "up/state":
                presence.heard_state(terminal, State.from_json(payload), desk.now)
                return
            case "up/rep":
                presence.heard_report(terminal, Report.from_json(payload), desk.now)
                return
            case "up/rcpt":
                receipts = Receipts.from_json(payload)
                desk.receipts(terminal, receipts)
                answers.append((terminal.did, Answer("rcpt", seq=receipts.seq)))
            case "up/req":
                answers.append((terminal.did, self._request(desk, terminal, Request.from_json(payload))))
            case "up/ack":
                desk.acknowledged(terminal, Ack.from_json(payload))
        presence.heard_anything(terminal, desk.now)

    def _request(self, desk: _Desk, terminal: Terminal, request: Request) -> Answer:
        now_ms = float(to_ms(desk.now))
        if request.op == "time":
            return Answer("time", request.id, t0_ms=request.t0_ms, t1_ms=now_ms, t2_ms=now_ms)
        if request.op != "hello":
            raise BadMessage(f"op: {request.op[:40]!r} is neither hello nor time")
        return Answer("hello", request.id, stale=desk.stale(terminal, request))


class _Desk:
    """One batch being written down: terminals by did, receipts gathered for one insert."""

    def __init__(self, session: Session, now: datetime) -> None:
        self.session, self.now = session, now
        self._terminals: dict[str, Terminal | None] = {}
        self._rows: list[dict[str, Any]] = []
        self._planned: dict[str, tuple[int, dict[str, int]]] = {}

    def terminal(self, did: str) -> Terminal | None:
        if did not in self._terminals:
            self._terminals[did] = self.session.scalar(select(Terminal).where(Terminal.did == did, Terminal.state == "active"))
        return self._terminals[did]

    def receipts(self, terminal: Terminal, batch: Receipts) -> None:
        for each in batch.items:
            occurrence, planned_ms = self._plan_of(each.item)
            late = each.start_ms - planned_ms if planned_ms is not None and each.result == "started" and each.start_ms else None
            n = each.item.rsplit("-", 1)[-1]
            self._rows.append(
                {
                    "terminal_id": terminal.id, "occurrence_id": occurrence, "item": each.item[:64], "n": int(n) if n.isdecimal() and len(n) < 6 else 0,
                    "clip": each.clip[:64], "rev": min(max(each.rev, 0), 2**31 - 1), "result": each.result, "start_ms": each.start_ms,
                    "late_ms": late, "dur_ms": each.dur_ms, "volume": min(max(each.volume, 0), 1000), "clock_error_ms": each.clock_error_ms,
                    "detail": each.detail[:300].replace("\x00", ""), "received_at": self.now,
                }  # fmt: skip
            )

    def _plan_of(self, item: str) -> tuple[int | None, int | None]:
        """The occurrence an item belongs to and when it was planned to start (Unix ms); None for what we never planned."""
        parts = item.split("-")
        if len(parts) != 3 or not parts[0].isdecimal() or len(parts[0]) > 9:
            return None, None
        key = f"{parts[0]}-{parts[1]}"
        if key not in self._planned:
            row = self.session.execute(
                select(Dispatch.occurrence_id, Dispatch.items).where(Dispatch.occurrence_id == int(parts[0]), Dispatch.dialect == parts[1])
            ).first()
            self._planned[key] = (row.occurrence_id, {each["id"]: each["at_ms"] for each in row.items}) if row else (0, {})
        occurrence, times = self._planned[key]
        return occurrence or None, times.get(item)

    def acknowledged(self, terminal: Terminal, ack: Ack) -> None:
        self.session.execute(
            update(OutCommand).where(OutCommand.id == ack.id, OutCommand.aud == terminal.did, OutCommand.acked_at.is_(None))
            .values(acked_at=self.now, result=ack.result[:16], detail=ack.detail[:300])
        )  # fmt: skip

    def stale(self, terminal: Terminal, request: Request) -> int:
        """How much of what the terminal holds is older than what we have; that is sent again."""
        found = 0
        want = want_of(self.session, terminal, ())
        if request.want_rev < terminal.want_rev:
            terminal.want_sent_rev = 0
            found += 1
        rows = self.session.scalars(select(ZonePlan).where(ZonePlan.zid.in_(want.zones)))
        for row in rows:
            if request.revs.get(row.zid, 0) < row.sent_rev:
                row.sent_rev = min(row.sent_rev, row.rev - 1)
                found += 1
        return found

    def flush(self) -> None:
        """The receipts of the batch in one statement; those already there stay as they are."""
        if not self._rows:
            return
        table = cast(Table, Receipt.__table__)
        dialect = sqlite if self.session.get_bind().dialect.name == "sqlite" else postgresql
        for part in _parts(self._rows, 1000):
            self.session.execute(dialect.insert(table).on_conflict_do_nothing(), list(part))


def _parts(rows: Sequence[dict[str, Any]], size: int) -> list[Sequence[dict[str, Any]]]:
    return [rows[start : start + size] for start in range(0, len(rows), size)]
