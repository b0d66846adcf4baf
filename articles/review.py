"""Nobody approves what he wrote himself: submit, approve, send back with a reason, withdraw; where a place says so, notices go out
without a review and are looked at afterwards."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, String, cast, exists, or_, select
from sqlalchemy.orm import Session

from articles.errors import Conflict, Empty, NotNow, OwnWork, Refused, TooLong, UnknownKind
from articles.models import Article, Review, ReviewRule
from station import audit
from station.areas import ancestors
from station.models import Area, AuditEntry, Person
from station.people import may, require, visible

# How many different reviewers a kind needs where no place says otherwise, and how few and many a place may ask for.
REVIEWS_NEEDED = {"notice": 1, "programme": 2}
REVIEWS_LEAST, REVIEWS_MOST = {"notice": 0, "programme": 1}, 3
# What was released without a review is shown to the reviewers for so long.
LOOKED_AT = timedelta(days=7)


def reviews_needed(session: Session, area: Area, kind: str) -> int:
    """How many reviews the kind needs in the place: its own rule, else that of the nearest place above it, else the station's."""
    places = ancestors(session, area)
    query = select(ReviewRule.area_id, ReviewRule.needed).where(ReviewRule.kind == kind, ReviewRule.area_id.in_([each.id for each in places]))
    rows = {row.area_id: row.needed for row in session.execute(query)}
    return next((rows[each.id] for each in reversed(places) if each.id in rows), REVIEWS_NEEDED[kind])


def set_reviews(session: Session, person: Person, area: Area, kind: str, needed: int | None, now: datetime) -> int:
    """So many reviews the kind needs there and below; None: as above it. What counts there now. Raises NotAllowed, Refused."""
    require(session, person, "people", area)
    if kind not in REVIEWS_NEEDED:
        raise UnknownKind(f"no kind is called {kind[:20]!r}: take one of {', '.join(REVIEWS_NEEDED)}", "kind")
    if needed is not None and not REVIEWS_LEAST[kind] <= needed <= REVIEWS_MOST:
        raise Refused(f"a {kind} takes {REVIEWS_LEAST[kind]} to {REVIEWS_MOST} reviews, not {needed}", "needed")
    row = session.get(ReviewRule, (area.id, kind))
    before = row.needed if row is not None else None
    if before != needed:
        if row is not None and needed is None:
            session.delete(row)
        elif row is not None and needed is not None:
            row.needed, row.changed_at = needed, now
        elif needed is not None:
            session.add(ReviewRule(area_id=area.id, kind=kind, needed=needed, changed_at=now))
        session.flush()
        audit.record(session, person=person, act="reviews", subject="area", subject_id=area.id, area=area, now=now, kind=kind, before=before, after=needed)
    return reviews_needed(session, area, kind)


def submit(session: Session, article: Article, person: Person, now: datetime) -> None:
    """A draft goes to review. Where its kind needs none and the person may also put it on air, it is approved at once: the audit log calls
    that "release", and the reviewers see it afterwards (``unseen``)."""
    require(session, person, "write", article.area, kind=article.kind)
    _expect(session, article, "draft", "submitted to review")
    article.state, article.submitted_at, article.submitted_by_id, article.updated_at = "submitted", now, person.id, now
    session.flush()
    _write_down(session, article, person, "submit", now)
    if reviews_needed(session, article.area, article.kind) == 0 and may(session, person, "play", article.area, kind=article.kind, at=now):
        article.state, article.approved_at = "approved", now
        session.flush()
        _write_down(session, article, person, "release", now)


def take_back(session: Session, article: Article, person: Person, now: datetime) -> None:
    """What was submitted or released is a draft again, as a new version: the reviews so far were about the old one."""
    require(session, person, "write", article.area, kind=article.kind)
    session.execute(select(Article.id).where(Article.id == article.id).with_for_update())
    session.refresh(article)
    if article.state not in ("submitted", "approved"):
        raise NotNow(f"“{article.title}” is {article.state}: there is nothing to take back")
    article.state, article.approved_at, article.submitted_at, article.updated_at = "draft", None, None, now
    article.revision += 1
    session.flush()
    _write_down(session, article, person, "take back", now)


def unseen(session: Session, person: Person, now: datetime, limit: int = 20) -> list[Article]:
    """What went out without a review in the last days and no reviewer has looked at yet: for the person to look at, never one's own."""
    released = exists().where(AuditEntry.subject == "article", AuditEntry.act == "release", AuditEntry.at > now - LOOKED_AT, AuditEntry.subject_id == cast(Article.id, String))
    looked = exists().where(Review.article_id == Article.id, Review.revision == Article.revision)
    query = (
        select(Article).join(Area, Article.area_id == Area.id)
        .where(visible(session, person, "review"), Article.state == "approved", Article.approved_at > now - LOOKED_AT, released, ~looked, *_not_own(person))
        .order_by(Article.approved_at).limit(limit)
    )  # fmt: skip
    return list(session.scalars(query))


def see(session: Session, article: Article, person: Person, now: datetime) -> None:
    """A reviewer has looked at what went out without a review. Raises NotAllowed, OwnWork, NotNow."""
    require(session, person, "review", article.area, kind=article.kind)
    _expect(session, article, "approved", "looked at afterwards")
    _not_by(session, article, person)
    session.add(Review(article_id=article.id, revision=article.revision, reviewer_id=person.id, verdict="seen", at=now))
    session.flush()
    _write_down(session, article, person, "seen", now)


def approvals(session: Session, article: Article) -> list[Review]:
    """The approvals the present revision has."""
    mine = (Review.article_id == article.id, Review.revision == article.revision, Review.verdict == "approve")
    return list(session.scalars(select(Review).where(*mine).order_by(Review.id)))


def approve(session: Session, article: Article, person: Person, now: datetime, revision: int | None = None) -> bool:
    """One reviewer's yes to the revision he read; whether that made it approved."""
    _review(session, article, person, "approve", "", now, revision)
    if len(approvals(session, article)) < max(1, reviews_needed(session, article.area, article.kind)):
        return False
    article.state, article.approved_at, article.updated_at = "approved", now, now
    session.flush()
    return True


def send_back(session: Session, article: Article, person: Person, reason: str, now: datetime, revision: int | None = None) -> None:
    """Back to the author, who reads why."""
    reason = reason.strip()
    if not reason:
        raise Empty("say why it goes back: the author has to know what to change")
    if len(reason) > 1000:
        raise TooLong("the reason is longer than 1000 characters: say the most important thing")
    _review(session, article, person, "back", reason, now, revision)
    # a new revision: the reviews so far were about the old one
    article.state, article.submitted_at, article.updated_at = "draft", None, now
    article.revision += 1
    session.flush()


def withdraw(session: Session, article: Article, person: Person, now: datetime) -> None:
    """Nobody shall hear it any more."""
    require(session, person, "write", article.area, kind=article.kind)
    if article.state == "withdrawn":
        raise NotNow(f"“{article.title}” is withdrawn already")
    article.state, article.approved_at, article.updated_at = "withdrawn", None, now
    session.flush()
    _write_down(session, article, person, "withdraw", now)


def _review(
    session: Session, article: Article, person: Person, verdict: str, reason: str, now: datetime, revision: int | None
) -> None:
    require(session, person, "review", article.area, kind=article.kind)
    _expect(session, article, "submitted", "reviewed")
    if revision is not None and revision != article.revision:
        raise Conflict(f"“{article.title}” was changed since you read it: read version {article.revision} first")
    _not_by(session, article, person)
    session.add(
        Review(article_id=article.id, revision=article.revision, reviewer_id=person.id, verdict=verdict, reason=reason, at=now)
    )
    session.flush()
    _write_down(session, article, person, verdict, now, reason=reason)


def _not_by(session: Session, article: Article, person: Person) -> None:
    if person.id in (article.author_id, article.submitted_by_id) or has_written(session, article, person):
        raise OwnWork("you wrote or submitted this yourself: somebody else has to review it")
    mine = (Review.article_id == article.id, Review.revision == article.revision, Review.reviewer_id == person.id)
    if session.scalar(select(Review.id).where(*mine)):
        raise NotNow("you have reviewed this version already: another reviewer is needed")


def _not_own(person: Person) -> tuple[ColumnElement[bool], ...]:
    return tuple(or_(column.is_(None), column != person.id) for column in (Article.author_id, Article.submitted_by_id))


def has_written(session: Session, article: Article, person: Person) -> bool:
    """Whether a word of any version of this article is the person's."""
    mine = (AuditEntry.subject == "article", AuditEntry.subject_id == str(article.id), AuditEntry.person_id == person.id)
    return session.scalar(select(AuditEntry.id).where(*mine, AuditEntry.act.in_(("collect", "edit", "add text", "record"))).limit(1)) is not None


def _expect(session: Session, article: Article, state: str, act: str) -> None:
    session.execute(select(Article.id).where(Article.id == article.id).with_for_update())
    session.refresh(article)
    if article.state != state:
        raise NotNow(f"“{article.title}” is {article.state}: only what is {state} can be {act}")


def _write_down(session: Session, article: Article, person: Person, act: str, now: datetime, **detail: str) -> None:
    audit.record(
        session,
        person=person,
        act=act,
        subject="article",
        subject_id=article.id,
        area=article.area,
        now=now,
        revision=article.revision,
        **detail,
    )
