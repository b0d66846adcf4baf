"""What must be out at once: each zone's set of live emergencies, and commands to stop. A road of its own, so that no plan is ever waited for."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, or_, select, update
from sqlalchemy.orm import Session, selectinload

from broadcast.commands import command_letter
from broadcast.emergency import expire_one, touch_zones
from broadcast.models import Emergency, EmergencyArea, EmergencySent, OutCommand, ZoneAlert
from broadcast.mqtt import Broker, Handle, Offline
from broadcast.plan import Hearing
from broadcast.resting import Resting
from broadcast.sounding import Sounding, sounding
from devices.keys import StationKeys
from station.areas import ancestors
from station.clock import monotonic_s, to_ms
from station.database import Database
from station.models import Area
from wire.messages import Alert, Sound
from wire.topics import Topics

log = logging.getLogger(__name__)

BATCH = 200
# A set that is not empty is signed anew long before its signature ends; whether new dialects are heard is looked at now and then.
RENEW, LOOK = timedelta(hours=8), timedelta(seconds=5)
ACK_S = 5.0
# The commands that take this road.
URGENT = ("stop",)


class Alarm:
    """Finds sets and stop commands that are unsent and sends them; nothing counts as sent before the broker has it."""

    def __init__(
        self, db: Database, broker: Broker, keys: StationKeys, topics: Topics, base_urls: Sequence[str], ours: Mapping[str, Sound], ack_s: float = ACK_S
    ) -> None:
        self.db, self.broker, self.keys, self.topics, self.base, self.ours, self.ack_s = db, broker, keys, topics, tuple(base_urls), ours, ack_s
        self._resting: Resting[str] = Resting()
        self._looked_at: datetime | None = None
        self._said: dict[str, tuple[int, str]] = {}

    def sound_one(self, now: datetime) -> bool:
        """One batch of everything that must be out at once. Whether there was any. Raises nothing when the line is down."""
        if not self.broker.connected:
            return False
        self._look_around(now)
        return self._commands(now) | self._sets(now)

    def republish(self, session: Session, now: datetime) -> None:
        """The broker may have lost what it kept: every set is said again, as a newer one."""
        self._renew(session, now)

    def _renew(self, session: Session, now: datetime, *which: ColumnElement[bool]) -> None:
        ms = to_ms(now)
        session.execute(update(ZoneAlert).where(*which).values(rev=case((ZoneAlert.rev < ms, ms), else_=ZoneAlert.rev + 1)))

    def _look_around(self, now: datetime) -> None:
        """Now and then: what is over, whose signature grows old or whose key is gone, and dialects that are heard since."""
        if self._looked_at is not None and now < self._looked_at + LOOK:
            return
        with self.db.session() as session:
            expire_one(session, now)
            if self._looked_at is None:  # a predecessor may have said this very rev, with other words
                self._renew(session, now, ZoneAlert.sent_rev < ZoneAlert.rev)
            kids = [self.keys.alert.kid, *(each.signer.kid for each in self.keys.branches)]
            self._renew(session, now, ZoneAlert.sent_rev == ZoneAlert.rev, or_(ZoneAlert.sent_at < now - RENEW, ZoneAlert.kid.not_in(kids)))
            live = session.scalars(select(Area).join(EmergencyArea).join(Emergency).where(Emergency.state == "live").distinct()).all()
            hearing = Hearing(session, live) if live else None
            written = {(row.area_id, row.dialect) for row in session.execute(select(ZoneAlert.area_id, ZoneAlert.dialect))} if live else set()
            lacking = [area for area in live if hearing and any((area.id, code) not in written for code in hearing.dialects(area))]
            touch_zones(session, lacking, now)
        self._looked_at = now

    def _sets(self, now: datetime) -> bool:
        due = and_(or_(ZoneAlert.sent_rev < ZoneAlert.rev, ZoneAlert.awaits), ZoneAlert.zid.not_in(self._resting.keys(now)))
        with self.db.reading() as session:
            zids = session.scalars(select(ZoneAlert.zid).where(due).order_by(ZoneAlert.awaits, ZoneAlert.rev).limit(BATCH)).all()
        if not zids:
            return False
        flying: list[tuple[_Letter, Handle]] = []
        for zid in zids:
            try:
                letter = self._letter(zid, now)
                if letter is not None:
                    flying.append((letter, self.broker.publish(letter.topic, letter.payload, qos=1, retain=True)))
            except Offline:
                break
            except Exception:
                log.exception("the emergencies of zone %s cannot be sent; tried again at %s", zid, self._resting.failed(zid, now))
        return self._arrived(flying, now) > 0

    def _letter(self, zid: str, now: datetime) -> _Letter | None:
        """The zone's set, signed; None when it says what was said already. Only looks: nothing waits here for whoever is writing."""
        with self.db.reading() as session:
            row = session.get_one(ZoneAlert, zid)
            query = select(Emergency).join(EmergencyArea).where(EmergencyArea.area_id == row.area_id, Emergency.state == "live", Emergency.until > now)
            live = session.scalars(query.options(selectinload(Emergency.phrase)).order_by(Emergency.id)).all()
            found = [sounding(session, each, row.area, row.dialect, self.ours, now) for each in live]
            signer = self.keys.alert_signer([area.zid for area in ancestors(session, row.area)])
        messages, rev = tuple(each.message for each in found), row.rev
        content = hashlib.sha256(Alert(0, zid, messages).to_json()).hexdigest()
        said = self._said.get(zid, (row.said_rev, row.content))
        if said == (rev, content) == (row.sent_rev, row.content):
            return None
        if said[0] == rev and said[1] != content:  # speech that was awaited is there: no rev is said twice with other words
            rev = max(rev + 1, to_ms(now))
            with self.db.session() as session:
                done = session.execute(update(ZoneAlert).where(ZoneAlert.zid == zid, ZoneAlert.rev == row.rev).values(rev=rev))
            if not done.rowcount:  # type: ignore[attr-defined]
                return None  # somebody ordered meanwhile: looked at again at once
        for problem in {problem for each in found for problem in each.problems}:
            log.warning("zone %s: %s", zid, problem)
        self._said[zid] = (rev, content)
        payload = self.keys.sign_alert(Alert(rev, zid, messages, self.base), signer, now)
        return _Letter(zid, rev, content, signer.kid, self.topics.zone(zid, "alert"), payload, dict(zip((each.id for each in live), found, strict=True)))

    def _arrived(self, flying: list[tuple[_Letter, Handle]], now: datetime) -> int:
        deadline = monotonic_s() + self.ack_s
        arrived = [letter for letter, handle in flying if handle.wait(max(0.0, deadline - monotonic_s()))]
        if len(arrived) < len(flying):
            log.warning("the broker took %d of %d sets of emergencies; the rest is sent again", len(arrived), len(flying))
        if arrived:
            with self.db.session() as session:
                for letter in arrived:
                    letter.done(session, now)
        return len(arrived)

    def _commands(self, now: datetime) -> bool:
        unsent = (OutCommand.sent_at.is_(None), OutCommand.expires_at > now, OutCommand.op.in_(URGENT))
        with self.db.reading() as session:
            rows = session.scalars(select(OutCommand).where(*unsent).order_by(OutCommand.created_at).limit(BATCH)).all()
        flying: list[tuple[str, Handle]] = []
        for row in rows:
            try:
                flying.append((row.id, self.broker.publish(*command_letter(row, self.keys, self.topics, now), qos=1)))
            except Offline:
                break
        deadline = monotonic_s() + self.ack_s
        arrived = [name for name, handle in flying if handle.wait(max(0.0, deadline - monotonic_s()))]
        if arrived:
            with self.db.session() as session:
                session.execute(update(OutCommand).where(OutCommand.id.in_(arrived)).values(sent_at=now))
        return bool(arrived)


@dataclass(frozen=True)
class _Letter:
    """One set on its way, and what is written down when the broker has it."""

    zid: str
    rev: int
    content: str
    kid: str
    topic: str
    payload: bytes
    sent: Mapping[int, Sounding]

    def done(self, session: Session, now: datetime) -> None:
        awaits = any(each.awaits for each in self.sent.values())
        values = {"sent_rev": self.rev, "sent_at": now, "said_rev": self.rev, "content": self.content, "kid": self.kid, "awaits": awaits}
        session.execute(update(ZoneAlert).where(ZoneAlert.zid == self.zid).values(**values))
        told = {row.emergency_id: row for row in session.scalars(select(EmergencySent).where(EmergencySent.zid == self.zid, EmergencySent.gone_at.is_(None)))}
        for number, each in self.sent.items():
            row = told.pop(number, None)
            if row is None:
                row = EmergencySent(emergency_id=number, zid=self.zid, sent_at=now)
                session.add(row)
            if row.whole_at is None and not each.awaits:
                row.whole_at = now
        for row in told.values():
            row.gone_at = now
