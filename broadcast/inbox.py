"""What terminals say: births, heartbeats, receipts, requests. Heard at least once, written down once."""

from __future__ import annotations

import logging
import queue
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, TypeVar, cast

from sqlalchemy import Insert, Table, bindparam, func, select, update
from sqlalchemy import cast as cast_sql
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session

from broadcast.logs import Logs
from broadcast.models import Dispatch, Emergency, OutCommand, Receipt, ZoneAlert, ZonePlan
from broadcast.mqtt import Broker, Offline
from devices import presence, wanted
from devices.enrol import heard_pair_request
from devices.keys import StationKeys
from devices.models import Pairing, Terminal
from devices.want import Around, around
from station.clock import Clock, to_ms
from station.clock import now as clock_now
from station.database import Database
from wire.live import ID as LIVE_ID
from wire.messages import Ack, Answer, BadMessage, PairRequest, Receipts, Report, Request, State
from wire.topics import Address, BadTopic, Topics

log = logging.getLogger(__name__)

# Words waiting to be written down; a terminal repeats what was not acknowledged, so a full queue loses nothing.
# Ten thousand that come back together say three words each.
WAITING_MAX = 60_000
BATCH = 500
# A batch costs as much as a dozen words, so it waits so long (seconds) for more of them.
GATHER_S = 0.1
# A manifest that a returning terminal lacks is sent to its zone again at most so often.
AGAIN = timedelta(seconds=5)
# The key set lies with the broker for whoever comes; said again it goes to everybody, so not for each of ten thousand who greet us.
KEYS_AGAIN = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Word:
    """One message as it came. ``retained``: the broker had kept it, so it is no sign of life."""

    topic: str
    payload: bytes
    retained: bool


class Inbox:
    """``heard`` takes words from the line's thread, ``take`` writes a batch of them down and answers afterwards.

    What time it is, is answered at once: a queue would be part of the answer's error.
    """

    def __init__(
        self, db: Database, broker: Broker, topics: Topics, keys: StationKeys, pairing_minutes: int = 10, clock: Clock = clock_now,
        logs: Logs | None = None,
    ) -> None:  # fmt: skip
        self.db, self.broker, self.topics, self.keys = db, broker, topics, keys
        self.pairing_minutes, self.clock = pairing_minutes, clock
        self.logs = logs
        self.refused: Counter[str] = Counter()
        self._waiting: queue.Queue[Word] = queue.Queue(WAITING_MAX)
        self._batch: list[Word] = []
        self._rest = threading.Event()
        self._keys_wanted, self._keys_said_at = False, datetime.min.replace(tzinfo=UTC)

    @property
    def waiting(self) -> int:
        """Words that are not written down yet."""
        return self._waiting.qsize() + len(self._batch)

    def idle(self) -> bool:
        """Whether there is nothing to do until ``heard``: no word waits, and nobody waits for the key set."""
        return not (self.waiting or self._keys_wanted)

    def heard(self, topic: str, payload: bytes, retained: bool = False) -> None:
        """From any thread; never blocks."""
        if topic.endswith("/up/req") and b'"time"' in payload and self._tell_time(topic, payload):
            return
        try:
            self._waiting.put_nowait(Word(topic, payload, retained))
        except queue.Full:
            self._refuse("inbox full", topic, "more arrives than can be written down")

    def _tell_time(self, topic: str, payload: bytes) -> bool:
        """When the question came and when the answer left, in milliseconds with fractions; False when it was no such question."""
        came_ms = self.clock().timestamp() * 1000
        try:
            address, request = self.topics.parse(topic), Request.from_json(payload)
        except (BadMessage, BadTopic):
            return False  # refused and counted with everything else
        if request.op != "time" or address.channel != "up/req":
            return False
        answer = Answer("time", request.id, t0_ms=request.t0_ms, t1_ms=came_ms, t2_ms=self.clock().timestamp() * 1000)
        try:
            self.broker.publish(self.topics.down(address.name, "rsp"), answer.to_json(), qos=0, retain=False)
        except Offline:
            log.info("offline: %s will ask for the time again", address.name)
        return True

    def take(self, now: datetime) -> bool:
        """One batch in one transaction, then the answers. Whether there was anything.

        When the database cannot be reached nothing is forgotten: the batch is kept for the next turn. A word that cannot be written
        down whatever we do is dropped and counted, alone.
        """
        self._say_keys(now)
        self._batch = self._batch or self._words()
        if not self._batch:
            return False
        try:
            self._write(self._batch, now)
        except (OperationalError, InterfaceError):
            raise
        except Exception:  # one of the batch: these are strangers' words
            for word in self._batch:
                self._write_alone(word, now)
        self._batch = []
        return True

    def gather(self, now: datetime) -> bool:
        """``take``, after a moment in which more may come: for a thread that does nothing else."""
        if 0 < self.waiting < BATCH:
            self._rest.wait(GATHER_S)
        return self.take(now)

    def _write(self, words: list[Word], now: datetime) -> None:
        answers: list[tuple[str, Answer]] = []
        with self.db.session() as session:
            desk = _Desk(session, now, self.keys.seq)
            desk.look_up(self._senders(words))
            for word in _newest(words):
                self._read(desk, word, answers)
            desk.flush()
        self._keys_wanted = self._keys_wanted or desk.keys_wanted
        self._say_keys(now)
        for did, answer in answers:
            self._answer(did, answer)

    def _say_keys(self, now: datetime) -> None:
        if self._keys_wanted and now >= self._keys_said_at + KEYS_AGAIN:
            self._keys_wanted, self._keys_said_at = False, now
            self._send(self.topics.keys(), self.keys.key_set(now), retain=True)

    def _senders(self, words: Sequence[Word]) -> dict[str, bool]:
        """The terminals of a batch; True where one of them greets us."""
        found: dict[str, bool] = {}
        for word in words:
            parts = word.topic.split("/", 4)
            if len(parts) == 5 and parts[2] == "d":
                found[parts[3]] = found.get(parts[3], False) or parts[4] == "up/req"
        return found

    def _write_alone(self, word: Word, now: datetime) -> None:
        try:
            self._write([word], now)
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            self.refused["not storable"] += 1
            log.exception("a message on %.128s cannot be written down and is dropped", word.topic)

    def _words(self) -> list[Word]:
        words: list[Word] = []
        while len(words) < BATCH:
            try:
                words.append(self._waiting.get_nowait())
            except queue.Empty:
                break
        return words

    def _answer(self, did: str, answer: Answer) -> None:
        self._send(self.topics.down(did, "rsp"), answer.to_json())

    def _send(self, topic: str, payload: bytes, retain: bool = False) -> None:
        """At most once: a terminal that gets no answer asks again."""
        try:
            # an answer is not worth an acknowledgement: who gets none asks again
            self.broker.publish(topic, payload, qos=int(retain), retain=retain)
        except Offline:
            log.info("offline: who waits for %s will ask again", topic)

    def _read(self, desk: _Desk, word: Word, answers: list[tuple[str, Answer]]) -> None:
        try:
            address = self.topics.parse(word.topic)
            if address.kind == "p":
                self._pairing(desk, address, word)
            elif address.kind == "d" and word.payload:
                terminal = desk.terminal(address.name)
                if terminal is None:
                    self._refuse("unknown terminal", word.topic)
                else:
                    self._terminal(desk, terminal, address.channel, word, answers)
        except BadTopic as error:
            self._refuse("bad topic", word.topic, str(error))
        except BadMessage as error:
            self._refuse("bad message", word.topic, str(error))

    def _refuse(self, why: str, topic: str, detail: str = "") -> None:
        """Counted always, logged the first time and then at every thousandth."""
        self.refused[why] += 1
        if self.refused[why] % 1000 == 1:
            log.warning("not understood on %.128s: %s %.200s (%d times)", topic, why, detail, self.refused[why])

    def _pairing(self, desk: _Desk, address: Address, word: Word) -> None:
        request = PairRequest.from_json(word.payload)
        if address.channel != "up" or request.nonce != address.name:
            raise BadMessage("nonce: not that of the topic")
        pairing = heard_pair_request(desk.session, request, desk.now, self.pairing_minutes)
        if pairing is None:
            self._refuse("pairing refused", word.topic, "bad key, or too many at once")
        elif pairing.answer and pairing.answered_at is not None:
            # it still asks, so the answer was lost: send it again
            desk.session.execute(update(Pairing).where(Pairing.id == pairing.id).values(answered_at=None))

    def _terminal(self, desk: _Desk, terminal: Terminal, channel: str, word: Word, answers: list[tuple[str, Answer]]) -> None:
        match channel:
            case "up/state":
                presence.heard_state(terminal, State.from_json(word.payload), desk.now, word.retained)
                return
            case "up/rep":
                presence.heard_report(terminal, Report.from_json(word.payload), desk.now, word.retained)
                return
            case "up/rcpt":
                receipts = Receipts.from_json(word.payload)
                desk.receipts(terminal, receipts)
                answers.append((terminal.did, Answer("rcpt", seq=receipts.seq)))
            case "up/req":
                answers.append((terminal.did, self._request(desk, terminal, Request.from_json(word.payload))))
            case "up/blk":
                if self.logs is None:
                    raise BadMessage("blk: no logs are taken here")
                self.logs.take(desk.session, terminal, word.payload, desk.now)
            case "up/ack":
                ack = Ack.from_json(word.payload)
                desk.acknowledged(terminal, ack)
                answers.append((terminal.did, Answer("ack", ack.id)))
            case _:
                raise BadMessage(f"{channel} is what the station says, not a terminal")
        presence.heard_anything(terminal, desk.now)

    def _request(self, desk: _Desk, terminal: Terminal, request: Request) -> Answer:
        if request.op != "hello":
            raise BadMessage(f"op: {request.op[:40]!r} is neither hello nor time")
        return Answer("hello", request.id, stale=desk.stale(terminal, request))


class _Desk:
    """One batch being written down: terminals by did, receipts gathered for one insert."""

    def __init__(self, session: Session, now: datetime, keys_seq: int) -> None:
        self.session, self.now, self.keys_seq, self.keys_wanted = session, now, keys_seq, False
        self._terminals: dict[str, Terminal | None] = {}
        self._rows: list[dict[str, Any]] = []
        self._planned: dict[str, tuple[int, dict[str, int]]] = {}
        self._emergencies: dict[str, tuple[int, int] | None] = {}
        self._alerts: dict[str, ZoneAlert] = {}
        self._near: Around | None = None
        self._plans: dict[str, ZonePlan | None] = {}
        self._greeted: list[str] = []

    def look_up(self, senders: dict[str, bool]) -> None:
        """Everybody of the batch at once, and what lies around those who greet us: a thousand come back together."""
        self._terminals = dict.fromkeys(senders)
        for part in _slices(list(senders), 1000):
            for each in self.session.scalars(select(Terminal).where(Terminal.did.in_(part), Terminal.state == "active")):
                self._terminals[each.did] = each
        greeting = [each for did, each in self._terminals.items() if each is not None and senders[did]]
        self._near = around(self.session, greeting) if greeting else None
        zids = list({zid for each in greeting for zid in self._zones(each)})
        self._plans = dict.fromkeys(zids)
        for part in _slices(zids, 1000):
            self._plans.update({row.zid: row for row in self.session.scalars(select(ZonePlan).where(ZonePlan.zid.in_(part)))})
            self._alerts.update({row.zid: row for row in self.session.scalars(select(ZoneAlert).where(ZoneAlert.zid.in_(part)))})

    def _zones(self, terminal: Terminal) -> tuple[str, ...]:
        near = self._near if self._near is not None and terminal.id in self._near.groups else around(self.session, [terminal])
        return near.zones(terminal)

    def terminal(self, did: str) -> Terminal | None:
        if did not in self._terminals:
            self._terminals[did] = self.session.scalar(select(Terminal).where(Terminal.did == did, Terminal.state == "active"))
        return self._terminals[did]

    def receipts(self, terminal: Terminal, batch: Receipts) -> None:
        for each in batch.items:
            emergency = self._emergency_of(each.item)
            occurrence, planned_ms = self._plan_of(each.item) if emergency is None else (None, emergency[1])
            late = each.start_ms - planned_ms if planned_ms is not None and each.result == "started" and each.start_ms else None
            n = each.item.rsplit("-", 1)[-1]
            self._rows.append(
                {
                    "terminal_id": terminal.id, "occurrence_id": occurrence, "emergency_id": emergency[0] if emergency else None, "talk_id": _talk_of(each.item), "item": each.item[:64], "n": int(n) if n.isdecimal() and len(n) < 6 else 0,
                    "clip": each.clip[:64], "rev": min(max(each.rev, 0), 2**31 - 1), "result": each.result, "start_ms": each.start_ms,
                    "late_ms": late, "dur_ms": each.dur_ms, "volume": min(max(each.volume, 0), 1000), "clock_error_ms": each.clock_error_ms,
                    "detail": each.detail[:300].replace("\x00", ""), "received_at": self.now,
                }  # fmt: skip
            )

    def _plan_of(self, item: str) -> tuple[int | None, int | None]:
        """The occurrence an item belongs to and when it was planned to start (Unix ms); None for what we never planned."""
        parts = item.split("-")
        if len(parts) != 3 or not (item.isascii() and parts[0].isdecimal()) or len(parts[0]) > 9:
            return None, None
        key = f"{parts[0]}-{parts[1]}"
        if key not in self._planned:
            row = self.session.execute(
                select(Dispatch.occurrence_id, Dispatch.items).where(Dispatch.occurrence_id == int(parts[0]), Dispatch.dialect == parts[1])
            ).first()
            self._planned[key] = (row.occurrence_id, {each["id"]: each["at_ms"] for each in row.items}) if row else (0, {})
        occurrence, times = self._planned[key]
        return occurrence or None, times.get(item)

    def _emergency_of(self, item: str) -> tuple[int, int] | None:
        """The emergency an item (``em-KEY``, ``em-KEY-wording-round-sound``) belongs to, and from when it is heard (Unix ms)."""
        mark, _, rest = item.partition("-")
        if mark != "em":
            return None
        key = rest.partition("-")[0]
        if key not in self._emergencies:
            row = self.session.execute(select(Emergency.id, Emergency.starts_at).where(Emergency.key == key)).first()
            self._emergencies[key] = (row.id, to_ms(row.starts_at)) if row else None
        return self._emergencies[key]

    def acknowledged(self, terminal: Terminal, ack: Ack) -> None:
        self.session.execute(
            update(OutCommand).where(OutCommand.id == ack.id, OutCommand.aud == terminal.did, OutCommand.acked_at.is_(None))
            .values(acked_at=self.now, result=ack.result[:16], detail=ack.detail[:300])
        )  # fmt: skip

    def stale(self, terminal: Terminal, request: Request) -> int:
        """How much of what the terminal holds is older than what we have; that is sent again, and commands it never answered too."""
        found = 0
        if request.keys_seq < self.keys_seq:
            self.keys_wanted = True
            found += 1
        if not wanted.holds(terminal, request.want_rev):
            found += 1
        for row in [self._plans.get(zid) for zid in self._zones(terminal)]:
            if row is not None and request.revs.get(row.zid, 0) < row.sent_rev:
                # to the whole zone: not for each of a thousand terminals that come back together
                row.not_before = max(self.now, row.sent_at + AGAIN) if row.sent_at else None
                row.sent_rev = min(row.sent_rev, row.rev - 1)
                found += 1
        for alert in [self._alerts.get(zid) for zid in self._zones(terminal)]:
            if alert is not None and request.alerts.get(alert.zid, 0) < alert.sent_rev:
                alert.sent_rev = min(alert.sent_rev, alert.rev - 1)  # the same set once more, to the whole zone
                found += 1
        self._greeted.append(terminal.did)
        return found

    def flush(self) -> None:
        """The receipts of the batch in one statement; those already there stay as they are. Commands that a terminal which greets us never
        answered are sent again."""
        if self._greeted:
            self._remind()
        if not self._rows:
            return
        table = cast(Table, Receipt.__table__)
        if self.session.get_bind().dialect.name != "sqlite":
            self.session.execute(_arrays(table, tuple(self._rows[0])), {name: [row[name] for row in self._rows] for name in self._rows[0]})
            return
        for part in _slices(self._rows, 1000):
            self.session.execute(sqlite.insert(table).on_conflict_do_nothing(), list(part))

    def _remind(self) -> None:
        """Mostly every command was answered: one look finds that, before anything is updated."""
        unanswered = (OutCommand.sent_at.is_not(None), OutCommand.acked_at.is_(None), OutCommand.expires_at > self.now)
        if self.session.scalar(select(OutCommand.id).where(*unanswered).limit(1)) is None:
            return
        for dids in _slices(self._greeted, 1000):
            self.session.execute(update(OutCommand).where(OutCommand.aud.in_(dids), *unanswered).values(sent_at=None))
        # whoever was away when its zone was told to stop is told now; the others know the command's id
        missed = (OutCommand.to_zone, OutCommand.op == "stop", OutCommand.sent_at < self.now - AGAIN, *unanswered)
        for zids in _slices(list(self._plans), 1000):
            self.session.execute(update(OutCommand).where(OutCommand.aud.in_(zids), *missed).values(sent_at=None))


@cache
def _arrays(table: Table, names: tuple[str, ...]) -> Insert:
    """All rows in one statement, a column an array: several times as many a second as a statement for each row."""
    columns = [table.c[name] for name in names]
    arrays = [cast_sql(bindparam(each.name), postgresql.ARRAY(each.type)) for each in columns]
    rows = func.unnest(*arrays).table_valued(*(each.name for each in columns)).render_derived()
    return postgresql.insert(table).from_select(names, select(*rows.c)).on_conflict_do_nothing()


def _newest(words: Sequence[Word]) -> list[Word]:
    """Without the reports that the same terminal replaces by a newer one in the same batch: ten thousand that hear the same thing say so
    three times each."""
    last = {word.topic: n for n, word in enumerate(words) if word.topic.endswith("/up/rep")}
    return [word for n, word in enumerate(words) if last.get(word.topic, n) == n]


T = TypeVar("T")


def _slices(rows: Sequence[T], size: int) -> list[Sequence[T]]:
    return [rows[start : start + size] for start in range(0, len(rows), size)]


def _talk_of(item: str) -> str | None:
    """The live talk whose sound an item was, None for everything else."""
    name = item[: len("live-") + 16]
    return name if LIVE_ID.match(name) else None
