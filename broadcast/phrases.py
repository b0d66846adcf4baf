"""The phrases and sirens of emergencies are placed on terminals beforehand, in every dialect heard in their area."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from broadcast.models import EmergencyPhrase, ZonePhrases
from broadcast.plan import Hearing, touch
from broadcast.sounding import stored
from devices.models import Terminal
from station.areas import zone
from station.database import Database
from station.models import Area
from tts.models import Speech
from wire.messages import Sound

# Places written in one transaction.
BATCH = 50


class PhrasePlanner:
    """Writes what each zone holds for emergencies, and touches its manifest when that changes. ``ours`` are the station's own sounds."""

    def __init__(self, db: Database, ours: Mapping[str, Sound]) -> None:
        self.db, self.ours = db, ours
        self._mark = 0
        self._left: list[int] = []

    def place_one(self, now: datetime) -> bool:
        """One batch of places whose phrases, speech or audience changed. Whether there were any."""
        if not self._left:
            with self.db.reading() as session:
                mark = self._marked(session)
                if mark == self._mark:
                    return False
                self._mark, self._left = mark, self._places(session)
        part, self._left = self._left[:BATCH], self._left[BATCH:]
        with self.db.session() as session:
            self._write(session, part, now)
        return bool(part)

    def _marked(self, session: Session) -> int:
        """Changes when anything does that this depends on."""
        heard = session.execute(select(Terminal.area_id, Terminal.dialect).where(Terminal.state == "active").distinct()).all()
        phrases = session.execute(select(func.count(), func.max(EmergencyPhrase.changed_at)).select_from(EmergencyPhrase)).one()
        spoken = session.execute(select(func.count(), func.max(Speech.id)).where(Speech.state == "ready")).one()
        failed = session.scalar(select(func.count()).select_from(Speech).where(Speech.state == "failed"))
        return hash((frozenset(tuple(row) for row in heard), tuple(phrases), tuple(spoken), failed)) or 1

    def _places(self, session: Session) -> list[int]:
        """The tops of the trees, and every place that has, or had, phrases of its own."""
        tops = session.scalars(select(Area.id).where(Area.parent_id.is_(None))).all()
        own = session.scalars(select(EmergencyPhrase.area_id).distinct()).all()
        return sorted({*tops, *own})

    def _write(self, session: Session, area_ids: list[int], now: datetime) -> None:
        areas = session.scalars(select(Area).where(Area.id.in_(area_ids))).all()
        hearing = Hearing(session, areas)
        phrases: dict[int, list[EmergencyPhrase]] = {each: [] for each in area_ids}
        query = select(EmergencyPhrase).where(EmergencyPhrase.area_id.in_(area_ids), ~EmergencyPhrase.removed).order_by(EmergencyPhrase.place)
        for phrase in session.scalars(query):
            phrases[phrase.area_id].append(phrase)
        there = {row.zid: row for row in session.scalars(select(ZonePhrases).where(ZonePhrases.area_id.in_(area_ids)))}
        changed: dict[str, tuple[int, str]] = {}
        for area in areas:
            for dialect in sorted(hearing.dialects(area) | {row.dialect for row in there.values() if row.area_id == area.id}):
                found, lacks = stored(session, phrases[area.id], area, dialect, self.ours, now)
                sounds, zid = [asdict(each) for each in found], zone(area, dialect)
                row = there.get(zid)
                if row is None:
                    row = ZonePhrases(zid=zid, area_id=area.id, dialect=dialect, sounds=[], placed_at=now)
                    session.add(row)
                if row.sounds != sounds:
                    changed[zid] = (area.id, dialect)
                row.sounds, row.lacks, row.placed_at = sounds, lacks, now
        session.flush()
        touch(session, changed)
