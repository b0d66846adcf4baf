"""How many reviews a kind needs is a matter of the place; where a notice needs none, it is released by name and looked at afterwards."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from articles import review
from articles.collect import collect_paste
from articles.errors import NotNow, OwnWork, Refused
from articles.models import Article
from station.models import AuditEntry, Person
from station.people import NotAllowed
from tests.people import Village


def written(session: Session, village: Village, person: Person, now: datetime, kind: str = "notice") -> Article:
    return collect_paste(session, person, village.village_a, kind=kind, title="停水", body="明天停水。", now=now)


def acts(session: Session, subject_id: int) -> list[str]:
    return list(session.scalars(select(AuditEntry.act).where(AuditEntry.subject == "article", AuditEntry.subject_id == str(subject_id)).order_by(AuditEntry.id)))


def test_the_nearest_place_decides_and_one_without_a_rule_follows_the_one_above(session: Session, village: Village, now: datetime) -> None:
    assert review.reviews_needed(session, village.village_a, "notice") == 1
    assert review.set_reviews(session, village.admin, village.county, "notice", 2, now) == 2
    assert review.set_reviews(session, village.admin, village.village_a, "notice", 0, now) == 0
    assert review.reviews_needed(session, village.village_b, "notice") == 2
    assert review.reviews_needed(session, village.village_a, "programme") == 2
    assert review.set_reviews(session, village.admin, village.village_a, "notice", None, now) == 2
    told = session.scalars(select(AuditEntry).where(AuditEntry.act == "reviews").order_by(AuditEntry.id.desc())).first()
    assert told is not None and told.detail == {"kind": "notice", "before": 0, "after": None} and told.person_id == village.admin.id


def test_only_an_administrator_of_the_place_sets_the_rule(session: Session, village: Village, now: datetime) -> None:
    for person in (village.operator, village.reviewer, village.stranger):
        with pytest.raises(NotAllowed):
            review.set_reviews(session, person, village.village_a, "notice", 0, now)


def test_a_programme_is_never_heard_without_a_review(session: Session, village: Village, now: datetime) -> None:
    for needed in (0, 4, -1):
        with pytest.raises(Refused):
            review.set_reviews(session, village.admin, village.county, "programme", needed, now)


def test_without_a_rule_nobody_releases_his_own_notice(session: Session, village: Village, now: datetime) -> None:
    article = written(session, village, village.operator, now)
    review.submit(session, article, village.operator, now)
    assert article.state == "submitted" and "release" not in acts(session, article.id)


def test_where_none_is_needed_an_operator_releases_and_a_reviewer_looks_afterwards(session: Session, village: Village, now: datetime) -> None:
    review.set_reviews(session, village.admin, village.village_a, "notice", 0, now)
    article = written(session, village, village.operator, now)
    review.submit(session, article, village.operator, now)
    assert article.state == "approved" and acts(session, article.id) == ["collect", "submit", "release"]
    assert [each.id for each in review.unseen(session, village.reviewer, now)] == [article.id]
    assert review.unseen(session, village.operator, now) == [] and review.unseen(session, village.stranger, now) == []
    with pytest.raises((OwnWork, NotAllowed)):
        review.see(session, article, village.operator, now)
    review.see(session, article, village.reviewer, now)
    assert review.unseen(session, village.reviewer2, now) == [] and acts(session, article.id)[-1] == "seen"
    with pytest.raises(NotNow):
        review.see(session, article, village.reviewer, now)


def test_who_may_not_put_it_on_air_does_not_release_it(session: Session, village: Village, now: datetime) -> None:
    review.set_reviews(session, village.admin, village.village_a, "notice", 0, now)
    article = written(session, village, village.reviewer, now)
    review.submit(session, article, village.reviewer, now)
    assert article.state == "submitted"
    assert review.approve(session, article, village.reviewer2, now)


def test_what_is_taken_back_is_a_draft_of_a_new_version(session: Session, village: Village, now: datetime) -> None:
    article = written(session, village, village.operator, now)
    with pytest.raises(NotNow):
        review.take_back(session, article, village.operator, now)
    review.submit(session, article, village.operator, now)
    review.take_back(session, article, village.operator, now)
    assert (article.state, article.revision, article.submitted_at) == ("draft", 2, None)
