"""Four eyes: others approve, twice where it is heard every day."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from articles import collect, review
from articles.errors import Conflict, Empty, NotNow, OwnWork
from articles.models import Article
from station.people import NotAllowed, grant
from tests.builders import an_article
from tests.people import Village


def submitted(session: Session, village: Village, now: datetime, kind: str = "notice") -> Article:
    made = an_article(session, village.operator, village.village_a, now, kind=kind)
    review.submit(session, made, village.operator, now)
    return made


@pytest.mark.both_databases
def test_a_notice_needs_one_reviewer_and_a_programme_two(session: Session, village: Village, now: datetime) -> None:
    notice = submitted(session, village, now)
    assert review.approve(session, notice, village.reviewer, now)
    assert (notice.state, notice.approved_at) == ("approved", now)
    programme = submitted(session, village, now, "programme")
    assert not review.approve(session, programme, village.reviewer, now)
    with pytest.raises(NotNow, match="another reviewer"):
        review.approve(session, programme, village.reviewer, now)
    assert review.approve(session, programme, village.reviewer2, now)


def test_nobody_approves_their_own_work(session: Session, village: Village, now: datetime) -> None:
    grant(session, village.operator, village.county, "reviewer")
    made = submitted(session, village, now)
    with pytest.raises(OwnWork):
        review.approve(session, made, village.operator, now)


def test_an_operator_may_not_review_and_a_draft_cannot_be_approved(session: Session, village: Village, now: datetime) -> None:
    made = an_article(session, village.operator, village.village_a, now)
    with pytest.raises(NotNow, match="draft"):
        review.approve(session, made, village.reviewer, now)
    with pytest.raises(NotAllowed):
        review.approve(session, submitted(session, village, now), village.operator, now)


def test_what_goes_back_may_come_again_to_the_same_reviewer(session: Session, village: Village, now: datetime) -> None:
    made = submitted(session, village, now)
    with pytest.raises(Empty):
        review.send_back(session, made, village.reviewer, " ", now)
    review.send_back(session, made, village.reviewer, "日期不对", now)
    assert made.state == "draft"
    review.submit(session, made, village.operator, now)
    assert review.approve(session, made, village.reviewer, now)


def test_an_approval_counts_for_the_revision_that_was_read(session: Session, village: Village, now: datetime) -> None:
    made = submitted(session, village, now)
    collect.edit(session, village.operator, made, lang="zh-Hans", title="新", body="新的内容。", now=now)
    review.submit(session, made, village.operator, now)
    with pytest.raises(Conflict):
        review.approve(session, made, village.reviewer, now, revision=1)


def test_what_is_withdrawn_stays_withdrawn(session: Session, village: Village, now: datetime) -> None:
    made = submitted(session, village, now)
    review.withdraw(session, made, village.operator, now)
    for act in (review.submit, review.withdraw):
        with pytest.raises(NotNow):
            act(session, made, village.operator, now)
