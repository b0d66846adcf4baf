"""Nobody approves what he wrote himself: submit, approve, send back with a reason, withdraw."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from articles.errors import Conflict, Empty, NotNow, OwnWork, TooLong
from articles.models import Article, Review
from station import audit
from station.models import AuditEntry, Person
from station.people import require

# How many different reviewers a kind needs.
REVIEWS_NEEDED = {"notice": 1, "programme": 2}


def submit(session: Session, article: Article, person: Person, now: datetime) -> None:
    """A draft goes to review."""
    require(session, person, "write", article.area)
    _expect(session, article, "draft", "submitted to review")
    article.state, article.submitted_at, article.submitted_by_id, article.updated_at = "submitted", now, person.id, now
    session.flush()
    _write_down(session, article, person, "submit", now)


def approvals(session: Session, article: Article) -> list[Review]:
    """The approvals the present revision has."""
    mine = (Review.article_id == article.id, Review.revision == article.revision, Review.verdict == "approve")
    return list(session.scalars(select(Review).where(*mine).order_by(Review.id)))


def approve(session: Session, article: Article, person: Person, now: datetime, revision: int | None = None) -> bool:
    """One reviewer's yes to the revision he read; whether that made it approved."""
    _review(session, article, person, "approve", "", now, revision)
    if len(approvals(session, article)) < REVIEWS_NEEDED[article.kind]:
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
    require(session, person, "write", article.area)
    if article.state == "withdrawn":
        raise NotNow(f"“{article.title}” is withdrawn already")
    article.state, article.approved_at, article.updated_at = "withdrawn", None, now
    session.flush()
    _write_down(session, article, person, "withdraw", now)


def _review(
    session: Session, article: Article, person: Person, verdict: str, reason: str, now: datetime, revision: int | None
) -> None:
    require(session, person, "review", article.area)
    _expect(session, article, "submitted", "reviewed")
    if revision is not None and revision != article.revision:
        raise Conflict(f"“{article.title}” was changed since you read it: read version {article.revision} first")
    if person.id in (article.author_id, article.submitted_by_id) or has_written(session, article, person):
        raise OwnWork("you wrote or submitted this yourself: somebody else has to review it")
    mine = (Review.article_id == article.id, Review.revision == article.revision, Review.reviewer_id == person.id)
    if session.scalar(select(Review.id).where(*mine)):
        raise NotNow("you have reviewed this version already: another reviewer is needed")
    session.add(
        Review(article_id=article.id, revision=article.revision, reviewer_id=person.id, verdict=verdict, reason=reason, at=now)
    )
    session.flush()
    _write_down(session, article, person, verdict, now, reason=reason)


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
