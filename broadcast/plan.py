"""An occurrence becomes concrete: which clips, at which millisecond, in which dialect, for which zone."""

from __future__ import annotations

import hashlib
import json
import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import BigInteger, ColumnElement, and_, cast, exists, false, func, or_, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import InstrumentedAttribute, Session, selectinload

from articles.models import Article
from broadcast.dressing import ClipRef, Dressing, Heard
from broadcast.extras import Extras, made_since_planned
from broadcast.models import Dispatch, Notice, ZonePlan
from broadcast.only import Only, only_of
from broadcast.resting import Resting
from devices.models import Terminal
from playlists.conflicts import rank_of
from playlists.models import Occurrence, Playlist, PlaylistItem, Schedule
from station.areas import DEFAULT_DIALECT, zone
from station.clock import from_ms, to_ms
from station.database import Database
from station.models import Area
from tts.choose import Choices
from tts.dialects import DIALECTS
from tts.models import Rendition, VoiceChoice
from tts.want import want_renditions
from wire.messages import PlanItem

log = logging.getLogger(__name__)

# Occurrences planned in one transaction.
BATCH = 200
# An act may be committed this long after the moment it bears; a plan made meanwhile is looked at again after a while.
LATE, LOOK_AGAIN = timedelta(minutes=5), timedelta(seconds=30)
# So long before it begins a programme is not bettered any more: terminals need time to fetch.
SETTLED = timedelta(seconds=60)
# So many branches are named in a query, and not more.
FEW = 50


@dataclass(frozen=True)
class Batch:
    """What is read once for a batch of occurrences."""

    voices: Voices
    dressing: Dressing
    extras: Extras
    only: dict[int, Only]


class Planner:
    """Plans occurrences within the horizon. ``chime`` is the station's own; ``horizon`` how far ahead terminals hold their plan."""

    def __init__(self, db: Database, chime: ClipRef, horizon: timedelta = timedelta(days=7)) -> None:
        self.db = db
        self.chime = chime
        self.horizon = horizon
        self._resting: Resting[int] = Resting()

    def plan_one(self, now: datetime) -> bool:
        """One batch of occurrences that lack their dispatch, or whose dispatch is out of date. Whether there was any."""
        with self.db.reading() as session:
            ids = self._unplanned(session, now) or self._outdated(session, now)
        if not ids:
            return False
        try:
            self._write(ids, now)
        except OperationalError:  # the database is out of reach: nothing of ours is at fault
            raise
        except Exception:
            if len(ids) > 1:
                log.warning("one of %d occurrences cannot be planned: each is tried alone", len(ids), exc_info=True)
            for each in ids:
                self._write_alone(each, now)
        return True

    def _write_alone(self, occurrence_id: int, now: datetime) -> None:
        """One that cannot be planned rests, and holds up no other."""
        try:
            self._write([occurrence_id], now)
        except OperationalError:
            raise
        except Exception:
            log.exception("occurrence %d cannot be planned; it is tried again at %s", occurrence_id, self._resting.failed(occurrence_id, now))
        else:
            self._resting.went_well(occurrence_id)

    def _write(self, ids: Sequence[int], now: datetime) -> None:
        with self.db.session() as session:
            query = select(Occurrence).where(Occurrence.id.in_(ids)).options(
                selectinload(Occurrence.schedule), selectinload(Occurrence.area),
                selectinload(Occurrence.playlist).selectinload(Playlist.items).selectinload(PlaylistItem.clip),
                selectinload(Occurrence.playlist).selectinload(Playlist.items).selectinload(PlaylistItem.article).selectinload(Article.texts),
            )  # fmt: skip
            occurrences = session.scalars(query).all()
            voices = Voices(session, now, [item.article for each in occurrences for item in each.playlist.items if item.article])
            hearing, batch = Hearing(session, [each.area for each in occurrences]), Batch(
                voices, Dressing(session, now), Extras(session, now), only_of(session, {each.schedule_id for each in occurrences})
            )  # fmt: skip
            changed: dict[str, tuple[int, str]] = {}
            for occurrence in occurrences:
                only = batch.only.get(occurrence.schedule_id)
                changed.update(self._plan(session, occurrence, hearing.dialects(occurrence.area) if only is None else set(only.dialects), batch, now))
            touch(session, changed)

    def _unplanned(self, session: Session, now: datetime) -> list[int]:
        """Occurrences without any dispatch that may still be heard, the earliest first."""
        query = (
            select(Occurrence.id, Occurrence.starts_at, Schedule.window_s).join(Schedule, Schedule.id == Occurrence.schedule_id)
            .where(
                Occurrence.state == "planned", Occurrence.starts_at < now + self.horizon, Occurrence.starts_at > now - timedelta(days=1),
                ~exists().where(Dispatch.occurrence_id == Occurrence.id),
            )
            .order_by(Occurrence.starts_at, Occurrence.id)
        )  # fmt: skip
        resting = self._resting.keys(now)
        rows = session.execute(query)
        due = (row.id for row in rows if row.starts_at + timedelta(seconds=row.window_s) > now and row.id not in resting)
        found = list(islice(due, BATCH))
        rows.close()
        return found

    def _outdated(self, session: Session, now: datetime) -> list[int]:
        """Occurrences whose playlist, renditions, voices, audience or state changed since they were planned: those not begun yet, and
        those that had nothing to play so far."""

        def newer(column: InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None]) -> ColumnElement[bool]:
            # what bears an earlier moment may have been committed after we looked: it is looked for once more
            return or_(column > Dispatch.planned_at, and_(column > now - LATE, Dispatch.planned_at < now - LOOK_AGAIN))

        fresher = exists().where(
            PlaylistItem.playlist_id == Occurrence.playlist_id,
            Rendition.article_id == PlaylistItem.article_id,
            newer(Rendition.ready_at),
        )
        respoken = exists().where(
            PlaylistItem.playlist_id == Occurrence.playlist_id, Rendition.article_id == PlaylistItem.article_id, newer(Rendition.respoken_at)
        )
        reapproved = exists().where(
            PlaylistItem.playlist_id == Occurrence.playlist_id,
            Article.id == PlaylistItem.article_id,
            newer(Article.updated_at),
        )
        revoiced = exists().where(newer(VoiceChoice.changed_at))
        stale = or_(
            and_(Occurrence.state != "planned", Dispatch.state != "cancelled"),
            newer(Occurrence.changed_at),
            and_(
                Occurrence.state == "planned",
                or_(newer(Playlist.updated_at), and_(Dispatch.error != "", fresher), and_(Dispatch.starts_at > now + SETTLED, made_since_planned(newer)), respoken, reapproved, revoiced),
            ),
        )
        query = (
            select(Dispatch.occurrence_id).join(Occurrence, Occurrence.id == Dispatch.occurrence_id)
            .join(Playlist, Playlist.id == Occurrence.playlist_id)
            .where(
                Dispatch.ends_at > now, or_(Dispatch.starts_at > now, Occurrence.state != "planned", Dispatch.state == "empty"), stale,
                Dispatch.occurrence_id.not_in(self._resting.keys(now)),
            )
            .distinct().limit(BATCH)
        )  # fmt: skip
        found = list(session.scalars(query))
        return found or self._unheard(session, now)

    def _unheard(self, session: Session, now: datetime) -> list[int]:
        """Occurrences that a dialect joined after they were planned: a terminal was paired, moved, or speaks differently."""
        mark = _audience(session)
        if mark == getattr(self, "_audience", None):
            return []
        upcoming = session.scalars(
            select(Occurrence).where(
                Occurrence.state == "planned", Occurrence.starts_at > now, Occurrence.starts_at < now + self.horizon,
                Occurrence.schedule_id.not_in(select(Notice.schedule_id).where(Notice.only.is_not(None), Notice.schedule_id.is_not(None))),
            )
        ).all()
        hearing = Hearing(session, [each.area for each in upcoming])
        planned: dict[int, set[str]] = defaultdict(set)
        for row in session.execute(select(Dispatch.occurrence_id, Dispatch.dialect).where(Dispatch.ends_at > now)):
            planned[row.occurrence_id].add(row.dialect)
        resting = self._resting.keys(now)
        lacking = [
            each.id for each in upcoming if planned[each.id] and each.id not in resting and hearing.dialects(each.area) - planned[each.id]
        ]
        if not lacking:
            self._audience = mark
        return lacking[:BATCH]

    def _plan(
        self, session: Session, occurrence: Occurrence, dialects: set[str], batch: Batch, now: datetime
    ) -> Iterable[tuple[str, tuple[int, str]]]:
        """Write the dispatches of one occurrence; yields the zones whose manifest changes."""
        there = {each.dialect: each for each in session.scalars(select(Dispatch).where(Dispatch.occurrence_id == occurrence.id))}
        for dialect in sorted(dialects | set(there)):
            items, missing, lacks = self._items(occurrence, dialect, batch)
            state = "cancelled" if occurrence.state != "planned" else "planned" if items else "empty"
            plain = [asdict(item) for item in items]
            key = hashlib.sha256(json.dumps([state, plain, missing], sort_keys=True).encode()).hexdigest()
            row = there.get(dialect)
            if row is None:
                only = batch.only.get(occurrence.schedule_id)
                zid = zone(occurrence.area, dialect) if only is None else only.zone(dialect)
                row = Dispatch(occurrence_id=occurrence.id, area_id=occurrence.area_id, dialect=dialect, zid=zid)
                session.add(row)
            unchanged = row.inputs_hash == key
            row.planned_at, row.lacks = now, lacks
            if unchanged:
                continue
            row.state, row.items, row.inputs_hash, row.sent_at = state, plain, key, None
            row.error = "; ".join(missing)[:500]
            row.starts_at = occurrence.starts_at
            row.ends_at = from_ms(max((item.expires_ms for item in items), default=to_ms(occurrence.starts_at) + occurrence.schedule.window_s * 1000))
            yield row.zid, (occurrence.area_id, dialect)

    def _items(self, occurrence: Occurrence, dialect: str, batch: Batch) -> tuple[list[PlanItem], list[str], bool]:
        """The clips of an occurrence in one dialect, in words what is missing, and whether something better is still being made."""
        schedule = occurrence.schedule
        plain, missing = self._plain(occurrence, dialect, batch.voices)
        heard, undressed = batch.dressing.of(occurrence.area, plain, occurrence.playlist_id, occurrence.music)
        more, lacks = batch.extras.of(occurrence.area, [(item.clip.sha, item.clip.skip) for item in heard], [item.base for item in heard])
        begins: list[int] = []
        at = to_ms(occurrence.starts_at)
        for item in heard:
            begins.append(at + item.pause_ms)
            at = begins[-1] + item.clip.ms
        window_ms = schedule.window_s * 1000  # so late may each item still begin; then it must have ended, too
        return [
            PlanItem(
                id=f"{occurrence.id}-{dialect}-{n}", occ=f"{occurrence.id}-{dialect}", n=n, at_ms=begins[n], clip=item.clip.sha,
                url=f"/audio/{item.clip.sha}.mp3", bytes=item.clip.bytes, ms=item.clip.ms, expires_ms=begins[n] + item.clip.ms + window_ms,
                start=schedule.start if n == 0 else "after", skip=item.clip.skip, gain_db=item.gain_db, lang=item.lang, priority=schedule.priority,
                title=item.title, rank=rank_of(schedule.priority, occurrence.area), brk=schedule.brk, volume=schedule.volume, **more[n],
            )
            for n, item in enumerate(heard)
        ], missing, lacks or undressed  # fmt: skip

    def _plain(self, occurrence: Occurrence, dialect: str, voices: Voices) -> tuple[list[Heard], list[str]]:
        """The items as they were recorded or spoken, without anything around them, and in words what is missing."""
        missing: list[str] = []
        found: list[Heard] = []
        pause = 0
        for item in occurrence.playlist.items:
            if item.kind == "pause":
                pause += item.pause_ms
                continue
            heard = self._heard(item, occurrence, dialect, voices, missing)
            if heard is not None:
                found.append(replace(heard, gain_db=item.gain_db, pause_ms=pause))
                pause = 0
        return found, missing

    def _heard(self, item: PlaylistItem, occurrence: Occurrence, dialect: str, voices: Voices, missing: list[str]) -> Heard | None:
        if item.kind == "chime":
            return Heard(self.chime, "♪", 0.0, "", "chime")
        if item.kind == "clip" and item.clip is not None:
            if item.clip.kind == "music" and not occurrence.music:
                missing.append(f"{item.clip.title}: no music on such a day")
                return None
            clip = ClipRef(item.clip.audio_sha256, item.clip.audio_bytes, item.clip.ms, item.clip.skip)
            return Heard(clip, item.clip.title, 0.0, "", "")
        if item.article is None:
            missing.append("an item of the playlist is gone")
            return None
        if item.article.expires_at is not None and item.article.expires_at <= occurrence.starts_at:
            missing.append(f"{item.article.title}: over since {item.article.expires_at:%Y-%m-%d %H:%M} UTC")
            return None
        spoken_clip, spoken, why = voices.speak(item.article, dialect, occurrence.area, occurrence.playlist.voice)
        if why:
            missing.append(f"{item.article.title}: {why}")
        if spoken_clip is None:
            return None
        return Heard(spoken_clip, item.article.title, 0.0, spoken, item.article.kind, base=spoken_clip.sha)


class Voices:
    """The renditions of a batch of articles, by article, dialect and voice, with the fallbacks that the dialect table names."""

    def __init__(self, session: Session, now: datetime, articles: Sequence[Article]) -> None:
        self.session = session
        self.now = now
        self._choices = Choices(session)
        rows = session.scalars(select(Rendition).where(Rendition.article_id.in_({each.id for each in articles}))).all()
        self._found: dict[tuple[int, int, str], dict[str, Rendition]] = defaultdict(dict)
        for row in rows:
            self._found[row.article_id, row.revision, row.dialect][row.voice] = row

    def speak(self, article: Article, dialect: str, area: Area, playlist_voice: str = "") -> tuple[ClipRef | None, str, str]:
        """The clip, the dialect it speaks, and what is missing in words. A fallback only where the dialect itself can have no voice.

        While the chosen voice is not ready, another voice of the same dialect that is: a warning waits for no voice.
        """
        if article.state != "approved":
            return None, dialect, "not approved"
        code: str | None = dialect
        while code is not None:
            name = self._choices.voice(code, article, area, playlist_voice)
            there = self._found[article.id, article.revision, code]
            row = there.get(name) or self._want(article, code, name)
            if row is None:
                return None, dialect, f"no rendition in {code}"
            if row.state == "ready":
                return _clip_of(row), code, ""
            if row.state != "no_voice":
                why = row.error or f"{code} is being spoken"
                other = next((each for each in there.values() if each.state == "ready"), None)
                if other is not None:
                    return _clip_of(other), code, f"the voice {other.voice} speaks for {name}: {why}"
                return None, dialect, why
            reason, code = row.error, DIALECTS[code].fallback
        return None, dialect, reason

    def _want(self, article: Article, code: str, name: str) -> Rendition | None:
        """The row that was lacking, from now on wanted."""
        if not want_renditions(self.session, article, {code}, self.now, {code: name}):
            return None
        row = self.session.scalar(
            select(Rendition).where(
                Rendition.article_id == article.id,
                Rendition.revision == article.revision,
                Rendition.dialect == code,
                Rendition.voice == name,
            )
        )
        if row is not None:
            self._found[article.id, article.revision, code][name] = row
        return row


def _clip_of(row: Rendition) -> ClipRef:
    return ClipRef(row.audio_sha256, row.audio_bytes, row.ms, row.skip, row.id)


class Hearing:
    """Which dialects are heard below which area: those of the active terminals there, or the area's own while there are none."""

    def __init__(self, session: Session, areas: Sequence[Area]) -> None:
        paths = sorted({each.path for each in areas})
        query = select(Terminal.area_id, Terminal.dialect).join(Area, Area.id == Terminal.area_id).where(Terminal.state == "active")
        if len(paths) <= FEW:  # a long list of branches costs more than looking at every village
            query = query.where(or_(*(Area.path.startswith(path) for path in paths))) if paths else query.where(false())
        rows = session.execute(query.distinct()).all()
        self._areas = self._load(session, {row.area_id for row in rows} | {each.id for each in areas})
        self._heard: dict[int, set[str]] = defaultdict(set)
        for row in rows:
            place = self._areas[row.area_id]
            for part in place.path.strip("/").split("/"):
                self._heard[int(part)].add(row.dialect or self._own(place))

    def _load(self, session: Session, ids: set[int]) -> dict[int, Area]:
        """These areas and all above them."""
        found: dict[int, Area] = {}
        while missing := sorted(ids - set(found)):
            for begin in range(0, len(missing), 500):
                part = session.scalars(select(Area).where(Area.id.in_(missing[begin : begin + 500])))
                found.update((each.id, each) for each in part)
            ids = ids | {int(part) for each in found.values() for part in each.path.strip("/").split("/")}
        return found

    def _own(self, area: Area) -> str:
        up = (self._areas[int(part)].dialect for part in reversed(area.path.strip("/").split("/")))
        return next((dialect for dialect in up if dialect), DEFAULT_DIALECT)

    def dialects(self, area: Area) -> set[str]:
        """The dialects of an area that was named at the beginning."""
        return self._heard.get(area.id) or {self._own(area)}


def _audience(session: Session) -> tuple[object, ...]:
    """Another one when somebody speaks another dialect, hangs elsewhere, came or went: of each dialect how many terminals there are, and of their
    places the sum and a sum of scattered numbers (Knuth's multiplier, modulo a prime below 2^32). The database adds it up: a hundred thousand rows
    for every look would be dear."""
    place = cast(Terminal.area_id, BigInteger)
    query = select(Terminal.dialect, func.count(), func.sum(place), func.sum(place * 2_654_435_761 % 4_294_967_291)).where(Terminal.state == "active")
    newest = session.scalar(select(func.max(Terminal.id)))
    return newest, frozenset(tuple(row) for row in session.execute(query.group_by(Terminal.dialect)))


def touch(session: Session, zones: dict[str, tuple[int, str]]) -> None:
    """The manifests of these zones (zid -> area id, dialect) have to be sent anew."""
    for zid, (area_id, dialect) in zones.items():
        bumped = session.execute(update(ZonePlan).where(ZonePlan.zid == zid).values(rev=ZonePlan.rev + 1, not_before=None))
        if not bumped.rowcount:  # type: ignore[attr-defined]
            session.add(ZonePlan(zid=zid, area_id=area_id, dialect=dialect, rev=1))
            session.flush()
