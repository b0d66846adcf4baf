"""A form behind a link: somebody without an account writes to the desk, and it lands as a draft with its origin."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from articles.collect import clean, collect_sent
from articles.errors import Empty, NotNow, Refused, TooLong
from articles.models import Article, ContributionLink
from station import audit
from station.models import Area, Person
from station.people import require

DAYS = (1, 7, 30, 365)
NAME_MAX, FROM_MAX, BODY_MAX = 100, 80, 5_000
# So many contributions a day come in through one link.
DAILY = 50


def make(session: Session, person: Person, area: Area, name: str, days: int, now: datetime) -> tuple[ContributionLink, str]:
    """A link and its token, which is shown once. Raises NotAllowed, Refused."""
    require(session, person, "write", area)
    name = " ".join(clean(name).split())
    if not name or len(name) > NAME_MAX:
        raise Refused(f"give the link a name of 1 to {NAME_MAX} characters: for whom is it?", "name")
    if days not in DAYS:
        raise Refused(f"a link is good for {', '.join(map(str, DAYS))} days, not {days}", "days")
    token = secrets.token_urlsafe(24)
    row = ContributionLink(area_id=area.id, made_by_id=person.id, name=name, token_hash=_digest(token), created_at=now, expires_at=now + timedelta(days=days))
    session.add(row)
    session.flush()
    audit.record(session, person=person, act="make link", subject="link", subject_id=row.id, area=area, now=now, name=name, days=days)
    return row, token


def close(session: Session, person: Person, link: ContributionLink, now: datetime) -> None:
    """Nothing comes in through it any more; closing twice changes nothing. Raises NotAllowed."""
    require(session, person, "write", link.area)
    if link.closed_at is None:
        link.closed_at = now
        session.flush()
        audit.record(session, person=person, act="close link", subject="link", subject_id=link.id, area=link.area, now=now, name=link.name)


def find(session: Session, token: str, now: datetime) -> ContributionLink | None:
    """The link behind a token, while it is open."""
    query = select(ContributionLink).where(ContributionLink.token_hash == _digest(token), ContributionLink.closed_at.is_(None), ContributionLink.expires_at > now)
    return session.scalar(query)


def contribute(session: Session, link: ContributionLink, *, sender: str, title: str, body: str, now: datetime) -> Article:
    """What somebody wrote, as a draft that says where it is from. Raises Refused naming the field."""
    sender = " ".join(clean(sender).split())
    if not sender:
        raise Empty("say who you are, so that the desk can ask back", "sender")
    if len(sender) > FROM_MAX:
        raise TooLong(f"the name has {len(sender)} characters, more than {FROM_MAX}", "sender")
    if len(body) > BODY_MAX:
        raise TooLong(f"the text has {len(body)} characters, more than {BODY_MAX}: send it in parts", "body")
    today = select(Article.id).where(Article.area_id == link.area_id, Article.source == "link", Article.created_at > now - timedelta(days=1)).limit(DAILY)
    if len(session.scalars(today).all()) >= DAILY:
        raise NotNow("the desk has had enough letters for today: send it tomorrow, or call")
    made = collect_sent(session, link.area, kind="notice", title=title, body=body, name=f"{sender} · {link.name}", now=now)
    session.execute(update(ContributionLink).where(ContributionLink.id == link.id).values(count=ContributionLink.count + 1))
    return made


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
