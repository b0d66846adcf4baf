"""Sources that have an address are read again and again: unchanged ones cost nothing, failing ones wait longer, an index leads to its alerts."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from articles.alerts.decide import Speakers
from articles.alerts.errors import BadAlert
from articles.alerts.receive import receive, trust_of
from articles.errors import BadFeed
from articles.feeds import Fetched, fetch
from articles.models import AlertSource, ReceivedAlert
from station.database import Database
from station.files import Files

log = logging.getLogger(__name__)
EVERY = timedelta(seconds=60)
MAX_BACK_OFF = timedelta(minutes=15)
LINKS = 20
"""So many alerts of an index are fetched at a time; the others at the next reading."""

Fetch = Callable[[str, str | None, str | None], Fetched]


def poll_one(db: Database, files: Files, speakers: Speakers, now: datetime, get: Fetch = fetch) -> bool:
    """Read the source that has waited longest; False when none is due. Nothing is locked while it is fetched."""
    due = or_(AlertSource.not_before.is_(None), AlertSource.not_before <= now)
    with db.reading() as session:
        query = select(AlertSource).where(AlertSource.active, AlertSource.url != "", due)
        found = session.scalar(query.order_by(AlertSource.not_before.asc().nulls_first(), AlertSource.id).limit(1))
    if found is None:
        return False
    links: list[str] = []
    try:
        fetched = _get(found, found.url, found.etag, found.modified, get)
        if fetched.data is not None:
            with db.session() as session:
                links = _taken(session, files, found.id, fetched.data, speakers, now, found.url)
        left = [each for link in links[:LINKS] if (each := _follow(db, files, found, link, speakers, now, get))]
        error = "; ".join(left)[:500]
        # what an index leads to and could not be had is asked for again: the index counts as not read
        _done(db, found.id, now, error, fetched if not left and len(links) <= LINKS else Fetched(None))
    except (BadFeed, BadAlert) as problem:
        _failed(db, found.id, now, str(problem))
    except Exception as problem:  # the border to a foreign server: what it provokes concerns this source only
        log.exception("reading %s failed", found.url)
        _failed(db, found.id, now, f"it could not be read ({type(problem).__name__}): it is tried again")
    return True


def _get(source: AlertSource, url: str, etag: str | None, modified: str | None, get: Fetch) -> Fetched:
    if trust_of(source).tls and not url.startswith("https://"):
        raise BadFeed(f"{url[:200]} is no https address, and this source is trusted over https only")
    return get(url, etag, modified)


def _taken(session: Session, files: Files, source_id: int, data: bytes, speakers: Speakers, now: datetime, url: str) -> list[str]:
    """Everything in what was read; the links that were not followed yet."""
    source = session.get_one(AlertSource, source_id)
    rows, links, problems = receive(session, files, source, data, speakers, now, url)
    if problems and not rows and not links and not any("no alert in the file" in each for each in problems):
        raise BadAlert("; ".join(problems)[:500])
    known = set(session.scalars(select(ReceivedAlert.link).where(ReceivedAlert.source_id == source.id, ReceivedAlert.link.in_(links))))
    return [each for each in dict.fromkeys(links) if each not in known and len(each) <= 1000]


def _follow(db: Database, files: Files, source: AlertSource, link: str, speakers: Speakers, now: datetime, get: Fetch) -> str:
    """One alert that an index leads to; in words why it could not be had, empty when it could."""
    try:
        data = _get(source, link, None, None, get).data
        if data is not None:
            with db.session() as session:
                receive(session, files, session.get_one(AlertSource, source.id), data, speakers, now, link)
    except (BadFeed, BadAlert) as problem:
        return str(problem)[:200]
    except Exception as problem:  # the border to a foreign server, as above
        log.exception("reading %s failed", link)
        return f"{link[:100]} could not be read ({type(problem).__name__})"
    return ""


def _done(db: Database, source_id: int, now: datetime, error: str, fetched: Fetched) -> None:
    with db.session() as session:
        source = session.get_one(AlertSource, source_id)
        source.attempts, source.error, source.not_before, source.read_at = 0, error, now + EVERY, now
        source.etag, source.modified = fetched.etag, fetched.modified


def _failed(db: Database, source_id: int, now: datetime, problem: str) -> None:
    with db.session() as session:
        source = session.get_one(AlertSource, source_id)
        source.attempts += 1
        source.error, source.read_at = problem[:500], now
        source.not_before = now + min(EVERY * 2 ** min(source.attempts - 1, 10), MAX_BACK_OFF)
