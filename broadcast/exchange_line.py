"""The way to another platform: packages are brought in their order until they were taken, and every half minute a sign of life."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from importlib.metadata import entry_points
from typing import TypeVar

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from articles.alerts import ebd
from articles.alerts.ebd import Us
from articles.alerts.errors import BadAlert
from articles.errors import BadFeed
from broadcast.exchange import inform, us
from broadcast.models import Exchange, ExchangePackage
from station.database import Database

log = logging.getLogger(__name__)
BEAT = timedelta(seconds=30)
TIMEOUT_S = 20.0
"""Longer without an answer, and a platform counts as not reached."""
INFORM, STATE = timedelta(hours=24), timedelta(minutes=30)
BACK_OFF, MAX_BACK_OFF = timedelta(seconds=5), timedelta(minutes=5)
AT_ONCE = 8
SEALS = "xiangyin.ebd_seal"
"""Entry point group of what signs our packages (SM2): ``seal(xml: bytes, ebd_id: str) -> bytes``, the content of the signature file."""

Post = Callable[[str, str, bytes, float], bytes]
"""Brings a file to an address within so many seconds and gives the body of the answer: (url, file name, data, seconds). Raises BadFeed."""
Seal = Callable[[bytes, str], bytes]
T = TypeVar("T")


def the_seal() -> Seal | None:
    """What signs our packages, where something is installed that does."""
    found = next(iter(entry_points(group=SEALS)), None)
    return found.load() if found is not None else None


class ExchangeLine:
    """Sends what ``broadcast.exchange`` wrote down. One exchange that is not reached holds up no other."""

    def __init__(self, db: Database, post: Post, public_url: str, seal: Seal | None = None) -> None:
        self.db, self._post, self.public_url, self._seal = db, post, public_url, seal

    def send_one(self, now: datetime) -> bool:
        """The oldest package of every exchange that may be tried, all at once; False when there is none."""
        with self.db.reading() as session:
            rests = or_(Exchange.not_before.is_(None), Exchange.not_before <= now)
            oldest = select(func.min(ExchangePackage.id)).join(Exchange).where(ExchangePackage.sent_at.is_(None), rests).group_by(ExchangePackage.source_id)
            query = select(ExchangePackage, Exchange.url).join(Exchange).where(ExchangePackage.id.in_(oldest.limit(AT_ONCE)))
            found = [(row, str(url)) for row, url in session.execute(query)]
        for package, answer in self._each(found, lambda one: self._bring(one[1], one[0].ebd_id, one[0].xml.encode(), now)):
            self._sent(package[0], answer, now)
        return bool(found)

    def _sent(self, package: ExchangePackage, answer: tuple[int, str] | str, now: datetime) -> None:
        with self.db.session() as session:
            exchange = session.get(Exchange, package.source_id)
            row = session.get(ExchangePackage, package.id)
            if exchange is None or row is None:
                return  # it was given up meanwhile
            if isinstance(answer, str):
                exchange.attempts += 1
                exchange.error = answer[:300]
                exchange.not_before = now + min(BACK_OFF * 2 ** min(exchange.attempts - 1, 10), MAX_BACK_OFF)
                return
            row.sent_at, (row.result, words) = now, answer
            row.answer = words[:300]
            _reached(exchange, now)
        if row.result != ebd.OK:
            log.warning("%s answered %s to %s: %s", exchange.url, row.result, package.kind, words)

    def beat_one(self, now: datetime) -> bool:
        """Half a minute after the last sign of life the next one; then also who we are (24 h) and how we are (30 min). False when none is due."""
        with self.db.reading() as session:
            due = or_(Exchange.beat_at.is_(None), Exchange.beat_at <= now - BEAT)
            rows = session.scalars(select(Exchange).where(due).order_by(Exchange.beat_at.asc().nulls_first()).limit(AT_ONCE))
            found = [(row.source_id, row.url, us(row, self.public_url)) for row in rows]
        for (source_id, _url, ours), answer in self._each(found, lambda one: self._bring(one[1], one[2].beat, ebd.sign_of_life(one[2], now), now)):
            with self.db.session() as session:
                row = session.get(Exchange, source_id, with_for_update=True)
                if row is None:
                    continue
                row.beat_at = now
                if isinstance(answer, str):
                    row.error = answer[:300]
                else:
                    _reached(row, now)
                _inform(session, row, ours, now)
        return bool(found)

    def _each(self, found: Sequence[T], bring: Callable[[T], tuple[int, str]]) -> Iterator[tuple[T, tuple[int, str] | str]]:
        """What came of each: the answer, or in words why there is none. All at once: one that does not answer holds up no other."""

        def tried(one: T) -> tuple[int, str] | str:
            try:
                return bring(one)
            except (BadFeed, BadAlert) as error:
                return str(error)

        if found:
            with ThreadPoolExecutor(len(found)) as pool:
                yield from zip(found, pool.map(tried, found), strict=True)

    def _bring(self, url: str, ebd_id: str, xml: bytes, now: datetime) -> tuple[int, str]:
        seal = self._seal(xml, ebd_id) if self._seal is not None else None
        return ebd.response_of(self._post(url, f"EBDT_{ebd_id}.tar", ebd.packed(ebd_id, xml, now, seal=seal), TIMEOUT_S))


def _inform(session: Session, row: Exchange, ours: Us, now: datetime) -> None:
    if row.informed_at is None or row.informed_at <= now - INFORM:
        inform(session, row, ours, ("EBRPSInfo", "EBRDTInfo"), now)
        row.informed_at = now
    if row.stated_at is None or row.stated_at <= now - STATE:
        inform(session, row, ours, ("EBRPSState", "EBRDTState"), now)
        row.stated_at = now


def _reached(row: Exchange, now: datetime) -> None:
    row.heard_at, row.attempts, row.not_before, row.error = now, 0, None, ""
