"""Break in: order an emergency, release it as the second person, end it by an all clear or by cancelling; each act written down.

``order`` is the one way in, for people and for what other systems report. Nothing here sends: the rows say what every zone's set should be, and
``broadcast.alarm`` finds them at once.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from broadcast.models import Emergency, EmergencyArea, EmergencyPhrase, ZoneAlert
from broadcast.plan import Hearing
from broadcast.sounding import order_speech
from station import audit
from station.areas import is_below, zone
from station.clock import to_ms
from station.models import LEVELS, Area, Person
from station.people import NotAllowed, may, require
from tts.dialects import normalise_writing
from tts.models import Clip
from wire.alert import MOST_EMERGENCIES, MOST_REPEATS
from wire.messages import SEVERITIES, SOURCES

LASTS, LASTS_MOST = timedelta(minutes=30), timedelta(hours=24)
REPEATS = 3
TEXT_MOST, PHRASES_MOST = 600, 6
ALL_CLEAR_LASTS = timedelta(minutes=10)
# From this level upwards a second person releases what a first one ordered; "never" lets everybody alone.
TWO_PERSONS, NEVER = "county", "never"


class BadEmergency(ValueError):
    """An emergency that cannot be; the text says why and what would do."""


@dataclass(frozen=True)
class Order:
    """What is to be heard. ``texts`` are words by written language ("zh", "en", ...), spoken fresh; ``phrase`` and ``clip`` are stored beforehand.
    ``clip_dialect``: the dialect in which the clip is a recording of the texts; "" where it is heard besides them.

    ``source`` is the level that speaks, "" the level of the uppermost area. ``lasts``: it ends by itself after so long.
    """

    level: str = "red"
    title: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)
    phrase: EmergencyPhrase | None = None
    clip: Clip | None = None
    clip_dialect: str = ""
    siren: bool = True
    drill: bool = False
    repeats: int = REPEATS
    lasts: timedelta = LASTS
    source: str = ""


def order(
    session: Session, areas: Sequence[Area], what: Order, now: datetime, *, person: Person | None, origin: str = "", two_persons: str = TWO_PERSONS
) -> Emergency:
    """An emergency in these areas and everywhere below them, live at once, or proposed where a second person must release it.

    ``person`` None is a source that was trusted with this beforehand (``origin`` names it): nobody has to release what it orders. Raises
    BadEmergency, NotAllowed. The caller rings ``station.bell`` once this is committed.
    """
    places = _uppermost(areas)
    _check(places, what)
    for area in places:
        if person is not None:
            require(session, person, "emergency", area, kind="emergency", at=now)
        _room_for_one_more(session, area)
    waits = person is not None and any(needs_two(area, two_persons) for area in places)
    texts = {normalise_writing(lang): text.strip() for lang, text in what.texts.items() if text.strip()}
    row = Emergency(
        key=secrets.token_hex(6), state="proposed" if waits else "live", level=what.level, source=what.source or _highest(places), origin=origin[:200],
        drill=what.drill, siren=what.siren, title=_title(what), texts=texts, phrase_id=what.phrase.id if what.phrase else None,
        clip_id=what.clip.id if what.clip else None, clip_dialect=what.clip_dialect if what.clip else "", repeats=what.repeats, starts_at=now, until=now + what.lasts,
        ordered_by_id=person.id if person else None, ordered_at=now, released_at=None if waits else now,
    )  # fmt: skip
    row.areas = list(places)
    session.add(row)
    session.flush()
    _write_down(session, row, person, "propose" if waits else "order", now, places=[area.name for area in places], level=row.level, drill=row.drill, origin=origin)
    if not waits:
        touch_zones(session, places, now)
    return row


def needs_two(area: Area, two_persons: str) -> bool:
    """Whether an emergency in this area takes a second person: at the level of ``two_persons`` and above."""
    return two_persons != NEVER and LEVELS.index(area.level) <= LEVELS.index(two_persons)


def release(session: Session, row: Emergency, person: Person, now: datetime) -> None:
    """The second person agrees: it is live from this moment. Raises NotAllowed (also for the first person), BadEmergency."""
    _all_of(session, row, person)
    if row.ordered_by_id == person.id:
        raise NotAllowed("somebody else must release what you ordered: two pairs of eyes")
    lasts = row.until - row.starts_at
    values = {"state": "live", "released_by_id": person.id, "released_at": now, "starts_at": now, "until": now + lasts}
    if not _moved(session, row, "proposed", values):
        raise BadEmergency("it waits for nobody any more: it was released or taken back already")
    _write_down(session, row, person, "release", now)
    touch_zones(session, row.areas, now)


def cancel(session: Session, row: Emergency, person: Person | None, now: datetime) -> None:
    """It ends at once, without a word. What waits for a second person is taken back. Ending what has ended changes nothing."""
    if person is not None:
        _all_of(session, row, person)
    was = row.state
    if was == "ended" or not _moved(session, row, was, _ended(person, "refused" if was == "proposed" else "cancelled", now)):
        return
    _write_down(session, row, person, "cancel", now)
    touch_zones(session, row.areas, now)


def all_clear(session: Session, row: Emergency, person: Person | None, now: datetime, texts: Mapping[str, str] | None = None) -> Emergency | None:
    """It ends at once, and that it is over is said once: in ``texts``, or in words of ours. The row of what is said; None when it had ended."""
    if person is not None:
        _all_of(session, row, person)
    if row.state != "live" or not _moved(session, row, "live", _ended(person, "all_clear", now)):
        return None
    said = {normalise_writing(lang): text.strip() for lang, text in (texts or {}).items() if text.strip()} or all_clear_words(row)
    over = Emergency(
        key=secrets.token_hex(6), state="live", level="blue", source=row.source, origin=row.origin, drill=row.drill, all_clear=True, siren=True,
        title=next(iter(said.values()))[:200], texts=said, repeats=1, starts_at=now, until=now + ALL_CLEAR_LASTS,
        ordered_by_id=person.id if person else None, ordered_at=now, released_at=now, clears_id=row.id,
    )  # fmt: skip
    over.areas = list(row.areas)
    session.add(over)
    session.flush()
    _write_down(session, row, person, "all_clear", now)
    touch_zones(session, row.areas, now)
    return over


def reword(session: Session, row: Emergency, person: Person | None, now: datetime, texts: Mapping[str, str], title: str = "") -> None:
    """Other words from now on (an update): what is being said is heard out, then the new wording. Raises BadEmergency when it has ended."""
    if person is not None:
        _all_of(session, row, person)
    words = {normalise_writing(lang): text.strip() for lang, text in texts.items() if text.strip()}
    if not words or any(len(text) > TEXT_MOST for text in words.values()):
        raise BadEmergency(f"give it words, at most {TEXT_MOST} characters")
    values = {"texts": words, "title": (title or next(iter(words.values())))[:200], "wording": row.wording + 1, "phrase_id": None, "clip_id": None}
    if not _moved(session, row, "live", values):
        raise BadEmergency("it is not live any more: order a new one")
    _write_down(session, row, person, "reword", now)
    touch_zones(session, row.areas, now)


def expire_one(session: Session, now: datetime) -> bool:
    """Emergencies whose time is over end; those that nobody released are taken back. Whether there were any."""
    over = session.scalars(select(Emergency).where(Emergency.state.in_(("live", "proposed")), Emergency.until <= now).limit(50)).all()
    for row in over:
        if _moved(session, row, row.state, _ended(None, "expired", now)):
            touch_zones(session, row.areas, now)
    return bool(over)


def stop_mine(session: Session, person: Person, now: datetime) -> list[Emergency]:
    """Everything this person ordered and that is live or waits ends at once."""
    mine = session.scalars(select(Emergency).where(Emergency.ordered_by_id == person.id, Emergency.state.in_(("live", "proposed")))).all()
    for row in mine:
        cancel(session, row, person, now)
    return list(mine)


def has_ordered(session: Session, person: Person) -> bool:
    """Whether something this person ordered is live or waits."""
    return session.scalar(select(Emergency.id).where(Emergency.ordered_by_id == person.id, Emergency.state.in_(("live", "proposed"))).limit(1)) is not None


def live_in(session: Session, area_ids: Collection[int]) -> Sequence[Emergency]:
    """What is live in exactly these areas, the newest first."""
    there = select(EmergencyArea.emergency_id).where(EmergencyArea.area_id.in_(area_ids))
    return session.scalars(select(Emergency).where(Emergency.id.in_(there), Emergency.state == "live").order_by(Emergency.id.desc())).all()


def touch_zones(session: Session, areas: Sequence[Area], now: datetime) -> None:
    """The sets of these areas, in every dialect heard there, are to be said anew: their ``rev`` is the time, and always more than before. What of
    them is not spoken yet is ordered."""
    hearing, ms = Hearing(session, areas), to_ms(now)
    for area in areas:
        live = live_in(session, [area.id])
        there = {row.dialect: row for row in session.scalars(select(ZoneAlert).where(ZoneAlert.area_id == area.id))}
        for dialect in sorted(hearing.dialects(area) | set(there)):
            for each in live:
                order_speech(session, each, area, dialect, now)
            row = there.get(dialect)
            if row is None:
                session.add(ZoneAlert(zid=zone(area, dialect), area_id=area.id, dialect=dialect, rev=ms, sent_rev=0, awaits=False, content="", said_rev=0, kid=""))
            else:
                row.rev = max(row.rev + 1, ms)
    session.flush()


def save_phrase(
    session: Session, area: Area, place: int, person: Person, now: datetime, *, title: str, texts: Mapping[str, str], level: str = "red",
    clip: Clip | None = None,
) -> EmergencyPhrase:  # fmt: skip
    """The phrase at this place (1..6) of the area, placed on its terminals as soon as it is spoken. Raises BadEmergency, NotAllowed."""
    require(session, person, "emergency", area, kind="emergency")
    words = {normalise_writing(lang): text.strip() for lang, text in texts.items() if text.strip()}
    if not 1 <= place <= PHRASES_MOST:
        raise BadEmergency(f"an area has at most {PHRASES_MOST} phrases: the place is 1 to {PHRASES_MOST}")
    if level not in SEVERITIES or not title.strip() or len(title) > 60:
        raise BadEmergency(f"a phrase has a title of 1 to 60 characters and a level: {', '.join(SEVERITIES)}")
    if (not words and clip is None) or any(len(text) > TEXT_MOST for text in words.values()):
        raise BadEmergency(f"a phrase has words (at most {TEXT_MOST} characters) or a clip of the library")
    row = session.scalar(select(EmergencyPhrase).where(EmergencyPhrase.area_id == area.id, EmergencyPhrase.place == place))
    if row is None:
        row = EmergencyPhrase(area_id=area.id, place=place)
        session.add(row)
    row.title, row.texts, row.level, row.clip_id, row.removed, row.changed_at = title.strip(), words, level, clip.id if clip else None, False, now
    session.flush()
    audit.record(session, person=person, act="phrase", subject="emergency_phrase", subject_id=row.id, area=area, now=now, place=place, title=row.title)
    return row


def remove_phrase(session: Session, row: EmergencyPhrase, person: Person, now: datetime) -> None:
    """It is offered and placed no more; emergencies that used it keep it. Doing it twice changes nothing."""
    require(session, person, "emergency", row.area, kind="emergency")
    if not row.removed:
        row.removed, row.changed_at = True, now
        audit.record(session, person=person, act="remove_phrase", subject="emergency_phrase", subject_id=row.id, area=row.area, now=now)


def phrases_for(session: Session, area: Area) -> Sequence[EmergencyPhrase]:
    """What may be said at a touch in this area: its own phrases, then those of the places above it, nearest first; at most six."""
    ids = [int(part) for part in area.path.strip("/").split("/")]
    rows = session.scalars(select(EmergencyPhrase).where(EmergencyPhrase.area_id.in_(ids), ~EmergencyPhrase.removed)).all()
    return sorted(rows, key=lambda row: (-ids.index(row.area_id), row.place))[:PHRASES_MOST]


ALL_CLEAR = {
    "zh-Hans": ("警报已经解除。", "演练结束。"), "en": ("All clear. The emergency is over.", "The drill is over."),
}  # fmt: skip


def all_clear_words(row: Emergency) -> dict[str, str]:
    """That it is over, with what it was where there is a title."""
    return {lang: words[row.drill] for lang, words in ALL_CLEAR.items()}


def _uppermost(areas: Sequence[Area]) -> list[Area]:
    """The areas without those that lie below another of them: each terminal hears it once."""
    found: list[Area] = []
    for area in sorted({each.id: each for each in areas}.values(), key=lambda each: each.path):
        if not any(is_below(area, top) for top in found):
            found.append(area)
    return found


def _highest(areas: Sequence[Area]) -> str:
    return min((area.level for area in areas), key=SOURCES.index)


def _title(what: Order) -> str:
    said = what.title or (what.phrase.title if what.phrase else "") or next(iter(what.texts.values()), "") or (what.clip.title if what.clip else "")
    return said.strip()[:200]


def _check(areas: Sequence[Area], what: Order) -> None:
    if not areas:
        raise BadEmergency("choose at least one place")
    if what.level not in SEVERITIES or (what.source and what.source not in SOURCES):
        raise BadEmergency(f"a level is one of {', '.join(SEVERITIES)}; a source one of {', '.join(SOURCES)}")
    if not (what.phrase or what.clip or what.siren or any(text.strip() for text in what.texts.values())):
        raise BadEmergency("nothing would be heard: choose a phrase, write a text, or let the siren sound")
    if any(len(text) > TEXT_MOST for text in what.texts.values()):
        raise BadEmergency(f"a text has at most {TEXT_MOST} characters: who runs for his life hears no more")
    if not 1 <= what.repeats <= MOST_REPEATS or not timedelta(0) < what.lasts <= LASTS_MOST:
        raise BadEmergency(f"it is said 1 to {MOST_REPEATS} times and lasts at most {LASTS_MOST // timedelta(hours=1)} hours")
    if what.phrase is not None and (what.phrase.removed or not all(is_below(area, what.phrase.area) for area in areas)):
        raise BadEmergency(f"the phrase {what.phrase.title!r} is not stored in all of these places: choose one of theirs, or write the text")


def _room_for_one_more(session: Session, area: Area) -> None:
    live = session.scalar(select(func.count()).select_from(EmergencyArea).join(Emergency).where(EmergencyArea.area_id == area.id, Emergency.state == "live"))
    if (live or 0) >= MOST_EMERGENCIES:
        raise BadEmergency(f"{area.name} has {live} live emergencies, and no terminal takes more: end one first")


def _all_of(session: Session, row: Emergency, person: Person) -> None:
    """Who ends or releases it must have the right wherever it is heard."""
    for area in row.areas:
        if not may(session, person, "emergency", area, kind="emergency"):
            require(session, person, "emergency", area, kind="emergency")


def _ended(person: Person | None, how: str, now: datetime) -> dict[str, object]:
    return {"state": "ended", "how": how, "ended_by_id": person.id if person else None, "ended_at": now}


def _moved(session: Session, row: Emergency, was: str, values: Mapping[str, object]) -> bool:
    """Whether the row was still in that state: of two people who act at once, one does."""
    done = session.execute(update(Emergency).where(Emergency.id == row.id, Emergency.state == was).values(**values).execution_options(synchronize_session=False))
    session.refresh(row)
    return bool(done.rowcount == 1)  # type: ignore[attr-defined]


def _write_down(session: Session, row: Emergency, person: Person | None, act: str, now: datetime, **detail: object) -> None:
    audit.record(
        session, person=person, act=f"emergency_{act}", subject="emergency", subject_id=row.id, area=row.areas[0] if row.areas else None, now=now,
        key=row.key, title=row.title, **detail,
    )  # fmt: skip
