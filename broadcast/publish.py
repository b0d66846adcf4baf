"""What has to be known out there is handed to the broker, and marked once the broker has it: plans, wants, commands, answers."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session, selectinload

from broadcast.extras import plan_item
from broadcast.models import Dispatch, OutCommand, ZonePlan
from broadcast.mqtt import Broker, Handle, Offline
from devices.keys import LONG, PLAN_SLACK, StationKeys
from devices.models import Pairing, Terminal
from devices.want import want_of
from playlists.models import Occurrence
from station.clock import monotonic_s, to_ms
from station.database import Database
from station.files import Files
from wire.messages import Command, PairAnswer, Plan, Want
from wire.topics import Topics

log = logging.getLogger(__name__)

BATCH = 500
# Inline plans may be this large; larger ones are fetched by their hash.
INLINE_BYTES = 32 * 1024
ACK_S = 10.0
RENEW = timedelta(days=1)


@dataclass(frozen=True)
class Letter:
    """One message on its way, and what to write down when the broker has it."""

    topic: str
    payload: bytes
    retain: bool
    done: Callable[[Session, datetime], None]


class Publisher:
    """Finds what is unsent and sends it; nothing counts as sent before the broker acknowledged it."""

    def __init__(
        self, db: Database, broker: Broker, keys: StationKeys, topics: Topics, files: Files, base_urls: Sequence[str],
        heartbeat_s: int = 30, horizon: timedelta = timedelta(days=7),
    ) -> None:  # fmt: skip
        self.db, self.broker, self.keys, self.topics, self.files = db, broker, keys, topics, files
        self.base = tuple(base_urls)
        self.heartbeat_s, self.horizon = heartbeat_s, horizon
        self._keys_sent = False

    def publish_one(self, now: datetime) -> bool:
        """One batch of everything unsent, most urgent first; whether there was any. Raises nothing when the line is down."""
        if not self.broker.connected:
            return False
        letters: list[Letter] = []
        for find in (self._key_set, self._commands, self._answers, self._wants, self._plans):
            letters += find(now)
        return self._send(letters, now)

    def republish(self, session: Session) -> None:
        """The broker may have lost what it kept: every manifest, want and key set is sent again."""
        self._keys_sent = False
        session.execute(update(ZonePlan).values(sent_rev=0))
        session.execute(update(Terminal).where(Terminal.state == "active").values(want_sent_rev=0))

    def _send(self, letters: list[Letter], now: datetime) -> bool:
        flying: list[tuple[Letter, Handle]] = []
        for letter in letters:
            try:
                flying.append((letter, self.broker.publish(letter.topic, letter.payload, qos=1, retain=letter.retain)))
            except Offline:
                break  # the rest stays unsent and is found again
        deadline = monotonic_s() + ACK_S
        arrived = [letter for letter, handle in flying if handle.wait(max(0.0, deadline - monotonic_s()))]
        if len(arrived) < len(letters):
            log.warning("the broker took %d of %d messages; the rest is sent again", len(arrived), len(letters))
        if arrived:
            with self.db.session() as session:
                for letter in arrived:
                    letter.done(session, now)
        return bool(arrived)

    def _key_set(self, now: datetime) -> list[Letter]:
        if self._keys_sent:
            return []

        def done(_session: Session, _now: datetime) -> None:
            self._keys_sent = True

        return [Letter(self.topics.keys(), self.keys.key_set(now), True, done)]

    def _commands(self, now: datetime) -> list[Letter]:
        with self.db.reading() as session:
            rows = session.scalars(
                select(OutCommand).where(OutCommand.sent_at.is_(None), OutCommand.expires_at > now).order_by(OutCommand.created_at).limit(BATCH)
            ).all()
        return [self._command(row, now) for row in rows]

    def _command(self, row: OutCommand, now: datetime) -> Letter:
        command = Command(row.id, row.op, row.args)
        signed = self.keys.sign(command.to_json(), typ=Command.typ, aud=row.aud, seq=to_ms(row.created_at), now=now, expires=row.expires_at)
        topic = self.topics.zone(row.aud, "cmd") if row.to_zone else self.topics.down(row.aud, "cmd")

        def done(session: Session, at: datetime) -> None:
            session.execute(update(OutCommand).where(OutCommand.id == row.id).values(sent_at=at))

        return Letter(topic, signed, False, done)

    def _answers(self, now: datetime) -> list[Letter]:
        with self.db.reading() as session:
            rows = session.scalars(
                select(Pairing).where(Pairing.answer != "", Pairing.answered_at.is_(None), Pairing.expires_at > now - timedelta(minutes=1)).limit(BATCH)
            ).all()
        return [self._answer(row) for row in rows]

    def _answer(self, row: Pairing) -> Letter:
        def done(session: Session, at: datetime) -> None:
            session.execute(update(Pairing).where(Pairing.id == row.id).values(answered_at=at))

        return Letter(self.topics.pairing(row.nonce, "dn"), PairAnswer(sealed=row.answer).to_json(), False, done)

    def _wants(self, now: datetime) -> list[Letter]:
        with self.db.reading() as session:
            rows = session.scalars(
                select(Terminal).where(Terminal.state == "active", Terminal.want_sent_rev < Terminal.want_rev)
                .options(selectinload(Terminal.area)).limit(BATCH)
            ).all()  # fmt: skip
            return [self._want(terminal, want_of(session, terminal, self.base, self.heartbeat_s), now) for terminal in rows]

    def _want(self, terminal: Terminal, want: Want, now: datetime) -> Letter:
        signed = self.keys.sign(want.to_json(), typ=Want.typ, aud=terminal.did, seq=want.rev, now=now, expires=now + LONG)

        def done(session: Session, _at: datetime) -> None:
            session.execute(update(Terminal).where(Terminal.id == terminal.id).values(want_sent_rev=want.rev))

        return Letter(self.topics.down(terminal.did, "want"), signed, True, done)

    def _plans(self, now: datetime) -> list[Letter]:
        with self.db.session() as session:
            session.execute(update(ZonePlan).where(ZonePlan.sent_at < now - RENEW).values(rev=ZonePlan.rev + 1, sent_at=None))
        with self.db.reading() as session:
            due = and_(ZonePlan.sent_rev < ZonePlan.rev, or_(ZonePlan.not_before.is_(None), ZonePlan.not_before <= now))
            rows = session.scalars(select(ZonePlan).where(due).order_by(ZonePlan.zid).limit(BATCH)).all()
            if not rows:
                return []
            dispatches: dict[str, list[Dispatch]] = {row.zid: [] for row in rows}
            query = select(Dispatch).where(
                Dispatch.zid.in_(dispatches), Dispatch.state == "planned", Dispatch.ends_at > now, Dispatch.starts_at < now + self.horizon
            ).order_by(Dispatch.starts_at, Dispatch.id)  # fmt: skip
            for each in session.scalars(query):
                dispatches[each.zid].append(each)
            zones = self._time_zones(session, [each.occurrence_id for found in dispatches.values() for each in found[:1]])
        return [self._plan(row, dispatches[row.zid], zones, now) for row in rows]

    def _time_zones(self, session: Session, occurrence_ids: list[int]) -> dict[int, str]:
        query = select(Occurrence).where(Occurrence.id.in_(occurrence_ids)).options(selectinload(Occurrence.schedule))
        return {each.id: each.schedule.tz for each in session.scalars(query)}

    def _plan(self, row: ZonePlan, dispatches: list[Dispatch], zones: dict[int, str], now: datetime) -> Letter:
        items = tuple(plan_item(item) for each in dispatches for item in each.items)
        tz = zones.get(dispatches[0].occurrence_id, "UTC") if dispatches else "UTC"
        ends = now + self.horizon
        plan = Plan(row.rev, row.zid, to_ms(now), to_ms(ends), tz, items, self.base)
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
            if ids:
                session.execute(update(Dispatch).where(Dispatch.id.in_(ids), Dispatch.sent_at.is_(None)).values(sent_at=at, sent_rev=row.rev))

        return Letter(self.topics.zone(row.zid, "plan"), signed, True, done)
