"""The work of the desk: who looks after an article and until when, remarks, what changed between versions, when it ends, for whom it is adapted."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from articles.collect import clean
from articles.errors import Empty, NotNow, Refused, TooLong, UnknownKind
from articles.models import AUDIENCES, Article, Remark, Text, TextVersion
from station import audit
from station.database import Database
from station.models import Area, Grant, Person
from station.people import may, require, visible

REMARK_MAX = 1000
# Nothing is planned further ahead than this.
FURTHEST = timedelta(days=3 * 366)
_PIECES = re.compile(r"[a-zA-Z0-9]+|\s+|.", re.DOTALL)


@dataclass(frozen=True)
class Change:
    """A piece of a comparison: ``same``, ``gone`` (only in the older text) or ``new`` (only in the newer one)."""

    what: str
    text: str


def compare(before: str, after: str) -> list[Change]:
    """What became of a text: word by word where words are letters, character by character in Chinese."""
    old, new = _PIECES.findall(before), _PIECES.findall(after)
    found: list[Change] = []
    for what, i, j, k, end in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            found.append(Change("same", "".join(old[i:j])))
            continue
        found += [Change(kind, "".join(part)) for kind, part in (("gone", old[i:j]), ("new", new[k:end])) if part]
    return found


def assign(session: Session, person: Person, article: Article, to: Person | None, due: datetime | None, now: datetime) -> None:
    """Who looks after it, until when; nobody with None. Raises NotAllowed, Refused."""
    require(session, person, "write", article.area)
    if article.state == "withdrawn":
        raise NotNow(f"“{article.title}” was withdrawn: there is nothing left to do")
    if to is not None and not (may(session, to, "write", article.area) or may(session, to, "review", article.area)):
        raise Refused(f"{to.name} has no role in {article.area.name}: choose somebody who has", "assignee")
    if due is not None and not now - timedelta(minutes=1) <= due <= now + FURTHEST:
        raise Refused("the deadline lies in the past, or years away: choose another day", "due_at")
    before = {"to": article.assignee_id, "due": article.due_at.isoformat() if article.due_at else None}
    article.assignee, article.due_at = to, due
    session.flush()
    after = {"to": article.assignee_id, "due": due.isoformat() if due else None}
    if before != after:
        audit.record(session, person=person, act="assign", subject="article", subject_id=article.id, area=article.area, now=now, before=before, after=after)


def candidates(session: Session, article: Article) -> list[Person]:
    """Who may look after it: everybody with a role in its place or above."""
    above = [int(each) for each in article.area.path.strip("/").split("/")]
    query = select(Person).where(Person.active, Person.id.in_(select(Grant.person_id).where(Grant.area_id.in_(above)))).order_by(Person.name).limit(200)
    return list(session.scalars(query))


def to_do(session: Session, person: Person, limit: int = 20) -> list[Article]:
    """What the person looks after and is not done, the most urgent first."""
    query = (
        select(Article).join(Area, Article.area_id == Area.id)
        .where(visible(session, person), Article.assignee_id == person.id, Article.state.in_(("draft", "submitted")))
        .order_by(Article.due_at.is_(None), Article.due_at, Article.id).limit(limit)
    )  # fmt: skip
    return list(session.scalars(query))


def remark(session: Session, person: Person, article: Article, body: str, now: datetime) -> Remark:
    """A word to the others of the desk. Raises Empty, TooLong."""
    body = clean(body)
    if not body:
        raise Empty("there is nothing in the remark: write something", "remark")
    if len(body) > REMARK_MAX:
        raise TooLong(f"the remark has {len(body)} characters, more than {REMARK_MAX}: say the most important thing", "remark")
    row = Remark(article_id=article.id, revision=article.revision, person_id=person.id, body=body, at=now)
    session.add(row)
    session.flush()
    return row


def remarks(session: Session, article: Article) -> list[Remark]:
    """What was said about it, the first word first."""
    return list(session.scalars(select(Remark).where(Remark.article_id == article.id).order_by(Remark.id)))


def ends(session: Session, person: Person, article: Article, at: datetime | None, now: datetime) -> None:
    """From then on nobody hears it; None: it does not end by itself. Raises NotAllowed, Refused."""
    require(session, person, "write", article.area)
    if article.state == "withdrawn":
        raise NotNow(f"“{article.title}” was withdrawn: nobody hears it")
    if at is not None and not now < at <= now + FURTHEST:
        raise Refused("it would have ended already, or only in years: choose another day", "expires_at")
    before = article.expires_at
    article.expires_at, article.updated_at = at, now
    session.flush()
    audit.record(
        session, person=person, act="ends", subject="article", subject_id=article.id, area=article.area, now=now,
        before=before.isoformat() if before else None, after=at.isoformat() if at else None,
    )  # fmt: skip


def expire_one(db: Database, now: datetime) -> bool:
    """An article whose time is over is heard no more; False when there is none. What is planned leaves it out beforehand (broadcast.plan)."""
    over = select(Article.id).where(Article.expires_at <= now, Article.state.in_(("submitted", "approved"))).limit(1)
    with db.reading() as session:
        number = session.scalar(over)
    if number is None:
        return False
    with db.session() as session:
        article = session.get(Article, number, with_for_update=True)
        if article is None or article.state not in ("submitted", "approved") or article.expires_at is None or article.expires_at > now:
            return True  # somebody was faster; the next look sees what is left
        article.state, article.approved_at, article.updated_at = "withdrawn", None, now
        audit.record(session, person=None, act="expire", subject="article", subject_id=number, area=article.area, now=now)
    return True


def adapt_for(session: Session, person: Person, article: Article, area: Area, audience: str, now: datetime) -> Article:
    """A draft that says the same for another place or audience; it is edited and reviewed for itself. Raises NotAllowed, UnknownKind."""
    require(session, person, "write", area)
    if audience and audience not in AUDIENCES:
        raise UnknownKind(f"no audience is called {audience[:20]!r}: take one of {', '.join(AUDIENCES)}", "audience")
    made = Article(
        area_id=area.id, author_id=person.id, kind=article.kind, title=article.title, source="adapted", source_name=article.title[:300], created_at=now,
        updated_at=now, expires_at=article.expires_at, adapted_from_id=article.id, audience=audience,
        texts=[Text(lang=each.lang, title=each.title, body=each.body) for each in article.texts],
    )  # fmt: skip
    session.add(made)
    session.flush()
    session.add_all(TextVersion(article_id=made.id, revision=1, lang=each.lang, title=each.title, body=each.body, person_id=person.id, at=now) for each in made.texts)
    audit.record(
        session, person=person, act="collect", subject="article", subject_id=made.id, area=area, now=now, title=made.title, source="adapted", of=article.id
    )
    return made


def adapted(session: Session, article: Article) -> list[Article]:
    """The articles that say the same for others."""
    return list(session.scalars(select(Article).where(Article.adapted_from_id == article.id).order_by(Article.id).limit(50)))
