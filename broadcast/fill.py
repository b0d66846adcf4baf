"""What fills the pauses of a zone: the default playlist and the fallback media of a place, made concrete for each dialect heard there."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import InstrumentedAttribute, Session, selectinload

from articles.models import Article
from broadcast.dressing import ClipRef
from broadcast.extras import Extras, with_alternates
from broadcast.models import ZoneFill
from broadcast.plan import LATE, LOOK_AGAIN, Hearing, Voices, touch
from broadcast.resting import Resting
from devices.models import Terminal
from playlists.models import AreaFill, Playlist, PlaylistItem
from station.areas import tz_of, zone
from station.database import Database
from station.models import Area
from tts.models import Rendition, Variant, VoiceChoice
from wire.messages import Fill

log = logging.getLogger(__name__)

# Places looked at in one step, each in a transaction of its own.
BATCH = 20


class FillPlanner:
    """Writes what fills the pauses of each zone, and touches its manifest when that changes. ``chime`` is the station's own."""

    def __init__(self, db: Database, chime: ClipRef) -> None:
        self.db, self.chime = db, chime
        self._resting: Resting[int] = Resting()
        self._audience = 0

    def fill_one(self, now: datetime) -> bool:
        """Places whose fill was never written, or is out of date. Whether there were any."""
        with self.db.reading() as session:
            due = self._due(session, now)
        for area_id in due:
            try:
                with self.db.session() as session:
                    self._write(session, area_id, now)
            except OperationalError:  # the database is out of reach: nothing of ours is at fault
                raise
            except Exception:
                log.exception("the default playlist of place %d cannot be planned; it is tried again at %s", area_id, self._resting.failed(area_id, now))
            else:
                self._resting.went_well(area_id)
        return bool(due)

    def _due(self, session: Session, now: datetime) -> list[int]:
        resting = self._resting.keys(now)
        never = select(AreaFill.area_id).where(
            AreaFill.playlist_id.is_not(None), AreaFill.area_id.not_in(resting), ~exists().where(ZoneFill.area_id == AreaFill.area_id)
        )
        found = list(session.scalars(never.distinct().limit(BATCH)))
        return found or self._outdated(session, resting, now) or self._unheard(session, resting, now)

    def _outdated(self, session: Session, resting: set[int], now: datetime) -> list[int]:
        """Places whose orders, playlists, articles, renditions or voices changed since their fill was written."""

        def newer(column: InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None]) -> ColumnElement[bool]:
            # what bears an earlier moment may have been committed after we looked: it is looked for once more
            return or_(column > ZoneFill.planned_at, and_(column > now - LATE, ZoneFill.planned_at < now - LOOK_AGAIN))

        def of_its_items(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
            return exists().where(PlaylistItem.playlist_id == AreaFill.playlist_id, *conditions)

        stale = or_(
            newer(AreaFill.changed_at),
            exists().where(Playlist.id == AreaFill.playlist_id, newer(Playlist.updated_at)),
            of_its_items(Rendition.article_id == PlaylistItem.article_id, or_(newer(Rendition.ready_at), newer(Rendition.respoken_at))),
            of_its_items(Article.id == PlaylistItem.article_id, newer(Article.updated_at)),
            of_its_items(PlaylistItem.article_id.is_not(None), exists().where(newer(VoiceChoice.changed_at))),
            and_(ZoneFill.lacks, exists().where(newer(Variant.ready_at))),
        )
        query = select(AreaFill.area_id).join(ZoneFill, ZoneFill.area_id == AreaFill.area_id).where(stale, AreaFill.area_id.not_in(resting))
        return list(session.scalars(query.distinct().limit(BATCH)))

    def _unheard(self, session: Session, resting: set[int], now: datetime) -> list[int]:
        """Places where a dialect or a format is heard that was not: a terminal was paired, moved, speaks or plays differently."""
        ordered = AreaFill.playlist_id.is_not(None)
        areas = session.scalars(select(Area).where(Area.id.in_(select(AreaFill.area_id).where(ordered)))).all()
        if not areas:
            return []
        heard = session.execute(select(Terminal.area_id, Terminal.dialect, Terminal.format).where(Terminal.state == "active").distinct()).all()
        mark = hash((frozenset(tuple(row) for row in heard), frozenset(each.id for each in areas)))
        if mark == self._audience:
            return []
        hearing, extras = Hearing(session, areas), Extras(session, now)
        written = {(row.area_id, row.dialect): row.formats for row in session.execute(select(ZoneFill.area_id, ZoneFill.dialect, ZoneFill.formats))}

        def lacks(area: Area) -> bool:
            formats = _joined(extras.formats(area))
            return any(written.get((area.id, code)) != formats for code in hearing.dialects(area))

        lacking = [each.id for each in areas if each.id not in resting and lacks(each)]
        if not lacking:
            self._audience = mark
        return lacking[:BATCH]

    def _write(self, session: Session, area_id: int, now: datetime) -> None:
        """The fills of one place in every dialect heard below it; manifests of those that changed are to be sent anew."""
        area = session.get_one(Area, area_id)
        query = select(AreaFill).where(AreaFill.area_id == area_id, AreaFill.playlist_id.is_not(None)).options(
            selectinload(AreaFill.playlist).selectinload(Playlist.items).selectinload(PlaylistItem.clip),
            selectinload(AreaFill.playlist).selectinload(Playlist.items).selectinload(PlaylistItem.article).selectinload(Article.texts),
        ).order_by(AreaFill.kind)  # fmt: skip
        orders = session.scalars(query).all()
        articles = [item.article for each in orders for item in (each.playlist.items if each.playlist else []) if item.article]
        voices, tz = Voices(session, now, articles), tz_of(session, area)
        hours = list(dict.fromkeys(span for each in orders for span in each.hours))
        there = {row.dialect: row for row in session.scalars(select(ZoneFill).where(ZoneFill.area_id == area_id))}
        changed: dict[str, tuple[int, str]] = {}
        formats = Extras(session, now).formats(area)
        for dialect in sorted(Hearing(session, [area]).dialects(area) | set(there)):
            missing: list[str] = []
            fills, lacks = with_alternates(session, [each for order in orders for each in self._fills(order, dialect, voices, missing)], formats, now)
            fill = json.loads(json.dumps([asdict(each) for each in fills]))
            row = there.get(dialect)
            if row is None:
                row = ZoneFill(zid=zone(area, dialect), area_id=area_id, dialect=dialect, fill=[], hours=[], tz=tz)
                session.add(row)
            if (row.fill, row.hours, row.tz) != (fill, hours, tz):
                changed[row.zid] = (area_id, dialect)
            row.fill, row.hours, row.tz, row.error, row.planned_at = fill, hours, tz, "; ".join(missing)[:500], now
            row.formats, row.lacks = _joined(formats), lacks
        session.flush()
        touch(session, changed)

    def _fills(self, order: AreaFill, dialect: str, voices: Voices, missing: list[str]) -> list[Fill]:
        """The clips of one order that are ready, in their order; what is missing is added in words."""
        found: list[Fill] = []
        for item in order.playlist.items if order.playlist is not None else []:
            clip, title, why = self._clip(item, order, dialect, voices)
            if why:
                missing.append(why)
            if clip is not None:
                more: dict[str, Any] = {"skip": clip.skip, "gain_db": item.gain_db, "kind": order.kind, "title": title}
                found.append(Fill(clip.sha, f"/audio/{clip.sha}.mp3", clip.bytes, clip.ms, **more))
        return found

    def _clip(self, item: PlaylistItem, order: AreaFill, dialect: str, voices: Voices) -> tuple[ClipRef | None, str, str]:
        """The clip of an item, its title, and in words what is missing. A pause is none: between clips there is one anyway."""
        if item.kind == "pause":
            return None, "", ""
        if item.kind == "chime":
            return self.chime, "♪", ""
        if item.kind == "clip" and item.clip is not None:
            return ClipRef(item.clip.audio_sha256, item.clip.audio_bytes, item.clip.ms, item.clip.skip), item.clip.title, ""
        if item.article is None or order.playlist is None:
            return None, "", "an item of the playlist is gone"
        clip, _, why = voices.speak(item.article, dialect, order.area, order.playlist.voice)
        return clip, item.article.title, f"{item.article.title}: {why}" if why else ""


def _joined(formats: set[str]) -> str:
    return ",".join(sorted(formats))
