"""What has to be known out there is handed to the broker, and marked once the broker has it: plans, wants, commands, answers."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, TypeVar, cast

from sqlalchemy import Table, and_, bindparam, not_, or_, select, update
from sqlalchemy.orm import Session, selectinload

from broadcast.commands import command_letter
from broadcast.extras import plan_fill, plan_item
from broadcast.models import Dispatch, OutCommand, ZoneFill, ZonePhrases, ZonePlan
from broadcast.mqtt import Broker, Handle, Offline
from broadcast.resting import Resting
from devices.keys import LONG, PLAN_SLACK, StationKeys
from devices.models import Pairing, Terminal
from devices.want import Around, around, want_of
from devices.wanted import may_be_lost, new_wants, only_again
from playlists.models import Occurrence
from station.clock import monotonic_s, to_ms
from station.database import Database
from station.files import Files
from wire.messages import Alternate, Fill, PairAnswer, Plan, Sound, Want
from wire.topics import Topics

log = logging.getLogger(__name__)

BATCH = 500
# Inline plans may be this large; larger ones are fetched by their hash.
INLINE_BYTES = 32 * 1024
ACK_S = 10.0
RENEW, RENEW_LOOK = timedelta(days=1), timedelta(minutes=1)
# A quiet span may reach over midnight, and a place's date lies up to a day behind ours: so far back are quiet days told.
DAYS_BEFORE = timedelta(days=2)
# How many manifests and wants a second are sent again to a broker that may have forgotten them; what is new never waits.
AGAIN_PER_S = 400
# A terminal that comes back to such a broker says which want it holds, mostly the newest; only after so long the others are signed again.
PATIENCE = timedelta(seconds=60)

R = TypeVar("R")


def sound_of(row: dict[str, Any]) -> Sound:
    """A sound as it is kept in a row."""
    return Sound(**{**row, "others": tuple(Alternate(**each) for each in row.get("others", ()))})


@dataclass(frozen=True)
class Letter:
    """One message on its way, and what to write down when the broker has it. ``key`` names the row and its revision; a want is written down
    by ``want`` (terminal, revision), many in one statement."""

    key: tuple[str, int | str]
    topic: str
    payload: bytes
    retain: bool
    done: Callable[[Session, datetime], None] | None = None
    want: tuple[int, int] | None = None


class Publisher:
    """Finds what is unsent and sends it; nothing counts as sent before the broker acknowledged it. Commands of ``elsewhere`` take another road
    (broadcast.alarm)."""

    def __init__(
        self, db: Database, broker: Broker, keys: StationKeys, topics: Topics, files: Files, base_urls: Sequence[str],
        heartbeat_s: int = 30, horizon: timedelta = timedelta(days=7), ack_s: float = ACK_S, elsewhere: Collection[str] = (),
    ) -> None:  # fmt: skip
        self.db, self.broker, self.keys, self.topics, self.files = db, broker, keys, topics, files
        self.base, self.elsewhere = tuple(base_urls), tuple(elsewhere)
        self.heartbeat_s, self.horizon, self.ack_s = heartbeat_s, horizon, ack_s
        self._keys_sent = False
        self._resting: Resting[tuple[str, int | str]] = Resting()
        self._flying: dict[tuple[str, int | str], tuple[Letter, Handle]] = {}
        self._renewed_at: datetime | None = None
        self._again = 0.0
        self._said_anew, self._patient_until = False, datetime.min.replace(tzinfo=UTC)
        self._counted_at: datetime | None = None

    def publish_one(self, now: datetime) -> bool:
        """One batch of everything unsent, most urgent first; whether there was any. Raises nothing when the line is down."""
        if not self.broker.connected:
            return False
        self._refill(now)
        if self._said_anew:
            self._said_anew, self._patient_until = False, now + PATIENCE
        letters: list[Letter] = []
        for find in (self._key_set, self._commands, self._answers, self._wants, self._plans):
            letters += find(now)
        return self._send(letters, now)

    def republish(self, session: Session) -> None:
        """The broker may have lost what it kept: every manifest, want and key set is sent again, AGAIN_PER_S a second.

        A want that nobody asks for after PATIENCE only.
        """
        self._keys_sent, self._said_anew = False, True
        self._flying.clear()
        session.execute(update(ZonePlan).values(sent_rev=0))
        may_be_lost(session)

    def _refill(self, now: datetime) -> None:
        """How many of those that are only sent again may go now."""
        passed_s = (now - self._counted_at).total_seconds() if self._counted_at else 1.0
        self._again = min(float(AGAIN_PER_S), self._again + max(0.0, passed_s) * AGAIN_PER_S)
        self._counted_at = now

    def _send(self, letters: list[Letter], now: datetime) -> bool:
        """What the broker has not acknowledged in ``ack_s`` seconds is on its way still: it is waited for, not said twice."""
        for letter in letters:
            if letter.key not in self._flying:
                try:
                    self._flying[letter.key] = (letter, self.broker.publish(letter.topic, letter.payload, qos=1, retain=letter.retain))
                except Offline:
                    break  # the rest stays unsent and is found again
        deadline = monotonic_s() + self.ack_s
        arrived = [key for key, (_, handle) in self._flying.items() if handle.wait(max(0.0, deadline - monotonic_s()))]
        if len(arrived) < len(self._flying):
            log.warning("the broker took %d of %d messages; the rest is waited for", len(arrived), len(self._flying))
        if arrived:
            letters = [self._flying[key][0] for key in arrived]
            with self.db.session() as session:
                _mark_wants(session, [letter.want for letter in letters if letter.want is not None])
                for letter in letters:
                    if letter.done is not None:
                        letter.done(session, now)
            for key in arrived:
                del self._flying[key]
        return bool(arrived)

    def _made(self, key: tuple[str, int | str], make: Callable[[], Letter], now: datetime) -> list[Letter]:
        """The letter; none when this row cannot be put into words: it rests, and the others go on."""
        try:
            letter = make()
        except Exception:
            log.exception("%s %s cannot be sent; it is tried again at %s", *key, self._resting.failed(key, now))
            return []
        self._resting.went_well(key)
        return [letter]

    def _at_rest(self, kind: str, now: datetime) -> list[int | str]:
        return [name for each, name in self._resting.keys(now) if each == kind]

    def _key_set(self, now: datetime) -> list[Letter]:
        if self._keys_sent:
            return []

        def done(_session: Session, _now: datetime) -> None:
            self._keys_sent = True

        return [Letter(("keys", self.keys.seq), self.topics.keys(), self.keys.key_set(now), True, done)]

    def _commands(self, now: datetime) -> list[Letter]:
        ours = OutCommand.op.not_in(self.elsewhere)
        unsent = (OutCommand.sent_at.is_(None), OutCommand.expires_at > now, OutCommand.id.not_in(self._at_rest("command", now)), ours)
        with self.db.reading() as session:
            rows = session.scalars(select(OutCommand).where(*unsent).order_by(OutCommand.created_at).limit(BATCH)).all()
        return [letter for row in rows for letter in self._made(("command", row.id), partial(self._command, row, now), now)]

    def _command(self, row: OutCommand, now: datetime) -> Letter:
        topic, signed = command_letter(row, self.keys, self.topics, now)

        def done(session: Session, at: datetime) -> None:
            session.execute(update(OutCommand).where(OutCommand.id == row.id).values(sent_at=at))

        return Letter(("command", row.id), topic, signed, False, done)

    def _answers(self, now: datetime) -> list[Letter]:
        unsent = (
            Pairing.answer != "", Pairing.answered_at.is_(None), Pairing.expires_at > now - timedelta(minutes=1),
            Pairing.id.not_in(self._at_rest("answer", now)),
        )  # fmt: skip
        with self.db.reading() as session:
            rows = session.scalars(select(Pairing).where(*unsent).order_by(Pairing.id).limit(BATCH)).all()
        return [letter for row in rows for letter in self._made(("answer", row.id), partial(self._pairing, row), now)]

    def _pairing(self, row: Pairing) -> Letter:
        def done(session: Session, at: datetime) -> None:
            session.execute(update(Pairing).where(Pairing.id == row.id).values(answered_at=at))

        return Letter(("answer", row.id), self.topics.pairing(row.nonce, "dn"), PairAnswer(sealed=row.answer).to_json(), False, done)

    def _wants(self, now: datetime) -> list[Letter]:
        later = only_again()
        again = or_(Terminal.want_sent_rev == 0, later)
        unsent = [Terminal.state == "active", Terminal.want_sent_rev < Terminal.want_rev, Terminal.id.not_in(self._at_rest("want", now))]
        if now < self._patient_until:
            unsent.append(not_(later))
        # what changed goes first, then who asked; of those only sent again the newest, whom nobody has told anything yet
        with self.db.reading() as session:
            query = select(Terminal.id, again).where(*unsent).order_by(again, later, Terminal.id.desc()).limit(BATCH)
            ids = [number for number, _ in self._paced(session.execute(query).all(), lambda row: bool(row[1]))]
            if not ids:
                return []
            rows = session.scalars(select(Terminal).where(Terminal.id.in_(ids)).options(selectinload(Terminal.area))).all()
            near = around(session, rows, (now - DAYS_BEFORE).date())
            return [letter for row in rows for letter in self._made(("want", row.id), partial(self._want, session, row, near, now), now)]

    def _want(self, reading: Session, terminal: Terminal, near: Around, now: datetime) -> Letter:
        want = want_of(reading, terminal, self.base, self.heartbeat_s, near)
        signed = self.keys.sign(want.to_json(), typ=Want.typ, aud=terminal.did, seq=want.rev, now=now, expires=now + LONG)
        return Letter(("want", f"{terminal.did} {want.rev}"), self.topics.down(terminal.did, "want"), signed, True, want=(terminal.id, want.rev))

    def _paced(self, rows: Sequence[R], is_again: Callable[[R], bool]) -> list[R]:
        """All that is new, and as many of the others as may go now."""
        taken: list[R] = []
        for row in rows:
            if is_again(row):
                if self._again < 1.0:
                    continue
                self._again -= 1.0
            taken.append(row)
        return taken

    def _renew(self, now: datetime) -> None:
        """A manifest's signature expires: it is signed anew every day, as a new revision. Looked for once a minute."""
        if self._renewed_at is not None and now < self._renewed_at + RENEW_LOOK:
            return
        with self.db.session() as session:
            if self._renewed_at is None:
                self._move(session)
            session.execute(update(ZonePlan).where(ZonePlan.sent_at < now - RENEW).values(rev=ZonePlan.rev + 1, sent_at=None))
        self._renewed_at = now

    def _move(self, session: Session) -> None:
        """At a start: manifests that name another address than ours for the sound are said anew, and every terminal is told."""
        here = f'"base":{json.dumps(self.base, ensure_ascii=False, separators=(",", ":"))}'.encode()
        rows = session.execute(select(ZonePlan.zid, ZonePlan.payload).where(ZonePlan.payload.is_not(None)).execution_options(yield_per=200))
        moved = [row.zid for row in rows if here not in row.payload]
        for begin in range(0, len(moved), 500):
            session.execute(update(ZonePlan).where(ZonePlan.zid.in_(moved[begin : begin + 500])).values(rev=ZonePlan.rev + 1))
        if moved:
            new_wants(session)

    def _plans(self, now: datetime) -> list[Letter]:
        self._renew(now)
        again = and_(ZonePlan.sent_rev == 0, ZonePlan.payload_rev == ZonePlan.rev)
        due = and_(
            ZonePlan.sent_rev < ZonePlan.rev, or_(ZonePlan.not_before.is_(None), ZonePlan.not_before <= now),
            ZonePlan.zid.not_in(self._at_rest("plan", now)),
        )  # fmt: skip
        with self.db.reading() as session:
            found = session.scalars(select(ZonePlan).where(due).order_by(again, ZonePlan.zid).limit(BATCH)).all()
            rows = self._paced(found, lambda row: row.sent_rev == 0 and row.payload_rev == row.rev)
            if not rows:
                return []
            dispatches: dict[str, list[Dispatch]] = {row.zid: [] for row in rows}
            query = select(Dispatch).where(
                Dispatch.zid.in_(dispatches), Dispatch.state == "planned", Dispatch.ends_at > now, Dispatch.starts_at < now + self.horizon
            ).order_by(Dispatch.starts_at, Dispatch.id)  # fmt: skip
            for each in session.scalars(query):
                dispatches[each.zid].append(each)
            zones = self._time_zones(session, [each.occurrence_id for found in dispatches.values() for each in found[:1]])
            fills = {each.zid: each for each in session.scalars(select(ZoneFill).where(ZoneFill.zid.in_(dispatches)))}
            phrases = {each.zid: each.sounds for each in session.scalars(select(ZonePhrases).where(ZonePhrases.zid.in_(dispatches)))}
        return [
            letter for row in rows
            for letter in self._made(("plan", row.zid), partial(self._plan, row, dispatches[row.zid], fills.get(row.zid), phrases.get(row.zid, []), zones, now), now)
        ]  # fmt: skip

    def _time_zones(self, session: Session, occurrence_ids: list[int]) -> dict[int, str]:
        query = select(Occurrence).where(Occurrence.id.in_(occurrence_ids)).options(selectinload(Occurrence.schedule))
        return {each.id: each.schedule.tz for each in session.scalars(query)}

    def _plan(self, row: ZonePlan, dispatches: list[Dispatch], fills: ZoneFill | None, phrases: list[Any], zones: dict[int, str], now: datetime) -> Letter:
        held = tuple(sound_of(each) for each in phrases)
        items = tuple(plan_item(item) for each in dispatches for item in each.items)
        tz = zones.get(dispatches[0].occurrence_id, "UTC") if dispatches else "UTC"
        fill: tuple[Fill, ...] = ()
        hours: tuple[str, ...] = ()
        if fills is not None and (fills.fill or fills.hours):
            tz, fill, hours = fills.tz, tuple(plan_fill(each) for each in fills.fill), tuple(fills.hours)
        ends = now + self.horizon
        plan = Plan(row.rev, row.zid, to_ms(now), to_ms(ends), tz, items, self.base, fill=fill, fill_hours=hours, phrases=held)
        payload = plan.to_json()
        if len(payload) > INLINE_BYTES:
            sha = self.files.put(payload)
            plan = Plan(row.rev, row.zid, to_ms(now), to_ms(ends), tz, (), self.base, f"/plan/{sha}", sha, len(payload))
            payload = plan.to_json()
        signed = self.keys.sign(payload, typ=Plan.typ, aud=row.zid, seq=row.rev, now=now, expires=ends + PLAN_SLACK)
        ids = [each.id for each in dispatches]

        def done(session: Session, at: datetime) -> None:
            # a later revision may have been asked for meanwhile: only what was sent is marked
            session.execute(
                update(ZonePlan).where(ZonePlan.zid == row.zid).values(sent_rev=row.rev, sent_at=at, payload=signed, payload_rev=row.rev)
            )
            for begin in range(0, len(ids), 500):
                told = (Dispatch.id.in_(ids[begin : begin + 500]), Dispatch.sent_at.is_(None), Dispatch.planned_at <= now)
                session.execute(update(Dispatch).where(*told).values(sent_at=at, sent_rev=row.rev))

        return Letter(("plan", f"{row.zid} {row.rev}"), self.topics.zone(row.zid, "plan"), signed, True, done)


def _mark_wants(session: Session, wants: Sequence[tuple[int, int]]) -> None:
    """The broker has these revisions of these terminals' wants."""
    if wants:
        table = cast(Table, Terminal.__table__)
        told = update(table).where(table.c.id == bindparam("terminal")).values(want_sent_rev=bindparam("rev"))
        session.execute(told, [{"terminal": number, "rev": rev} for number, rev in wants])
