"""A warning that came in and is to be heard becomes an emergency; one that was cancelled, replaced or is over ends it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from articles.alerts.receive import trust_of
from articles.models import ReceivedAlert
from broadcast.emergency import LASTS_MOST, TEXT_MOST, BadEmergency, Order, all_clear, cancel, order
from broadcast.models import AlertEmergency, Emergency
from broadcast.recorded import recording_of
from station import audit
from station.database import Database
from station.models import Area

_SENTENCE = re.compile(r"[^。！？!?།؟\n]*(?:[。！？!?།؟\n]+|\.(?=\s|$)|$)")
ALREADY = timedelta(seconds=1)
"""An emergency lasts at least so long."""


def air_one(db: Database, now: datetime) -> bool:
    """One warning that lacks its emergency, or whose emergency outlived it; False when there is none."""
    with db.reading() as session:
        fresh, stale = _fresh(session, now), _stale(session, now)
    if fresh is None and stale is None:
        return False
    with db.session() as session:
        if fresh is not None:  # the new one first: between the two of an update nobody is left without a word
            _air(session, session.get_one(ReceivedAlert, fresh, with_for_update=True), now)
        elif stale is not None:
            _end(session, session.get_one(ReceivedAlert, stale, with_for_update=True), now)
    return True


def _fresh(session: Session, now: datetime) -> int | None:
    begun = or_(ReceivedAlert.starts_at.is_(None), ReceivedAlert.starts_at <= now)
    lasts = or_(ReceivedAlert.ends_at.is_(None), ReceivedAlert.ends_at > now)
    aired = exists().where(AlertEmergency.alert_id == ReceivedAlert.id)
    query = select(ReceivedAlert.id).where(ReceivedAlert.state == "play", begun, lasts, ~aired)
    return session.scalar(query.order_by(ReceivedAlert.starts_at, ReceivedAlert.id).limit(1))


def _stale(session: Session, now: datetime) -> int | None:
    live = exists().where(AlertEmergency.alert_id == ReceivedAlert.id, AlertEmergency.emergency_id == Emergency.id, Emergency.state != "ended")
    over = (ReceivedAlert.state == "play") & (ReceivedAlert.ends_at <= now)
    return session.scalar(select(ReceivedAlert.id).where(or_((ReceivedAlert.state == "ended") & live, over)).order_by(ReceivedAlert.id).limit(1))


def _air(session: Session, row: ReceivedAlert, now: datetime) -> None:
    """All parts of a warning, or none of them: what cannot be ordered waits for a person, with the reason."""
    if row.state != "play" or session.scalar(select(AlertEmergency.id).where(AlertEmergency.alert_id == row.id).limit(1)):
        return
    try:
        with session.begin_nested():
            for number, part in enumerate(row.parts):
                if part["languages"] and part["areas"] and datetime.fromisoformat(part["ends"]) > now:
                    made = order(session, _areas(session, row, part), _order(session, row, part, now), now, person=None, origin=row.source.name)
                    session.add(AlertEmergency(alert_id=row.id, part=number, emergency_id=made.id))
            session.flush()
            if not session.scalar(select(AlertEmergency.id).where(AlertEmergency.alert_id == row.id).limit(1)):
                raise BadEmergency("none of its places is one of ours any more, or it has no words")
    except BadEmergency as error:
        row.state, row.why = "inbox", str(error)[:1000]
        audit.record(session, person=None, act="alert_refused", subject="received_alert", subject_id=row.id, area=row.source.area, now=now, why=row.why)
    else:
        row.played_at = now
    session.flush()


def _areas(session: Session, row: ReceivedAlert, part: Mapping[str, Any]) -> list[Area]:
    """Its places, as far as they lie in the branch of its source: that was checked when it came, and places may have moved since."""
    query = select(Area).where(Area.id.in_(part["areas"]), Area.path.startswith(row.source.area.path))
    return list(session.scalars(query))


def _order(session: Session, row: ReceivedAlert, part: Mapping[str, Any], now: datetime) -> Order:
    texts = {lang: spoken(words["title"], words["text"]) for lang, words in part["languages"].items()}
    lasts = min(max(datetime.fromisoformat(part["ends"]) - now, ALREADY), LASTS_MOST)
    title = next(iter(part["languages"].values()))["title"] or row.title
    clip, dialect = recording_of(session, part)
    return Order(
        level=part["level"] or row.level, title=title[:200], texts=texts, clip=clip, clip_dialect=dialect, drill=row.drill, lasts=lasts,
        source=trust_of(row.source).level,
    )  # fmt: skip


def spoken(title: str, text: str, most: int = TEXT_MOST) -> str:
    """What is said: the title, then as many whole sentences as fit; who runs for his life hears no more."""
    whole = text if not title or text.startswith(title) else f"{title}{'' if title[-1] in '。！？!?.།' else '。' if _han(title) else '. '}{text}"
    if len(whole) <= most:
        return whole
    said = ""
    for sentence in _SENTENCE.findall(whole):
        if len(said) + len(sentence) > most:
            break
        said += sentence
    return said.strip() or whole[: most - 1].rstrip() + "…"


def _han(text: str) -> bool:
    return any(0x3400 <= ord(each) <= 0x9FFF for each in text)


def _end(session: Session, row: ReceivedAlert, now: datetime) -> None:
    if row.state == "play":
        row.state, row.how = "ended", "expired"
    words = _over_words(session, row)
    query = select(Emergency).join(AlertEmergency, AlertEmergency.emergency_id == Emergency.id).where(AlertEmergency.alert_id == row.id, Emergency.state != "ended")
    for each in session.scalars(query).all():
        if row.how == "all_clear" and each.state == "live":
            all_clear(session, each, None, now, words)
        else:
            cancel(session, each, None, now)
    session.flush()


def _over_words(session: Session, row: ReceivedAlert) -> dict[str, str]:
    """What the message that ended it says."""
    by = session.get(ReceivedAlert, row.ended_by_id) if row.ended_by_id else None
    return {lang: spoken(words["title"], words["text"]) for part in (by.parts if by else []) for lang, words in part["languages"].items()}
